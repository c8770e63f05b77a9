#include "angle.hpp"

#include "characters.hpp"

#include <array>

namespace quern {

namespace {

constexpr std::size_t kMostDecimals = 17;

/// Moves `at` behind the mark, if it stands there.
bool take(std::string_view text, std::size_t& at, std::string_view mark) noexcept {
  if (text.substr(at, mark.size()) != mark) return false;
  at += mark.size();
  return true;
}

template <std::size_t n>
bool take_one(std::string_view text, std::size_t& at, const std::array<std::string_view, n>& marks) noexcept {
  for (const std::string_view mark : marks) {
    if (take(text, at, mark)) return true;
  }
  return false;
}

constexpr std::array<std::string_view, 2> kDegrees = {"°", "º"};
constexpr std::array<std::string_view, 4> kMinutes = {"'", "′", "’", "´"};
constexpr std::array<std::string_view, 5> kSeconds = {"\"", "″", "”", "''", "′′"};

/// A decimal number in ten-thousandths; false, and `at` where it was, when there is none or its whole part is longer than `most` digits.
bool take_number(std::string_view text, std::size_t& at, std::size_t most, std::int64_t& value, std::size_t& decimals) noexcept {
  const std::size_t whole = end_of_digits(text, at, most + 1);
  if (whole == at || whole - at > most) return false;
  value = 0;
  for (; at < whole; ++at) value = value * 10 + (text[at] - '0');
  value *= 10000;
  decimals = 0;
  if (byte_at(text, at) != '.' || !is_digit(byte_at(text, at + 1))) return true;
  const std::size_t end = end_of_digits(text, at + 1, kMostDecimals + 1);
  std::int64_t unit = 1000;
  for (std::size_t i = at + 1; i < end; ++i, unit /= 10) value += unit * (text[i] - '0');
  decimals = end - at - 1;
  at = end;
  return true;
}

char hemisphere_of(char letter) noexcept {
  if (letter == 'O') return 'W';  // Ouest, Oeste, Ovest
  return letter == 'N' || letter == 'S' || letter == 'E' || letter == 'W' ? letter : '\0';
}

/// Minutes, and seconds if they are there, behind the degree sign.
void take_minutes(std::string_view text, Angle& angle) noexcept {
  std::size_t at = angle.end;
  take(text, at, " ");
  std::int64_t minutes = 0, seconds = 0;
  std::size_t decimals = 0;
  if (!take_number(text, at, 2, minutes, decimals) || minutes >= 600000) return;
  take(text, at, " ");
  if (!take_one(text, at, kMinutes)) return;
  angle.end = at;
  angle.has_minutes = true;
  take(text, at, " ");
  if (take_number(text, at, 2, seconds, decimals) && seconds < 600000) {
    take(text, at, " ");
    if (take_one(text, at, kSeconds)) {
      angle.end = at;
    } else {
      seconds = 0;
    }
  } else {
    seconds = 0;
  }
  angle.ten_thousandths += (minutes * 60 + seconds) / 3600;
}

void take_hemisphere(std::string_view text, Angle& angle) noexcept {
  std::size_t at = angle.end;
  take(text, at, " ");
  const char hemisphere = hemisphere_of(byte_at(text, at));
  if (hemisphere == 0 || joins_at(text, at + 1)) return;
  angle.hemisphere = hemisphere;
  angle.end = at + 1;
}

/// A sign or the letter of the hemisphere; false when something else stands there that the number is part of.
bool take_before(std::string_view text, std::size_t from, Angle& angle, bool& negative) noexcept {
  std::size_t begin = angle.begin;
  const char before = byte_before(text, begin);
  if (before == '-' || before == '+') {
    negative = before == '-';
    --begin;
  } else if (begin >= 3 && text.substr(begin - 3, 3) == "\u2212") {
    negative = true;
    begin -= 3;
  } else {
    std::size_t letter = begin;
    if (before == ' ' && begin >= 2) --letter;
    const char hemisphere = hemisphere_of(byte_before(text, letter));
    if (hemisphere != 0 && letter > from && !joins_before(text, letter - 1)) {
      angle.begin = letter - 1;
      angle.hemisphere = hemisphere;
      return true;
    }
  }
  angle.begin = begin;
  const char outside = byte_before(text, begin);
  return !joins_before(text, begin) && outside != '.' && outside != '-' && outside != '+';
}

}  // namespace

std::optional<Angle> angle_at(std::string_view text, std::size_t at, std::size_t from) noexcept {
  Angle angle;
  angle.begin = angle.end = at;
  bool negative = false;
  if (!take_number(text, angle.end, 3, angle.ten_thousandths, angle.decimals) || angle.decimals > kMostDecimals) return {};
  std::size_t behind = angle.end;
  take(text, behind, " ");
  if (take_one(text, behind, kDegrees)) {
    angle.end = behind;
    angle.has_degree = true;
    if (angle.decimals == 0) take_minutes(text, angle);
  }
  if (angle.decimals < 4 && !angle.has_minutes) return {};
  if (!take_before(text, from, angle, negative)) return {};
  if (angle.hemisphere == 0) take_hemisphere(text, angle);
  if (negative || angle.hemisphere == 'S' || angle.hemisphere == 'W') angle.ten_thousandths = -angle.ten_thousandths;
  return angle;
}

}  // namespace quern
