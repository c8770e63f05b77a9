#include "clean/steps.hpp"
#include "quern/text/utf8.hpp"

#include <gtest/gtest.h>

using namespace quern;
using quern::test::after;

namespace {

constexpr char32_t kHigh[32] = {
    0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D, 0x017D, 0x8F,
    0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D, 0x017E, 0x0178,
};

/// The mistake that is to be repaired: each byte read as a character.
std::string misread(std::string_view text, bool windows) {
  std::string wrong;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    append_utf8(wrong, windows && byte >= 0x80 && byte < 0xA0 ? kHigh[byte - 0x80] : char32_t{byte});
  }
  return wrong;
}

constexpr std::string_view kTexts[] = {
    "Le caf\u00E9 pr\u00E9f\u00E9r\u00E9 de No\u00EBl, \u00E0 c\u00F4t\u00E9",
    "It\u2019s \u201Cquoted\u201D \u2013 and more\u2026",
    "\u041F\u0440\u0438\u0432\u0435\u0442, \u043C\u0438\u0440!",
    "\u4F60\u597D\u3002\u6F22\u5B57",
    "\u00C1ra\u00F1a \u00CDndice \u00D3pera",
    "\U0001F600 ok \u20AC 5 \u00B0C \u00A31",
    "\u0395\u03BB\u03BB\u03B7\u03BD\u03B9\u03BA\u03AC",
    "za\u017C\u00F3\u0142\u0107 g\u0119\u015Bl\u0105 ja\u017A\u0144",
};

}  // namespace

TEST(Mojibake, UndoesTheMistakeOnceAndTwice) {
  std::size_t tried = 0;
  for (const std::string_view text : kTexts) {
    for (const bool windows : {true, false}) {
      const std::string once = misread(text, windows);
      EXPECT_EQ(after(MojibakeSpec{}, once), text);
      EXPECT_EQ(after(MojibakeSpec{}, misread(once, windows)), text);
      EXPECT_EQ(after(MojibakeSpec{1}, misread(once, windows)), once);
      ++tried;
    }
  }
  EXPECT_EQ(tried, 2 * std::size(kTexts));
}

TEST(Mojibake, LeavesTextThatIsAsItShouldBe) {
  for (const std::string_view text : kTexts) EXPECT_EQ(after(MojibakeSpec{}, std::string(text)), text);
  for (const std::string_view text :
       {"\u00ABJ\u2019ai pay\u00E9\u2026\u201D \u2013 \u201C\u00BFQu\u00E9\u2026\u201D", "\u201EDER GRO\u00DFE SPA\u00DF\u201C und SPA\u00DF\u2026",
        "AMANH\u00C3\u201D, IRM\u00C3\u2026 \u00E0 \u00E7\u00E3o", "NESTL\u00C9\u00AE CAF\u00C9\u2122 TSCH\u00DC\u2026", "\u00C2\u00BB", "\u00D7\u2014",
        "\u00E9\u201D\u00BB", "plain"}) {
    EXPECT_EQ(after(MojibakeSpec{}, std::string(text)), text);
  }
}

TEST(Mojibake, DecidesDoubtfulRunsByTheRestOfTheText) {
  const std::string doubtful = misread("\u00E0", true);  // C3 A0: a letter before a no-break space
  EXPECT_EQ(after(MojibakeSpec{}, doubtful), doubtful);
  EXPECT_EQ(after(MojibakeSpec{}, misread("d\u00E9j\u00E0", true)), "d\u00E9j\u00E0");
  const std::string french = " \u00E9t\u00E9, for\u00EAt, ";
  EXPECT_EQ(after(MojibakeSpec{}, misread("d\u00E9", true) + french + doubtful), "d\u00E9" + french + doubtful);
}

TEST(Mojibake, IsDoneBeforeControlCharactersAreRemoved) {
  CleanSpec spec;
  spec.steps = {MojibakeSpec{}};
  std::string text = misread("\u00C1rbol \u201Cde\u201D \u00CDcaro", false) + "\r\n" + misread("e\u0301", true);
  EXPECT_EQ(Cleaner(spec).clean(text), Reason::none);
  EXPECT_EQ(text, "\u00C1rbol \u201Cde\u201D \u00CDcaro\n\u00E9");
}

TEST(Mojibake, IsLinearInLongRuns) {
  std::string text;
  for (int i = 0; i < 2'000'000; ++i) text += "\u00E9";
  EXPECT_EQ(after(MojibakeSpec{}, text), text);
  text.clear();
  for (int i = 0; i < 1'000'000; ++i) text += "\u2019\u00E9 ";
  EXPECT_EQ(after(MojibakeSpec{}, text), text);
}
