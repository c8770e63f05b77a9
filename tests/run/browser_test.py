#!/usr/bin/env python3
"""report.html in a real browser: documents that try to be more than text, light and dark, a desk and a phone."""
import http.server
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from browser import Browser, FLAGS, chromium, is_here  # noqa: E402
from corpus import edited, prose  # noqa: E402
from quern_run import quern  # noqa: E402

SECTIONS = ["funnel", "sources", "languages", "lengths", "signals", "clusters", "steps", "quarantine", "job", "provenance"]

# Contrast by WCAG 2.1, section 1.4.3, of every text with the background that lies behind it.
CONTRAST = """
const channel = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
const light = c => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
const parse = s => { const n = s.match(/[\\d.]+/g).map(Number); return [n[0], n[1], n[2], n.length > 3 ? n[3] : 1]; };
const behind = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c[3] > 0) return c; } return [255, 255, 255, 1]; };
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const poor = []; let seen = 0;
while (walker.nextNode()) {
  const e = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || e.closest('title') || !e.getClientRects().length) continue;
  const style = getComputedStyle(e), svg = e instanceof SVGElement;
  const a = light(parse(svg ? style.fill : style.color)), b = light(behind(svg ? e.ownerSVGElement.parentElement : e));
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  ++seen;
  if (ratio < 4.5) poor.push(e.tagName + '.' + e.getAttribute('class') + ' ' + ratio.toFixed(2) + ': ' + walker.currentNode.data.trim().slice(0, 40));
}
return [seen, [...new Set(poor)]];
"""

# What sticks out of the page to the right; inside boxes that scroll by themselves it may.
OVERFLOW = """
const wide = document.documentElement.clientWidth, out = [];
if (document.documentElement.scrollWidth > wide) out.push('the page: ' + document.documentElement.scrollWidth + ' > ' + wide);
for (const e of document.querySelectorAll('body *')) {
  if (e.closest('.scroll, pre, svg, .timeline') && !e.matches('.scroll, pre, svg, .timeline')) continue;
  const box = e.getBoundingClientRect();
  if (box.width > 0 && box.right > wide + 1) out.push(e.tagName + '.' + e.getAttribute('class') + ' ' + Math.round(box.right));
}
return out;
"""

# Lines of text that lie on each other, but for those in boxes that scroll or cut.
OVERLAP = """
const lines = [], out = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const node = walker.currentNode, e = node.parentElement;
  if (!node.data.trim() || e.closest('.scroll, pre, .timeline, title') || !e.getClientRects().length) continue;
  const range = document.createRange();
  range.selectNodeContents(node);
  for (const box of range.getClientRects()) if (box.width > 1) lines.push([box, node.data.trim().slice(0, 40)]);
}
lines.sort((a, b) => a[0].top - b[0].top);
for (let i = 0; i < lines.length; ++i) {
  for (let j = i + 1; j < lines.length && lines[j][0].top < lines[i][0].bottom - 5; ++j) {
    const a = lines[i][0], b = lines[j][0];
    if (a.left < b.right - 2 && b.left < a.right - 2) out.push(lines[i][1] + ' | ' + lines[j][1]);
  }
}
return [lines.length, out];
"""


class Requests(http.server.BaseHTTPRequestHandler):
    """Any address that a document names: nobody should come."""
    seen = []

    def do_GET(self):  # noqa: N802
        self.seen.append(self.path)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def hostile(address):
    """Texts that would be markup, styles, addresses or steering characters."""
    return [f'<script>window.ran = 1; fetch("{address}/fetch")</script>',
            f'</pre></details></section><img src="{address}/img" onerror="window.ran = 2">',
            f'"><svg onload="window.ran = 3"><iframe src="{address}/frame"></iframe>',
            f"' onmouseover='window.ran = 4' x='<style>@import url({address}/style); body {{ display: none }}</style>",
            f'<base href="{address}/"><link rel="stylesheet" href="{address}/link"><meta http-equiv="refresh" content="0;url={address}/refresh">',
            "user\u202egnp.exe \u2066isolated\u2069 zero\u200bwidth \x1b[31mred\x07 \u0085 \ufeff \U000e0041",
            "</title></style><!-- <![CDATA[ ]]> --> &lt;b&gt; &#60;i&#62; &amp;amp;",
            "w" * 4000]


def write_corpus(folder, address):
    rng = random.Random(7)
    lines = []
    for number, attack in enumerate(hostile(address)):
        text = prose(rng, 30) + "\n" + attack + "\n" + prose(rng, 20)
        source = attack[:60]
        lines.append({"id": f"{attack[:80]} #{number}", "text": text, "source": source})
        for copy in range(3):
            lines.append({"id": f"near {copy} {attack[:80]} #{number}", "text": edited(rng, text, 0.01), "source": source})
        lines.append({"id": f"same {number}", "text": text, "source": source})
    for number in range(150):
        lines.append({"id": f"plain/{number}", "text": prose(rng, rng.randint(4, 90)), "source": "plain"})
    raw = [json.dumps(line) for line in lines]
    raw[3:3] = ['{"id": "<script>window.ran = 5</script>", "text": ', '["<b>no object</b>"]']
    (folder / "<img src=x onerror=run()>.jsonl").write_text("\n".join(raw) + "\n")
    # A name that is no UTF-8, and a text that is none.
    bad = os.path.join(os.fsencode(folder), b"caf\xe9 \xff.jsonl")
    with open(bad, "wb") as file:
        file.write(b'{"id": "latin", "text": "caf\xe9"}\n')


@unittest.skipUnless(is_here(), "Chromium is not installed: scripts/install_deps.sh --tests")
class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temp = tempfile.TemporaryDirectory()
        at = pathlib.Path(cls.temp.name)
        cls.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Requests)
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        (at / "data").mkdir()
        write_corpus(at / "data", f"http://127.0.0.1:{cls.server.server_address[1]}")
        job = {"input": [{"path": f"{at}/data/*.jsonl", "format": "jsonl", "source": "none", "source_field": "source", "id_field": "id"}],
               "language": {"min_score": 0}, "filter": [{"length": {"min_chars": 300}}], "signals": ["gopher_quality", "gopher_repetition"],
               "dedup": {"exact": True, "near": {"threshold": 0.7}}, "tokenizer": {"train": {"vocab_size": 600}}, "output": {"path": f"{at}/out"}}
        (at / "job.yaml").write_text(json.dumps(job))
        quern("run", at / "job.yaml", ranks=2)
        cls.page = at / "out/report.html"
        cls.browser = Browser().__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.browser.__exit__()
        cls.server.shutdown()
        cls.temp.cleanup()

    def test_every_section_is_there_and_nothing_but_text_came_of_documents(self):
        self.browser.look(self.page, 1200, "light")
        self.assertEqual(self.browser.ask("return [...document.querySelectorAll('main > section')].map(s => s.id)"), SECTIONS)
        self.assertEqual(self.browser.ask("return [...document.querySelectorAll('body *')].filter(e => !e.closest('body')).length"), 0)
        self.assertIsNone(self.browser.ask("return window.ran === undefined ? null : window.ran"))
        forbidden = "script, img, iframe, link, base, object, embed, form, audio, video, source, animate, set, use, image, foreignObject"
        self.assertEqual(self.browser.ask(f"return document.querySelectorAll('{forbidden}').length"), 0)
        self.assertEqual(self.browser.ask("return document.querySelectorAll('style').length"), 1)
        handlers = "return [...document.querySelectorAll('*')].flatMap(e => e.getAttributeNames()).filter(n => n.startsWith('on') || n === 'src' || n === 'srcdoc')"
        self.assertEqual(self.browser.ask(handlers), [])
        text = self.browser.ask("document.querySelectorAll('details').forEach(d => d.open = true); return document.body.textContent")
        for part in ("<script>window.ran = 1", "</pre></details></section><img", "U+202E", "U+001B", "U+E0041", "&lt;b&gt;"):
            self.assertIn(part, text)
        self.assertNotIn("\u202e", text)

    def test_nothing_is_asked_of_a_network(self):
        self.browser.look(self.page, 1200, "light")
        self.assertEqual(self.browser.ask("return performance.getEntriesByType('resource').map(e => e.name)"), [])
        self.assertEqual(Requests.seen, [])
        self.assertEqual(self.browser.messages(), [])  # not even something that the policy had to forbid

    def test_it_is_read_whole_without_a_driver_too(self):
        with tempfile.TemporaryDirectory() as profile:
            done = subprocess.run([chromium(), *FLAGS, f"--user-data-dir={profile}", "--enable-logging=stderr", "--v=0", "--dump-dom", self.page.resolve().as_uri()],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn(b"CONSOLE", done.stderr)
        dom = done.stdout.decode()
        for section in SECTIONS:
            self.assertIn(f'<section id="{section}"', dom)
        self.assertTrue(dom.rstrip().endswith("</html>"))
        self.assertIn("\ufffd", dom)  # of the name that is no UTF-8
        self.assertEqual(Requests.seen, [])

    def test_it_fits_a_desk_and_a_phone_and_can_be_read_in_light_and_dark(self):
        looked = 0
        for width in (1200, 390, 320):
            for theme in ("light", "dark"):
                with self.subTest(width=width, theme=theme):
                    self.browser.look(self.page, width, theme)
                    self.browser.ask("document.querySelectorAll('details').forEach(d => d.open = true)")
                    self.assertEqual(self.browser.ask(OVERFLOW), [])
                    lines, overlaps = self.browser.ask(OVERLAP)
                    self.assertGreater(lines, 300)
                    self.assertEqual(overlaps, [])
                    seen, poor = self.browser.ask(CONTRAST)
                    self.assertGreater(seen, 300)
                    self.assertEqual(poor, [])
                    looked += 1
        self.assertEqual(looked, 6)
        paper = [self.browser.look(self.page, 390, theme) or self.browser.ask("return getComputedStyle(document.body).backgroundColor") for theme in ("light", "dark")]
        self.assertNotEqual(*paper)

    def test_those_who_do_not_see_it_are_told_what_it_shows(self):
        self.browser.look(self.page, 1200, "light")
        levels = self.browser.ask("return [...document.querySelectorAll('h1, h2, h3, h4')].map(h => +h.tagName[1])")
        self.assertEqual(levels[0], 1)
        self.assertTrue(all(b - a <= 1 for a, b in zip(levels, levels[1:])), levels)
        silent = "return [...document.querySelectorAll('svg')].filter(s => !(s.getAttribute('aria-label') || s.getAttribute('aria-hidden') === 'true')).length"
        self.assertEqual(self.browser.ask(silent), 0)
        self.assertGreater(self.browser.ask("return document.querySelectorAll('details table').length"), 5)
        self.assertEqual(self.browser.ask("const ids = [...document.querySelectorAll('[id]')].map(e => e.id); return ids.length - new Set(ids).size"), 0)
        self.assertEqual(self.browser.ask("return document.documentElement.lang"), "en")


if __name__ == "__main__":
    unittest.main()
