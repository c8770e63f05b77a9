#pragma once
// The last that a text goes through on one rank: signed and, with a ready vocabulary, tokenized, on its way to the spool.

#include "engine/map.hpp"
#include "engine/payload.hpp"
#include "quern/sign/signer.hpp"
#include "quern/tokenize/encoder.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

class FinalText {
 public:
  explicit FinalText(const Setup& setup) : setup_(setup) {
    if (setup.job.dedup.near) signer_.emplace(*setup.job.dedup.near);
    if (spools_tokens(setup)) encoder_.emplace(*setup.tokenizer, setup.cache_bytes());
  }

  static std::uint32_t signature_bytes(const Setup& setup) { return setup.job.dedup.near ? packed_signature_bytes(*setup.job.dedup.near) : 0; }

  void put(SpoolRow row, std::string_view text, std::string_view id, std::string_view extras, SpoolWriter& spool) {
    row.text_bytes = static_cast<std::uint32_t>(text.size());
    row.text_hash = hash128(text);
    const bool has_signature = signer_ && signer_->sign(text, signature_);
    if (has_signature) pack_signature(signature_, packed_signature_);
    const std::string_view payload = payload_of(text, row);
    spool.add(row, id, has_signature ? std::string_view(packed_signature_) : std::string_view(), payload, extras);
  }

 private:
  std::string_view payload_of(std::string_view text, SpoolRow& row) {
    if (!encoder_) return text;
    tokens_.clear();
    encoder_->encode(text, tokens_);
    row.tokens = static_cast<std::uint32_t>(tokens_.size());
    return pack_tokens(tokens_, setup_.token_bytes(), packed_tokens_);
  }

  const Setup& setup_;
  std::optional<Signer> signer_;
  std::optional<Encoder> encoder_;
  std::string packed_signature_, packed_tokens_;
  Signature signature_;
  std::vector<std::uint32_t> tokens_;
};

}  // namespace quern
