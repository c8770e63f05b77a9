#include "characters.hpp"
#include "cues.hpp"
#include "kinds.hpp"

#include <algorithm>

namespace quern {

namespace {

/// Social Security Administration, "Social Security Number Randomization" and POMS RM 10201.035: never given out are area 000, 666 and
/// 900 to 999, group 00, serial 0000. Numbers that were printed in advertisements or stand in every manual are nobody's either.
bool is_given_out(std::string_view digits) noexcept {
  constexpr auto kPublic = std::to_array<std::string_view>({"078051120", "219099999", "457555462", "123456789", "111111111", "222222222",
                                                            "333333333", "444444444", "555555555", "777777777", "888888888"});
  const std::string_view area = digits.substr(0, 3);
  return area != "000" && area != "666" && area[0] != '9' && digits.substr(3, 2) != "00" && digits.substr(5) != "0000" &&
         std::ranges::find(kPublic, digits) == kPublic.end();
}

}  // namespace

Found ssn_of(std::string_view text, const Number& number) {
  const auto& group = number.group;
  std::size_t n = 0;
  if (number.groups >= 3 && group[0].length == 3 && group[1].length == 2 && group[2].length == 4 && group[1].before == group[2].before &&
      (group[1].before == kHyphen || group[1].before == kSpace)) {
    n = 3;
  } else if (group[0].length == 9) {
    n = 1;
  }
  if (n == 0) return {};
  const std::size_t begin = group[0].begin, end = group[n - 1].end();
  if (goes_on_before(text, begin, true) || goes_on_after(text, end, true)) return {};
  std::array<char, 9> digits;
  std::ranges::copy_if(text.substr(begin, end - begin), digits.begin(), is_digit);
  if (!is_given_out({digits.data(), digits.size()})) return {};
  const Cue cue = cue_before(text, begin);
  const bool plain = n == 3 && group[1].before == kHyphen;
  if (cue != Cue::ssn && (!plain || cue == Cue::other || cue == Cue::phone)) return {};
  return PiiMatch{begin, end, PiiKind::ssn};
}

}  // namespace quern
