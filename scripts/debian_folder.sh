# shellcheck shell=bash
# A Debian 12 in a folder, for tests that need other packages than this machine has. Sourced after messages.sh, with `root` set; never run.

# make_system FOLDER COMMANDS: debootstrap, then COMMANDS in it; once, and as a whole or not at all. Needs root, debootstrap and a network.
make_system() {
  local system=$1 log=$1.log
  [ "$(id -u)" -eq 0 ] || stop "only root can make a system in a folder" "sudo $0"
  command -v debootstrap >/dev/null || stop "debootstrap is not there" "apt-get install debootstrap"
  [ ! -f "$system/is-ready" ] || return 0
  say "making a Debian 12 in $system"
  mkdir -p "$system"
  { debootstrap --variant=minbase bookworm "$system" "${QUERN_DEBIAN_MIRROR:-http://deb.debian.org/debian}" && in_system "$system" bash -euxc "$2"; } \
    >"$log" 2>&1 || { tail -n 20 "$log" >&2; stop "the system could not be made" "The whole output is in $log; remove $system and try again."; }
  touch "$system/is-ready"
}

# in_system FOLDER COMMAND...: runs it with the folder as its root and this checkout at /quern, in namespaces that end with it.
in_system() {
  local system=$1
  shift
  mkdir -p "$system/quern"
  # shellcheck disable=SC2016  # the inner shell expands
  unshare --mount --pid --fork bash -c '
    set -e
    mount -t proc proc "$1/proc"
    mount -t tmpfs tmpfs "$1/dev/shm"
    mount --bind "$2" "$1/quern"
    mount -o remount,bind,ro "$1/quern"
    system=$1
    shift 2
    exec chroot "$system" /usr/bin/env -i DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"' \
    in_system "$system" "${root:?}" "$@"
}
