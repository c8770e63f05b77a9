#pragma once
// Tokens by id: their bytes, and the id of some bytes.

#include "tokenize/pair_table.hpp"

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

inline constexpr std::uint32_t kNoToken = UINT32_MAX;

class Vocabulary {
 public:
  /// An id given twice, or above kMaxTokenId, is Error{plan} naming `path`.
  void add(std::uint32_t id, std::string_view bytes, const std::string& path);

  std::uint32_t size() const { return static_cast<std::uint32_t>(tokens_.size()); }  ///< highest id + 1
  bool has(std::uint32_t id) const { return id < tokens_.size() && tokens_[id].start != kAbsent; }
  std::string_view bytes(std::uint32_t id) const { return {arena_.data() + tokens_[id].start, tokens_[id].length}; }
  /// Writes the bytes of a token that is there, and up to kWritten - 1 more, and returns where they end: nearly all tokens are shorter
  /// than kWritten, and a copy of fixed length is one instruction.
  static constexpr std::size_t kWritten = 16;
  char* put(std::uint32_t id, char* to) const {
    const Token& token = tokens_[id];
    std::memcpy(to, arena_.data() + token.start, kWritten);
    if (token.length > kWritten) std::memcpy(to + kWritten, arena_.data() + token.start + kWritten, token.length - kWritten);
    return to + token.length;
  }

 private:
  static constexpr std::uint32_t kAbsent = UINT32_MAX;
  struct Token {
    std::uint32_t start = kAbsent;
    std::uint32_t length = 0;
  };
  std::string arena_ = std::string(kWritten, '\0');  ///< the tokens' bytes, and kWritten more that may be read
  std::vector<Token> tokens_;
};

/// Finds the tokens that were added to it by their bytes.
class TokenIndex {
 public:
  TokenIndex() : TokenIndex(0) {}
  explicit TokenIndex(std::size_t tokens);
  /// Returns kNoToken after adding, or the id that already has these bytes.
  std::uint32_t add(const Vocabulary& vocabulary, std::uint32_t id);
  std::uint32_t find(const Vocabulary& vocabulary, std::string_view bytes) const noexcept;

 private:
  struct Entry {
    std::uint32_t tag = 0;
    std::uint32_t id = kNoToken;
  };
  std::vector<Entry> entries_;
};

}  // namespace quern
