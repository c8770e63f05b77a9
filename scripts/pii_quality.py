#!/usr/bin/env python3
"""How good is the step `pii`? Precision and recall for each kind, against a set with known items.

    bench/pii/make_set.py > set.jsonl
    scripts/pii_quality.py --matches build/release/bench/pii_matches set.jsonl [--show N]

The set has lines {"text", "items": [{"kind", "begin", "end"}]}, places in bytes. An item is found by a match of its kind that overlaps it in at least half of
both; `exact` says how many of the found ones have the same ends. A match is right when it finds an item. --show prints the first N misses and false ones.

    scripts/pii_quality.py --matches … --sample N FILE.jsonl[.zst|.gz]...

counts the matches in real texts (field `text`), for 1000 documents each kind, and prints N of each with what stands around them, to be looked at.

Exit code 0: precision and recall at least 95 % for every kind; 1: not; 2: wrong arguments or unusable input.
"""
import argparse
import collections
import gzip
import json
import subprocess
import sys

WANTED_PERCENT = 95
KINDS = ["email", "phone", "ipv4", "ipv6", "card", "iban", "ssn", "secret", "coordinates"]


class Unusable(Exception):
    """The input cannot be judged; the message says why."""


def read_lines(path):
    if path.endswith(".zst"):
        data = subprocess.run(["zstd", "-dcq", path], stdout=subprocess.PIPE, check=True).stdout
    elif path.endswith(".gz"):
        with gzip.open(path) as file:
            data = file.read()
    else:
        with open(path, "rb") as file:
            data = file.read()
    return [json.loads(line) for line in data.split(b"\n") if line.strip()]


def find(program, texts):
    """For each text (bytes) the list of (begin, end, kind)."""
    if any(b"\0" in text for text in texts):
        raise Unusable("a text holds a zero byte")
    done = subprocess.run([program], input=b"".join(text + b"\0" for text in texts), stdout=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise Unusable(f"{program} ended with {done.returncode}")
    matches = [[] for _ in texts]
    for line in done.stdout.decode().splitlines():
        number, begin, end, kind = line.split()
        matches[int(number)].append((int(begin), int(end), kind))
    return matches


def is_found(item, match):
    shared = min(item[1], match[1]) - max(item[0], match[0])
    return item[2] == match[2] and 2 * shared >= item[1] - item[0] and 2 * shared >= match[1] - match[0]


def percent(part, whole):
    return 100.0 * part / whole if whole else 100.0


def judge(lines, matches, show):
    count = collections.Counter()
    shown = 0
    for line, found in zip(lines, matches):
        items = [(item["begin"], item["end"], item["kind"]) for item in line["items"]]
        text = line["text"].encode()
        for item in items:
            count["items", item[2]] += 1
            count["found", item[2]] += any(is_found(item, match) for match in found)
            count["exact", item[2]] += item in found
            if shown < show and not any(is_found(item, match) for match in found):
                shown += 1
                print(f"missed {item[2]}: {text[item[0]:item[1]].decode()!r} in {line['text']!r}")
        for match in found:
            right = any(is_found(item, match) for item in items)
            count["matches", match[2]] += 1
            count["right", match[2]] += right
            if shown < show and not right:
                shown += 1
                print(f"false {match[2]}: {text[match[0]:match[1]].decode()!r} in {line['text']!r}")
    return count


def print_table(count):
    """Whether all kinds are good enough."""
    good = True
    print(f"{'kind':<12} {'items':>6} {'found':>6} {'exact':>6} {'false':>6} {'precision':>9} {'recall':>7}")
    for kind in KINDS:
        items, found, matches, right = (count[name, kind] for name in ("items", "found", "matches", "right"))
        precision, recall = percent(right, matches), percent(found, items)
        print(f"{kind:<12} {items:>6} {found:>6} {count['exact', kind]:>6} {matches - right:>6} {precision:>9.2f} {recall:>7.2f}")
        good = good and precision >= WANTED_PERCENT and recall >= WANTED_PERCENT
    return good


def print_sample(documents, matches, sample):
    number = collections.Counter()
    examples = collections.defaultdict(list)
    for line, found in zip(documents, matches):
        for begin, end, kind in found:
            number[kind] += 1
            examples[kind].append((line, begin, end))
    print(f"{len(documents)} documents, {sum(len(line['text'].encode()) for line in documents)} bytes")
    for kind in KINDS:
        print(f"{kind:<12} {number[kind]:>7} {1000 * number[kind] / len(documents):>9.2f} in 1000 documents")
        step = max(1, len(examples[kind]) // sample) if sample else 1
        for line, begin, end in examples[kind][::step][:sample]:
            text = line["text"].encode()
            around = [text[max(0, begin - 40) : begin], text[begin:end], text[end : end + 30]]
            print("   ", " ⟦ ".join(part.decode(errors="ignore").replace("\n", "⏎") for part in around[:2]), "⟧", around[2].decode(errors="ignore").replace("\n", "⏎"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--matches", required=True, metavar="PROGRAM", help="bench/pii_matches")
    parser.add_argument("--show", type=int, default=0, metavar="N")
    parser.add_argument("--sample", type=int, default=None, metavar="N")
    parser.add_argument("files", nargs="+")
    arguments = parser.parse_args()
    try:
        lines = [line for path in arguments.files for line in read_lines(path)]
        if arguments.sample is not None:
            lines = [line for line in lines if "\0" not in line["text"]]
        matches = find(arguments.matches, [line["text"].encode() for line in lines])
        if arguments.sample is not None:
            print_sample(lines, matches, arguments.sample)
            return 0
        return 0 if print_table(judge(lines, matches, arguments.show)) else 1
    except (OSError, ValueError, KeyError, subprocess.CalledProcessError, Unusable) as error:
        print(f"pii_quality: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
