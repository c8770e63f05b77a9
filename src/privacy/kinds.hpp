#pragma once
// One function for each kind: whether something of it stands at a place that the scan found. docs/privacy.md has the rules in words.
// All look at no more bytes around `at` than a match of theirs may have, or say how far they looked: the scan stays linear.

#include "quern/privacy/pii.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace quern {

using Found = std::optional<PiiMatch>;

/// `at`: of an `@`.
Found email_at(std::string_view text, std::size_t at);
/// `at`: of a colon with another one at most 5 bytes before it. `looked` is the end of the run looked at last: each is looked at once.
Found ipv6_at(std::string_view text, std::size_t at, std::size_t& looked);
/// `begin`: of a run of 16 or more token characters (letters, digits, `_`, `-`).
Found secret_at(std::string_view text, std::size_t begin);
/// `at`: behind five dashes.
Found private_key_at(std::string_view text, std::size_t at);

// ---- `at`: of the first of some digits ----

Found ipv4_at(std::string_view text, std::size_t at);
Found iban_at(std::string_view text, std::size_t at);
Found coordinates_at(std::string_view text, std::size_t at);

/// What may stand between two groups of digits, as bits.
enum Separator : std::uint8_t { kSpace = 1, kHyphen = 2, kDot = 4, kSlash = 8, kOpen = 16, kClose = 32 };

struct NumberGroup {
  std::size_t begin = 0;
  std::size_t length = 0;
  std::uint8_t before = 0;  ///< Separators between the group before and this one
  std::size_t end() const { return begin + length; }
};

/// Groups of digits with separators of at most 3 characters between them, on one line.
struct Number {
  static constexpr std::size_t kMostGroups = 8;
  static constexpr std::size_t kMostDigits = 19;  ///< of one group

  std::array<NumberGroup, kMostGroups> group;
  std::size_t groups = 0;
  std::size_t digits = 0;
};

/// Empty when the first group is too long; ends before a group that is.
Number number_at(std::string_view text, std::size_t at);

/// Whether digits go on beside [begin, end): `.5`, `-5`, `/5`; and when `spaces`, ` 5` too.
bool goes_on_before(std::string_view text, std::size_t begin, bool spaces);
bool goes_on_after(std::string_view text, std::size_t end, bool spaces);

Found card_of(std::string_view text, const Number& number);
Found ssn_of(std::string_view text, const Number& number);
Found phone_of(std::string_view text, const Number& number);

}  // namespace quern
