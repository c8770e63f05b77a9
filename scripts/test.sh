#!/usr/bin/env bash
# Installs what is missing, builds and runs all tests through ctest.
#   scripts/test.sh [--preset release|dev] [--slow] [arguments for ctest]...
#   --preset dev    AddressSanitizer and UndefinedBehaviorSanitizer
#   --slow          the tests labelled 'slow' as well
# For example: scripts/test.sh -R near    scripts/test.sh --preset dev -L mpi --verbose
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/scripts/messages.sh"

preset=release
selection=(-LE slow)
while [ $# -gt 0 ]; do
  case $1 in
    --preset) preset=${2:?--preset needs a name}; shift 2 ;;
    --slow) selection=(); shift ;;
    -h | --help) sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) break ;;
  esac
done

"$root/scripts/install_deps.sh" --tests
"$root/scripts/build.sh" --preset "$preset" -DQUERN_TESTS=ON
. "$root/scripts/mpi_environment.sh"
if [ "$preset" = dev ]; then
  # Open MPI's own leaks are named in a list; the slow unwinder is what finds its frames.
  export LSAN_OPTIONS="${LSAN_OPTIONS-suppressions=$root/tests/lsan.supp:print_suppressions=0}"
  export ASAN_OPTIONS="${ASAN_OPTIONS-fast_unwind_on_malloc=0}"
  export UBSAN_OPTIONS="${UBSAN_OPTIONS-halt_on_error=1:print_stacktrace=1}"
fi

say "testing build/$preset"
exec ctest --test-dir "$root/build/$preset" --output-on-failure --no-tests=error --parallel "$(nproc)" \
  ${selection[@]+"${selection[@]}"} "$@"
