#include "quern/store/spool.hpp"

#include "quern/base/error.hpp"
#include "quern/base/heartbeat.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace quern {

namespace {

constexpr std::array<char, 8> kMagic = {'Q', 'U', 'E', 'R', 'N', 'S', 'P', 'L'};
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kOpenFiles = 64;
constexpr std::uint64_t kWritePieceBytes = 4u << 20;
constexpr std::size_t kRowsPerBlock = 1u << 16;
enum Section { kRows, kIds, kSignatures, kPayload, kSections };

}  // namespace

struct SpoolReader::Header {
  std::array<char, 8> magic = kMagic;
  std::uint32_t version = kVersion;
  std::uint32_t rows = 0;
  std::uint64_t unit = 0;
  std::uint64_t first_ordinal = 0;
  std::array<std::uint64_t, kSections> bytes = {};
  std::array<std::uint64_t, kSections> checksums = {};
  std::uint32_t signature_bytes = 0;
  std::uint32_t zero = 0;
  std::array<std::uint64_t, 2> reserved = {};
  std::uint64_t checksum = 0;

  std::string_view covered() const { return {reinterpret_cast<const char*>(this), sizeof *this - sizeof checksum}; }
  std::uint64_t section_start(int section) const {
    std::uint64_t start = sizeof *this;
    for (int s = 0; s < section; ++s) start += bytes[static_cast<std::size_t>(s)];
    return start;
  }
};

std::string segment_path(const std::string& folder, const std::string& phase, std::uint64_t segment) {
  return fmt::format("{}/{}.{:05}.spool", folder, phase, segment);
}

void remove_segments(const std::string& folder) {
  if (!path_exists(folder)) return;
  std::error_code error;
  std::vector<std::filesystem::path> segments;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (at->path().extension() == ".spool") segments.push_back(at->path());
  }
  if (error) fail(ErrorKind::store, "{}: cannot list the folder: {}", folder, error.message());
  for (const auto& segment : segments) {
    beat();
    remove_all(segment.string());
  }
  std::filesystem::remove(folder, error);  // only an empty folder goes; anything else in it is not ours
}

SpoolWriter::SpoolWriter(const std::string& folder, const std::string& phase, std::uint64_t segment, std::uint32_t signature_bytes,
                         std::uint64_t block_bytes)
    : folder_(folder), path_(segment_path(folder, phase, segment)), signature_bytes_(signature_bytes), block_bytes_(block_bytes) {
  place_.segment = segment;
}

void SpoolWriter::begin(std::uint64_t unit) {
  place_ = {.unit = unit, .segment = place_.segment, .begin = file_.written(), .end = file_.written()};
  first_ordinal_ = 0;
}

void SpoolWriter::add(SpoolRow row, std::string_view id, std::string_view signature, std::string_view payload) {
  row.payload_start = payload_.size();
  row.payload_bytes = static_cast<std::uint32_t>(payload.size());
  row.id_bytes = static_cast<std::uint32_t>(id.size());
  row.signature = kNoSignature;
  if (!signature.empty()) {
    row.signature = static_cast<std::uint32_t>(signatures_.size() / signature_bytes_);
    signatures_ += signature;
  }
  ids_ += id;
  payload_ += payload;
  rows_.push_back(row);
  ++place_.records;
  if (row.verdict == Verdict::kept) place_.text_bytes += row.text_bytes;
  if (payload_.size() >= block_bytes_ || rows_.size() >= kRowsPerBlock) flush();
}

void SpoolWriter::flush() {
  if (rows_.empty()) return;
  beat();
  const std::string_view rows = as_bytes(std::span<const SpoolRow>(rows_));
  const std::array<std::string_view, kSections> sections = {rows, ids_, signatures_, payload_};
  SpoolReader::Header header;
  header.rows = static_cast<std::uint32_t>(rows_.size());
  header.unit = place_.unit;
  header.first_ordinal = first_ordinal_;
  header.signature_bytes = signature_bytes_;
  for (std::size_t s = 0; s < kSections; ++s) {
    header.bytes[s] = sections[s].size();
    header.checksums[s] = hash64(sections[s]);
  }
  header.checksum = hash64(header.covered());
  if (!file_.is_open()) file_ = File(path_, File::Mode::replace);
  file_.append({reinterpret_cast<const char*>(&header), sizeof header});
  for (const std::string_view section : sections) file_.append(section);
  start_writing();
  first_ordinal_ += rows_.size();
  rows_.clear();
  ids_.clear();
  signatures_.clear();
  payload_.clear();
}

/// In large pieces: a call for every block of a small unit would cost more than it helps.
void SpoolWriter::start_writing() {
  if (file_.written() - writing_ < kWritePieceBytes) return;
  file_.start_writing(writing_, file_.written() - writing_);
  writing_ = file_.written();
}

UnitPlace SpoolWriter::end() {
  flush();
  place_.end = file_.written();
  return place_;
}

void SpoolWriter::abandon() {
  rows_.clear();
  ids_.clear();
  signatures_.clear();
  payload_.clear();
}

void SpoolWriter::sync() {
  if (!file_.is_open()) return;
  file_.sync();
  if (!std::exchange(named_, true)) sync_folder(folder_);
}

void SpoolWriter::close() {
  sync();
  file_.close();
}

bool SpoolReader::is_whole(const UnitPlace& place) try {
  beat();
  if (place.begin == place.end) return place.records == 0;  // its segment may hold nothing, and then there is none
  const File& file = segment(place.segment);
  if (file.size() < place.end) return false;
  std::uint64_t at = place.begin, records = 0;
  while (at < place.end) {
    const Header header = read_header(file, at);
    if (header.unit != place.unit || header.first_ordinal != records) return false;
    records += header.rows;
    at += header.section_start(kSections);
  }
  return at == place.end && records == place.records;
} catch (const Error&) {
  return false;
}

const File& SpoolReader::segment(std::uint64_t number) {
  const auto found = std::find_if(open_.begin(), open_.end(), [&](const Open& open) { return open.segment == number; });
  if (found != open_.end()) {
    open_.splice(open_.begin(), open_, found);
  } else {
    if (open_.size() >= kOpenFiles) open_.pop_back();
    open_.push_front({number, File(segment_path(folder_, phase_, number), File::Mode::read)});
  }
  return open_.front().file;
}

SpoolReader::Header SpoolReader::read_header(const File& file, std::uint64_t position) {
  static_assert(sizeof(Header) == 128);
  Header header;
  file.read_at(position, &header, sizeof header);
  if (header.magic != kMagic || header.version != kVersion || header.checksum != hash64(header.covered()) ||
      header.bytes[kRows] != std::uint64_t{header.rows} * sizeof(SpoolRow)) {
    fail(ErrorKind::store, "{}: damaged block header at offset {}: delete the work folder and run again", file.path(), position);
  }
  return header;
}

std::string SpoolReader::read_section(const File& file, const Header& header, std::uint64_t position, int section) {
  const auto s = static_cast<std::size_t>(section);
  std::string bytes(header.bytes[s], '\0');
  const std::uint64_t start = position + header.section_start(section);
  file.read_at(start, bytes.data(), bytes.size());
  if (hash64(bytes) != header.checksums[s]) {
    fail(ErrorKind::store, "{}: checksum mismatch in the {} bytes at offset {}: delete the work folder and run again", file.path(),
         bytes.size(), start);
  }
  return bytes;
}

SpoolBlock SpoolReader::block(const UnitPlace& place, std::uint64_t position, Sections sections, std::uint64_t& next) {
  beat();
  const File& file = segment(place.segment);
  const Header header = read_header(file, position);
  if (header.unit != place.unit) {
    fail(ErrorKind::store, "{}: block of unit {} at offset {}, expected unit {}", file.path(), header.unit, position, place.unit);
  }
  SpoolBlock block;
  block.first_ordinal = header.first_ordinal;
  block.position = position;
  block.segment = place.segment;
  block.signature_bytes = header.signature_bytes;
  block.rows.resize(header.rows);
  const std::string rows = read_section(file, header, position, kRows);
  std::memcpy(block.rows.data(), rows.data(), rows.size());
  if (sections.ids) block.ids = read_section(file, header, position, kIds);
  if (sections.signatures) block.signatures = read_section(file, header, position, kSignatures);
  if (sections.payload) block.payload = read_section(file, header, position, kPayload);
  next = position + header.section_start(kSections);
  return block;
}

void SpoolReader::for_each_block(const UnitPlace& place, Sections sections, const std::function<void(const SpoolBlock&)>& visit) {
  for (std::uint64_t at = place.begin; at < place.end;) visit(block(place, at, sections, at));
}

SpoolRow SpoolReader::row(const SpoolRef& ref) {
  SpoolRow row;
  segment(ref.segment).read_at(ref.block + sizeof(Header) + std::uint64_t{ref.row} * sizeof row, &row, sizeof row);
  return row;
}

std::string SpoolReader::payload(const SpoolRef& ref) {
  const File& file = segment(ref.segment);
  const Header header = read_header(file, ref.block);
  const SpoolRow found = row(ref);
  std::string bytes(found.payload_bytes, '\0');
  file.read_at(ref.block + header.section_start(kPayload) + found.payload_start, bytes.data(), bytes.size());
  return bytes;
}

std::string SpoolReader::signature(const SpoolRef& ref) {
  const File& file = segment(ref.segment);
  const Header header = read_header(file, ref.block);
  const SpoolRow found = row(ref);
  std::string bytes(found.signature == kNoSignature ? 0 : header.signature_bytes, '\0');
  file.read_at(ref.block + header.section_start(kSignatures) + std::uint64_t{found.signature} * header.signature_bytes, bytes.data(), bytes.size());
  return bytes;
}

}  // namespace quern
