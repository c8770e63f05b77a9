#pragma once
// Work units → records: documents and, as values, whatever could not be taken in.

#include "quern/base/job.hpp"
#include "quern/base/unit.hpp"
#include "quern/base/verdict.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

class DatasetReader;

/// One input record. The views live until the sink returns.
struct Record {
  std::uint32_t file = 0;
  std::uint16_t entry = 0;
  std::uint64_t offset = 0;     ///< of the record's first byte in the decompressed file; of a data set: number of the document
  Reason bad = Reason::none;    ///< none: a document
  std::string_view text;
  /// The document's id field; of a file that is one record, its name below the entry's prefix; of a block of text <name>:<offset>.
  std::string_view own_id;
  std::string_view message;     ///< why it is bad, and where
  bool is_html = false;         ///< the text is HTML, decoded to UTF-8, from which the document is still to be extracted
  std::string_view source = {};      ///< of the record itself; empty: that of the entry
  std::string_view url = {};
  std::string_view date = {};        ///< as it stands in the input
  std::string_view metadata = {};    ///< a JSON object of the fields that the entry asks for; empty: none
  /// Of a `damage` record where only a checksum was wrong: no record of the file that begins in [untrusted_from, untrusted_to) is to be
  /// kept. They were given before, by this piece or those before it. Empty otherwise.
  std::uint64_t untrusted_from = 0, untrusted_to = 0;
};

/// Records of a web archive that are no documents by their nature: neither removed nor quarantined, but counted.
enum class PassedOver : std::uint8_t {
  warcinfo,      ///< about the file: also the first record of an ARC file
  request,
  metadata,      ///< also those of a WAT file
  revisit,       ///< the page was the same as before, and lies elsewhere
  continuation,  ///< the rest of a record that was cut into segments
  not_http,      ///< a response of another protocol: dns, ftp, whois
  status,        ///< a response with another status than 200
  type,          ///< neither HTML nor plain text
  other,         ///< of a type that ISO 28500 does not have
  count_,
};
inline constexpr std::size_t kPassedOver = static_cast<std::size_t>(PassedOver::count_);
inline constexpr std::array<std::string_view, kPassedOver> kPassedOverNames = {"warcinfo", "request", "metadata", "revisit", "continuation",
                                                                               "not_http", "status",  "type",     "other"};

/// Tokens of a document, without the one that ends it → its text.
using DecodeTokens = std::function<std::string(std::span<const std::uint32_t>)>;
/// The decoder for a data set that is read. Throws Error when its vocabulary is not there, or does not give texts back as they were.
using OpenDecoder = std::function<DecodeTokens(const DatasetReader&)>;

/// What was read of one piece. Positions count decompressed bytes of the file; of a data set, documents.
struct PieceRead {
  std::uint64_t first = 0;    ///< where the piece's first record may begin
  std::uint64_t end = 0;      ///< where its last one ended: the `first` of the file's next piece, or the two do not fit together
  std::uint64_t records = 0;  ///< calls of the sink
  std::uint64_t bytes = 0;    ///< end - first
  bool inside_line = false;   ///< it lies within one line or archive record of a piece before it, whose end was not looked for: `first` and `end` say nothing
  std::array<std::uint64_t, kPassedOver> passed_over{};  ///< records of a web archive that begin in the piece and are no input records
  bool unreadable = false;    ///< an `io` record was given: the pieces of this file need not fit together
};

/// Reads one unit after the other with the same buffers.
///
/// JSON lines: a record is a line that is not blank (ended by LF, CR LF or the end of the file); a byte order mark before the first one
/// is passed over. It belongs to the piece in whose range its first byte has its place (store/compressed.hpp: Side), so pieces of a
/// file give exactly the records of the whole file, with the same offsets. A line longer than max_document_bytes is one bad record (size)
/// and is never held in memory.
/// Tab-separated files are read as JSON lines are; an empty line, and the header, are no records. A line that a damage tears is part of it.
/// Text and HTML: a file is a record, an empty file too; such files are never cut.
/// Text blocks: what stands between blank lines (spaces, TAB, CR) is a record, without its last line end. It belongs to the piece in which
/// the blank line before it begins. A block that a damage tears is part of it, up to the blank line behind it.
/// Data sets: a document is a record; one that is not finished, or was changed, ends the run (Error).
///
/// Web archives (WARC, ARC): a record of the archive that is a document (src/read/warc_document.hpp says which are), with its id, URL and
/// date; HTML is not extracted yet. All others are counted in PieceRead::passed_over. A record whose frame is broken is one bad record
/// (warc), with what lies behind it up to the next whole one; one whose HTTP message cannot be decoded is one too (http). Pieces of a
/// file give exactly the records of the whole file: each finds its first record by the lengths of all before it (of a plain file these
/// are not read). A block longer than max_document_bytes that would have to be looked at is one bad record (size), and is never held.
///
/// Damage of a compressed file is one bad record (damage). The line that it tears is part of it: the one that was open before it and the
/// one that follows, unless they are complete JSON objects by themselves. Its offset is that of the first byte of the torn line.
/// A member or frame of which only the checksum is wrong has given its records before that is known: the damage record names the range.
/// A file that cannot be opened or read is one bad record (io), where reading ended.
/// Throws what the sink throws; Error{input} for a file that was changed since the run was planned; Error{plan} for a zstd frame whose
/// window does not fit in memory_per_rank.
/// Memory: about 2 MiB, the longest line, and the window of a zstd frame (at most half of memory_per_rank, but 8 MiB in any case).
///
/// A piece of a compressed file that begins where the piece read last ended is read on from there; otherwise the file is inflated from its
/// beginning. The records are the same.
class UnitReader {
 public:
  /// `job` must live as long.
  /// `open_decoder` is needed for data sets.
  explicit UnitReader(const Job& job, OpenDecoder open_decoder = {});
  ~UnitReader();
  UnitReader(UnitReader&&) noexcept;
  UnitReader& operator=(UnitReader&&) noexcept;

  /// Calls `sink` for every record of the unit, in input order, and returns one PieceRead per piece. `between`, if there is one, is called
  /// about every 256 KiB, also of what is only passed over.
  std::vector<PieceRead> read(const Unit& unit, const std::function<void(const Record&)>& sink, const std::function<void()>& between = {});

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Has the file system fetch the first bytes of a unit that will be read soon. Costs opening the file; never fails.
void fetch_ahead(const Unit& unit);

/// One unit alone.
std::vector<PieceRead> read_unit(const Unit& unit, const Job& job, const std::function<void(const Record&)>& sink);

}  // namespace quern
