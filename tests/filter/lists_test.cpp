#include "filter/term_set.hpp"
#include "quern/base/error.hpp"
#include "quern/filter/chain.hpp"
#include "temp_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <random>

using namespace quern;
using quern::test::TempFolder;

namespace {

SideFile list_file(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
  return {path, hash128(bytes)};
}

Reason judged(const FilterSpec& filter, std::string_view text, std::string_view url = {}) {
  const std::vector<FilterSpec> filters = {filter};
  return FilterChain(filters).judge(text, {.url = url, .language = {}});
}

template <class Make>
std::string failure(Make&& make) {
  try {
    make();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::plan);
    return error.what();
  }
  return {};
}

}  // namespace

TEST(TermSet, FindsTermsWhateverTheirSpacesAndCase) {
  const TempFolder folder;
  const TermSet set({list_file(folder / "terms", "# list\nheart attack\nHeart\nx-ray\nheart  ATTACK\n\u5FC3\u810F\n")});
  EXPECT_EQ(set.size(), 4u);
  const TermCounts counts = set.count("Heart-attack, HEART; hearts. X ray \u6211\u7684\u5FC3\u810F\u75C5 heart");
  EXPECT_EQ(counts.hits, 5u);
  EXPECT_EQ(counts.terms, 4u);
  EXPECT_EQ(counts.words, 12u);
  EXPECT_EQ(set.count("").words, 0u);
}

TEST(TermSet, AgreesWithASearchWordByWord) {
  const TempFolder folder;
  std::mt19937_64 random(3);
  std::size_t hits = 0;
  for (int round = 0; round < 40; ++round) {
    const auto word = [&] { return std::string(1, static_cast<char>('a' + random() % 4)) + (random() % 4 == 0 ? "longer_than_eight" : ""); };
    std::map<std::string, int> terms;
    std::string list;
    std::size_t longest = 0;
    for (std::size_t k = 1 + random() % 6; k > 0; --k) {
      std::string term = word();
      std::size_t words = 1;
      for (; random() % 3 != 0 && words < TermSet::kMostWords; ++words) term += " " + word();
      longest = std::max(longest, words);
      terms.emplace(term, 0);
      list += term + "\n";
    }
    std::vector<std::string> words;
    std::string text;
    for (std::size_t k = 0; k < 6000; ++k) text += words.emplace_back(word()) + (k % 5 == 0 ? ", " : " ");
    TermCounts expected{.words = words.size()};
    for (std::size_t at = 0; at < words.size();) {
      std::string term;
      std::size_t best = 0;
      std::string found;
      for (std::size_t n = 1; n <= longest && at + n <= words.size(); ++n) {
        term += (n == 1 ? "" : " ") + words[at + n - 1];
        if (terms.contains(term)) {
          best = n;
          found = term;
        }
      }
      if (best != 0 && terms[found]++ == 0) ++expected.terms;
      expected.hits += best != 0;
      at += best == 0 ? 1 : best;
    }
    const TermCounts counts = TermSet({list_file(folder / std::to_string(round), list)}).count(text);
    ASSERT_EQ(counts.words, expected.words);
    ASSERT_EQ(counts.hits, expected.hits);
    ASSERT_EQ(counts.terms, expected.terms);
    hits += counts.hits;
  }
  EXPECT_GT(hits, 10'000u);
}

TEST(TermSet, NamesATermThatCannotBeFound) {
  const TempFolder folder;
  for (const std::string bad : {"C++", "...", "\U0001F600", "a b c d e f g h i j k l m n o p q"}) {
    EXPECT_NE(failure([&] { TermSet({list_file(folder / "list", "good\n" + bad + "\n")}); }).find("list:2: '" + bad), std::string::npos) << bad;
  }
}

TEST(TermSet, TakesAMillionTerms) {
  const TempFolder folder;
  std::string list;
  for (int i = 0; i < 1'000'000; ++i) list += "term" + std::to_string(i) + "\n";
  const TermSet set({list_file(folder / "list", list)});
  EXPECT_EQ(set.size(), 1'000'000u);
  EXPECT_EQ(set.count("term0 term999999 term1000000 Term5").hits, 3u);
}

TEST(BadWords, RemovesByCountAndDensity) {
  const TempFolder folder;
  BadWordsSpec spec{{list_file(folder / "bad", "darn\nheck no\n")}};
  EXPECT_EQ(judged(spec, "what the Darn thing"), Reason::bad_words_count);
  EXPECT_EQ(judged(spec, "darning heck yes"), Reason::none);
  EXPECT_EQ(judged(spec, ""), Reason::none);
  spec.max_count = 1;
  EXPECT_EQ(judged(spec, "darn it"), Reason::none);
  EXPECT_EQ(judged(spec, "darn, heck: no"), Reason::bad_words_count);
  spec.max_count = 100;
  spec.max_per_1000_words_ppm = 250'000'000;
  EXPECT_EQ(judged(spec, "darn one two three"), Reason::none);
  EXPECT_EQ(judged(spec, "darn one two"), Reason::bad_words_density);
}

TEST(Vocabulary, AsksForTermsAndDensity) {
  const TempFolder folder;
  VocabularySpec spec{{list_file(folder / "terms", "blood pressure\nheart\n")}};
  EXPECT_EQ(judged(spec, "nothing"), Reason::none);
  spec.min_terms = 2;
  EXPECT_EQ(judged(spec, "heart heart"), Reason::vocabulary_terms_min);
  EXPECT_EQ(judged(spec, "heart blood pressure"), Reason::none);
  spec = {spec.terms, 0, 500'000'000, 1'000'000'000};
  EXPECT_EQ(judged(spec, "heart one"), Reason::none);
  EXPECT_EQ(judged(spec, "heart one two"), Reason::vocabulary_density_min);
  spec = {spec.terms, 0, 0, 500'000'000};
  EXPECT_EQ(judged(spec, "heart one"), Reason::none);
  EXPECT_EQ(judged(spec, "heart heart one"), Reason::vocabulary_density_max);
}

TEST(UrlBlocklist, MatchesDomainsWithTheirSubdomains) {
  const TempFolder folder;
  UrlBlocklistSpec spec;
  spec.domains = {list_file(folder / "domains", "bad.org\n*.Worse.com\n.co.uk\n10.0.0.1\nwww.w.net\n")};
  for (const char* const url : {"http://bad.org", "https://a.b.bad.org:8080/x", "HTTP://WWW.BAD.ORG.", "//bad.org/x", "bad.org/x?y", "http://user:pw@bad.org/",
                                "http://worse.com#x", "http://x.co.uk/", "http://10.0.0.1/", "http://w.net"}) {
    EXPECT_EQ(judged(spec, "", url), Reason::url_domain) << url;
  }
  for (const char* const url : {"", "http://notbad.org", "http://bad.org.net", "http://good.org/bad.org", "http://good.org/?u=http://bad.org", "http://bad.org@good.org/"}) {
    EXPECT_EQ(judged(spec, "", url), Reason::none) << url;
  }
}

TEST(UrlBlocklist, MatchesAddressesWordsAndPartsOfWords) {
  const TempFolder folder;
  UrlBlocklistSpec spec;
  spec.urls = {list_file(folder / "urls", "http://www.A.org/page/\nb.org/x?y=1\n")};
  spec.words = {list_file(folder / "words", "casino\n")};
  spec.soft_words = {list_file(folder / "soft", "free\nwin\n")};
  spec.subwords = {list_file(folder / "sub", "spam-site\n")};
  EXPECT_EQ(judged(spec, "", "https://a.org/Page#part"), Reason::url_listed);
  EXPECT_EQ(judged(spec, "", "http://b.org/x?y=1"), Reason::url_listed);
  EXPECT_EQ(judged(spec, "", "http://a.org/page/two"), Reason::none);
  EXPECT_EQ(judged(spec, "", "http://a.org/best-CASINO_now"), Reason::url_words);
  EXPECT_EQ(judged(spec, "", "http://a.org/casinos"), Reason::none);
  EXPECT_EQ(judged(spec, "", "http://free.org/"), Reason::none);
  EXPECT_EQ(judged(spec, "", "http://free.org/free"), Reason::url_soft_words);
  EXPECT_EQ(judged(spec, "", "http://myspams.ite.org/"), Reason::url_subwords);
  EXPECT_EQ(judged(spec, "", "http://spam.org/site"), Reason::none);
}

TEST(UrlBlocklist, NamesALineThatCannotBeUsed) {
  const TempFolder folder;
  const auto failure_of = [&](std::vector<SideFile> UrlBlocklistSpec::*list, const std::string& line) {
    UrlBlocklistSpec spec;
    spec.*list = {list_file(folder / "list", "ok\n\n" + line)};
    return failure([&] { prepare(spec); });
  };
  EXPECT_NE(failure_of(&UrlBlocklistSpec::domains, "a.org/x").find("list:3"), std::string::npos);
  EXPECT_NE(failure_of(&UrlBlocklistSpec::words, "two words").find("list:3"), std::string::npos);
  EXPECT_NE(failure_of(&UrlBlocklistSpec::subwords, "--").find("list:3"), std::string::npos);
}

TEST(UrlBlocklist, IsLinearInHostileAddresses) {
  const TempFolder folder;
  UrlBlocklistSpec spec;
  spec.domains = {list_file(folder / "domains", "bad.org\n")};
  spec.words = {list_file(folder / "words", "casino\n")};
  spec.subwords = {list_file(folder / "sub", "aaaaab\n")};
  std::string dots, letters;
  for (int i = 0; i < 1'000'000; ++i) dots += "a.";
  EXPECT_EQ(judged(spec, "", "http://" + dots + "bad.org/"), Reason::url_domain);
  EXPECT_EQ(judged(spec, "", "http://" + dots), Reason::none);
}
