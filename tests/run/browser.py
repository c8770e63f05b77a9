"""Headless Chromium, driven over the WebDriver protocol (W3C WebDriver, section 8) with nothing but the standard library."""
import base64
import json
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars"]


def chromium():
    return shutil.which("chromium")


def is_here():
    return bool(chromium() and shutil.which("chromedriver"))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Browser:
    """One page in a profile of its own, which is empty before and removed after."""

    def __enter__(self):
        self.profile = tempfile.mkdtemp(prefix="quern-browser-")
        self.url = f"http://127.0.0.1:{free_port()}"
        self.driver = subprocess.Popen(["chromedriver", f"--port={self.url.rsplit(':', 1)[1]}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            self.wait_for_driver()
            options = {"binary": chromium(), "args": [*FLAGS, f"--user-data-dir={self.profile}"]}
            capabilities = {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}}
            self.session = "/session/" + self.send("POST", "/session", {"capabilities": capabilities})["sessionId"]
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *failure):
        try:
            self.send("DELETE", self.session)
        finally:
            self.stop()

    def stop(self):
        self.driver.terminate()
        self.driver.wait(timeout=60)
        shutil.rmtree(self.profile, ignore_errors=True)

    def wait_for_driver(self):
        for _ in range(600):
            try:
                if self.send("GET", "/status")["ready"]:
                    return
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
        raise AssertionError("chromedriver does not answer")

    def send(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method, headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=300) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{path}: {error.read().decode()}") from error

    def devtools(self, command, **parameters):
        return self.send("POST", self.session + "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def look(self, page, width, theme):
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 600)
        self.devtools("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}])
        self.send("POST", self.session + "/url", {"url": pathlib.Path(page).resolve().as_uri()})

    def ask(self, script, *arguments):
        return self.send("POST", self.session + "/execute/sync", {"script": script, "args": list(arguments)})

    def messages(self):
        """What the page wrote to the console: also what its content policy forbade."""
        return self.send("POST", self.session + "/se/log", {"type": "browser"})

    def picture(self, path, whole=True):
        shot = self.devtools("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        pathlib.Path(path).write_bytes(base64.b64decode(shot["data"]))
