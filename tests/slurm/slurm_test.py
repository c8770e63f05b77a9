"""Jobs on a private Slurm of three virtual nodes: cut short by their time limit, by a lost node, queued again, and the right digest at the end.

Takes some minutes: Slurm's time limits are whole minutes.
"""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent / "run"))
from corpus import write_corpus, write_job  # noqa: E402
from quern_run import QUERN, digest, quern  # noqa: E402

CLUSTER = HERE / "cluster.sh"
SCRIPT = ROOT / "slurm/quern.sbatch"
NEEDED = ["ip", "unshare", "munged", "slurmctld", "slurmd", "sbatch", "srun", "scontrol", "squeue", "sinfo", "scancel"]
OURS = ["--nodes=2", "--ntasks-per-node=2", "--mem-per-cpu=500M"]


def missing():
    if os.geteuid() != 0:
        return "not root: network namespaces cannot be made"
    lacking = [tool for tool in NEEDED if not shutil.which(tool)]
    if lacking:
        return f"not installed: {' '.join(lacking)} (scripts/install_deps.sh --slurm-tests)"
    probe = subprocess.run(["unshare", "--net", "--uts", "--mount", "true"], stderr=subprocess.PIPE, text=True)
    return probe.stderr.strip() and f"namespaces are not allowed here: {probe.stderr.strip()}"


class Slurm(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.keep = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.keep.cleanup)
        cls.at = pathlib.Path(cls.keep.name)
        cls.at.chmod(0o755)
        cls.folder = cls.at / "cluster"
        cls.addClassCleanup(cls.cluster, "stop")
        cls.cluster("start", "3")
        cls.env = {**os.environ, "SLURM_CONF": str(cls.folder / "slurm.conf"), "QUERN": QUERN}
        write_corpus(cls.at / "data", 300)
        quern("run", write_job(cls.at / "whole.yaml", cls.at / "data", cls.at / "whole", dedup={"near": {}}), ranks=2)
        cls.whole = digest(cls.at / "whole")

    @classmethod
    def cluster(cls, command, *arguments):
        subprocess.run([CLUSTER, command, cls.folder, *arguments], check=True)

    def job(self, name, **keys):
        keys = {"dedup": {"near": {}}, "unit_bytes": "64KiB", "checkpoint_seconds": 0} | keys
        return write_job(self.at / f"{name}.yaml", self.at / "data", self.at / name, **keys)

    def slurm(self, *command, check=True):
        done = subprocess.run(command, env=self.env, cwd=self.at, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)
        if check and done.returncode != 0:
            raise AssertionError(f"{command}: {done.stderr}")
        return done.stdout.strip()

    def submit(self, job, *options, script=SCRIPT, pause=None, arguments=(), env=None):
        held = {"QUERN_PAUSE_AT": pause, "QUERN_PAUSE_FILE": str(self.at / "pause")} if pause else {}
        done = subprocess.run(["sbatch", "--parsable", *options, str(script), *([job] if job else []), *arguments], cwd=self.at,
                              env={**self.env, **held, **(env or {})}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        number = done.stdout.strip()
        self.addCleanup(self.slurm, "scancel", number, check=False)
        return number

    def fields(self, number):
        return dict(re.findall(r"(\w+)=(\S*)", self.slurm("scontrol", "--oneliner", "show", "job", number)))

    def log(self, number):
        path = self.at / f"quern-{number}.log"
        return path.read_text() if path.exists() else ""

    def wait(self, what, number, condition, seconds):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if condition():
                return
            time.sleep(0.2)
        self.fail(f"job {number}: not within {seconds} s: {what}\n{self.fields(number)}\n{self.log(number)}")

    def wait_for_warning(self, number, seconds):
        """The script says so before it sends the signal, and Slurm takes its time to bring it: on a loaded machine a run that was let go at once
        was through before it came."""
        self.wait("the warning", number, lambda: "told to record" in self.log(number), seconds)
        time.sleep(5)

    def paused(self):
        return list(self.at.glob("pause.*"))

    def let_go(self):
        for file in self.paused():
            file.unlink(missing_ok=True)

    def hurry(self, number):
        """A job that is queued again would wait two minutes; here it need not. Returns its fields."""
        now = self.fields(number)
        if now["JobState"] == "PENDING" and now.get("Reason") == "BeginTime":
            self.slurm("scontrol", "update", f"JobId={number}", "StartTime=now", check=False)
        return now

    def finish(self, number, seconds=240):
        """The job until it has ended for good; holds nothing."""
        def ended():
            self.let_go()
            now = self.hurry(number)
            return now["JobState"] in ("COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL")
        self.wait("its end", number, ended, seconds)
        return self.fields(number)

    def assert_done(self, name, number):
        self.assertEqual(digest(self.at / name), self.whole)
        quern("verify", self.at / name)
        self.assertFalse((self.at / f"{name}.work").exists(), "the work folder is left behind")
        self.assertEqual(list(self.at.glob(f".quern-{number}.attempts")), [], "the count of attempts is left behind")

    def test_time_limit_then_requeue(self):
        job = self.job("requeued")
        number = self.submit(job, *OURS, "--time=1", "--signal=B:USR1@20", pause="unit mapped")
        self.wait("its ranks at work", number, lambda: len(self.paused()) == 4, 60)
        self.wait_for_warning(number, 90)
        self.assertFalse((self.at / "requeued").exists())
        self.let_go()
        self.wait("queued again", number, lambda: self.fields(number)["Restarts"] == "1", 60)
        end = self.finish(number)
        log = self.log(number)
        self.assertEqual((end["JobState"], end["Restarts"]), ("COMPLETED", "1"), log)
        self.assertIn("stopped by a signal; the same command goes on", log)
        self.assertRegex(log, r"\(code 1\d+\), [1-9]\d* batches recorded")
        self.assertIn("on 2 nodes", log)
        self.assert_done("requeued", number)

    def test_a_run_that_does_not_stop_in_time_is_queued_again(self):
        job = self.job("stuck")
        number = self.submit(job, *OURS, "--time=1", "--signal=B:USR1@20", pause="unit mapped")
        self.wait("its ranks at work", number, lambda: len(self.paused()) == 4, 60)
        self.wait("queued again", number, lambda: self.fields(number)["Restarts"] == "1", 180)
        end = self.finish(number)
        self.assertEqual(end["JobState"], "COMPLETED", self.log(number))
        self.assert_done("stuck", number)

    def test_where_requeue_is_forbidden_a_new_job_follows(self):
        job = self.job("chained")
        script = self.at / "chained.sbatch"
        script.write_text(SCRIPT.read_text().replace("USR1@120", "USR1@20"))
        number = self.submit(job, *OURS, "--time=1", "--no-requeue", script=script, pause="unit mapped")
        self.wait("its ranks at work", number, lambda: len(self.paused()) == 4, 60)
        self.wait_for_warning(number, 90)
        self.let_go()
        self.assertEqual(self.finish(number)["JobState"], "FAILED", self.log(number))
        follower = re.search(r"Submitted batch job (\d+)", self.log(number))
        self.assertTrue(follower, self.log(number))
        alike = ("TimeLimit", "NumTasks", "MinMemoryCPU", "Partition", "StdOut", "WorkDir", "Requeue", "JobName")
        first, second = self.fields(number), self.fields(follower[1])
        self.assertEqual([second[key] for key in alike], [first[key] for key in alike])
        end = self.finish(follower[1])
        self.assertEqual((end["JobState"], end["NumNodes"]), ("COMPLETED", "2"), self.log(number))
        self.assert_done("chained", number)

    def test_a_killed_node(self):
        job = self.job("node")
        number = self.submit(job, *OURS, "--time=30", pause="unit mapped")
        self.wait("its ranks at work", number, lambda: len(self.paused()) == 4, 60)
        # Not the node with the batch shell: both are lost alike for the ranks, but this way the log tells the story.
        start = time.monotonic()
        self.cluster("kill", "n2")
        self.wait("queued again", number, lambda: self.fields(number)["Restarts"] == "1", 120)
        print(f"queued again {time.monotonic() - start:.0f} s after the node was killed", flush=True)
        end = self.finish(number)  # on the two nodes that are left
        self.assertEqual(end["JobState"], "COMPLETED", self.log(number))
        self.assertNotIn("n2", end["NodeList"])
        self.assert_done("node", number)
        self.cluster("join", "n2")
        self.wait("the node back", number, lambda: self.slurm("sinfo", "-h", "-n", "n2", "-o", "%T") == "idle", 90)

    def test_errors_of_the_job_are_not_tried_again(self):
        number = self.submit(self.job("wrong", no_such_key=1), *OURS, "--time=5")
        end = self.finish(number, 60)
        self.assertEqual((end["JobState"], end["ExitCode"], end["Restarts"]), ("FAILED", "3:0", "0"), self.log(number))
        self.assertIn("no_such_key", self.log(number))

    def test_attempts_that_record_nothing_come_to_an_end(self):
        idle = self.at / "idle.sh"
        idle.write_text("#!/bin/sh\n[ \"$1\" = run ] && kill -KILL $$\n")
        idle.chmod(0o755)
        number = self.submit(self.job("idle"), *OURS, "--time=5", env={"QUERN": str(idle)})
        end = self.finish(number, 120)
        self.assertEqual((end["JobState"], end["Restarts"]), ("FAILED", "2"), self.log(number))
        self.assertIn("3 attempts have recorded nothing", self.log(number))

    def test_a_cancelled_job_stays_cancelled(self):
        number = self.submit(self.job("cancelled"), *OURS, "--time=5", pause="unit mapped")
        self.wait("its ranks at work", number, lambda: len(self.paused()) == 4, 60)
        self.slurm("scancel", number)
        self.let_go()
        self.wait("its end", number, lambda: self.fields(number)["JobState"] == "CANCELLED", 30)
        time.sleep(8)
        self.assertEqual((self.fields(number)["JobState"], self.fields(number)["Restarts"]), ("CANCELLED", "0"), self.log(number))
        self.assertIn("no run holds it", quern("status", self.at / "cancelled.work").stdout)
        self.assertEqual(list(self.at.glob(f".quern-{number}.attempts")), [])

    def test_a_stop_by_hand_queues_again(self):
        number = self.submit(self.job("by-hand"), *OURS, "--time=30", pause="decided", arguments=["--restart"])
        self.wait("its ranks at work", number, lambda: len(self.paused()) == 4, 60)
        self.slurm("scancel", "--batch", "--signal=USR1", number)
        self.wait_for_warning(number, 30)
        self.let_go()
        self.wait("queued again", number, lambda: self.fields(number)["Restarts"] == "1", 60)
        self.wait("its ranks at work again", number, lambda: self.hurry(number) and len(self.paused()) == 4, 60)
        # --restart was for the first attempt.
        self.assertIn("attempt 2 on 4 ranks", quern("status", self.at / "by-hand.work").stdout)
        self.assertEqual(self.finish(number)["JobState"], "COMPLETED", self.log(number))
        self.assert_done("by-hand", number)

    def test_the_script_that_plan_prints(self):
        job = self.job("planned", memory_per_rank="256MiB")
        script = self.at / "planned.sbatch"
        script.write_text(quern("plan", job, "--slurm", "--nodes", 3, "--tasks-per-node", 1).stdout)
        number = self.submit(None, script=script)
        end = self.finish(number)
        self.assertEqual((end["JobState"], end["NumNodes"]), ("COMPLETED", "3"), self.log(number))
        self.assert_done("planned", number)


if __name__ == "__main__":
    why_not = missing()
    if why_not:
        print(f"slurm_test: nothing tested: {why_not}")
        sys.exit(0)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # an error of the test at hand: what it made is cleaned up
    unittest.main(verbosity=2)
