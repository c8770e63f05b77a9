#pragma once
// Whether any of many phrases stands somewhere in a text (Aho and Corasick 1975, "Efficient string matching").

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

/// Made once. Memory: about 30 bytes for each byte of the phrases that no other phrase begins with.
class PhraseFinder {
 public:
  PhraseFinder() = default;
  /// An empty phrase is left out. Less than 2^31 bytes in all: more throws Error{plan}.
  explicit PhraseFinder(const std::vector<std::string>& phrases);

  bool empty() const noexcept { return nodes_.size() <= 1; }
  /// Whether the bytes of a phrase are among those of the text. Linear in the text, whatever the phrases are.
  bool stands_in(std::string_view text) const noexcept;

 private:
  struct Node {
    std::uint32_t fallback = 0;  ///< of the longest end of this one that is a beginning of a phrase
    bool ends_phrase = false;    ///< it, or an end of it, is a phrase
  };
  struct Edge {
    std::uint64_t key = 0;  ///< node * 256 + byte, and one; 0: free
    std::uint32_t to = 0;
  };

  void add(std::string_view phrase);
  void link();
  std::uint32_t child(std::uint32_t node, std::uint8_t byte) const noexcept;
  void add_child(std::uint32_t node, std::uint8_t byte, std::uint32_t to);
  std::size_t slot_of(std::uint64_t key) const noexcept;
  bool may_begin(std::uint8_t byte, std::uint8_t next) const noexcept { return (begins_[byte * 4 + next / 64] >> next % 64 & 1) != 0; }

  std::vector<Node> nodes_;
  std::vector<Edge> edges_;  // a power of two, at most two thirds in use
  std::size_t edge_count_ = 0;
  std::array<std::uint64_t, 1024> begins_{};  ///< bit for each pair of bytes with which a phrase may begin
};

}  // namespace quern
