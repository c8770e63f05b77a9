#include "read/blocks_piece.hpp"

#include "read/text_record.hpp"

#include <fmt/format.h>

#include <cstring>
#include <utility>

namespace quern {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
/// Bytes of a block that are not its content, and some more: a byte order mark, a line end.
constexpr std::uint64_t kAroundBlock = 8;

bool is_blank(std::string_view bytes) noexcept {
  for (const char c : bytes) {
    if (c != ' ' && c != '\t' && c != '\r') return false;
  }
  return true;
}

}  // namespace

PieceRead BlocksPiece::read() {
  if (piece_.begin == 0) {
    set_first(0);
  } else {
    mode_ = Mode::seeking;
  }
  return read_blocks();
}

PieceRead BlocksPiece::go_on(const PieceRest& rest) {
  behind_blank_ = rest.behind_blank;
  member_behind_blank_ = rest.member_behind_blank;
  mode_ = Mode::others;
  line_ = {!rest.line_begins, true, Side::before, stream_.position()};
  if (rest.behind_damage) enter_range(stream_.position());
  return read_blocks();
}

PieceRead BlocksPiece::read_blocks() {
  buffer_.clear();
  while (mode_ != Mode::done) {
    sink_.between();
    keep_what_is_open();
    const std::uint64_t begun = stream_.begun();
    step_offset_ = stream_.position();
    char* const room = buffer_.room();
    const StreamStep step = stream_.next(room, ByteBuffer::kStride);
    if (stream_.begun() != begun) member_behind_blank_ = behind_blank_;
    switch (step.kind) {
      case StreamStep::Kind::data: take(step.bytes, step.side); break;
      case StreamStep::Kind::damage: damage(step); break;
      case StreamStep::Kind::unreadable: unreadable(step); break;
      case StreamStep::Kind::end: finish_at_end(); break;
    }
  }
  result_.records = sink_.given();
  result_.bytes = result_.end - result_.first;
  return result_;
}

void BlocksPiece::keep_what_is_open() {
  const std::uint64_t here = stream_.position();
  std::uint64_t from = here;
  if (mode_ == Mode::block && !held_) {
    from = block_offset_;
    if (is_too_long()) {
      const bool maybe_blank = line_.open && line_.blank;
      if (maybe_blank) {
        held_ = buffer_.view().substr(place_of(block_offset_), static_cast<std::size_t>(line_.offset - block_offset_));
      } else {
        mode_ = Mode::passed;
      }
      from = here;
    }
  } else if (mode_ == Mode::between && line_.open && here - line_.offset <= max_document_bytes_ + kAroundBlock) {
    from = line_.offset;  // its white space may be that of a block's first line
  }
  buffer_.keep_from(place_of(from));
}

/// With all that was seen of it; a line that may still be a blank one counts too.
bool BlocksPiece::is_too_long() const { return stream_.position() - block_offset_ > max_document_bytes_ + kAroundBlock; }

void BlocksPiece::take(std::size_t bytes, Side side) {
  std::size_t at = buffer_.size();
  buffer_.written(bytes);
  side_ = side;
  if (mode_ == Mode::seeking && side != Side::before) enter_range(offset_of(at));
  if (std::exchange(behind_damage_, false) && mode_ == Mode::passed && side == Side::after) {
    finish(offset_of(at));
    rest_ = {buffer_.size() - at, true, false, false, behind_blank_, member_behind_blank_};
    return;
  }
  while (at < buffer_.size() && mode_ != Mode::done) {
    if (!line_.open) begin_line(at, side);
    const std::string_view view = buffer_.view();
    const void* const found = std::memchr(view.data() + at, '\n', view.size() - at);
    const std::size_t end = found ? static_cast<std::size_t>(static_cast<const char*>(found) - view.data()) : view.size();
    const std::uint64_t end_offset = offset_of(end);
    see(view.substr(at, end - at), side);
    at = end;
    if (found && mode_ != Mode::done) {
      end_line(end_offset + 1);
      ++at;
    }
  }
}

void BlocksPiece::enter_range(std::uint64_t offset) {
  if (mode_ == Mode::seeking && !behind_damage_) {
    mode_ = Mode::others;
    return;
  }
  // Right behind a damage, which is an end for all that came before it.
  set_first(offset);
  behind_damage_ = true;
  mode_ = Mode::passed;
  torn_ = true;
  line_.open = false;
}

void BlocksPiece::begin_line(std::size_t at, Side side) { line_ = {true, true, side, offset_of(at)}; }

/// Bytes of the open line, its end not among them.
void BlocksPiece::see(std::string_view bytes, Side side) {
  const bool first_of_file = line_.offset == 0 && offset_of(static_cast<std::size_t>(bytes.data() - buffer_.data())) == 0;
  if (first_of_file && bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
  if (line_.blank && !is_blank(bytes)) {
    line_.blank = false;
    text_begins();
  }
  // No blank line begins in the range. Where this block ends is for others to find: many pieces may lie in it.
  if (mode_ == Mode::others && side == Side::after && (line_.side != Side::inside || !line_.blank)) {
    leave_rest(std::max(step_offset_, line_.offset), true);
    result_.inside_line = true;
    mode_ = Mode::done;
  }
}

void BlocksPiece::text_begins() {
  if (mode_ == Mode::between) {
    block_offset_ = line_.offset;
    torn_ = false;
    mode_ = block_offset_ >= offset_of(0) ? Mode::block : Mode::passed;
  } else if (mode_ == Mode::block && held_) {
    held_.reset();
    mode_ = Mode::passed;
  }
}

void BlocksPiece::end_line(std::uint64_t end) {
  line_.open = false;
  if (!line_.blank) return;
  blank_line();
  if (mode_ != Mode::done) behind_blank_ = end;
}

void BlocksPiece::blank_line() {
  if (mode_ == Mode::seeking || (mode_ == Mode::others && line_.side != Side::inside)) return;
  if (mode_ == Mode::others) set_first(line_.offset);
  if (mode_ == Mode::block || mode_ == Mode::passed) end_block(line_.offset);
  mode_ = Mode::between;
  if (line_.side != Side::after) return;
  finish(line_.offset);
  leave_rest(line_.offset, false);
}

void BlocksPiece::end_block(std::uint64_t end) {
  if (mode_ == Mode::block) {
    if (held_) {
      give_block(*held_, end);
    } else {
      const std::size_t from = place_of(block_offset_);
      give_block(buffer_.view().substr(from, place_of(end) - from), end);
    }
  } else if (!torn_) {
    give_too_long(end);
  }
  held_.reset();
  torn_ = false;
}

void BlocksPiece::give_block(std::string_view block, std::uint64_t end) {
  if (block.ends_with('\n')) block.remove_suffix(1);
  if (block.ends_with('\r')) block.remove_suffix(1);
  if (block_offset_ == 0 && block.starts_with(kByteOrderMark)) block.remove_prefix(kByteOrderMark.size());
  if (block.size() > max_document_bytes_) return give_too_long(end);
  LineFields fields;
  fields.text = block;
  const std::string id = own_id(block_offset_);
  fields.own_id = id;
  give_text(block_offset_, std::move(fields), policy_, sink_);
}

void BlocksPiece::give_too_long(std::uint64_t end) {
  sink_.bad(block_offset_, Reason::size, fmt::format("a block of {} bytes; max_document_bytes is {}", end - block_offset_, max_document_bytes_),
            own_id(block_offset_));
}

std::string BlocksPiece::own_id(std::uint64_t offset) const { return fmt::format("{}:{}", piece_.name, offset); }

void BlocksPiece::set_first(std::uint64_t offset) {
  if (!first_known_) result_.first = offset;
  first_known_ = true;
  result_.end = offset;
}

void BlocksPiece::finish(std::uint64_t end) {
  set_first(end);
  mode_ = Mode::done;
}

/// The next piece may go on with bytes of the last step only; else it begins anew, with the same records.
void BlocksPiece::leave_rest(std::uint64_t from, bool inside_line) {
  if (from < step_offset_) return;
  const bool line_begins = line_.side != Side::before && from == line_.offset;
  rest_ = {buffer_.size() - place_of(from), false, inside_line, line_begins, behind_blank_, member_behind_blank_};
}

void BlocksPiece::damage(const StreamStep& given) {
  if (mode_ == Mode::seeking) {
    behind_damage_ = true;
    behind_blank_ = stream_.position();
    line_.open = false;
    return;
  }
  StreamStep step = given;
  if (step.wrong_checksum) step.untrusted_from = member_behind_blank_;
  const bool in_block = mode_ == Mode::block || (mode_ == Mode::passed && !torn_);
  if (mode_ != Mode::others) sink_.damage(in_block ? block_offset_ : stream_.position(), step, stream_.position());
  held_.reset();
  behind_blank_ = stream_.position();
  if (side_ == Side::after) return finish(stream_.position());
  enter_range(stream_.position());
  result_.end = stream_.position();
}

void BlocksPiece::unreadable(const StreamStep& step) {
  const bool in_block = mode_ == Mode::block || (mode_ == Mode::passed && !torn_);
  sink_.bad(in_block ? block_offset_ : stream_.position(), Reason::io, step.message);
  result_.unreadable = true;
  finish(stream_.position());
}

void BlocksPiece::finish_at_end() {
  const bool blank_behind = line_.open && line_.blank && line_.side == Side::after;
  const std::uint64_t here = stream_.position(), end = blank_behind ? line_.offset : here;
  const bool blank_tail = line_.open && line_.blank;
  if (mode_ == Mode::others && blank_tail && line_.side == Side::inside) set_first(line_.offset);
  if (mode_ == Mode::block || mode_ == Mode::passed) end_block(blank_tail ? line_.offset : here);
  finish(end);
}

}  // namespace quern
