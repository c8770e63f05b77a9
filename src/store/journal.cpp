#include "quern/store/journal.hpp"

#include "quern/base/hash.hpp"

#include <array>
#include <chrono>
#include <cstring>

namespace quern {

namespace {

constexpr std::array<char, 8> kMagic = {'Q', 'U', 'E', 'R', 'N', 'J', 'N', 'L'};
constexpr std::uint32_t kVersion = 1;

struct Header {
  std::array<char, 8> magic = kMagic;
  std::uint32_t version = kVersion;
  std::uint32_t kind = 0;
  std::uint64_t epoch = 0;
  std::uint64_t sequence = 0;
  std::uint64_t bytes = 0;
  std::uint64_t payload_checksum = 0;
  std::int64_t time_s = 0;
  std::uint64_t checksum = 0;

  std::string_view covered() const { return {reinterpret_cast<const char*>(this), sizeof *this - sizeof checksum}; }
};
static_assert(sizeof(Header) == 64);

/// The header at `at`, if a whole batch begins there.
bool whole_batch_at(std::string_view bytes, std::size_t at, Header& header) {
  if (bytes.size() - at < sizeof header) return false;
  std::memcpy(&header, bytes.data() + at, sizeof header);
  if (header.magic != kMagic || header.checksum != hash64(header.covered())) return false;
  const std::uint64_t rest = bytes.size() - at - sizeof header;
  return header.bytes <= rest && hash64(bytes.substr(at + sizeof header, header.bytes)) == header.payload_checksum;
}

bool whole_batch_behind(std::string_view bytes, std::size_t at) {
  const std::string_view magic(kMagic.data(), kMagic.size());
  Header header;
  for (std::size_t next = bytes.find(magic, at); next != std::string_view::npos; next = bytes.find(magic, next + 1)) {
    if (whole_batch_at(bytes, next, header)) return true;
  }
  return false;
}

}  // namespace

JournalContents read_journal(const std::string& path) {
  const std::string bytes = read_file(path);
  JournalContents contents;
  Header header;
  while (contents.end < bytes.size() && whole_batch_at(bytes, contents.end, header)) {
    if (header.version != kVersion) {
      fail(ErrorKind::refused, "{}: written by another version of quern (format {}, this one writes {}): finish it with that one, or give --restart",
           path, header.version, kVersion);
    }
    if (header.sequence != contents.batches.size()) {
      fail(ErrorKind::refused, "{}: batch {} at offset {}, expected {}: the journal is damaged; give --restart to begin anew", path, header.sequence,
           contents.end, contents.batches.size());
    }
    contents.batches.push_back({header.kind, header.epoch, header.time_s, bytes.substr(contents.end + sizeof header, header.bytes)});
    contents.end += sizeof header + header.bytes;
  }
  contents.torn = bytes.size() - contents.end;
  if (contents.torn != 0 && whole_batch_behind(bytes, contents.end + 1)) {
    fail(ErrorKind::refused, "{}: damaged at offset {}, with whole batches behind it: give --restart to begin anew", path, contents.end);
  }
  return contents;
}

JournalWriter::JournalWriter(const std::string& path, std::uint64_t epoch, unsigned permissions)
    : file_(path, File::Mode::create, permissions), epoch_(epoch) {}

JournalWriter::JournalWriter(const std::string& path, const JournalContents& contents, std::uint64_t epoch)
    : file_(path, File::Mode::update), epoch_(epoch), sequence_(contents.batches.size()) {
  file_.truncate(contents.end);
}

void JournalWriter::append(std::uint32_t kind, std::string_view payload) {
  Header header;
  header.kind = kind;
  header.epoch = epoch_;
  header.sequence = sequence_++;
  header.bytes = payload.size();
  header.time_s = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  header.payload_checksum = hash64(payload);
  header.checksum = hash64(header.covered());
  std::string batch(reinterpret_cast<const char*>(&header), sizeof header);
  batch += payload;
  file_.append(batch);
  file_.sync();
}

}  // namespace quern
