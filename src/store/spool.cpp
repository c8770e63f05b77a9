#include "quern/store/spool.hpp"

#include "quern/base/error.hpp"
#include "quern/base/heartbeat.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <utility>

namespace quern {

namespace {

constexpr std::array<char, 8> kMagic = {'Q', 'U', 'E', 'R', 'N', 'S', 'P', 'L'};
constexpr std::uint32_t kVersion = 3;
constexpr std::size_t kOpenFiles = 64;
constexpr std::uint64_t kWritePieceBytes = 4u << 20;
constexpr std::size_t kRowsPerBlock = 1u << 16;
constexpr std::size_t kUnsealedSections = 16;
enum Section { kRows, kIds, kExtras, kSignatures, kPayload, kSections };

/// The next run finds it when it begins (is_whole), and does it again.
template <class... Args>
[[noreturn]] void fail_damaged(fmt::format_string<Args...> format, Args&&... args) {
  fail(ErrorKind::store, "{}: give the same command again, it does anew what is damaged", fmt::format(format, std::forward<Args>(args)...));
}

std::uint32_t check_of(std::string_view bytes) { return static_cast<std::uint32_t>(hash64(bytes)); }

std::string_view checked_bytes(const SpoolRow& row) { return {reinterpret_cast<const char*>(&row), offsetof(SpoolRow, check)}; }

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
  std::uint32_t sealed = 0;  // number of the block in its segment, from 1; 0: not sealed
  Salt salt = {};
  std::uint64_t checksum = 0;

  std::string_view covered() const { return {reinterpret_cast<const char*>(this), sizeof *this - sizeof checksum}; }
  std::uint64_t section_start(int section) const {
    std::uint64_t start = sizeof *this;
    for (int s = 0; s < section; ++s) start += bytes[static_cast<std::size_t>(s)];
    return start;
  }
  /// Of a section's content, without the tag.
  std::uint64_t content_bytes(int section) const {
    return bytes[static_cast<std::size_t>(section)] - (sealed != 0 ? kTagBytes : 0);
  }
  /// What the tags hold for beside the text: all that is not made of the sealed bytes themselves.
  std::string bound_bytes() const {
    Header bound = *this;
    bound.checksums = {};
    bound.checksum = 0;
    return {reinterpret_cast<const char*>(&bound), sizeof bound};
  }
};

std::string segment_path(const std::string& folder, const std::string& phase, std::uint64_t segment) {
  return fmt::format("{}/{}.{:05}.spool", folder, phase, segment);
}

namespace {

/// Removes the segments whose names begin so.
void remove_named(const std::string& folder, const std::string& start) {
  std::error_code error;
  std::vector<std::filesystem::path> segments;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (at->path().extension() == ".spool" && at->path().filename().string().starts_with(start)) segments.push_back(at->path());
  }
  if (error) fail(ErrorKind::store, "{}: cannot list the folder: {}", folder, error.message());
  for (const auto& segment : segments) {
    beat();
    remove_all(segment.string());
  }
}

}  // namespace

void remove_segments(const std::string& folder) {
  if (!path_exists(folder)) return;
  remove_named(folder, "");
  std::error_code error;
  std::filesystem::remove(folder, error);  // only an empty folder goes; anything else in it is not ours
}

void remove_segments(const std::string& folder, const std::string& phase) { remove_named(folder, phase + '.'); }

SpoolWriter::SpoolWriter(const SpoolHome& home, const std::string& phase, std::uint64_t segment, std::uint32_t signature_bytes,
                         std::uint64_t block_bytes)
    : home_(home),
      phase_(phase),
      path_(segment_path(home.folder, phase, segment)),
      signature_bytes_(signature_bytes),
      block_bytes_(home.key ? std::min(block_bytes, kSealedBlockBytes) : block_bytes) {
  place_.segment = segment;
}

/// A new file has a new salt, and so a new key: whatever lay under this name before.
void SpoolWriter::open() {
  file_ = File(path_, File::Mode::replace, home_.permissions);
  if (!home_.key) return;
  salt_ = random_salt();
  cipher_.emplace(*home_.key, salt_, phase_);
  sealed_ = 0;
}

void SpoolWriter::begin(std::uint64_t unit) {
  place_ = {.unit = unit, .segment = place_.segment, .begin = file_.written(), .end = file_.written()};
  first_ordinal_ = 0;
}

void SpoolWriter::add(SpoolRow row, std::string_view id, std::string_view signature, std::string_view payload, std::string_view extra) {
  row.payload_start = payload_.size();
  row.payload_bytes = static_cast<std::uint32_t>(payload.size());
  row.id_bytes = static_cast<std::uint32_t>(id.size());
  row.extra_bytes = static_cast<std::uint32_t>(extra.size());
  row.signature = kNoSignature;
  if (!signature.empty()) {
    row.signature = static_cast<std::uint32_t>(signatures_.size() / signature_bytes_);
    signatures_ += signature;
  }
  row.payload_check = check_of(payload);
  row.signature_check = check_of(signature);
  row.check = check_of(checked_bytes(row));
  ids_ += id;
  extras_ += extra;
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
  std::array<std::string_view, kSections> sections = {rows, ids_, extras_, signatures_, payload_};
  if (!file_.is_open()) open();
  SpoolReader::Header header;
  header.rows = static_cast<std::uint32_t>(rows_.size());
  header.unit = place_.unit;
  header.first_ordinal = first_ordinal_;
  header.signature_bytes = signature_bytes_;
  header.salt = salt_;
  for (std::size_t s = 0; s < kSections; ++s) header.bytes[s] = sections[s].size() + (cipher_ ? kTagBytes : 0);
  std::array<std::string, kSections> sealed;
  if (cipher_) {
    if (sealed_ == UINT32_MAX) fail(ErrorKind::internal, "{}: too many blocks for one key", path_);
    header.sealed = ++sealed_;
    const std::string bound = header.bound_bytes();
    for (std::uint32_t s = 0; s < kSections; ++s) sections[s] = sealed[s] = cipher_->seal(header.sealed, s, bound, sections[s]);
  }
  for (std::size_t s = 0; s < kSections; ++s) header.checksums[s] = hash64(sections[s]);
  header.checksum = hash64(header.covered());
  file_.append({reinterpret_cast<const char*>(&header), sizeof header});
  for (const std::string_view section : sections) file_.append(section);
  start_writing();
  first_ordinal_ += rows_.size();
  rows_.clear();
  ids_.clear();
  extras_.clear();
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
  extras_.clear();
  signatures_.clear();
  payload_.clear();
}

void SpoolWriter::sync() {
  if (!file_.is_open()) return;
  file_.sync();
  if (!std::exchange(named_, true)) sync_folder(home_.folder);
}

void SpoolWriter::close() {
  sync();
  file_.close();
}

bool SpoolReader::is_whole(const UnitPlace& place) try {
  beat();
  if (place.begin == place.end) return place.records == 0;  // its segment may hold nothing, and then there is none
  Open& from = open_segment(place.segment);
  if (from.file.size() < place.end) return false;
  std::uint64_t at = place.begin, records = 0;
  while (at < place.end) {
    beat();
    const Header header = read_header(from.file, at);
    if (header.unit != place.unit || header.first_ordinal != records) return false;
    for (int section = kRows; section < kSections; ++section) read_section(from, header, at, section);
    records += header.rows;
    at += header.section_start(kSections);
  }
  return at == place.end && records == place.records;
} catch (const Error&) {
  return false;
}

SpoolReader::Open& SpoolReader::open_segment(std::uint64_t number) {
  const auto found = std::find_if(open_.begin(), open_.end(), [&](const Open& open) { return open.segment == number; });
  if (found != open_.end()) {
    open_.splice(open_.begin(), open_, found);
  } else {
    if (open_.size() >= kOpenFiles) open_.pop_back();
    open_.push_front({number, File(segment_path(home_.folder, phase_, number), File::Mode::read), {}, {}});
  }
  return open_.front();
}

SpoolReader::Header SpoolReader::read_header(const File& file, std::uint64_t position) const {
  static_assert(sizeof(Header) == 144);
  Header header;
  file.read_at(position, &header, sizeof header);
  const bool whole = header.magic == kMagic && header.checksum == hash64(header.covered());
  if (whole && header.version != kVersion) {
    fail(ErrorKind::refused, "{}: written by another version of quern (format {}, this one reads {}): finish it with that one, or give --restart",
         file.path(), header.version, kVersion);
  }
  const auto least = [&](std::uint64_t bytes) { return bytes >= (header.sealed != 0 ? kTagBytes : 0); };
  if (!whole || !std::ranges::all_of(header.bytes, least) || header.content_bytes(kRows) != std::uint64_t{header.rows} * sizeof(SpoolRow)) {
    fail_damaged("{}: damaged block header at offset {}", file.path(), position);
  }
  std::uint64_t room = file.size() - position - sizeof header;
  for (const std::uint64_t bytes : header.bytes) {
    if (bytes > room) fail_damaged("{}: ends at offset {}, in the block at offset {}", file.path(), file.size(), position);
    room -= bytes;
  }
  if ((header.sealed != 0) != home_.key.has_value()) {
    fail(ErrorKind::refused, "{}: the block at offset {} is {}encrypted, and the job says otherwise: give --restart to begin anew", file.path(), position,
         header.sealed != 0 ? "" : "not ");
  }
  return header;
}

std::string SpoolReader::read_section(Open& from, const Header& header, std::uint64_t position, int section) const {
  const auto s = static_cast<std::size_t>(section);
  std::string bytes(header.bytes[s], '\0');
  const std::uint64_t start = position + header.section_start(section);
  from.file.read_at(start, bytes.data(), bytes.size());
  if (hash64(bytes) != header.checksums[s]) {
    fail_damaged("{}: checksum mismatch in the {} bytes at offset {}", from.file.path(), bytes.size(), start);
  }
  if (header.sealed != 0) unseal(from, header, position, section, bytes);
  return bytes;
}

void SpoolReader::unseal(Open& from, const Header& header, std::uint64_t position, int section, std::string& bytes) const {
  if (!from.cipher || from.salt != header.salt) {
    from.cipher.emplace(*home_.key, header.salt, phase_);
    from.salt = header.salt;
  }
  std::string text;
  if (!from.cipher->open(header.sealed, static_cast<std::uint32_t>(section), header.bound_bytes(), bytes, text)) {
    fail_damaged("{}: the block at offset {} was changed, or sealed with another key", from.file.path(), position);
  }
  bytes = std::move(text);
}

namespace {

/// What a row says of the other sections must lie in them. Only of rows that were made on purpose is it ever wrong.
bool fits(const SpoolRow& row, std::uint64_t payload_bytes, std::uint64_t signatures) {
  return row.payload_start <= payload_bytes && row.payload_bytes <= payload_bytes - row.payload_start &&
         (row.signature == kNoSignature || row.signature < signatures) && row.verdict <= Verdict::quarantined && row.reason < Reason::count_;
}

}  // namespace

SpoolBlock SpoolReader::block(const UnitPlace& place, std::uint64_t position, Sections sections, std::uint64_t& next) {
  beat();
  Open& from = open_segment(place.segment);
  const Header header = read_header(from.file, position);
  if (header.unit != place.unit) {
    fail_damaged("{}: block of unit {} at offset {}, expected unit {}", from.file.path(), header.unit, position, place.unit);
  }
  SpoolBlock block;
  block.first_ordinal = header.first_ordinal;
  block.position = position;
  block.segment = place.segment;
  block.signature_bytes = header.signature_bytes;
  block.rows.resize(header.rows);
  const std::string rows = read_section(from, header, position, kRows);
  if (!rows.empty()) std::memcpy(block.rows.data(), rows.data(), rows.size());
  const std::uint64_t signatures = header.signature_bytes == 0 ? 0 : header.content_bytes(kSignatures) / header.signature_bytes;
  std::uint64_t id_bytes = 0, extra_bytes = 0;
  bool good = true;
  for (const SpoolRow& row : block.rows) {
    good = good && fits(row, header.content_bytes(kPayload), signatures);
    id_bytes += row.id_bytes;
    extra_bytes += row.extra_bytes;
  }
  if (!good || id_bytes != header.content_bytes(kIds) || extra_bytes != header.content_bytes(kExtras)) {
    fail_damaged("{}: rows of the block at offset {} lead out of it", from.file.path(), position);
  }
  if (sections.ids) block.ids = read_section(from, header, position, kIds);
  if (sections.extras) block.extras = read_section(from, header, position, kExtras);
  if (sections.signatures) block.signatures = read_section(from, header, position, kSignatures);
  if (sections.payload) block.payload = read_section(from, header, position, kPayload);
  next = position + header.section_start(kSections);
  return block;
}

void SpoolReader::for_each_block(const UnitPlace& place, Sections sections, const std::function<void(const SpoolBlock&)>& visit) {
  std::uint64_t at = place.begin, records = 0;
  while (at < place.end) {
    const std::uint64_t position = at;
    const SpoolBlock next = block(place, position, sections, at);
    if (next.first_ordinal != records) {
      fail_damaged("{}: the block at offset {} begins with record {} of unit {}, expected {}",
                   segment_path(home_.folder, phase_, place.segment), position, next.first_ordinal, place.unit, records);
    }
    records += next.rows.size();
    visit(next);
  }
  if (at != std::max(place.begin, place.end) || records != place.records) {
    fail_damaged("{}: {} records of unit {} up to offset {}, expected {} up to {}",
                 segment_path(home_.folder, phase_, place.segment), records, place.unit, at, place.records, place.end);
  }
}

/// One record, its row checked.
struct SpoolReader::Single {
  Header header;
  SpoolRow row;
};

std::string SpoolReader::part(const SpoolRef& ref, const Header& header, int section, std::uint64_t start, std::uint64_t bytes) {
  std::string found(bytes, '\0');
  Open& from = open_segment(ref.segment);
  if (header.sealed == 0) {
    from.file.read_at(ref.block + header.section_start(section) + start, found.data(), bytes);
    return found;
  }
  const auto is_it = [&](const Unsealed& have) { return have.segment == ref.segment && have.block == ref.block && have.section == section; };
  if (const auto have = std::find_if(unsealed_.begin(), unsealed_.end(), is_it); have != unsealed_.end()) {
    unsealed_.splice(unsealed_.begin(), unsealed_, have);
  } else {
    unsealed_.push_front({ref.segment, ref.block, section, read_section(from, header, ref.block, section)});
    if (unsealed_.size() > kUnsealedSections) unsealed_.pop_back();
  }
  return unsealed_.front().text.substr(start, bytes);
}

SpoolReader::Single SpoolReader::find(const SpoolRef& ref) {
  const File& file = segment(ref.segment);
  Single single{read_header(file, ref.block), {}};
  const auto fail_row = [&] {
    fail_damaged("{}: row {} of the block at offset {} is damaged", file.path(), ref.row, ref.block);
  };
  if (ref.row >= single.header.rows) fail_row();
  const std::string bytes = part(ref, single.header, kRows, std::uint64_t{ref.row} * sizeof(SpoolRow), sizeof(SpoolRow));
  std::memcpy(&single.row, bytes.data(), bytes.size());
  const Header& header = single.header;
  const std::uint64_t signatures = header.signature_bytes == 0 ? 0 : header.content_bytes(kSignatures) / header.signature_bytes;
  if (single.row.check != check_of(checked_bytes(single.row)) || !fits(single.row, header.content_bytes(kPayload), signatures)) fail_row();
  return single;
}

SpoolRow SpoolReader::row(const SpoolRef& ref) { return find(ref).row; }

SpoolRecord SpoolReader::record(const SpoolRef& ref) {
  const auto [header, found] = find(ref);
  std::string bytes = part(ref, header, kPayload, found.payload_start, found.payload_bytes);
  if (check_of(bytes) != found.payload_check) {
    fail_damaged("{}: the payload of row {} of the block at offset {} is damaged", segment(ref.segment).path(), ref.row, ref.block);
  }
  return {found, std::move(bytes)};
}

std::string SpoolReader::signature(const SpoolRef& ref) {
  const auto [header, found] = find(ref);
  if (found.signature == kNoSignature) return {};
  std::string bytes = part(ref, header, kSignatures, std::uint64_t{found.signature} * header.signature_bytes, header.signature_bytes);
  if (check_of(bytes) != found.signature_check) {
    fail_damaged("{}: the signature of row {} of the block at offset {} is damaged", segment(ref.segment).path(), ref.row, ref.block);
  }
  return bytes;
}

}  // namespace quern
