#!/usr/bin/env python3
"""Depth that a person mends: brush and undo, swapped, replaced by a map of one's own, seen in 3D before it is saved."""
import os
import struct
import sys

from browser import Browser, check_axe, difference, drop, load_axe, photo, pixels, read_job, serving, settled, shoot, until, wait_done

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
import support

CALM = {"reduced_motion": "reduce"}
LIVE = "canvas.live"
MAP = "canvas.depth-map"
SIZES = {"desktop": (1440, 900), "tablet": (768, 1024), "phone": (390, 844)}


def light(page):
    return sum(pixels(page, MAP)[0::4]) / (96 * 64)


def press(page, text):
    page.locator(f"#panel button:has-text('{text}')").click()


def wait_revision(page, revision):
    def made():
        job = read_job(page)
        return job if job["revision"] == revision and job["state"] == "done" else None
    return until(page, made, f"revision {revision} does not come")


def open_depth(page):
    page.locator("#tab-depth").click()
    page.locator("#panel:not([aria-busy]) canvas.depth-map").wait_for()
    if page.locator("#panel button:has-text('Undo')").is_hidden():
        press(page, "Change the depth")


def test_brush_undo_and_save():
    with serving.Server("depth_brush") as server:
        page = browser.page(server, **CALM)
        page.locator("#limit:has-text('MB')").wait_for()
        drop(page, photo("orchid.jpg"))
        wait_done(page)
        page.locator(LIVE).wait_for()
        box = page.locator(LIVE).bounding_box()
        page.mouse.move(box["x"] + box["width"] * 0.95, box["y"] + box["height"] * 0.5)
        before = settled(page, LIVE)
        open_depth(page)
        first = light(page)
        box = page.locator(MAP).bounding_box()
        page.mouse.move(box["x"] + 40, box["y"] + 40)
        page.mouse.down()
        page.mouse.move(box["x"] + 300, box["y"] + 60, steps=12)
        page.mouse.up()
        painted = light(page)
        assert painted > first + 0.5, (first, painted)
        press(page, "Undo")
        assert abs(light(page) - first) < 0.01
        page.locator(MAP).focus()
        page.keyboard.press("ArrowLeft")
        for _ in range(4):
            page.keyboard.press("Space")
        assert light(page) > first, "the keyboard does not paint"
        press(page, "Farther")
        press(page, "Over the photo")
        shoot(page, "depth_brush", whole=True)
        check_axe(page, axe, "depth brush")
        for _ in range(4):
            press(page, "Undo")
        press(page, "Swap near and far")
        assert abs(light(page) - (255 - first)) < 1
        page.locator("#tab-live").click()
        page.locator("#panel:not([aria-busy]) canvas.live").wait_for()
        page.mouse.move(box["x"] + box["width"] * 0.95, box["y"] + box["height"] * 0.5)
        assert difference(before, settled(page, LIVE)) > 0.5, "what was drawn is not seen in 3D"
        page.locator("#tab-compare").click()
        page.locator("#panel:not([aria-busy]) .picture").wait_for()
        page.locator("#panel button[data-value=depth]").click()
        page.wait_for_timeout(300)
        assert page.locator("#panel .note").count() == 0
        open_depth(page)
        press(page, "Save this depth")
        job = wait_revision(page, 2)
        assert job["summary"]["model"] == "own map", job["summary"]
        page.locator("#panel:not([aria-busy]) canvas.depth-map").wait_for()
        assert abs(light(page) - (255 - first)) < 8, "what was saved is not what was drawn"
        open_depth(page)
        press(page, "Back to what spx saw")
        job = wait_revision(page, 3)
        assert job["summary"]["model"] != "own map", job["summary"]
        page.context.close()


def test_a_map_of_ones_own():
    """Sent as it is; one of another shape is refused in words."""
    with serving.Server("depth_own") as server:
        page = browser.page(server, **CALM)
        page.locator("#limit:has-text('MB')").wait_for()
        drop(page, photo("orchid.jpg"))
        wait_done(page)
        open_depth(page)
        field = page.locator("#panel input[type=file]")
        field.set_input_files({"name": "square.png", "mimeType": "image/png", "buffer": support.depth_png(64, 64)})
        page.locator(".alert:has-text('another shape')").wait_for()
        field.set_input_files({"name": "ramp.png", "mimeType": "image/png", "buffer": support.depth_png(320, 213)})
        page.locator("#panel button:has-text('Save this depth')").wait_for()
        row = pixels(page, MAP)[0:96 * 4:4]
        assert row[0] < 20 and row[-1] > 235, row
        for name, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                shoot(page, f"depth_{name}_{scheme}")
                check_axe(page, axe, f"depth {name} {scheme}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        press(page, "Save this depth")
        assert wait_revision(page, 2)["summary"]["model"] == "own map"

        # floats of any unit, rows from below: near at the right above, nothing known in one place
        open_depth(page)
        floats = [1000.0 + x + (0.0 if y > 20 else 0.25 * x) for y in reversed(range(43)) for x in range(64)]
        floats[5] = float("nan")
        floats[900] = 1e9 # one wild number does not make the rest black
        body = b"Pf\n64 43\n-1.0\n" + struct.pack(f"<{len(floats)}f", *floats)
        field.set_input_files({"name": "cut.pfm", "mimeType": "", "buffer": body[:-4]})
        page.locator(".alert:has-text('cut.pfm cannot be shown here')").wait_for()
        field.set_input_files({"name": "deep.pfm", "mimeType": "application/x-font-type1", "buffer": body})
        page.locator("#panel button:has-text('Save this depth'):visible").wait_for()
        shown = pixels(page, MAP)[0::4]
        assert shown[2] < 20 and shown[93] > 235 and 170 < shown[-3] < 230, (shown[2], shown[93], shown[-3])
        press(page, "Save this depth")
        job = wait_revision(page, 3)
        assert job["summary"]["model"] == "own map" and job["state"] == "done", job
        page.context.close()


def test_no_faults():
    browser.check_faults()


browser = Browser()
axe = load_axe()
serving.run([test_brush_undo_and_save, test_a_map_of_ones_own, test_no_faults])
