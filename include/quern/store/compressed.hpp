#pragma once
// Input files as a stream of decompressed bytes: plain, gzip (RFC 1952) or zstd (RFC 8878), told apart by their first bytes.
// Damage is a value, and reading goes on behind it.

#include "quern/base/unit.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace quern {

enum class Compression { none, gzip, zstd };

inline constexpr std::size_t kMagicBytes = 4;

/// By the first kMagicBytes bytes of the file (fewer if it is shorter), never by its name.
Compression detect_compression(std::string_view head) noexcept;

/// The bytes [begin, end) of a file of `file_bytes`, as they lie on disk: what a piece of a cut file is asked for by.
struct DiskRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::uint64_t file_bytes = 0;        ///< size of the whole file when the run was planned
  std::int64_t modified_ns = kNoTime;  ///< time of its last change then
};

/// Where a decompressed byte lies with respect to the range asked for. Along the stream it never goes back.
///
/// Each decompressed byte has a place on disk, and the side follows from it. For a plain file the place is its offset; for zstd
/// the offset of the block that holds it. A gzip member has no landmarks that every decoder would agree on (how many symbols a
/// decoder gives for the first c bytes depends on its tables and on how it was fed), so a byte p of a member that begins at m has the
/// place m + p / R, where R is one ratio for the file, taken from its first bytes and its last four. All of these are functions of the file
/// alone, not of buffers, decoders or cuts: the readers of two neighbouring ranges always agree on the byte where they meet.
enum class Side { before, inside, after };

struct StreamStep {
  enum class Kind {
    data,        ///< `bytes` bytes were written, all of them on `side`
    damage,      ///< a range could not be decoded; the next step goes on behind it
    unreadable,  ///< the file cannot be read (on), or is not the one that was planned; nothing follows
    end,         ///< nothing follows
  };
  Kind kind = Kind::end;
  std::size_t bytes = 0;
  Side side = Side::inside;
  std::string message;  ///< damage, unreadable: what and where (bytes on disk), and where reading goes on
  /// damage: all of the member or frame was given, and only then its checksum or length found wrong. Nothing of it can be trusted.
  bool wrong_checksum = false;
  /// With wrong_checksum: the decompressed offset of the line in which the member's first byte lies. What begins from there on to the
  /// position of the step was made, wholly or partly, of its bytes.
  std::uint64_t untrusted_from = 0;
  /// data: the first of these bytes is the first one of a gzip member or zstd frame. Not told again when bytes are given again.
  bool begins_member = false;
};

/// Reads one file after another with the same buffers. Holds about 1 MiB, and the window of a zstd frame.
class CompressedReader {
 public:
  /// A zstd frame with a larger window ends the run (Error{plan}): to read on without it would let a capacity decide what is kept.
  explicit CompressedReader(std::uint64_t max_window_bytes);
  ~CompressedReader();
  CompressedReader(CompressedReader&&) noexcept;
  CompressedReader& operator=(CompressedReader&&) noexcept;

  /// The stream begins at the first byte of the file, or, for a plain file, one byte before the range: the byte that tells
  /// whether a record begins there. Never throws for the file's sake: a file that cannot be opened gives one `unreadable` step.
  void open(const std::string& path, const DiskRange& range);
  /// Goes on with another range of the same file. `unread`: the last bytes that were given, all of them in the last step; they are given
  /// again, each on the side on which it lies in this range. The steps are those of a stream opened for the range from there on.
  void go_on(const DiskRange& range, std::string_view unread);
  /// Goes on at this byte of a plain file (at most its size), also after `end`; the side of a byte is that of its offset. False, and nothing
  /// is changed, when the file is compressed or could not be read.
  bool seek(std::uint64_t offset);
  /// Of the file opened last.
  const std::string& path() const;
  Compression compression() const;
  /// Decompressed bytes before the next one; for a plain file its offset.
  std::uint64_t position() const;
  /// Members or frames entered so far.
  std::uint64_t begun() const;
  /// Throws Error{input} when the open file was changed since the plan: what was read of it may be of either content.
  void check_unchanged() const;
  /// Writes at most `room` (> 0) bytes. What is given before a damage depends on the file alone:
  /// gzip: what zlib decodes before it; zstd: all blocks before the damaged one; a wrong checksum is found at the end of the member.
  /// Throws Error{input} when the file is not the one that was planned: its size or the time of its last change is another.
  StreamStep next(char* to, std::size_t room);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Has the file system fetch the bytes that a reader of this range will begin with. Never fails.
void read_ahead_of_opening(const std::string& path, const DiskRange& range);

}  // namespace quern
