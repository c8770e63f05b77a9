#include "clean/steps.hpp"
#include "quern/text/nfc.hpp"
#include "quern/text/utf8.hpp"
#include "temp_folder.hpp"

#include <gtest/gtest.h>

using namespace quern;
using quern::test::list_file;
using quern::test::MixedText;
using quern::test::TempFolder;

namespace {

/// A step, and whether it finds nothing more to do in what it has done.
struct Case {
  const char* name;
  CleanStep step;
  bool idempotent;
};

std::vector<Case> all_steps(const TempFolder& folder) {
  RemoveLinesSpec lines;
  lines.equal = {list_file(folder / "equal", "loud\n12\n")};
  lines.containing = {list_file(folder / "containing", "cookie\n\u2026")};
  return {
      {"mojibake", MojibakeSpec{}, false},
      {"trim_lines", TrimLinesSpec{}, true},
      {"white_space", WhiteSpaceSpec{}, true},
      {"white_space kept", WhiteSpaceSpec{false, true, false, 2}, true},
      {"zero_width", ZeroWidthSpec{}, true},
      {"zero_width all", ZeroWidthSpec{true, true, true, true, true}, true},
      {"control_characters", ControlCharactersSpec{true, true, true, true}, true},
      {"punctuation", PunctuationSpec{true, true, true, true, true}, true},
      {"entities", EntitiesSpec{true, 1}, false},
      {"remove_urls", RemoveUrlsSpec{}, false},
      {"remove_emoji", RemoveEmojiSpec{}, false},
      {"remove_emoji all", RemoveEmojiSpec{true, " "}, true},
      {"remove_hashtags", RemoveHashtagsSpec{true, false}, false},
      {"lower_case", LowerCaseSpec{}, true},
      {"c4_lines", C4LinesSpec{}, false},
      {"refinedweb_lines", RefinedWebLinesSpec{}, false},
      {"remove_lines", lines, true},
      {"dedup_lines", DedupLinesSpec{}, true},
      {"dedup_paragraphs", DedupParagraphsSpec{}, true},
  };
}

std::string done(const Prepared<CleanStep>& step, std::string text) {
  const auto apply_one = [&]<class Step>(const Step& prepared) {
    if constexpr (!std::is_same_v<Step, PiiStep>) quern::apply(prepared, text);
  };
  std::visit(apply_one, step);
  return text;
}

}  // namespace

TEST(Steps, GiveValidTextAndAreDoneWhenTheyAreDone) {
  const TempFolder folder;
  const std::vector<Case> cases = all_steps(folder);
  std::vector<CleanStep> specs;
  for (const Case& one : cases) specs.push_back(one.step);
  const auto prepared = prepare_all(specs);
  MixedText texts(5);
  std::vector<std::size_t> changed(cases.size(), 0);
  for (std::size_t i = 0; i < 4000; ++i) {
    std::string text = texts.next(1 + texts.number() % 60);
    if (i % 4 == 0) text += "\n\n" + text + "\n\n" + text;
    Cleaner(CleanSpec{}).clean(text);
    for (std::size_t k = 0; k < cases.size(); ++k) {
      const std::string once = done(prepared[k], text);
      ASSERT_TRUE(is_valid_utf8(once)) << cases[k].name;
      if (cases[k].idempotent) {
        ASSERT_EQ(done(prepared[k], once), once) << cases[k].name << '\n' << text;
      }
      changed[k] += once != text;
    }
  }
  for (std::size_t k = 0; k < cases.size(); ++k) EXPECT_GT(changed[k], 100u) << cases[k].name;
}

TEST(Steps, DependOnNothingButTheText) {
  const TempFolder folder;
  std::vector<CleanStep> specs;
  for (const Case& one : all_steps(folder)) specs.push_back(one.step);
  CleanSpec spec;
  spec.steps = specs;
  const Cleaner cleaner(spec);
  MixedText texts(6);
  std::vector<std::string> raw, first;
  for (std::size_t i = 0; i < 300; ++i) raw.push_back(texts.next(texts.number() % 200));
  for (std::string text : raw) {
    const Reason reason = cleaner.clean(text);
    first.push_back(std::string(name(reason)) + text);
  }
  for (std::size_t i = raw.size(); i-- > 0;) {
    std::string text = raw[i];
    const Reason reason = Cleaner(spec).clean(text);
    ASSERT_EQ(std::string(name(reason)) + text, first[i]);
    const std::string before = text;
    normalize_nfc(text);
    ASSERT_TRUE(reason != Reason::none || text == before);
  }
  EXPECT_EQ(first.size(), 300u);
}

TEST(Steps, AreDoneInTheOrderListed) {
  CleanSpec spec;
  spec.steps = {EntitiesSpec{}, RemoveUrlsSpec{}, WhiteSpaceSpec{}};
  std::string text = "a &#104;ttp://b.org  c";
  EXPECT_EQ(Cleaner(spec).clean(text), Reason::none);
  EXPECT_EQ(text, "a c");
  spec.steps = {WhiteSpaceSpec{}, RemoveUrlsSpec{}, EntitiesSpec{}};
  text = "a &#104;ttp://b.org  c";
  EXPECT_EQ(Cleaner(spec).clean(text), Reason::none);
  EXPECT_EQ(text, "a http://b.org c");
}

TEST(Steps, LeaveTextInNfcWithoutControlCharacters) {
  CleanSpec spec;
  spec.steps = {EntitiesSpec{}, ZeroWidthSpec{}};
  std::string text = "e&#x301; e\u200B\u0301 &#13;&#10;&#7;&#x9F;&#xFEFF;";
  EXPECT_EQ(Cleaner(spec).clean(text), Reason::none);
  EXPECT_EQ(text, "\u00E9 \u00E9 \n\u0178");
}

TEST(Steps, RemoveADocumentOfWhichTheyLeaveNothing) {
  CleanSpec spec;
  spec.steps = {WhiteSpaceSpec{}};
  std::string text = " \n ";
  EXPECT_EQ(Cleaner(spec).clean(text), Reason::clean_empty);
  text = "";
  EXPECT_EQ(Cleaner(spec).clean(text), Reason::none);
  spec.steps = {C4LinesSpec{}};
  text = "Home";
  EXPECT_EQ(Cleaner(spec).clean(text), Reason::clean_empty);
}

TEST(Steps, AreLinearInHostileText) {
  const TempFolder folder;
  const auto steps = all_steps(folder);
  std::size_t tried = 0;
  for (const std::string_view part : {" ", "\n", "#", "&", "www.", "://", "http://", "[", "&#1", "\u00C3", "\u00C2\u00A0", "\u03A3'", "'", "\u200D", "\uFE0F", "(((", "a ",
                                      "\U0001F468\u200D", "\U0001F3F4\U000E0067", "use cookies", "Sign in ", "a\n", "\xE2\x80\xA8"}) {
    std::string text;
    while (text.size() < 1'000'000) text += part;
    for (const Case& one : steps) {
      const std::vector<CleanStep> spec = {one.step};
      ASSERT_TRUE(is_valid_utf8(done(prepare_all(spec)[0], text))) << one.name;
      ++tried;
    }
  }
  EXPECT_EQ(tried, 23 * steps.size());
}
