"""A job over three hosts of which one is lost: it ends within ten seconds, leaves nothing behind, and the same command goes on."""
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "run"))
from corpus import write_corpus, write_job  # noqa: E402
from quern_run import QUERN, SCRIPTS, digest, quern  # noqa: E402

HOSTS = HERE / "hosts.sh"
NEEDED = ["ip", "unshare", "ssh", "ssh-keygen", "/usr/sbin/sshd", "mpirun"]


def missing():
    if os.geteuid() != 0:
        return "not root: network namespaces cannot be made"
    lacking = [tool for tool in NEEDED if not shutil.which(tool)]
    if lacking:
        return f"not installed: {' '.join(lacking)} (scripts/install_deps.sh --slurm-tests)"
    probe = subprocess.run(["unshare", "--net", "--uts", "--mount", "true"], stderr=subprocess.PIPE, text=True)
    return probe.stderr.strip() and f"namespaces are not allowed here: {probe.stderr.strip()}"


class LostHost(unittest.TestCase):
    def setUp(self):
        self.keep = tempfile.TemporaryDirectory()
        self.addCleanup(self.keep.cleanup)
        self.at = pathlib.Path(self.keep.name)
        self.net = self.at / "net"
        self.addCleanup(self.hosts, "down", check=False)
        self.hosts("up", "3")
        write_corpus(self.at / "data", 300)
        quern("run", write_job(self.at / "whole.yaml", self.at / "data", self.at / "whole", dedup={"near": {}}), ranks=2)
        self.whole = digest(self.at / "whole")
        # What comes from h3 comes 2 s after all else: mpirun finds the connections to two lost hosts dead one after the other, not at once.
        self.program = self.at / "speaks-later"
        self.program.write_text(f'#!/bin/sh\nif [ "$(hostname)" = h3 ]; then (sleep 2.2; echo here) & fi\nexec {QUERN} "$@"\n')
        self.program.chmod(0o755)

    def hosts(self, command, *arguments, check=True):
        return subprocess.run([HOSTS, command, self.net, *arguments], check=check, stdout=subprocess.PIPE, text=True).stdout

    def start(self, job, point=None):
        env = {**os.environ, "QUERN": str(self.program), "OMPI_MCA_plm_rsh_agent": str(self.net / "rsh"), "OMPI_MCA_btl": "tcp,vader,self",
               "OMPI_MCA_btl_tcp_if_include": "eth0", "OMPI_MCA_oob_tcp_if_include": "eth0"}
        if point:
            env |= {"QUERN_PAUSE_AT": point, "QUERN_PAUSE_FILE": str(self.at / "pause")}
        return subprocess.Popen([HOSTS, "run", self.net, SCRIPTS / "run_on_hosts.sh", self.net / "hostfile", job], stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True, env=env)

    def wait_for_pause(self, run, ranks):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and run.poll() is None:
            if len(list(self.at.glob("pause.?"))) == ranks:
                return
            time.sleep(0.02)
        run.kill()
        self.fail(f"the ranks never came to the pause: {run.communicate()[0]}")

    def let_go(self):
        for file in self.at.glob("pause.?"):
            file.unlink()

    def lose(self, host, job, point, let_go, how="cut"):
        """Cuts the host off (or mutes it) while its ranks are held; returns the seconds until mpirun had ended and until no rank was left anywhere."""
        run = self.start(job, point)
        self.wait_for_pause(run, 6)
        time.sleep(2.5)
        for rank in let_go:  # these wait in MPI for the ones that are held
            (self.at / f"pause.{rank}").unlink()
        time.sleep(0.5)
        self.hosts(how, host)
        start = time.monotonic()
        out = run.communicate(timeout=60)[0]
        ended = time.monotonic() - start
        self.assertEqual(run.returncode, 205, out)
        while self.hosts("left", "quern") and time.monotonic() - start < 60:
            time.sleep(0.1)
        gone = time.monotonic() - start
        self.assertEqual(self.hosts("left", "quern") + self.hosts("left", "orted"), "", "processes are left behind")
        self.let_go()
        self.hosts("join", host)
        print(f"{host} {how} at '{point}': mpirun ended after {ended:.1f} s, the last rank after {gone:.1f} s", flush=True)
        self.assertLess(ended, 10)
        self.assertLess(gone, 20)

    def test_ends_in_seconds_and_goes_on(self):
        job = write_job(self.at / "lost.yaml", self.at / "data", self.at / "lost", dedup={"near": {}}, unit_bytes="64KiB", checkpoint_seconds=0)
        # Ranks 0 and 1 are on h1, 2 and 3 on h2, 4 and 5 on h3.
        self.lose("h3", job, "unit mapped", let_go=[])
        self.lose("h2", job, "decided", let_go=[0, 1, 4, 5], how="mute")
        self.lose("h1", job, "vocabulary", let_go=[])  # where mpirun itself is
        self.assertFalse((self.at / "lost").exists(), "a half data set was published")

        run = self.start(job, "unit tokenized")  # told to stop: in good order, on all hosts
        self.wait_for_pause(run, 6)
        run.send_signal(signal.SIGUSR1)
        time.sleep(0.5)
        self.let_go()
        out = run.communicate(timeout=60)[0]
        self.assertEqual(run.returncode, 10, out)
        self.assertIn("the same command goes on", out)
        self.assertEqual(self.hosts("left", "quern") + self.hosts("left", "orted"), "", "processes are left behind")

        run = self.start(job)
        out = run.communicate(timeout=120)[0]
        self.assertEqual(run.returncode, 0, out)
        self.assertEqual(digest(self.at / "lost"), self.whole)
        quern("verify", self.at / "lost")
        self.assertFalse((self.at / "lost.work").exists())


if __name__ == "__main__":
    why_not = missing()
    if why_not:
        print(f"hosts_test: nothing tested: {why_not}")
        sys.exit(0)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # an error of the test at hand: what it made is cleaned up
    unittest.main()
