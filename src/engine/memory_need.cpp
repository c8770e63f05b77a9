#include "engine/memory_need.hpp"

#include "quern/base/error.hpp"
#include "quern/base/wide.hpp"
#include "quern/dataset/dataset_reader.hpp"
#include "quern/format/warc.hpp"
#include "quern/store/compressed.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>

namespace quern {

namespace {

/// Of a record at home, at the worst moment: 80 bytes of its row, two copies of a candidate (80 each) while they are exchanged, places, keepers
/// and outcomes. Measured: 250 with 100,000 to 400,000 short records.
constexpr std::uint64_t kBytesPerRecord = 300;
/// Half of memory_per_rank is working space of the steps that decide.
constexpr std::uint64_t kShareOfRecords = 2;
constexpr std::uint64_t kMebibyte = 1u << 20;
constexpr std::size_t kFilesPerEntry = 8;

/// What is looked at of an entry of `input`.
struct Sample {
  std::uint64_t bytes = 0, records = 0;
};

std::uint64_t archive_records_in(std::string_view bytes) {
  std::uint64_t records = 0;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    const std::string_view rest = bytes.substr(at);
    const bool begins = look_at_version_line(rest).kind == ArchiveLook::Kind::found || look_at_arc_line(rest).kind == ArchiveLook::Kind::found;
    records += begins ? 1 : 0;
    at = std::min(bytes.find('\n', at), bytes.size());
  }
  return records;
}

/// Ends of records in lines. Of text blocks these are blank lines, here the empty ones.
std::uint64_t count_ends(std::string_view bytes, InputFormat format) {
  std::uint64_t ends = 0;
  char before = '\0';
  for (const char c : bytes) {
    if (c == '\r') continue;
    ends += c == '\n' && (format != InputFormat::text_blocks || before == '\n') ? 1 : 0;
    before = c;
  }
  return ends;
}

/// Adds the first megabyte, decompressed; nothing of a file that cannot be read: the map step accounts for it.
void add_head(const InputFile& file, InputFormat format, CompressedReader& reader, std::string& buffer, Sample& sample) {
  reader.open(file.path, {0, file.bytes, file.bytes});
  for (std::uint64_t bytes = 0; bytes < kMebibyte;) {
    const StreamStep step = reader.next(buffer.data(), buffer.size());
    if (step.kind != StreamStep::Kind::data) return;
    bytes += step.bytes;
    sample.bytes += step.bytes;
    const std::string_view given = std::string_view(buffer).substr(0, step.bytes);
    sample.records += format == InputFormat::warc ? archive_records_in(given) : count_ends(given, format);
  }
}

Sample sample_of(const std::vector<const InputFile*>& files, const Job& job) {
  CompressedReader reader(std::max<std::uint64_t>(job.memory_per_rank / 2, 8 * kMebibyte));
  std::string buffer(kMebibyte / 16, '\0');
  Sample sample;
  const std::size_t picks = std::min(kFilesPerEntry, files.size());
  for (std::size_t i = 0; i < picks; ++i) {
    const InputFile& file = *files[i * files.size() / picks];
    add_head(file, job.input[file.entry].format, reader, buffer, sample);
  }
  return sample;
}

}  // namespace

std::uint64_t estimated_records(const Setup& setup) {
  std::map<std::uint16_t, std::vector<const InputFile*>> by_entry;
  std::map<std::uint16_t, std::uint64_t> bytes;
  for (const InputFile& file : setup.files) {
    by_entry[file.entry].push_back(&file);
    bytes[file.entry] += guessed_text_bytes(file);
  }
  std::uint64_t records = 0;
  for (const auto& [entry, files] : by_entry) {
    const InputFormat format = setup.job.input[entry].format;
    if (is_whole_file(format)) {
      records += files.size();
      continue;
    }
    if (format == InputFormat::dataset) {
      for (const InputFile* file : files) records += DatasetReader(file->path).shape().n_docs;
      continue;
    }
    const Sample sample = sample_of(files, setup.job);
    if (sample.bytes == 0) continue;
    records += static_cast<std::uint64_t>(static_cast<Uint128>(bytes[entry]) * std::max<std::uint64_t>(sample.records, 1) / sample.bytes);
  }
  return records;
}

std::uint64_t least_memory_per_rank(std::uint64_t records, std::uint64_t ranks) {
  const std::uint64_t bytes = kShareOfRecords * kBytesPerRecord * ((records + ranks - 1) / ranks);
  return (bytes + kMebibyte - 1) / kMebibyte * kMebibyte;
}

void check_memory(const Setup& setup, std::uint64_t ranks) {
  const std::uint64_t records = estimated_records(setup), least = least_memory_per_rank(records, ranks);
  if (setup.job.memory_per_rank >= least) return;
  fail(ErrorKind::plan,
       "memory_per_rank: {} MiB are too little for about {} records on {} rank{}: give at least {}MiB, or more ranks (docs/job.md, memory_per_rank)",
       setup.job.memory_per_rank / kMebibyte, records, ranks, ranks == 1 ? "" : "s", least / kMebibyte);
}

}  // namespace quern
