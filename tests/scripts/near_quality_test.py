"""near_quality.py on ledgers whose counts are known by hand."""
import contextlib
import io
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))
import near_quality  # noqa: E402

HEADER = "id_a\tid_b\tjaccard\n"


def counts(pairs, ledger):
    return near_quality.judge(near_quality.read_pairs((HEADER + pairs).split("\n")), near_quality.read_ledger(ledger.split("\n")))


class NearQuality(unittest.TestCase):
    def test_counts_a_pair_once_one_side_is_removed(self):
        c = counts("a\tb\t0.85\nc\td\t1.000000\n", "a\tkept\t\t\t\nb\tremoved\tnear\ta\t0.85\nc\tkept\t\t\t\nd\tkept\t\t\t\n")
        self.assertEqual((c.documents, c.pairs, c.found, c.removed_near, c.precise), (4, 2, 1, 1, 1))
        self.assertFalse(c.enough())

    def test_a_pair_removed_as_exact_counts_as_found_only(self):
        c = counts("a\tb\t1.000000\n", "a\tkept\t\t\t\nb\tremoved\texact\ta\t1\n")
        self.assertEqual((c.found, c.removed_exact, c.removed_near, c.precise), (1, 1, 0, 0))
        self.assertTrue(c.enough())

    def test_a_removal_needs_a_kept_document_not_just_a_similar_one(self):
        ledger = "a\tremoved\tnear\tc\t0.8\nb\tremoved\tnear\tc\t0.8\nc\tkept\t\t\t\n"
        c = counts("a\tb\t0.9\nb\tc\t0.769999\n", ledger)
        self.assertEqual((c.removed_near, c.precise), (2, 0))
        c = counts("a\tb\t0.9\nb\tc\t0.770000\n", ledger)
        self.assertEqual((c.removed_near, c.precise), (2, 1))

    def test_pairs_below_the_threshold_of_finding_do_not_count(self):
        c = counts("a\tb\t0.849999\na\tc\t0.850000\n", "a\tkept\t\t\t\nb\tkept\t\t\t\nc\tremoved\tnear\ta\t0.85\n")
        self.assertEqual((c.pairs, c.found), (1, 1))

    def test_removal_by_a_filter_is_no_finding(self):
        c = counts("a\tb\t0.9\n", "a\tkept\t\t\t\nb\tremoved\tgopher_words_min\t\t\n")
        self.assertEqual((c.found, c.removed_near), (0, 0))

    def test_ninety_nine_percent_is_enough_and_less_is_not(self):
        base = dict(documents=9, removed_exact=0, removed_near=200, pairs=1000, found=990, precise=198)
        self.assertTrue(near_quality.Counts(**base).enough())
        self.assertFalse(near_quality.Counts(**{**base, "found": 989}).enough())
        self.assertFalse(near_quality.Counts(**{**base, "precise": 197}).enough())

    def test_refuses_what_it_cannot_judge(self):
        ledger = "a\tkept\t\t\t\nb\tkept\t\t\t\n"
        cases = [
            ("a\tx\t0.9\n", ledger, "not in the ledger"),
            ("a\tb\t0.5\n", ledger, "no pair"),
            ("a\tb\n", ledger, "columns"),
            ("a\tb\t0.9\n", ledger + "a\tkept\t\t\t\n", "comes twice"),
            ("a\tb\t0.9\n", "a\tlost\t\t\t\n", "not a line of"),
        ]
        for pairs, rows, words in cases:
            with self.subTest(words=words), self.assertRaisesRegex(near_quality.Unusable, words):
                counts(pairs, rows)
        with self.assertRaisesRegex(near_quality.Unusable, "first line"):
            near_quality.read_pairs(["a\tb\t0.9"])

    def test_the_program_says_so_by_its_exit_code(self):
        out = io.StringIO()
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
            pairs, ledger = pathlib.Path(folder) / "p.tsv", pathlib.Path(folder) / "l.tsv"
            pairs.write_text(HEADER + "a\tb\t0.9\n", encoding="utf-8")
            for row, code in (("b\tremoved\tnear\ta\t0.9\n", 0), ("b\tkept\t\t\t\n", 1), ("b\n", 2)):
                ledger.write_text("a\tkept\t\t\t\n" + row, encoding="utf-8")
                self.assertEqual(near_quality.main(["--pairs", str(pairs), "--ledger", str(ledger)]), code)
            self.assertIn("worst found:   100.00 %", out.getvalue())


if __name__ == "__main__":
    unittest.main()
