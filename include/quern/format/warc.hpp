#pragma once
// Heads of the records of web archives: WARC 0.17 to 1.1 (ISO 28500; IIPC, "The WARC Format 1.1") and ARC 1.x and 2 (Internet Archive,
// "Arc File Format", 1996). Bytes in memory → values; who reads a file finds the blocks by the lengths given here.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace quern {

enum class ArchiveKind : std::uint8_t {
  unknown,  ///< no record has been met yet: either may come
  warc,
  arc,
};

/// A head is never longer: what has no end by then is none.
inline constexpr std::size_t kMostHeadBytes = 1u << 20;

enum class WarcType : std::uint8_t { warcinfo, response, resource, request, metadata, revisit, conversion, continuation, other };

/// What is kept of a head. All texts as they stand in the file but where said.
struct ArchiveHead {
  ArchiveKind kind = ArchiveKind::unknown;
  WarcType type = WarcType::other;      ///< of ARC: warcinfo for the first record of a file, else response
  std::uint64_t block_bytes = 0;        ///< Content-Length
  std::string record_id;                ///< without <> and urn:uuid:; of ARC empty
  std::string target_uri;               ///< without <>
  std::string date;                     ///< ARC: YYYYMMDDhhmmss
  std::string content_type;             ///< of the block; of ARC that of the payload
  std::string identified_type;          ///< WARC-Identified-Payload-Type
  bool truncated = false;               ///< by the crawler (WARC-Truncated): the block ends before its content did
  bool segmented = false;               ///< the first of several segments
};

/// What stands at some place of an archive. With `more`, these bytes are the beginning of something that may be one.
struct ArchiveLook {
  enum class Kind { none, more, found } kind = Kind::none;
  std::size_t bytes = 0;  ///< found: up to the end of what was looked for; more: what was already looked through
};

/// A version line, `WARC/1.0` CR LF (or LF alone).
ArchiveLook look_at_version_line(std::string_view bytes) noexcept;

/// The named fields behind a version line up to the end of the empty line: the head. `from`: where to begin, the end of the version line, or
/// what an earlier look at fewer bytes has told with `more`. none: a line that is no field, or a head longer than kMostHeadBytes.
/// Also for the head of an HTTP message with `any_line`, where a line that is no field does not matter.
ArchiveLook look_at_fields(std::string_view bytes, std::size_t from, bool any_line = false) noexcept;

/// The line that begins an ARC record: URL, address, date, type, …, length, parted by single spaces (the URL may hold some). It is one by its
/// shape: address and date must look like that (or the date be `null` or `-`), the length may be anything. At most kMostArcLineBytes.
ArchiveLook look_at_arc_line(std::string_view bytes) noexcept;
inline constexpr std::size_t kMostArcLineBytes = 64u << 10;

/// `bytes`: all of a head that was found. Returns why it cannot be used; empty: it can. `head` is overwritten in any case.
std::string parse_warc_head(std::string_view bytes, ArchiveHead& head);
/// Whether one of the fields is WARC-Type, which every record must have.
bool names_warc_type(std::string_view head);
std::string parse_arc_line(std::string_view line, ArchiveHead& head);

}  // namespace quern
