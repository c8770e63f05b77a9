"""One job, killed again and again at changing numbers of ranks until it is through: the same digest as of a run that was left alone.

QUERN_KILLS: how many times at least (3). Half of the kills hit a rank that waits at a named point of a step, half come at random moments.
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
from quern_run import MPIEXEC, QUERN, digest, quern

KILLS = int(os.environ.get("QUERN_KILLS", "3"))
SEED = int(os.environ.get("QUERN_KILL_SEED", str(random.randrange(1 << 30))))
POINTS = ["planned", "unit mapped", "mapped", "exact done", "checked", "decided", "vocabulary", "unit tokenized", "tokenized", "shaped",
          "unit written", "written", "before publication", "published"]


def children(parent):
    """Process numbers of the ranks below mpirun."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            if int(fields[1]) == parent and (entry / "exe").resolve().name == "quern":
                found.append(int(entry.name))
        except OSError:
            pass
    return found


class Kills(unittest.TestCase):
    def setUp(self):
        self.keep = tempfile.TemporaryDirectory()
        self.at = pathlib.Path(self.keep.name)
        write_corpus(self.at / "data", 300)
        self.rng = random.Random(SEED)
        print(f"seed {SEED}: QUERN_KILL_SEED repeats it", flush=True)

    def tearDown(self):
        self.keep.cleanup()

    def start(self, job, ranks, point=None):
        env = dict(os.environ)
        if point:
            env |= {"QUERN_PAUSE_AT": point, "QUERN_PAUSE_FILE": str(self.at / "pause")}
        return subprocess.Popen([MPIEXEC, "-n", str(ranks), QUERN, "run", job], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env)

    def wait_for_point(self, run):
        """False when the run was through, or past the point, before it paused."""
        while run.poll() is None:
            if list(self.at.glob("pause.*")):
                return True
            time.sleep(0.005)
        return False

    def kill(self, run):
        """One rank or all of them, or mpirun itself and all; returns when nothing of the run is left."""
        ranks = children(run.pid)
        victims = self.rng.choice([[self.rng.choice(ranks)], ranks, ranks[:1]]) if ranks else []
        for pid in victims:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        run.wait(timeout=60)
        for _ in range(200):
            if not any(pathlib.Path(f"/proc/{pid}/exe").exists() for pid in ranks):
                break
            time.sleep(0.05)
        else:
            self.fail("a rank is left behind")
        for file in self.at.glob("pause.*"):
            file.unlink()
        return bool(victims)

    def check(self, name, expected, **keys):
        job = write_job(self.at / f"{name}.yaml", self.at / "data", self.at / name, unit_bytes="64KiB", checkpoint_seconds=0, **keys)
        kills, hit = 0, []
        points = [p for p in POINTS]
        while kills < KILLS:
            ranks = self.rng.choice([1, 2, 3, 5])
            point = points[len(hit) % len(points)] if self.rng.random() < 0.7 else None
            run = self.start(job, ranks, point)
            if point:
                if self.wait_for_point(run):
                    hit.append(point)
                elif point in points:
                    points.remove(point)  # this job has no such step, or it is behind it
                    points = points or list(POINTS)
            else:
                time.sleep(self.rng.uniform(0, 1.2))
            if run.poll() is None and self.kill(run):
                kills += 1
            elif run.wait() != 0:
                self.fail(run.stdout.read())
            if (self.at / name).exists() and kills < KILLS:
                self.assertEqual(digest(self.at / name), expected, f"after {kills} kills at {hit}")
                subprocess.run(["rm", "-rf", str(self.at / name)], check=True)
                points = [p for p in POINTS]
            run.stdout.close()
        done = quern("run", job, ranks=2)
        self.assertEqual(digest(self.at / name), expected, f"after {kills} kills at {hit}\n{done.stdout}")
        quern("verify", self.at / name)
        self.assertFalse((self.at / f"{name}.work").exists(), "the work folder is left behind")
        print(f"{name}: {kills} kills, paused at {hit}", flush=True)

    def test_a_job_with_a_vocabulary_of_its_own(self):
        whole = write_job(self.at / "whole.yaml", self.at / "data", self.at / "whole", dedup={"near": {}})
        quern("run", whole, ranks=2)
        self.check("killed", digest(self.at / "whole"), dedup={"near": {}})

    def test_a_job_with_a_ready_vocabulary(self):
        first = write_job(self.at / "first.yaml", self.at / "data", self.at / "first", dedup={"near": {}})
        quern("run", first, ranks=2)
        ready = {"file": str(self.at / "first/tokenizer.json")}
        whole = write_job(self.at / "whole.yaml", self.at / "data", self.at / "whole", dedup={"near": {}}, tokenizer=ready)
        quern("run", whole)
        self.check("killed", digest(self.at / "whole"), dedup={"near": {}}, tokenizer=ready)


if __name__ == "__main__":
    unittest.main()
