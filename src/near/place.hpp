#pragma once
// Places and row numbers in 6 bytes: 281 trillion documents are enough, and the exchange carries 14 bytes a row instead of 16.

#include <cstdint>
#include <cstring>

namespace quern {

#pragma pack(push, 1)
class Place48 {
 public:
  static constexpr std::uint64_t kNone = (1ull << 48) - 1;
  Place48() = default;
  Place48(std::uint64_t value) { std::memcpy(bytes_, &value, sizeof bytes_); }  // NOLINT: meant to convert
  operator std::uint64_t() const {
    std::uint64_t value = 0;
    std::memcpy(&value, bytes_, sizeof bytes_);
    return value;
  }

 private:
  unsigned char bytes_[6] = {};
};
#pragma pack(pop)
static_assert(sizeof(Place48) == 6);

}  // namespace quern
