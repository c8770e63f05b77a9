#include "token_places.hpp"

#include "token_block.hpp"

#include <algorithm>

namespace quern {

namespace {

constexpr std::size_t kMostInBlock = 64;

class PlaceFinder {
 public:
  PlaceFinder(std::string_view text, TokenPlaces& to, FindTokenMasks find_masks) : text_(text), to_(to), find_masks_(find_masks) {}

  void find() {
    to_.chars = 0;
    for (std::size_t at = 0; at < text_.size();) {
      reserve(kMostInBlock);
      at = add_block(at);
    }
    reserve(1);
    if (ends_ < begins_) to_.ends[ends_++] = static_cast<std::uint32_t>(text_.size());
    to_.count = begins_;
  }

 private:
  void reserve(std::size_t more) {
    if (to_.begins.size() >= begins_ + more) return;
    const std::size_t size = std::max<std::size_t>(4096, 2 * (begins_ + more));
    to_.begins.resize(size);
    to_.ends.resize(size);
  }

  std::size_t add_block(std::size_t at) {
    TokenBlock block;
    if (!block.load(text_, at, open_, find_masks_)) return add_run(at);
    open_ = block.open_after;
    to_.chars += count(block.m.lead & block.all);
    const std::uint64_t begins = split_block(block).begins;
    // A token ends at the next one, or at white space; what stands before that is a token in either case.
    const std::uint64_t after_token = block.other << 1 | (block.open_before ? 1u : 0u);
    begins_ = put(to_.begins, begins_, at, begins);
    ends_ = put(to_.ends, ends_, at, (begins | block.space) & after_token);
    return at + block.bytes;
  }

  static std::size_t put(std::vector<std::uint32_t>& places, std::size_t n, std::size_t at, std::uint64_t bits) {
    const std::size_t end = n + count(bits);
    std::uint32_t* to = places.data() + n;
    for (; bits != 0; bits &= bits - 1) *to++ = static_cast<std::uint32_t>(at + static_cast<std::size_t>(std::countr_zero(bits)));
    return end;
  }

  /// A run without a place to cut, by the definition. If a token is open, it is split again from where that one began: what stands
  /// before is peeled or cut off, whatever follows.
  std::size_t add_run(std::size_t at) {
    if (open_) --begins_;
    const std::size_t begin = open_ ? to_.begins[begins_] : at;
    open_ = false;
    std::size_t end = at;
    while (end < text_.size()) {
      const tokens::Character c = tokens::character_at(text_, end);
      if ((c.classes & kTokenSpace) != 0) break;
      ++to_.chars;
      end = c.end;
    }
    split_run(text_.substr(begin, end - begin), [this](const Token& token) {
      reserve(2);
      to_.begins[begins_++] = static_cast<std::uint32_t>(token.text.data() - text_.data());
      to_.ends[ends_++] = static_cast<std::uint32_t>(token.text.data() + token.text.size() - text_.data());
    });
    return end;
  }

  std::string_view text_;
  TokenPlaces& to_;
  FindTokenMasks find_masks_;
  std::size_t begins_ = 0;
  std::size_t ends_ = 0;
  bool open_ = false;
};

}  // namespace

void find_tokens(std::string_view text, TokenPlaces& to, Kernel kernel) { PlaceFinder(text, to, find_token_masks(kernel)).find(); }

}  // namespace quern
