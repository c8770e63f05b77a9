#!/usr/bin/env python3
"""Writes html_entities.inc: the named character references of the HTML standard (section 13.5), as Python's standard library has them.
Not part of the build. Run from the top folder: src/clean/tables/make_entities.py > src/clean/tables/html_entities.inc"""
from html.entities import html5

names = sorted((name[:-1], text, name[:-1] in html5) for name, text in html5.items() if name.endswith(";"))
assert all(name in (n for n, _, _ in names) for name in (n.rstrip(";") for n in html5))
print("// Made by make_entities.py from the named character references of the HTML standard (WHATWG, section 13.5), by name.")
line = ""
for name, text, bare in names:
    points = ",".join(f"0x{ord(c):X}" for c in text)
    item = f'{{"{name}",{int(bare)},{points}}},'
    if len(line) + len(item) > 140:
        print(line)
        line = ""
    line += item
print(line)
