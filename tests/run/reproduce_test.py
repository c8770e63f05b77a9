"""quern reproduce: the job of a data set run again from what the data set says of itself; provenance.json and the data card beside it."""
import json
import os
import pathlib
import shutil
import signal
import tempfile
import unittest

from corpus import write_corpus
from kill_test import children
from quern_run import digest, let_go, quern, start_held

DIFFERENT = 12
KEY = "00112233445566778899aabbccddeeff" * 2


class Reproduce(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.keep = tempfile.TemporaryDirectory()
        cls.at = pathlib.Path(cls.keep.name)
        cls.data = cls.at / "data"
        write_corpus(cls.data, 100)
        (cls.at / "lists").mkdir()
        cls.words = cls.at / "lists/bad.txt"
        cls.words.write_text("letter harvest\n")
        cls.key = cls.at / "lists/secret-place.key"
        cls.key.write_text(KEY + "\n")
        cls.key.chmod(0o600)
        job = {
            "input": [{"path": f"{cls.data}/*.jsonl*", "source": "web"}, {"path": f"{cls.data}/notes/*", "format": "text", "source": "notes"}],
            "clean": {"steps": [{"pii": {"key_file": str(cls.key), "email": "pseudonymize"}}]},
            "language": True,
            "filter": [{"bad_words": {"words": [str(cls.words)]}}, {"fineweb": {"max_short_lines": "off"}}],
            "signals": ["gopher_quality"],
            "tokenizer": {"train": {"vocab_size": 500}},
            "output": {"path": str(cls.at / "out")},
            "about": {"title": "Mills & <stones>", "license": "CC-BY-4.0", "limits": "Small."},
            "work": str(cls.at / "work"),
        }
        cls.job = cls.at / "job.yaml"
        cls.job.write_text(json.dumps(job))
        quern("run", cls.job, ranks=2)
        cls.out = cls.at / "out"

    @classmethod
    def tearDownClass(cls):
        cls.keep.cleanup()

    def copy(self, name):
        """The data set and its input, elsewhere: nothing of it may stand in the others' way."""
        to = self.at / name
        shutil.copytree(self.out, to / "out")
        shutil.copytree(self.data, to / "data")
        return to

    def reproduce(self, code, *arguments, ranks=0):
        done = quern("reproduce", *arguments, ranks=ranks, check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def test_it_comes_out_the_same_at_any_number_of_ranks(self):
        for ranks in (0, 3):
            text = self.reproduce(0, self.out, ranks=ranks)
            self.assertIn(f"content digest {digest(self.out)}", text)
            self.assertIn("every column", text)
        self.assertEqual(sorted(p.name for p in self.at.glob("out*")), ["out"], "nothing is left behind")

    def test_what_comes_out_stays_where_it_is_asked_to(self):
        to = self.at / "again"
        self.reproduce(0, self.out, "--to", to, ranks=2)
        self.assertEqual((to / "data.h5").read_bytes(), (self.out / "data.h5").read_bytes())
        for name in ("provenance.json", "card.md", "tokenizer.json"):
            self.assertEqual((to / name).read_bytes(), (self.out / name).read_bytes(), name)
        self.assertIn("is there already", self.reproduce(8, self.out, "--to", to))

    def test_an_input_that_was_moved_is_found_where_it_is_said_to_be(self):
        place = self.copy("moved")
        (self.at / "elsewhere").mkdir()
        os.rename(place / "data", self.at / "elsewhere/data")
        self.reproduce(0, place / "out", "--input-root", self.at / "elsewhere/data")
        for first, second, code in (("data", "data/notes", 0), ("data/notes", "data", 3)):
            self.reproduce(code, place / "out", "--input-root", self.at / "elsewhere" / first, "--input-root", self.at / "elsewhere" / second)

    def test_a_missing_a_new_and_a_changed_file_are_named_before_anything_is_computed(self):
        place = self.copy("changed")
        (place / "data/part-0.jsonl").unlink()
        (place / "data/notes/new").write_text("new")
        for ranks in (0, 2):
            text = self.reproduce(3, place / "out", "--input-root", place / "data", ranks=ranks)
            self.assertIn("missing: part-0.jsonl (input 0)", text)
            self.assertIn(f"new: {place}/data/notes/new", text)
            self.assertEqual(text.count("missing: "), 1, "said by more than one rank")
        (place / "data/notes/new").unlink()
        whole = (self.data / "part-0.jsonl").read_bytes()
        (place / "data/part-0.jsonl").write_bytes(whole.replace(b"e", b"E", 1))
        text = self.reproduce(3, place / "out", "--input-root", place / "data", ranks=2)
        self.assertRegex(text, r"changed: .*/data/part-0.jsonl: its digest is [0-9a-f]{32}, it was [0-9a-f]{32}")
        (place / "data/part-0.jsonl").write_bytes(whole[:-1])
        self.assertRegex(self.reproduce(3, place / "out", "--input-root", place / "data"), r"part-0.jsonl: [0-9,]+ bytes, it had [0-9,]+")
        self.assertFalse((place / "out.reproduced").exists())
        (place / "data/part-0.jsonl").write_bytes(whole)
        self.reproduce(0, place / "out", "--input-root", place / "data")

    def test_side_files_and_the_vocabulary_are_held_against_their_digests(self):
        vocabulary = self.at / "ready.json"
        shutil.copy(self.out / "tokenizer.json", vocabulary)
        out = self.at / "ready"
        quern("run", self.job, "--set", f"output.path={out}", "--set", f"work={out}.work", "--set", f"tokenizer={{file: {vocabulary}}}")
        self.reproduce(0, out)
        try:
            self.words.write_text("other\n")
            self.assertRegex(self.reproduce(3, out), r"filter\.0\.bad_words\.words\.0: .*bad\.txt: was changed: its digest is not [0-9a-f]{32}")
            self.words.unlink()
            self.assertRegex(self.reproduce(3, out), r"bad\.txt: is missing")
        finally:
            self.words.write_text("letter harvest\n")
        (out / "ready.json").unlink()
        self.reproduce(0, out)  # from where it was taken then
        other = json.loads(vocabulary.read_text())
        other["model"]["merges"][-2:] = reversed(other["model"]["merges"][-2:])
        vocabulary.write_text(json.dumps(other))
        self.assertRegex(self.reproduce(3, out), r"ready\.json has the digest [0-9a-f]{32}, the data set was made with [0-9a-f]{32}")
        vocabulary.unlink()
        self.assertIn("tokenizer.file", self.reproduce(3, out))

    def test_a_refiltered_data_set_is_made_from_the_first_run_on(self):
        out = self.at / "refiltered"
        quern("refilter", self.out, "--to", out, "--set", "filter=[{gopher_quality: {min_words: 60}}]", ranks=2)
        self.assertNotEqual(digest(out), digest(self.out))
        self.reproduce(0, out, ranks=2)
        provenance = json.loads((out / "provenance.json").read_text())
        self.assertEqual(provenance["digests"]["content"], digest(out))
        self.assertEqual(provenance["base"]["digests"]["content"], digest(self.out))
        self.assertIn("Filtered again", (out / "card.md").read_text())

    def test_another_result_has_a_code_of_its_own_and_says_in_what(self):
        import h5py  # Debian's
        place = self.copy("wrong")
        with h5py.File(place / "out/data.h5", "r+") as file:
            file["provenance/content_digest"][()] = "0" * 31 + "1"
            file["data"][7] = file["data"][7] ^ 1
        text = self.reproduce(DIFFERENT, place / "out", ranks=2)
        self.assertIn("content digest: " + "0" * 31 + "1 then, " + digest(self.out), text)
        self.assertRegex(text, r"token 7 of /data: \d+ then, \d+ now")
        self.assertEqual(digest(place / "out.reproduced"), digest(self.out), "what differs is kept, to be looked at")

    def test_without_the_report_places_come_from_the_command_line(self):
        place = self.copy("published")
        (place / "out/report.json").unlink()
        self.assertIn("--job", self.reproduce(3, place / "out", "--input-root", place / "data", "--input-root", place / "data/notes"))
        self.reproduce(0, place / "out", "--job", self.job)
        self.reproduce(0, place / "out", "--job", self.job, "--input-root", place / "data")

    def test_the_file_holds_digests_of_its_input_and_versions(self):
        import h5py
        with h5py.File(self.out / "data.h5") as file:
            names = file["files/name_bytes"][:].tobytes()
            start = file["files/name_start"][:].astype(int)
            sizes = {(int(entry), names[start[i]:start[i + 1]].decode()): int(size)
                     for i, (entry, size) in enumerate(zip(file["files/entry"], file["files/bytes"]))}
            self.assertEqual(sizes[(0, "part-0.jsonl")], (self.data / "part-0.jsonl").stat().st_size)
            self.assertEqual(file["files/digest"].shape, (len(sizes), 2))
            versions = dict(text.split(" ", 1) for text in file["provenance/versions"].asstr()[:])
        for name in ("compiler", "hdf5", "icu", "mpi", "zstd", "xxhash", "simdjson"):
            self.assertRegex(versions[name], r"\d", name)

    def test_verify_sees_a_changed_digest_and_version(self):
        import h5py
        place = self.copy("touched")
        quern("verify", place / "out")
        for name, value in (("files/digest", 1), ("files/bytes", 1), ("provenance/versions", b"hdf5 0")):
            shutil.copy(self.out / "data.h5", place / "out/data.h5")
            with h5py.File(place / "out/data.h5", "r+") as file:
                file[name][0] = value
            self.assertEqual(quern("verify", place / "out", check=False).returncode, 7, name)

    def test_a_data_set_of_an_earlier_quern_is_compared_by_names(self):
        import h5py
        place = self.copy("earlier")
        with h5py.File(place / "out/data.h5", "r+") as file:
            for name in ("files/digest", "files/bytes", "provenance/versions"):
                del file[name]
        self.assertIn("names alone are compared", self.reproduce(0, place / "out", "--input-root", place / "data"))
        (place / "data/part-0.jsonl").unlink()
        self.assertIn("missing: part-0.jsonl", self.reproduce(3, place / "out", "--input-root", place / "data"))

    def test_a_stopped_reproduction_goes_on(self):
        place = self.copy("stopped")
        pause = self.at / "stopped.pause"
        run = start_held(self.job, "decided", pause, command=("reproduce", place / "out", "--input-root", place / "data"))
        for rank in children(run.pid):
            os.kill(rank, signal.SIGKILL)
        run.communicate()
        let_go(pause)
        self.assertFalse((place / "out.reproduced").exists())
        self.reproduce(0, place / "out", "--input-root", place / "data", ranks=3)
        self.assertEqual([p.name for p in place.glob("out*")], ["out"])

    def test_the_card_says_what_was_removed_and_keeps_secrets(self):
        card = (self.out / "card.md").read_text()
        report = json.loads((self.out / "report.json").read_text())
        for reason in report["counts"]["by_reason"]:
            self.assertIn(f"| `{reason}` |", card)
        for word in ("license: \"CC-BY-4.0\"", "| web | ", "| notes | ", "By source:", "By language:", "Small.", digest(self.out), "quern reproduce", "bad\\_words"):
            self.assertTrue(word in card or word.replace("\\", "") in card, word)
        for name in ("card.md", "provenance.json"):
            text = (self.out / name).read_text()
            for secret in (KEY, "secret-place", str(self.at)):
                self.assertNotIn(secret, text, name)
        self.assertEqual(quern("card", self.out).stdout, card)
        other = self.at / "about.yaml"
        other.write_text(self.job.read_text().replace("Small.", "Tiny."))
        self.assertEqual(quern("card", self.out, "--job", other).stdout, card.replace("Small.", "Tiny."))


if __name__ == "__main__":
    unittest.main()
