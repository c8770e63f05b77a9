"""What `quern export` refuses, and what a killed one leaves."""
import with_h5py  # noqa: F401  before anything that needs it

import pathlib
import shutil
import subprocess
import unittest

import h5py

import trainer_formats as read
from export_case import Case, tokenizer_json_with, tree
from quern_run import QUERN, let_go, quern, start_held


class Errors(Case):
    def test_ids_that_do_not_fit(self):
        vocabulary = tokenizer_json_with(self.out / "tokenizer.json", self.at / "wide.json", 70_000)
        out = self.at / "wide"
        flags = ["--set", f"tokenizer={{file: {vocabulary}}}", "--set", f"work={out}.work"]
        done = quern("run", self.job, *flags, "--set", f"output={{path: {out}, formats: [nanogpt]}}", check=False, ranks=2)
        self.assertEqual((done.returncode, out.exists()), (3, False), "before anything is read")
        self.assertRegex(done.stderr, "nanogpt.*16 bits.*70000.*llmc or megatron")
        quern("run", self.job, *flags, "--set", f"output={{path: {out}}}")
        self.assertFalse(self.refused(3, "16 bits", "nanogpt", out=out, ranks=2).exists())
        trained = ["--set", "tokenizer={train: {vocab_size: 70000}}"]
        done = quern("run", self.job, "--set", f"output={{path: {out}2, formats: [nanogpt]}}", *trained, check=False)
        self.assertEqual(done.returncode, 3, "also of a vocabulary that is not trained yet")

    def test_an_unknown_format_and_unknown_options(self):
        self.refused(3, "unknown format 'megatrn'.*megatron", "megatrn")
        self.refused(3, "unknown key.*lenght'; did you mean 'length'", "windows", "--set", "lenght=7")
        self.refused(3, "pad_id is 700", "cerebras-samples", "--set", "pad_id=700")
        self.refused(3, "must rise", "windows", "--set", "lengths=[64, 32]")
        self.refused(3, "one length", "windows", "--set", "lengths=[64, 128]", "--pack", "concat")
        self.refused(3, "file's name", "megatron", "--set", "key=a/b")
        self.refused(3, "^quern: --set compression=lz4: compression: unknown value 'lz4'; known: none", "jsonl", "--compression", "lz4")
        self.refused(3, "^quern: --format tape: unknown format 'tape'; known: megatron, .*windows$", "tape")
        done = quern("plan", self.job, "--set", "output.formats=[nanogpt, nanogpt]", check=False)
        self.assertIn("stands here twice", done.stderr)

    def test_a_target_that_is_there(self):
        to, _ = self.export("nanogpt")
        before = tree(to)
        self.refused(8, "--overwrite", "megatron", to=to)
        self.assertEqual(tree(to), before)
        self.export("megatron", "--overwrite", to=to)
        self.assertTrue((to / "text_document.idx").exists())
        self.assertFalse((to / "train.bin").exists())
        other = self.at / "thesis"
        other.mkdir()
        (other / "thesis.txt").write_text("years of work")
        for more in ([], ["--overwrite"]):
            self.refused(8, "is there", "nanogpt", *more, to=other, ranks=2)
        self.refused(8, "is there", "nanogpt", "--overwrite", to=self.out)
        self.assertEqual((other / "thesis.txt").read_text(), "years of work")

    def test_files_that_quern_did_not_make_are_kept(self):
        for foreign in ("mine.txt", "train/notes.txt"):
            to, _ = self.export("nanogpt", to=self.at / f"with-{pathlib.Path(foreign).name}")
            (to / foreign).parent.mkdir(exist_ok=True)
            (to / foreign).write_text("years of work")
            before = tree(to)
            self.refused(8, f"{foreign}: .*manifest", "nanogpt", "--overwrite", to=to, ranks=2)
            self.assertEqual(tree(to), before)
            (to / foreign).unlink()
            self.export("nanogpt", "--overwrite", to=to)
        claimed = self.at / "claimed"
        claimed.mkdir()
        (claimed / "thesis.txt").write_text("years of work")
        for manifest in ('{"made_by": "quern export"}', '{"made_by": "quern export", "files": []}', '{"made_by": "quern export", "files": 7}',
                         '"made_by": "quern export"'):
            (claimed / "manifest.json").write_text(manifest)
            self.refused(8, "is there, and is no export|thesis.txt: .*manifest", "nanogpt", "--overwrite", to=claimed)
            self.assertEqual((claimed / "thesis.txt").read_text(), "years of work")

    def test_a_damaged_data_set_is_seen(self):
        broken = self.at / "broken"
        shutil.copytree(self.out, broken)
        with h5py.File(broken / "data.h5", "r+") as f:
            f["data"][len(self.data.tokens) // 2] ^= 1
        for ranks in (0, 3):
            self.assertFalse(self.refused(7, "digest", "megatron", out=broken, ranks=ranks).exists())

    def test_an_unfinished_data_set_and_none(self):
        unfinished = self.at / "unfinished"
        shutil.copytree(self.out, unfinished)
        with h5py.File(unfinished / "data.h5", "r+") as f:
            f["provenance/content_digest"][()] = b""
        self.refused(7, "did not finish", "nanogpt", out=unfinished)
        self.refused(5, "nowhere", "nanogpt", out=self.at / "nowhere", ranks=2)

    def test_texts_need_the_vocabulary(self):
        without = self.at / "without"
        shutil.copytree(self.out, without)
        (without / "tokenizer.json").unlink()
        self.refused(3, "vocabulary.*put the file", "jsonl", out=without)
        self.export("nanogpt", out=without)

    def slow_export(self, to):
        """Thousands of small files."""
        return subprocess.Popen([QUERN, "export", str(self.out), "--format", "cerebras-samples", "--length", "16", "--set", "file_examples=2",
                                 "--to", str(to)], stdout=subprocess.DEVNULL)

    def test_a_killed_export_leaves_nothing_that_looks_finished(self):
        to, aside = self.at / "killed", self.at / "killed.quern-partial"
        run = self.slow_export(to)
        while run.poll() is None and not (aside.is_dir() and any(aside.iterdir())):
            pass
        run.kill()
        self.assertNotEqual(run.wait(), 0, "it was too fast for this test")
        self.assertFalse(to.exists())
        self.export("nanogpt", to=to, ranks=2, timeout=60)
        self.assertEqual(read.nanogpt(to / "train.bin"), self.data.tokens)
        self.assertEqual(list(self.at.glob("killed.*")), [])

    def test_two_exports_to_one_place(self):
        to = self.at / "twice"
        first = self.slow_export(to)
        while first.poll() is None and not (self.at / "twice.quern-partial").is_dir():
            pass
        done = self.export("nanogpt", to=to, check=False)[1]
        self.assertEqual((done.returncode, first.wait()), (8, 0), done.stderr)
        self.assertIn("--to", done.stderr)
        self.assertFalse((to / "train.bin").exists())

    def test_a_run_that_is_killed_while_it_exports_goes_on(self):
        out, pause = self.at / "resumed", self.at / "pause"
        formats = ["--set", f"output.path={out}", "--set", f"work={out}.work"]
        run = start_held(self.job, "written", pause, more=formats)
        (pathlib.Path(f"{out}.quern-partial") / "megatron").mkdir()  # what one that was killed later would have left
        (pathlib.Path(f"{out}.quern-partial") / "megatron/text_document.bin").write_bytes(b"half")
        (pathlib.Path(f"{out}.quern-partial") / "windows.h5").write_bytes(b"half")
        run.kill()
        run.communicate()
        let_go(pause)
        quern("run", self.job, *formats, ranks=3, timeout=300)
        # Reports tell of the run: its times and ranks.
        expected, found = ({name: digest for name, digest in tree(folder).items() if not name.startswith("report.")} for folder in (self.out, out))
        self.assertEqual(found, expected)
        quern("verify", out)


if __name__ == "__main__":
    unittest.main()
