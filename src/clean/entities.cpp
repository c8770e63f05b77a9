#include "edits.hpp"
#include "quern/clean/steps.hpp"
#include "quern/text/unicode.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>

namespace quern {

namespace {

struct Entity {
  std::string_view name;
  bool bare;  ///< known without a semicolon, too
  char32_t first;
  char32_t second = 0;  ///< a few are two characters
};

constexpr Entity kEntities[] = {
#include "tables/html_entities.inc"
};
static_assert(std::is_sorted(std::begin(kEntities), std::end(kEntities), [](const Entity& a, const Entity& b) { return a.name < b.name; }));

constexpr std::size_t kLongestName = 31;  // CounterClockwiseContourIntegral
static_assert(std::all_of(std::begin(kEntities), std::end(kEntities), [](const Entity& e) { return e.name.size() <= kLongestName; }));

const Entity* find_entity(std::string_view name) noexcept {
  const auto found = std::ranges::lower_bound(kEntities, name, {}, &Entity::name);
  return found != std::end(kEntities) && found->name == name ? found : nullptr;
}

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alphanumeric(char c) { return is_digit(c) || unicode::is_ascii_letter(static_cast<unsigned char>(c)); }

constexpr int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char low = static_cast<char>(c | 0x20);
  return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

/// What a number stands for (HTML standard, "numeric character reference end state"): windows-1252 where a C1 control is named.
char32_t scalar_of(std::uint32_t number) noexcept {
  constexpr std::array<char32_t, 32> kC1 = {
      0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D, 0x017D, 0x8F,
      0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D, 0x017E, 0x0178,
  };
  if (number == 0 || number > 0x10FFFF || (number >= 0xD800 && number <= 0xDFFF)) return 0xFFFD;
  return number >= 0x80 && number < 0xA0 ? kC1[number - 0x80] : char32_t{number};
}

class Decoding {
 public:
  Decoding(const EntitiesSpec& spec, std::string& text) : spec_(spec), text_(text), edits_(text) {}

  /// Returns whether anything changed.
  bool run() {
    for (std::size_t at = 0; at < text_.size();) {
      const void* const found = std::memchr(text_.data() + at, '&', text_.size() - at);
      if (!found) break;
      at = static_cast<std::size_t>(static_cast<const char*>(found) - text_.data());
      decoded_.clear();
      const std::size_t end = byte(at + 1) == '#' ? number_at(at + 2) : name_at(at + 1);
      if (end > at) edits_.replace(at, end, decoded_);
      at = std::max(end, at + 1);
    }
    return edits_.finish();
  }

 private:
  char byte(std::size_t at) const noexcept { return at < text_.size() ? text_[at] : '\0'; }

  /// End of the reference; 0: it is none.
  std::size_t number_at(std::size_t at) {
    const bool hexadecimal = byte(at) == 'x' || byte(at) == 'X';
    std::size_t end = at + (hexadecimal ? 1 : 0);
    const std::size_t digits = end;
    std::uint32_t number = 0;
    for (;; ++end) {
      const int digit = hex_value(byte(end));
      if (digit < 0 || (!hexadecimal && digit > 9)) break;
      number = std::min<std::uint32_t>(number * (hexadecimal ? 16 : 10) + static_cast<std::uint32_t>(digit), 0x110000);
    }
    if (end == digits || !(byte(end) == ';' || may_be_bare(end))) return 0;
    append_utf8(decoded_, scalar_of(number));
    return end + (byte(end) == ';' ? 1 : 0);
  }

  std::size_t name_at(std::size_t at) {
    std::size_t end = at;
    while (end - at <= kLongestName && is_alphanumeric(byte(end))) ++end;
    const bool ended = byte(end) == ';';
    if (!ended && !may_be_bare(end)) return 0;
    const Entity* const entity = find_entity(text_.substr(at, end - at));
    if (!entity || (!ended && !entity->bare)) return 0;
    append_utf8(decoded_, entity->first);
    if (entity->second != 0) append_utf8(decoded_, entity->second);
    return end + (ended ? 1 : 0);
  }

  /// As in attributes (HTML standard, "named character reference state"): not in `?a=1&copy=2`, nor as the beginning of a word.
  bool may_be_bare(std::size_t end) const noexcept { return spec_.without_semicolon && byte(end) != '=' && !is_alphanumeric(byte(end)); }

  const EntitiesSpec& spec_;
  std::string_view text_;
  Edits edits_;
  std::string decoded_;
};

}  // namespace

Reason apply(const EntitiesSpec& spec, std::string& text) {
  for (std::uint32_t i = 0; i < spec.times && Decoding(spec, text).run(); ++i) {
  }
  return Reason::none;
}

}  // namespace quern
