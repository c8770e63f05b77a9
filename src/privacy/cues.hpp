#pragma once
// The words before a number that say what it is.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace quern {

enum class Cue : std::uint8_t {
  none,
  phone,
  ip,
  card,
  ssn,
  coordinates,
  other,  ///< an id, an order, a version, a page: no personal number
};

/// Of the nearest word that is one, among the last 6 words in the 48 bytes before `at` on its line. Words for `other` count only when they
/// are among the last two: an id is not named from afar.
Cue cue_before(std::string_view text, std::size_t at) noexcept;

}  // namespace quern
