#pragma once
// Hugging Face's tokenizer.json, as far as byte-level BPE needs it. Whatever would change ids and is not understood is refused by
// name; docs/formats/tokenizers.md lists what is read, what is ignored (post_processor) and what is refused.

#include "quern/format/gpt2_bpe.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

struct AddedToken {
  std::uint32_t id = 0;
  std::string content;
  bool single_word = false;
  bool lstrip = false;
  bool rstrip = false;
  bool normalized = false;
  bool special = false;
};

struct TokenizerJson {
  std::vector<AddedToken> added_tokens;
  bool nfc = false;               ///< normalizer NFC, or none
  std::string split_regex;        ///< of a Split pre-tokenizer; empty: ByteLevel's own, GPT-2's
  bool add_prefix_space = false;  ///< only without a Split
  bool ignore_merges = false;
  std::string unk_token;  ///< stands for a byte that has no token; empty: such a byte is dropped
  std::vector<VocabEntry> vocab;  ///< in file order
  std::vector<MergeEntry> merges;
};

/// Throws Error{plan} naming the key.
TokenizerJson parse_tokenizer_json(std::string_view bytes, const std::string& path);

/// Whether this JSON object is a tokenizer.json rather than an encoder.json.
bool looks_like_tokenizer_json(std::string_view bytes);

/// What parse_tokenizer_json reads back, and Hugging Face's library loads. The same input gives the same bytes.
std::string format_tokenizer_json(const TokenizerJson& tokenizer);

}  // namespace quern
