#!/usr/bin/env python3
"""What can be taken away: for each device its files, and every kind of file opens in a reader that is not spx."""
import json
import os
import shutil
import struct
import subprocess

from browser import OUT, Browser, check_axe, drop, load, load_axe, photo, serving, shoot, until, wait_done

CALM = {"reduced_motion": "reduce"}
FOLDER = os.path.join(OUT, "files")
SIZES = {"desktop": (1440, 900), "tablet": (768, 1024), "phone": (390, 844)}


def read_picture(path):
    with Image.open(path) as picture:
        picture.load()
        return min(picture.size)


def read_heic(path):
    about = subprocess.run(["heif-info", path], check=True, capture_output=True, text=True).stdout
    assert "primary" in about, about
    return subprocess.run(["heif-convert", path, path + ".png"], check=True, capture_output=True).returncode + 1


def read_film(path):
    streams = subprocess.run(["ffprobe", "-v", "error", "-count_frames", "-show_entries", "stream=nb_read_frames,width", "-of", "json", path],
                             check=True, capture_output=True, text=True)
    assert streams.stderr == "", streams.stderr
    return int(json.loads(streams.stdout)["streams"][0]["nb_read_frames"])


def read_glb(path):
    with open(path, "rb") as file:
        magic, version, length = struct.unpack("<4sII", file.read(12))
        size, kind = struct.unpack("<I4s", file.read(8))
        scene = json.loads(file.read(size))
    assert (magic, version, length, kind) == (b"glTF", 2, os.path.getsize(path), b"JSON"), path
    return len(scene["meshes"])


def read_head(begin):
    def read(path):
        with open(path, "rb") as file:
            assert file.read(len(begin)).lower() == begin.lower(), path
        return os.path.getsize(path)
    return read


READERS = {".heic": read_heic, ".hevc": read_film, ".mp4": read_film, ".glb": read_glb, ".ply": read_head(b"ply\n"),
           ".pfm": read_head(b"Pf\n"), ".html": read_head(b"<!doctype html>")}


def test_every_kind_of_file():
    """All formats in one job; each link of the page gives a file that its reader takes."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    os.makedirs(FOLDER)
    with serving.Server("files_all") as server:
        page = browser.page(server, accept_downloads=True, **CALM)
        page.locator("#limit:has-text('MB')").wait_for()
        drop(page, photo("pagoda.jpg"))
        wait_done(page)
        page.evaluate("fetch(`/api/v1/jobs/${location.hash.slice(1)}/archive.zip?format=all`)")

        def all_made():
            job = json.loads(page.evaluate("fetch(`/api/v1/jobs/${location.hash.slice(1)}`).then((r) => r.text())"))
            return job if job["making"] == [] and len(job["files"]) > 1 else None
        job = until(page, all_made, "the files are not made")
        words = {row["word"] for row in server.get("/api/v1/server").json()["format_table"]}
        made = {file["role"] for file in job["files"]}
        assert words == made, (words ^ made, job["making_error"])
        page.locator("#downloads a").nth(len(made) - 2).wait_for()
        for link in page.locator("#download-main, #downloads a").all():
            with page.expect_download() as waiting:
                link.click()
            name = waiting.value.suggested_filename
            path = os.path.join(FOLDER, (link.get_attribute("data-role") or "spatial") + "_" + name)
            waiting.value.save_as(path)
            extension = os.path.splitext(name)[1].lower()
            if extension == ".mpo" or extension not in READERS:
                reader = read_picture
            else:
                reader = READERS[extension]
            assert reader(path) > 0, name
        page.context.close()


def test_devices():
    """Each device has its words and files; a file that is not there yet is made and saved."""
    with serving.Server("files_devices") as server:
        page = browser.page(server, width=1440, height=900, accept_downloads=True, **CALM)
        page.locator("#limit:has-text('MB')").wait_for()
        drop(page, photo("orchid.jpg"))
        wait_done(page)
        seen = set()
        for choice in page.locator("#device-choice button").all():
            choice.click()
            words = page.locator("#device-words").inner_text()
            own = {"vision": 0, "iphone": 1}.get(choice.get_attribute("data-value"), 2)  # the spatial photo has its own button
            assert words not in seen and page.locator("#device-files li").count() >= own
            seen.add(words)
        assert len(seen) == 6
        with page.expect_download() as waiting:
            page.locator("#device-files [data-role=anaglyph]").click()
        assert read_picture(waiting.value.path()) > 0
        page.locator("#device-files a[data-role=anaglyph]").wait_for()
        assert page.locator("#result a[data-role=anaglyph]").count() == 1, "a file stands in two places"
        page.locator("#device-choice [data-value=vision]").click()
        page.locator("#downloads a[data-role=anaglyph]").wait_for()
        page.locator("#device-choice [data-value=plain]").click()
        page.locator("#all-formats > summary").click()
        for shelf in page.locator("#more-formats summary").all():
            shelf.click()
        for name, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                shoot(page, f"files_{name}_{scheme}", whole=True)
                check_axe(page, axe, f"files {name} {scheme}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        page.reload()
        page.locator("#device-choice [aria-pressed=true][data-value=plain]").wait_for()
        page.context.close()


def test_no_faults():
    browser.check_faults()


browser = Browser()
Image = load("PIL.Image", "pillow")
axe = load_axe()
serving.run([test_devices, test_every_kind_of_file, test_no_faults])
