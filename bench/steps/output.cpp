// Token ids into the data set's layout, and the same bytes into a plain file: what the layout costs.

#include "corpus.hpp"

#include "quern/base/hash.hpp"
#include "quern/store/file.hpp"
#include "quern/store/hdf5.hpp"

#include <time.h>

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

/// Both kinds of file are new in every iteration (one that is there already would have its blocks), get the same pieces, are closed and
/// not synced: how fast the disk is says nothing about the layout.
void write_plain_file(const std::string& path) {
  const std::span<const std::uint16_t> all = ids();
  File file(path, File::Mode::create);
  for (std::size_t at = 0; at < kIds; at += kPiece) file.append(as_bytes(all.subspan(at, kPiece)));
  file.close();
}

void write_hdf5_file(const std::string& path) {
  const std::span<const std::uint16_t> all = ids();
  Hdf5File file = Hdf5File::create(path, nullptr);
  {
    Hdf5Dataset tokens = file.make_numbers("/tokens", sizeof(std::uint16_t), {kIds});
    for (std::size_t at = 0; at < kIds; at += kPiece) tokens.write_rows<std::uint16_t>(at, all.subspan(at, kPiece));
  }
  file.close();
}

double seconds_of(void (*write)(const std::string&), const std::string& path) {
  const auto now = [] {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
  };
  const double start = now();
  write(path);
  return now() - start;
}

void write_plain(benchmark::State& state) {
  const std::string path = data_path("plain.out");
  ids();
  for (auto _ : state) {
    write_plain_file(path);
    std::filesystem::remove(path);
  }
  count_text(state, kIds * sizeof(std::uint16_t));
}

/// Next to each HDF5 file a plain one is written: the cost of a fresh page of memory or of a neighbour's writing changes from second to
/// second, by more than the layout costs.
void write_hdf5(benchmark::State& state) {
  const std::string path = data_path("hdf5.out");
  ids();
  double plain = 0, hdf5 = 0;
  for (auto _ : state) {
    state.PauseTiming();
    plain += seconds_of(write_plain_file, path);
    std::filesystem::remove(path);
    state.ResumeTiming();
    hdf5 += seconds_of(write_hdf5_file, path);
    std::filesystem::remove(path);
  }
  state.counters["of_plain"] = plain / hdf5;
  count_text(state, kIds * sizeof(std::uint16_t));
}

}  // namespace

void add_output_benchmarks() {
  benchmark::RegisterBenchmark("write_plain", write_plain)->Unit(benchmark::kMillisecond);
  benchmark::RegisterBenchmark("write_hdf5", write_hdf5)->Unit(benchmark::kMillisecond);
}

}  // namespace quern::bench
