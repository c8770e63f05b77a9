"""Runs every block of README.md and the pages below docs/, and holds the commands, options and paths they name against what is there.
   docs_test.py [PAGE]...    for some pages alone (README.md docs/tutorial.md)"""
import concurrent.futures
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from blocks import BadPage, blocks_of
from folder import PROGRAM, PYTHON, ROOT, environment, make_folder

PAGES = sorted(str(path.relative_to(ROOT)) for path in [ROOT / "README.md", ROOT / "bench/README.md", *(ROOT / "docs").rglob("*.md")]
               if "decisions" not in path.parts)
TIMEOUT_S = 600


def of(page):
    return blocks_of(page, (ROOT / page).read_text(encoding="utf-8"))


def wildcard(line):
    """A line of expected output: `…` stands for anything."""
    return re.compile(".*".join(re.escape(part) for part in line.rstrip().split("…")) + r"\s*$")


class Page:
    """A page's blocks run one after the other in one folder, as a reader types them."""

    def __init__(self, name, at):
        self.name, self.at, self.said = name, at, ""

    def run(self, block, command):
        done = subprocess.run(command, cwd=self.at, env=environment(self.at), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors="replace", timeout=TIMEOUT_S)
        self.said = done.stdout
        wanted = int(block.options.get("fails", 0))
        if done.returncode != wanted:
            raise AssertionError(f"{block.place}: exit code {done.returncode}, not {wanted}, of\n{block.text}\nIt said:\n{done.stdout[-4000:]}")

    def replaced(self, block):
        """Words `old->new` of the comment: what a reader has elsewhere lies in the page's folder here."""
        text = block.text
        for old, _, new in (word.partition("->") for word in block.words):
            if old not in text:
                raise AssertionError(f"{block.place}: '{old}' is not in the block")
            text = text.replace(old, new)
        return text

    def run_run(self, block):
        # Variables that a page sets in one block are wanted in the next one, so the shell that ends leaves them behind.
        state = self.at / "tmp/state"
        text = self.replaced(block).rstrip()
        self.run(block, ["bash", "-c", f"set -euo pipefail; [ ! -f {state} ] || . {state}; {text}\ndeclare -px >{state}"])

    run_do = run_run

    def run_python(self, block):
        self.run(block, [PYTHON, "-c", self.replaced(block)])

    def run_file(self, block):
        path = self.at / block.words[0]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, encoding="utf-8")

    def run_job(self, block):
        """A job, or some of its keys: what is missing is added, and `quern plan` must take it."""
        text = self.replaced(block)
        if under := block.options.get("under"):
            text = f"{under}:\n" + "".join(f"  {line}\n" for line in text.splitlines())
        for key, value in (("input", "[{path: data/*.jsonl.zst}]"), ("tokenizer", "{file: tokenizer.json}"), ("output", "{path: out/of-the-page}")):
            if not re.search(rf"^{key}:", text, re.MULTILINE):
                text += f"{key}: {value}\n"
        (self.at / "of-the-page.yaml").write_text(text, encoding="utf-8")
        self.run(block, ["quern", "plan", "of-the-page.yaml"])

    def run_output(self, block):
        """Each line must be in what the block before said, in this order."""
        rest = self.said.splitlines()
        for line in filter(str.strip, block.text.splitlines()):
            pattern = wildcard(line)
            place = next((at for at, said in enumerate(rest) if pattern.match(said)), None)
            if place is None:
                raise AssertionError(f"{block.place}: this line was not printed (or not in this order): {line}\nIt said:\n{self.said}")
            rest = rest[place + 1:]

    def run_skip(self, block):
        if len(block.words[0].split()) < 3:
            raise AssertionError(f"{block.place}: skip wants a reason, of three words at least")

    def test(self):
        for block in of(self.name):
            if not block.kind:
                raise AssertionError(f"{block.place}: no comment says how this block is tested (docs/development.md, 'Blocks in the pages')")
            getattr(self, "run_" + block.kind)(block)


def run_page(page, prepared):
    if not of(page):
        return
    at = prepared.parent / page.replace("/", "-")
    shutil.copytree(prepared, at, symlinks=True)
    try:
        Page(page, at).test()
    finally:
        shutil.rmtree(at)


class Blocks(unittest.TestCase):
    """Two pages at a time, the longest first; each test waits for its page."""
    pages = []

    @classmethod
    def setUpClass(cls):
        keep = tempfile.TemporaryDirectory(prefix="quern-docs-")
        cls.addClassCleanup(keep.cleanup)
        prepared = pathlib.Path(keep.name) / "prepared"
        make_folder(prepared)
        pool = concurrent.futures.ThreadPoolExecutor(2)
        cls.addClassCleanup(pool.shutdown)
        started = sorted(cls.pages, key=lambda page: -len([block for block in safe_blocks(page) if block.kind in ("run", "do", "job")]))
        cls.done = {page: pool.submit(run_page, page, prepared) for page in started}


def safe_blocks(page):
    """None of a page that cannot be read: its test says why."""
    try:
        return of(page)
    except BadPage:
        return []


def add_page(page):
    Blocks.pages = [*Blocks.pages, page]
    setattr(Blocks, "test_" + re.sub(r"\W", "_", page), lambda self: self.done[page].result())


def code_spans(text):
    return [span for line in text.split("\n") if not line.startswith("    ") for span in re.findall(r"`([^`]+)`", line)]


def help_of(*command):
    return subprocess.run([PROGRAM, *command, "--help"], stdout=subprocess.PIPE, text=True, check=True).stdout


class Names(unittest.TestCase):
    """What stands in running text and tables, where nothing is run."""

    def test_commands_and_options_of_the_program_are_those_it_has(self):
        commands = set(re.findall(r"^  ([a-z]+) ", help_of().split("Subcommands:")[1].split("Examples:")[0], re.MULTILINE))
        self.assertIn("run", commands)
        helps = {command: help_of(command) for command in commands}
        seen = 0
        for page in PAGES:
            for span in code_spans((ROOT / page).read_text(encoding="utf-8")):
                match = re.match(r"(?:build/release/)?quern ([a-z]+)(?= [A-Z-]|$)", span)
                if not match:
                    continue
                seen += 1
                self.assertIn(match[1], commands, f"{page}: `{span}`")
                for option in re.findall(r"(?<=[ \[])--[a-z-]+", span.split(" && ")[0].split(" | ")[0]):
                    self.assertIn(option, helps[match[1]], f"{page}: `{span}`")
        self.assertGreater(seen, 20)

    def test_pages_scripts_and_jobs_that_are_named_are_there(self):
        seen = 0
        for page in PAGES:
            for span in code_spans((ROOT / page).read_text(encoding="utf-8")):
                match = re.match(r"((?:docs|jobs|scripts|slurm|tests|bench|cmake|src|include)/[\w./-]*\w/?)(?=$|[ ,:])", span)
                if match:
                    seen += 1
                    path = ROOT / match[1]
                    stem = any(path.parent.glob(path.name + ".*")) or any(path.parent.glob(path.name + "_*"))
                    self.assertTrue(path.exists() or stem, f"{page}: `{span}`")
        self.assertGreater(seen, 20)

    def test_the_index_names_every_page(self):
        index = (ROOT / "docs/README.md").read_text(encoding="utf-8")
        for page in PAGES:
            if page.startswith("docs/") and page != "docs/README.md":
                self.assertTrue(f"]({page.removeprefix('docs/')})" in index, f"docs/README.md has no line for {page}")

    def test_links_lead_somewhere(self):
        for page in PAGES:
            for target in re.findall(r"\]\(([^)#: ]+)[^):]*\)", (ROOT / page).read_text(encoding="utf-8")):
                if re.search(r"\w", target):
                    self.assertTrue(((ROOT / page).parent / target).exists(), f"{page}: ({target})")


class Convention(unittest.TestCase):
    def test_a_block_without_a_comment_is_seen(self):
        self.assertEqual([block.kind for block in blocks_of("p", "text\n\n    quern\n\n```sh\nls\n```\n")], ["", ""])

    def test_a_comment_belongs_to_the_next_block(self):
        found = blocks_of("p", "<!-- test: run fails=3 -->\n\n    quern a\n\n    quern b\n\nx\n<!-- test: skip because of this -->\n```yaml\na: 1\n```\n")
        self.assertEqual([(block.kind, block.text) for block in found], [("run", "quern a\n\nquern b\n"), ("skip", "a: 1\n")])
        self.assertEqual(found[0].options, {"fails": "3"})

    def test_a_comment_without_a_block_is_an_error(self):
        for text in ("<!-- test: run -->\ntext\n", "<!-- test: run -->\n", "<!-- test: jump -->\n\n    x\n", "```\nx\n"):
            with self.assertRaises(BadPage):
                blocks_of("p", text)


if __name__ == "__main__":
    chosen = [page for page in sys.argv[1:] if page in PAGES]
    sys.argv = [sys.argv[0], *(argument for argument in sys.argv[1:] if argument not in PAGES)]
    for name in chosen or PAGES:
        add_page(name)
    unittest.main()
