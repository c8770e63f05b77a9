#pragma once
// Open windows by the room that is left in them, for best fit.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace quern {

/// The least member of a set of numbers that is not below another one: a tree of bit words, 64 children each. O(log64 n) for every call.
class BitTree {
 public:
  explicit BitTree(std::uint64_t numbers) {
    do {
      numbers = (numbers + 63) / 64;
      levels_.emplace_back(numbers, 0);
    } while (numbers > 1);
  }

  void set(std::uint64_t number) {
    for (auto& level : levels_) {
      level[number / 64] |= std::uint64_t{1} << (number % 64);
      number /= 64;
    }
  }

  void clear(std::uint64_t number) {
    for (auto& level : levels_) {
      level[number / 64] &= ~(std::uint64_t{1} << (number % 64));
      if (level[number / 64] != 0) return;
      number /= 64;
    }
  }

  static constexpr std::uint64_t kNone = UINT64_MAX;
  std::uint64_t first_from(std::uint64_t number) const {
    for (std::size_t l = 0; l < levels_.size(); ++l, number = number / 64 + 1) {  // nothing in this word: on with the words behind it
      if (number / 64 >= levels_[l].size()) return kNone;
      const std::uint64_t word = levels_[l][number / 64] >> (number % 64) << (number % 64);
      if (word != 0) return down(l, number / 64 * 64 + static_cast<std::uint64_t>(std::countr_zero(word)));
    }
    return kNone;
  }

 private:
  std::uint64_t down(std::size_t level, std::uint64_t number) const {
    while (level-- > 0) number = number * 64 + static_cast<std::uint64_t>(std::countr_zero(levels_[level][number]));
    return number;
  }

  std::vector<std::vector<std::uint64_t>> levels_;
};

class WindowsByRoom {
 public:
  explicit WindowsByRoom(std::uint64_t length) : length_(length), rooms_(length + 1), last_(length + 1, kNoWindow) {}

  /// Puts `tokens` (at most the length) into the fullest window that holds them, or into a new one; of equally full ones into the one that was
  /// filled last. Returns its number: windows are numbered as they are opened.
  std::uint32_t place(std::uint64_t tokens) {
    const std::uint64_t room = rooms_.first_from(tokens);
    const std::uint32_t window = room == BitTree::kNone ? open() : take(room);
    put(window, (room == BitTree::kNone ? length_ : room) - tokens);
    return window;
  }

 private:
  static constexpr std::uint32_t kNoWindow = UINT32_MAX;

  std::uint32_t open() {
    before_.push_back(kNoWindow);
    return static_cast<std::uint32_t>(before_.size() - 1);
  }
  std::uint32_t take(std::uint64_t room) {
    const std::uint32_t window = last_[room];
    last_[room] = before_[window];
    if (last_[room] == kNoWindow) rooms_.clear(room);
    return window;
  }
  void put(std::uint32_t window, std::uint64_t room) {
    if (room == 0) return;  // full
    before_[window] = last_[room];
    last_[room] = window;
    rooms_.set(room);
  }

  std::uint64_t length_;
  BitTree rooms_;
  std::vector<std::uint32_t> last_;    ///< of each room, the window that came to it last
  std::vector<std::uint32_t> before_;  ///< of each window, the one that came to the same room before it
};

}  // namespace quern
