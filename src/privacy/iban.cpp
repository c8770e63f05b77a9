#include "characters.hpp"
#include "kinds.hpp"

#include <algorithm>

namespace quern {

namespace {

// ISO 13616 registry (SWIFT), release 96: country and length.
constexpr std::string_view kLengths =
    "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18FK18FO18FR27GB22GE22GI23"
    "GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28"
    "NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30";

std::size_t length_of(std::string_view country) noexcept {
  for (std::size_t i = 0; i < kLengths.size(); i += 4) {
    if (kLengths.substr(i, 2) == country) return static_cast<std::size_t>((kLengths[i + 2] - '0') * 10 + kLengths[i + 3] - '0');
  }
  return 0;
}

/// ISO 7064, MOD 97-10: the first four characters go to the end, letters become 10 to 35.
bool is_mod_97(std::string_view iban) noexcept {
  std::uint32_t rest = 0;
  for (std::size_t i = 0; i < iban.size(); ++i) {
    const char c = iban[(i + 4) % iban.size()];
    const bool digit = is_digit(c);
    rest = (rest * (digit ? 10 : 100) + static_cast<std::uint32_t>(digit ? c - '0' : c - 'A' + 10)) % 97;
  }
  return rest == 1;
}

}  // namespace

Found iban_at(std::string_view text, std::size_t at) {
  if (at < 2 || !is_upper(text[at - 1]) || !is_upper(text[at - 2]) || joins_before(text, at - 2)) return {};
  const std::size_t begin = at - 2;
  const std::size_t length = length_of(text.substr(begin, 2));
  if (length == 0 || !is_digit(byte_at(text, at + 1))) return {};
  std::array<char, 40> iban;
  std::size_t n = 0, i = begin;
  bool spaced = false;
  for (; n < length && i < text.size(); ++i) {
    const bool between_fours = n > 0 && n % 4 == 0 && text[i - 1] != ' ';
    if (text[i] == ' ' && between_fours && (spaced || n == 4)) {
      spaced = true;
      continue;
    }
    if (!(is_digit(text[i]) || is_upper(text[i])) || (spaced && between_fours)) return {};
    iban[n++] = text[i];
  }
  if (n < length || joins_at(text, i) || !is_mod_97({iban.data(), n})) return {};
  return PiiMatch{begin, i, PiiKind::iban};
}

}  // namespace quern
