#!/usr/bin/env python3
"""Prepares the texts, runs the benchmarks one process each, and whole runs; called by bench/run.sh once everything is built.

Every figure is CPU time and stands beside its yardstick, measured just before it: the CPU seconds of `zstd -d` for the same number of bytes
of text. The ratio of the two is what compare.py holds against a baseline: on a machine that is shared, or another one, seconds drift
and the ratio hardly.
"""
import argparse
import hashlib
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
import make_corpus  # noqa: E402

VOCABULARIES = ("gpt2.tokenizer.json", "cl100k_base.tiktoken")
SMALL_SETS = ("mixed", "chinese", "russian", "japanese")
SMALL_MEGABYTES = 20  # at most, of each set that is not English
TIKTOKEN_BYTES = 4_000_000
TIKTOKEN_NAMES = {"gpt2": "gpt2", "cl100k": "cl100k_base"}
DATA_VERSION = 2  # of the prepared texts: raise it when they change


def say(message):
    print(message, file=sys.stderr, flush=True)


# ---- texts ----

SCRIPTS = {
    "japanese": re.compile("[\u3040-\u30ff]"),
    "chinese": re.compile("[\u4e00-\u9fff]"),
    "russian": re.compile("[\u0400-\u04ff]"),
}


def set_of(text):
    """The set a text belongs to, by its characters alone; None: to no set. Pages of markup are no prose."""
    size = len(text.encode())
    if size < 200 or text.lstrip()[:1] == "<":
        return None
    high = 1 - sum(map(len, re.findall("[\x00-\x7f]+", text))) / size
    if high <= 0.02:
        return "english"
    for name, pattern in SCRIPTS.items():
        if len(pattern.findall(text)) * 3 > size * (0.12 if name == "japanese" else 0.5):
            return name
    return "mixed" if 0.3 <= high <= 0.7 else None


def collect_real(places, megabytes, folder):
    """Documents in an order given by a hash of their id, so that a prefix is a mixture of all sources."""
    sets = {}
    for own_id, text in make_corpus.real_texts(places):
        name = set_of(text)
        if name:
            sets.setdefault(name, []).append((hashlib.sha256(own_id.encode()).digest(), own_id, text))
    for name, documents in sets.items():
        documents.sort(key=lambda d: d[0])
        room = (megabytes if name == "english" else min(megabytes, SMALL_MEGABYTES)) * 1_000_000
        with open(folder / f"{name}.jsonl", "w", encoding="utf-8") as lines:
            for _, own_id, text in documents:
                if room <= 0:
                    break
                lines.write(json.dumps({"id": own_id, "text": text}, ensure_ascii=False) + "\n")
                room -= len(text.encode())


def make_up(name, megabytes, folder):
    made = folder / f"made-{name}"
    make_corpus.main([str(made), "--megabytes", str(megabytes), "--files", "1", "--alphabet", name])
    os.replace(made / "part-00000.jsonl", folder / f"{name}.jsonl")
    shutil.rmtree(made)


def find_vocabularies(places, folder):
    for place in places:
        for name in VOCABULARIES:
            for path in sorted(pathlib.Path(place).rglob(name + "*")):
                if path.name == name:
                    shutil.copyfile(path, folder / name)
                elif path.name == name + ".zst":
                    subprocess.run(["zstd", "-dqf", str(path), "-o", str(folder / name)], check=True)


def prepare(options):
    """The folder with the texts, made once for the same data and size."""
    files = sorted(str(p) for place in options.data for p in pathlib.Path(place).rglob("*") if p.is_file())
    key = json.dumps([DATA_VERSION, options.megabytes, [(p, os.path.getsize(p)) for p in files]])
    folder = pathlib.Path(options.work) / ("data-" + hashlib.sha256(key.encode()).hexdigest()[:12])
    if (folder / "ready").exists():
        return folder
    say(f"==> preparing {options.megabytes:g} MB of text in {folder}")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if options.data:
        collect_real(options.data, options.megabytes, folder)
        find_vocabularies(options.data, folder)
    if not (folder / "english.jsonl").exists():
        make_up("english", options.megabytes, folder)
    for name in SMALL_SETS:
        if not (folder / f"{name}.jsonl").exists():
            make_up(name, min(options.megabytes, SMALL_MEGABYTES) / 2, folder)
    english = str(folder / "english.jsonl")
    subprocess.run(["zstd", "-3", "-qf", english], check=True)
    subprocess.run(["gzip", "-6", "-nkf", english], check=True)
    (folder / "ready").touch()
    return folder


def text_bytes(path):
    with open(path, encoding="utf-8") as lines:
        return sum(len(json.loads(line)["text"].encode()) for line in lines)


# ---- processes and yardsticks ----

def run_process(command, **how):
    """Runs it to its end; returns (its standard output, CPU seconds, peak memory in bytes) of it and what it started."""
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen([str(c) for c in command], stdout=out, **how)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        text = out.read().decode()
    if process.returncode != 0:
        say(text)
        sys.exit(f"measure: '{' '.join(map(str, command))}' ended with exit code {process.returncode}")
    return text, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


class Yardsticks:
    def __init__(self, folder, options):
        self.folder, self.options = folder, options
        self.english_bytes = text_bytes(folder / "english.jsonl")
        self.measured = []
        self.tiktoken_of = {}
        if self.tiktoken_ready() is False:
            say("==> no Node with the npm package tiktoken (--tiktoken FOLDER): encoding is held against zstd alone")

    def zstd(self):
        """CPU seconds of `zstd -d` for one byte of the English text, the best of three: what disturbs it only adds."""
        path = self.folder / "english.jsonl.zst"
        best = min(run_process(["zstd", "-dcq", path])[1] for _ in range(3))
        self.measured.append(best / self.english_bytes)
        return self.measured[-1]

    def tiktoken_ready(self):
        return bool(shutil.which("node")) and (pathlib.Path(self.options.tiktoken) / "node_modules" / "tiktoken").is_dir()

    def tiktoken(self, vocabulary, texts):
        """CPU seconds for one byte; None where it cannot be measured."""
        if vocabulary not in TIKTOKEN_NAMES or not self.tiktoken_ready():
            return None
        if (vocabulary, texts) not in self.tiktoken_of:
            command = ["node", ROOT / "bench/tiktoken.mjs", self.options.tiktoken, TIKTOKEN_NAMES[vocabulary],
                       self.folder / f"{texts}.jsonl", TIKTOKEN_BYTES]
            measured = json.loads(run_process(command)[0])
            self.tiktoken_of[vocabulary, texts] = measured["cpu_s"] / measured["bytes"]
        return self.tiktoken_of[vocabulary, texts]


# ---- what is measured ----

NANOSECONDS = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}


def median_of(runs, field):
    return statistics.median(run[field] * NANOSECONDS[run["time_unit"]] / 1e9 for run in runs)


def repetitions(program, name, options):
    command = [*program, f"--benchmark_filter=^{re.escape(name)}$", "--benchmark_format=json",
               f"--benchmark_repetitions={options.repetitions}", f"--benchmark_min_time={options.min_time}"]
    text, _, peak = run_process(command, stderr=subprocess.DEVNULL)
    runs = [run for run in json.loads(text)["benchmarks"] if run.get("run_type") != "aggregate"]
    for run in runs:
        if run.get("error_occurred"):
            sys.exit(f"measure: {name}: {run['error_message']}")
    return runs, peak


def names_in(program, options):
    names = run_process([*program, "--benchmark_list_tests"], stderr=subprocess.DEVNULL)[0].split("\n")
    return [name for name in names if name and re.search(options.only, name)]


def measure_step(program, name, yardsticks, options):
    zstd = yardsticks.zstd()
    runs, peak = repetitions(program, name, options)
    size = runs[0]["text_bytes"]
    cpu = median_of(runs, "cpu_time")
    row = {"name": name, "cpu_s": cpu, "wall_s": median_of(runs, "real_time"), "mb_per_s": size / 1e6 / cpu, "peak_memory_bytes": peak,
           "yardstick": "zstd -d", "yardstick_s": zstd * size, "ratio": cpu / (zstd * size)}
    if "of_plain" in runs[0]:
        row["of_plain"] = statistics.median(run["of_plain"] for run in runs)
    parts = name.split("/")
    tiktoken = yardsticks.tiktoken(parts[1], parts[2]) if parts[0].startswith("encode_") else None
    if tiktoken:
        row |= {"tiktoken_s": tiktoken * size, "ratio_to_tiktoken": cpu / (tiktoken * size)}
    return row


def measure_near(program, name, ranks, yardsticks, options):
    """A step of all ranks, its CPU time that of rank 0. No text goes through it: the yardstick is `zstd -d` of 100 MB."""
    zstd = yardsticks.zstd() * 1e8
    runs, peak = repetitions(program, name, options)
    cpu = median_of(runs, "cpu_time")
    row = {"name": f"{name.split('/iterations')[0]}/{ranks}_ranks", "cpu_s": cpu, "wall_s": median_of(runs, "real_time"),
           "peak_memory_bytes": peak, "yardstick": "zstd -d of 100 MB", "yardstick_s": zstd, "ratio": cpu / zstd}
    for counter in ("documents", "rows", "removed", "comparisons", "exact_checks"):
        if counter in runs[0]:
            row[counter] = int(runs[0][counter])
    return row


# Name of a job and its filters. Those remove most pages of documentation before they are signed and encoded; without them a run does
# everything for every text.
JOBS = {"quern_run": "[gopher_quality, gopher_repetition]", "quern_run_unfiltered": "[]"}


def write_job(folder, filters, vocabulary, ranks):
    path = folder / f"whole-run-{ranks}.yaml"
    path.write_text(f"""input: [{{path: {json.dumps(str(folder / 'english.jsonl.zst'))}}}]
filter: {filters}
tokenizer: {{file: {json.dumps(str(vocabulary))}}}
output: {{path: {json.dumps(str(folder / f'out-{ranks}'))}}}
work: {json.dumps(str(folder / f'work-{ranks}'))}
unit_bytes: 4MiB
""", encoding="utf-8")
    return path


def run_job(job, ranks, folder, options):
    """The report of one run, whose output is removed again."""
    run_process(["mpirun", "-n", ranks, options.build / "quern", "run", job, "--overwrite"], stderr=subprocess.DEVNULL)
    report = json.loads((folder / f"out-{ranks}" / "report.json").read_text())
    for name in ("out", "work"):
        shutil.rmtree(folder / f"{name}-{ranks}", ignore_errors=True)
    return report


def run_row(name, ranks, zstd, reports):
    """Least CPU time and least wall time: what disturbs a run only adds."""
    best = min((report["run"] for report in reports), key=lambda run: run["cpu_s"])
    size, cpu = reports[0]["input"]["text_bytes"], best["cpu_s"]
    return {"name": f"{name}/{ranks}_ranks", "cpu_s": cpu, "wall_s": min(report["run"]["wall_s"] for report in reports),
            "mb_per_s": size / 1e6 / cpu, "peak_memory_bytes": max(max(report["run"]["peak_memory_bytes_by_rank"]) for report in reports),
            "yardstick": "zstd -d", "yardstick_s": zstd * size, "ratio": cpu / (zstd * size), "digest": reports[0]["digest"],
            "kept": reports[0]["counts"]["kept"], "steps": {step["name"]: sum(step["cpu_s_by_rank"]) for step in best["steps"]}}


def measure_runs(name, yardsticks, options):
    """A whole job at 1 and at 2 ranks, in turn, so that what disturbs one is likely to disturb the other."""
    folder = yardsticks.folder
    published = folder / VOCABULARIES[0]
    vocabulary = published if published.exists() else folder / "trained.json"
    zstd = yardsticks.zstd()
    reports = {1: [], 2: []}
    for _ in range(options.repetitions):
        for ranks in reports:
            reports[ranks].append(run_job(write_job(folder, JOBS[name], vocabulary, ranks), ranks, folder, options))
    digests = {report["digest"] for some in reports.values() for report in some}
    if len(digests) != 1:
        sys.exit(f"measure: {name}: 1 and 2 ranks made different data sets: {', '.join(sorted(digests))}")
    return [run_row(name, ranks, zstd, some) for ranks, some in reports.items()]


# ---- the result ----

HEAD = f"{'benchmark':<36} {'CPU s':>9} {'wall s':>9} {'MB/s/core':>10} {'peak MiB':>9} {'x zstd -d':>10} {'x tiktoken':>10}"


def line_of(row):
    rate = f"{row['mb_per_s']:10.1f}" if "mb_per_s" in row else " " * 10
    tiktoken = f"{row['ratio_to_tiktoken']:10.4f}" if "ratio_to_tiktoken" in row else ""
    peak = f"{row['peak_memory_bytes'] / 2**20:9.0f}"
    return f"{row['name']:<36} {row['cpu_s']:9.4f} {row['wall_s']:9.4f} {rate} {peak} {row['ratio']:10.3f} {tiktoken}".rstrip()


def two_ranks(by_name):
    """How many times as fast a whole job is at 2 ranks as at 1."""
    return {name: by_name[f"{name}/1_ranks"]["wall_s"] / by_name[f"{name}/2_ranks"]["wall_s"] for name in JOBS if f"{name}/2_ranks" in by_name}


def closing_lines(rows):
    by_name = {row["name"]: row for row in rows}
    lines = []
    lines += [f"2 ranks against 1, wall time of {name}: {faster:.2f} x" for name, faster in two_ranks(by_name).items()]
    if "of_plain" in by_name.get("write_hdf5", {}):
        lines.append(f"HDF5 against plain writes of the same bytes in turn: {100 * by_name['write_hdf5']['of_plain']:.0f} % of their rate")
    return lines


def machine():
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    git = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return {"processor": model.group(1) if model else "unknown", "cores": os.cpu_count(), "load": os.getloadavg()[0],
            "commit": git.stdout.strip(), "date": time.strftime("%Y-%m-%d")}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="*", help="folders with JSON lines and vocabularies; none: made-up text")
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--out", default="bench-result.json")
    parser.add_argument("--megabytes", type=float, default=100, help="of English text")
    parser.add_argument("--only", default="", help="regex: names of the benchmarks to run")
    parser.add_argument("--work", default=str(pathlib.Path(tempfile.gettempdir()) / "quern-bench"), help="for prepared texts and outputs")
    parser.add_argument("--tiktoken", default=".", help="folder in which npm installed tiktoken")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--min-time", type=float, default=0.2, help="seconds of a repetition")
    parser.add_argument("--prepare", action="store_true", help="only prepare the texts and print their folder")
    return parser.parse_args()


def measure_all(yardsticks, options):
    def rows():
        steps = [options.build / "bench/bench_steps", "--data", yardsticks.folder]
        for name in names_in(steps, options):
            yield measure_step(steps, name, yardsticks, options)
        for ranks in (1, 2):
            near = ["mpirun", "-n", str(ranks), options.build / "bench/bench_near"]
            for name in names_in(near[3:], options):
                yield measure_near(near, name, ranks, yardsticks, options)
        for name in JOBS:
            if re.search(options.only, name):
                yield from measure_runs(name, yardsticks, options)

    print(HEAD)
    measured = []
    for row in rows():
        print(line_of(row), flush=True)
        measured.append(row)
    return measured


def main():
    options = parse_arguments()
    if options.prepare:
        print(prepare(options))
        return
    # In a process of its own: a started program's peak memory is never below that of the one that started it.
    folder = subprocess.run([sys.executable, *sys.argv, "--prepare"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    yardsticks = Yardsticks(pathlib.Path(folder), options)
    rows = measure_all(yardsticks, options)
    lines = closing_lines(rows)
    print("\n".join(["", *lines]))
    per_gb = [s * 1e9 for s in yardsticks.measured]
    result = {"machine": machine(), "data": [pathlib.Path(p).name for p in options.data] or ["made-up"],
              "english_bytes": yardsticks.english_bytes,
              "zstd_s_per_gb": {"least": min(per_gb, default=0), "median": statistics.median(per_gb or [0]), "most": max(per_gb, default=0)},
              "two_ranks_times_as_fast": two_ranks({row["name"]: row for row in rows}), "benchmarks": rows}
    pathlib.Path(options.out).write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    say(f"==> written to {options.out}; bench/compare.py bench/baseline.json {options.out} holds it against the baseline")


if __name__ == "__main__":
    main()
