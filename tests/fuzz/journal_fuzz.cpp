#include "fuzz/fuzz.hpp"
#include "quern/base/hash.hpp"
#include "quern/store/journal.hpp"

#include <cstring>

namespace fuzz = quern::fuzz;

namespace {

/// Where the length of a batch leads to a next one, its checksums are made right: otherwise nothing behind them would ever be tried.
std::string with_checksums(std::string_view bytes) {
  std::string whole(bytes);
  for (std::size_t at = 0; whole.size() - at >= 64;) {
    std::uint64_t length = 0;
    std::memcpy(&length, whole.data() + at + 32, sizeof length);
    if (length > whole.size() - at - 64) break;
    const std::uint64_t payload = quern::hash64(std::string_view(whole).substr(at + 64, length));
    std::memcpy(whole.data() + at + 40, &payload, sizeof payload);
    const std::uint64_t header = quern::hash64(std::string_view(whole).substr(at, 56));
    std::memcpy(whole.data() + at + 56, &header, sizeof header);
    at += 64 + length;
  }
  return whole;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::as_text(data, size);
  return fuzz::parse_or_refuse([&] {
    const quern::JournalContents contents = quern::read_journal(fuzz::file_with("journal", with_checksums(bytes)));
    std::uint64_t sum = contents.torn;
    for (const quern::JournalBatch& batch : contents.batches) sum += 64 + batch.payload.size();
    fuzz::must(sum == size);
  });
}
