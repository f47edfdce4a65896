"""Chromium under Playwright, and what the tests of the page ask it. Exits with 77 where there is none."""
import base64
import importlib
import json
import os
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "server"))
import serving  # noqa: E402

OUT = os.path.join(serving.OUT, "web")
PHOTOS = os.path.join(serving.DATA, "photos")
CHROMIUM = os.environ.get("SPX_CHROMIUM", "/usr/bin/chromium")
PATIENCE_MS = 240000  # as patient as the tests of the server
FLAGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)


def sanitized(program):
    with open(program, "rb") as file:
        code = file.read()
    return b"__asan_init" in code or b"__tsan_init" in code


def fetch(package, *options):
    """Puts a package into the tests' own folder; says nothing where that cannot be done."""
    try:
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *options, "--target",
                        os.path.join(OUT, "python"), package], check=True, timeout=180, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except (OSError, subprocess.SubprocessError):
        pass


def load(module, package):
    """A module as it is installed, else put into the tests' own folder."""
    own = os.path.join(OUT, "python")
    if own not in sys.path:
        sys.path.insert(0, own)
    try:
        return importlib.import_module(module)
    except ImportError:
        pass
    fetch(package)
    importlib.invalidate_caches()
    try:
        return importlib.import_module(module)
    except ImportError as error:
        skip(f"{package} is not there and could not be installed: {error}")


def load_axe():
    """The script of axe-core; empty where it is not to be had."""
    own = os.path.join(OUT, "python")
    if not os.path.exists(os.path.join(own, "axe_playwright_python")):
        fetch("axe-playwright-python", "--no-deps")
    for folder, _, files in os.walk(os.path.join(own, "axe_playwright_python")):
        if "axe.min.js" in files:
            with open(os.path.join(folder, "axe.min.js"), encoding="utf-8") as file:
                return file.read()
    return ""


def check_axe(page, script, what):
    """No rule of axe is broken by what the page shows now."""
    if script == "":
        print(f"      {what}: axe-core could not be had, not looked at")
        return
    page.evaluate(script)
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] }).then((r) => r.violations.map((v) => "
                          "[v.id, v.impact, v.nodes.slice(0, 3).map((n) => n.html.slice(0, 120) + ' ' + (n.any[0]?.message ?? ''))]))")
    assert found == [], f"{what}: {found}"


def photo(name):
    return os.path.join(PHOTOS, name)


class Browser:
    """One Chromium for all tests; every page has its own cookies."""

    def __init__(self):
        if sanitized(serving.PROGRAM):
            skip("the page is tested with the program as it is used, not with sanitizers")
        if shutil.which(CHROMIUM) is None:
            skip(f"there is no {CHROMIUM}")
        os.makedirs(OUT, exist_ok=True)
        self.driver = load("playwright.sync_api", "playwright").sync_playwright().start()
        self.chromium = self.driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        self.faults = []

    def close(self):
        self.chromium.close()
        self.driver.stop()

    def page(self, server, width=1280, height=860, script=None, path="/", **more):
        context = self.chromium.new_context(viewport={"width": width, "height": height}, **more)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda line: self.faults.append(line.text) if "Content Security Policy" in line.text else None)
        if script is not None:
            page.add_init_script(script)
        page.goto(f"http://127.0.0.1:{server.port}{path}")
        return page

    def check_faults(self):
        assert self.faults == [], self.faults


def shoot(page, name, whole=False):
    page.screenshot(path=os.path.join(OUT, name + ".png"), full_page=whole)


def parts_of(files):
    parts = []
    for file in files:
        if isinstance(file, str):
            with open(file, "rb") as source:
                file = (os.path.basename(file), "image/jpeg", source.read())
        parts.append([file[0], file[1], base64.b64encode(file[2]).decode()])
    return parts


TRANSFER = """
    const transfer = new DataTransfer();
    for (const [name, type, text] of parts) {
        const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
        transfer.items.add(new File([bytes], name, { type }));
    }
"""


def drop(page, *files):
    """Drops files (path or (name, type, bytes)) on the page as a person does."""
    page.evaluate("(parts) => {" + TRANSFER + """
        const zone = document.getElementById("dropzone");
        for (const type of ["dragenter", "dragover", "drop"])
            zone.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: transfer }));
    }""", parts_of(files))


def paste(page, *files):
    page.evaluate("(parts) => {" + TRANSFER + """
        document.body.dispatchEvent(new ClipboardEvent("paste", { bubbles: true, clipboardData: transfer }));
    }""", parts_of(files))


def wait_done(page, count=1):
    page.locator("li[data-state=done]").nth(count - 1).wait_for()


def read_job(page):
    """What the server says of the photo that the page shows."""
    return json.loads(page.evaluate("fetch(`/api/v1/jobs/${location.hash.slice(1)}`).then((r) => r.text())"))


def pixels(page, selector):
    """What a canvas shows, made small: a list of r, g, b, a."""
    return page.evaluate("""(selector) => {
        const small = document.createElement("canvas");
        small.width = 96;
        small.height = 64;
        const context = small.getContext("2d");
        context.drawImage(document.querySelector(selector), 0, 0, 96, 64);
        return [...context.getImageData(0, 0, 96, 64).data];
    }""", selector)


def until(page, true, what):
    """Waits until true() is something, and returns it; what: said of it when it does not come in time. wait_for_function() would
    evaluate in the page, which its policy forbids."""
    end = time.monotonic() + PATIENCE_MS / 1000
    while not (found := true()):
        assert time.monotonic() < end, what
        page.wait_for_timeout(20)
    return found


def frames(page, count):
    """Waits for pictures, not for a time: a busy machine draws few in a second."""
    page.evaluate("""async (count) => {
        for (let i = 0; i < count; i++)
            await new Promise(requestAnimationFrame);
    }""", count)


def drawn(page, selector):
    """Waits until a canvas shows something that is no even surface; returns it."""
    page.locator(selector).wait_for()

    def seen():
        found = pixels(page, selector)
        return found if max(found[0::4]) - min(found[0::4]) > 60 else None
    return until(page, seen, f"{selector} stays blank")


def settled(page, selector):
    """What a canvas shows once it stands still: what was done before is drawn by the third picture at the latest."""
    frames(page, 3)
    before = []

    def still():
        before.append(pixels(page, selector))
        frames(page, 2)
        return before[-1] == pixels(page, selector)
    until(page, still, f"{selector} never stands still")
    return before[-1]


def difference(a, b):
    return sum(abs(x - y) for x, y in zip(a, b)) / len(a)
