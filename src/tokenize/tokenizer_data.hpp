#pragma once
// What a Tokenizer shares with its encoders, whatever file it came from.

#include "quern/base/hash.hpp"
#include "quern/tokenize/tokenizer.hpp"
#include "tokenize/added_tokens.hpp"
#include "tokenize/merges.hpp"
#include "tokenize/vocabulary.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace quern {

/// What a file says, ids resolved. Each format has one function that makes it (tokenizer_parts.cpp).
struct TokenizerParts {
  std::string path;
  Pattern pattern = Pattern::gpt2;
  Vocabulary vocabulary;
  TokenIndex index;                   ///< tokens that bytes of a text may become, by their bytes
  std::vector<Merge> merges;          ///< by rank
  bool whole_first = false;           ///< a pre-token that is a token is that token, whatever the merges say
  bool nfc = false;
  bool add_prefix_space = false;
  bool drops_unknown_bytes = true;    ///< a byte without a token is left out; false: it may not happen
  std::vector<AddedToken> added;      ///< special ones too; their content is in the vocabulary
  std::vector<std::string> endings;   ///< usual names of the end-of-text token, best first
};

TokenizerParts parts_of_tokenizer_json(const TokenizerFiles& files, std::string_view pattern);
TokenizerParts parts_of_tiktoken(const TokenizerFiles& files, std::string_view pattern);
/// `encoder`: bytes of encoder.json; `merges`: of vocab.bpe.
TokenizerParts parts_of_gpt2(const std::string& path, std::string_view encoder, std::string_view merges, std::string_view pattern);

struct TokenizerData {
  explicit TokenizerData(TokenizerParts parts);

  std::string path;
  Pattern pattern;
  Vocabulary vocabulary;
  TokenIndex index;
  Merges merges;
  bool whole_first;
  bool nfc;
  bool add_prefix_space;
  std::vector<AddedToken> added;
  std::vector<std::string> endings;
  std::vector<bool> whole;     ///< by id: its bytes, as a pre-token, become this one token
  AddedTokens raw_added;       ///< matched in the text as it is
  AddedTokens normal_added;    ///< matched in the text after the normalizer
  Hash128 digest;
};

}  // namespace quern
