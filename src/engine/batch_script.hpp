#pragma once
// Batch scripts for Slurm: their #SBATCH lines, read and written. No Slurm is asked.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

/// slurm/quern.sbatch, as it was when the program was built.
extern const std::string_view kBatchScript;

/// What the #SBATCH lines of a script ask for; what they do not speak of is absent.
struct BatchOptions {
  std::optional<std::uint64_t> nodes, tasks, tasks_per_node, cpus_per_task;
  std::optional<std::uint64_t> mem_per_cpu_bytes, mem_per_node_bytes;  ///< 0 means all that a node has
  std::optional<std::uint64_t> time_s;                                 ///< UINT64_MAX: no limit
  std::optional<std::uint64_t> signal_s;  ///< before the limit that USR1 is sent to the shell
  bool requeue = true;                    ///< may be queued again: Slurm's own default
  bool appends = false;                   ///< the log of an attempt does not wipe that of the one before

  std::uint64_t ranks() const;
  /// What a task may take; absent when the script leaves it to the cluster, UINT64_MAX when it takes whole nodes.
  std::optional<std::uint64_t> bytes_per_task() const;
};

/// Reads long and short options, with `=` or a blank. Throws Error{plan} with `name` and the line for a value that is none.
BatchOptions read_batch_options(std::string_view script, const std::string& name);

/// The script with other values on its #SBATCH lines: each {"--option", "value"} must be on one of them.
std::string with_options(std::string_view script, const std::vector<std::pair<std::string, std::string>>& values);

/// A word for the shell, quoted when it has to be.
std::string shell_word(const std::string& text);

/// 3725 → "01:02:05", with days before it when there are any: as Slurm writes times.
std::string slurm_time(std::uint64_t seconds);

}  // namespace quern
