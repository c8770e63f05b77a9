"""extract_quality.py on texts whose measures are known by hand."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))
import extract_quality as quality  # noqa: E402


class ExtractQuality(unittest.TestCase):
    def test_equal_texts_are_perfect_whatever_parts_their_words(self):
        m = quality.page_measures("one two, three four five", "one\ntwo three\n\nfour five.")
        self.assertEqual((m["tokens"], m["shingles"]), (1.0, (1.0, 1.0)))

    def test_extra_text_costs_precision_and_missing_text_recall(self):
        gold = "a b c d e f g h"  # five shingles
        extra = quality.page_measures(gold, gold + " i j k l m")
        self.assertEqual(extra["shingles"], (0.5, 1.0))
        self.assertAlmostEqual(extra["tokens"], 2 * (8 / 13) / (8 / 13 + 1))
        missing = quality.page_measures(gold, "a b c d e f")
        self.assertEqual(missing["shingles"], (1.0, 0.6))

    def test_repeated_words_count_as_often_as_they_stand_in_both(self):
        self.assertAlmostEqual(quality.page_measures("a a b", "a b b")["tokens"], 2 / 3)

    def test_a_text_shorter_than_a_shingle_is_one(self):
        self.assertEqual(quality.page_measures("a b", "a b")["shingles"], (1.0, 1.0))
        self.assertEqual(quality.page_measures("a b", "a c")["shingles"], (0.0, 0.0))

    def test_nothing_found_has_no_recall_and_does_not_count_for_precision(self):
        empty, full = quality.page_measures("a b", ""), quality.page_measures("a b", "a b")
        self.assertEqual(quality.page_measures("", "")["tokens"], 1.0)
        s = quality.summary([empty, full])
        self.assertEqual((s["pages"], s["token_f1"], s["precision"], s["recall"]), (2, 0.5, 1.0, 0.5))

    def test_gold_html_gives_its_text_without_scripts(self):
        self.assertEqual(quality.tokens(quality.text_of_html("<p>a<b>b</b></p><script>c</script>&amp;<p>d")), ["ab", "d"])

    def test_pages_fall_into_halves_by_their_names_alone(self):
        halves = [quality.half_of(f"page {i}") for i in range(200)]
        self.assertEqual(halves, [quality.half_of(f"page {i}") for i in range(200)])
        self.assertTrue(60 < sum(halves) < 140)


if __name__ == "__main__":
    unittest.main()
