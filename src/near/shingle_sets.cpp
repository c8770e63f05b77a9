#include "near/shingle_sets.hpp"

#include "quern/base/hash.hpp"

namespace quern {

namespace {

// What a set takes beside its shingles, about: two nodes, the vector, and its name twice.
constexpr std::size_t kBytesBeside = 160;

std::size_t bytes_of(const ShingleSet& set) { return set.size() * sizeof(std::uint64_t) + kBytesBeside; }

}  // namespace

std::size_t ShingleSets::Hash::operator()(const Name& name) const noexcept {
  return mix64(name.block ^ mix64(std::uint64_t{name.segment} << 32 | name.row));
}

std::shared_ptr<const ShingleSet> ShingleSets::of(const SpoolRef& ref) {
  const Name name{ref.block, ref.segment, ref.row};
  if (const auto found = sets_.find(name); found != sets_.end()) return found->second;
  texts_.shingles(ref, made_);
  auto set = std::make_shared<const ShingleSet>(made_.begin(), made_.end());
  if (bytes_of(*set) > most_bytes_ / 2) return set;
  for (bytes_ += bytes_of(*set); bytes_ > most_bytes_; oldest_first_.pop_front()) {
    const auto oldest = sets_.find(oldest_first_.front());
    bytes_ -= bytes_of(*oldest->second);
    sets_.erase(oldest);
  }
  oldest_first_.push_back(name);
  sets_.emplace(name, set);
  return set;
}

}  // namespace quern
