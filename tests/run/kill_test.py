"""One job, killed again and again at changing numbers of ranks until it is through: the same digest as of a run that was left alone.

QUERN_KILLS: how many times at least, over all jobs (3). Most kills hit a rank that waits at a named point of a step, so that every step is
hit; the others come at random moments. What is killed: one rank, all of them, rank 0, or mpirun itself. QUERN_KILL_SEED repeats a run.
"""
import os
import pathlib
import random
import signal
import subprocess
import tempfile
import time
import unittest

from corpus import write_corpus, write_job
from quern_run import MPIEXEC, QUERN, children, digest, quern

KILLS = int(os.environ.get("QUERN_KILLS", "3"))
SEED = int(os.environ.get("QUERN_KILL_SEED", str(random.randrange(1 << 30))))
# In the order in which a run comes by (pause_point in src/engine).
POINTS = ["planned", "unit mapped", "mapped", "repeats found", "unit mapped again", "mapped again", "exact done", "checked", "decided", "vocabulary", "unit tokenized", "tokenized", "run written",
          "documents ordered", "shaped", "shard written", "unit written", "written", "before publication", "published"]
ONLY_WITH_TRAINING = {"vocabulary", "unit tokenized", "tokenized"}
ONLY_WITH_SHARDS = {"shard written"}
ONLY_WITH_REPEATS = {"repeats found", "unit mapped again", "mapped again"}
ONLY_WITH_ORDER = {"run written", "documents ordered"}
SHUFFLED = {"output__order": "shuffle", "output__validation": 0.1, "output__repeat_by_cluster": [{"at_least": 2, "times": 2.5}]}
# A killed rank ends the others at once; ranks that lose mpirun find out within some seconds.
SECONDS_TO_END = 30


def runs(pid):
    """A zombie has ended, though nobody may have asked how."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


class Kills(unittest.TestCase):
    def setUp(self):
        self.keep = tempfile.TemporaryDirectory()
        self.at = pathlib.Path(self.keep.name)
        write_corpus(self.at / "data", 300 if KILLS > 3 else 80)
        self.rng = random.Random(f"{SEED} {self.id()}")
        print(f"seed {SEED}: QUERN_KILL_SEED repeats it", flush=True)

    def tearDown(self):
        self.keep.cleanup()

    def job(self, name, **keys):
        keys = {"dedup": {"near": {}}} | keys
        return write_job(self.at / f"{name}.yaml", self.at / "data", self.at / name, **keys)

    def start(self, job, ranks, point=None):
        env = dict(os.environ)
        if point:
            env |= {"QUERN_PAUSE_AT": point, "QUERN_PAUSE_FILE": str(self.at / "pause")}
        with open(self.at / "said", "w") as said:
            return subprocess.Popen([MPIEXEC, "-n", str(ranks), QUERN, "run", job], stdout=said, stderr=subprocess.STDOUT, env=env)

    def wait_for_point(self, run):
        """False when the run was through before it came to the point."""
        while run.poll() is None:
            if list(self.at.glob("pause.*")):
                return True
            time.sleep(0.005)
        return False

    def kill(self, run, whom):
        """Returns whether anything was killed, when nothing of the run is left."""
        ranks = children(run.pid)
        if not ranks:
            return False
        victims = {"one": [self.rng.choice(ranks)], "all": ranks, "first": ranks[:1], "mpirun": [run.pid]}[whom]
        for pid in victims:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        run.wait(timeout=60)
        deadline = time.monotonic() + SECONDS_TO_END
        while any(runs(pid) for pid in ranks):
            self.assertLess(time.monotonic(), deadline, f"a rank is left behind by the death of {whom}")
            time.sleep(0.02)
        for file in self.at.glob("pause.*"):
            file.unlink()
        return True

    def check(self, name, expected, kills, **keys):
        job = self.job(name, unit_bytes="64KiB", checkpoint_seconds=0, **keys)
        left_out = (ONLY_WITH_TRAINING if "file" in keys.get("tokenizer", {}) else set()) | (set() if "repeats" in keys else ONLY_WITH_REPEATS)
        left_out |= set() if "output__order" in keys else ONLY_WITH_ORDER
        left_out |= set() if "output__layout" in keys else ONLY_WITH_SHARDS
        points = [point for point in POINTS if point not in left_out]
        if kills < len(points):
            points = self.rng.sample(points, len(points))
        todo, hit, done = list(points), [], 0
        while done < kills:
            # A run that goes on can no longer be stopped in steps that are behind it: points in their order, then from the front again.
            point = todo[0] if todo and self.rng.random() < 0.8 else None
            whom = self.rng.choice(["one", "one", "all", "first", "mpirun"])
            run = self.start(job, self.rng.choice([1, 2, 3, 5]), point)
            if point:
                reached = self.wait_for_point(run)
                todo.pop(0)
                if reached:
                    hit.append(point)
            else:
                time.sleep(self.rng.uniform(0, 2.5))
            if run.poll() is None and self.kill(run, whom):
                done += 1
            elif run.wait() != 0:
                self.fail(f"after {done} kills at {hit}: {(self.at / 'said').read_text()}")
            if not todo:
                todo = list(points)
            if (self.at / name).exists() and done < kills:
                self.assertEqual(digest(self.at / name), expected, f"after {done} kills at {hit}")
                subprocess.run(["rm", "-rf", str(self.at / name)], check=True)
        last = quern("run", job, ranks=2)
        self.assertEqual(digest(self.at / name), expected, f"after {done} kills at {hit}\n{last.stdout}")
        quern("verify", self.at / name)
        self.assertFalse((self.at / f"{name}.work").exists(), "the work folder is left behind")
        self.assertFalse((self.at / f"{name}.quern-partial").exists(), "a half data set is left behind")
        print(f"{name}: {done} kills, paused at {hit}", flush=True)
        if kills >= 2 * len(points):
            self.assertEqual(set(hit), set(points), "a step was never hit")

    def whole(self, **keys):
        quern("run", self.job("whole", **keys), ranks=2)
        return digest(self.at / "whole")

    def test_a_job_with_a_vocabulary_of_its_own(self):
        self.check("killed", self.whole(), 2 if KILLS == 3 else KILLS)

    def test_a_job_with_a_ready_vocabulary(self):
        quern("run", self.job("first"), ranks=2)
        ready = {"tokenizer": {"file": str(self.at / "first/tokenizer.json")}}
        self.check("killed", self.whole(**ready), 1 if KILLS == 3 else KILLS, **ready)

    def test_documents_that_are_shuffled_split_and_repeated(self):
        self.check("killed", self.whole(**SHUFFLED), 2 if KILLS == 3 else KILLS, **SHUFFLED)

    @unittest.skipIf(KILLS == 3, "QUERN_KILLS")
    def test_a_job_of_many_shards(self):
        expected = self.whole()
        self.check("killed", expected, KILLS, output__layout="sharded", output__shard_tokens=10_000)

    @unittest.skipIf(KILLS == 3, "QUERN_KILLS")
    def test_components_and_the_longest_kept_without_repeated_lines_in_little_memory(self):
        keys = {"dedup": {"near": {"resolve": "components", "keep": "longest"}}, "repeats": {"lines": {"max_documents": 3}}}
        expected = self.whole(**keys)
        self.check("killed", expected, KILLS, memory_per_rank="64MiB", **keys)


if __name__ == "__main__":
    unittest.main()
