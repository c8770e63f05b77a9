#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace quern {

/// At least `size` elements. Grows only, so that a text costs no more than its own tokens.
template <class T>
void make_room(std::vector<T>& values, std::size_t size) {
  if (values.size() < size) values.resize(std::max<std::size_t>(4096, 2 * size));
}

}  // namespace quern
