#include "quern/dataset/shard_files.hpp"

#include "quern/base/error.hpp"
#include "quern/store/file.hpp"

namespace quern {

std::string shard_name(std::uint64_t number) { return fmt::format("data-{:05}.h5", number); }

bool is_shard_name(std::string_view name) {
  constexpr std::string_view kBefore = "data-", kBehind = ".h5";
  if (name.size() < shard_name(0).size() || !name.starts_with(kBefore) || !name.ends_with(kBehind)) return false;
  const std::string_view digits = name.substr(kBefore.size(), name.size() - kBefore.size() - kBehind.size());
  return digits.find_first_not_of("0123456789") == std::string_view::npos;
}

std::vector<Hdf5Source> shard_sources(const ShardCut& cut) {
  std::vector<Hdf5Source> sources(cut.shards());
  for (std::uint64_t s = 0; s < sources.size(); ++s) sources[s] = {shard_name(s), kShardDataset, cut.first(s), cut.end(s) - cut.first(s)};
  return sources;
}

ShardFiles::ShardFiles(std::string folder, std::vector<Shard> shards, const Provenance& provenance)
    : folder_(std::move(folder)), shards_(std::move(shards)), plan_digest_(provenance.plan_digest), token_bytes_(token_bytes_for(provenance.vocab_size)) {}

std::string ShardFiles::path(std::uint64_t shard) const { return folder_.empty() ? shard_name(shard) : folder_ + "/" + shard_name(shard); }

void ShardFiles::must_be(std::uint64_t shard, const Hdf5File& file) const {
  const std::string& path = file.path();
  if (file.text_attribute("/", "format") != kShardFormatName) fail(ErrorKind::check, "{}: an HDF5 file, but not a shard of a data set of quern", path);
  const std::uint64_t version = file.number_attribute("/", "format_version");
  if (version == 0 || version > kShardFormatVersion) {
    fail(ErrorKind::check, "{}: format version {}, this program reads up to {}: use a newer quern", path, version, kShardFormatVersion);
  }
  if (file.text_attribute("/", "plan_digest") != plan_digest_) {
    fail(ErrorKind::check, "{}: a shard of another data set (plan digest {}, this one's is {}): put the right file back", path,
         file.text_attribute("/", "plan_digest"), plan_digest_);
  }
  const std::uint64_t number = file.number_attribute("/", "shard"), first = file.number_attribute("/", "first_token");
  if (number == shard && first == shards_[shard].first_token) return;
  fail(ErrorKind::check, "{}: holds shard {} with the tokens from {} on, it should be shard {} with those from {} on: files were exchanged", path, number,
       first, shard, shards_[shard].first_token);
}

const Hdf5Dataset& ShardFiles::open(std::uint64_t shard) const {
  if (opened_ && opened_->number == shard) return opened_->data;
  opened_.reset();
  const std::string path = this->path(shard);
  if (!path_exists(path)) fail(ErrorKind::check, "{}: the shard is missing: {} of {} tokens lie in it", path, shards_[shard].tokens, shards_.back().first_token + shards_.back().tokens);
  File(path, File::Mode::read);  // says why a file is closed to us
  try {
    Hdf5File file = Hdf5File::open(path);
    must_be(shard, file);
    Hdf5Dataset data = file.dataset(kShardDataset);
    if (data.type() != Hdf5Type{Hdf5Type::Kind::number, token_bytes_} || data.shape() != std::vector<std::uint64_t>{shards_[shard].tokens}) {
      fail(ErrorKind::check, "{}: holds {} tokens as {}, it should hold {} as u{}", data.path(), data.rows(), name(data.type()), shards_[shard].tokens,
           8 * token_bytes_);
    }
    opened_.emplace(Opened{shard, std::move(file), std::move(data)});
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::check) throw;
    fail(ErrorKind::check, "{}. It is not an HDF5 file, or it is damaged or cut off", error.what());
  }
  return opened_->data;
}

template <class T>
void ShardFiles::read(std::uint64_t first, std::span<T> tokens) const {
  auto shard = std::ranges::upper_bound(shards_, first, {}, &Shard::first_token) - shards_.begin() - 1;
  for (; !tokens.empty(); ++shard) {
    const Shard& from = shards_.at(static_cast<std::size_t>(shard));
    const std::uint64_t at = first - from.first_token, n = std::min<std::uint64_t>(tokens.size(), from.tokens - at);
    try {
      open(static_cast<std::uint64_t>(shard)).read_rows(at, tokens.first(n));
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::check) throw;
      fail(ErrorKind::check, "{}. The shard is damaged", error.what());
    }
    tokens = tokens.subspan(n);
    first += n;
  }
}

template void ShardFiles::read(std::uint64_t, std::span<std::uint16_t>) const;
template void ShardFiles::read(std::uint64_t, std::span<std::uint32_t>) const;

}  // namespace quern
