// bench_near [Google Benchmark's options], alone or by mpirun: exact groups, buckets of band rows and the near step.
// Every rank runs every benchmark once for each repetition, so the ranks stay together; rank 0 reports.

#include "near/band_rows.hpp"
#include "near/buckets.hpp"
#include "near_corpus.hpp"
#include "quern/base/error.hpp"
#include "quern/comm/mpi_run.hpp"
#include "quern/exact/equal.hpp"

#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>

namespace quern::bench {

namespace {

constexpr std::uint64_t kDocuments = 1'000'000;
constexpr std::uint64_t kDuplicatesPpm = 300'000;
constexpr std::size_t kBudgetBytes = 1u << 30;

World* world = nullptr;

std::uint64_t part_begin(int rank) { return kDocuments * static_cast<std::uint64_t>(rank) / static_cast<std::uint64_t>(world->size()); }

struct Corpus {
  SyntheticDocuments documents{kDocuments, kDuplicatesPpm, NearSpec{}};
  SyntheticTexts texts{documents, part_begin(world->rank()), part_begin(world->rank() + 1)};
  NearHome home;

  Corpus() {
    for (int rank = 0; rank <= world->size(); ++rank) home.starts.push_back(part_begin(rank));
    for (std::uint64_t place = part_begin(world->rank()); place < part_begin(world->rank() + 1); ++place) {
      home.places.push_back(place);
      home.refs.push_back({.block = place, .segment = 0, .row = 0});
    }
  }
};

Corpus& corpus() {
  static Corpus made;
  return made;
}

void group_exact(benchmark::State& state) {
  std::vector<Hash128> keys;
  for (const std::uint64_t place : corpus().home.places) {
    const Planted from = corpus().documents.planted(place);
    const std::uint64_t text = from.original == kNoPlace ? place : from.original;
    keys.push_back({mix64(text + 1), mix64(~text)});
  }
  std::uint64_t removed = 0;
  for (auto _ : state) {
    const auto least = least_of_equal(keys, corpus().home.places, kBudgetBytes, *world);
    removed = 0;
    for (std::size_t i = 0; i < least.size(); ++i) removed += least[i] != corpus().home.places[i];
  }
  state.counters["documents"] = static_cast<double>(kDocuments);
  state.counters["removed"] = static_cast<double>(world->sum(removed));
}

/// Rows that have come in, into buckets: what group_bands does but for reading signatures and the exchange.
void group(benchmark::State& state) {
  std::vector<BandRow> came;
  SignatureBatch batch;
  corpus().texts.rewind();
  while (corpus().texts.next_batch(batch)) {
    const std::size_t bands = batch.band_keys.size() / batch.places.size();
    for (std::size_t i = 0; i < batch.band_keys.size(); ++i) came.push_back({batch.band_keys[i], batch.places[i / bands]});
  }
  std::size_t buckets_found = 0;
  for (auto _ : state) {
    BandRows rows(came.size());
    rows.add(came);
    Buckets buckets;
    rows.group(buckets);
    buckets_found = buckets.count();
  }
  state.counters["rows"] = static_cast<double>(came.size());
  state.counters["buckets"] = static_cast<double>(buckets_found);
  state.counters["rows_per_second"] = benchmark::Counter(static_cast<double>(came.size()), benchmark::Counter::kIsRate);
}

void group_bands(benchmark::State& state) {
  NearCounts counts;
  for (auto _ : state) {
    corpus().texts.rewind();
    counts = {};
    benchmark::DoNotOptimize(collect_buckets(corpus().texts, kDocuments * corpus().documents.bands(), kBudgetBytes, counts, *world));
  }
  state.counters["rows"] = static_cast<double>(kDocuments * corpus().documents.bands());
}

void near_step(benchmark::State& state, Resolve resolve) {
  NearSpec spec;
  spec.resolve = resolve;
  std::uint64_t removed = 0;
  NearCounts counts;
  for (auto _ : state) {
    corpus().texts.rewind();
    counts = {};
    removed = 0;
    for (const NearVerdict& verdict : remove_near(corpus().texts, corpus().home, spec, kBudgetBytes, counts, *world)) {
      removed += verdict.keeper != kNoPlace;
    }
  }
  state.counters["documents"] = static_cast<double>(kDocuments);
  state.counters["removed"] = static_cast<double>(world->sum(removed));
  state.counters["comparisons"] = static_cast<double>(counts.comparisons);
  state.counters["exact_checks"] = static_cast<double>(counts.exact_checks);
}

void add_benchmarks() {
  corpus();
  const auto add = [](const char* name, auto body) {
    benchmark::RegisterBenchmark(name, body)->Iterations(1)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime();
  };
  add("group_exact", group_exact);
  add("group", group);
  add("group_bands", group_bands);
  add("near_step/cover", [](benchmark::State& state) { near_step(state, Resolve::cover); });
  add("near_step/components", [](benchmark::State& state) { near_step(state, Resolve::components); });
}

class NoReport : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>&) override {}
};

}  // namespace

}  // namespace quern::bench

int main(int argc, char** argv) {
  quern::MpiRun run(argc, argv);
  quern::bench::world = &run.world();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) run.abort(2);
  try {
    quern::bench::add_benchmarks();
    quern::bench::NoReport silent;
    if (run.world().is_root()) benchmark::RunSpecifiedBenchmarks();
    else benchmark::RunSpecifiedBenchmarks(&silent);
  } catch (const quern::Error& error) {
    std::fprintf(stderr, "bench_near, rank %d: %s\n", run.world().rank(), error.what());
    run.abort(1);
  }
  benchmark::Shutdown();
}
