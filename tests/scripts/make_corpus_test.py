"""The planted duplicates are where make_corpus.py says, and nothing else is a duplicate."""
import contextlib
import io
import json
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))
import make_corpus  # noqa: E402


def read(folder):
    texts = {}
    for path in sorted(folder.glob("part-*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            texts[record["id"]] = record["text"]
    planted = [line.split("\t") for line in (folder / "planted.tsv").read_text().splitlines()]
    return texts, planted


class MakeCorpus(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def make(self, name, *options):
        make_corpus.main([str(self.folder / name), *options])
        return read(self.folder / name)

    def test_plants_what_it_says(self):
        texts, planted = self.make("a", "--megabytes", "1", "--exact", "0.2", "--near", "0.2")
        order = {own_id: i for i, own_id in enumerate(texts)}
        kinds = {"exact": 0, "near": 0}
        for kind, copy, original, similarity in planted:
            kinds[kind] += 1
            self.assertLess(order[original], order[copy])
            self.assertEqual(kind == "exact", texts[copy] == texts[original])
            self.assertAlmostEqual(make_corpus.jaccard(texts[copy], texts[original]), float(similarity), places=6)
        for count in kinds.values():
            self.assertAlmostEqual(count / len(texts), 0.2, delta=0.06)
        similarities = [float(p[3]) for p in planted if p[0] == "near"]
        self.assertTrue(any(s > 0.9 for s in similarities) and any(s < 0.5 for s in similarities))
        self.assertFalse(any(0.7 < s < 0.8 for s in similarities))
        self.assertEqual(len(set(texts.values())), len(texts) - kinds["exact"])
        size = sum(len(t.encode()) for t in texts.values())
        self.assertTrue(1_000_000 <= size < 1_100_000)

    def test_same_seed_same_bytes(self):
        one = self.make("a", "--megabytes", "0.3", "--files", "3")
        self.assertEqual(one, self.make("b", "--megabytes", "0.3", "--files", "3"))
        self.assertNotEqual(one, self.make("c", "--megabytes", "0.3", "--seed", "2"))
        self.assertEqual(len(list((self.folder / "a").glob("part-*"))), 3)

    def test_documents_of_real_text_share_next_to_nothing_else(self):
        source = self.folder / "source"
        source.mkdir()
        rng = make_corpus.random.Random(5)
        made_up = make_corpus.MadeUpText("mixed", rng, distinct=2000)
        with open(source / "x.jsonl", "w", encoding="utf-8") as lines:
            for i in range(200):
                text = "\n\n".join([*(made_up.paragraph() for _ in range(8)), "Short title", "The same licence stands here in every text. " * 4])
                lines.write(json.dumps({"id": i, "text": text}) + "\nnot json\n{\"text\": 5}\n")
        texts, planted = self.make("real", "--from", str(source), "--megabytes", "0.5")
        copies = {p[1] for p in planted}
        originals = [t for own_id, t in texts.items() if own_id not in copies][:40]
        pairs = 0
        for i, a in enumerate(originals):
            for b in originals[:i]:
                self.assertLess(make_corpus.jaccard(a, b), 0.5)
                pairs += 1
        self.assertGreater(pairs, 300)
        self.assertFalse(any("Short title" in t for t in texts.values()))

    def test_lengths_are_as_asked(self):
        texts, planted = self.make("short", "--megabytes", "0.3", "--document-bytes", "1000", "2000")
        copies = {p[1] for p in planted}
        sizes = [len(t.encode()) for own_id, t in texts.items() if own_id not in copies]
        self.assertTrue(all(1000 <= s <= 2000 + 250 + 2 for s in sizes))  # the last paragraph may reach over by its own length
        self.assertGreater(max(sizes) - min(sizes), 500)

    def test_long_paragraphs_are_cut_at_white_space(self):
        self.assertEqual(list(make_corpus.cut("one two three", 8)), ["one two", "three"])
        self.assertEqual(list(make_corpus.cut("x" * 20, 8)), ["x" * 8, "x" * 8, "x" * 4])
        self.assertEqual(list(make_corpus.cut("short", 8)), ["short"])

    def test_too_little_text_is_an_error(self):
        with self.assertRaises(SystemExit) as stopped, contextlib.redirect_stderr(io.StringIO()) as said:
            self.make("x", "--from", str(self.folder), "--megabytes", "1")
        self.assertEqual(stopped.exception.code, 2)
        self.assertIn("too few", said.getvalue())


if __name__ == "__main__":
    unittest.main()
