"""Whole runs that keep some languages and look for an evaluation set: reasons, and the same data at any number of ranks."""
import json
import pathlib
import tempfile
import unittest

from quern_run import digest, ledger, quern

ENGLISH = "The committee met on Thursday to discuss the proposal, and most of its members agreed that the work of page {} should begin before winter."
GERMAN = "Der Ausschuss kam am Donnerstag zusammen, um den Vorschlag von Seite {} zu besprechen, und die meisten Mitglieder waren sich darin einig."
FRENCH = "Le comité s'est réuni jeudi pour discuter de la proposition de la page {}, et la plupart des membres étaient d'accord avec lui."
QUESTION = "If a mill grinds forty sacks of grain in five hours, how many sacks does it grind in one night of nine hours?"


class Languages(unittest.TestCase):
    def setUp(self):
        keep = tempfile.TemporaryDirectory()
        self.addCleanup(keep.cleanup)
        self.at = pathlib.Path(keep.name)
        pages = [("en", ENGLISH.format(1)), ("de", GERMAN.format(2)), ("fr", FRENCH.format(3)), ("asked", ENGLISH.format(4) + "\n" + QUESTION.upper() + "\n"), ("short", "ok")]
        lines = [json.dumps({"id": id_, "text": text}) + "\n" for id_, text in pages]
        (self.at / "a.jsonl").write_text("".join(lines[:3]), encoding="utf-8")
        (self.at / "b.jsonl").write_text("".join(lines[3:]), encoding="utf-8")
        (self.at / "eval.jsonl").write_text(json.dumps({"id": "mill", "question": QUESTION}) + "\n", encoding="utf-8")

    def run_job(self, name, ranks, action, **more):
        job = {
            "input": [{"path": "[ab].jsonl"}],
            "filter": [],
            "dedup": {"near": False},
            "tokenizer": {"train": {"vocab_size": 300}},
            "output": {"path": f"out/{name}"},
            "contamination": {"sets": [{"name": "e", "file": "eval.jsonl", "fields": ["question"]}], "action": action},
            **more,
        }
        path = self.at / f"{name}.yaml"
        path.write_text(json.dumps(job), encoding="utf-8")
        quern("run", path, ranks=ranks)
        return self.at / "out" / name

    def reasons(self, output):
        return {row[0]: row[2] for row in ledger(output)}

    def test_drops_languages_and_evaluation_items_alike_at_any_rank_count(self):
        language = {"keep": ["en", "fr"], "min_bytes": 20}
        one = self.run_job("one", 0, "drop", language=language)
        self.assertEqual(self.reasons(one), {"en": "", "de": "language", "fr": "", "asked": "contamination", "short": ""})
        three = self.run_job("three", 3, "drop", language=language)
        self.assertEqual(digest(one), digest(three))

    def test_masks_what_an_item_says(self):
        masked = self.run_job("masked", 2, "mask")
        self.assertEqual(set(self.reasons(masked).values()), {""})
        shown = quern("show", masked, "--document", 3).stdout
        self.assertIn("page 4 should begin", shown)
        self.assertNotIn("GRINDS", shown)
        tagged = self.run_job("tagged", 2, "tag")
        self.assertIn("GRINDS", quern("show", tagged, "--document", 3).stdout)

    def test_prints_the_language_of_each_document(self):
        self.run_job("one", 0, "tag")
        lines = quern("classify", self.at / "one.yaml", "--set", "language.keep=[de]").stdout.splitlines()
        rows = [line.split("\t") for line in lines]
        self.assertEqual([row[:2] for row in rows[:4]], [["en", "en"], ["de", "de"], ["fr", "fr"], ["asked", "en"]])
        self.assertEqual([row[4] for row in rows[:4]], ["language", "kept", "language", "language"])

    def test_a_set_that_cannot_be_read_ends_the_run(self):
        (self.at / "eval.jsonl").write_text("{}\n{\n", encoding="utf-8")
        for ranks in (0, 2):
            with self.assertRaisesRegex(AssertionError, "exit code 3"):
                self.run_job("bad", ranks, "tag")


if __name__ == "__main__":
    unittest.main()
