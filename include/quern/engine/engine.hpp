#pragma once
// The conductor: what the program's commands do.

#include "quern/comm/world.hpp"

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace quern {

struct RunOptions {
  std::string job_path;
  std::vector<std::string> sets;  ///< overrides "a.b=value"
  bool overwrite = false;         ///< an output of another job gives way
  bool restart = false;           ///< what the work folder has is removed
};

enum class RunEnd {
  done,
  stopped,  ///< told to end by a signal: the same command goes on
  limits    ///< a limit of the job is not met: nothing is published, and the same command with other limits goes on
};

/// `quern run`: a job from its input to a published data set. Collective. Messages and the table at the end go to `out` on rank 0.
/// An output that is there and has the same plan digest is left as it is; one with another is refused unless `overwrite`.
/// What a run that was killed has recorded in the work folder is not done again, whatever the number of ranks then and now.
RunEnd run_job(const RunOptions& options, std::ostream& out, World& world);

/// `quern status`: what is done in a work folder, and how fast. One process; reads only.
void print_status(const std::string& work_folder, std::ostream& out);
/// The same by the job file.
void print_status_of_job(const RunOptions& options, std::ostream& out);

/// `quern plan`: what a run would do. One process.
void print_plan(const RunOptions& options, std::ostream& out);

/// What a run is to have on a Slurm cluster.
struct BatchRequest {
  std::optional<std::uint64_t> nodes, tasks_per_node;  ///< not given: as in the script
  double mb_per_s_per_rank = 0;  ///< 10^6 bytes of text a second; 0: from `report`, else a careful guess
  std::string report;            ///< report.json of an earlier run
  std::string script;            ///< a batch script to check, instead of printing one
};
/// `quern plan --slurm`: a batch script that needs no more arguments; or, when `script` is given, whether its #SBATCH lines are enough for the
/// job: Error{plan} names each that is not. One process.
void plan_batch(const RunOptions& options, const BatchRequest& request, std::ostream& out);

/// `quern clean`: a line {"id":…,"text":…} per document after clean, in input order. One process.
void print_clean(const RunOptions& options, std::ostream& out);

/// `quern classify`: a line "id, label, score in thousandths, reliable (0 or 1), verdict of the job's `language`", tab-separated, per document, in
/// input order. A job without the section is taken with its defaults. One process.
void print_languages(const RunOptions& options, std::ostream& out);

/// `quern quarantine`: the records of the job's finished data set that could not be taken in, read again from the input at the places that
/// the ledger names. A line {"id":…,"file":…,"offset":…,"reason":…,"message":…} each; or, `raw`, the lines themselves, byte for byte, for those
/// that are lines. `to`: a new file of mode 0600 in place of `out`. One process; memory as for reading.
struct QuarantineRequest {
  std::string job_path;
  std::vector<std::string> sets;
  bool raw = false;
  std::string to;
};
void print_quarantine(const QuarantineRequest& request, std::ostream& out);

/// `quern refilter`: a data set with other thresholds, from the signals that it keeps, without a look at the corpus. Collective.
struct RefilterRequest {
  std::string path;  ///< of a finished data set
  std::string to;    ///< the new one
  std::vector<std::string> sets;
  bool overwrite = false;
};
void refilter_dataset(const RefilterRequest& request, std::ostream& out, World& world);

/// `quern reproduce`: the job that made a data set is run again, from what the data set says of it, and the results are compared. Collective.
/// Before anything is computed, rank 0 compares names, sizes and digests of all input files, the vocabulary and the side files with those in
/// the data set: Error{plan} names those that are missing, new or changed. What comes out is compared by content digest, and by the seal where
/// the program is the same; lines on `out` say in what it differs.
struct ReproduceRequest {
  std::string path;                      ///< of a finished data set
  std::string to;                        ///< the new one, which stays; empty: <path>.reproduced, which stays only when it differs
  std::string job_path;                  ///< job file to take places from; empty: report.json beside the data set
  std::vector<std::string> input_roots;  ///< where the input is now: one folder for all entries, or one for each
  std::vector<std::string> sets;         ///< overrides of capacities
};
/// Exit code of `quern reproduce` for ReproduceEnd::different: nothing failed.
inline constexpr int kDiffersExitCode = 12;
enum class ReproduceEnd { same, different, stopped };
ReproduceEnd reproduce_dataset(const ReproduceRequest& request, std::ostream& out, World& world);

/// `quern card`: the data card, from provenance.json beside a data set; with the texts of the section `about` of a job file, if one is given.
/// One process.
void print_card(const std::string& path, const std::string& job_path, std::ostream& out);

/// `quern export`: a finished data set in the format of a trainer (docs/export.md). Collective. Lines about it go to `out` on rank 0.
struct ExportCommand {
  std::string path;    ///< of a finished data set
  std::string format;  ///< a name of docs/export.md
  std::string to;      ///< the new folder
  std::vector<std::string> sets;  ///< options "length=2048"
  bool overwrite = false;         ///< an older export gives way (never anything else)
  bool verify = true;             ///< the data set first: nothing is made of a damaged one; reads it once more
};
void export_files(const ExportCommand& command, std::ostream& out, World& world);

/// `quern report`: writes report.html of a finished data set again. Figures that the report.json beside it lacks, or has for want of one, are
/// measured. `to`: another file than the data set's own. Collective; messages go to `out` on rank 0.
struct ReportRequest {
  std::string path;
  std::string to;
  bool no_texts = false;  ///< leave out the examples of duplicates
};
void write_report(const ReportRequest& request, std::ostream& out, World& world);

/// Whether the vocabulary that a data set was made with lies beside it, by its digest. One process.
bool has_vocabulary_beside(const std::string& path);

/// `quern encode`: a line {"id":…,"tokens":[…]} per document of a JSON lines file, of the raw text. One process.
void print_tokens(const std::string& tokenizer_path, const std::string& pattern, const std::string& input_path, std::ostream& out);

/// `quern show`: a data set in the terminal, documents decoded by the tokenizer given, or else the one beside the data set. Without anything asked
/// for a summary and pictures, from the report.json beside it, or measured where it has no figures.
/// `cluster`: own id or record number of a kept or removed document: all that were removed for the same one, and how their texts differ. Texts of
/// removed documents are read again from the input of the job `job_path`.
struct ShowRequest {
  std::string path;
  std::string tokenizer_path, pattern;
  long long document = -1, removed = -1;
  std::string cluster;
  std::uint64_t most = 20;  ///< documents of a cluster
  std::string job_path;
  std::vector<std::string> sets;
  bool ascii = false;
};
void show(const ShowRequest& request, std::ostream& out);

}  // namespace quern
