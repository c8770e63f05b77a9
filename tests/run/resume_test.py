"""A run that ends before it is through is gone on with; what does not fit is said plainly and never mixed in."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from corpus import write_corpus, write_job
from quern_run import digest, let_go, quern, start_held


class Resume(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.keep = tempfile.TemporaryDirectory()
        cls.at = pathlib.Path(cls.keep.name)
        cls.data = cls.at / "data"
        write_corpus(cls.data, 300)
        quern("run", write_job(cls.at / "whole.yaml", cls.data, cls.at / "whole", dedup={"near": {}}), ranks=2)
        cls.whole = digest(cls.at / "whole")

    @classmethod
    def tearDownClass(cls):
        cls.keep.cleanup()

    def job(self, name, data=None, **keys):
        keys = {"dedup": {"near": {}}, "unit_bytes": "64KiB", "checkpoint_seconds": 0} | keys
        return write_job(self.at / f"{name}.yaml", data or self.data, self.at / name, **keys)

    def start(self, job, point, ranks=2):
        pause = self.at / f"pause-{pathlib.Path(job).stem}"
        return start_held(job, point, pause, ranks), pause

    def kill(self, run, pause):
        run.send_signal(signal.SIGTERM)  # mpirun ends its ranks
        run.communicate(timeout=60)
        let_go(pause)

    def killed_at(self, point, name, **keys):
        job = self.job(name, **keys)
        run, pause = self.start(job, point)
        self.kill(run, pause)
        self.assertFalse((self.at / name).exists(), "a half data set was published")
        return job

    def assert_same(self, name):
        self.assertEqual(digest(self.at / name), self.whole)
        self.assertEqual((self.at / name / "data.h5").read_bytes(), (self.at / "whole/data.h5").read_bytes())

    def test_goes_on_at_another_number_of_ranks_with_the_same_bytes(self):
        for number, point in enumerate(["unit mapped", "decided", "vocabulary", "unit tokenized", "shaped", "unit written", "before publication"]):
            name = f"at{number}"
            job = self.killed_at(point, name)
            quern("run", job, ranks=1 + number % 3)
            self.assert_same(name)
            self.assertFalse((self.at / f"{name}.work").exists())

    def test_does_not_do_again_what_is_recorded(self):
        job = self.killed_at("mapped", "again")
        for file in self.data.rglob("*"):
            if file.is_file():
                os.utime(file, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns))  # the very same times
        status = quern("status", self.at / "again.work").stdout
        self.assertRegex(status, r"map +(\d+) of \1 units")
        self.assertIn("no run holds it" if "no run" in status else "held by", status)
        done = quern("run", job, ranks=2)
        self.assert_same("again")
        report = json.loads((self.at / "again/report.json").read_text())
        self.assertGreater(report["input"]["text_bytes"], 0)
        self.assertEqual((report["run"]["text_bytes"], report["run"]["mb_per_s"]), (0, 0), "the rate counts what was read before")
        self.assertIn("it has read 0.0 MB of the text", done.stdout)

    def test_a_signal_records_and_ends_in_good_order(self):
        for name, point in [("usr1", "unit mapped"), ("usr1-late", "unit written")]:
            job = self.job(name)
            run, pause = self.start(job, point)
            run.send_signal(signal.SIGUSR1)  # mpirun passes it on to all ranks
            time.sleep(0.3)
            let_go(pause)
            out, err = run.communicate(timeout=60)
            self.assertEqual(run.returncode, 10, out + err)
            self.assertIn("the same command goes on", out)
            self.assertIn("no run holds it", quern("status", self.at / f"{name}.work").stdout)
            quern("run", job, ranks=3)
            self.assert_same(name)

    def test_a_second_run_on_the_same_folder_is_refused(self):
        job = self.job("twice")
        run, pause = self.start(job, "unit mapped")
        second = quern("run", job, ranks=1, check=False)
        self.assertEqual(second.returncode, 8, second.stderr)
        self.assertIn("another run holds this work folder", second.stderr)
        let_go(pause)
        self.assertEqual(run.wait(timeout=60), 0)
        run.communicate()
        self.assert_same("twice")

    def test_another_job_is_refused_and_told_what_changed(self):
        self.killed_at("mapped", "other")
        job = self.job("other", filter=[])
        refused = quern("run", job, ranks=2, check=False)
        self.assertEqual(refused.returncode, 8)
        self.assertIn("the job's `filter` was", refused.stderr)
        self.assertIn("--restart", refused.stderr)
        quern("run", job, "--restart", ranks=2)
        quern("verify", self.at / "other")
        self.assertNotEqual(digest(self.at / "other"), self.whole)

    def test_input_that_was_changed_is_refused(self):
        data = self.at / "changing"
        shutil.copytree(self.data, data)
        job = self.killed_at("mapped", "changed", data=data)
        file = data / "part-1.jsonl"
        before = file.read_bytes()

        os.utime(file)  # another time alone: the content is looked at, and the run goes on
        run, pause = self.start(job, "decided")
        self.kill(run, pause)

        file.write_bytes(before.replace(b"river", b"rivet", 1))
        refused = quern("run", job, ranks=2, check=False)
        self.assertEqual(refused.returncode, 8, refused.stderr)
        self.assertIn("part-1.jsonl: its content was changed", refused.stderr)

        file.write_bytes(before + b"\n")
        refused = quern("run", job, ranks=2, check=False)
        self.assertEqual(refused.returncode, 8, refused.stderr)
        self.assertRegex(refused.stderr, r"the input part-1.jsonl had \d+ bytes, has \d+")

        file.write_bytes(before)
        quern("run", job, ranks=1)
        self.assert_same("changed")

    def test_an_output_whose_input_was_changed_is_not_called_done(self):
        data = self.at / "edited"
        shutil.copytree(self.data, data)
        job = self.job("edited-out", data=data)
        quern("run", job, ranks=2)
        file = data / "part-1.jsonl"
        before = file.read_bytes()
        os.utime(file)
        self.assertIn("already done", quern("run", job, ranks=3).stdout)
        file.write_bytes(before.replace(b"river", b"rivet", 1))
        refused = quern("run", job, ranks=2, check=False)
        self.assertEqual(refused.returncode, 8, refused.stderr)
        self.assertIn("the content of the input was changed since", refused.stderr)
        quern("run", job, "--overwrite", ranks=2)
        self.assertNotEqual(digest(self.at / "edited-out"), self.whole)

    def test_two_runs_into_one_output_are_refused(self):
        job = self.job("shared-out")
        run, pause = self.start(job, "unit written")
        other = self.job("shared-out", work=str(self.at / "another.work"))
        refused = quern("run", other, ranks=1, check=False)
        self.assertEqual(refused.returncode, 8, refused.stderr)
        self.assertIn("writes the same output", refused.stderr)
        self.assertFalse((self.at / "another.work").exists(), "the refused run has left its work folder behind")
        let_go(pause)
        self.assertEqual(run.wait(timeout=60), 0)
        run.communicate()
        self.assert_same("shared-out")

    def test_damaged_parts_of_the_spool_are_done_again(self):
        job = self.killed_at("tokenized", "damaged")
        spool = self.at / "damaged.work/spool"
        for phase in ["map", "tokens", "verdicts"]:
            segments = sorted(spool.glob(f"{phase}.*.spool"), key=lambda path: path.stat().st_size)
            with open(segments[-1], "r+b") as file:
                file.truncate(segments[-1].stat().st_size * 2 // 3)
        done = quern("run", job, ranks=2)
        self.assertIn("are damaged or gone: they are done again", done.stderr)
        self.assert_same("damaged")

    def flip_bytes(self, name, phases):
        """One bit in the middle of the largest segment of each phase."""
        for phase in phases:
            largest = max((self.at / f"{name}.work/spool").glob(f"{phase}.*.spool"), key=lambda path: path.stat().st_size)
            data = bytearray(largest.read_bytes())
            data[len(data) // 2] ^= 4
            largest.write_bytes(data)

    def test_a_changed_byte_in_the_spool_is_done_again(self):
        for number, phases in enumerate([["map"], ["tokens"], ["verdicts"], ["map", "tokens", "verdicts"]]):
            name = f"flipped{number}"
            job = self.killed_at("tokenized", name)
            self.flip_bytes(name, phases)
            done = quern("run", job, ranks=1 + number % 3)
            for phase in phases:
                self.assertRegex(done.stderr, rf"\d of the \d+ parts recorded of {phase} are damaged or gone: they are done again")
            self.assert_same(name)

    def test_a_byte_that_changes_during_the_run_ends_it_and_is_done_again(self):
        job = self.job("flips")
        run, pause = self.start(job, "mapped")
        self.flip_bytes("flips", ["map"])
        let_go(pause)
        out, err = run.communicate(timeout=60)
        self.assertEqual(run.returncode, 5, out + err)
        self.assertRegex(err, r"map\.\d+\.spool: .*: give the same command again, it does anew what is damaged")
        quern("run", job, ranks=2)
        self.assert_same("flips")

    def test_a_damaged_journal_is_refused(self):
        job = self.killed_at("decided", "journal")
        journal = self.at / "journal.work/journal"
        data = bytearray(journal.read_bytes())
        data[100] ^= 1
        journal.write_bytes(data)
        refused = quern("run", job, ranks=2, check=False)
        self.assertEqual(refused.returncode, 8, refused.stderr)
        self.assertRegex(refused.stderr, r"journal: damaged at offset \d+.*--restart")
        quern("run", job, "--restart", ranks=2)
        self.assert_same("journal")

    def test_a_rank_that_hangs_ends_the_job(self):
        job = self.job("hung", stall_timeout=3)
        run, pause = self.start(job, "unit mapped")
        stopped = int(subprocess.run(["pgrep", "-P", str(run.pid), "-n", "quern"], stdout=subprocess.PIPE, text=True, check=True).stdout)
        os.kill(stopped, signal.SIGSTOP)
        start = time.monotonic()
        out, err = run.communicate(timeout=60)
        self.assertLess(time.monotonic() - start, 30)
        self.assertEqual(run.returncode, 9, out + err)
        self.assertRegex(err, r"quern: rank \d: it gives no sign of life, for 3 s \(stall_timeout\), in the step 'map")
        let_go(pause)
        quern("run", job, ranks=2)
        self.assert_same("hung")


if __name__ == "__main__":
    unittest.main()
