#include "tokenize/vocabulary.hpp"

#include "quern/base/error.hpp"
#include "quern/base/hash.hpp"

#include <bit>

namespace quern {

void Vocabulary::add(std::uint32_t id, std::string_view bytes, const std::string& path) {
  if (id > kMaxTokenId) fail(ErrorKind::plan, "{}: token id {} is above {}, the highest that quern takes", path, id, kMaxTokenId);
  if (id >= tokens_.size()) tokens_.resize(id + 1);
  if (has(id)) fail(ErrorKind::plan, "{}: id {} belongs to two tokens, \"{}\" and \"{}\"", path, id, this->bytes(id), bytes);
  if (arena_.size() + bytes.size() >= kAbsent) fail(ErrorKind::plan, "{}: the tokens have more than 4 GiB of text", path);
  const std::size_t start = arena_.size() - kWritten;
  tokens_[id] = {static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(bytes.size())};
  arena_.insert(start, bytes);
}

TokenIndex::TokenIndex(std::size_t tokens) : entries_(std::bit_ceil(tokens * 2 + 2)) {}

std::uint32_t TokenIndex::add(const Vocabulary& vocabulary, std::uint32_t id) {
  const std::string_view bytes = vocabulary.bytes(id);
  if (const std::uint32_t known = find(vocabulary, bytes); known != kNoToken) return known;
  const std::uint64_t hash = hash64(bytes);
  std::size_t at = hash & (entries_.size() - 1);
  while (entries_[at].id != kNoToken) at = (at + 1) & (entries_.size() - 1);
  entries_[at] = {static_cast<std::uint32_t>(hash >> 32), id};
  return kNoToken;
}

std::uint32_t TokenIndex::find(const Vocabulary& vocabulary, std::string_view bytes) const noexcept {
  const std::uint64_t hash = hash64(bytes);
  const auto tag = static_cast<std::uint32_t>(hash >> 32);
  for (std::size_t at = hash & (entries_.size() - 1); entries_[at].id != kNoToken; at = (at + 1) & (entries_.size() - 1)) {
    if (entries_[at].tag == tag && vocabulary.bytes(entries_[at].id) == bytes) return entries_[at].id;
  }
  return kNoToken;
}

}  // namespace quern
