#pragma once
// A set of strings that is made once and asked often: the time of an answer does not depend on how many there are.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

/// About 24 bytes for each string, and its own. Less than 2^32 strings, and less than 4 GiB of them: more throws Error{plan}.
class StringSet {
 public:
  /// Adding one again changes nothing.
  void add(std::string_view s);
  bool has(std::string_view s) const noexcept { return has(s, hash_of(s)); }
  bool empty() const noexcept { return size_ == 0; }
  std::size_t size() const noexcept { return size_; }

 private:
  struct Slot {
    std::uint32_t tag = 0;    ///< upper half of the hash; with length 0 the slot is free
    std::uint32_t begin = 0;  ///< in arena_
    std::uint32_t bytes = 0;  ///< and one
  };

  static std::uint64_t hash_of(std::string_view s) noexcept;
  bool has(std::string_view s, std::uint64_t hash) const noexcept;
  std::size_t find(std::string_view s, std::uint64_t hash) const noexcept;
  void grow();

  std::string arena_;
  std::vector<Slot> slots_;  // a power of two, at most two thirds in use
  std::size_t size_ = 0;
};

}  // namespace quern
