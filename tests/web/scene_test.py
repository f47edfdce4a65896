#!/usr/bin/env python3
"""The page that shows a scene, opened from a folder as people do: near things move against the view, nothing is loaded."""
import os
import shutil
import subprocess
import sys

import browser

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
import support  # noqa: E402

FOLDER = os.path.join(browser.OUT, "scene")
WIDTH, HEIGHT = 640, 480


def near(x, y):
    return 240 <= x < 400 and 160 <= y < 320


def far_mark(x, y):
    return 60 <= x < 140 and 60 <= y < 140


def card(x, y):
    return b"\xff\0\0" if near(x, y) else b"\0\xff\0" if far_mark(x, y) else b"\x20\x20\x80"


def make():
    shutil.rmtree(FOLDER, ignore_errors=True)
    os.makedirs(FOLDER)
    support.write(FOLDER + "/card.png", support.png(WIDTH, HEIGHT, card))
    support.write(FOLDER + "/near.png", support.png(WIDTH, HEIGHT, lambda x, y: b"\xff\xff\xff" if near(x, y) else b"\0\0\0"))
    subprocess.run([support.PROGRAM, "convert", "card.png", "--depth-map", "near.png", "--strength", "4", "--format", "html"],
                   cwd=FOLDER, check=True, capture_output=True)


def middle(pixels, channel):
    """Where what has that colour is, in shares of the canvas."""
    across = along = weight = 0
    for i in range(0, len(pixels), 4):
        light = max(0, pixels[i + channel] - max(pixels[i + k] for k in range(3) if k != channel))
        across += light * (i // 4 % 96)
        along += light * (i // 4 // 96)
        weight += light
    assert weight > 0
    return across / weight / 96, along / weight / 64


def apart(page, x, y):
    """How far the near square stands right of and below the far one."""
    page.mouse.move(x, y)
    pixels = browser.settled(page, "#view")
    red, green = middle(pixels, 0), middle(pixels, 1)
    return red[0] - green[0], red[1] - green[1]


def main():
    chromium = browser.Browser()
    make()
    context = chromium.chromium.new_context(viewport={"width": 480, "height": 360})
    page = context.new_page()
    asked = []
    page.on("request", lambda one: asked.append(one.url))
    page.on("pageerror", lambda one: chromium.faults.append(str(one)))
    page.on("console", lambda one: chromium.faults.append(one.text))
    page.goto("file://" + FOLDER + "/card_output/card_scene.html")
    page.wait_for_selector("html[data-drawn]", timeout=browser.PATIENCE_MS)
    left, right = apart(page, 1, 180), apart(page, 478, 180)
    browser.shoot(page, "scene_right")
    top, bottom = apart(page, 240, 1), apart(page, 240, 358)
    # 4 % for eyes a baseline apart, 1.5 baselines to either side, shown a little enlarged; y in shares of the height.
    assert 0.08 < left[0] - right[0] < 0.16, (left, right)
    assert 0.08 < top[1] - bottom[1] < 0.16, (top, bottom)
    assert abs(left[1] - right[1]) < 0.01 and abs(top[0] - bottom[0]) < 0.01, (left, right, top, bottom)
    assert all(one.startswith(("file:", "data:", "blob:")) for one in asked), asked
    chromium.check_faults()
    chromium.close()
    print("ok", left, right, top, bottom)


main()
