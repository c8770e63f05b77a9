"""Web archives of every form in a whole run: the same data set at any number of ranks, every record accounted for."""
import gzip
import json
import subprocess
import unittest

from bad_corpus import BadCorpus
from quern_run import digest, quern

WORDS = "The mill of the village has been there to grind that grain with a wheel, and the river turned it "


def record(kind, number, block, fields=""):
    head = (f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{kind}-{number}>\r\nWARC-Target-URI: http://mill.example/{number}\r\n"
            f"WARC-Date: 2024-01-02T03:04:05Z\r\n{fields}Content-Length: {len(block)}\r\n\r\n")
    return head.encode() + block + b"\r\n\r\n"


def response(number, body, status="200 OK", fields="Content-Type: text/plain; charset=utf-8\r\n"):
    return record("response", number, f"HTTP/1.1 {status}\r\n{fields}\r\n".encode() + body, "Content-Type: application/http; msgtype=response\r\n")


def crawl(name, pages):
    """Records of one file: for each page a request and a response; every seventh page is gone."""
    records = [record("warcinfo", name, b"software: mill\r\n")]
    for n in range(pages):
        number = f"{name}-{n}"
        records.append(record("request", number, b"GET / HTTP/1.1\r\n\r\n"))
        body = f"{number} {WORDS * (1 + n % 40)}".encode()
        records.append(response(number, body, "404 Not Found") if n % 7 == 6 else response(number, body))
    return records


def zstd(data):
    return subprocess.run(["zstd", "-q", "-c"], input=data, stdout=subprocess.PIPE, check=True).stdout


class Archives(BadCorpus):
    PAGES = 700

    def put(self, name, data):
        (self.data / name).write_bytes(data)

    def test_every_form_of_file_gives_its_records_at_any_number_of_ranks(self):
        forms = {"plain.warc": b"".join, "members.warc.gz": lambda records: b"".join(gzip.compress(r, mtime=0) for r in records),
                 "one.warc.gz": lambda records: gzip.compress(b"".join(records), mtime=0), "one.warc.zst": lambda records: zstd(b"".join(records))}
        for name, pack in forms.items():
            self.put(name, pack(crawl(name, self.PAGES)))
        rows = self.run_job(ranks=1, format="warc", unit_bytes="1MiB", memory_per_rank="64MiB")
        kept = sum(n % 7 != 6 for n in range(self.PAGES))
        self.assertEqual(len(rows), kept * len(forms))
        self.assertTrue(all(row[1] == "kept" for row in rows))
        passed = json.loads((self.at / "out" / "report.json").read_text())["input"]["no_documents"]
        self.assertEqual(passed, {"warcinfo": len(forms), "request": self.PAGES * len(forms), "status": (self.PAGES - kept) * len(forms)})
        self.run_job("three", ranks=3, format="warc", unit_bytes="64KiB", memory_per_rank="64MiB")
        self.assertEqual(digest(self.at / "out"), digest(self.at / "three"))

    def test_what_is_broken_is_told_and_what_is_whole_is_kept(self):
        records = crawl("a", 30)
        cut = b"".join(records)[:-40]
        wrong = [r.replace(b"Content-Length: ", b"Content-Length: 9", 1) if b"a-5" in r and b"response" in r else r for r in records]
        self.put("cut.warc", cut)
        self.put("wrong.warc", b"".join(wrong))
        self.put("members.warc.gz", b"".join(gzip.compress(r, mtime=0) for r in wrong))
        self.put("none.warc", b"no archive at all\n")
        rows = self.run_job(ranks=2, format="warc")
        good = sum(n % 7 != 6 for n in range(30))
        self.assertEqual(sum(row[1] == "kept" for row in rows), 3 * (good - 1))
        self.assertEqual(sum(row[1] == "quarantined" and row[2] == "warc" for row in rows), 4)
        listed = [json.loads(line) for line in quern("quarantine", self.at / "out.yaml").stdout.splitlines()]
        self.assertEqual(sorted(row["file"] for row in listed), ["cut.warc", "members.warc.gz", "none.warc", "wrong.warc"])
        self.assertTrue(all(row["reason"] == "warc" and row["message"] for row in listed))


if __name__ == "__main__":
    unittest.main()
