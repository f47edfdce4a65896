#!/usr/bin/env python3
"""The first minute: a photo that moves before anything was chosen, 3D before any file is made, a link for others, real
stereo with its own views; and what a phone loads of all this."""
import json

from browser import Browser, check_axe, difference, drawn, drop, load_axe, photo, serving, settled, shoot

CALM = {"reduced_motion": "reduce"}
LIVE = "canvas.live"
MAIN = "#download-main[href*='/files/']"
SIZES = {"desktop": (1440, 900), "tablet": (768, 1024), "phone": (390, 844)}

# Remembers what the jobs of the page were when the live view first drew, and how much was loaded by then.
WATCH = """addEventListener("DOMContentLoaded", () => {
    new MutationObserver(() => {
        if (window.first !== undefined || document.querySelector("#panel:not([aria-busy]) canvas.live") === null)
            return;
        const loaded = performance.getEntriesByType("resource").filter((e) => e.name.includes("/files/"));
        window.first = { at: performance.now(), bytes: loaded.reduce((sum, e) => sum + e.encodedBodySize, 0),
            words: document.getElementById("viewer-about").textContent, files: document.querySelectorAll("#download-main[href*='/files/'], #downloads a").length };
    }).observe(document.getElementById("panel"), { attributes: true, childList: true, subtree: true });
});"""


def test_start_page_moves():
    """The sample is drawn with no photo of one's own and follows the pointer; it goes through the server when asked."""
    with serving.Server("first_sample") as server:
        for name, (width, height) in SIZES.items():
            page = browser.page(server, width=width, height=height, **CALM)
            before = drawn(page, "#sample canvas")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            if name == "desktop":
                box = page.locator("#sample canvas").bounding_box()
                page.mouse.move(box["x"] + 5, box["y"] + 100)
                assert difference(before, settled(page, "#sample canvas")) > 0.5, "the sample does not move"
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                shoot(page, f"start_{name}_{scheme}")
                check_axe(page, axe, f"start {name} {scheme}")
            page.context.close()


def test_every_module_is_asked_for_at_once():
    """What a page loads is what it names in its head: no module waits for another to be read."""
    with serving.Server("first_modules") as server:
        page = browser.page(server, **CALM)
        page.locator("#limit:has-text('MB')").wait_for()
        loaded = page.evaluate("performance.getEntriesByType('resource').map((e) => new URL(e.name).pathname).filter((p) => p.startsWith('/js/'))")
        named = page.evaluate("[...document.querySelectorAll('link[rel=modulepreload], script[src]')].map((e) => new URL(e.href ?? e.src).pathname)")
        assert sorted(set(loaded)) == sorted(named), set(loaded) ^ set(named)
        page.context.close()


def test_depth_before_files():
    """The live view is there while the job still runs, and before that nothing large was loaded."""
    with serving.Server("first_depth", "--workers", "1") as server:
        page = browser.page(server, width=390, height=844, has_touch=True, device_scale_factor=2, script=WATCH, **CALM)
        clicked = page.evaluate("performance.now()")
        page.locator("#try-sample").click()
        page.locator("#photo-list li").wait_for()
        job = page.evaluate("fetch('/api/v1/jobs').then((r) => r.json())")["jobs"][0]["id"]

        def can_be_seen():
            now = server.get(f"/api/v1/jobs/{job}").json()
            return now["preview"] is not None and now["views"]["depth"] is not None
        still = serving.Standstill(server, can_be_seen, "no depth")
        page.locator("#panel:not([aria-busy]) canvas.live").wait_for()
        drawn(page, LIVE)
        first = page.evaluate("window.first")
        assert first["files"] == 0 and "%" in first["words"], first
        assert 0 < first["bytes"] <= 600000, first
        still.let_go()
        page.evaluate("window.kept = document.querySelector('canvas.live')")
        page.locator(MAIN).wait_for()
        done = page.evaluate("performance.now()")
        print(f"      3D after {(first['at'] - clicked) / 1000:.2f} s, the spatial photo after {(done - clicked) / 1000:.2f} s")
        asked = page.evaluate("performance.getEntriesByType('resource').map((e) => e.name.split('/').pop().split('?')[0])")
        assert "depth_preview.jpg" in asked, "the view keeps a depth that a better one has followed"
        assert page.evaluate("kept === document.querySelector('canvas.live')"), "the view began again when the file came"
        assert page.locator("#result a[href*='/files/']:visible").count() == 1, "one file is offered more than once"
        assert page.locator("#sample").is_hidden()
        for name, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_timeout(300)
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                shoot(page, f"result_{name}_{scheme}", whole=True)
                check_axe(page, axe, f"result {name} {scheme}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        check_share(page, server)
        page.context.close()


def check_share(page, server):
    page.locator("#share").click()
    page.locator("#share-dialog[open]").wait_for()
    link = page.locator("#share-link").input_value()
    job = page.evaluate("location.hash.slice(1)")
    assert "/s/" in link and job not in link and link in page.locator("#share-embed").input_value()
    shoot(page, "share_dialog")
    check_axe(page, axe, "share dialog")
    guest = browser.page(server, path="/s/" + link.split("/s/")[1], **CALM)
    drawn(guest, LIVE)
    guest.locator("#ways a:has-text('Get the spatial photo')").wait_for()
    shoot(guest, "shared")
    check_axe(guest, axe, "shared")
    guest.context.close()
    page.locator("#share-stop").click()
    page.locator("#share-dialog").wait_for(state="hidden")
    assert server.get("/s/" + link.split("/s/")[1]).status == 404


def test_real_stereo_shows_its_eyes():
    """Two files of a pair become one job whose own eyes are seen; nothing is offered that would change them."""
    with serving.Server("first_pair") as server:
        page = browser.page(server, script="localStorage.setItem('spx-options', JSON.stringify({ stereo: 'pair' }))", **CALM)
        page.locator("#limit:has-text('MB')").wait_for()
        eyes = []
        for name in ("motorcycle_right.png", "motorcycle_left.png"):
            with open(photo(name), "rb") as file:
                eyes.append((name.replace("motorcycle", "m").replace("_left", "_L").replace("_right", "_R"), "image/png", file.read()))
        drop(page, *eyes)
        page.locator("#tab-wiggle").wait_for()
        page.locator("#panel:not([aria-busy]) .wiggle").wait_for()
        page.locator(MAIN).wait_for()
        assert page.locator("#live-sliders").is_hidden() and page.locator("#tab-live").count() == 0
        job = json.loads(page.evaluate("fetch(`/api/v1/jobs/${location.hash.slice(1)}`).then((r) => r.text())"))
        assert (job["name"], job["second"]) == ("m_L.png", "m_R.png") and job["summary"]["stereo"], job
        assert page.locator("#photo-list li").count() == 1
        shoot(page, "real_stereo", whole=True)
        check_axe(page, axe, "real stereo")
        page.context.close()


def test_no_faults():
    browser.check_faults()


browser = Browser()
axe = load_axe()
serving.run([test_start_page_moves, test_every_module_is_asked_for_at_once, test_depth_before_files, test_real_stereo_shows_its_eyes, test_no_faults])
