#include "engine/run_report.hpp"

#include "engine/duplicate_examples.hpp"
#include "engine/flags.hpp"
#include "engine/input_check.hpp"
#include "engine/untrusted.hpp"
#include "quern/base/version.hpp"
#include "quern/plan/canonical.hpp"

#include <algorithm>
#include <cstring>

namespace quern {

namespace {

constexpr std::size_t kQuarantineExamples = 20;

/// The first quarantined records in input order, on rank 0: file number, offset, reason, message.
std::vector<QuarantineExample> quarantine_examples(const Records& records, const Setup& setup, World& world) {
  SpoolReader spool(setup.spool_home, records.phase);
  std::string packed;
  std::size_t found = 0;
  for (std::size_t i = 0; i < records.size() && found < kQuarantineExamples; ++i) {
    if (records.verdict[i] != Verdict::quarantined) continue;
    auto [row, message] = spool.record(records.ref[i]);
    // What was given before its checksum was found wrong has a text in the spool, which belongs into no report.
    if (row.verdict != Verdict::quarantined) message = kDistrusted;
    row.reason = records.reason[i];
    const std::uint64_t length = message.size();
    packed.append(reinterpret_cast<const char*>(&row), sizeof row);
    packed.append(reinterpret_cast<const char*>(&length), sizeof length);
    packed += message;
    ++found;
  }
  std::vector<QuarantineExample> examples;
  for (std::string_view part : world.gather_bytes(packed)) {
    while (!part.empty() && examples.size() < kQuarantineExamples) {
      SpoolRow row;
      std::uint64_t length = 0;
      std::memcpy(&row, part.data(), sizeof row);
      std::memcpy(&length, part.data() + sizeof row, sizeof length);
      part.remove_prefix(sizeof row + sizeof length);
      examples.push_back({setup.files[row.file].name, row.offset, row.reason, std::string(part.substr(0, length))});
      part.remove_prefix(length);
    }
  }
  return examples;
}

std::uint64_t count_flag(Flag flag, const Records& records, World& world) {
  return world.sum(static_cast<std::uint64_t>(std::ranges::count_if(records.flags, [&](std::uint32_t flags) { return (flags & flag_of(flag)) != 0; })));
}

/// `names`: of the groups; `group`: which of them each record is of.
std::vector<SourceCounts> counts_by(const std::vector<std::string>& names, const std::vector<std::uint16_t>& group, const Records& records, World& world) {
  constexpr std::size_t kReasons = static_cast<std::size_t>(Reason::count_), kWidth = kReasons + 3;
  std::vector<std::uint64_t> counts(names.size() * kWidth, 0);
  for (std::size_t i = 0; i < records.size(); ++i) {
    std::uint64_t* const of_source = counts.data() + group[i] * kWidth;
    ++of_source[static_cast<std::size_t>(records.reason[i])];
    if (!records.is_alive(i)) continue;
    of_source[kReasons] += records.text_bytes[i];
    of_source[kReasons + 1] += records.copies_of(i) * (records.tokens[i] + std::uint64_t{1});
    of_source[kReasons + 2] += records.copies_of(i);
  }
  world.all_reduce_sum(counts);
  std::vector<SourceCounts> sources;
  for (std::size_t s = 0; s < names.size(); ++s) {
    const auto of_source = counts.begin() + static_cast<std::ptrdiff_t>(s * kWidth);
    sources.push_back({names[s], {of_source, of_source + kReasons}, of_source[kReasons], of_source[kReasons + 1], of_source[kReasons + 2]});
  }
  return sources;
}

std::vector<std::uint64_t> text_bytes_by_reason(const Records& records, World& world) {
  std::vector<std::uint64_t> bytes(static_cast<std::size_t>(Reason::count_), 0);
  for (std::size_t i = 0; i < records.size(); ++i) bytes[static_cast<std::size_t>(records.reason[i])] += records.text_bytes[i];
  world.all_reduce_sum(bytes);
  return bytes;
}

/// What can be told of the data set alone, once it is written.
void add_figures(RunReport& report, const RunResults& results, World& world) {
  const DatasetReader data(results.data);
  report.figures = measure(data, world);
  report.duplicates = duplicate_examples(results.records, data, report.figures->clusters, results.setup, world);
}

}  // namespace

std::vector<SourceCounts> counts_by_source(const Records& records, World& world) {
  return counts_by(records.sources, records.source, records, world);
}

RunReport make_report(const RunResults& results, const StepClock& clock, World& world) {
  const Setup& setup = results.setup;
  const Provenance& provenance = results.written.provenance;
  RunReport report;
  report.version = version();
  report.plan_digest = setup.plan_digest.hex();
  report.digest = results.written.digest.hex();
  report.output = setup.job.output.path;
  report.job = setup.canonical;
  report.files = setup.files.size();
  report.units = results.mapped.places.size();
  report.input_digest = results.mapped.input_digest.hex();
  report.input_times = times_of(setup.files);
  add_counts(report, provenance);
  report.text_bytes_by_reason = text_bytes_by_reason(results.records, world);
  report.sources = counts_by_source(results.records, world);
  if (setup.job.language) report.languages = counts_by(results.records.languages, results.records.language, results.records, world);
  report.placed_job = placed_job_json(setup.job);
  add_figures(report, results, world);
  for (std::size_t kind = 0; kind < kPiiKinds; ++kind) {
    if (results.mapped.pii.of[kind] > 0) report.pii.emplace_back(kPiiKindNames[kind], results.mapped.pii.of[kind]);
  }
  report.documents_with_repeats = count_flag(Flag::repeats, results.records, world);
  report.documents_with_contamination = count_flag(Flag::contamination, results.records, world);
  report.raw_text_bytes = results.mapped.raw_text_bytes;
  report.text_bytes_before = results.mapped.text_bytes_before;
  report.vocab_size = provenance.vocab_size;
  if (setup.job.tokenizer.train) report.vocab_size_asked = setup.job.tokenizer.train->vocab_size;
  report.ranks = world.size();
  report.steps = clock.gather(world);
  const std::uint64_t peak = peak_memory_bytes();
  report.peak_memory_bytes = world.all_gather<std::uint64_t>({&peak, 1});
  report.near = {{"bucket_rows", results.near.bucket_rows},   {"passes", results.near.passes},
                 {"rounds", results.near.rounds},             {"comparisons", results.near.comparisons},
                 {"exact_checks", results.near.exact_checks}, {"finished_on_one_rank", results.near.gathered}};
  if (setup.job.tokenizer.train) {
    report.training = {{"distinct_words", results.trained.distinct_words}, {"words_left_out", results.trained.words_left_out}};
  }
  report.quarantine = quarantine_examples(results.records, setup, world);
  report.left_out = setup.left_out;
  for (std::size_t kind = 0; kind < kPassedOver; ++kind) {
    if (results.mapped.passed_over[kind] > 0) report.passed_over.emplace_back(kPassedOverNames[kind], results.mapped.passed_over[kind]);
  }
  report.wall_s = clock.elapsed_s();
  return report;
}

}  // namespace quern
