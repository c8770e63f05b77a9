"""Seeds for the fuzzing programs, one folder for each: small good files of every format, made by the tools that usually make them and by quern itself.

    make_seeds.py FOLDER [QUERN]      without QUERN (the program) the seeds that only it can make are left out
"""
import gzip
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEXT = "The mill of the village has been there to grind that grain with a wheel, and the river turned it. "


def put(folder, name, data):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())


def zstd(data, *options):
    return subprocess.run(["zstd", "-q", "-c", *options], input=data, stdout=subprocess.PIPE, check=True).stdout


def small_formats(at):
    for path in sorted((ROOT / "jobs").glob("*.yaml")):
        put(at / "job", path.name, path.read_bytes())
    job = {"input": [{"path": "a*.jsonl", "source": "web"}, {"list": "l.txt", "format": "text"}], "filter": ["gopher_quality", {"length": {"min_chars": 3}}],
           "dedup": {"near": {"threshold": 0.85, "bands": 20, "rows": 4}}, "tokenizer": {"train": {"vocab_size": 300}}, "output": {"path": "o", "mode": "0640"},
           "spool": {"encrypt": True, "key_file": "k"}, "memory_per_rank": "1.5GiB"}
    put(at / "job", "all", json.dumps(job))
    put(at / "job", "anchors", "input: &a [{path: x}]\ntokenizer: {file: t}\noutput: {path: o}\nclean: *a\n")
    for i, override in enumerate(["dedup.near.bands=3", "filter=[{length: {min_chars: 1}}]", "input.0.path=*.x", "spool={encrypt: true}", "output.mode=0600"]):
        put(at / "override", str(i), override)
    for i, pattern in enumerate(["a/**/b*.[a-c]\0b1.c", "x?[!a-z]\\*\0xyz*", "**", "*.jsonl\0.hidden.jsonl", "{\xff[\0["]):
        put(at / "glob", str(i), pattern)
    lines = ['{"id": "a", "text": "b"}', '{"text": "\\ud83d\\ude00 \\u0041\\n", "id": 12.5e-3, "x": [1, {"y": null}, true, "\\""]}', '{"text": "\\ud800"}',
             '{"text": 1}', '[]', '"x"', '{"text": "a", "text": "b"} ', '[' * 1100, '{"\\u0074ext": "\u00e9\u4e2d\U0001f600"}']
    for i, line in enumerate(lines):
        put(at / "json_lines", str(i), line)
    fields = ['{"a":{"b":"t","0":"i"},"s":1,"d.e":"x","m":[0,{"n":"\\u0041"}]}', '{"a":[1,2],"m":[null,{"n":{"k":[]}}],"x":-1.5e9}', '{"a":{"b":{"c":"u"}},"a":{"b":"t"},"y":"\\ud800"}']
    for i, line in enumerate(fields):
        put(at / "json_fields", str(i), line)
    for i, table in enumerate(["\1id\ttext\tm\na\tb\tc", "\x16a\\tb\t\\N\tc\\\\", "\x2fx\n1\t\xff\t\\N", "\5text\ttext\na\tb"]):
        put(at / "tsv", str(i), table.encode("latin-1"))
    items = [{"id": 7, "question": TEXT, "choices": ["a", ["b"], 3], "answers": {"text": [TEXT, None]}}, {"a": [{"b": {"c": "x"}}, {"b.c": "y"}], "a.b.c": "z"}]
    for i, item in enumerate(items):
        put(at / "json_texts", str(i), json.dumps(item))
    pages = [TEXT, "```\nint main\n```\nDer Fluss dreht das Rad der M\u00fchle, und sie mahlt das Korn. `a` ``b ` c`` <b>x</b> [y](z)", "\u6751\u306e\u6c34\u8eca\u5c0f\u5c4b\u306f\u7a40\u7269\u3092\u633d\u304f\u3002 getName --x", TEXT * 60]
    for i, page in enumerate(pages):
        put(at / "language", str(i), page)
    pages = ["<!doctype html><html><head><title>A &amp; b</title><meta property='og:title' content=\"c\"><style>d{}</style></head><body class='has-sidebar'><nav><a href=/>e</a></nav>"
             f"<article itemprop=articleBody><h1>A</h1><p>{TEXT}<p>{TEXT}<br><br>{TEXT}<ul><li>f<li>g</ul><pre>\n h\r\n</pre></article><!-- i --><footer hidden>j</footer>",
             "<table><tr><td>a<th>b<tr><td><table><tr><td>c</table></table><dl><dt>d<dd>e</dl><select><option>f</select>", "<script>'</p>'</script >a<b><i>c</b>d</i>&notit;&#x80;&#0;&nGt;",
             "<div class=comment-list><blockquote>a</blockquote></div>" + "<div>" * 300 + "b", "<p title='a>b' =c / d=\"e\">\u00a0\u00ad\u4e2d\u3002<br>\ufffd</p"]
    for i, page in enumerate(pages):
        put(at / "html", str(i), page)
    data = (TEXT * 40).encode()
    member = gzip.compress(data, mtime=0)
    for name, file in {"plain": data, "gzip": member, "two members": member + gzip.compress(b"x", mtime=0), "stored": gzip.compress(os.urandom(300), 0, mtime=0),
                       "cut": member[:-20], "bad middle": member[:60] + b"\0" + member[61:] + member, "zeros behind": member + bytes(50), "bomb": gzip.compress(bytes(1 << 20), mtime=0),
                       "zstd": zstd(data), "zstd frames": zstd(data, "-19") + zstd(b"x" * 1000, "--no-check"), "zstd cut": zstd(data)[:-9], "zstd skip": b"\x50\x2a\x4d\x18\x04\0\0\0abcd" + zstd(data),
                       "zstd bomb": zstd(bytes(1 << 20))}.items():
        put(at / "compressed", name, file)
    blocks = b"a\nb\n\n \t\r\nc d e f g h\n\n\n" * 6
    for name, file in {"plain": blocks, "gzip": gzip.compress(blocks, mtime=0) + gzip.compress(b"x\n\ny", mtime=0), "zstd": zstd(blocks) + zstd(b"\n\nz"),
                       "wrong": gzip.compress(blocks, mtime=0)[:-8] + bytes(8) + gzip.compress(blocks, mtime=0)}.items():
        for how in (1, 3, 0):
            put(at / "blocks", f"{name} {how}", bytes([how, 80, 160]) + file)
    web_archives(at)
    holder = "host a\npid 1\nboot b\nprocesses pid:[1]\nstarted 5\njob 7\nrestart 1\n"
    for i, text in enumerate([holder, "released\n", "", "pid 99999999999999999999999\n", holder * 3]):
        put(at / "lease", str(i), text)
    personal = ["bob@gmail.com, почта@пример.рф", "+1 (415) 456-2671 or 030 1234567, Tel.: 456 26 71", "85.214.132.117:80 2a00:1450:4001:81b::200e", "4539 1488 0343 6467",
                "DE89 3704 0044 0532 0130 00", "SSN 536-22-8726", "ghp_16C7e42F292c6912E7710c838347Ae178B4a", "52.5200, 13.4050 40°26′46″N 79°58′56″W {\"lat\":1.23456,\"lng\":-2.34567}",
                "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0NzExIn0.KMUFsIDTnFmyG3nMiGM6H9FNFUROf3wh", "-----BEGIN PRIVATE KEY-----\n" + "QUJD" * 20 + "\n-----END PRIVATE KEY-----"]
    for i, text in enumerate(personal + [" ".join(personal)]):
        put(at / "pii", str(i), text)
    texts = ["caf\u00c3\u00a9 \u00e2\u20ac\u2122 \u00c3\u0192\u00c2\u00a9", "  a \t b\u00a0\u3000\n\n\n\n c\u2028", "x\u200b\u00ad\ufeff\u202e\U000e0041 \U0001f3f4\U000e0067\U000e007f",
             "\u201cq\u201d \u2014 \u2026 \uff21\u3002", "&lt;&eacute;&#8217;&#x41;&amp;amp;&copy=1&nGt;", "see http://a.org/x_(y)). www.b.c, (https://d.e)", "\U0001f468\u200d\U0001f469 \u2764\ufe0f 1\ufe0f\u20e3 \U0001f1e9\U0001f1ea",
             "#tag @name c# \u03a3\u0391\u03a3 \u0130", "Enough words end this line.[1]\nHome\nThis site uses cookies for all.\n", "LOUD LINE\n12 3\n3 likes\nSign in here. Read more...\nitems in cart",
             "a\nb\na\n\na\nb\n\na\nb\n"]
    for i, text in enumerate(texts):
        put(at / "steps", str(i), bytes([i * 23 % 256]) + b"a\nbad word\nexample.org\n" + b"\0" + text.encode())
    files = {"entry": [0, 1], "name": ["a", "b"], "bytes": [1, 2], "modified_ns": [5, 6]}
    record = {"job": "{\"filter\":[]}", "algorithms": "x", "tokenizer_digest": "", "unit_bytes": 1, "ranks": 2, "units": 3, "spool_key": "", "files": files}
    put(at / "plan_record", "0", json.dumps(record))


def warc_record(kind, block, fields=""):
    block = block if isinstance(block, bytes) else block.encode()
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Target-URI: http://a/\r\n{fields}Content-Length: {len(block)}\r\n\r\n"
    return head.encode() + block + b"\r\n\r\n"


def web_archives(at):
    http = "Content-Type: application/http\r\n"
    page = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=%s\r\n%s\r\n"
    records = [warc_record("warcinfo", "a: b"), warc_record("response", page % ("latin1", "") + "<p>a\u00e9", http), warc_record("conversion", TEXT, "Content-Type: text/plain\r\n"),
               warc_record("response", page % ("utf-8", "Transfer-Encoding: chunked\r\n") + "3\r\nabc\r\n0\r\n\r\n", http), warc_record("request", "GET / HTTP/1.1\r\n\r\n"),
               warc_record("response", (page % ("sjis", "Content-Encoding: gzip\r\n")).encode() + gzip.compress(b"<p>x", mtime=0), http)]
    arc = b"filedesc://a.arc 0.0.0.0 20080430204825 text/plain 4\n1 0 \n\nhttp://a/ b 10.0.0.1 20080430204825 text/html 44\nHTTP/1.1 200 OK\nContent-Type: text/html\n\nab\n"
    plain = b"".join(records)
    for name, file in {"plain": plain, "members": b"".join(gzip.compress(r, mtime=0) for r in records), "one member": gzip.compress(plain, mtime=0), "arc": arc,
                       "frames": b"".join(zstd(r) for r in records), "cut": plain[:-50], "wrong length": plain.replace(b"Length: 4", b"Length: 900"), "stored": gzip.compress(plain, 0, mtime=0),
                       "garbage": b"x\r\n\r\n" + plain, "inner": warc_record("conversion", b"\r\n\r\n" + plain, "Content-Type: text/plain\r\n") + plain}.items():
        put(at / "warc", name, file)
    for i, (head, body) in enumerate([(page % ("l1", ""), b"<p>\xe9"), ("sjis", b"\x93\xfa"), ("", b"<meta charset='koi8-r'>\xf0"), ("", b"<!-- --><meta http-equiv=content-type content='a;charset=gbk'>\xd6\xd0"),
                                      ("x", b"5\r\nhello\r\n0\r\n\r\n"), ("iso-2022-jp", b"\x1b$BF|\x1b(B"), ("", gzip.compress(b"a" * 100, mtime=0)), ("", b"\xff\xfea\0"), ("", zstd(b"abc"))]):
        put(at / "charset", str(i), head.encode() + b"\0" + body)


def tokenizers(at):
    alphabet = [chr(b) if 33 <= b <= 126 or 161 <= b <= 172 or b >= 174 else None for b in range(256)]
    extra = iter(range(256, 400))
    alphabet = [c if c else chr(next(extra)) for c in alphabet]
    vocab = {c: i for i, c in enumerate(alphabet)} | {"he": 256, "the": 257, "<|endoftext|>": 258}
    merges = ["h e", "t he"]
    bpe = "#version: 0.2\n" + "\n".join(merges) + "\n"
    whole = {"added_tokens": [{"id": 258, "content": "<|endoftext|>", "special": True, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False}],
             "normalizer": {"type": "NFC"}, "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False, "use_regex": True}, "decoder": {"type": "ByteLevel"},
             "model": {"type": "BPE", "vocab": vocab, "merges": merges}}
    folder = at / "tokenizer"
    put(folder, "tokenizer.json", "\0" + json.dumps(whole))
    put(folder, "small.json", "\0" + json.dumps(whole | {"model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2, "<|endoftext|>": 258}, "merges": [["a", "b"]]}}))
    put(folder, "encoder", "\x05" + json.dumps(vocab) + "\0" + bpe)
    put(folder, "bpe", "\x05" + bpe + "\0" + json.dumps(vocab))
    import base64
    ranks = "\n".join(f"{base64.b64encode(bytes([b])).decode()} {b}" for b in range(256)) + "\n"
    put(folder, "tiktoken", "\x02" + ranks + base64.b64encode(b"he").decode() + " 256\n")
    put(folder, "llama", "\x03" + ranks)
    put(folder, "three", "\x02YQ== 0\nYg== 1\nYWI= 2\n")


def by_quern(at, quern):
    """A run that is ended before publication leaves journal and spool; one that is not leaves a data set."""
    with tempfile.TemporaryDirectory() as temporary:
        here = pathlib.Path(temporary)
        put(here, "a.jsonl", "".join(json.dumps({"id": f"doc {i}", "text": TEXT + "word " * (i % 4)}) + "\n" for i in range(6)) + "not json\n")
        job = {"input": [{"path": "a.jsonl"}], "filter": [], "tokenizer": {"train": {"vocab_size": 270}}, "output": {"path": "o"}, "work": "w", "memory_per_rank": "32MiB"}
        put(here, "job.yaml", json.dumps(job))
        run = subprocess.Popen([quern, "run", here / "job.yaml"], stdout=subprocess.DEVNULL, env={**os.environ, "QUERN_PAUSE_AT": "written", "QUERN_PAUSE_FILE": str(here / "pause")})
        for _ in range(2000):
            if list(here.glob("pause.*")) or run.poll() is not None:
                break
            time.sleep(0.01)
        run.send_signal(signal.SIGKILL)
        run.wait()
        put(at / "journal", "journal", (here / "w/journal").read_bytes())
        for segment in (here / "w/spool").glob("*.spool"):
            put(at / "spool", segment.name, segment.read_bytes())
        for path in here.glob("pause.*"):
            path.unlink()
        subprocess.run([quern, "run", here / "job.yaml"], stdout=subprocess.DEVNULL, check=True)
        put(at / "dataset", "data.h5", (here / "o/data.h5").read_bytes())
        put(at / "tokenizer", "trained", b"\0" + (here / "o/tokenizer.json").read_bytes())


def main():
    at = pathlib.Path(sys.argv[1])
    shutil.rmtree(at, ignore_errors=True)
    small_formats(at)
    tokenizers(at)
    if len(sys.argv) > 2:
        by_quern(at, pathlib.Path(sys.argv[2]).resolve())


if __name__ == "__main__":
    main()
