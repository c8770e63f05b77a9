#!/usr/bin/env python3
"""How well quern finds the article of a web page: extracted text against text that people marked.

    extract_quality.py --program build/quern --data FOLDER
    extract_quality.py --extracted NEW.jsonl --data FOLDER         what `quern clean` printed before, without a plain dump beside it

FOLDER holds pages-*.jsonl.zst (field text: HTML, metadata.gold_text: the article) and readability-*.jsonl.zst
(metadata.expected_html). Needs the zstd program; Python's standard library only.

Two measures, each a mean over the pages:
  tokens    F1 of the bags of tokens (\\w+) of page and gold
  shingles  that of scrapinghub/article-extraction-benchmark (evaluate.py): bags of 4-grams of tokens; F1 of the mean precision and the
            mean recall
"""
import argparse
import collections
import glob
import hashlib
import html.parser
import json
import os
import re
import subprocess
import sys
import tempfile

TOKEN = re.compile(r"\w+")
FLOOR = 0.88


def tokens(text):
    return TOKEN.findall(text)


def shingles(words, n=4):
    return collections.Counter(tuple(words[i:i + n]) for i in range(max(1, len(words) - n + 1)) if words)


def overlap(gold, found):
    """(precision, recall) of two bags; two empty ones agree."""
    common = sum((gold & found).values())
    in_gold, in_found = sum(gold.values()), sum(found.values())
    if not in_gold and not in_found:
        return 1.0, 1.0
    return (common / in_found if in_found else 0.0), (common / in_gold if in_gold else 0.0)


def f1(precision, recall):
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def page_measures(gold, found):
    gold_words, found_words = tokens(gold), tokens(found)
    bag = overlap(collections.Counter(gold_words), collections.Counter(found_words))
    return {"tokens": f1(*bag), "shingles": overlap(shingles(gold_words), shingles(found_words)), "empty": not found_words}


def mean(numbers):
    numbers = list(numbers)
    return sum(numbers) / len(numbers) if numbers else 0.0


def summary(measures):
    """One line's figures. A page of which nothing was found has no precision (the benchmark's rule)."""
    precision = mean(m["shingles"][0] for m in measures if not m["empty"])
    recall = mean(m["shingles"][1] for m in measures)
    return {"pages": len(measures), "token_f1": mean(m["tokens"] for m in measures), "precision": precision, "recall": recall,
            "shingle_f1": f1(precision, recall)}


def half_of(page_id):
    """The rules were made looking at the pages of half 0 only."""
    return hashlib.sha256(page_id.encode()).digest()[0] & 1


class TextOfHtml(html.parser.HTMLParser):
    """All text outside of scripts and styles, for the gold HTML."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.parts, self.silent = [], 0

    def handle_starttag(self, tag, attrs):
        self.silent += tag in ("script", "style")
        self.parts.append(" " if tag in ("p", "div", "br", "li", "td", "h1", "h2", "h3", "tr", "figure", "figcaption", "pre") else "")

    def handle_endtag(self, tag):
        self.silent -= tag in ("script", "style") and self.silent > 0

    def handle_data(self, data):
        if not self.silent:
            self.parts.append(data)


def text_of_html(source):
    parser = TextOfHtml()
    parser.feed(source)
    parser.close()
    return "".join(parser.parts)


def load_set(folder, name, gold_of):
    files = sorted(glob.glob(os.path.join(folder, name + "-*.jsonl.zst")))
    if not files:
        sys.exit(f"{folder}: no {name}-*.jsonl.zst in it")
    gold = {}
    for path in files:
        lines = subprocess.run(["zstd", "-dcq", path], stdout=subprocess.PIPE, check=True).stdout.splitlines()
        for line in lines:
            page = json.loads(line)
            gold[page["id"]] = gold_of(page["metadata"])
    return files, gold


def extract(program, files, html_key, folder):
    """What `quern clean` makes of the pages."""
    job = os.path.join(folder, "job.yaml")
    inputs = [{"path": path, "format": "jsonl", "html": html_key} for path in files]
    with open(job, "w", encoding="utf-8") as out:
        json.dump({"input": inputs, "output": {"path": os.path.join(folder, "out")},
                   "tokenizer": {"file": os.path.join(folder, "unused.json")}}, out)
    lines = subprocess.run([program, "clean", job], stdout=subprocess.PIPE, check=True).stdout.splitlines()
    return read_extracted(lines)


def read_extracted(lines):
    return {row["id"]: row["text"] for row in map(json.loads, lines)}


def report(name, gold, found):
    measures = {page: page_measures(text, found.get(page, "")) for page, text in gold.items()}
    parts = [("all", list(measures.values()))]
    parts += [(f"half {half}", [m for page, m in measures.items() if half_of(page) == half]) for half in (0, 1)]
    for part, chosen in parts:
        s = summary(chosen)
        print(f"{name:<24} {part:<7} {s['pages']:>4} pages  token F1 {s['token_f1']:.4f}   shingles: "
              f"precision {s['precision']:.4f}  recall {s['recall']:.4f}  F1 {s['shingle_f1']:.4f}")
    return measures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", help="the quern program")
    parser.add_argument("--extracted", help="JSON lines {id, text} made before")
    parser.add_argument("--data", required=True, help="folder of the pages")
    parser.add_argument("--worst", type=int, default=0, help="also list this many worst pages of half 0")
    options = parser.parse_args()
    if bool(options.program) == bool(options.extracted):
        parser.error("give --program or --extracted")
    sets = [("pages", lambda m: m["gold_text"]), ("readability", lambda m: text_of_html(m["expected_html"]))]
    reached = None
    for name, gold_of in sets:
        files, gold = load_set(options.data, name, gold_of)
        if options.extracted:
            with open(options.extracted, encoding="utf-8") as lines:
                found = {"article": read_extracted(lines)}
        else:
            with tempfile.TemporaryDirectory() as folder:
                found = {key: extract(options.program, files, key, folder) for key in ("all_text", "article")}
        for key, texts in found.items():
            measures = report(f"{name} {key}", gold, texts)
        reached = reached or summary(list(measures.values()))
        worst = sorted((m["tokens"], page) for page, m in measures.items() if half_of(page) == 0)
        for value, page in worst[:options.worst]:
            print(f"    {value:.3f} {page}")
    return 0 if reached["token_f1"] >= FLOOR else 1


if __name__ == "__main__":
    sys.exit(main())
