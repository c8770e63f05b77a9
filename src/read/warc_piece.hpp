#pragma once
// One piece of a web archive → records.
//
// Whatever the piece, the archive is followed record by record from its beginning: only the lengths that the records state tell which
// "WARC/1.0" is a record and which stands in a page. What is before the piece is passed over (in a plain file: jumped over). So all pieces of
// a file see one and the same sequence of records, damaged ranges and whole ones, and each gives those that begin in it.

#include "quern/format/warc.hpp"
#include "quern/read/reader.hpp"
#include "quern/store/compressed.hpp"
#include "read/byte_buffer.hpp"
#include "read/piece_sink.hpp"
#include "read/warc_document.hpp"

#include <optional>

namespace quern {

/// Where the archive is followed to, as far as it matters for what comes: the same whichever piece is read.
struct WarcPlace {
  enum class Mode {
    boundary,   ///< behind a record: empty lines, then the next one
    head,       ///< in the head of a record
    http_head,  ///< in a block, of which the head of the HTTP message is needed
    hold,       ///< in a block that is kept
    pass,       ///< in a block that is passed over
    scan,       ///< behind damage: looking for the next record
  };
  Mode mode = Mode::boundary;
  ArchiveKind kind = ArchiveKind::unknown;
  std::uint64_t block_left = 0;
  std::uint64_t block_begin = 0;        ///< of the record at hand, in the file
  std::uint64_t record = 0;             ///< where it begins
  bool complete = false;                ///< boundary: all of its block was passed; whether it ends there is not known yet
  bool line_start = true;               ///< scan: a line begins here
  std::uint64_t member = UINT64_MAX;    ///< where the member at hand begins
  std::uint64_t member_record = 0;      ///< where the record began that was open then; that place if none was
  std::uint64_t members_with_record = 0;  ///< members that began with a record
  bool record_inside_member = false;    ///< a record has begun elsewhere

  /// Each record has a gzip member or zstd frame of its own, so far: then a record begins nowhere else.
  bool one_per_member() const { return members_with_record >= 2 && !record_inside_member; }
};

/// Where a piece ended, for the reader of the next one.
struct WarcRest {
  WarcPlace place;
  std::uint64_t position = 0;    ///< of the first byte that belongs to the next piece
  std::size_t unread_bytes = 0;  ///< of a compressed file: at the end of the buffer
};

class WarcPiece {
 public:
  /// `stream` has been opened for the piece, or goes on with what the piece before it has left unread.
  WarcPiece(CompressedReader& stream, ByteBuffer& buffer, WarcDocument& document, PieceSink& sink)
      : stream_(stream), buffer_(buffer), document_(document), sink_(sink) {}

  PieceRead read(const Piece& piece);
  PieceRead go_on(const Piece& piece, const WarcRest& rest);
  /// After reading; nothing when the next piece can not go on from here.
  const std::optional<WarcRest>& rest() const { return rest_; }

 private:
  using Mode = WarcPlace::Mode;
  enum class Owner { none, before, us };  ///< of what is open

  PieceRead read_records(const Piece& piece);
  void take(const StreamStep& step);
  void begin_member(std::uint64_t offset);
  bool nothing_can_begin_here() const;
  void follow();
  bool advance();
  bool look_at_member();
  bool pass_boundary();
  bool take_head();
  bool take_http_head();
  bool take_block();
  bool pass_block();
  bool scan();

  ArchiveLook look_at_record(std::size_t at) const;
  ArchiveLook look_in_scan();
  void begin_record();
  void open_at(std::uint64_t offset);
  void begin_block(std::size_t head_bytes);
  void decide(const WarcOutcome& outcome);
  void end_block();
  void settle();
  void torn(const std::string& why);
  void begin_scan();
  void damage(const StreamStep& step);
  void unreadable(const StreamStep& step);
  void finish_at_end();
  void end_inside_record();
  bool begins_with_a_few_bytes();
  void stop_before(std::uint64_t offset);
  void stop_inside();
  void leave_rest(std::uint64_t offset);
  void jump(std::uint64_t offset);

  Side side_of(std::uint64_t offset) const;
  std::uint64_t offset_of(std::size_t at) const { return stream_.position() - (buffer_.size() - at); }
  std::string_view rest_of_buffer() const { return buffer_.view().substr(at_); }
  std::size_t left_in_buffer() const { return buffer_.size() - at_; }
  bool is_plain() const { return stream_.compression() == Compression::none; }

  CompressedReader& stream_;
  ByteBuffer& buffer_;
  WarcDocument& document_;
  PieceSink& sink_;

  WarcPlace place_;
  std::uint64_t inside_from_ = UINT64_MAX, after_from_ = UINT64_MAX;  ///< where the sides begin, as far as is known
  std::uint64_t file_bytes_ = 0;
  Side side_ = Side::before;           ///< of the last byte
  std::size_t at_ = 0;                 ///< in the buffer: what was not looked at
  std::size_t looked_ = 0;             ///< behind `at_`: what a look for the end of a head has passed
  std::optional<std::size_t> member_at_;  ///< in the buffer: a member begins, and it has not been looked at
  std::size_t last_step_bytes_ = 0;
  std::size_t next_stride_ = 0;
  Owner owner_ = Owner::none;
  std::optional<WarcOutcome> outcome_;  ///< of the record of ours that is open or has just ended
  bool first_known_ = false;
  bool passed_damage_ = false;         ///< which a later piece is to tell of: it must read it itself
  bool done_ = false;
  PieceRead result_;
  std::optional<WarcRest> rest_;
};

}  // namespace quern
