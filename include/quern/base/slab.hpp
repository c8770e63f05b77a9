#pragma once
// Memory in pieces of 2 MiB that the system may back by one page each: many places written in turn would not stay in the
// processor's table of small pages.

#include <cstddef>
#include <memory>

namespace quern {

inline constexpr std::size_t kSlabBytes = 2u << 20;

struct FreeSlab {
  void operator()(unsigned char* slab) const noexcept;
};
using Slab = std::unique_ptr<unsigned char, FreeSlab>;

/// kSlabBytes, aligned to as many, not initialised. Throws std::bad_alloc.
Slab make_slab();

}  // namespace quern
