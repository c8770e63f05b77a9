#include "characters.hpp"
#include "cues.hpp"
#include "kinds.hpp"

#include <algorithm>
#include <span>

namespace quern {

namespace {

/// Numbers of this issuer begin with first..last (of `width` digits) and have one of the lengths whose bits are set.
struct Issuer {
  std::uint32_t width, first, last;
  std::uint32_t lengths;
};

constexpr std::uint32_t lengths(std::uint32_t least, std::uint32_t most) { return ((2u << most) - 1) & ~((1u << least) - 1); }

// ISO/IEC 7812 issuer identification numbers as the networks publish them; see docs/privacy.md.
constexpr auto kIssuers = std::to_array<Issuer>({
    {1, 4, 4, 1u << 13 | 1u << 16 | 1u << 19},   // Visa
    {2, 51, 55, 1u << 16},                       // Mastercard
    {4, 2221, 2720, 1u << 16},                   // Mastercard
    {2, 34, 34, 1u << 15},                       // American Express
    {2, 37, 37, 1u << 15},                       // American Express
    {3, 300, 305, lengths(14, 19)},              // Diners Club
    {2, 36, 36, lengths(14, 19)},                // Diners Club
    {2, 38, 39, lengths(14, 19)},                // Diners Club
    {4, 6011, 6011, lengths(16, 19)},            // Discover
    {3, 644, 649, lengths(16, 19)},              // Discover
    {2, 65, 65, lengths(16, 19)},                // Discover, RuPay
    {4, 3528, 3589, lengths(16, 19)},            // JCB
    {2, 62, 62, lengths(16, 19)},                // UnionPay
    {4, 2200, 2204, lengths(16, 19)},            // Mir
    {4, 5018, 5018, lengths(13, 19)},            // Maestro, and the next ones
    {4, 5020, 5020, lengths(13, 19)},
    {4, 5038, 5038, lengths(13, 19)},
    {4, 5893, 5893, lengths(13, 19)},
    {4, 6304, 6304, lengths(13, 19)},
    {4, 6759, 6759, lengths(13, 19)},
    {4, 6761, 6763, lengths(13, 19)},
    {4, 9792, 9792, 1u << 16},                   // Troy
});

// Numbers that payment services publish for tests: nobody's.
constexpr auto kSamples = std::to_array<std::string_view>({
    "2222400070000005", "2223000048400011", "2223003122003222", "2223520043560014", "30569309025904", "3056930009020004",
    "3530111333300000", "3566002020360505", "36148900647913", "36227206271667", "371449635398431", "378282246310005", "378734493671000",
    "38520000023237", "4000000000000002", "4000000000000010", "4000000000000028", "4000000000000036", "4000000000000044",
    "4000000000000069", "4000000000000077", "4000000000000101", "4000000000000119", "4000000000000127", "4000000000000341",
    "4000000000003220", "4000000000009995", "4000000760000002", "4000001240000000", "4000002500003155", "4000002760003184",
    "4000003560000008", "4000003720000278", "4000003800000008", "4000004840000008", "4000008260000000", "4000008400001629",
    "4000056655665556", "4005519200000004", "4009348888881881", "4012000033330026", "4012000077777777", "4012888888881881",
    "4111111111111111", "4111111145551142", "4217651111111119", "4222222222222", "4242424242424242", "4444333322221111",
    "4500600000000061", "4917610000000000", "4988438843884305", "5019717010103742", "5105105105105100", "5136333333333335",
    "5200828282828210", "5424000000000015", "5431111111111111", "5454545454545454", "5500000000000004", "5500005555555559",
    "5555341244441115", "5555444433331111", "5555555555554444", "5577000055770004", "5585558555855583", "6011000000000004",
    "6011000990139424", "6011111111111117", "6011601160116611", "6200000000000005", "6212345678900003", "6304000000000000",
    "6445644564456445", "6703444444444449", "6759649826438453", "6771798021000008",
});

bool is_issued(std::string_view digits) noexcept {
  return std::ranges::any_of(kIssuers, [&](const Issuer& issuer) {
    if ((issuer.lengths >> digits.size() & 1) == 0) return false;
    std::uint32_t head = 0;
    for (std::uint32_t i = 0; i < issuer.width; ++i) head = 10 * head + static_cast<std::uint32_t>(digits[i] - '0');
    return head >= issuer.first && head <= issuer.last;
  });
}

/// ISO/IEC 7812-1, annex B.
bool has_luhn_digit(std::string_view digits) noexcept {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const std::uint32_t value = static_cast<std::uint32_t>(digits[digits.size() - 1 - i] - '0');
    sum += i % 2 == 0 ? value : value < 5 ? 2 * value : 2 * value - 9;
  }
  return sum % 10 == 0;
}

bool is_card(std::string_view digits) noexcept {
  return is_issued(digits) && has_luhn_digit(digits) && std::ranges::find(kSamples, digits) == kSamples.end() &&
         std::ranges::any_of(digits.substr(1, digits.size() - 2), [&](char c) { return c != digits[1]; });
}

/// How cards are printed: groups of 4, of 4-6-5 and 4-6-4 (American Express, Diners Club), of 6-13.
constexpr auto kShapes = std::to_array<std::array<std::uint8_t, 5>>({
    {4, 4, 4, 4, 0}, {4, 6, 5, 0, 0}, {4, 6, 4, 0, 0}, {4, 4, 4, 4, 3}, {4, 4, 4, 1, 0}, {4, 4, 4, 4, 2}, {4, 4, 4, 4, 1}, {6, 13, 0, 0, 0},
    {4, 4, 4, 3, 0}});

/// How many groups of the number have this shape and one and the same separator; 0: they have not.
std::size_t groups_of_shape(const Number& number, const std::array<std::uint8_t, 5>& shape) noexcept {
  const std::uint8_t separator = number.group[1].before;
  if (separator != kSpace && separator != kHyphen) return 0;
  std::size_t n = 0;
  while (n < shape.size() && shape[n] != 0) {
    if (n == number.groups || number.group[n].length != shape[n] || (n > 0 && number.group[n].before != separator)) return 0;
    ++n;
  }
  return n;
}

Found grouped_card(std::string_view text, const Number& number) {
  for (const auto& shape : kShapes) {
    const std::size_t n = groups_of_shape(number, shape);
    if (n == 0) continue;
    const std::size_t begin = number.group[0].begin, end = number.group[n - 1].end();
    const bool spaces = number.group[1].before == kSpace;
    if (goes_on_before(text, begin, spaces) || goes_on_after(text, end, spaces)) continue;
    std::array<char, 24> digits;
    std::size_t size = 0;
    for (std::size_t g = 0; g < n; ++g) {
      for (const char c : text.substr(number.group[g].begin, number.group[g].length)) digits[size++] = c;
    }
    if (is_card({digits.data(), size})) return PiiMatch{begin, end, PiiKind::card};
  }
  return {};
}

}  // namespace

Found card_of(std::string_view text, const Number& number) {
  const NumberGroup& first = number.group[0];
  if (first.length < 13) return number.groups > 1 ? grouped_card(text, number) : Found{};
  if (goes_on_before(text, first.begin, false) || goes_on_after(text, first.end(), false)) return {};
  if (!is_card(text.substr(first.begin, first.length))) return {};
  const Cue cue = cue_before(text, first.begin);
  // 13 digits are far more often an article number (EAN-13) than a Visa card of the last century.
  if (cue == Cue::other || (first.length == 13 && cue != Cue::card)) return {};
  return PiiMatch{first.begin, first.end(), PiiKind::card};
}

}  // namespace quern
