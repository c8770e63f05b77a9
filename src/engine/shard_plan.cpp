#include "engine/shard_plan.hpp"

#include <algorithm>

namespace quern {

std::span<const std::uint64_t> ShardPlan::of(std::size_t rank) const {
  return std::span(missing_).subspan(begin_of(rank), begin_of(rank + 1) - begin_of(rank));
}

ShardPlan::Ranks ShardPlan::readers_of(std::uint64_t first, std::uint64_t end) const {
  if (first >= end) return {};
  const auto from = std::ranges::lower_bound(missing_, first / cut_.shard_tokens);
  const auto to = std::ranges::upper_bound(missing_, (end - 1) / cut_.shard_tokens);
  if (from == to) return {};
  return {writer_of(static_cast<std::size_t>(from - missing_.begin())), writer_of(static_cast<std::size_t>(to - missing_.begin() - 1)) + 1};
}

}  // namespace quern
