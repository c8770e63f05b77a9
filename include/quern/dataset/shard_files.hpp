#pragma once
// The files in which the tokens of a data set of layout `sharded` lie (docs/formats/dataset.md, Shards).

#include "quern/dataset/dataset.hpp"
#include "quern/store/file_digest.hpp"
#include "quern/store/hdf5.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

/// Of the chunks of a shard: small enough for readers of short stretches, large enough for deflate.
inline constexpr std::uint64_t kTokensPerChunk = 65'536;
/// Each is an entry of the virtual dataset, which readers load whole.
inline constexpr std::uint64_t kMostShards = 100'000;

/// A finished file: a row of /shards. Its place follows from its number.
struct Shard {
  std::uint64_t number = 0;
  std::uint64_t first_token = 0;  ///< offset in /data
  std::uint64_t tokens = 0;
  Hash128 tokens_xxh3;  ///< of the tokens, little-endian in the width of /data
  FileDigest file;
};

/// "data-00007.h5".
std::string shard_name(std::uint64_t number);
bool is_shard_name(std::string_view name);

/// The cut of n_tokens tokens into shards of shard_tokens.
struct ShardCut {
  std::uint64_t n_tokens = 0;
  std::uint64_t shard_tokens = 1;

  std::uint64_t shards() const { return n_tokens / shard_tokens + (n_tokens % shard_tokens != 0 ? 1 : 0); }
  std::uint64_t first(std::uint64_t shard) const { return std::min(shard * shard_tokens, n_tokens); }
  std::uint64_t end(std::uint64_t shard) const { return first(shard + 1); }
};

/// What the virtual dataset of the master is made of.
std::vector<Hdf5Source> shard_sources(const ShardCut& cut);

inline constexpr std::string_view kShardFormatName = "quern shard";
inline constexpr std::uint64_t kShardFormatVersion = 1;
/// The one dataset of a shard.
inline constexpr const char* kShardDataset = "/data";

/// Reads the tokens of all shards as one array; one file is open at a time. Every file that is opened is held against what the data set says of
/// it: a shard that is absent, of another data set or in another's place is Error{check}, never fill values.
class ShardFiles {
 public:
  ShardFiles() = default;
  /// `folder`: where the shards lie; shards in order and without gaps; `provenance` of the data set.
  ShardFiles(std::string folder, std::vector<Shard> shards, const Provenance& provenance);

  const std::vector<Shard>& shards() const { return shards_; }
  std::string path(std::uint64_t shard) const;
  /// Tokens from `first` of /data on, until `tokens` is full; T as wide as a token.
  template <class T>
  void read(std::uint64_t first, std::span<T> tokens) const;

 private:
  struct Opened {
    std::uint64_t number;
    Hdf5File file;
    Hdf5Dataset data;
  };
  const Hdf5Dataset& open(std::uint64_t shard) const;
  void must_be(std::uint64_t shard, const Hdf5File& file) const;

  std::string folder_;
  std::vector<Shard> shards_;
  std::string plan_digest_;
  std::uint64_t token_bytes_ = 0;
  mutable std::optional<Opened> opened_;
};

}  // namespace quern
