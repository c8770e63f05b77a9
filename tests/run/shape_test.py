"""Order, split and copies of the documents: as docs/formats/dataset.md says, at any number of ranks, with little memory and after kills.

What must lie where is worked out here from the formulas of that page alone, with numbers that have no bounds and a sort in memory.
"""
import ctypes
import ctypes.util
import filecmp
import json
import pathlib
import random
import tempfile
import time
import unittest

import h5py
import numpy as np

from corpus import edited, prose
from quern_run import digest, let_go, quern, start_held

MASK = (1 << 64) - 1
MILLION = 1_000_000


class Halves(ctypes.Structure):
    _fields_ = [("low", ctypes.c_uint64), ("high", ctypes.c_uint64)]


XXHASH = ctypes.CDLL(ctypes.util.find_library("xxhash") or "libxxhash.so.0")
XXHASH.XXH3_128bits.argtypes = [ctypes.c_char_p, ctypes.c_size_t]
XXHASH.XXH3_128bits.restype = Halves


def mix(x):
    x ^= x >> 30
    x = x * 0xBF58476D1CE4E5B9 & MASK
    x ^= x >> 27
    x = x * 0x94D049BB133111EB & MASK
    return x ^ x >> 31


def draw(seed, what, text, n):
    h = XXHASH.XXH3_128bits(text, len(text))
    x = mix(seed + 0x9E3779B97F4A7C15 & MASK)
    for more in (what, h.high, h.low, n):
        x = mix(x + more & MASK)
    return x


class Oracle:
    """The documents of a job, as (record, copy) in their order, from the kept records and the texts alone."""

    def __init__(self, job, texts, kept, source, cluster_size):
        output = job["output"]
        self.seed, self.shuffle = output.get("seed", 1), output.get("order") == "shuffle"
        self.validation = round(output.get("validation", 0) * MILLION)
        self.rules = output.get("repeat_by_cluster", [])
        self.repeat = {spec["name"]: round(spec.get("repeat", 1) * MILLION) for spec in job.get("sources", [])}
        self.texts, self.source, self.cluster_size = texts, source, cluster_size
        self.dropped = [r for r in kept if self.copies(r) == 0]
        documents = [(self.split(r), self.key(r, copy), r, copy) for r in kept for copy in range(self.copies(r))]
        documents.sort()
        self.documents = [(record, copy) for _, _, record, copy in documents]
        self.train = sum(1 for split, *_ in documents if split == 0)

    def copies(self, record):
        times = self.repeat.get(self.source[record], MILLION)
        of_cluster = MILLION
        for rule in self.rules:
            if self.cluster_size[record] >= rule["at_least"]:
                of_cluster = round(rule["times"] * MILLION)
        whole, rest = divmod(times * of_cluster, MILLION**2)
        return whole + (draw(self.seed, 3, self.texts[record], 0) < (rest << 64) // MILLION**2)

    def split(self, record):
        return int(self.validation > 0 and draw(self.seed, 2, self.texts[record], 0) < (self.validation << 64) // MILLION)

    def key(self, record, copy):
        return draw(self.seed, 1, self.texts[record], copy) if self.shuffle else 0


def write_data(folder, count=600):
    """Two sources of ASCII texts, one text a line; a third are copies, some of them again and again. Returns the lines' texts by file and offset."""
    folder.mkdir(parents=True)
    rng, texts = random.Random(5), {}
    for name in ("books", "web"):
        made, at = [], 0
        with open(folder / f"{name}.jsonl", "wb") as file:
            for i in range(count):
                kind = rng.random()
                if made and kind < 0.2:
                    text = made[rng.randrange(min(len(made), 12))]
                elif made and kind < 0.3:
                    text = edited(rng, rng.choice(made), 0.004)
                else:
                    text = prose(rng, rng.randint(4, 30)).strip()
                    made.append(text)
                line = json.dumps({"id": f"{name}-{i}", "text": text, "n": i}).encode() + b"\n"
                texts[f"{name}.jsonl", at] = text.encode()
                at += file.write(line)
    return texts


SHAPED = {"order": "shuffle", "seed": 7, "validation": 0.1, "repeat_by_cluster": [{"at_least": 2, "times": 1.5}, {"at_least": 5, "times": 3}]}
SOURCES = [{"name": "books", "repeat": 2.25}, {"name": "web", "repeat": 0.4}]


class DataSet:
    def __init__(self, path):
        self.path = path
        with h5py.File(path / "data.h5", "r") as file:
            self.data = file["/data"][:]
            self.documents = {name: item[:] for name, item in file["/documents"].items() if isinstance(item, h5py.Dataset)}
            self.ledger = {name: item[:] for name, item in file["/ledger"].items()}
            self.order = file["/documents"].attrs.get("order", b"input")
            self.order = self.order.decode() if isinstance(self.order, bytes) else self.order
            self.version = int(file.attrs["format_version"])
            self.splits = {n.decode(): int(f) for n, f in zip(file["/splits/name"][:], file["/splits/first_document"][:])} if "splits" in file else None
            self.sources = [name.decode() for name in file["/sources"][:]]
            self.files = self.texts(file["/files/name_start"][:], file["/files/name_bytes"][:].tobytes())
            self.job = json.loads(file["/provenance/job"][()])
            self.counts = {name: int(file[f"/provenance/{name}"][()]) for name in ("kept", "records", "tokens", "removed")}

    @staticmethod
    def texts(starts, data):
        return [data[a:b].decode() for a, b in zip(starts[:-1], starts[1:])]

    def tokens(self, row):
        start = self.documents["start"]
        return self.data[start[row]:start[row + 1]].tolist()

    def rows(self):
        copies = self.documents.get("copy", np.zeros(len(self.documents["record"]), int))
        return list(zip(self.documents["record"].tolist(), copies.tolist()))


class Shape(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.keep = tempfile.TemporaryDirectory()
        cls.at = pathlib.Path(cls.keep.name)
        cls.texts = write_data(cls.at / "data")

    @classmethod
    def tearDownClass(cls):
        cls.keep.cleanup()

    def job(self, name, output=None, sources=None, **more):
        job = {"input": [{"path": f"{self.at}/data/{source}.jsonl", "format": "jsonl", "source": source} for source in ("books", "web")],
               "tokenizer": {"train": {"vocab_size": 600}}, "dedup": {"near": {}}, "filter": [],
               "output": {"path": str(self.at / name), **(output or {})}, "work": str(self.at / name) + ".work"} | more
        if sources:
            job["sources"] = sources
        path = self.at / f"{name}.yaml"
        path.write_text(json.dumps(job))
        return path

    def run_job(self, name, ranks=0, **keys):
        job = self.job(name, **keys)
        quern("run", job, ranks=ranks)
        return json.loads(job.read_text()), DataSet(self.at / name)

    def oracle(self, job, data):
        ledger = data.ledger
        texts = [self.texts[data.files[f], o] for f, o in zip(ledger["file"].tolist(), ledger["offset"].tolist())]
        source = [data.sources[s] for s in ledger["source"].tolist()]
        size = [1] * len(texts)
        for kept in ledger["kept"].tolist():
            if kept < len(texts):
                size[kept] += 1
        reasons = self.reasons(data)
        kept = [r for r in range(len(texts)) if reasons[r] in ("", "sampled")]
        return Oracle(job, texts, kept, source, size), size

    def reasons(self, data):
        with h5py.File(data.path / "data.h5", "r") as file:
            names = [name.decode() for name in file["/ledger/reason_names"][:]]
        return ["" if verdict == 0 else names[reason] for verdict, reason in zip(data.ledger["verdict"].tolist(), data.ledger["reason"].tolist())]

    def assert_as_foretold(self, job, data):
        oracle, size = self.oracle(job, data)
        self.assertEqual(data.rows(), oracle.documents)
        self.assertGreater(len(oracle.documents), 100)
        reasons = self.reasons(data)
        self.assertEqual([r for r, reason in enumerate(reasons) if reason == "sampled"], oracle.dropped)
        if "cluster_size" in data.documents:
            self.assertEqual(data.documents["cluster_size"].tolist(), [size[record] for record, _ in oracle.documents])
        self.assertEqual(data.order, "shuffle" if oracle.shuffle else "input")
        if oracle.validation:
            self.assertEqual(data.splits, {"train": 0, "validation": oracle.train})
        else:
            self.assertIsNone(data.splits)
        self.assertEqual(data.counts["kept"], len({record for record, _ in oracle.documents}))
        self.assertEqual(data.counts["tokens"], len(data.data))
        quern("verify", data.path)
        return oracle

    def assert_same_bytes(self, a, b):
        for name in ("data.h5", "tokenizer.json"):
            self.assertTrue(filecmp.cmp(a / name, b / name, shallow=False), f"{b / name} differs")

    def test_order_split_and_copies_are_what_the_formulas_say(self):
        job, data = self.run_job("shaped", 2, output=SHAPED, sources=SOURCES)
        oracle = self.assert_as_foretold(job, data)
        # The corpus has something of everything, or the test says nothing.
        copies = [copy for _, copy in oracle.documents]
        self.assertGreaterEqual(max(copies), 3)
        self.assertGreater(len(oracle.dropped), 20)
        self.assertGreater(max(data.documents["cluster_size"]), 5)
        self.assertTrue(0 < len(oracle.documents) - oracle.train < oracle.train)
        self.assertEqual(data.version, 2)

    def test_each_key_alone_is_what_the_formulas_say(self):
        for name, keys in {"order": {"output": {"order": "shuffle"}}, "split": {"output": {"validation": 0.3, "seed": 9}},
                           "repeat": {"sources": [{"name": "web", "repeat": 1.5}]},
                           "clusters": {"output": {"repeat_by_cluster": [{"at_least": 3, "times": 0.5}]}},
                           "no-dedup": {"output": {"order": "shuffle", "validation": 0.2}, "dedup": {"exact": False, "near": False}}}.items():
            with self.subTest(name):
                self.assert_as_foretold(*self.run_job(name, 2, **keys))

    def test_every_document_has_the_tokens_of_its_text(self):
        job, data = self.run_job("decoded", 3, output=SHAPED, sources=SOURCES)
        oracle, _ = self.oracle(job, data)
        vocabulary = json.loads((data.path / "tokenizer.json").read_text())["model"]["vocab"]
        names = {number: token.replace("\u0120", " ").replace("\u010a", "\n") for token, number in vocabulary.items()}
        for row, (record, _) in enumerate(data.rows()):
            tokens = data.tokens(row)
            self.assertEqual("".join(names[t] for t in tokens[:-1]).encode(), oracle.texts[record])
            self.assertNotIn(tokens[-1], tokens[:-1])

    def test_equal_texts_go_to_one_split(self):
        job, data = self.run_job("twins", output={"order": "shuffle", "validation": 0.4}, dedup={"exact": False, "near": False})
        oracle = self.assert_as_foretold(job, data)
        sides = {}
        for row, (record, _) in enumerate(data.rows()):
            sides.setdefault(oracle.texts[record], []).append(row >= data.splits["validation"])
        self.assertTrue(any(len(s) > 3 for s in sides.values()))
        self.assertTrue(all(len(set(s)) == 1 for s in sides.values()))

    def test_another_seed_is_another_order(self):
        rows = {}
        for seed in (1, 2):
            job, data = self.run_job(f"seed{seed}", output={"order": "shuffle", "seed": seed})
            rows[seed] = data.rows()
        self.assertEqual(sorted(rows[1]), sorted(rows[2]))
        self.assertLess(sum(a == b for a, b in zip(rows[1], rows[2])), len(rows[1]) / 20)

    def test_any_number_of_ranks_gives_the_same_bytes(self):
        self.run_job("ranks1", 1, output=SHAPED, sources=SOURCES)
        for ranks in (2, 3, 5):
            out = self.at / f"ranks{ranks}"
            spool = {"encrypt": True, "key_file": str(self.at / "key")} if ranks == 5 else {}
            quern("run", self.job(f"ranks{ranks}", output=SHAPED, sources=SOURCES, unit_bytes="64KiB", spool=spool), ranks=ranks)
            self.assertEqual(digest(out), digest(self.at / "ranks1"))
            self.assert_same_bytes(self.at / "ranks1", out)
        for ranks in (2, 5):
            self.assertEqual(quern("digest", self.at / "ranks1", ranks=ranks).stdout.strip(), digest(self.at / "ranks1"))
            quern("verify", self.at / "ranks1", ranks=ranks)

    # Some 45 MB on their way, of which a rank may hold 8 MiB.
    MANY = {"order": "shuffle", "seed": 3, "validation": 0.2}
    TIMES = [{"name": "books", "repeat": 95}, {"name": "web", "repeat": 97.5}]

    def end(self, held, pause):
        """Ranks come to the point one after the other."""
        while held.poll() is None:
            for file in pause.parent.glob(pause.name + ".*[0-9]"):
                file.unlink()
            time.sleep(0.01)
        self.assertEqual(held.returncode, 0, held.communicate())
        held.communicate()

    def test_little_memory_gives_the_same_bytes_from_many_runs(self):
        job, data = self.run_job("roomy", 1, output=self.MANY, sources=self.TIMES)
        self.assert_as_foretold(job, data)
        bytes_of_tokens = data.data.nbytes
        for name, ranks in (("tight1", 1), ("tight3", 3)):
            path = self.job(name, output=self.MANY, sources=self.TIMES, memory_per_rank="32MiB", unit_bytes="64KiB")
            held = start_held(path, "documents ordered", self.at / f"pause-{name}", ranks)
            spooled = sum(file.stat().st_size for file in (self.at / f"{name}.work/spool").glob("ordered.*.spool"))
            self.end(held, self.at / f"pause-{name}")
            self.assertGreater(spooled, bytes_of_tokens)
            self.assertGreater(spooled / ranks, 12 << 20, "all of it fits into one run: the test says nothing")
            self.assert_same_bytes(self.at / "roomy", self.at / name)

    def test_killed_while_it_orders_or_writes_it_goes_on_to_the_same_bytes(self):
        self.run_job("whole", 2, output=SHAPED, sources=SOURCES)
        keys = {"output": SHAPED, "sources": SOURCES, "unit_bytes": "64KiB", "checkpoint_seconds": 0}
        for number, point in enumerate(["run written", "documents ordered", "shaped", "unit written", "before publication"]):
            name = f"killed{number}"
            job = self.job(name, **keys)
            held = start_held(job, point, self.at / f"pause-{name}", 2 + number % 2)
            held.terminate()  # mpirun ends its ranks
            held.communicate(timeout=60)
            let_go(self.at / f"pause-{name}")
            quern("run", job, ranks=1 + number % 3)
            self.assert_same_bytes(self.at / "whole", self.at / name)
            self.assertFalse((self.at / f"{name}.work").exists())

    def test_a_damaged_run_in_the_spool_is_made_again(self):
        self.run_job("sound", 2, output=SHAPED, sources=SOURCES)
        job = self.job("torn", output=SHAPED, sources=SOURCES, unit_bytes="64KiB", checkpoint_seconds=0)
        held = start_held(job, "unit written", self.at / "pause-torn", 2)
        held.terminate()
        held.communicate(timeout=60)
        let_go(self.at / "pause-torn")
        segment = next((self.at / "torn.work/spool").glob("ordered.*.spool"))
        with open(segment, "r+b") as file:
            file.seek(segment.stat().st_size // 2)
            byte = file.read(1)
            file.seek(-1, 1)
            file.write(bytes([byte[0] ^ 1]))
        quern("run", job, ranks=3)
        self.assert_same_bytes(self.at / "sound", self.at / "torn")

    def test_verify_finds_a_changed_byte_in_every_column(self):
        _, data = self.run_job("flipped", output=SHAPED, sources=SOURCES)
        path, rng, flips = data.path / "data.h5", random.Random(2), 0
        columns = []
        with h5py.File(path, "r") as file:
            file.visititems(lambda name, item: columns.append((name, item.id.get_offset(), item.id.get_storage_size())) if isinstance(item, h5py.Dataset) else None)
        self.assertTrue({"documents/copy", "documents/cluster_size", "splits/first_document", "splits/name", "provenance/documents"} <= {c[0] for c in columns})
        with open(path, "r+b", buffering=0) as file:
            for name, offset, size in columns:
                for at in [rng.randrange(size)] if size else []:
                    file.seek(offset + at)
                    byte = file.read(1)
                    file.seek(offset + at)
                    file.write(bytes([byte[0] ^ 1]))
                    done = quern("verify", data.path, check=False)
                    self.assertNotEqual(done.returncode, 0, f"{name}: byte {at} is another, and nobody sees it")
                    file.seek(offset + at)
                    file.write(byte)
                    flips += 1
        self.assertGreater(flips, 40)
        quern("verify", data.path)

    def test_verify_names_documents_that_were_exchanged(self):
        _, data = self.run_job("exchanged", output={"order": "shuffle"})
        with h5py.File(data.path / "data.h5", "r+") as file:
            record = file["/documents/record"]
            record[10], record[11] = record[11], record[10]
        done = quern("verify", data.path, check=False, ranks=2)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("/documents: row 10: /documents/id differs from the ledger", done.stderr)

    def test_refilter_gives_what_a_run_with_these_filters_gives(self):
        filters = [{"gopher_quality": {"min_words": 80}}, {"quantile": {"signal": "gopher_words", "keep_top": 0.7}}]
        sources = [{"name": "books", "repeat": 2.25}]
        vocabulary = {"file": str(self.run_job("vocabulary")[1].path / "tokenizer.json")}
        keys = {"output": {"order": "shuffle", "validation": 0.2}, "sources": sources, "dedup": {"exact": False, "near": False}, "tokenizer": vocabulary}
        _, whole = self.run_job("whole-set", 2, filter=[], signals=["gopher_quality"], **keys)
        _, filtered = self.run_job("filtered", 2, filter=filters, **keys)
        for ranks in (1, 3):
            again = self.at / f"again{ranks}"
            quern("refilter", whole.path, "--to", again, "--set", f"filter={json.dumps(filters)}", ranks=ranks)
            self.assertEqual(digest(again), digest(filtered.path))
            quern("verify", again, ranks=2)
        self.assertEqual((self.at / "again1/data.h5").read_bytes(), (self.at / "again3/data.h5").read_bytes())
        again = DataSet(self.at / "again1")
        self.assertEqual((again.rows(), again.splits, again.counts["kept"]), (filtered.rows(), filtered.splits, filtered.counts["kept"]))
        self.assertTrue(100 < len(again.rows()) < len(whole.rows()))

    def test_a_refiltered_set_with_clusters_is_sound(self):
        _, whole = self.run_job("with-clusters", 2, output=SHAPED, sources=SOURCES, signals=["gopher_quality"])
        quern("refilter", whole.path, "--to", self.at / "fewer", "--set", 'filter=[{gopher_quality: {min_words: 120}}]', ranks=2)
        quern("verify", self.at / "fewer", ranks=3)
        fewer, stays = DataSet(self.at / "fewer"), set()
        stays = {record for record, _ in fewer.rows()}
        self.assertEqual(fewer.rows(), [row for row in whole.rows() if row[0] in stays])
        self.assertTrue(0 < len(fewer.rows()) < len(whole.rows()))
        self.assertEqual(fewer.splits["validation"], sum(1 for row in whole.rows()[:whole.splits["validation"]] if row[0] in stays))

    def test_a_shaped_set_is_shown_and_read_as_input(self):
        _, data = self.run_job("shown", 2, output=SHAPED, sources=SOURCES)
        said = quern("show", data.path).stdout
        self.assertRegex(said, r"order +shuffled")
        self.assertRegex(said, r"validation +[\d,.' ]+ documents from")
        twice = next(row for row, (_, copy) in enumerate(data.rows()) if copy == 1)
        self.assertRegex(quern("show", data.path, "--document", twice).stdout, r"copy +1")
        job = self.at / "reads.yaml"
        job.write_text(json.dumps({"input": [{"path": str(data.path), "format": "dataset"}], "tokenizer": {"file": str(data.path / "tokenizer.json")},
                                   "filter": [], "dedup": {"exact": False, "near": False}, "output": {"path": str(self.at / "read")},
                                   "work": str(self.at / "read.work")}))
        quern("run", job, ranks=2)
        self.assertTrue(np.array_equal(DataSet(self.at / "read").data, data.data))

    def test_jobs_that_make_no_sense_are_refused(self):
        for output, more, said in [({"repeat_by_cluster": [{"at_least": 2, "times": 2}]}, {"dedup": {"exact": False, "near": False}}, "no document has duplicates"),
                                   ({"repeat_by_cluster": [{"at_least": 3, "times": 2}, {"at_least": 3, "times": 1}]}, {}, "the sizes must rise"),
                                   ({"repeat_by_cluster": [{"at_least": 0, "times": 2}]}, {}, "at_least"),
                                   ({"validation": 1.5}, {}, "output.validation"), ({"order": "shufle"}, {}, "shuffle")]:
            done = quern("run", self.job("refused", output=output, **more), check=False)
            self.assertEqual(done.returncode, 3, done.stderr)
            self.assertIn(said, done.stderr)


if __name__ == "__main__":
    unittest.main()
