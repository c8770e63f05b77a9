#pragma once
// Which parts of a text stood before in it.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace quern {

/// A set of parts of one text. Equal hashes are never taken for equal parts. The memory is used again for the next text.
class SeenParts {
 public:
  /// `text` must stay as it is.
  void begin(std::string_view text);
  /// Whether an equal part was added before; else it is added.
  bool add(std::string_view part);

 private:
  struct Slot {
    std::uint64_t begin = 0;
    std::uint64_t bytes = 0;  ///< 0: free
    std::uint64_t hash = 0;
  };

  Slot& slot_of(std::string_view part, std::uint64_t hash) noexcept;
  void grow();

  const char* text_ = nullptr;
  std::vector<Slot> slots_;  // a power of two, at most two thirds in use
  std::size_t size_ = 0;
};

}  // namespace quern
