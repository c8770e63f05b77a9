// Signals, the rules over them, and the same rules over what a data set keeps.

#include "quern/base/error.hpp"
#include "quern/filter/chain.hpp"
#include "quern/filter/signals.hpp"
#include "quern/filter/stored_rules.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <string>

using namespace quern;

namespace {

Reason judged(const FilterSpec& filter, std::string_view text) { return FilterChain(std::array{filter}).judge(text); }

std::vector<Signal> all_signals() {
  std::vector<Signal> all;
  for (std::size_t i = 0; i < kSignals; ++i) all.push_back(static_cast<Signal>(i));
  return all;
}

std::map<Signal, double> signals_of(std::string_view text) {
  const SignalSet set(all_signals());
  std::vector<double> values(set.size());
  set.compute(text, values);
  std::map<Signal, double> by_signal;
  for (std::size_t i = 0; i < set.size(); ++i) by_signal[set.signal(i)] = values[i];
  return by_signal;
}

StoredSignals stored_in(const std::map<Signal, double>& values) {
  return [&values](Signal signal) -> std::optional<double> {
    const auto at = values.find(signal);
    return at == values.end() ? std::nullopt : std::optional(at->second);
  };
}

std::string repeated(const std::string& piece, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += piece;
  return text;
}

std::string random_page(std::mt19937& random) {
  static const std::array<std::string, 30> kWords = {"the", "of", "and", "a", "page", "with", "{", "#", "...", "12", "have", "be",
                                                     "long-winded", "x",
                                                     "http://a.b/c", "lorem ipsum", "Read more", "uses cookies", "(1)", "[2]", "to",
                                                     "that", "end.",
                                                     "Why?", "Yes!", "word", "another", "sentence.", "\u2022", "\u00E9t\u00E9"};
  std::string text;
  const std::size_t words = random() % 200, variety = 1 + random() % kWords.size(), line = 1 + random() % 20;
  for (std::size_t i = 0; i < words; ++i) text += kWords[random() % variety] + (random() % line == 0 ? "\n" : " ");
  return text;
}

/// Thresholds near to what texts have, so that many decisions are close.
template <class Spec>
Spec with_thresholds(std::mt19937& random, Spec spec) {
  auto* values = reinterpret_cast<std::uint64_t*>(&spec);
  for (std::size_t i = 0; i < sizeof spec / sizeof *values; ++i) {
    if (values[i] != kNoMost && random() % 4 == 0) values[i] = random() % 5 == 0 ? kNoMost : values[i] * (random() % 400) / 100;
  }
  return spec;
}

}  // namespace

TEST(Signals, HaveDifferentNamesAndFamilies) {
  std::map<std::string_view, int> names;
  for (const Signal signal : all_signals()) {
    EXPECT_FALSE(name(signal).empty());
    EXPECT_FALSE(formula(signal).empty());
    EXPECT_LT(static_cast<std::size_t>(family(signal)), kSignalFamilyNames.size());
    ++names[name(signal)];
  }
  EXPECT_EQ(names.size(), kSignals);
}

TEST(Signals, AreFractionsOfIntegersOrNothingByNothing) {
  const auto of_nothing = signals_of("");
  EXPECT_EQ(of_nothing.at(Signal::chars), 0);
  EXPECT_TRUE(std::isnan(of_nothing.at(Signal::fineweb_short_lines)));
  const auto values = signals_of("One {two}. Three four!\nThe end of it and so on\n");
  EXPECT_EQ(values.at(Signal::c4_curly_brackets), 1);
  EXPECT_EQ(values.at(Signal::c4_sentences), 3);
  EXPECT_EQ(values.at(Signal::fineweb_line_punctuation), 0.5);
  EXPECT_EQ(values.at(Signal::gopher_stop_words), 2);
  EXPECT_EQ(values.at(Signal::rps_doc_curly_bracket), 2.0 / 47);
}

TEST(C4, RemovesPagesWithFewSentencesOrSignsOfNoProse) {
  const std::string five = "One. Two. Three. Four. Five.";
  EXPECT_EQ(judged(C4Spec{}, five), Reason::none);
  EXPECT_EQ(judged(C4Spec{}, "One. Two. Three. Four."), Reason::c4_sentences);
  EXPECT_EQ(judged(C4Spec{}, five + " {"), Reason::c4_curly_bracket);
  EXPECT_EQ(judged(C4Spec{}, five + " Lorem Ipsum"), Reason::c4_lorem_ipsum);
  EXPECT_EQ(judged(C4Spec{.max_lorem_ipsum = kNoMost, .max_curly_brackets = kNoMost}, five + " { lorem ipsum"), Reason::none);
}

TEST(FineWeb, HasOneReasonForEachRule) {
  const std::string line = "This line of prose is long enough to be taken for one";
  const auto prose = [&](int lines) {
    std::string text;
    for (int i = 0; i < lines; ++i) text += line + " " + std::to_string(i) + ".\n";
    return text;
  };
  EXPECT_EQ(judged(FineWebSpec{}, prose(9)), Reason::none);
  EXPECT_EQ(judged(FineWebSpec{}, line), Reason::fineweb_line_punctuation);
  EXPECT_EQ(judged(FineWebSpec{}, prose(1) + "One.\nTwo.\nThree."), Reason::fineweb_short_lines);
  EXPECT_EQ(judged(FineWebSpec{}, prose(9) + prose(9)), Reason::fineweb_duplicate_line_chars);
  EXPECT_EQ(judged(FineWebSpec{}, prose(2) + repeated("\n", 40)), Reason::fineweb_new_lines);
}

TEST(FineWeb, KeepsATextExactlyAtAThreshold) {
  std::string text;
  for (int i = 0; i < 25; ++i) text += "A line with more than thirty characters, number " + std::to_string(i) + (i < 3 ? ".\n" : "\n");
  EXPECT_EQ(judged(FineWebSpec{}, text), Reason::none);  // 3 of 25 is 0.12
  EXPECT_EQ(judged(FineWebSpec{.min_line_punctuation_ppm = 120'001}, text), Reason::fineweb_line_punctuation);
}

TEST(Nemo, HasOneReasonForEachRule) {
  const std::string prose =
      "The end of the journey was near and nobody had expected it to come so soon.\n"
      "People gathered around small fires, talking about harvests, weather and old debts.\n"
      "A young teacher from another village wrote down everything that seemed important.\n"
      "Later her notes became famous because they have recorded songs lost elsewhere.\n"
      "Scholars with patience compared every verse against printed collections.\n"
      "Some lines turned out older than any book kept inside royal libraries.\n";
  const auto with = [&](const std::string& more, NemoSpec spec = {}) { return judged(spec, prose + more); };
  EXPECT_EQ(with(""), Reason::none);
  EXPECT_EQ(with(repeated("%", 200)), Reason::nemo_non_alphanumeric);
  EXPECT_EQ(with(repeated("# ", 30), {.max_non_alphanumeric_ppm = kNoMost}), Reason::nemo_symbol_words);
  EXPECT_EQ(with(repeated("1", 300)), Reason::nemo_numbers);
  EXPECT_EQ(with("http://" + repeated("a", 300)), Reason::nemo_urls);
  EXPECT_EQ(with(repeated("\u2022 x\n", 60), {.max_non_alphanumeric_ppm = kNoMost}), Reason::nemo_bullet_lines);
  EXPECT_EQ(with(repeated(" ", 300), {.max_non_alphanumeric_ppm = kNoMost}), Reason::nemo_white_space);
  EXPECT_EQ(with(repeated("()", 50), {.max_non_alphanumeric_ppm = kNoMost}), Reason::nemo_parentheses);
  EXPECT_EQ(with(repeated("a", 1001)), Reason::nemo_long_word);
  EXPECT_EQ(judged(NemoSpec{}, "the end of it."), Reason::nemo_words_min);
  EXPECT_EQ(with("", {.max_words = 60}), Reason::nemo_words_max);
  EXPECT_EQ(with("lorem ipsum"), Reason::nemo_boilerplate);
  EXPECT_EQ(with("", {.min_mean_word_length_ppm = 9'000'000}), Reason::nemo_word_length_min);
  EXPECT_EQ(with("", {.max_mean_word_length_ppm = 4'000'000}), Reason::nemo_word_length_max);
  EXPECT_EQ(with(repeated("without a mark\n", 40)), Reason::nemo_unmarked_lines);
  EXPECT_EQ(with(repeated("Then it was over...\n", 4)), Reason::nemo_ellipsis_lines);
  EXPECT_EQ(with("", {.min_common_words = 30}), Reason::nemo_common_words);
  EXPECT_EQ(with(repeated("1 ", 20)), Reason::nemo_alpha_words);
  EXPECT_EQ(with(prose), Reason::nemo_repeated_lines);
  EXPECT_EQ(with("\n" + prose + "\n" + prose, {.min_unique_lines_ppm = 0, .min_unique_line_chars_ppm = 0}),
            Reason::nemo_repeated_paragraphs);
  EXPECT_EQ(with(prose, {.min_unique_lines_ppm = 0}), Reason::nemo_repeated_line_chars);
  EXPECT_EQ(with("\n" + prose + "\n" + prose, {.min_unique_lines_ppm = 0, .min_unique_paragraphs_ppm = 0, .min_unique_line_chars_ppm = 0}),
            Reason::nemo_repeated_paragraph_chars);
  const NemoSpec grams{.min_unique_lines_ppm = 0, .min_unique_line_chars_ppm = 0, .min_alpha_words_ppm = 0};
  EXPECT_EQ(with(prose, grams), Reason::nemo_duplicate_5_grams);
  EXPECT_EQ(with(repeated("again and ", 40) + ".", grams), Reason::nemo_top_2_gram);
}

TEST(Nemo, KnowsWhatTheRepetitionRulesHavePassed) {
  std::mt19937 random(11);
  constexpr NemoSpec kGramsAlone{kNoMost, kNoMost, kNoMost, kNoMost, kNoMost, kNoMost, kNoMost, kNoMost, 0, kNoMost, kNoMost, 0,
                                 kNoMost, 0,       0,       0,       0,       kNoMost, kNoMost, 0,      0};
  int texts = 0, kept = 0, after_gopher = 0;
  for (; texts < 1500; ++texts) {
    const std::string text = random_page(random);
    const GopherRepetitionSpec first = with_thresholds(random, GopherRepetitionSpec{});
    const NemoSpec second = with_thresholds(random, kGramsAlone);
    const Reason alone = judged(first, text), after = judged(second, text);
    const Reason both = FilterChain(std::array<FilterSpec, 2>{first, second}).judge(text);
    ASSERT_EQ(both, alone != Reason::none ? alone : after);
    kept += both == Reason::none;
    after_gopher += alone == Reason::none && after != Reason::none;
  }
  EXPECT_EQ(texts, 1500);
  EXPECT_GT(kept, 50);
  EXPECT_GT(after_gopher, 10);
}

TEST(StoredRules, DecideAsTheTextDoes) {
  std::mt19937 random(3);
  int checked = 0, removed = 0;
  for (int text_number = 0; text_number < 300; ++text_number) {
    const std::string text = random_page(random);
    const auto values = signals_of(text);
    for (const FilterSpec& filter : std::array<FilterSpec, 7>{
             LengthSpec{100, 600}, with_thresholds(random, GopherQualitySpec{.min_words = 10}),
             with_thresholds(random, GopherRepetitionSpec{}),
             with_thresholds(random, C4Spec{}), with_thresholds(random, FineWebSpec{}), with_thresholds(random, NemoSpec{.min_words = 10}),
             QuantileSpec{Signal::chars, 500'000, 0}}) {
      const Reason reason = judged(filter, text);
      ASSERT_EQ(judge_stored(filter, stored_in(values)), reason) << testing::PrintToString(text);
      ++checked;
      removed += reason != Reason::none;
    }
  }
  EXPECT_EQ(checked, 2100);
  EXPECT_GT(removed, 300);
}

TEST(StoredRules, ComparesOneDivisionExactly) {
  // Fractions at, just below and just above thresholds, with denominators up to 2^32.
  std::mt19937_64 random(7);
  int checked = 0, equal = 0;
  const auto check = [&](std::uint64_t numerator, std::uint64_t denominator, std::uint64_t ppm) {
    const double value = Fraction{numerator, denominator}.value();
    const GopherQualitySpec at_least{.min_words = 0, .min_mean_word_length_ppm = ppm, .max_mean_word_length_ppm = ppm};
    const Reason reason = judge_stored(at_least, [&](Signal signal) -> std::optional<double> {
      if (signal == Signal::gopher_word_length) return value;
      return signal == Signal::gopher_stop_words || signal == Signal::gopher_alpha_words ? 9 : 0;
    });
    const auto left = static_cast<__uint128_t>(numerator) * 1'000'000, right = static_cast<__uint128_t>(denominator) * ppm;
    const Reason exact = left < right ? Reason::gopher_word_length_min : left > right ? Reason::gopher_word_length_max : Reason::none;
    ASSERT_EQ(reason, exact) << numerator << '/' << denominator << " against " << ppm;
    ++checked;
    equal += left == right;
  };
  for (int i = 0; i < 300'000; ++i) {
    const std::uint64_t ppm = 1 + random() % (i % 2 == 0 ? 1'000'000 : 10'000'000);
    const std::uint64_t most = std::min<std::uint64_t>(UINT32_MAX, (std::uint64_t{UINT32_MAX} * 1'000'000) / ppm);
    std::uint64_t denominator = 1 + random() % most;
    if (i % 4 == 0) denominator -= denominator % 1'000'000;
    if (denominator == 0) continue;
    const auto numerator = static_cast<std::uint64_t>(static_cast<__uint128_t>(denominator) * ppm / 1'000'000);
    for (const std::uint64_t n : {numerator, numerator + 1, numerator - (numerator != 0)}) {
      ASSERT_NO_FATAL_FAILURE(check(n, denominator, ppm));
    }
  }
  EXPECT_GT(checked, 800'000);
  EXPECT_GT(equal, 1000);
}

TEST(StoredRules, NamesTheSignalsThatAreMissing) {
  const std::array<FilterSpec, 2> filters = {FineWebSpec{.max_short_lines_ppm = kNoMost}, LengthSpec{.min_chars = 3}};
  const std::vector needed = {Signal::fineweb_line_punctuation, Signal::fineweb_duplicate_line_chars, Signal::fineweb_new_lines};
  EXPECT_EQ(signals_needed(filters[0]), needed);
  EXPECT_EQ(signals_needed(QuantileSpec{Signal::chars, 1, 0}), std::vector{Signal::chars});
  EXPECT_NO_THROW(check_stored(filters, all_signals()));
  try {
    check_stored(filters, std::array{Signal::fineweb_new_lines});
    FAIL();
  } catch (const Error& error) {
    const std::string missing = "[fineweb_line_punctuation, fineweb_duplicate_line_chars, chars]";
    EXPECT_NE(std::string(error.what()).find(missing), std::string::npos) << error.what();
  }
  EXPECT_THROW(judge_stored(LengthSpec{.min_chars = 3}, [](Signal) { return std::nullopt; }), Error);
}

TEST(Signals, AreComputedOfTextsThatStay) {
  const SignalSet set(std::array{Signal::chars, Signal::gopher_top_2_gram, Signal::nemo_words});
  const FilterChain chain(std::array<FilterSpec, 1>{LengthSpec{.min_chars = 5}});
  std::array<double, 3> out = {-1, -1, -1};
  EXPECT_EQ(chain.judge("abc", {}, set, out), Reason::length_min);
  EXPECT_EQ(out[0], -1);
  EXPECT_EQ(chain.judge("ab ab ab", {}, set, out), Reason::none);
  EXPECT_EQ(out[0], 8);
  EXPECT_EQ(out[1], 10.0 / 8);
  EXPECT_EQ(out[2], 3);
}

TEST(OrderKey, OrdersAsValuesDo) {
  const std::array values = {-std::numeric_limits<double>::infinity(), -2.5, -1e-300, 0.0, 1e-300, 0.5, 0.5000000001, 3.0, 1e300,
                             std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()};
  for (std::size_t i = 0; i + 1 < values.size(); ++i) EXPECT_LT(order_key(values[i]), order_key(values[i + 1])) << i;
  EXPECT_EQ(order_key(-0.0), order_key(0.0));
}
