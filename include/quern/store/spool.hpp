#pragma once
// Segment files between the map step and the later ones (docs/formats/spool.md). Addressed by unit, never by rank.

#include "quern/base/hash.hpp"
#include "quern/base/verdict.hpp"
#include "quern/store/file.hpp"

#include <cstdint>
#include <functional>
#include <list>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

inline constexpr std::uint32_t kNoSignature = UINT32_MAX;

/// One input record as it lies in a segment.
struct SpoolRow {
  std::uint64_t offset = 0;
  Hash128 text_hash;
  std::uint64_t payload_start = 0;
  std::uint32_t payload_bytes = 0;
  std::uint32_t text_bytes = 0;
  std::uint32_t tokens = 0;
  std::uint32_t id_bytes = 0;
  std::uint32_t signature = kNoSignature;
  std::uint32_t file = 0;
  std::uint16_t entry = 0;
  Verdict verdict = Verdict::kept;
  Reason reason = Reason::none;
  std::uint32_t reserved = 0;
};
static_assert(sizeof(SpoolRow) == 64);

/// Where a unit's blocks lie, and how much is in them.
struct UnitPlace {
  std::uint64_t unit = 0;
  std::uint64_t segment = 0;
  std::uint64_t begin = 0;  ///< bytes in the segment
  std::uint64_t end = 0;
  std::uint64_t records = 0;
  std::uint64_t text_bytes = 0;  ///< of records not yet removed or quarantined
};

/// Where one record lies: small enough to keep and to send.
struct SpoolRef {
  std::uint64_t block = 0;  ///< offset of its block in the segment
  std::uint32_t segment = 0;
  std::uint32_t row = 0;  ///< in the block
};

std::string segment_path(const std::string& folder, const std::string& phase, std::uint64_t segment);

/// Removes the segment files in `folder`, and the folder if nothing else is in it. Nothing there is no error.
void remove_segments(const std::string& folder);

/// Appends units to one segment file. One writer per rank; not collective.
class SpoolWriter {
 public:
  /// A block is written when its payload passes `block_bytes`; the file is made with the first one. `signature_bytes`: length of every
  /// signature.
  SpoolWriter(const std::string& folder, const std::string& phase, std::uint64_t segment, std::uint32_t signature_bytes,
              std::uint64_t block_bytes);

  void begin(std::uint64_t unit);
  /// The writer fills in payload_start, payload_bytes, id_bytes and signature. An empty `signature`: none.
  void add(SpoolRow row, std::string_view id, std::string_view signature, std::string_view payload);
  UnitPlace end();
  /// Gives the unit up; what was written of it is never read.
  void abandon();
  /// Everything up to the last end() is durable afterwards.
  void sync();
  std::uint64_t written() const { return file_.written(); }
  /// Syncs and closes: afterwards other ranks may read.
  void close();

 private:
  void flush();
  void start_writing();

  std::string folder_, path_;
  File file_;           ///< made with the first block: a rank without units leaves no file
  bool named_ = false;  ///< its name is durable
  std::uint64_t writing_ = 0;  ///< the file system was asked to write what lies before
  std::uint32_t signature_bytes_;
  std::uint64_t block_bytes_;
  UnitPlace place_;
  std::uint64_t first_ordinal_ = 0;
  std::vector<SpoolRow> rows_;
  std::string ids_, signatures_, payload_;
};

/// One block in memory; sections that were not asked for are empty.
struct SpoolBlock {
  std::uint64_t first_ordinal = 0;
  std::uint64_t position = 0;
  std::uint64_t segment = 0;
  std::uint32_t signature_bytes = 0;
  std::vector<SpoolRow> rows;
  std::string ids, signatures, payload;

  std::string_view payload_of(const SpoolRow& row) const { return std::string_view(payload).substr(row.payload_start, row.payload_bytes); }
  std::string_view signature_of(const SpoolRow& row) const {
    return std::string_view(signatures).substr(static_cast<std::size_t>(row.signature) * signature_bytes, signature_bytes);
  }
};

/// Reads the segments of one phase, written by any rank. Throws Error{store} with path and offset on damage. Not collective.
class SpoolReader {
 public:
  struct Header;  // the 128 bytes before every block, shared with the writer
  struct Sections {
    bool ids = false, signatures = false, payload = false;
  };
  SpoolReader(std::string folder, std::string phase) : folder_(std::move(folder)), phase_(std::move(phase)) {}

  /// Rows always, other sections as asked; in the order of the records.
  void for_each_block(const UnitPlace& place, Sections sections, const std::function<void(const SpoolBlock&)>& visit);
  /// The one block of the unit that begins at `position` of its segment, and where the next one begins (place.end after the last).
  SpoolBlock block(const UnitPlace& place, std::uint64_t position, Sections sections, std::uint64_t& next);
  /// The unit will not be read again: its pages in the system's cache may be used for something else. A hint, what is read is the same.
  void done_with(const UnitPlace& place) {
    if (place.begin < place.end) segment(place.segment).will_not_need(place.begin, place.end - place.begin);
  }
  /// Whether blocks with right headers fill the place: what a killed run has recorded. Sections are checked when they are read.
  bool is_whole(const UnitPlace& place);
  SpoolRow row(const SpoolRef& ref);
  std::string payload(const SpoolRef& ref);
  std::string signature(const SpoolRef& ref);

 private:
  struct Open {
    std::uint64_t segment;
    File file;
  };
  const File& segment(std::uint64_t number);
  static Header read_header(const File& file, std::uint64_t position);
  static std::string read_section(const File& file, const Header& header, std::uint64_t position, int section);

  std::string folder_;
  std::string phase_;
  std::list<Open> open_;  ///< most recently used first; bounded, so that many segments do not use up the file handles
};

}  // namespace quern
