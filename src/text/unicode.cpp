#include "quern/text/unicode.hpp"

#include <algorithm>

namespace quern {
namespace unicode {
namespace {

struct Run {
  std::uint32_t length;
  std::uint8_t record;
};

#include "tables/unicode_15_0.inc"

// Spreads the runs over blocks of 128 code points; blocks that lie in one run share a row, as do neighbours that are equal.
class Builder {
 public:
  constexpr Tables build() {
    std::copy(std::begin(kRecords), std::end(kRecords), tables_.records.begin());
    for (const Run& run : kRuns) add(run);
    return tables_;
  }

 private:
  constexpr void add(Run run) {
    while (run.length > 0) {
      if (filled_ == 0 && run.length >= kBlockSize) {
        finish_block(uniform_row(run.record));
        run.length -= kBlockSize;
        continue;
      }
      const std::uint32_t take = std::min(run.length, kBlockSize - filled_);
      for (std::uint32_t i = 0; i < take; ++i) mixed_[filled_ + i] = run.record;
      filled_ += take;
      run.length -= take;
      if (filled_ == kBlockSize) finish_block(new_row(mixed_));
    }
  }

  constexpr std::uint16_t uniform_row(std::uint8_t record) {
    if (!has_uniform_row_[record]) {
      std::array<std::uint8_t, kBlockSize> row{};
      row.fill(record);
      uniform_rows_[record] = new_row(row);
      has_uniform_row_[record] = true;
    }
    return uniform_rows_[record];
  }

  constexpr std::uint16_t new_row(const std::array<std::uint8_t, kBlockSize>& row) {
    tables_.record.at(rows_) = row;
    return static_cast<std::uint16_t>(rows_++);
  }

  constexpr void finish_block(std::uint16_t row) {
    tables_.block.at(blocks_++) = row;
    filled_ = 0;
  }

  Tables tables_{};
  std::array<std::uint8_t, kBlockSize> mixed_{};
  std::uint32_t filled_ = 0;
  std::size_t blocks_ = 0;
  std::size_t rows_ = 0;
  std::array<bool, 256> has_uniform_row_{};
  std::array<std::uint16_t, 256> uniform_rows_{};
};

}  // namespace

// Built by the compiler: no start-up cost, and the pages are shared by the ranks of a machine.
constexpr Tables kTables = Builder{}.build();

}  // namespace unicode

char* write_utf8(char* to, char32_t c) noexcept {
  const auto put = [&to](char32_t byte) { *to++ = static_cast<char>(byte); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6);
    put(0x80 | (c & 63));
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12);
    put(0x80 | (c >> 6 & 63));
    put(0x80 | (c & 63));
  } else {
    put(0xF0 | c >> 18);
    put(0x80 | (c >> 12 & 63));
    put(0x80 | (c >> 6 & 63));
    put(0x80 | (c & 63));
  }
  return to;
}

void append_utf8(std::string& to, char32_t c) {
  char bytes[4];
  to.append(bytes, write_utf8(bytes, c));
}

}  // namespace quern
