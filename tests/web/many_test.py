#!/usr/bin/env python3
"""Many photos: chosen, taken in one zip, tried again, deleted; a larger photo becomes 3D; a link as a code."""
import zipfile

from browser import Browser, check_axe, drawn, drop, load_axe, photo, read_job, serving, shoot, until, wait_done

CALM = {"reduced_motion": "reduce"}
LIVE = "canvas.live"
SIZES = {"desktop": (1440, 900), "tablet": (768, 1024), "phone": (390, 844)}


def test_many():
    with serving.Server("many") as server:
        page = browser.page(server, accept_downloads=True, **CALM)
        page.locator("#limit:has-text('MB')").wait_for()
        assert page.locator("#select").is_hidden()
        with open(photo("orchid.jpg"), "rb") as file:
            whole = file.read()
        torn = ("torn.jpg", "image/jpeg", whole[:len(whole) // 60])
        drop(page, photo("orchid.jpg"), photo("pagoda.jpg"), torn)
        wait_done(page, 2)
        page.locator("li[data-state=failed]").wait_for()
        assert page.locator("#retry-failed").is_hidden(), "a damaged photo fails again"
        page.locator("#select").click()
        boxes = page.locator("#photo-list input[type=checkbox]")
        assert boxes.count() == 3
        assert page.locator("#selected-download").get_attribute("href") is None
        for name in ("orchid", "pagoda"):
            page.locator(f"#photo-list li:has-text('{name}') input").check()
        assert page.locator("#selected-count").inner_text() == "2 chosen"
        for name, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                shoot(page, f"many_{name}_{scheme}", whole=True)
                check_axe(page, axe, f"many {name} {scheme}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        with page.expect_download() as waiting:
            page.locator("#selected-download").click()
        with zipfile.ZipFile(waiting.value.path()) as archive:
            assert archive.testzip() is None
            assert sorted(archive.namelist()) == ["orchid/orchid_spatial.heic", "pagoda/pagoda_spatial.heic"], archive.namelist()
        page.locator("#select-all").check()
        assert page.locator("#selected-count").inner_text() == "3 chosen"
        page.locator("#selected-delete").click()
        page.locator("#delete-words:has-text('Delete 3 photos')").wait_for()
        check_axe(page, axe, "delete dialog")
        page.locator("#delete-dialog .danger").click()
        page.locator("h1").wait_for()
        page.locator("#photo-list li").first.wait_for(state="detached")
        assert page.locator("#viewer").is_hidden()
        page.context.close()


def test_failed_ones_are_tried_again():
    """Two that were cancelled are offered together."""
    held = serving.Held()
    with serving.Server("many_failed", *held.options) as server:
        held.add(server)  # somebody else's
        page = browser.page(server, **CALM)
        page.locator("#limit:has-text('MB')").wait_for()
        drop(page, *[photo(name) for name in ("boats.jpg", "orchid.jpg", "pagoda.jpg")])
        page.locator("#photo-list li[data-state=queued]").nth(2).wait_for()
        for remove in page.locator("#photo-list li[data-state=queued] .remove").all()[::-1][:2]:
            remove.click()
        page.locator("li[data-state=cancelled]").nth(1).wait_for()
        held.let_go()
        wait_done(page)
        page.locator("#retry-failed:has-text('Try 2 again')").click()
        wait_done(page, 3)
        assert page.locator("#retry-failed").is_hidden()
        page.context.close()


def test_painter_is_told_what_to_paint():
    """Words that a person types on the page reach the painter elsewhere; this server's own takes none."""
    held = serving.Held()
    with serving.Server("many_prompt", *held.options) as server:
        page = browser.page(server, **CALM)
        page.locator("#limit:has-text('MB')").wait_for()
        page.locator("#kinds label").nth(1).click()
        page.locator(".options > summary").first.click()
        page.locator("#painter").select_option("local")
        assert page.locator("#prompt-row").is_hidden()
        page.locator("#painter").select_option("remote")
        page.locator("#prompt").fill("a calm sea")
        check_axe(page, axe, "painter")
        page.locator("#file").set_input_files({"name": "small.png", "mimeType": "image/png", "buffer": serving.png(96, 64)})
        page.locator("#frame-start").click()
        page.locator("li[data-state=running] .words:has-text('Painting new borders')").wait_for()
        assert "%" in page.locator("li[data-state=running] .words").inner_text(), "nobody is told how far it is"
        held.let_go()
        wait_done(page)
        assert held.painter.values["prompt_input"] == "a calm sea", held.painter.values
        page.context.close()


def choose_to_extend(page, name):
    """A photo whose border is to grow, with the frame on the screen."""
    page.locator("#limit:has-text('MB')").wait_for()
    page.locator("#kinds label").nth(1).click()
    page.locator("#file").set_input_files(photo(name))
    page.locator("#frame-size:has-text('→')").wait_for()


def test_larger_photo_becomes_3d():
    with serving.Server("many_3d") as server:
        page = browser.page(server, **CALM)
        choose_to_extend(page, "orchid.jpg")
        check_axe(page, axe, "frame")
        shoot(page, "frame_desktop")
        page.locator("#frame-start").click()
        wait_done(page)
        page.locator("#panel:not([aria-busy]) .picture").wait_for()
        check_axe(page, axe, "extended")
        shoot(page, "extended", whole=True)
        assert page.locator("#tabs").is_hidden() and page.locator("#download-all").is_hidden(), "one view and one file, and a choice of them"
        assert page.locator("#download-main").inner_text() == "Download the extended photo"
        page.locator("#make-3d").click()
        drawn(page, LIVE)
        page.locator("#download-main[href*='spatial']").wait_for()
        job = read_job(page)
        assert job["kind"] == "both" and job["revision"] == 2, job
        assert {file["role"] for file in job["files"]} == {"outpainted", "spatial"}
        assert page.locator("#make-3d").is_hidden() and page.locator("#tab-live").get_attribute("aria-selected") == "true"
        assert page.locator("#download-main").inner_text() == "Download the spatial photo"
        check_code(page)
        page.context.close()


def test_painter_says_what_it_cannot():
    """A boat is cut by the left side of this photo."""
    with serving.Server("many_cut") as server:
        page = browser.page(server, **CALM)
        choose_to_extend(page, "../cases/base.jpg")
        page.locator("#frame-start").click()
        wait_done(page)
        page.locator("#warnings li:has-text('cut off at the left edge')").wait_for()
        check_axe(page, axe, "cut")
        page.context.close()


def test_painter_says_that_a_border_is_large():
    """From 600x400: half of the photo's height above it, and half below."""
    with serving.Server("many_large") as server:
        page = browser.page(server, **CALM)
        choose_to_extend(page, "coffee.png")
        page.locator("#frame-width").fill("600")
        page.locator("#frame-height").fill("800")
        page.locator("#frame-start").click()
        wait_done(page)
        page.locator("#warnings li:has-text('a side grows by 50 %')").wait_for()
        page.context.close()


def check_code(page):
    page.locator("#share").click()
    page.locator("#share-dialog[open]").wait_for()
    until(page, lambda: page.evaluate("document.getElementById('share-code').naturalWidth") > 0, "the code is not there")
    assert page.locator("#share-local").is_visible(), "nobody says that 127.0.0.1 is this computer"
    for name, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        shoot(page, f"share_{name}")
        check_axe(page, axe, f"share {name}")


def test_no_faults():
    browser.check_faults()


browser = Browser()
axe = load_axe()
serving.run([test_many, test_failed_ones_are_tried_again, test_painter_is_told_what_to_paint, test_larger_photo_becomes_3d, test_painter_says_what_it_cannot, test_painter_says_that_a_border_is_large,
             test_no_faults])
