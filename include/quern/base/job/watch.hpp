#pragma once
// How a run is watched, and what makes it warn or fail. Nothing of it changes a byte of the data set: it is no part of the plan digest.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace quern {

enum class ShowProgress {
  automatic,  ///< `terminal` where standard error is one, else `lines`
  terminal,   ///< one line, drawn again in place
  lines,
  none
};

struct ProgressSpec {
  ShowProgress show = ShowProgress::automatic;
  std::uint64_t every_seconds = 30;  ///< between two lines
};

/// A file for the textfile collector of node_exporter; an empty path: none.
struct MetricsSpec {
  std::string path;
  std::uint64_t every_seconds = 15;
  std::string run;  ///< label of every metric; empty: the last name of output.path
};

enum class LogLevel { debug, info, warn, error };

/// JSON lines, a file per rank; an empty folder: none.
struct LogSpec {
  std::string folder;
  LogLevel level = LogLevel::info;
  std::uint64_t max_bytes = 64u << 20;
  std::uint32_t files = 5;  ///< kept of each rank, the one that is written included
};

enum class LimitAction { fail, warn };

/// Bounds of one number. A plain one does what `LimitsSpec::action` says.
struct Limit {
  std::optional<std::uint64_t> plain, warn, fail;
};

/// Ratios in millionths of the records in.
struct CountLimits {
  Limit max_removed, max_quarantined, max_duplicates;
  Limit min_documents, min_tokens;
};

struct SourceLimits : CountLimits {
  std::string source;
};

struct LimitsSpec : CountLimits {
  Limit min_mb_per_s;  ///< millionths of 10^6 bytes of text a second, all ranks: bytes a second
  std::vector<SourceLimits> by_source;
  LimitAction action = LimitAction::fail;
};

}  // namespace quern
