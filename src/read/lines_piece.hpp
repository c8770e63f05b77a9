#pragma once
// One piece of a file of lines → records.

#include "quern/read/reader.hpp"
#include "quern/store/compressed.hpp"
#include "read/byte_buffer.hpp"
#include "read/line_format.hpp"
#include "read/piece_sink.hpp"

#include <optional>

namespace quern {

/// Where a piece ended, for the reader of the next one.
struct PieceRest {
  std::size_t unread_bytes = 0;  ///< at the end of the buffer: they belong to the next piece, and end where the stream stands
  bool behind_damage = false;
  bool inside_line = false;  ///< of a piece before
  // Of text blocks:
  bool line_begins = false;          ///< with the unread bytes
  std::uint64_t behind_blank = 0;    ///< the last blank line: no block reaches over it
  std::uint64_t member_behind_blank = 0;
};

class LinesPiece {
 public:
  /// `stream` has been opened for the piece, or goes on with what the piece before it has left unread.
  LinesPiece(CompressedReader& stream, ByteBuffer& buffer, LineFormat& format, std::uint64_t max_document_bytes, PieceSink& sink)
      : stream_(stream), buffer_(buffer), format_(format), max_document_bytes_(max_document_bytes), sink_(sink) {}

  PieceRead read(const Piece& piece);
  PieceRead go_on(const PieceRest& rest);
  /// After reading; nothing when the next piece can not go on from here.
  const std::optional<PieceRest>& rest() const { return rest_; }

 private:
  enum class Mode {
    seeking,     ///< before the range; the last byte is remembered
    tail,        ///< in a line that belongs to the piece before
    line_start,  ///< where a line begins, if there is another byte
    line,        ///< in a line of this piece, which is kept in the buffer
    too_long,    ///< in a line of this piece that is only passed over
    done,
  };

  PieceRead read_lines();
  void take(std::size_t bytes, Side side);
  std::size_t seek(std::size_t at, Side side);
  std::size_t pass_line(std::size_t at);
  std::size_t take_line(std::size_t at);
  void begin_lines(std::uint64_t offset);
  void finish_line(std::string_view line);
  void give_line(std::string_view line);
  void damage(const StreamStep& step);
  bool open_line_is_whole();
  void unreadable(const StreamStep& step);
  void finish_at_end();
  std::uint64_t offset_of(std::size_t at) const { return stream_.position() - (buffer_.size() - at); }

  CompressedReader& stream_;
  ByteBuffer& buffer_;
  LineFormat& format_;
  std::uint64_t max_document_bytes_;
  PieceSink& sink_;

  Mode mode_ = Mode::line_start;
  Side side_ = Side::inside;          ///< of the last byte
  bool behind_damage_ = false;        ///< the line (to come) is the first one behind a damage
  char last_byte_ = '\n';
  std::size_t line_begin_ = 0;        ///< of the open line, in the buffer
  std::uint64_t line_offset_ = 0;     ///< of the open line, in the file
  bool first_known_ = false;
  PieceRead result_;
  std::optional<PieceRest> rest_;
};

}  // namespace quern
