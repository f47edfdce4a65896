#!/usr/bin/env python3
"""The page in a browser: from a dropped photo to its files, and everything that may go wrong on the way."""
import json
import os
import zipfile

from browser import Browser, difference, drawn, drop, paste, photo, read_job, serving, settled, shoot, until, wait_done

CALM = {"reduced_motion": "reduce"}
LIVE = "canvas.live"

# Counts how often what is made of a photo is listed.
COUNT = """addEventListener("DOMContentLoaded", () => {
    window.rebuilt = 0;
    new MutationObserver(() => { rebuilt++; }).observe(document.getElementById("more-formats"), { childList: true });
});"""

# Presses the download as soon as new values are on their way: what is meant is the new file.
PRESS_EARLY = """() => new MutationObserver((_, observer) => {
    if (document.getElementById("viewer-progress").hidden)
        return;
    observer.disconnect();
    document.getElementById("download-main").click();
    window.early = document.getElementById("download-main").textContent;
}).observe(document.getElementById("viewer-progress"), { attributes: true })"""

# A headset that draws two frames into both halves of a canvas of its own and keeps what it saw.
HEADSET = """(() => {
    class Layer {
        constructor(session, gl) { this.gl = gl; this.framebuffer = null; gl.canvas.width = 200; gl.canvas.height = 100; }
        getViewport(view) { return { x: view.eye === "right" ? 100 : 0, y: 0, width: 100, height: 100 }; }
    }
    const unit = new Float32Array([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
    const projection = new Float32Array([1.2, 0, 0, 0, 0, 1.2, 0, 0, 0, 0, -1.002, -1, 0, 0, -0.2, 0]);
    const views = ["left", "right"].map((eye) => ({ eye, projectionMatrix: projection, transform: { inverse: { matrix: unit } } }));
    class Session extends EventTarget {
        renderState = {}; frames = 0;
        async updateRenderState(state) { Object.assign(this.renderState, state); }
        async requestReferenceSpace() { return {}; }
        async end() { this.dispatchEvent(new Event("end")); }
        requestAnimationFrame(draw) {
            if (++this.frames > 2)
                return;
            setTimeout(() => {
                draw(0, { getViewerPose: () => ({ views }) });
                const { gl } = this.renderState.baseLayer;
                const eye = (x) => { const p = new Uint8Array(4 * 80 * 40); gl.readPixels(x + 10, 30, 80, 40, gl.RGBA, gl.UNSIGNED_BYTE, p); return [...p]; };
                window.eyesSeen = { left: eye(0), right: eye(100) };
                if (this.frames > 2) void this.end();
            }, 10);
        }
    }
    window.XRWebGLLayer = Layer;
    Object.defineProperty(navigator, "xr", { value: {
        isSessionSupported: async () => true, requestSession: async () => new Session() } });
    WebGL2RenderingContext.prototype.makeXRCompatible = async () => {};
})();"""


def test_photo_to_files():
    """Drop a photo, see progress, look at every view, render again, take all files."""
    with serving.Server("page") as server:
        page = browser.page(server, accept_downloads=True, **CALM)
        page.locator("#limit:has-text('MB')").wait_for()
        shoot(page, "start")
        drop(page, photo("pagoda.jpg"), photo("orchid.jpg"))
        wait_done(page, 2)
        page.locator("#photo-list li:has-text('pagoda') .open").click()
        check_live(page)
        check_views(page)
        check_render(page)
        check_downloads(page, server)
        page.emulate_media(color_scheme="dark")
        shoot(page, "dark", whole=True)
        page.context.close()


def check_live(page):
    first = drawn(page, LIVE)
    shoot(page, "live", whole=True)
    box = page.locator(LIVE).bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.95, box["y"] + box["height"] * 0.5)
    turned = settled(page, LIVE)
    assert difference(first, turned) > 1, "the view does not follow the pointer"
    page.locator("#live-sliders input").first.fill("5")
    strong = settled(page, LIVE)
    assert difference(turned, strong) > 1, "the strength does nothing"
    page.locator("#live-sliders input").nth(1).fill("0")
    assert difference(strong, settled(page, LIVE)) > 1, "the convergence does nothing"


def check_views(page):
    for tab in ("compare", "depth", "wiggle", "pair", "anaglyph"):
        page.locator(f"#tab-{tab}").click()
        page.locator("#panel:not([aria-busy]) .picture").wait_for()
        assert page.locator("#panel .note").count() == 0, page.locator("#panel").inner_text()
        if tab == "wiggle":
            page.locator("#panel button:has-text('Play')").click()
            page.locator(".second.shown").wait_for()
        if tab == "compare":
            page.locator("#panel input[type=range]").fill("20")
            assert "20%" in page.locator(".compare").get_attribute("style")
        shoot(page, tab)
    colours = drawn(page, "#panel canvas")
    reds, greens = colours[0::4], colours[1::4]
    assert sum(abs(r - g) for r, g in zip(reds, greens)) > len(reds), "the red-cyan picture has no colours"
    page.locator("#panel button:has-text('Grey')").click()
    grey = drawn(page, "#panel canvas")
    assert difference(colours, grey) > 1 and grey[1::4] == grey[2::4], "the grey red-cyan picture has colours"


def check_render(page):
    page.locator("#live-sliders input").first.fill("4")
    page.evaluate("window.kept = document.querySelector('canvas.live')")
    old = page.locator("#download-main").get_attribute("href")
    assert "r=1" in old, old
    page.evaluate(PRESS_EARLY)
    with page.expect_download() as waiting:
        page.locator("#render").click()
        shoot(page, "saving", whole=True)
    assert page.evaluate("early") == "Saved as soon as it is made…"
    comfort = page.locator("#comfort").inner_text()
    assert "of the screen: less depth strength, or “What pops out” farther right." in comfort, comfort
    job = read_job(page)
    assert job["summary"]["seconds"]["encode"] < 0.01 and "r=2" in job["views"]["right"], job  # it was done before its file
    assert waiting.value.suggested_filename == "pagoda_spatial.heic" and "r=2" in waiting.value.url, waiting.value.url
    page.locator("#download-main[href*='r=2']:has-text('Download')").wait_for()
    assert page.evaluate("kept !== null && kept === document.querySelector('canvas.live')"), "the view was not kept"
    assert page.locator("#live-sliders output").first.inner_text() == "4.0 %"


def check_downloads(page, server):
    job = read_job(page)
    assert job["revision"] == 2 and job["summary"]["strength"] == 4, job
    assert [file["role"] for file in job["files"]] == ["spatial"], job["files"]
    page.locator("#all-formats > summary").click()
    page.locator("#more-formats summary:has-text('To send')").click()
    with page.expect_download() as waiting:
        page.locator("#more-formats [data-role=anaglyph]").click()
        shoot(page, "making", whole=True)
    with open(waiting.value.path(), "rb") as file:
        assert file.read(3) == b"\xff\xd8\xff"
    page.locator("#downloads [data-role=anaglyph]").wait_for()
    with page.expect_download() as waiting:
        page.locator("#download-all").click()
    job = read_job(page)
    wanted = {file["name"]: file["size"] for file in job["files"]}
    assert set(f["role"] for f in job["files"]) == {"spatial", "sbs", "depth", "left", "right", "anaglyph"}, wanted
    assert job["revision"] == 2 and job["state"] == "done" and job["making"] == [], job
    with zipfile.ZipFile(waiting.value.path()) as archive:
        assert archive.testzip() is None
        assert {os.path.basename(i.filename): i.file_size for i in archive.infolist()} == wanted, archive.namelist()
    with page.expect_download() as waiting:
        page.locator("#download-main").click()
    assert waiting.value.suggested_filename == "pagoda_spatial.heic"
    assert os.path.getsize(waiting.value.path()) == wanted["pagoda_spatial.heic"]
    listed = page.locator("#downloads a").evaluate_all("(links) => links.map((link) => link.dataset.role)")
    assert len(listed) == len(wanted) - 1 and "spatial" not in listed, "a file is offered twice, or not at all"


def test_options_are_remembered():
    """What is chosen under the options reaches the job, outlives a reload, and goes back to what it was."""
    with serving.Server("page_options") as server:
        page = browser.page(server, **CALM)
        page.locator("#limit:has-text('MB')").wait_for()
        page.locator(".options > summary").click()
        page.locator("#more-options > summary").click()
        assert page.locator("#defaults").is_hidden()
        for label, value in (("Quality", "60"), ("Field of view", "75"), ("Eye distance", "80")):
            page.get_by_label(label).fill(value)
        page.locator("#option-views").select_option("right")
        for shelf in page.locator(".shelf > summary").all():
            shelf.click()
        page.locator("#formats label:has-text('Depth, 16 bit') input").check()
        assert "1 chosen" in page.locator(".shelf[data-shelf=parts] > summary").inner_text()
        shoot(page, "options", whole=True)
        page.reload()
        page.locator("#limit:has-text('MB')").wait_for()
        page.locator(".options > summary").click()
        page.locator("#more-options > summary").click()
        assert [page.get_by_label(label).input_value() for label in ("Quality", "Field of view", "Eye distance")] == ["60", "75", "80"]
        drop(page, photo("orchid.jpg"))
        wait_done(page)
        job = json.loads(page.evaluate("fetch(`/api/v1/jobs/${location.hash.slice(1)}`).then((r) => r.text())"))
        wanted = {"quality": 60, "fov": 75, "baseline": 80, "views": "right", "strength": "auto",
                  "format": ["spatial", "depth16"]}
        assert {name: job["options"][name] for name in wanted} == wanted, job["options"]
        page.locator("#defaults").click()
        assert page.locator("#defaults").is_hidden() and page.get_by_label("Quality").input_value() == "85"
        page.reload()
        page.locator("#limit:has-text('MB')").wait_for()
        assert page.locator("#option-views").input_value() == "both"
        page.evaluate("localStorage.setItem('spx-options', '{\"model\": \"gone\", \"kind\": \"no such\", \"quality\": \"x\"')")
        page.reload()
        page.locator("#limit:has-text('MB')").wait_for()
        page.evaluate("localStorage.setItem('spx-options', '{\"model\": \"gone\", \"kind\": \"no such\", \"formats\": 7}')")
        page.reload()
        page.locator("#limit:has-text('MB')").wait_for()
        assert page.locator("#option-model").input_value() == "auto" and page.locator("input[value=convert]").is_checked()
        page.context.close()


def test_nothing_jumps():
    """What is below the picture stays where it is when another view is chosen."""
    with serving.Server("page_still") as server:
        page = browser.page(server, **CALM)
        page.locator("#limit:has-text('MB')").wait_for()
        drop(page, photo("pagoda.jpg"))
        wait_done(page)
        places = {}
        for tab in ("live", "compare", "depth", "wiggle", "anaglyph", "pair"):
            page.locator(f"#tab-{tab}").click()
            page.locator("#panel:not([aria-busy]) .picture").wait_for()
            page.wait_for_timeout(100)
            places[tab] = page.locator("#download-all").bounding_box()["y"]
        assert max(places.values()) - min(places.values()) < 2, places
        page.context.close()


def test_what_is_no_photo():
    with serving.Server("page_errors", "--max-upload", "200k") as server:
        page = browser.page(server, **CALM)
        page.locator("#limit:has-text('200 kB')").wait_for()
        drop(page, ("notes.txt", "text/plain", b"hello"))
        page.locator(".alert:has-text('notes.txt is not a photo')").wait_for()
        drop(page, ("<img src=x onerror=alert(1)>.jpg", "image/jpeg", b"this is no picture at all" * 20))
        page.locator(".alert:has-text('not a photo that spx can read')").wait_for()
        drop(page, photo("boats.jpg"))
        page.locator(".alert:has-text('too large')").wait_for()
        shoot(page, "errors")
        assert page.locator("#photo-list li").count() == 0
        whole = open(photo("orchid.jpg"), "rb").read()
        drop(page, ("half.jpg", "image/jpeg", whole[:300] + b"\0" * 400))
        page.locator(".alert:has-text('half.jpg'), #failure:visible").first.wait_for()
        page.context.close()


def test_pictures_of_the_page_are_no_photos():
    """A thumbnail that is dragged and let go is not uploaded."""
    with serving.Server("page_own_drag") as server:
        page = browser.page(server, **CALM)
        page.locator("#limit:has-text('MB')").wait_for()
        page.evaluate("document.body.dispatchEvent(new DragEvent('dragstart', { bubbles: true }))")
        drop(page, photo("orchid.jpg"))
        assert page.locator("body.dropping").count() == 0
        page.evaluate("document.body.dispatchEvent(new DragEvent('dragend', { bubbles: true }))")
        page.wait_for_timeout(300)
        assert page.locator("#photo-list li").count() == 0
        drop(page, photo("pagoda.jpg"))
        page.locator("#photo-list li:has-text('pagoda')").wait_for()
        page.context.close()


def test_token():
    with serving.Server("page_token", "--token", "open sesame") as server:
        page = browser.page(server, script=COUNT, accept_downloads=True, **CALM)
        page.locator("#token-dialog[open]").wait_for()
        page.keyboard.type("wrong")
        page.keyboard.press("Enter")
        page.locator("#token-error:has-text('not the right token')").wait_for()
        shoot(page, "token")
        page.locator("#token").fill("open sesame")
        page.keyboard.press("Enter")
        page.locator("#token-dialog").wait_for(state="hidden")
        paste(page, photo("orchid.jpg"))
        wait_done(page)
        page.locator("#download-all:visible").wait_for()
        assert page.evaluate("rebuilt") < 12, "the list of files is made anew with each event"
        with page.expect_download():
            page.locator("#download-all").click()
        asked = page.evaluate("performance.getEntriesByType('resource').filter((e) => e.name.includes('archive.zip')).length")
        assert asked == 1, f"one press asks {asked} times"
        page.context.close()


def test_reload_and_lost_connection():
    """A reload in the middle of a job, then a server that dies and comes back."""
    held = serving.Held()
    server = serving.Server("page_lost", *held.options)
    with server:
        page = browser.page(server, **CALM)
        page.locator("#limit:has-text('MB')").wait_for()
        page.locator("#kinds label:has-text('Extend + 3D')").click()
        page.locator(".options > summary").first.click()
        page.locator("#painter").select_option("remote")
        page.locator("#file").set_input_files(photo("orchid.jpg"))
        page.locator("#frame-start").click()
        page.locator("li[data-state=running]").wait_for()
        page.locator("#kinds label").first.click()
        drop(page, photo("boats.jpg"))
        page.locator("li[data-state=queued]").wait_for()
        page.reload()
        page.locator("li[data-state=running]").wait_for()
        page.locator("li[data-state=queued]").wait_for()
        shoot(page, "reloaded")
        server.kill()
        page.locator("#connection:has-text('Connection lost')").wait_for()
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        assert 0 <= page.locator("#connection").bounding_box()["y"] < 860, "the words are out of sight"
        shoot(page, "lost")
        server.options = (*held.options, "--port", str(server.port))
        held.let_go()
        server.start()
        page.locator("#connection:empty").wait_for(state="attached")
        wait_done(page, 2)
        page.context.close()


def test_busy_server():
    """A photo that is not taken at first is sent again."""
    held = serving.Held()
    with serving.Server("page_busy", *held.options, "--max-client", "1") as server:
        held.add(server)  # from the same address
        page = browser.page(server, **CALM)
        page.locator("#limit:has-text('MB')").wait_for()
        drop(page, photo("orchid.jpg"), photo("pagoda.jpg"))
        page.locator("#photo-list .words:has-text('busy')").first.wait_for()
        held.let_go()
        wait_done(page, 2)
        page.context.close()


def test_keyboard_only():
    """Choose, look, and delete without a pointer."""
    with serving.Server("page_keys") as server:
        page = browser.page(server, **CALM)
        page.on("filechooser", lambda chooser: chooser.set_files(photo("orchid.jpg")))
        page.locator("#limit:has-text('MB')").wait_for()
        tab_to(page, "choose")
        page.keyboard.press("Enter")
        wait_done(page)
        tab_to(page, "tab-live")
        page.keyboard.press("ArrowRight")
        assert page.locator("#tab-compare").get_attribute("aria-selected") == "true"
        page.keyboard.press("Home")
        page.keyboard.press("Tab")
        still = settled(page, LIVE)
        for _ in range(5):
            page.keyboard.press("ArrowRight")
        assert difference(still, settled(page, LIVE)) > 0.5, "arrow keys do not turn the view"
        page.locator("li .remove").focus()
        page.keyboard.press("Enter")
        page.locator("#delete-dialog[open]").wait_for()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.locator("#photo-list li").wait_for(state="detached")
        page.locator("h1").wait_for()
        assert page.evaluate("document.activeElement.id") == "choose"
        page.context.close()


def tab_to(page, name):
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == name:
            return
    raise AssertionError(f"the Tab key does not reach {name}")


def test_phone_and_frame():
    """A narrow screen: extend a photo by its frame, convert it too."""
    with serving.Server("page_phone") as server:
        page = browser.page(server, width=360, height=740, has_touch=True, device_scale_factor=2, **CALM)
        page.locator("#limit:has-text('MB')").wait_for()
        shoot(page, "phone_start")
        page.locator("#kinds label:has-text('Extend + 3D')").click()
        page.locator("#file").set_input_files(photo("orchid.jpg"))
        page.locator("#frame-size:has-text('640 × 427 → 896 × 597')").wait_for()
        page.locator("#frame-width").fill("700")
        page.locator("#frame-height").fill("600")
        page.locator("#frame-height").press("Enter")
        assert page.locator("#frame-size").inner_text() == "640 × 427 → 700 × 600"
        page.locator("#frame-width").fill("300")
        page.locator("#frame-width").press("Enter")
        assert page.locator("#frame-width").input_value() == "640", "a width that nothing can have stays in its field"
        page.locator("#frame-height").fill("")
        page.locator("#frame-height").press("Enter")
        assert page.locator("#frame-height").input_value() == "600", "what is no size stays in its field"
        page.locator("#frame-presets button:has-text('1:1')").click()
        assert page.locator("#frame-width").input_value() == "640"
        assert page.locator("#frame-size").inner_text() == "640 × 427 → 640 × 640"
        drag(page, ".handle.right", 20, 0)
        page.locator(".handle.right").press("ArrowLeft")
        width, height = map(int, page.locator("#frame-size").inner_text().split("→")[1].split("×"))
        assert width > 660 and abs(height - 640) < 2, (width, height)
        shoot(page, "phone_frame", whole=True)
        page.locator("#frame-start").click()
        wait_done(page)
        drawn(page, LIVE)
        shoot(page, "phone", whole=True)
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        job = json.loads(page.evaluate("fetch(`/api/v1/jobs/${location.hash.slice(1)}`).then((r) => r.text())"))
        assert job["kind"] == "both" and (job["summary"]["width"], job["summary"]["height"]) == (width, height), (job["summary"], width)
        page.context.close()


def drag(page, handle, x, y):
    page.locator(handle).scroll_into_view_if_needed()
    box = page.locator(handle).bounding_box()
    at = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*at)
    page.mouse.down()
    page.mouse.move(at[0] + x, at[1] + y, steps=4)
    page.mouse.up()


def test_headset():
    """Both eyes' pictures reach a headset's two eyes."""
    with serving.Server("page_headset") as server:
        page = browser.page(server, script=HEADSET, **CALM)
        page.locator("#limit:has-text('MB')").wait_for()
        drop(page, photo("pagoda.jpg"))
        wait_done(page)
        page.locator("#headset").click()
        eyes = until(page, lambda: page.evaluate("window.eyesSeen"), "the headset sees nothing")
        assert max(eyes["left"][0::4]) - min(eyes["left"][0::4]) > 60, "the left eye is blank"
        assert difference(eyes["left"], eyes["right"]) > 0.3, "both eyes see the same"
        page.context.close()


def test_words_about_the_eyes():
    """What the measures advise is said in the words of the page's own controls."""
    plain = "(about) => import('/js/text.js').then(({ comfort }) => comfort(about))"
    with serving.Server("web_words") as server, open(photo("orchid.jpg"), "rb") as file:
        body = file.read()
        page = browser.page(server)
        said = {}
        for convergence in ("0", "1"):
            options = [("strength", "9"), ("convergence", convergence), ("done", "views")]
            reply = server.post_form("/api/v1/jobs", [("file", "orchid.jpg", body), *options])
            assert reply.status == 201, reply.body
            about = server.wait(reply.json()["id"])["summary"]["comfort"]
            words = said[convergence] = page.evaluate(plain, about)
            print("  ", about["advice"], "->", words)
            assert not any(word in words for word in ("degree", "window", "convergence", "less strength", "spx")), words
        waits = {"state": "queued", "position": 3, "waits_for": "version"}
        assert page.evaluate("(job) => import('/js/text.js').then(({ state }) => state(job))", waits) == "Waiting for a newer worker"
        assert "out of the screen" in said["0"] and "behind the screen" in said["1"], said
        assert "farther right" in said["0"] and "farther left" in said["1"], said
        page.context.close()


def test_no_faults():
    """No script failed and nothing was refused by the content security policy in all of this."""
    browser.check_faults()


browser = Browser()
serving.run([test_photo_to_files, test_options_are_remembered, test_nothing_jumps, test_what_is_no_photo,
             test_pictures_of_the_page_are_no_photos, test_token, test_reload_and_lost_connection, test_busy_server,
             test_keyboard_only, test_phone_and_frame, test_headset, test_words_about_the_eyes, test_no_faults])
