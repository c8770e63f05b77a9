#pragma once
// The texts that are measured: JSON lines in the folder that measure.py prepared.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace quern::bench {

struct Texts {
  std::vector<std::string> texts;
  std::uint64_t bytes = 0;
};

/// Takes `--data FOLDER` out of the arguments. Ends the program with a message when it is not there.
void take_data_folder(int& argc, char** argv);

/// A path in the data folder; `name` may not be there.
std::string data_path(std::string_view name);
bool has_data(std::string_view name);

/// The texts of FOLDER/<set>.jsonl, read once and kept.
const Texts& texts_of(const std::string& set);

/// What measure.py makes of a benchmark: MB of raw text for each CPU second.
void count_text(benchmark::State& state, std::uint64_t bytes);

/// A benchmark over the texts of a set, if there is such a set. Each iteration passes all of them.
void over_texts(const std::string& name, const std::string& set, std::function<void(benchmark::State&, const Texts&)> body);

// Called by steps_main.cpp: what is measured depends on the files that are there.
void add_input_benchmarks();
void add_text_benchmarks();
void add_token_benchmarks();
void add_output_benchmarks();

}  // namespace quern::bench
