#pragma once
// From keys to dense numbers: equal keys are a class, and classes are numbered in the order in which they come.

#include "quern/base/wide.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace quern {

/// Open addressing. Emptied by a new round number instead of by writing: texts are short and many.
class ClassTable {
 public:
  /// Forgets everything, and has room for `keys` different ones; before another comes, is_full() has to be asked.
  void start(std::size_t keys) {
    classes_ = 0;
    clear(std::bit_ceil(std::max<std::size_t>(16, keys + keys / 2)));
  }

  bool is_full() const noexcept { return classes_ == most_; }
  /// Twice the room. Apart from class_of: a call there would make the compiler read every member again for each key.
  void grow() {
    std::vector<Slot> filled;
    for (std::size_t at = 0; at <= mask_; ++at) {
      if (slots_[at].round == round_) filled.push_back(slots_[at]);
    }
    clear(2 * (mask_ + 1));
    for (Slot& slot : filled) {
      slot.round = round_;
      std::size_t at = place_of(slot.key);
      while (slots_[at & mask_].round == round_) ++at;
      slots_[at & mask_] = slot;
    }
  }

  std::uint32_t classes() const noexcept { return classes_; }

  /// `same(class)`: whether what the class stands for is equal and not only its key.
  template <class Same>
  std::uint32_t class_of(std::uint64_t key, Same same) noexcept {
    for (std::size_t at = place_of(key);; ++at) {
      Slot& slot = slots_[at & mask_];
      if (slot.round != round_) {
        slot = {key, classes_, round_};
        return classes_++;
      }
      if (slot.key == key && same(slot.id)) return slot.id;
    }
  }
  std::uint32_t class_of(std::uint64_t key) noexcept {
    return class_of(key, [](std::uint32_t) { return true; });
  }

  /// Gives memory back that only an unusually long text needed.
  void shrink(std::size_t most_slots) {
    if (slots_.size() > most_slots) slots_ = {};
  }

 private:
  struct Slot {
    std::uint64_t key = 0;
    std::uint32_t id = 0;
    std::uint32_t round = 0;
  };

  void clear(std::size_t size) {
    if (size > slots_.size()) {
      slots_.assign(size, {});
      round_ = 0;
    }
    mask_ = size - 1;
    most_ = static_cast<std::uint32_t>(std::min<std::size_t>(size - size / 4, UINT32_MAX));
    if (++round_ == 0) {
      std::fill(slots_.begin(), slots_.end(), Slot{});
      round_ = 1;
    }
  }

  static std::size_t place_of(std::uint64_t key) noexcept {
    const Uint128 product = static_cast<Uint128>(key ^ 0x9E3779B97F4A7C15u) * 0xD6E8FEB86659FD93u;
    return static_cast<std::size_t>(static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64));
  }

  std::vector<Slot> slots_;
  std::size_t mask_ = 0;
  std::uint32_t classes_ = 0;
  std::uint32_t most_ = 0;
  std::uint32_t round_ = 0;
};

}  // namespace quern
