#include "fuzz/fuzz.hpp"
#include "quern/base/hash.hpp"
#include "quern/store/compressed.hpp"

#include <string>

namespace fuzz = quern::fuzz;

namespace {

/// A hash of all that comes, and of where there is damage. A small input cannot grow without end: 1032 times in gzip.
std::uint64_t read(quern::CompressedReader& reader, const std::string& path, const quern::DiskRange& range, std::size_t room) {
  std::string buffer(room, '\0');
  quern::Hasher128 hasher;
  std::uint64_t total = 0, steps = 0;
  for (reader.open(path, range);;) {
    const quern::StreamStep step = reader.next(buffer.data(), room);
    if (step.kind == quern::StreamStep::Kind::end || step.kind == quern::StreamStep::Kind::unreadable) break;
    if (step.kind == quern::StreamStep::Kind::damage) {
      fuzz::must(!step.message.empty());
      hasher.add("damage");
      fuzz::must(++steps <= range.file_bytes + 1);
      continue;
    }
    fuzz::must(step.bytes > 0 && step.bytes <= room);
    hasher.add({buffer.data(), step.bytes});
    total += step.bytes;
    if (total > (64u << 20)) break;  // zstd's runs
  }
  return total > (64u << 20) ? 0 : hasher.digest().low;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::as_text(data, size);
  static quern::CompressedReader reader(8u << 20);
  const std::string path = fuzz::file_with("input", bytes);
  return fuzz::parse_or_refuse([&] {
    const std::uint64_t half = size / 2;
    std::uint64_t given = read(reader, path, {0, size, size}, 4096);
    // How it is asked changes nothing of what is given.
    fuzz::must(read(reader, path, {0, size, size}, 777) == given);
    read(reader, path, {half, size, size}, 100);
  });
}
