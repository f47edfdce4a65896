#!/usr/bin/python3
"""Colours and gain maps of what a conversion writes, as other programs see them: ffmpeg, libheif, exiftool."""
import glob
import json
import os
import subprocess

from support import convert, enter, need, psnr, run, spx

CASES = os.environ["SPX_TEST_DATA"] + "/cases"


def output_of(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, (command, done.stderr)
    return done.stdout


def side_by_side_is_what_its_vui_says():
    """Adobe RGB has no code points: the stream is sRGB, and says so."""
    assert convert(CASES + "/adobergb_icc.jpg", "-q", "-o", ".", "-s", "0", "-f", "sbs,left")[0] == 0
    folder = "adobergb_icc_output/"
    told = json.loads(output_of("ffprobe", "-v", "error", "-show_streams", "-of", "json",
                                folder + "adobergb_icc_sbs.hevc"))["streams"][0]
    assert told["color_primaries"] == "bt709" and told["color_transfer"] == "iec61966-2-1", told
    output_of("ffmpeg", "-v", "error", "-y", "-i", folder + "adobergb_icc_sbs.hevc", "-vf",
              "crop=iw/2:ih:0:0,scale=in_color_matrix=bt709:in_range=full,format=rgb24", "-frames:v",
              "1", "half.png")
    output_of("vips", "icc_transform", folder + "stereo_left.png", "srgb.png", "srgb", "--embedded")
    as_srgb, as_it_was = psnr("half.png", "srgb.png"), psnr("half.png", folder + "stereo_left.png")
    print("  against sRGB %.1f dB, against Adobe RGB's numbers %.1f dB" % (as_srgb, as_it_was))
    assert as_srgb > 36 and as_srgb > as_it_was + 3


def grey_photos_keep_a_profile_for_rgb():
    """Its curve is what the greys are written in."""
    profile = os.environ["SPX_TEST_DATA"] + "/codec/p3.icc"
    output_of("vips", "extract_band", CASES + "/base.jpg", f"grey.jpg[profile={profile}]", "0")
    assert output_of("exiftool", "-s3", "-ColorComponents", "grey.jpg").strip() == "1"
    assert convert("grey.jpg", "-q", "-o", ".", "-s", "0", "-f", "left,spatial")[0] == 0
    for name in ("stereo_left.png", "grey_spatial.heic"):
        told = [output_of("exiftool", "-s3", "-ProfileDescription", path) for path in ("grey.jpg", "grey_output/" + name)]
        assert told[0].strip() and told[1] == told[0], (name, told)


def other_readers_find_both_gain_maps():
    assert convert(CASES + "/ios18_tmap.heic", "-q", "-o", ".", "-f", "spatial")[0] == 0
    heic = "ios18_tmap_output/ios18_tmap_spatial.heic"
    output_of("heif-convert", "--with-aux", heic, "eye.png")
    assert len(glob.glob("eye-*hdrgainmap.png")) == 2, os.listdir(".")
    assert len(glob.glob("eye-[12].png")) == 2, os.listdir(".")
    told = output_of("exiftool", "-a", "-G1", heic)
    assert told.count("HDR Gain Map Version") == 2, told
    assert told.count("aux:hdrgainmap") == 2, told
    found = json.loads(spx("info", "--json", heic)[1])
    assert found["spatial"] and found["gain_map"] and found["violations"] == [], found


def hdr_photos_are_shown_as_sdr_and_say_so():
    code, _, err = convert(CASES + "/pq10.heic", "-o", ".", "-f", "left", "-s", "0")
    assert code == 0 and "HDR photo, shown as SDR" in err, err
    code, _, err = convert(CASES + "/pq10.heic", "-o", ".", "-f", "left", "-s", "0", "--strict")
    assert code == 1, (code, err)


need("ffmpeg", "ffprobe", "heif-convert", "exiftool", "vips")
enter("cli_colour")
run(side_by_side_is_what_its_vui_says, grey_photos_keep_a_profile_for_rgb, other_readers_find_both_gain_maps,
    hdr_photos_are_shown_as_sdr_and_say_so)
