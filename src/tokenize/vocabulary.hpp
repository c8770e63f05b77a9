#pragma once
// Tokens by id: their bytes, and the id of some bytes.

#include "tokenize/pair_table.hpp"

#include <cstdint>
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

 private:
  static constexpr std::uint32_t kAbsent = UINT32_MAX;
  struct Token {
    std::uint32_t start = kAbsent;
    std::uint32_t length = 0;
  };
  std::string arena_;
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
