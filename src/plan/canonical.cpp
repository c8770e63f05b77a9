#include "quern/plan/canonical.hpp"

#include "plan/job_keys.hpp"
#include "quern/text/unicode.hpp"

namespace quern {

namespace {

void add_number(Hasher128& hasher, std::uint64_t number) { hasher.add_value(number); }

/// With its length: no two lists of texts run together to the same bytes.
void add_text(Hasher128& hasher, std::string_view text) {
  add_number(hasher, text.size());
  hasher.add(text);
}

}  // namespace

std::string canonical_job_json(const Job& job) { return write_section(job, job_keys()); }

std::string placed_job_json(const Job& job) {
  Job placed = job;
  placed.output.path.clear();
  return write_section(placed, job_keys(), Form::placed);
}

std::string about_json(const AboutSpec& about) { return write_section(about, about_keys()); }

Hash128 plan_digest(const Job& job, std::span<const InputFile> files, const Hash128& tokenizer_digest) {
  Hasher128 hasher;
  add_text(hasher, kAlgorithms);
  add_text(hasher, kUnicodeVersion);
  add_text(hasher, canonical_job_json(job));
  add_text(hasher, tokenizer_digest.hex());
  add_number(hasher, files.size());
  for (const InputFile& file : files) {
    add_number(hasher, file.entry);
    add_text(hasher, file.name);
    add_number(hasher, file.bytes);
  }
  return hasher.digest();
}

}  // namespace quern
