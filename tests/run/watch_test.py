"""Runs as they are watched: the line on a terminal, plain lines, metrics, logs, and limits that keep a data set from being published.

promtool (of Debian's package prometheus) is taken from PATH, QUERN_PROMTOOL or build/tools; where it is not, what it checks is not checked.
"""
import fcntl
import json
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import tempfile
import termios
import time
import unittest

from corpus import write_corpus, write_job
from quern_run import MPIEXEC, QUERN, digest, let_go, quern, start_held

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIMITS = 11


def promtool():
    for candidate in (os.environ.get("QUERN_PROMTOOL"), shutil.which("promtool"), ROOT / "build/tools/promtool"):
        if candidate and os.access(candidate, os.X_OK):
            return str(candidate)
    return None


class Screen:
    """A terminal as far as quern uses one. Lines never end by themselves: who writes beyond the last column is found out."""

    def __init__(self):
        self.lines, self.column, self.widest = [""], 0, 0
        self.escapes = set()

    def feed(self, text):
        for token in re.findall(r"\x1b\[[0-9;]*[A-Za-z]|.", text, re.S):
            if token.startswith("\x1b"):
                self.escapes.add(token)
                if token == "\x1b[K":
                    self.lines[-1] = self.lines[-1][: self.column]
            elif token == "\r":
                self.column = 0
            elif token == "\n":
                self.lines.append("")
                self.column = 0
            else:
                self.lines[-1] = self.lines[-1][: self.column].ljust(self.column) + token + self.lines[-1][self.column + 1:]
                self.column += 1


class Terminal:
    """A run whose standard error is a pseudo-terminal."""

    def __init__(self, arguments, env, columns=100):
        self.master, slave = pty.openpty()
        self.resize(columns)
        self.name = os.ttyname(slave)
        self.screen, self.raw = Screen(), ""
        self.run = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=slave, env=env)
        os.close(slave)

    def resize(self, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))

    def read(self, seconds):
        """What comes within so many seconds, or until the run ends."""
        text, end = "", time.monotonic() + seconds
        while time.monotonic() < end:
            if not select.select([self.master], [], [], 0.1)[0]:
                continue
            try:
                part = os.read(self.master, 65536).decode()
            except OSError:  # nobody has it open any more
                break
            text += part
        self.screen.feed(text)
        self.raw += text
        return text


def drawn(text):
    """The lines that were drawn in place, without colours."""
    return [re.sub(r"\x1b\[[0-9;]*m", "", frame) for frame in re.findall(r"\r\x1b\[K([^\r\n]+)", text)]


class Watched(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.keep = tempfile.TemporaryDirectory()
        cls.data = pathlib.Path(cls.keep.name) / "data"
        cls.records = write_corpus(cls.data, 60)

    @classmethod
    def tearDownClass(cls):
        cls.keep.cleanup()

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.at = pathlib.Path(self.folder.name)

    def tearDown(self):
        self.folder.cleanup()

    def job(self, name="out", **keys):
        return write_job(self.at / f"{name}.yaml", self.data, self.at / name, unit_bytes="64KiB", **keys)

    # ---- progress ----

    def held_on_terminal(self, job, more=(), columns=100, **env):
        pause = self.at / "pause"
        surroundings = {**os.environ, "TERM": "xterm", "QUERN_PAUSE_AT": "unit mapped", "QUERN_PAUSE_FILE": str(pause), **env}
        surroundings.pop("NO_COLOR", None) if "NO_COLOR" not in env else None
        terminal = Terminal([QUERN, "run", job, *more], surroundings, columns)
        self.addCleanup(terminal.run.kill)
        for _ in range(600):
            terminal.read(0.1)
            if list(self.at.glob("pause.*")):
                return terminal, pause
        self.fail("the run never came to its first unit: " + terminal.raw)

    def finish(self, terminal, pause):
        let_go(pause)
        terminal.read(60)
        self.assertEqual(terminal.run.wait(60), 0, terminal.raw)

    def test_a_terminal_shows_one_line_drawn_again(self):
        terminal, pause = self.held_on_terminal(self.job())
        wide = drawn(terminal.read(3.2))
        self.assertGreaterEqual(len(wide), 2)
        self.assertTrue(all(line.startswith("map  [") and len(line) < 100 for line in wide), wide)
        self.assertRegex(wide[-1], r"documents")
        terminal.resize(24)
        terminal.read(1.2)  # one may have been on its way
        narrow = drawn(terminal.read(2.2))
        self.assertTrue(narrow and all(line.startswith("map") and len(line) < 24 for line in narrow), narrow)
        terminal.resize(100)
        self.finish(terminal, pause)
        self.assertIn("\x1b[1m", terminal.screen.escapes)
        lines = [line for line in terminal.screen.lines if line]
        self.assertTrue(all(line.startswith("quern: at ") for line in lines), lines)
        self.assertGreaterEqual(len(lines), 4, lines)

    def test_without_colours_or_escapes(self):
        terminal, pause = self.held_on_terminal(self.job("plain"), NO_COLOR="1")
        self.assertTrue(drawn(terminal.read(2.2)))
        self.finish(terminal, pause)
        self.assertEqual(terminal.screen.escapes, {"\x1b[K"})
        terminal, pause = self.held_on_terminal(self.job("dumb"), TERM="dumb")
        terminal.read(2.2)
        self.finish(terminal, pause)
        self.assertNotIn("\x1b", terminal.raw)
        self.assertNotIn("\rmap", terminal.raw)  # lines, as when it is no terminal
        terminal, pause = self.held_on_terminal(self.job("asked"), ["--progress", "terminal"], TERM="dumb")
        terminal.read(2.2)
        self.assertIn("\rmap", terminal.raw)
        self.finish(terminal, pause)
        self.assertNotIn("\x1b", terminal.raw)
        self.assertTrue(all(line.strip() == "" or line.startswith("quern: at ") for line in terminal.screen.lines), terminal.screen.lines)

    def test_a_stopped_terminal_does_not_hold_up_the_run(self):
        metrics = self.at / "quern.prom"
        terminal, pause = self.held_on_terminal(self.job("full", metrics={"path": str(metrics), "every_seconds": 1}))
        terminal.read(1.5)
        before = len(terminal.raw)
        keyboard = os.open(terminal.name, os.O_RDWR | os.O_NOCTTY)
        termios.tcflow(keyboard, termios.TCOOFF)  # Ctrl-S
        time.sleep(3)
        stopped_at = time.time()
        time.sleep(3)
        self.assertGreater(self.check_metrics(metrics)['quern_last_update_timestamp_seconds{run="full"}'], stopped_at)
        self.assertEqual(drawn(terminal.read(0.3))[2:], [])  # it was not asked to show more than what was on its way
        termios.tcflow(keyboard, termios.TCOON)
        os.close(keyboard)
        self.finish(terminal, pause)
        self.assertGreater(len(terminal.raw), before)

    def test_a_pipe_gets_lines(self):
        job = self.job("lines", progress__every_seconds=1)
        pause = self.at / "pause"
        run = start_held(job, "unit mapped", pause, ranks=2)
        time.sleep(3.5)
        let_go(pause)
        out, err = run.communicate(timeout=60)
        self.assertEqual(run.returncode, 0, err)
        self.assertNotIn("\r", err)
        self.assertNotIn("\x1b", err)
        lines = re.findall(r"^quern: at +[0-9.]+ s: map, \d+ %, [\d,]+ documents.*$", err, re.M)
        self.assertGreaterEqual(len(lines), 2, err)
        self.assertRegex(lines[-1], r"ranks \d+/[1-9]\d* %")  # what rank 1 has done came by its pulse
        self.assertEqual(len(re.findall(r"^quern: at +[0-9.]+ s: map: read", err, re.M)), 1, err)

    def test_it_is_shown_as_it_is_asked_for(self):
        asked = quern("run", self.job("none"), "--progress", "none")
        self.assertEqual(asked.stderr, "")
        job = self.job("there")
        pause = self.at / "pause"
        run = start_held(job, "unit mapped", pause, ranks=2, env={"TERM": "xterm", "COLUMNS": "60"}, more=["--progress", "terminal"])
        time.sleep(2.5)
        let_go(pause)
        out, err = run.communicate(timeout=60)
        self.assertEqual(run.returncode, 0, err)
        frames = drawn(err.replace("\n\x1b", "\r\x1b"))  # read as text, a carriage return is an end of line
        self.assertTrue(frames, err)
        if not self.has_terminal():
            self.assertTrue(all(len(line) < 60 for line in frames), frames)
        self.assertEqual(digest(self.at / "none"), digest(self.at / "there"))
        wrong = quern("run", job, "--progress", "loud", check=False)
        self.assertEqual(wrong.returncode, 2)

    @staticmethod
    def has_terminal():
        """Where the session has a terminal, its width is taken and not that of COLUMNS."""
        try:
            os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY))
        except OSError:
            return False
        return True

    # ---- metrics ----

    def check_metrics(self, path):
        text = path.read_text()
        if promtool():
            done = subprocess.run([promtool(), "check", "metrics"], input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            self.assertEqual((done.returncode, done.stdout), (0, ""), text)
        samples = {}
        for line in text.splitlines():
            if not line.startswith("#"):
                name, value = line.rsplit(" ", 1)
                self.assertNotIn(name, samples)
                samples[name] = float(value)
        return samples

    def test_metrics_while_it_runs_and_at_its_end(self):
        path = self.at / "textfile" / "quern.prom"
        path.parent.mkdir()
        for ranks in (1, 3):
            with self.subTest(ranks=ranks):
                self.watch_metrics(path, ranks)

    def watch_metrics(self, path, ranks):
        name = f"web{ranks}"
        job = self.job(name, metrics={"path": str(path), "every_seconds": 1, "run": "web"})
        pause = self.at / f"pause{ranks}"
        run = start_held(job, "unit mapped", pause, ranks=ranks)
        time.sleep(3.5)
        held = self.check_metrics(path)
        time.sleep(1.5)
        later = self.check_metrics(path)
        let_go(pause)
        out, err = run.communicate(timeout=60)
        self.assertEqual(run.returncode, 0, err)
        self.assertEqual(held['quern_run_state{run="web",state="running"}'], 1)
        self.assertEqual(held['quern_step_active{run="web",step="map"}'], 1)
        self.assertEqual(held['quern_run_ranks{run="web"}'], ranks)
        for rank in range(ranks):
            self.assertGreater(held[f'quern_rank_step_text_bytes{{run="web",rank="{rank}"}}'], 0)
            beats = f'quern_rank_heartbeats_total{{run="web",rank="{rank}"}}'
            self.assertGreater(later[beats], held[beats])
        updated = 'quern_last_update_timestamp_seconds{run="web"}'
        self.assertGreater(later[updated], held[updated])
        end = self.check_metrics(path)
        report = json.loads((self.at / name / "report.json").read_text())
        self.assertEqual(end['quern_run_state{run="web",state="done"}'], 1)
        self.assertEqual(end['quern_run_state{run="web",state="running"}'], 0)
        self.assertEqual(end['quern_records_total{run="web"}'], self.records)
        self.assertEqual(end['quern_tokens{run="web"}'], report["tokens"])
        self.assertGreater(report["run"]["text_bytes"], 0)
        self.assertEqual(end['quern_text_bytes_total{run="web"}'], report["run"]["text_bytes"])
        self.assertFalse([name for name in end if name.startswith("quern_rank_step")], "there is no step at hand any more")
        by_reason = {**report["counts"]["by_reason"]}
        found = {re.search('reason="(.*)"', name)[1]: value for name, value in end.items() if "by_reason_total" in name}
        self.assertEqual(found, by_reason)
        for source in report["sources"]:
            self.assertEqual(end[f'quern_source_kept_records{{run="web",source="{source["name"]}"}}'], source["kept"])
        self.assertEqual([entry.name for entry in path.parent.iterdir()], ["quern.prom"])
        self.assertEqual(path.stat().st_mode & 0o777, 0o644)

    def test_exports_are_a_step(self):
        path = self.at / "exports.prom"
        quern("run", self.job("exported", metrics={"path": str(path), "run": "web"}), "--set", "output.formats=[jsonl]")
        self.assertIn('quern_step_duration_seconds{run="web",step="export"}', self.check_metrics(path))

    def test_a_killed_run_leaves_whole_metrics(self):
        path = self.at / "quern.prom"
        job = self.job("killed", metrics={"path": str(path), "every_seconds": 1})
        pause = self.at / "pause"
        run = start_held(job, "unit mapped", pause, ranks=1)
        time.sleep(2.5)
        pid = int(subprocess.run(["pgrep", "-P", str(run.pid)], stdout=subprocess.PIPE, text=True).stdout.split()[0])
        os.kill(pid, signal.SIGKILL)
        run.communicate(timeout=60)
        left = self.check_metrics(path)
        self.assertEqual(left['quern_run_state{run="killed",state="running"}'], 1)  # QuernGone tells by the time of the last update
        self.assertLess(left['quern_last_update_timestamp_seconds{run="killed"}'], time.time())
        let_go(pause)
        quern("run", job)
        self.assertEqual(self.check_metrics(path)['quern_run_state{run="killed",state="done"}'], 1)

    def test_a_run_that_is_told_to_end_says_so(self):
        path, folder = self.at / "quern.prom", self.at / "logs"
        job = self.job("told", metrics={"path": str(path)}, log={"folder": str(folder)})
        stopped = self.stopped_by_signal(job)
        self.assertEqual(stopped, 10)
        self.assertEqual(self.check_metrics(path)['quern_run_state{run="told",state="stopped"}'], 1)
        self.assertEqual(self.log_lines(folder)["rank-00000.jsonl"][-1]["message"], "run ends: stopped by a signal")

    def stopped_by_signal(self, job):
        pause = self.at / "pause"
        run = subprocess.Popen([QUERN, "run", job], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               env={**os.environ, "QUERN_PAUSE_AT": "unit mapped", "QUERN_PAUSE_FILE": str(pause)})
        for _ in range(600):
            if list(self.at.glob("pause.*")):
                break
            time.sleep(0.1)
        run.send_signal(signal.SIGTERM)
        let_go(pause)
        return run.wait(60)

    def test_metrics_that_cannot_be_written_do_not_end_the_run(self):
        pause = self.at / "pause"
        (self.at / "file").touch()  # no folder can be made below it
        run = start_held(self.job("nowhere", metrics={"path": str(self.at / "file/folder/quern.prom"), "every_seconds": 1}), "unit mapped", pause, ranks=1)
        time.sleep(2.5)
        let_go(pause)
        out, err = run.communicate(timeout=60)
        self.assertEqual(run.returncode, 0, err)
        self.assertEqual(err.count("the metrics are not written, the run goes on"), 1)
        quern("verify", self.at / "nowhere")

    def test_the_alert_rules(self):
        if not promtool():
            self.skipTest("promtool is not installed (scripts/install_deps.sh --tests)")
        for name in ("scripts/quern.rules.yml", "tests/monitoring/quern.rules.test.yml"):
            shutil.copy(ROOT / name, self.at)
        for command in (["check", "rules", "quern.rules.yml"], ["test", "rules", "quern.rules.test.yml"]):
            done = subprocess.run([promtool(), *command], cwd=self.at, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            self.assertEqual(done.returncode, 0, done.stdout)

    def test_the_alert_rules_ask_for_metrics_that_there_are(self):
        written = (ROOT / "src/report/metrics.cpp").read_text()
        asked = set(re.findall(r"\bquern_\w+", (ROOT / "scripts/quern.rules.yml").read_text()))
        self.assertGreater(len(asked), 5)
        for name in asked:
            self.assertIn(f'"{name}"', written)

    # ---- logs ----

    def log_lines(self, folder):
        return {path.name: [json.loads(line) for line in path.read_text().splitlines()] for path in sorted(folder.iterdir())}

    def test_a_log_of_each_rank(self):
        folder = self.at / "logs"
        job = self.job("logged", log={"folder": str(folder)})
        quern("run", job, ranks=2)
        logs = self.log_lines(folder)
        self.assertEqual(list(logs), ["rank-00000.jsonl", "rank-00001.jsonl"])
        for number, lines in enumerate(logs.values()):
            self.assertGreater(len(lines), 3)
            for line in lines:
                self.assertEqual(line["rank"], number)
                self.assertRegex(line["time"], r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")
                self.assertTrue({"level", "host", "step", "message"} <= set(line))
            steps = [line["step"] for line in lines if line["message"] == "step ends"]
            self.assertEqual(steps, ["map", "near_rounds", "train", "tokenize", "write"])
            self.assertEqual(sum(line["documents"] for line in lines if line["message"] == "step ends" and line["step"] == "map") > 0, True)
        mapped = sum(line["documents"] for lines in logs.values() for line in lines if line["message"] == "step ends" and line["step"] == "map")
        self.assertEqual(mapped, self.records)

    def test_logs_give_way_to_new_ones(self):
        folder = self.at / "logs"
        quern("run", self.job("many", log={"folder": str(folder), "max_bytes": "4KiB", "files": 2, "level": "debug"}, progress__every_seconds=1), ranks=2)
        for _ in range(6):
            quern("run", self.job("many", log={"folder": str(folder), "max_bytes": "4KiB", "files": 2}), "--overwrite", "--set", f"sample_seed={_ + 5}", ranks=2)
        logs = self.log_lines(folder)
        self.assertEqual(list(logs), ["rank-00000.1.jsonl", "rank-00000.jsonl", "rank-00001.1.jsonl", "rank-00001.jsonl"])
        for name in logs:
            self.assertLessEqual((folder / name).stat().st_size, 4096)

    def test_the_last_word_of_a_rank_that_fails(self):
        folder = self.at / "logs"
        bad = self.at / "bad"
        bad.mkdir()
        (bad / "a.jsonl").write_text('{"text": "a secret text"\n')
        job = self.job("failing", log={"folder": str(folder), "level": "error"}, on_error="stop", input=[{"path": f"{bad}/*.jsonl", "format": "jsonl"}])
        done = quern("run", job, ranks=2, check=False)
        self.assertEqual(done.returncode, 4, done.stderr)
        last = [line for lines in self.log_lines(folder).values() for line in lines]
        said = re.search(r"^quern: rank \d: (.*)$", done.stderr, re.M)[1]
        self.assertTrue(any(line["level"] == "error" and line["message"].startswith(said) for line in last), (said, last))
        self.assertNotIn("a secret text", json.dumps(last))

    def test_no_key_is_in_what_others_read(self):
        folder, key, metrics = self.at / "logs", self.at / "key", self.at / "quern.prom"
        key.write_text("5eca" * 16)
        key.chmod(0o600)
        for name, ranks, file in (("sealed", 2, key), ("refused", 1, self.at / "other")):
            file.write_text("5eca" * 16 if name == "sealed" else "5ecb" * 15)  # the second is too short, and is refused
            file.chmod(0o600)
            done = quern("run", self.job(name, spool={"encrypt": True, "key_file": str(file)}, log={"folder": str(folder), "level": "debug"},
                                         metrics={"path": str(metrics)}), ranks=ranks, check=False)
            self.assertEqual(done.returncode == 0, name == "sealed", done.stderr)
            said = done.stdout + done.stderr + metrics.read_text() + "".join(file.read_text() for file in folder.iterdir())
            self.assertNotRegex(said.lower(), "5ec[ab]5ec")
        self.assertIn("is no key", "".join(line["message"] for line in self.log_lines(folder)["rank-00000.jsonl"]))

    def test_a_disk_that_is_full_ends_the_log_and_not_the_run(self):
        folder = self.at / "logs"
        folder.mkdir()
        (folder / "rank-00000.jsonl").symlink_to("/dev/full")
        done = quern("run", self.job("full", log={"folder": str(folder)}))
        self.assertEqual(len(re.findall(r"^quern: the log is not written, the run goes on: .*No space left", done.stderr, re.M)), 1, done.stderr)
        quern("verify", self.at / "full")

    # ---- limits ----

    def test_a_limit_that_is_not_met_keeps_the_data_set_back(self):
        for name, limits, asked in [
            ("quarantine", {"max_quarantined": 0.001}, "limits.max_quarantined"),
            ("documents", {"by_source": [{"source": "notes", "min_documents": 1000}]}, "limits.by_source.0.min_documents: source 'notes'"),
            ("tokens", {"min_tokens": {"fail": 10 ** 9}}, "limits.min_tokens"),
        ]:
            with self.subTest(name):
                metrics = self.at / f"{name}.prom"
                job = self.job(name, limits=limits, metrics={"path": str(metrics)})
                failed = quern("run", job, ranks=2, check=False)
                self.assertEqual(failed.returncode, LIMITS, failed.stderr)
                self.assertEqual(failed.stderr.count("is not published"), 1, failed.stderr)
                self.assertIn(asked, failed.stderr)
                self.assertFalse((self.at / name).exists())
                self.assertEqual(self.check_metrics(metrics)[f'quern_run_state{{run="{name}",state="failed"}}'], 1)
                again = quern("run", job, check=False)  # it stays so
                self.assertEqual(again.returncode, LIMITS)
                passed = quern("run", job, "--set", "limits.action=warn" if name == "documents" else "limits={min_documents: 1}", ranks=3)
                self.assertIn("goes on from", passed.stderr)
                quern("verify", self.at / name)
                limits = json.loads((self.at / name / "report.json").read_text())["limits"]
                self.assertEqual([limit["outcome"] for limit in limits], ["warned" if name == "documents" else "met"])
                self.assertIn("  limit " + limits[0]["outcome"], passed.stdout)
        quern("run", self.job("free"))
        self.assertEqual({digest(self.at / name) for name in ("quarantine", "documents", "tokens", "free")}, {digest(self.at / "free")})

    def test_a_warning_is_said_and_the_data_set_is_there(self):
        folder = self.at / "logs"
        done = quern("run", self.job("warned", limits={"max_removed": {"warn": 0.1, "fail": 1}, "min_documents": 1}, log={"folder": str(folder)}))
        self.assertEqual(done.stderr.count("limits.max_removed"), 1)
        quern("verify", self.at / "warned")
        limits = json.loads((self.at / "warned/report.json").read_text())["limits"]
        self.assertEqual([(limit["limit"], limit["outcome"]) for limit in limits], [("limits.max_removed", "warned"), ("limits.min_documents", "met")])
        said = [line for line in self.log_lines(folder)["rank-00000.jsonl"] if line["level"] == "warn" and "limits.max_removed" in line["message"]]
        self.assertEqual(len(said), 1)

    def test_how_a_run_is_watched_is_no_part_of_what_it_computes(self):
        watched = quern("run", self.job("both", limits={"min_documents": 1}, metrics={"path": str(self.at / "m.prom"), "every_seconds": 2}, log={"folder": str(self.at / "l"), "files": 2},
                                        progress={"show": "lines"}), ranks=2)
        self.assertEqual(watched.returncode, 0)
        plain = quern("run", self.job("both"))
        self.assertIn("already done", plain.stdout)

    def test_keys_that_are_wrong(self):
        for keys, message in [
            ({"limits": {"max_removed": 1.5}}, "at most 1"),
            ({"limits": {"max_removed": {"warm": 0.5}}}, "did you mean 'warn'"),
            ({"limits": {"max_removed": {}}}, "at least one of them"),
            ({"limits": {"by_source": [{"min_tokens": 1}]}}, "the key 'source' is missing"),
            ({"metrics": {"every_seconds": 5}}, "the key 'path' is missing"),
            ({"metrics": {"path": str(self.at / "wrong/m.prom")}}, "which is the run's own"),
            ({"log": {"folder": str(self.at / "wrong.work")}}, "which is the run's own"),
            ({"progress": {"show": "term"}}, "terminal"),
        ]:
            done = quern("plan", self.job("wrong", **keys), check=False)
            self.assertEqual(done.returncode, 3, done.stdout)
            self.assertIn(message, done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
