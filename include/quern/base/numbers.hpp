#pragma once
// Numbers for people.

#include <cstdint>
#include <string>

namespace quern {

/// 1234567 → "1,234,567".
std::string grouped(std::uint64_t number);

}  // namespace quern
