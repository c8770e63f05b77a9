#include "store/gzip_decoder.hpp"

#include "quern/base/wide.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace quern {

namespace {

/// How far behind a torn member's end a decoder may have gone on, taking the next member for its own data.
constexpr std::uint64_t kOverrun = 1u << 20;

}  // namespace

void GzipDecoder::start(const DiskRange& range) {
  window_.seek(0);
  side_ = SideOfPlace(range);
  if (!side_.whole()) ratio_ = estimate_gzip_ratio(window_);
  first_ = true;
  state_ = State::boundary;
}

StreamStep GzipDecoder::next(char* to, std::size_t room) {
  for (;;) {
    std::optional<StreamStep> step;
    switch (state_) {
      case State::boundary: step = enter_member(); break;
      case State::body: step = read_body(to, room); break;
      case State::body_again: step = read_body_again(to, room); break;
      case State::trailer: step = check_trailer(); break;
      case State::end: return end_step();
    }
    if (step) return *std::move(step);
  }
}

GzipHeader GzipDecoder::read_header() {
  constexpr std::size_t kMost = InputWindow::kCapacity - InputWindow::kKeptBehind;
  for (std::size_t wanted = 64; wanted <= kMost; wanted *= 2) {
    const bool all_of_it = window_.need(wanted);
    GzipHeader header = parse_gzip_header(window_.view());
    if (!header.cut_short || !all_of_it) return header;
  }
  return {0, "a header without an end", false};
}

std::optional<StreamStep> GzipDecoder::enter_member() {
  // Zeros behind a member are padding (tape blocks); before the first one there can be none, the file would not begin as gzip.
  while (!first_ && window_.need(1) && window_.view().front() == '\0') window_.consume(1);
  if (window_.at_end()) {
    state_ = State::end;
    return end_step();
  }
  member_ = window_.offset();
  given_ = 0;
  crc_ = 0;
  const GzipHeader header = read_header();
  if (header.cut_short) return damaged(member_ + 1, fmt::format("the file ends inside the header of the gzip member at byte {}", member_));
  if (!header.why.empty()) return damaged(member_ + 1, fmt::format("byte {}: {}", member_, header.why));
  first_ = false;
  ++begun_;
  side_.advance_to(member_);
  window_.consume(header.bytes);
  body_ = window_.offset();
  fast_.start();
  state_ = State::body;
  return std::nullopt;
}

std::size_t GzipDecoder::room_on_this_side(std::size_t room) const {
  const std::uint64_t change = side_.next_change();
  if (change == UINT64_MAX) return room;
  // The first byte p of the member with member_ + p / R >= change.
  const Uint128 numerator = static_cast<Uint128>(change - member_) * ratio_.decompressed;
  const Uint128 p = (numerator + ratio_.on_disk - 1) / ratio_.on_disk;
  return p - given_ < room ? static_cast<std::size_t>(p - given_) : room;
}

/// The next `bytes` bytes of the member, all on one side.
StreamStep GzipDecoder::step_over(std::size_t bytes) {
  side_before_ = side_;
  given_ += bytes;
  advance_to_given();
  return data_step(bytes, side_before_.side());
}

void GzipDecoder::advance_to_given() {
  if (side_.whole()) return;
  const Uint128 place = static_cast<Uint128>(given_) * ratio_.on_disk / ratio_.decompressed;
  side_.advance_to(member_ + static_cast<std::uint64_t>(place));
}

StreamStep GzipDecoder::give(std::size_t bytes, const char* from) {
  crc_ = gzip_crc(crc_, from, bytes);
  return step_over(bytes);
}

void GzipDecoder::go_on(const DiskRange& range, std::size_t unread) {
  given_ -= unread;
  side_ = side_before_;
  side_.change_range(range);
  advance_to_given();
}

StreamStep GzipDecoder::give_again(std::size_t bytes) { return step_over(room_on_this_side(bytes)); }

std::optional<StreamStep> GzipDecoder::read_body(char* to, std::size_t room) {
  const InflateStep step = fast_.run(window_, to, room_on_this_side(room));
  if (step.status == InflateStep::Status::finished) state_ = State::trailer;
  const bool stuck = step.status == InflateStep::Status::failed || step.status == InflateStep::Status::starved;
  std::optional<StreamStep> given;
  if (step.bytes > 0) given = give(step.bytes, to);
  if (stuck) decode_again();
  return given;
}

void GzipDecoder::decode_again() {
  window_.seek(body_);
  exact_.start();
  decoded_again_ = 0;
  crc_ = 0;
  state_ = State::body_again;
}

std::optional<StreamStep> GzipDecoder::read_body_again(char* to, std::size_t room) {
  const bool known = decoded_again_ < given_;
  const std::size_t wanted =
      known ? static_cast<std::size_t>(std::min<std::uint64_t>(room, given_ - decoded_again_)) : room_on_this_side(room);
  const InflateStep step = exact_.run(window_, to, wanted);
  decoded_again_ += step.bytes;
  if (known) crc_ = gzip_crc(crc_, to, step.bytes);
  if (!known && step.bytes > 0) {
    const StreamStep given = give(step.bytes, to);
    if (step.status == InflateStep::Status::finished) state_ = State::trailer;
    // A failure is met again by the next call: zlib stays where it found it.
    return given;
  }
  switch (step.status) {
    case InflateStep::Status::more: return std::nullopt;
    case InflateStep::Status::starved: return damaged_member("the file ends inside it");
    case InflateStep::Status::failed: return damaged_member(exact_.why());
    case InflateStep::Status::finished: break;
  }
  if (decoded_again_ < given_) return damaged_member("it ends before the bytes that were decoded of it");
  state_ = State::trailer;
  return std::nullopt;
}

std::optional<StreamStep> GzipDecoder::check_trailer() {
  if (!window_.need(kGzipTrailerBytes)) return damaged_member("the file ends inside its checksum");
  const GzipTrailer trailer = parse_gzip_trailer(window_.view());
  window_.consume(kGzipTrailerBytes);
  if (trailer.crc != crc_) return wrong_end("its checksum is wrong");
  if (trailer.size != static_cast<std::uint32_t>(given_)) return wrong_end("its length is not the one it states");
  state_ = State::boundary;
  return std::nullopt;
}

/// A member that ends where the file or another one begins has not run over into it: what is behind it need not be searched for.
StreamStep GzipDecoder::wrong_end(const std::string& why) {
  const std::uint64_t end = window_.offset();
  window_.need(kMagicBytes);
  const bool ends_there = window_.at_end() || begins_gzip_member(window_.view());
  if (!ends_there) return wrong_checksum(damaged_member(why));
  state_ = State::boundary;
  return wrong_checksum(damage_step(fmt::format("the gzip member at byte {} is damaged: {} (found at byte {}); {}", member_, why, end,
                                                window_.at_end() ? "nothing is behind it" : fmt::format("reading goes on at byte {}", end))));
}

StreamStep GzipDecoder::damaged_member(const std::string& why) {
  const std::uint64_t found = window_.offset();
  const std::uint64_t back = found > kOverrun ? found - kOverrun : 0;
  return damaged(std::max(member_ + 1, back),
                 fmt::format("the gzip member at byte {} is damaged: {} (found at byte {})", member_, why, found));
}

StreamStep GzipDecoder::damaged(std::uint64_t search_from, const std::string& why) {
  first_ = false;
  const std::optional<std::uint64_t> next = find_gzip_member(window_, search_from);
  if (!next) {
    state_ = State::end;
    return damage_step(why + "; nothing behind it can be read");
  }
  window_.seek(*next);
  state_ = State::boundary;
  return damage_step(fmt::format("{}; reading goes on at byte {}", why, *next));
}

}  // namespace quern
