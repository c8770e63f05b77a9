"""Holds the recipes (Spack, Apptainer, Debian) against the build. Neither spack nor apptainer is in Debian 12, so both files are read here, not used:
   the Spack recipes with a stand-in for the module spack.package, the sections of the definition file by sh and, where it is, shellcheck.
   (tests/install/check_package.sh runs the sections %post and %test in a bare Debian.)"""
import pathlib
import re
import shutil
import subprocess
import sys
import types
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CMAKE = (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
DEFINITION = ROOT / "cmake/apptainer/quern.def"

# What CMakeLists.txt looks for: its package in Spack, and in Debian (for programs that link the library; None: only the program needs it).
PACKAGES = {
    "PkgConfig": ("pkgconfig", "pkg-config"), "MPI": ("mpi", "libopenmpi-dev"), "Boost": ("boost", "libboost-mpi-dev"),
    "HDF5": ("hdf5", "libhdf5-openmpi-dev"), "yaml-cpp": ("yaml-cpp", "libyaml-cpp-dev"), "CLI11": ("cli11", None),
    "ZLIB": ("zlib-api", "zlib1g-dev"), "libzstd": ("zstd", "libzstd-dev"), "libisal": ("isa-l", "libisal-dev"), "libdeflate": ("libdeflate", "libdeflate-dev"),
    "fmt": ("fmt", "libfmt-dev"),
    "spdlog": ("spdlog", "libspdlog-dev"), "ICU": ("icu4c", "libicu-dev"), "simdjson": ("simdjson", "libsimdjson-dev"),
    "nlohmann_json": ("nlohmann-json", "nlohmann-json3-dev"), "OpenSSL": ("openssl", "libssl-dev"), "libxxhash": ("xxhash", "libxxhash-dev"),
    "fasttext": ("fasttext", "libfasttext-dev"), "Cld2": ("cld2", "libcld2-dev"),
}
TOOLS = {"c", "cxx", "cmake"}


def looked_for():
    packages = re.findall(r"^ *find_package\((\S+) ", CMAKE, re.MULTILINE)
    modules = re.findall(r"pkg_check_modules\(\S+ REQUIRED IMPORTED_TARGET (\S+)\)", CMAKE)
    return {*packages, *modules, "Cld2"} - {"GTest"}


class Recipe:
    """What a recipe asks for, collected while its module is carried out."""

    def __init__(self, name):
        self.depends, self.versions = [], []
        module = types.ModuleType("spack.package")
        decorator = lambda *_, **__: lambda function: function  # noqa: E731
        module.__dict__.update(
            CMakePackage=type("CMakePackage", (), {"define": staticmethod(lambda key, value: f"-D{key}:BOOL={'ON' if value else 'OFF'}")}),
            Package=type("Package", (), {}), depends_on=lambda spec, **_: self.depends.append(spec), conflicts=lambda *_, **__: None,
            version=lambda *words, **more: self.versions.append((words, more)), run_after=decorator, on_package_attributes=decorator)
        sys.modules["spack"], sys.modules["spack.package"] = types.ModuleType("spack"), module
        self.path = ROOT / f"cmake/spack/packages/{name}/package.py"
        self.names = {"__file__": str(self.path)}
        exec(compile(self.path.read_text(encoding="utf-8"), self.path, "exec"), self.names)

    def dependencies(self):
        return {re.match(r"[\w-]+", spec)[0] for spec in self.depends}


def sections():
    """Of the definition file: name to body; the header has the name ''."""
    name, found = "", {"": ""}
    for line in DEFINITION.read_text(encoding="utf-8").splitlines():
        if line.startswith("%"):
            name = line[1:].strip()
            found[name] = ""
        else:
            found[name] += line + "\n"
    return found


class Recipes(unittest.TestCase):
    def test_the_table_of_packages_has_what_the_build_looks_for(self):
        self.assertEqual(looked_for(), set(PACKAGES))

    def test_spack_gets_what_the_build_looks_for(self):
        self.assertEqual(Recipe("quern").dependencies() - TOOLS, {spack for spack, _ in PACKAGES.values()})

    def test_the_debian_library_package_brings_what_it_links(self):
        text = (ROOT / "cmake/QuernPackage.cmake").read_text(encoding="utf-8")
        brought = set(re.search(r'LIBRARY_PACKAGE_DEPENDS "([^"]*)"', text)[1].split(", "))
        self.assertEqual({debian for _, debian in PACKAGES.values() if debian} - brought, set())

    def test_the_spack_recipe_builds_this_checkout_with_options_that_it_has(self):
        recipe = Recipe("quern")
        package = recipe.names["Quern"]
        self.assertEqual(package.git, f"file://{ROOT}")
        for argument in package.cmake_args(package()):
            self.assertIn(f"option({re.match(r'-D(.+):', argument)[1]} ", CMAKE)

    def test_what_spack_does_not_have_has_a_recipe_with_a_checksum(self):
        ((_, source),) = Recipe("cld2").versions
        self.assertRegex(source["sha256"], "^[0-9a-f]{64}$")
        self.assertEqual((ROOT / "cmake/spack/repo.yaml").read_text(), "repo:\n  namespace: quern\n")

    def test_the_definition_file_has_its_header_and_scripts_that_parse(self):
        found = sections()
        self.assertTrue(found[""].startswith("Bootstrap: docker\nFrom: debian:bookworm\n"))
        self.assertEqual(set(found), {"", "files", "post", "environment", "test", "runscript", "help"})
        for name in ("post", "environment", "test", "runscript"):
            subprocess.run(["sh", "-n"], input=found[name], text=True, check=True)
            if shutil.which("shellcheck"):
                subprocess.run(["shellcheck", "-s", "sh", "-"], input=found[name], text=True, check=True)
        self.assertIn("build/packages /packages", found["files"])
        self.assertIn("build/packages", (ROOT / "scripts/package.sh").read_text(encoding="utf-8"))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--section"]:
        print(sections()[sys.argv[2]], end="")
    else:
        unittest.main()
