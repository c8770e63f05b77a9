#pragma once
// The log of a rank: a file of JSON lines, beside the messages on standard error.

#include "quern/base/job/watch.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace quern {

/// What stands in a line besides its message.
using LogFields = std::vector<std::pair<std::string_view, std::variant<std::uint64_t, double, std::string>>>;

/// From now on every message of this process goes also to <folder>/rank-<number>.jsonl, in which each line is a JSON object; a file of `max_bytes` gives
/// way to a new one, and `files` of them are kept. Not collective. Throws Error{store} when the file cannot be made. An empty folder: does nothing.
void open_log(const LogSpec& spec, int rank);

/// To the file alone; nothing without one. A line is with the system when it returns.
void log_event(LogLevel level, std::string_view message, const LogFields& fields = {});

/// Closes the file. Messages go to standard error alone again.
void close_log();

/// One line without its end: {"time":…,"level":…,"rank":…,"host":…,"step":…,"message":…, fields}. Valid JSON whatever the texts hold.
std::string log_line(std::int64_t time_ns, std::string_view level, int rank, std::string_view host, std::string_view step, std::string_view message,
                     const LogFields& fields);

}  // namespace quern
