#include "angle.hpp"
#include "characters.hpp"
#include "cues.hpp"
#include "kinds.hpp"

#include <algorithm>
#include <cstdlib>

namespace quern {

namespace {

struct Gap {
  std::size_t end = 0;    ///< where the second number's first digit, sign or letter is
  bool is_plain = false;  ///< spaces alone
  bool is_named = false;  ///< the second number has its name: lon, lng, longitude
};

bool is_longitude(std::string_view name) noexcept {
  constexpr auto kNames = std::to_array<std::string_view>({"lon", "lng", "long", "longitude", "longitud", "longitudine"});
  return std::ranges::find(kNames, name) != kNames.end();
}

/// `, `, ` / `, `; `, spaces, or `, "lng": `, ` lon=`, `&longitude=`.
std::optional<Gap> gap_at(std::string_view text, std::size_t at) noexcept {
  constexpr std::size_t kLongest = 24;
  const std::size_t stop = std::min(text.size(), at + kLongest);
  std::array<char, kLongest> name;
  std::size_t letters = 0, marks = 0, i = at;
  bool spaces = false;
  for (; i < stop; ++i) {
    const char c = text[i];
    if (is_digit(c) || c == '-' || c == '+' || is_high(c)) break;
    if (c == ' ') {
      spaces = true;
    } else if (c == ',' || c == ';' || c == '/') {
      if (++marks > 1) return {};
    } else if (is_letter_ascii(c)) {
      if (letters == 0 && is_digit(byte_at(text, i + 1))) break;  // W79.9489
      if (letters == 0 && byte_at(text, i + 1) == ' ' && is_digit(byte_at(text, i + 2))) break;
      name[letters++] = lower(c);
    } else if (c != ':' && c != '=' && c != '"' && c != '\'' && c != '&') {
      return {};
    }
  }
  if (i == stop || i == at) return {};
  const bool is_named = is_longitude({name.data(), letters});
  if (letters > 0 && !is_named) return {};
  if (!is_named && i - at > 3) return {};
  return Gap{i, spaces && marks == 0 && !is_named, is_named};
}

std::size_t first_digit(std::string_view text, std::size_t at) noexcept {
  const std::size_t stop = std::min(text.size(), at + 4);
  while (at < stop && !is_digit(text[at])) ++at;
  return at;
}

/// A third number with the same mark makes it a list or a vector.
bool is_in_list(std::string_view text, std::size_t begin, std::size_t end) noexcept {
  const auto is_mark = [](char c) { return c == ',' || c == ';'; };
  std::size_t i = begin;
  if (byte_before(text, i) == ' ') --i;
  if (is_mark(byte_before(text, i)) && i >= 2 && (is_digit(text[i - 2]) || text[i - 2] == ' ')) return true;
  std::size_t j = end;
  if (!is_mark(byte_at(text, j))) return false;
  ++j;
  if (byte_at(text, j) == ' ') ++j;
  if (byte_at(text, j) == '-') ++j;
  return is_digit(byte_at(text, j));
}

bool is_place(const Angle& first, const Angle& second) noexcept {
  constexpr std::int64_t kQuarter = 90 * 10000, kHalf = 180 * 10000;
  const auto within = [](const Angle& angle, std::int64_t limit) { return std::abs(angle.ten_thousandths) <= limit; };
  const auto is_latitude = [](const Angle& angle) { return angle.hemisphere == 'N' || angle.hemisphere == 'S'; };
  const bool has_letters = first.hemisphere != 0 && second.hemisphere != 0;
  if (has_letters && is_latitude(first) == is_latitude(second)) return false;
  const bool straight = within(first, kQuarter) && within(second, kHalf), reversed = within(first, kHalf) && within(second, kQuarter);
  if (has_letters) return is_latitude(first) ? straight : reversed;
  return straight || reversed;  // GeoJSON (RFC 7946) has the longitude first
}

}  // namespace

Found coordinates_at(std::string_view text, std::size_t at) {
  const auto first = angle_at(text, at);
  if (!first) return {};
  const auto gap = gap_at(text, first->end);
  if (!gap) return {};
  const auto second = angle_at(text, first_digit(text, gap->end), first->end);
  if (!second || second->begin > gap->end + 2 || second->begin < first->end) return {};
  if (joins_at(text, second->end) || !is_place(*first, *second)) return {};
  const PiiMatch match{first->begin, second->end, PiiKind::coordinates};
  if (first->hemisphere != 0 && second->hemisphere != 0) return match;
  if (first->has_minutes || second->has_minutes) return {};  // 45°30' is an angle
  if (gap->is_named || byte_before(text, match.begin) == '@') return match;  // @40.4461,-79.9489 in addresses of maps
  if (is_in_list(text, match.begin, match.end) || byte_at(text, match.end) == '%') return {};
  const char before = byte_before(text, match.begin);
  if (before == '/' || before == '$' || before == ',' || before == '#') return {};
  if (cue_before(text, match.begin) == Cue::coordinates) return match;
  if (gap->is_plain || (first->whole() < 10 && second->whole() < 10)) return {};  // measurements, shares
  return match;
}

}  // namespace quern
