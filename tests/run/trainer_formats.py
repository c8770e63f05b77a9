"""Reads the files of trainers as the trainers do. Written from their formats, with numpy and h5py alone: nothing of quern."""
import csv
import gzip
import io
import json
import pathlib
import subprocess

import h5py
import numpy


def natural(token_bytes):
    return {2: "<u2", 4: "<u4"}[token_bytes]


def megatron(prefix):
    """Megatron-LM's IndexedDataset: (dtype, sequences, document indices)."""
    index = pathlib.Path(f"{prefix}.idx").read_bytes()
    assert index[:9] == b"MMIDIDX\x00\x00", index[:9]
    assert int.from_bytes(index[9:17], "little") == 1
    dtype = {1: "<u1", 2: "<i1", 3: "<i2", 4: "<i4", 5: "<i8", 8: "<u2"}[index[17]]
    sequences, documents = (int.from_bytes(index[at:at + 8], "little") for at in (18, 26))
    at = 34
    lengths = numpy.frombuffer(index, "<i4", sequences, at)
    pointers = numpy.frombuffer(index, "<i8", sequences, at + 4 * sequences)
    ends = numpy.frombuffer(index, "<i8", documents, at + 12 * sequences)
    assert len(index) == at + 12 * sequences + 8 * documents, "bytes behind the index"
    assert ends[0] == 0 and ends[-1] == sequences
    tokens = pathlib.Path(f"{prefix}.bin").read_bytes()
    size = numpy.dtype(dtype).itemsize
    assert pointers.size == 0 or len(tokens) == pointers[-1] + lengths[-1] * size, "bytes behind the last sequence"
    return dtype, [numpy.frombuffer(tokens, dtype, length, pointer).tolist() for length, pointer in zip(lengths, pointers)], ends.tolist()


def cerebras_files(folder):
    return sorted(pathlib.Path(folder).glob("*.h5"))


def cerebras(folder):
    """HDF5IterableDataset: rows (ids, mask, labels) of all files, by name."""
    params = json.loads((pathlib.Path(folder) / "data_params.json").read_text())
    assert params["features"] == ["input_ids", "attention_mask", "labels"]
    rows = []
    for path in cerebras_files(folder):
        with h5py.File(path, "r") as f:
            data = f["data"]
            assert data.dtype == "<i4" and data.shape[1] == 3 and data.shape[2] == params["processing"]["max_seq_length"], (data.dtype, data.shape)
            assert data.compression == "gzip" and data.chunks == (1, 3, data.shape[2]), (data.compression, data.chunks)
            assert f.attrs["n_examples"] == data.shape[0]
            rows += list(data[()])
    assert params["post-process"]["n_examples"] == len(rows)
    assert params["post-process"]["num_tokens"] == sum(row[0].size for row in rows)
    assert params["post-process"]["loss_valid_tokens"] == sum(int(row[1].sum()) for row in rows)
    return params, rows


def nanogpt(path):
    """train.py of nanoGPT: numpy.memmap(path, dtype=uint16)."""
    return numpy.fromfile(path, "<u2").tolist()


def llmc(folder, split, prefix="data"):
    """dataloader.h of llm.c: the tokens of all shards of a split in a row, and the tokens of each shard."""
    tokens, sizes = [], []
    for path in sorted(pathlib.Path(folder).glob(f"{prefix}_{split}_*.bin")):
        assert path.name == f"{prefix}_{split}_{len(sizes):06}.bin", path.name
        header = numpy.fromfile(path, "<i4", 256)
        magic, version, count = header[:3].tolist()
        dtype = {(20240520, 1): "<u2", (20240801, 7): "<u4"}[magic, version]
        assert not header[3:].any()
        found = numpy.frombuffer(path.read_bytes()[1024:], dtype)
        assert found.size == count, (path, found.size, count)
        tokens += found.tolist()
        sizes.append(count)
    return tokens, sizes


def datatrove(path):
    """datatrove's DatatroveFileDataset and merger: (tokenizer, documents)."""
    tokenizer, count, words = pathlib.Path(f"{path}.metadata").read_text().split("\n")
    name, token_size = tokenizer.split("|")
    tokens = numpy.fromfile(path, natural(int(token_size)))
    assert tokens.size == int(count), (tokens.size, count)
    ends = numpy.fromfile(f"{path}.index", "<u8")
    starts = numpy.concatenate([[0], ends[:-1]]).astype("u8")
    assert ends.size == 0 or ends[-1] == tokens.size
    return name, words, [tokens[int(a):int(b)].tolist() for a, b in zip(starts, ends)]


def olmo(folder, token_bytes):
    """OLMo-core's memory-mapped arrays and Dolma's metadata: per shard (tokens of each document, its row)."""
    shards = []
    for path in sorted(pathlib.Path(folder).glob("part-*.npy")):
        tokens = numpy.fromfile(path, natural(token_bytes))  # bare: no NumPy header
        rows = list(csv.reader(io.StringIO(gzip.decompress(path.with_suffix("").with_suffix(".csv.gz").read_bytes()).decode(), newline="")))
        ends = [int(row[1]) for row in rows]
        assert [int(row[0]) for row in rows] == [0, *ends[:-1]] and ends[-1] == tokens.size
        shards.append([(tokens[int(row[0]):int(row[1])].tolist(), *row[2:]) for row in rows])
    return shards


def jsonl(folder):
    """Documents of Dolma and datatrove, file by file."""
    files = []
    for path in sorted(pathlib.Path(folder).glob("*.jsonl*")):
        data = path.read_bytes()
        if path.suffix == ".gz":
            data = gzip.decompress(data)
        elif path.suffix == ".zst":
            data = subprocess.run(["zstd", "-qdc"], input=data, stdout=subprocess.PIPE, check=True).stdout
        lines = data.decode().split("\n")
        assert lines.pop() == "", "the last line has no end"
        files.append([json.loads(line) for line in lines])
    return files


def windows(path):
    """docs/formats/windows.md: per bucket (length, windows), a window a list of (document, start, tokens); and the attributes."""
    with h5py.File(path, "r") as f:
        attributes = {name: value.decode() if isinstance(value, bytes) else value for name, value in f.attrs.items()}
        first_part = f["windows/first_part"][()].tolist()
        parts = list(zip(*(f["parts/" + name][()].tolist() for name in ("document", "start", "tokens"))))
        assert first_part[0] == 0 and first_part[-1] == len(parts)
        all_windows = [parts[a:b] for a, b in zip(first_part, first_part[1:])]
        first = f["buckets/first_window"][()].tolist()
        assert first[0] == 0 and first[-1] == len(all_windows)
        return attributes, [(int(length), all_windows[a:b]) for length, a, b in zip(f["buckets/length"][()], first, first[1:])]
