#include "quern/write/content_digest.hpp"

#include "quern/base/error.hpp"
#include "quern/comm/world.hpp"
#include "quern/dataset/packed_bytes.hpp"

#include <array>
#include <bit>

namespace quern {

static_assert(std::endian::native == std::endian::little, "tokens are hashed as they lie in memory");

RecordContent content_of(std::uint64_t number, const LedgerRow& row, std::string_view source, std::string_view own_id) {
  return {number, row.verdict, name(row.reason), source, own_id, row.kept, row.similarity};
}

void ContentDigest::add_header(const RecordContent& record) {
  header_.clear();
  pack_number(header_, record.number);
  pack_number(header_, static_cast<std::uint8_t>(record.verdict));
  pack_text(header_, record.reason);
  pack_text(header_, record.source);
  pack_text(header_, record.own_id);
  pack_number(header_, record.kept);
  pack_number(header_, record.similarity.numerator);
  pack_number(header_, record.similarity.denominator);
}

void ContentDigest::add(const RecordContent& record) {
  add_header(record);
  add_partial(hash128(header_));
}

void ContentDigest::add(const RecordContent& record, std::span<const std::uint16_t> tokens) {
  begin(record, tokens.size());
  add_tokens(tokens);
  end();
}

void ContentDigest::add(const RecordContent& record, std::span<const std::uint32_t> tokens) {
  begin(record, tokens.size());
  add_tokens(tokens);
  end();
}

void ContentDigest::begin(const RecordContent& record, std::uint64_t tokens) {
  if (record_.has_value()) fail(ErrorKind::internal, "content digest: record {} begins inside another", record.number);
  add_header(record);
  pack_number(header_, tokens);
  record_.emplace();
  record_->add(header_);
  missing_tokens_ = tokens;
}

void ContentDigest::begin_document(std::uint64_t row, std::uint64_t record, std::uint64_t copy, std::uint64_t tokens) {
  if (record_.has_value()) fail(ErrorKind::internal, "content digest: document {} begins inside a record", row);
  header_ = "o";
  for (const std::uint64_t n : {row, record, copy}) pack_number(header_, n);
  if (copy > 0) pack_number(header_, tokens);
  record_.emplace();
  record_->add(header_);
  missing_tokens_ = tokens;
}

void ContentDigest::add_tokens(std::span<const std::uint32_t> tokens) {
  if (tokens.size() > missing_tokens_) fail(ErrorKind::internal, "content digest: more tokens than announced");
  missing_tokens_ -= tokens.size();
  record_->add(as_bytes(tokens));
}

void ContentDigest::add_tokens(std::span<const std::uint16_t> tokens) {
  std::array<std::uint32_t, 2048> wide;
  while (!tokens.empty()) {
    const auto part = tokens.first(std::min(tokens.size(), wide.size()));
    std::copy(part.begin(), part.end(), wide.begin());
    add_tokens(std::span<const std::uint32_t>(wide.data(), part.size()));
    tokens = tokens.subspan(part.size());
  }
}

void ContentDigest::end() {
  if (!record_.has_value() || missing_tokens_ != 0) fail(ErrorKind::internal, "content digest: {} tokens are missing", missing_tokens_);
  add_partial(record_->digest());
  record_.reset();
}

Hash128 ContentDigest::combine(const Hash128& a, const Hash128& b) {
  const std::uint64_t low = a.low + b.low;
  return {a.high + b.high + (low < a.low ? 1u : 0u), low};
}

Hash128 sum_of_hashes(const Hash128& mine, World& world) {
  // Four digits in base 2^32: their sums over fewer than 2^32 ranks fit 64 bits, so that no carry is lost in the reduction.
  std::array<std::uint64_t, 4> digits = {mine.low & 0xffffffff, mine.low >> 32, mine.high & 0xffffffff, mine.high >> 32};
  world.all_reduce_sum(digits);
  for (std::size_t i = 0; i + 1 < digits.size(); ++i) {
    digits[i + 1] += digits[i] >> 32;
    digits[i] &= 0xffffffff;
  }
  return {digits[2] | digits[3] << 32, digits[0] | digits[1] << 32};
}

}  // namespace quern
