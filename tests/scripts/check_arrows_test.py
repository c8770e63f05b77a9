"""check_arrows.py must be able to fail: each test makes a small checkout with one arrow in it."""
import contextlib
import io
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import check_arrows  # noqa: E402

CMAKE = """
# quern_room(ghost USES base)
quern_room(base     LIBS fmt::fmt)
quern_room(text     USES base LIBS ICU::uc)
quern_room(store    USES base LIBS PkgConfig::ZSTD)
quern_room(comm     USES base)
quern_room(sign     USES base text)
quern_room(near     USES base comm)
quern_room(engine   USES base text store comm sign near)
"""
GOOD = {
    "include/quern/base/error.hpp": "#pragma once\n#include <string>\n",
    "include/quern/text/words.hpp": '#pragma once\n#include "quern/base/error.hpp"\n',
    "src/text/words.cpp": '#include "quern/text/words.hpp"\n#include "text/tables.hpp"\n#include <unicode/uchar.h>\n',
    "src/text/tables.hpp": "#pragma once\n#include <cstdint>\n",
    "src/sign/kernels/avx2.cpp": "#include <immintrin.h>\n",
    "include/quern/near/near.hpp": "#pragma once\n",
    "src/comm/world.cpp": "#include <mpi.h>\n#include <boost/mpi/communicator.hpp>\n",
    "src/store/hdf5_mpi.cpp": "#include <mpi.h>\n#include <hdf5.h>\n#include <unistd.h>\n",
    "src/store/hdf5_mpi.hpp": "#include <mpi.h>\n",
    "src/engine/run.cpp": '#include "quern/near/near.hpp"\n#include "quern/text/words.hpp"\n',
    "src/main.cpp": '#include "quern/near/near.hpp"\n#include <CLI/CLI.hpp>\n#include <fmt/format.h>\n',
}


def reasons_for(extra, cmake=CMAKE):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "CMakeLists.txt").write_text(cmake, encoding="utf-8")
        for name, text in {**GOOD, **extra}.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return check_arrows.check(root)[0]


class Arrows(unittest.TestCase):
    def allowed(self, extra):
        self.assertEqual(reasons_for(extra), [])

    def refused(self, extra, words, cmake=CMAKE):
        reasons = reasons_for(extra, cmake)
        self.assertEqual(len(reasons), 1, reasons)
        self.assertIn(words, reasons[0])

    def test_a_tree_in_order_has_no_reasons(self):
        self.allowed({})

    def test_a_step_includes_no_other_step(self):
        reason = "src/near/near.cpp:1: step near may not include step sign"
        self.refused({"src/near/near.cpp": '#include "quern/sign/sketch.hpp"\n'}, reason)

    def test_a_room_includes_only_rooms_that_it_uses(self):
        self.refused({"src/text/fold.cpp": '#include "quern/store/file.hpp"\n'}, "room text may not include room store")

    def test_angle_brackets_do_not_hide_an_arrow(self):
        self.refused({"src/text/fold.cpp": "#include <quern/store/file.hpp>\n"}, "room text may not include room store")

    def test_spaces_do_not_hide_an_arrow(self):
        self.refused({"src/text/fold.cpp": '\n  #  include "quern/store/file.hpp"\n'}, "src/text/fold.cpp:2:")

    def test_base_includes_nothing_above_it(self):
        self.refused({"src/base/log.cpp": '#include "quern/text/words.hpp"\n'}, "room base may not include room text (it USES nothing)")

    def test_the_inside_of_another_room_is_closed(self):
        self.refused({"src/sign/sign.cpp": '#include "text/tables.hpp"\n'}, "is the inside of room text")

    def test_main_sees_no_insides(self):
        self.refused({"src/main.cpp": '#include "text/tables.hpp"\n'}, "is the inside of room text")

    def test_a_way_up_by_dots_is_no_way_in(self):
        self.refused({"src/sign/sign.cpp": '#include "../text/tables.hpp"\n'}, "goes up by '..'")

    def test_a_public_header_includes_only_public_headers(self):
        self.refused({"include/quern/text/fold.hpp": '#include "text/tables.hpp"\n'}, "which is not installed")

    def test_a_header_that_does_not_exist_is_named(self):
        self.refused({"src/sign/sign.cpp": '#include "skeetch.hpp"\n'}, "neither beside this file")

    def test_mpi_stays_in_comm(self):
        self.refused({"src/near/near.cpp": "#include <mpi.h>\n"}, "MPI (mpi.h) belongs in comm")
        self.refused({"src/engine/x.cpp": '#include "mpi.h"\n'}, "MPI (mpi.h) belongs in comm")
        self.refused({"src/main.cpp": "#include <boost/mpi.hpp>\n"}, "Boost.MPI")

    def test_store_has_one_bridge_to_mpi(self):
        self.refused({"src/store/other.cpp": "#include <mpi.h>\n"}, "a second bridge to MPI in store")

    def test_each_library_stays_in_its_room(self):
        for header in ("zstd.h", "isa-l.h", "isa-l/igzip_lib.h", "libdeflate.h", "zlib.h", "hdf5.h", "simdjson.h", "unicode/uchar.h", "yaml-cpp/yaml.h"):
            with self.subTest(header=header):
                self.refused({"src/sign/sign.cpp": f"#include <{header}>\n"}, header)

    def test_an_unknown_library_has_to_be_given_a_room(self):
        self.refused({"src/sign/sign.cpp": "#include <curl/curl.h>\n"}, "which library is this?")

    def test_text_rooms_make_no_system_calls(self):
        self.refused({"src/sign/sign.cpp": "#include <unistd.h>\n"}, "makes no system calls")
        self.refused({"src/text/fold.cpp": "#include <fstream>\n"}, "makes no system calls")
        self.allowed({"src/store/file.cpp": "#include <sys/stat.h>\n"})

    def test_intrinsics_stay_in_kernels(self):
        self.refused({"src/sign/sign.cpp": "#include <immintrin.h>\n"}, "kernels/")

    def test_a_folder_without_a_room_line_is_named(self):
        self.refused({"src/helpers/x.cpp": "#include <string>\n"}, "is no room")
        self.refused({"include/quern/x.hpp": "#include <string>\n"}, "is no room")

    def test_the_table_itself_may_not_point_back(self):
        self.refused({}, "room base uses text", CMAKE.replace("quern_room(base     LIBS", "quern_room(base USES text LIBS"))

    def test_the_table_itself_may_not_join_two_steps(self):
        self.refused({}, "step near uses step sign", CMAKE.replace("near     USES base comm", "near     USES base comm sign"))

    def test_the_page_for_people_shows_the_same_table(self):
        rows = "| `base` | | types |\n| `text` | base | x |\n| `store` | base | x |\n| `comm` | base | x |\n| `sign` | base text | x |\n"
        rows += "| `near` | base comm | x |\n| `engine` | base text store comm sign near | x |\n"
        self.allowed({"docs/architecture.md": rows})
        self.refused({"docs/architecture.md": rows.replace("| base comm |", "| base |")}, "room near USES base comm")
        self.refused({"docs/architecture.md": rows + "| `attic` | base | x |\n"}, "there is no room attic")

    def test_the_program_says_so_by_its_exit_code(self):
        silence = io.StringIO()
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(silence), contextlib.redirect_stderr(silence):
            root = pathlib.Path(folder)
            self.assertEqual(check_arrows.main(["check_arrows", folder]), 2)
            (root / "CMakeLists.txt").write_text(CMAKE, encoding="utf-8")
            self.assertEqual(check_arrows.main(["check_arrows", folder]), 2)  # nothing to check is no success
            (root / "src" / "near").mkdir(parents=True)
            (root / "src" / "near" / "x.cpp").write_text("#include <cstdint>\n", encoding="utf-8")
            self.assertEqual(check_arrows.main(["check_arrows", folder]), 0)
            (root / "src" / "near" / "x.cpp").write_text("#include <mpi.h>\n", encoding="utf-8")
            self.assertEqual(check_arrows.main(["check_arrows", folder]), 1)


if __name__ == "__main__":
    unittest.main()
