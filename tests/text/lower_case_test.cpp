#include "quern/text/lower_case.hpp"

#include "quern/text/unicode.hpp"
#include "quern/text/utf8.hpp"

#include <gtest/gtest.h>
#include <unicode/bytestream.h>
#include <unicode/casemap.h>
#include <unicode/uchar.h>

#include <random>

using namespace quern;

namespace {

std::string lowered(std::string text) {
  lower_case(text);
  return text;
}

std::string by_icu(std::string_view text) {
  std::string low;
  icu::StringByteSink<std::string> sink(&low);
  UErrorCode status = U_ZERO_ERROR;
  icu::CaseMap::utf8ToLower("", 0, icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())), sink, nullptr, status);
  EXPECT_TRUE(U_SUCCESS(status));
  return low;
}

}  // namespace

TEST(LowerCase, AgreesWithIcuOnEveryCharacterAndOnRandomText) {
  if (std::string_view(U_UNICODE_VERSION) != kUnicodeVersion) {
    std::printf("ICU has Unicode %s, not %s: nothing to compare with\n", U_UNICODE_VERSION, std::string(kUnicodeVersion).c_str());
    return;
  }
  std::size_t tried = 0;
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    std::string text = "A";
    append_utf8(text, c);
    ASSERT_EQ(lowered(text), by_icu(text)) << static_cast<std::uint32_t>(c);
    ++tried;
  }
  EXPECT_EQ(tried, 0x110000u - 0x800);
  constexpr std::u32string_view kSome = U"\u03A3\u03A3\u03A3\u0391\u03B1 .':^\u00B7\u0301\u00ADaZ\u0130\u1E9E\u212A\u2160\u24B6\U00010400\u13A0\u4E2D1";
  std::mt19937_64 random(7);
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (std::size_t k = random() % 12; k > 0; --k) append_utf8(text, kSome[random() % kSome.size()]);
    const std::string low = lowered(text);
    ASSERT_EQ(low, by_icu(text));
    ASSERT_EQ(lowered(low), low);
    ASSERT_TRUE(is_valid_utf8(low));
  }
}
