#include "read/lines_piece.hpp"

#include "read/foreign_file.hpp"

#include <fmt/format.h>

#include <cstring>

namespace quern {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
/// Bytes of a line that are not its content: a byte order mark, a CR.
constexpr std::size_t kAroundLine = 4;

std::size_t find_line_feed(std::string_view bytes, std::size_t from) {
  const void* const found = from < bytes.size() ? std::memchr(bytes.data() + from, '\n', bytes.size() - from) : nullptr;
  return found ? static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data()) : std::string_view::npos;
}

std::string_view content_of(std::string_view line, std::uint64_t offset) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (offset == 0 && line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  return line;
}

}  // namespace

PieceRead LinesPiece::read(const Piece& piece) {
  if (piece.begin == 0) {
    begin_lines(0);
  } else {
    mode_ = Mode::seeking;
  }
  return read_lines();
}

PieceRead LinesPiece::go_on(const PieceRest& rest) {
  behind_damage_ = rest.behind_damage;
  if (rest.inside_line) {
    mode_ = Mode::tail;
  } else {
    begin_lines(stream_.position());
  }
  return read_lines();
}

PieceRead LinesPiece::read_lines() {
  buffer_.clear();
  while (mode_ != Mode::done) {
    sink_.between();
    // Only an open line is kept, at the front.
    buffer_.keep_from(mode_ == Mode::line ? line_begin_ : buffer_.size());
    line_begin_ = 0;
    char* const room = buffer_.room();
    const StreamStep step = stream_.next(room, ByteBuffer::kStride);
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

void LinesPiece::begin_lines(std::uint64_t offset) {
  mode_ = Mode::line_start;
  if (!first_known_) result_.first = offset;
  first_known_ = true;
  result_.end = offset;
  // Behind the range no byte can belong to this piece any more.
  if (side_ == Side::after) mode_ = Mode::done;
}

void LinesPiece::take(std::size_t bytes, Side side) {
  std::size_t at = buffer_.size();
  buffer_.written(bytes);
  // A line that ends with the bytes before may be followed by bytes of the next range: then it was the last one.
  side_ = side;
  if (mode_ == Mode::line_start && side == Side::after) mode_ = Mode::done;
  // No line begins in the range. Where this one ends is for others to find: many pieces may lie in it.
  if (mode_ == Mode::tail && side == Side::after) {
    mode_ = Mode::done;
    result_.inside_line = true;
  }
  while (at < buffer_.size() && mode_ != Mode::done) {
    switch (mode_) {
      case Mode::seeking: at = seek(at, side); break;
      case Mode::tail: [[fallthrough]];
      case Mode::too_long: at = pass_line(at); break;
      case Mode::line_start:
        mode_ = Mode::line;
        line_begin_ = at;
        line_offset_ = offset_of(at);
        [[fallthrough]];
      case Mode::line: at = take_line(at); break;
      case Mode::done: break;
    }
  }
  last_byte_ = buffer_.view().back();
  if (mode_ == Mode::done) rest_ = {buffer_.size() - at, behind_damage_, result_.inside_line};
}

std::size_t LinesPiece::seek(std::size_t at, Side side) {
  if (side == Side::before) {
    behind_damage_ = false;
    return buffer_.size();
  }
  if (last_byte_ == '\n' || behind_damage_) {
    begin_lines(offset_of(at));
  } else {
    mode_ = Mode::tail;
  }
  return at;
}

std::size_t LinesPiece::pass_line(std::size_t at) {
  const std::size_t line_feed = find_line_feed(buffer_.view(), at);
  if (line_feed == std::string_view::npos) return buffer_.size();
  if (mode_ == Mode::too_long && !behind_damage_) {
    sink_.bad(line_offset_, Reason::size, fmt::format("a line of {} bytes; max_document_bytes is {}", offset_of(line_feed) - line_offset_,
                                                      max_document_bytes_));
  }
  behind_damage_ = false;
  begin_lines(offset_of(line_feed + 1));
  return line_feed + 1;
}

std::size_t LinesPiece::take_line(std::size_t at) {
  const std::size_t line_feed = find_line_feed(buffer_.view(), at);
  if (line_feed != std::string_view::npos) {
    finish_line(buffer_.view().substr(line_begin_, line_feed - line_begin_));
    begin_lines(offset_of(line_feed + 1));
    return line_feed + 1;
  }
  if (buffer_.size() - line_begin_ > max_document_bytes_ + kAroundLine) mode_ = Mode::too_long;
  return buffer_.size();
}

void LinesPiece::finish_line(std::string_view line) {
  const std::string_view content = content_of(line, line_offset_);
  if (content.size() > max_document_bytes_) {
    if (!behind_damage_) {
      sink_.bad(line_offset_, Reason::size, fmt::format("a line of {} bytes; max_document_bytes is {}", line.size(), max_document_bytes_));
    }
  } else if (!format_.passes_over(content, line_offset_)) {
    give_line(content);
  }
  behind_damage_ = false;
}

void LinesPiece::give_line(std::string_view line) {
  bool stands_alone = false;
  const LineFields parsed = format_.parse(line, stands_alone);
  if (behind_damage_ && !stands_alone) return;
  if (parsed.bad == Reason::none) {
    sink_.document(line_offset_, parsed);
  } else if (line_offset_ == 0 && parsed.bad != Reason::utf8) {
    sink_.bad(0, parsed.bad, parsed.message + std::string(foreign_file(line)), parsed.own_id);
  } else {
    sink_.bad(line_offset_, parsed.bad, parsed.message, parsed.own_id);
  }
}

bool LinesPiece::open_line_is_whole() {
  if (mode_ != Mode::line) return false;
  const std::string_view line = content_of(buffer_.view().substr(line_begin_), line_offset_);
  bool stands_alone = false;
  if (line.size() <= max_document_bytes_) format_.parse(line, stands_alone);
  return stands_alone;
}

void LinesPiece::damage(const StreamStep& step) {
  if (mode_ == Mode::seeking) {
    behind_damage_ = true;
    return;
  }
  std::uint64_t offset = stream_.position();
  const bool ours = mode_ != Mode::tail;
  if (open_line_is_whole()) {
    give_line(content_of(buffer_.view().substr(line_begin_), line_offset_));
  } else if (mode_ == Mode::line || mode_ == Mode::too_long) {
    offset = line_offset_;
  }
  if (ours) sink_.damage(offset, step, stream_.position());
  behind_damage_ = true;
  begin_lines(stream_.position());
}

void LinesPiece::unreadable(const StreamStep& step) {
  const bool torn = mode_ == Mode::line || mode_ == Mode::too_long;
  sink_.bad(torn ? line_offset_ : stream_.position(), Reason::io, step.message);
  begin_lines(stream_.position());
  result_.unreadable = true;
  mode_ = Mode::done;
}

void LinesPiece::finish_at_end() {
  if (mode_ == Mode::line) finish_line(buffer_.view().substr(line_begin_));
  if (mode_ == Mode::too_long && !behind_damage_) {
    sink_.bad(line_offset_, Reason::size,
              fmt::format("a line of {} bytes; max_document_bytes is {}", stream_.position() - line_offset_, max_document_bytes_));
  }
  begin_lines(stream_.position());
  mode_ = Mode::done;
}

}  // namespace quern
