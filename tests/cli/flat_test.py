#!/usr/bin/python3
"""Pictures of both eyes as other programs read them: Pillow, exiftool, ffmpeg."""
import json
import os
import re
import subprocess
import sys

from support import PHOTOS, SKIPPED, convert, enter, fails, need, png, run, spx, write

try:
    import numpy as np
    from PIL import Image
except ImportError as error:
    print("skipped: no python3-pil, python3-numpy:", error)
    sys.exit(SKIPPED)

Image.MAX_IMAGE_PIXELS = None
STRENGTH = ["-s", "5", "--convergence", "0"]
PAIRS = {  # word: file, whether it is lossless, how to cut it into left and right
    "sbs-jpg": ("{}_LRF_Full_SBS.jpg", False, lambda a, w, h: (a[:, :w], a[:, w:])),
    "sbs-png": ("{}_LRF_Full_SBS.png", True, lambda a, w, h: (a[:, :w], a[:, w:])),
    "ou": ("{}_TBF_fulltb.jpg", False, lambda a, w, h: (a[:h], a[h:])),
    "cross": ("{}_RLF_cross.jpg", False, lambda a, w, h: (a[:, w:], a[:, :w])),
    "leia": ("{}_2x1.jpg", False, lambda a, w, h: (a[:, :w], a[:, w:])),
    "jps": ("{}.jps", False, lambda a, w, h: (a[:, w:], a[:, :w])),
    "pns": ("{}.pns", True, lambda a, w, h: (a[:, :w], a[:, -(-w // 8) * 8:])),
}
HALVES = {
    "hsbs": ("{}_LR.jpg", lambda a, w, h: (a[:, :-(-w // 2)], a[:, -(-w // 2):])),
    "hou": ("{}_TB.jpg", lambda a, w, h: (a[:-(-h // 2)], a[-(-h // 2):])),
}


def output_of(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, (command, done.stderr)
    return done.stdout


def pixels(path, frame=0):
    with Image.open(path) as image:
        image.seek(frame)
        return np.asarray(image.convert("RGB")).astype(float)


def grey(width, height):
    """A depth map: near at the right and at the bottom."""
    return png(width, height, lambda x, y: bytes([(x * 120 // width + y * 120 // height)] * 3))


def scene(name, width, height, **more):
    """A red square before a ground of soft colours, and the depth that says so."""
    def is_square(x, y):
        return abs(2 * x - width) < width / 3 and abs(2 * y - height) < height / 3

    def ground(x, y):
        return bytes((90 + 60 * x // width, 110 + 50 * y // height, 120))
    write(name + ".png", png(width, height,
                             lambda x, y: b"\xd0\x20\x28" if is_square(x, y) else ground(x, y)))
    write(name + "_depth.png", png(width, height,
                                   lambda x, y: b"\xff\xff\xff" if is_square(x, y) else b"\0\0\0"))
    formats = ",".join([*PAIRS, *HALVES, "rows", "rgbd", "anaglyph", "mpo", "mpo-3ds", "left", "right"])
    told = convert(name + ".png", "-q", "-o", ".", *STRENGTH, "--depth-map", name + "_depth.png", "-f",
                   formats)
    assert told == (0, "", ""), told
    return name + "_output/"


def red_at(eye):
    """Mean column of the red pixels."""
    red = eye[..., 0] - eye[..., 1:].max(axis=2) > 90
    assert red.any()
    return np.nonzero(red)[1].mean()


def check_eyes(got, folder, least_db, what):
    """The eyes are those of the lossless files, and the near square is crossed: further right in the
    left eye."""
    for eye, name in zip(got, ("left", "right")):
        wanted = pixels(folder + "stereo_%s.png" % name)
        assert eye.shape == wanted.shape, (what, name, eye.shape, wanted.shape)
        error = ((eye - wanted) ** 2).mean()
        db = 99 if error == 0 else 10 * np.log10(255 ** 2 / error)
        assert db >= least_db, (what, name, db)
    apart = red_at(got[0]) - red_at(got[1])
    share = apart / got[0].shape[1]
    assert 0.03 < share < 0.07, (what, apart)


def pictures_hold_both_eyes_in_order():
    for name, width, height in (("wide", 320, 200), ("odd", 301, 223), ("tall", 150, 331)):
        folder = scene(name, width, height)
        for word, (file, lossless, cut) in PAIRS.items():
            picture = pixels(folder + file.format(name))
            check_eyes(cut(picture, width, height), folder, 99 if lossless else 38, (name, word))


def half_pictures_are_means():
    for name, width, height in (("wide", 320, 200), ("odd", 301, 223), ("tall", 150, 331)):
        folder = name + "_output/"
        for word, (file, cut) in HALVES.items():
            got = cut(pixels(folder + file.format(name)), width, height)
            size = (-(-width // 2), height) if word == "hsbs" else (width, -(-height // 2))
            for eye, which in zip(got, ("left", "right")):
                with Image.open(folder + "stereo_%s.png" % which) as whole:
                    wanted = np.asarray(whole.convert("RGB").resize(size, Image.BOX)).astype(float)
                assert eye.shape == wanted.shape, (name, word, eye.shape, wanted.shape)
                assert np.abs(eye - wanted).mean() < 1.5, (name, word, np.abs(eye - wanted).mean())
            assert red_at(got[0]) > red_at(got[1]), (name, word)


def rows_alternate():
    for name in ("wide", "odd", "tall"):
        folder = name + "_output/"
        got = pixels(folder + name + "_rows.png")
        assert (got[0::2] == pixels(folder + "stereo_left.png")[0::2]).all()
        assert (got[1::2] == pixels(folder + "stereo_right.png")[1::2]).all()


def depth_lies_at_the_right_and_near_is_white():
    for name, width in (("wide", 320), ("odd", 301), ("tall", 150)):
        got = pixels(name + "_output/%s_RGBD.jpg" % name)
        assert np.abs(got[:, :width] - pixels(name + ".png")).mean() < 2, name
        assert np.abs(got[:, width:] - pixels(name + "_depth.png")).mean() < 6, name


def mpo_is_a_stereo_pair():
    for name, width, height in (("wide", 320, 200), ("odd", 301, 223), ("tall", 150, 331)):
        file = name + "_output/%s.mpo" % name
        with Image.open(file) as image:
            assert (image.format, image.n_frames) == ("MPO", 2), (image.format, image.n_frames)
            entries = image.mpinfo[0xB002]
            kinds = [entry["Attribute"]["MPType"] for entry in entries]
            assert kinds == ["Multi-Frame Image: (Disparity)"] * 2, kinds
            assert sum(entry["Size"] for entry in entries) == os.path.getsize(file)
        check_eyes((pixels(file, 0), pixels(file, 1)), name + "_output/", 33, (name, "mpo"))
        told = json.loads(output_of("exiftool", "-json", "-a", "-G1", "-ee", "-n", file))[0]
        assert told["MPF0:NumberOfImages"] == 2, told
        assert told["MPF0:BaselineLength"] == 0.064, told
        assert told["ExifIFD:ExifImageWidth"] == width, told
        assert told["ExifIFD:ExifImageHeight"] == height, told
        assert output_of("exiftool", "-validate", "-warning", "-error", file).split() == [
            "Validate", ":", "OK"], output_of("exiftool", "-validate", "-warning", "-a", file)


def the_console_gets_its_own_size():
    with Image.open("odd_output/HNI_0001.MPO") as image:
        assert (image.n_frames, image.size) == (2, (640, 480))
        assert image.layer[0][1:3] == (2, 2), image.layer  # 4:2:0
        assert "progressive" not in image.info
    assert red_at(pixels("odd_output/HNI_0001.MPO", 0)) > red_at(pixels("odd_output/HNI_0001.MPO", 1)) + 10  # left first


def marks_say_the_order():
    told = json.loads(output_of("exiftool", "-json", "wide_output/wide.pns"))[0]
    assert told["StereoMode"] == "Diverging-fuse Layout", told
    with open("wide_output/wide.jps", "rb") as file:
        head = file.read(4096)
    at = head.index(b"_JPSJPS_")
    assert head[at - 4:at - 2] == b"\xff\xe3" and head[at + 8:at + 16] == bytes(
        (0, 4, 0, 0, 2, 1, 0, 0)), head[at:at + 16]


def linear(code):
    return np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)


def coded(light):
    light = light.clip(0, 1)
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


def anaglyph_is_duboiss_in_linear_light():
    matrix = np.array([[.456, .500, .176, -.043, -.088, -.002], [-.040, -.038, -.016, .378, .734, -.018],
                       [-.015, -.021, -.005, -.072, -.113, 1.226]])
    for name in ("wide", "odd", "tall"):
        folder = name + "_output/"
        eyes = np.concatenate([linear(pixels(folder + "stereo_%s.png" % eye) / 255)
                               for eye in ("left", "right")], axis=2)
        wanted = 255 * coded(eyes @ matrix.T)
        got = pixels(folder + name + "_redcyan_dubois.jpg")
        assert np.quantile(np.abs(got - wanted), 0.9) <= 2, name
        with Image.open(folder + name + "_redcyan_dubois.jpg") as image:
            assert image.layer[0][1:3] == (1, 1), image.layer  # 4:4:4


def metadata_is_carried_and_true():
    output_of("vips", "icc_transform", PHOTOS + "/pagoda.jpg", "p3.jpg", "p3", "--input-profile",
              "srgb")
    output_of("exiftool", "-q", "-overwrite_original", "-DateTimeOriginal=2024:05:06 07:08:09",
              "-ExifImageWidth=640", "-ExifImageHeight=427", "-Orientation#=6", "-XMP:Creator=A. Person",
              "p3.jpg")
    words = ["sbs-jpg", "sbs-png", "hsbs", "ou", "anaglyph", "mpo", "jps", "pns", "rgbd"]
    assert convert("p3.jpg", "-q", "-o", ".", "-f", ",".join(words)) == (0, "", "")
    files = [name for name in sorted(os.listdir("p3_output"))]
    assert len(files) == len(words), files
    for name in files:
        told = json.loads(output_of("exiftool", "-json", "-n", "-G0", "p3_output/" + name))[0]
        with Image.open("p3_output/" + name) as image:
            size = image.size
        assert told["EXIF:DateTimeOriginal"] == "2024:05:06 07:08:09", (name, told)
        assert told["XMP:Creator"] == "A. Person", (name, told)
        assert told.get("EXIF:Orientation", 1) == 1, (name, told)
        assert (told["EXIF:ExifImageWidth"], told["EXIF:ExifImageHeight"]) == size, (name, told)
        if name == "p3_redcyan_dubois.jpg":  # in sRGB, since the matrix is
            assert "ICC_Profile:ProfileDescription" not in told, (name, told)
            assert told["EXIF:ColorSpace"] == 1, (name, told)
        else:
            assert "P3" in told["ICC_Profile:ProfileDescription"], (name, told)


def portrait_carries_its_depth():
    """Of a photo with a profile, EXIF and XMP of its own."""
    told = convert("p3.jpg", "-q", "-o", ".", "-f", "portrait,dynamic-depth,depth16", "--fov", "70", "-s",
                   "2")
    assert told == (0, "", ""), told
    info = output_of("heif-info", "p3_output/p3_portrait.heic")
    assert re.search(r"image: 427x640 .*primary", info), info
    assert "depth channel: yes" in info and re.search(r"\(512x768\)|size: 512x768", info), info
    assert "representation: uniform disparity" in info, info
    output_of("heif-convert", "--with-aux", "p3_output/p3_portrait.heic", "portrait.png")
    with Image.open("portrait-depth.png") as image:
        depth = np.asarray(image.convert("L")).astype(float)
    with Image.open("p3_output/depth16.png") as image:
        wide = np.asarray(image).astype(float) / 257
    # one coded sample covers less than a pixel here: no mean, only another grid
    wanted = wide[np.arange(768) * 640 // 768][:, np.arange(512) * 427 // 512]
    assert np.abs(depth - wanted).mean() < 4, np.abs(depth - wanted).mean()
    focal = 0.5 / np.tan(np.radians(35))
    nearest = 0.02 / (focal * 0.064)  # disparity in 1/m
    told = float(re.search(r"d-max: +([0-9.]+)", info).group(1))
    assert abs(told - nearest) < 1e-4, (nearest, info)
    told = json.loads(output_of("exiftool", "-json", "-n", "p3_output/p3_portrait.heic"))[0]
    assert told["Creator"] == "A. Person" and "P3" in told["ProfileDescription"], told


def android_reads_the_depth_twice():
    file = "p3_output/p3_depth.jpg"
    told = json.loads(output_of("exiftool", "-json", "-n", "-ee", "-G1", "-a", file))[0]
    assert told["XMP-dc:Creator"] == "A. Person", told
    assert told["XMP-GDepth:Format"] == "RangeInverse", told
    near, far = told["XMP-GDepth:Near"], told["XMP-GDepth:Far"]
    focal = 0.5 / np.tan(np.radians(35))
    assert abs(near - focal * 0.064 / 0.02) < 1e-3 and abs(far / near - 1000) < 1e-2, (near, far)
    parts = []
    for tag in ("-MPImage2", "-XMP-GDepth:DepthImage"):
        parts.append(subprocess.run(["exiftool", "-b", tag, file], capture_output=True).stdout)
    assert parts[0] == parts[1] and len(parts[0]) > 1000
    sizes = told["XMP-Device:ContainerDirectoryItemLength"]
    assert sizes == [0, len(parts[0])], sizes
    with open(file, "rb") as whole:
        assert whole.read().endswith(parts[0])  # where Dynamic Depth looks for it
    write("android.jpg", parts[0])
    with Image.open("p3_output/depth16.png") as image:
        wanted = 255 - np.asarray(image).astype(float) / 257
    with Image.open("android.jpg") as image:
        got = np.asarray(image.convert("L")).astype(float)
    assert got.shape == wanted.shape and np.abs(got - wanted).mean() < 2, got.shape
    assert output_of("exiftool", "-validate", "-warning", file).split()[2] in ("OK", "1"), output_of(
        "exiftool", "-validate", "-warning", "-a", file)


def the_spatial_photo_carries_its_left_eyes_depth():
    told = convert("wide.png", "-q", "-o", "embedded", *STRENGTH, "--depth-map", "wide_depth.png", "-f",
                   "spatial,left", "--embed-depth")
    assert told == (0, "", ""), told
    file = "embedded/wide_output/wide_spatial.heic"
    info = output_of("heif-info", file)
    assert info.count("depth channel: yes") == 1 and info.count("depth channel: no") == 1, info
    assert spx("info", "--json", file)[1].count('"spatial":true') or '"spatial": true' in spx(
        "info", "--json", file)[1]
    output_of("heif-convert", "--with-aux", file, "eye.png")
    left = pixels("eye-1.png")
    with Image.open("eye-1-depth.png") as image:
        depth = np.asarray(image.convert("L").resize((320, 200), Image.BOX)).astype(float)
    near = np.nonzero(depth > 128)[1].mean()  # the square lies where the eye sees it
    assert abs(near - red_at(left)) < 1.5, (near, red_at(left))
    assert red_at(left) - red_at(pixels("wide.png")) > 5


ANAGLYPHS = {  # as ffmpeg's stereo3d names those that it makes in the same way
    "dubois-gamma": ("redcyan_dubois-gamma", "arcd"), "half-colour": ("redcyan_half-colour", "arch"),
    "colour": ("redcyan_colour", "arcc"), "grey": ("redcyan_grey", "arcg"),
    "optimised": ("redcyan_optimised", None), "green-magenta": ("greenmagenta_dubois", None),
    "amber-blue": ("amberblue_dubois", None)}


def anaglyphs_are_ffmpegs():
    """Within two levels, but for what JPEG does."""
    for kind, (suffix, other) in ANAGLYPHS.items():
        told = convert("wide.png", "-q", "-o", ".", *STRENGTH, "--depth-map", "wide_depth.png", "-f",
                       "anaglyph", "--anaglyph", kind)
        assert told == (0, "", ""), told
        got = pixels("wide_output/wide_%s.jpg" % suffix)
        if other is None:
            continue
        output_of("ffmpeg", "-v", "error", "-y", "-i", "wide_output/wide_LRF_Full_SBS.png", "-vf",
                  "stereo3d=sbsl:" + other, "-pix_fmt", "rgb24", "ffmpeg.png")
        wanted = pixels("ffmpeg.png")
        assert got.shape == wanted.shape
        apart = np.abs(got - wanted)
        assert np.quantile(apart, 0.9) <= 2 and apart.mean() < 1.2, (kind, apart.mean(), np.quantile(
            apart, 0.9))
    fails(["wide.png", "-f", "anaglyph", "--anaglyph", "blue"], "anaglyph", code=2)


def sixteen_bits_stay_where_they_can():
    output_of("ffmpeg", "-v", "error", "-y", "-i", PHOTOS + "/coffee.png", "-vf", "scale=90:60",
              "-pix_fmt", "rgb48be", "deep.png")
    write("deep_depth.png", grey(90, 60))
    assert convert("deep.png", "-q", "-o", ".", "--depth-map", "deep_depth.png", "-f",
                   "sbs-png,pns,rows,sbs-jpg,hsbs,hou,anaglyph,mpo,rgbd") == (0, "", "")
    for name in ("deep_LRF_Full_SBS.png", "deep.pns", "deep_rows.png"):
        with open("deep_output/" + name, "rb") as file:
            assert file.read(25)[24] == 16, name
    for name in ("deep_LRF_Full_SBS.jpg", "deep_LR.jpg", "deep_TB.jpg", "deep_redcyan_dubois.jpg",
                 "deep.mpo", "deep_RGBD.jpg"):
        assert abs(pixels("deep_output/" + name).mean() - pixels("deep.png").mean()) < 60, name


def tiny_pictures_work():
    every = [*PAIRS, *HALVES, "rows", "rgbd", "anaglyph", "mpo", "mpo-3ds", "dynamic-depth"]
    for width, height in ((1, 1), (2, 1), (1, 3), (9, 2)):
        name = "%dx%d" % (width, height)
        write(name + ".png", png(width, height))
        write(name + "_depth.png", grey(width, height))
        told = convert(name + ".png", "-q", "-o", ".", "--depth-map", name + "_depth.png", "-f",
                       ",".join(every))
        assert told[:2] == (0, ""), (name, told)
        for file in os.listdir(name + "_output"):
            pixels(name + "_output/" + file)
        with Image.open(name + "_output/%s_LRF_Full_SBS.jpg" % name) as image:
            assert image.size == (2 * width, height)


def limits_say_what_to_do_instead():
    write("long.png", png(33000, 6, lambda x, y: bytes((x % 251, 40 * y, 90))))
    write("high.png", png(6, 33000, lambda x, y: bytes((40 * x, y % 251, 90))))
    write("long_depth.png", grey(33000, 6))
    write("high_depth.png", grey(6, 33000))
    for name, word, instead in (("long", "sbs-jpg", "use hsbs, or sbs-png"), ("high", "ou", "use hou"),
                                ("long", "jps", "use pns"), ("long", "rgbd", "use a smaller photo")):
        size = "66000x6" if name == "long" else "6x66000"
        fails([name + ".png", "-o", ".", "--depth-map", name + "_depth.png", "-f", word],
              r"long.png: |high.png: ")
        told = convert(name + ".png", "-o", ".", "--depth-map", name + "_depth.png", "-f", word)[2]
        assert re.search(r"%s\.png: %s would be %s pixels, over the 65500 a side that a JPEG can have: "
                         r"%s$" % (name, word, size, instead), told.strip()), told
        assert not os.path.exists(name + "_output"), os.listdir(name + "_output")
    for name, word, file in (("long", "hsbs", "long_LR.jpg"), ("high", "hou", "high_TB.jpg"),
                             ("long", "sbs-png", "long_LRF_Full_SBS.png")):
        assert convert(name + ".png", "-q", "-o", ".", "--depth-map", name + "_depth.png", "-f",
                       word) == (0, "", ""), word
        assert pixels(name + "_output/" + file).size > 0


need("exiftool", "ffmpeg", "heif-convert", "heif-info", "vips")
enter("cli_flat")
run(pictures_hold_both_eyes_in_order, half_pictures_are_means, rows_alternate,
    depth_lies_at_the_right_and_near_is_white, mpo_is_a_stereo_pair, the_console_gets_its_own_size,
    marks_say_the_order, anaglyph_is_duboiss_in_linear_light, metadata_is_carried_and_true,
    the_spatial_photo_carries_its_left_eyes_depth, anaglyphs_are_ffmpegs, portrait_carries_its_depth, android_reads_the_depth_twice,
    sixteen_bits_stay_where_they_can, tiny_pictures_work, limits_say_what_to_do_instead)
