"""A rank that hangs in its own work ends the job within stall_timeout; long work in good order never does.

With QUERN_STALL_JOBS=1 also real jobs on 1, 3 and 5 ranks with a timeout of 5 seconds, if the shared corpus is there.
"""
import os
import pathlib
import re
import subprocess
import tempfile
import time
import unittest

from corpus import write_corpus, write_job
from quern_run import MPIEXEC, QUERN, digest, quern

STALLED = 9
SHARED = pathlib.Path(os.environ.get("QUERN_SHARED_DATA", pathlib.Path(__file__).resolve().parents[3] / "shared/data"))


class Stalls(unittest.TestCase):
    def setUp(self):
        self.keep = tempfile.TemporaryDirectory()
        self.at = pathlib.Path(self.keep.name)

    def tearDown(self):
        self.keep.cleanup()

    def test_work_that_hangs_ends_the_job(self):
        write_corpus(self.at / "data", 60)
        for rank, point in [(1, "unit mapped"), (0, "exact done")]:
            timeout = 3
            job = write_job(self.at / "hung.yaml", self.at / "data", self.at / "hung", dedup={"near": {}}, stall_timeout=timeout, unit_bytes="64KiB")
            pause = self.at / f"pause{rank}"
            env = {"QUERN_PAUSE_AT": point, "QUERN_PAUSE_FILE": str(pause), "QUERN_PAUSE_RANK": str(rank), "QUERN_PAUSE_HANG": "1"}
            run = subprocess.Popen([MPIEXEC, "-n", "3", QUERN, "run", job], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   env={**os.environ, **env})
            while not list(self.at.glob(pause.name + ".*")):
                self.assertIsNone(run.poll())
                time.sleep(0.01)
            start = time.monotonic()
            out, err = run.communicate(timeout=60)
            seconds = time.monotonic() - start
            self.assertEqual(run.returncode, STALLED, out + err)
            self.assertRegex(err, rf"quern: rank {rank}: its work does not go on, for {timeout} s \(stall_timeout\), in the step '")
            self.assertEqual(len(re.findall(r"stall_timeout", err)), 1, "more than one rank was taken for hung: " + err)
            self.assertLess(seconds, timeout + 8)
            print(f"rank {rank} at '{point}': ended after {seconds:.1f} s", flush=True)
        quern("run", job, ranks=2)
        quern("verify", self.at / "hung")

    def test_ranks_that_wait_for_long_work_are_not_taken_for_hung(self):
        write_corpus(self.at / "data", 60)
        job = write_job(self.at / "waits.yaml", self.at / "data", self.at / "waits", stall_timeout=2)
        pause = self.at / "pause"
        env = {"QUERN_PAUSE_AT": "mapped", "QUERN_PAUSE_FILE": str(pause), "QUERN_PAUSE_RANK": "1"}
        run = subprocess.Popen([MPIEXEC, "-n", "3", QUERN, "run", job], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               env={**os.environ, **env})
        while not pause.with_suffix(".1").exists():
            self.assertIsNone(run.poll())
            time.sleep(0.01)
        time.sleep(5)
        pause.with_suffix(".1").unlink()
        out, _ = run.communicate(timeout=60)
        self.assertEqual(run.returncode, 0, out)

    def test_real_jobs_go_through_with_a_short_timeout(self):
        if os.environ.get("QUERN_STALL_JOBS") != "1" or not (SHARED / "web-docs-en").is_dir():
            return print(f"{self.id()}: not run: needs QUERN_STALL_JOBS=1 and {SHARED}", flush=True)
        job = write_job(self.at / "big.yaml", self.at, self.at / "big", stall_timeout=5, dedup={"near": {}}, checkpoint_seconds=2,
                        input=[{"path": f"{SHARED}/{part}/*.jsonl.*"} for part in ("web-docs-en", "near-dups", "multilingual")],
                        tokenizer={"train": {"vocab_size": 32_000}})
        digests = set()
        for ranks in (1, 3, 5):
            start = time.monotonic()
            quern("run", job, ranks=ranks, timeout=900)
            print(f"{ranks} ranks: {time.monotonic() - start:.0f} s", flush=True)
            digests.add(digest(self.at / "big"))
            subprocess.run(["rm", "-rf", str(self.at / "big")], check=True)
        self.assertEqual(len(digests), 1, digests)


if __name__ == "__main__":
    unittest.main()
