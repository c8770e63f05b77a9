"""A rank that fails or dies takes the job down within seconds, with one message; ranks that wait leave the cores alone."""
import os
import pathlib
import resource
import signal
import subprocess
import tempfile
import time
import unittest

from corpus import write_corpus, write_job
from quern_run import MPIEXEC, QUERN, quern

SECONDS = 20  # far below any timeout, far above what a loaded machine needs


class Faults(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.keep = tempfile.TemporaryDirectory()
        cls.at = pathlib.Path(cls.keep.name)
        write_corpus(cls.at / "data", 800)

    @classmethod
    def tearDownClass(cls):
        cls.keep.cleanup()

    def job(self, name, **keys):
        return write_job(self.at / f"{name}.yaml", self.at / "data", self.at / name, **keys)

    def test_a_rank_that_cannot_write_ends_the_job_with_one_message(self):
        (self.at / "long").mkdir()
        for n in range(6):
            (self.at / f"long/{n}.txt").write_text(f"the mill {n} and the river have that of stone " * 300_000)
        job = self.job("full", input=[{"path": f"{self.at}/long/*", "format": "text"}], filter=[], unit_bytes="1MiB")
        # 8 MiB: less than one of these texts, more than MPI's own files in shared memory need.
        limited = f"trap '' XFSZ; ulimit -f 16384; exec {QUERN} run {job}"
        start = time.monotonic()
        done = subprocess.run([MPIEXEC, "-n", "2", QUERN, "run", job, ":", "-n", "1", "sh", "-c", limited], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=60)
        self.assertLess(time.monotonic() - start, SECONDS)
        self.assertEqual(done.returncode, 5, done.stderr)
        self.assertRegex(done.stderr, r"quern: rank 2: .*map\.00002\.spool: write at offset \d+ failed: File too large")
        self.assertEqual(done.stderr.count("failed:"), 1, done.stderr)
        self.assertFalse((self.at / "full").exists(), "a half data set was published")
        quern("run", job, ranks=2)  # and nothing of it is in the way of the next run
        quern("verify", self.at / "full")

    def test_a_killed_rank_ends_the_job(self):
        big = self.at / "slow.txt"
        big.write_text("the mill and the river have that of stone " * 1_000_000)
        job = self.job("killed", input=[{"path": str(big), "format": "text"}, {"path": f"{self.at}/data/*.jsonl", "format": "jsonl"}], filter=[])
        started = subprocess.Popen([MPIEXEC, "-n", "3", QUERN, "run", job], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        rank = self.wait_for_child(started.pid)
        os.kill(rank, signal.SIGKILL)
        start = time.monotonic()
        self.assertNotEqual(started.wait(timeout=60), 0)
        self.assertLess(time.monotonic() - start, SECONDS)
        self.assertFalse((self.at / "killed").exists())

    def wait_for_child(self, parent):
        for _ in range(400):
            for entry in pathlib.Path("/proc").iterdir():
                if not entry.name.isdigit():
                    continue
                try:
                    fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                    if int(fields[1]) == parent and (entry / "exe").resolve().name == "quern":
                        return int(entry.name)
                except OSError:
                    pass
            time.sleep(0.01)
        self.fail("no rank was started")

    def test_ranks_that_wait_leave_the_cores_alone(self):
        big = self.at / "one.txt"
        lines = "".join(f"the mill {n} and the river {n * 7} have that of stone {n * 13}\n" for n in range(400_000))
        big.write_text(lines)

        def cpu_seconds(ranks):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            quern("run", self.job(f"waiting{ranks}", input=[{"path": str(big), "format": "text"}], filter=[], tokenizer={"train": {"vocab_size": 600}}), ranks=ranks)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

        alone, four = cpu_seconds(1), cpu_seconds(4)
        # Three ranks wait all the time: spinning, they would cost as much again each. Their start costs about 0.2 s each.
        self.assertLess(four, 1.6 * alone + 1.5, f"{alone:.2f} CPU seconds on 1 rank, {four:.2f} on 4")


if __name__ == "__main__":
    unittest.main()
