"""Runs over input that is broken in some way: what every such test needs."""
import json
import os
import pathlib
import tempfile
import unittest

from quern_run import digest, ledger, quern

SHARED = pathlib.Path(os.environ.get("QUERN_SHARED_DATA", "/nonexistent")) / "badinput"


def jsonl(documents):
    """Lines of {"id":…,"text":…}, as bytes."""
    return b"".join(json.dumps({"id": name, "text": text}).encode() + b"\n" for name, text in documents)


def is_place(name, file):
    """Whether the ledger names a record by its place: it has no id of its own."""
    return name.startswith(f"{file}:") and name[len(file) + 1:].isdigit()


class BadCorpus(unittest.TestCase):
    def setUp(self):
        self.keep = tempfile.TemporaryDirectory()
        self.addCleanup(self.keep.cleanup)
        self.at = pathlib.Path(self.keep.name)
        self.data = self.at / "data"
        self.data.mkdir()

    def job(self, name="out", format="jsonl", **keys):
        job = {"input": [{"path": f"{self.data}/**", "format": format}], "filter": [], "dedup": {"exact": False, "near": False},
               "tokenizer": {"train": {"vocab_size": 300}}, "output": {"path": str(self.at / name)}, "work": str(self.at / f"{name}.work"), **keys}
        path = self.at / f"{name}.yaml"
        path.write_text(json.dumps(job))
        return path

    def run_job(self, name="out", ranks=0, env=None, **keys):
        """Runs, verifies, and checks that every record is accounted for. Returns the rows of the ledger."""
        self.finished = quern("run", self.job(name, **keys), ranks=ranks, env=env)
        return self.accounted(name)

    def accounted(self, name="out"):
        out = self.at / name
        quern("verify", out)
        rows = ledger(out)
        report = json.loads((out / "report.json").read_text())
        counts = report["counts"]
        self.assertEqual(report["input"]["records"], counts["kept"] + counts["removed"] + counts["quarantined"])
        self.assertEqual(len(rows), report["input"]["records"])
        for verdict in ("kept", "removed", "quarantined"):
            self.assertEqual(sum(row[1] == verdict for row in rows), counts[verdict])
        return rows

    def fails(self, code, *arguments, **how):
        done = quern(*arguments, check=False, **how)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stderr

    def same_at_other_ranks(self, name="out", **keys):
        """The same digest at 2 and 3 ranks and in small units as the run `name`."""
        for ranks in (2, 3):
            again = f"{name}-{ranks}"
            self.run_job(again, ranks=ranks, unit_bytes="64KiB", **keys)
            self.assertEqual(digest(self.at / again), digest(self.at / name), f"{ranks} ranks")

    def quarantine(self, name="out"):
        """What `quern quarantine` lists: one object per record."""
        return [json.loads(line) for line in quern("quarantine", self.at / f"{name}.yaml").stdout.splitlines()]


def needs_shared_data(test):
    def run(self):
        if not SHARED.is_dir():
            print(f"{SHARED} is not there: {test.__name__} is left out")
            return
        test(self)
    run.__name__ = test.__name__
    return run
