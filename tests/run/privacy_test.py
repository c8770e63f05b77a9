"""The step pii in whole runs: the same pseudonyms at any number of ranks, and nothing of the key or of what was found in any file of a run."""
import json
import pathlib
import random
import tempfile
import unittest

from corpus import prose
from quern_run import digest, quern

DIGITS = "5a" * 16 + "c3" * 16
ADDRESS = "bob.zyxwvut@gmail.com"


class Privacy(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.keep = tempfile.TemporaryDirectory()
        cls.at = pathlib.Path(cls.keep.name)
        rng = random.Random(5)
        for number in range(3):
            lines = [json.dumps({"id": f"{number}-{i}", "text": f"{prose(rng, 6 if i % 5 == 0 else 60)} Mail {ADDRESS} or user{i}@web.de."}) for i in range(60)]
            (cls.at / f"part-{number}.jsonl").write_text("\n".join(lines) + "\n")
        cls.key = cls.at / "keys" / "pii.key"
        cls.key.parent.mkdir()
        cls.key.touch(mode=0o600)
        cls.key.write_text(DIGITS + "\n")

    @classmethod
    def tearDownClass(cls):
        cls.keep.cleanup()

    def run_as(self, name, ranks, pii):
        out = self.at / "out" / name
        job = {"input": [{"path": str(self.at / "part-*.jsonl")}], "filter": [], "dedup": {"near": False}, "tokenizer": {"train": {"vocab_size": 400}}, "unit_bytes": "64KiB",
               "clean": {"steps": [{"pii": pii}]}, "output": {"path": str(out)}, "work": f"{out}.work"}
        path = self.at / f"{name}.yaml"
        path.write_text(json.dumps(job))
        quern("run", path, ranks=ranks)
        return out

    def test_pseudonyms_are_the_same_at_any_number_of_ranks_and_give_nothing_away(self):
        pii = {"action": "pseudonymize", "key_file": str(self.key)}
        outs = [self.run_as(f"ranks{ranks}", ranks, pii) for ranks in (1, 3)]
        self.assertEqual(digest(outs[0]), digest(outs[1]))
        self.assertNotEqual(digest(outs[0]), digest(self.run_as("masked", 1, {})))
        files = [file for out in outs for file in out.rglob("*") if file.is_file()]
        self.assertGreater(len(files), 2)
        for file in files:
            data = file.read_bytes()
            place = [] if file.name == "report.json" else [str(self.key).encode()]  # the one file that tells where things were
            for secret in [DIGITS.encode(), bytes.fromhex(DIGITS), ADDRESS.encode(), b"zyxwvut"] + place:
                self.assertNotIn(secret, data, file)

    def test_a_document_with_too_much_is_removed_with_its_reason(self):
        out = self.run_as("dense", 2, {"action": "count", "max_per_1000_words": 10})
        report = json.loads((out / "report.json").read_text())
        self.assertIn("pii_density", json.dumps(report))


if __name__ == "__main__":
    unittest.main()
