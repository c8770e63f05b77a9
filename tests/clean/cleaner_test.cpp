#include "quern/clean/cleaner.hpp"

#include "quern/text/unicode.hpp"
#include "quern/text/utf8.hpp"

#include <gtest/gtest.h>
#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>

#include <random>
#include <string>

using namespace quern;
using namespace std::string_literals;

namespace {

std::string cleaned(std::string text, UnicodeForm form = UnicodeForm::nfc) {
  Cleaner({InvalidUtf8::quarantine, form, {}}).clean(text);
  return text;
}

// The definition, step by step over the whole text.
std::string by_definition(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  std::string normal;
  icu::StringByteSink<std::string> sink(&normal);
  icu::Normalizer2::getNFCInstance(status)->normalizeUTF8(
      0, icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())), sink, nullptr, status);
  EXPECT_TRUE(U_SUCCESS(status));
  std::string lines;
  for (std::size_t i = 0; i < normal.size(); ++i) {
    if (normal[i] == '\r' && i + 1 < normal.size() && normal[i + 1] == '\n') continue;
    lines += normal[i] == '\r' ? '\n' : normal[i];
  }
  std::string out;
  for (std::size_t at = 0; at < lines.size();) {
    const char32_t c = next_code_point(lines, at);
    const bool removed = (c < 0x20 && c != '\t' && c != '\n') || (c >= 0x7F && c <= 0x9F) || c == 0xFEFF;
    if (!removed) append_utf8(out, c);
  }
  return out;
}

const std::u32string kRare =
    U"\0\r\r\n\t\u0001\u001F\u007F\u0080\u0085\u009F\u00A0\u00AB\uFEFF\uFEFE\uFEC0\uFF01\u0301\u0323\u00E9\u1100\u1161\u11A8\uAC00\u6F22"
    U"\u05B4\u05D0\u0434\u0E48\u212B\U0001F600\U0001D165\u2028"s;

}  // namespace

TEST(Cleaner, UnifiesLineEnds) {
  EXPECT_EQ(cleaned("a\r\nb\rc\nd\r\r\ne\n\rf\r"), "a\nb\nc\nd\n\ne\n\nf\n");
  EXPECT_EQ(cleaned(std::string("a\r\0\nb", 5)), "a\n\nb");
}

TEST(Cleaner, RemovesControlsAndByteOrderMarksAndNothingElse) {
  EXPECT_EQ(cleaned("\uFEFF a\tb\n\n  c \u0085\u009F\u0080\x7F\x1B[0m\u00A0\u200B\uFEFE "), " a\tb\n\n  c [0m\u00A0\u200B\uFEFE ");
  EXPECT_EQ(cleaned(std::string("a\0b", 3)), "ab");
  EXPECT_EQ(cleaned(""), "");
  EXPECT_EQ(cleaned("\uFEFF\x01"), "");
}

TEST(Cleaner, NormalizesBeforeItRemoves) {
  // The mark meets its letter only after the removal: too late to be composed.
  EXPECT_EQ(cleaned("e\uFEFF\u0301"), "e\u0301");
  EXPECT_EQ(cleaned("e\u0301"), "\u00E9");
}

TEST(Cleaner, LeavesUnicodeFormAloneWhenTold) {
  EXPECT_EQ(cleaned("e\u0301\r\n\uFEFF", UnicodeForm::none), "e\u0301\n");
}

TEST(Cleaner, DoesNotCopyACleanText) {
  std::string text(1000, 'x');
  text += "\u00E9\n\u6F22";
  const std::string before = text;
  const char* const place = text.data();
  Cleaner(CleanSpec{}).clean(text);
  EXPECT_EQ(text, before);
  EXPECT_EQ(text.data(), place);
}

TEST(Cleaner, ChangesAtAnyPlaceOfABlock) {
  std::size_t tried = 0;
  for (std::size_t before = 0; before < 200; ++before) {
    for (std::string_view change : {"\r\n", "\r", "\x01", "\x7F", "\u0080", "\uFEFF", "\uFEC0", "e\u0301", "\uFF01"}) {
      for (std::size_t after : {0, 1, 2, 63, 64, 65, 150}) {
        const std::string text = std::string(before, 'a') + std::string(change) + std::string(after, 'b');
        ASSERT_EQ(cleaned(text), by_definition(text)) << before << ' ' << after;
        ++tried;
      }
    }
  }
  EXPECT_EQ(tried, 200u * 9 * 7);
}

TEST(Cleaner, AgreesWithTheDefinitionOnRandomText) {
  std::mt19937_64 random(4);
  std::size_t changed = 0;
  for (int i = 0; i < 30'000; ++i) {
    const std::size_t rare_pct = i % 3 == 0 ? 2 : random() % 100;
    std::string text;
    const std::size_t length = random() % 300;
    for (std::size_t k = 0; k < length; ++k) {
      append_utf8(text, random() % 100 < rare_pct ? kRare[random() % kRare.size()] : static_cast<char32_t>(' ' + random() % 95));
    }
    const std::string expected = by_definition(text);
    ASSERT_EQ(cleaned(text), expected);
    ASSERT_TRUE(is_valid_utf8(expected));
    changed += expected != text;
  }
  EXPECT_GT(changed, 20'000u);
}
