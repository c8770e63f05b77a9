// What is asked of a text before it is stored: clean, filters, signature.

#include "corpus.hpp"

#include "quern/base/kernel.hpp"
#include "quern/clean/cleaner.hpp"
#include "quern/filter/chain.hpp"
#include "quern/filter/repetition.hpp"
#include "quern/filter/statistics.hpp"
#include "quern/privacy/pii.hpp"
#include "quern/sign/signer.hpp"

#include <vector>

namespace quern::bench {

namespace {

/// As the map step does it: the text is copied out of the line and cleaned in place.
void clean(benchmark::State& state, const Texts& texts) {
  const Cleaner cleaner{CleanSpec{}};
  std::string text;
  for (auto _ : state) {
    for (const std::string& raw : texts.texts) {
      text.assign(raw);
      cleaner.clean(text);
      benchmark::DoNotOptimize(text.data());
    }
  }
}

void find_pii(benchmark::State& state, const Texts& texts, Kernel kernel) {
  const PiiFinder finder(kAllPii, kernel);
  std::vector<PiiMatch> matches;
  std::size_t found = 0;
  for (auto _ : state) {
    for (const std::string& text : texts.texts) {
      matches.clear();
      finder.find(text, matches);
      found += matches.size();
    }
  }
  benchmark::DoNotOptimize(found);
}

void statistics(benchmark::State& state, const Texts& texts, Kernel kernel) {
  std::uint64_t tokens = 0;
  for (auto _ : state) {
    for (const std::string& text : texts.texts) tokens += count_statistics(text, kernel).tokens;
  }
  benchmark::DoNotOptimize(tokens);
}

/// As the filter asks: counting stops where the answer is certain.
void repetition(benchmark::State& state, const Texts& texts, Kernel kernel) {
  RepetitionCounter counter(kernel);
  std::uint64_t kept = 0;
  for (auto _ : state) {
    kept = 0;
    for (const std::string& text : texts.texts) kept += counter.judge(GopherRepetitionSpec{}, text) == Reason::none;
  }
  state.counters["kept"] = static_cast<double>(kept);
}

/// Statistics and repetition as a chain of both asks: texts that quality removes are not asked for repetition.
void quality_and_repetition(benchmark::State& state, const Texts& texts) {
  const std::vector<FilterSpec> filters = {GopherQualitySpec{}, GopherRepetitionSpec{}};
  const FilterChain chain(filters);
  std::uint64_t kept = 0;
  for (auto _ : state) {
    kept = 0;
    for (const std::string& text : texts.texts) kept += chain.judge(text) == Reason::none;
  }
  state.counters["kept"] = static_cast<double>(kept);
}

/// All figures of all texts.
void repetition_counts(benchmark::State& state, const Texts& texts, Kernel kernel) {
  RepetitionCounter counter(kernel);
  std::uint64_t chars = 0;
  for (auto _ : state) {
    for (const std::string& text : texts.texts) chars += counter.count(text).duplicate_chars[5];
  }
  benchmark::DoNotOptimize(chars);
}

void sign(benchmark::State& state, const Texts& texts, Kernel kernel) {
  Signer signer(NearSpec{}, kernel);
  Signature signature;
  for (auto _ : state) {
    for (const std::string& text : texts.texts) benchmark::DoNotOptimize(signer.sign(text, signature));
  }
}

/// What an exact check asks of each of its two texts.
void shingle_set(benchmark::State& state, const Texts& texts) {
  const Signer signer(NearSpec{});
  std::vector<std::uint64_t> shingles;
  for (auto _ : state) {
    for (const std::string& text : texts.texts) {
      signer.shingle_set(text, shingles);
      benchmark::DoNotOptimize(shingles.data());
    }
  }
}

void add_for_kernel(Kernel kernel) {
  const std::string suffix = "/" + std::string(name(kernel));
  for (const char* const set : {"english", "mixed"}) {
    over_texts("statistics" + suffix, set, [kernel](benchmark::State& state, const Texts& texts) { statistics(state, texts, kernel); });
    over_texts("repetition" + suffix, set, [kernel](benchmark::State& state, const Texts& texts) { repetition(state, texts, kernel); });
    over_texts("pii" + suffix, set, [kernel](benchmark::State& state, const Texts& texts) { find_pii(state, texts, kernel); });
    over_texts("sign" + suffix, set, [kernel](benchmark::State& state, const Texts& texts) { sign(state, texts, kernel); });
  }
}

}  // namespace

void add_text_benchmarks() {
  for (const char* const set : {"english", "mixed"}) over_texts("clean", set, clean);
  over_texts("shingle_set", "english", shingle_set);
  for (const Kernel kernel : available_kernels()) add_for_kernel(kernel);
  for (const char* const set : {"english", "mixed"}) over_texts("quality_and_repetition", set, quality_and_repetition);
  over_texts("repetition_counts", "english",
             [](benchmark::State& state, const Texts& texts) { repetition_counts(state, texts, chosen_kernel()); });
}

}  // namespace quern::bench
