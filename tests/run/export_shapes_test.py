"""Exports of data sets with splits, in shuffled order, with copies and in shards: each split by itself, in the order of the data set."""
import with_h5py  # noqa: F401  before anything that needs it

import sys
import unittest

import trainer_formats as read
from export_case import FORMATS, MSL, Case, Data, options, tree
from quern_run import SCRIPTS, quern

sys.path.insert(0, str(SCRIPTS))
from quern_reader import DataSet, Windows  # noqa: E402

SHAPE = {"output.validation": "0.2", "output.order": "shuffle", "output.repeat_by_cluster": "[{at_least: 2, times: 2}]"}
SHARDED = {"output.layout": "sharded", "output.shard_tokens": "20000"}


def words(keys):
    return [word for key, value in keys.items() for word in ("--set", f"{key}={value}")]


class Shapes(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shaped = cls.at / "shaped"
        # A program without the layout exports the same from one file.
        cls.sharded = quern("plan", cls.job, *words(SHARDED), check=False).returncode == 0
        quern("run", cls.job, *words(SHAPE | (SHARDED if cls.sharded else {})), "--set", f"output.path={cls.shaped}", "--set", f"work={cls.shaped}.work", ranks=2)
        cls.data = Data(cls.shaped)
        cls.splits = {name: cls.data.documents[first:end] for name, first, end in cls.data.splits}
        assert list(cls.splits) == ["train", "validation"] and min(map(len, cls.splits.values())) > 30

    def exported(self, name):
        return self.export(name, *options(name), out=self.shaped, to=self.at / f"shaped-{name}", ranks=3)[0]

    def test_it_is_a_data_set_of_that_shape(self):
        if self.sharded:
            self.assertGreater(len(list(self.shaped.glob("data-*.h5"))), 2)
        plain = Data(self.out)
        self.assertNotEqual(self.data.documents[:20], plain.documents[:20])
        self.assertGreater(len(self.data.documents), len(plain.documents))

    def test_the_bytes_do_not_depend_on_the_ranks_and_are_those_of_the_run(self):
        for name in FORMATS:
            self.assertEqual(tree(self.exported(name)), tree(self.shaped / name), name)

    def test_megatron(self):
        for split, documents in self.splits.items():
            _, sequences, _ = read.megatron(self.shaped / f"megatron/{split}_text_document")
            self.assertEqual(sequences, [document for document in documents if len(document) > 1])

    def test_cerebras_samples(self):
        for split, documents in self.splits.items():
            _, rows = read.cerebras(self.shaped / "cerebras-samples" / split)
            stream = sum(documents, [])
            expected = [stream[at:at + MSL + 1] for at in range(0, len(stream) - 1, MSL)]
            self.assertEqual([row[0][row[1] == 1].tolist() for row in rows], [window[:-1] for window in expected if len(window) >= 10])

    def test_streams(self):
        for split, name in (("train", "train"), ("validation", "val")):
            documents = self.splits[split]
            self.assertEqual(read.nanogpt(self.shaped / f"nanogpt/{name}.bin"), sum(documents, []))
            self.assertEqual(read.llmc(self.shaped / "llmc", name)[0], [token for document in documents for token in [self.data.eos, *document[:-1]]])

    def test_datatrove_and_olmo(self):
        self.assertEqual(list((self.shaped / "datatrove").glob("*.ds")), [], "a reader takes all of a folder, and would train on the validation")
        for split, documents in self.splits.items():
            [file] = (self.shaped / "datatrove" / split).glob("*.ds")
            self.assertEqual(read.datatrove(file)[2], documents)
            shards = read.olmo(self.shaped / "olmo" / split, self.data.token_bytes)
            self.assertEqual([row[0] for row in sum(shards, [])], documents)

    def test_jsonl(self):
        first = 0
        for split, documents in self.splits.items():
            lines = sum(read.jsonl(self.shaped / "jsonl" / split), [])
            own_ids = self.data.own_ids[first:first + len(documents)]
            self.assertEqual([line["id"] for line, own_id in zip(lines, own_ids) if own_id], [own_id for own_id in own_ids if own_id])
            self.assertEqual(len(lines), len(documents))
            first += len(documents)

    def test_windows_hold_no_documents_of_two_splits(self):
        data = DataSet(self.shaped, split="validation")
        self.assertEqual([data[d].tolist() for d in range(len(data))], self.splits["validation"])
        for name, first, end in self.data.splits:
            attributes, [(_, windows)] = read.windows(self.shaped / f"windows-{name}.h5")
            self.assertEqual((attributes["split"], attributes["first_document"], attributes["documents"]), (name, first, end - first))
            seen = [0] * len(self.data.documents)
            for document, _, tokens in sum(windows, []):
                seen[document] += tokens
            expected = [len(document) if first <= d < end else 0 for d, document in enumerate(self.data.documents)]
            self.assertEqual(seen, expected)
            found = Windows(DataSet(self.shaped, split=name), windows=self.shaped / f"windows-{name}.h5")
            document, start, tokens = windows[0][0]
            self.assertEqual(found[0][0][:tokens].tolist(), self.data.documents[document][start:start + tokens])


if __name__ == "__main__":
    unittest.main()
