#pragma once
// One piece of a file of text blocks → records. A block is what stands between blank lines (of spaces, TAB and CR only).
//
// Whether a line begins a block is told by the line before it, which may be as long as it likes. So a block belongs to the piece in which
// the blank line before it begins (the file's first one to the first piece): that is seen from the piece itself. A piece ends where the first
// blank line begins behind its range; the next one starts at that same line.

#include "quern/base/job.hpp"
#include "quern/read/reader.hpp"
#include "quern/store/compressed.hpp"
#include "read/byte_buffer.hpp"
#include "read/lines_piece.hpp"
#include "read/piece_sink.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace quern {

class BlocksPiece {
 public:
  /// As LinesPiece.
  BlocksPiece(CompressedReader& stream, ByteBuffer& buffer, const Piece& piece, const Job& job, PieceSink& sink)
      : stream_(stream),
        buffer_(buffer),
        piece_(piece),
        max_document_bytes_(job.max_document_bytes),
        policy_(job.clean.invalid_utf8),
        sink_(sink) {}

  PieceRead read();
  PieceRead go_on(const PieceRest& rest);
  const std::optional<PieceRest>& rest() const { return rest_; }

 private:
  enum class Mode {
    seeking,  ///< before the range
    others,   ///< in a block of a piece before
    between,  ///< behind a blank line
    block,    ///< in a block, which is kept in the buffer (or in held_)
    passed,   ///< in a block that is only passed over: it is too long, or what a damage has left of one
    done,
  };
  struct Line {
    bool open = false;
    bool blank = true;
    Side side = Side::inside;  ///< of its first byte
    std::uint64_t offset = 0;
  };

  PieceRead read_blocks();
  void keep_what_is_open();
  bool is_too_long() const;
  void take(std::size_t bytes, Side side);
  void enter_range(std::uint64_t offset);
  void begin_line(std::size_t at, Side side);
  void see(std::string_view bytes, Side side);
  void text_begins();
  void end_line(std::uint64_t end);
  void blank_line();
  void end_block(std::uint64_t end);
  void give_block(std::string_view block, std::uint64_t end);
  void give_too_long(std::uint64_t end);
  void set_first(std::uint64_t offset);
  void finish(std::uint64_t end);
  void leave_rest(std::uint64_t from, bool inside_line);
  void damage(const StreamStep& step);
  void unreadable(const StreamStep& step);
  void finish_at_end();
  std::uint64_t offset_of(std::size_t at) const { return stream_.position() - (buffer_.size() - at); }
  std::size_t place_of(std::uint64_t offset) const { return buffer_.size() - static_cast<std::size_t>(stream_.position() - offset); }
  std::string own_id(std::uint64_t offset) const;

  CompressedReader& stream_;
  ByteBuffer& buffer_;
  const Piece& piece_;
  std::uint64_t max_document_bytes_;
  InvalidUtf8 policy_;
  PieceSink& sink_;

  Mode mode_ = Mode::between;
  Side side_ = Side::inside;         ///< of the last byte
  bool behind_damage_ = false;       ///< nothing was given since
  bool torn_ = false;                ///< what is passed over is part of a damage: it is no record
  Line line_;
  std::uint64_t block_offset_ = 0;
  std::optional<std::string> held_;  ///< the open block, where a blank line behind it is longer than all that is kept
  std::uint64_t step_offset_ = 0;    ///< of the last step's first byte
  std::uint64_t behind_blank_ = 0;   ///< where the last blank line ended: no block reaches over it
  std::uint64_t member_behind_blank_ = 0;  ///< the same when the member (frame) at hand was entered
  bool first_known_ = false;
  PieceRead result_;
  std::optional<PieceRest> rest_;
};

}  // namespace quern
