#pragma once
// Text to tokens.

#include "quern/tokenize/tokenizer.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace quern {

/// Holds a cache and scratch memory: one per thread. The ids do not depend on the cache or on what was encoded before.
class Encoder {
 public:
  /// The cache keeps the tokens of pre-tokens seen before, in at most `cache_bytes` of memory; 0: none.
  explicit Encoder(const Tokenizer& tokenizer, std::size_t cache_bytes = 16u << 20);
  ~Encoder();
  Encoder(Encoder&& other) noexcept;
  Encoder& operator=(Encoder&& other) noexcept;

  /// Appends the tokens of a whole text, which is valid UTF-8. Special tokens in it are plain text; added tokens that are not special are
  /// matched first, the leftmost, the longest of these. No end-of-text token is added.
  void encode(std::string_view text, std::vector<std::uint32_t>& append_to);

  /// Of pre-tokens: how many were asked for, and how many were not in the cache.
  struct Counts {
    std::uint64_t pre_tokens = 0;
    std::uint64_t misses = 0;
  };
  const Counts& counts() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace quern
