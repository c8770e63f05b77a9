"""Counts the records of web archives, written from the specifications (ISO 28500 / WARC 1.1, sections 4 and 5; "Arc File Format", 1996; RFC 1952) and
sharing nothing with the reader that it judges. It follows stated lengths and stops where they do not lead to a record.

    count_archive_records.py FILE...     one line for each: path, whole records, broken (0 or 1: where it stops, records of unusable length among them),
                                         then type=count for each WARC-Type (ARC: filedesc, http, other)
"""
import collections
import re
import sys
import zlib

VERSION = re.compile(rb"WARC/\d+\.\d+\r?\n")
ARC = re.compile(rb"[a-z][a-z0-9+.-]*:[^\n]* [0-9.:a-f]+ \d{12,18} [^ \n]+ ([^\n]*?)\r?\n", re.I)


def unpacked(data):
    out = b""
    while data[:3] == b"\x1f\x8b\x08":
        member = zlib.decompressobj(31)
        out += member.decompress(data)
        if not member.eof:
            break
        data = member.unused_data
    return out or data


def warc_record(data, at):
    """Type and the span of the block, or None."""
    head = re.compile(rb"\r?\n\r?\n").search(data, at)
    if not head:
        return None
    lines = data[at:head.start()].splitlines()[1:]
    fields = {name.strip().lower(): value.strip() for name, colon, value in (line.partition(b":") for line in lines) if colon}
    if not fields.get(b"content-length", b"").isdigit():
        return None
    return fields[b"warc-type"].decode().lower(), head.end(), head.end() + int(fields[b"content-length"])


def arc_record(data, at):
    line = ARC.match(data, at)
    if not line or not line.group(1).split(b" ")[-1].isdigit():
        return None
    kind = "filedesc" if data.startswith(b"filedesc:", at) else "http" if data[at:at + 4] == b"http" else "other"
    return kind, line.end(), line.end() + int(line.group(1).split(b" ")[-1])


def count(data):
    kinds, at = collections.Counter(), 0
    one = warc_record if VERSION.match(data) else arc_record
    begins = VERSION.match if one is warc_record else ARC.match
    while True:
        while data[at:at + 1] in (b"\r", b"\n"):
            at += 1
        if at >= len(data):
            return kinds, 0
        record = one(data, at) if begins(data, at) else None
        if record is None or record[2] > len(data):
            return kinds, 1
        kind, _, end = record
        behind = end
        while data[behind:behind + 1] in (b"\r", b"\n"):
            behind += 1
        if behind < len(data) and not begins(data, behind):
            return kinds, 1
        kinds[kind] += 1
        at = end


for path in sys.argv[1:]:
    with open(path, "rb") as file:
        found, broken = count(unpacked(file.read()))
    print(path, sum(found.values()), broken, *(f"{kind}={n}" for kind, n in sorted(found.items())))
