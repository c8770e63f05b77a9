"""scripts/quern_reader.py, against h5py and against what docs/training.md promises."""
import with_h5py  # noqa: F401  before anything that needs it

import multiprocessing
import os
import pathlib
import pickle
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import h5py
import numpy

import trainer_formats as read
from corpus import write_corpus, write_job
from quern_run import SCRIPTS, quern

sys.path.insert(0, str(SCRIPTS))
from quern_reader import IGNORE, DataSet, NotReadable, Permutation, Shuffled, Windows  # noqa: E402

LENGTH = 64


class Reader(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        keep = tempfile.TemporaryDirectory()
        cls.addClassCleanup(keep.cleanup)
        cls.at = pathlib.Path(keep.name)
        write_corpus(cls.at / "data", 60)
        cls.out = cls.at / "out/web"
        quern("run", write_job(cls.at / "job.yaml", cls.at / "data", cls.out, output__windows={"length": LENGTH}), ranks=2)
        with h5py.File(cls.out / "data.h5", "r") as f:
            cls.tokens, start = f["data"][()].astype("i8"), f["documents/start"][()].tolist()
        cls.documents = [cls.tokens[a:b].tolist() for a, b in zip(start, start[1:])]

    def copy(self, name):
        shutil.copytree(self.out, self.at / name)
        return self.at / name

    def test_documents_by_number(self):
        data = DataSet(self.out)
        self.assertEqual([data[d].tolist() for d in range(len(data))], self.documents)
        self.assertEqual(DataSet(self.out / "data.h5")[3].tolist(), self.documents[3])
        for bad in (-1, len(data)):
            with self.assertRaises(IndexError):
                data[bad]

    def test_windows_of_the_stream(self):
        windows = Windows(DataSet(self.out), length=LENGTH)
        self.assertEqual(len(windows), (len(self.tokens) - 1) // LENGTH)
        for i in (0, 1, len(windows) // 2, len(windows) - 1):
            ids, labels = windows[i]
            self.assertEqual(ids.tolist(), self.tokens[i * LENGTH:(i + 1) * LENGTH].tolist())
            self.assertEqual(labels.tolist(), self.tokens[i * LENGTH + 1:(i + 1) * LENGTH + 1].tolist())

    def test_packed_windows(self):
        _, [(_, expected)] = read.windows(self.out / "windows.h5")
        for across in (True, False):
            windows = Windows(DataSet(self.out), windows=self.out / "windows.h5", across=across)
            self.assertEqual(len(windows), len(expected))
            for i, parts in enumerate(expected):
                self.assertEqual(windows.parts(i), parts)
                ids, labels, last = [], [], []
                for document, start, tokens in parts:
                    piece = self.documents[document][start:start + tokens]
                    ids += piece
                    labels += piece[1:] + [None]
                    last.append(len(labels) - 1)
                for at in last:  # the label of a document's last token is the next one's first
                    labels[at] = ids[at + 1] if across and at + 1 < len(ids) else IGNORE
                padding = LENGTH - len(ids)
                found = windows[i]
                self.assertEqual(found[0].tolist(), ids + [windows.data.end_of_text] * padding)
                self.assertEqual(found[1].tolist(), labels + [IGNORE] * padding)

    def test_one_of_several_lengths(self):
        to = self.at / "buckets"
        quern("export", self.out, "--format", "windows", "--set", "lengths=[32, 256]", "--to", to)
        data = DataSet(self.out)
        with self.assertRaisesRegex(ValueError, "32, 256"):
            Windows(data, windows=to / "windows.h5")
        _, buckets = read.windows(to / "windows.h5")
        for bucket, (length, windows) in enumerate(buckets):
            found = Windows(data, windows=to / "windows.h5", bucket=bucket)
            self.assertEqual((len(found), found.length), (len(windows), length))
            self.assertEqual([found.parts(i) for i in range(len(found))], windows)

    def test_an_order_is_a_permutation_that_depends_on_seed_and_epoch(self):
        for n in (1, 2, 3, 64, 65, 1000, 4097):
            orders = [[order[i] for i in range(n)] for order in (Permutation(n, 1, 0), Permutation(n, 1, 1), Permutation(n, 2, 0))]
            for order in orders:
                self.assertEqual(sorted(order), list(range(n)))
            if n > 60:
                self.assertEqual(len({tuple(order) for order in orders}), 3)
                # Neighbours are not kept together, and places are not kept: of a random order about one of each is expected.
                self.assertLess(sum(b == a + 1 for a, b in zip(orders[0], orders[0][1:])), 8)
                self.assertLess(sum(i == at for at, i in enumerate(orders[0])), 8)
        huge = Permutation(10**12, 7)
        self.assertEqual(len({huge[i] for i in range(1000)}), 1000)
        # Written down, so that an order of today is that of tomorrow.
        self.assertEqual([Permutation(1000, 1, 0)[i] for i in range(5)], ORDER_OF_1000)

    def test_a_step_has_the_same_windows_for_any_ranks(self):
        windows = Windows(DataSet(self.out), length=LENGTH)

        def steps(batch, world):
            of_ranks = [list(windows.batches(batch, seed=3, epoch=2, rank=rank, world=world)) for rank in range(world)]
            return [numpy.concatenate([rank[step][1][0] for rank in of_ranks]).tolist() for step in range(len(of_ranks[0]))]

        alone = steps(8, 1)
        self.assertGreater(len(alone), 5)
        self.assertEqual(steps(4, 2), alone)
        self.assertEqual(steps(1, 8), alone)
        later = [ids.tolist() for _, (ids, _) in windows.batches(8, seed=3, epoch=2, start_step=4)]
        self.assertEqual(later, alone[4:])
        with self.assertRaises(ValueError):
            next(windows.batches(8, rank=2, world=2))

    def test_an_epoch_in_shares(self):
        windows = Windows(DataSet(self.out), length=LENGTH)
        shares = [Shuffled(windows, seed=1, rank=rank, world=3) for rank in range(3)]
        first = sorted(tuple(share[i][0]) for share in shares for i in range(len(share)))
        self.assertEqual(len(first), len(windows) // 3 * 3)
        all_windows = [tuple(windows[i][0]) for i in range(len(windows))]
        self.assertTrue(set(first) <= set(all_windows))
        before = [tuple(shares[0][i][0]) for i in range(5)]
        shares[0].set_epoch(1)
        self.assertNotEqual([tuple(shares[0][i][0]) for i in range(5)], before)

    def test_it_reads_on_in_other_processes(self):
        data = DataSet(self.out)
        self.assertEqual(data[1].tolist(), self.documents[1])
        SHARED[:] = [data]
        with multiprocessing.get_context("fork").Pool(3) as pool:
            self.assertEqual(pool.map(sum_of, range(40)), [sum(document) for document in self.documents[:40]])
        self.assertEqual(pickle.loads(pickle.dumps(data))[5].tolist(), self.documents[5])

    def test_what_cannot_be_read(self):
        unfinished = self.copy("unfinished")
        with h5py.File(unfinished / "data.h5", "r+") as f:
            f["provenance/content_digest"][()] = b""
        other = self.copy("other")
        with h5py.File(other / "data.h5", "r+") as f:
            f["provenance/content_digest"][()] = b"0" * 32
        with self.assertRaisesRegex(NotReadable, "not finished"):
            DataSet(unfinished)
        with self.assertRaisesRegex(NotReadable, "another data set"):
            Windows(DataSet(other), windows=self.out / "windows.h5")
        with self.assertRaisesRegex(NotReadable, "no windows"):
            Windows(DataSet(self.out), windows=self.out / "data.h5")
        with self.assertRaisesRegex(NotReadable, "not a data set"):
            DataSet(self.out / "windows.h5")
        with self.assertRaisesRegex(NotReadable, "no split"):
            DataSet(self.out, split="train")
        with self.assertRaises(NotReadable):
            DataSet(self.at)

    def test_shards_that_are_missing_or_others_are_seen(self):
        def run(name, seed):
            out = self.at / name
            quern("run", write_job(self.at / f"{name}.yaml", self.at / "data", out, output__layout="sharded", output__shard_tokens=4000,
                                   output__order="shuffle", output__seed=seed), ranks=2)
            return out

        out, other = run("sharded", 1), run("other-seed", 2)
        data = DataSet(out)
        with h5py.File(out / "data.h5", "r", locking=False) as f:
            start = f["documents/start"][()].tolist()
            tokens = f["data"][()]
        self.assertEqual([data[d].tolist() for d in range(len(data))], [tokens[a:b].tolist() for a, b in zip(start, start[1:])])
        del data
        first, second = (out / f"data-0000{n}.h5" for n in (0, 1))
        kept = {path: path.read_bytes() for path in (first, second)}

        def refused(word):
            with self.assertRaisesRegex(NotReadable, word):
                DataSet(out)
            for path, content in kept.items():
                path.write_bytes(content)
            DataSet(out)

        second.unlink()
        refused("missing.*data-00001.h5")
        second.write_bytes(b"")
        refused("data-00001.h5: has 0 bytes")
        second.write_bytes(kept[second][:-1])
        refused("data-00001.h5: has [0-9]+ bytes")
        # The same size does not make it the same shard.
        for foreign, word in ((kept[first], "shard 0, not 1"), ((other / second.name).read_bytes(), "plan_digest")):
            second.write_bytes(foreign)
            with h5py.File(out / "data.h5", "r+") as f:
                size = f["shards/file_bytes"][1]
                f["shards/file_bytes"][1] = len(foreign)
            with self.assertRaisesRegex(NotReadable, f"data-00001.h5: another shard.*{word}"):
                DataSet(out)
            with h5py.File(out / "data.h5", "r+") as f:
                f["shards/file_bytes"][1] = size
        second.write_bytes(b"\0" * len(kept[second]))
        refused("data-00001.h5: no shard of quern")

    def test_beside_one_who_has_it_open(self):
        with h5py.File(self.out / "data.h5", "r"), h5py.File(self.out / "windows.h5", "r"):
            data = DataSet(self.out)
            self.assertEqual(data[3].tolist(), self.documents[3])
            Windows(data, windows=self.out / "windows.h5")

    def test_the_command(self):
        command = [sys.executable, SCRIPTS / "quern_reader.py"]
        done = subprocess.run([*command, self.out, "--windows", self.out / "windows.h5"], stdout=subprocess.PIPE, text=True, check=True)
        self.assertIn(f"{len(self.documents)} documents, {len(self.tokens)} tokens of ", done.stdout)
        self.assertIn(f"windows of {LENGTH} tokens", done.stdout)
        done = subprocess.run([*command, self.at], stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("quern_reader: ", done.stderr)


ORDER_OF_1000 = [789, 91, 226, 375, 791]
SHARED = []  # an open data set, for processes that are forked


def sum_of(document):
    return int(SHARED[0][document].sum())


class PyTorch(unittest.TestCase):
    def test_the_loop_of_the_page(self):
        if subprocess.run([sys.executable, "-c", "import torch"], stderr=subprocess.DEVNULL).returncode:
            self.skipTest("PyTorch is not there (package python3-torch)")
        page = (SCRIPTS.parent / "docs/training.md").read_text(encoding="utf-8")
        [loop] = [block for block in re.findall(r"^```python\n(.*?)^```", page, re.DOTALL | re.MULTILINE) if "import torch" in block]
        with tempfile.TemporaryDirectory() as keep:
            at = pathlib.Path(keep)
            write_corpus(at / "data", 40)
            quern("run", write_job(at / "job.yaml", at / "data", at / "out/web"))
            done = subprocess.run([sys.executable, "-c", loop], cwd=at, stdout=subprocess.PIPE, text=True, timeout=300, check=True,
                                  env={**os.environ, "PYTHONPATH": str(SCRIPTS), "RANK": "1", "WORLD_SIZE": "2", "OMP_NUM_THREADS": "1"})
            self.assertIn("nats per token", done.stdout)


if __name__ == "__main__":
    unittest.main()
