#pragma once
// The shards of a data set of layout `sharded` (docs/formats/dataset.md, Shards), each written by one process from its first to its last token.

#include "quern/dataset/dataset.hpp"
#include "quern/dataset/shard_files.hpp"
#include "quern/store/chunk_packer.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace quern {

/// Usage: begin a shard; add its tokens in order, until none are missing; end. The bytes of a shard depend on its tokens and on what is given to the
/// constructor. Not collective. Errors: Error{store} of the file. Memory: four chunks, about 1 MiB.
class ShardWriter {
 public:
  /// `folder`: where data.h5 is made; `provenance` of it.
  ShardWriter(std::string folder, const ShardCut& cut, const Provenance& provenance);

  void begin(std::uint64_t shard);
  /// Tokens that the shard has still to be given.
  std::uint64_t missing() const { return missing_; }
  /// At most `missing()`, in the width of /data; the other width is an error.
  void add(std::span<const std::uint16_t> tokens) { add_tokens(tokens); }
  void add(std::span<const std::uint32_t> tokens) { add_tokens(tokens); }
  /// Closes the file, takes its checksums, makes it durable and gives it its name.
  Shard end();

 private:
  template <class T>
  void add_tokens(std::span<const T> tokens);
  void write_chunk();
  std::uint64_t tokens_per_chunk() const;
  std::string aside() const;

  std::string folder_;
  ShardCut cut_;
  Provenance provenance_;
  std::uint64_t token_bytes_;
  ChunkPacker packer_;
  Shard shard_;
  std::uint64_t missing_ = 0;
  std::uint64_t next_chunk_ = 0;  // row at which it begins
  std::string chunk_;             // tokens of it so far
  std::optional<Hasher128> tokens_;
  std::optional<Hdf5File> file_;
  Hdf5Dataset data_;
};

/// A finished shard of this cut that lies in the folder, byte for byte as it was written. Reads the file.
bool shard_is_whole(const std::string& folder, const Shard& shard);

}  // namespace quern
