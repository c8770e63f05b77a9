#!/usr/bin/env bash
# Builds the program and the benchmarks, runs them and whole jobs at 1 and 2 ranks, prints a table and writes the figures as JSON.
#   bench/run.sh [DATA...] [--out FILE.json] [--megabytes N] [--only REGEX] [--work FOLDER] [--tiktoken FOLDER] [--build FOLDER]
# DATA: folders with JSON lines (plain, .gz or .zst) and, if they are there, vocabularies (gpt2.tokenizer.json, cl100k_base.tiktoken,
# both also .zst). Without DATA the text is made up from a seed, and a vocabulary trained on it. bench/README.md says what is measured.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/scripts/messages.sh"
. "$root/scripts/mpi_environment.sh"

build="$root/build/release"
arguments=()
while [ $# -gt 0 ]; do
  case $1 in
    --build) build=${2:?--build needs a folder}; shift ;;
    -h | --help) sed -n '2,5s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) arguments+=("$1") ;;
  esac
  shift
done

if ! dpkg-query -W libbenchmark-dev >/dev/null 2>&1 && ! pkg-config --exists benchmark; then
  stop "Google Benchmark is not there." "scripts/install_deps.sh --bench installs it."
fi
if [ "$build" = "$root/build/release" ]; then
  "$root/scripts/build.sh" --preset release -DQUERN_BENCH=ON --target quern_program --target bench_steps --target bench_near >&2
else
  cmake -S "$root" -B "$build" -DQUERN_BENCH=ON >/dev/null
  cmake --build "$build" --target quern_program --target bench_steps --target bench_near >&2
fi
exec python3 "$root/bench/measure.py" --build "$build" ${arguments[@]+"${arguments[@]}"}
