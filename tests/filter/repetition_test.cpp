#include "quern/filter/repetition.hpp"

#include "filter/rough_hash.hpp"
#include "plain_repetition.hpp"
#include "quern/filter/chain.hpp"
#include "quern/filter/token_places.hpp"
#include "quern/text/tokens.hpp"
#include "quern/text/utf8.hpp"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

using namespace quern;

namespace {

using Counts = RepetitionCounts;
using namespace quern::plain;

// ---- the two held together ----

void expect_equal(const Counts& a, const Counts& b, std::string_view text) {
  EXPECT_EQ(a.chars, b.chars);
  EXPECT_EQ(a.lines, b.lines);
  EXPECT_EQ(a.duplicate_lines, b.duplicate_lines);
  EXPECT_EQ(a.duplicate_line_chars, b.duplicate_line_chars);
  EXPECT_EQ(a.paragraphs, b.paragraphs);
  EXPECT_EQ(a.duplicate_paragraphs, b.duplicate_paragraphs);
  EXPECT_EQ(a.duplicate_paragraph_chars, b.duplicate_paragraph_chars);
  EXPECT_EQ(a.top_chars, b.top_chars);
  EXPECT_EQ(a.duplicate_chars, b.duplicate_chars);
  ASSERT_EQ(a, b) << testing::PrintToString(text.substr(0, 2000));
}

Counts count(std::string_view text) {
  const Counts plain = count_by_definition(text);
  for (const Kernel kernel : available_kernels()) expect_equal(RepetitionCounter(kernel).count(text), plain, text);
  return plain;
}

const Words kPieces = {
    " ", "\n", "\n\n", "\t", "\u00A0", "\u2028", "the ", "be ", "of\n", "cat ", "dog ", "Eight888 ", "seven77 ", "nine99999 ",
    "sixteenletters16 ", "seventeenletters7 ", "seventeenletters8 ", "sixteenletterS16 ", "42 ", "\u00E9t\u00E9 ", "\u6F22\u5B57 ",
    "\U0001F600", "-", "a-b", "...", "..", "\u2026", "(", ") ", "\"", "@x", "==========",
    "----------------------------------------------------------------------",
    "extraordinarilyextraordinarilyextraordinarilyextraordinarilyextraordinarily",
    "1234567890123456789012345678901234567890123456789012345678901234567890"};

std::string random_text(std::mt19937_64& random, std::size_t pieces, std::size_t kinds) {
  Words chosen;
  for (std::size_t i = 0; i < kinds; ++i) chosen.push_back(kPieces[random() % kPieces.size()]);
  std::string text;
  for (std::size_t i = 0; i < pieces; ++i) text += chosen[random() % chosen.size()];
  return text;
}

std::string times(std::size_t n, std::string_view what) {
  std::string all;
  for (std::size_t i = 0; i < n; ++i) all += what;
  return all;
}

/// `n` different words of four letters and a space each, none in any other text made with another `first`.
std::string fresh(std::size_t n, std::size_t first = 0) {
  std::string text;
  for (std::size_t i = first; i < first + n; ++i) {
    for (std::size_t k = i, c = 0; c < 4; ++c, k /= 26) text += static_cast<char>('a' + k % 26);
    text += ' ';
  }
  return text;
}

Reason judged(std::string_view text, const GopherRepetitionSpec& spec = {}) {
  const std::vector<FilterSpec> filters = {spec};
  return FilterChain(filters).judge(text);
}

}  // namespace

TEST(TokenPlaces, AreThoseOfTheDefinition) {
  std::mt19937_64 random(5);
  TokenPlaces places;
  std::size_t texts = 0;
  for (; texts < 3000; ++texts) {
    const std::string text = random_text(random, random() % 120, 1 + random() % 12);
    const Words words = words_by_definition(text);
    for (const Kernel kernel : available_kernels()) {
      find_tokens(text, places, kernel);
      Words found;
      for (std::size_t i = 0; i < places.count; ++i) found.push_back(text.substr(places.begins[i], places.ends[i] - places.begins[i]));
      ASSERT_EQ(found, words) << name(kernel) << ": " << testing::PrintToString(text);
      ASSERT_EQ(places.chars, count_code_points(text));
    }
  }
  EXPECT_EQ(texts, 3000u);
}

TEST(Repetition, TakesAnAddressForOneToken) {
  EXPECT_EQ(words_with_addresses("see (https://a.org/b-c/d-e.html), [x](http://y.z/q-r)"),
            (Words{"see", "(", "https://a.org/b-c/d-e.html", ")", ",", "[", "x](http://y.z", "/", "q", "-", "r", ")"}));
  // Five addresses that share all but their end would be repeated 5-grams if they were cut.
  std::string list;
  for (const char* const end : {"one", "two", "three", "four", "five"}) list += std::string("https://a.org/b/c/d/e/f-g-h/") + end + " ";
  EXPECT_EQ(count(list).duplicate_chars[0], 0u);
  EXPECT_EQ(count(times(4, "https://a.org/b/c ")).top_chars[0], 3 * 35u);
}

TEST(Repetition, IsTheDefinitionWithAddressesToo) {
  std::mt19937_64 random(21);
  const Words pieces = {"http://a.b/c-d/e", "://", "(x](ftp://a/b).", " git+ssh://h/p=q ", " ", "\n", "...", "a-b", "=", "the ", ")"};
  std::size_t texts = 0;
  for (; texts < 1500; ++texts) {
    std::string text;
    for (std::size_t i = random() % 80; i > 0; --i) text += pieces[random() % pieces.size()];
    expect_equal(RepetitionCounter().count(text), count_by_definition(text), text);
    if (HasFatalFailure()) return;
  }
  EXPECT_EQ(texts, 1500u);
}

TEST(Repetition, StaysLinearOnAddresses) {
  const std::size_t pieces = 200'000;
  for (const std::string_view piece : {"a://", "](a://", "://", "aaaa.", "=a://b"}) {
    const std::string text = times(pieces, piece);
    EXPECT_EQ(RepetitionCounter().count(text).chars, text.size());
  }
}

TEST(Repetition, OfNothingIsZero) {
  EXPECT_EQ(count(""), Counts{});
  EXPECT_EQ(count("\n\n").lines, 0u);
  EXPECT_EQ(judged(""), Reason::none);
}

TEST(Repetition, CountsLinesAndParagraphs) {
  const Counts c = count("\nab\nab\n\n\nx\ny\n\nx\ny\n\n\u00E9\n\u00E9\n");
  EXPECT_EQ(c.chars, 23u);
  EXPECT_EQ(c.lines, 8u);
  EXPECT_EQ(c.duplicate_lines, 4u);
  EXPECT_EQ(c.duplicate_line_chars, 2u + 1 + 1 + 1);
  EXPECT_EQ(c.paragraphs, 4u);
  EXPECT_EQ(c.duplicate_paragraphs, 1u);
  EXPECT_EQ(c.duplicate_paragraph_chars, 3u);
}

TEST(Repetition, TopGramsCountEveryOccurrenceAndTheSpaces) {
  const Counts c = count("to be or not to be that is");
  EXPECT_EQ(c.top_chars[0], 2 * 5u);  // "to be"
  EXPECT_EQ(c.top_chars[1], 8u);      // each stands once: the first, "to be or"
  EXPECT_EQ(c.top_chars[2], 12u);
  EXPECT_EQ(count("a a a a").top_chars[0], 3 * 3u);  // they may overlap
  EXPECT_EQ(count("a b c d a b c d").top_chars[0], 2 * 3u);
  EXPECT_EQ(count("one").top_chars[0], 0u);
}

TEST(Repetition, DuplicateGramsAreSkippedWhole) {
  EXPECT_EQ(count(times(10, "a ")).duplicate_chars[0], 5u);   // places 0; then 1-5 and, behind it, too few for 5 more
  EXPECT_EQ(count(times(11, "a ")).duplicate_chars[0], 10u);  // 1-5 and 6-10
  EXPECT_EQ(count("a b c d e a b c d e f").duplicate_chars[0], 5u);
  // Joined without a separator these would be equal.
  EXPECT_EQ(count("ab c d e f a bc d e f").duplicate_chars[0], 0u);
}

TEST(Repetition, CountsWhatTheDefinitionCounts) {
  std::mt19937_64 random(11);
  std::size_t texts = 0, with_duplicates = 0;
  for (; texts < 1500; ++texts) {
    const std::string text = random_text(random, random() % 200, 1 + random() % 10);
    with_duplicates += count(text).duplicate_chars[5] > 0;
    if (HasFatalFailure()) return;
  }
  EXPECT_EQ(texts, 1500u);
  EXPECT_GT(with_duplicates, 300u);
}

TEST(Repetition, BuffersOfOneTextDoNotShowInTheNext) {
  std::mt19937_64 random(12);
  RepetitionCounter counter;
  std::size_t texts = 0;
  for (; texts < 400; ++texts) {
    const std::string text = random_text(random, texts % 7 == 0 ? 3000 : random() % 60, 1 + random() % 10);
    expect_equal(counter.count(text), RepetitionCounter().count(text), text);
    if (HasFatalFailure()) return;
  }
  EXPECT_EQ(texts, 400u);
}

TEST(Repetition, WordsAreToldApartByAllTheirBytes) {
  // Lengths around those at which words are told apart in another way, each differing in one byte only.
  std::size_t pairs = 0;
  for (std::size_t length = 1; length <= 40; ++length) {
    for (std::size_t at = 0; at < length; ++at, ++pairs) {
      std::string a(length, 'x'), b = a;
      b[at] = 'y';
      EXPECT_EQ(count(a + " q " + b + " q").top_chars[0], length + 2) << length << " " << at;
      EXPECT_EQ(count(a + " q " + a + " q").top_chars[0], 2 * (length + 2));
    }
  }
  EXPECT_EQ(pairs, 820u);
}

TEST(Repetition, EarlyAnswersAreTheFullOnes) {
  std::mt19937_64 random(13);
  RepetitionCounter counter;
  std::map<Reason, std::size_t> reasons;
  for (std::size_t texts = 0; texts < 6000; ++texts) {
    // Prose with one stretch that is said again and again, at both sides of every threshold.
    std::string text = fresh(200 + random() % 200);
    const std::string said = fresh(2 + random() % 14, 1000);
    for (std::size_t again = random() % 14; again > 0; --again) text += said + fresh(random() % 12, 2000 + 20 * again);
    const GopherRepetitionSpec spec;
    const Reason reason = counter.judge(spec, text);
    ASSERT_EQ(reason, judge_by_definition(spec, counter.count(text))) << text;
    ++reasons[reason];
  }
  EXPECT_GT(reasons[Reason::none], 500u);
  for (const Reason reason : {Reason::gopher_duplicate_5_grams, Reason::gopher_duplicate_6_grams, Reason::gopher_duplicate_7_grams,
                              Reason::gopher_duplicate_8_grams, Reason::gopher_duplicate_9_grams, Reason::gopher_duplicate_10_grams}) {
    EXPECT_GT(reasons[reason], 5u) << name(reason);
  }
}

TEST(Repetition, AnswersAreTheFullOnesAtAnyThreshold) {
  using S = GopherRepetitionSpec;
  constexpr std::array kThresholds = {
      &S::max_duplicate_lines_ppm,   &S::max_duplicate_paragraphs_ppm, &S::max_duplicate_line_chars_ppm, &S::max_duplicate_paragraph_chars_ppm,
      &S::max_top_2_gram_ppm,        &S::max_top_3_gram_ppm,           &S::max_top_4_gram_ppm,           &S::max_duplicate_5_grams_ppm,
      &S::max_duplicate_6_grams_ppm, &S::max_duplicate_7_grams_ppm,    &S::max_duplicate_8_grams_ppm,    &S::max_duplicate_9_grams_ppm,
      &S::max_duplicate_10_grams_ppm};
  std::mt19937_64 random(14);
  RepetitionCounter counter;
  std::map<Reason, std::size_t> reasons;
  for (std::size_t texts = 0; texts < 300; ++texts) {
    const std::string text = fresh(random() % 100) + random_text(random, random() % 200, 1 + random() % 30);
    const Counts counts = count_by_definition(text);
    for (std::size_t i = 0; i < 40; ++i) {
      GopherRepetitionSpec spec;
      for (const auto threshold : kThresholds) spec.*threshold = random() % 3 == 0 ? random() % 1'000'000 : 1'000'000;
      const Reason reason = counter.judge(spec, text);
      ASSERT_EQ(reason, judge_by_definition(spec, counts)) << testing::PrintToString(text);
      ++reasons[reason];
    }
  }
  EXPECT_EQ(reasons.size(), 1 + kThresholds.size());
}

TEST(Repetition, EqualHashesAreNotTakenForEqualWords) {
  // Two words with the same 32 bits, of which the filters for n-grams are made.
  std::map<std::uint32_t, std::string> words;
  std::string a, b;
  for (std::size_t i = 0; a.empty() && i < 1'000'000; ++i) {
    const std::string word = "w" + std::to_string(i);
    const auto [known, fresh_hash] = words.emplace(static_cast<std::uint32_t>(rough_hash(word, 0, word.size())), word);
    if (!fresh_hash) a = known->second, b = word;
  }
  ASSERT_FALSE(a.empty());
  std::size_t tried = 0;
  for (std::size_t place = 0; place < 14; ++place, ++tried) {
    std::string text;
    for (const std::string& word : {a, b, a}) {
      for (std::size_t i = 0; i < 14; ++i) text += i == place ? word + " " : "common" + std::to_string(i) + " ";
    }
    expect_equal(RepetitionCounter().count(text), count_by_definition(text), text);
  }
  EXPECT_EQ(tried, 14u);
}

TEST(Repetition, FindsTheMostFrequentWhereManyShareAHash) {
  // So many different words that some hash is that of more n-grams than the most frequent one has occurrences.
  const std::string text = fresh(120'000) + "aaaa baaa " + fresh(1, 200'000) + "aaaa baaa caaa daaa";
  const Counts counts = RepetitionCounter().count(text);
  EXPECT_EQ(counts.top_chars[0], 3 * 9u);
  EXPECT_EQ(counts.top_chars[1], 2 * 14u);
  EXPECT_EQ(counts.top_chars[2], 2 * 19u);
  EXPECT_EQ(RepetitionCounter().count(fresh(120'000)).top_chars[0], 9u);
}

TEST(Repetition, LongTokensThatDifferInTheMiddleAreNoSlowerToTellApart) {
  std::string text;
  for (std::size_t i = 0; i < 200'000; ++i) text += "samebegin" + std::to_string(1'000'000 + i) + "sameending same\n";
  const Counts counts = RepetitionCounter().count(text);  // minutes, if each were held against all before
  EXPECT_EQ(counts.duplicate_lines, 0u);
  EXPECT_EQ(counts.duplicate_chars[0], 0u);
}

TEST(GopherRepetition, BoundsLinesExactly) {
  std::string lines;
  for (std::size_t i = 0; i < 7; ++i) lines += fresh(12, 100 * i) + "\n";
  EXPECT_EQ(judged(lines + "s\ns\ns\ns\n"), Reason::none);  // 3 of 11
  EXPECT_EQ(judged(lines + "s\ns\ns\ns\ns\n"), Reason::gopher_duplicate_lines);
  GopherRepetitionSpec exact;
  exact.max_duplicate_lines_ppm = 250'000;
  EXPECT_EQ(judged("a\nb\nc\nc", exact), judged("a\nb\nc\nd", exact));  // 1 of 4 is not above a quarter
}

TEST(GopherRepetition, EveryThresholdNamesItsReason) {
  using S = GopherRepetitionSpec;
  const std::vector<std::pair<std::uint64_t S::*, Reason>> rules = {
      {&S::max_duplicate_lines_ppm, Reason::gopher_duplicate_lines},
      {&S::max_duplicate_paragraphs_ppm, Reason::gopher_duplicate_paragraphs},
      {&S::max_duplicate_line_chars_ppm, Reason::gopher_duplicate_line_chars},
      {&S::max_duplicate_paragraph_chars_ppm, Reason::gopher_duplicate_paragraph_chars},
      {&S::max_top_2_gram_ppm, Reason::gopher_top_2_gram},
      {&S::max_top_3_gram_ppm, Reason::gopher_top_3_gram},
      {&S::max_top_4_gram_ppm, Reason::gopher_top_4_gram},
      {&S::max_duplicate_5_grams_ppm, Reason::gopher_duplicate_5_grams},
      {&S::max_duplicate_6_grams_ppm, Reason::gopher_duplicate_6_grams},
      {&S::max_duplicate_7_grams_ppm, Reason::gopher_duplicate_7_grams},
      {&S::max_duplicate_8_grams_ppm, Reason::gopher_duplicate_8_grams},
      {&S::max_duplicate_9_grams_ppm, Reason::gopher_duplicate_9_grams},
      {&S::max_duplicate_10_grams_ppm, Reason::gopher_duplicate_10_grams}};
  const std::string text = times(6, fresh(12) + "\n\n");
  std::size_t tried = 0;
  for (const auto& [threshold, reason] : rules) {
    GopherRepetitionSpec spec;
    for (const auto& [other, name] : rules) spec.*other = 1'000'000;
    EXPECT_EQ(judged(text, spec), Reason::none);
    spec.*threshold = 1000;
    EXPECT_EQ(judged(text, spec), reason);
    ++tried;
  }
  EXPECT_EQ(tried, 13u);
}

TEST(GopherRepetition, KeepsProse) { EXPECT_EQ(judged(fresh(300)), Reason::none); }
