"""Each call that changes a file fails once: the run ends with one clear error, or with the right digest. It never publishes a wrong or half
data set, and the same command goes on when the disk is well again.

QUERN_FAIL_LIBRARY: tests/faults/failing_calls.c, built. QUERN_FAIL_CALLS: how many calls of a run are tried (15), or `all`.
"""
import collections
import errno
import json
import os
import pathlib
import random
import re
import subprocess
import tempfile
import unittest

from corpus import documents, write_job
from quern_run import digest, quern

LIBRARY = os.environ.get("QUERN_FAIL_LIBRARY", "failing_calls.so")
CALLS = os.environ.get("QUERN_FAIL_CALLS", "15")
SEED = int(os.environ.get("QUERN_FAIL_SEED", str(random.randrange(1 << 30))))
ERRORS = [errno.ENOSPC, errno.EIO, errno.EDQUOT]
STORE, STALLED = 5, 9  # docs/exit-codes.md


def chosen(calls, wanted, rng):
    """Some of the calls: of each kind of call on each file at least one, as far as they reach."""
    if wanted == "all":
        return calls
    kinds = collections.defaultdict(list)
    for call in calls:
        kinds[call[1:]].append(call)
    order = [rng.sample(group, len(group)) for _, group in sorted(kinds.items())]
    rng.shuffle(order)
    turns = max(len(group) for group in order)
    spread = [group[turn] for turn in range(turns) for group in order if turn < len(group)]
    return sorted(spread[: int(wanted)])


class FailingCalls(unittest.TestCase):
    def setUp(self):
        self.keep = tempfile.TemporaryDirectory()
        self.at = pathlib.Path(self.keep.name).resolve()
        (self.at / "data").mkdir()
        made = documents(1, 60)
        for number in range(3):
            lines = [json.dumps({"id": name, "text": text}) for name, text in made[number * 20: number * 20 + 20]]
            (self.at / f"data/{number}.jsonl").write_text("\n".join(lines))
        self.rng = random.Random(SEED)
        print(f"seed {SEED}: QUERN_FAIL_SEED repeats it", flush=True)

    def tearDown(self):
        self.keep.cleanup()

    def job(self, name, **keys):
        keys = {"dedup": {"near": {}}, "unit_bytes": "64KiB", "checkpoint_seconds": 0, "stall_timeout": 10, "tokenizer": {"train": {"vocab_size": 300}}} | keys
        return write_job(self.at / f"{name}.yaml", self.at / "data", self.at / name / "out", input=[{"path": f"{self.at}/data/*"}], **keys)

    def faulty(self, job, ranks, **variables):
        env = {"LD_PRELOAD": LIBRARY, "QUERN_FAIL_UNDER": str(pathlib.Path(job).with_suffix(""))}
        return quern("run", job, ranks=ranks, check=False, env=env | {f"QUERN_FAIL_{key.upper()}": str(value) for key, value in variables.items()})

    def calls_of(self, job, ranks, **variables):
        """(number, call, path) of every call that counts in a run where none fails."""
        log = self.at / "calls"
        log.unlink(missing_ok=True)
        self.assertEqual(self.faulty(job, ranks, log=log, **variables).returncode, 0)
        calls = [line.split(" ", 2) for line in log.read_text().splitlines()]
        self.remove(job)
        return [(int(number), call, path.replace(str(self.at), "")) for number, call, path in calls]

    def remove(self, job):
        folder = pathlib.Path(job).with_suffix("")
        subprocess.run(["rm", "-rf", str(folder)], check=True)
        folder.mkdir()

    def assert_clear(self, done, error, what):
        """One message, which names a path and the reason."""
        said = [line for line in done.stderr.splitlines() if re.match(r"quern: (?!at +\d)", line) and "left behind" not in line and "lies in memory" not in line]
        self.assertEqual(done.returncode, STORE, f"{what}: {done.stdout}{done.stderr}")
        self.assertEqual(len(said), 1, f"{what}: {done.stderr}")
        self.assertIn(str(self.at), said[0], what)
        reasons = {errno.ENOSPC: ["no space left on device"], errno.EDQUOT: ["quota exceeded", "out of quota"],  # MPI-IO's words too
                   errno.EIO: ["mpi-io does not hand on the system's reason"]}[error] + [os.strerror(error).lower()]
        self.assertTrue(any(reason in said[0].lower() for reason in reasons), f"{what}: {said[0]}")

    def try_all(self, name, ranks, wanted, keys=None, **variables):
        job = self.job(name, **(keys or {}))
        folder = pathlib.Path(job).with_suffix("")
        self.remove(job)
        calls = self.calls_of(job, ranks, **variables)
        quern("run", job)
        right = digest(folder / "out")
        picked = chosen(calls, wanted, self.rng)
        self.assertTrue(picked)
        ended, survived = collections.Counter(), collections.Counter()
        for turn, (number, call, path) in enumerate(picked):
            error = ERRORS[turn % len(ERRORS)]
            what = f"{name}: call {number}, {call} {path}: {errno.errorcode[error]}"
            self.remove(job)
            with self.subTest(what):
                done = self.faulty(job, ranks, call=number, errno=error, **variables)
                if done.returncode == 0:
                    survived[call] += 1
                elif done.returncode == STALLED and call in ("open", "pwrite") and path.endswith("/data.h5"):
                    ended[f"{call}, hung in HDF5 or MPI-IO"] += 1  # docs/reliability.md: one rank that fails inside MPI_File_open or H5Fflush
                    self.assertIn("stall_timeout", done.stderr, what)
                else:
                    ended[call] += 1
                    self.assert_clear(done, error, what)
                if (folder / "out").exists():
                    self.assertEqual(digest(folder / "out"), right, f"{what}: {done.stderr}")
                    quern("verify", folder / "out")
                else:
                    self.assertNotEqual(done.returncode, 0, what)
                after = quern("run", job, ranks=ranks, check=False)
                self.assertEqual(after.returncode, 0, f"{what}\nbefore: {done.stderr}\nafter: {after.stderr}")
                if CALLS == "all" or "already done" in after.stdout:
                    self.assertEqual(digest(folder / "out"), right, what)
                else:
                    self.assertIn(right, after.stdout, what)
                self.assertEqual(sorted(path.name for path in folder.iterdir()), ["out"], f"{what}: something is left behind")
        print(f"{name}: {len(picked)} of {len(calls)} calls failed; the run ended after {dict(ended)}, went on after {dict(survived)}", flush=True)

    def share(self, part):
        return CALLS if CALLS == "all" else str(max(1, int(CALLS) * part // 15))

    def test_the_data_file_cannot_be_opened(self):
        """Each rank opens it by itself first. MPI-IO says of EIO no more than that it is an error."""
        job = self.job("opened")
        self.remove(job)
        of_file = {"rank": 0, "under": pathlib.Path(job).with_suffix("") / "out.quern-partial/data.h5"}
        opens = [number for number, call, path in self.calls_of(job, 2, **of_file) if call == "open" and path.endswith("/data.h5")]
        for number, said in [(opens[1], f"open failed: {os.strerror(errno.EIO)}"),
                             (opens[2], "H5Fcreate failed: MPI-IO does not hand on the system's reason.*MPI_File_open failed")]:
            self.remove(job)
            done = self.faulty(job, 2, call=number, errno=errno.EIO, **of_file)
            self.assertEqual(done.returncode, STORE, done.stderr)
            self.assertRegex(done.stderr, rf"data\.h5: {said}")
            quern("run", job, ranks=2)

    def test_on_one_rank(self):
        self.try_all("alone", 0, self.share(9))

    def test_a_shard_cannot_be_written(self):
        shards = self.at / "shards/out.quern-partial/data-"
        self.try_all("shards", 0, self.share(6), {"output__layout": "sharded", "output__shard_tokens": 4000}, under=shards)

    def test_on_rank_0_of_two(self):
        self.try_all("first", 2, "60" if CALLS == "all" else self.share(3), rank=0)

    def test_on_rank_1_of_two(self):
        self.try_all("second", 2, "60" if CALLS == "all" else self.share(3), rank=1)


if __name__ == "__main__":
    unittest.main()
