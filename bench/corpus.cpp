#include "corpus.hpp"

#include "quern/format/json_lines.hpp"
#include "quern/store/file.hpp"

#include <cstdio>
#include <cstdlib>
#include <map>

namespace quern::bench {

namespace {

std::string folder;

Texts read_texts(const std::string& set) {
  std::string lines = read_file(data_path(set + ".jsonl"));
  const std::size_t size = lines.size();
  lines.append(kJsonPadding, '\0');
  JsonLineParser parser(InputSpec{}, InvalidUtf8::repair);
  Texts read;
  for (std::size_t at = 0; at < size;) {
    const std::size_t end = std::min(lines.find('\n', at), size);
    const JsonLine line = parser.parse(std::string_view(lines).substr(at, end - at));
    if (line.bad == Reason::none) {
      read.texts.emplace_back(line.text);
      read.bytes += line.text.size();
    }
    at = end + 1;
  }
  if (read.bytes == 0) fail(ErrorKind::plan, "{}: no text in it", data_path(set + ".jsonl"));
  return read;
}

}  // namespace

void take_data_folder(int& argc, char** argv) {
  int kept = 1;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--data" && i + 1 < argc) folder = argv[++i];
    else argv[kept++] = argv[i];
  }
  argc = kept;
  if (folder.empty() || !path_exists(folder)) {
    std::fprintf(stderr, "no data folder '%s': bench/run.sh makes one and gives it by --data\n", folder.c_str());
    std::exit(2);
  }
}

std::string data_path(std::string_view name) { return folder + "/" + std::string(name); }
bool has_data(std::string_view name) { return path_exists(data_path(name)); }

const Texts& texts_of(const std::string& set) {
  static std::map<std::string, Texts> sets;
  const auto known = sets.find(set);
  return known != sets.end() ? known->second : sets.emplace(set, read_texts(set)).first->second;
}

void count_text(benchmark::State& state, std::uint64_t bytes) {
  state.counters["text_bytes"] = static_cast<double>(bytes);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
}

void over_texts(const std::string& name, const std::string& set, std::function<void(benchmark::State&, const Texts&)> body) {
  if (!has_data(set + ".jsonl")) return;
  const auto run = [set, body = std::move(body)](benchmark::State& state) {
    const Texts& texts = texts_of(set);
    body(state, texts);
    count_text(state, texts.bytes);
  };
  benchmark::RegisterBenchmark((name + "/" + set).c_str(), run)->Unit(benchmark::kMillisecond);
}

}  // namespace quern::bench
