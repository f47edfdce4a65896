#!/usr/bin/env python3
"""A photo turned and cut before it is sent: its pixels, and the camera's data that come along."""
import json
import os
import shutil
import subprocess

from browser import OUT, Browser, check_axe, drop, load_axe, photo, serving, shoot, wait_done

CALM = {"reduced_motion": "reduce"}
SIZES = {"desktop": (1440, 900), "tablet": (768, 1024), "phone": (390, 844)}


def tags(path):
    return json.loads(subprocess.run(["exiftool", "-j", "-n", path], check=True, capture_output=True, text=True).stdout)[0]


def test_turn_and_cut():
    source = os.path.join(OUT, "crop_source.jpg")
    shutil.copy(photo("orchid.jpg"), source)
    subprocess.run(["exiftool", "-q", "-overwrite_original", "-n", "-Orientation=6", "-FocalLengthIn35mmFormat=28", "-Make=Maker", source], check=True)
    with serving.Server("crop") as server:
        page = browser.page(server, **CALM)
        page.locator("#limit:has-text('MB')").wait_for()
        page.locator(".options > summary").click()
        page.locator("#crop-first").check()
        drop(page, source)
        page.locator("#crop-dialog[open]").wait_for()
        size = page.locator("#crop-size")
        assert size.inner_text() == "427 × 640", size.inner_text()
        for name, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                shoot(page, f"crop_{name}_{scheme}")
                check_axe(page, axe, f"crop {name} {scheme}")
        page.locator("#crop-right").click()
        assert size.inner_text() == "640 × 427"
        handle = page.locator("#crop-box .top-left")
        box = page.locator("#crop-picture").bounding_box()
        at = handle.bounding_box()
        page.mouse.move(at["x"] + at["width"] / 2, at["y"] + at["height"] / 2)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=4)
        page.mouse.up()
        wide, high = map(int, size.inner_text().split(" × "))
        assert abs(wide - 320) <= 3 and abs(high - 213) <= 3, (wide, high)
        page.locator("#crop-box .bottom-right").press("ArrowLeft")
        shoot(page, "crop_cut")
        wide, high = map(int, size.inner_text().split(" × "))
        page.locator("#crop-dialog .primary").click()
        wait_done(page)
        job = json.loads(page.evaluate("fetch(`/api/v1/jobs/${location.hash.slice(1)}`).then((r) => r.text())"))
        assert (job["summary"]["width"], job["summary"]["height"]) == (wide, high), job["summary"]
        sent = os.path.join(OUT, "crop_sent.jpg")
        with open(sent, "wb") as file:
            file.write(server.get(job["original"]).body)
        made = tags(sent)
        longer = (640 ** 2 + 427 ** 2) ** 0.5 / (wide ** 2 + high ** 2) ** 0.5
        assert (made["Make"], made["Orientation"], made["FocalLengthIn35mmFormat"]) == ("Maker", 1, round(28 * longer)), made
        assert (made["ImageWidth"], made["ImageHeight"]) == (wide, high)
        drop(page, source)
        page.locator("#crop-dialog[open]").wait_for()
        page.locator("#crop-dialog button:has-text('Leave it out')").click()
        page.locator("#crop-dialog").wait_for(state="hidden")
        drop(page, source)
        page.locator("#crop-dialog .primary").click()
        page.locator("#photo-list li").nth(1).wait_for()
        wait_done(page, 2)
        jobs = server.get("/api/v1/jobs/" + page.evaluate("location.hash.slice(1)")).json()
        assert page.locator("#photo-list li").count() == 2, jobs
        page.context.close()


def test_no_faults():
    browser.check_faults()


browser = Browser()
axe = load_axe()
serving.run([test_turn_and_cut, test_no_faults])
