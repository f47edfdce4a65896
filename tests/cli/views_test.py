#!/usr/bin/python3
"""What shows a photo from many places, read back by ffmpeg and Pillow: loops to send, quilts, lens sheets."""
import json
import random
import shutil
import subprocess

import support
from support import run, spx

try:
    from PIL import Image
except ImportError:
    print("skipped: no python3-pil")
    raise SystemExit(support.SKIPPED)

support.need("ffmpeg", "ffprobe")
support.enter("views")
WIDTH, HEIGHT = 800, 160  # wide: a print is as long as ever, and a quarter as high
BAR = range(390, 411)
MOST_BYTES = 8000000
WORDS = "phones,quilt,quilt-go,quilt-landscape,lenticular,pitch-sheet"


def card(x, y):
    """A white bar that is near in the upper half and far in the lower one, on grey."""
    return b"\xff\xff\xff" if x in BAR else b"\x28\x28\x28"


def near_above(x, y):
    return b"\xff\xff\xff" if y < HEIGHT // 2 else b"\0\0\0"


def make():
    support.write("card.png", support.png(WIDTH, HEIGHT, card))
    support.write("near.png", support.png(WIDTH, HEIGHT, near_above))
    code, _, err = spx("convert", "card.png", "--depth-map", "near.png", "--strength", "3", "--format", WORDS)
    assert code == 0, err


def bar_in(picture, row, left=0, right=None):
    """Where the bar is in a row, from the middle of that part, as a share of its width."""
    right = picture.width if right is None else right
    light = [max(0, picture.getpixel((x, row))[1] - 60) for x in range(left, right)]
    assert sum(light) > 0, (row, left, right)
    return sum(x * w for x, w in enumerate(light)) / sum(light) / (right - left) - 0.5


def depth_seen(picture, left=0, right=None, top=0, bottom=None):
    """How far the near bar stands right of the far one."""
    bottom = picture.height if bottom is None else bottom
    near, far = top + (bottom - top) // 4, top + (bottom - top) * 3 // 4
    return bar_in(picture, near, left, right) - bar_in(picture, far, left, right)


def frame(path, number):
    out = "frame%d.png" % number
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", path, "-vf", "select=eq(n\\,%d)" % number, "-frames:v", "1", out],
                   check=True)
    return Image.open(out).convert("RGB")


def probe(path):
    out = subprocess.run(["ffprobe", "-v", "error", "-count_frames", "-show_streams", "-show_format", "-of", "json", path],
                         check=True, capture_output=True).stdout
    found = json.loads(out)
    assert len(found["streams"]) == 1
    return found["streams"][0], found["format"]


def films_play_everywhere_and_near_things_move_against_the_camera():
    for name, frames, seconds, strength in (("parallax", 72, 3.0, 0.048), ("wiggle", 56, 3.5, 0.03)):
        path = "card_output/card_%s.mp4" % name
        stream, whole = probe(path)
        assert stream["codec_name"] == "h264" and stream["profile"] == "High", stream
        assert stream["pix_fmt"] == "yuv420p" and stream["color_space"] == "bt709", stream
        assert stream["width"] % 2 == 0 and stream["height"] % 2 == 0, stream
        assert int(stream["nb_read_frames"]) == frames, stream
        assert abs(float(whole["duration"]) - seconds) < 0.02 and int(whole["size"]) < MOST_BYTES, whole
        data = support.read(path)
        assert data.index(b"moov") < data.index(b"mdat")
        first = depth_seen(frame(path, 0))
        last = depth_seen(frame(path, 36 if name == "parallax" else 7))
        # Seen from the left, near things stand farther right.
        assert abs(first - strength / 2) < 0.004 and abs(last + strength / 2) < 0.004, (name, first, last)


def pictures_move_in_every_browser():
    for name, frames, milliseconds, side in (("wiggle.gif", 14, 60, 640), ("wiggle.webp", 14, 62, 800),
                                             ("parallax.webp", 60, 50, 720)):
        path = "card_output/card_" + name
        picture = Image.open(path)
        assert picture.n_frames == frames and picture.info["loop"] == 0, (name, picture.n_frames, picture.info)
        assert side * 0.9 < picture.width <= side, picture.size
        seen = []
        for number in range(frames):
            picture.seek(number)
            seen.append(depth_seen(picture.convert("RGB")))
            assert picture.info["duration"] == milliseconds, (name, picture.info["duration"])
        middle = frames // 2
        assert seen[0] == max(seen) and seen[middle] == min(seen), (name, seen)
        assert all(a > b for a, b in zip(seen[:middle], seen[1:middle + 1])), (name, seen)
        assert abs(seen[0] + seen[middle]) < 0.003, (name, seen)
        assert len(support.read(path)) < MOST_BYTES


def a_moving_photo_may_swing():
    code, _, err = spx("convert", "card.png", "--depth-map", "near.png", "--strength", "3", "--format", "parallax",
                       "--motion", "swing", "-o", "swing")
    assert code == 0, err
    swing, circle = "swing/card_output/card_parallax.mp4", "card_output/card_parallax.mp4"
    stream, whole = probe(swing)
    assert int(stream["nb_read_frames"]) == 90 and abs(float(whole["duration"]) - 3) < 0.02, stream
    assert probe(circle)[0]["height"] < stream["height"], "a circle looks above and below the frame"


def of_any_photo_it_is_small_enough_to_send():
    """Noise: a GIF of its own size would be twice too large."""
    Image.frombytes("RGB", (640, 640), random.Random(7).randbytes(3 * 640 * 640)).save("noise.png")
    Image.linear_gradient("L").resize((640, 640)).save("slope.png")
    code, _, err = spx("convert", "noise.png", "--depth-map", "slope.png", "--format", "wiggle")
    assert code == 0, err
    assert MOST_BYTES / 2 < len(support.read("noise_output/noise_wiggle.gif")) <= MOST_BYTES
    found, whole = probe("noise_output/noise_wiggle.gif")
    assert 160 < found["width"] < 640 and float(whole["duration"]) <= 4, (found, whole)


def quilts_begin_at_the_bottom_left():
    for name, columns, rows, side in (("qs8x6a0.75", 8, 6, 3360), ("qs11x6a0.5625", 11, 6, 4092),
                                      ("qs7x7a1.77778", 7, 7, 5999)):
        picture = Image.open("card_output/card_%s.jpg" % name).convert("RGB")
        assert picture.size == (side, side), picture.size
        width, height = side // columns, side // rows
        seen = []
        for number in range(columns * rows):
            left, top = number % columns * width, (rows - 1 - number // columns) * height
            seen.append(depth_seen(picture, left, left + width, top, top + height))
        assert all(a > b for a, b in zip(seen, seen[1:])), (name, seen)
        assert seen[0] > 0.02 and abs(seen[0] + seen[-1]) < 0.003, (name, seen)


def prints_know_their_size():
    for name in ("lenticular", "pitch_sheet"):
        picture = Image.open("card_output/card_%s.png" % name)
        assert picture.size == (3600, 720), picture.size
        assert all(abs(dots - 600) < 0.1 for dots in picture.info["dpi"]), picture.info
    # Through lenses from the left one sees their right stripes: there near things stand farther right.
    sheet = Image.open("card_output/card_lenticular.png").convert("RGB")
    stripes = [sheet.resize((360, 720), Image.NEAREST, (stripe, 0, 3600 + stripe - 9, 720))
               for stripe in (0, 9)]
    assert depth_seen(stripes[1]) > 0.02 and depth_seen(stripes[0]) < -0.02, [depth_seen(s) for s in stripes]


def odd_pictures_come_out_too():
    for width, height, words in ((1, 1, "quilt"), (3, 5, "parallax-webp"), (301, 7, "quilt,parallax-webp")):
        support.write("odd.png", support.png(width, height))
        support.write("slope.png", support.png(width, height, lambda x, y: bytes(((3 * x + 5 * y) % 256,) * 3)))
        code, _, err = spx("convert", "odd.png", "--depth-map", "slope.png", "--format", "wiggle,wiggle-mp4," + words)
        assert code == 0, (width, height, err)
        stream, _ = probe("odd_output/odd_wiggle.mp4")
        assert int(stream["nb_read_frames"]) == 56
        if "quilt" in words:
            assert Image.open("odd_output/odd_qs8x6a0.75.jpg").size == (3360, 3360)
        shutil.rmtree("odd_output")


run(make, films_play_everywhere_and_near_things_move_against_the_camera, pictures_move_in_every_browser,
    a_moving_photo_may_swing, of_any_photo_it_is_small_enough_to_send, quilts_begin_at_the_bottom_left, prints_know_their_size, odd_pictures_come_out_too)
