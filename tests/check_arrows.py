#!/usr/bin/env python3
"""Holds every #include of src/ and include/ against the table of rooms in CMakeLists.txt.

    check_arrows.py [ROOT]        ROOT: the checkout, by default the folder above this file

The table is made of the lines `quern_room(<room> USES <rooms...> LIBS <targets...>)`, from the first room to the last:
a room may include the public headers (include/quern/<room>/) of the rooms that it USES, and its own inside
(src/<room>/), nothing else. Files of src/ that are in no room (main.cpp) may include every public header.
A third-party library lives in one room: LIBRARIES below says which.
Prints one line `file:line: reason` for each arrow that is not allowed; exit code 0: none, 1: some, 2: cannot check.
"""
import pathlib
import re
import sys
from typing import NamedTuple

MAIN = "main"  # the files of src/ that are in no room
STEPS = {"plan", "read", "clean", "filter", "sign", "exact", "near", "tokenize", "write", "report"}


class Library(NamedTuple):
    name: str
    headers: re.Pattern
    rooms: frozenset
    bridges: frozenset = frozenset()  # rooms in which one file (with its header) may include it as well


def library(name, headers, *rooms, bridges=()):
    return Library(name, re.compile(headers), frozenset(rooms), frozenset(bridges))


LIBRARIES = [
    library("MPI", r"mpi\.h$", "comm", bridges=["store"]),  # the bridge hands a communicator to HDF5's MPI-IO driver
    library("Boost.MPI", r"boost/mpi(/|\.hpp$)", "comm"),
    library("Boost.Serialization", r"boost/(serialization|archive)/", "comm"),
    library("ICU", r"unicode/", "text"),
    library("zstd", r"(zstd|zstd_errors|zdict)\.h$", "store"),
    library("isa-l", r"isa-l(\.h$|/)", "store"),
    library("libdeflate", r"libdeflate\.h$", "store"),
    library("zlib", r"zlib\.h$", "store"),
    library("OpenSSL", r"openssl/", "store", "privacy"),
    library("HDF5", r"(hdf5(_hl)?|H5[A-Z]+[a-z]*)\.h$", "store"),
    library("simdjson", r"simdjson(\.h$|/)", "format"),
    library("nlohmann-json", r"nlohmann/", "format", "report", "plan", "write", MAIN),
    library("yaml-cpp", r"yaml-cpp/", "plan"),
    library("CLD2", r"cld2/", "classify"),
    library("fastText", r"fasttext/", "classify"),
    library("CLI11", r"CLI/", MAIN),
    library("xxHash", r"(xxhash|xxh3)\.h$", "base"),
]
EVERYWHERE = re.compile(r"(fmt|spdlog)/")
# What a document goes through holds no system call: it computes on memory, and is tested without a file.
SYSTEM = re.compile(
    r"((sys|netinet|arpa|net|linux)/.*\.h|(unistd|fcntl|dirent|glob|fnmatch|poll|pthread|sched|signal|termios|dlfcn|aio|pwd|ftw)\.h"
    r"|csignal|filesystem|fstream)$"
)
WITHOUT_SYSTEM = {"text", "format", "privacy", "clean", "filter", "sign", "exact", "near"}
INTRINSICS = re.compile(r"((x|[a-z]+)?mmintrin|x86intrin|immintrin|cpuid|arm_neon|arm_sve)\.h$")
C_HEADERS = re.compile(
    r"(assert|complex|ctype|errno|fenv|float|inttypes|limits|locale|math|setjmp|stdalign|stdarg|stdatomic|stdbool|stddef"
    r"|stdint|stdio|stdlib|string|strings|tgmath|time|uchar|wchar|wctype|endian|byteswap|malloc|execinfo|cxxabi|getopt)\.h$"
)

ROOM_LINE = re.compile(r"^\s*quern_room\(\s*(\w+)([^)]*)\)", re.MULTILINE)
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
SOURCES = {".cpp", ".hpp", ".h", ".ipp", ".inc", ".cc"}


def read_table(cmake):
    """Room → rooms it uses, in the order of the file. Comments of CMake are dropped first."""
    text = re.sub(r"#.*", "", cmake)
    table = {}
    for room, rest in ROOM_LINE.findall(text):
        words = rest.split()
        uses = []
        if "USES" in words:
            for word in words[words.index("USES") + 1 :]:
                if word == "LIBS":
                    break
                uses.append(word)
        table[room] = uses
    return table


def check_table(table):
    """Arrows point up the list, and from one step to another there is none (engine, the conductor, is not a step)."""
    above = set()
    for room, uses in table.items():
        for used in uses:
            if used not in above:
                yield f"CMakeLists.txt:1: room {room} uses {used}, which does not come before it"
            if room in STEPS and used in STEPS:
                yield f"CMakeLists.txt:1: step {room} uses step {used}: steps meet only in engine/"
        above.add(room)


def check_page(table, root):
    """docs/architecture.md shows the table to people; it has to be the same one."""
    page = root / "docs" / "architecture.md"
    if not page.is_file():
        return
    rows = {}
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        match = re.match(r"\| `(\w+)` \|([^|]*)\|", line)
        if match:
            rows[match.group(1)] = (number, match.group(2).split())
    for room, uses in table.items():
        number, shown = rows.pop(room, (1, None))
        if shown != uses:
            yield f"docs/architecture.md:{number}: room {room} USES {' '.join(uses) or 'nothing'} in CMakeLists.txt"
    for room, (number, _) in rows.items():
        yield f"docs/architecture.md:{number}: there is no room {room} in CMakeLists.txt"


def room_of(path, table):
    """(room, is it a public header?) of a path below ROOT; room None: the folder is no room of the table."""
    parts = path.parts
    if parts[:2] == ("include", "quern"):
        return (parts[2] if len(parts) > 3 and parts[2] in table else None), True
    if len(parts) == 2:
        return MAIN, False
    return (parts[1] if parts[1] in table else None), False


def check_own_header(path, header, room, public, table, root):
    """An include of this project's own: "quern/<room>/x.hpp", "<room>/x.hpp" below src/, or a file beside this one."""
    parts = pathlib.PurePosixPath(header).parts
    if ".." in parts:
        return "goes up by '..': write the path from include/ or src/"
    if parts[0] == "quern":
        if len(parts) < 3 or parts[1] not in table:
            return f"'{header}' is in no room"
        target = parts[1]
        if room != MAIN and target != room and target not in table[room]:
            kind = "step" if room in STEPS and target in STEPS else "room"
            return f"{kind} {room} may not include {kind} {target} (it USES {' '.join(table[room]) or 'nothing'})"
        return None
    target = parts[0] if len(parts) > 1 and parts[0] in table and (root / "src" / header).exists() else None
    if target is None and not (root / path.parent / header).exists():
        return f"'{header}' is neither beside this file nor below include/ or src/"
    if public:
        return f"a public header includes '{header}', which is not installed"
    if target not in (None, room):
        return f"'{header}' is the inside of room {target}"
    return None


def check_foreign_header(path, header, room):
    """An include of a library, the system or the standard. Returns a reason or None; bridges are counted by the caller."""
    for lib in LIBRARIES:
        if lib.headers.match(header):
            if room in lib.rooms or room in lib.bridges:
                return None
            return f"{lib.name} ({header}) belongs in {', '.join(sorted(lib.rooms))}, not in {room}"
    if INTRINSICS.match(header):
        return None if "kernels" in path.parts else f"{header} belongs in a kernels/ folder: the rest compiles on every machine"
    if SYSTEM.match(header):
        return f"room {room} makes no system calls ({header})" if room in WITHOUT_SYSTEM else None
    if EVERYWHERE.match(header) or C_HEADERS.match(header) or re.fullmatch(r"[a-z_0-9]+", header):
        return None
    return f"{header}: which library is this? Add it to LIBRARIES in tests/check_arrows.py with its room"


def check_file(path, text, table, root, bridges):
    """Yields the reasons against one file; notes in `bridges` which files include a library as a bridge."""
    room, public = room_of(path, table)
    if room is None:
        yield f"{path}:1: this folder is no room: CMakeLists.txt has no quern_room line for it"
        return
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        header = match.group(2)
        own = match.group(1) == '"' or header.startswith("quern/")
        if own and any(lib.headers.match(header) for lib in LIBRARIES):
            own = False
        reason = check_own_header(path, header, room, public, table, root) if own else check_foreign_header(path, header, room)
        if reason:
            yield f"{path}:{number}: {reason}"
        elif not own:
            for lib in LIBRARIES:
                if room in lib.bridges and lib.headers.match(header):
                    bridges.setdefault((lib.name, room), {}).setdefault(path.stem, f"{path}:{number}")


def check(root):
    """(all reasons, number of files, number of includes' owners) for a checkout."""
    table = read_table((root / "CMakeLists.txt").read_text(encoding="utf-8"))
    if not table:
        raise ValueError(f"{root}/CMakeLists.txt has no quern_room(...) line")
    reasons = [*check_table(table), *check_page(table, root)]
    files = [p for top in ("include", "src") for p in sorted((root / top).rglob("*")) if p.suffix in SOURCES and p.is_file()]
    bridges = {}
    for file in files:
        reasons += check_file(file.relative_to(root), file.read_text(encoding="utf-8"), table, root, bridges)
    for (name, room), stems in bridges.items():
        for place in sorted(stems.values())[1:]:
            reasons.append(f"{place}: a second bridge to {name} in {room}; the first is {sorted(stems.values())[0]}")
    return reasons, len(files), len(table)


def main(arguments):
    root = pathlib.Path(arguments[1] if len(arguments) > 1 else pathlib.Path(__file__).resolve().parent.parent)
    try:
        reasons, files, rooms = check(root)
    except (OSError, ValueError) as error:
        print(f"check_arrows: {error}", file=sys.stderr)
        return 2
    if files == 0:
        print(f"check_arrows: no source files below {root}", file=sys.stderr)
        return 2
    for reason in reasons:
        print(reason)
    print(f"check_arrows: {files} files, {rooms} rooms, {len(reasons)} arrows that are not allowed")
    return 1 if reasons else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
