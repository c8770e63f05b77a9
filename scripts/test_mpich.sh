#!/usr/bin/env bash
# Builds quern with MPICH instead of Open MPI, in a Debian 12 of its own, and runs the tests of ranks with MPICH's mpiexec. Debian's Boost.MPI is
# linked to Open MPI, so its source package is compiled with MPICH's compiler. Needs root, debootstrap and, the first time, a network.
#   scripts/test_mpich.sh [SYSTEM] [arguments for ctest]...      SYSTEM: build/mpich if not given; the tests of comm if nothing else is said
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/scripts/messages.sh"
. "$root/scripts/debian_folder.sh"

case ${1-} in -h | --help) sed -n '2,4s/^# \{0,1\}//p' "$0"; exit 0 ;; esac
system=${1:-$root/build/mpich}
[ $# -gt 0 ] && shift
tests=("$@")
[ $# -gt 0 ] || tests=(-R '^comm_')

packages=(g++ cmake ninja-build pkg-config mpich libmpich-dev libboost-dev libboost-serialization-dev libhdf5-mpich-dev libzstd-dev libisal-dev libdeflate-dev
  zlib1g-dev libssl-dev libxxhash-dev libicu-dev libfmt-dev libspdlog-dev libcld2-dev libfasttext-dev libsimdjson-dev nlohmann-json3-dev
  libyaml-cpp-dev libcli11-dev libgtest-dev libgmock-dev python3 dpkg-dev)
make_system "$system" "echo 'deb-src http://deb.debian.org/debian bookworm main' >>/etc/apt/sources.list; apt-get update
  apt-get install -y --no-install-recommends ${packages[*]}
  mkdir -p /boost; cd /boost; apt-get source --download-only boost1.74"

if [ ! -f "$system/opt/boost/lib/libboost_mpi.a" ]; then
  say "compiling Boost.MPI with MPICH"
  # Without Boost's own build tool: 23 files, and the headers are those that Debian has installed. The parts for Python are left out.
  # shellcheck disable=SC2016  # the shell in there expands
  in_system "$system" bash -euc '
    mkdir -p /boost/objects /opt/boost/lib
    cd /boost
    tar xJf boost1.74_*.orig.tar.xz --wildcards "*/libs/mpi/src/*.cpp"
    find . -path "*/libs/mpi/src/*.cpp" ! -path "*/python/*" | xargs -P "$(nproc)" -I{} sh -c "mpicxx.mpich -O2 -fPIC -c {} -o objects/\$(basename {} .cpp).o"
    ln -sf /usr/lib/x86_64-linux-gnu/libboost_serialization.* /opt/boost/lib/  # CMake looks for both in one folder
    ar rcs /opt/boost/lib/libboost_mpi.a objects/*.o'
fi

say "building with MPICH"
in_system "$system" cmake -S /quern -B /build -G Ninja -DCMAKE_BUILD_TYPE=Release -DQUERN_TESTS=ON -DMPI_C_COMPILER=mpicc.mpich -DMPI_CXX_COMPILER=mpicxx.mpich \
  -DMPIEXEC_EXECUTABLE=/usr/bin/mpiexec.mpich -DBoost_NO_BOOST_CMAKE=ON -DBOOST_LIBRARYDIR=/opt/boost/lib -DHDF5_ROOT=/usr/lib/x86_64-linux-gnu/hdf5/mpich \
  >"$system.configure.log" 2>&1 || { tail -n 30 "$system.configure.log" >&2; stop "CMake could not configure"; }
in_system "$system" cmake --build /build --parallel "${QUERN_JOBS:-$(nproc)}" ${QUERN_TARGETS:+--target $QUERN_TARGETS}
say "testing with MPICH"
in_system "$system" ctest --test-dir /build --output-on-failure --no-tests=error "${tests[@]}"
