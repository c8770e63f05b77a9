import pathlib

from spack.package import *


class Quern(CMakePackage):
    """Turns raw text into training data for large language models: a distributed engine over MPI and parallel HDF5."""

    # The recipe builds the checkout that it lies in: spack repo add cmake/spack; spack install quern@main
    git = "file://" + str(pathlib.Path(__file__).resolve().parents[4])

    version("main", branch="main")

    depends_on("c", type="build")
    depends_on("cxx", type="build")
    depends_on("cmake@3.25:", type="build")
    depends_on("pkgconfig", type="build")

    depends_on("mpi@3:")
    depends_on("boost@1.74: +mpi +serialization")
    depends_on("hdf5@1.10: +mpi")
    depends_on("zstd")
    depends_on("isa-l@2.30:")
    depends_on("libdeflate@1.14:")
    depends_on("zlib-api")
    depends_on("openssl@3:")
    depends_on("xxhash@0.8:")
    depends_on("icu4c@72:")  # its Unicode version is part of the plan digest: 72 is what Debian 12 has
    depends_on("fmt@9:")
    depends_on("spdlog@1.10: +fmt_external")
    depends_on("simdjson@3: +exceptions")
    depends_on("nlohmann-json@3.11:")
    depends_on("yaml-cpp@0.7:")
    depends_on("cli11@2:")
    depends_on("cld2")
    depends_on("fasttext@0.9.2:")

    conflicts("%gcc@:11", msg="quern is C++20 and tested with g++ 12")

    def cmake_args(self):
        return [self.define("QUERN_TESTS", False)]

    @run_after("install")
    @on_package_attributes(run_tests=True)
    def starts(self):
        Executable(self.prefix.bin.quern)("--version")
