#include "plan/check_job.hpp"

#include "plan/job_keys.hpp"
#include "quern/base/error.hpp"
#include "quern/format/field_path.hpp"

#include <algorithm>
#include <set>

namespace quern {

namespace {

[[noreturn]] void fail_key(const JobValue& file, std::string_view path, const std::string& what) {
  fail(ErrorKind::plan, "{}: {}: {}", where_of(file, path), path, what);
}

constexpr bool has_fields(InputFormat format) { return format == InputFormat::jsonl || format == InputFormat::tsv; }

/// Paths of JSON; names of columns are what they are.
void check_fields(const InputSpec& input, const std::string& key, const JobValue& file) {
  if (input.text_field.empty()) fail_key(file, key + ".text_field", "the name of a field is expected, not an empty text");
  const auto check = [&](const std::string& field, const std::string& at) {
    if (input.format != InputFormat::jsonl || field.empty() || parse_field_path(field)) return;
    fail_key(file, at, fmt::format("'{}' is no path of a field: names parted by dots; a dot or backslash in a name has a backslash before it",
                                   field));
  };
  check(input.text_field, key + ".text_field");
  check(input.id_field, key + ".id_field");
  check(input.source_field, key + ".source_field");
  check(input.url_field, key + ".url_field");
  check(input.date_field, key + ".date_field");
  const std::set<std::string> metadata(input.metadata.begin(), input.metadata.end());
  if (metadata.size() != input.metadata.size()) fail_key(file, key + ".metadata", "a field stands here twice");
  if (metadata.contains("")) fail_key(file, key + ".metadata", "the name of a field is expected, not an empty text");
  for (std::size_t i = 0; i < input.metadata.size(); ++i) check(input.metadata[i], fmt::format("{}.metadata.{}", key, i));
}

void check_columns(const InputSpec& input, const std::string& key, const JobValue& file) {
  if (input.header && input.columns.empty()) return;  // the files say it
  if (std::ranges::find(input.columns, input.text_field) != input.columns.end()) return;
  const auto number = index_of_name(input.text_field);
  if (number && (input.columns.empty() || *number < input.columns.size())) return;
  constexpr const char* kNoNames = "is no number, and without header and 'columns' columns have no names";
  fail_key(file, key + ".text_field", input.columns.empty() ? fmt::format("'{}' {}", input.text_field, kNoNames)
                                                            : fmt::format("no column '{}' in 'columns'", input.text_field));
}

void check_input(const Job& job, const JobValue& file) {
  if (job.input.empty()) fail_key(file, "input", "at least one entry is needed");
  if (job.input.size() > UINT16_MAX) fail_key(file, "input", fmt::format("{} entries; at most {}", job.input.size(), UINT16_MAX));
  for (std::size_t i = 0; i < job.input.size(); ++i) {
    const InputSpec& input = job.input[i];
    if (input.path.empty()) fail_key(file, fmt::format("input.{}", i), "the key 'path' (or 'list') is missing");
    const std::string key = fmt::format("input.{}", i);
    if (has_fields(input.format)) check_fields(input, key, file);
    if (input.format == InputFormat::tsv) check_columns(input, key, file);
  }
}

void check(const LengthSpec& length, const std::string& key, const JobValue& file) {
  if (length.min_chars > length.max_chars) fail_key(file, key + ".length", "min_chars is larger than max_chars: nothing would pass");
}

void check(const GopherQualitySpec& gopher, const std::string& key, const JobValue& file) {
  const std::string path = key + ".gopher_quality";
  if (gopher.min_words > gopher.max_words) fail_key(file, path, "min_words is larger than max_words: nothing would pass");
  if (gopher.min_mean_word_length_ppm > gopher.max_mean_word_length_ppm) {
    fail_key(file, path, "min_mean_word_length is larger than max_mean_word_length: nothing would pass");
  }
}

void check(const UrlBlocklistSpec& list, const std::string& key, const JobValue& file) {
  const bool any = !list.domains.empty() || !list.urls.empty() || !list.words.empty() || !list.soft_words.empty() || !list.subwords.empty();
  if (!any) fail_key(file, key + ".url_blocklist", "without a list (domains, urls, words, soft_words or subwords) nothing is asked");
}

void check(const BadWordsSpec& bad, const std::string& key, const JobValue& file) {
  if (bad.words.empty()) fail_key(file, key + ".bad_words.words", "at least one list is needed");
}

void check(const VocabularySpec& vocabulary, const std::string& key, const JobValue& file) {
  const std::string path = key + ".vocabulary";
  if (vocabulary.terms.empty()) fail_key(file, path + ".terms", "at least one list is needed");
  if (vocabulary.min_per_1000_words_ppm > vocabulary.max_per_1000_words_ppm) {
    fail_key(file, path, "min_per_1000_words is larger than max_per_1000_words: nothing would pass");
  }
}

void check(const NemoSpec& nemo, const std::string& key, const JobValue& file) {
  const std::string path = key + ".nemo";
  if (nemo.min_words > nemo.max_words) fail_key(file, path, "min_words is larger than max_words: nothing would pass");
  if (nemo.min_mean_word_length_ppm > nemo.max_mean_word_length_ppm) {
    fail_key(file, path, "min_mean_word_length is larger than max_mean_word_length: nothing would pass");
  }
}

void check(const QuantileSpec& quantile, const std::string& key, const JobValue& file) {
  if ((quantile.keep_top_ppm == 0) == (quantile.keep_bottom_ppm == 0)) {
    fail_key(file, key + ".quantile", "either 'keep_top' or 'keep_bottom' is needed, a share above 0");
  }
}

void check(const FastTextSpec& spec, const std::string& key, const JobValue& file) {
  if (spec.label.empty()) fail_key(file, key + ".fasttext.label", "a label of the model is expected, not an empty text");
}

/// Of other filters every threshold by itself lets something pass.
template <class Spec>
void check(const Spec&, const std::string&, const JobValue&) {}

void check_steps(const Job& job, const JobValue& file) {
  for (std::size_t i = 0; i < job.clean.steps.size(); ++i) {
    const CleanStep& step = job.clean.steps[i];
    const std::string key = fmt::format("clean.steps.{}", i);
    if (i > 0 && std::holds_alternative<MojibakeSpec>(step)) {
      fail_key(file, key, "mojibake must be the first step: it is done before the default clean-up, which removes half of what it repairs");
    }
    if (const auto* lines = std::get_if<RemoveLinesSpec>(&step); lines && lines->equal.empty() && lines->containing.empty()) {
      fail_key(file, key + ".remove_lines", "without a list (equal or containing) nothing is removed");
    }
  }
}

void check(const PiiSpec& pii, const std::string& key, const Job& job, const JobValue& file) {
  if (pii.key_file.empty()) {
    if (!pii.pseudonymizes()) return;
    fail_key(file, key, "the key 'key_file' is missing: pseudonyms are made with it (`openssl rand -hex 32`, in a file of mode 0600)");
  }
  if (!pii.pseudonymizes()) fail_key(file, key + ".key_file", "a key where nothing is pseudonymized would do nothing");
  for (const std::string& folder : {job.work + '/', job.output.path + '/'}) {
    if (!pii.key_file.starts_with(folder)) continue;
    fail_key(file, key + ".key_file", fmt::format("lies in {}: whoever has the data must not have the key", folder));
  }
}

void check_pii(const Job& job, const JobValue& file) {
  for (std::size_t i = 0; i < job.clean.steps.size(); ++i) {
    const auto* const pii = std::get_if<PiiSpec>(&job.clean.steps[i]);
    if (pii) check(*pii, fmt::format("clean.steps.{}.pii", i), job, file);
  }
}

void check_language(const Job& job, const JobValue& file) {
  if (!job.language) return;
  const LanguageSpec& language = *job.language;
  if (language.text == LanguageText::html && !language.model.path.empty()) {
    fail_key(file, "language.text", "'html' is for CLD2, which passes over tags; a fastText model takes 'prose' or 'plain'");
  }
  for (std::size_t i = 0; i < language.keep.size(); ++i) {
    if (language.keep[i].empty()) fail_key(file, fmt::format("language.keep.{}", i), "a language is expected, not an empty text");
  }
}

void check_contamination(const Job& job, const JobValue& file) {
  if (!job.contamination) return;
  const ContaminationSpec& spec = *job.contamination;
  if (spec.sets.empty()) fail_key(file, "contamination.sets", "at least one evaluation set is needed");
  if (spec.min_words > spec.ngram) {
    fail_key(file, "contamination.min_words", fmt::format("{} is more than ngram, {}", spec.min_words, spec.ngram));
  }
  std::set<std::string> names;
  for (std::size_t i = 0; i < spec.sets.size(); ++i) {
    const EvaluationSet& set = spec.sets[i];
    const std::string key = fmt::format("contamination.sets.{}", i);
    if (set.name.empty()) fail_key(file, key + ".name", "a name is expected, not an empty text");
    if (!names.insert(set.name).second) fail_key(file, key + ".name", fmt::format("two sets are named '{}'", set.name));
    if (set.fields.empty()) fail_key(file, key + ".fields", "at least one member that holds text is needed");
    if (std::ranges::find(set.fields, "") != set.fields.end()) fail_key(file, key + ".fields", "a member is named by an empty text");
  }
}

void check_near(const Job& job, const JobValue& file) {
  if (!job.dedup.near) return;
  const NearSpec& near = *job.dedup.near;
  if (near.bands * near.rows > kSketchHashes) {
    fail_key(file, "dedup.near", fmt::format("{} bands of {} rows are {} hashes, a sketch has {}: bands * rows must be at most that",
                                             near.bands, near.rows, near.bands * near.rows, kSketchHashes));
  }
}

/// Web archives and data sets bring their own.
bool may_have_dates(const InputSpec& input) {
  return input.format == InputFormat::warc || input.format == InputFormat::dataset || (has_fields(input.format) && !input.date_field.empty());
}

void check_sources(const Job& job, const JobValue& file) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < job.sources.size(); ++i) {
    if (!names.insert(job.sources[i].name).second) fail_key(file, fmt::format("sources.{}.name", i), fmt::format("'{}' stands here twice", job.sources[i].name));
  }
  if (!job.dedup.near) return;
  const NearSpec& near = *job.dedup.near;
  if (near.keep == Keep::newest && std::ranges::none_of(job.input, may_have_dates)) {
    fail_key(file, "dedup.near.keep", "newest needs the dates of documents, and no entry of 'input' has a 'date_field'");
  }
  if (near.keep == Keep::source_priority && job.sources.empty()) {
    fail_key(file, "dedup.near.keep", "source_priority needs the list 'sources', best first");
  }
  if ((near.keep == Keep::best_quality) != near.quality.has_value()) {
    fail_key(file, "dedup.near.keep", "best_quality and the name of a signal, 'quality', go together");
  }
}

void check_training(const TokenizerSpec& tokenizer, const JobValue& file) {
  const TrainSpec& train = *tokenizer.train;
  if (!tokenizer.pattern.empty()) fail_key(file, "tokenizer.pattern", "with 'train' the pattern is given as tokenizer.train.pattern");
  if (train.special.empty()) fail_key(file, "tokenizer.train.special", "at least the token that ends a document is needed");
  const std::set<std::string> special(train.special.begin(), train.special.end());
  if (special.size() != train.special.size()) fail_key(file, "tokenizer.train.special", "a token stands here twice");
  if (special.contains("")) fail_key(file, "tokenizer.train.special", "a token cannot be empty");
  if (train.vocab_size < 256 + train.special.size()) {
    fail_key(file, "tokenizer.train.vocab_size", fmt::format("{} is too small: 256 bytes and {} special tokens are {}", train.vocab_size,
                                                             train.special.size(), 256 + train.special.size()));
  }
  if (!tokenizer.end_of_text.empty() && !special.contains(tokenizer.end_of_text)) {
    fail_key(file, "tokenizer.end_of_text", fmt::format("'{}' is not among tokenizer.train.special", tokenizer.end_of_text));
  }
}

void check_tokenizer(const Job& job, const JobValue& file) {
  const bool has_file = !job.tokenizer.file.empty();
  if (has_file == job.tokenizer.train.has_value()) {
    fail_key(file, "tokenizer", has_file ? "either 'file' or 'train', not both" : "the key 'file' (or 'train') is missing");
  }
  if (job.tokenizer.train) check_training(job.tokenizer, file);
}

void check_layout(const OutputSpec& output, const JobValue& file) {
  if (output.layout == Layout::sharded || output.shard_tokens == 0) return;
  fail_key(file, "output.shard_tokens", "only layout 'sharded' has shards: give 'layout: sharded', or leave this key out");
}

void check_places(const Job& job, const JobValue& file) {
  const std::string output = job.output.path + '/', work = job.work + '/';
  if (job.work == "/") fail_key(file, "work", "the root folder cannot be a work folder");
  if (output.starts_with(work)) {
    fail_key(file, "output.path", fmt::format("lies in the work folder {}", job.work));
  }
  if (work.starts_with(output)) fail_key(file, "work", fmt::format("lies in the output {}", job.output.path));
}

void check_cluster_repeats(const Job& job, const JobValue& file) {
  const std::vector<ClusterRepeat>& rules = job.output.repeat_by_cluster;
  const std::string key = "output.repeat_by_cluster";
  if (!rules.empty() && !job.dedup.exact && !job.dedup.near) {
    fail_key(file, key, "without 'dedup.exact' or 'dedup.near' no document has duplicates to be counted");
  }
  for (std::size_t i = 1; i < rules.size(); ++i) {
    if (rules[i].at_least > rules[i - 1].at_least) continue;
    fail_key(file, fmt::format("{}.{}.at_least", key, i), fmt::format("{} after {}: the sizes must rise", rules[i].at_least, rules[i - 1].at_least));
  }
}

void check_spool(const Job& job, const JobValue& file) {
  const SpoolSpec& spool = job.spool;
  if (!spool.encrypt) {
    if (!spool.key_file.empty()) fail_key(file, "spool.key_file", "a key without 'encrypt: true' would encrypt nothing");
    return;
  }
  if (spool.key_file.empty()) fail_key(file, "spool", "the key 'key_file' is missing (without HOME in the environment there is no place for one of its own)");
  for (const std::string& folder : {job.work + '/', job.output.path + '/'}) {
    if (spool.key_file.starts_with(folder)) {
      fail_key(file, "spool.key_file", fmt::format("lies in {}: a key beside what it encrypts protects nothing", folder));
    }
  }
}

/// What lies in either folder is removed, or counts as part of a data set.
void check_watching(const Job& job, const JobValue& file) {
  for (const auto& [key, path] : {std::pair("metrics.path", job.metrics.path), std::pair("log.folder", job.log.folder)}) {
    for (const std::string& folder : {job.work, job.output.path}) {
      if ((path + '/').starts_with(folder + '/')) fail_key(file, key, fmt::format("lies in {}, which is the run's own: choose a place outside", folder));
    }
  }
}

void check_exports(const Job& job, const JobValue& file) {
  if (job.output.windows) check_export(*job.output.windows, "output.windows", file);
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < job.output.formats.size(); ++i) {
    const ExportSpec& spec = job.output.formats[i];
    const std::string key = fmt::format("output.formats.{}", i);
    if (!names.insert(name(spec)).second) fail_key(file, key, fmt::format("'{}' stands here twice: both would be written to the same folder", name(spec)));
    check_export(spec, fmt::format("{}.{}", key, name(spec)), file);
  }
}

}  // namespace

void check_filters(const Job& job, const JobValue& file) {
  for (std::size_t i = 0; i < job.filter.size(); ++i) {
    std::visit([&](const auto& spec) { check(spec, fmt::format("filter.{}", i), file); }, job.filter[i]);
  }
}

void check_job(const Job& job, const JobValue& file) {
  check_input(job, file);
  check_steps(job, file);
  check_pii(job, file);
  check_language(job, file);
  check_filters(job, file);
  check_contamination(job, file);
  check_near(job, file);
  check_sources(job, file);
  check_tokenizer(job, file);
  check_layout(job.output, file);
  check_places(job, file);
  check_cluster_repeats(job, file);
  check_spool(job, file);
  check_watching(job, file);
  check_exports(job, file);
}

}  // namespace quern
