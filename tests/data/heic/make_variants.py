#!/usr/bin/env python3
"""Makes the files of this folder that hold one small picture in unusual ways (needs heif-enc, vips):
make_variants.py PICTURE. The picture is 64 x 64; tiles are 64 x 64 as well."""
import os
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../../support"))
from make_heif import Heif, auxC, box, coded, full, irot  # noqa: E402


def picture(source, negative=False):
    with tempfile.TemporaryDirectory() as work:
        small, inverse = work + "/small.png", work + "/inverse.png"
        subprocess.run(["vips", "thumbnail", source, small, "64", "--height", "64", "--size", "force"], check=True)
        subprocess.run(["vips", "invert", small, inverse], check=True)
        return coded(inverse if negative else small, ("-q", "90"))


def ispe(width, height):
    return full("ispe", 0, 0, struct.pack(">II", width, height))


def props(one, *more):
    return [one["cfg"], one["ispe"], *more]


def main(source):
    photo = picture(source)
    other = picture(source, negative=True)
    exif = struct.pack(">I", 6) + b"Exif\0\0" + b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"

    h = Heif()  # iPhone since iOS 18: the gain map belongs to the photo and to 'tmap'
    h.add(1, "hvc1", photo["data"], props(photo))
    h.add(2, "hvc1", other["data"], props(other, auxC("urn:com:apple:photo:2020:aux:hdrgainmap")), hidden=1)
    h.add(3, "tmap", b"\0" * 62, [ispe(64, 64)])
    h.add(4, "Exif", exif, hidden=1)
    h.add(5, "uri ", b"{}", hidden=1, extra=b"tag:apple.com,2023:photo:aux:styledeltamap\0")
    h.ref("dimg", 3, [1, 2])
    h.ref("auxl", 2, [1, 3])
    h.ref("cdsc", 4, [1, 3])
    h.group("altr", 9, [3, 1])
    h.write(HERE + "/tmap_aux.heic")
    h.primary = 3  # the same with the tone-mapped picture as the primary one
    h.write(HERE + "/tmap_primary.heic")

    h = Heif()  # identity derivation, turned once
    h.primary = 2
    h.add(1, "hvc1", photo["data"], props(photo), hidden=1)
    h.add(2, "iden", b"", [ispe(64, 64), irot(1)])
    h.ref("dimg", 2, [1])
    h.write(HERE + "/iden.heic")

    h = Heif()  # overlay of two pictures side by side on a canvas
    h.primary = 3
    h.add(1, "hvc1", photo["data"], props(photo), hidden=1)
    h.add(2, "hvc1", other["data"], props(other), hidden=1)
    canvas = struct.pack(">BB4HHHhhhh", 0, 0, 0, 0, 0, 65535, 128, 64, 0, 0, 64, 0)
    h.add(3, "iovl", canvas, [ispe(128, 64)])
    h.ref("dimg", 3, [1, 2])
    h.write(HERE + "/iovl.heic")

    h = Heif()  # a grid of 16 x 12 tiles, as 48-megapixel photos have, cut on the right and below
    h.primary = 500
    tiles = list(range(1, 193))
    for i in tiles:
        h.add(i, "hvc1", photo["data"] if i % 2 else other["data"], props(photo), hidden=1)
    h.add(500, "grid", struct.pack(">BBBBHH", 0, 0, 11, 15, 1000, 760), [ispe(1000, 760)])
    h.ref("dimg", 500, tiles)
    h.write(HERE + "/grid_48mp_shape.heic", share=True)

    h = Heif()  # nobody says how large the picture is
    h.add(1, "hvc1", photo["data"], [photo["cfg"]])
    h.write(HERE + "/no_ispe.heic")

    h = Heif()  # a depth map, a matte and a thumbnail, each for two pictures at once; no primary item
    h.primary = None
    h.add(1, "hvc1", other["data"], props(other, auxC("urn:mpeg:hevc:2015:auxid:2")))
    h.add(2, "hvc1", other["data"], props(other, auxC("urn:com:apple:photo:2018:aux:portraiteffectsmatte")))
    h.add(3, "hvc1", other["data"], props(other))
    h.add(4, "hvc1", photo["data"], props(photo, irot(2)))
    h.add(5, "hvc1", photo["data"], props(photo))
    for kind, item in (("auxl", 1), ("auxl", 2), ("thmb", 3)):
        h.ref(kind, item, [4, 5])
    h.write(HERE + "/no_primary.heic")

    wide_ids(photo)


def wide_ids(photo):
    """A large file's boxes: 32-bit ids, wide property indices, the data in two extents, the second one first."""
    item = 70000
    first, second = photo["data"][:150], photo["data"][150:]
    hdlr = full("hdlr", 0, 0, struct.pack(">I4s12s", 0, b"pict", b"") + b"\0")
    pitm = full("pitm", 1, 0, struct.pack(">I", item))
    iinf = full("iinf", 1, 0, struct.pack(">I", 1) + full("infe", 3, 0, struct.pack(">IH", item, 0) + b"hvc1\0"))
    ipco = box("ipco", box("free", b"x") * 200 + photo["cfg"] + photo["ispe"])
    ipma = full("ipma", 1, 1, struct.pack(">IIBHH", 1, item, 2, 0x8000 | 201, 202))
    ftyp = box("ftyp", b"heic\0\0\0\0mif1heic")

    def meta(base):
        extents = struct.pack(">QQQQ", base + len(second), len(first), base, len(second))
        iloc = full("iloc", 2, 0, b"\x88\0" + struct.pack(">IIHHH", 1, item, 0, 0, 2) + extents)
        return full("meta", 0, 0, hdlr + pitm + iinf + box("iprp", ipco + ipma) + iloc)

    base = len(ftyp) + len(meta(0)) + 8
    with open(HERE + "/wide_ids.heic", "wb") as out:
        out.write(ftyp + meta(base) + box("mdat", second + first))


main(sys.argv[1])
