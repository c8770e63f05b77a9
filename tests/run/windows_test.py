"""Windows of a data set, held against docs/formats/windows.md in its plainest form."""
import with_h5py  # noqa: F401  before anything that needs it

import json
import random
import unittest

import h5py
import numpy

import trainer_formats as read
from export_case import Case, tree
from quern_run import quern


def plain_windows(lengths, first, length, pack):
    """docs/formats/windows.md in the plainest way; lengths of one block, the first document being number `first`."""
    windows, pieces = [], []
    for at, tokens in enumerate(lengths):
        start = 0
        while tokens - start > length:
            windows.append([(first + at, start, length)])
            start += length
        pieces.append((first + at, start, tokens - start))
    if pack == "whole":
        room, packed = 0, []
        for piece in pieces:
            if piece[2] > room:
                packed.append([])
                room = length
            packed[-1].append(piece)
            room -= piece[2]
    else:
        packed, rooms = [], [[] for _ in range(length + 1)]  # by room: windows, the last that came to it last
        for piece in sorted(pieces, key=lambda piece: -piece[2]):
            room = next((room for room in range(piece[2], length + 1) if rooms[room]), None)
            window = packed.append([]) or len(packed) - 1 if room is None else rooms[room].pop()
            packed[window].append(piece)
            rooms[(length if room is None else room) - piece[2]].append(window)
    return sorted(windows + [sorted(window) for window in packed])


class Windows(Case):
    def test_concat_cuts_the_stream(self):
        to, _ = self.export("windows", "--length", 100, "--pack", "concat", ranks=3)
        attributes, [(length, windows)] = read.windows(to / "windows.h5")
        self.assertEqual(length, 100)
        streams = [sum((self.data.documents[d][s:s + n] for d, s, n in window), []) for window in windows]
        self.assertEqual(streams, [self.data.tokens[at:at + 100] for at in range(0, len(self.data.tokens), 100)])
        self.assertEqual(attributes["padding"], -len(self.data.tokens) % 100)
        self.assertEqual((attributes["pack"], attributes["split"], attributes["documents"]), ("concat", "", len(self.data.documents)))

    def test_whole_and_best_fit_are_those_of_the_plain_search(self):
        for pack in ("whole", "best_fit"):
            to, _ = self.export("windows", "--length", 100, "--pack", pack, to=self.at / f"windows-{pack}", ranks=3)
            attributes, [(_, windows)] = read.windows(to / "windows.h5")
            lengths = [len(document) for document in self.data.documents]
            self.assertEqual(windows, plain_windows(lengths, 0, 100, pack))
            self.assertEqual(attributes["padding"], 100 * len(windows) - sum(lengths))
            self.assertEqual(attributes["cut_documents"], sum(length > 100 for length in lengths))
            self.assertEqual(attributes["tokens"], sum(lengths))

    def test_buckets_take_documents_by_their_length(self):
        to, _ = self.export("windows", "--set", "lengths=[20, 300, 900]", ranks=2)
        _, buckets = read.windows(to / "windows.h5")
        self.assertEqual([length for length, _ in buckets], [20, 300, 900])
        seen = [0] * len(self.data.documents)
        for above, (length, windows) in zip((0, 20, 300), buckets):
            self.assertGreater(len(windows), 0)
            for window in windows:
                self.assertLessEqual(sum(n for _, _, n in window), length)
                for document, _, n in window:
                    seen[document] += n
                    self.assertGreater(len(self.data.documents[document]), above)
                    if length < 900:
                        self.assertEqual(len(self.data.documents[document]), n)
        self.assertEqual(seen, [len(document) for document in self.data.documents])

    def test_the_run_writes_windows_beside_the_data(self):
        to, _ = self.export("windows", "--length", 128)
        self.assertEqual((to / "windows.h5").read_bytes(), (self.out / "windows.h5").read_bytes())
        self.assertIn("windows.h5: ", self.said)

    def test_blocks_of_65536_documents_are_packed_by_themselves(self):
        at = self.at / "many"
        at.mkdir()
        rng = random.Random(5)
        with open(at / "in.jsonl", "w") as file:
            for number in range(140_000):
                file.write(json.dumps({"id": str(number), "text": " ".join(str(rng.randrange(10)) for _ in range(rng.randrange(1, 9)))}) + "\n")
        out = at / "out"
        job = {"input": [{"path": f"{at}/in.jsonl"}], "filter": [], "dedup": {"exact": False, "near": False},
               "tokenizer": {"file": str(self.out / "tokenizer.json")}, "output": {"path": str(out)}, "work": f"{at}/work"}
        (at / "job.yaml").write_text(json.dumps(job))
        quern("run", at / "job.yaml", ranks=2)
        with h5py.File(out / "data.h5", "r") as f:
            lengths = numpy.diff(f["documents/start"][()]).tolist()
        self.assertEqual(len(lengths), 140_000)
        for pack in ("whole", "best_fit"):
            to, _ = self.export("windows", "--length", 37, "--pack", pack, out=out, to=at / pack, ranks=3)
            _, [(_, windows)] = read.windows(to / "windows.h5")
            expected = sum((plain_windows(lengths[block:block + 65_536], block, 37, pack) for block in range(0, len(lengths), 65_536)), [])
            self.assertEqual(windows, expected)
        three, _ = self.export("windows", "--length", 37, "--pack", "concat", out=out, to=at / "concat-3", ranks=3)
        one, _ = self.export("windows", "--length", 37, "--pack", "concat", out=out, to=at / "concat-1")
        self.assertEqual(tree(three), tree(one))
        _, [(_, windows)] = read.windows(one / "windows.h5")
        self.assertEqual({sum(n for _, _, n in window) for window in windows[:-1]}, {37})


if __name__ == "__main__":
    unittest.main()
