"""check_planted.py must accept a ledger that is right, and name what is wrong in one that is not."""
import contextlib
import io
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))
import check_planted  # noqa: E402

PLANTED = "exact\tb\ta\t1\nnear\tc\ta\t0.95\nnear\td\ta\t0.6\nexact\tf\te\t1\n"
RIGHT = {
    "a": "kept\t\t\t",
    "b": "removed\texact\ta\t1",
    "c": "removed\tnear\ta\t0.95",
    "d": "kept\t\t\t",
    "e": "removed\tgopher_words\t\t",
    "f": "removed\tgopher_words\t\t",
    "g": "kept\t\t\t",
}


class CheckPlanted(unittest.TestCase):
    def judge(self, changed=None, planted=PLANTED, *options):
        rows = {**RIGHT, **(changed or {})}
        with tempfile.TemporaryDirectory() as folder:
            paths = [pathlib.Path(folder) / "planted", pathlib.Path(folder) / "ledger"]
            paths[0].write_text(planted)
            paths[1].write_text("".join(f"{own_id}\t{row}\n" for own_id, row in rows.items()))
            with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as said:
                code = check_planted.main([*map(str, paths), *options])
        return code, out.getvalue() + said.getvalue()

    def test_accepts_what_is_right(self):
        code, out = self.judge()
        self.assertEqual(code, 0)
        self.assertIn("1 exact copies, 1 of 1 near copies removed, 1 below the threshold, 2 others", out)
        self.assertIn("1 removed by filters", out)

    def test_names_what_is_wrong(self):
        cases = [
            ({"b": "kept\t\t\t"}, "exact copies"),
            ({"b": "removed\texact\tg\t1"}, "exact copies"),
            ({"c": "kept\t\t\t"}, "near copies found"),
            ({"d": "removed\tnear\ta\t0.8"}, "below the threshold"),
            ({"g": "removed\tnear\ta\t0.8"}, "no copies"),
        ]
        for changed, words in cases:
            code, out = self.judge(changed)
            self.assertEqual(code, 1, words)
            self.assertIn(words, out)

    def test_an_exact_copy_may_be_removed_for_what_its_original_was_removed_for(self):
        self.assertEqual(self.judge({"a": "removed\tnear\tg\t0.9", "b": "removed\tnear\tg\t0.9"})[1].count("exact copies that"), 0)

    def test_the_threshold_and_the_share_can_be_set(self):
        self.assertEqual(self.judge({"c": "kept\t\t\t"}, PLANTED, "--found", "0")[0], 0)
        self.assertEqual(self.judge({"c": "kept\t\t\t"}, PLANTED, "--threshold", "0.98")[0], 0)

    def test_other_files_cannot_be_judged(self):
        self.assertEqual(self.judge(planted="x\ty\n")[0], 2)
        self.assertEqual(self.judge(planted="exact\tno such\ta\t1\n")[0], 2)


if __name__ == "__main__":
    unittest.main()
