#!/usr/bin/env python3
"""How often is the guess of a page's language right? Holds `quern classify` against the labels of a corpus.

    scripts/language_accuracy.py --data DIR [--quern build/release/quern] [--model lid.176.bin] [--set language.text=plain ...]
    scripts/language_accuracy.py --labels labels.tsv --guesses guesses.tsv

DIR has JSON lines (.jsonl, .jsonl.zst, .jsonl.gz) with `id`, `text` and the language (ISO 639-1) in `metadata.lang`; .zst needs the program zstd.
labels.tsv has id, language and bytes of text; guesses.tsv is what `quern classify` prints (id, label, ...).

Counted are pages of 200 bytes of text and more, in languages that CLD2 knows (KNOWN below; with --model too, so that the figures compare).
Languages that even people tell apart by a few words count as one: {no, nb, nn}, {bs, hr, sr}, {id, ms}, and all ways to write Chinese.
Prints a line for each language (pages, right, share, the wrong labels), the shares over all pages and of the mean language, and what was left out.

Exit code 0: at least 93 % of the pages are right; 1: fewer; 2: wrong arguments or unusable input; 3: quern failed.
"""
import argparse
import collections
import gzip
import json
import os
import pathlib
import subprocess
import sys
import tempfile

LEAST_BYTES = 200
WANTED_PERCENT = 93
# The 83 of the list in CLD2's README, as ISO 639-1 (639-2 where there is none); Bosnian, which counts as Serbian, and both ways to write Norwegian.
KNOWN = set(
    "af ar az be bg bh bn bs ca ceb chr cs cy da de dv el en es et eu fa fi fr ga gd gl gu he hi hmn hr ht hu hy id is it iu ja jv ka km kn ko lg "
    "lif lo lt lv mk ml mr ms mt nb ne nl nn no or pa pl pt ro ru rw si sk sl sq sr sv sw syr ta te th tl tr uk ur vi yi zh".split()
)
ALIKE = {"nb": "no", "nn": "no", "bs": "sr", "hr": "sr", "ms": "id"}
ROOT = pathlib.Path(__file__).resolve().parent.parent


class Unusable(Exception):
    """The input cannot be judged; the message says why."""


def group(label):
    """The language a label counts as: its first subtag, with those that are alike under one name."""
    language = label.split("-")[0]
    return ALIKE.get(language, language)


def read_lines(path):
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            yield from lines
    elif path.suffix == ".zst":
        with subprocess.Popen(["zstd", "-dcq", str(path)], stdout=subprocess.PIPE, encoding="utf-8") as zstd:
            yield from zstd.stdout
        if zstd.returncode != 0:
            raise Unusable(f"{path}: zstd could not decompress it")
    else:
        with path.open(encoding="utf-8") as lines:
            yield from lines


def corpus_files(folder):
    files = sorted(p for p in pathlib.Path(folder).iterdir() if p.name.endswith((".jsonl", ".jsonl.zst", ".jsonl.gz")))
    if not files:
        raise Unusable(f"{folder}: no .jsonl, .jsonl.zst or .jsonl.gz in it")
    return files


def labels_of_corpus(folder):
    """id → (language, bytes of text)"""
    labels = {}
    for path in corpus_files(folder):
        for line in read_lines(path):
            page = json.loads(line)
            labels[page["id"]] = (page["metadata"].get("lang") or "", len(page["text"].encode("utf-8")))
    return labels


def labels_of_table(lines):
    return {id_: (language, int(size)) for id_, language, size in (line.split("\t") for line in lines if line)}


def guesses_of_table(lines):
    """id → label"""
    return {fields[0]: fields[1] for fields in (line.split("\t") for line in lines if line)}


def guesses_by_quern(arguments):
    with tempfile.TemporaryDirectory() as folder:
        job = {
            "input": [{"path": str(path.resolve())} for path in corpus_files(arguments.data)],
            "language": {"model": {"file": str(pathlib.Path(arguments.model).resolve())}} if arguments.model else {},
            "filter": [],
            "tokenizer": {"file": "none"},  # `classify` does not read it
            "output": {"path": "none"},
        }
        path = pathlib.Path(folder) / "job.yaml"
        path.write_text(json.dumps(job), encoding="utf-8")
        command = [arguments.quern, "classify", str(path)]
        for override in arguments.set:
            command += ["--set", override]
        done = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", check=False)
        if done.returncode != 0:
            print(f"language_accuracy: {' '.join(command)} ended with exit code {done.returncode}", file=sys.stderr)
            sys.exit(3)
        return guesses_of_table(done.stdout.split("\n"))


class Table:
    def __init__(self):
        self.wrong = collections.defaultdict(collections.Counter)  # true language → wrong label → pages
        self.pages = collections.Counter()
        self.short = 0
        self.unknown = collections.Counter()  # language that CLD2 does not know → pages

    def right(self, language=None):
        if language is None:
            return sum(self.right(one) for one in self.pages)
        return self.pages[language] - sum(self.wrong[language].values())

    def enough(self):
        return 100 * self.right() >= WANTED_PERCENT * sum(self.pages.values())


def judge(labels, guesses):
    table = Table()
    for id_, (language, size) in labels.items():
        if id_ not in guesses:
            raise Unusable(f"no guess for {id_}")
        if size < LEAST_BYTES:
            table.short += 1
        elif language not in KNOWN:
            table.unknown[language or "(none)"] += 1
        else:
            table.pages[group(language)] += 1
            if group(guesses[id_]) != group(language):
                table.wrong[group(language)][guesses[id_]] += 1
    if not table.pages:
        raise Unusable("no page to be judged")
    return table


def show(table):
    print("language  pages  right   share  guessed instead")
    for language in sorted(table.pages):
        instead = ", ".join(f"{label} {pages}" for label, pages in sorted(table.wrong[language].items(), key=lambda item: (-item[1], item[0])))
        share = table.right(language) / table.pages[language]
        print(f"{language:8} {table.pages[language]:6} {table.right(language):6}  {share:6.4f}  {instead}".rstrip())
    pages = sum(table.pages.values())
    mean = sum(table.right(language) / table.pages[language] for language in table.pages) / len(table.pages)
    print(f"all      {pages:6} {table.right():6}  {table.right() / pages:6.4f}  mean over {len(table.pages)} languages {mean:.4f}")
    left_out = ", ".join(f"{language} {count}" for language, count in sorted(table.unknown.items())) or "none"
    print(f"not counted: {table.short} pages below {LEAST_BYTES} bytes; of languages that CLD2 does not know: {left_out}")
    print(f"languages that CLD2 knows: {' '.join(sorted(KNOWN))}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data")
    parser.add_argument("--quern", default=os.environ.get("QUERN_PROGRAM", str(ROOT / "build/release/quern")))
    parser.add_argument("--model", help="a fastText model instead of CLD2")
    parser.add_argument("--set", action="append", default=[], help="passed on to quern")
    parser.add_argument("--labels")
    parser.add_argument("--guesses")
    arguments = parser.parse_args()
    if bool(arguments.data) == bool(arguments.labels) or bool(arguments.labels) != bool(arguments.guesses):
        parser.error("give --data, or --labels and --guesses")
    try:
        if arguments.data:
            table = judge(labels_of_corpus(arguments.data), guesses_by_quern(arguments))
        else:
            read = lambda path: pathlib.Path(path).read_text(encoding="utf-8").split("\n")  # noqa: E731
            table = judge(labels_of_table(read(arguments.labels)), guesses_of_table(read(arguments.guesses)))
    except (OSError, ValueError, KeyError, Unusable) as error:
        print(f"language_accuracy: {error}", file=sys.stderr)
        return 2
    show(table)
    return 0 if table.enough() else 1


if __name__ == "__main__":
    sys.exit(main())
