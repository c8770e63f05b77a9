#!/usr/bin/env python3
"""Writes entities.inc: the named character references of HTML (WHATWG, section 13.5) from Python's standard library.

Not part of the build: the table is kept with the sources. Run from the top folder:
    src/extract/make_entities.py > src/extract/entities.inc
"""
import html.entities

names = html.entities.html5
legacy = {name for name in names if not name.endswith(";")}
rows = []
for name in sorted(n[:-1] for n in names if n.endswith(";")):
    points = [ord(c) for c in names[name + ";"]]
    rows.append('{"%s",%d,%d,%d},' % (name, points[0], points[1] if len(points) > 1 else 0, name in legacy))

print("// Made by make_entities.py from the list of named character references in the WHATWG HTML standard.")
print("constexpr NamedEntity kEntities[] = {  // name, code points, whether it is known without its semicolon")
line = ""
for row in rows:
    if len(line) + len(row) > 140:
        print(line)
        line = ""
    line += row
print(line)
print("};")
