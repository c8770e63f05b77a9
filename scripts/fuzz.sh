#!/usr/bin/env bash
# Feeds every parser, and every reader of a file that quern has written, with bytes that nobody meant (libFuzzer, with the address and undefined-behaviour
# sanitizers). Ends with 1 when something was found; the input lies in build/fuzz/found/.
#   scripts/fuzz.sh [SECONDS] [NAME]...     each NAME (all: job journal spool …) for SECONDS (60)
#   QUERN_FUZZ_BUILD, QUERN_PROGRAM         another folder than build/fuzz; the program that makes seeds (build/release/quern)
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/scripts/messages.sh"

case ${1-} in -h | --help) sed -n '2,5s/^# \{0,1\}//p' "$0"; exit 0 ;; esac
seconds=${1:-60}
[ $# -gt 0 ] && shift
[[ $seconds =~ ^[0-9]+$ ]] || stop "fuzz.sh: '$seconds' is no number of seconds" "Use: scripts/fuzz.sh [SECONDS] [NAME]..."

clang=$(command -v clang++-14 || command -v clang++ || true)
[ -n "$clang" ] || stop "clang is not there" "Run scripts/install_deps.sh --fuzz"
build=${QUERN_FUZZ_BUILD:-$root/build/fuzz}
program=${QUERN_PROGRAM:-$root/build/release/quern}
export LSAN_OPTIONS="${LSAN_OPTIONS-suppressions=$root/tests/lsan.supp:print_suppressions=0}"
. "$root/scripts/mpi_environment.sh"

CXX=$clang CC=${clang/++/} cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DQUERN_FUZZ=ON -DQUERN_TESTS=OFF >"$build.log" 2>&1 ||
  { cat "$build.log" >&2; stop "cmake failed"; }
names=("$@")
if [ ${#names[@]} -eq 0 ]; then
  for source in "$root"/tests/fuzz/*_fuzz.cpp; do names+=("$(basename "$source" _fuzz.cpp)"); done
fi
cmake --build "$build" -j "${QUERN_JOBS:-$(nproc)}" --target "${names[@]/%/_fuzz}"

if [ -x "$program" ]; then python3 "$root/tests/fuzz/make_seeds.py" "$build/seeds" "$program"
else
  say "note: $program is not there: no seeds for journal, spool and dataset (scripts/build.sh makes it)"
  python3 "$root/tests/fuzz/make_seeds.py" "$build/seeds"
fi
mkdir -p "$build/found"
bad=0
for name in "${names[@]}"; do
  mkdir -p "$build/corpus/$name" "$build/seeds/$name"
  longest=65536
  leaks=1
  largest=512  # MiB that are asked for at once
  [ "$name" = compressed ] && largest=2304  # zstd asks for a window of up to 2 GiB; what of it is touched, rss_limit_mb bounds
  [ "$name" = dataset ] && leaks=0  # libhdf5 1.10 itself leaks some hundred bytes when it refuses a damaged file
  say "$name for $seconds s"
  ASAN_OPTIONS="detect_leaks=$leaks" "$build/tests/fuzz/${name}_fuzz" -max_total_time="$seconds" -max_len=$longest -timeout=10 -rss_limit_mb=1024 -malloc_limit_mb="$largest" -print_final_stats=1 \
    -detect_leaks=$leaks \
    -artifact_prefix="$build/found/$name-" "$build/corpus/$name" "$build/seeds/$name" >"$build/$name.log" 2>&1 || { bad=1; tail -40 "$build/$name.log"; }
  grep -E "number_of_executed_units|average_exec_per_sec" "$build/$name.log" | sed 's/^stat::/  /' || true
done
exit $bad
