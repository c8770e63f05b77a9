"""Decisions that need the whole corpus, held against the same decisions made plainly in Python: repeated lines, sources, keep policies."""
import collections
import json
import pathlib
import random
import re
import tempfile
import unittest

from corpus import prose
from quern_run import digest, ledger, quern

RANKS = (1, 2, 3)


def write_lines(path, documents):
    path.write_text("".join(json.dumps(document, ensure_ascii=False) + "\n" for document in documents))


def shown_text(output, number):
    """A text that ends with LF loses nothing: `show` adds one."""
    return quern("show", output, "--document", number).stdout.split("\n\n", 1)[1][:-1]


class CorpusDecisions(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.at = pathlib.Path(folder.name)

    def run_job(self, name, ranks=1, **keys):
        job = self.at / f"{name}.json"
        job.write_text(json.dumps({"filter": [], "dedup": {"exact": True, "near": False}, "tokenizer": {"train": {"vocab_size": 400}},
                                   "input": [{"path": str(self.at / "*.jsonl")}], "output": {"path": str(self.at / name)},
                                   "work": str(self.at / f"{name}.work"), "unit_bytes": "64KiB", **keys}))
        quern("run", job, ranks=ranks)
        quern("verify", self.at / name)
        return self.at / name

    def report(self, output):
        return json.loads((output / "report.json").read_text())

    def same_at_all_ranks(self, **keys):
        outputs = [self.run_job(f"out{ranks}", ranks, **keys) for ranks in RANKS]
        self.assertEqual(len({digest(output) for output in outputs}), 1)
        self.assertEqual(len({(output / "data.h5").read_bytes() for output in outputs}), 1)
        return outputs[0]

    # ---- repeated lines and paragraphs ----

    def site(self):
        """Pages with navigation, some of them nothing else; ids in input order."""
        rng = random.Random(5)
        notices = ["Home | Products | About us | Contact", "We use cookies to improve this site.", "short", "All rights reserved, the makers of mills 2024"]
        pages = []
        for i in range(300):
            body = prose(rng, rng.randint(3, 12))
            lines = body.split("\n") + [notices[j] for j in range(4) if rng.random() < [0.5, 0.03, 0.9, 0.2][j]]
            if i % 50 == 7:
                lines = [notices[0], "  " + notices[3] + " "]
            if rng.random() < 0.3:
                lines.insert(0, "\t" + notices[0])
            pages.append({"id": f"p{i}", "text": "\n".join(lines)})
        write_lines(self.at / "site.jsonl", pages)
        return pages

    @staticmethod
    def without_repeats(pages, most, least):
        stripped = [[line.strip(" \t\n") for line in page["text"].split("\n")] for page in pages]
        # Equal texts are one text: they count once, and lose the same.
        first_with = {}
        group = [first_with.setdefault(page["text"], number) for number, page in enumerate(pages)]
        stands_in = collections.defaultdict(set)
        for number, lines in zip(group, stripped):
            for line in lines:
                if len(line) >= least:
                    stands_in[line].add(number)
        texts = []
        for number, page, lines in zip(group, pages, stripped):
            gone = {line for line in lines if len(stands_in[line]) > most and number != min(stands_in[line])}
            text = page["text"]
            if gone:
                pieces = re.findall(r"[^\n]*\n|[^\n]+", text)
                text = "".join(piece for piece in pieces if piece.strip(" \t\n") not in gone)
            texts.append(text)
        return texts

    def test_lines_that_many_documents_have_stay_in_the_first(self):
        pages = self.site()
        for ranks in RANKS:
            out = self.run_job(f"lines{ranks}", ranks, repeats={"lines": {"max_documents": 20, "min_chars": 10}})
            expected = self.without_repeats(pages, 20, 10)
            rows = ledger(out)
            solid, seen = [(page["id"], text) for page, text in zip(pages, expected) if text.strip(" \t\n")], set()
            kept = [(name, text) for name, text in solid if not (text in seen or seen.add(text))]
            emptied = {page["id"] for page, text in zip(pages, expected) if not text.strip(" \t\n")}
            self.assertGreater(len(emptied), 2)
            self.assertEqual({row[0] for row in rows if row[2] == "repeated"}, emptied)
            self.assertEqual([row[0] for row in rows if row[1] == "kept"], [name for name, _ in kept])
            changed = 0
            for number in range(0, len(kept), 7):
                name, text = kept[number]
                self.assertEqual(shown_text(out, number), text, name)
                changed += text != pages[int(name[1:])]["text"]
            self.assertGreater(changed, 5)
        self.assertEqual(len({digest(self.at / f"lines{ranks}") for ranks in RANKS}), 1)

    def test_repeats_are_the_same_at_any_number_of_ranks_and_with_a_ready_vocabulary(self):
        self.site()
        repeats = {"lines": {"max_documents": 20, "min_chars": 10}, "paragraphs": {"max_documents": 3}}
        first = self.same_at_all_ranks(repeats=repeats, dedup={"near": {"threshold": 0.7}})
        ready = self.run_job("ready", 2, repeats=repeats, dedup={"near": {"threshold": 0.7}}, tokenizer={"file": str(first / "tokenizer.json")},
                             memory_per_rank="32MiB")
        self.assertEqual(digest(ready), digest(first))

    def test_equal_texts_lose_the_same_and_stay_equal(self):
        write_lines(self.at / "equal.jsonl", [{"id": f"e{i}", "text": "The same notice stands in each of these pages.\n" + ("and more" if i % 2 else "alone")} for i in range(30)])
        out = self.same_at_all_ranks(repeats={"lines": {"max_documents": 1}}, sources=[{"name": "", "floor_documents": 3}])
        rows = ledger(out)
        self.assertEqual([row[0] for row in rows if row[1] == "kept"], ["e0", "e1", "e2"])
        self.assertEqual({row[2] for row in rows if row[1] != "kept"}, {"exact"})

    def test_changed_texts_are_judged_and_measured_again(self):
        notice = "This long notice of the site fills the page with words that say little of it."
        pages = [{"id": f"c{i}", "text": (f"Words that only page number {i} has of all pages.\n" * (1 if i % 2 else 5)) + notice} for i in range(40)]
        write_lines(self.at / "changed.jsonl", pages)
        out = self.same_at_all_ranks(repeats={"lines": {"max_documents": 5, "min_chars": 60}}, filter=[{"length": {"min_chars": 100}}], signals=["chars"])
        reasons = {row[0]: row[2] for row in ledger(out)}
        self.assertEqual(reasons["c0"], "")
        self.assertEqual({reasons[f"c{i}"] for i in range(1, 40, 2)}, {"length_min"})
        for number in (0, 7, 19):
            shown = quern("show", out, "--document", number).stdout
            chars = int(next(line.split()[-1] for line in shown.splitlines() if line.startswith("  chars")))
            self.assertEqual(chars, len(shown_text(out, number)))
        self.assertEqual(self.report(out)["steps"]["documents_with_repeats"], 39)

    def test_marked_documents_keep_their_text(self):
        pages = self.site()
        out = self.run_job("marked", 2, repeats={"lines": {"max_documents": 20, "min_chars": 10, "action": "mark"}})
        rows = ledger(out)
        self.assertNotIn("repeated", {row[2] for row in rows})
        self.assertEqual(shown_text(out, 9), pages[[i for i, row in enumerate(rows) if row[1] == "kept"][9]]["text"])

    # ---- sources ----

    def books_and_news(self):
        rng = random.Random(9)
        news = [prose(rng, 6) for _ in range(120)]
        write_lines(self.at / "a.jsonl", [{"id": f"n{i}", "text": text, "added": f"2020-01-{1 + i % 28:02}"} for i, text in enumerate(news)])
        books = [prose(rng, 20) for _ in range(100)] + news[:60]
        write_lines(self.at / "b.jsonl", [{"id": f"b{i}", "text": text, "added": "2021-06-01T12:00:00Z"} for i, text in enumerate(books)])
        return [{"path": str(self.at / "a.jsonl"), "source": "news"}, {"path": str(self.at / "b.jsonl"), "source": "books"}]

    def kept_of(self, output):
        return collections.Counter(row[0][0] for row in ledger(output) if row[1] == "kept")

    def test_a_floor_brings_back_the_first_duplicates(self):
        out = self.same_at_all_ranks(input=self.books_and_news(), sources=[{"name": "books", "floor_documents": 130}])
        self.assertEqual(self.kept_of(out), {"n": 120, "b": 130})
        back = [row[0] for row in ledger(out) if row[1] == "kept" and row[0][0] == "b" and int(row[0][1:]) >= 100]
        self.assertEqual(back, [f"b{i}" for i in range(100, 130)])

    def test_source_priority_keeps_the_copy_of_the_better_source(self):
        out = self.same_at_all_ranks(input=self.books_and_news(), sources=[{"name": "books"}, {"name": "news"}],
                                     dedup={"near": {"keep": "source_priority"}})
        removed = {row[0] for row in ledger(out) if row[2] == "exact"}
        self.assertEqual(removed, {f"n{i}" for i in range(60)})

    def test_samples_and_caps_are_the_same_at_any_number_of_ranks(self):
        entries = self.books_and_news()
        out = self.same_at_all_ranks(input=entries, sources=[{"name": "news", "sample": 0.5}, {"name": "books", "max_documents": 17}])
        self.assertEqual(self.kept_of(out)["b"], 17)
        self.assertTrue(40 <= self.kept_of(out)["n"] <= 80, self.kept_of(out))
        larger = self.run_job("larger", 2, input=entries, sources=[{"name": "news", "sample": 0.7}])
        names = lambda output: {row[0] for row in ledger(output) if row[1] == "kept" and row[0][0] == "n"}
        self.assertTrue(names(out) < names(larger), "a smaller sample is a part of a larger one")
        reasons = {source["name"]: source["by_reason"] for source in self.report(out)["sources"]}
        self.assertEqual(reasons["books"], {"exact": 60, "source_cap": 83})
        self.assertEqual(set(reasons["news"]), {"sampled"})

    def test_weights_set_shares_of_the_text(self):
        out = self.same_at_all_ranks(input=self.books_and_news(), sources=[{"name": "news", "weight": 3}, {"name": "books", "weight": 1}])
        size = {source["name"]: source["text_bytes"] for source in self.report(out)["sources"]}
        self.assertAlmostEqual(size["news"] / size["books"], 3, delta=0.2)
        self.assertNotIn("source_weight", [s for s in self.report(out)["sources"] if s["name"] == "news"][0]["by_reason"])


if __name__ == "__main__":
    unittest.main()
