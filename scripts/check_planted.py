#!/usr/bin/env python3
"""Holds the ledger of a run against the duplicates that scripts/make_corpus.py planted.

    build/release/quern ledger OUT > ledger.tsv
    scripts/check_planted.py CORPUS/planted.tsv ledger.tsv [--threshold 0.8] [--margin 0.02] [--found 99]

Of the documents that no filter removed, and whose original none did:
exact copies     must all be removed, in favour of their original or of what that was removed for
near copies      from threshold + margin on: at least --found percent must be removed
                 below threshold - margin: none may be removed, for their bands may meet but their similarity is computed
all others       must be kept

Exit code: 0 all of this holds, 1 it does not, 2 the files cannot be judged.
"""
import argparse
import collections
import sys

DUPLICATE = ("exact", "near")
SHOWN = 5


class Unusable(Exception):
    """The files cannot be judged; the message says why."""


def rows(path, columns):
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            row = line.rstrip("\n").split("\t")
            if len(row) != columns:
                raise Unusable(f"{path}:{number}: {len(row)} columns instead of {columns}")
            yield row


def read_planted(path):
    """{copy: (kind, original, similarity)}"""
    return {copy: (kind, original, float(similarity)) for kind, copy, original, similarity in rows(path, 4)}


def read_ledger(path):
    """{id: (verdict, reason, id of the kept document)} of what could be read."""
    return {own_id: (verdict, reason, kept) for own_id, verdict, reason, kept, _ in rows(path, 5) if own_id}


class Judge:
    def __init__(self, ledger, options):
        self.ledger, self.options = ledger, options
        self.counts = collections.Counter()
        self.wrong = collections.defaultdict(list)

    def filtered(self, own_id):
        verdict, reason, _ = self.ledger[own_id]
        return verdict != "kept" and reason not in DUPLICATE

    def removed(self, own_id):
        return self.ledger[own_id][0] == "removed"

    def keeper(self, own_id):
        """Itself, or the document it was removed for."""
        return self.ledger[own_id][2] if self.removed(own_id) else own_id

    def check_copy(self, copy, kind, original, similarity):
        if self.filtered(copy) or self.filtered(original):
            self.counts["filtered"] += 1
            return
        if kind == "exact":
            self.counts["exact"] += 1
            if not self.removed(copy) or self.keeper(copy) != self.keeper(original):
                self.wrong["exact copies that were not removed for their original"].append(copy)
        elif similarity >= self.options.threshold + self.options.margin:
            self.counts["near"] += 1
            self.counts["near found"] += self.removed(copy)
        elif similarity < self.options.threshold - self.options.margin:
            self.counts["below"] += 1
            if self.removed(copy):
                self.wrong["copies below the threshold that were removed"].append(copy)
        else:
            self.counts["in the margin"] += 1

    def check(self, planted):
        strangers = [own_id for copy, (_, original, _) in planted.items() for own_id in (copy, original) if own_id not in self.ledger]
        if strangers:
            raise Unusable(f"{strangers[0]} and {len(strangers) - 1} other planted documents are not in the ledger")
        for copy, row in planted.items():
            self.check_copy(copy, *row)
        for own_id in self.ledger:
            if own_id not in planted and not self.filtered(own_id):
                self.counts["others"] += 1
                if self.removed(own_id):
                    self.wrong["documents that are no copies and were removed"].append(own_id)
        if self.counts["near found"] * 100 < self.options.found * self.counts["near"]:
            self.wrong[f"near copies found: below {self.options.found:g} %"] = []


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("planted")
    parser.add_argument("ledger", help="output of `quern ledger`")
    parser.add_argument("--threshold", type=float, default=0.8, help="of the job")
    parser.add_argument("--margin", type=float, default=0.02, help="on both sides of it nothing is asked")
    parser.add_argument("--found", type=float, default=99, help="percent")
    return parser.parse_args(arguments)


def main(arguments=None):
    options = parse(arguments)
    try:
        judge = Judge(read_ledger(options.ledger), options)
        judge.check(read_planted(options.planted))
    except (Unusable, OSError, ValueError) as error:
        print(f"check_planted: {error}", file=sys.stderr)
        return 2
    counts = judge.counts
    print(f"{counts['exact']} exact copies, {counts['near found']} of {counts['near']} near copies removed, {counts['below']} below the threshold, "
          f"{counts['others']} others; not asked for: {counts['in the margin']} in the margin, {counts['filtered']} removed by filters")
    for what, which in judge.wrong.items():
        print(f"WRONG: {what}{': ' if which else ''}{len(which) or ''} {' '.join(which[:SHOWN])}".rstrip())
    return 1 if judge.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
