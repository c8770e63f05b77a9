"""A small corpus with everything in it: several formats, duplicates of each kind, many scripts, bad records. Made anew for each test."""
import gzip
import json
import pathlib
import random
import shutil
import subprocess

STOP = "the be to of and that have with".split()
WORDS = ("river stone mill grain wheel water bread market winter summer field horse carpenter village letter harvest evening morning "
         "candle window garden story teacher journey mountain valley bridge engine silver copper number question answer reason").split()
OTHER = ["Зёрна мелют между двумя камнями, и мука падает в ларь под жерновом. ", "石臼は穀物を挽くために使われる道具です。上の石を回します。",
         "Cafe\u0301 u\u0308ber\r\nna\u00efve \ufeffco\u00f6perate\x07 ", "👩‍👩‍👧 “quotes” … ½ × ﬁ "]


def prose(rng, sentences):
    lines = []
    for _ in range(sentences):
        words = [rng.choice(STOP) if rng.random() < 0.4 else rng.choice(WORDS) for _ in range(rng.randint(6, 14))]
        lines.append(" ".join(words).capitalize() + rng.choice([".", ".", "!", "?"]) + rng.choice([" ", " ", "\n"]))
    return "".join(lines)


def edited(rng, text, share):
    words = text.split(" ")
    for _ in range(max(1, int(len(words) * share))):
        words[rng.randrange(len(words))] = rng.choice(WORDS)
    return " ".join(words)


def documents(seed, count):
    """(id, text): a third are exact or near copies of earlier ones."""
    rng = random.Random(seed)
    made = []
    for i in range(count):
        kind = rng.random()
        if made and kind < 0.12:
            text = rng.choice(made)[1]
        elif made and kind < 0.34:
            text = edited(rng, rng.choice(made)[1], rng.choice([0.005, 0.01, 0.02, 0.05]))
        elif kind < 0.40:
            text = rng.choice(["", "one", "two words", "   ", "-\n" * 60, rng.choice(OTHER)])
        else:
            text = prose(rng, rng.randint(8, 60)) + "".join(rng.choice(OTHER) for _ in range(rng.randint(0, 4)))
        made.append((f"doc/{seed}/{i}", text))
    return made


def write_corpus(folder, count=400):
    """Returns the number of records."""
    folder = pathlib.Path(folder)
    (folder / "notes").mkdir(parents=True)
    records = 0
    for number in range(4):
        lines = [json.dumps({"id": name, "text": text, "meta": {"n": [1, 2.5e3, None, True]}}, ensure_ascii=number % 2 == 0)
                 for name, text in documents(number, count)]
        if number == 1:
            lines[5:5] = ['{"id": "broken", "text": "x"', '["no object"]', '{"id": "no text"}', '{"id": 7, "text": "seven is a number"}']
        data = ("\n".join(lines) + ("\n" if number else "")).encode()
        if number == 2:
            data += b'{"id": "not utf8", "text": "caf\xe9"}\n'
        records += len(lines) + (1 if number == 2 else 0)
        plain = folder / f"part-{number}.jsonl"
        plain.write_bytes(data)
        if number == 2:
            (folder / "part-2.jsonl.gz").write_bytes(gzip.compress(data[: len(data) // 2]) + gzip.compress(data[len(data) // 2:]))
            plain.unlink()
        if number == 3 and shutil.which("zstd"):
            subprocess.run(["zstd", "-q", "--rm", str(plain)], check=True)
    for name, text in documents(9, 40):
        (folder / "notes" / name.replace("/", "-")).write_text(text)
        records += 1
    (folder / "notes" / "zipped.gz").write_bytes(gzip.compress(prose(random.Random(3), 30).encode()))
    return records + 1


def write_job(path, data, output, **keys):
    """A job over the corpus in `data`. Keys with dots, as for --set, may be given in `keys` with __ for the dot."""
    job = {
        "input": [{"path": f"{data}/*.jsonl*", "format": "jsonl", "source": "web"}, {"path": f"{data}/notes/*", "format": "text", "source": "notes"}],
        "tokenizer": {"train": {"vocab_size": 700}},
        "output": {"path": str(output)},
        "work": str(output) + ".work",
    }
    for key, value in keys.items():
        place, *rest = key.split("__")
        if rest:
            job.setdefault(place, {})[rest[0]] = value
        else:
            job[place] = value
    pathlib.Path(path).write_text(json.dumps(job))
    return str(path)
