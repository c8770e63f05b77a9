#include "engine/setup.hpp"

#include "engine/dataset_text.hpp"
#include "engine/report_files.hpp"
#include "quern/base/error.hpp"
#include "quern/dataset/dataset.hpp"
#include "quern/plan/canonical.hpp"
#include "quern/plan/load_job.hpp"
#include "quern/plan/units.hpp"

#include <algorithm>
#include <filesystem>

namespace quern {

namespace {

void name_sources(Setup& setup) {
  for (const InputSpec& input : setup.job.input) {
    const auto found = std::find(setup.sources.begin(), setup.sources.end(), input.source);
    setup.source_of_entry.push_back(static_cast<std::uint16_t>(found - setup.sources.begin()));
    if (found == setup.sources.end()) setup.sources.push_back(input.source);
  }
}

/// Remembers a file of the vocabulary, to lie beside the data set under its own name.
void keep_file(const std::string& path, const std::string& bytes, Setup& setup) {
  const std::string name = std::filesystem::path(path).filename();
  if (name == kDatasetFileName || is_report_file(name)) {
    fail(ErrorKind::plan, "{}: a vocabulary lies beside the data set under its own name, and there {} is another file: rename it", path, name);
  }
  setup.tokenizer_files.emplace_back(name, bytes);
}

Tokenizer parse_tokenizer(const TokenizerFiles& files, const TokenizerSpec& spec) {
  Tokenizer tokenizer = Tokenizer::from_files(files, spec.pattern);
  tokenizer.end_of_text(spec.end_of_text);
  return tokenizer;
}

/// Rank 0's files of the tokenizer, parsed by all ranks at the same time. What is wrong with them is said once, by rank 0: the others find
/// the same, and wait for it to end the run.
Tokenizer share_tokenizer(const TokenizerSpec& spec, Setup& setup, World& world) {
  TokenizerFiles files;
  if (world.is_root()) {
    try {
      files = read_tokenizer_files(spec.file);
    } catch (const Error& error) {
      fail(ErrorKind::plan, "tokenizer.file: {}: name a vocabulary that is there (tokenizer.json, .tiktoken, vocab.bpe), or let the job train one", error.what());
    }
    keep_file(files.path, files.bytes, setup);
    if (!files.sibling.empty()) keep_file(files.sibling_path, files.sibling, setup);
  }
  world.broadcast_bytes(files.path);
  world.broadcast_bytes(files.bytes);
  world.broadcast_bytes(files.sibling);
  std::optional<Tokenizer> tokenizer;
  try {
    tokenizer = parse_tokenizer(files, spec);
  } catch (const Error&) {
    if (world.is_root()) throw;
  }
  world.barrier();
  return tokenizer ? *tokenizer : parse_tokenizer(files, spec);
}

void check_same_job(const Setup& setup, World& world) {
  std::string roots = setup.canonical;
  world.broadcast_bytes(roots);
  if (roots != setup.canonical) {
    fail(ErrorKind::plan, "rank {} reads another job file than rank 0: it was changed while the run started, or lies on a disk of one machine only",
         world.rank());
  }
}

}  // namespace

std::uint64_t guessed_text_bytes(const InputFile& file) {
  const bool compressed = file.name.ends_with(".gz") || file.name.ends_with(".zst") || file.name.ends_with(".zstd");
  return file.bytes * (compressed ? kGuessedRatio : 1);
}

std::vector<Signal> Setup::signals() const {
  std::vector<Signal> all = job.signals;
  const auto add = [&all](const std::optional<Signal>& signal) {
    if (signal && std::ranges::count(all, *signal) == 0) all.push_back(*signal);
  };
  for (const FilterSpec& filter : job.filter) {
    if (const auto* quantile = std::get_if<QuantileSpec>(&filter)) add(quantile->signal);
  }
  if (job.dedup.near) add(job.dedup.near->quality);
  return all;
}

std::vector<std::string> Setup::kept_signals() const {
  std::vector<std::string> names;
  for (const Signal signal : job.signals) names.emplace_back(name(signal));
  return names;
}

bool Setup::marks_documents() const {
  const auto marks = [](const std::optional<RepeatSpec>& spec) { return spec && spec->action == RepeatAction::mark; };
  return marks(job.repeats.lines) || marks(job.repeats.paragraphs) || (job.contamination && job.contamination->action == ContaminationAction::tag);
}

std::size_t Setup::place_of(Signal signal) const {
  const std::vector<Signal> all = signals();
  return static_cast<std::size_t>(std::ranges::find(all, signal) - all.begin());
}

std::uint64_t Setup::spool_block_bytes() const { return std::clamp<std::uint64_t>(job.memory_per_rank / 64, 1u << 18, 4u << 20); }

std::size_t Setup::cache_bytes() const {
  constexpr std::uint64_t kLeast = 16u << 20;
  return job.tokenizer_cache ? std::min(job.memory_per_rank / 16, std::max(kLeast, text_bytes_per_rank)) : 0;
}

std::uint32_t Setup::token_bytes() const { return static_cast<std::uint32_t>(token_bytes_for(tokenizer->vocab_size())); }

std::uint32_t Setup::end_of_text() const {
  const bool trained_and_unnamed = job.tokenizer.train && job.tokenizer.end_of_text.empty();
  return tokenizer->end_of_text(trained_and_unnamed ? job.tokenizer.train->special.front() : job.tokenizer.end_of_text);
}

Setup prepare(const std::string& job_path, std::span<const std::string> sets, World& world) {
  Setup setup;
  if (world.is_root()) setup.job = load_job(job_path, sets);
  world.barrier();  // the others read the job file only when rank 0 found it right: an error in it is printed once
  if (!world.is_root()) setup.job = load_job(job_path, sets);
  setup.canonical = canonical_job_json(setup.job);
  check_same_job(setup, world);
  name_sources(setup);
  setup.spool_home.folder = setup.spool_folder();
  setup.spool_home.permissions = setup.job.spool.mode;
  if (!setup.job.tokenizer.train) setup.tokenizer = share_tokenizer(setup.job.tokenizer, setup, world);
  std::string digest;
  if (world.is_root()) {
    setup.files = list_inputs(setup.job, &setup.left_out);
    check_datasets(setup.job, setup.files);
    setup.plan_digest = plan_digest(setup.job, setup.files, setup.tokenizer ? setup.tokenizer->digest() : Hash128{});
    digest.assign(reinterpret_cast<const char*>(&setup.plan_digest), sizeof setup.plan_digest);
  }
  world.broadcast_bytes(digest);
  std::uint64_t text_bytes = 0;  // files are on rank 0 only
  for (const InputFile& file : setup.files) text_bytes += guessed_text_bytes(file);
  setup.text_bytes_per_rank = world.sum(text_bytes) / static_cast<std::uint64_t>(world.size());
  std::copy(digest.begin(), digest.end(), reinterpret_cast<char*>(&setup.plan_digest));
  return setup;
}

}  // namespace quern
