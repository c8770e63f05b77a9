"""Pages of HTML through the whole chain: what is extracted, what is removed, the same at any number of ranks."""
import json
import pathlib
import random
import tempfile
import unittest

from corpus import prose
from quern_run import digest, ledger, quern

PAGES = 40


def page(rng, number):
    """A page whose article has the lines that are returned with it."""
    lines = [" ".join(prose(rng, 3).split()) + f" Line {number}." for _ in range(4)]
    links = "".join(f"<li><a href=/{i}>Link number {i}</a>" for i in range(20))
    body = "".join(f"<p>{line}</p>" for line in lines)
    return (f"<html><head><title>Page {number}</title><script>var x = '<p>{number}</p>';</script></head><body><nav><ul>{links}</ul></nav>"
            f"<div class=main-column>{body}</div><div class=comments><p>{prose(rng, 2)}</p></div><footer>All rights, reserved.</footer></body></html>", lines)


class HtmlPages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.keep = tempfile.TemporaryDirectory()
        cls.at = pathlib.Path(cls.keep.name)
        rng = random.Random(7)
        cls.lines = {}
        with open(cls.at / "pages.jsonl", "w", encoding="utf-8") as out:
            for i in range(PAGES):
                text, cls.lines[f"page {i}"] = page(rng, i)
                out.write(json.dumps({"id": f"page {i}", "text": text}) + "\n")
            out.write(json.dumps({"id": "empty", "text": "<nav><a href=/>Home</a></nav><script>1</script>"}) + "\n")
        cls.job = cls.at / "job.yaml"
        cls.job.write_text(json.dumps({"input": [{"path": "pages.jsonl", "html": "article"}], "filter": [], "tokenizer": {"train": {"vocab_size": 300}},
                                       "output": {"path": "out"}, "work": "work"}))

    @classmethod
    def tearDownClass(cls):
        cls.keep.cleanup()

    def cleaned(self, *flags):
        return {row["id"]: row["text"] for row in map(json.loads, quern("clean", self.job, *flags).stdout.splitlines())}

    def test_clean_prints_the_article_of_each_page(self):
        texts = self.cleaned()
        self.assertEqual(len(texts), PAGES + 1)
        for name, lines in self.lines.items():
            self.assertEqual(texts[name], "\n\n".join(lines))
        self.assertEqual(texts["empty"], "")

    def test_clean_prints_all_text_or_the_markup_where_the_job_wants_that(self):
        text = self.cleaned("--set", "input.0.html=all_text")["page 3"]
        for word in ("Link number 19", "Line 3.", "All rights, reserved."):
            self.assertIn(word, text)
        self.assertNotIn("var x", text)
        for value in ("none", "automatic"):
            self.assertIn("<script>var x", self.cleaned("--set", f"input.0.html={value}")["page 3"])

    def test_runs_at_any_number_of_ranks_give_one_data_set_and_account_for_the_empty_page(self):
        digests = set()
        for ranks in (1, 3):
            out = self.at / f"out{ranks}"
            quern("run", self.job, "--set", f"output.path={out}", "--set", f"work={out}.work", ranks=ranks)
            digests.add(digest(out))
            rows = ledger(out)
            self.assertEqual(len(rows), PAGES + 1)
            self.assertEqual([row[:3] for row in rows if row[1] != "kept"], [["empty", "removed", "extract_empty"]])
        self.assertEqual(len(digests), 1)


if __name__ == "__main__":
    unittest.main()
