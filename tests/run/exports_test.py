"""Every format of `quern export` is read back by tests/run/trainer_formats.py and held against data.h5."""
import with_h5py  # noqa: F401  before anything that needs it

import json
import unittest

import trainer_formats as read
from export_case import FORMATS, MSL, Case, Data, options, tokenizer_json_with, tree
from quern_run import quern


class Formats(Case):
    def test_megatron(self):
        to, _ = self.export("megatron", ranks=3)
        dtype, sequences, ends = read.megatron(to / "text_document")
        self.assertEqual(dtype, "<u2")
        self.assertEqual(sequences, [document for document in self.data.documents if len(document) > 1])
        self.assertEqual(ends, list(range(len(sequences) + 1)))
        left_out = self.data.documents.count([self.data.eos])
        self.assertGreater(left_out, 0, "the corpus has documents without text")
        self.assertEqual(json.loads((to / "manifest.json").read_text())["counts"]["empty_documents_left_out"], left_out)

    def test_megatron_without_end_of_text_and_under_another_name(self):
        to, _ = self.export("megatron", "--set", "append_eod=false", "--set", "key=content", ranks=2)
        _, sequences, _ = read.megatron(to / "content_document")
        self.assertEqual(sequences, [document[:-1] for document in self.data.documents if len(document) > 1])

    def test_megatron_uses_32_bits_from_65500_entries_on(self):
        for entries, expected in ((65_499, "<u2"), (65_500, "<i4"), (66_000, "<i4")):
            out = self.wide(entries)
            to, _ = self.export("megatron", out=out, to=self.at / f"megatron-{entries}", ranks=2)
            dtype, sequences, _ = read.megatron(to / "text_document")
            self.assertEqual(dtype, expected)
            self.assertEqual(sequences, [document for document in Data(out).documents if len(document) > 1])

    def wide(self, entries):
        """The same texts with a larger vocabulary."""
        out = self.at / f"wide-{entries}"
        if not out.exists():
            vocabulary = tokenizer_json_with(self.out / "tokenizer.json", self.at / f"tokenizer-{entries}.json", entries)
            quern("run", self.job, "--set", f"tokenizer={{file: {vocabulary}}}", "--set", f"output={{path: {out}}}", "--set", f"work={out}.work")
        return out

    def test_cerebras_samples_are_the_stream_cut_at_every_msl_th_token(self):
        to, _ = self.export("cerebras-samples", *options("cerebras-samples"), ranks=3)
        params, rows = read.cerebras(to)
        stream = self.data.tokens
        expected = [stream[at:at + MSL + 1] for at in range(0, len(stream) - 1, MSL)]
        if len(expected[-1]) < 10:
            expected.pop()
        self.assertEqual(len(rows), len(expected))
        self.assertGreater(len(rows), 100)
        self.assertEqual(len(read.cerebras_files(to)), -(-len(rows) // 50))
        for row, window in zip(rows, expected):
            self.check_sample(row, window)
        self.assertEqual(params["processing"]["pad_id"], self.data.eos)

    def check_sample(self, row, window, pad=None):
        pad = self.data.eos if pad is None else pad
        n = len(window) - 1
        self.assertEqual(row[0].tolist(), window[:-1] + [pad] * (MSL - n))
        self.assertEqual(row[1].tolist(), [1] * n + [0] * (MSL - n))
        self.assertEqual(row[2].tolist(), window[1:] + [pad] * (MSL - n))

    def test_cerebras_samples_of_whole_documents(self):
        for pack in ("whole", "best_fit"):
            to, _ = self.export("cerebras-samples", "--length", MSL, "--pack", pack, "--set", "pad_id=3", "--set", "min_tokens=2",
                                to=self.at / f"samples-{pack}", ranks=2)
            _, rows = read.cerebras(to)
            # A sample trains the windows that windows.h5 would have with one place more.
            packed, _ = self.export("windows", "--length", MSL + 1, "--pack", pack, to=self.at / f"windows-for-{pack}")
            _, [(_, windows)] = read.windows(packed / "windows.h5")
            expected = [sum((self.data.documents[d][s:s + n] for d, s, n in window), []) for window in windows]
            expected = [window for window in expected if len(window) > 1]
            self.assertEqual(len(rows), len(expected))
            for row, window in zip(rows, expected):
                self.check_sample(row, window, pad=3)

    def test_nanogpt(self):
        to, done = self.export("nanogpt", ranks=3)
        self.assertEqual(read.nanogpt(to / "train.bin"), self.data.tokens)
        self.assertIn("output.validation", done.stdout, "its trainer wants val.bin, too")

    def test_llmc_has_the_end_of_text_in_front(self):
        to, _ = self.export("llmc", *options("llmc"), ranks=3)
        tokens, sizes = read.llmc(to, "train")
        self.assertEqual(tokens, [token for document in self.data.documents for token in [self.data.eos, *document[:-1]]])
        self.assertEqual(sizes[:-1], [5000] * (len(sizes) - 1))
        self.assertGreater(len(sizes), 3)
        out = self.wide(66_000)
        to, _ = self.export("llmc", "--set", "prefix=web", out=out, to=self.at / "llmc-wide")
        self.assertEqual(len(read.llmc(to, "train", "web")[0]), len(Data(out).tokens))

    def test_datatrove(self):
        for out, size in ((self.out, 2), (self.wide(66_000), 4)):
            to, _ = self.export("datatrove", *options("datatrove"), out=out, to=self.at / f"datatrove-{size}", ranks=3)
            name, words, documents = read.datatrove(to / "000_data.ds")
            self.assertEqual((name, documents), ("mine", Data(out).documents))
            self.assertRegex(words, r"^\d+\.\d\dK$")

    def test_olmo(self):
        to, _ = self.export("olmo", *options("olmo"), ranks=3)
        shards = read.olmo(to, self.data.token_bytes)
        self.assertGreater(len(shards), 3)
        rows = sum(shards, [])
        self.assertEqual([row[0] for row in rows], self.data.documents)
        for row, own_id, (file, offset) in zip(rows, self.data.own_ids, self.data.places):
            if own_id:
                self.assertEqual(row[1], own_id)
            self.assertEqual(row[2:], (file, str(offset + 1)))
        # A document belongs to the shard in which it begins.
        begins = 0
        for shard in shards:
            self.assertGreaterEqual(begins + sum(len(row[0]) for row in shard[:-1]), begins)
            self.assertEqual(begins // 6000, (begins + sum(len(row[0]) for row in shard[:-1])) // 6000)
            begins += sum(len(row[0]) for row in shard)

    def test_jsonl_has_the_texts_that_were_tokenized(self):
        kept = {line["id"]: line["text"] for line in map(json.loads, quern("clean", self.job).stdout.splitlines())}
        for compression, ending in (("none", ""), ("gzip", ".gz"), ("zstd", ".zst")):
            to, _ = self.export("jsonl", "--compression", compression, "--set", "shard_documents=150", to=self.at / f"jsonl-{compression}", ranks=3)
            self.assertTrue(all(path.name.endswith(".jsonl" + ending) for path in to.iterdir() if path.name != "manifest.json"))
            files = read.jsonl(to)
            self.assertEqual([len(file) for file in files[:-1]], [150] * (len(files) - 1))
            documents = sum(files, [])
            self.assertEqual(len(documents), len(self.data.documents))
            for document, own_id, source in zip(documents, self.data.own_ids, self.data.sources):
                self.assertEqual(document["source"], source)
                self.assertEqual(document["metadata"], {})
                self.assertTrue(document["id"])
                if own_id:
                    self.assertEqual((document["id"], document["text"]), (own_id, kept[own_id]))

    def test_jsonl_carries_dates_and_metadata(self):
        at = self.at / "dated"
        at.mkdir()
        named = {"added": "2025-01-02", "created": 7, "x": {"y": [1, None]}}
        lines = [{"id": "a", "text": "one", "url": "https://a.org/", "date": "2024-05-06", **named},
                 {"id": "b", "text": "two \u00e9 \"quoted\"\n"}, {"id": "c", "text": "three", "created": "2020", "x": "date"}]
        (at / "in.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        (at / "job.yaml").write_text(json.dumps({
            "input": [{"path": f"{at}/in.jsonl", "source": "s", "date_field": "date", "metadata": ["added", "created", "x"]}], "filter": [],
            "tokenizer": {"file": str(self.out / "tokenizer.json")}, "output": {"path": f"{at}/out"}, "work": f"{at}/work"}))
        quern("run", at / "job.yaml")
        to, _ = self.export("jsonl", "--compression", "none", out=at / "out", to=at / "to")
        a, b, c = read.jsonl(to)[0]
        self.assertEqual((a["added"], a["created"]), ("2025-01-02", "2024-05-06"))
        self.assertEqual((a["metadata"]["url"], a["metadata"]["metadata"]), ("https://a.org/", named))
        self.assertEqual(b, {"id": "b", "text": "two \u00e9 \"quoted\"\n", "source": "s", "metadata": {}})
        self.assertEqual((c["created"], c["metadata"]["metadata"]), ("2020", {"created": "2020", "x": "date"}))
        self.assertNotIn("added", c)

    def test_jsonl_in_files_of_so_many_bytes(self):
        to, _ = self.export("jsonl", "--compression", "none", "--set", "shard_bytes=20kB", ranks=3)
        whole, _ = self.export("jsonl", "--compression", "none", to=self.at / "jsonl-in-one")
        parts = [path.read_bytes() for path in sorted(to.glob("*.jsonl"))]
        self.assertEqual(b"".join(parts), (whole / "00000.jsonl").read_bytes())
        # The options of a manifest can be given back, the default with them.
        again, _ = self.export("jsonl", "--compression", "none", "--set", "shard_bytes=0", to=self.at / "jsonl-again")
        self.assertEqual(tree(again), tree(whole))
        self.assertGreater(len(parts), 3)
        at = 0
        for part in parts:
            last = at + len(part) - len(part.splitlines(keepends=True)[-1])
            self.assertEqual(at // 20_000, last // 20_000)
            at += len(part)

    def test_the_bytes_do_not_depend_on_the_ranks_and_are_those_of_the_run(self):
        for name in FORMATS:
            to, _ = self.export(name, *options(name), to=self.at / f"one-{name}")
            more, _ = self.export(name, *options(name), to=self.at / f"five-{name}", ranks=5)
            self.assertEqual(tree(to), tree(more), name)
            self.assertEqual(tree(to), tree(self.out / name), name)

    def test_the_manifest_says_what_is_there(self):
        for name in FORMATS:
            manifest = json.loads((self.out / name / "manifest.json").read_text())
            found = tree(self.out / name)
            del found["manifest.json"]
            self.assertEqual({file["name"]: file["sha256"] for file in manifest["files"]}, found)
            sizes = {file: (self.out / name / file).stat().st_size for file in found}
            self.assertEqual({file["name"]: file["bytes"] for file in manifest["files"]}, sizes)
            self.assertEqual(list(manifest["format"]), [name])
            self.assertEqual(manifest["data"]["content_digest"], self.data.digest)
            self.assertIn(f"{name}: {len(found)} files", self.said)

    def test_nothing_kept_is_no_error(self):
        out = self.at / "nothing"
        quern("run", self.job, "--set", f"output={{path: {out}, windows: {{}}, formats: [{', '.join(FORMATS)}]}}", "--set", f"work={out}.work",
              "--set", "filter=[{length: {min_chars: 1000000}}]", ranks=2)
        self.assertEqual(read.megatron(out / "megatron/text_document"), ("<u2", [], [0]))
        self.assertEqual(read.cerebras(out / "cerebras-samples")[1], [])
        self.assertEqual(read.nanogpt(out / "nanogpt/train.bin"), [])
        self.assertEqual(read.datatrove(out / "datatrove/000_data.ds")[2], [])
        self.assertEqual([read.olmo(out / "olmo", 2), read.jsonl(out / "jsonl"), read.llmc(out / "llmc", "train")], [[], [], ([], [])])
        self.assertEqual(read.windows(out / "windows.h5")[1], [(2048, [])])
        for name in FORMATS:
            self.assertIn("the data set has no tokens", str(json.loads((out / name / "manifest.json").read_text())["notes"]), name)

    def test_a_split_without_documents_is_noted(self):
        out, to = self.at / "unsplit", self.at / "unsplit-megatron"
        quern("run", self.job, "--set", f"output={{path: {out}, validation: 0.000001}}", "--set", f"work={out}.work", ranks=2)
        self.assertIn("the split validation has no tokens", quern("export", out, "--format", "megatron", "--to", to).stdout)
        self.assertEqual(read.megatron(to / "validation_text_document"), ("<u2", [], [0]))
        self.assertNotIn("has no tokens", self.said)


if __name__ == "__main__":
    unittest.main()
