#!/usr/bin/env python3
"""What the page learns in another order than it asked: answers that are late, and photos that come early."""
from browser import Browser, drop, frames, photo, read_job, serving, until, wait_done

CALM = {"reduced_motion": "reduce"}

# A small photo whose border is painted elsewhere.
EXTEND = """async () => {
    const canvas = new OffscreenCanvas(96, 64);
    canvas.getContext("2d").fillRect(20, 20, 30, 30);
    const form = new FormData();
    for (const [name, value] of Object.entries({ kind: "outpaint", painter: "remote", expand: "32" }))
        form.append(name, value);
    form.append("file", await canvas.convertToBlob(), "small.png");
    return (await fetch("/api/v1/jobs", { method: "POST", body: form })).status;
}"""


class Late:
    """Requests that the server answers at once, and whose answers the page gets when the test lets them go."""

    def __init__(self, page, address, method="GET"):
        self.page = page
        self.address = address
        self.method = method
        self.held = []
        page.route(address, self.hold)

    def hold(self, route):
        if route.request.method == self.method:
            self.held.append((route, route.fetch()))
        else:
            route.fallback()

    def wait(self):
        """Waits until an answer is held."""
        until(self.page, lambda: self.held, f"{self.address} was not asked for")

    def let_go(self):
        self.wait()
        held, self.method = self.held, ""
        for route, response in held:
            route.fulfill(response=response)
        frames(self.page, 4)  # what the page makes of it is seen by then


def reload_to_the_list(page):
    """The page begins anew, and waits for its list, which is returned held."""
    lists = Late(page, "**/api/v1/jobs?*")
    page.reload()
    page.locator("#limit:has-text('MB')").wait_for()
    lists.wait()
    return lists


def test_answers_in_any_order():
    """What the page asked for before something happened may come after the news of it: the news count."""
    held = serving.Held()
    with serving.Server("page_order", *held.options) as server:
        page = browser.page(server, **CALM)
        page.locator("#limit:has-text('MB')").wait_for()

        # a photo is dropped while the page still reads the list, in which it is not
        lists = reload_to_the_list(page)
        drop(page, photo("orchid.jpg"))
        page.locator("#viewer-name:has-text('orchid')").wait_for()
        lists.let_go()
        wait_done(page)
        page.locator("#tab-depth").wait_for()

        # an upload is answered after its photo is done
        answer = Late(page, "**/api/v1/jobs", "POST")
        drop(page, photo("boats.jpg"))
        wait_done(page, 2)
        answer.let_go()
        assert page.locator("li[data-state=done]").count() == 2, "an upload's answer took a job back to its beginning"
        page.locator("#viewer-name:has-text('boats')").wait_for()
        page.locator("#tab-depth").wait_for()

        # the list is older than the end of one photo, and than another one's deletion
        page.evaluate(EXTEND)
        held.wait()
        page.locator("li[data-state=running]").wait_for()
        lists = Late(page, "**/api/v1/jobs?*")
        page.evaluate("dispatchEvent(new Event('online'))")  # as when a phone comes out of a tunnel
        lists.wait()
        held.let_go()
        wait_done(page, 3)
        page.evaluate("fetch(`/api/v1/jobs/${location.hash.slice(1)}`, { method: 'DELETE' })")
        page.locator("li[data-state]").nth(2).wait_for(state="detached")
        lists.let_go()
        wait_done(page, 2)
        assert page.locator("li[data-state]").count() == 2, "a list brought back what was deleted"
        page.context.close()


def test_photo_before_the_offer():
    """A photo that comes before the page knows what the server offers waits for it, and gets what was chosen for it."""
    with serving.Server("page_offer") as server:
        page = browser.page(server, **CALM)
        page.locator("#limit:has-text('MB')").wait_for()
        page.evaluate("localStorage.setItem('spx-options', JSON.stringify({ kind: 'convert', format: ['spatial', 'sbs'] }))")
        offer = Late(page, "**/api/v1/server")
        page.reload()
        offer.wait()
        drop(page, photo("orchid.jpg"))
        offer.let_go()
        wait_done(page)
        job = read_job(page)
        assert sorted(job["options"]["format"]) == ["sbs", "spatial"], job["options"]

        # a photo to extend: its frame stays when the list comes
        page.evaluate("localStorage.setItem('spx-options', JSON.stringify({ kind: 'both' }))")
        page.evaluate("history.replaceState(null, '', location.pathname)")
        lists = reload_to_the_list(page)
        drop(page, photo("boats.jpg"))
        page.locator("#frame:visible").wait_for()
        lists.let_go()
        page.locator("li[data-state=done]").wait_for()
        assert page.locator("#frame").is_visible(), "the list closed the frame of a dropped photo"
        page.context.close()


def test_no_faults():
    browser.check_faults()


browser = Browser()
serving.run([test_answers_in_any_order, test_photo_before_the_offer, test_no_faults])
