#pragma once
// What every rank knows before the first document is read.

#include "quern/base/hash.hpp"
#include "quern/base/job.hpp"
#include "quern/base/unit.hpp"
#include "quern/comm/world.hpp"
#include "quern/plan/inputs.hpp"
#include "quern/store/spool.hpp"
#include "quern/tokenize/tokenizer.hpp"

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace quern {

struct Setup {
  Job job;
  std::string canonical;  ///< the job as the plan digest sees it
  Hash128 plan_digest;
  std::optional<Tokenizer> tokenizer;       ///< none yet when the job trains one
  std::vector<std::string> sources;         ///< distinct names
  std::vector<std::uint16_t> source_of_entry;
  SpoolHome spool_home;  ///< its key is there when the work folder is open
  std::uint64_t text_bytes_per_rank = 0;  ///< by a fixed guess
  // On rank 0 only: the list of inputs may be long.
  std::vector<InputFile> files;
  std::vector<Hash128> file_digests;  ///< of their bytes on disk; known when the map step is through
  std::vector<Unit> units;  ///< known when the work folder is open: a run that goes on keeps its cut
  std::vector<std::string> left_out;
  std::vector<std::pair<std::string, std::string>> tokenizer_files;  ///< name and bytes, of a ready vocabulary

  /// Signals that are measured of each document: first those that become columns, then what corpus decisions go by.
  std::vector<Signal> signals() const;
  /// Names of those that become columns.
  std::vector<std::string> kept_signals() const;
  /// Whether documents get flags that the data set keeps.
  bool marks_documents() const;
  /// Where the value of a signal stands among signals().
  std::size_t place_of(Signal signal) const;
  std::string spool_folder() const { return job.work + "/spool"; }
  /// Payload at which a block of the spool is written.
  std::uint64_t spool_block_bytes() const;
  /// Of an encoder: as much as a rank has text, for all of it must be cleared before it is of use.
  std::size_t cache_bytes() const;
  /// A token in the spool and in the data set.
  std::uint32_t token_bytes() const;
  /// The token that ends a document.
  std::uint32_t end_of_text() const;
};

/// Decompressed, by the ending of its name.
std::uint64_t guessed_text_bytes(const InputFile& file);

/// Collective. The job on each rank, which parses the file for itself; an error in it is raised on rank 0 alone, once.
Job load_job_together(const std::string& job_path, std::span<const std::string> sets, World& world);

/// Collective. Checks that all ranks see the same job. Rank 0 alone looks at the inputs and the tokenizer; an error in them is raised there alone, once.
Setup prepare(Job job, World& world);
/// Both.
Setup prepare(const std::string& job_path, std::span<const std::string> sets, World& world);

}  // namespace quern
