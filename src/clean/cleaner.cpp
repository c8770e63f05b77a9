#include "quern/clean/cleaner.hpp"

#include "quern/text/nfc.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace quern {
namespace {

constexpr std::size_t kBlock = 64;

/// Whether a byte, with the one after it, may begin something to change. Branch-free, so that the compiler can take many at once.
constexpr bool may_change(std::uint8_t byte, std::uint8_t next) noexcept {
  const bool c0 = (byte < 0x20) & (byte != '\t') & (byte != '\n');
  const bool c1 = (byte == 0xC2) & (next < 0xA0);
  const bool byte_order_mark = (byte == 0xEF) & (next == 0xBB);
  return c0 | (byte == 0x7F) | c1 | byte_order_mark;
}

/// may_change of the 64 bytes from `p` on, a bit for each. Reads one byte beyond them.
std::uint64_t may_change_mask(const char* p) noexcept {
  alignas(kBlock) std::array<std::uint8_t, kBlock> flags;
  std::uint8_t any = 0;
  for (std::size_t i = 0; i < kBlock; ++i) {
    flags[i] = may_change(static_cast<std::uint8_t>(p[i]), static_cast<std::uint8_t>(p[i + 1]));
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

/// Moves what stays of a text to its front, block by block.
class Compaction {
 public:
  explicit Compaction(std::string& text) noexcept : text_(text), size_(text.size()) {}

  void run() {
    while (size_ - at_ > kBlock) filter_block(may_change_mask(text_.data() + at_), at_ + kBlock);
    filter_tail();
    text_.resize(to_);
  }

 private:
  std::uint8_t byte(std::size_t i) const noexcept { return static_cast<std::uint8_t>(text_.data()[i]); }

  void keep_until(std::size_t end) noexcept {
    if (end <= at_) return;
    if (to_ != at_) std::memmove(text_.data() + to_, text_.data() + at_, end - at_);
    to_ += end - at_;
    at_ = end;
  }

  void filter_block(std::uint64_t mask, std::size_t end) noexcept {
    const std::size_t begin = at_;
    for (; mask != 0; mask &= mask - 1) {
      keep_until(begin + static_cast<std::size_t>(std::countr_zero(mask)));
      change();
    }
    keep_until(end);
  }

  void filter_tail() noexcept {
    std::array<char, kBlock + 1> tail{};
    const std::size_t length = size_ - at_;
    if (length == 0) return;
    std::memcpy(tail.data(), text_.data() + at_, length);
    filter_block(may_change_mask(tail.data()) & (~std::uint64_t{0} >> (kBlock - length)), size_);
  }

  /// Of the flagged character at at_. The byte at size_ is the string's terminating zero.
  void change() noexcept {
    switch (byte(at_)) {
      case '\r':
        text_.data()[to_++] = '\n';
        at_ += byte(at_ + 1) == '\n' ? 2 : 1;
        break;
      case 0xC2:
        at_ += 2;
        break;
      case 0xEF:
        if (byte(at_ + 2) == 0xBF) at_ += 3;
        break;
      default:
        ++at_;
    }
  }

  std::string& text_;
  std::size_t size_;
  std::size_t at_ = 0;
  std::size_t to_ = 0;
};

}  // namespace

namespace {

template <class Prepared>
Reason take(const Prepared& step, std::string& text, PiiCounts&) {
  return apply(step, text);
}
Reason take(const PiiStep& step, std::string& text, PiiCounts& found) { return step.apply(text, found); }

}  // namespace

void remove_controls(std::string& text) { Compaction(text).run(); }

void Cleaner::tidy(std::string& text) const {
  if (unicode_ == UnicodeForm::nfc) normalize_nfc(text);
  remove_controls(text);
}

Reason Cleaner::clean(std::string& text, PiiCounts* found) const {
  PiiCounts unasked;
  auto step = steps_.begin();
  // Half of what it repairs is control characters to everything else.
  if (step != steps_.end() && std::holds_alternative<MojibakeSpec>(*step)) quern::apply(std::get<MojibakeSpec>(*step++), text);
  tidy(text);
  if (steps_.empty() || text.empty()) return Reason::none;
  for (; step != steps_.end(); ++step) {
    const Reason reason = std::visit([&](const auto& prepared) { return take(prepared, text, found != nullptr ? *found : unasked); }, *step);
    if (reason != Reason::none) return reason;
  }
  tidy(text);  // what steps bring together may compose, and what they write may be a control character
  return text.empty() ? Reason::clean_empty : Reason::none;
}

}  // namespace quern
