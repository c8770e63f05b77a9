#include "quern/plan/load_job.hpp"

#include "plan/check_job.hpp"
#include "plan/job_keys.hpp"
#include "plan/job_value.hpp"
#include "plan/keys/keys.hpp"
#include "quern/base/hash.hpp"

#include <cstdlib>
#include <filesystem>

namespace quern {

namespace {

constexpr std::uint64_t kDefaultShardTokens = 100'000'000;

/// Absolute, with a slash at its end.
std::string folder_of_job(const std::string& path) {
  std::string folder = std::filesystem::absolute(path).parent_path().string();
  if (!folder.ends_with('/')) folder += '/';
  return folder;
}

Job with_defaults() {
  Job job;
  job.dedup.near.emplace();
  return job;
}

/// Without links, `..` and `.` as far as the path exists, and without slashes at its end: what is published by rename is the folder itself.
std::string resolved_path(const std::string& path) {
  std::error_code error;
  const std::filesystem::path canonical = std::filesystem::weakly_canonical(path, error);
  std::string clean = (error ? std::filesystem::path(path).lexically_normal() : canonical).string();
  while (clean.size() > 1 && clean.ends_with('/')) clean.pop_back();
  return clean;
}

std::string default_work(const Job& job, const std::string& folder) {
  return folder + "work/" + std::filesystem::path(job.output.path).filename().string();
}

/// A key for this work folder alone, far from it: whoever takes a copy of the folder has not got the key.
std::string default_key_file(const std::string& work) {
  const char* const home = std::getenv("HOME");
  if (home == nullptr || *home == '\0') return {};
  return fmt::format("{}/.config/quern/keys/{}", home, hash128(work).hex());
}

void place_key(Job& job) {
  if (!job.spool.encrypt) return;
  job.spool.own_key = job.spool.key_file.empty();
  if (job.spool.own_key) job.spool.key_file = default_key_file(job.work);
  if (!job.spool.key_file.empty()) job.spool.key_file = resolved_path(job.spool.key_file);
}

/// Who encrypts texts while the run lasts does not want them to lie open after it, unless the job asks for them.
void close_report(Job& job, const JobValue& file) {
  const JobValue* const report = file.find("report");
  if (job.spool.encrypt && (report == nullptr || report->find("examples") == nullptr)) job.report.examples = 0;
}

}  // namespace

Job load_job(const std::string& path, std::span<const std::string> sets) {
  JobValue file = parse_job_file(path);
  for (const std::string& set : sets) apply_override(file, set);
  const std::string folder = folder_of_job(path);
  Job job = with_defaults();
  read_section(job, file, job_keys(), folder);
  job.output.path = resolved_path(job.output.path);
  if (job.work.empty()) job.work = default_work(job, folder);
  job.work = resolved_path(job.work);
  place_key(job);
  if (job.output.layout == Layout::sharded && job.output.shard_tokens == 0) job.output.shard_tokens = kDefaultShardTokens;
  close_report(job, file);
  check_job(job, file);
  return job;
}

RefilterJob load_refilter(std::span<const std::string> sets) {
  const Section<Job> keys = {{"filter", required(filter_list())}};
  JobValue overrides;
  overrides.kind = JobValue::Kind::map;
  overrides.where = "--set";
  for (const std::string& set : sets) apply_override(overrides, set);
  Job job;
  read_section(job, overrides, keys, folder_of_job("refilter"));
  check_filters(job, overrides);
  return {job.filter, write_section(job, keys)};
}

namespace {

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) text.replace(at, from.size(), to);
  return text;
}

/// A message names what was typed on the command line, not the job that is made of it.
std::string as_typed(const std::string& message, const std::string& format) {
  const std::string key = fmt::format("formats.0.{}", format), list = fmt::format("--set formats=[{{{}: {{}}}}]", format);
  const std::string text = replaced(replaced(message, key + ".", ""), list, "--format " + format);
  return replaced(text, fmt::format("--format {}: {}: ", format, key), fmt::format("--format {}: ", format));
}

ExportJob load_typed_export(const std::string& format, std::span<const std::string> sets) {
  const Section<OutputSpec> keys = {{"formats", format_list()}};
  JobValue overrides;
  overrides.kind = JobValue::Kind::map;
  overrides.where = "--format";
  apply_override(overrides, fmt::format("formats=[{{{}: {{}}}}]", format));
  for (const std::string& set : sets) apply_override(overrides, fmt::format("formats.0.{}.{}", format, set));
  OutputSpec output;
  read_section(output, overrides, keys, folder_of_job("export"));
  check_export(output.formats.at(0), fmt::format("formats.0.{}", format), overrides);
  return {output.formats[0], export_json(output.formats[0])};
}

}  // namespace

ExportJob load_export(const std::string& format, std::span<const std::string> sets) try {
  return load_typed_export(format, sets);
} catch (const Error& error) {
  fail(error.kind(), "{}", as_typed(error.what(), format));
}

std::string export_json(const ExportSpec& spec) {
  OutputSpec output;
  output.formats = {spec};
  const std::string list = format_list().write(output);
  return list.substr(1, list.size() - 2);
}

}  // namespace quern
