#!/usr/bin/env python3
"""How good is the near-duplicate step? Counts against a list of all pairs of documents with their exact Jaccard similarity.

One finished data set:
    build/release/quern ledger OUT > ledger.tsv
    scripts/near_quality.py --pairs PAIRS.tsv.zst --ledger ledger.tsv

Everything by itself (runs quern on DIR/reuters-* and DIR/versions-*, seeds 1, 2 and 3, and prints a table):
    scripts/near_quality.py --data DIR --tokenizer gpt2.tokenizer.json[.zst] [--quern build/release/quern] [--ranks 2]

PAIRS has a header line and the columns id_a, id_b, jaccard (tab-separated; .zst needs the program zstd). It lists every
pair above some similarity below 0.77; the sets are those of quern's default: word 5-grams, words are maximal runs of
letters, marks, numbers and `_` of the case-folded text.

found     of the pairs with Jaccard >= 0.85, those with a side removed as `exact` or `near`
precise   of the documents removed as `near`, those for which some document with Jaccard >= 0.77 was kept

Exit code 0: both at least 99 % everywhere; 1: not; 2: wrong arguments or unusable input; 3: quern failed.
"""
import argparse
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile
from fractions import Fraction
from typing import NamedTuple

FOUND_AT = Fraction("0.85")
PRECISE_AT = Fraction("0.77")
WANTED_PERCENT = 99
ROOT = pathlib.Path(__file__).resolve().parent.parent


class Unusable(Exception):
    """The input cannot be judged; the message says why."""


class Counts(NamedTuple):
    documents: int
    removed_exact: int
    removed_near: int
    pairs: int  # with Jaccard >= 0.85
    found: int
    precise: int

    def enough(self):
        return 100 * self.found >= WANTED_PERCENT * self.pairs and 100 * self.precise >= WANTED_PERCENT * self.removed_near


def read_lines(path):
    """Lines of a text file, decompressed by the program zstd when its name ends in .zst."""
    path = pathlib.Path(path)
    if path.suffix != ".zst":
        return path.read_text(encoding="utf-8").split("\n")
    done = subprocess.run(["zstd", "-dcq", str(path)], stdout=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise Unusable(f"{path}: zstd could not decompress it")
    return done.stdout.decode("utf-8").split("\n")


def read_pairs(lines, name="pairs"):
    """[(id_a, id_b, jaccard)]; the header line is required, so that a list of something else is not taken for one."""
    lines = [line for line in lines if line]
    if not lines or lines[0].split("\t") != ["id_a", "id_b", "jaccard"]:
        raise Unusable(f"{name}: the first line must be id_a, id_b, jaccard")
    pairs = []
    for number, line in enumerate(lines[1:], 2):
        columns = line.split("\t")
        if len(columns) != 3:
            raise Unusable(f"{name}:{number}: {len(columns)} columns instead of 3")
        pairs.append((columns[0], columns[1], Fraction(columns[2])))
    return pairs


def read_ledger(lines, name="ledger"):
    """{id: (verdict, reason)} from the output of `quern ledger`: id, verdict, reason, id of the kept document, similarity."""
    rows = {}
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        columns = line.split("\t")
        if len(columns) != 5 or columns[1] not in ("kept", "removed", "quarantined"):
            raise Unusable(f"{name}:{number}: this is not a line of `quern ledger`: {line[:80]!r}")
        if columns[1] == "quarantined" and not columns[0]:
            continue  # a record that could not be read has no id
        if columns[0] in rows:
            raise Unusable(f"{name}:{number}: id {columns[0]!r} comes twice; pairs can only be counted when ids are unique")
        rows[columns[0]] = (columns[1], columns[2])
    return rows


def judge(pairs, ledger):
    """Counts for one data set. A pair with a side that is not in the ledger means: the wrong list."""
    def removed(identity):
        return ledger[identity][0] == "removed" and ledger[identity][1] in ("exact", "near")

    strangers = {identity for a, b, _ in pairs for identity in (a, b) if identity not in ledger}
    if strangers:
        raise Unusable(f"{len(strangers)} ids of the pair list are not in the ledger, for example {min(strangers)!r}")
    close = [(a, b) for a, b, jaccard in pairs if jaccard >= FOUND_AT]
    if not close:
        raise Unusable(f"the pair list has no pair with Jaccard >= {float(FOUND_AT)}")
    neighbours = collections.defaultdict(set)
    for a, b, jaccard in pairs:
        if jaccard >= PRECISE_AT:
            neighbours[a].add(b)
            neighbours[b].add(a)
    near = [identity for identity, row in ledger.items() if row == ("removed", "near")]
    return Counts(
        documents=len(ledger),
        removed_exact=sum(row == ("removed", "exact") for row in ledger.values()),
        removed_near=len(near),
        pairs=len(close),
        found=sum(removed(a) or removed(b) for a, b in close),
        precise=sum(any(ledger[other][0] == "kept" for other in neighbours[identity]) for identity in near),
    )


def percent(part, whole):
    return f"{100 * part / whole:.2f} %" if whole else "-"


def print_table(rows):
    """rows: [(name, Counts)]; the worst shares follow the table."""
    print(f"{'data set':<18} {'documents':>9} {'exact':>6} {'near':>6}   {'pairs found':>23}   {'removals precise':>23}")
    for name, c in rows:
        found = f"{c.found}/{c.pairs} {percent(c.found, c.pairs):>9}"
        precise = f"{c.precise}/{c.removed_near} {percent(c.precise, c.removed_near):>9}"
        print(f"{name:<18} {c.documents:>9} {c.removed_exact:>6} {c.removed_near:>6}   {found:>23}   {precise:>23}")
    worst = min(rows, key=lambda row: Fraction(row[1].found, row[1].pairs))
    print(f"worst found:   {percent(worst[1].found, worst[1].pairs)} ({worst[0]})")
    judged = [row for row in rows if row[1].removed_near]
    if judged:
        worst = min(judged, key=lambda row: Fraction(row[1].precise, row[1].removed_near))
        print(f"worst precise: {percent(worst[1].precise, worst[1].removed_near)} ({worst[0]})")


def plain_tokenizer(path, folder):
    """The path of the tokenizer as an uncompressed file, which is what quern reads."""
    path = pathlib.Path(path).resolve()
    if path.suffix != ".zst":
        return path
    plain = pathlib.Path(folder) / path.stem
    plain.write_text("\n".join(read_lines(path)), encoding="utf-8")
    return plain


def run_quern(arguments, part, seed, tokenizer, folder):
    """Runs one job and returns the lines of its ledger. A job file is YAML, of which JSON is a part."""
    name = f"{part}-seed{seed}"
    output = pathlib.Path(folder) / name
    job = {
        "input": [{"path": str(pathlib.Path(arguments.data).resolve() / f"{part}-0*.jsonl.*"), "format": "jsonl", "source": part}],
        "filter": [],
        "dedup": {
            "exact": True,
            "near": {"ngram": 5, "bands": 14, "rows": 8, "threshold": 0.8, "resolve": "cover", "keep": arguments.keep, "seed": seed},
        },
        "tokenizer": {"file": str(tokenizer)},
        "output": {"path": str(output), "layout": "single"},
        "work": str(pathlib.Path(folder) / f"{name}.work"),
    }
    job_file = pathlib.Path(folder) / f"{name}.yaml"
    job_file.write_text(json.dumps(job, indent=1), encoding="utf-8")
    quern = str(pathlib.Path(arguments.quern).resolve())
    with open(pathlib.Path(folder) / f"{name}.log", "w", encoding="utf-8") as log:
        run = subprocess.run(["mpirun", "-n", str(arguments.ranks), quern, "run", str(job_file)], stdout=log, stderr=log, check=False)
    if run.returncode != 0:
        sys.stderr.write(pathlib.Path(log.name).read_text(encoding="utf-8", errors="replace")[-3000:])
        raise subprocess.CalledProcessError(run.returncode, "quern run")
    ledger = subprocess.run([quern, "ledger", str(output)], stdout=subprocess.PIPE, check=True)
    return ledger.stdout.decode("utf-8").split("\n")


def mpi_environment():
    """The settings of scripts/mpi_environment.sh, for ranks that share this machine."""
    script = f". '{ROOT}/scripts/mpi_environment.sh' && env -0"
    text = subprocess.run(["bash", "-c", script], stdout=subprocess.PIPE, check=True).stdout.decode("utf-8", "surrogateescape")
    return dict(entry.split("=", 1) for entry in text.split("\0") if entry.startswith("OMPI_"))


def judge_all(arguments):
    os.environ.update(mpi_environment())
    rows = []
    with tempfile.TemporaryDirectory(prefix="near-quality-") as folder:
        tokenizer = plain_tokenizer(arguments.tokenizer, folder)
        for part in ("reuters", "versions"):
            pairs_file = pathlib.Path(arguments.data) / f"{part}-pairs.tsv.zst"
            pairs = read_pairs(read_lines(pairs_file), str(pairs_file))
            for seed in arguments.seeds:
                print(f"running {part}, seed {seed} ...", file=sys.stderr, flush=True)
                ledger = read_ledger(run_quern(arguments, part, seed, tokenizer, folder))
                rows.append((f"{part} seed {seed}", judge(pairs, ledger)))
    return rows


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", help="pair list, with --ledger")
    parser.add_argument("--ledger", help="output of `quern ledger`; - for standard input")
    parser.add_argument("--data", help="folder with reuters-*, versions-* and their pair lists")
    parser.add_argument("--tokenizer", help="a tokenizer.json (or .zst of one), with --data")
    parser.add_argument("--quern", default=str(ROOT / "build/release/quern"), help="the program (default: %(default)s)")
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--keep", default="first", choices=["first", "longest"])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parsed = parser.parse_args(arguments)
    if bool(parsed.data) == bool(parsed.pairs) or bool(parsed.pairs) != bool(parsed.ledger) or bool(parsed.data) != bool(parsed.tokenizer):
        parser.error("give either --pairs and --ledger, or --data and --tokenizer")
    return parsed


def main(arguments):
    parsed = parse(arguments)
    try:
        if parsed.data:
            rows = judge_all(parsed)
        else:
            lines = sys.stdin.read().split("\n") if parsed.ledger == "-" else read_lines(parsed.ledger)
            rows = [(pathlib.Path(parsed.pairs).name[:18], judge(read_pairs(read_lines(parsed.pairs), parsed.pairs), read_ledger(lines)))]
    except (Unusable, OSError, ValueError) as error:
        print(f"near_quality: {error}", file=sys.stderr)
        return 2
    except subprocess.CalledProcessError as error:
        print(f"near_quality: {error}", file=sys.stderr)
        return 3
    print_table(rows)
    if all(counts.enough() for _, counts in rows):
        return 0
    print(f"below {WANTED_PERCENT} %")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
