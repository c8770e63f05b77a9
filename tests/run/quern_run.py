"""Starts the program under test. ctest gives its path and mpirun's in the environment."""
import os
import pathlib
import subprocess
import sys

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
