// bench_steps --data FOLDER [Google Benchmark's options]: what one rank does by itself, step by step. No MPI is started.

#include "corpus.hpp"

#include "quern/base/error.hpp"

#include <cstdio>

int main(int argc, char** argv) {
  using namespace quern::bench;
  take_data_folder(argc, argv);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  try {
    add_input_benchmarks();
    add_text_benchmarks();
    add_token_benchmarks();
    add_output_benchmarks();
    benchmark::RunSpecifiedBenchmarks();
  } catch (const quern::Error& error) {
    std::fprintf(stderr, "bench_steps: %s\n", error.what());
    return 1;
  }
  benchmark::Shutdown();
}
