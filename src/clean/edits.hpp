#pragma once
// Changes to a text, in the order of their places, done by one pass into a second buffer: what is read stays as it was.

#include <cstddef>
#include <string>
#include <string_view>

namespace quern {

/// One at a time in a thread. A text without changes is not copied.
class Edits {
 public:
  explicit Edits(std::string& text) : text_(text), out_(buffer()) { out_.clear(); }

  /// `begin` may not be less than the last `end`.
  void replace(std::size_t begin, std::size_t end, std::string_view by) {
    out_.append(text_, done_, begin - done_).append(by);
    done_ = end;
    any_ = true;
  }
  void remove(std::size_t begin, std::size_t end) { replace(begin, end, {}); }
  /// Up to here the text has been replaced.
  std::size_t done() const noexcept { return done_; }

  /// Returns whether anything changed.
  bool finish() {
    if (!any_) return false;
    out_.append(text_, done_);
    text_.swap(out_);
    if (out_.capacity() > kKept) std::string().swap(out_);
    return true;
  }

 private:
  /// Memory that only an unusually long text needs is given back.
  static constexpr std::size_t kKept = std::size_t{4} << 20;

  static std::string& buffer() {
    thread_local std::string kept;
    return kept;
  }

  std::string& text_;
  std::string& out_;
  std::size_t done_ = 0;
  bool any_ = false;
};

}  // namespace quern
