#include "write/document_walk.hpp"

#include "quern/base/heartbeat.hpp"

#include <algorithm>

namespace quern {

namespace {

constexpr std::uint64_t kRowsAtOnce = 64u << 10;
constexpr std::uint64_t kTokensAtOnce = 1u << 20;

}  // namespace

bool DocumentWalk::next() {
  if (next_ >= end_) return false;
  if (next_ >= part_.first + part_.record.size()) {
    beat();
    part_ = reader_.documents(next_, std::min(kRowsAtOnce, end_ - next_));
  }
  at_ = next_++ - part_.first;
  token_at_ = part_.start[at_];
  return true;
}

std::span<const std::uint32_t> DocumentWalk::next_tokens() {
  const std::uint64_t end = part_.start[at_ + 1];
  if (token_at_ >= end) return {};
  if (token_at_ < tokens_from_ || token_at_ >= tokens_from_ + tokens_.size()) {
    tokens_.resize(std::min(kTokensAtOnce, reader_.shape().n_tokens - token_at_));
    tokens_from_ = token_at_;
    reader_.tokens(tokens_from_, tokens_);
  }
  const std::uint64_t n = std::min(end, tokens_from_ + tokens_.size()) - token_at_;
  const auto piece = std::span<const std::uint32_t>(tokens_).subspan(token_at_ - tokens_from_, n);
  token_at_ += n;
  return piece;
}

}  // namespace quern
