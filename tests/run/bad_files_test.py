"""Files that are damaged, hostile, gone, unreadable or changed while they are read; on_error; and the way back for what was quarantined."""
import gzip
import json
import os
import pathlib
import random
import subprocess
import tempfile
import time
import unittest
import zlib

from bad_corpus import BadCorpus, is_place, jsonl
from quern_run import MPIEXEC, QUERN, digest, quern

SECONDS = 60
SLOW = bool(os.environ.get("QUERN_SLOW"))
FILES = 300 if SLOW else 20  # of each kind, each with damage of its own


def documents(rng, prefix, count):
    return [(f"{prefix}/{n}", "".join(rng.choice("abcdefghij klmnop\n") for _ in range(rng.randint(0, 300)))) for n in range(count)]


def zstd_frame(data):
    return subprocess.run(["zstd", "-q", "-c", "--check"], input=data, stdout=subprocess.PIPE, check=True).stdout


def gzip_prefix(data):
    """What zlib gives of the first bytes of a member."""
    return zlib.decompressobj(31).decompress(data)


def whole_lines(data):
    """The ids of the lines that are complete JSON."""
    ids = []
    for line in data.split(b"\n"):
        try:
            ids.append(json.loads(line)["id"])
        except ValueError:
            pass
    return ids


class Damage(BadCorpus):
    def by_file(self, rows, known):
        """Rows of the ledger by the file they are of: ids begin with the file's name."""
        files = {name: [] for name in known}
        for row in rows:
            files[row[0].split("/")[0].split(":")[0]].append(row)
        return files

    def kept(self, rows):
        return [row[0] for row in rows if row[1] == "kept"]

    def test_truncated_files_keep_what_was_complete_and_have_one_row_for_the_rest(self):
        rng = random.Random(1)
        expected = {}
        for n in range(FILES):
            for kind, pack in (("gz", lambda data: gzip.compress(data, 6)), ("zst", zstd_frame)):
                name = f"t{n}.{kind}"
                parts = [jsonl(documents(rng, name, 60)) for _ in range(1 + n % 3)]
                parts = [part.replace(b'"%s/' % name.encode(), b'"%s/%d-' % (name.encode(), p)) for p, part in enumerate(parts)]
                packed = [pack(part) for part in parts]
                cut = rng.randrange(1, len(packed[-1]))
                (self.data / name).write_bytes(b"".join(packed[:-1]) + packed[-1][:cut])
                before = whole_lines(b"".join(parts[:-1]))
                inside = whole_lines(gzip_prefix(packed[-1][:cut])) if kind == "gz" else None
                expected[name] = (before, inside, whole_lines(parts[-1]))
        rows = self.by_file(self.run_job(), expected)
        for name, (before, inside, last) in expected.items():
            kept = self.kept(rows[name])
            self.assertEqual(kept[:len(before)], before, name)
            self.assertEqual(kept[len(before):], inside if inside is not None else last[:len(kept) - len(before)], name)
            bad = [row for row in rows[name] if row[1] != "kept"]
            # With too little of a first magic number left, the file is a plain one: a broken line.
            self.assertEqual(len(bad), 1, (name, bad))
            self.assertIn(bad[0][2], ("damage", "json", "utf8"), name)
            self.assertTrue(is_place(bad[0][0], name))
        self.assertGreater(sum(row[2] == "damage" for all_rows in rows.values() for row in all_rows), 2 * FILES * 8 // 10)
        self.same_at_other_ranks()

    def test_flipped_bytes_cost_no_more_than_their_member(self):
        rng = random.Random(2)
        packs = {"gz": lambda data: gzip.compress(data, 6), "zst": zstd_frame}
        names, flipped = [], {}
        for n in range(FILES):
            for kind, pack in packs.items():
                name = f"f{n}.{kind}"
                parts = [jsonl([(f"{name}/{p}-{i}", text) for i, (_, text) in enumerate(documents(rng, name, 25))]) for p in range(3)]
                packed = [bytearray(pack(part)) for part in parts]
                which = rng.randrange(3)
                packed[which][rng.randrange(4 if which == 0 else 0, len(packed[which]))] ^= 1 << rng.randrange(8)
                (self.data / name).write_bytes(b"".join(packed))
                names.append(name)
                flipped[name] = (which, [whole_lines(part) for part in parts])
        found = self.by_file_or_garbage(self.run_job(), names)
        damaged = 0
        for name, (which, ids) in flipped.items():
            kept = self.kept(found[name])
            for other in {0, 1, 2} - {which}:
                self.assertEqual([k for k in kept if k.startswith(f"{name}/{other}-")], ids[other], f"{name}, member {which} is the damaged one")
            places = [row for row in found[name] if row[2] == "damage" and is_place(row[0], name)]
            of_member = [k for k in kept if k.startswith(f"{name}/{which}-")]
            if of_member != ids[which]:  # otherwise the bit says nothing of the content: a time, a name
                self.assertEqual(len(places), 1, (name, places))
                damaged += 1
        self.assertGreater(damaged, 2 * FILES * 7 // 10)
        self.same_at_other_ranks()

    def by_file_or_garbage(self, rows, names):
        """Decoded garbage may be a good line with a strange id: it is of no file then."""
        files = {name: [] for name in names}
        for row in rows:
            files.get(row[0].split("/")[0].split(":")[0], []).append(row)
        return files

    def test_a_mere_wrong_checksum_quarantines_its_member(self):
        rng = random.Random(3)
        names = {}
        for kind, pack, ends in (("gz", lambda data: gzip.compress(data, 6), (-8, -5, -4, -1)), ("zst", zstd_frame, (-4, -1))):
            for n, end in enumerate(ends):
                for which in range(3):
                    name = f"c{n}{which}.{kind}"
                    parts = [jsonl([(f"{name}/{p}-{i}", text) for i, (_, text) in enumerate(documents(rng, name, 300))]) for p in range(3)]
                    packed = [bytearray(pack(part)) for part in parts]
                    packed[which][end] ^= 16
                    (self.data / name).write_bytes(b"".join(packed))
                    names[name] = (which, [whole_lines(part) for part in parts])
        rows = self.run_job()
        by_file = self.by_file(rows, names)
        for name, (which, ids) in names.items():
            good = [k for p in range(3) if p != which for k in ids[p]]
            self.assertEqual(self.kept(by_file[name]), good, name)
            bad = [row for row in by_file[name] if row[1] == "quarantined"]
            self.assertEqual([row[0] for row in bad][:-1], ids[which], name)
            self.assertTrue(is_place(bad[-1][0], name))
            self.assertEqual({row[2] for row in bad}, {"damage"})
        self.same_at_other_ranks()
        report = (self.at / "out/report.json").read_text()
        self.assertIn("it lies in a range of which the checksum is wrong", report)
        listed = self.quarantine()
        self.assertEqual(len(listed), sum(row[1] == "quarantined" for row in rows))

    def test_a_line_that_reaches_into_a_member_with_a_wrong_checksum_goes_with_it(self):
        lines = jsonl([(f"x/{n}", "text " * 20) for n in range(9)])
        cut, step = len(lines) // 3 + 10, len(lines) // 3
        members = [bytearray(gzip.compress(part)) for part in (lines[:cut], lines[cut:cut + step], lines[cut + step:])]
        members[1][-6] ^= 1
        (self.data / "x.gz").write_bytes(b"".join(members))
        first = len(whole_lines(lines[:cut]))
        last = len(whole_lines(lines[cut + step:]))
        self.assertEqual(self.kept(self.run_job()), [f"x/{n}" for n in (*range(first), *range(9 - last, 9))])
        self.same_at_other_ranks()

    def test_large_members_that_are_read_in_many_pieces(self):
        rng = random.Random(4)
        count = 20_000 if SLOW else 3000
        wrong, torn = [], []
        for kind, pack in (("gz", lambda data: gzip.compress(data, 6)), ("zst", zstd_frame)):
            for damage in ("sum", "torn", "hit"):
                name = f"{damage}.{kind}"
                data = bytearray(pack(jsonl([(f"{name}/{n}", str(rng.getrandbits(2000))) for n in range(count)])))
                if damage == "sum":
                    data[-3] ^= 1
                elif damage == "torn":
                    del data[len(data) * 2 // 3:]
                else:
                    data[len(data) // 2] ^= 4
                (self.data / name).write_bytes(bytes(data) + pack(jsonl([(f"{name}/last", "kept")])))
                (wrong if damage == "sum" else torn).append(name)
        rows = self.by_file_or_garbage(self.run_job(), wrong + torn)
        for name in wrong:
            self.assertEqual(self.kept(rows[name]), [f"{name}/last"])
            self.assertEqual(len(rows[name]), count + 2)
        for name in torn:
            kept = self.kept(rows[name])
            self.assertEqual(kept[-1], f"{name}/last")
            # A flipped bit may be found by the checksum alone, or be decoded for a while.
            if name.startswith("torn"):
                self.assertEqual(kept[:-1], [f"{name}/{n}" for n in range(len(kept) - 1)])
                self.assertEqual(sum(row[1] == "quarantined" for row in rows[name]), 1)
                self.assertGreater(len(kept), count // 3)
        self.same_at_other_ranks()


class Lines(BadCorpus):
    def test_zero_bytes(self):
        (self.data / "a.jsonl").write_bytes(b'{"id":"escaped","text":"a\\u0000b"}\n{"id":"raw","text":"a\0b"}\n\0\0\0\n{"id":"behind","text":"c"}\n')
        rows = self.run_job()
        self.assertEqual([row[:3] for row in rows], [["escaped", "kept", ""], ["a.jsonl:35", "quarantined", "json"],
                                                     ["a.jsonl:61", "quarantined", "json"], ["behind", "kept", ""]])
        texts = [json.loads(line)["text"] for line in quern("clean", self.at / "out.yaml").stdout.splitlines()]
        self.assertEqual(texts, ["ab", "c"])
        (self.data / "a.jsonl").write_bytes(b"a\0b" + bytes(70_000))
        self.assertEqual(self.run_job("text", format="text"), [["a.jsonl", "kept", "", "", ""]])
        self.assertEqual(json.loads(quern("clean", self.at / "text.yaml").stdout)["text"], "ab")

    def long_line(self, megabytes):
        with open(self.data / "long.jsonl", "wb") as file:
            file.write(jsonl([("before", "x")]))
            for _ in range(megabytes):
                file.write(b"y" * 1_000_000)
            file.write(b"\n" + jsonl([("behind", "x")]))
        rows = self.run_job(memory_per_rank="64MiB", max_document_bytes="1MiB")
        self.assertEqual([row[:3] for row in rows], [["before", "kept", ""], ["long.jsonl:30", "quarantined", "size"], ["behind", "kept", ""]])
        self.assertEqual(self.quarantine()[0]["message"], f"a line of {megabytes * 1_000_000} bytes; max_document_bytes is 1048576")
        self.same_at_other_ranks(memory_per_rank="64MiB", max_document_bytes="1MiB")
        return max(json.loads((self.at / "out/report.json").read_text())["run"]["peak_memory_bytes_by_rank"])

    def test_a_line_that_is_too_long_is_never_held(self):
        peak = self.long_line(60)
        (self.data / "long.jsonl").write_bytes(jsonl([("before", "x"), ("behind", "x")]))
        self.run_job("short", memory_per_rank="64MiB", max_document_bytes="1MiB")
        without = max(json.loads((self.at / "short/report.json").read_text())["run"]["peak_memory_bytes_by_rank"])
        self.assertLess(peak - without, 8 << 20, f"{peak} bytes with a line of 60 MB, {without} without")

    @unittest.skipUnless(SLOW, "1 GB is written")
    def test_a_line_of_a_gigabyte(self):
        self.assertLess(self.long_line(1000), 200 << 20)


class Trees(BadCorpus):
    def test_empty_files_folders_and_links(self):
        (self.data / "empty.jsonl").write_bytes(b"")
        (self.data / "empty.gz").write_bytes(gzip.compress(b""))
        (self.data / "empty.zst").write_bytes(zstd_frame(b""))
        (self.data / "blank.jsonl").write_bytes(b"\n\n \n")
        (self.data / "folder.jsonl").mkdir()
        (self.data / "folder.jsonl/inner.jsonl").write_bytes(jsonl([("inner", "x")]))
        outside = self.at / "outside"
        outside.mkdir()
        (outside / "secret.jsonl").write_bytes(jsonl([("secret", "x")]))
        (self.data / "out-of-the-tree").symlink_to(outside)
        (self.data / "loop").symlink_to(self.data)
        (self.data / "nowhere.jsonl").symlink_to(self.at / "missing")
        os.mkfifo(self.data / "pipe.jsonl")
        self.assertEqual([row[:2] for row in self.run_job()], [["inner", "kept"]])
        left_out = json.loads((self.at / "out/report.json").read_text())["input"]["left_out"]
        for name in ("out-of-the-tree", "nowhere.jsonl", "pipe.jsonl"):
            self.assertTrue(any(line.startswith(name + ": ") for line in left_out), left_out)

    def test_no_input_is_an_error_of_the_plan(self):
        (self.data / "folder").mkdir()
        for path in (f"{self.data}/*.jsonl", f"{self.data}/**", f"{self.at}/missing/*"):
            message = self.fails(3, "run", self.job(input=[{"path": path}]), ranks=2)
            self.assertIn("no file matches", message)

    def test_no_document_left_is_a_valid_empty_data_set(self):
        (self.data / "a.jsonl").write_bytes(b"")
        self.check_empty("nothing")
        (self.data / "a.jsonl").write_bytes(b"broken\n[]\n")
        self.check_empty("broken")

    def check_empty(self, name):
        rows = self.run_job(name)
        self.assertFalse(any(row[1] == "kept" for row in rows))
        self.same_at_other_ranks(name)
        script = (f"import h5py; f = h5py.File('{self.at}/{name}/data.h5'); "
                  "assert f['data'].shape == (0,) and f['documents/start'][:].tolist() == [0], f['data'].shape")
        subprocess.run(["/usr/bin/python3", "-c", script], check=True)


class Surroundings(BadCorpus):
    @classmethod
    def setUpClass(cls):
        cls.tools = tempfile.TemporaryDirectory()
        cls.library = pathlib.Path(cls.tools.name) / "failing_reads.so"
        source = pathlib.Path(__file__).resolve().parents[1] / "faults/failing_reads.c"
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", cls.library, source, "-ldl"], check=True)

    @classmethod
    def tearDownClass(cls):
        cls.tools.cleanup()

    def setUp(self):
        super().setUp()
        rng = random.Random(5)
        for name in ("a", "b", "c"):
            (self.data / f"{name}.jsonl").write_bytes(jsonl(documents(rng, name, 200)))

    def failing(self, file, **how):
        preload = ":".join(filter(None, [str(self.library), os.environ.get("LD_PRELOAD")]))
        return {"LD_PRELOAD": preload, "QUERN_FAIL_READS": str(self.data / file), **{f"QUERN_FAIL_{key.upper()}": str(value) for key, value in how.items()}}

    def test_an_error_that_passes_changes_nothing(self):
        self.run_job()
        for number, (error, name) in enumerate([(5, "Input/output error"), (116, "Stale file handle"), (110, "timed out"), (11, "temporarily unavailable")]):
            for where in ({}, {"open": 1}):
                again = f"again{number}{len(where)}"
                self.run_job(again, env=self.failing("b.jsonl", errno=error, times=2, **where))
                self.assertEqual(digest(self.at / again), digest(self.at / "out"))
                self.assertRegex(self.finished.stderr, rf"b\.jsonl: (read|open) failed: .*{name}.*; tried again in \d+ ms \(1 of 5\)")

    def test_a_file_that_cannot_be_read_is_quarantined_and_the_others_are_kept(self):
        for number, how in enumerate(({"errno": 5}, {"errno": 13, "open": 1}, {"errno": 13})):
            start = time.monotonic()
            rows = self.run_job(f"unreadable{number}", env=self.failing("b.jsonl", **how))
            self.assertLess(time.monotonic() - start, SECONDS)
            self.assertEqual([row[:3] for row in rows if row[1] != "kept"], [["b.jsonl:0", "quarantined", "io"]])
            self.assertEqual(sum(row[1] == "kept" for row in rows), 400)
            self.assertEqual([row["reason"] for row in self.quarantine(f"unreadable{number}")], ["io"])

    def start(self, job, point):
        pause = self.at / "pause"
        run = subprocess.Popen([MPIEXEC, "-n", "2", QUERN, "run", job], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               env={**os.environ, "QUERN_PAUSE_AT": point, "QUERN_PAUSE_FILE": str(pause)})
        for _ in range(4000):
            if len(list(self.at.glob("pause.*"))) == 2:
                return run
            time.sleep(0.01)
        run.kill()
        self.fail(run.communicate())

    def test_a_file_that_changes_while_the_run_reads_ends_it(self):
        before = (self.data / "b.jsonl").read_bytes()
        for change in (before.replace(b"a", b"b"), before + b"\n", before[:100]):
            job = self.job()
            run = self.start(job, "planned")
            time.sleep(0.02)  # file systems tell times apart by their clock's ticks
            (self.data / "b.jsonl").write_bytes(change)
            for file in self.at.glob("pause.*"):
                file.unlink()
            out, err = run.communicate(timeout=SECONDS)
            self.assertEqual(run.returncode, 4, out + err)
            self.assertRegex(err, r"b\.jsonl: was changed after the run was planned")
            self.assertFalse((self.at / "out").exists())
            (self.data / "b.jsonl").write_bytes(before)
        self.run_job()

    def test_on_error_stop_ends_the_run_and_says_where(self):
        self.run_job()
        self.run_job("strict", on_error="stop")
        self.assertEqual((self.at / "strict/data.h5").read_bytes(), (self.at / "out/data.h5").read_bytes())
        (self.data / "c.jsonl").write_bytes(b'{"id":"c","text":"c"}\n{"text":\n')
        for ranks in (0, 3):
            message = self.fails(4, "run", self.job("stopped", on_error="stop"), ranks=ranks)
            self.assertRegex(message, r"c\.jsonl: the record at offset 22 cannot be taken in: json: byte 8: ")
            self.assertFalse((self.at / "stopped").exists())
        self.run_job("stopped", on_error="quarantine")  # it goes on from what was done

    def test_on_error_stop_holds_for_what_a_run_before_has_quarantined(self):
        (self.data / "a.jsonl").write_bytes(b"broken\n")
        run = self.start(self.job(), "mapped")
        run.terminate()
        run.communicate(timeout=SECONDS)
        for file in self.at.glob("pause.*"):
            file.unlink()
        self.assertIn("a.jsonl: the record at offset 0 cannot be taken in: json", self.fails(4, "run", self.job(on_error="stop"), ranks=2))
        self.run_job()

    def test_what_was_quarantined_can_be_mended_and_read_again(self):
        long = '{"id":"long","text":"' + "z" * 300_000 + '"}'
        lines = [b'\xef\xbb\xbf{"id":"bom","text":"x"', b'{"id":"good","text":"kept"}', b'{"id":"latin","text":"caf\xe9"}', b'{"id":"none"}', long.encode(),
                 b'{"id":"cut","text":"abc"']
        bad = [lines[0].removeprefix(b"\xef\xbb\xbf"), *lines[2:]]
        for name, pack in (("a.jsonl", bytes), ("b.jsonl", gzip.compress), ("c.jsonl", zstd_frame)):
            (self.data / name).write_bytes(pack(b"\n".join(lines)))
        self.run_job(max_document_bytes="100KB")
        listed = self.quarantine()
        self.assertEqual([(row["file"], row["reason"]) for row in listed],
                         [(f"{name}.jsonl", reason) for name in "abc" for reason in ("json", "utf8", "field", "size", "json")])
        self.assertEqual([row["id"] for row in listed][:5], ["", "latin", "none", "", ""])
        self.assertTrue(all(row["message"] for row in listed))

        mended = self.at / "mended"
        mended.mkdir()
        raw = mended / "raw.jsonl"
        quern("quarantine", self.at / "out.yaml", "--raw", "--output", raw)
        self.assertEqual(raw.read_bytes(), b"".join(line + b"\n" for line in bad * 3))
        self.assertEqual(raw.stat().st_mode & 0o777, 0o600)
        self.assertIn("is there already", self.fails(8, "quarantine", self.at / "out.yaml", "--raw", "--output", raw))

        fixed = raw.read_bytes().replace(b'"x"\n', b'"x"}\n').replace(b'"abc"\n', b'"abc"}\n').replace(b"\xe9", b"\xc3\xa9").replace(b'"none"', b'"none","text":""')
        raw.write_bytes(fixed)
        rows = self.run_job("second", input=[{"path": str(raw)}])
        self.assertEqual([row[:2] for row in rows], [[name, "kept"] for name in ("bom", "latin", "none", "long", "cut")] * 3)

    def test_quarantine_refuses_another_input_than_the_runs(self):
        (self.data / "a.jsonl").write_bytes(b"broken\nbroken again\n")
        self.run_job()
        self.assertEqual(len(self.quarantine()), 2)
        before = (self.data / "a.jsonl").read_bytes()
        (self.data / "a.jsonl").write_bytes(before + b"more\n")
        self.assertIn("other names or sizes", self.fails(8, "quarantine", self.at / "out.yaml"))
        (self.data / "a.jsonl").write_bytes(before.replace(b"broken again", b'{"text":"a"}'))
        self.assertIn("was changed after the run", self.fails(7, "quarantine", self.at / "out.yaml"))


if __name__ == "__main__":
    unittest.main()
