"""bench/compare.py must show a loss, and only a loss."""
import contextlib
import io
import json
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "bench"))
import compare  # noqa: E402


class Compare(unittest.TestCase):
    def run_on(self, before, after, *options):
        def result(ratios):
            return {"benchmarks": [{"name": n, "ratio": r, "cpu_s": 1} for n, r in ratios.items()]}

        return self.run_on_results(result(before), result(after), *options)

    def run_on_results(self, before, after, *options):
        with tempfile.TemporaryDirectory() as folder:
            paths = []
            for name, result in (("before", before), ("after", after)):
                path = pathlib.Path(folder) / name
                path.write_text(json.dumps(result))
                paths.append(str(path))
            with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()):
                code = compare.main([*paths, *options])
        return code, out.getvalue()

    def test_a_loss_of_more_than_15_percent_is_shown(self):
        code, out = self.run_on({"a": 1.0, "b": 2.0}, {"a": 1.16, "b": 2.2})
        self.assertEqual(code, 1)
        self.assertIn("+16.0 %   LOSS", out)
        self.assertEqual(out.count("LOSS"), 1)
        self.assertIn("1 of 2", out)

    def test_memory_and_scaling_of_whole_runs_can_be_lost_as_well(self):
        def result(peak, times_as_fast):
            row = {"name": "quern_run/1_ranks", "ratio": 10, "peak_memory_bytes": peak}
            return {"benchmarks": [row, {"name": "clean", "ratio": 1, "peak_memory_bytes": peak}],
                    "two_ranks_times_as_fast": {"quern_run": times_as_fast}}

        code, out = self.run_on_results(result(100e6, 1.9), result(120e6, 1.6))
        self.assertEqual(code, 1)
        self.assertRegex(out, r"quern_run/1_ranks peak MiB .*\+20.0 %   LOSS")
        self.assertRegex(out, r"quern_run wall 2:1 ranks .*\+18.8 %   LOSS")
        self.assertIn("2 of 4", out)
        self.assertEqual(self.run_on_results(result(100e6, 1.6), result(90e6, 1.9))[0], 0)

    def test_the_bound_can_be_set(self):
        self.assertEqual(self.run_on({"a": 1.0}, {"a": 1.14})[0], 0)
        self.assertEqual(self.run_on({"a": 1.0}, {"a": 1.14}, "--loss", "10")[0], 1)

    def test_a_gain_is_no_loss(self):
        self.assertEqual(self.run_on({"a": 1.0}, {"a": 0.2})[0], 0)

    def test_what_only_one_has_is_named(self):
        code, out = self.run_on({"a": 1, "old": 1}, {"a": 1, "fresh": 1})
        self.assertEqual(code, 0)
        self.assertRegex(out, r"old +only in the baseline\nfresh +new")

    def test_nothing_in_common_cannot_be_compared(self):
        self.assertEqual(self.run_on({"a": 1}, {"b": 1})[0], 2)

    def test_another_file_is_an_error(self):
        with tempfile.NamedTemporaryFile() as empty, contextlib.redirect_stderr(io.StringIO()), self.assertRaises(SystemExit) as stopped:
            compare.main([empty.name, empty.name])
        self.assertEqual(stopped.exception.code, 2)


if __name__ == "__main__":
    unittest.main()
