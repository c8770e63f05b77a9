#!/usr/bin/env bash
# Makes the Debian packages from a build folder, installs them in a bare Debian 12, and does there what a new user does: the quickstart's job on two
# ranks, and a program of one's own with the library. The commands of the Apptainer definition file install it. Returns 77 (skipped) where that
# cannot be done.
#   check_package.sh BUILD_FOLDER
#   QUERN_BARE_ROOT    a folder with such a Debian (debootstrap --variant=minbase bookworm); it is copied, not changed
set -euo pipefail
build=$1
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
if [ "$(id -u)" -ne 0 ] || ! command -v debootstrap >/dev/null || ! unshare --mount --pid --fork true; then
  echo "needs root, debootstrap and namespaces: left out"
  exit 77
fi
place=$(mktemp -d "${TMPDIR:-/var/tmp}/quern-package-test.XXXXXX")
trap 'rm -rf "$place"' EXIT

QUERN_BUILD=$build "$root/scripts/package.sh" "$place/packages"
bare=$place/system
if [ -n "${QUERN_BARE_ROOT:-}" ]; then cp -a "$QUERN_BARE_ROOT" "$bare"
else debootstrap --variant=minbase bookworm "$bare" "${QUERN_DEBIAN_MIRROR:-http://deb.debian.org/debian}" >"$place/debootstrap.log" 2>&1 ||
  { tail -n 20 "$place/debootstrap.log"; exit 1; }
fi
cp "$place"/packages/libquern-dev_*.deb "$bare/root/"
cp -r "$place/packages" "$bare/packages"
for section in post test; do python3 "$root/tests/install/recipes_test.py" --section "$section" >"$bare/root/$section.sh"; done
cp -r "$root/tests/install" "$bare/root/consumer"

# in_bare COMMANDS: bash runs them there, with its own /proc and a mount namespace that ends with them.
in_bare() {
  # shellcheck disable=SC2016  # the inner shell expands
  unshare --mount --pid --fork bash -c 'set -e; mount -t proc proc "$0/proc"; mount -t tmpfs tmpfs "$0/dev/shm"
    exec chroot "$0" /usr/bin/env -i HOME=/root DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin bash -euo pipefail -c "$1"' "$bare" "$1"
}

# As apptainer does it with cmake/apptainer/quern.def.
in_bare 'sh -ex /root/post.sh' >"$place/apt.log" 2>&1 || { tail -n 20 "$place/apt.log"; exit 1; }
in_bare 'sh -ex /root/test.sh' >"$place/test.log" 2>&1 || { cat "$place/test.log"; exit 1; }
# shellcheck disable=SC2016  # it is the other system that expands
in_bare 'quern --version; ldd /usr/bin/quern | { ! grep "not found"; }
  if readelf -d /usr/bin/quern 2>/dev/null | grep -E "R(UN)?PATH"; then exit 1; fi
  . /usr/share/quern/mpi_environment.sh
  cd /root
  mpirun -n 2 quern run /usr/share/quern/jobs/quickstart.yaml --set output.path=/root/out --set work=/root/work
  quern verify out
  quern show out --document 0 | head -n 3
  [ "$(quern ledger out | wc -l)" -gt 50 ]
  quern plan /usr/share/quern/jobs/quickstart.yaml --slurm >/root/job.sbatch
  bash -n /root/job.sbatch
  bash -n /usr/share/quern/run_on_hosts.sh && /usr/share/quern/run_on_hosts.sh --help >/dev/null
  dpkg --verify quern'
if [ -n "${QUERN_PACKAGE_LIBRARY-1}" ]; then
  in_bare 'cd /root; apt-get -q update; apt-get -q install -y --no-install-recommends ./libquern-dev_*.deb ninja-build' >"$place/apt.log" 2>&1 || { tail -n 20 "$place/apt.log"; exit 1; }
  in_bare 'cd /root; cmake -G Ninja -S consumer -B consumer/b >consumer/log 2>&1 && cmake --build consumer/b >>consumer/log 2>&1 || { tail -n 30 consumer/log; exit 1; }
    consumer/b/consumer'
fi
in_bare 'apt-get -q purge -y quern >/dev/null; [ ! -e /usr/bin/quern ] && [ ! -e /usr/share/quern ]'
echo "the packages install, work and go again"
