#include "write/shard_check.hpp"

#include "quern/base/error.hpp"
#include "quern/dataset/dataset_reader.hpp"
#include "quern/dataset/dataset_schema.hpp"
#include "quern/store/file.hpp"
#include "quern/write/content_digest.hpp"
#include "write/even_share.hpp"

#include <algorithm>
#include <vector>

namespace quern {

namespace {

/// Readers that know nothing of quern see the tokens through it.
void check_sources(const DatasetReader& reader, const std::vector<Shard>& shards) {
  std::vector<Hdf5Source> stated;
  for (const Shard& shard : shards) stated.push_back({shard_name(shard.number), kShardDataset, shard.first_token, shard.tokens});
  if (reader.virtual_sources() != stated) fail(ErrorKind::check, "{}: /data: is not made of the files that /shards names", reader.path());
}

template <class Token>
Hash128 hash_of_tokens(const ShardFiles& files, const Shard& shard) {
  Hasher128 hasher;
  std::vector<Token> tokens(kTokensPerChunk);
  for (std::uint64_t done = 0; done < shard.tokens; done += tokens.size()) {
    tokens.resize(std::min(kTokensPerChunk, shard.tokens - done));
    files.read(shard.first_token + done, std::span<Token>(tokens));
    hasher.add(as_bytes(std::span<const Token>(tokens)));
  }
  return hasher.digest();
}

void check_shard(const DatasetReader& reader, const Shard& shard) {
  const ShardFiles& files = *reader.shards();
  const auto tokens = reader.token_bytes() == 2 ? hash_of_tokens<std::uint16_t> : hash_of_tokens<std::uint32_t>;
  const bool there = path_exists(files.path(shard.number));
  const FileDigest found = there ? digest_of_file(files.path(shard.number)) : FileDigest{};
  // What is wrong with it is said best by the reader, if it is no small thing.
  const Hash128 of_tokens = tokens(files, shard);
  if (of_tokens != shard.tokens_xxh3) {
    fail(ErrorKind::check, "{}: its tokens have xxh3-128 {}, but /shards states {}: they were changed", files.path(shard.number), of_tokens.hex(),
         shard.tokens_xxh3.hex());
  }
  if (found == shard.file) return;
  fail(ErrorKind::check, "{}: {} bytes with SHA-256 {}, but /shards states {} bytes with {}: the file was changed (its tokens are right)",
       files.path(shard.number), found.bytes, found.sha256.hex(), shard.file.bytes, shard.file.sha256.hex());
}

}  // namespace

Hash128 check_shards(const DatasetReader& reader, const World& world) {
  Hash128 seal;
  if (!reader.shards()) return seal;
  const std::vector<Shard>& shards = reader.shards()->shards();
  check_sources(reader, shards);
  const Range mine = share_of(shards.size(), world);
  for (std::uint64_t s = mine.first; s < mine.end; ++s) {
    check_shard(reader, shards[s]);
    seal = ContentDigest::combine(seal, seal_of_shard(shards[s]));
  }
  return seal;
}

}  // namespace quern
