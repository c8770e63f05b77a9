#pragma once
// Added tokens that are not special: found in the text before it is cut into pre-tokens.

#include "quern/format/tokenizer_json.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace quern {

/// A set of added tokens. Matching is that of Hugging Face's AddedVocabulary::find_matches: the leftmost, of these the longest, not
/// overlapping; a match that single_word rejects is passed over whole.
class AddedTokens {
 public:
  /// `content`: what is matched, the token's content or its normal form.
  void add(const AddedToken& token, std::string_view content);
  bool empty() const { return tokens_.empty(); }

  struct Piece {
    std::string_view text;
    std::uint32_t id;  ///< kNoToken for the text between matches
  };
  /// The pieces of `text` in order, without empty ones between matches. Time: bytes times the length of the longest token, at worst.
  void split(std::string_view text, std::vector<Piece>& pieces) const;

 private:
  struct Edge {
    char byte;
    std::uint32_t node;
  };
  struct Node {
    std::vector<Edge> edges;
    std::int32_t token = -1;
  };
  struct Match {
    std::size_t begin;
    std::size_t end;
    const AddedToken* token;
  };
  bool find(std::string_view text, std::size_t from, Match& match) const;
  std::uint32_t child(std::uint32_t node, char byte) const;

  std::vector<AddedToken> tokens_;
  std::vector<Node> nodes_ = std::vector<Node>(1);
  std::array<std::uint32_t, 256> first_{};  ///< child of the root by byte; 0: none
};

}  // namespace quern
