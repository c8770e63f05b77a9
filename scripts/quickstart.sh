#!/usr/bin/env bash
# From a bare Debian 12 to a first data set: installs what is missing, builds, runs jobs/quickstart.yaml on 2 ranks.
#   scripts/quickstart.sh [--ranks N]
# Nothing is downloaded but Debian packages. Run again, it takes seconds.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/scripts/messages.sh"

ranks=2
while [ $# -gt 0 ]; do
  case $1 in
    --ranks) ranks=${2:?--ranks needs a number}; shift ;;
    -h | --help) sed -n '2,4s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) stop "quickstart.sh: unknown option '$1'" "Options: --ranks N, --help" ;;
  esac
  shift
done
cd "$root"

scripts/install_deps.sh
# The tests need packages of their own, so a first configuration leaves them out; one made by test.sh stays as it is.
if [ -f build/release/CMakeCache.txt ]; then
  scripts/build.sh --target quern_program
else
  scripts/build.sh --target quern_program -DQUERN_TESTS=OFF
fi
. "$root/scripts/mpi_environment.sh"

# Container images often leave /usr/share/doc out. What the build needs is always here, and CMake's manual is 1,900 pages of prose.
doc_files=$(find /usr/share/doc -type f -name '*.gz' 2>/dev/null | wc -l)
settings=(--overwrite)
if [ "$doc_files" -lt 200 ]; then
  say "this system has little text in /usr/share/doc: taking CMake's manual and this project's own pages as well"
  settings+=(--set "input.0.path=/usr/share/cmake*/Help/**/*.rst" --set input.0.source=cmake-manual
    --set "input.1.path=$root/**/*.md" --set input.1.source=quern)
fi

say "mpirun -n $ranks build/release/quern run jobs/quickstart.yaml ${settings[*]}"
if ! mpirun -n "$ranks" build/release/quern run jobs/quickstart.yaml "${settings[@]}"; then
  stop "the run failed; its own message is above." "docs/exit-codes.md says what each kind of failure means." \
    "If mpirun itself complains, see 'MPI on one machine' in docs/install.md."
fi

cat <<END

Look at the result:
  build/release/quern show out/quickstart
  build/release/quern ledger out/quickstart | head
END
