#include "phone_codes.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace quern {

namespace {

struct Code {
  std::uint16_t code;
  std::uint8_t least, most;
};

// ITU-T E.164 (list of assigned country codes) with the lengths of national numbers from the administrations' notices, in order. Codes
// that are assigned and not here have 6 to 12 digits.
constexpr auto kCodes = std::to_array<Code>({
    {1, 10, 10}, {7, 10, 10}, {20, 8, 10}, {27, 9, 9}, {30, 10, 10}, {31, 9, 9}, {32, 8, 9}, {33, 9, 9}, {34, 9, 9}, {36, 8, 9},
    {39, 6, 11}, {40, 9, 9}, {41, 9, 9}, {43, 7, 13}, {44, 9, 10}, {45, 8, 8}, {46, 7, 10}, {47, 8, 8}, {48, 9, 9}, {49, 6, 13},
    {51, 8, 9}, {52, 10, 11}, {53, 6, 8}, {54, 10, 11}, {55, 10, 11}, {56, 9, 9}, {57, 8, 10}, {58, 10, 10}, {60, 8, 10}, {61, 9, 9},
    {62, 8, 12}, {63, 8, 10}, {64, 8, 10}, {65, 8, 8}, {66, 8, 9}, {81, 9, 10}, {82, 8, 11}, {84, 9, 10}, {86, 10, 11}, {90, 10, 10},
    {91, 10, 10}, {92, 9, 10}, {93, 9, 9}, {94, 9, 9}, {95, 7, 10}, {98, 10, 10}, {351, 9, 9}, {352, 6, 11}, {353, 7, 10}, {354, 7, 9},
    {358, 5, 12}, {359, 8, 9}, {370, 8, 8}, {371, 8, 8}, {372, 7, 8}, {380, 9, 9}, {385, 8, 9}, {386, 8, 8}, {420, 9, 9}, {421, 9, 9},
    {852, 8, 8}, {853, 8, 8}, {855, 8, 9}, {880, 8, 10}, {886, 8, 9}, {961, 7, 8}, {962, 8, 9}, {965, 8, 8}, {966, 8, 9}, {968, 8, 8},
    {971, 8, 9}, {972, 8, 9}, {973, 8, 8}, {974, 8, 8}, {977, 8, 10}, {992, 9, 9}, {994, 9, 9}, {995, 9, 9}, {996, 9, 9}, {998, 9, 9},
});

/// Assigned codes of three digits: whole tens, then single ones.
constexpr bool is_assigned(std::uint16_t code) noexcept {
  constexpr auto kTens = std::to_array<std::uint16_t>({
      21, 22, 23, 24, 25, 26, 29, 35, 37, 38, 42, 50, 59, 67, 68, 69, 80, 85, 87, 88, 96, 97, 99});
  constexpr auto kNot = std::to_array<std::uint16_t>({
      210, 214, 215, 217, 219, 259, 292, 293, 294, 295, 296, 384, 388, 422, 424, 425, 426, 427, 428, 429, 671, 684, 693, 694, 695,
      696, 697, 698, 699, 801, 802, 803, 804, 805, 806, 807, 809, 851, 854, 857, 858, 859, 871, 872, 873, 874, 875, 876, 877, 879,
      884, 885, 887, 889, 969, 978, 990, 991, 997, 999});
  return std::ranges::find(kTens, code / 10) != kTens.end() && std::ranges::find(kNot, code) == kNot.end();
}

}  // namespace

PhoneCode phone_code_of(std::string_view digits) noexcept {
  std::uint16_t code = 0;
  for (std::size_t n = 1; n <= 3 && n <= digits.size(); ++n) {
    code = static_cast<std::uint16_t>(code * 10 + (digits[n - 1] - '0'));
    const auto known = std::ranges::lower_bound(kCodes, code, {}, &Code::code);
    if (known != kCodes.end() && known->code == code) return {n, known->least, known->most};
  }
  return code >= 100 && is_assigned(code) ? PhoneCode{3, 6, 12} : PhoneCode{};
}

bool is_north_american(std::string_view d) noexcept {
  const auto is_code = [](std::string_view three) { return three[0] >= '2' && !(three[1] == '1' && three[2] == '1'); };
  if (!is_code(d.substr(0, 3)) || !is_code(d.substr(3, 3)) || d[1] == '9') return false;
  return d.substr(0, 3) != "555" && d.substr(3, 3) != "555";
}

}  // namespace quern
