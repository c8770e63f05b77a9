#pragma once
// Segment files between the map step and the later ones (docs/formats/spool.md). Addressed by unit, never by rank.

#include "quern/base/hash.hpp"
#include "quern/base/verdict.hpp"
#include "quern/store/cipher.hpp"
#include "quern/store/file.hpp"

#include <cstdint>
#include <functional>
#include <list>
#include <optional>
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
  std::uint32_t extra_bytes = 0;
  std::uint64_t keep_key = 0;  ///< of several equal documents the one with the least is kept, by the job's keep policy
  std::uint32_t flags = 0;
  // Low halves of xxh3-64, so that a record read by itself is checked by itself.
  std::uint32_t payload_check = 0;
  std::uint32_t signature_check = 0;
  std::uint32_t check = 0;  ///< of the bytes before it
};
static_assert(sizeof(SpoolRow) == 88);

/// Where segments lie, who may read them, and with what they are sealed. A folder alone: by the owner, and not sealed.
struct SpoolHome {
  SpoolHome() = default;
  SpoolHome(std::string folder_path) : folder(std::move(folder_path)) {}  // NOLINT: a folder is a home

  std::string folder;
  unsigned permissions = 0600;
  std::optional<SecretKey> key;
};

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

/// Sections that are read record by record are sealed as a whole: blocks are kept small then.
inline constexpr std::uint64_t kSealedBlockBytes = 256u << 10;

std::string segment_path(const std::string& folder, const std::string& phase, std::uint64_t segment);

/// Removes the segment files in `folder`, and the folder if nothing else is in it. Nothing there is no error.
void remove_segments(const std::string& folder);

/// Removes those of one phase.
void remove_segments(const std::string& folder, const std::string& phase);

/// Appends units to one segment file. One writer per rank; not collective.
class SpoolWriter {
 public:
  /// A block is written when its payload passes `block_bytes`; the file is made with the first one. `signature_bytes`: length of every
  /// signature.
  SpoolWriter(const SpoolHome& home, const std::string& phase, std::uint64_t segment, std::uint32_t signature_bytes, std::uint64_t block_bytes);

  void begin(std::uint64_t unit);
  /// The writer fills in payload_start, all lengths but text_bytes, signature and the checks. An empty `signature`: none.
  void add(SpoolRow row, std::string_view id, std::string_view signature, std::string_view payload, std::string_view extra = {});
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
  void open();

  SpoolHome home_;
  std::string phase_, path_;
  File file_;           ///< made with the first block: a rank without units leaves no file
  bool named_ = false;  ///< its name is durable
  Salt salt_ = {};
  std::optional<SegmentCipher> cipher_;
  std::uint32_t sealed_ = 0;  ///< blocks that were given a number: never one number to two blocks, though the first was not written
  std::uint64_t writing_ = 0;  ///< the file system was asked to write what lies before
  std::uint32_t signature_bytes_;
  std::uint64_t block_bytes_;
  UnitPlace place_;
  std::uint64_t first_ordinal_ = 0;
  std::vector<SpoolRow> rows_;
  std::string ids_, extras_, signatures_, payload_;
};

/// One block in memory; sections that were not asked for are empty.
struct SpoolBlock {
  std::uint64_t first_ordinal = 0;
  std::uint64_t position = 0;
  std::uint64_t segment = 0;
  std::uint32_t signature_bytes = 0;
  std::vector<SpoolRow> rows;
  std::string ids, extras, signatures, payload;

  std::string_view payload_of(const SpoolRow& row) const { return std::string_view(payload).substr(row.payload_start, row.payload_bytes); }
  std::string_view signature_of(const SpoolRow& row) const {
    return std::string_view(signatures).substr(static_cast<std::size_t>(row.signature) * signature_bytes, signature_bytes);
  }
};

/// Ids or extras of a block's records, one after the other.
class SpoolTexts {
 public:
  SpoolTexts(std::string_view texts, std::uint32_t SpoolRow::*bytes) : texts_(texts), bytes_(bytes) {}
  std::string_view next(const SpoolRow& row) {
    const std::string_view text = texts_.substr(0, row.*bytes_);
    texts_.remove_prefix(text.size());
    return text;
  }

 private:
  std::string_view texts_;
  std::uint32_t SpoolRow::*bytes_;
};

/// A row and its payload.
struct SpoolRecord {
  SpoolRow row;
  std::string payload;
};

/// Reads the segments of one phase, written by any rank. Throws Error{store} with path and offset on damage. Not collective.
class SpoolReader {
 public:
  struct Header;  // the 144 bytes before every block, shared with the writer
  struct Sections {
    bool ids = false, extras = false, signatures = false, payload = false;
  };
  SpoolReader(SpoolHome home, std::string phase) : home_(std::move(home)), phase_(std::move(phase)) {}

  /// Rows always, other sections as asked; in the order of the records.
  void for_each_block(const UnitPlace& place, Sections sections, const std::function<void(const SpoolBlock&)>& visit);
  /// The one block of the unit that begins at `position` of its segment, and where the next one begins (place.end after the last).
  SpoolBlock block(const UnitPlace& place, std::uint64_t position, Sections sections, std::uint64_t& next);
  /// The unit will not be read again: its pages in the system's cache may be used for something else. A hint, what is read is the same.
  void done_with(const UnitPlace& place) {
    if (place.begin < place.end) segment(place.segment).will_not_need(place.begin, place.end - place.begin);
  }
  /// Whether undamaged blocks fill the place: what a killed run has recorded. Reads all of it.
  bool is_whole(const UnitPlace& place);
  SpoolRow row(const SpoolRef& ref);
  SpoolRecord record(const SpoolRef& ref);
  std::string payload(const SpoolRef& ref) { return record(ref).payload; }
  std::string signature(const SpoolRef& ref);

 private:
  struct Open {
    std::uint64_t segment;
    File file;
    std::optional<SegmentCipher> cipher;  ///< of its salt, once a sealed block was read
    Salt salt;
  };
  /// A section that was unsealed for one record: the next record asked for is often in it.
  struct Unsealed {
    std::uint64_t segment, block;
    int section;
    std::string text;
  };
  struct Single;
  Open& open_segment(std::uint64_t number);
  const File& segment(std::uint64_t number) { return open_segment(number).file; }
  Header read_header(const File& file, std::uint64_t position) const;
  std::string read_section(Open& from, const Header& header, std::uint64_t position, int section) const;
  void unseal(Open& from, const Header& header, std::uint64_t position, int section, std::string& bytes) const;
  /// `bytes` of a section from `start` on, for one record.
  std::string part(const SpoolRef& ref, const Header& header, int section, std::uint64_t start, std::uint64_t bytes);
  Single find(const SpoolRef& ref);

  SpoolHome home_;
  std::string phase_;
  std::list<Open> open_;  ///< most recently used first; bounded, so that many segments do not use up the file handles
  std::list<Unsealed> unsealed_;  ///< most recently used first; bounded
};

}  // namespace quern
