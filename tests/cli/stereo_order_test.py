#!/usr/bin/python3
"""Both eyes through every file that holds them, and back: order, window, camera. A square is red in the left eye
and blue in the right one, so that no reader can take one for the other."""
import glob
import io
import json
import math
import os
import subprocess
import sys

from support import PHOTOS, convert, enter, need, spx

need("exiftool", "ffmpeg", "heif-convert")
try:
    import numpy as np
    from PIL import Image
except ImportError as missing:
    print("skipped:", missing)
    sys.exit(77)

WIDTH, HEIGHT = 320, 208
RED, BLUE = (230, 30, 30), (30, 30, 230)
WORDS = ("spatial", "sbs-jpg", "sbs-png", "hsbs", "ou", "hou", "cross", "leia", "mpo", "jps", "pns", "vr180",
         "vr180-sbs")
FOV = 50


def eye(color, x):
    random = np.random.default_rng(5)
    ground = Image.fromarray(random.integers(60, 190, (HEIGHT // 8, WIDTH // 8, 3), dtype=np.uint8))
    ground = np.asarray(ground.resize((WIDTH, HEIGHT), Image.BICUBIC)).copy()
    ground[70:130, x:x + 60] = color
    thing = random.integers(90, 160, (150, 80, 3), dtype=np.uint8)
    ground[30:180, x + 90:x + 170] = np.asarray(Image.fromarray(thing).resize((80, 150)))
    return Image.fromarray(ground)


def share(picture, color):
    """Of the pixels: those that are nearly of a colour."""
    return (np.abs(np.asarray(picture.convert("RGB")).astype(int) - color).max(axis=2) < 60).mean()


def check(left, right, what):
    assert share(left, RED) > 2 * share(left, BLUE) and share(left, RED) > 0.0005, (what, "left")
    assert share(right, BLUE) > 2 * share(right, RED) and share(right, BLUE) > 0.0005, (what, "right")


def halves(picture, above=False, crossed=False):
    width, height = picture.size
    if above:
        first, second = picture.crop((0, 0, width, height // 2)), picture.crop((0, height // 2, width, height))
    else:
        first, second = picture.crop((0, 0, width // 2, height)), picture.crop((width // 2, 0, width, height))
    return (second, first) if crossed else (first, second)


def frames(path):
    with Image.open(path) as picture:
        assert picture.n_frames == 2
        found = []
        for i in range(2):
            picture.seek(i)
            found.append(picture.convert("RGB"))
    return found


def vr180(path):
    data = subprocess.run(["exiftool", "-b", "-XMP-GImage:ImageData", path], capture_output=True, check=True).stdout
    return Image.open(path), Image.open(io.BytesIO(data))


def heif(path):
    subprocess.run(["heif-convert", path, "heif.png"], capture_output=True, check=True)
    return [Image.open(name) for name in sorted(glob.glob("heif-*.png"))][:2]


def made(folder, ending):
    found = [name for name in glob.glob(folder + "/**", recursive=True) if name.endswith(ending)]
    assert len(found) == 1, (folder, ending, found)
    return found[0]


READERS = {
    "_spatial.heic": heif, "_LRF_Full_SBS.jpg": lambda f: halves(Image.open(f)),
    "_LRF_Full_SBS.png": lambda f: halves(Image.open(f)), "pair_LR.jpg": lambda f: halves(Image.open(f)),
    "_TBF_fulltb.jpg": lambda f: halves(Image.open(f), above=True), "_TB.jpg": lambda f: halves(Image.open(f), above=True),
    "_RLF_cross.jpg": lambda f: halves(Image.open(f), crossed=True), "_2x1.jpg": lambda f: halves(Image.open(f)),
    ".mpo": frames, ".jps": lambda f: halves(Image.open(f), crossed=True), ".pns": lambda f: halves(Image.open(f)),
    ".vr.jpg": vr180, "_180x180_LR.jpg": lambda f: halves(Image.open(f)),
}


LAYOUTS = {"_spatial.heic": "spatial", "_TBF_fulltb.jpg": "ou", "_TB.jpg": "ou", "_RLF_cross.jpg": "rl", ".mpo": "mpo",
           ".jps": "rl", ".vr.jpg": "vr180"}


def film(path):
    subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-frames:v", "1", "film.png"], check=True)
    return halves(Image.open("film.png"))


def rows(path):
    both = np.asarray(Image.open(path).convert("RGB"))
    return Image.fromarray(both[0::2]), Image.fromarray(both[1::2])


WRITTEN_ONLY = {"sbs": ("_sbs.hevc", film), "rows": ("_rows.png", rows), "mpo-3ds": ("HNI_0001.MPO", frames)}


def every_file_has_its_eyes_in_order():
    code, out, err = convert("--json", "--align", "off", "--fov", str(FOV), "--baseline", "80", "--stereo", "pair", "-f",
                             ",".join([*WORDS, *WRITTEN_ONLY]), "-o", ".", "pair.png", "right.png")
    assert code == 0, err
    for ending, read in [*READERS.items(), *WRITTEN_ONLY.values()]:
        check(*read(made("pair_output", ending)), ending)


def every_reader_keeps_the_order_and_the_cameras():
    os.makedirs("in")
    for i, ending in enumerate(READERS):
        os.symlink(os.path.abspath(made("pair_output", ending)), "in/{}{}".format(i, ending.replace("pair", "")))
    code, out, err = convert("--json", "--align", "off", "-f", "left,right", "-o", "back",
                             *sorted(glob.glob("in/*")))
    assert code == 0, err
    told = [json.loads(line) for line in out.splitlines()]
    assert len(told) == len(READERS), [one["photo"] for one in told]
    for one in told:
        assert "stereo" in one, one["photo"]
        check(Image.open(one["output"] + "/stereo_left.png"), Image.open(one["output"] + "/stereo_right.png"),
              one["photo"])
        assert abs(one["hfov_deg"] - FOV) < 0.01 and abs(one["baseline_mm"] - 80) < 0.01, one
        assert abs(one["width"] - WIDTH) <= 1 and abs(one["height"] - HEIGHT) <= 1, one


def db(one, other, margin):
    """Of the brightness, which 4:2:0 keeps, without the sides that went out of the frame on the way."""
    one, other = (np.asarray(Image.open(path).convert("L")).astype(float)[:, margin:-margin] for path in (one, other))
    return 10 * math.log10(255 ** 2 / ((one - other) ** 2).mean())


def an_indoor_pair_keeps_its_window():
    """spatial → MPO → side by side → spatial: what matching alone does not find in a room."""
    arguments = ["--json", "--align", "off", "--quality", "95"]
    code, out, err = convert(*arguments, "--stereo", "pair", "-f", "spatial", "-o", "a", PHOTOS + "/motorcycle_left.png",
                             PHOTOS + "/motorcycle_right.png")
    assert code == 0, err
    begin = json.loads(out)["disparity_adjustment"]
    file = made("a", ".heic")
    for word, ending in (("mpo", ".mpo"), ("sbs-png", ".png"), ("spatial", ".heic")):
        code, out, err = convert(*arguments, "-f", word + ",left,right", "-o", word, file)
        assert code == 0, err
        if word == "mpo":
            eyes = [made("mpo", "stereo_{}.png".format(side)) for side in ("left", "right")]
            os.mkdir("eyes")
            for i, name in enumerate(eyes):
                os.rename(name, "eyes/{}.png".format(i))
        for name in glob.glob(word + "/**/stereo_*.png", recursive=True):
            os.remove(name)
        file = made(word, ending)
    end = json.loads(out)["disparity_adjustment"]
    assert begin > 0.05 and abs(begin - end) <= 0.001, (begin, end)
    code, out, err = convert(*arguments, "-f", "left,right", "-o", "end", file)
    assert code == 0, err
    margin = 1 + math.ceil(begin * json.loads(out)["width"] / 2)
    for i, side in enumerate(("left", "right")):
        got = db("eyes/{}.png".format(i), made("end", "stereo_{}.png".format(side)), margin)
        print("  {} eye: {:.1f} dB".format(side, got))
        assert got >= 40


def a_real_pair_goes_through_every_kind_of_file():
    """The motorcycle as JPS, PNS, MPO and side by side: lossless ones give back its bits, JPEG nearly so."""
    eyes = {side: PHOTOS + "/motorcycle_{}.png".format(side) for side in ("left", "right")}
    code, _, err = convert("--stereo", "pair", "-f", "jps,pns,mpo,sbs-png", "-o", "real", eyes["left"], eyes["right"])
    assert code == 0, err
    for name, least in ((".jps", 39), (".pns", math.inf), (".mpo", 35), ("_LRF_Full_SBS.png", math.inf)):
        code, _, err = convert("-f", "left,right", "-o", "real" + name, "real/motorcycle_left_output/motorcycle_left" + name)
        assert code == 0, err
        for side, photo in eyes.items():
            got, wanted = (np.asarray(Image.open(path).convert("RGB")).astype(float)
                           for path in (made("real" + name, "stereo_{}.png".format(side)), photo))
            assert got.shape == wanted.shape, name
            error = ((got - wanted) ** 2).mean()
            assert error == 0 or 10 * math.log10(255 ** 2 / error) >= least, (name, side, error)


def a_vr180_photo_is_what_projection_says():
    """By a projection of our own: pixels of the left eye's sphere, from the formula."""
    flat = np.asarray(Image.open("pair.png").convert("RGB")).astype(float)
    sphere = Image.open(made("pair_output", ".vr.jpg"))
    told = json.loads(subprocess.run(["exiftool", "-json", "-n", sphere.filename], capture_output=True, check=True).stdout)[0]
    whole = told["FullPanoWidthPixels"]
    assert told["FullPanoHeightPixels"] == whole // 2 and told["ProjectionType"] == "equirectangular", told
    got = np.asarray(sphere).astype(float)
    y, x = np.mgrid[4:got.shape[0] - 4:5, 4:got.shape[1] - 4:5]
    longitude = ((x + 0.5 + told["CroppedAreaLeftPixels"]) / whole - 0.5) * 2 * math.pi
    latitude = (0.5 - (y + 0.5 + told["CroppedAreaTopPixels"]) / (whole // 2)) * math.pi
    focal = WIDTH / 2 / math.tan(math.radians(FOV / 2))
    at_x = np.tan(longitude) * focal + WIDTH / 2 - 0.5
    at_y = HEIGHT / 2 - 0.5 - np.tan(latitude) / np.cos(longitude) * focal
    ok = (at_x > 3) & (at_x < WIDTH - 4) & (at_y > 3) & (at_y < HEIGHT - 4)
    wanted = flat[at_y[ok].round().astype(int), at_x[ok].round().astype(int)]
    assert ok.mean() > 0.85 and np.abs(got[y[ok], x[ok]] - wanted).mean() < 6, np.abs(got[y[ok], x[ok]] - wanted).mean()
    assert got[1, 1].max() < 30  # the corner of the sphere lies outside the flat picture


def comfort_measures_every_kind():
    for ending in READERS:
        code, out, err = spx("comfort", "--json", made("pair_output", ending))
        assert code == 0, (ending, err)
        told = json.loads(out)
        assert told["layout"] == LAYOUTS.get(ending, "sbs") and 0 <= told["score"] <= 100, told
        assert 2 < told["crossed_pct"] + told["uncrossed_pct"] < 7, (ending, told)
    code, out, err = spx("comfort", "--json", "--layout", "pair", "pair.png", "right.png")
    assert code == 0 and json.loads(out)["layout"] == "pair", err
    assert spx("comfort", "--layout", "pair", "pair.png")[0] == 2


def cut_vr180_fails_with_a_reason():
    with open(made("pair_output", ".vr.jpg"), "rb") as file:
        data = file.read()
    at = data.index(b"http://ns.adobe.com/xmp/extension/")
    with open("cut.vr.jpg", "wb") as file:
        file.write(data[:at] + b"h" + data[at + 1:].replace(b"GImage:Data", b"GImage:Dota", 1))
    code, _, err = convert("-f", "left", "cut.vr.jpg")
    assert code == 1 and "without its right eye" in err, err
    assert not os.path.exists("cut.vr_output/stereo_left.png")


enter("stereo order")
eye(RED, 140).save("pair.png")
eye(BLUE, 128).save("right.png")
for test in (every_file_has_its_eyes_in_order, every_reader_keeps_the_order_and_the_cameras,
             a_vr180_photo_is_what_projection_says, comfort_measures_every_kind, cut_vr180_fails_with_a_reason,
             a_real_pair_goes_through_every_kind_of_file, an_indoor_pair_keeps_its_window):
    test()
    print("ok", test.__name__)
