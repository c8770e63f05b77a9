"""Public sets of bad input, each through a whole run: nothing crashes or hangs, and every record is accounted for with the right reason."""
import io
import json
import re
import subprocess
import tarfile
import unittest
import zipfile

from bad_corpus import SHARED, BadCorpus, needs_shared_data
from quern_run import SCRIPTS, quern

# With its line feed removed the first is `["newline"]`, good JSON; a blank line is no record.
NOT_BROKEN_AS_A_LINE = {"n_string_unescaped_newline.json": "field", "n_structure_no_data.json": None, "n_single_space.json": None}


def cleaned(text):
    """What clean removes, without normalization."""
    return re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff]", "", text.replace("\r\n", "\n").replace("\r", "\n"))


def reason_of_good_json(line):
    """What becomes of a line that is good JSON."""
    value = json.loads(line)
    return "kept" if isinstance(value, dict) and isinstance(value.get("text"), str) else "field"


def ill_formed():
    """Boundaries, continuation bytes and lonely starts, sequences without their last byte, overlong ones, surrogates, 0xFE and 0xFF."""
    for boundary in (0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFD, 0xFFFE, 0xFFFF, 0x10000, 0x10FFFF):
        yield b"ok " + chr(boundary).encode()
    for n in range(1, 8):
        yield b"a" + b"\x80\xbf\x80\xbf\x80\xbf\x80"[:n] + b"z"
    yield bytes(range(0x80, 0xC0))
    for first in (*range(0xC0, 0x100),):
        yield bytes([first, 0x20])
        for more in range(1, 6):
            yield b"a" + bytes([first] + [0x80] * more) + b"z"
            yield b"a" + bytes([first] + [0xBF] * more) + b"z"
    for surrogate in (0xD800, 0xDB7F, 0xDB80, 0xDBFF, 0xDC00, 0xDF80, 0xDFFF):
        yield chr(surrogate).encode("utf-8", "surrogatepass")
    yield b"\xc0\xe0\x80\xf0\x80\x80\xf8\x80\x80\x80\xfc\x80\x80\x80\x80\xdf\xef\xbf\xf7\xbf\xbf\xfb\xbf\xbf\xbf\xfd\xbf\xbf\xbf\xbf"
    yield b"\xf4\x8f\xbf\xbf \xf4\x90\x80\x80"


class BadSets(BadCorpus):
    def suite(self):
        tar = subprocess.run(["zstd", "-dc", str(SHARED / "JSONTestSuite-test_parsing.tar.zst")], stdout=subprocess.PIPE, check=True).stdout
        for member in tarfile.open(fileobj=io.BytesIO(tar)):
            name = member.name.rsplit("/", 1)[-1]
            if "test_parsing/" in member.name and name[:2] in ("y_", "n_", "i_"):
                yield name, tarfile.open(fileobj=io.BytesIO(tar)).extractfile(member.name).read()

    @needs_shared_data
    def test_broken_json_is_quarantined_as_json_and_good_json_never(self):
        lines, names, offset = b"", {}, 0
        for name, content in self.suite():
            line = content.replace(b"\n", b"").replace(b"\r", b"") + b"\n"
            names[offset] = (name, line)
            lines += line
            offset = len(lines)
        (self.data / "suite.jsonl").write_bytes(lines)
        self.run_job()
        found = {row["offset"]: row for row in self.quarantine()}
        kinds = {"n_": 0, "y_": 0, "i_": 0}
        for offset, (name, line) in names.items():
            kinds[name[:2]] += 1
            row = found.get(offset)
            if name in NOT_BROKEN_AS_A_LINE:
                self.assertEqual(row and row["reason"], NOT_BROKEN_AS_A_LINE[name], name)
            elif name.startswith("n_"):
                self.assertIsNotNone(row, (name, line))
                self.assertEqual((row["reason"], row["file"]), ("json", "suite.jsonl"), name)
                self.assertRegex(row["message"], r"^byte \d+: ", name)
            elif name.startswith("y_"):
                self.assertEqual(row["reason"] if row else "kept", reason_of_good_json(line), name)
        self.assertGreater(kinds["n_"], 180)
        self.assertGreater(kinds["y_"], 90)
        print(f"JSONTestSuite: {kinds}")

    @needs_shared_data
    def test_good_json_around_a_text_is_kept(self):
        names, lines = [], b""
        for name, content in self.suite():
            if name.startswith("y_") and b"\\ud" not in content.lower():
                names.append(name)
                lines += b'{"id":"%s","text":"x","more":%s}\n' % (name.encode(), content.replace(b"\n", b" ").replace(b"\r", b" "))
        (self.data / "good.jsonl").write_bytes(lines)
        rows = self.run_job()
        self.assertEqual([row[0] for row in rows if row[1] == "kept"], names)
        self.assertGreater(len(names), 80)

    @needs_shared_data
    def test_kuhns_utf8_test_is_quarantined_or_repaired_by_maximal_subparts(self):
        # The copy at hand may have been mended on its way: the sequences of its sections 2 to 5 are made again.
        lines = (SHARED / "utf8/UTF-8-test.txt").read_bytes().split(b"\n") + list(ill_formed())
        escaped = [line.replace(b"\\", b"\\\\").replace(b'"', b'\\"') for line in lines]
        escaped = [re.sub(rb"[\x00-\x1f]", lambda c: b"\\u%04x" % c.group()[0], line) for line in escaped]
        (self.data / "kuhn.jsonl").write_bytes(b"".join(b'{"id":"%d","text":"%s"}\n' % (n, line) for n, line in enumerate(escaped)))

        def good(line):
            try:
                line.decode("utf-8")
                return True
            except UnicodeDecodeError:
                return False

        rows = self.run_job("strict")
        self.assertEqual({row[0]: row[2] for row in rows}, {str(n): "" if good(line) else "utf8" for n, line in enumerate(lines)})
        self.assertGreater(sum(row[2] == "utf8" for row in rows), 400)

        rows = self.run_job("repaired", clean={"invalid_utf8": "repair", "unicode": "none"})
        self.assertTrue(all(row[1] == "kept" for row in rows))
        found = [json.loads(line) for line in quern("clean", self.at / "repaired.yaml").stdout.split("\n")[:-1]]
        self.assertEqual([row["text"] for row in found], [cleaned(line.decode("utf-8", "replace")) for line in lines])
        self.decode("repaired")

        (self.data / "kuhn.jsonl").unlink()
        (self.data / "kuhn.txt").write_bytes(b"\n".join(lines))
        self.assertEqual(self.run_job("file", format="text"), [["kuhn.txt", "quarantined", "utf8", "", ""]])
        self.assertEqual(self.run_job("mended", format="text", clean={"invalid_utf8": "repair"}), [["kuhn.txt", "kept", "", "", ""]])

    def decode(self, name):
        clean = self.at / f"{name}.clean"
        clean.write_text(quern("clean", self.at / f"{name}.yaml").stdout)
        done = subprocess.run(["/usr/bin/python3", SCRIPTS / "decode_check.py", self.at / name, clean], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertRegex(done.stdout, r"^(\d+) of \1 documents")

    @needs_shared_data
    def test_naughty_strings_come_back_from_the_data_set(self):
        strings = json.loads((SHARED / "naughty-strings/blns.json").read_text())
        self.assertGreater(len(strings), 500)
        lines = "".join(json.dumps({"id": f"n{n}", "text": text, "\\": text}, ensure_ascii=n % 2 == 0) + "\n" for n, text in enumerate(strings))
        (self.data / "blns.jsonl").write_text(lines)
        rows = self.run_job(clean={"unicode": "none"})
        self.assertEqual([row[:2] for row in rows], [[f"n{n}", "kept"] for n in range(len(strings))])
        found = [json.loads(line)["text"] for line in quern("clean", self.at / "out.yaml").stdout.split("\n")[:-1]]
        self.assertEqual(found, [cleaned(text) for text in strings])
        self.decode("out")

    @needs_shared_data
    def test_broken_archives_are_read_to_their_end(self):
        for name in ("zstd-errors", "zstd-valid", "gzip-errors", "gzip-members", "not-utf8", "naughty-strings", "utf8", "unicode"):
            for path in (SHARED / name).iterdir():
                (self.data / f"{name}-{path.name}").write_bytes(path.read_bytes())
        for archive in ("good", "bad"):
            with zipfile.ZipFile(SHARED / f"zstd-klauspost/{archive}.zip") as members:
                for number, member in enumerate(members.infolist()):
                    if not member.is_dir():
                        (self.data / f"{archive}-{number}.zst").write_bytes(members.read(member))
        files = len(list(self.data.iterdir()))
        self.assertGreater(files, 50)
        rows = self.run_job("lines")
        self.assertGreater(len(rows), files)
        self.same_at_other_ranks("lines")
        rows = self.run_job("texts", format="text")
        self.assertEqual(len(rows), files, "a text file is one record")
        self.assertGreaterEqual(sum(row[2] == "damage" for row in rows), 25)
        self.same_at_other_ranks("texts", format="text")
        print(f"{files} broken or strange files: {len(rows)} accounted for as texts")


if __name__ == "__main__":
    unittest.main()
