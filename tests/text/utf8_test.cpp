#include "quern/text/utf8.hpp"

#include "quern/base/hash.hpp"
#include "quern/text/unicode.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

using namespace quern;

namespace {

std::string repaired(std::string text) {
  repair_utf8(text);
  return text;
}

std::string times(std::size_t n, std::string_view what) {
  std::string all;
  for (std::size_t i = 0; i < n; ++i) all += what;
  return all;
}

// The definition once more, from the code points' side: a prefix is good if some scalar value's UTF-8 begins with it.
bool begins_a_sequence(std::string_view prefix) {
  const auto lead = static_cast<unsigned char>(prefix[0]);
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xC0 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF8 ? 4 : 0;
  if (length < prefix.size()) return false;
  char32_t low = length == 1 ? lead : lead & (0x7Fu >> length);
  for (std::size_t i = 1; i < prefix.size(); ++i) {
    const auto byte = static_cast<unsigned char>(prefix[i]);
    if ((byte & 0xC0) != 0x80) return false;
    low = low << 6 | (byte & 0x3Fu);
  }
  const std::size_t missing = length - prefix.size();
  const char32_t first = low << (6 * missing);
  const char32_t last = first | ((char32_t{1} << (6 * missing)) - 1);
  static constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool only_surrogates = first >= 0xD800 && last <= 0xDFFF;
  return last >= kSmallest[length] && first <= 0x10FFFF && !only_surrogates;
}

bool is_whole(std::string_view s) {
  const auto lead = static_cast<unsigned char>(s[0]);
  return s.size() == (lead < 0x80 ? 1u : lead < 0xE0 ? 2u : lead < 0xF0 ? 3u : 4u);
}

// One U+FFFD per maximal subpart, by trying prefixes.
std::string repaired_by_definition(std::string_view s, std::size_t& first_bad) {
  std::string out;
  first_bad = s.size();
  for (std::size_t at = 0; at < s.size();) {
    std::size_t length = 0;
    while (length < 4 && at + length < s.size() && begins_a_sequence(s.substr(at, length + 1))) ++length;
    if (length > 0 && is_whole(s.substr(at, length))) {
      out += s.substr(at, length);
    } else {
      if (first_bad == s.size()) first_bad = at;
      out += "\uFFFD";
      length = std::max<std::size_t>(length, 1);
    }
    at += length;
  }
  return out;
}

}  // namespace

TEST(Utf8, AcceptsWhatIsWellFormedAndOnlyThat) {
  for (const char* good : {"", "a", "\x7F", "\u0080", "\u07FF", "\u0800", "\uD7FF", "\uE000", "\uFFFF", "\U00010000", "\U0010FFFF"}) {
    EXPECT_TRUE(is_valid_utf8(good)) << good;
  }
  for (const char* bad : {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xED\xBF\xBF", "\xEF\xBF",
                          "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xF8\x88\x80\x80\x80", "\xFE", "\xFF"}) {
    EXPECT_EQ(first_invalid_utf8(bad), 0u) << repaired(bad);
  }
}

TEST(Utf8, NamesTheFirstBadByteAtAnyPlace) {
  std::size_t tried = 0;
  for (std::size_t before = 0; before < 80; ++before) {
    for (std::size_t after = 0; after < 40; after += 13, ++tried) {
      const std::string text = times(before, "a") + "é" + "\xED\xA0\x80" + times(after, "b");
      EXPECT_EQ(first_invalid_utf8(text), before + 2);
    }
  }
  EXPECT_EQ(tried, 320u);
}

TEST(Utf8, RepairsOnePerMaximalSubpart) {
  // The examples of Unicode 15.0, tables 3-8 to 3-11.
  EXPECT_EQ(repaired("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41"), times(8, "\uFFFD") + "A");
  EXPECT_EQ(repaired("\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41"), times(8, "\uFFFD") + "A");
  EXPECT_EQ(repaired("\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42"), times(5, "\uFFFD") + "A" + times(2, "\uFFFD") + "B");
  EXPECT_EQ(repaired("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41"), times(4, "\uFFFD") + "A");
}

TEST(Utf8, CountsWhatItReplacesAndLeavesTheRest) {
  std::string text = "plain é 漢 😀";
  EXPECT_EQ(repair_utf8(text), 0u);
  EXPECT_EQ(text, "plain é 漢 😀");
  text = "a\xFF" "b\xE6\xBC";
  EXPECT_EQ(repair_utf8(text), 2u);
  EXPECT_EQ(text, "a\uFFFD" "b\uFFFD");
}

TEST(Utf8, AgreesWithTheDefinitionOnHostileBytes) {
  // Bytes near every bound of table 3-7, so that random strings of them meet each case.
  const std::string bytes("a\x7F\x80\x8F\x90\x9F\xA0\xBF\xC0\xC1\xC2\xDF\xE0\xE1\xEC\xED\xEE\xEF\xF0\xF1\xF3\xF4\xF5\xFF");
  std::mt19937_64 random(1);
  std::size_t with_faults = 0;
  for (int i = 0; i < 200'000; ++i) {
    std::string text;
    const std::size_t length = random() % 12;
    for (std::size_t k = 0; k < length; ++k) text.push_back(bytes[random() % bytes.size()]);
    std::size_t first_bad = 0;
    const std::string expected = repaired_by_definition(text, first_bad);
    ASSERT_EQ(first_invalid_utf8(text), first_bad);
    ASSERT_EQ(repaired(text), expected);
    ASSERT_TRUE(is_valid_utf8(expected));
    with_faults += first_bad < text.size();
  }
  EXPECT_GT(with_faults, 100'000u);
}

TEST(Utf8, CountsCodePoints) {
  EXPECT_EQ(count_code_points(""), 0u);
  EXPECT_EQ(count_code_points("aé漢😀 and more ASCII to fill a word, aé漢😀"), 40u);
  std::size_t tried = 0;
  for (std::size_t n = 0; n < 40; ++n, ++tried) EXPECT_EQ(count_code_points(times(n, "é") + times(n, "😀") + times(n, "x")), 3 * n);
  EXPECT_EQ(tried, 40u);
}

TEST(Utf8, CompressedBytesAreMendedAsPythonMendsThem) {
  std::ifstream file(QUERN_SHARED_DATA "/books/raw/44157-8.txt.zst", std::ios::binary);
  if (!file) {
    std::puts("no " QUERN_SHARED_DATA "/books/raw/44157-8.txt.zst: nothing to compare");
    return;
  }
  std::string text{std::istreambuf_iterator<char>(file), {}};
  ASSERT_EQ(text.size(), 43'999u);
  EXPECT_EQ(repair_utf8(text), 18'000u);
  EXPECT_EQ(hash64(text), 0xbfeb603452e3d24cu);  // of bytes.decode("utf-8", "replace").encode()
}
