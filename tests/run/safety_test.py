"""Who may read what a run writes, and what an encrypted spool gives away."""
import gzip
import json
import os
import pathlib
import signal
import stat
import subprocess
import tempfile
import unittest

from corpus import write_corpus, write_job
from quern_run import digest, let_go, quern, start_held


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def below(folder):
    return [path for path in pathlib.Path(folder).rglob("*") if path.is_file()]


class Safety(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.keep = tempfile.TemporaryDirectory()
        cls.at = pathlib.Path(cls.keep.name)
        cls.data = cls.at / "data"
        write_corpus(cls.data, 200)
        quern("run", write_job(cls.at / "plain.yaml", cls.data, cls.at / "plain", dedup={"near": {}}), ranks=2)
        cls.whole = digest(cls.at / "plain")

    @classmethod
    def tearDownClass(cls):
        cls.keep.cleanup()

    def job(self, name, **keys):
        keys = {"dedup": {"near": {}}, "unit_bytes": "64KiB", "checkpoint_seconds": 0} | keys
        return write_job(self.at / f"{name}.yaml", self.data, self.at / name, **keys)

    def paused(self, job, point, env=None):
        """A run in which every rank that comes to `point` waits there, and the way to end it by a kill."""
        pause = self.at / f"pause-{pathlib.Path(job).stem}"
        run = start_held(job, point, pause, env=env)

        def kill():
            run.send_signal(signal.SIGTERM)
            said = run.communicate(timeout=60)
            let_go(pause)
            return "".join(said)

        return kill

    def test_files_have_the_permissions_of_the_job_whatever_the_umask(self):
        for name, umask, spool, output in [("wide", 0, None, None), ("narrow", 0o77, "0640", "0664")]:
            keys = ({"spool": {"mode": spool}} if spool else {})
            job = self.job(name, **keys)
            sets = ["--set", f"output.mode={output}"] if output else []
            before = os.umask(umask)
            try:
                kill = self.paused(job, "before publication")
                try:
                    work = below(self.at / f"{name}.work")
                    self.assertGreater(len(work), 4)
                    for path in work:
                        self.assertEqual(mode(path), int(spool or "600", 8), path)
                    for folder in [self.at / f"{name}.work", self.at / f"{name}.work/spool"]:
                        self.assertEqual(mode(folder), 0o750 if spool else 0o700, folder)
                    self.assertEqual(mode(self.at / f"{name}.quern-partial"), 0o700)
                finally:
                    kill()
                quern("run", job, *sets, ranks=1)
            finally:
                os.umask(before)
            made = below(self.at / name)
            self.assertTrue({"data.h5", "report.json"} <= {path.name for path in made})
            for path in made:
                self.assertEqual(mode(path), int(output or "644", 8), path)
            self.assertEqual(mode(self.at / name), 0o775 if output else 0o755)
            self.assertEqual(digest(self.at / name), self.whole)

    def test_an_encrypted_spool_gives_nothing_away_and_needs_its_key(self):
        key = self.at / "keys/mine"
        job = self.job("sealed", spool={"encrypt": True, "key_file": str(key)})
        said = self.paused(job, "written")()
        self.assertEqual(mode(key), 0o600)
        hexadecimal = key.read_bytes().strip()
        raw = bytes.fromhex(hexadecimal.decode())
        segments = [path for path in below(self.at / "sealed.work") if path.suffix == ".spool"]
        self.assertGreater(len(segments), 2)
        for path in segments:
            for word in [b"river", b"the ", b"doc-", b"not JSON"]:
                self.assertNotIn(word, path.read_bytes(), path)
        looked = self.grep_for_key(hexadecimal, raw, said)

        away = key.with_name("away")
        key.rename(away)
        refused = quern("run", job, ranks=1, check=False)
        self.assertEqual(refused.returncode, 8, refused.stderr)
        self.assertIn(f"its key {key} is not there: put the file back, or give --restart", refused.stderr)
        self.assertFalse(key.exists(), "another key was made for a spool that it does not open")

        key.write_text("0" * 64 + "\n")
        os.chmod(key, 0o600)
        refused = quern("run", job, ranks=1, check=False)
        self.assertEqual(refused.returncode, 8, refused.stderr)
        self.assertIn("encrypted with another key", refused.stderr)

        away.rename(key)
        os.chmod(key, 0o640)
        refused = quern("run", job, ranks=1, check=False)
        self.assertEqual(refused.returncode, 8, refused.stderr)
        self.assertIn("chmod 600", refused.stderr)
        self.assertNotIn(hexadecimal.decode(), refused.stderr)

        os.chmod(key, 0o600)
        refused = quern("run", job, "--set", "spool={}", ranks=1, check=False)
        self.assertEqual(refused.returncode, 8, refused.stderr)
        self.assertIn("the spool was begun encrypted", refused.stderr)

        done = quern("run", job, ranks=3)
        self.assertEqual(digest(self.at / "sealed"), self.whole)
        self.assertEqual((self.at / "sealed/data.h5").read_bytes(), (self.at / "plain/data.h5").read_bytes())
        self.assertGreater(looked + self.grep_for_key(hexadecimal, raw, done.stdout + done.stderr), 8)
        self.assertTrue(key.exists(), "a key that the job names is not ours to remove")

    def grep_for_key(self, hexadecimal, raw, said):
        files = below(self.at / "sealed.work") + below(self.at / "sealed") + below(self.at / "sealed.quern-partial")
        for path in files:
            data = path.read_bytes()
            self.assertNotIn(raw, data, path)
            self.assertNotIn(hexadecimal, data.lower(), path)
        self.assertNotIn(hexadecimal.decode(), said.lower())
        return len(files)

    def test_a_key_of_its_own_lies_in_the_home_folder_and_goes_with_the_work(self):
        home = self.at / "home"
        home.mkdir()
        env = {"HOME": str(home)}
        job = self.job("own", spool={"encrypt": True})
        self.paused(job, "decided", env)()
        keys = below(home)
        self.assertEqual(len(keys), 1)
        self.assertEqual(mode(keys[0]), 0o600)
        self.assertEqual(mode(keys[0].parent), 0o700)
        quern("run", job, ranks=2, env=env)
        self.assertEqual(digest(self.at / "own"), self.whole)
        self.assertEqual(below(home), [])
        self.assertFalse((self.at / "own.work").exists())

    def test_a_run_that_is_refused_its_key_leaves_nothing_behind(self):
        key = self.at / "open.key"
        key.write_text("0" * 64 + "\n")
        os.chmod(key, 0o644)
        job = self.job("refused", spool={"encrypt": True, "key_file": str(key)})
        refused = quern("run", job, ranks=2, check=False)
        self.assertEqual(refused.returncode, 8, refused.stderr)
        self.assertFalse((self.at / "refused.work").exists())
        self.assertTrue(key.exists())
        os.chmod(key, 0o600)
        quern("run", job, ranks=2)
        self.assertEqual(digest(self.at / "refused"), self.whole)

    def test_a_spool_begun_plain_is_not_gone_on_with_encrypted(self):
        job = self.job("turned")
        self.paused(job, "decided")()
        key = self.at / "turned.key"
        refused = quern("run", job, "--set", f"spool={{encrypt: true, key_file: {key}}}", ranks=1, check=False)
        self.assertEqual(refused.returncode, 8, refused.stderr)
        self.assertIn("begun without encryption", refused.stderr)
        quern("run", job, "--restart", "--set", f"spool={{encrypt: true, key_file: {key}}}", ranks=1)
        self.assertEqual(digest(self.at / "turned"), self.whole)

    def test_messages_of_quarantined_records_quote_no_text(self):
        data = self.at / "bad"
        data.mkdir()
        secret = "Zanzibar-4711"
        lines = [f'{{"id": "../../{secret}", "text": "{secret}', f'{{"text": "a", "{secret}": nul}}', f'{{"text": ["{secret}"]}}', f'"{secret}"', secret,
                 f'{{"text": "{secret} \\ud800"}}', f'{{"text": "\\q{secret}"}}', f'{{"text": "a"}} {secret}', f'{{"text": 1{secret}}}']
        (data / "bad.jsonl").write_bytes("\n".join(lines).encode() + b"\n" + b'{"text": "' + secret.encode() + b' \xff"}\n')
        (data / "cut.jsonl.gz").write_bytes(b"\x1f\x8b\x08\x00" + secret.encode() * 50)
        job = write_job(self.at / "messages.yaml", data, self.at / "messages", input=[{"path": f"{data}/*"}])
        said = quern("run", job, ranks=1)
        report = (self.at / "messages/report.json").read_text()
        self.assertEqual(json.loads(report)["counts"]["quarantined"], len(lines) + 2)
        self.assertEqual(len(json.loads(report)["quarantine_examples"]), len(lines) + 2)
        self.assertNotIn("4711", report)
        self.assertNotIn("4711", said.stdout + said.stderr)

    def test_a_bomb_is_one_quarantined_line_in_bounded_memory(self):
        data = self.at / "bombs"
        data.mkdir()
        zeros, lines = bytes(64 << 20), [b'{"text": "before"}\n', b'\n{"text": "behind"}\n']
        (data / "a.jsonl.gz").write_bytes(gzip.compress(lines[0]) + gzip.compress(zeros) * 6 + gzip.compress(lines[1]))
        packed = [subprocess.run(["zstd", "-q", "-c"], input=part, stdout=subprocess.PIPE, check=True).stdout for part in (lines[0], zeros, lines[1])]
        (data / "b.jsonl.zst").write_bytes(packed[0] + packed[1] * 6 + packed[2])
        job = write_job(self.at / "bombs.yaml", data, self.at / "bombs-out", filter=[], dedup={"exact": False, "near": False},
                        input=[{"path": f"{data}/*"}], memory_per_rank="32MiB", max_document_bytes="4MiB")
        quern("run", job, ranks=1)
        report = json.loads((self.at / "bombs-out/report.json").read_text())
        self.assertEqual(report["counts"]["by_reason"], {"size": 2})
        self.assertEqual(report["counts"]["kept"], 4)
        self.assertIn(f"a line of {6 * len(zeros)} bytes", report["quarantine_examples"][0]["message"])
        self.assertLess(report["run"]["peak_memory_bytes_by_rank"][0], 128 << 20)  # of 384 MiB in each line

    def test_ids_never_choose_where_something_is_written(self):
        data = self.at / "paths"
        data.mkdir()
        ids = ["../../escaped", "/escaped", "a/../../escaped", "..", "escaped\u0000", "data.h5", "~/escaped", "$(touch escaped)"]
        text = "The river runs through the town and of the people who live there that have seen it with the boats to be. " * 12
        (data / "ids.jsonl").write_text("".join(json.dumps({"id": name, "text": text + name}) + "\n" for name in ids))
        out = self.at / "deep/er/out"
        before = {path for path in self.at.rglob("*")}
        quern("run", write_job(self.at / "ids.yaml", data, out, filter=[], input=[{"path": f"{data}/*"}]), ranks=2)
        added = {path for path in self.at.rglob("*")} - before
        self.assertTrue(added)
        for path in added:
            self.assertNotIn("escaped", path.name)
            self.assertTrue(out in path.parents or path in [out, *out.parents] or path.name == "ids.yaml" or "work" in path.name, path)
        self.assertEqual(len(quern("ledger", out).stdout.splitlines()), len(ids))


if __name__ == "__main__":
    unittest.main()
