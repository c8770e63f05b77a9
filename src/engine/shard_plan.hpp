#pragma once
// Which rank writes which shard.

#include "quern/dataset/shard_files.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace quern {

/// The shards that are still to be written, dealt out in order: no rank has two more than another. The same on every rank.
class ShardPlan {
 public:
  /// Ranks, from first to before end.
  struct Ranks {
    std::size_t first = 0, end = 0;
  };

  /// `missing`: numbers of shards, rising.
  ShardPlan(const ShardCut& cut, std::vector<std::uint64_t> missing, std::size_t ranks) : cut_(cut), missing_(std::move(missing)), ranks_(ranks) {}

  const ShardCut& cut() const { return cut_; }
  /// Those that the rank writes, in order.
  std::span<const std::uint64_t> of(std::size_t rank) const;
  /// Who needs any of the tokens [first, end); among them may be ranks that write nothing.
  Ranks readers_of(std::uint64_t first, std::uint64_t end) const;

 private:
  std::size_t begin_of(std::size_t rank) const { return missing_.size() * rank / ranks_; }
  /// Who writes the shard missing_[i].
  std::size_t writer_of(std::size_t i) const { return ((i + 1) * ranks_ - 1) / missing_.size(); }

  ShardCut cut_;
  std::vector<std::uint64_t> missing_;
  std::size_t ranks_;
};

}  // namespace quern
