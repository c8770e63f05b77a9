"""A whole run removes the duplicates that were planted in its corpus, and nothing else."""
import contextlib
import io
import json
import pathlib
import sys
import tempfile
import unittest

from quern_run import SCRIPTS, quern

sys.path.insert(0, str(SCRIPTS))
import check_planted  # noqa: E402
import make_corpus  # noqa: E402


class Planted(unittest.TestCase):
    def test_what_was_planted_is_found(self):
        with tempfile.TemporaryDirectory() as folder:
            at = pathlib.Path(folder)
            make_corpus.main([str(at / "data"), "--megabytes", "3", "--exact", "0.15", "--near", "0.25", "--seed", "3", "--compress", "zst"])
            job = at / "job.yaml"
            job.write_text(json.dumps({
                "input": [{"path": str(at / "data" / "*.zst")}],
                "filter": [],
                "tokenizer": {"train": {"vocab_size": 400}},
                "output": {"path": str(at / "out")},
                "work": str(at / "work"),
                "unit_bytes": "256KiB",
            }))
            quern("run", job, ranks=3)
            ledger = at / "ledger.tsv"
            ledger.write_text(quern("ledger", at / "out").stdout)
            with contextlib.redirect_stdout(io.StringIO()) as said:
                # In so small a corpus one copy of J 0.85 that no band found (1 in 80) is a large share.
                code = check_planted.main([str(at / "data/planted.tsv"), str(ledger), "--found", "95"])
            self.assertEqual(code, 0, said.getvalue())
            self.assertRegex(said.getvalue(), r"^[1-9]\d+ exact copies, [1-9]\d+ of [1-9]\d+ near copies removed, [1-9]\d+ below")


if __name__ == "__main__":
    unittest.main()
