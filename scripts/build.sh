#!/usr/bin/env bash
# Configures and builds into build/<preset>.
#   scripts/build.sh [--preset release|dev|coverage] [--target NAME]... [-DNAME=VALUE]...
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/scripts/messages.sh"

preset=release
targets=()
definitions=()
while [ $# -gt 0 ]; do
  case $1 in
    --preset) preset=${2:?--preset needs a name}; shift ;;
    --target) targets+=(--target "${2:?--target needs a name}"); shift ;;
    -D*) definitions+=("$1") ;;
    -h | --help) sed -n '2,3s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) stop "build.sh: unknown option '$1'" "Options: --preset NAME, --target NAME, -DNAME=VALUE, --help" ;;
  esac
  shift
done
build="$root/build/$preset"
cache="$build/CMakeCache.txt"

# g++ needs up to 1 GB for one of our larger files: more jobs than memory allows end in a killed compiler.
parallel_jobs() {
  local cores available_kb limit_bytes by_memory
  cores=$(nproc)
  available_kb=$(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo 2>/dev/null || echo 0)
  limit_bytes=$(cat /sys/fs/cgroup/memory.max 2>/dev/null || echo max)
  if [[ $limit_bytes =~ ^[0-9]+$ ]] && [ $((limit_bytes / 1024)) -lt "${available_kb:-0}" ]; then available_kb=$((limit_bytes / 1024)); fi
  by_memory=$((${available_kb:-0} / 1048576))
  [ "$by_memory" -ge 1 ] || by_memory=1
  echo $((cores < by_memory ? cores : by_memory))
}

# CMake refuses a cache that was made in another place: the checkout was moved or copied.
if [ -f "$cache" ] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$cache"; then
  say "build/$preset was made in another folder; starting it anew"
  rm -rf "$build"
fi

say "configuring build/$preset"
log="$root/build/$preset.configure.log"
mkdir -p "$root/build"
if ! (cd "$root" && cmake --preset "$preset" ${definitions[@]+"${definitions[@]}"}) >"$log" 2>&1; then
  tail -n 30 "$log" | sed 's/^/    /' >&2
  stop "CMake could not configure build/$preset." "The message above names what is missing; the whole output is in $log." \
    "scripts/install_deps.sh installs every library from Debian. If it has just done so: rm -rf $build, and try again."
fi

jobs=$(parallel_jobs)
say "building build/$preset with $jobs parallel jobs"
if ! cmake --build "$build" --parallel "$jobs" ${targets[@]+"${targets[@]}"}; then
  stop "the build failed; the first error is above." \
    "'Killed' or 'internal compiler error' means too little memory: cmake --build $build --parallel 1" \
    "Anything else is a fault of ours: please report it with the lines above and the output of g++ --version."
fi
