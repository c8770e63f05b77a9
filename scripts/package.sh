#!/usr/bin/env bash
# Makes the Debian packages quern and libquern-dev from the release build, and looks at them.
#   scripts/package.sh [FOLDER]     where they are put: build/packages if not given
#   QUERN_BUILD                     a build folder that is there already, instead of build/release
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/scripts/messages.sh"

case ${1-} in -h | --help) sed -n '2,4s/^# \{0,1\}//p' "$0"; exit 0 ;; esac
folder=${1:-$root/build/packages}
for tool in cpack dpkg-deb dpkg-shlibdeps gzip; do
  command -v "$tool" >/dev/null || stop "$tool is not there" "apt-get install cmake dpkg-dev gzip"
done
build=${QUERN_BUILD:-}
if [ -z "$build" ]; then
  build=$root/build/release
  "$root/scripts/build.sh" --target quern_program --target quern
fi

mkdir -p "$folder"
log=$folder/package.log
(cd "$build" && cpack -G DEB -B "$folder" --config CPackConfig.cmake) >"$log" 2>&1 || { tail -n 20 "$log" >&2; stop "no packages" "The whole output is in $log."; }
rm -rf "$folder/_CPack_Packages"
for package in "$folder"/*.deb; do
  say "$package"
  dpkg-deb --field "$package" Package Version Architecture Depends
  # A package without its main file would install, and do nothing.
  case $package in
    */libquern-dev_*) wanted='./usr/lib/.*libquern\.a$|./usr/include/quern/base/error\.hpp$|quernConfig\.cmake$' ;;
    *) wanted='./usr/bin/quern$|./usr/share/quern/jobs/quickstart\.yaml$|./usr/share/quern/mpi_environment\.sh$' ;;
  esac
  [ "$(dpkg-deb --contents "$package" | grep -cE "$wanted")" -eq 3 ] || stop "$package lacks one of its files" "dpkg-deb --contents $package"
done
if command -v lintian >/dev/null; then
  say "lintian"
  lintian --tag-display-limit 0 "$folder"/*.deb || true
fi
