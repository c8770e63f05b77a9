"""One job with every step of the job file on: the same bytes at any number of ranks, memory bound, unit size and kernel, killed and gone on with or not."""
import gzip
import json
import os
import pathlib
import random
import shutil
import signal
import tempfile
import unittest

from corpus import prose, write_corpus
from kill_test import children
from quern_run import digest, let_go, ledger, quern, start_held

NAVIGATION = "Home | About the mill | Products and prices | Contact us"


def page(rng, i):
    body = "".join(f"<p>{prose(rng, 4)}</p>" for _ in range(rng.randint(2, 6)))
    return (f"<!doctype html><html><head><title>Page {i}</title></head><body><nav><ul><li><a href='/'>Home</a><li><a href='/a'>About</a></ul></nav>"
            f"<article><h1>Page {i}</h1>{body}</article><footer>All rights reserved</footer></body></html>")


def archive(rng):
    """Responses with HTML, one of them not found, and a record that is none."""
    records = [b"WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 4\r\n\r\nx: y\r\n\r\n"]
    for i in range(30):
        html = page(rng, i).encode()
        status = b"404 Not Found" if i % 10 == 9 else b"200 OK"
        http = b"HTTP/1.1 " + status + b"\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + html
        records.append(b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:%d>\r\nWARC-Target-URI: https://example.org/%d\r\n"
                       b"WARC-Date: 2024-05-%02dT00:00:00Z\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n"
                       % (i, i, 1 + i % 28, len(http)) + http + b"\r\n\r\n")
    return b"".join(gzip.compress(record) for record in records)


def sites(rng):
    for i in range(240):
        lines = prose(rng, rng.randint(6, 16)).split("\n") + ([NAVIGATION] if rng.random() < 0.6 else [])
        if i % 9 == 0:
            lines.append(f"Write to anna.{i}@old-mill.org or call +49 30 901820 today.")
        if i % 40 == 3:
            lines.append("The river turned the first of the seven old stone wheels below the northern bridge every single morning.")
        yield {"id": f"s{i}", "text": "\n".join(lines), "url": f"https://site{i % 5}.example.org/{i}", "added": f"20{10 + i % 12}-03-04", "source": f"site{i % 5}",
               "meta": {"lang": "en", "n": i}}


class Everything(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.keep = tempfile.TemporaryDirectory()
        cls.at = pathlib.Path(cls.keep.name)
        rng = random.Random(11)
        data = cls.at / "data"
        write_corpus(data, 120)
        (data / "sites.jsonl").write_text("".join(json.dumps(site) + "\n" for site in sites(rng)))
        (data / "pages.warc.gz").write_bytes(archive(rng))
        (data / "page.html").write_text(page(rng, 99))
        (data / "blocked.txt").write_text("site4.example.org\n")
        (data / "evaluation.jsonl").write_text(json.dumps(
            {"id": "q", "question": "The river turned the first of the seven old stone wheels below the northern bridge every single morning."}) + "\n")
        cls.job = cls.at / "job.json"
        cls.job.write_text(json.dumps({
            "input": [{"path": f"{data}/part-*", "source": "parts"}, {"path": f"{data}/notes/*", "format": "text", "source": "notes"},
                      {"path": f"{data}/sites.jsonl", "source_field": "source", "date_field": "added", "metadata": ["meta.lang", "meta.n"]},
                      {"path": f"{data}/*.warc.gz", "format": "warc", "source": "crawl"}, {"path": f"{data}/*.html", "format": "html", "source": "page"}],
            "clean": {"steps": ["mojibake", "zero_width", "control_characters", "punctuation", "entities", "remove_urls", "remove_emoji", "remove_hashtags",
                                "white_space", "trim_lines", "c4_lines", "refinedweb_lines", "dedup_lines", "dedup_paragraphs", {"pii": {}}]},
            "language": {"keep": ["en"], "min_score": 0.3},
            "filter": [{"length": {"min_chars": 50}}, {"gopher_quality": {"min_words": 20}}, {"gopher_repetition": {}}, {"c4": {"min_sentences": 2}},
                       {"fineweb": {"max_short_lines": 0.95, "max_duplicate_line_chars": 0.2}}, {"nemo": {"min_words": 20}},
                       {"url_blocklist": {"domains": [f"{data}/blocked.txt"]}}, {"quantile": {"signal": "gopher_words", "keep_top": 0.95}}],
            "signals": "all",
            "contamination": {"sets": [{"name": "set", "file": f"{data}/evaluation.jsonl", "fields": ["question"]}]},
            "repeats": {"lines": {"max_documents": 15}, "paragraphs": {"max_documents": 15, "action": "mark"}},
            "dedup": {"near": {"keep": "best_quality", "quality": "fineweb_line_punctuation"}},
            "sources": [{"name": "site1", "sample": 0.7}, {"name": "parts", "floor_share": 0.6, "max_bytes": "60kB"}, {"name": "site2", "max_documents": 20}],
            "tokenizer": {"train": {"vocab_size": 600}}, "output": {"path": "out"}, "unit_bytes": "64KiB"}))
        cls.first = cls.run_as("one", 1)

    @classmethod
    def tearDownClass(cls):
        cls.keep.cleanup()

    @classmethod
    def arguments(cls, name, **sets):
        out = cls.at / name
        return ["run", cls.job, "--set", f"output.path={out}", "--set", f"work={out}.work", *(f for key, value in sets.items() for f in ("--set", f"{key}={value}"))]

    @classmethod
    def run_as(cls, name, ranks, env=None, **sets):
        quern(*cls.arguments(name, **sets), ranks=ranks, env=env)
        return cls.at / name

    def assert_same(self, out):
        self.assertEqual(digest(out), digest(self.first))
        for name in ("data.h5", "contamination.tsv", "tokenizer.json"):
            self.assertEqual((out / name).read_bytes(), (self.first / name).read_bytes(), name)

    def test_every_step_had_something_to_do(self):
        reasons = {row[2] for row in ledger(self.first)}
        for reason in ("url_domain", "quantile", "sampled", "source_cap", "exact", "near", "clean_empty", "language", "json"):
            self.assertIn(reason, reasons)
        report = json.loads((self.first / "report.json").read_text())
        self.assertEqual(report["input"]["no_documents"], {"warcinfo": 1, "status": 3})
        self.assertGreater(len((self.first / "contamination.tsv").read_text().splitlines()), 2)
        quern("verify", self.first)
        shown = "".join(quern("show", self.first, "--document", d).stdout for d in range(0, 60, 3))
        self.assertNotIn("@old-mill.org", shown)
        self.assertIn("<EMAIL>", shown)

    def test_any_number_of_ranks_gives_the_same_bytes(self):
        for ranks in (2, 3, 5):
            self.assert_same(self.run_as(f"ranks{ranks}", ranks))

    def test_it_is_reproduced_from_what_it_says_of_itself(self):
        self.assertIn("every column", quern("reproduce", self.first, ranks=2).stdout)

    def test_no_capacity_changes_what_is_computed(self):
        self.assert_same(self.run_as("tight", 3, memory_per_rank="32MiB", unit_bytes="1MiB"))
        self.assert_same(self.run_as("scalar", 2, env={"QUERN_KERNEL": "scalar"}, tokenizer_cache="false"))

    def test_a_ready_vocabulary_gives_the_same_documents(self):
        vocabulary = self.at / "vocabulary.json"
        shutil.copy(self.first / "tokenizer.json", vocabulary)
        out = self.run_as("ready", 2, tokenizer=json.dumps({"file": str(vocabulary)}))
        self.assertEqual(digest(out), digest(self.first))

    def test_killed_in_each_step_it_goes_on_to_the_same_bytes(self):
        for i, point in enumerate(["planned", "unit mapped", "repeats found", "unit mapped again", "mapped again", "decided"]):
            name = f"killed{i}"
            pause = self.at / f"{name}.pause"
            arguments = self.arguments(name, checkpoint_seconds=0)
            run = start_held(self.job, point, pause, ranks=2, more=arguments[2:])
            for rank in children(run.pid):
                os.kill(rank, signal.SIGKILL)
            run.communicate()
            let_go(pause)
            quern(*arguments, ranks=1 + i % 3)
            self.assert_same(self.at / name)


if __name__ == "__main__":
    unittest.main()
