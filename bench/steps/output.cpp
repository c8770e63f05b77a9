// Token ids into the data set's layout, and the same bytes into a plain file: what the layout costs.

#include "corpus.hpp"

#include "quern/base/hash.hpp"
#include "quern/store/file.hpp"
#include "quern/store/hdf5.hpp"

#include <filesystem>

namespace quern::bench {

namespace {

constexpr std::size_t kIds = 64u << 20;     // 128 MiB of two-byte ids
constexpr std::size_t kPiece = 2u << 20;    // written 4 MiB at a time

const std::vector<std::uint16_t>& ids() {
  static const std::vector<std::uint16_t> made = [] {
    std::vector<std::uint16_t> values(kIds);
    for (std::size_t i = 0; i < kIds; ++i) values[i] = static_cast<std::uint16_t>(mix64(i));
    return values;
  }();
  return made;
}

/// A file that is there already would have its blocks: each iteration makes its own.
void write_plain(benchmark::State& state) {
  const std::span<const std::uint16_t> all = ids();
  const std::string path = data_path("plain.out");
  for (auto _ : state) {
    std::filesystem::remove(path);
    File file(path, File::Mode::create);
    for (std::size_t at = 0; at < kIds; at += kPiece) file.append(as_bytes(all.subspan(at, kPiece)));
    file.close();
  }
  std::filesystem::remove(path);
  count_text(state, kIds * sizeof(std::uint16_t));
}

void write_hdf5(benchmark::State& state) {
  const std::span<const std::uint16_t> all = ids();
  const std::string path = data_path("hdf5.out");
  for (auto _ : state) {
    std::filesystem::remove(path);
    Hdf5File file = Hdf5File::create(path, nullptr);
    {
      Hdf5Dataset tokens = file.make_numbers("/tokens", sizeof(std::uint16_t), {kIds});
      for (std::size_t at = 0; at < kIds; at += kPiece) tokens.write_rows<std::uint16_t>(at, all.subspan(at, kPiece));
    }
    file.close();
  }
  std::filesystem::remove(path);
  count_text(state, kIds * sizeof(std::uint16_t));
}

}  // namespace

void add_output_benchmarks() {
  benchmark::RegisterBenchmark("write_plain", write_plain)->Unit(benchmark::kMillisecond);
  benchmark::RegisterBenchmark("write_hdf5", write_hdf5)->Unit(benchmark::kMillisecond);
}

}  // namespace quern::bench
