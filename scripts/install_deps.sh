#!/usr/bin/env bash
# Installs what quern needs from Debian 12's own packages, and only what is missing.
#   scripts/install_deps.sh            to build and run
#   scripts/install_deps.sh --tests    also to test
#   scripts/install_deps.sh --bench    also for the benchmarks
#   scripts/install_deps.sh --fuzz     also for scripts/fuzz.sh
#   scripts/install_deps.sh --slurm-tests   also for the tests with a Slurm and hosts of their own (scripts/test.sh --slow)
#   scripts/install_deps.sh --list     prints the packages, installs nothing (add --tests, --bench, --fuzz, --slurm-tests for theirs)
# docs/dependencies.md gives the reason for each package.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/messages.sh"

build_packages=(
  g++ cmake ninja-build pkg-config
  libopenmpi-dev openmpi-bin libboost-mpi-dev libboost-serialization-dev
  libhdf5-openmpi-dev
  libzstd-dev libisal-dev libdeflate-dev zlib1g-dev libssl-dev zstd
  libxxhash-dev libicu-dev libfmt-dev libspdlog-dev
  libcld2-dev libfasttext-dev
  libsimdjson-dev nlohmann-json3-dev libyaml-cpp-dev libcli11-dev
)
# promtool comes out of Debian's package prometheus, which is not installed: that would start a server.
promtool_package=prometheus
test_packages=(libgtest-dev libgmock-dev python3 python3-h5py python3-numpy python3-jsonschema python3-yaml hdf5-tools mandoc fish zsh chromium chromium-driver)
bench_packages=(libbenchmark-dev python3)
fuzz_packages=(clang-14 libclang-rt-14-dev python3)
slurm_test_packages=(slurmctld slurmd slurm-client munge openssh-server openssh-client iproute2 python3)

packages=("${build_packages[@]}")
list_only=no with_promtool=no
for argument in "$@"; do
  case $argument in
    --tests) packages+=("${test_packages[@]}"); with_promtool=yes ;;
    --bench) packages+=("${bench_packages[@]}") ;;
    --fuzz) packages+=("${fuzz_packages[@]}") ;;
    --slurm-tests) packages+=("${slurm_test_packages[@]}") ;;
    --list) list_only=yes ;;
    -h | --help) sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) stop "install_deps.sh: unknown option '$argument'" "Options: --tests, --bench, --fuzz, --slurm-tests, --list, --help" ;;
  esac
done
mapfile -t packages < <(printf '%s\n' "${packages[@]}" | awk '!seen[$0]++')
if [ $list_only = yes ]; then printf '%s\n' "${packages[@]}"; exit 0; fi

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  stop "this is not a Debian system, so nothing can be installed from here." \
    "Install the libraries of docs/dependencies.md by your own means (on a cluster: modules), then run scripts/build.sh."
fi

# Prints the wanted packages that dpkg does not list as installed.
missing_packages() {
  { dpkg-query -W -f='${db:Status-Status} ${Package}\n' "${packages[@]}" 2>/dev/null || true; } |
    awk -v wanted="${packages[*]}" '
      $1 == "installed" { have[$2] = 1 }
      END { n = split(wanted, names, " "); for (i = 1; i <= n; i++) if (!(names[i] in have)) print names[i] }'
}

# Where it cannot be had the tests say so and check less: no reason to stop.
unpack_promtool() {
  local to=$here/../build/tools at
  if [ $with_promtool = no ] || command -v promtool >/dev/null || [ -x "$to/promtool" ]; then return 0; fi
  at=$(mktemp -d "${TMPDIR:-/tmp}/quern-promtool.XXXXXX")
  if (cd "$at" && apt-get -qq -o Acquire::Retries=3 -o APT::Sandbox::User=root download "$promtool_package" && dpkg-deb -x ./*.deb . &&
    mkdir -p "$to" && mv usr/bin/promtool "$to/promtool") >"$at/log" 2>&1; then
    say "promtool is in build/tools"
  else
    say "note: promtool cannot be had from the package $promtool_package ($(tail -n 1 "$at/log")): tests/run/watch_test.py checks less"
  fi
  rm -rf "$at"
}

mapfile -t missing < <(missing_packages)
if [ ${#missing[@]} -eq 0 ]; then
  unpack_promtool
  say "Debian packages: all ${#packages[@]} are installed"
  exit 0
fi

. /etc/os-release 2>/dev/null || true
if [ "${VERSION_CODENAME:-}" != bookworm ]; then
  say "note: this is '${PRETTY_NAME:-an unknown system}'; quern is developed and tested on Debian 12 (bookworm)"
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    stop "${#missing[@]} Debian packages are missing, and only root can install them (sudo is not here either)." \
      "As root:  apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
  fi
  say "sudo installs ${#missing[@]} Debian packages; it may ask for your password"
  if ! sudo -v 2>/dev/null && ! sudo -n true; then
    stop "sudo gave no rights on this machine." \
      "Ask an administrator:  apt-get install -y --no-install-recommends ${missing[*]}"
  fi
  as_root=(sudo)
fi

log=$(mktemp "${TMPDIR:-/tmp}/quern-install.XXXXXX")

apt_get() {
  ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive LC_ALL=C \
    apt-get -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 "$@"
}

# One line for every twentieth package that dpkg has set up, of those that apt-get announced.
show_progress() {
  awk -v log_file="$log" '
    { print > log_file; fflush(log_file) }
    / newly installed, / || /newly installed/ { for (i = 2; i <= NF; i++) if ($i == "newly") total = $(i - 1) }
    /^Need to get / { print "    download: " $4 " " $5; fflush() }
    /^Get:1 / { print "    downloading ..."; fflush() }
    /^Setting up / { done++; if (done % 20 == 0 || done == total) { printf "    %d of %d packages set up\n", done, total; fflush() } }'
}

# run_apt WHAT ARGUMENTS...: several attempts, because mirrors stumble and other programs hold apt's locks for a while.
run_apt() {
  local what=$1 attempt waited=0
  shift
  for attempt in 1 2 3; do
    while :; do
      if apt_get "$@" 2>&1 | show_progress; then return 0; fi
      # DPkg::Lock::Timeout does not cover the lock on the package lists.
      if [ $waited -ge 600 ] || ! grep -q 'Could not get lock' "$log"; then break; fi
      [ $waited -gt 0 ] || say "another program is using apt; waiting for it (up to 10 minutes)"
      sleep 5
      waited=$((waited + 5))
    done
    if grep -q 'dpkg --configure -a' "$log"; then
      say "an earlier installation was interrupted; finishing it"
      ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive dpkg --configure -a 2>&1 | tail -n 3
    fi
    grep -q 'Unable to locate package' "$log" && break
    if [ $attempt -lt 3 ]; then
      say "$what failed; attempt $((attempt + 1)) of 3 in $((attempt * 5)) seconds"
      sleep $((attempt * 5))
    fi
  done
  return 1
}

report_failure() {
  printf '\nThe last lines of %s:\n' "$log" >&2
  tail -n 15 "$log" | sed 's/^/    /' >&2
  if grep -q 'Unable to locate package' "$log"; then
    stop "a package is not in the lists of this machine." \
      "Either 'apt-get update' could not reach the Debian mirror (network, http_proxy): try it by hand and read what it says;" \
      "or /etc/apt/sources.list does not name Debian 12 (bookworm), section main. Then run this script again."
  elif grep -qE 'Temporary failure resolving|Could not resolve|Could not connect|Failed to fetch|timed out' "$log"; then
    stop "the Debian mirror cannot be reached." \
      "Check the network, and http_proxy if you need one; then run this script again: it goes on where it stopped."
  elif grep -q 'No space left\|enough free space' "$log"; then
    stop "the disk is full." "The packages need about 1 GB below /usr and 200 MB below /var."
  elif grep -q 'Could not get lock' "$log"; then
    stop "another program held apt's lock for ten minutes." \
      "Let it finish (ps -e | grep -E 'apt|dpkg|unattended'), then run this script again."
  fi
  stop "$1 failed." "The whole output is in $log. By hand:" \
    "apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
}

say "installing ${#missing[@]} missing Debian packages and what they need: ${missing[*]}"
say "reading the package lists"
run_apt "apt-get update" update || report_failure "apt-get update"
say "downloading and setting up (2 minutes where nothing is installed yet)"
run_apt "apt-get install" install -y --no-install-recommends "${missing[@]}" || report_failure "apt-get install"

mapfile -t missing < <(missing_packages)
[ ${#missing[@]} -eq 0 ] || report_failure "installing ${missing[*]}"
rm -f "$log"
unpack_promtool
say "Debian packages: all ${#packages[@]} are installed"
