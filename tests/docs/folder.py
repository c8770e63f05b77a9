"""The folder in which the blocks of a page run: a checkout with a built program, and a user's data, job, vocabulary and finished data set in it."""
import gzip
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/run"))
from corpus import edited, prose  # noqa: E402

PROGRAM = pathlib.Path(os.environ.get("QUERN_PROGRAM", ROOT / "build/release/quern")).resolve()
BUILD = PROGRAM.parent

JOB = """input: [{path: data/*.jsonl.zst}]
filter: [{gopher_quality: {}}]
signals: [gopher_quality, fineweb]
tokenizer: {file: tokenizer.json}
output: {path: out/web}
work: work/web
"""


def python_with_h5py():
    """The pages read data sets with h5py, which Debian's Python has and another one in PATH may lack."""
    for python in (sys.executable, "/usr/bin/python3"):
        if subprocess.run([python, "-c", "import h5py"], stderr=subprocess.DEVNULL).returncode == 0:
            return python
    raise SystemExit("no Python has h5py: scripts/install_deps.sh --tests installs it (python3-h5py)")


PYTHON = python_with_h5py()
# What `scripts/build.sh` would make is there already; everything else of the scripts is what a user starts.
BUILD_SCRIPT = """#!/usr/bin/env bash
[ -x "$(dirname "$0")/../build/release/quern" ]
"""


def documents(seed, count):
    """Records of a user: prose, with exact and near copies, some too short, one line in a hundred broken."""
    rng = random.Random(seed)
    texts = []
    for number in range(count):
        kind = rng.random()
        if texts and kind < 0.1:
            text = rng.choice(texts)
        elif texts and kind < 0.2:
            text = edited(rng, rng.choice(texts), 0.01)
        elif kind < 0.25:
            text = "too short"
        else:
            text = prose(rng, rng.randint(12, 60))
        texts.append(text)
        yield json.dumps({"id": f"{seed}-{number}", "text": text, "url": f"https://example.org/{seed}/{number}"}) if number % 100 != 99 else '{"id": "bro'


def compressed(path, lines):
    data = ("\n".join(lines) + "\n").encode()
    subprocess.run(["zstd", "-q", "-f", "-o", path], input=data, check=True)


def make_data(at):
    (at / "data").mkdir()
    for number in range(3):
        compressed(at / f"data/web-{number}.jsonl.zst", documents(number, 300))
    (at / "notes").mkdir()
    for number in range(20):
        (at / f"notes/page-{number:02}.txt").write_text(prose(random.Random(1000 + number), 40), encoding="utf-8")
    with gzip.open(at / "notes/old.txt.gz", "wt", encoding="utf-8") as file:
        file.write(prose(random.Random(77), 40))
    (at / "eval").mkdir()
    question = json.dumps({"question": prose(random.Random(5), 3), "answer": "forty", "choices": ["ten", "forty"]})
    (at / "eval/gsm8k-test.jsonl").write_text(question + "\n", encoding="utf-8")
    compressed(at / "eval/mmlu.jsonl.zst", [question])


def run(at, *command):
    done = subprocess.run(command, cwd=at, env=environment(at), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stdout}")


def environment(at):
    """The program and that Python first in PATH, wherever they are."""
    return {**os.environ, "PATH": f"{at}/build/release:{os.environ['PATH']}", "PYTHONDONTWRITEBYTECODE": "1", "HOME": str(at), "TMPDIR": str(at / "tmp")}


def make_checkout(at):
    for name in ("jobs", "scripts", "slurm", "docs", "bench", "tests"):
        shutil.copytree(ROOT / name, at / name, ignore=shutil.ignore_patterns("__pycache__", "formats", "decisions"))
    for name in ("README.md", "CMakeLists.txt", "CMakePresets.json"):
        shutil.copy(ROOT / name, at / name)
    script = at / "scripts/build.sh"
    script.write_text(BUILD_SCRIPT, encoding="utf-8")
    made = at / "build/release"
    made.mkdir(parents=True)
    (made / "quern").symlink_to(PROGRAM)
    (made / "python3").symlink_to(PYTHON)
    (made / "CTestTestfile.cmake").write_text(f'subdirs("{BUILD}")\n', encoding="utf-8")
    (made / "cmake_install.cmake").write_text(f'include("{BUILD}/cmake_install.cmake")\n', encoding="utf-8")
    (at / "tmp").mkdir()


def make_folder(at):
    """A vocabulary trained on the user's data stands for any tokenizer.json; the names JOB.yaml and OUT are those of the pages."""
    at.mkdir()
    make_checkout(at)
    make_data(at)
    (at / "web.yaml").write_text(JOB, encoding="utf-8")
    run(at, "quern", "run", "web.yaml", "--set", "tokenizer={train: {vocab_size: 512, pattern: gpt2}}", "--set", "output.path=first", "--set", "work=first-work")
    shutil.copy(at / "first/tokenizer.json", at / "tokenizer.json")
    shutil.copy(at / "first/tokenizer.json", at / "gpt2.tokenizer.json")
    shutil.rmtree(at / "first")
    run(at, "quern", "run", "web.yaml")
    (at / "JOB.yaml").symlink_to("web.yaml")
    (at / "OUT").symlink_to("out/web")
