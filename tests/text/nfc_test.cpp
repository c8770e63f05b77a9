#include "quern/text/nfc.hpp"

#include "quern/base/error.hpp"
#include "quern/text/unicode.hpp"
#include "shared_file.hpp"
#include "text/nfc_icu.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <random>
#include <string>
#include <vector>

using namespace quern;

namespace {

std::string nfc(std::string text) {
  normalize_nfc(text);
  return text;
}

std::string whole_by_icu(std::string_view text) {
  std::string out;
  IcuNfc(installed_unicode_version()).append(text, out);
  return out;
}

// Characters that meet each branch: composing, reordering, excluded from composition, Hangul, plain, four bytes long.
const std::u32string kAlphabet =
    U"aeoAz \n.\u00E9\u00C5\u0300\u0301\u0308\u0323\u0327\u031B\u0345\u0344\u0340\u212B\u2126\u0958\u09BE\u09C7\u0F73\u0F71\u0F74"
    U"\u1100\u1161\u11A8\uAC00\uAC01\u3099\u304B\u304C\u6F22\uF900\uFB1D\u05B4\u05D9\u0434\u0451\U0001D15E\U0001D165\U0001D157\U0001F600"
    U"\U000110BA\U00011099\u1E9B\u0387\u037E\u0E38\u0E48\u302A";

std::string random_text(std::mt19937_64& random, std::size_t ascii_share_pct) {
  std::string text;
  const std::size_t length = random() % 60;
  for (std::size_t i = 0; i < length; ++i) {
    if (random() % 100 < ascii_share_pct) {
      text.push_back(static_cast<char>('a' + random() % 26));
    } else {
      append_utf8(text, kAlphabet[random() % kAlphabet.size()]);
    }
  }
  return text;
}

// The columns of NormalizationTest.txt: sequences of code points in hexadecimal.
std::string from_hex_sequence(std::string_view field) {
  std::string text;
  while (!field.empty()) {
    std::uint32_t c = 0;
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), c, 16);
    EXPECT_EQ(error, std::errc{});
    append_utf8(text, c);
    field.remove_prefix(static_cast<std::size_t>(end - field.data()));
    if (!field.empty()) field.remove_prefix(1);
  }
  return text;
}

}  // namespace

TEST(Nfc, LeavesWhatIsNormalAlone) {
  for (const char* text : {"", "plain", "caf\u00E9 \u6F22\u5B57 \uD55C\uAD6D \u0434\u0430 \U0001F600", "\u0E17\u0E35\u0E48"}) {
    std::string copy = text;
    EXPECT_TRUE(passes_nfc_quick_check(text));
    EXPECT_FALSE(normalize_nfc(copy)) << text;
    EXPECT_EQ(copy, text);
  }
}

TEST(Nfc, ComposesWithTheAsciiCharacterBefore) {
  EXPECT_EQ(nfc("cafe\u0301 au lait"), "caf\u00E9 au lait");
  EXPECT_EQ(nfc("e\u0301"), "\u00E9");
  EXPECT_EQ(nfc("\u0301e"), "\u0301e");
  EXPECT_EQ(nfc("ae\u0323\u0302b"), "a\u1EC7" "b");
  EXPECT_EQ(nfc("ae\u0302\u0323b"), "a\u1EC7" "b");  // marks out of order
}

TEST(Nfc, ComposesHangulAndReplacesSingletons) {
  EXPECT_EQ(nfc("x\u1112\u1161\u11ABy"), "x\uD55Cy");
  EXPECT_EQ(nfc("\uAC00\u11A8"), "\uAC01");
  EXPECT_EQ(nfc("\u212B \u2126"), "\u00C5 \u03A9");
  EXPECT_EQ(nfc("\u0958"), "\u0915\u093C");
}

TEST(Nfc, WindowsGiveWhatTheWholeGives) {
  std::mt19937_64 random(2);
  std::size_t changed = 0;
  std::size_t untouched = 0;
  for (int i = 0; i < 60'000; ++i) {
    const std::string text = random_text(random, i % 100);
    std::string normalized = text;
    const bool touched = normalize_nfc(normalized);
    ASSERT_EQ(normalized, whole_by_icu(text));
    ASSERT_EQ(touched, !passes_nfc_quick_check(text));
    ASSERT_TRUE(touched || normalized == text);
    changed += normalized != text;
    untouched += !touched;
  }
  EXPECT_GT(changed, 10'000u);
  EXPECT_GT(untouched, 1'000u);
}

TEST(Nfc, NewerIcuIsFilteredDownToTheFixedVersion) {
  const IcuNfc plain(installed_unicode_version());
  const IcuNfc filtered({99, 0, 0, 0});
  std::mt19937_64 random(3);
  std::size_t compared = 0;
  for (int i = 0; i < 5'000; ++i, ++compared) {
    const std::string text = random_text(random, 30);
    std::string a;
    std::string b;
    plain.append(text, a);
    filtered.append(text, b);
    ASSERT_EQ(a, b);
  }
  EXPECT_EQ(compared, 5'000u);
}

TEST(Nfc, OlderIcuIsRefused) {
  try {
    IcuNfc{{14, 0, 0, 0}};
    FAIL() << "an ICU with Unicode 14.0 was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::plan);
    EXPECT_NE(std::string(error.what()).find("14.0"), std::string::npos);
  }
}

TEST(Nfc, WindowBeyondTwoGibibytesFailsLoudly) {
  const char one = 'x';
  std::string to;
  EXPECT_THROW(IcuNfc(installed_unicode_version()).append({&one, std::size_t{1} << 31}, to), Error);
}

TEST(Nfc, PassesTheConformanceTestOfUnicode) {
  const std::string file = test::shared_file("badinput/unicode/NormalizationTest.txt.zst");
  if (file.empty()) return;
  std::size_t lines = 0;
  for (std::size_t at = 0; at < file.size();) {
    const std::size_t end = std::min(file.find('\n', at), file.size());
    std::string_view line(file.data() + at, end - at);
    at = end + 1;
    if (line.empty() || line[0] == '#' || line[0] == '@') continue;
    std::vector<std::string> columns;
    for (int column = 0; column < 5; ++column) {
      columns.push_back(from_hex_sequence(line.substr(0, line.find(';'))));
      line.remove_prefix(line.find(';') + 1);
    }
    // c2 == NFC(c1) == NFC(c2) == NFC(c3); c4 == NFC(c4) == NFC(c5); the same between ASCII.
    for (int column : {0, 1, 2}) {
      ASSERT_EQ(nfc(columns[static_cast<std::size_t>(column)]), columns[1]);
      ASSERT_EQ(nfc("x " + columns[static_cast<std::size_t>(column)] + " x"), "x " + columns[1] + " x");
    }
    for (int column : {3, 4}) ASSERT_EQ(nfc(columns[static_cast<std::size_t>(column)]), columns[3]);
    ++lines;
  }
  EXPECT_GT(lines, 15'000u);
}
