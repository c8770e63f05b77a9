"""Each call that changes a file fails once while a data set is exported: the export is whole or not there, and nothing is left beside it.

QUERN_FAIL_LIBRARY: tests/faults/failing_calls.c, built. QUERN_FAIL_CALLS: how many calls of each format are tried (4), or `all`.
"""
import with_h5py  # noqa: F401  before anything that needs it

import errno
import os
import random
import shutil
import unittest

from export_case import FORMATS, Case, options, tree
from quern_run import quern

LIBRARY = os.environ.get("QUERN_FAIL_LIBRARY", "failing_calls.so")
CALLS = os.environ.get("QUERN_FAIL_CALLS", "4")
SEED = int(os.environ.get("QUERN_FAIL_SEED", str(random.randrange(1 << 30))))
STORE = 5  # docs/exit-codes.md
REMOVING = {"unlink", "unlinkat", "rmdir", "remove"}  # where these fail, something is left


class Faults(Case):
    def faulty(self, name, to, ranks, **variables):
        env = {"LD_PRELOAD": LIBRARY, "QUERN_FAIL_UNDER": str(to)} | {f"QUERN_FAIL_{key.upper()}": str(value) for key, value in variables.items()}
        return self.export(name, *options(name), to=to, ranks=ranks, check=False, env=env)[1]

    def chosen(self, calls):
        """Some of the calls, of each kind one at least as far as they reach."""
        rng = random.Random(SEED)
        if CALLS == "all":
            return calls
        first_of_kind = {call[1]: call for call in rng.sample(calls, len(calls))}
        return (list(first_of_kind.values()) + rng.sample(calls, len(calls)))[:int(CALLS)]

    def test_every_format(self):
        print(f"seed {SEED}: QUERN_FAIL_SEED repeats it", flush=True)
        tried = 0
        for name in FORMATS:
            to, log, ranks = self.at / "faults" / name, self.at / f"calls-{name}", 2 if name in ("megatron", "windows") else 0
            one = {"rank": 0} if ranks else {}
            self.assertEqual(self.faulty(name, to, ranks, log=log, **one).returncode, 0)
            expected = tree(to)
            calls = [line.split(" ", 2) for line in log.read_text().splitlines()]
            calls = [call for call in calls if ".locktest." not in call[2]]  # of MPI-IO, which passes over what fails
            self.assertGreater(len(calls), 5)
            for number, call, path in self.chosen(calls):
                shutil.rmtree(to.parent)
                done = self.faulty(name, to, ranks, call=number, errno=random.Random(number).choice([errno.ENOSPC, errno.EIO, errno.EDQUOT]), **one)
                with self.subTest(format=name, number=number, call=call, path=path):
                    self.assertIn(done.returncode, (0, STORE), done.stderr)
                    if to.exists():
                        self.assertEqual(tree(to), expected)
                    else:
                        self.assertEqual(done.returncode, STORE)
                        self.assertIn(str(to), done.stderr)
                        if call not in REMOVING and ".quern-export" not in path:
                            self.assertEqual(list(to.parent.iterdir()), [], done.stderr)
                    if done.returncode == STORE:
                        quern("export", self.out, "--format", name, "--to", to, *options(name), *(["--overwrite"] if to.exists() else []))
                        self.assertEqual(tree(to), expected)
                    tried += 1
        self.assertGreater(tried, 15)


if __name__ == "__main__":
    unittest.main()
