#pragma once
// Where a step has to look closer: most steps change few characters of a text, and pass over the rest 64 bytes at a time.

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace quern {

/// Finds the places of a text at which `flag(byte, next byte)` holds. The byte behind the text is 0.
/// The flag should be without branches, so that the compiler takes many bytes at once.
template <class Flag>
class Scan {
 public:
  Scan(std::string_view text, Flag flag) : text_(text), flag_(flag) {
    if (!text_.empty()) mask_ = mask_at(0);
  }

  /// The first place at or after `from`; the text's size when there is none. `from` may not be less than it was.
  std::size_t next(std::size_t from) noexcept {
    if (from > found_ || !has_found_) find(from);
    return found_;
  }

 private:
  static constexpr std::size_t kBlock = 64;

  void find(std::size_t from) noexcept {
    has_found_ = true;
    found_ = text_.size();
    if (from >= text_.size()) return;
    if (from - block_ >= kBlock) {
      block_ = from;
      mask_ = mask_at(from);
    } else {
      mask_ &= ~std::uint64_t{0} << (from - block_);
    }
    while (mask_ == 0) {
      block_ += kBlock;
      if (block_ >= text_.size()) return;
      mask_ = mask_at(block_);
    }
    found_ = block_ + static_cast<std::size_t>(std::countr_zero(mask_));
  }

  std::uint64_t mask_at(std::size_t at) const noexcept {
    const std::size_t left = text_.size() - at;
    if (left > kBlock) return mask_of(text_.data() + at);
    std::array<char, kBlock + 1> tail{};
    std::memcpy(tail.data(), text_.data() + at, left);
    return mask_of(tail.data()) & (~std::uint64_t{0} >> (kBlock - left));
  }

  /// Of the 64 bytes from `p` on. Reads one byte beyond them.
  std::uint64_t mask_of(const char* p) const noexcept {
    alignas(kBlock) std::array<std::uint8_t, kBlock> flags;
    std::uint8_t any = 0;
    for (std::size_t i = 0; i < kBlock; ++i) {
      flags[i] = flag_(static_cast<std::uint8_t>(p[i]), static_cast<std::uint8_t>(p[i + 1]));
      any |= flags[i];
    }
    if (any == 0) return 0;
    std::uint64_t mask = 0;
    for (std::size_t i = 0; i < kBlock; i += 8) {
      std::uint64_t bytes;
      std::memcpy(&bytes, flags.data() + i, sizeof bytes);
      mask |= (bytes * 0x0102040810204080u >> 56) << i;  // gathers the lowest bits of eight bytes
    }
    return mask;
  }

  std::string_view text_;
  Flag flag_;
  std::size_t found_ = 0;  // what was found last stands until `from` passes it: however slowly it comes, no byte is looked at twice
  bool has_found_ = false;
  std::size_t block_ = 0;
  std::uint64_t mask_ = 0;
};

}  // namespace quern
