// From the file to the text: decompression and JSON.

#include "corpus.hpp"

#include "quern/format/json_lines.hpp"
#include "quern/plan/units.hpp"
#include "quern/read/reader.hpp"
#include "quern/store/compressed.hpp"
#include "quern/store/file.hpp"

#include <filesystem>

namespace quern::bench {

namespace {

constexpr std::size_t kRoom = 1 << 20;

/// Decompression alone, by the pieces in which the reader takes it.
void decompress(benchmark::State& state, const std::string& path) {
  const std::uint64_t size = std::filesystem::file_size(path);
  CompressedReader reader(64u << 20);
  std::vector<char> to(kRoom);
  for (auto _ : state) {
    reader.open(path, {0, size, size});
    for (StreamStep step = reader.next(to.data(), kRoom); step.kind != StreamStep::Kind::end; step = reader.next(to.data(), kRoom)) {
      if (step.kind != StreamStep::Kind::data) return state.SkipWithError(step.message.c_str());
    }
    benchmark::DoNotOptimize(to.data());
  }
}

/// Decompression, lines, JSON and UTF-8 as a run does them.
void read_records(benchmark::State& state, const std::string& path) {
  const std::uint64_t size = std::filesystem::file_size(path);
  Job job;
  job.input.resize(1);
  const Unit unit{0, 0, {{0, 0, path, "name", size, 0, size}}};
  std::uint64_t bytes = 0;
  for (auto _ : state) {
    read_unit(unit, job, [&](const Record& record) { bytes += record.text.size(); });
  }
  benchmark::DoNotOptimize(bytes);
}

void parse_lines(benchmark::State& state) {
  std::string lines = read_file(data_path("english.jsonl"));
  const std::size_t size = lines.size();
  lines.append(kJsonPadding, '\0');
  JsonLineParser parser(InputSpec{}, InvalidUtf8::quarantine);
  std::uint64_t bytes = 0;
  for (auto _ : state) {
    for (std::size_t at = 0; at < size;) {
      const std::size_t end = std::min(lines.find('\n', at), size);
      bytes += parser.parse(std::string_view(lines).substr(at, end - at)).text.size();
      at = end + 1;
    }
  }
  benchmark::DoNotOptimize(bytes);
  count_text(state, texts_of("english").bytes);
}

void add_for_file(const std::string& ending) {
  const std::string name = "english.jsonl" + ending;
  if (!has_data(name)) return;
  const auto add = [&](const std::string& step, void (*body)(benchmark::State&, const std::string&)) {
    const auto run = [name, body](benchmark::State& state) {
      body(state, data_path(name));
      count_text(state, texts_of("english").bytes);
    };
    benchmark::RegisterBenchmark((step + ending).c_str(), run)->Unit(benchmark::kMillisecond);
  };
  add("decompress", decompress);
  add("read", read_records);
}

}  // namespace

void add_input_benchmarks() {
  add_for_file(".zst");
  add_for_file(".gz");
  benchmark::RegisterBenchmark("json_lines", parse_lines)->Unit(benchmark::kMillisecond);
}

}  // namespace quern::bench
