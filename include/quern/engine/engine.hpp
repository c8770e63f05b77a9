#pragma once
// The conductor: what the program's commands do.

#include "quern/comm/world.hpp"

#include <iosfwd>
#include <string>
#include <vector>

namespace quern {

struct RunOptions {
  std::string job_path;
  std::vector<std::string> sets;  ///< overrides "a.b=value"
  bool overwrite = false;         ///< an output of another job gives way
};

/// `quern run`: a job from its input to a published data set. Collective. Messages and the table at the end go to `out` on rank 0.
/// An output that is there and has the same plan digest is left as it is; one with another is refused unless `overwrite`.
void run_job(const RunOptions& options, std::ostream& out, World& world);

/// `quern plan`: what a run would do. One process.
void print_plan(const RunOptions& options, std::ostream& out);

/// `quern clean`: a line {"id":…,"text":…} per document after clean, in input order. One process.
void print_clean(const RunOptions& options, std::ostream& out);

/// `quern encode`: a line {"id":…,"tokens":[…]} per document of a JSON lines file, of the raw text. One process.
void print_tokens(const std::string& tokenizer_path, const std::string& pattern, const std::string& input_path, std::ostream& out);

/// `quern show`: a data set in the terminal, documents decoded by the tokenizer given, or else the one beside the data set.
struct ShowRequest {
  std::string path;
  std::string tokenizer_path, pattern;
  long long document = -1, removed = -1;
};
void show(const ShowRequest& request, std::ostream& out);

}  // namespace quern
