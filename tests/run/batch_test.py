"""`quern plan --slurm`: prints a batch script that is complete, and says what another one lacks. No Slurm is needed."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from corpus import write_corpus, write_job
from quern_run import SCRIPTS, quern

ENOUGH = """#!/bin/bash
#SBATCH --nodes=2 --ntasks-per-node=4
#SBATCH --mem-per-cpu=4G
#SBATCH --time=1-00
#SBATCH --signal=B:USR1@120 --open-mode=append
srun quern run job.yaml
"""


class Batch(unittest.TestCase):
    def setUp(self):
        self.keep = tempfile.TemporaryDirectory(prefix="quern it's ")
        self.addCleanup(self.keep.cleanup)
        self.at = pathlib.Path(self.keep.name)
        write_corpus(self.at / "data", 20)
        self.job = write_job(self.at / "job.yaml", self.at / "data", self.at / "out")
        self.script = self.at / "job.sbatch"

    def plan(self, *options, check=True):
        return quern("plan", self.job, "--slurm", *options, check=check)

    def sbatch_lines(self, *options):
        text = self.plan(*options).stdout
        return dict(line.removeprefix("#SBATCH --").partition("=")[::2] for line in text.splitlines() if line.startswith("#SBATCH"))

    def lacks(self, script):
        """The lines of what `script` lacks, none when it is enough."""
        self.script.write_text(script)
        done = self.plan("--check", self.script, check=False)
        self.assertIn(done.returncode, (0, 3), done.stderr)
        lines = done.stderr.splitlines()
        if done.returncode == 3:
            self.assertIn(str(self.script), lines[0])
            self.assertGreater(len(lines), 1)
        return lines[1:]

    def test_prints_a_whole_script_for_the_job(self):
        script = self.plan("--nodes", 3, "--tasks-per-node", 2, "--set", "clean.unicode=none").stdout
        self.script.write_text(script)
        subprocess.run(["bash", "-n", str(self.script)], check=True)
        if shutil.which("shellcheck"):
            subprocess.run(["shellcheck", str(self.script)], check=True)
        self.assertIn("--set clean.unicode=none", script)
        self.assertEqual(self.lacks(script), [])

    def test_the_script_runs_the_job_it_was_made_for(self):
        """With a stand-in for Slurm's own commands, of which only srun is needed when nothing goes wrong."""
        self.script.write_text(self.plan("--nodes", 1, "--tasks-per-node", 1).stdout)
        srun = self.at / "srun"
        srun.write_text('#!/bin/bash\nwhile [[ $1 == --* ]]; do shift; done\nexec "$@"\n')
        srun.chmod(0o755)
        env = {**os.environ, "PATH": f"{self.at}:{os.environ['PATH']}", "SLURM_JOB_ID": "7", "SLURM_NTASKS": "1", "SLURM_JOB_NUM_NODES": "1",
               "SLURM_JOB_NODELIST": "here", "SLURM_SUBMIT_DIR": str(self.at)}
        env.pop("QUERN", None)
        done = subprocess.run(["bash", str(self.script)], env=env, cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout)
        quern("verify", self.at / "out")
        self.assertEqual(list(self.at.glob(".quern-*")), [])

    def test_memory_follows_the_job(self):
        self.assertEqual(self.sbatch_lines("--set", "memory_per_rank=5GiB")["mem-per-cpu"], "6208M")
        self.assertEqual(self.sbatch_lines()["mem-per-cpu"], "3136M")

    def test_time_follows_the_rate(self):
        report = self.at / "report.json"
        report.write_text(json.dumps({"run": {"ranks": 4, "mb_per_s": 0.0004}}))
        self.assertEqual(self.sbatch_lines()["time"], "00:10:00")
        slow = self.sbatch_lines("--tasks-per-node", 1, "--rate", 0.0001)["time"]
        self.assertRegex(slow, r"^\d\d:\d\d:00$|^\d-\d\d:\d\d:00$")
        self.assertNotEqual(slow, "00:10:00")
        self.assertEqual(self.sbatch_lines("--tasks-per-node", 1, "--report", report)["time"], slow)
        report.write_text("{}")
        self.assertIn("is no report.json", self.plan("--report", report, check=False).stderr)

    def test_says_what_a_script_lacks(self):
        self.assertEqual(self.lacks(ENOUGH), [])
        own = self.lacks((SCRIPTS.parent / "slurm/quern.sbatch").read_text())  # a vocabulary is trained: more than 1 GiB on top
        self.assertEqual(len(own), 1)
        self.assertIn("a rank has 3072M, needs 3136M", own[0])
        cases = [
            ("--mem-per-cpu=4G", "--mem-per-cpu=2G", "a rank has 2048M, needs 3136M"),
            ("--mem-per-cpu=4G", "--mem=11G", "a rank has 2816M, needs 3136M"),
            ("--mem-per-cpu=4G", "--comment=x", "no --mem-per-cpu or --mem"),
            ("--time=1-00", "-t 9", "--time=00:09:00 is too short"),
            ("--time=1-00", "--comment=x", "no --time"),
            ("--signal=B:USR1@120", "--signal=USR1@120", "no --signal=B:USR1@60"),
            ("--signal=B:USR1@120", "--signal=B:USR1@5", "no --signal=B:USR1@60"),
            ("--open-mode=append", "", "no --open-mode=append"),
        ]
        for line, other, lack in cases:
            lines = self.lacks(ENOUGH.replace(line, other))
            self.assertEqual(len(lines), 1, (other, lines))
            self.assertIn(lack, lines[0])
        for line, other in [("--mem-per-cpu=4G", "--mem=13G"), ("--mem-per-cpu=4G", "--mem=0"), ("--mem-per-cpu=4G", "--mem-per-cpu 1600 -c 2"),
                            ("--time=1-00", "-t 10:00"), ("--time=1-00", "--time=10"), ("--time=1-00", "--time UNLIMITED"),
                            ("--nodes=2 --ntasks-per-node=4", "-N2 -n 8 # as agreed")]:
            self.assertEqual(self.lacks(ENOUGH.replace(line, other)), [], other)

    def test_options_behind_the_first_command_do_not_count(self):
        lines = self.lacks("#!/bin/bash\necho\n" + ENOUGH)
        self.assertEqual(len(lines), 4)

    def test_a_value_that_slurm_would_not_take(self):
        self.assertIn("line 4: --time has the value 'soon'", self.plan("--check", self.write(ENOUGH.replace("1-00", "soon")), check=False).stderr)

    def write(self, script):
        self.script.write_text(script)
        return self.script

    def test_never_starts_mpi(self):
        broken = {"OMPI_MCA_btl": "no_such_network", "OMPI_MCA_pml": "no_such_layer"}
        self.assertNotEqual(quern("digest", self.at, check=False, env=broken).returncode, 0)
        self.assertEqual(quern("plan", self.job, "--slurm", env=broken).returncode, 0)
        self.assertEqual(quern("plan", self.job, env=broken).returncode, 0)

    def test_status_takes_the_job_file(self):
        self.assertIn("no such folder", quern("status", self.job, check=False).stderr)


if __name__ == "__main__":
    unittest.main()
