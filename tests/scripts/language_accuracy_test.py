"""language_accuracy.py on labels and guesses whose figures are known by hand."""
import contextlib
import io
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))
import language_accuracy  # noqa: E402


def table(labels, guesses):
    return language_accuracy.judge(
        language_accuracy.labels_of_table(labels.split("\n")), language_accuracy.guesses_of_table(guesses.split("\n"))
    )


class LanguageAccuracy(unittest.TestCase):
    def test_counts_right_and_wrong_pages_of_each_language(self):
        t = table("1\tde\t200\n2\tde\t300\n3\tfr\t500\n", "1\tde\t990\t1\tkept\n2\tnl\t500\t0\tkept\n3\tfr\t990\t1\tkept\n")
        self.assertEqual((t.pages["de"], t.right("de"), t.wrong["de"]["nl"], t.right()), (2, 1, 1, 2))
        self.assertFalse(t.enough())

    def test_takes_languages_that_are_alike_for_one(self):
        t = table("1\tnb\t200\n2\tbs\t200\n3\tms\t200\n4\tzh\t200\n", "1\tno\n2\thr\n3\tid\n4\tzh-Hant\n")
        self.assertEqual((dict(t.pages), t.right()), ({"no": 1, "sr": 1, "id": 1, "zh": 1}, 4))
        self.assertTrue(t.enough())

    def test_leaves_out_short_pages_and_languages_that_are_not_known(self):
        t = table("1\tde\t199\n2\tpcm\t900\n3\t\t900\n4\tde\t900\n", "1\ten\n2\ten\n3\ten\n4\tde\n")
        self.assertEqual((t.short, dict(t.unknown), sum(t.pages.values())), (1, {"pcm": 1, "(none)": 1}, 1))

    def test_a_page_without_a_guess_is_an_error(self):
        with self.assertRaises(language_accuracy.Unusable):
            table("1\tde\t200\n", "2\tde\n")
        with self.assertRaises(language_accuracy.Unusable):
            table("1\tde\t100\n", "1\tde\n")

    def test_the_exit_code_says_whether_it_is_enough(self):
        for guess, code in (("de", 0), ("en", 1)):
            with tempfile.TemporaryDirectory() as folder:
                labels, guesses = pathlib.Path(folder) / "l", pathlib.Path(folder) / "g"
                labels.write_text("1\tde\t200\n", encoding="utf-8")
                guesses.write_text(f"1\t{guess}\t990\t1\tkept\n", encoding="utf-8")
                sys.argv = ["language_accuracy.py", "--labels", str(labels), "--guesses", str(guesses)]
                out = io.StringIO()
                with contextlib.redirect_stdout(out):
                    self.assertEqual(language_accuracy.main(), code)
                self.assertIn("languages that CLD2 knows: af ar", out.getvalue())


if __name__ == "__main__":
    unittest.main()
