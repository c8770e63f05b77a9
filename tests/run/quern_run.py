"""Starts the program under test. ctest gives its path and mpirun's in the environment."""
import os
import pathlib
import subprocess
import sys
import time

QUERN = os.environ.get("QUERN_PROGRAM", str(pathlib.Path(__file__).resolve().parents[2] / "build/release/quern"))
MPIEXEC = os.environ.get("QUERN_MPIEXEC", "mpirun")
SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "scripts"


def quern(*arguments, ranks=0, timeout=120, env=None, check=True):
    """ranks 0: without mpirun. Returns the finished process; its output is text."""
    launch = [MPIEXEC, "-n", str(ranks)] if ranks else []
    done = subprocess.run([*launch, QUERN, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=timeout,
                          env={**os.environ, **(env or {})})
    if check and done.returncode != 0:
        sys.stderr.write(done.stdout + done.stderr)
        raise AssertionError(f"quern {' '.join(map(str, arguments))} on {ranks} ranks: exit code {done.returncode}")
    return done


def digest(output):
    return quern("digest", output).stdout.strip()


def ledger(output):
    """Rows of five fields."""
    return [line.split("\t") for line in quern("ledger", output).stdout.splitlines()]


def start_held(job, point, pause, ranks=2, env=None, more=(), command=None):
    """Starts a run in which every rank that comes to `point` waits there, until its file <pause>.<rank> is gone; returns when one waits.
    `command`: another one than `run job`."""
    run = subprocess.Popen([MPIEXEC, "-n", str(ranks), QUERN, *map(str, command or ("run", job)), *map(str, more)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                           env={**os.environ, **(env or {}), "QUERN_PAUSE_AT": point, "QUERN_PAUSE_FILE": str(pause)})
    for _ in range(4000):
        if list(pause.parent.glob(pause.name + ".*")):
            return run
        if run.poll() is not None:
            break
        time.sleep(0.01)
    raise AssertionError(f"the run never came to '{point}': {run.communicate()}")


def let_go(pause):
    for file in pause.parent.glob(pause.name + ".*"):
        file.unlink()


def children(parent):
    """Process numbers of the ranks below mpirun."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            if int(fields[1]) == parent and (entry / "exe").resolve().name == pathlib.Path(QUERN).resolve().name:
                found.append(int(entry.name))
        except OSError:
            pass
    return sorted(found)
