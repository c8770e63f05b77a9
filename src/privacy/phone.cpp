#include "characters.hpp"
#include "cues.hpp"
#include "kinds.hpp"
#include "phone_codes.hpp"

#include <algorithm>
#include <initializer_list>
#include <span>

namespace quern {

namespace {

constexpr std::size_t kMostDigits = 15;  // E.164
constexpr std::size_t kNationalWithCue = 7;

/// Looked for only where a number has the form of a phone number: that is what costs.
class LateCue {
 public:
  LateCue(std::string_view text, std::size_t at) : text_(text), at_(at) {}
  bool is(Cue cue) {
    if (!cue_) cue_ = cue_before(text_, at_);
    return *cue_ == cue;
  }

 private:
  std::string_view text_;
  std::size_t at_;
  std::optional<Cue> cue_;
};

/// The digits of the first groups, as far as there is room.
struct Digits {
  std::array<char, 2 * Number::kMostDigits> digit;
  std::size_t size = 0;

  void add(std::string_view text, const NumberGroup& group) {
    for (const char c : text.substr(group.begin, std::min(group.length, digit.size() - size))) digit[size++] = c;
  }
  std::string_view view() const { return {digit.data(), size}; }
  std::string_view from(std::size_t n) const { return view().substr(n); }
};

/// The `(0)` of +44 (0)20 is not dialled from abroad.
bool is_trunk_zero(std::string_view text, const Number& number, std::size_t g) {
  const NumberGroup& group = number.group[g];
  return group.length == 1 && text[group.begin] == '0' && (group.before & kOpen) != 0 && byte_at(text, group.end()) == ')';
}

/// From `begin` to the last of `groups` groups, unless digits go on behind them.
Found phone_to(std::string_view text, const Number& number, std::size_t begin, std::size_t groups) {
  const std::size_t end = number.group[groups - 1].end();
  const bool spaces = groups > 1 && (number.group[groups - 1].before & kSpace) != 0;
  if (goes_on_after(text, end, spaces)) return {};
  return PiiMatch{begin, end, PiiKind::phone};
}

/// The country code and what follows: the longest number of whole groups that the country may have. `skip`: of the digits, the 00.
Found international(std::string_view text, const Number& number, std::size_t begin, std::size_t skip) {
  Digits digits;
  Found found;
  for (std::size_t g = 0; g < number.groups && digits.size + number.group[g].length <= kMostDigits + skip; ++g) {
    if (g > 0 && (number.group[g].before & kSlash) != 0 && g > 2) break;
    if (g > 0 && is_trunk_zero(text, number, g)) continue;
    digits.add(text, number.group[g]);
    if (digits.size < skip + 3) continue;
    const std::string_view dialled = digits.from(skip);
    const PhoneCode code = phone_code_of(dialled);
    if (code.length == 0 || dialled.size() > code.length + code.most) break;
    const std::string_view national = dialled.substr(code.length);
    if (national.size() < code.least || (code.length == 1 && dialled[0] == '1' && !is_north_american(national))) continue;
    if (std::ranges::all_of(national, [&](char c) { return c == national[0]; })) continue;
    if (!goes_on_after(text, number.group[g].end(), false)) found = PiiMatch{begin, number.group[g].end(), PiiKind::phone};
  }
  return found;
}

/// 415-555-2671, (415) 555-2671, 415.555.2671, 415/555-2671, 415 555 2671, each with 1 before it or not.
Found north_american(std::string_view text, const Number& number, LateCue& cue) {
  const auto& group = number.group;
  const std::size_t first = group[0].length == 1 && text[group[0].begin] == '1' ? 1 : 0;
  if (number.groups < first + 3 || group[first].length != 3 || group[first + 1].length != 3 || group[first + 2].length != 4) return {};
  const std::uint8_t one = group[first + 1].before, two = group[first + 2].before;
  const bool in_parentheses = (one & kClose) != 0;
  const bool spaces = two == kSpace;
  if (two != kHyphen && two != kDot && two != kSpace) return {};
  if (!in_parentheses && one != two && !(two == kHyphen && (one == kSlash || one == kSpace))) return {};
  if (first == 1 && (group[1].before & ~(kSpace | kHyphen | kDot | kOpen)) != 0) return {};
  std::size_t begin = group[0].begin;
  if (first == 0 && in_parentheses) {
    if (byte_before(text, begin) != '(') return {};
    --begin;
  }
  if (goes_on_before(text, begin, spaces) || (spaces && byte_before(text, begin) == '=')) return {};
  Digits digits;
  for (std::size_t g = first; g < first + 3; ++g) digits.add(text, group[g]);
  if (!is_north_american(digits.view()) || cue.is(Cue::other)) return {};
  return phone_to(text, number, begin, first + 3);
}

/// All separators from the third group on are the same: 030/123-45-67, 01 23 45 67 89.
bool is_even(const Number& number, std::size_t groups) {
  for (std::size_t g = 3; g < groups; ++g) {
    if (number.group[g].before != number.group[2].before) return false;
  }
  const std::uint8_t third = number.group[2].before;
  return groups < 3 || third == number.group[1].before || third == kSpace || third == kHyphen;
}

/// 01 02 03 04 05 is a list.
bool is_counting(std::string_view text, const Number& number, std::size_t groups) {
  const auto value = [&](std::size_t g) { return (text[number.group[g].begin] - '0') * 10 + text[number.group[g].begin + 1] - '0'; };
  for (std::size_t g = 0; g < groups; ++g) {
    if (number.group[g].length != 2 || (g > 0 && value(g) != value(g - 1) + 1)) return false;
  }
  return true;
}

/// 01.02.2003 and what follows it; 2003-02-01.
bool is_date(const Number& number) {
  if (number.groups < 3) return false;
  const std::size_t a = number.group[0].length, b = number.group[1].length, c = number.group[2].length;
  if (number.group[1].before != number.group[2].before) return false;
  return (a <= 2 && b <= 2 && (c == 4 || (c == 2 && number.groups == 3))) || (a == 4 && b <= 2 && c <= 2);
}

/// 012-34-5678: a US number, given out or not.
bool is_ssn(const Number& number) {
  const auto& group = number.group;
  return number.groups == 3 && group[0].length == 3 && group[1].length == 2 && group[2].length == 4 && group[1].before == kHyphen;
}

/// With the 0 that is dialled before an area: 030 1234567, 0171/1234567, 020 7946 0958, 01 23 45 67 89, 03-1234-5678, (02) 9123 4567.
Found trunk(std::string_view text, const Number& number, LateCue& cue) {
  const auto& group = number.group;
  const bool has_zero = group[0].length >= 2 && group[0].length <= 5 && text[group[0].begin] == '0' && text[group[0].begin + 1] != '0';
  if (number.groups < 2 || !has_zero || is_date(number) || is_ssn(number)) return {};
  const bool in_parentheses = (group[1].before & kClose) != 0;
  std::size_t begin = group[0].begin;
  if (in_parentheses) {
    if (byte_before(text, begin) != '(') return {};
    --begin;
  } else if ((group[1].before & kOpen) != 0) {
    return {};
  }
  if (goes_on_before(text, begin, true)) return {};
  std::size_t digits = group[0].length;
  Found found;
  for (std::size_t g = 1; g < number.groups && g < 5; ++g) {
    digits += group[g].length;
    if (group[g].length < 2 || !is_even(number, g + 1) || (g > 1 && (group[g].before & (kOpen | kClose | kSlash)) != 0)) break;
    if (group[1].before == kDot && (g == 1 || group[g].before != kDot)) continue;  // 01.2345678
    const bool enough = digits >= 9 && digits <= (g == 1 || in_parentheses ? 12u : 11u);
    if (!enough || (g == 1 && group[1].length < 5) || is_counting(text, number, g + 1)) continue;
    if (const Found longer = phone_to(text, number, begin, g + 1)) found = longer;
  }
  return found && !cue.is(Cue::other) ? found : Found{};
}

/// Whether the first groups have these lengths.
bool has_lengths(const Number& number, std::initializer_list<std::size_t> lengths) {
  return number.groups >= lengths.size() &&
         std::ranges::equal(lengths, std::span(number.group).first(lengths.size()), {}, {}, &NumberGroup::length);
}

/// (11) 91234-5678 (Brazil), 8 (495) 123-45-67 (Russia).
Found in_parentheses(std::string_view text, const Number& number, LateCue& cue) {
  const auto& group = number.group;
  const std::size_t begin = group[0].begin;
  const char first = text[begin];
  const bool brazil = number.groups == 3 && (has_lengths(number, {2, 5, 4}) || has_lengths(number, {2, 4, 4})) && first != '0' &&
                      byte_before(text, begin) == '(' && (group[1].before & kClose) != 0 && group[2].before == kHyphen;
  if (brazil) return goes_on_before(text, begin - 1, false) || cue.is(Cue::other) ? Found{} : phone_to(text, number, begin - 1, 3);
  const bool russia = has_lengths(number, {1, 3, 3, 2, 2}) && first == '8' && (group[1].before & kSpace) != 0 &&
                      group[3].before == kHyphen && group[4].before == kHyphen;
  if (russia) return goes_on_before(text, begin, true) || cue.is(Cue::other) ? Found{} : phone_to(text, number, begin, 5);
  return {};
}

/// 5551234, 123456789, 87654321, 1111111.
bool is_made_up(std::string_view digits) {
  const auto step = [&](std::size_t i) { return digits[i] - digits[i - 1]; };
  bool even = true;
  for (std::size_t i = 2; i < digits.size(); ++i) even = even && step(i) == step(1);
  const bool north_american = digits.size() == 10 || (digits.size() == 11 && digits[0] == '1');
  const auto is_555 = [&](std::size_t last) { return digits.substr(digits.size() - last).starts_with("555"); };
  return even || (digits.size() == 7 && is_555(7)) || (north_american && (is_555(7) || is_555(10)));
}

/// Behind a word that says so, any writing of 7 to 15 digits.
Found called_phone(std::string_view text, const Number& number, LateCue& cue) {
  const auto& group = number.group;
  std::size_t begin = group[0].begin;
  if (is_date(number) || goes_on_before(text, begin, true)) return {};
  if (number.groups > 1 && (group[1].before & kClose) != 0 && byte_before(text, begin) == '(') --begin;
  Digits digits;
  Found found;
  for (std::size_t g = 0; g < number.groups; ++g) {
    digits.add(text, group[g]);
    if (digits.size > kMostDigits || !is_even(number, g + 1) || (g > 1 && (group[g].before & (kOpen | kClose)) != 0)) break;
    if (g > 0 && group[g].length < 2) break;
    if (digits.size < kNationalWithCue || is_made_up(digits.view())) continue;
    if (const Found longer = phone_to(text, number, begin, g + 1)) found = longer;
  }
  return found && cue.is(Cue::phone) ? found : Found{};
}

}  // namespace

Found phone_of(std::string_view text, const Number& number) {
  const std::size_t begin = number.group[0].begin;
  const char before = byte_before(text, begin);
  if (before == '+') {
    const char outside = byte_before(text, begin - 1);
    if (joins_before(text, begin - 1) || outside == '+' || outside == '-') return {};
    const bool in_parentheses = outside == '(' && number.groups > 1 && (number.group[1].before & kClose) != 0;  // (+34) 915 51 62 91
    return international(text, number, begin - (in_parentheses ? 2 : 1), 0);
  }
  LateCue cue(text, begin);
  const bool zeros = number.group[0].length > 2 && text.substr(begin, 2) == "00" && text[begin + 2] != '0';
  if (zeros && !goes_on_before(text, begin, true)) {
    const Found found = international(text, number, begin, 2);
    if (found && !cue.is(Cue::other) && (number.groups > 1 || cue.is(Cue::phone))) return found;
  }
  if (number.groups > 1) {
    for (const auto form : {north_american, trunk, in_parentheses}) {
      if (const Found found = form(text, number, cue)) return found;
    }
  }
  return called_phone(text, number, cue);
}

}  // namespace quern
