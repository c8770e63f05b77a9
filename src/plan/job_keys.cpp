#include "plan/job_keys.hpp"

#include "plan/glob.hpp"

namespace quern {

namespace {

constexpr std::uint64_t kMostBytes = 1ull << 40;
// A document is cleaned, signed and spooled as one piece: lengths in it are 32 bits, with room to grow in NFC.
constexpr std::uint64_t kMostDocumentBytes = 1000ull << 20;

// ---- input ----

/// A glob; the folder of the job file is no part of the pattern, whatever characters it has.
const Kind<InputSpec> kInputPath = {
    [](InputSpec& to, const JobValue& value, const std::string& folder) {
      if (!to.path.empty()) fail_at(value, "an input has either 'path' or 'list', not both");
      to.path = absolute_path(escaped_for_glob(folder), value);
      to.prefix = parse_glob(to.path).prefix;
    },
    // Only what stands below the prefix: a corpus that is moved is the same corpus.
    [](const InputSpec& from) { return from.is_list ? std::string() : json_quoted(parse_glob(from.path).pattern); }};

const Kind<InputSpec> kInputList = {
    [](InputSpec& to, const JobValue& value, const std::string& folder) {
      if (!to.path.empty()) fail_at(value, "an input has either 'path' or 'list', not both");
      to.path = absolute_path(folder, value);
      to.prefix = parse_glob(escaped_for_glob(to.path)).prefix;
      to.is_list = true;
    },
    [](const InputSpec& from) { return from.is_list ? json_quoted(from.path.substr(from.path.rfind('/') + 1)) : std::string(); }};

const Section<InputSpec> kInput = {
    {"path", kInputPath},
    {"list", kInputList},
    {"format", choice(&InputSpec::format, {{"jsonl", InputFormat::jsonl}, {"text", InputFormat::text}})},
    {"source", text(&InputSpec::source)},
    {"text_field", text(&InputSpec::text_field)},
    {"id_field", text(&InputSpec::id_field)},
};

// ---- clean ----

const Section<CleanSpec> kClean = {
    {"invalid_utf8",
     choice(&CleanSpec::invalid_utf8, {{"quarantine", InvalidUtf8::quarantine}, {"repair", InvalidUtf8::repair}})},
    {"unicode", choice(&CleanSpec::unicode, {{"nfc", UnicodeForm::nfc}, {"none", UnicodeForm::none}})},
};

// ---- filter: one section per filter, and a line in kFilters ----

const Section<LengthSpec> kLength = {
    {"min_chars", count(&LengthSpec::min_chars)},
    {"max_chars", count(&LengthSpec::max_chars)},
};

const Section<GopherQualitySpec> kGopherQuality = {
    {"min_words", count(&GopherQualitySpec::min_words)},
    {"max_words", count(&GopherQualitySpec::max_words)},
    {"min_mean_word_length", ratio(&GopherQualitySpec::min_mean_word_length_ppm)},
    {"max_mean_word_length", ratio(&GopherQualitySpec::max_mean_word_length_ppm)},
    {"max_symbol_ratio", ratio(&GopherQualitySpec::max_symbol_ratio_ppm)},
    {"max_bullet_lines", ratio(&GopherQualitySpec::max_bullet_lines_ppm, 0, kMillion)},
    {"max_ellipsis_lines", ratio(&GopherQualitySpec::max_ellipsis_lines_ppm, 0, kMillion)},
    {"min_alpha_words", ratio(&GopherQualitySpec::min_alpha_words_ppm, 0, kMillion)},
    {"min_stop_words", count(&GopherQualitySpec::min_stop_words)},
};

const Section<GopherRepetitionSpec> kGopherRepetition = {
    {"max_duplicate_lines", ratio(&GopherRepetitionSpec::max_duplicate_lines_ppm, 0, kMillion)},
    {"max_duplicate_paragraphs", ratio(&GopherRepetitionSpec::max_duplicate_paragraphs_ppm, 0, kMillion)},
    {"max_duplicate_line_chars", ratio(&GopherRepetitionSpec::max_duplicate_line_chars_ppm, 0, kMillion)},
    {"max_duplicate_paragraph_chars", ratio(&GopherRepetitionSpec::max_duplicate_paragraph_chars_ppm, 0, kMillion)},
    {"max_top_2_gram", ratio(&GopherRepetitionSpec::max_top_2_gram_ppm, 0, kMillion)},
    {"max_top_3_gram", ratio(&GopherRepetitionSpec::max_top_3_gram_ppm, 0, kMillion)},
    {"max_top_4_gram", ratio(&GopherRepetitionSpec::max_top_4_gram_ppm, 0, kMillion)},
    {"max_duplicate_5_grams", ratio(&GopherRepetitionSpec::max_duplicate_5_grams_ppm, 0, kMillion)},
    {"max_duplicate_6_grams", ratio(&GopherRepetitionSpec::max_duplicate_6_grams_ppm, 0, kMillion)},
    {"max_duplicate_7_grams", ratio(&GopherRepetitionSpec::max_duplicate_7_grams_ppm, 0, kMillion)},
    {"max_duplicate_8_grams", ratio(&GopherRepetitionSpec::max_duplicate_8_grams_ppm, 0, kMillion)},
    {"max_duplicate_9_grams", ratio(&GopherRepetitionSpec::max_duplicate_9_grams_ppm, 0, kMillion)},
    {"max_duplicate_10_grams", ratio(&GopherRepetitionSpec::max_duplicate_10_grams_ppm, 0, kMillion)},
};

struct FilterKind {
  std::string_view name;
  std::function<FilterSpec(const JobValue&, const std::string& folder)> read;
  /// Empty for a filter of another kind.
  std::function<std::string(const FilterSpec&)> write;
};

template <class T>
FilterKind filter(std::string_view name, const Section<T>& keys) {
  return {name,
          [&keys](const JobValue& value, const std::string& folder) {
            T spec;
            read_section(spec, value, keys, folder);
            return FilterSpec(spec);
          },
          [&keys](const FilterSpec& spec) { return std::holds_alternative<T>(spec) ? write_section(std::get<T>(spec), keys) : ""; }};
}

const std::vector<FilterKind> kFilters = {
    filter("length", kLength),
    filter("gopher_quality", kGopherQuality),
    filter("gopher_repetition", kGopherRepetition),
};

FilterSpec read_filter(const JobValue& item, const std::string& folder) {
  std::vector<std::string_view> names;
  for (const FilterKind& kind : kFilters) names.push_back(kind.name);
  // "- gopher_quality" is "- gopher_quality: {}".
  const bool bare = item.kind == JobValue::Kind::scalar;
  if (!bare && (item.kind != JobValue::Kind::map || item.children.size() != 1)) {
    fail_at(item, fmt::format("one filter is expected, as in {{{}: {{}}}}, not {}", names.back(),
                              item.kind == JobValue::Kind::map ? "several keys" : describe(item)));
  }
  const JobValue& named = bare ? item : item.children.front();
  const std::string& name = bare ? item.text : named.key;
  const auto kind = std::ranges::find(kFilters, name, &FilterKind::name);
  if (kind == kFilters.end()) fail_unknown(named, "unknown filter", name, names);
  return kind->read(bare ? JobValue{} : named, folder);
}

std::string write_filter(const FilterSpec& spec) {
  std::map<std::string, std::string> named;
  for (const FilterKind& kind : kFilters) named.emplace(kind.name, kind.write(spec));
  return json_object(named);
}

const Kind<Job> kFilterList = {
    [](Job& job, const JobValue& value, const std::string& folder) {
      if (value.kind != JobValue::Kind::list) fail_at(value, fmt::format("a list is expected ([] for no filter), not {}", describe(value)));
      job.filter.clear();
      for (const JobValue& item : value.children) job.filter.push_back(read_filter(item, folder));
    },
    [](const Job& job) {
      std::vector<std::string> filters;
      for (const FilterSpec& spec : job.filter) filters.push_back(write_filter(spec));
      return json_list(filters);
    }};

// ---- dedup ----

const Section<NearSpec> kNear = {
    {"ngram", count(&NearSpec::ngram, 1, 64)},
    {"bands", count(&NearSpec::bands, 1, kSketchHashes)},
    {"rows", count(&NearSpec::rows, 1, kSketchHashes)},
    {"threshold", ratio(&NearSpec::threshold_ppm, 1, kMillion)},
    {"resolve", choice(&NearSpec::resolve, {{"cover", Resolve::cover}, {"components", Resolve::components}})},
    {"keep", choice(&NearSpec::keep, {{"first", Keep::first}, {"longest", Keep::longest}})},
    {"seed", count(&NearSpec::seed)},
};

const Section<DedupSpec> kDedup = {
    {"exact", flag(&DedupSpec::exact)},
    {"near", step(&DedupSpec::near, kNear)},
};

// ---- tokenizer ----

const Names<std::string> kPatterns = {
    {"gpt2", "gpt2"},         {"r50k_base", "r50k_base"}, {"cl100k_base", "cl100k_base"},
    {"o200k_base", "o200k_base"}, {"llama3", "llama3"},       {"qwen2", "qwen2"},
};

const Section<TrainSpec> kTrain = {
    {"vocab_size", count(&TrainSpec::vocab_size, 257, 1u << 24)},
    {"min_frequency", count(&TrainSpec::min_frequency, 1)},
    {"pattern", name(&TrainSpec::pattern, kPatterns)},
    {"special", texts(&TrainSpec::special)},
    {"max_words", count(&TrainSpec::max_words, 1)},
};

const Section<TokenizerSpec> kTokenizer = {
    {"file", path(&TokenizerSpec::file)},
    {"pattern", name(&TokenizerSpec::pattern, kPatterns)},
    {"end_of_text", text(&TokenizerSpec::end_of_text)},
    {"train", optional_section(&TokenizerSpec::train, kTrain)},
};

// ---- output ----

const Section<OutputSpec> kOutput = {
    {"path", required(path(&OutputSpec::path))},
    {"layout", choice(&OutputSpec::layout, {{"single", Layout::single}})},
    {"mode", permissions(&OutputSpec::mode)},
};

// ---- spool ----

const Section<SpoolSpec> kSpool = {
    {"mode", permissions(&SpoolSpec::mode)},
    {"encrypt", flag(&SpoolSpec::encrypt)},
    {"key_file", path(&SpoolSpec::key_file)},
};

// ---- the job ----

const Section<Job> kJob = {
    {"input", required(list_of_sections(&Job::input, kInput))},
    {"clean", section(&Job::clean, kClean)},
    {"filter", kFilterList},
    {"dedup", section(&Job::dedup, kDedup)},
    {"tokenizer", required(section(&Job::tokenizer, kTokenizer))},
    {"output", required(section(&Job::output, kOutput))},
    {"work", path(&Job::work)},
    {"spool", not_computed(section(&Job::spool, kSpool))},
    {"max_document_bytes", bytes(&Job::max_document_bytes, 1, kMostDocumentBytes)},
    {"on_error", not_computed(choice(&Job::on_error, {{"quarantine", OnError::quarantine}, {"stop", OnError::stop}}))},
    {"memory_per_rank", not_computed(bytes(&Job::memory_per_rank, kLeastMemoryPerRank, UINT64_MAX))},
    {"unit_bytes", not_computed(bytes(&Job::unit_bytes, kLeastUnitBytes, kMostBytes))},
    {"tokenizer_cache", not_computed(flag(&Job::tokenizer_cache))},
    {"checkpoint_seconds", not_computed(count(&Job::checkpoint_seconds, 0, 86'400))},
    {"stall_timeout", not_computed(count(&Job::stall_timeout, 0, 86'400))},
};

}  // namespace

const Section<Job>& job_keys() { return kJob; }

}  // namespace quern
