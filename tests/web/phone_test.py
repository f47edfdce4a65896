#!/usr/bin/env python3
"""The page on a phone: a reload leaves the photo in sight, what fails once is tried again, words of trouble go away and cover
nothing, the picture fills the screen, a look is seen at once, and photos that other programs share arrive."""
import base64
import json

from browser import Browser, check_axe, difference, drawn, drop, frames, load_axe, photo, serving, settled, shoot, until, wait_done

PHONE = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True, "device_scale_factor": 2, "reduced_motion": "reduce"}
LIVE = "canvas.live"
OPEN = "#panel:not([aria-busy]) "  # with a view that has its pictures


def test_reload_keeps_the_photo_in_sight():
    """With and without a photo in the address, and wherever the page was scrolled to."""
    with serving.Server("phone_reload") as server:
        page = browser.page(server, **PHONE)
        page.locator("#limit:has-text('MB')").wait_for()
        drop(page, photo("orchid.jpg"))
        wait_done(page)
        drawn(page, LIVE)
        for place in ("0", "document.body.scrollHeight"):
            page.evaluate(f"scrollTo(0, {place})")
            page.reload()
            drawn(page, LIVE)
            frames(page, 10)
            until(page, lambda: in_sight(page.locator("#panel").bounding_box()), f"from {place}: the picture is out of sight")
            shoot(page, f"phone_reload_{place[:1]}")
        check_full_screen(page)
        check_looks(page)
        page.context.close()


def in_sight(box):
    return -20 <= box["y"] and box["y"] + box["height"] * 0.7 <= 844


def check_full_screen(page):
    """Both ways: the browser's, and the one for browsers that fill the screen with films only."""
    for own in (True, False):
        if not own:
            page.evaluate("Object.defineProperty(document, 'fullscreenEnabled', { value: false })")
        page.locator("#full-screen").click()
        page.locator(".screen.filling" if not own else ".screen:fullscreen").wait_for()
        until(page, lambda: page.locator(LIVE).bounding_box()["width"] >= 389, "the picture does not fill the screen")
        check_axe(page, axe, "full screen")
        shoot(page, f"phone_full_{'own' if own else 'window'}")
        page.locator("#full-screen").click()
        page.locator(".screen:not(.filling):not(:fullscreen)").wait_for()


def check_looks(page):
    """Another look is seen before it is saved, and is what the server then makes."""
    box = page.locator(LIVE).bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.95, box["y"] + box["height"] * 0.5)
    natural = settled(page, LIVE)
    assert page.locator("#live-sliders [data-value=natural]").get_attribute("aria-pressed") == "true"
    before = page.locator("#live-sliders output").first.inner_text()
    page.locator("#live-sliders [data-value=strong]").click()
    assert difference(natural, settled(page, LIVE)) > 0.5, "a look is not seen"
    seen = float(page.locator("#live-sliders output").first.inner_text().split()[0])
    assert seen > float(before.split()[0]), (before, seen)
    page.locator("#render").click()
    page.locator("#automatic:enabled, #render:enabled").first.wait_for(state="attached")
    wait_done(page)
    job = json.loads(page.evaluate("fetch(`/api/v1/jobs/${location.hash.slice(1)}`).then((r) => r.text())"))
    assert (job["options"]["look"], job["options"]["strength"]) == ("strong", "auto"), job["options"]
    assert job["revision"] == 2, job["revision"]


# A browser whose graphics are not there at first, as after they failed.
NO_GRAPHICS = """(() => {
    const get = HTMLCanvasElement.prototype.getContext;
    window.refused = 0;
    HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
        return kind === "webgl2" && this.className.includes("picture") && refused++ < 2 ? null : get.call(this, kind, ...more);
    };
})();"""

LOSE = """(selector) => {
    const canvas = document.querySelector(selector);
    window.lost = canvas.getContext("webgl2").getExtension("WEBGL_lose_context");
    return new Promise((gone) => { canvas.addEventListener("webglcontextlost", () => gone(0), { once: true }); lost.loseContext(); });
}"""


class Failing:
    """Lets the first requests of that address fail."""

    def __init__(self, page, address, count=1):
        self.left = count
        page.route(address, self.answer)

    def answer(self, route):
        self.left -= 1
        if self.left >= 0:
            route.abort()
        else:
            route.continue_()


def from_the_side(page):
    """What the live view shows an eye that is not in the middle."""
    box = page.locator(LIVE).bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.5)
    page.mouse.move(box["x"] + box["width"] * 0.95, box["y"] + box["height"] * 0.5)
    return settled(page, LIVE)


def test_what_fails_once_is_tried_again():
    """One request without an answer, or graphics that are away for a moment, do not take the photo out of sight for good."""
    with serving.Server("phone_again") as server:
        page = browser.page(server, **PHONE)
        page.locator("#limit:has-text('MB')").wait_for()
        news = Failing(page, "**/api/v1/jobs/*")
        held = []  # the first depth is answered after the last one has been told
        page.route("**/depth_first.jpg*", lambda route: held.append(route))
        drop(page, photo("orchid.jpg"))
        wait_done(page)
        until(page, lambda: news.left < 0, "news that failed were not asked for again")
        page.locator("#tab-wiggle").wait_for()
        for route in held:
            route.continue_()
        drawn(page, OPEN + LIVE)
        refined = from_the_side(page) if held else None
        for what in ("**/api/v1/jobs?*", "**/preview.jpg*", "**/depth_preview.jpg*"):
            failing = Failing(page, what)
            page.reload()
            drawn(page, OPEN + LIVE)
            until(page, lambda: failing.left < 0, f"{what} was not asked for again")
            page.unroute(what)
        whole = from_the_side(page)
        assert refined is None or difference(refined, whole) < 0.05, "the view keeps a depth that a better one has followed"
        for tab in ("wiggle", "depth", "compare"):
            failing = Failing(page, "**/*_preview.jpg*")
            page.locator(f"#tab-{tab}").click()
            page.locator(f"#panel .{'depth-stage' if tab == 'depth' else tab}").wait_for()
            until(page, lambda: failing.left < 0, f"{tab} did not ask again")
            page.unroute("**/*_preview.jpg*")
        check_lost_graphics(page, whole)
        check_shared_again(page, server)
        page.add_init_script(NO_GRAPHICS)
        page.reload()
        drawn(page, OPEN + LIVE)
        assert page.evaluate("refused") > 2, "no graphics were refused"
        page.context.close()


def check_lost_graphics(page, whole):
    """They come back by themselves, with the same picture."""
    for tab, canvas in (("anaglyph", OPEN + "canvas"), ("live", OPEN + LIVE)):
        page.locator(f"#tab-{tab}").click()
        drawn(page, canvas)
        before = from_the_side(page) if tab == "live" else settled(page, canvas)
        page.evaluate(LOSE, canvas)
        page.evaluate("lost.restoreContext()")
        drawn(page, canvas)
        assert difference(before, settled(page, canvas)) < 0.05, f"{tab}: another picture than before"
    assert difference(before, whole) < 0.05


def check_shared_again(page, server):
    """The page of a shared photo tries again too."""
    shared = json.loads(page.evaluate("fetch(`/api/v1/jobs/${location.hash.slice(1)}/share`, { method: 'POST' }).then((r) => r.text())"))
    guest = browser.page(server, script=NO_GRAPHICS, path="/s/" + json.dumps(shared).split("/s/")[1].split('"')[0], **PHONE)
    drawn(guest, LIVE)
    guest.locator("#ways a").first.wait_for()
    assert guest.locator("#note").inner_text() == ""
    assert guest.evaluate("refused") > 2, "no graphics were refused"
    guest.context.close()


# What the page does after more than five seconds it does when the test says so.
HOLD = """window.later = [];
const soon = window.setTimeout;
window.setTimeout = (what, ms, ...more) => ms < 5000 ? soon(what, ms, ...more) : (later.push([what, ms]), 0);"""


def words_go(page):
    """Their time is over."""
    page.evaluate("later.splice(0).forEach(([what]) => what())")


def test_trouble_covers_nothing():
    """The end of the page can be scrolled above the words, which go by themselves and by a press, and stay for who points."""
    with serving.Server("phone_alerts") as server:
        page = browser.page(server, script=HOLD, **PHONE)
        page.locator("#limit:has-text('MB')").wait_for()
        for name in ("a.txt", "b.txt", "c.txt"):
            drop(page, (name, "text/plain", b"hello"))
        page.locator(".alert:has-text('c.txt is not a photo')").wait_for()

        def above():  # room for the words comes with the next layout
            page.evaluate("scrollTo(0, document.body.scrollHeight)")
            last = page.locator(".options > summary").bounding_box()
            return last["y"] + last["height"] <= page.locator("#alerts").bounding_box()["y"]
        until(page, above, "the words cover the end of the page")
        shoot(page, "phone_alerts")
        check_axe(page, axe, "alerts")
        page.locator(".alert button").first.click()
        assert page.locator(".alert").count() == 2
        times = page.evaluate("later.map(([what, ms]) => ms)")
        assert len(times) >= 3 and min(times) >= 8000, f"nobody reads that in {times} ms"
        page.evaluate("document.activeElement.blur()")
        page.locator(".alert").first.hover()
        words_go(page)
        assert page.locator(".alert").count() == 1, "who points at words still reads them"
        page.mouse.move(0, 0)
        frames(page, 2)
        words_go(page)
        assert page.locator(".alert").count() == 0

        page.set_viewport_size({"width": 1280, "height": 860})  # with room, they leave what was made free
        drop(page, photo("orchid.jpg"))
        wait_done(page)
        drop(page, ("a.txt", "text/plain", b"hello"))
        page.locator(".alert:has-text('a.txt is not a photo')").wait_for()
        words, viewer = page.locator("#alerts").bounding_box(), page.locator("#viewer").bounding_box()
        assert words["x"] + words["width"] <= viewer["x"], (words, viewer)
        page.locator("#tab-pair").click()
        page.locator("#panel .pair").wait_for()
        assert page.locator("#full-screen").is_hidden(), "two buttons do the same"
        page.locator("#panel button:has-text('Full screen')").click()
        page.locator(".screen:fullscreen").wait_for()
        page.locator("#full-screen").click()
        page.locator(".screen:not(:fullscreen)").wait_for()
        page.context.close()


SHARE = """(parts) => {
    const transfer = new DataTransfer();
    for (const [name, type, text] of parts)
        transfer.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], name, { type }));
    const form = document.createElement("form");
    form.method = "post";
    form.action = "/take-shared";
    form.enctype = "multipart/form-data";
    const input = document.createElement("input");
    input.type = "file";
    input.name = "photos";
    input.multiple = true;
    input.files = transfer.files;
    form.append(input);
    document.body.append(form);
    form.submit();
}"""


def test_photos_that_others_share():
    """What a phone's share sheet sends (a form by POST) becomes photos of the page; the manifest can be installed."""
    with serving.Server("phone_shared") as server:
        page = browser.page(server, **PHONE)
        page.locator("#limit:has-text('MB')").wait_for()
        manifest = json.loads(page.evaluate("fetch('/manifest.webmanifest').then((r) => r.text())"))
        assert manifest["share_target"]["action"] == "/take-shared" and manifest["display"] == "standalone"
        for icon in manifest["icons"]:
            assert server.get(icon["src"]).status == 200, icon
        page.evaluate("navigator.serviceWorker.ready.then(() => 0)")
        with open(photo("orchid.jpg"), "rb") as file:
            data = file.read()
        page.evaluate(SHARE, [["blüte 1.jpg", "image/jpeg", base64.b64encode(data).decode()]])
        page.locator("#photo-list li:has-text('blüte 1.jpg')").wait_for()
        wait_done(page)
        page.reload()
        page.locator("#photo-list li").first.wait_for()
        page.wait_for_timeout(500)
        assert page.locator("#photo-list li").count() == 1, "a shared photo came twice"
        page.context.close()


def test_no_faults():
    browser.check_faults()


browser = Browser()
axe = load_axe()
serving.run([test_reload_keeps_the_photo_in_sight, test_what_fails_once_is_tried_again, test_trouble_covers_nothing, test_photos_that_others_share, test_no_faults])
