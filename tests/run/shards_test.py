"""Layout `sharded`: the same tokens as `single`, the same files at any number of ranks and after kills, damage seen and named, nothing half there."""
import filecmp
import hashlib
import os
import pathlib
import shutil
import signal
import tempfile
import unittest

import h5py
import numpy

from corpus import write_corpus, write_job
from quern_run import children, digest, let_go, quern, start_held

SHARD_TOKENS = 20_000


class Shards(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.keep = tempfile.TemporaryDirectory()
        cls.at = pathlib.Path(cls.keep.name)
        write_corpus(cls.at / "data", 200)
        quern("run", cls.job("single"), ranks=2)
        quern("run", cls.job("sharded", sharded=True), ranks=1)
        cls.single, cls.sharded = cls.at / "single", cls.at / "sharded"
        cls.names = sorted(path.name for path in cls.sharded.glob("data-*"))

    @classmethod
    def tearDownClass(cls):
        cls.keep.cleanup()

    @classmethod
    def job(cls, name, sharded=False, **keys):
        layout = {"output__layout": "sharded", "output__shard_tokens": SHARD_TOKENS} if sharded else {}
        keys = {"dedup": {"near": False}, "unit_bytes": "64KiB", "checkpoint_seconds": 0} | layout | keys
        return write_job(cls.at / f"{name}.yaml", cls.at / "data", cls.at / name, **keys)

    def copy(self, name):
        shutil.copytree(self.sharded, self.at / name)
        return self.at / name

    def assert_same_files(self, out):
        self.assertEqual(sorted(p.name for p in out.iterdir()), sorted(p.name for p in self.sharded.iterdir()))
        for name in ["data.h5", "tokenizer.json", *self.names]:
            self.assertTrue(filecmp.cmp(self.sharded / name, out / name, shallow=False), f"{out / name} differs")

    def assert_fails(self, words, *arguments, ranks=0, code=9):
        done = quern(*arguments, ranks=ranks, check=False)
        self.assertNotEqual(done.returncode, 0, f"quern {arguments} saw nothing")
        for word in words:
            self.assertIn(str(word), done.stderr)
        return done

    def test_holds_what_the_single_file_holds(self):
        self.assertGreater(len(self.names), 5)
        self.assertEqual(digest(self.sharded), digest(self.single))
        self.assertEqual(quern("digest", self.sharded, ranks=3).stdout.strip(), digest(self.single))
        with h5py.File(self.single / "data.h5") as one, h5py.File(self.sharded / "data.h5") as many:
            self.assertTrue(numpy.array_equal(one["data"][:], many["data"][:]))
            self.assertTrue(many["data"].is_virtual)
            sums = many["shards/file_sha256"].asstr()[:]
        self.assertEqual([hashlib.sha256((self.sharded / name).read_bytes()).hexdigest() for name in self.names], sums.tolist())
        self.assertEqual(quern("ledger", self.sharded).stdout, quern("ledger", self.single).stdout)
        number = "7"
        self.assertEqual(quern("show", self.sharded, "--document", number).stdout, quern("show", self.single, "--document", number).stdout)
        size = sum((self.sharded / name).stat().st_size for name in self.names)
        with h5py.File(self.single / "data.h5") as one:
            self.assertLess(size, one["data"].nbytes, "deflated")
        self.assertRegex(quern("show", self.sharded).stdout, rf"shards +{len(self.names)} files beside it, {size:,} bytes")

    def test_any_number_of_ranks_writes_the_same_files(self):
        for ranks in (2, 3, 5):
            quern("run", self.job(f"ranks{ranks}", sharded=True), ranks=ranks)
            self.assert_same_files(self.at / f"ranks{ranks}")
            quern("verify", self.at / f"ranks{ranks}", ranks=ranks)

    def test_no_capacity_changes_the_files(self):
        quern("run", self.job("tight", sharded=True, memory_per_rank="64MiB", unit_bytes="1MiB", tokenizer_cache=False), ranks=3)
        self.assert_same_files(self.at / "tight")

    def kill_at(self, job, point, ranks, name):
        """Kills the run when a rank waits at the point; returns the shards that lie there, and when they were made."""
        pause = self.at / f"{name}.pause"
        run = start_held(job, point, pause, ranks=ranks)
        self.assertFalse((self.at / name).exists(), "published before it was through")
        for pid in children(run.pid):
            os.kill(pid, signal.SIGKILL)
        run.communicate()
        let_go(pause)
        return {p.name: p.stat().st_ino for p in (self.at / f"{name}.quern-partial").glob("data-*.h5")}

    def test_a_killed_run_goes_on_shard_by_shard(self):
        job = self.job("killed", sharded=True)
        made = []
        for ranks in (2, 1, 3):
            made.append(self.kill_at(job, "shard written", ranks, "killed"))
        self.assertLess(len(made[0]), len(made[-1]), "no attempt went on from the one before")
        quern("run", job, ranks=2)
        self.assert_same_files(self.at / "killed")
        self.assertEqual(list((self.at / "killed").glob("*.partial")), [])
        now = {p.name: p.stat().st_ino for p in (self.at / "killed").glob("data-*.h5")}
        # The one whose rank was killed before it was recorded is written again, at most one for each rank.
        self.assertGreaterEqual(sum(now[name] == inode for name, inode in made[-1].items()), len(made[-1]) - 3)

    def test_a_shard_that_was_damaged_while_the_run_was_down_is_written_again(self):
        job = self.job("damaged", sharded=True)
        made = self.kill_at(job, "unit written", 2, "damaged")
        self.assertEqual(sorted(made), self.names)
        aside = self.at / "damaged.quern-partial"
        with open(aside / self.names[1], "r+b") as shard:
            shard.seek(5000)
            byte = shard.read(1)[0]
            shard.seek(5000)
            shard.write(bytes([byte ^ 1]))
        (aside / self.names[3]).unlink()
        said = quern("run", job, ranks=3)
        for name in (self.names[1], self.names[3]):
            self.assertIn(f"{name}: is damaged or gone: it is written again", said.stdout + said.stderr)
        self.assert_same_files(self.at / "damaged")

    def test_documents_in_an_order_of_their_own_are_cut_alike(self):
        shape = {"output__order": "shuffle", "output__validation": 0.2, "sources": [{"name": "web", "repeat": 1.5}]}
        quern("run", self.job("shuffled", **shape), ranks=2)
        outs = []
        for ranks in (1, 3):
            outs.append(self.at / f"shuffled{ranks}")
            quern("run", self.job(outs[-1].name, sharded=True, **shape), ranks=ranks)
        job = self.job("shuffled-killed", sharded=True, **shape)
        made = [self.kill_at(job, "shard written", ranks, "shuffled-killed") for ranks in (3, 2)]
        self.assertLess(0, len(made[0]))
        self.assertLess(len(made[0]), len(made[1]))
        outs.append(self.at / "shuffled-killed")
        quern("run", job, ranks=5)
        names = sorted(path.name for path in outs[0].glob("data*"))
        self.assertGreater(len(names), len(self.names), "with copies there are more tokens")
        with h5py.File(self.at / "shuffled/data.h5") as one, h5py.File(self.single / "data.h5") as plain:
            tokens = one["data"][:]
            self.assertFalse(numpy.array_equal(tokens[: len(plain["data"])], plain["data"][:]))
        for out in outs:
            quern("verify", out)
            self.assertEqual(digest(out), digest(self.at / "shuffled"))
            with h5py.File(out / "data.h5") as many:
                self.assertTrue(numpy.array_equal(tokens, many["data"][:]))
            for name in names:
                self.assertTrue(filecmp.cmp(outs[0] / name, out / name, shallow=False), f"{out / name} differs")

    def test_a_missing_shard_is_fill_values_to_others_and_an_error_to_quern(self):
        out = self.copy("missing")
        (out / self.names[2]).unlink()
        with h5py.File(out / "data.h5") as f:
            self.assertTrue((f["data"][2 * SHARD_TOKENS : 3 * SHARD_TOKENS] == 0xFFFF).all())
            self.assertTrue((f["data"][: 2 * SHARD_TOKENS] < 0xFFFF).all())
        for ranks in (0, 3):
            self.assert_fails([out / self.names[2], "the shard is missing"], "verify", out, ranks=ranks)
        self.assert_fails([out / self.names[2], "the shard is missing"], "digest", out)

    def test_a_changed_byte_is_named_by_its_shard(self):
        out = self.copy("changed")
        with open(out / self.names[4], "r+b") as shard:
            shard.seek(-3000, 2)
            byte = shard.read(1)[0]
            shard.seek(-3000, 2)
            shard.write(bytes([byte ^ 0x10]))
        for ranks in (0, 2):
            self.assert_fails([out / self.names[4]], "verify", out, ranks=ranks)

    def test_another_order_of_the_files_is_seen(self):
        out = self.copy("exchanged")
        (out / self.names[0]).rename(out / "x")
        (out / self.names[1]).rename(out / self.names[0])
        (out / "x").rename(out / self.names[1])
        self.assert_fails([out / self.names[0], "files were exchanged"], "verify", out)

    def test_it_can_be_moved_as_a_whole(self):
        (self.at / "else/where").mkdir(parents=True)
        out = self.copy("else/where/moved")
        quern("verify", out)
        with h5py.File(self.single / "data.h5") as one, h5py.File(out / "data.h5") as many:
            self.assertTrue(numpy.array_equal(one["data"][:], many["data"][:]))

    def test_a_finished_output_is_known_and_another_layout_is_another_job(self):
        self.assertIn("already done", quern("run", self.job("sharded", sharded=True)).stdout)
        self.assert_fails(["holds the data set of another job"], "run", self.job("sharded"))

    def test_plan_says_how_many_files_there_may_be(self):
        self.assertRegex(quern("plan", self.job("planned", sharded=True)).stdout, r"output +.*about [\d,]+ bytes or less, the tokens in \d+ shards or less\n")
        few = self.job("few", output__layout="sharded", output__shard_tokens=1)
        self.assertIn("set output.shard_tokens higher", quern("plan", few).stdout)
        self.assert_fails(["output.shard_tokens", "set it higher"], "run", few, ranks=2)
        self.assertFalse((self.at / "few").exists())

    def test_it_is_input_like_a_single_file(self):
        found = []
        for layout in ("single", "sharded"):
            job = self.job(f"from-{layout}", input=[{"path": str(self.at / layout), "format": "dataset"}])
            found.append(quern("clean", job).stdout)
            quern("run", job, ranks=2)
        self.assertEqual(found[0], found[1])
        self.assertEqual(digest(self.at / "from-single"), digest(self.at / "from-sharded"))

    def test_refilter_gives_shards_of_shards(self):
        sets = ("--set", "filter=[{quantile: {signal: gopher_words, keep_top: 0.5}}]")
        outs = {}
        for layout in ("single", "sharded"):
            quern("run", self.job(f"signals-{layout}", sharded=layout == "sharded", signals=["gopher_quality"]), ranks=2)
            for ranks in (1, 3) if layout == "sharded" else (2,):
                outs[layout, ranks] = self.at / f"half-{layout}{ranks}"
                quern("refilter", self.at / f"signals-{layout}", "--to", outs[layout, ranks], *sets, ranks=ranks)
                quern("verify", outs[layout, ranks])
        one, first, second = outs["single", 2], outs["sharded", 1], outs["sharded", 3]
        self.assertEqual(digest(one), digest(first))
        names = sorted(path.name for path in first.glob("data*"))
        self.assertEqual(names, sorted(path.name for path in second.glob("data*")))
        self.assertLess(2, len(names))
        self.assertLess(len(names), len(self.names))
        for name in names:
            self.assertTrue(filecmp.cmp(first / name, second / name, shallow=False), name)
        with h5py.File(one / "data.h5") as whole, h5py.File(first / "data.h5") as many:
            self.assertTrue(numpy.array_equal(whole["data"][:], many["data"][:]))
            self.assertEqual(many["shards/tokens"][0], SHARD_TOKENS)


if __name__ == "__main__":
    unittest.main()
