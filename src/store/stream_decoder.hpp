#pragma once
// What the three kinds of stream have in common.

#include "quern/store/compressed.hpp"
#include "store/input_window.hpp"

#include <algorithm>

namespace quern {

class StreamDecoder {
 public:
  virtual ~StreamDecoder() = default;
  /// Begins at the first byte of the file in the window.
  virtual void start(const DiskRange& range) = 0;
  /// As CompressedReader::go_on: a stream that has just given `unread` bytes, all of them in one step, is about to give them again.
  virtual void go_on(const DiskRange& range, std::size_t unread) = 0;
  /// How many of the next `bytes` bytes, given before and to be given again, lie on one side, and on which.
  virtual StreamStep give_again(std::size_t bytes) = 0;
  /// As CompressedReader::next; throws Error{store} where that one says `unreadable`.
  virtual StreamStep next(char* to, std::size_t room) = 0;
  /// Members or frames entered so far.
  std::uint64_t begun() const { return begun_; }

 protected:
  std::uint64_t begun_ = 0;
};

inline StreamStep data_step(std::size_t bytes, Side side) { return {StreamStep::Kind::data, bytes, side, {}}; }
inline StreamStep damage_step(std::string message) { return {StreamStep::Kind::damage, 0, Side::inside, std::move(message)}; }
/// The step of a member of which all was given.
inline StreamStep wrong_checksum(StreamStep damage) {
  damage.wrong_checksum = true;
  return damage;
}
inline StreamStep end_step() { return {}; }

/// The sides of a place that only grows: where reading goes on behind a damage may lie before the place that was reached already.
class SideOfPlace {
 public:
  SideOfPlace() = default;
  explicit SideOfPlace(const DiskRange& range) : range_(range) {}
  /// The same place, seen from another range.
  void change_range(const DiskRange& range) { range_ = range; }
  void advance_to(std::uint64_t place) { place_ = std::max(place_, place); }
  Side side() const { return place_ < range_.begin ? Side::before : last_range() || place_ < range_.end ? Side::inside : Side::after; }
  /// The place at which the next side begins; UINT64_MAX: never.
  std::uint64_t next_change() const {
    if (place_ < range_.begin) return range_.begin;
    return !last_range() && place_ < range_.end ? range_.end : UINT64_MAX;
  }
  bool whole() const { return range_.begin == 0 && last_range(); }

 private:
  /// Places are estimates for gzip: the last range takes all that is left.
  bool last_range() const { return range_.end >= range_.file_bytes; }

  DiskRange range_;
  std::uint64_t place_ = 0;
};

}  // namespace quern
