"""Bad surroundings, made for real: the run ends with one clear message, publishes nothing, and the same command goes on when all is well again.

With QUERN_MOUNTS=1 also what needs mounts (root): full disks, quota, read-only file systems, disks that vanish.
"""
import errno
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import tempfile
import time
import unittest

from corpus import prose, write_job
from quern_run import MPIEXEC, QUERN, digest, quern

LIBRARY = os.environ.get("QUERN_FAIL_LIBRARY", "failing_calls.so")
NOBODY = 65534
REFUSED, STORE, PLAN = 8, 5, 3  # docs/exit-codes.md


def needs_mounts(test):
    """Tells why it does not run."""
    def run(self):
        if os.environ.get("QUERN_MOUNTS") != "1":
            return print(f"{self.id()}: not run: needs QUERN_MOUNTS=1", flush=True)
        if os.geteuid() != 0:
            return print(f"{self.id()}: not run: only root can mount", flush=True)
        return test(self)
    return run


class Surroundings(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.keep = tempfile.TemporaryDirectory()
        cls.at = pathlib.Path(cls.keep.name).resolve()
        cls.at.chmod(0o755)
        (cls.at / "data").mkdir()
        rng = random.Random(5)
        for number in range(6):
            with open(cls.at / f"data/{number}.jsonl", "w") as out:
                for n in range(150):
                    text = prose(rng, 60) + " ".join(str(rng.randrange(1 << 30)) for _ in range(300))
                    out.write(json.dumps({"id": f"{number}-{n}", "text": text}) + "\n")
        cls.right = cls.run_whole()

    @classmethod
    def run_whole(cls):
        job = cls.job_at(cls.at, "whole")
        quern("run", job, ranks=2)
        return digest(cls.at / "whole")

    @classmethod
    def tearDownClass(cls):
        cls.keep.cleanup()

    @classmethod
    def job_at(cls, folder, name, **keys):
        keys = {"dedup": {"near": {}}, "filter": [], "unit_bytes": "256KiB", "checkpoint_seconds": 0, "tokenizer": {"train": {"vocab_size": 400}}} | keys
        return write_job(cls.at / f"{name}.yaml", cls.at / "data", pathlib.Path(folder) / name, input=[{"path": f"{cls.at}/data/*"}], **keys)

    def setUp(self):
        self.mounted = []

    def tearDown(self):
        for place in reversed(self.mounted):
            subprocess.run(["umount", "-l", str(place)], stderr=subprocess.DEVNULL)

    def mount(self, name, *arguments):
        place = self.at / name
        place.mkdir()
        subprocess.run(["mount", *arguments, str(place)], check=True)
        self.mounted.append(place)
        place.chmod(0o777)
        return place

    def mount_ext4(self, name, megabytes, features=(), options="loop"):
        image = self.at / f"{name}.image"
        with open(image, "wb") as file:
            file.truncate(megabytes << 20)
        subprocess.run(["mkfs.ext4", "-q", "-m", "0", *features, str(image)], check=True)
        return self.mount(name, "-o", options, str(image))

    def assert_ends(self, done, code, *patterns):
        """One message, of the right kind, with the path and the reason; of each rank that met the fault before the first had ended the job."""
        said = [line for line in done.stderr.splitlines() if re.match(r"quern: (?!at +\d|goes on from)", line) and "lies in memory" not in line]
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertIn(len(said), (1, 2), done.stderr)
        self.assertEqual(len(set(line.split(": ")[1] for line in said)), len(said), "a rank said it twice")
        for line in said:
            for pattern in patterns:
                self.assertRegex(line, pattern, done.stderr)

    def assert_goes_on(self, job, output, ranks=2):
        quern("run", job, ranks=ranks)
        self.assertEqual(digest(output), self.right)

    # ---- disks that are full ----

    def fill_and_go_on(self, disk, job, output, full, free):
        """Runs with ever more room, as somebody does who clears a full disk a little at a time: each run ends clearly or is through."""
        ends = 0
        for left in range(1, 200):
            filler = disk / "filler"
            with open(filler, "wb") as file:
                room = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
                keep = free * left
                try:
                    os.posix_fallocate(file.fileno(), 0, max(1, room - keep))
                except OSError as error:
                    self.assertEqual(error.errno, errno.ENOSPC)
            done = quern("run", job, ranks=2, check=False)
            filler.unlink()
            if done.returncode == 0:
                break
            ends += 1
            self.assert_ends(done, STORE, re.escape(str(disk)), full)
            self.assertFalse(output.exists(), "a half data set was published")
        self.assertEqual(digest(output), self.right)
        quern("verify", output)
        self.assertGreater(ends, 2, "the disk was never full")
        print(f"{self.id()}: {ends} runs ended for want of room, the next one went on to the end", flush=True)

    @needs_mounts
    def test_a_full_disk_under_the_work_folder(self):
        disk = self.mount("full-work", "-t", "tmpfs", "-o", "size=32m", "tmpfs")
        job = self.job_at(self.at, "full1", work=str(disk / "work"))
        self.fill_and_go_on(disk, job, self.at / "full1", "No space left on device", 600 << 10)

    @needs_mounts
    def test_a_full_ext4_under_work_folder_and_output(self):
        disk = self.mount_ext4("full-all", 48)
        job = self.job_at(disk, "full2")
        self.fill_and_go_on(disk, job, disk / "full2", "No space left on device", 900 << 10)

    @needs_mounts
    def test_a_full_disk_under_the_output(self):
        disk = self.mount("full-out", "-t", "tmpfs", "-o", "size=32m", "tmpfs")
        job = self.job_at(disk, "full3", work=str(self.at / "full3.work"))
        self.fill_and_go_on(disk, job, disk / "full3", "No space left on device", 150 << 10)

    def test_a_quota(self):
        """Every write from some moment on fails with EDQUOT, as at a quota, until room is made. (Not all kernels can give a loop device one.)"""
        job = self.job_at(self.at, "quota")
        faults = {"LD_PRELOAD": LIBRARY, "QUERN_FAIL_UNDER": str(self.at / "quota"), "QUERN_FAIL_ERRNO": str(errno.EDQUOT), "QUERN_FAIL_FROM": "1"}
        last = None
        for call in (2, 40, 90, 200, 400):
            done = quern("run", job, env=faults | {"QUERN_FAIL_CALL": str(call)}, check=False)
            if done.returncode == 0:
                break
            self.assert_ends(done, STORE, re.escape(str(self.at / "quota")), "Disk quota exceeded")
            self.assertFalse((self.at / "quota").exists())
            last = call
        self.assertGreaterEqual(last, 90)
        self.assert_goes_on(job, self.at / "quota")

    def run_as_nobody(self, job):
        """One rank, without mpirun: whoever may not write cannot have MPI's session folder of root either."""
        home = self.at / "nobody"
        home.mkdir(exist_ok=True)
        os.chown(home, NOBODY, NOBODY)
        command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", QUERN, "run", job]
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120,
                              env={**os.environ, "TMPDIR": str(home), "HOME": str(home)})

    # ---- folders that cannot be written ----

    @needs_mounts
    def test_read_only_file_systems(self):
        disk = self.mount("read-only", "-t", "tmpfs", "-o", "size=32m", "tmpfs")
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        work = self.job_at(self.at, "ro1", work=str(disk / "work"))
        output = self.job_at(disk, "ro2", work=str(self.at / "ro2.work"))
        for job in (work, output):
            self.assert_ends(quern("run", job, ranks=2, check=False), STORE, re.escape(str(disk)), "Read-only file system")
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        self.assert_goes_on(work, self.at / "ro1")
        self.assert_goes_on(output, disk / "ro2")

    def test_folders_without_permission(self):
        if os.geteuid() != 0 or not shutil.which("setpriv"):
            return print(f"{self.id()}: not run: needs root and setpriv", flush=True)
        locked, open_to_all = self.at / "locked", self.at / "open"
        locked.mkdir(mode=0o755)
        open_to_all.mkdir()
        open_to_all.chmod(0o777)
        for name, keys in [("perm1", {"work": str(locked / "work")}), ("perm2", {})]:
            job = self.job_at(open_to_all if name == "perm1" else locked, name, **({"work": str(open_to_all / "perm2.work")} | keys))
            self.assert_ends(self.run_as_nobody(job), STORE, re.escape(str(locked)), "Permission denied")

    # ---- other limits ----

    def test_few_file_handles(self):
        job = self.job_at(self.at, "handles")
        for handles in (8, 16, 20, 24, 32):
            command = ["sh", "-c", f"ulimit -n {handles}; exec {QUERN} run {job}"]
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120)
            if done.returncode == 0:
                break
            self.assertFalse((self.at / "handles").exists())
            if handles >= 32:
                self.assert_ends(done, STORE, "Too many open files")
        self.assert_goes_on(job, self.at / "handles")
        print(f"{self.id()}: through with {handles} handles", flush=True)

    def test_a_work_folder_that_vanishes(self):
        job = self.job_at(self.at, "vanish")
        pause = self.at / "pause-vanish"
        env = {**os.environ, "QUERN_PAUSE_AT": "unit mapped", "QUERN_PAUSE_FILE": str(pause)}
        run = subprocess.Popen([MPIEXEC, "-n", "2", QUERN, "run", job], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)
        self.wait_for(lambda: all((self.at / f"pause-vanish.{rank}").exists() for rank in (0, 1)))
        (self.at / "vanish.work").rename(self.at / "moved.work")
        for file in self.at.glob("pause-vanish.*"):
            file.unlink()
        out, err = run.communicate(timeout=60)
        done = subprocess.CompletedProcess(run.args, run.returncode, out, err)
        self.assertIn(done.returncode, (STORE, REFUSED), err)
        self.assert_ends(done, done.returncode, re.escape(str(self.at / "vanish.work")))
        self.assertFalse((self.at / "vanish").exists())
        shutil.rmtree(self.at / "vanish.work", ignore_errors=True)
        (self.at / "moved.work").rename(self.at / "vanish.work")
        self.assert_goes_on(job, self.at / "vanish", ranks=3)

    @needs_mounts
    def test_a_disk_that_is_taken_away(self):
        """umount -l: files that are open stay, names are gone. That the work folder lies in memory is said when the run begins."""
        disk = self.mount("away", "-t", "tmpfs", "-o", "size=64m", "tmpfs")
        job = self.job_at(self.at, "away1", work=str(disk / "work"))
        pause = self.at / "pause-away"
        env = {**os.environ, "QUERN_PAUSE_AT": "mapped", "QUERN_PAUSE_FILE": str(pause)}
        run = subprocess.Popen([MPIEXEC, "-n", "2", QUERN, "run", job], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)
        self.wait_for(lambda: all((self.at / f"pause-away.{rank}").exists() for rank in (0, 1)))
        subprocess.run(["umount", "-l", str(disk)], check=True)
        for file in self.at.glob("pause-away.*"):
            file.unlink()
        out, err = run.communicate(timeout=60)
        self.assertIn(run.returncode, (STORE, REFUSED), err)
        self.assertIn("the work folder lies in memory", err)
        self.assertIn(str(disk / "work"), err)
        self.assertFalse((self.at / "away1").exists())
        self.assert_goes_on(job, self.at / "away1")  # node-local spool is lost with its disk: the run begins anew

    def test_two_runs_into_one_output(self):
        job = self.job_at(self.at, "same")
        other = self.job_at(self.at, "same", work=str(self.at / "other.work"))
        other = shutil.copy(other, self.at / "same-other.yaml")
        self.job_at(self.at, "same")
        pause = self.at / "pause-same"
        env = {**os.environ, "QUERN_PAUSE_AT": "shaped", "QUERN_PAUSE_FILE": str(pause)}
        run = subprocess.Popen([MPIEXEC, "-n", "2", QUERN, "run", job], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)
        self.wait_for(lambda: all((self.at / f"pause-same.{rank}").exists() for rank in (0, 1)))
        second = quern("run", other, ranks=2, check=False)
        self.assert_ends(second, REFUSED, re.escape(str(self.at / "same")), "writes the same output")
        for file in self.at.glob("pause-same.*"):
            file.unlink()
        self.assertEqual(run.wait(timeout=60), 0)
        run.communicate()
        self.assertEqual(digest(self.at / "same"), self.right)

    def test_clocks_that_jump(self):
        for hours in (1, -1):
            job = self.job_at(self.at, f"clock{hours}", checkpoint_seconds=1, stall_timeout=20)
            env = {"LD_PRELOAD": LIBRARY, "QUERN_CLOCK_JUMP": str(hours * 3600)}
            done = quern("run", job, ranks=2, env=env)
            self.assertEqual(digest(self.at / f"clock{hours}"), self.right, done.stderr)

    def test_memory_that_is_too_small_is_refused_with_what_is_needed(self):
        # Records of a few bytes each: what must be known of them is more than their text.
        folder = self.at / "many"
        folder.mkdir()
        with open(folder / "many.jsonl", "w") as out:
            for n in range(150_000):
                out.write('{"id":"%d","text":"%d"}\n' % (n, n * 7919))
        job = self.job_at(self.at, "small", memory_per_rank="32MiB")
        arguments = [job, "--set", f"input=[{{path: {folder}/*}}]"]
        refused = quern("run", *arguments, check=False)
        self.assert_ends(refused, PLAN, "memory_per_rank", "MiB")
        needed = re.search(r"at least (\d+MiB)", refused.stderr).group(1)
        self.assertIn(needed, quern("plan", *arguments).stdout)
        self.assertFalse((self.at / "small.work").exists(), "something was begun")
        done = quern("run", *arguments, "--set", f"memory_per_rank={needed}")
        used = int(re.search(r"at most (\d+) MiB of memory a rank", done.stdout).group(1))
        print(f"{self.id()}: {needed} needed, {used}MiB used", flush=True)

    def wait_for(self, condition):
        for _ in range(3000):
            if condition():
                return
            time.sleep(0.01)
        self.fail("the run never came there")


if __name__ == "__main__":
    unittest.main()
