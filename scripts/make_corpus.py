#!/usr/bin/env python3
"""Makes a corpus of any size in which the duplicates are known: text shuffled by paragraphs, with exact and near copies planted.

    scripts/make_corpus.py OUT --megabytes 1000 --from FOLDER [FOLDER...]   documents of shuffled real paragraphs
    scripts/make_corpus.py OUT --megabytes 100                              without --from: made-up words

Real text is the "text" field of *.jsonl, *.jsonl.gz and *.jsonl.zst (by the zstd program) below the folders. Each document is made of
paragraphs drawn from all over it, every paragraph once before any is drawn again, and none longer than a quarter of the shortest document
(longer ones are cut), so that two documents have next to nothing in common that was not planted: no two of the others come near the
usual threshold of 0.8. The same seed, folders and options give the same bytes.

OUT/part-*.jsonl    {"id", "text"}; an original always stands before its copies
OUT/planted.tsv     kind (exact, near), id of the copy, id of the original, Jaccard similarity of their sets of word 5-grams

scripts/check_planted.py holds the ledger of a run against planted.tsv.
"""
import argparse
import gzip
import itertools
import json
import pathlib
import random
import re
import subprocess
import sys

WORD = re.compile(r"\w+")
NGRAM = 5
SHORTEST_PARAGRAPH = 60  # characters; shorter ones are titles and boilerplate, the same everywhere
DOCUMENT_BYTES = (2000, 12_000)
FEWEST_PARAGRAPHS = 24  # to be worth shuffling
MADE_UP_PARAGRAPHS = 40_000  # at most, about 16 MB: they are drawn again and again, as real ones are
NEAR_SIMILARITIES = (0.95, 0.9, 0.85, 0.6, 0.4)  # on both sides of the usual threshold, none close to it

COMMON = """the of and to in a is that it for was on are as with be at by this have from or had not but what all were when we there can
an your which their said if do will each about how up out them then she many some so these would other into has more her two like him see
time could no make than first been its who now people my made over did down only way find use may water long little very after words called
just where most know get through back much before go good new write our used me man too any day same right look think also around another
came come work three word must because does part even place well such here take why things help put years different away again off went old
number great tell men say small every found still between name should home big give air line set own under read last never us left end along
while might next sound below saw something thought both few those always looked show large often together asked house world going want school
""".split()
SYLLABLES = {
    "english": [a + b for a in "b c d f g h l m n p r s t v w st tr pl ch sh".split() for b in "a e i o u ea ou an er in on al en".split()],
    "mixed": [a + b for a in "b c ç d f g h l ł m n ñ p r s š t v ž ст пр".split() for b in "a á e é i í o ö u ü ан ер ій ов".split()],
    "russian": [a + b for a in "б в г д ж з к л м н п р с т ф х ц ч ш ст пр".split() for b in "а е и о у ы я ан ер ин он ов ость".split()],
    "chinese": [chr(c) for c in range(0x4E00, 0x4E00 + 2400, 2)],
    "japanese": [chr(c) for c in itertools.chain(range(0x3042, 0x3094), range(0x30A2, 0x30EB, 2), range(0x4E00, 0x5200, 3))],
}
UNSPACED = {"chinese", "japanese"}


def stop(message):
    print(f"make_corpus: {message}", file=sys.stderr)
    sys.exit(2)


class MadeUpText:
    """Paragraphs of words whose frequencies fall as 1/rank, as those of languages do."""

    DRAWN = 100_000  # words at a time: drawing them one by one takes five times as long

    def __init__(self, alphabet, rng, distinct=40_000):
        self.rng = rng
        self.drawn = []
        self.glue = "" if alphabet in UNSPACED else " "
        self.stop_mark = "。" if alphabet in UNSPACED else "."
        syllables = SYLLABLES[alphabet]
        words = list(COMMON) if alphabet == "english" else []
        seen = set(words)
        while len(words) < distinct:
            word = "".join(rng.choices(syllables, k=rng.choice((1, 2, 2, 3, 3, 4))))
            if word not in seen:
                seen.add(word)
                words.append(word)
        self.words = words
        self.cumulative = list(itertools.accumulate(1 / (rank + 2.7) for rank in range(len(words))))

    def sentence(self):
        length = self.rng.randint(6, 24)
        if len(self.drawn) < length:
            self.drawn = self.rng.choices(self.words, cum_weights=self.cumulative, k=self.DRAWN)
        words = self.drawn[-length:]
        del self.drawn[-length:]
        words[0] = words[0].capitalize()
        if len(words) > 12:
            words[len(words) // 2] += ","
        return self.glue.join(words) + self.stop_mark

    def paragraph(self):
        return " ".join(self.sentence() for _ in range(self.rng.randint(2, 7)))


def read_lines(path):
    if path.suffix == ".zst":
        with subprocess.Popen(["zstd", "-dcq", str(path)], stdout=subprocess.PIPE) as zstd:
            yield from zstd.stdout
        if zstd.returncode != 0:
            stop(f"zstd could not read {path}")
        return
    with (gzip.open(path) if path.suffix == ".gz" else open(path, "rb")) as lines:
        yield from lines


def real_texts(places):
    """(id, text) of every JSON line below the folders, files in the order of their names."""
    for place in places:
        root = pathlib.Path(place)
        files = [root] if root.is_file() else sorted(p for p in root.rglob("*.jsonl*") if p.suffix in (".jsonl", ".zst", ".gz"))
        for path in files:
            for line in read_lines(path):
                try:
                    record = json.loads(line)
                except ValueError:
                    continue
                if isinstance(record, dict) and isinstance(record.get("text"), str):
                    yield str(record.get("id", "")), record["text"]


def cut(paragraph, longest):
    """Its parts of at most about `longest` characters, cut at white space where there is some."""
    while len(paragraph) > longest:
        space = paragraph.rfind(" ", longest // 2, longest)
        end = space if space > 0 else longest
        yield paragraph[:end]
        paragraph = paragraph[end:].lstrip()
    yield paragraph


def real_paragraphs(places, longest):
    """Distinct paragraphs (blank lines between them), in reading order."""
    paragraphs = {}
    for _, text in real_texts(places):
        for paragraph in re.split(r"\n\s*\n", text):
            for part in cut(paragraph, longest):
                if len(part) >= SHORTEST_PARAGRAPH:
                    paragraphs[part] = None
    if len(paragraphs) < FEWEST_PARAGRAPHS:
        stop(f"only {len(paragraphs)} paragraphs of {SHORTEST_PARAGRAPH} characters and more in *.jsonl, *.jsonl.gz and *.jsonl.zst of "
             f"{', '.join(map(str, places))}: too few to shuffle")
    return list(paragraphs)


def draw_rounds(paragraphs, rng):
    """Every paragraph once, in random order, and again in another order."""
    while True:
        keys = [rng.random() for _ in paragraphs]  # a third of the time of rng.shuffle
        for number in sorted(range(len(keys)), key=keys.__getitem__):
            yield paragraphs[number]


def shingles(text):
    words = WORD.findall(text.casefold())
    if not words:
        return set()
    if len(words) < NGRAM:
        return {tuple(words)}
    return set(zip(*(words[i:] for i in range(NGRAM))))


def jaccard(a, b):
    a, b = shingles(a), shingles(b)
    return len(a & b) / len(a | b) if a or b else 0.0


def near_copy(text, similarity, rng):
    """The text with one stretch of words replaced by words that stand nowhere else, as long as the similarity asks."""
    words = len(WORD.findall(text))
    common = 2 * similarity / (1 + similarity)  # of n shingles: J = c / (2n - c)
    length = max(1, round(words * (1 - common)) - (NGRAM - 1))
    if length >= words:
        return text
    first = rng.randrange(words - length)
    replaced = list(itertools.islice(WORD.finditer(text), first, first + length))
    new = " ".join(f"w{rng.getrandbits(40):010x}" for _ in range(length))
    return text[:replaced[0].start()] + new + text[replaced[-1].end():]


class Corpus:
    """Documents and the list of what was planted, one after another."""

    REMEMBERED = 4000  # originals: a copy comes up to some thousands of documents behind

    def __init__(self, paragraphs, options, rng):
        self.paragraphs, self.options, self.rng = paragraphs, options, rng
        self.originals = []

    def documents(self):
        """Yields (id, text, planted row or None) until the corpus is large enough."""
        size = 0
        for number in itertools.count():
            if size >= self.options.megabytes * 1_000_000:
                return
            own_id = f"d{number:09d}"
            text, planted = self.next_document(own_id)
            size += len(text.encode())
            yield own_id, text, planted

    def next_document(self, own_id):
        draw = self.rng.random()
        if self.originals and draw < self.options.exact + self.options.near:
            original_id, original = self.rng.choice(self.originals)
            if draw < self.options.exact:
                return original, ("exact", own_id, original_id, 1.0)
            copy = near_copy(original, self.rng.choice(NEAR_SIMILARITIES), self.rng)
            if copy != original:
                return copy, ("near", own_id, original_id, jaccard(copy, original))
        text = self.original()
        if len(self.originals) < self.REMEMBERED:
            self.originals.append((own_id, text))
        else:
            self.originals[self.rng.randrange(self.REMEMBERED)] = (own_id, text)
        return text, None


    def original(self):
        """Paragraphs until a length is reached that is drawn evenly from those allowed."""
        room = self.rng.randint(*self.options.document_bytes)
        parts = []
        while room > 0:
            parts.append(next(self.paragraphs))
            room -= len(parts[-1].encode()) + 2
        return "\n\n".join(parts)


def write_corpus(corpus, options):
    out = pathlib.Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    per_file = options.megabytes * 1_000_000 / options.files
    part, size, lines = 0, 0, None
    with open(out / "planted.tsv", "w", encoding="utf-8") as planted_file:
        for own_id, text, planted in corpus.documents():
            if lines is None or (size > per_file * part and part < options.files):
                if lines:
                    lines.close()
                lines = open(out / f"part-{part:05d}.jsonl", "w", encoding="utf-8")
                part += 1
            lines.write(json.dumps({"id": own_id, "text": text}, ensure_ascii=False) + "\n")
            size += len(text.encode())
            if planted:
                planted_file.write("{}\t{}\t{}\t{:.6f}\n".format(*planted))
    lines.close()
    if options.compress:
        parts = sorted(str(p) for p in out.glob("part-*.jsonl"))
        subprocess.run(["zstd", "-q", "-f", "--rm", *parts] if options.compress == "zst" else ["gzip", "-nf", *parts], check=True)


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", help="folder; made if it is not there")
    parser.add_argument("--megabytes", type=float, default=100, help="of text (10^6 bytes)")
    parser.add_argument("--from", dest="places", nargs="+", default=[], help="folders or files with JSON lines")
    parser.add_argument("--document-bytes", nargs=2, type=int, default=DOCUMENT_BYTES, metavar=("LEAST", "MOST"),
                        help="length of an original, drawn evenly (%(default)s)")
    parser.add_argument("--alphabet", choices=sorted(SYLLABLES), default="english", help="of made-up words")
    parser.add_argument("--exact", type=float, default=0.1, help="share of documents that are exact copies")
    parser.add_argument("--near", type=float, default=0.2, help="share of documents that are near copies")
    parser.add_argument("--files", type=int, default=4)
    parser.add_argument("--compress", choices=("zst", "gz"))
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    if not (options.megabytes > 0 and options.files > 0 and options.exact >= 0 and options.near >= 0 and options.exact + options.near < 1):
        stop("--megabytes and --files must be above 0, --exact and --near from 0, and together below 1")
    if not 4 * SHORTEST_PARAGRAPH <= options.document_bytes[0] <= options.document_bytes[1]:
        stop(f"--document-bytes must be at least {4 * SHORTEST_PARAGRAPH}, and the second not below the first")
    return options


def main(arguments=None):
    options = parse_arguments(arguments)
    rng = random.Random(options.seed)
    longest = options.document_bytes[0] // 4
    if options.places:
        paragraphs = real_paragraphs(options.places, longest)
    else:
        made_up = MadeUpText(options.alphabet, rng)
        number = min(MADE_UP_PARAGRAPHS, 1000 + int(options.megabytes * 3000))
        paragraphs = [part for _ in range(number) for part in cut(made_up.paragraph(), longest)]
    write_corpus(Corpus(draw_rounds(paragraphs, rng), options, rng), options)


if __name__ == "__main__":
    main()
