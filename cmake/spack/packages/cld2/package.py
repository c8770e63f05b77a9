from spack.package import *


class Cld2(Package):
    """Compact Language Detector 2: tells in which languages a text is written."""

    homepage = "https://github.com/CLD2Owners/cld2"
    url = "https://deb.debian.org/debian/pool/main/c/cld2/cld2_0.0.0-git20150806.orig.tar.gz"

    version("20150806", sha256="00c69f6901a09f930a0065a15bbc85891edb57a6a05ce8078a4837fd4ee7bf16")

    depends_on("cxx", type="build")

    def install(self, spec, prefix):
        with working_dir("internal"):
            filter_file(r"^g\+\+ ", f"{spack_cxx} ", "compile_libs.sh")
            # Its tables hold numbers that later standards find too large for their type.
            Executable("sh")("compile_libs.sh", extra_env={"CXXFLAGS": "-O2 -std=c++98"})
            mkdirp(prefix.lib)
            install("libcld2.so", prefix.lib)
        for folder in ("public", "internal"):
            mkdirp(join_path(prefix.include, "cld2", folder))
            install(join_path(folder, "*.h"), join_path(prefix.include, "cld2", folder))
