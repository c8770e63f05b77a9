// The parallel result against the sequential definition, on random and adversarial bucket sets.

#include "mpi_test.hpp"
#include "quern/base/hash.hpp"
#include "quern/near/near.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <map>
#include <set>

namespace quern {
namespace {

using test::world;
using Shingles = std::vector<std::uint64_t>;

/// A corpus in keep order: shingles and buckets are chosen apart, so that any bucket set can be tried.
struct Corpus {
  std::vector<Shingles> shingles;
  std::vector<std::vector<std::uint64_t>> band_keys;  // the same number for each document
  std::vector<Sketch> sketches;
  std::size_t size() const { return shingles.size(); }
  void add(const Shingles& document, const std::vector<std::uint64_t>& keys);
};

Sketch sketch_of(const Shingles& shingles) {
  Sketch sketch;
  for (std::uint64_t k = 0; k < kSketchHashes; ++k) {
    std::uint64_t least = UINT64_MAX;
    for (const std::uint64_t s : shingles) least = std::min(least, mix64(s * 0x9e3779b97f4a7c15u + mix64(k)));
    sketch[k] = static_cast<std::uint8_t>(least);
  }
  return sketch;
}

void Corpus::add(const Shingles& document, const std::vector<std::uint64_t>& keys) {
  shingles.push_back(document);
  band_keys.push_back(keys);
  sketches.push_back(sketch_of(document));
}

// ---- the definition, written down once more and as plainly as possible ----

bool similar_by_definition(const Corpus& corpus, std::size_t a, std::size_t b, std::uint64_t threshold_ppm) {
  const Sketch &x = corpus.sketches[a], &y = corpus.sketches[b];
  long matches = 0;
  for (std::size_t k = 0; k < kSketchHashes; ++k) matches += x[k] == y[k];
  const double estimated = static_cast<double>(std::max(matches - 1, 0l)) / 255;
  const double threshold = static_cast<double>(threshold_ppm) / 1e6;
  if (std::abs(estimated - threshold) > 0.11) return estimated > threshold;
  std::set<std::uint64_t> all(corpus.shingles[a].begin(), corpus.shingles[a].end());
  std::size_t common = 0;
  for (const std::uint64_t s : corpus.shingles[b]) common += all.count(s);
  all.insert(corpus.shingles[b].begin(), corpus.shingles[b].end());
  return common * 1'000'000 >= threshold_ppm * all.size();
}

std::map<std::uint64_t, std::vector<std::size_t>> buckets_of(const Corpus& corpus) {
  std::map<std::uint64_t, std::vector<std::size_t>> buckets;
  for (std::size_t d = 0; d < corpus.size(); ++d) {
    for (const std::uint64_t key : corpus.band_keys[d]) buckets[key].push_back(d);
  }
  return buckets;
}

std::vector<std::uint64_t> cover_by_definition(const Corpus& corpus, std::uint64_t threshold_ppm) {
  std::map<std::uint64_t, std::vector<std::size_t>> kept_in;
  std::vector<std::uint64_t> keeper(corpus.size(), kNoPlace);
  for (std::size_t d = 0; d < corpus.size(); ++d) {
    for (const std::uint64_t key : corpus.band_keys[d]) {
      for (const std::size_t leader : kept_in[key]) {
        if (similar_by_definition(corpus, leader, d, threshold_ppm)) keeper[d] = std::min<std::uint64_t>(keeper[d], leader);
      }
    }
    if (keeper[d] != kNoPlace) continue;
    for (const std::uint64_t key : corpus.band_keys[d]) {
      if (kept_in[key].size() < 16) kept_in[key].push_back(d);
    }
  }
  return keeper;
}

std::vector<std::uint64_t> components_by_definition(const Corpus& corpus, std::uint64_t threshold_ppm) {
  std::vector<std::size_t> component(corpus.size());
  for (std::size_t d = 0; d < corpus.size(); ++d) component[d] = d;
  for (const auto& [key, members] : buckets_of(corpus)) {
    for (std::size_t i = 0; i < members.size(); ++i) {
      for (std::size_t l = 0; l < std::min<std::size_t>(i, 16); ++l) {
        if (!similar_by_definition(corpus, members[l], members[i], threshold_ppm)) continue;
        const std::size_t from = component[members[i]], to = component[members[l]];
        for (std::size_t& c : component) {
          if (c == std::max(from, to)) c = std::min(from, to);
        }
      }
    }
  }
  std::vector<std::uint64_t> keeper(corpus.size(), kNoPlace);
  for (std::size_t d = 0; d < corpus.size(); ++d) {
    if (component[d] != d) keeper[d] = component[d];
  }
  return keeper;
}

// ---- the same corpus, spread over the ranks ----

/// This rank's signatures are those of every P-th document: in general not the ones at home here.
class CorpusTexts final : public NearTexts {
 public:
  explicit CorpusTexts(const Corpus& corpus) : corpus_(corpus) { rewind(); }
  bool next_batch(SignatureBatch& batch) override {
    batch = {};
    for (int i = 0; i < 7 && next_ < corpus_.size(); ++i, next_ += static_cast<std::size_t>(world().size())) {
      batch.places.push_back(next_);
      batch.band_keys.insert(batch.band_keys.end(), corpus_.band_keys[next_].begin(), corpus_.band_keys[next_].end());
      batch.sketches.push_back(corpus_.sketches[next_]);
    }
    return !batch.places.empty();
  }
  void rewind() override { next_ = static_cast<std::size_t>(world().rank()); }
  Sketch sketch(const SpoolRef& ref) override { return corpus_.sketches[ref.row]; }
  void shingles(const SpoolRef& ref, std::vector<std::uint64_t>& to) override {
    to = corpus_.shingles[ref.row];
    ++sets_made;
  }
  std::uint64_t sets_made = 0;

 private:
  const Corpus& corpus_;
  std::size_t next_ = 0;
};

/// Uneven parts; the last rank, when there are several, has none.
NearHome home_of(const Corpus& corpus) {
  NearHome home;
  const auto p = static_cast<std::size_t>(world().size());
  const std::size_t holders = std::max<std::size_t>(1, p - 1);
  for (std::size_t r = 0; r <= p; ++r) home.starts.push_back(corpus.size() * std::min(r * r, holders * holders) / (holders * holders));
  home.starts.back() = corpus.size();
  const auto rank = static_cast<std::size_t>(world().rank());
  for (std::uint64_t place = home.starts[rank]; place < home.starts[rank + 1]; ++place) {
    home.places.push_back(place);
    home.refs.push_back({.block = 0, .segment = 0, .row = static_cast<std::uint32_t>(place)});
  }
  return home;
}

struct Outcome {
  std::vector<std::uint64_t> keepers;
  NearCounts counts;
  std::uint64_t sets_made = 0;
};

/// Remembers what it is given; of what it knew before each rank has a part.
class Memory final : public CheckLog {
 public:
  bool next_known(std::vector<ExactCheck>& batch) override {
    batch = std::exchange(known, {});
    return !batch.empty();
  }
  void keep(const ExactCheck& check) override { kept.push_back(check); }
  std::vector<ExactCheck> known, kept;
};

Outcome run(const Corpus& corpus, Resolve resolve, std::uint64_t threshold_ppm, std::size_t budget, CheckLog* log = nullptr) {
  CorpusTexts texts(corpus);
  const NearHome home = home_of(corpus);
  NearSpec spec;
  spec.threshold_ppm = threshold_ppm;
  spec.resolve = resolve;
  Outcome outcome;
  const auto verdicts = remove_near(texts, home, spec, budget, outcome.counts, world(), log);
  outcome.sets_made = world().sum(texts.sets_made);
  std::vector<std::uint64_t> mine;
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    mine.push_back(verdicts[i].keeper);
    EXPECT_EQ(verdicts[i].keeper != kNoPlace, verdicts[i].similarity.denominator != 0);
  }
  outcome.keepers = world().all_gather<std::uint64_t>(mine);
  return outcome;
}

void check_against_definition(const Corpus& corpus, std::uint64_t threshold_ppm = 800'000) {
  const auto cover = cover_by_definition(corpus, threshold_ppm);
  const auto components = components_by_definition(corpus, threshold_ppm);
  for (const std::size_t budget : {std::size_t{1} << 13, std::size_t{1} << 26}) {
    EXPECT_EQ(run(corpus, Resolve::cover, threshold_ppm, budget).keepers, cover) << "budget " << budget;
    EXPECT_EQ(run(corpus, Resolve::components, threshold_ppm, budget).keepers, components) << "budget " << budget;
  }
}

// ---- corpora ----

/// Document d has the shingles [d, d + width): neighbours are similar, those far apart are not.
Corpus chain(std::size_t n, std::size_t width) {
  Corpus corpus;
  for (std::size_t d = 0; d < n; ++d) {
    Shingles shingles;
    for (std::size_t i = 0; i < width; ++i) shingles.push_back(d + i);
    corpus.add(shingles, {mix64(2 * (d / 2) + 1), mix64(2 * ((d + 1) / 2) + 2)});  // buckets {0,1} {1,2} {2,3} …
  }
  return corpus;
}

Corpus random_corpus(std::uint64_t seed, std::size_t n, std::uint64_t families, std::uint64_t keys, std::size_t bands) {
  Corpus corpus;
  std::uint64_t state = seed;
  const auto draw = [&](std::uint64_t below) { return mix64(state += 0x9e3779b97f4a7c15u) % below; };
  for (std::size_t d = 0; d < n; ++d) {
    const std::uint64_t family = draw(families);
    std::set<std::uint64_t> shingles;
    for (std::uint64_t i = 0; i < 40; ++i) shingles.insert(family * 1000 + i + draw(8) / 7 * 100);
    std::set<std::uint64_t> mine;
    while (mine.size() < bands) mine.insert(mix64(draw(keys) + 1));
    corpus.add({shingles.begin(), shingles.end()}, {mine.begin(), mine.end()});
  }
  return corpus;
}

TEST(Near, IsTheSequentialDefinitionOnRandomBuckets) {
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    check_against_definition(random_corpus(seed, 150, 6, 20, 4));
    check_against_definition(random_corpus(seed, 150, 60, 300, 5), 600'000);
  }
}

TEST(Near, IsTheSequentialDefinitionOnAChain) {
  check_against_definition(chain(120, 20));
  check_against_definition(chain(2, 20));
}

TEST(Near, IsTheSequentialDefinitionOnOneGiantBucket) {
  check_against_definition(random_corpus(4, 200, 3, 1, 1));    // few kept: the bucket never fills its leaders
  check_against_definition(random_corpus(5, 200, 100, 1, 1));  // many kept: only the first 16 count
}

TEST(Near, AcceptsNoDocumentsAndFewerThanRanks) {
  check_against_definition({});
  check_against_definition(chain(1, 5));
}

TEST(Near, EquallySimilarThresholdsAreInclusive) {
  // |A ∩ B| = 4, |A ∪ B| = 5: exactly 0.8.
  Corpus corpus;
  corpus.add({1, 2, 3, 4}, {mix64(7)});
  corpus.add({1, 2, 3, 4, 5}, {mix64(7)});
  EXPECT_EQ(run(corpus, Resolve::cover, 800'000, 1 << 20).keepers, (std::vector<std::uint64_t>{kNoPlace, 0}));
  EXPECT_EQ(run(corpus, Resolve::cover, 800'001, 1 << 20).keepers, (std::vector<std::uint64_t>{kNoPlace, kNoPlace}));
}

TEST(Near, TakesAKeyRangePerPassWhenRowsDoNotFit) {
  const Corpus corpus = random_corpus(6, 150, 6, 20, 4);
  EXPECT_GT(run(corpus, Resolve::cover, 800'000, 1 << 11).counts.passes, 1u);
  EXPECT_EQ(run(corpus, Resolve::cover, 800'000, 1 << 26).counts.passes, 1u);
}

TEST(Near, ChecksThatAreKnownAreNotMadeAgainWhereverTheyWereKept) {
  const Corpus corpus = random_corpus(7, 200, 3, 60, 1);
  for (const Resolve resolve : {Resolve::cover, Resolve::components}) {
    Memory log;
    const Outcome first = run(corpus, resolve, 600'000, 1 << 26, &log);
    EXPECT_EQ(first.counts.gathered, 0u);  // what one rank finishes at the end, within its bound, is made again
    EXPECT_GT(first.sets_made, 0u);
    // As after a restart: what was kept is now with other ranks.
    Memory again;
    for (const std::string& part : world().all_gather_bytes(as_bytes(std::span<const ExactCheck>(log.kept)))) {
      for (std::size_t i = 0; i * sizeof(ExactCheck) < part.size(); ++i) {
        ExactCheck check;
        std::memcpy(&check, part.data() + i * sizeof check, sizeof check);
        if (i % static_cast<std::size_t>(world().size()) == static_cast<std::size_t>(world().rank())) again.known.push_back(check);
      }
    }
    const Outcome second = run(corpus, resolve, 600'000, 1 << 26, &again);
    EXPECT_EQ(second.keepers, first.keepers);
    EXPECT_EQ(second.counts.exact_checks, first.counts.exact_checks);
    EXPECT_EQ(second.sets_made, 0u);
    EXPECT_TRUE(again.kept.empty());
  }
}

TEST(Near, ALongChainIsFinishedOnOneRankWithTheSameResult) {
  const Corpus corpus = chain(3000, 20);
  const Outcome gathered = run(corpus, Resolve::cover, 800'000, 1 << 26);
  EXPECT_GT(gathered.counts.gathered, 0u);
  EXPECT_LT(gathered.counts.rounds, 40u);
  EXPECT_EQ(gathered.keepers, cover_by_definition(corpus, 800'000));
}

}  // namespace
}  // namespace quern
