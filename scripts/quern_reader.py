#!/usr/bin/env python3
"""Reads a data set of quern for training: documents, windows, epochs in a seeded order. Needs h5py and numpy, nothing of quern.

    from quern_reader import DataSet, Windows
    data = DataSet("out/web")                     # a folder with data.h5, of layout single or sharded
    data[17]                                      # tokens of document 17, the end-of-text included
    windows = Windows(data, length=1024)          # the stream of tokens, cut; or windows=… for a windows.h5
    for step, (ids, labels) in windows.batches(batch=8, seed=1, epoch=0, rank=0, world=4, start_step=0): …

Everything is a function of (seed, epoch, step): no state but the step has to be kept to go on after a stop. A sample is read
when it is asked for; a DataSet opens its file again in a process that was forked or to which it was sent, so it may be shared by
workers. docs/training.md has whole training loops.

    quern_reader.py OUT [--split NAME] [--windows FILE]      says what is in it
"""
import argparse
import os
import pathlib
import sys

import h5py
import numpy

try:
    from torch.utils.data import Dataset as _Base
except ImportError:  # everything works without
    _Base = object

IGNORE = -100  # label of a place without one; what PyTorch's cross entropy passes over


class NotReadable(Exception):
    """The data set is unfinished, damaged, or a part of it is missing."""


class Permutation:
    """A permutation of range(n) that is computed for one place at a time: nothing is stored, whatever n is.

    A Feistel network of six rounds over the smallest even number of bits that holds n; a value that falls outside is put through it again
    (cycle walking), fewer than four times on average. Round function: splitmix64's finaliser of (key of the round, half).
    """

    ROUNDS = 6

    def __init__(self, n, *key):
        self.n = int(n)
        half = max(1, ((self.n - 1).bit_length() + 1) // 2)
        self.half, self.mask = half, (1 << half) - 1
        state = 0x9E3779B97F4A7C15
        for part in (self.n, *key):
            state = _mix((state ^ int(part)) & _U64)
        self.keys = []
        for _ in range(self.ROUNDS):
            state = _mix((state + 0x9E3779B97F4A7C15) & _U64)
            self.keys.append(state)

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        if not 0 <= i < self.n:
            raise IndexError(i)
        while True:
            left, right = i >> self.half, i & self.mask
            for key in self.keys:
                left, right = right, left ^ (_mix(key ^ right) & self.mask)
            i = left << self.half | right
            if i < self.n:
                return i


_U64 = (1 << 64) - 1


def _mix(x):
    x = ((x ^ x >> 30) * 0xBF58476D1CE4E5B9) & _U64
    x = ((x ^ x >> 27) * 0x94D049BB133111EB) & _U64
    return x ^ x >> 31


def _text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def _open(path):
    """Without a lock, which not every file system has; HDF5 wants all openings of a file in a process to agree."""
    try:
        return h5py.File(path, "r", locking=False)
    except OSError as error:
        if "locking" not in str(error):
            raise
        return h5py.File(path, "r")


class DataSet(_Base):
    """Documents by number: data[d] is their tokens, as numpy has them, the end-of-text included.

    `split`: "train", "validation"; by default all documents. `len(data)` is the number of documents.
    Throws NotReadable for what is not a finished data set, and for a shard that is missing, cut short, another data set's or in another's place:
    each is opened once for that. Its tokens are not read: `quern verify` finds damage in them.
    """

    def __init__(self, path, split=None):
        path = pathlib.Path(path)
        self.path = path / "data.h5" if path.is_dir() else path
        self._opened_by = None
        self._file = None
        f = self._h5()
        self.content_digest = _text(f["provenance/content_digest"][()])
        self.vocab_size = int(f["provenance/vocab_size"][()])
        self.end_of_text = int(f["provenance/end_of_text"][()])
        self.first, self.end = self._split_rows(f, split)
        self.start = f["documents/start"][self.first:self.end + 1].astype(numpy.int64)  # 8 bytes per document
        self._check_shards(f)

    def _split_rows(self, f, split):
        documents = f["documents/start"].shape[0] - 1
        if split is None:
            return 0, documents
        names = [_text(name) for name in f["splits/name"][()]] if "splits" in f else []
        if split not in names:
            raise NotReadable(f"{self.path}: has no split '{split}', only: {', '.join(names) or 'none (output.validation was not asked for)'}")
        first = f["splits/first_document"]
        return int(first[names.index(split)]), int(first[names.index(split) + 1])

    def _check_shards(self, f):
        """A virtual dataset reads as its fill value where a file is missing: found here, not in the loss."""
        data = f["data"]
        if not data.is_virtual:
            return
        missing = [source.file_name for source in data.virtual_sources() if not (self.path.parent / source.file_name).is_file()]
        if missing:
            raise NotReadable(f"{self.path}: {len(missing)} of its shards are missing, the first is {missing[0]}: copy them beside it")
        shards = f["shards"]
        rows = zip(*(shards[key][()].tolist() for key in ("name", "first_token", "tokens", "file_bytes")))
        for number, (name, first_token, tokens, file_bytes) in enumerate(rows):
            path = self.path.parent / _text(name)
            if path.stat().st_size != file_bytes:
                raise NotReadable(f"{path}: has {path.stat().st_size} bytes, not {file_bytes}: copy it again")
            self._check_shard(path, {"shard": number, "first_token": first_token, "plan_digest": _text(f["provenance/plan_digest"][()])}, tokens)

    @staticmethod
    def _check_shard(path, expected, tokens):
        try:
            with _open(path) as shard:
                found = {key: shard.attrs[key] for key in expected}
                found = {key: _text(value) if isinstance(expected[key], str) else int(value) for key, value in found.items()}
                there = shard["data"].shape[0]
        except (OSError, KeyError) as error:
            raise NotReadable(f"{path}: no shard of quern: {error}") from error
        wrong = [f"{key} {found[key]}, not {expected[key]}" for key in expected if found[key] != expected[key]]
        if wrong or there != tokens:
            raise NotReadable(f"{path}: another shard ({'; '.join(wrong) or f'{there} tokens, not {tokens}'}): copy the data set's own beside it")

    def _h5(self):
        """HDF5's handles do not survive a fork."""
        if self._opened_by != os.getpid():
            try:
                self._file = _open(self.path)
            except OSError as error:
                raise NotReadable(f"{self.path}: {error}") from error
            self._opened_by = os.getpid()
            attributes = self._file.attrs
            digest = self._file.get("provenance/content_digest")
            if _text(attributes.get("format", b"")) != "quern data set" or digest is None:
                raise NotReadable(f"{self.path}: not a data set of quern")
            if not _text(digest[()]).strip("\0"):
                raise NotReadable(f"{self.path}: the run that writes it has not finished")
        return self._file

    def __getstate__(self):
        return {**self.__dict__, "_file": None, "_opened_by": None}

    def __len__(self):
        return self.end - self.first

    def __getitem__(self, document):
        if not 0 <= document < len(self):
            raise IndexError(document)
        return self.tokens(self.start[document], self.start[document + 1])

    def tokens(self, first, end):
        """Of /data, by their place in it."""
        return self._h5()["data"][int(first):int(end)]


class Windows(_Base):
    """Windows of equal length: windows[i] is (ids, labels), two int64 arrays of `length`; the label of a place is the token behind it.

    Without `windows` the tokens of the data set are cut every `length` of them; each window sees one more as its last label, the last, shorter
    one is left out. With `windows`, a file that quern packed (docs/formats/windows.md), a window is the parts that the file names, padded
    with the end-of-text, labels IGNORE where there is none and, with `across=False`, where the next token is of another document.
    `bucket`: which of the lengths, for a file with several.
    """

    def __init__(self, data, length=None, windows=None, bucket=None, across=True):
        self.data, self.across = data, across
        self.packed = None
        if windows is None:
            if not length:
                raise ValueError("length or windows is needed")
            self.length = int(length)
            self.n = max(0, int(data.start[-1] - data.start[0]) - 1) // self.length
        else:
            self._open_packed(pathlib.Path(windows), bucket)
            if length and length != self.length:
                raise ValueError(f"{windows}: its windows are {self.length} long, not {length}")

    def _open_packed(self, path, bucket):
        try:
            f = _open(path)
        except OSError as error:
            others = sorted(other.name for other in path.parent.glob("windows*.h5"))
            there = f"; there are {', '.join(others)}" if others and not path.exists() else ""
            raise NotReadable(f"{path}: {error if path.exists() else 'is not there'}{there}") from error
        with f:
            if _text(f.attrs.get("format", b"")) != "quern windows":
                raise NotReadable(f"{path}: no windows of quern")
            if _text(f.attrs["content_digest"]) != self.data.content_digest:
                raise NotReadable(f"{path}: the windows of another data set: pack this one again")
            if f.attrs["first_document"] < self.data.first or f.attrs["first_document"] + f.attrs["documents"] > self.data.end:
                raise NotReadable(f"{path}: the windows of split '{_text(f.attrs['split'])}', which is not the one that was opened")
            lengths = f["buckets/length"][()]
            if bucket is None and len(lengths) > 1:
                raise ValueError(f"{path}: has windows of {', '.join(map(str, lengths))} tokens: say which by bucket=0…")
            bucket = bucket or 0
            self.length = int(lengths[bucket])
            first, end = (int(f["buckets/first_window"][bucket + i]) for i in (0, 1))
            self.n = end - first
            self.first_part = f["windows/first_part"][first:end + 1].astype(numpy.int64)
            parts = slice(int(self.first_part[0]), int(self.first_part[-1]))
            self.packed = {name: f["parts/" + name][parts].astype(numpy.int64) for name in ("document", "start", "tokens")}
            self.first_part -= self.first_part[0]

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        if not 0 <= i < self.n:
            raise IndexError(i)
        if self.packed is None:
            first = self.data.start[0] + i * self.length
            tokens = self.data.tokens(first, first + self.length + 1).astype(numpy.int64)
            return tokens[:-1], tokens[1:]
        return self._packed_window(i)

    def parts(self, i):
        """(document, start, tokens) of each part of a packed window."""
        rows = slice(self.first_part[i], self.first_part[i + 1])
        return list(zip(*(self.packed[name][rows].tolist() for name in ("document", "start", "tokens"))))

    def _packed_window(self, i):
        ids = numpy.full(self.length, self.data.end_of_text, numpy.int64)
        labels = numpy.full(self.length, IGNORE, numpy.int64)
        at = 0
        for document, start, tokens in self.parts(i):
            first = self.data.start[document - self.data.first] + start
            ids[at:at + tokens] = self.data.tokens(first, first + tokens)
            begin = at if self.across or at == 0 else at + 1
            labels[max(begin, 1) - 1:at + tokens - 1] = ids[max(begin, 1):at + tokens]
            at += tokens
        return ids, labels

    def order(self, seed=1, epoch=0):
        """The windows of an epoch in their order: a permutation, the same on every rank."""
        return Permutation(self.n, seed, epoch)

    def steps(self, batch, world=1):
        """Steps of an epoch; what is left behind the last whole one is not trained on in this epoch (it is other windows in each)."""
        return self.n // (batch * world)

    def batches(self, batch, seed=1, epoch=0, rank=0, world=1, start_step=0):
        """(step, (ids, labels)) of one rank: int64 [batch, length] each. A step takes batch * world windows, `batch` of them here.

        Any number of ranks that keeps batch * world has the same windows in the same step.
        """
        if not 0 <= rank < world:
            raise ValueError(f"rank {rank} of {world}")
        order = self.order(seed, epoch)
        for step in range(start_step, self.steps(batch, world)):
            first = (step * world + rank) * batch
            rows = [self[order[first + i]] for i in range(batch)]
            yield step, (numpy.stack([row[0] for row in rows]), numpy.stack([row[1] for row in rows]))


class Shuffled(_Base):
    """For PyTorch's DataLoader (shuffle=False): item i of an epoch in its seeded order. Call set_epoch before each epoch.

    Each worker process reads its items through its own handle; `rank` and `world` share the epoch as torch's DistributedSampler would.
    """

    def __init__(self, windows, seed=1, rank=0, world=1):
        self.windows, self.seed, self.rank, self.world = windows, seed, rank, world
        self.set_epoch(0)

    def set_epoch(self, epoch):
        self.order = self.windows.order(self.seed, epoch)

    def __len__(self):
        return len(self.windows) // self.world

    def __getitem__(self, i):
        if not 0 <= i < len(self):
            raise IndexError(i)
        return self.windows[self.order[i * self.world + self.rank]]


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("out", help="folder of a data set, or its data.h5")
    parser.add_argument("--split", help="train or validation")
    parser.add_argument("--windows", help="a windows.h5 of it")
    asked = parser.parse_args(arguments)
    try:
        data = DataSet(asked.out, asked.split)
        print(f"{data.path}: {len(data)} documents, {data.start[-1] - data.start[0]} tokens of {data.vocab_size}, end of text {data.end_of_text}")
        if asked.windows:
            windows = Windows(data, windows=asked.windows)
            print(f"{asked.windows}: {len(windows)} windows of {windows.length} tokens")
    except (NotReadable, ValueError) as error:
        sys.exit(f"quern_reader: {error}")


if __name__ == "__main__":
    main()
