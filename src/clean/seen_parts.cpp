#include "seen_parts.hpp"

#include "quern/base/hash.hpp"

#include <algorithm>

namespace quern {

namespace {

constexpr std::size_t kFewSlots = 256;
constexpr std::size_t kKeptSlots = std::size_t{1} << 16;

}  // namespace

void SeenParts::begin(std::string_view text) {
  text_ = text.data();
  if (slots_.size() > kKeptSlots) slots_ = {};
  // A text pays for the slots of the one before it: after one with many lines there are few again.
  if (slots_.empty() || slots_.size() > std::max(kFewSlots, 8 * size_)) slots_.resize(kFewSlots);
  std::ranges::fill(slots_, Slot{});
  size_ = 0;
}

SeenParts::Slot& SeenParts::slot_of(std::string_view part, std::uint64_t hash) noexcept {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t i = hash & mask;; i = (i + 1) & mask) {
    Slot& slot = slots_[i];
    if (slot.bytes == 0 || (slot.hash == hash && std::string_view(text_ + slot.begin, slot.bytes) == part)) return slot;
  }
}

bool SeenParts::add(std::string_view part) {
  if (part.empty()) return false;
  if (size_ * 3 >= slots_.size() * 2) grow();
  const std::uint64_t hash = hash64(part);
  Slot& slot = slot_of(part, hash);
  if (slot.bytes != 0) return true;
  slot = {static_cast<std::uint64_t>(part.data() - text_), part.size(), hash};
  ++size_;
  return false;
}

void SeenParts::grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  const std::size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.bytes == 0) continue;
    std::size_t i = slot.hash & mask;
    while (slots_[i].bytes != 0) i = (i + 1) & mask;
    slots_[i] = slot;
  }
}

}  // namespace quern
