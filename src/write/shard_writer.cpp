#include "quern/write/shard_writer.hpp"

#include "quern/base/error.hpp"
#include "quern/store/file.hpp"

#include <algorithm>
#include <utility>

namespace quern {

ShardWriter::ShardWriter(std::string folder, const ShardCut& cut, const Provenance& provenance)
    : folder_(std::move(folder)),
      cut_(cut),
      provenance_(provenance),
      token_bytes_(token_bytes_for(provenance.vocab_size)),
      packer_(token_bytes_, token_bytes_ > 2) {}

std::string ShardWriter::aside() const { return folder_ + "/" + shard_name(shard_.number) + ".partial"; }

std::uint64_t ShardWriter::tokens_per_chunk() const { return std::min(kTokensPerChunk, shard_.tokens); }

void ShardWriter::begin(std::uint64_t shard) {
  if (file_ || shard >= cut_.shards()) fail(ErrorKind::internal, "{}: shard {} of {} begins inside another, or there is none", folder_, shard, cut_.shards());
  shard_ = {};
  shard_.number = shard;
  shard_.first_token = cut_.first(shard);
  shard_.tokens = missing_ = cut_.end(shard) - cut_.first(shard);
  next_chunk_ = 0;
  tokens_.emplace();
  file_ = Hdf5File::create(aside(), nullptr, Hdf5File::Holds::chunks);
  file_->set_attribute("/", "format", kShardFormatName);
  file_->set_attribute("/", "format_version", kShardFormatVersion);
  file_->set_attribute("/", "plan_digest", std::string_view(provenance_.plan_digest));
  file_->set_attribute("/", "tokenizer_digest", std::string_view(provenance_.tokenizer_digest.hex()));
  file_->set_attribute("/", "vocab_size", provenance_.vocab_size);
  file_->set_attribute("/", "end_of_text", provenance_.end_of_text);
  file_->set_attribute("/", "shard", shard);
  file_->set_attribute("/", "shards", cut_.shards());
  file_->set_attribute("/", "first_token", shard_.first_token);
  data_ = file_->make_chunks(kShardDataset, token_bytes_, shard_.tokens, {tokens_per_chunk(), token_bytes_ > 2});
  file_->set_attribute(kShardDataset, "about", std::string_view("token ids, documents one after the other; a part of a data set"));
}

template <class T>
void ShardWriter::add_tokens(std::span<const T> tokens) {
  if (sizeof(T) != token_bytes_) fail(ErrorKind::internal, "{}: tokens of {} bytes for shards of {}", folder_, sizeof(T), token_bytes_);
  if (tokens.size() > missing_) fail(ErrorKind::internal, "{}: {} tokens more than the shard has", aside(), tokens.size() - missing_);
  missing_ -= tokens.size();
  const std::size_t chunk_bytes = tokens_per_chunk() * sizeof(T);
  for (std::string_view bytes = as_bytes(tokens); !bytes.empty();) {
    const std::string_view part = bytes.substr(0, chunk_bytes - chunk_.size());
    tokens_->add(part);
    chunk_ += part;
    bytes.remove_prefix(part.size());
    if (chunk_.size() == chunk_bytes) write_chunk();
  }
}

void ShardWriter::write_chunk() {
  data_.write_chunk(next_chunk_, packer_.pack(chunk_));
  next_chunk_ += tokens_per_chunk();
  chunk_.clear();
}

Shard ShardWriter::end() {
  if (!file_ || missing_ != 0) fail(ErrorKind::internal, "{}: {} tokens are missing", aside(), missing_);
  if (!chunk_.empty()) {
    chunk_.resize(tokens_per_chunk() * token_bytes_, '\0');
    write_chunk();
  }
  data_ = {};
  file_->close();
  file_.reset();
  shard_.tokens_xxh3 = tokens_->digest();
  shard_.file = digest_of_file(aside());
  File file(aside(), File::Mode::read);
  file.sync();
  file.close();
  rename_path(aside(), folder_ + "/" + shard_name(shard_.number));
  sync_folder(folder_);
  return shard_;
}

bool shard_is_whole(const std::string& folder, const Shard& shard) {
  const std::string path = folder + "/" + shard_name(shard.number);
  return path_exists(path) && digest_of_file(path) == shard.file;
}

template void ShardWriter::add_tokens(std::span<const std::uint16_t>);
template void ShardWriter::add_tokens(std::span<const std::uint32_t>);

}  // namespace quern
