"""Same input, job and seed → same bytes, at any number of ranks, memory bound, unit size, kernel, cache, and in any folder."""
import filecmp
import json
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from corpus import write_corpus, write_job
from quern_run import SCRIPTS, digest, ledger, quern


class Determinism(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.keep = tempfile.TemporaryDirectory()
        cls.at = pathlib.Path(cls.keep.name)
        cls.records = write_corpus(cls.at / "data")
        cls.job = write_job(cls.at / "job.yaml", cls.at / "data", cls.at / "out/one")
        quern("run", cls.job, ranks=1)
        cls.first = cls.at / "out/one"

    @classmethod
    def tearDownClass(cls):
        cls.keep.cleanup()

    def run_as(self, name, ranks, job=None, env=None, **sets):
        out = self.at / "out" / name
        flags = [f for key, value in sets.items() for f in ("--set", f"{key}={value}")]
        quern("run", job or self.job, "--set", f"output.path={out}", "--set", f"work={out}.work", *flags, ranks=ranks, env=env)
        return out

    def assert_same(self, out, first=None):
        first = first or self.first
        self.assertEqual(digest(out), digest(first))
        for name in ("data.h5", "tokenizer.json"):
            self.assertTrue(filecmp.cmp(first / name, out / name, shallow=False), f"{out / name} differs")

    def test_any_number_of_ranks_gives_the_same_bytes(self):
        for ranks in (2, 3, 5):
            self.assert_same(self.run_as(f"ranks{ranks}", ranks))

    def test_no_capacity_changes_what_is_computed(self):
        self.assert_same(self.run_as("tight", 3, memory_per_rank="32MiB", unit_bytes="64KiB"))
        self.assert_same(self.run_as("small-units", 1, unit_bytes="64KiB", tokenizer_cache="false"))
        self.assert_same(self.run_as("scalar", 2, env={"QUERN_KERNEL": "scalar"}))

    def test_a_moved_corpus_gives_the_same_bytes(self):
        shutil.copytree(self.at / "data", self.at / "moved/deep/data")
        job = write_job(self.at / "moved/job.yaml", self.at / "moved/deep/data", self.at / "out/unused")
        self.assert_same(self.run_as("moved", 2, job=job))

    def test_each_policy_is_the_same_at_any_number_of_ranks(self):
        policies = {"longest": {"dedup.near.keep": "longest"}, "components": {"dedup.near.resolve": "components"},
                    "both": {"dedup.near.keep": "longest", "dedup.near.resolve": "components"}, "exact-only": {"dedup.near": "false"},
                    "none": {"dedup.near": "false", "dedup.exact": "false"}, "repair": {"clean.invalid_utf8": "repair", "filter": "[]"}}
        seen = set()
        for name, sets in policies.items():
            one = self.run_as(name + "1", 1, **sets)
            self.assert_same(self.run_as(name + "3", 3, unit_bytes="64KiB", **sets), one)
            seen.add(digest(one))
        self.assertEqual(len(seen), len(policies), "two policies gave the same data set: the corpus does not tell them apart")

    def test_a_ready_vocabulary_gives_the_same_documents_as_the_one_it_was_trained_as(self):
        vocabulary = self.at / "vocabulary.json"
        shutil.copy(self.first / "tokenizer.json", vocabulary)
        job = write_job(self.at / "ready.yaml", self.at / "data", self.at / "out/unused", tokenizer={"file": str(vocabulary)})
        one = self.run_as("ready1", 1, job=job)
        self.assert_same_tokens(one)
        three = self.run_as("ready3", 3, job=job, unit_bytes="64KiB", memory_per_rank="32MiB")
        self.assertEqual(digest(one), digest(three))
        self.assertTrue(filecmp.cmp(one / "data.h5", three / "data.h5", shallow=False))

    def assert_same_tokens(self, out):
        self.assertEqual(digest(out), digest(self.first))

    def test_every_record_is_in_the_ledger_once_and_accounts_for_itself(self):
        rows = ledger(self.first)
        self.assertEqual(len(rows), self.records)
        kept = {row[0] for row in rows if row[1] == "kept"}
        by_reason = {}
        for name, verdict, reason, keeper, similarity in rows:
            by_reason[reason] = by_reason.get(reason, 0) + 1
            self.assertEqual(verdict == "kept", reason == "")
            self.assertEqual(reason in ("exact", "near"), keeper != "")
            if keeper:
                self.assertIn(keeper, kept)
                self.assertGreaterEqual(float(similarity), 0.8)
        for reason in ("exact", "near", "json", "field", "utf8", "gopher_words_min", "gopher_alpha_words"):
            self.assertGreater(by_reason.get(reason, 0), 0, f"the corpus has no record with reason {reason}: {by_reason}")
        report = json.loads((self.first / "report.json").read_text())
        self.assertEqual(report["input"]["records"], len(rows))
        self.assertEqual(report["counts"]["by_reason"], {r: n for r, n in sorted(by_reason.items()) if r} | report["counts"]["by_reason"])

    def test_documents_decode_to_exactly_the_cleaned_text(self):
        with open(self.at / "clean.jsonl", "w") as lines:
            lines.write(quern("clean", self.job).stdout)
        done = subprocess.run(["/usr/bin/python3", SCRIPTS / "decode_check.py", self.first, self.at / "clean.jsonl"], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_verify_passes_alone_and_on_ranks(self):
        quern("verify", self.first)
        quern("verify", self.first, ranks=3)
        self.assertEqual(quern("digest", self.first, ranks=2).stdout.strip(), digest(self.first))


if __name__ == "__main__":
    unittest.main()
