#include "quern/text/unicode.hpp"

#include <gtest/gtest.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>

#include <map>
#include <string>

using namespace quern;

namespace {

constexpr char32_t kLast = 0x10FFFF;

// The code points on which an ICU of any later version must agree with the table, up to the few changes Unicode makes afterwards.
bool known_to_15_0(char32_t c) {
  UVersionInfo age;
  u_charAge(static_cast<UChar32>(c), age);
  return age[0] != 0 && age[0] <= 15 && !(age[0] == 15 && age[1] > 0);
}

bool icu_is_15_0() {
  UVersionInfo version;
  u_getUnicodeVersion(version);
  return version[0] == 15 && version[1] == 0;
}

Category from_icu(char32_t c) {
  using enum Category;
  static const Category categories[] = {Cn, Lu, Ll, Lt, Lm, Lo, Mn, Me, Mc, Nd, Nl, No, Zs, Zl, Zp,
                                        Cc, Cf, Co, Cs, Pd, Ps, Pe, Pc, Po, Sm, Sc, Sk, So, Pi, Pf};
  return categories[u_charType(static_cast<UChar32>(c))];
}

}  // namespace

TEST(Unicode, EveryCodePointIsAsInIcuOfTheSameVersion) {
  if (!icu_is_15_0()) {
    std::puts("ICU has another Unicode version than 15.0: nothing to compare with");
    return;
  }
  std::size_t compared = 0;
  for (char32_t c = 0; c <= kLast; ++c, ++compared) {
    const auto u = static_cast<UChar32>(c);
    ASSERT_EQ(category(c), from_icu(c)) << std::hex << static_cast<std::uint32_t>(c);
    ASSERT_EQ(is_white_space(c), u_hasBinaryProperty(u, UCHAR_WHITE_SPACE) != 0) << std::hex << static_cast<std::uint32_t>(c);
    ASSERT_EQ(simple_fold(c), static_cast<char32_t>(u_foldCase(u, U_FOLD_CASE_DEFAULT))) << std::hex << static_cast<std::uint32_t>(c);
    ASSERT_EQ(unicode::record(c).combining_class, u_getCombiningClass(u)) << std::hex << static_cast<std::uint32_t>(c);
    ASSERT_EQ((unicode::record(c).flags & unicode::kNfcUncertain) != 0, u_getIntPropertyValue(u, UCHAR_NFC_QUICK_CHECK) != UNORM_YES);
    ASSERT_EQ(is_letter(c), (U_GET_GC_MASK(u) & U_GC_L_MASK) != 0);
    ASSERT_EQ(is_mark(c), (U_GET_GC_MASK(u) & U_GC_M_MASK) != 0);
    ASSERT_EQ(is_number(c), (U_GET_GC_MASK(u) & U_GC_N_MASK) != 0);
    ASSERT_EQ(is_punctuation_or_symbol(c), (U_GET_GC_MASK(u) & (U_GC_P_MASK | U_GC_S_MASK)) != 0);
  }
  EXPECT_EQ(compared, 0x110000u);
}

TEST(Unicode, AssignedCodePointsAreThoseOfVersion15) {
  std::size_t assigned = 0;
  for (char32_t c = 0; c <= kLast; ++c) {
    const bool known = category(c) != Category::Cn;
    ASSERT_TRUE(!known || known_to_15_0(c)) << std::hex << static_cast<std::uint32_t>(c);
    assigned += known;
  }
  // DerivedAge 15.0: 149,186 characters, 137,468 for private use, 2,048 surrogates, 65 control codes.
  EXPECT_EQ(assigned, 149'186u + 137'468u + 2'048u + 65u);
}

TEST(Unicode, NewerCharactersAreUnassigned) {
  EXPECT_EQ(category(U'\U0002EBF0'), Category::Cn);  // ideograph of 15.1
  EXPECT_EQ(category(U'\u1C89'), Category::Cn);      // Cyrillic letter of 16.0
  EXPECT_EQ(category(U'\U0001FAE8'), Category::So);  // emoji of 15.0
}

TEST(Unicode, AnyValueHasACategory) {
  EXPECT_EQ(category(0x110000), Category::Cn);
  EXPECT_EQ(category(0xFFFFFFFF), Category::Cn);
  EXPECT_EQ(simple_fold(0x110000), char32_t{0x110000});
}

TEST(Unicode, ScriptsWithoutSpacesAreMarked) {
  const auto unspaced = [](char32_t c) { return (unicode::record(c).flags & unicode::kUnspaced) != 0; };
  for (char32_t c : std::u32string(U"漢ひカーㄅกລខကབ々〇ｱ𠀀")) EXPECT_TRUE(unspaced(c)) << std::hex << static_cast<std::uint32_t>(c);
  for (char32_t c : std::u32string(U"aéжא한x1_、。་")) EXPECT_FALSE(unspaced(c)) << std::hex << static_cast<std::uint32_t>(c);
}

TEST(Unicode, Utf8RoundTripsEveryScalarValue) {
  std::string all;
  std::size_t appended = 0;
  for (char32_t c = 0; c <= kLast; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    append_utf8(all, c);
    ++appended;
  }
  EXPECT_EQ(all.size(), 0x80u + 2 * 0x780u + 3 * (0xF800u - 0x800u) + 4 * 0x100000u);
  std::size_t at = 0;
  for (char32_t c = 0; c <= kLast; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    ASSERT_EQ(next_code_point(all, at), c);
    --appended;
  }
  EXPECT_EQ(appended, 0u);
  EXPECT_EQ(at, all.size());
}
