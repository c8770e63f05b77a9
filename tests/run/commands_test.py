"""The program as a user meets it: what it prints, what it refuses, and with which exit code."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

from corpus import write_corpus, write_job
from quern_run import QUERN, SCRIPTS, digest, quern


class Commands(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.keep = tempfile.TemporaryDirectory()
        cls.at = pathlib.Path(cls.keep.name)
        write_corpus(cls.at / "data", 60)
        cls.out = cls.at / "out"
        cls.job = write_job(cls.at / "job.yaml", cls.at / "data", cls.out)
        cls.run_output = quern("run", cls.job, ranks=2).stdout

    @classmethod
    def tearDownClass(cls):
        cls.keep.cleanup()

    def fails(self, code, *arguments, **how):
        done = quern(*arguments, check=False, **how)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stderr

    def test_a_run_ends_with_a_table(self):
        for word in ("documents in", "quarantined", "removed", "kept", "tokens", "MB/s", digest(self.out)):
            self.assertIn(word, self.run_output)

    def test_a_second_run_is_already_done(self):
        before = os.stat(self.out / "data.h5").st_mtime_ns
        self.assertIn("already done", quern("run", self.job, ranks=2).stdout)
        self.assertEqual(os.stat(self.out / "data.h5").st_mtime_ns, before)

    def test_another_job_does_not_touch_an_output_unless_told_to(self):
        out = self.at / "guarded"
        flags = ["--set", f"output.path={out}", "--set", f"work={out}.work"]
        quern("run", self.job, *flags)
        first = digest(out)
        self.assertIn("--overwrite", self.fails(8, "run", self.job, *flags, "--set", "dedup.near.threshold=0.9"))
        self.assertEqual(digest(out), first)
        quern("run", self.job, *flags, "--set", "dedup.near=false", "--overwrite")
        self.assertNotEqual(digest(out), first)
        self.assertEqual([p.name for p in self.at.glob("guarded.*") if p.name != "guarded.work"], [])

    def test_a_trained_vocabulary_ends_documents_with_the_token_that_the_job_names(self):
        out = self.at / "named-end"
        quern("run", self.job, "--set", f"output.path={out}", "--set", 'tokenizer={train: {vocab_size: 300, special: ["<|pad|>", "<|end|>"]}, end_of_text: "<|end|>"}')
        self.assertIn("end of text 1", quern("show", out).stdout)
        quern("verify", out)

    def test_input_that_lies_in_the_output_is_refused(self):
        out = self.at / "own-tail"
        quern("run", self.job, "--set", f"output.path={out}")
        (out / "more.jsonl").write_text('{"id":"x","text":"y"}\n')
        self.assertIn("lies in the output", self.fails(3, "run", self.job, "--overwrite", "--set", f"output.path={out}", "--set", f"input.0.path={out}/*.jsonl"))
        self.assertTrue((out / "more.jsonl").exists())

    def test_a_lost_output_is_no_success(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([QUERN, "digest", str(self.out)], stdout=full, stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 5, done.stderr)

    def test_a_folder_that_is_no_data_set_is_never_overwritten(self):
        other = self.at / "precious"
        other.mkdir()
        (other / "thesis.txt").write_text("years of work")
        self.assertIn("not a finished data set", self.fails(8, "run", self.job, "--set", f"output.path={other}"))
        self.assertIn("not a finished data set", self.fails(8, "run", self.job, "--set", f"output.path={other}", "--overwrite"))
        self.assertEqual((other / "thesis.txt").read_text(), "years of work")

    def test_files_of_others_in_the_work_folder_are_left_alone(self):
        work = self.at / "shared-work"
        (work / "spool").mkdir(parents=True)
        (work / "spool/notes.txt").write_text("mine")
        quern("run", self.job, "--set", f"output.path={self.at}/beside", "--set", f"work={work}")
        self.assertEqual([p.name for p in (work / "spool").iterdir()], ["notes.txt"])

    def test_wrong_jobs_name_file_line_and_the_nearest_key(self):
        bad = self.at / "bad.yaml"
        bad.write_text("input:\n  - {path: x, frmat: jsonl}\ntokenizer: {train: {}}\noutput: {path: o}\n")
        message = self.fails(3, "run", bad, ranks=2)
        for word in ("bad.yaml", "2", "frmat", "format"):
            self.assertIn(word, message)
        self.assertEqual(message.count("frmat"), 1, "said by more than one rank:\n" + message)

    def test_a_job_file_that_is_no_plain_file_is_refused_at_once(self):
        pipe = self.at / "pipe.yaml"
        os.mkfifo(pipe)
        for job, what in [(pipe, "a pipe"), (self.at, "a folder"), ("/dev/zero", "a device")]:
            for command in (["run"], ["plan"], ["clean"]):
                self.assertIn(f"{job}: is {what}", self.fails(3, *command, job, timeout=20))
            self.assertIn(f"{job}: is {what}", self.fails(3, "run", job, ranks=2, timeout=20))

    def test_exit_codes_differ_by_kind_of_failure(self):
        self.fails(2, "run")
        self.assertIn("there is no command 'frobnicate'", self.fails(2, "frobnicate"))
        self.assertIn("nowhere: is not there: name the output of a finished run", self.fails(5, "show", "nowhere"))
        self.fails(2, "show", self.out, "--document", "99999999")
        self.fails(3, "plan", self.at / "missing.yaml")
        self.fails(3, "run", self.job, "--set", "tokenizer={file: /nonexistent}", ranks=2)
        self.fails(3, "run", self.job, "--set", "input.0.path=/nonexistent/*.jsonl", ranks=2)

    def test_a_changed_byte_fails_verification(self):
        broken = self.at / "broken.h5"
        data = bytearray((self.out / "data.h5").read_bytes())
        data[len(data) // 2] ^= 1
        broken.write_bytes(data)
        self.assertIn("broken.h5", self.fails(7, "verify", broken))

    def test_help_and_version(self):
        self.assertRegex(quern("--version").stdout, r"^quern \d+\.\d+\.\d+\n$")
        text = quern("--help").stdout
        for word in ("run", "plan", "digest", "verify", "show", "ledger", "encode", "clean", "Examples", "mpirun"):
            self.assertIn(word, text)

    def test_plan_says_what_would_be_read(self):
        text = quern("plan", self.job).stdout
        self.assertRegex(text, r"input +45 files")
        self.assertRegex(text, r"plan digest +[0-9a-f]{32}")

    def test_the_recipes_of_the_folder_jobs_run(self):
        recipes = sorted(path for path in (SCRIPTS.parent / "jobs").glob("*.yaml") if path.name not in ("example.yaml", "quickstart.yaml"))
        self.assertGreaterEqual(len(recipes), 5)
        for recipe in recipes:
            out = self.at / "recipes" / recipe.stem
            quern("run", recipe, "--set", f"input=[{{path: {self.at}/data/part-0.jsonl, id_field: id}}]", "--set",
                  f"tokenizer={{file: {self.out}/tokenizer.json}}", "--set", f"output.path={out}", "--set", f"work={out}.work", ranks=2)
            quern("verify", out)

    def test_refilter_gives_what_a_run_with_these_filters_gives(self):
        filters = "filter=[{gopher_quality: {min_words: 20}}, {fineweb: {max_short_lines: off}}, {quantile: {signal: gopher_words, keep_top: 0.6}}]"
        def run(name, *sets):
            flags = [f for value in (f"output.path={self.at / name}", f"work={self.at / name}.work", "dedup={exact: false, near: false}",
                                     f"tokenizer={{file: {self.out}/tokenizer.json}}", *sets) for f in ("--set", value)]
            quern("run", self.job, *flags, ranks=2)
            return self.at / name
        whole = run("whole", "filter=[]", "signals=[gopher_quality, fineweb]")
        filtered = run("filtered", filters)
        for ranks in (1, 3):
            quern("refilter", whole, "--to", self.at / f"again{ranks}", "--set", filters, ranks=ranks)
            self.assertEqual(digest(self.at / f"again{ranks}"), digest(filtered))
            quern("verify", self.at / f"again{ranks}")
        self.assertEqual((self.at / "again1/data.h5").read_bytes(), (self.at / "again3/data.h5").read_bytes())
        self.assertNotEqual(digest(filtered), digest(whole))
        self.assertIn("already done", quern("refilter", whole, "--to", self.at / "again1", "--set", filters).stdout)
        self.assertIn("signals: [c4_", self.fails(3, "refilter", whole, "--to", self.at / "no", "--set", "filter=[c4]"))
        self.assertIn("did you mean 'filter'", self.fails(3, "refilter", whole, "--to", self.at / "no", "--set", "filtr=[c4]"))
        self.assertFalse((self.at / "no").exists())
        self.assertEqual([path.name for path in self.at.glob("*quern-*")], [])

    def test_show_decodes_a_document_and_explains_a_removal(self):
        self.assertIn("tokens", quern("show", self.out).stdout)
        first = next(json.loads(line) for line in quern("clean", self.job).stdout.splitlines() if len(line) > 600)
        shown = [quern("show", self.out, "--document", n).stdout for n in range(3)]
        self.assertTrue(any(first["text"][:60].split("\n")[0] in text for text in shown))
        self.assertRegex(quern("show", self.out, "--removed", 0).stdout, "doc/")

    def test_encode_prints_a_line_per_document_with_special_tokens_as_text(self):
        lines = self.at / "in.jsonl"
        lines.write_text('{"id":"a","text":"the mill <|endoftext|>"}\n{"id":"b","text":""}\n')
        rows = [json.loads(line) for line in quern("encode", "--tokenizer", self.out / "tokenizer.json", lines).stdout.splitlines()]
        self.assertEqual([row["id"] for row in rows], ["a", "b"])
        self.assertEqual(rows[1]["tokens"], [])
        self.assertNotIn(0, rows[0]["tokens"])

    def test_no_documents_left_is_an_empty_data_set(self):
        out = self.at / "empty"
        quern("run", self.job, "--set", f"output.path={out}", "--set", "filter=[length: {min_chars: 99999999}]", ranks=3)
        quern("verify", out)
        self.assertIn("0", quern("show", out).stdout)

    def test_more_ranks_than_documents(self):
        tiny = self.at / "tiny.jsonl"
        tiny.write_text('{"id":"only","text":"a quern is a hand mill"}\n')
        job = write_job(self.at / "tiny.yaml", self.at, self.at / "tiny-out", input=[{"path": str(tiny)}], filter=[], tokenizer={"train": {"vocab_size": 300}})
        quern("run", job, ranks=5)
        quern("verify", self.at / "tiny-out", ranks=5)
        self.assertEqual(quern("ledger", self.at / "tiny-out").stdout, "only\tkept\t\t\t\n")


if __name__ == "__main__":
    unittest.main()
