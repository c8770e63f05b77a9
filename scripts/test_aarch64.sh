#!/usr/bin/env bash
# Cross-builds the rooms that a text goes through for aarch64 and runs their unit tests under qemu-user, in a Debian 12 of its own: nothing is
# installed on this machine but the folder ROOT (2 GB). Needs root, debootstrap (Debian's) and a network on the first run; 20 minutes on two cores.
#   scripts/test_aarch64.sh [ROOT] [arguments for ctest]...      ROOT: build/aarch64-root if not given
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/scripts/messages.sh"

case ${1-} in -h | --help) sed -n '2,4s/^# \{0,1\}//p' "$0"; exit 0 ;; esac
system=${1:-$root/build/aarch64-root}
[ $# -gt 0 ] && shift
[ "$(id -u)" -eq 0 ] || stop "only root can make a system in a folder" "sudo scripts/test_aarch64.sh"
command -v debootstrap >/dev/null || stop "debootstrap is not there" "apt-get install debootstrap"

tools=(g++-aarch64-linux-gnu cmake ninja-build pkg-config qemu-user-static python3)
libraries=(libssl-dev libxxhash-dev libicu-dev libfmt-dev libspdlog-dev libcld2-dev libfasttext-dev libsimdjson-dev libgtest-dev libgmock-dev)

# in_system COMMAND...: runs it with the folder as its root and this checkout at /quern, in a mount namespace that ends with it.
in_system() {
  # shellcheck disable=SC2016  # the inner shell expands
  unshare --mount --pid --fork bash -c '
    set -e
    mount -t proc proc "$1/proc"
    mkdir -p "$1/quern"
    mount --bind -o ro "$2" "$1/quern"
    system=$1
    shift 2
    exec chroot "$system" /usr/bin/env -i DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"' \
    in_system "$system" "$root" "$@"
}

if [ ! -f "$system/quern-is-ready" ]; then
  say "a Debian 12 in $system"
  mkdir -p "$system"
  log=$system.log
  { debootstrap --variant=minbase bookworm "$system" "${QUERN_DEBIAN_MIRROR:-http://deb.debian.org/debian}" &&
    in_system dpkg --add-architecture arm64 &&
    in_system apt-get update &&
    in_system apt-get install -y --no-install-recommends "${tools[@]}" nlohmann-json3-dev "${libraries[@]/%/:arm64}"; } >"$log" 2>&1 ||
    { tail -n 20 "$log" >&2; stop "the system could not be made" "The whole output is in $log; remove $system and try again."; }
  touch "$system/quern-is-ready"
fi

say "building for aarch64"
in_system cmake -S /quern -B /build -G Ninja -DCMAKE_BUILD_TYPE=Release -DQUERN_TEXT_ROOMS=ON \
  -DCMAKE_TOOLCHAIN_FILE=/quern/cmake/aarch64-linux-gnu.cmake >"$system.configure.log" 2>&1 ||
  { tail -n 30 "$system.configure.log" >&2; stop "CMake could not configure"; }
in_system cmake --build /build --parallel "${QUERN_JOBS:-$(nproc)}"
say "testing under qemu-aarch64"
in_system ctest --test-dir /build --output-on-failure --no-tests=error -R '_tests$' --timeout 3600 "$@"
