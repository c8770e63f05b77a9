#pragma once
// One half of a pair of coordinates.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace quern {

struct Angle {
  std::size_t begin = 0;  ///< of the sign, or of the letter before it
  std::size_t end = 0;
  std::int64_t ten_thousandths = 0;  ///< of a degree, towards zero; south and west are negative
  std::size_t decimals = 0;          ///< of the degrees
  bool has_degree = false;
  bool has_minutes = false;
  char hemisphere = 0;  ///< N, S, E or W; 0: not said

  std::int64_t whole() const { return (ten_thousandths < 0 ? -ten_thousandths : ten_thousandths) / 10000; }
};

/// 40.4461, -79.9489, 40.4461° N, N 40° 26.767', 40°26′46.302″N. `at`: of the first digit. What is before
/// `from` belongs to something else.
std::optional<Angle> angle_at(std::string_view text, std::size_t at, std::size_t from = 0) noexcept;

}  // namespace quern
