#include "write/rewrite_shards.hpp"

#include "quern/base/error.hpp"
#include "quern/base/hash.hpp"
#include "quern/base/heartbeat.hpp"
#include "quern/comm/world.hpp"
#include "quern/dataset/dataset_reader.hpp"
#include "quern/write/shard_writer.hpp"
#include "write/even_share.hpp"
#include "write/together.hpp"

#include <algorithm>
#include <cstring>
#include <span>

namespace quern {

namespace {

constexpr std::uint64_t kTokensAtOnce = 256u << 10;

/// To each rank the runs of its shards; one that reaches into the shards of several ranks is cut.
std::vector<TokenRun> exchange(const std::vector<TokenRun>& runs, const ShardCut& cut, World& world) {
  std::vector<std::uint64_t> counts(static_cast<std::size_t>(world.size()), 0), received;
  std::string bytes;
  std::size_t rank = 0;
  for (TokenRun left : runs) {
    while (left.tokens > 0) {
      while (left.first >= cut.first(share_of(cut.shards(), rank, counts.size()).end)) ++rank;
      TokenRun part = left;
      part.tokens = std::min(left.tokens, cut.first(share_of(cut.shards(), rank, counts.size()).end) - left.first);
      bytes += as_bytes(std::span<const TokenRun>(&part, 1));
      counts[rank] += sizeof part;
      left = {left.first + part.tokens, left.old_first + part.tokens, left.tokens - part.tokens};
    }
  }
  const std::string mine = world.all_to_all_bytes(bytes, counts, received);
  std::vector<TokenRun> all(mine.size() / sizeof(TokenRun));
  if (!all.empty()) std::memcpy(all.data(), mine.data(), mine.size());
  return all;
}

/// Shards from `next` on, one after the other.
template <class Token>
class Copy {
 public:
  Copy(const DatasetReader& old, ShardWriter& writer, std::uint64_t next, std::vector<Shard>& shards) : old_(old), writer_(writer), next_(next), shards_(shards) {}

  void add(const TokenRun& run) {
    for (std::uint64_t done = 0; done < run.tokens; done += read_.size()) {
      if (writer_.missing() == 0) writer_.begin(next_++);
      read_.resize(std::min({kTokensAtOnce, run.tokens - done, writer_.missing()}));
      old_.tokens(run.old_first + done, read_);
      stored_.assign(read_.begin(), read_.end());
      writer_.add(std::span<const Token>(stored_));
      if (writer_.missing() == 0) shards_.push_back(writer_.end());
      beat();
    }
  }

 private:
  const DatasetReader& old_;
  ShardWriter& writer_;
  std::uint64_t next_;
  std::vector<Shard>& shards_;
  std::vector<std::uint32_t> read_;
  std::vector<Token> stored_;
};

template <class Token>
void copy_all(const DatasetReader& old, const std::vector<TokenRun>& runs, ShardWriter& writer, Range mine, std::vector<Shard>& shards) {
  Copy<Token> copy(old, writer, mine.first, shards);
  for (const TokenRun& run : runs) copy.add(run);
  if (shards.size() != mine.end - mine.first) fail(ErrorKind::internal, "{}: the documents have not the tokens that they were counted with", old.path());
}

}  // namespace

std::vector<Shard> rewrite_shards(const DatasetReader& old, const std::vector<TokenRun>& runs, const ShardCut& cut, const Provenance& provenance,
                                  const std::string& folder, World& world) {
  const std::vector<TokenRun> mine = exchange(runs, cut, world);
  std::vector<Shard> shards;
  together(world, [&] {
    ShardWriter writer(folder, cut, provenance);
    const auto copy = old.token_bytes() == 2 ? copy_all<std::uint16_t> : copy_all<std::uint32_t>;
    copy(old, mine, writer, share_of(cut.shards(), world), shards);
  });
  return world.all_gather<Shard>(shards);
}

}  // namespace quern
