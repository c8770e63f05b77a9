#!/usr/bin/env python3
"""Holds a result of bench/run.sh against a baseline: times by their ratios to the yardstick, and of whole runs the peak memory and how
many times as fast they are at 2 ranks.

    bench/compare.py BASELINE.json NEW.json [--loss 15]

Prints everything that both have, with its change in percent (above 0: worse), and what only one of them has.
Exit code: 0 none worse by more than --loss percent, 1 some are, 2 the files cannot be compared.
"""
import argparse
import json
import sys


WHOLE_RUN = "quern_run"


def costs(result):
    """{what: a number that should not grow}, in the order of the file."""
    rows = result["benchmarks"]
    numbers = {row["name"]: row["ratio"] for row in rows}
    for row in rows:
        if row["name"].startswith(WHOLE_RUN) and "peak_memory_bytes" in row:
            numbers[f"{row['name']} peak MiB"] = row["peak_memory_bytes"] / 2**20
    for name, times_as_fast in result.get("two_ranks_times_as_fast", {}).items():
        numbers[f"{name} wall 2:1 ranks"] = 1 / times_as_fast
    return numbers


def read(path):
    try:
        with open(path, encoding="utf-8") as file:
            result = json.load(file)
        return result, costs(result)
    except (OSError, ValueError, KeyError, TypeError, ZeroDivisionError) as error:
        print(f"compare: {path}: not a result of bench/run.sh ({error})", file=sys.stderr)
        sys.exit(2)


def changes(before, after):
    """(name, change in percent) of what both have, in the order of the baseline."""
    return [(name, 100 * (after[name] / cost - 1)) for name, cost in before.items() if name in after and cost > 0]


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("baseline")
    parser.add_argument("new")
    parser.add_argument("--loss", type=float, default=15, help="percent")
    options = parser.parse_args(arguments)
    old_result, before = read(options.baseline)
    new_result, after = read(options.new)
    for what in ("data", "english_bytes"):
        if old_result.get(what) != new_result.get(what):
            print(f"note: other {what}: {old_result.get(what)} then, {new_result.get(what)} now", file=sys.stderr)
    compared = changes(before, after)
    if not compared:
        print("compare: no benchmark is in both files", file=sys.stderr)
        return 2
    lost = 0
    for name, percent in compared:
        lost += percent > options.loss
        print(f"{name:<36} {before[name]:10.3f} -> {after[name]:10.3f} {percent:+7.1f} %{'   LOSS' if percent > options.loss else ''}")
    for label, one, other in (("only in the baseline", before, after), ("new", after, before)):
        for name in one:
            if name not in other:
                print(f"{name:<36} {label}")
    print(f"\n{lost} of {len(compared)} worse by more than {options.loss:g} %")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
