"""Holds the shards of a data set against what it says of them, by h5py, hashlib and nothing of quern; then each as absent."""

import hashlib
import pathlib
import sys

import h5py
import numpy

path = pathlib.Path(sys.argv[1])
with h5py.File(path, "r") as f:
    data, shards = f["data"][:], f["shards"]
    names, first, tokens = shards["name"].asstr()[:], shards["first_token"][:].tolist(), shards["tokens"][:].tolist()
    sizes, sums = shards["file_bytes"][:].tolist(), shards["file_sha256"].asstr()[:]
assert sorted(names) == sorted(p.name for p in path.parent.glob("data-*"))
for i, name in enumerate(names):
    content = (path.parent / name).read_bytes()
    assert (len(content), hashlib.sha256(content).hexdigest()) == (sizes[i], sums[i]), name
    with h5py.File(path.parent / name, "r") as shard:
        stored = shard["data"]
        assert stored.dtype == data.dtype and stored.compression == "gzip" and stored.shuffle == (data.dtype == numpy.uint32), name
        assert (int(shard.attrs["shard"]), int(shard.attrs["first_token"])) == (i, first[i]), name
        assert numpy.array_equal(stored[:], data[first[i] : first[i] + tokens[i]]), name
for i, name in enumerate(names):
    away = path.parent / "away"
    (path.parent / name).rename(away)
    with h5py.File(path, "r") as f:
        lost = f["data"][first[i] : first[i] + tokens[i]]
    assert (lost == numpy.iinfo(data.dtype).max).all(), name
    away.rename(path.parent / name)
print(f"{len(names)} shards of {sum(tokens)} tokens: as stated")
