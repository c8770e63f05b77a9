#pragma once
// A vocabulary of byte-level BPE, from any of the files people publish. docs/formats/tokenizers.md says what is read from each.

#include "quern/base/hash.hpp"
#include "quern/tokenize/pattern.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace quern {

/// What a vocabulary is made of, in memory: one rank reads it, the others get it sent.
struct TokenizerFiles {
  std::string path;               ///< for messages
  std::string bytes;
  std::string sibling = {};       ///< the other of encoder.json and vocab.bpe, else empty
  std::string sibling_path = {};  ///< where that one lies
};

/// Reads the file, and its sibling if it is one of GPT-2's two: encoder.json and vocab.bpe, or vocab.json and merges.txt, with the same
/// beginning of the name.
TokenizerFiles read_tokenizer_files(const std::string& path);

struct TokenizerData;  // src/tokenize/tokenizer_data.hpp

/// Immutable; copies share one vocabulary, and any number of threads may use it.
class Tokenizer {
 public:
  /// Recognises tokenizer.json, tiktoken files, GPT-2's two files. `pattern`: a name of pattern_names(), needed for tiktoken files,
  /// optional for the others (a tokenizer.json has to agree with it; GPT-2's files mean gpt2). Throws Error{plan} with path and key.
  static Tokenizer from_files(const TokenizerFiles& files, std::string_view pattern = {});

  /// Number of ids an array of tokens has to have room for: the highest id + 1, special and added tokens included.
  std::uint32_t vocab_size() const noexcept;
  bool has(std::uint32_t id) const noexcept;
  /// The bytes an id stands for; Error{check} for an id that is not in the vocabulary.
  std::string_view bytes(std::uint32_t id) const;
  /// The id of a token by the text it stands for; special and added tokens come first.
  std::optional<std::uint32_t> find(std::string_view text) const noexcept;
  /// The token that ends a document: the one named or, without a name, the vocabulary's usual one. Throws Error{plan} when there is none.
  std::uint32_t end_of_text(std::string_view name = {}) const;

  std::string decode(std::span<const std::uint32_t> ids) const;

  /// Of everything that decides which ids a text gets and what bytes an id stands for.
  Hash128 digest() const noexcept;
  /// Whether decode(encode(text)) is `text` for every valid UTF-8: no normalizer, all 256 bytes there, no space put in front, no added
  /// token that takes the white space around it.
  bool lossless() const noexcept;
  Pattern pattern() const noexcept;
  const std::string& path() const noexcept;

  const TokenizerData& data() const noexcept { return *data_; }

 private:
  explicit Tokenizer(std::shared_ptr<const TokenizerData> data) : data_(std::move(data)) {}
  std::shared_ptr<const TokenizerData> data_;
};

/// from_files(read_tokenizer_files(path), pattern).
Tokenizer load_tokenizer(const std::string& path, std::string_view pattern = {});

}  // namespace quern
