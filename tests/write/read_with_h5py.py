"""Prints a data set as h5py sees it, one line per thing, for a test to compare."""

import sys

import h5py

f = h5py.File(sys.argv[1], "r")
start, id_start = f["documents/start"][:], f["ledger/own_id_start"][:].tolist()
ids = f["ledger/own_id_bytes"][:].tobytes()
reasons = f["ledger/reason_names"].asstr()[:]
sources = f["sources"].asstr()[:]
print("format", f.attrs["format"].decode(), int(f.attrs["format_version"]))
print("data", f["data"].dtype, f["data"].shape[0], f["data"].chunks, f["data"].compression)
print("job", f["provenance/job"].asstr()[()])
print("digest", f["provenance/content_digest"].asstr()[()])
print("tokens", int(f["provenance/tokens"][()]))
for d in range(len(start) - 1):
    tokens = f["data"][start[d] : start[d + 1]]
    print("document", d, int(f["documents/record"][d]), *f["documents/id"][d], sources[f["documents/source"][d]], *tokens)
for r in range(len(id_start) - 1):
    kept, similarity = int(f["ledger/kept"][r]), f["ledger/similarity"][r]
    own_id = ids[id_start[r] : id_start[r + 1]].decode()
    print("record", r, f["ledger/verdict"][r], reasons[f["ledger/reason"][r]], kept, *similarity, repr(own_id) if own_id else "none")
