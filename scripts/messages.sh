# shellcheck shell=bash
# How the scripts of this folder talk to the person who started them. Sourced, never run.

say() { printf '==> %s\n' "$*"; }

# stop WHAT REMEDY...: says what failed and, line by line, what to do about it; ends the script.
stop() {
  printf '\nquern: %s\n' "$1" >&2
  shift
  local line
  for line in "$@"; do printf '  %s\n' "$line" >&2; done
  exit 1
}
