#include "token_places.hpp"

#include "token_block.hpp"

#include <algorithm>

namespace quern {

namespace {

constexpr std::size_t kMostInBlock = 64 + 8;  // and what is written too much

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
    to_.newline_count = newlines_;
  }

 private:
  void reserve(std::size_t more) {
    if (to_.begins.size() < begins_ + more) {
      const std::size_t size = std::max<std::size_t>(4096, 2 * (begins_ + more));
      to_.begins.resize(size);
      to_.ends.resize(size);
    }
    if (to_.newlines.size() < newlines_ + more) to_.newlines.resize(std::max<std::size_t>(1024, 2 * (newlines_ + more)));
  }

  std::size_t add_block(std::size_t at) {
    TokenBlock block;
    if (!block.load(text_, at, open_, find_masks_)) return add_run(at);
    open_ = block.open_after;
    to_.chars += count(block.m.lead & block.all);
    const std::uint64_t begins = split_block(block).begins;
    // A token ends at the next one, or at white space; what stands before that is a token in either case.
    const std::uint64_t after_token = block.other << 1 | (block.open_before ? 1u : 0u);
    begins_ = put<8>(to_.begins, begins_, at, begins);
    ends_ = put<8>(to_.ends, ends_, at, (begins | block.space) & after_token);
    newlines_ = put<2>(to_.newlines, newlines_, at, block.m.newline & block.all);
    return at + block.bytes;
  }

  /// `batch` places at a time, needed or not: how many there are cannot be foretold.
  template <int batch>
  static std::size_t put(std::vector<std::uint32_t>& places, std::size_t n, std::size_t at, std::uint64_t bits) {
    const std::size_t end = n + count(bits);
    std::uint32_t* to = places.data() + n;
    do {
#pragma GCC unroll 8
      for (int i = 0; i < batch; ++i, bits &= bits - 1) *to++ = static_cast<std::uint32_t>(at) + lowest(bits);
    } while (bits != 0);
    return end;
  }
  static std::uint32_t lowest(std::uint64_t bits) noexcept {
    return static_cast<std::uint32_t>(std::countr_zero(bits | std::uint64_t{1} << 63));  // so that zero is no case of its own
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
  std::size_t newlines_ = 0;
  bool open_ = false;
};

}  // namespace

void find_tokens(std::string_view text, TokenPlaces& to, Kernel kernel) { PlaceFinder(text, to, find_token_masks(kernel)).find(); }

}  // namespace quern
