#include "clean/steps.hpp"
#include "quern/base/error.hpp"
#include "temp_folder.hpp"

#include <gtest/gtest.h>

using namespace quern;
using quern::test::after;
using quern::test::list_file;
using quern::test::reason_of;
using quern::test::TempFolder;

TEST(C4Lines, KeepsSentencesOfEnoughWords) {
  EXPECT_EQ(after(C4LinesSpec{}, "Home\nThis is a good line here.\n  \"And this is one too\"  \nToo short here.\nNo mark at its end at all\nThis one trails off here...\n"),
            "This is a good line here.\n\"And this is one too\"");
  EXPECT_EQ(after(C4LinesSpec{.end_marks = "", .ellipses = true, .min_words = 0}, " a \n\nb..."), "a\n\nb...");
  EXPECT_EQ(after(C4LinesSpec{.end_marks = "\u3002'", .min_words = 1}, "\u6F22\u5B57\u3002\nit's 'so'\nno."), "\u6F22\u5B57\u3002\nit's 'so'");
  EXPECT_EQ(after(C4LinesSpec{.ellipses = true, .min_words = 1}, "so..."), "so...");
  EXPECT_EQ(after(C4LinesSpec{}, ""), "");
}

TEST(C4Lines, RemovesLinesThatSpeakOfTheSite) {
  const std::string good = "There is nothing wrong with this.";
  for (const std::string_view bad : {"Please enable JavaScript in your browser.", "Read our Terms of Use before you go.", "Our PRIVACY POLICY is very long indeed.",
                                     "See the cookie policy of this site.", "This site uses cookies for all things.", "We make use of cookies on this.",
                                     "By this you let us use cookies."}) {
    EXPECT_EQ(after(C4LinesSpec{}, good + "\n" + std::string(bad) + "\n" + good), good + "\n" + good) << bad;
    EXPECT_EQ(after(C4LinesSpec{.javascript = false, .policies = false}, std::string(bad)), bad);
  }
  EXPECT_EQ(after(C4LinesSpec{}, "Javanese ok cymbals: use of many cooks."), "Javanese ok cymbals: use of many cooks.");
}

TEST(C4Lines, RemovesCitationMarks) {
  EXPECT_EQ(after(C4LinesSpec{}, "One[1] two[] three [edit] four [citation needed] five [a].[12]"), "One two three  four  five [a].");
  EXPECT_EQ(after(C4LinesSpec{.citations = false}, "One two three four five.[1]"), "");
  EXPECT_EQ(after(C4LinesSpec{.citations = false}, "One[1] two three four five."), "One[1] two three four five.");
}

TEST(C4Lines, RemovesLinesWithEndlessWords) {
  const std::string words = "one two three four ";
  EXPECT_EQ(after(C4LinesSpec{}, words + std::string(1000, 'x') + " end."), words + std::string(1000, 'x') + " end.");
  EXPECT_EQ(after(C4LinesSpec{}, words + std::string(1001, 'x') + " end."), "");
  std::string wide;
  for (int i = 0; i < 999; ++i) wide += "\u00E9";
  EXPECT_EQ(after(C4LinesSpec{}, words + wide + "."), words + wide + ".");
}

TEST(RefinedWebLines, RemovesLinesThatAreNoText) {
  RefinedWebLinesSpec spec;
  spec.max_removed_words_ppm = 1'000'000;
  EXPECT_EQ(after(spec, "A line of text.\nHOME ABOUT US\n12.5 / 7 %\n3 likes\nLikes: 1,234 | 5k comments\nMenu\n\nAnother line, 3 likes it."),
            "A line of text.\n\nAnother line, 3 likes it.");
  spec.numbers = spec.counters = false;
  spec.min_words = 0;
  spec.max_uppercase_ppm = 1'000'000;
  EXPECT_EQ(after(spec, "HOME ABOUT\n12\n3 likes\nMenu"), "HOME ABOUT\n12\n3 likes\nMenu");
}

TEST(RefinedWebLines, CutsPatternsFromShortLines) {
  RefinedWebLinesSpec spec;
  spec.max_removed_words_ppm = 1'000'000;
  EXPECT_EQ(after(spec, "Sign in to see more of this\nThe council met today. Read more...\n3 items in cart now\nContinue reading \u2192\nSigning in is easy\n"),
            "to see more of this\nThe council met today.\n3  now\nSigning in is easy\n");
  const std::string longer = "Sign in to see what all the others of your school have said";
  EXPECT_EQ(after(spec, longer), longer);
  spec.max_pattern_words = 0;
  EXPECT_EQ(after(spec, "Sign in here"), "Sign in here");
}

TEST(RefinedWebLines, RemovesADocumentOfWhichMuchIsRemoved) {
  std::string words;
  for (int i = 0; i < 19; ++i) words += "word ";
  EXPECT_EQ(reason_of(RefinedWebLinesSpec{}, words + "\nMenu"), Reason::none);  // 1 of 20 is not more than 5 %
  EXPECT_EQ(reason_of(RefinedWebLinesSpec{}, words + "\nMenu\nHome"), Reason::refinedweb_lines);
  EXPECT_EQ(reason_of(RefinedWebLinesSpec{}, words + "\nRead more now\nRead more"), Reason::refinedweb_lines);
  EXPECT_EQ(reason_of(RefinedWebLinesSpec{}, ""), Reason::none);
}

TEST(RemoveLines, RemovesWhatIsListed) {
  const TempFolder folder;
  RemoveLinesSpec spec;
  spec.equal = {list_file(folder / "equal", "\uFEFF# Menu\r\n\n  Skip to content \n\u00C4u\u00DFeres\n")};
  spec.containing = {list_file(folder / "containing", "all rights reserved\n\u00A9 20")};
  EXPECT_EQ(after(spec, "# menu\n SKIP TO CONTENT\nskip to content now\n\u00E4u\u00DFeres\n\nX. All Rights Reserved.\n\u00A9 2024 me\nend"),
            "skip to content now\n\nend");
  spec.fold_case = false;
  EXPECT_EQ(after(spec, "# menu\n# Menu\nAll rights reserved\nall rights reserved"), "# menu\nAll rights reserved");
}

TEST(RemoveLines, NamesALineThatCannotBeUsed) {
  const TempFolder folder;
  RemoveLinesSpec spec;
  spec.equal = {list_file(folder / "equal", "good\nb\xFF\n")};
  try {
    prepare(spec);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::plan);
    EXPECT_NE(std::string(error.what()).find("equal:2"), std::string::npos);
  }
}

TEST(DedupLines, KeepsTheFirstOfEqualLines) {
  EXPECT_EQ(after(DedupLinesSpec{}, "a\nb\n a \n\n\nb"), "a\nb\n\n");
  EXPECT_EQ(after(DedupLinesSpec{}, "a\nb\nb\nb"), "a\nb");
  EXPECT_EQ(after(DedupLinesSpec{}, "a\na\n"), "a\n");
  EXPECT_EQ(after(DedupLinesSpec{}, "a\na\nb"), "a\nb");
  EXPECT_EQ(after(DedupLinesSpec{.min_chars = 2, .consecutive = false}, "\u00E9\n\u00E9\nab\nab"), "\u00E9\n\u00E9\nab");
  EXPECT_EQ(after(DedupLinesSpec{.min_chars = 1, .consecutive = true}, "a\na\nb\na\n\na"), "a\nb\na\n");
}

TEST(DedupLines, IsLinearInTheNumberOfLines) {
  std::string text;
  for (int i = 0; i < 1'000'000; ++i) text += std::to_string(i % 500'000) + "\n";
  std::string expected;
  for (int i = 0; i < 500'000; ++i) expected += std::to_string(i) + "\n";
  EXPECT_EQ(after(DedupLinesSpec{}, text), expected);
  EXPECT_EQ(after(DedupLinesSpec{}, "a\na"), "a");
}

TEST(DedupParagraphs, KeepsTheFirstOfEqualParagraphs) {
  EXPECT_EQ(after(DedupParagraphsSpec{}, "a\nb\n\nc\n\na\nb\n\n\nd"), "a\nb\n\nc\n\nd");
  EXPECT_EQ(after(DedupParagraphsSpec{}, "p\n\np\n"), "p\n");
  EXPECT_EQ(after(DedupParagraphsSpec{}, "\n\np\n\n p"), "\n\np\n");
  EXPECT_EQ(after(DedupParagraphsSpec{}, "p\nq\n\np"), "p\nq\n\np");
  EXPECT_EQ(after(DedupParagraphsSpec{.min_chars = 3, .consecutive = false}, "ab\n\nab"), "ab\n\nab");
  EXPECT_EQ(after(DedupParagraphsSpec{.min_chars = 1, .consecutive = true}, "a\n\na\n\nb\n\na"), "a\n\nb\n\na");
}
