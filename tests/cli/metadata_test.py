#!/usr/bin/python3
"""Metadata stay true through every change: turning, growing, coding anew, leaving parts behind."""
import json
import os
import subprocess

from support import SKIPPED, enter, need, run, spx

try:
    from PIL import Image
except ImportError:
    print("skipped: no python3-pil")
    raise SystemExit(SKIPPED)

CASES = os.environ["SPX_TEST_DATA"] + "/cases/"
GONE = ("MotionPhoto", "MicroVideo", "hdrgm", "XMP-Container", "GPano", "HasExtendedXMP")


def tags(path):
    out = subprocess.run(["exiftool", "-j", "-G1", "-a", "-n", path], capture_output=True, check=True).stdout
    return json.loads(out)[0]


def checked(path):
    """Tags of a file that exiftool finds no fault with."""
    found = tags(path)
    faults = [value for name, value in found.items() if "Warning" in name or "Error" in name]
    assert not faults, (path, faults)
    return found


def convert(path, *options):
    code, out, err = spx("convert", path, "-o", "out", "--json", "-f", "left,spatial", *options)
    assert code == 0, err
    return json.loads(out)


def outputs_of(line):
    return [file["path"] for file in line["files"]]


def sizes_and_focal_length_follow_the_picture():
    line = convert(CASES + "exifrich.jpg")
    for path in outputs_of(line):
        found = checked(path)
        assert (found["ExifIFD:ExifImageWidth"], found["ExifIFD:ExifImageHeight"]) == (480, 300), found
        assert found["IFD0:Orientation"] == 1 and found["ExifIFD:FocalLengthIn35mmFormat"] == 24, found
        assert found["GPS:GPSLatitude"] == 47 and found["IFD0:Make"] == "Apple", found
        assert not [name for name in found if any(word in name for word in GONE) or "Thumbnail" in name], found
    code, _, err = spx("outpaint", CASES + "exifrich.jpg", "--aspect", "1:1", "-o", "grown.jpg", "-q")
    assert code == 0, err
    found = checked("grown.jpg")
    assert (found["ExifIFD:ExifImageWidth"], found["ExifIFD:ExifImageHeight"]) == (480, 480), found
    # 24 mm on the diagonal of 480 x 300 is 20.0 mm on that of 480 x 480.
    assert found["ExifIFD:FocalLengthIn35mmFormat"] == 20 and found["ExifIFD:FocalLength"] == 6.8, found
    assert "XMP-crs:CropTop" not in found


def growing_first_or_on_the_way_is_the_same():
    Image.open(CASES + "exifrich.jpg").resize((120, 192)).save("rich.jpg")
    subprocess.run(["exiftool", "-q", "-overwrite_original", "-tagsfromfile", CASES + "exifrich.jpg", "-all:all", "rich.jpg"], check=True)
    code, _, err = spx("outpaint", "rich.jpg", "--expand", "25%", "-o", "wide.png", "-q")
    assert code == 0, err
    after = convert("wide.png")
    together = convert("rich.jpg", "--outpaint", "--expand", "25%")
    for one, two in zip(outputs_of(after), outputs_of(together)):
        assert tags(one)["ExifIFD:FocalLengthIn35mmFormat"] == tags(two)["ExifIFD:FocalLengthIn35mmFormat"] == 16
    plain = convert("rich.jpg")
    assert after["width"] == together["width"] == 288
    assert abs(after["hfov_deg"] - together["hfov_deg"]) < 1e-6, (after["hfov_deg"], together["hfov_deg"])
    assert together["hfov_deg"] > plain["hfov_deg"] + 10


def tells_of_no_part_that_is_gone():
    for path in outputs_of(convert(CASES + "ultrahdr_motion.jpg")):
        found = checked(path)
        assert not [name for name in found if any(word in name for word in GONE)], (path, found)
    code, _, err = spx("outpaint", CASES + "ultrahdr_motion.jpg", "-o", "hdr.jpg", "-q")
    assert code == 0, err
    found = checked("hdr.jpg")
    assert not [name for name in found if any(word in name for word in GONE)], found


def changes_each_tag_as_the_table_says():
    """The photo with more tags, by exiftool; both byte orders."""
    for order in ("MM", "II"):
        name = f"rich_{order}.jpg"
        Image.open(CASES + "base.jpg").resize((160, 100)).save(name)
        subprocess.run(["exiftool", "-q", "-overwrite_original", "-all=", "-ExifByteOrder=" + order, "-Orientation#=8",
                        "-ExifImageWidth=160", "-ExifImageHeight=100", "-FocalLengthIn35mmFormat=28", "-SubjectArea=10 20",
                        "-FocalPlaneXResolution=100", "-FocalPlaneYResolution=50", "-InteropIndex=R98", "-LensModel=A lens",
                        "-ColorSpace#=1", "-XMP-exif:ExifImageWidth=160", "-XMP-exif:ExifImageHeight=100",
                        "-XMP-tiff:ImageWidth=160", "-XMP-exif:FocalLengthIn35mmFormat=28", "-XMP-dc:Title=A & <b>",
                        "-RegionAppliedToDimensionsW=160", "-XMP-GPano:ProjectionType=cylindrical",
                        name], check=True)
        turned = checked(outputs_of(convert(name))[0])
        assert (turned["ExifIFD:ExifImageWidth"], turned["ExifIFD:ExifImageHeight"]) == (100, 160), turned
        assert (turned["ExifIFD:FocalPlaneXResolution"], turned["ExifIFD:FocalPlaneYResolution"]) == (50, 100), turned
        assert turned["XMP-exif:ExifImageWidth"] == 100 and turned["XMP-exif:ExifImageHeight"] == 160, turned
        assert turned["XMP-tiff:ImageWidth"] == 100 and turned["XMP-dc:Title"] == "A & <b>", turned
        assert turned["ExifIFD:LensModel"] == "A lens" and turned["ExifIFD:FocalLengthIn35mmFormat"] == 28, turned
        for word in ("SubjectArea", "Interop", "Region", "GPano"):
            assert not [tag for tag in turned if word in tag], (word, turned)
        code, _, err = spx("outpaint", name, "--expand", "50%", "-o", "grown.jpg", "-q")
        assert code == 0, err
        grown = checked("grown.jpg")
        assert grown["ExifIFD:FocalLengthIn35mmFormat"] == grown["XMP-exif:FocalLengthIn35mmFormat"] == 14, grown
        assert grown["ExifIFD:ExifImageWidth"] == 200 and grown["XMP-exif:ExifImageHeight"] == 320, grown


enter("metadata")
need("exiftool")
run(sizes_and_focal_length_follow_the_picture, growing_first_or_on_the_way_is_the_same, tells_of_no_part_that_is_gone,
    changes_each_tag_as_the_table_says)
