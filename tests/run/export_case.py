"""What the tests of exports share: a data set that was written in all formats by its run, and how it is exported again."""
import hashlib
import json
import pathlib
import tempfile
import unittest

import h5py

from corpus import write_corpus, write_job
from quern_run import quern

MSL = 64
FORMATS = {
    "megatron": {},
    "cerebras-samples": {"length": MSL, "file_examples": 50},
    "nanogpt": {},
    "llmc": {"shard_tokens": 5000},
    "datatrove": {"tokenizer": "mine"},
    "olmo": {"shard_tokens": 6000},
    "jsonl": {"shard_documents": 150},
    "windows": {"length": 100, "pack": "best_fit"},
}


def options(name):
    return [argument for key, value in FORMATS[name].items() for argument in ("--set", f"{key}={value}")]


def tree(folder):
    """Name → digest of all files below a folder."""
    folder = pathlib.Path(folder)
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.rglob("*")) if path.is_file()}


class Data:
    """A data set by h5py."""

    def __init__(self, out):
        with h5py.File(pathlib.Path(out) / "data.h5", "r") as f:
            self.tokens = f["data"][()].tolist()
            self.start = f["documents/start"][()].tolist()
            self.eos = int(f["provenance/end_of_text"][()])
            self.vocab = int(f["provenance/vocab_size"][()])
            self.digest = f["provenance/content_digest"][()].decode()
            self.token_bytes = f["data"].dtype.itemsize
            own, at = f["documents/own_id_bytes"][()].tobytes(), f["documents/own_id_start"][()].tolist()
            self.own_ids = [own[a:b].decode() for a, b in zip(at, at[1:])]
            names, at = f["files/name_bytes"][()].tobytes(), f["files/name_start"][()].tolist()
            files = [names[a:b].decode() for a, b in zip(at, at[1:])]
            self.places = [(files[file], offset) for file, offset in f["documents/id"][()].tolist()]
            sources = [name.decode() for name in f["sources"][()]]
            self.sources = [sources[row] for row in f["documents/source"][()]]
            self.splits = None
            if "splits" in f:
                first = f["splits/first_document"][()].tolist()
                self.splits = [(name.decode(), a, b) for name, a, b in zip(f["splits/name"][()], first, first[1:])]
        self.documents = [self.tokens[a:b] for a, b in zip(self.start, self.start[1:])]


def tokenizer_json_with(path, to, entries):
    """The vocabulary of a run, made larger by tokens that no text has."""
    tokenizer = json.loads(pathlib.Path(path).read_text())
    have = 1 + max(max(tokenizer["model"]["vocab"].values()), *(token["id"] for token in tokenizer["added_tokens"]))
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    tokenizer["added_tokens"] += [{"id": n, "content": f"<|never {n}|>", **flags} for n in range(have, entries)]
    to.write_text(json.dumps(tokenizer))
    return to


class Case(unittest.TestCase):
    """Tests with a folder of their own, and the data set that most of them are about, made with all formats in the run."""

    @classmethod
    def setUpClass(cls):
        keep = tempfile.TemporaryDirectory()
        cls.addClassCleanup(keep.cleanup)
        cls.at = pathlib.Path(keep.name)
        write_corpus(cls.at / "data", 100)
        cls.out = cls.at / "out"
        cls.job = write_job(cls.at / "job.yaml", cls.at / "data", cls.out, dedup={"near": False}, filter=[],
                            output__windows={"length": 128}, output__formats=[{name: FORMATS[name]} for name in FORMATS])
        cls.said = quern("run", cls.job, ranks=2).stdout
        cls.data = Data(cls.out)
        assert len(cls.data.documents) > 300

    def export(self, name, *more, out=None, to=None, ranks=0, **how):
        to = to or self.at / f"{self.id().rsplit('.', 1)[1]}-{name}"
        return to, quern("export", out or self.out, "--format", name, "--to", to, *more, ranks=ranks, **how)

    def refused(self, code, word, name, *more, **how):
        to, done = self.export(name, *more, check=False, **how)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertRegex(done.stderr, word)
        self.assertEqual(list(to.parent.glob(to.name + ".quern-*")), [], "nothing is left behind")
        return to
