#pragma once
// The job file as a tree in which every value knows its key and its place, for messages.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

struct JobValue {
  enum class Kind { null, scalar, list, map };
  Kind kind = Kind::null;
  std::string key;      ///< its own name in the map that holds it
  std::string path;     ///< full: "input.0.path"; empty for the job itself
  std::string where;    ///< "job.yaml:3:5" or "--set a.b=c"
  std::string text;     ///< of a scalar
  bool quoted = false;  ///< the scalar stands in quotes: a string, whatever it looks like
  std::vector<JobValue> children;  ///< of a list, or of a map in the order of the file

  JobValue* find(std::string_view name);
  const JobValue* find(std::string_view name) const { return const_cast<JobValue*>(this)->find(name); }
};

/// Throws Error{plan}: "<where>: <path>: <what>".
[[noreturn]] void fail_at(const JobValue& value, const std::string& what);
/// What a value is, for "… expected, not …".
std::string describe(const JobValue& value);

/// Throws Error{plan} with line and column: malformed YAML, duplicate keys, keys that are no scalars.
JobValue parse_job_file(const std::string& path);
/// Puts "a.b=value" in its place. Maps on the way that are not there (or empty) are made; entries of lists must be there.
void apply_override(JobValue& job, const std::string& set);

/// `where` of the value with this path, or of the nearest one that holds it.
std::string where_of(const JobValue& job, std::string_view path);

}  // namespace quern
