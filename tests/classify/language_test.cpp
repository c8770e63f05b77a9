#include "quern/classify/language.hpp"

#include "classify/tiny_model.hpp"
#include "quern/base/error.hpp"
#include "temp_folder.hpp"

#include <gtest/gtest.h>

#include <random>

namespace quern {
namespace {

LanguageGuess guess(std::string_view text, const LanguageSpec& spec = {}) {
  LanguageClassifier classifier(spec);
  LanguageGuess guess = classifier.guess(text);
  static const std::string kept[] = {"en", "de", "hq", "cc"};  // labels of a model live as long as it
  for (const std::string& label : kept) {
    if (guess.label == label) guess.label = label;
  }
  return guess;
}

constexpr std::string_view kEnglish =
    "The committee met on Thursday to discuss the proposal, and most of its members agreed that the work should begin before winter.";
constexpr std::string_view kGerman =
    "Der Ausschuss kam am Donnerstag zusammen, um den Vorschlag zu besprechen, und die meisten Mitglieder waren sich einig.";

TEST(Language, OfTextsInTwelveLanguages) {
  const std::pair<std::string_view, std::string_view> texts[] = {
      {"en", kEnglish},
      {"de", kGerman},
      {"fr", "Le comité s'est réuni jeudi pour discuter de la proposition, et la plupart des membres étaient d'accord."},
      {"es", "El comité se reunió el jueves para discutir la propuesta y la mayoría de los miembros estuvo de acuerdo."},
      {"ru", "Комитет собрался в четверг, чтобы обсудить предложение, и большинство его членов согласились."},
      {"el", "Η επιτροπή συνεδρίασε την Πέμπτη για να συζητήσει την πρόταση και τα περισσότερα μέλη συμφώνησαν."},
      {"ar", "اجتمعت اللجنة يوم الخميس لمناقشة الاقتراح ووافق معظم أعضائها على بدء العمل قبل الشتاء."},
      {"ja", "委員会は木曜日に集まり、提案について話し合いました。ほとんどの委員が賛成しました。"},
      {"ko", "위원회는 목요일에 모여 제안을 논의했으며 대부분의 위원이 동의했습니다."},
      {"zh", "委员会星期四开会讨论这项建议，大多数委员同意在冬天以前开始工作。"},
      {"zh-Hant", "委員會星期四開會討論這項建議，大多數委員同意在冬天以前開始工作，並請秘書處準備報告。"},
      {"he", "הוועדה התכנסה ביום חמישי כדי לדון בהצעה, ורוב החברים הסכימו שהעבודה תתחיל לפני החורף."}};
  for (const auto& [label, text] : texts) {
    EXPECT_EQ(guess(text).label, label) << text;
    EXPECT_GT(guess(text).permille, 900) << text;
    EXPECT_TRUE(guess(text).reliable) << text;
  }
}

TEST(Language, OfNothingIsUndetermined) {
  EXPECT_EQ(guess(""), LanguageGuess{});
  EXPECT_EQ(guess("   \n\t"), LanguageGuess{});
  EXPECT_EQ(guess("12345 67890 !!!"), LanguageGuess{});
}

// CLD2 crashes on such bytes: they must not get there.
TEST(Language, OfInvalidUtf8IsUndetermined) {
  EXPECT_EQ(guess("\x5A\xF5\x2D"), LanguageGuess{});
  EXPECT_EQ(guess(std::string(kEnglish) + "\xC3"), LanguageGuess{});
  std::minstd_rand random(7);
  LanguageClassifier classifier({});
  int undetermined = 0;
  for (int i = 0; i < 2000; ++i) {
    std::string bytes;
    for (auto n = random() % 6000; n > 0; --n) bytes += static_cast<char>(random());
    undetermined += classifier.guess(bytes).label == kNoLanguage;
  }
  EXPECT_GT(undetermined, 1900);
}

TEST(Language, LooksPastCode) {
  std::string page(kGerman);
  page += "\n```\n";
  for (int i = 0; i < 30; ++i) page += "if the value of this is not in that then return the result of the function\n";
  page += "```\n";
  EXPECT_EQ(guess(page).label, "de");
  LanguageSpec plain;
  plain.text = LanguageText::plain;
  EXPECT_EQ(guess(page, plain).label, "en");
  EXPECT_EQ(guess("```\n" + std::string(kEnglish) + "\n```\n").label, "en") << "where there is nothing else";
}

TEST(Language, PassesOverTagsOfHtmlWhenAsked) {
  std::string page;
  for (int i = 0; i < 20; ++i) page += "<div class=\"the main content of this page is here and there\">ja</div>\n";
  page += kGerman;
  LanguageSpec html;
  html.text = LanguageText::html;
  EXPECT_EQ(guess(page, html).label, "de");
}

TEST(Language, OfALongTextLooksAtPartsOfAllOfIt) {
  std::string page;
  while (page.size() < (1u << 20)) page.append(kEnglish) += '\n';
  EXPECT_EQ(guess(page).label, "en");
  EXPECT_EQ(guess(page).permille >= 950, true);
  std::string mixed = page;
  while (mixed.size() < 3 * page.size()) mixed.append(kGerman) += '\n';
  EXPECT_EQ(guess(mixed).label, "de") << "three windows of four";
  EXPECT_LT(guess(mixed).permille, 900);
}

TEST(Language, DoesNotDependOnTheTextBefore) {
  LanguageClassifier classifier({});
  const LanguageGuess english = classifier.guess(kEnglish), german = classifier.guess(kGerman);
  EXPECT_EQ(english.label, "en");
  EXPECT_EQ(classifier.guess(kEnglish), english);
  EXPECT_EQ(classifier.guess(kGerman), german);
}

TEST(Language, KeepsTheLanguagesNamedAndWhatIsBelowThem) {
  EXPECT_TRUE(in_language_range("zh", "zh"));
  EXPECT_TRUE(in_language_range("zh-Hant", "zh"));
  EXPECT_TRUE(in_language_range("zh-Hant", "ZH-hant"));
  EXPECT_FALSE(in_language_range("zh", "zh-Hant"));
  EXPECT_FALSE(in_language_range("eng", "en"));
  LanguageSpec spec;
  spec.keep = {"de", "fr"};
  LanguageClassifier classifier(spec);
  EXPECT_EQ(classifier.judge(kGerman, {"de", 1000, true}), Reason::none);
  EXPECT_EQ(classifier.judge(kEnglish, {"en", 1000, true}), Reason::language);
  EXPECT_EQ(classifier.judge("1 2 3", {}), Reason::language);
}

TEST(Language, RefusesToKeepALanguageThatIsNeverGuessed) {
  LanguageSpec spec;
  spec.keep = {"en", "english"};
  try {
    LanguageClassifier classifier(spec);
    FAIL() << "it was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::plan);
    EXPECT_STREQ(error.what(), "language.keep.1: the model knows no language 'english': a label like 'en' is expected");
  }
  spec.keep = {"EN", "zh", "he", "jv", "und"};
  EXPECT_NO_THROW(LanguageClassifier{spec});
}

TEST(Language, RemovesWhatIsLessCertainThanAsked) {
  LanguageSpec spec;
  spec.min_score_ppm = 650'000;
  LanguageClassifier classifier(spec);
  EXPECT_EQ(classifier.judge("x", {"en", 650, true}), Reason::none);
  EXPECT_EQ(classifier.judge("x", {"en", 649, true}), Reason::language_score);
  spec.keep = {"de"};
  EXPECT_EQ(LanguageClassifier(spec).judge("x", {"en", 100, true}), Reason::language) << "asked first";
}

TEST(Language, LeavesShortTextsAlone) {
  LanguageSpec spec;
  spec.keep = {"de"};
  spec.min_bytes = 200;
  LanguageClassifier classifier(spec);
  EXPECT_EQ(classifier.guess(kEnglish), LanguageGuess{});
  EXPECT_EQ(classifier.judge(kEnglish, {}), Reason::none);
  const std::string longer = std::string(kEnglish) + ' ' + std::string(kEnglish);
  EXPECT_EQ(classifier.judge(longer, classifier.guess(longer)), Reason::language);
}

TEST(Language, ByAFastTextModel) {
  test::TempFolder folder;
  LanguageSpec spec;
  spec.model = test::tiny_quality_model(folder / "tiny.bin");
  const LanguageGuess study = guess("proof of a lemma\ntheorem and history", spec);
  EXPECT_EQ(study.label, "hq");
  EXPECT_GT(study.permille, 800);
  EXPECT_TRUE(study.reliable);
  EXPECT_EQ(guess("buy cheap", spec).label, "cc");
  EXPECT_EQ(guess("\xFF proof", spec), LanguageGuess{});
}

TEST(Language, NamesTheVersionOfCld2) { EXPECT_FALSE(cld2_version().empty()); }

}  // namespace
}  // namespace quern
