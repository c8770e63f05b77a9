#include "fuzz/fuzz.hpp"
#include "quern/base/hash.hpp"
#include "quern/store/spool.hpp"

#include <array>
#include <cstring>

namespace fuzz = quern::fuzz;

namespace {

constexpr std::size_t kHeader = 144, kRow = 88;

template <class T>
T at(const std::string& bytes, std::size_t place) {
  T value;
  std::memcpy(&value, bytes.data() + place, sizeof value);
  return value;
}

template <class T>
void put(std::string& bytes, std::size_t place, T value) {
  std::memcpy(bytes.data() + place, &value, sizeof value);
}

/// Of the first block, as far as its sections lie in the file: otherwise nothing behind the checksums would ever be tried.
std::string with_checksums(std::string_view bytes) {
  std::string whole(bytes);
  if (whole.size() < kHeader) return whole;
  const auto lengths = at<std::array<std::uint64_t, 5>>(whole, 32);
  std::size_t start = kHeader;
  for (std::size_t s = 0; s < lengths.size() && lengths[s] <= whole.size() - start; ++s) {
    for (std::size_t row = start; s == 0 && row + kRow <= start + lengths[0]; row += kRow) {
      put(whole, row + kRow - 4, static_cast<std::uint32_t>(quern::hash64(std::string_view(whole).substr(row, kRow - 4))));
    }
    put(whole, 72 + 8 * s, quern::hash64(std::string_view(whole).substr(start, lengths[s])));
    start += lengths[s];
  }
  put(whole, 136, quern::hash64(std::string_view(whole).substr(0, 136)));
  return whole;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::as_text(data, size);
  const std::string whole = with_checksums(bytes);
  fuzz::file_with("map.00000.spool", whole);
  quern::SpoolReader reader(fuzz::folder(), "map");
  std::uint64_t unit = 0, records = 0;
  if (whole.size() >= kHeader) std::memcpy(&unit, whole.data() + 16, sizeof unit);
  for (const std::uint32_t row : {0u, 1u, 5u}) {
    const quern::SpoolRef ref{.block = 0, .segment = 0, .row = row};
    fuzz::parse_or_refuse([&] { fuzz::must(reader.record(ref).payload.size() <= whole.size()); });
    fuzz::parse_or_refuse([&] { fuzz::must(reader.signature(ref).size() <= whole.size()); });
  }
  return fuzz::parse_or_refuse([&] {
    const quern::UnitPlace place{.unit = unit, .segment = 0, .begin = 0, .end = whole.size(), .records = 0, .text_bytes = 0};
    reader.is_whole(place);
    reader.for_each_block(place, {.ids = true, .extras = true, .signatures = true, .payload = true}, [&](const quern::SpoolBlock& block) {
      for (const quern::SpoolRow& row : block.rows) {
        fuzz::must(block.payload_of(row).size() == row.payload_bytes);
        if (row.signature != quern::kNoSignature) fuzz::must(block.signature_of(row).size() == block.signature_bytes);
        ++records;
      }
    });
  });
}
