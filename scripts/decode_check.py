#!/usr/bin/python3
"""Decodes the documents of a data set and compares them with the texts that `quern clean` prints.

    quern clean JOB.yaml > clean.jsonl
    scripts/decode_check.py OUT clean.jsonl [--tokenizer FILE] [--end-of-text ID]

OUT is the output folder or the .h5 file in it. The vocabulary is the one in OUT unless --tokenizer names another: a Hugging Face
tokenizer.json, a .tiktoken file (also Llama 3's tokenizer.model; any of them as .zst if the command
zstd is there) or GPT-2's encoder.json. The data set
is read with h5py alone. The lines of `quern clean` are those of the records that were not quarantined, in input order. Exit code 0: every
document decodes to exactly its text; 1: one does not; 2: cannot be checked.
"""

import argparse
import base64
import json
import os
import subprocess
import sys

SHOWN = 5  # differences printed in full


def stop(message):
    print(f"decode_check: {message}", file=sys.stderr)
    sys.exit(2)


def byte_of_character():
    """GPT-2's map: printable bytes stand for themselves, the other 68 are U+0100 and up, in byte order."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [b for b in range(256) if b not in set(plain)]
    return {**{chr(b): b for b in plain}, **{chr(0x100 + i): b for i, b in enumerate(others)}}


def read_bytes(path):
    if path.endswith(".zst"):
        return subprocess.run(["zstd", "-dc", path], check=True, stdout=subprocess.PIPE).stdout
    with open(path, "rb") as file:
        return file.read()


def load_vocabulary(path):
    """Token id -> bytes."""
    raw = read_bytes(path)
    if not raw.lstrip().startswith(b"{"):
        pairs = (line.split() for line in raw.splitlines() if line.strip())
        return {int(rank): base64.b64decode(token) for token, rank in pairs}
    tree = json.loads(raw)
    to_byte = byte_of_character()
    whole = isinstance(tree.get("model"), dict)  # in GPT-2's encoder.json "model" is a token like others
    spelled = tree["model"]["vocab"] if whole else tree
    vocabulary = {}
    for token, number in spelled.items():
        known = all(c in to_byte for c in token)
        vocabulary[number] = bytes(to_byte[c] for c in token) if known else token.encode()
    for added in tree.get("added_tokens", []) if whole else []:
        vocabulary[added["id"]] = added["content"].encode()
    return vocabulary


def texts(start, data):
    return [data[a:b].decode() for a, b in zip(start[:-1], start[1:])]


class DataSet:
    def __init__(self, path):
        import h5py

        self.file = h5py.File(os.path.join(path, "data.h5") if os.path.isdir(path) else path, "r")
        f = self.file
        self.data = f["data"]
        self.start = f["documents/start"][:]
        self.record = f["documents/record"][:].tolist()
        self.ids = texts(f["ledger/own_id_start"][:].tolist(), f["ledger/own_id_bytes"][:].tobytes())
        names = f["ledger/verdict_names"].asstr()[:]
        self.verdict = [names[v] for v in f["ledger/verdict"][:]]
        self.end_of_text = int(f["provenance/end_of_text"][()])

    def document(self, d):
        """The token ids, the end-of-text included."""
        return self.data[self.start[d] : self.start[d + 1]].tolist()


def clean_lines(path, dataset):
    """(document, record, line) of every document: the k-th line is the k-th record that was not quarantined."""
    documents = iter(enumerate(dataset.record))
    document, record = next(documents, (None, None))
    lines = 0
    with open(path, encoding="utf-8", newline="\n") as file:
        readable = (r for r, verdict in enumerate(dataset.verdict) if verdict != "quarantined")
        for lines, line in enumerate(file, 1):
            of_record = next(readable, None)
            if of_record is not None and of_record == record:
                yield document, record, json.loads(line)
                document, record = next(documents, (None, None))
    expected = sum(verdict != "quarantined" for verdict in dataset.verdict)
    if lines != expected:
        stop(f"{path} has {lines} lines, the ledger {expected} records that were not quarantined: of another job or input?")


def difference(tokens, vocabulary, end_of_text, own_id, line):
    """None, or what is wrong with a document."""
    line_id, text = line.get("id"), line["text"]
    if line_id not in (None, "", own_id) and own_id:
        return f"its id is {own_id!r}, `quern clean` prints {line_id!r}"
    if tokens[-1:] != [end_of_text]:
        return "it does not end with the end-of-text"
    missing = next((t for t in tokens if t not in vocabulary and t != end_of_text), None)
    if missing is not None:
        return f"token {missing} is not in the vocabulary"
    decoded = b"".join(vocabulary[t] for t in tokens[:-1])
    expected = text.encode("utf-8", "surrogatepass")
    if decoded == expected:
        return None
    at = next((i for i, (a, b) in enumerate(zip(decoded, expected)) if a != b), min(len(decoded), len(expected)))
    lengths = f"{len(decoded)} and {len(expected)} bytes"
    return f"byte {at} differs: decoded {decoded[at:at + 40]!r}, cleaned {expected[at:at + 40]!r} ({lengths})"


def vocabulary_beside(folder):
    """A trained vocabulary, or else the one file in an output folder that has the name of a ready one."""
    kinds = ("tokenizer.json", "encoder.json", "vocab.json", ".tiktoken", ".model")
    names = sorted(name for name in os.listdir(folder) if name.endswith(kinds))
    if "tokenizer.json" in names:
        names = ["tokenizer.json"]
    if len(names) != 1:
        stop(f"{folder}: no vocabulary, or several: name one with --tokenizer")
    return os.path.join(folder, names[0])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out")
    parser.add_argument("clean")
    parser.add_argument("--tokenizer")
    parser.add_argument("--end-of-text", type=int)
    args = parser.parse_args()
    try:
        dataset = DataSet(args.out)
    except ImportError:
        stop("h5py is missing: apt-get install python3-h5py, and run this with /usr/bin/python3")
    folder = args.out if os.path.isdir(args.out) else os.path.dirname(args.out)
    vocabulary = load_vocabulary(args.tokenizer or vocabulary_beside(folder or "."))
    end_of_text = dataset.end_of_text if args.end_of_text is None else args.end_of_text

    bad = 0
    for d, record, line in clean_lines(args.clean, dataset):
        wrong = difference(dataset.document(d), vocabulary, end_of_text, dataset.ids[record], line)
        if wrong:
            bad += 1
            if bad <= SHOWN:
                print(f"document {d} (record {record}): {wrong}")
    print(f"{len(dataset.record) - bad} of {len(dataset.record)} documents decode to exactly their cleaned text")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
