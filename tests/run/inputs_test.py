"""Every format of input: what is read of it, and that it is the same at any number of ranks and for any cut of the files."""
import gzip
import json
import pathlib
import random
import shutil
import subprocess
import tempfile
import unittest

from corpus import prose, write_corpus
from quern_run import digest, ledger, quern

FAST = {"filter": [], "dedup": {"near": False, "exact": False}, "tokenizer": {"train": {"vocab_size": 400}}}


def pieces_of(data, sizes, compress):
    """Members (frames) of the given numbers of bytes by turns."""
    out, at, i = b"", 0, 0
    while at < len(data):
        out += compress(data[at:at + sizes[i % len(sizes)]])
        at += sizes[i % len(sizes)]
        i += 1
    return out


def zstd(data):
    return subprocess.run(["zstd", "-q", "-c", "-1"], input=data, stdout=subprocess.PIPE, check=True).stdout


class Inputs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.keep = tempfile.TemporaryDirectory()
        cls.at = pathlib.Path(cls.keep.name)
        rng = random.Random(5)
        cls.texts = [prose(rng, rng.randint(1, 40)).strip() for _ in range(500)]

    @classmethod
    def tearDownClass(cls):
        cls.keep.cleanup()

    def folder(self, name):
        made = self.at / name
        made.mkdir()
        return made

    def job(self, name, entry, **more):
        path = self.at / f"{name}.yaml"
        path.write_text(json.dumps(FAST | {"input": entry if isinstance(entry, list) else [entry], "output": {"path": str(self.at / "out" / name)}} | more))
        return path

    def put(self, folder, name, data):
        """The file plain, of several gzip members, and of several zstd frames."""
        (folder / name).write_bytes(data)
        (folder / (name + ".gz")).write_bytes(pieces_of(data, [1000, 30_000, 77_777], gzip.compress))
        if shutil.which("zstd"):
            (folder / (name + ".zst")).write_bytes(pieces_of(data, [50_000, 3, 120_000], zstd))
        return 3 if shutil.which("zstd") else 2

    def clean(self, job):
        return [json.loads(line) for line in quern("clean", job).stdout.splitlines()]

    def assert_same_at_any_number_of_ranks(self, job):
        first = None
        for ranks in (1, 2, 3, 5):
            out = self.at / "out" / f"{job.stem}-{ranks}"
            units = [] if ranks == 1 else ["--set", "unit_bytes=64KiB"]
            quern("run", job, "--set", f"output.path={out}", "--set", f"work={out}.work", *units, ranks=ranks)
            quern("verify", out)
            first = first or digest(out)
            self.assertEqual(digest(out), first, f"{job.stem} on {ranks} ranks")
        return self.at / "out" / f"{job.stem}-1"

    def test_json_lines_with_nested_fields(self):
        folder = self.folder("json")
        lines = [json.dumps({"doc": {"body": [{"text": text}], "key": i}, "src": f"s{i % 3}", "tags": ["a", {"b": i}]}) for i, text in enumerate(self.texts)]
        lines[7] = '{"doc": {"body": []}}'
        copies = self.put(folder, "a.jsonl", ("\n".join(lines) + "\n").encode())
        job = self.job("json", {"path": "json/*", "text_field": "doc.body.0.text", "id_field": "doc.key", "source_field": "src", "metadata": ["tags", "doc.key"]})
        found = self.clean(job)
        self.assertEqual([r["id"] for r in found], [str(i) for i in range(500) if i != 7] * copies)
        self.assertEqual([r["text"] for r in found[:300]], [t for i, t in enumerate(self.texts) if i != 7][:300])
        out = self.assert_same_at_any_number_of_ranks(job)
        self.assertEqual(sum(row[2] == "field" for row in ledger(out)), copies)

    def test_tables(self):
        folder = self.folder("tsv")
        lines = ["id\tlang\ttext"] + [f"{i}\ten\t" + text.replace("\\", "\\\\").replace("\n", "\\n") for i, text in enumerate(self.texts)]
        lines[9] = "8\ttoo few"
        copies = self.put(folder, "a.tsv", ("\r\n".join(lines) + "\r\n").encode())
        job = self.job("tsv", {"path": "tsv/*", "format": "tsv", "escapes": True, "metadata": "all"})
        found = self.clean(job)
        self.assertEqual([r["text"] for r in found], [t for i, t in enumerate(self.texts) if i != 8] * copies)
        out = self.assert_same_at_any_number_of_ranks(job)
        self.assertEqual(sum(row[2] == "field" for row in ledger(out)), copies)
        numbers = self.job("numbers", {"path": "tsv/a.tsv", "format": "tsv", "escapes": True, "header": False, "text_field": "2", "id_field": "0"})
        self.assertEqual(self.clean(numbers)[0], {"id": "id", "text": "text"})

    def test_blocks_of_text(self):
        folder = self.folder("blocks")
        blocks = [text.replace("\n\n", "\n") for text in self.texts]
        copies = self.put(folder, "a.txt", ("\n \t\n\n".join(blocks)).encode())
        job = self.job("blocks", {"path": "blocks/*", "format": "text_blocks"})
        found = self.clean(job)
        self.assertEqual([r["text"] for r in found], blocks * copies)
        self.assertEqual(found[1]["id"], f"a.txt:{len(blocks[0].encode()) + 5}")
        self.assert_same_at_any_number_of_ranks(job)

    def test_html_files(self):
        folder = self.folder("html")
        for i in range(20):
            (folder / f"{i:02}.html").write_bytes(f"<html><p>{self.texts[i]}</p>".encode() + (b"<p>caf\xe9" if i % 2 else b""))
        job = self.job("html", {"path": "html/*", "format": "html", "html": "all_text"})
        found = self.clean(job)
        self.assertEqual([r["id"] for r in found], [f"{i:02}.html" for i in range(20)])
        self.assertIn("caf\u00e9", found[1]["text"])
        self.assert_same_at_any_number_of_ranks(job)

    def test_a_data_set_gives_the_texts_that_it_was_made_of(self):
        write_corpus(self.at / "mixed")
        entries = [{"path": "mixed/*.jsonl*", "source": "web"}, {"path": "mixed/notes/*", "format": "text", "source": "notes"}]
        first = self.job("made", entries)
        quern("run", first, ranks=2)
        original = [(r["id"], r["text"]) for r in self.clean(first)]
        again = self.job("again", {"path": "out/made", "format": "dataset"})
        self.assertEqual([(r["id"], r["text"]) for r in self.clean(again)], original)
        out = self.assert_same_at_any_number_of_ranks(again)
        self.assertEqual(len(ledger(out)), len(original))
        third = self.job("third", {"path": "out/again-?/data.h5", "format": "dataset"})
        self.assertEqual([(r["id"], r["text"]) for r in self.clean(third)], original * 4)

    def test_metadata_of_a_data_set_comes_along(self):
        folder = self.folder("pages")
        (folder / "a.jsonl").write_text("".join(json.dumps({"id": f"d{i}", "text": text, "url": f"https://example.org/{i}?a=\"b\"", "on": f"2020-01-{i % 28 + 1:02}",
                                                            "m": {"n": [i, {"x": "é"}]}, "site": f"s{i % 3}"}) + "\n" for i, text in enumerate(self.texts[:60])))
        quern("run", self.job("pages", {"path": "pages/*", "source_field": "site", "date_field": "on", "metadata": ["m"]}), ranks=2)
        quern("run", self.job("again2", {"path": "out/pages", "format": "dataset"}), ranks=1)
        def shown(name, number):
            lines = quern("show", self.at / "out" / name, "--document", number).stdout.split("\n\n")[0].splitlines()
            return {line[:22].strip(): line[23:] for line in lines}
        for number in range(0, 60, 7):
            first, again = shown("pages", number), shown("again2", number)
            self.assertEqual((first["metadata"], first["source"]), (again["metadata"], again["source"]))
        self.assertEqual(json.loads(shown("again2", 1)["metadata"]),
                         {"url": 'https://example.org/1?a="b"', "date": "2020-01-02", "metadata": {"m": {"n": [1, {"x": "é"}]}}})

    def test_a_data_set_without_its_vocabulary_is_refused(self):
        folder = self.folder("few")
        (folder / "a.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in self.texts[:50]))
        quern("run", self.job("few", {"path": "few/*"}), ranks=1)
        shutil.copytree(self.at / "out/few", self.at / "out/bare")
        (self.at / "out/bare/tokenizer.json").unlink()
        done = quern("run", self.job("bare2", {"path": "out/bare", "format": "dataset"}), ranks=2, check=False)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("does not lie beside it", done.stderr)


if __name__ == "__main__":
    unittest.main()
