#pragma once
// What a run did: counts that must add up, times, memory. A table for people, report.json for programs.

#include "quern/base/verdict.hpp"
#include "quern/report/clock.hpp"
#include "quern/report/examples.hpp"
#include "quern/report/figures.hpp"
#include "quern/report/limits.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace quern {

/// A record that could not be taken in, for the reader of the report.
struct QuarantineExample {
  std::string file;
  std::uint64_t offset = 0;
  Reason reason = Reason::none;
  std::string message;
};

/// What became of the records of one source, or language.
struct SourceCounts {
  std::string name;
  std::vector<std::uint64_t> by_reason;  ///< by reason code; [0]: kept
  std::uint64_t text_bytes = 0;          ///< of kept documents, after clean
  std::uint64_t tokens = 0;              ///< of kept documents with all their copies, the end-of-text included
  std::uint64_t documents = 0;           ///< with all copies
};

struct RunReport {
  std::string version, plan_digest, digest, output, job;
  std::uint64_t files = 0, units = 0;
  std::string input_digest;             ///< of the input as it lies on disk, the same however it is cut
  std::uint64_t input_times = 0;        ///< of the files' times: when it is another one, the digest tells
  std::uint64_t records = 0, kept = 0, removed = 0, quarantined = 0, tokens = 0;
  std::optional<std::uint64_t> documents;  ///< with all copies; none: as many as are kept
  std::vector<std::uint64_t> by_reason;  ///< by reason code; [0]: kept
  std::vector<std::uint64_t> text_bytes_by_reason;  ///< of cleaned text, by reason code; [0]: kept; empty: not known
  std::vector<SourceCounts> sources;
  std::vector<SourceCounts> languages;   ///< by the language guessed; empty: the job does not ask for languages
  std::uint64_t raw_text_bytes = 0;      ///< of documents, before clean
  std::uint64_t text_bytes_before = 0;   ///< of these, what earlier attempts had read and recorded: this one's rates are without them
  std::uint64_t vocab_size = 0;
  std::uint64_t vocab_size_asked = 0;    ///< of the training; 0: a ready vocabulary
  int ranks = 1;
  double wall_s = 0;
  std::vector<StepTime> steps;
  std::vector<std::uint64_t> peak_memory_bytes;  ///< per rank
  std::vector<std::pair<std::string, std::uint64_t>> near;  ///< what the near step did, by name
  std::vector<std::pair<std::string, std::uint64_t>> training;
  std::vector<std::pair<std::string, std::uint64_t>> passed_over;  ///< records of web archives that are no documents, by kind
  std::vector<std::pair<std::string, std::uint64_t>> pii;  ///< what the steps `pii` have found, by kind
  std::uint64_t documents_with_repeats = 0, documents_with_contamination = 0;  ///< of those that came so far, kept or not
  std::vector<QuarantineExample> quarantine;     ///< the first ones in input order
  std::vector<LimitResult> limits;               ///< of the job, in its order
  std::vector<std::string> left_out;             ///< names that matched an input and were not taken
  std::string placed_job;                        ///< the job with paths, JSON: where everything was that it read; empty: not known
  std::optional<Figures> figures;                ///< of the data set that was written
  std::vector<DuplicateExample> duplicates;
};

/// In = kept + removed + quarantined, in total and by reason; throws Error{check} when they do not add up.
void check_counts(const RunReport& report);

/// Without any text of a document.
std::string report_json(const RunReport& report);

/// examples.json (docs/formats/report.md): texts of duplicates. Empty when there are none.
std::string examples_json(const RunReport& report);

/// What the data set says of itself: records by what became of them, documents, tokens.
void add_counts(RunReport& report, const Provenance& provenance);

/// A finished data set as a report: counts, digests and figures; nothing about the run that made it.
RunReport report_of_dataset(const DatasetReader& data, const Figures& figures);

/// What an examples.json holds, when it is that of the data set with this content digest.
std::vector<DuplicateExample> read_duplicate_examples(const std::string& path, const Hash128& content_digest);

/// Whether a report.json has figures. Throws Error{check} when it is not that of the data set in `path` with this content digest, or is none.
bool has_figures(std::string_view report_json, const std::string& path, const Hash128& content_digest);

/// A report.json without figures, with those of its data set.
std::string with_figures(std::string_view report_json, const RunReport& of_dataset);

struct ReportedInput {
  std::string digest;
  std::uint64_t times = 0;
};
/// What a report.json says of its input; nothing when it cannot be read or says nothing.
std::optional<ReportedInput> read_reported_input(const std::string& path);

/// RunReport::placed_job of a report.json; empty when it cannot be read or does not say it.
std::string read_placed_job(const std::string& path);

/// The table at the end of a run.
std::string report_table(const RunReport& report);

/// 10^6 bytes of text a second and rank, as a report.json says that a run did. Throws Error{plan} when the file is none.
double measured_rate(const std::string& path);

}  // namespace quern
