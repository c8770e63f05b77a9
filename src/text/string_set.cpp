#include "quern/text/string_set.hpp"

#include "quern/base/error.hpp"
#include "quern/base/hash.hpp"

namespace quern {

namespace {

constexpr std::size_t kMostBytes = (std::size_t{1} << 32) - 2;

}  // namespace

std::uint64_t StringSet::hash_of(std::string_view s) noexcept { return hash64(s); }

/// The slot of the string, or the free one in which it would lie.
std::size_t StringSet::find(std::string_view s, std::uint64_t hash) const noexcept {
  const auto tag = static_cast<std::uint32_t>(hash >> 32);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t i = hash & mask;; i = (i + 1) & mask) {
    const Slot& slot = slots_[i];
    if (slot.bytes == 0) return i;
    if (slot.tag == tag && slot.bytes - 1 == s.size() && std::string_view(arena_).substr(slot.begin, s.size()) == s) return i;
  }
}

bool StringSet::has(std::string_view s, std::uint64_t hash) const noexcept { return size_ != 0 && slots_[find(s, hash)].bytes != 0; }

void StringSet::add(std::string_view s) {
  if (slots_.empty() || size_ * 3 >= slots_.size() * 2) grow();
  const std::uint64_t hash = hash_of(s);
  Slot& slot = slots_[find(s, hash)];
  if (slot.bytes != 0) return;
  if (arena_.size() + s.size() > kMostBytes) fail(ErrorKind::plan, "a list holds more than 4 GiB: shorten it");
  slot = {static_cast<std::uint32_t>(hash >> 32), static_cast<std::uint32_t>(arena_.size()), static_cast<std::uint32_t>(s.size() + 1)};
  arena_ += s;
  ++size_;
}

void StringSet::grow() {
  std::vector<Slot> old(slots_.empty() ? 16 : slots_.size() * 2);
  old.swap(slots_);
  const std::size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.bytes == 0) continue;
    std::size_t i = hash_of(std::string_view(arena_).substr(slot.begin, slot.bytes - 1)) & mask;
    while (slots_[i].bytes != 0) i = (i + 1) & mask;
    slots_[i] = slot;
  }
}

}  // namespace quern
