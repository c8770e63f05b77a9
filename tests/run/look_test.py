#!/usr/bin/env python3
"""Looking at data sets: `quern report`, `quern show`, `quern show --cluster`, `quern diff`."""
import json
import os
import pathlib
import random
import re
import shutil
import stat
import tempfile
import unittest

from corpus import edited, prose
from quern_run import digest, ledger, quern

LATIN = {"LC_ALL": "C", "COLUMNS": "100"}
UTF8 = {"LC_ALL": "C.UTF-8", "COLUMNS": "100"}


def write_data(folder):
    """Two files of two sources: originals a/0.., in b near copies (every one) and exact ones (every third) of them, and short ones."""
    rng = random.Random(11)
    folder.mkdir()
    first, second = [], []
    for number in range(30):
        text = prose(rng, 30)
        first.append({"id": f"a/{number}", "text": text, "source": "alpha"})
        second.append({"id": f"b/near/{number}", "text": edited(rng, text, 0.004), "source": "beta"})
        if number % 3 == 0:
            second.append({"id": f"b/same/{number}", "text": text, "source": "beta"})
        second.append({"id": f"b/short/{number}", "text": prose(rng, rng.choice([2, 6])), "source": "beta"})
    second.append({"id": "b/steers", "text": prose(rng, 20) + "\x1b]0;title\x07 \u202e", "source": "\x1b[31mred\u202e"})
    second.append({"id": "b/\x1b[2J", "text": first[1]["text"] + "\x1b[2J more \u202eecom", "source": "beta"})
    for name, records in (("a.jsonl", first), ("b.jsonl", second)):
        (folder / name).write_text("".join(json.dumps(record) + "\n" for record in records))


class Look(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temp = tempfile.TemporaryDirectory()
        cls.at = pathlib.Path(cls.temp.name)
        write_data(cls.at / "data")
        cls.job = cls.at / "job.yaml"
        cls.out = cls.at / "out"
        job = {"input": [{"path": f"{cls.at}/data/*.jsonl", "source": "none", "source_field": "source"}], "filter": [{"length": {"min_chars": 300}}],
               "signals": ["gopher_quality"], "clean": {"steps": []}, "dedup": {"exact": True, "near": {"threshold": 0.7}},
               "tokenizer": {"train": {"vocab_size": 400}}, "output": {"path": str(cls.out), "mode": "0640"}}
        cls.job.write_text(json.dumps(job))
        cls.said = quern("run", cls.job, ranks=2)

    @classmethod
    def tearDownClass(cls):
        cls.temp.cleanup()

    def run_as(self, name, *sets):
        out = self.at / name
        quern("run", self.job, *[part for s in (f"output.path={out}", f"work={out}.work", *sets) for part in ("--set", s)])
        return out

    def fails(self, code, *arguments):
        done = quern(*arguments, check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stderr

    def test_what_a_run_says_does_not_steer_the_terminal(self):
        self.assertIn("[31mred<U+202E>", self.said.stdout)
        self.assertNotRegex(self.said.stdout + self.said.stderr, "[\x1b\u202e]")

    def test_an_empty_path_is_refused(self):
        for command in (["export", self.out, "--format", "jsonl"], ["refilter", self.out, "--set", "filter=[]"], ["report", self.out], ["reproduce", self.out]):
            self.assertIn("--to: is empty", self.fails(2, *command, "--to", ""))

    # ---- quern report ----

    def test_figures_are_those_of_the_ledger_at_any_number_of_ranks(self):
        report = json.loads((self.out / "report.json").read_text())
        rows = ledger(self.out)
        self.assertEqual(sum(row[2] in ("exact", "near") for row in rows), 30 + 10 + 1)
        self.assertEqual(sum(report["figures"]["clusters"]["clusters"]), 30)
        self.assertEqual(sum(report["figures"]["clusters"]["records"]), 30 + 30 + 10 + 1)
        self.assertEqual(report["figures"]["clusters"]["largest"][0]["size"], 3)
        self.assertEqual(sum(report["figures"]["lengths"]["documents"]), report["counts"]["kept"])
        for signal in report["figures"]["signals"]:
            self.assertEqual(sum(signal["counts"]) + signal["below"] + signal["above"] + signal["without"], report["counts"]["kept"], signal["name"])
        for ranks in (1, 3):
            out = self.at / f"ranks-{ranks}"
            quern("run", self.job, "--set", f"output.path={out}", "--set", f"work={out}.work", ranks=ranks)
            other = json.loads((out / "report.json").read_text())
            self.assertEqual(other["figures"], report["figures"])
            self.assertEqual((out / "examples.json").read_text(), (self.out / "examples.json").read_text())

    def test_a_report_is_measured_again_where_there_is_none(self):
        out = self.at / "lost"
        shutil.copytree(self.out, out)
        for name in ("report.json", "report.html", "examples.json"):
            (out / name).unlink()
        quern("report", out, ranks=2)
        page = (out / "report.html").read_text()
        for section in ("funnel", "sources", "lengths", "signals", "clusters"):
            self.assertIn(f'<section id="{section}"', page)
        self.assertNotIn('<section id="steps"', page)  # nobody knows
        self.assertFalse((out / "report.json").exists())
        shutil.copy(self.at / "out" / "report.json", out)
        os.replace(out / "report.json", out / "report.json.good")
        (out / "report.json").write_text((out / "report.json.good").read_text().replace(digest(out), "0" * 32))
        self.assertIn("another data set", self.fails(7, "report", out))

    def test_texts_are_there_only_as_the_job_wants(self):
        secret = json.loads((self.out / "examples.json").read_text())["duplicates"][0]["removed"]["text"].split("\n")[0][:60]
        self.assertIn(secret, (self.out / "report.html").read_text())
        self.assertNotIn(secret, (self.out / "report.json").read_text())
        for name in ("examples.json", "report.html", "report.json", "data.h5"):
            self.assertEqual(stat.S_IMODE((self.out / name).stat().st_mode), 0o640, name)
        for name, sets in (("none", ["report.examples=0"]), ("sealed", ["spool.encrypt=true", f"spool.key_file={self.at}/key"])):
            out = self.run_as(name, *sets)
            self.assertEqual(digest(out), digest(self.out))
            self.assertFalse((out / "examples.json").exists())
            self.assertNotIn(secret, (out / "report.html").read_text())
        few = json.loads((self.run_as("few", "report.examples=2") / "examples.json").read_text())
        self.assertEqual(len(few["duplicates"]), 2)

    def test_a_report_can_be_made_without_texts(self):
        to = self.at / "shared.html"
        quern("report", self.out, "--no-texts", "--to", to)
        secret = json.loads((self.out / "examples.json").read_text())["duplicates"][0]["removed"]["text"].split("\n")[0][:60]
        self.assertNotIn(secret, to.read_text())
        self.assertEqual(stat.S_IMODE(to.stat().st_mode), 0o640)
        self.assertIn("choose another", self.fails(8, "report", self.out, "--to", to))
        before = (self.out / "report.html").read_text()
        quern("report", self.out)
        self.assertEqual((self.out / "report.html").read_text(), before)

    # ---- quern show ----

    def test_show_draws_the_report_in_letters(self):
        for env, block in ((UTF8, "█"), (LATIN, "#")):
            done = quern("show", self.out, env=env)
            for words in ("From input to tokens", "exact duplicates", "Kept, by source", "Tokens of a document", "Quality signals", "Clusters of duplicates", "Time:"):
                self.assertIn(words, done.stdout)
            self.assertIn(block * 5, done.stdout)
            self.assertNotIn("\x1b", done.stdout)  # no terminal: no colours; and nothing of the input steers one
            self.assertLessEqual(max(map(len, done.stdout.split("From input to tokens")[1].splitlines())), 100)
        self.assertNotRegex(quern("show", self.out, "--ascii", env=UTF8).stdout, "[█▏▁]")

    def test_a_cluster_is_found_by_any_of_its_documents(self):
        answers = {quern("show", self.out, "--cluster", name).stdout for name in ("a/3", "b/near/3", "b/same/3", "3")}
        self.assertEqual(len(answers), 1)
        lines = answers.pop()
        self.assertIn("3 records", lines)
        self.assertRegex(lines, r"removed +near +0\.\d{4}  b/near/3\n")
        self.assertRegex(lines, r"removed +exact .* b/same/3\n")
        self.assertIn("--job", lines)
        self.assertIn("no record has the id 'c/3'", self.fails(2, "show", self.out, "--cluster", "c/3"))

    def test_a_cluster_shows_how_its_texts_differ(self):
        texts = {}
        for name in ("a.jsonl", "b.jsonl"):
            for line in (self.at / "data" / name).read_text().splitlines():
                record = json.loads(line)
                texts[record["id"]] = record["text"]
        shown = quern("show", self.out, "--cluster", "a/3", "--job", self.job).stdout
        near = shown.split("b/near/3\n")[-1].split("record ")[0]
        gone, come = re.findall(r"\[-(.*?)-\]", near, re.S), re.findall(r"\{\+(.*?)\+\}", near, re.S)
        self.assertGreater(len(gone) + len(come), 0)
        for words in gone:
            self.assertIn(words.strip(), texts["a/3"])
        for words in come:
            self.assertIn(words.strip(), texts["b/near/3"])
        self.assertIn("the same text", shown.split("b/same/3\n")[-1])
        self.assertNotIn("note:", shown)
        steering = quern("show", self.out, "--cluster", "a/1", "--job", self.job).stdout
        self.assertNotRegex(steering, "[\x1b\u202e]")
        self.assertIn("<U+202E>", steering)

    def test_a_cluster_says_which_texts_are_gone(self):
        moved = self.at / "moved"
        shutil.copytree(self.at / "data", moved)
        job = self.at / "moved.yaml"
        job.write_text(self.job.read_text().replace(f"{self.at}/data", str(moved)))
        show = ["show", self.out, "--cluster", "a/3", "--job", job]
        (moved / "a.jsonl").touch()
        self.assertIn("note: files of the input were written to, or copied", quern(*show).stdout)
        lines = (moved / "b.jsonl").read_text().splitlines(True)
        at = next(n for n, line in enumerate(lines) if '"b/near/3"' in line)
        lines[at] = lines[at].replace("b/near/3", "b/nearX3")
        (moved / "b.jsonl").write_text("".join(lines))
        shown = quern(*show).stdout
        self.assertIn("another document (b/nearX3) begins at byte", shown)
        self.assertIn("the same text", shown)  # b/same/3 is still there
        (moved / "b.jsonl").write_text("".join(lines[:at]) + "\n" + "".join(lines[at:]))
        shown = quern(*show).stdout
        self.assertIn("other names or sizes now", shown)
        self.assertIn("no document begins at byte", shown)
        (moved / "b.jsonl").unlink()
        self.assertEqual(quern(*show).stdout.count("no text: its file b.jsonl is not there any more"), 2)
        (moved / "a.jsonl").unlink()
        self.assertEqual(quern(*show).stdout.count("no text: its file b.jsonl is not there any more"), 2)
        self.assertIn("made by another job", self.fails(8, *show, "--set", "dedup.near.threshold=0.9"))

    def test_a_record_without_duplicates_is_no_cluster(self):
        alone = next(row[0] for row in ledger(self.out) if row[2] == "length_min")
        self.assertIn("1 record: no other was removed as its duplicate\n", quern("show", self.out, "--cluster", alone).stdout)

    # ---- quern diff ----

    def test_diff_of_equals_is_nothing(self):
        done = quern("diff", self.out, self.out)
        self.assertIn("the jobs are the same", done.stdout)
        self.assertEqual(quern("diff", self.out, self.out, "--quiet").stdout, "")
        self.assertEqual(quern("diff", self.out, self.out, "--list").stdout, "record\tfirst\tsecond\n")

    def test_diff_tells_what_and_why(self):
        other = self.run_as("other", "dedup.near=false", 'filter=[{length: {min_chars: 30}}]')
        done = quern("diff", self.out, other, check=False)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertRegex(done.stdout, r"filter\.0\.length\.min_chars +300 -> 30")
        self.assertRegex(done.stdout, r"removed: near +kept +31\n    b/near/0\n      in the first for a/0, similarity 0\.\d{4}\n")
        short = sum(row[2] == "length_min" for row in ledger(self.out))
        self.assertGreater(short, 0)
        self.assertRegex(done.stdout, rf"removed: length_min +kept +{short}\n")
        self.assertRegex(done.stdout, rf"beta +0 +{31 + short} +0\n")
        self.assertRegex(done.stdout, r"the same in both +\d+\n")
        listed = quern("diff", self.out, other, "--list", check=False)
        self.assertEqual(listed.returncode, 1)
        self.assertEqual(len(listed.stdout.splitlines()), 1 + 31 + short)
        self.assertIn("b/near/7\tremoved: near\tkept\n", listed.stdout)
        self.assertNotRegex(listed.stdout + done.stdout, "[\x1b\u202e]")
        self.assertEqual(quern("diff", self.out, other, "--quiet", check=False).returncode, 1)
        self.assertRegex(quern("diff", other, self.out, check=False).stdout, r"kept +removed: near +31\n")

    def test_diff_of_a_set_that_was_filtered_again_names_its_filters(self):
        again, strict = self.at / "again", self.at / "strict"
        for to, words in ((again, 60), (strict, 90)):
            quern("refilter", self.out, "--to", to, "--set", f"filter=[{{gopher_quality: {{min_words: {words}}}}}]")
        said = quern("diff", self.out, again, check=False).stdout
        self.assertIn("the jobs are the same", said)
        self.assertRegex(said, r"filtered again: the first not, the second once; keys of the last filters that differ\n")
        self.assertRegex(said, r"filter\.0\.gopher_quality\.min_words +\(none\) -> 60\n")
        self.assertNotIn("of.job", said)
        said = quern("diff", again, strict, check=False).stdout
        self.assertEqual(re.findall(r"^  filter.*", said, re.M), [f"  {'filter.0.gopher_quality.min_words':<40} 60 -> 90"])
        self.assertIn("in first alone", said)

    def test_diff_knows_documents_of_renamed_files_by_their_ids(self):
        renamed = self.at / "renamed"
        shutil.copytree(self.at / "data", renamed)
        (renamed / "b.jsonl").rename(renamed / "c.jsonl")
        with open(renamed / "c.jsonl", "a") as file:
            file.write(json.dumps({"id": "new", "text": prose(random.Random(1), 30), "source": "gamma"}) + "\n")
        out = self.run_as("of-renamed", f"input.0.path={renamed}/*.jsonl")
        done = quern("diff", self.out, out, "--list", check=False)
        self.assertEqual(done.stdout, "record\tfirst\tsecond\nnew\tabsent\tkept\n")
        self.assertEqual(done.returncode, 1)

    def test_diff_fails_otherwise_than_by_one(self):
        self.assertIn("nowhere", self.fails(5, "diff", self.out, self.at / "nowhere"))


if __name__ == "__main__":
    unittest.main()
