#!/usr/bin/env python3
"""Compares what quern's filters keep with what a Python model of datatrove's filters keeps, document by document.

    scripts/filter_agreement.py --quern build/release/quern --tokenizer gpt2.tokenizer.json \\
        docs='/data/web-docs-en/*.jsonl.zst' books='/data/books/*.jsonl.zst' [--every 5] [--launch 'mpirun -n 2']

The model follows the definitions of the filters in github.com/huggingface/datatrove (src/datatrove/pipeline/filters: gopher_quality,
gopher_repetition, c4, fineweb) and splits words as spaCy's tokenizer for English does: its prefix, suffix, infix and URL rules
(spacy/lang/punctuation.py, tokenizer_exceptions.py), with the commonest of its exceptions, and sentences as its sentencizer.
A document of which one of the model's figures lies within --margin (5 %) of its threshold is not counted, for there the two
tokenizers decide; how many these are is printed. The texts are brought into NFC and freed of control characters first.

Prints a line for each set and family: documents, share near a threshold, agreement, and what the others were removed for.
With --least 97 the exit code is 1 if an agreement is lower; 2: the comparison cannot be made.
"""
import argparse
import collections
import glob
import gzip
import json
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import unicodedata

# ---- words as spaCy splits them ----

ALPHA = r"A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0370-\u03ff\u0400-\u04ff\u0590-\u05ff\u0620-\u06ff\u0900-\u0dff\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af"
LOWER = r"a-z\u00df-\u00f6\u00f8-\u00ff\u03b1-\u03c9\u0430-\u044f\u0590-\u05ff\u0620-\u06ff\u0900-\u0dff\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af"
UPPER = r"A-Z\u00c0-\u00d6\u00d8-\u00de\u0391-\u03a9\u0410-\u042f\u0590-\u05ff\u0620-\u06ff\u0900-\u0dff\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af"
ICONS = "".join(re.escape(chr(c)) for c in range(0x80, 0x20000) if unicodedata.category(chr(c)) == "So")
MARKS = r"… …… , : ; \! \? ¿ ؟ ¡ \( \) \[ \] \{ \} < > _ # \* & 。 ？ ！ ， 、 ； ： ～ · । ، ۔ ؛ ٪".split()
QUOTES = r"\' \" ” “ ` ‘ ´ ’ ‚ , „ » « 「 」 『 』 （ ） 〔 〕 【 】 《 》 〈 〉".split()
QUOTE = "".join(QUOTES)
CURRENCY = r"\$ £ € ¥ ฿ US\$ C\$ A\$ ₽ ₹ ₩ ₪ ₫".split()
UNITS = "km km² km³ m m² m³ dm cm mm ha µm nm yd in ft kg g mg µg t lb oz m/s km/h kmh mph hPa Pa mb MB kb KB gb GB tb TB T G M K %".split()
HYPHENS = "- – — -- --- —— ~".split()
DOTS = [r"\.\.+", "…"]
PREFIXES = ["§", "%", "=", "—", "–", r"\+(?![0-9])", *MARKS, *DOTS, *QUOTES, *CURRENCY, f"[{ICONS}]"]
SUFFIXES = [*MARKS, *DOTS, *QUOTES, f"[{ICONS}]", "'s", "'S", "’s", "’S", "—", "–", r"(?<=[0-9])\+", r"(?<=°[FfCcKk])\.",
            f"(?<=[0-9])(?:{'|'.join(CURRENCY)})", f"(?<=[0-9])(?:{'|'.join(UNITS)})", rf"(?<=[0-9{LOWER}%²\-\+{QUOTE}])\.",
            rf"(?<=[{UPPER}][{UPPER}])\."]
INFIXES = [*DOTS, f"[{ICONS}]", r"(?<=[0-9])[+\-\*^](?=[0-9-])", rf"(?<=[{LOWER}{QUOTE}])\.(?=[{UPPER}{QUOTE}])",
           f"(?<=[{ALPHA}]),(?=[{ALPHA}])", f"(?<=[{ALPHA}0-9])(?:{'|'.join(HYPHENS)})(?=[{ALPHA}])", f"(?<=[{ALPHA}0-9])[:<>=/](?=[{ALPHA}])"]
find_prefix = re.compile("|".join("^" + rule for rule in PREFIXES)).search
find_suffix = re.compile("|".join(rule + "$" for rule in SUFFIXES)).search
find_infixes = re.compile("|".join(INFIXES)).finditer
is_url = re.compile(r"^(?:(?:[\w\+\-\.]{2,})://)?(?:\S+(?::\S*)?@)?(?:(?:\d{1,3}\.){3}\d{1,3}|(?:[A-Za-z0-9\u00a1-\uffff]"
                    r"[A-Za-z0-9\u00a1-\uffff_-]{0,62}\.)+[" + LOWER + r"]{2,63})(?::\d{2,5})?(?:[/?#]\S*)?$").match


def exceptions():
    table = {}
    for word in "i you he she it we they who what when where why how there that".split():
        for form in (word, word.title()):
            for end in ("'ll", "'d", "'ve", "'re", "'s", "'m"):
                table[form + end] = [form, end]
                table[form + end.replace("'", "’")] = [form, end]
    for verb in "ca could do does did had may might must need ought sha should wo would ai are is was were have has dare".split():
        for form in (verb, verb.title()):
            for end in ("n't", "n’t") + (() if verb == "do" else ("nt",)):
                table[form + end] = [form, end]
    table.update({"cannot": ["can", "not"], "Cannot": ["Can", "not"], "let's": ["let", "'s"], "Let's": ["Let", "'s"]})
    whole = ("Mt. Apr. Aug. Dec. Feb. Jan. Jul. Jun. Mar. Nov. Oct. Sep. Sept. Adm. Bros. co. Co. Corp. D.C. Dr. e.g. E.g. Gen. Gov. i.e. I.e. "
             "Inc. Jr. Ltd. Md. Messrs. Mo. Mont. Mr. Mrs. Ms. p.m. Ph.D. Prof. Rep. Rev. Sen. St. vs. v.s. a.m. and/or w/o ' C++ :) :-) ;) :( :/ ^_^")
    table.update({word: [word] for word in whole.split()})
    table.update({letter + ".": [letter + "."] for letter in "abcdefghijklmnopqrstuvwxyz"})
    return table


EXCEPTIONS = exceptions()


def split_run(run):
    before, after, last = [], [], 0
    while run and len(run) != last and run not in EXCEPTIONS:
        last = len(run)
        match = find_prefix(run)
        head = match.end() if match else 0
        if head and run[head:] in EXCEPTIONS:
            before.append(run[:head])
            run = run[head:]
            break
        match = find_suffix(run[head:])
        tail = match.end() - match.start() if match else 0
        if tail and run[:-tail] in EXCEPTIONS:
            after.append(run[-tail:])
            run = run[:-tail]
            break
        if head:
            before.append(run[:head])
        if tail:
            after.append(run[-tail:])
        run = run[head:len(run) - tail]
    return before + split_middle(run) + after[::-1]


def split_middle(run):
    if not run:
        return []
    if run in EXCEPTIONS:
        return EXCEPTIONS[run]
    if is_url(run):
        return [run]
    pieces, begin = [], 0
    for match in find_infixes(run):
        if match.start() == 0:
            continue
        if match.start() > begin:
            pieces.append(run[begin:match.start()])
        pieces.append(match.group())
        begin = match.end()
    return pieces + ([run[begin:]] if begin < len(run) else [])


KNOWN = {}


def words_of(text):
    words = []
    for run in text.split():
        pieces = KNOWN.get(run)
        if pieces is None:
            pieces = split_run(run)
            if len(KNOWN) < 2_000_000:
                KNOWN[run] = pieces
        words += pieces
    return words


SENTENCE_ENDS = set("!.?։؟۔܀܁܂߹।॥၊။።፧፨᙮᜵᜶᠃᠉᥄᥅᪨᪩᪪᪫᭚᭛᭞᭟᰻᰼᱾᱿‼‽⁇⁈⁉⸮⸼꓿꘎꘏꛳꛷꡶꡷꣎꣏꤯꧈꧉꩝꩞꩟꫰꫱꯫﹒﹖﹗！．？｡。")


def is_punctuation(word):
    return all(unicodedata.category(c)[0] == "P" for c in word)


def sentences_of(line):
    sentences, seen = 0, False
    words = words_of(line)
    for word in words:
        if word in SENTENCE_ENDS:
            seen = True
        elif seen and not is_punctuation(word):
            sentences += 1
            seen = False
    return sentences + (1 if words else 0)


# ---- the filters: (reason or "", figures beside their thresholds) ----

SYMBOLS = set("!/—”:％１〈&(、━\\【#%「」，】；+^]~“《„';’{|∶´[=-`*．（–？！：$～«〉,><》)?）。…@_.\"}►»") | {
    chr(x) for a, b in ((0, 9), (11, 13), (13, 32), (127, 160)) for x in range(a, b)}
STOP_WORDS = {"the", "be", "to", "of", "and", "that", "have", "with"}


def judge(rules):
    """rules: (reason, value, sign, threshold); removed by the first whose value is beyond it."""
    figures = [(value, threshold) for _, value, _, threshold in rules]
    for reason, value, sign, threshold in rules:
        if value < threshold if sign == "<" else value > threshold:
            return reason, figures
    return "", figures


def gopher_quality(text):
    words = words_of(text)
    if not words:
        return "empty", []
    spoken = [word for word in words if any(c not in SYMBOLS for c in word)]
    length = sum(map(len, spoken)) / len(spoken) if spoken else 0
    lines = text.splitlines()
    n = len(words)
    return judge([
        ("words_min", len(spoken), "<", 50), ("words_max", len(spoken), ">", 100000),
        ("word_length_min", length, "<", 3), ("word_length_max", length, ">", 10),
        ("hash_ratio", text.count("#") / n, ">", 0.1), ("ellipsis_ratio", (text.count("...") + text.count("…")) / n, ">", 0.1),
        ("bullet_lines", sum(line.lstrip().startswith(("•", "-")) for line in lines) / len(lines), ">", 0.9),
        ("ellipsis_lines", sum(line.rstrip().endswith(("...", "…")) for line in lines) / len(lines), ">", 0.3),
        ("alpha_words", sum(any(c.isalpha() for c in word) for word in words) / n, "<", 0.8),
        ("stop_words", len(STOP_WORDS.intersection(words)), "<", 2),
    ])


def duplicates(parts):
    seen, count, chars = set(), 0, 0
    for part in parts:
        if part in seen:
            count, chars = count + 1, chars + len(part)
        seen.add(part)
    return count, chars


def top_chars(words, n):
    grams = collections.Counter(" ".join(words[i:i + n]) for i in range(len(words) - n + 1))
    if not grams:
        return 0
    gram, times = grams.most_common(1)[0]
    return len(gram) * times


def duplicate_chars(words, n):
    seen, chars, i = set(), 0, 0
    while i <= len(words) - n:
        gram = "".join(words[i:i + n])
        if gram in seen:
            chars += len(gram)
            i += n
        else:
            seen.add(gram)
            i += 1
    return chars


def gopher_repetition(text):
    paragraphs = re.split(r"\n{2,}", text.strip())
    lines = re.split(r"\n+", text)
    words = words_of(text)
    twice, twice_chars = duplicates(paragraphs)
    again, again_chars = duplicates(lines)
    size = max(len(text), 1)
    rules = [("paragraphs", twice / len(paragraphs), ">", 0.3), ("paragraph_chars", twice_chars / size, ">", 0.2),
             ("lines", again / len(lines), ">", 0.3), ("line_chars", again_chars / size, ">", 0.2)]
    rules += [(f"top_{n}_gram", top_chars(words, n) / size, ">", most) for n, most in ((2, 0.2), (3, 0.18), (4, 0.16))]
    rules += [(f"duplicate_{n}_grams", duplicate_chars(words, n) / size, ">", most)
              for n, most in ((5, 0.15), (6, 0.14), (7, 0.13), (8, 0.12), (9, 0.11), (10, 0.1))]
    return judge(rules)


CITATION = re.compile(r"\[\d*]|\[edit]|\[citation needed]")
POLICIES = ("terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies")


def c4_lines(text):
    """The lines that stay, and the first reason to remove the page that a line gives."""
    kept, reason = [], ""
    for line in text.splitlines():
        line = line.strip()
        words = line.split()
        if any(len(word) > 1000 for word in words):
            continue
        line = CITATION.sub("", line)
        if not line.endswith((".", "?", "!", '"', "'")) or line.endswith("...") or len(words) < 3:
            continue
        lower = line.lower()
        reason = reason or ("lorem_ipsum" if "lorem ipsum" in lower else "")
        if "javascript" in lower:
            continue
        reason = reason or ("curly_bracket" if "{" in line else "")
        if not any(policy in lower for policy in POLICIES):
            kept.append(line)
    return kept, reason


def c4(text):
    kept, reason = c4_lines(text)
    if reason:
        return reason, []
    return judge([("sentences", sum(map(sentences_of, kept)), "<", 5)])


def fineweb(text):
    lines = [line for line in text.split("\n") if line.strip()]
    words = words_of(text)
    if not lines or not words:
        return "empty", []
    return judge([
        ("line_punctuation", sum(line.endswith((".", "'", '"', "!", "?", "。", "！", "？")) for line in lines) / len(lines), "<", 0.12),
        ("short_lines", sum(len(line) <= 30 for line in lines) / len(lines), ">", 0.67),
        ("duplicate_line_chars", duplicates(lines)[1] / len(text.replace("\n", "")), ">", 0.01),
        ("new_lines", text.count("\n") / len(words), ">", 0.3),
    ])


FAMILIES = {"gopher_quality": gopher_quality, "gopher_repetition": gopher_repetition, "c4": c4, "fineweb": fineweb}

# ---- documents, and what quern says of them ----


def cleaned(text):
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\ufeff", "")
    return unicodedata.normalize("NFC", "".join(c for c in text if c in "\t\n" or not (c < " " or "\x7f" <= c <= "\x9f")))


def read_texts(pattern, every):
    texts = []
    for path in sorted(glob.glob(pattern)):
        if path.endswith(".zst"):
            data = subprocess.run(["zstd", "-dcq", path], stdout=subprocess.PIPE, check=True).stdout
        else:
            data = (gzip.open if path.endswith(".gz") else open)(path, "rb").read()
        texts += [json.loads(line)["text"] for line in data.splitlines() if line.strip()]
    if not texts:
        sys.exit(f"filter_agreement: {pattern}: no documents")
    return [cleaned(text) for text in texts[::every]]


def write_lines(texts, path):
    with open(path, "w", encoding="utf-8") as out:
        for number, text in enumerate(texts):
            out.write(json.dumps({"id": str(number), "text": text}, ensure_ascii=False) + "\n")


def run_quern(args, folder, family, texts):
    steps = ""
    if family == "c4":
        # The line rules of the model's version: three words, an apostrophe ends a line too.
        steps = """clean: {steps: [{c4_lines: {end_marks: ".?!\\"'", min_words: 3}}]}\n""" if args.lines == "quern" else ""
        if args.lines == "model":
            # A page that has lost its only curly bracket with a line keeps the reason: both look at kept lines alone.
            texts = ["\n".join(c4_lines(text)[0]) + ("" if not c4_lines(text)[1] else "\n{ lorem ipsum") for text in texts]
    write_lines(texts, folder / "texts.jsonl")
    (folder / "job.yaml").write_text(
        f"input: [{{path: texts.jsonl}}]\n{steps}filter: [{family}]\ndedup: {{exact: false, near: false}}\n"
        f"tokenizer: {{file: {pathlib.Path(args.tokenizer).resolve()}}}\noutput: {{path: out-{family}}}\nwork: work-{family}\n")
    done = subprocess.run([*shlex.split(args.launch), args.quern, "run", str(folder / "job.yaml")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        print(done.stdout.decode(errors="replace"), file=sys.stderr)
        sys.exit(2)
    ledger = subprocess.run([args.quern, "ledger", str(folder / f"out-{family}")], stdout=subprocess.PIPE, check=True).stdout.decode()
    rows = (line.split("\t") for line in ledger.splitlines())
    return {row[0]: row[2] if row[1] != "kept" else "" for row in rows}


def is_near(figures, margin):
    return any(abs(value - threshold) <= margin * threshold for value, threshold in figures)


def compare(args, name, texts):
    worst = 100.0
    for family, model in FAMILIES.items():
        with tempfile.TemporaryDirectory() as folder:
            reasons = run_quern(args, pathlib.Path(folder), family, texts)
        near = agree = kept = all_agree = 0
        apart = collections.Counter()
        for number, text in enumerate(texts):
            expected, figures = model(text)
            found = reasons[str(number)]
            same = bool(expected) == bool(found)
            all_agree += same
            if is_near(figures, args.margin):
                near += 1
                continue
            kept += not expected
            agree += same
            if not same:
                apart[(expected or "kept", found or "kept")] += 1
        counted = max(len(texts) - near, 1)
        worst = min(worst, 100 * agree / counted)
        print(f"{name:10} {family:18} documents {len(texts):6}  near a threshold {100 * near / len(texts):5.1f} %  kept {100 * kept / counted:5.1f} %"
              f"  agreement {100 * agree / counted:6.2f} %  (of all {100 * all_agree / len(texts):6.2f} %)  "
              + "  ".join(f"{a}/{b} {n}" for (a, b), n in apart.most_common(4)), flush=True)
    return worst


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", help="name=pattern")
    parser.add_argument("--quern", required=True)
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--every", type=int, default=1, help="take every n-th document")
    parser.add_argument("--margin", type=float, default=0.05)
    parser.add_argument("--least", type=float, default=0)
    parser.add_argument("--launch", default="", help="what to run quern with, as 'mpirun -n 2'")
    parser.add_argument("--lines", choices=["quern", "model"], default="quern", help="who does C4's line rules before its filter")
    args = parser.parse_args()
    worst = 100.0
    for entry in args.sets:
        name, _, pattern = entry.partition("=")
        worst = min(worst, compare(args, name, read_texts(pattern, args.every)))
    sys.exit(1 if worst < args.least else 0)


if __name__ == "__main__":
    main()
