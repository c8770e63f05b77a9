#pragma once
// Deflate streams (RFC 1951): isa-l, which is fast, and zlib, which decides what a damaged stream still holds.

#include "store/input_window.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace quern {

struct InflateStep {
  enum class Status {
    more,      ///< `room` is full
    finished,  ///< the stream has ended; the window stands behind its last byte
    starved,   ///< the file ends inside the stream
    failed,    ///< the stream is damaged
  };
  std::size_t bytes = 0;
  Status status = Status::more;
};

/// isa-l. What it wrote in the call that failed is not counted: how much that is depends on how it was fed.
class FastInflate {
 public:
  FastInflate();
  ~FastInflate();
  void start();
  InflateStep run(InputWindow& window, char* to, std::size_t room);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// zlib. Every byte before the damage is counted, and the window stands where it was found.
class ExactInflate {
 public:
  ExactInflate();
  ~ExactInflate();
  void start();
  InflateStep run(InputWindow& window, char* to, std::size_t room);
  std::string why() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// What the first bytes of a deflate stream hold, by zlib.
struct InflatedPrefix {
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::uint32_t crc = 0;
  bool finished = false;
  bool failed = false;
};
/// Stops after `most_out` decompressed bytes.
InflatedPrefix inflate_prefix(std::string_view deflated, std::uint64_t most_out);

/// CRC-32 of RFC 1952, continued from `crc` (0 to begin with).
std::uint32_t gzip_crc(std::uint32_t crc, const char* bytes, std::size_t size) noexcept;

}  // namespace quern
