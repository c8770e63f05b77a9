#!/usr/bin/env bash
# Installs a build folder into a temporary prefix and uses the result as a stranger would.
#   check_install.sh BUILD_FOLDER
set -euo pipefail
build=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
place=$(mktemp -d "${TMPDIR:-/tmp}/quern-install-test.XXXXXX")
trap 'rm -rf "$place"' EXIT

cmake --install "$build" --prefix "$place/prefix" >"$place/install.log" || { cat "$place/install.log"; exit 1; }
"$place/prefix/bin/quern" --version
for file in share/quern/jobs/quickstart.yaml share/quern/jobs/example.yaml share/quern/slurm/quern.sbatch share/quern/job.schema.json \
  share/man/man1/quern.1 share/bash-completion/completions/quern share/zsh/vendor-completions/_quern share/fish/vendor_completions.d/quern.fish share/quern/quern.rules.yml; do
  [ -s "$place/prefix/$file" ] || { echo "not installed: $file"; exit 1; }
done
# A prefix can be moved, so nothing in the package may name the place it was made in.
mv "$place/prefix" "$place/moved"
if grep -rlF -e "$place/prefix" -e "$build" "$place/moved/lib" --include='*.cmake'; then
  echo "the CMake package names a folder of this machine"
  exit 1
fi
cmake -G Ninja -S "$here" -B "$place/build" -DCMAKE_PREFIX_PATH="$place/moved" -DCMAKE_BUILD_TYPE=Debug >"$place/configure.log" 2>&1 ||
  { cat "$place/configure.log"; exit 1; }
cmake --build "$place/build" >"$place/build.log" 2>&1 || { cat "$place/build.log"; exit 1; }
"$place/build/consumer"
