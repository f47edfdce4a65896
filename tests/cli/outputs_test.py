#!/usr/bin/python3
"""What a conversion leaves on disk, as other programs see it: libheif, exiftool, ffmpeg."""
import glob
import json
import os
import re
import subprocess

from support import PHOTOS, convert, depth_png, enter, need, outputs, png, psnr, read, run, spx, write

PSNR_LEAST = 38.0


def output_of(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, (command, done.stderr)
    return done.stdout


def eyes_of(heic, into):
    """Decodes both eyes with libheif; their files, left first."""
    output_of("heif-convert", heic, into + ".png")
    found = sorted(glob.glob(into + "-*.png"))
    assert len(found) == 2, found
    return found


def both_eyes_decode_to_what_went_in():
    # With the farthest depth at the window the parallel eyes of the spatial photo are those of the other files.
    assert convert(PHOTOS + "/coffee.png", "-q", "-o", ".", "-s", "2.5", "-c", "0") == (0, "", "")
    assert outputs("coffee_output", "coffee")
    heic = "coffee_output/coffee_spatial.heic"
    assert re.search("group type: ster|Box: ster", output_of("heif-info", "-d", heic))  # libheif 1.15, 1.23
    left, right = eyes_of(heic, "eye")
    for eye, wanted in ((left, "left"), (right, "right")):
        got = psnr(eye, "coffee_output/stereo_%s.png" % wanted, "yuvj420p")
        print("  %s eye %.2f dB" % (wanted, got))
        assert got >= PSNR_LEAST, (wanted, got)
    crossed = psnr(left, "coffee_output/stereo_right.png", "yuvj420p")
    assert crossed < PSNR_LEAST - 6, crossed  # the eyes are not the other way round


def side_by_side_plays():
    found = json.loads(output_of("ffprobe", "-v", "error", "-count_frames", "-show_streams", "-of",
                                 "json", "coffee_output/coffee_sbs.hevc"))["streams"][0]
    told = [found[key] for key in ("codec_name", "profile", "width", "height", "nb_read_frames")]
    assert told == ["hevc", "Main", 1200, 400, "1"], told
    for eye, x in (("left", 0), ("right", 600)):
        output_of("ffmpeg", "-v", "error", "-y", "-i", "coffee_output/coffee_sbs.hevc", "-vf",
                  "crop=600:400:%d:0" % x, "-pix_fmt", "rgb24", eye + "_sbs.png")
        got = psnr(eye + "_sbs.png", "coffee_output/stereo_%s.png" % eye, "yuvj420p")
        print("  %s half %.2f dB" % (eye, got))
        assert got >= PSNR_LEAST - 2, (eye, got)


def strength_0_gives_the_photo_twice():
    assert convert(PHOTOS + "/chelsea.png", "-q", "-o", ".", "-s", "0", "-f", "left,right")[0] == 0
    for eye in ("left", "right"):
        assert psnr(PHOTOS + "/chelsea.png", "chelsea_output/stereo_%s.png" % eye) == float("inf")


def one_eye_is_the_photo():
    for views, same, other in (("right", "left", "right"), ("left", "right", "left")):
        assert convert(PHOTOS + "/chelsea.png", "-q", "-o", views, "-s", "2", "--views", views, "-f",
                       "left,right")[0] == 0
        folder = views + "/chelsea_output/stereo_"
        assert psnr(PHOTOS + "/chelsea.png", folder + same + ".png") == float("inf")
        assert psnr(PHOTOS + "/chelsea.png", folder + other + ".png") < 40


def metadata_survives():
    output_of("vips", "icc_transform", PHOTOS + "/pagoda.jpg", "p3.jpg", "p3", "--input-profile",
              "srgb")
    output_of("exiftool", "-q", "-overwrite_original", "-DateTimeOriginal=2024:05:06 07:08:09",
              "-GPSLatitude=47.5", "-GPSLatitudeRef=N", "-GPSLongitude=8.25", "-GPSLongitudeRef=E",
              "-Orientation#=6", "-FocalLengthIn35mmFormat=26", "-XMP:Creator=A. Person", "p3.jpg")
    assert convert("p3.jpg", "-q", "-f", "spatial,left") == (0, "", "")
    keys = ["DateTimeOriginal", "GPSLatitude", "GPSLongitude", "Orientation", "ProfileDescription",
            "Creator"]
    told = []
    for name in ("p3.jpg", "p3_output/p3_spatial.heic"):
        told.append(json.loads(output_of("exiftool", "-json", "-n", *["-" + key for key in keys],
                                         name))[0])
    was, now = told
    assert now["DateTimeOriginal"] == "2024:05:06 07:08:09", now
    assert abs(now["GPSLatitude"] - 47.5) < 1e-6 and abs(now["GPSLongitude"] - 8.25) < 1e-6, now
    assert "P3" in was["ProfileDescription"] and now["ProfileDescription"] == was[
        "ProfileDescription"], told
    assert now["Creator"] == "A. Person", now
    assert was["Orientation"] == 6 and now.get("Orientation", 1) == 1, told
    size = re.search(r"image: (\d+)x(\d+)", output_of("heif-info", "p3_output/p3_spatial.heic"))
    assert size.groups() == ("427", "640"), size.groups()


def every_orientation_gives_the_same_picture():
    """The photo is turned the other way round, then marked with the orientation that undoes it."""
    write("map.png", depth_png(14, 10))
    undo = {1: "null", 2: "hflip", 3: "hflip,vflip", 4: "vflip", 5: "transpose=0",
            6: "transpose=2", 7: "transpose=3", 8: "transpose=1"}
    for number, turn in undo.items():
        name = "turned%d" % number
        output_of("ffmpeg", "-v", "error", "-y", "-i", PHOTOS + "/chelsea.png", "-vf",
                  "scale=112:80," + turn, name + ".png")
        output_of("vips", "copy", name + ".png", name + ".tif")
        output_of("exiftool", "-q", "-overwrite_original", "-n", "-Orientation=%d" % number,
                  name + ".tif")
        assert convert(name + ".tif", "-q", "-s", "0", "-f", "left", "--depth-map",
                       "map.png") == (0, "", "")
        assert psnr("turned1.png", name + "_output/stereo_left.png") == float("inf"), number


def odd_sizes_work():
    for width, height in ((1, 1), (2, 1), (1, 3), (17, 900), (120, 90), (90, 120), (513, 511),
                          (1500, 64)):
        name = "%dx%d" % (width, height)
        write(name + ".png", png(width, height))
        fast = []
        if width * height > 10000:
            fast = ["--depth-map", write(name + "_map.png", depth_png(width, height))]
        code, _, err = convert(name + ".png", "-q", *fast)
        assert (code, err) == (0, ""), (name, err)
        folder = "%s_output" % name
        assert outputs(folder, name), os.listdir(folder)
        told = json.loads(spx("info", "--json", folder + "/%s_spatial.heic" % name)[1])
        assert told["spatial"] is True, told
        eyes = eyes_of(folder + "/%s_spatial.heic" % name, name)
        for eye, wanted in zip(eyes, ("left", "right")):
            head = read(eye)[16:24]
            assert head == read(folder + "/stereo_%s.png" % wanted)[16:24], (name, wanted)


need("heif-info", "heif-convert", "exiftool", "ffmpeg", "ffprobe", "vips")
enter("cli_outputs")
run(both_eyes_decode_to_what_went_in, side_by_side_plays, strength_0_gives_the_photo_twice,
    one_eye_is_the_photo, metadata_survives, every_orientation_gives_the_same_picture,
    odd_sizes_work)
