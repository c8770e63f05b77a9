#!/usr/bin/env bash
# Cross-builds the rooms that a text goes through for aarch64 and runs their unit tests under qemu-user, in a Debian 12 of its own: nothing is
# installed on this machine but the folder SYSTEM (2 GB). Needs root, debootstrap and, the first time, a network; half an hour on two cores.
#   scripts/test_aarch64.sh [SYSTEM] [arguments for ctest]...      SYSTEM: build/aarch64 if not given
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/scripts/messages.sh"
. "$root/scripts/debian_folder.sh"

case ${1-} in -h | --help) sed -n '2,4s/^# \{0,1\}//p' "$0"; exit 0 ;; esac
system=${1:-$root/build/aarch64}
[ $# -gt 0 ] && shift

tools=(g++-aarch64-linux-gnu cmake ninja-build pkg-config qemu-user-static python3 nlohmann-json3-dev)
libraries=(libssl-dev libxxhash-dev libicu-dev libfmt-dev libspdlog-dev libcld2-dev libfasttext-dev libsimdjson-dev libgtest-dev libgmock-dev)
make_system "$system" "dpkg --add-architecture arm64; apt-get update
  apt-get install -y --no-install-recommends ${tools[*]} ${libraries[*]/%/:arm64}"

say "building for aarch64"
in_system "$system" cmake -S /quern -B /build -G Ninja -DCMAKE_BUILD_TYPE=Release -DQUERN_TEXT_ROOMS=ON \
  -DCMAKE_TOOLCHAIN_FILE=/quern/cmake/aarch64-linux-gnu.cmake >"$system.configure.log" 2>&1 ||
  { tail -n 30 "$system.configure.log" >&2; stop "CMake could not configure"; }
in_system "$system" cmake --build /build --parallel "${QUERN_JOBS:-$(nproc)}"
say "testing under qemu-aarch64"
in_system "$system" ctest --test-dir /build --output-on-failure --no-tests=error -R '_tests$' --timeout 3600 "$@"
