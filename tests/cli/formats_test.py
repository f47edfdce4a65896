#!/usr/bin/python3
"""Every format in one run, each opened by another program: it shows the photo, at the size that it is to have. And
pictures that are larger than a format can hold."""
import base64
import glob
import io
import json
import os
import re
import struct
import subprocess
import sys

from support import PHOTOS, SKIPPED, convert, enter, fails, need, read, run, spx

need("exiftool", "ffmpeg", "ffprobe", "heif-convert", "heif-info")
try:
    import numpy as np
    from PIL import Image
except ImportError as missing:
    print("skipped:", missing)
    sys.exit(SKIPPED)

Image.MAX_IMAGE_PIXELS = None
CASES = os.environ["SPX_TEST_DATA"] + "/cases"
WIDTH, HEIGHT = 320, 208
STRIP = 26  # the rows of the photo's middle that are printed: sheets are 3600 pixels long, whatever the photo
WHOLE, LEFT, RIGHT, TOP = (0, 0, 1, 1), (0, 0, .5, 1), (.5, 0, 1, 1), (0, 0, 1, .5)
SHEET = None  # shows no photo
FORMATS = {  # word: file, size (None: of a photo that moves), where one view lies
    "spatial": ("p_spatial.heic", (320, 208), WHOLE),
    "sbs": ("p_sbs.hevc", (640, 208), LEFT),
    "left": ("stereo_left.png", (320, 208), WHOLE),
    "right": ("stereo_right.png", (320, 208), WHOLE),
    "sbs-jpg": ("p_LRF_Full_SBS.jpg", (640, 208), LEFT),
    "sbs-png": ("p_LRF_Full_SBS.png", (640, 208), RIGHT),
    "hsbs": ("p_LR.jpg", (320, 208), LEFT),
    "ou": ("p_TBF_fulltb.jpg", (320, 416), TOP),
    "hou": ("p_TB.jpg", (320, 208), TOP),
    "rows": ("p_rows.png", (320, 208), WHOLE),
    "leia": ("p_2x1.jpg", (640, 208), RIGHT),
    "rgbd": ("p_RGBD.jpg", (640, 208), LEFT),
    "anaglyph": ("p_redcyan_dubois.jpg", (320, 208), WHOLE),
    "cross": ("p_RLF_cross.jpg", (640, 208), LEFT),
    "mpo": ("p.mpo", (320, 208), WHOLE),
    "mpo-3ds": ("HNI_0001.MPO", (640, 480), (.25, 136 / 480, .75, 344 / 480)),
    "jps": ("p.jps", (640, 208), RIGHT),
    "pns": ("p.pns", (640, 208), LEFT),
    "portrait": ("p_portrait.heic", (320, 208), WHOLE),
    "dynamic-depth": ("p_depth.jpg", (320, 208), WHOLE),
    "wiggle": ("p_wiggle.gif", None, WHOLE),
    "wiggle-webp": ("p_wiggle.webp", None, WHOLE),
    "wiggle-mp4": ("p_wiggle.mp4", None, WHOLE),
    "parallax": ("p_parallax.mp4", None, WHOLE),
    "parallax-webp": ("p_parallax.webp", None, WHOLE),
    "depth": ("depth_image.jpg", (320, 208), "depth"),
    "depth16": ("depth16.png", (320, 208), "depth"),
    "vr180": ("p.vr.jpg", None, WHOLE),
    "vr180-sbs": ("p_180x180_LR.jpg", None, "sphere"),
    "glb": ("p_scene.glb", None, "glb"),
    "splat": ("p_splat.ply", None, "ply"),
    "splat-glb": ("p_splat.glb", None, "glb of splats"),
    "html": ("p_scene.html", None, "page"),
}
PRINTS = {
    "lenticular": ("strip_lenticular.png", (3600, 293), WHOLE),
    "pitch-sheet": ("strip_pitch_sheet.png", (3600, 293), SHEET),
}
ELSEWHERE = ["depth-raw", "quilt", "quilt-go", "quilt-landscape"]  # needs a network; large ones, in views_test.py
FILMS = (".hevc", ".mp4")


def output_of(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, (command, done.stderr)
    return done.stdout


def opened(path):
    """The first picture of any file that holds one, through a program that reads such files."""
    if path.endswith(FILMS):
        output_of("ffmpeg", "-v", "error", "-y", "-i", path, "-frames:v", "1", "film.png")
        return Image.open("film.png").convert("RGB")
    if path.endswith(".heic"):
        for old in glob.glob("heif*.jpg"):
            os.remove(old)
        output_of("heif-convert", "-q", "98", path, "heif.jpg")  # libheif 1.17 writes no PNG with a profile that libpng doubts
        return Image.open(sorted(glob.glob("heif*.jpg"))[0]).convert("RGB")
    return Image.open(path).convert("RGB")


def likeness(picture, other):
    """How brightness goes with the other picture's: 1 = the same, 0 = has nothing to do with it."""
    small = [np.asarray(one.convert("L").resize((64, 48), Image.BOX)).astype(float).ravel() for one in (picture, other)]
    assert small[0].std() > 5, "a blank picture"
    return np.corrcoef(*small)[0, 1]


def cut(picture, box):
    width, height = picture.size
    return picture.crop((round(box[0] * width), round(box[1] * height), round(box[2] * width), round(box[3] * height)))


def words():
    """All that spx offers, as its help lists them."""
    listed = spx("convert", "--help")[1].split("\nFormats:\n")[1].split("\n\n")[0]
    return re.findall(r"^  ([a-z][a-z0-9-]*) ", listed, re.M)


def make():
    photo = Image.open(PHOTOS + "/pagoda.jpg").convert("RGB").resize((WIDTH, 214)).crop((0, 0, WIDTH, HEIGHT))
    photo.save("p.png")
    depth = np.linspace(40, 200, HEIGHT)[:, None].repeat(WIDTH, 1)  # the ground comes nearer
    depth[60:180, 130:200] = 250  # before which something stands
    Image.fromarray(depth.astype(np.uint8)).save("near.png")
    # A format that is new has no row here: then this fails.
    assert sorted(words()) == sorted([*FORMATS, *PRINTS, *ELSEWHERE]), set(words()) ^ set(FORMATS)
    told = convert("p.png", "-q", "--depth-map", "near.png", "-s", "2", "-f", ",".join(FORMATS), "-o", ".")
    assert told == (0, "", ""), told
    assert sorted(os.listdir("p_output")) == sorted(row[0] for row in FORMATS.values()), os.listdir("p_output")
    strip = (0, (HEIGHT - STRIP) // 2, WIDTH, (HEIGHT + STRIP) // 2)
    for name, whole in (("strip", "p"), ("strip_near", "near")):
        Image.open(whole + ".png").crop(strip).save(name + ".png")
    told = convert("strip.png", "-q", "--depth-map", "strip_near.png", "-s", "2", "-f", ",".join(PRINTS), "-o", ".")
    assert told == (0, "", ""), told


def a_group_leaves_out_what_cannot_be_made():
    fails(["p.png", "--depth-map", "near.png", "-f", "all,depth-raw", "-o", "all"], "leave out depth-raw")
    code, out, err = convert("strip.png", "--json", "--depth-map", "strip_near.png", "-f", "all", "-o", "all")
    assert code == 0, err
    told = json.loads(out)
    assert sorted(file["format"] for file in told["files"]) == sorted(set(words()) - {"depth-raw"})
    assert [warning["code"] for warning in told["warnings"]] == ["tiny-source", "left-out"], told["warnings"]
    assert told["warnings"][1]["text"].startswith("not made: depth-raw (depth was given"), told["warnings"]
    again = ["strip.png", "--depth-map", "strip_near.png", "--skip-existing", "-o", "all"]
    code, out, err = convert(*again, "--json", "-f", "all")
    assert code == 0 and json.loads(out)["skipped"], (out, err)
    fails([*again, "-f", "depth,depth-raw"], "leave out depth-raw")  # named, it has to come

    # Twice its width is more than a JPEG can have.
    Image.fromarray(np.zeros((8, 33000, 3), np.uint8)).save("wide.png")
    Image.fromarray(np.zeros((8, 33000), np.uint8)).save("wide_near.png")
    fails(["wide.png", "--depth-map", "wide_near.png", "-f", "sbs-jpg", "-o", "wide"], "use hsbs, or sbs-png")
    code, out, err = convert("wide.png", "--json", "--depth-map", "wide_near.png", "-f", "headsets", "-o", "wide")
    assert code == 0, err
    told = json.loads(out)
    assert [file["format"] for file in told["files"]] == ["spatial", "hsbs"], told["files"]
    assert any(one["text"].startswith("not made: sbs-jpg (sbs-jpg would be 66000x8") for one in told["warnings"]), told
    os.remove("wide/wide_output/wide_LR.jpg")
    code, out, err = convert("wide.png", "-q", "--depth-map", "wide_near.png", "-f", "headsets", "-o", "wide", "--skip-existing")
    assert code == 0 and os.path.exists("wide/wide_output/wide_LR.jpg"), err


def every_picture_shows_the_photo():
    for word, (file, size, view) in {**FORMATS, **PRINTS}.items():
        if isinstance(view, str):
            continue
        name = file.split("_")[0] if word in PRINTS else "p"
        photo, picture = Image.open(name + ".png"), opened(name + "_output/" + file)
        assert size in (None, picture.size), (word, picture.size)
        if view == SHEET:
            assert np.asarray(picture).std() > 5, word
            continue
        if size is None:
            assert 280 <= picture.width <= WIDTH, (word, picture.size)
        alike = likeness(cut(picture, view), photo)
        assert alike > 0.85, (word, alike)


def depth_is_the_depth():
    wanted = np.asarray(Image.open("near.png")).astype(float)
    for word, scale in (("depth", 1), ("depth16", 257)):
        with Image.open("p_output/" + FORMATS[word][0]) as image:
            got = np.asarray(image).astype(float) / scale
        assert got.shape == wanted.shape and np.corrcoef(got.ravel(), wanted.ravel())[0, 1] > 0.999, word


def a_half_sphere_shows_the_photo_in_its_middle():
    picture = opened("p_output/p_180x180_LR.jpg")
    side = picture.height
    assert picture.width == 2 * side, picture.size
    for left in (0, side):
        eye = np.asarray(picture.convert("L")).astype(float)[:, left:left + side]
        assert eye[side // 2 - 20:side // 2 + 20, side // 2 - 20:side // 2 + 20].std() > 5
        assert eye[:side // 10].max() < 8 and eye[-side // 10:].max() < 8, "nothing above and below"


def glb(path):
    data = read(path)
    magic, version, size, length, kind = struct.unpack("<4sIII4s", data[:20])
    assert (magic, version, size, kind) == (b"glTF", 2, len(data), b"JSON")
    return json.loads(data[20:20 + length]), data[28 + length:]


def scenes_hold_the_photo():
    photo = Image.open("p.png")
    tree, data = glb("p_output/p_scene.glb")
    shown = []
    for image in tree["images"]:
        view = tree["bufferViews"][image["bufferView"]]
        at = view.get("byteOffset", 0)
        shown.append(Image.open(io.BytesIO(data[at:at + view["byteLength"]])))
    assert max(likeness(one.convert("RGB"), photo) for one in shown) > 0.85
    assert len(tree["meshes"]) == len(shown) == 3, tree["meshes"]

    page = read("p_output/p_scene.html")
    ground = re.search(rb'"ground":"data:image/jpeg;base64,([^"]+)"', page).group(1)
    assert likeness(Image.open(io.BytesIO(base64.b64decode(ground))).convert("RGB"), photo) > 0.85
    fore = re.search(rb'"fore":"data:image/webp;base64,([^"]+)"', page).group(1)
    assert Image.open(io.BytesIO(base64.b64decode(fore))).mode == "RGBA"
    assert b"<html" in page and b"<canvas" in page and b"<title>p</title>" in page


def splats_hold_the_photo():
    data = read("p_output/p_splat.ply")
    end = data.index(b"end_header\n") + len(b"end_header\n")
    header = data[:end].decode()
    assert header.startswith("ply\nformat binary_little_endian 1.0\n")
    names = re.findall(r"^property float (\S+)$", header, re.M)
    count = int(re.search(r"^element vertex (\d+)$", header, re.M).group(1))
    assert count >= WIDTH * HEIGHT and len(data) - end == 4 * len(names) * count, (count, len(data))
    table = np.frombuffer(data[end:], "<f4").reshape(count, len(names))
    assert np.isfinite(table).all()
    column = {name: table[:, i] for i, name in enumerate(names)}
    width = np.exp(column["scale_0"]) / column["z"]
    of_sheets = width < 2 * width.min()  # the cloth behind them has wider ones, beside the frame too
    assert WIDTH * HEIGHT <= of_sheets.sum() < count, (of_sheets.sum(), count)
    column = {name: values[of_sheets] for name, values in column.items()}
    # Seen from where the photo was taken, each splat has the photo's colour.
    x, y = column["x"] / column["z"], column["y"] / column["z"]
    photo = np.asarray(Image.open("p.png").convert("RGB")).astype(float)
    across = ((x - x.min()) / (x.max() - x.min()) * (WIDTH - 1)).round().astype(int)
    down = ((y - y.min()) / (y.max() - y.min()) * (HEIGHT - 1)).round().astype(int)
    color = 255 * (0.5 + 0.28209479 * np.stack([column["f_dc_%d" % i] for i in range(3)], 1))
    alike = np.corrcoef(photo[down, across].ravel(), color.ravel())[0, 1]
    assert alike > 0.85, alike
    tree, _ = glb("p_output/p_splat.glb")
    primitive = tree["meshes"][0]["primitives"][0]
    assert tree["accessors"][primitive["attributes"]["POSITION"]]["count"] == count
    assert "KHR_gaussian_splatting" in tree["extensionsUsed"], tree["extensionsUsed"]


def one_file_has_gain_maps_and_depth():
    Image.fromarray(np.linspace(0, 255, 640)[None, :].repeat(400, 0).astype(np.uint8)).save("slope.png")
    told = convert(CASES + "/ios18_tmap.heic", "-q", "--depth-map", "slope.png", "-f", "spatial", "--embed-depth", "-o", "hdr")
    assert told[0] == 0, told
    file = glob.glob("hdr/*/*_spatial.heic")[0]
    info = output_of("heif-info", file)
    assert info.count("depth channel: yes") == 1 and info.count("depth channel: no") == 1, info
    told = output_of("exiftool", "-a", "-G1", file)
    assert told.count("aux:hdrgainmap") == 2 and told.count("HDR Gain Map Version") == 2, told
    output_of("heif-convert", "--with-aux", file, "aux.png")
    gains = glob.glob("aux-*hdrgainmap.png")
    assert len(gains) == 2 and all(np.asarray(Image.open(one).convert("L")).std() > 1 for one in gains), gains
    depth = np.asarray(Image.open("aux-1-depth.png").convert("L")).astype(float).mean(axis=0)
    assert depth[-depth.size // 8:].mean() > depth[:depth.size // 8].mean() + 150, depth
    told = json.loads(spx("info", "--json", file)[1])
    assert told["spatial"] and told["gain_map"] and told["violations"] == [], told


def panorama(name, width, height):
    x, y = np.arange(width)[None, :], np.arange(height)[:, None]
    Image.fromarray(np.stack([x // 8 % 256 + 0 * y, x // 16 * 40 % 256 + 0 * y, y * 200 // height + 0 * x],
                             2).astype(np.uint8)).save(name + ".png")
    Image.fromarray((x % 400 * 255 // 400 + 0 * y).astype(np.uint8)).save(name + "_depth.png")


def size_of(path):
    if path.endswith(FILMS):
        told = json.loads(output_of("ffprobe", "-v", "error", "-of", "json", "-show_streams", path))["streams"][0]
        assert path.endswith(".hevc") or told["level"] <= 52, told
        return told["width"], told["height"]
    if path.endswith(".heic"):
        found = re.search(r"image: (\d+)x(\d+)", output_of("heif-info", path))
        return int(found.group(1)), int(found.group(2))
    with Image.open(path) as image:
        return image.size


MOST = {".heic": 32767, ".hevc": 16888, ".jpg": 65500, ".mpo": 65500, ".MPO": 65500, ".jps": 65500, ".webp": 16383, ".gif": 65535,
        ".mp4": 4096, ".png": 1 << 31, ".pns": 1 << 31}
SHRUNK = {"side by side": "wide_sbs.hevc", " vr180:": "wide.vr.jpg", " vr180-sbs:": "wide_180x180_LR.jpg"}


def wide_panoramas_fit_or_say_so():
    panorama("wide", 20000, 40)
    code, out, err = convert("wide.png", "-q", "--depth-map", "wide_depth.png", "-f", ",".join([*FORMATS, *PRINTS]), "-o", ".")
    assert (code, out) == (0, ""), err
    assert len(os.listdir("wide_output")) == len(FORMATS) + len(PRINTS)
    for name in os.listdir("wide_output"):
        ending = os.path.splitext(name)[1]
        if ending in MOST:
            assert max(size_of("wide_output/" + name)) <= MOST[ending], name
    lines = err.splitlines()
    assert len(lines) == len(SHRUNK) and all(line.endswith("[shrunk]") for line in lines), err
    for word, file in SHRUNK.items():
        line = next(one for one in lines if word in one)
        before, after = [tuple(map(int, one)) for one in re.findall(r"(\d+) x (\d+)", line)]
        width, height = size_of("wide_output/" + file)
        assert after[0] == (width if word == " vr180:" else width // 2), (line, width, height)
        assert 0 <= height - after[1] <= 1, (line, width, height)  # a film's sides are even
        assert before[0] > after[0], line
    fails(["wide.png", "-q", "--depth-map", "wide_depth.png", "-f", "spatial", "--single-item", "-o", "single"],
          r"wide\.png: .*20000 x 40 .*16888 a side.*leave out --single-item")
    assert not os.path.exists("single/wide_output")


def heic_is_no_larger_than_readers_take():
    panorama("long", 40000, 16)
    output_of("exiftool", "-q", "-overwrite_original", "-ExifImageWidth=40000", "-ExifImageHeight=16", "long.png")
    code, out, err = convert("long.png", "-q", "--depth-map", "long_depth.png", "-f", "spatial,portrait", "--embed-depth", "-o", ".")
    assert (code, out) == (0, ""), err
    for word in ("spatial", "portrait"):
        assert re.search(r"%s: .* 32767 pixels: .* from 40000 x 16 to 32767 x 13 pixels \[shrunk\]" % word, err), err
        file = "long_output/long_%s.heic" % word
        assert size_of(file) == (32767, 13)
        assert "depth channel: yes" in output_of("heif-info", file)
        told = json.loads(output_of("exiftool", "-json", "-n", file))[0]
        assert (told["ExifImageWidth"], told["ExifImageHeight"]) == (32767, 13), told


enter("cli_formats")
run(make, a_group_leaves_out_what_cannot_be_made, every_picture_shows_the_photo, depth_is_the_depth, a_half_sphere_shows_the_photo_in_its_middle,
    scenes_hold_the_photo, splats_hold_the_photo, one_file_has_gain_maps_and_depth, wide_panoramas_fit_or_say_so,
    heic_is_no_larger_than_readers_take)
