#include "read/warc_piece.hpp"

#include "quern/text/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace quern {

namespace {

using LookKind = ArchiveLook::Kind;

/// Behind a jump little may be needed before the next one.
constexpr std::size_t kFirstStride = 16u << 10;
/// To jump over fewer bytes costs more than to read them.
constexpr std::uint64_t kWorthJumping = 64u << 10;

constexpr bool is_line_end(char c) { return c == '\n' || c == '\r'; }

}  // namespace

PieceRead WarcPiece::read(const Piece& piece) {
  stream_.seek(0);
  return read_records(piece);
}

PieceRead WarcPiece::go_on(const Piece& piece, const WarcRest& rest) {
  stream_.seek(rest.position);
  place_ = rest.place;
  // Whatever is open began before this piece.
  if (place_.mode != Mode::boundary || place_.complete) owner_ = Owner::before;
  return read_records(piece);
}

PieceRead WarcPiece::read_records(const Piece& piece) {
  buffer_.clear();
  next_stride_ = ByteBuffer::kStride;
  file_bytes_ = piece.file_bytes;
  if (is_plain()) {
    inside_from_ = piece.begin;
    after_from_ = piece.end < piece.file_bytes ? piece.end : UINT64_MAX;
  } else if (piece.begin == 0) {
    inside_from_ = 0;
  }
  side_ = stream_.position() >= inside_from_ ? Side::inside : Side::before;
  while (!done_) {
    sink_.between();
    buffer_.keep_from(at_);
    if (member_at_) *member_at_ -= at_;
    at_ = 0;
    char* const room = buffer_.room();
    const StreamStep step = stream_.next(room, next_stride_);
    switch (step.kind) {
      case StreamStep::Kind::data: take(step); break;
      case StreamStep::Kind::damage: damage(step); break;
      case StreamStep::Kind::unreadable: unreadable(step); break;
      case StreamStep::Kind::end: finish_at_end(); break;
    }
  }
  result_.records = sink_.given();
  result_.bytes = result_.end - result_.first;
  return result_;
}

Side WarcPiece::side_of(std::uint64_t offset) const {
  return offset < inside_from_ ? Side::before : offset < after_from_ ? Side::inside : Side::after;
}

void WarcPiece::take(const StreamStep& step) {
  const std::uint64_t offset = stream_.position() - step.bytes;
  if (!is_plain() && step.side != Side::before) inside_from_ = std::min(inside_from_, offset);
  if (!is_plain() && step.side == Side::after) after_from_ = std::min(after_from_, offset);
  // What goes on from a piece before was told then.
  if (step.begins_member || (place_.member == offset && buffer_.size() == 0)) begin_member(offset);
  buffer_.written(step.bytes);
  last_step_bytes_ = step.bytes;
  next_stride_ = std::min(2 * next_stride_, ByteBuffer::kStride);
  side_ = side_of(stream_.position() - 1);
  if (nothing_can_begin_here()) return stop_inside();
  follow();
  if (!done_ && nothing_can_begin_here()) {
    stop_inside();
    rest_.reset();
  }
}

void WarcPiece::begin_member(std::uint64_t offset) {
  // A record that has filled the member before is whole, whatever comes.
  if (place_.mode == Mode::boundary && place_.complete && place_.record == place_.member && left_in_buffer() == 0) settle();
  member_at_ = buffer_.size();
  place_.member = offset;
  place_.member_record = place_.mode == Mode::boundary || place_.mode == Mode::scan ? offset : place_.record;
}

/// Behind the range, in what belongs to a piece before: where it ends is for others to find.
bool WarcPiece::nothing_can_begin_here() const {
  if (first_known_ || side_ != Side::after || owner_ == Owner::us) return false;
  // Should its length be wrong, reading goes back, perhaps into the range.
  if (is_plain() && place_.mode != Mode::scan) return false;
  // But for a place in the range of which it is not known yet whether a record begins there.
  const bool looking = place_.mode == Mode::boundary || place_.mode == Mode::scan;
  if (looking && side_of(offset_of(at_)) != Side::after) return false;
  return !member_at_ || side_of(offset_of(*member_at_)) == Side::after;
}

/// Goes on as far as the bytes at hand tell how.
void WarcPiece::follow() {
  while (!done_ && advance()) continue;
}

/// One step; false: more bytes are needed for the next one.
bool WarcPiece::advance() {
  if (member_at_ && !look_at_member()) return false;
  switch (place_.mode) {
    case Mode::boundary: return pass_boundary();
    case Mode::head: return take_head();
    case Mode::http_head: return take_http_head();
    case Mode::hold: return take_block();
    case Mode::pass: return pass_block();
    case Mode::scan: return scan();
  }
  return false;
}

/// A member that begins with a record ends what was open before it. Of a file whose members are cut anywhere, a block goes on.
bool WarcPiece::look_at_member() {
  if (is_plain() || place_.mode == Mode::boundary) {
    member_at_.reset();
    return true;
  }
  const ArchiveLook look = look_at_record(*member_at_);
  if (look.kind == LookKind::more) return false;
  const std::size_t begin = *member_at_;
  member_at_.reset();
  if (look.kind == LookKind::none) return true;
  if (place_.mode != Mode::scan) torn(fmt::format("a compressed part that begins another record comes at byte {}, before this one has ended", offset_of(begin)));
  at_ = begin;
  place_.mode = Mode::boundary;
  place_.member_record = place_.member;
  owner_ = Owner::none;
  return true;
}

ArchiveLook WarcPiece::look_at_record(std::size_t at) const {
  const std::string_view bytes = buffer_.view().substr(at);
  const ArchiveLook warc = place_.kind == ArchiveKind::arc ? ArchiveLook{} : look_at_version_line(bytes);
  if (warc.kind != LookKind::none || place_.kind == ArchiveKind::warc) return warc;
  return look_at_arc_line(bytes);
}

bool WarcPiece::pass_boundary() {
  while (at_ < buffer_.size() && is_line_end(buffer_.data()[at_])) ++at_;
  if (at_ == buffer_.size()) return false;
  const ArchiveLook look = look_at_record(at_);
  if (look.kind == LookKind::more) return false;
  if (look.kind == LookKind::found) {
    settle();
    begin_record();
    return true;
  }
  if (place_.complete) {
    torn(fmt::format("its block of {} bytes does not end at a record: something else stands at byte {}", place_.block_left, offset_of(at_)));
    return true;
  }
  if (side_of(offset_of(at_)) == Side::after) {
    stop_before(offset_of(at_));
    return true;
  }
  place_.block_begin = offset_of(at_);
  open_at(place_.block_begin);
  torn("no record of a web archive begins here");
  return true;
}

void WarcPiece::begin_record() {
  const std::uint64_t offset = offset_of(at_);
  if (side_of(offset) == Side::after) return stop_before(offset);
  open_at(offset);
  if (!is_plain() && offset == place_.member) {
    ++place_.members_with_record;
  } else if (!is_plain()) {
    place_.record_inside_member = true;
  }
  place_.mode = Mode::head;
}

/// What begins here belongs to this piece or to one before it.
void WarcPiece::open_at(std::uint64_t offset) {
  owner_ = side_of(offset) == Side::inside ? Owner::us : Owner::before;
  if (owner_ == Owner::us && !first_known_) {
    result_.first = offset;
    first_known_ = true;
  }
  place_.record = offset;
  place_.complete = false;
  outcome_.reset();
  looked_ = 0;
}

bool WarcPiece::take_head() {
  const std::string_view bytes = rest_of_buffer();
  const ArchiveLook line = look_at_record(at_);
  ArchiveHead& head = document_.head();
  place_.block_begin = offset_of(at_) + line.bytes;
  const bool arc = line.kind == LookKind::found && look_at_version_line(bytes).kind == LookKind::none;
  const ArchiveLook look = arc ? line : look_at_fields(bytes, std::max(looked_, line.bytes));
  if (look.kind == LookKind::more) {
    looked_ = look.bytes;
    return false;
  }
  if (look.kind == LookKind::none) {
    at_ += std::max(look.bytes, line.bytes);
    place_.block_begin = offset_of(at_);
    torn(bytes.size() > kMostHeadBytes ? fmt::format("its head has more than {} bytes", kMostHeadBytes)
                                       : fmt::format("the line at byte {} is no field of its head", place_.block_begin));
    return true;
  }
  place_.kind = arc ? ArchiveKind::arc : ArchiveKind::warc;
  const std::string_view found = bytes.substr(0, look.bytes);
  const std::string why = arc ? parse_arc_line(found, head) : parse_warc_head(found, head);
  at_ += look.bytes;
  place_.block_begin = offset_of(at_);
  if (!why.empty()) {
    torn(why);
    return true;
  }
  place_.block_left = head.block_bytes;
  if (owner_ != Owner::us) {
    place_.mode = Mode::pass;
  } else {
    decide(document_.judge_head());
  }
  return true;
}

/// What to do with the block, or with the rest of it.
void WarcPiece::decide(const WarcOutcome& outcome) {
  if (outcome.kind == WarcOutcome::Kind::undecided) {
    place_.mode = document_.begins_with_http() && place_.mode == Mode::head ? Mode::http_head : Mode::hold;
    looked_ = 0;
    return;
  }
  outcome_ = outcome;
  place_.mode = Mode::pass;
}

bool WarcPiece::take_http_head() {
  const std::string_view bytes = rest_of_buffer().substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(place_.block_left, left_in_buffer())));
  const ArchiveLook look = look_at_fields(bytes, looked_, true);
  const bool all_of_it = bytes.size() == place_.block_left;
  looked_ = look.bytes;
  if (look.kind == LookKind::more && !all_of_it) return false;
  decide(document_.judge_http(look.kind == LookKind::found ? bytes.substr(0, look.bytes) : std::string_view()));
  return true;
}

bool WarcPiece::take_block() {
  if (left_in_buffer() < place_.block_left) return false;
  const auto bytes = static_cast<std::size_t>(place_.block_left);
  outcome_ = document_.decode(rest_of_buffer().substr(0, bytes));
  at_ += bytes;
  end_block();
  return true;
}

bool WarcPiece::pass_block() {
  const auto bytes = static_cast<std::size_t>(std::min<std::uint64_t>(place_.block_left, left_in_buffer()));
  at_ += bytes;
  place_.block_left -= bytes;
  if (place_.block_left == 0) {
    end_block();
    return true;
  }
  if (is_plain()) {
    const std::uint64_t over = std::min(place_.block_left, file_bytes_ - stream_.position());
    if (over > kWorthJumping) {
      place_.block_left -= over;
      jump(stream_.position() + over);
      return place_.block_left == 0;
    }
  }
  return false;
}

void WarcPiece::end_block() {
  place_.mode = Mode::boundary;
  place_.complete = true;
  place_.block_left = offset_of(at_) - place_.block_begin;
}

/// The record that ended before this place is whole.
void WarcPiece::settle() {
  const Owner owner = std::exchange(owner_, Owner::none);
  place_.complete = false;
  if (owner != Owner::us || !outcome_) return;
  switch (outcome_->kind) {
    case WarcOutcome::Kind::passed: ++result_.passed_over[static_cast<std::size_t>(outcome_->passed)]; break;
    case WarcOutcome::Kind::bad: sink_.bad(place_.record, outcome_->reason, outcome_->message, document_.own_id()); break;
    case WarcOutcome::Kind::document: {
      Record record = document_.record();
      record.offset = place_.record;
      sink_.document(record);
      break;
    }
    case WarcOutcome::Kind::undecided: break;
  }
  outcome_.reset();
}

void WarcPiece::torn(const std::string& why) {
  if (owner_ == Owner::us) {
    std::string message = why + "; reading goes on at the next record";
    repair_utf8(message);  // it may quote bytes of the file
    sink_.bad(place_.record, Reason::warc, message);
  }
  outcome_.reset();
  place_.complete = false;
  // A length that is wrong may have led over whole records: where one can go back, they are found.
  if (is_plain()) jump(place_.block_begin);
  begin_scan();
}

/// From the beginning of a line.
void WarcPiece::begin_scan() {
  place_.mode = Mode::scan;
  place_.line_start = true;
  looked_ = 0;
}

/// Of a plain file.
void WarcPiece::jump(std::uint64_t offset) {
  const std::uint64_t buffered = offset_of(0);
  if (offset >= buffered && offset <= stream_.position()) {
    at_ = static_cast<std::size_t>(offset - buffered);
    return;
  }
  stream_.seek(offset);
  buffer_.clear();
  at_ = 0;
  next_stride_ = kFirstStride;
}

bool WarcPiece::scan() {
  while (true) {
    if (!place_.line_start) {
      const std::size_t line_feed = buffer_.view().find('\n', at_);
      at_ = line_feed == std::string_view::npos ? buffer_.size() : line_feed + 1;
      if (line_feed == std::string_view::npos) return false;
      place_.line_start = true;
    }
    // Where each record has a member of its own, the beginning of the next member has been looked at.
    const bool at_member = offset_of(at_) == place_.member;
    if (!place_.one_per_member() || at_member) {
      const ArchiveLook look = look_in_scan();
      if (look.kind == LookKind::more) return false;
      if (look.kind == LookKind::found) {
        owner_ = Owner::none;
        begin_record();
        return true;
      }
    }
    if (at_ == buffer_.size()) return false;
    place_.line_start = false;
    looked_ = 0;
  }
}

/// Whether a whole head stands here: a version line alone may stand in a page.
ArchiveLook WarcPiece::look_in_scan() {
  const ArchiveLook line = look_at_record(at_);
  const std::string_view bytes = rest_of_buffer();
  if (line.kind != LookKind::found || look_at_version_line(bytes).kind == LookKind::none) return line;
  const ArchiveLook fields = look_at_fields(bytes, std::max(looked_, line.bytes));
  looked_ = fields.bytes;
  if (fields.kind != LookKind::found) return fields;
  looked_ = 0;
  return names_warc_type(bytes.substr(0, fields.bytes)) ? fields : ArchiveLook{};
}

/// The next record is another piece's.
void WarcPiece::stop_before(std::uint64_t offset) {
  result_.end = offset;
  if (!first_known_) result_.first = offset;
  place_.mode = Mode::boundary;
  done_ = true;
  leave_rest(offset);
}

void WarcPiece::stop_inside() {
  result_.first = result_.end = stream_.position();
  result_.inside_line = true;
  done_ = true;
  leave_rest(offset_of(at_));
}

void WarcPiece::leave_rest(std::uint64_t offset) {
  // The stream gives only bytes of its last step again.
  const bool given_again = is_plain() || left_in_buffer() <= last_step_bytes_;
  if (given_again && !passed_damage_) rest_ = {place_, offset, left_in_buffer()};
}

/// Whether a few bytes stand behind the last record that could have become another one, had the stream not broken off; then they are open.
bool WarcPiece::begins_with_a_few_bytes() {
  settle();
  if (left_in_buffer() == 0) return false;
  const std::uint64_t offset = offset_of(at_);
  if (side_of(offset) == Side::after) {
    stop_before(offset);
    rest_.reset();
  } else {
    open_at(offset);
  }
  return true;
}

void WarcPiece::damage(const StreamStep& step) {
  const bool open = place_.mode == Mode::boundary ? begins_with_a_few_bytes() : place_.mode != Mode::scan;
  if (done_) return;
  // Where nothing is open the damage is where the last byte is.
  if (open ? owner_ == Owner::us : side_ == Side::inside) {
    StreamStep told = step;
    told.untrusted_from = std::min(step.untrusted_from, place_.member_record);
    sink_.damage(open ? place_.record : stream_.position(), told, stream_.position());
  }
  passed_damage_ = passed_damage_ || (!open && side_ == Side::after);
  owner_ = Owner::none;
  outcome_.reset();
  member_at_.reset();
  at_ = buffer_.size();
  begin_scan();
}

void WarcPiece::unreadable(const StreamStep& step) {
  const bool open = place_.mode == Mode::boundary ? begins_with_a_few_bytes() : place_.mode != Mode::scan;
  if (!done_) sink_.bad(open && owner_ == Owner::us ? place_.record : stream_.position(), Reason::io, step.message);
  result_.end = stream_.position();
  if (!first_known_) result_.first = result_.end;
  result_.unreadable = true;
  done_ = true;
}

void WarcPiece::finish_at_end() {
  while (!done_) {
    // A record that was torn has led back to where it began.
    if (is_plain() && stream_.position() < file_bytes_) return;
    if (member_at_) {
      // Too few bytes for a record.
      member_at_.reset();
    } else if (place_.mode == Mode::boundary) {
      if (begins_with_a_few_bytes() && owner_ == Owner::us && !done_) sink_.bad(place_.record, Reason::warc, "the file ends inside its head");
      break;
    } else if (place_.mode != Mode::scan) {
      end_inside_record();
    } else {
      if (at_ == buffer_.size()) break;
      // No whole head stands here any more.
      place_.line_start = false;
      looked_ = 0;
    }
    follow();
  }
  if (done_ || (is_plain() && stream_.position() < file_bytes_)) return;
  result_.end = stream_.position();
  if (!first_known_) result_.first = result_.end;
  done_ = true;
}

void WarcPiece::end_inside_record() {
  if (place_.mode == Mode::head) {
    at_ = static_cast<std::size_t>(place_.block_begin - offset_of(0));
    return torn("the file ends inside its head");
  }
  const std::uint64_t there = stream_.position() - place_.block_begin;
  // What is kept of the block of a record of ours is not kept of one that is passed over: nothing of it may be looked at.
  at_ = buffer_.size();
  torn(fmt::format("the file ends inside its block, {} bytes behind its beginning", there));
}

}  // namespace quern
