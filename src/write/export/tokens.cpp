#include "write/export/tokens.hpp"

#include "quern/comm/world.hpp"
#include "write/together.hpp"

#include <bit>
#include <cstring>

namespace quern {

static_assert(std::endian::native == std::endian::little, "files are little-endian, and written as memory has them");

std::span<const std::uint32_t> TokenReader::some(std::uint64_t first, std::uint64_t end) {
  if (first >= end) return {};
  if (first < first_ || first >= first_ + tokens_.size()) {
    tokens_.resize(std::min(kTokensAtOnce, data_.shape().n_tokens - first));
    first_ = first;
    data_.tokens(first, tokens_);
    beat();
  }
  const std::uint64_t skip = first - first_;
  return std::span<const std::uint32_t>(tokens_).subspan(skip, std::min(end - first, tokens_.size() - skip));
}

SharedFile::SharedFile(const std::string& path, std::uint64_t bytes, World& world) {
  together(world, [&] {
    if (!world.is_root()) return;
    File file(path, File::Mode::create);
    file.truncate(bytes);
    file.close();
  });
  together(world, [&] { file_ = std::make_unique<File>(path, File::Mode::update); });
}

void SharedFile::close() {
  file_->sync();
  file_->close();
}

void append_tokens(std::string& to, std::span<const std::uint32_t> tokens, std::uint64_t bytes) {
  if (bytes == sizeof(std::uint32_t)) {
    to.append(reinterpret_cast<const char*>(tokens.data()), tokens.size_bytes());
    return;
  }
  const std::size_t at = to.size();
  to.resize(at + 2 * tokens.size());
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const auto narrow = static_cast<std::uint16_t>(tokens[i]);
    std::memcpy(to.data() + at + 2 * i, &narrow, 2);
  }
}

void copy_tokens(TokenReader& reader, Range tokens, std::uint64_t bytes, SharedFile& to, std::uint64_t offset) {
  std::string piece;
  reader.each(tokens.first, tokens.end, [&](std::span<const std::uint32_t> some) {
    piece.clear();
    append_tokens(piece, some, bytes);
    to.write_at(offset, piece);
    offset += piece.size();
  });
}

}  // namespace quern
