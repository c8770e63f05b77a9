// What is asked of a text before it is stored: clean, filters, signature.

#include "corpus.hpp"

#include "quern/base/kernel.hpp"
#include "quern/clean/cleaner.hpp"
#include "quern/clean/steps.hpp"
#include "quern/filter/chain.hpp"
#include "quern/filter/repetition.hpp"
#include "quern/filter/statistics.hpp"
#include "quern/privacy/pii.hpp"
#include "quern/sign/signer.hpp"

#include <filesystem>
#include <fstream>
#include <utility>
#include <variant>
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

/// One step by itself, on text that the default clean-up has seen. What copying the text costs is in it (bench `copy`).
void clean_step(benchmark::State& state, const Texts& texts, const CleanStep& spec) {
  const Cleaner cleaner{CleanSpec{}};
  std::vector<std::string> cleaned = texts.texts;
  for (std::string& text : cleaned) cleaner.clean(text);
  const std::vector<CleanStep> specs = {spec};
  const auto step = prepare_all(specs).front();
  std::string text;
  for (auto _ : state) {
    for (const std::string& before : cleaned) {
      text.assign(before);
      const auto apply_one = [&]<class Step>(const Step& prepared) {
        if constexpr (!std::is_same_v<Step, PiiStep>) quern::apply(prepared, text);  // measured by itself
      };
      std::visit(apply_one, step);
      benchmark::DoNotOptimize(text.data());
    }
  }
}

void copy(benchmark::State& state, const Texts& texts) {
  std::string text;
  for (auto _ : state) {
    for (const std::string& before : texts.texts) {
      text.assign(before);
      benchmark::DoNotOptimize(text.data());
    }
  }
}

/// A filter by itself.
void filter(benchmark::State& state, const Texts& texts, const FilterSpec& spec) {
  const std::vector<FilterSpec> filters = {spec};
  const FilterChain chain(filters);
  std::uint64_t kept = 0;
  for (auto _ : state) {
    kept = 0;
    for (const std::string& text : texts.texts) kept += chain.judge(text, {.url = "https://www.example.org/some/page.html", .language = {}}) == Reason::none;
  }
  state.counters["kept"] = static_cast<double>(kept);
}

/// A list of so many made-up entries, in the folder for temporary files.
SideFile made_list(const std::string& name, std::size_t entries, const std::string& before, const std::string& after) {
  std::string bytes;
  for (std::size_t i = 0; i < entries; ++i) bytes += before + std::to_string(i) + after + "\n";
  const std::string path = (std::filesystem::temp_directory_path() / name).string();
  std::ofstream(path, std::ios::binary) << bytes;
  return {path, hash128(bytes)};
}

void add_steps(const char* set) {
  const std::pair<const char*, CleanStep> steps[] = {
      {"mojibake", MojibakeSpec{}},         {"trim_lines", TrimLinesSpec{}},          {"white_space", WhiteSpaceSpec{}},
      {"zero_width", ZeroWidthSpec{}},      {"control_characters", ControlCharactersSpec{}}, {"punctuation", PunctuationSpec{}},
      {"entities", EntitiesSpec{}},         {"remove_urls", RemoveUrlsSpec{}},        {"remove_emoji", RemoveEmojiSpec{}},
      {"remove_hashtags", RemoveHashtagsSpec{}}, {"lower_case", LowerCaseSpec{}},     {"c4_lines", C4LinesSpec{}},
      {"refinedweb_lines", RefinedWebLinesSpec{}}, {"dedup_lines", DedupLinesSpec{}}, {"dedup_paragraphs", DedupParagraphsSpec{}},
  };
  for (const auto& [name, spec] : steps) {
    over_texts(std::string("step/") + name, set, [spec = spec](benchmark::State& state, const Texts& texts) { clean_step(state, texts, spec); });
  }
  over_texts("step/copy", set, copy);
}

void add_lists(const char* set) {
  const auto add = [&](const std::string& name, auto make) {
    over_texts(name, set, [make](benchmark::State& state, const Texts& texts) { make(state, texts); });
  };
  for (const std::size_t entries : {std::size_t{1'000}, std::size_t{1'000'000}}) {
    const std::string count = "/" + std::to_string(entries);
    add("filter/vocabulary" + count, [entries](benchmark::State& state, const Texts& texts) {
      filter(state, texts, VocabularySpec{{made_list("quern-bench-terms", entries, "the term", " of")}});
    });
    add("filter/url_blocklist" + count, [entries](benchmark::State& state, const Texts& texts) {
      UrlBlocklistSpec spec;
      spec.domains = {made_list("quern-bench-domains", entries, "site", ".example.net")};
      filter(state, texts, spec);
    });
    add("step/remove_lines" + count, [entries](benchmark::State& state, const Texts& texts) {
      RemoveLinesSpec spec;
      spec.equal = {made_list("quern-bench-lines", entries, "line ", " of a menu")};
      clean_step(state, texts, spec);
    });
    add("step/remove_lines_containing" + count, [entries](benchmark::State& state, const Texts& texts) {
      RemoveLinesSpec spec;
      spec.containing = {made_list("quern-bench-lines", entries, "line ", " of a menu")};
      clean_step(state, texts, spec);
    });
  }
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

/// Every family on texts that all of them keep, so that each is asked: the most that filters cost.
void all_families(benchmark::State& state, const Texts& texts) {
  const std::vector<FilterSpec> filters = {GopherQualitySpec{}, GopherRepetitionSpec{}, C4Spec{}, FineWebSpec{}, NemoSpec{}};
  const FilterChain chain(filters);
  std::vector<std::string_view> kept;
  std::uint64_t bytes = 0;
  for (const std::string& text : texts.texts) {
    if (chain.judge(text) != Reason::none) continue;
    kept.push_back(text);
    bytes += text.size();
  }
  for (auto _ : state) {
    for (const std::string_view text : kept) benchmark::DoNotOptimize(chain.judge(text));
  }
  state.counters["kept_bytes_per_second"] =
      benchmark::Counter(static_cast<double>(bytes) * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
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
  for (const char* const set : {"english", "mixed"}) add_steps(set);
  add_lists("english");
  over_texts("shingle_set", "english", shingle_set);
  for (const Kernel kernel : available_kernels()) add_for_kernel(kernel);
  for (const char* const set : {"english", "mixed"}) over_texts("quality_and_repetition", set, quality_and_repetition);
  for (const char* const set : {"english", "mixed"}) over_texts("all_families", set, all_families);
  over_texts("repetition_counts", "english",
             [](benchmark::State& state, const Texts& texts) { repetition_counts(state, texts, chosen_kernel()); });
}

}  // namespace quern::bench
