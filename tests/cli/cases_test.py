#!/usr/bin/python3
"""What people have opens with the right pixels, or is refused with the true reason: raw files, JPEG XL, GIF, BMP, TIFF
of many pictures, damaged files, depth maps of all sorts, a phone's own depth."""
import io
import json
import os
import shutil
import struct
import subprocess
import zlib

from support import enter, need, read, run, spx, spx_all, write

try:
    import numpy
    from PIL import Image
except ImportError:
    print("skipped: no python3-pil or python3-numpy")
    raise SystemExit(77)

CASES = os.environ["SPX_TEST_DATA"] + "/cases/"
BASE = CASES + "base.jpg"


def tags(path):
    return subprocess.run(["exiftool", "-s", "-G1", "-a", path], capture_output=True, check=True).stdout.decode()


def convert(path, *options):
    """Codes of what was said, and the folder of the outputs; the conversion must succeed."""
    shutil.rmtree("out", ignore_errors=True)
    code, out, err = spx_all("convert", path, "-o", "out", "--json", "--detail", "fast", *options)
    assert code == 0, (path, err)
    line = json.loads(out)
    return {warning["code"]: warning["text"] for warning in line["warnings"]}, line["output"], line


def left_of(folder):
    return numpy.asarray(Image.open(folder + "/stereo_left.png").convert("RGB")).astype(float)


def pixels(path, *options):
    """The photo as spx reads it: strength 0 gives it back."""
    told, folder, _ = convert(path, "-s", "0", "-f", "left", "--depth-map", "flat.png", *options)
    return told, left_of(folder)


def base_at(size):
    return numpy.asarray(Image.open(BASE).convert("RGB").resize(size, Image.LANCZOS)).astype(float)


def flat_map(size):
    Image.fromarray((numpy.indices((size[1], size[0]))[1] * 255 // size[0]).astype(numpy.uint8)).save("flat.png")


def reads_every_kind_of_picture():
    picture = Image.open(BASE).convert("RGB").resize((320, 200))
    flat_map((320, 200))
    truth = numpy.asarray(picture).astype(float)
    picture.save("a.bmp")
    picture.convert("P", palette=Image.ADAPTIVE).save("b.bmp")
    picture.convert("L").save("c.bmp")
    picture.convert("1").save("d.bmp")
    picture.convert("RGBA").save("e.bmp")
    picture.convert("P", palette=Image.ADAPTIVE).save("a.gif", save_all=True, append_images=[Image.new("P", (320, 200))])
    picture.save("a.tif", compression="tiff_lzw")
    for name, most in [("a.bmp", 0), ("b.bmp", 12), ("a.gif", 12), ("a.tif", 0), ("e.bmp", 0)]:
        shutil.copy(name, "without_extension")
        for path in (name, "without_extension"):
            _, got = pixels(path)
            assert numpy.abs(got - truth).mean() <= most, (path, name, numpy.abs(got - truth).mean())
    grey = numpy.asarray(picture.convert("L")).astype(float)
    _, got = pixels("c.bmp")
    assert numpy.abs(got[..., 0] - grey).max() == 0
    _, got = pixels("d.bmp")
    assert set(numpy.unique(got)) == {0.0, 255.0}


def reads_bitmaps_of_every_form():
    def bmp(bits, coding, data, height=2, palette=b"", masks=b"", width=4):
        start = 14 + 40 + len(masks) + len(palette)
        head = b"BM" + struct.pack("<IHHI", start + len(data), 0, 0, start)
        info = struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, coding, len(data), 0, 0, len(palette) // 4, 0)
        return head + info + masks + palette + data

    flat_map((4, 2))
    palette = bytes((0, 0, 255, 0, 0, 255, 0, 0))  # red, green
    red, green = [255, 0, 0], [0, 255, 0]
    below, above = [red, red, green, green], [green, red, red, red]
    forms = {
        "rle8": bmp(8, 1, bytes((2, 0, 2, 1, 0, 0, 0, 3, 1, 0, 0, 0, 1, 0, 0, 1)), palette=palette),
        "rle4": bmp(4, 2, bytes((2, 0x00, 2, 0x11, 0, 0, 4, 0x10, 0, 2, 0, 0, 0, 1)), palette=palette),
        "fields": bmp(16, 3, struct.pack("<8H", 0xf800, 0xf800, 0x07e0, 0x07e0, 0x07e0, 0xf800, 0xf800, 0xf800),
                      masks=struct.pack("<III", 0xf800, 0x07e0, 0x001f)),
        "top_down": bmp(24, 0, bytes([0, 255, 0, 0, 0, 255, 0, 0, 255, 0, 0, 255] + [0, 0, 255] * 2 + [0, 255, 0] * 2), height=-2),
    }
    for name, data in forms.items():
        write(name, data)
        _, got = pixels(name)
        if name == "rle4":
            assert got[1].tolist() == below and got[0][0].tolist() == green, (name, got)
        else:
            assert got.tolist() == [above, below], (name, got)


def tells_what_became_white():
    """What is transparent is laid on white, and floats over 1 become white: neither without a word."""
    def tiff(samples):
        height, width, bands = samples.shape
        tags = [(256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 32), (259, 3, 1, 1), (262, 3, 1, 2 if bands > 1 else 1),
                (273, 4, 1, 8), (277, 3, 1, bands), (278, 4, 1, height), (279, 4, 1, samples.nbytes), (339, 3, 1, 3)]
        body = samples.astype("<f4").tobytes()
        return (b"II*\0" + struct.pack("<I", 8 + len(body)) + body + struct.pack("<H", len(tags)) +
                b"".join(struct.pack("<HHII", *tag) for tag in tags) + bytes(4))

    flat_map((320, 200))
    picture = Image.open(BASE).convert("RGB").resize((320, 200))
    ramp = numpy.asarray(picture).astype(float)
    for bands in (3, 1):
        write("bytes.tif", tiff(ramp[..., :bands]))
        told, got = pixels("bytes.tif")
        assert "values go up to 255" in told["hdr-shown-as-sdr"] and got.mean() > 250, (bands, told)
        write("floats.tif", tiff(ramp[..., :bands] / 255))
        assert "hdr-shown-as-sdr" not in pixels("floats.tif")[0], bands
    for name, options in (("clear.png", {}), ("clear.webp", {"lossless": True}), ("clear.tif", {})):
        picture.convert("RGBA").save(name, **options)
        assert "on-white" not in pixels(name)[0], name
        mask = Image.new("L", (320, 200), 255)
        mask.paste(0, (300, 180, 310, 190))
        cut = picture.copy()
        cut.putalpha(mask)
        cut.save(name, **options)
        told, got = pixels(name)
        assert "white behind" in told["on-white"], (name, told)
        assert got[185, 305].tolist() == [255, 255, 255], (name, got[185, 305])
    subprocess.run(["heif-enc", "-q", "90", "clear.png", "-o", "clear.heic"], check=True, capture_output=True)
    assert "on-white" in pixels("clear.heic")[0]


def takes_the_largest_picture_of_a_tiff():
    picture = Image.open(BASE).convert("RGB").resize((480, 300))
    flat_map((480, 300))
    small = Image.new("RGB", (96, 60), (255, 0, 255))
    small.save("pages.tif", save_all=True, append_images=[picture, small])
    told, got = pixels("pages.tif")
    assert got.shape == (300, 480, 3) and numpy.abs(got - numpy.asarray(picture)).max() == 0
    assert "480 x 300" in told["picture-chosen"], told
    picture.save("one.tif", save_all=True, append_images=[small])
    assert "picture-chosen" not in pixels("one.tif")[0]


def reads_raw_files():
    told, folder, line = convert(CASES + "fake.dng", "-f", "left")
    assert (line["width"], line["height"]) == (320, 200), line
    assert "developed" in told["raw"] and "tiny-source" in told, told
    grey = base_at((320, 200)) @ [0.299, 0.587, 0.114]
    got = left_of(folder).mean(axis=2)
    assert numpy.corrcoef(grey.ravel(), got.ravel())[0, 1] > 0.9
    write("cut.dng", read(CASES + "fake.dng")[:40000])
    code, out, err = spx("convert", "cut.dng", "-o", "out")
    assert code == 1 and out == "" and err.count("\n") == 1 and "cut.dng" in err, err


def reads_jpeg_xl():
    flat_map((480, 300))
    told, got = pixels(CASES + "photo.jxl")
    assert told.keys() <= {"tiny-source"} and numpy.abs(got - base_at((480, 300))).mean() < 6
    write("cut.jxl", read(CASES + "photo.jxl")[:12000])
    code, _, err = spx("convert", "cut.jxl", "-o", "out")
    assert code == 1 and "truncated" in err, err


def keeps_one_rule_for_damage():
    photo = Image.open(BASE).convert("RGB").resize((640, 400))
    flat_map((640, 400))
    for name, options in [("a.jpg", {"quality": 90}), ("p.jpg", {"quality": 90, "progressive": True}), ("a.png", {})]:
        photo.save(name, **options)
        whole = read(name)
        assert pixels(name)[0] == {}, name
        write("short" + name, whole[:len(whole) * 98 // 100])
        told, got = pixels("short" + name)
        assert "missing" in told["damaged"], (name, told)
        assert numpy.abs(got[:350] - numpy.asarray(photo)[:350]).mean() < 6, name
        write("half" + name, whole[:len(whole) // 2])
        code, out, err = spx("convert", "half" + name, "--depth-map", "flat.png", "-o", "out")
        assert code == 1 and out == "" and "truncated" in err and not os.path.exists("out/half" + name[0] + "_output"), err
        told, got = pixels("half" + name, "--accept-damaged")
        assert "damaged" in told, (name, told)
    bad = bytearray(read("a.png"))
    bad[len(bad) // 2] ^= 0x55
    write("mid.png", bytes(bad))
    for path in ("mid.png", CASES + "corrupt_mid.jpg"):
        code, _, err = spx("convert", path, "-f", "depth", "-o", "out")
        assert code == 1 and "in the middle" in err, (path, err)
        assert "middle" in convert(path, "-f", "depth", "--accept-damaged")[0]["damaged"], path
    write("padded.jpg", read("a.jpg")[:-2] + bytes(200) + b"\xff\xd9" + b"trailing video bytes" * 50)
    assert pixels("padded.jpg")[0] == {}
    code, _, err = spx("outpaint", "shorta.jpg", "-o", "grown.png", "-q", "--right", "16")
    assert code == 0 and "warning: truncated JPEG file" in err, err
    code, _, err = spx("outpaint", "halfa.jpg", "-o", "half.png", "-q", "--right", "16")
    assert code == 1 and "truncated" in err and not os.path.exists("half.png"), err
    code, _, err = spx("outpaint", "halfa.jpg", "-o", "half.png", "-q", "--right", "16", "--accept-damaged")
    assert code == 0 and "warning: truncated JPEG file" in err, err
    assert spx("outpaint", "shorta.jpg", "-o", "strict.png", "-q", "--right", "16", "--strict")[0] == 1 and not os.path.exists("strict.png")


def tells_of_sums_that_are_wrong_in_a_png(photo, whole):
    """Nobody's pixels hang on them, so the photo opens; but never silently."""
    chunks, at = [], 8
    while at < len(whole):
        size, kind = struct.unpack(">I4s", whole[at:at + 8])
        chunks.append((kind, whole[at + 8:at + 8 + size]))
        at += 12 + size
    pixels_of = b"".join(body for kind, body in chunks if kind == b"IDAT")
    flipped = pixels_of[:-1] + bytes([pixels_of[-1] ^ 1])  # the Adler-32 over all rows

    def made(*parts):
        return whole[:8] + b"".join(struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body) ^ wrong)
                                    for kind, body, wrong in parts)

    head, end, good = (b"IHDR", chunks[0][1], 0), (b"IEND", b"", 0), (b"IDAT", pixels_of, 0)
    for file, text in ((made(head, (b"IDAT", flipped, 0), end), "checksum"),
                       (made(head, (b"IDAT", flipped[:-4], 0), (b"IDAT", flipped[-4:], 0), end), "checksum"),
                       (made(head, (b"IDAT", flipped[:-3], 0), (b"IDAT", b"", 0), (b"IDAT", flipped[-3:-1], 0),
                             (b"IDAT", flipped[-1:], 0), end), "checksum"),
                       (made(head, (b"tEXt", b"Comment\0hello", 1), good, end), "checksum"),
                       (made(head, good), "ends early"),
                       (made(head, (b"IDAT", flipped, 0)), "ends early"),
                       (made(head, good, end), None)):
        write("sums.png", file)
        told, got = pixels("sums.png")
        assert numpy.abs(got - numpy.asarray(photo)).max() == 0, text
        assert (text in told["damaged"]) if text else "damaged" not in told, (text, told)
        seen = json.loads(spx_all("info", "--json", "sums.png")[1])["warnings"]
        assert [each["text"] for each in seen if each["code"] == "damaged"] == ([told["damaged"]] if text else []), seen


def opens_what_is_left_of_every_format():
    """At most 5 % missing at the end: a warning; more: only when damage is accepted; never silently."""
    photo = Image.open(BASE).convert("RGB").resize((640, 400))
    flat_map((640, 400))
    photo.save("l.webp", lossless=True)
    photo.convert("P", palette=Image.ADAPTIVE).save("a.gif", interlace=0)
    photo.save("a.tif")
    photo.save("a.webp", quality=85)
    for name, short in [("a.webp", 98), ("l.webp", 97), ("a.gif", 97), ("a.tif", 97)]:
        whole, truth = read(name), pixels(name)[1]
        assert "damaged" not in pixels(name)[0], name
        write("short" + name, whole[:len(whole) * short // 100])
        accept = ["--accept-damaged"] if name == "a.webp" else []  # 25 rows lean on each other: 6 % of this small picture
        told, got = pixels("short" + name, *accept)
        assert "missing" in told["damaged"], (name, told)
        assert numpy.abs(got[:360] - truth[:360]).max() == 0, name
        assert "damaged" in json.loads(spx_all("info", "--json", "short" + name)[1])["warnings"][0]["code"], name
        write("half" + name, whole[:len(whole) // 2])
        code, out, err = spx("convert", "half" + name, "-o", "out")
        assert code == 1 and out == "" and "truncated" in err, (name, err)
        told, got = pixels("half" + name, "--accept-damaged")
        assert "missing" in told["damaged"], (name, told)
        assert numpy.abs(got[:120] - truth[:120]).max() == 0 and numpy.ptp(got[-40:]) <= 127, name
    write("tail.jxl", read(CASES + "photo.jxl")[:-200])
    code, _, err = spx("convert", "tail.jxl", "-o", "out")
    assert code == 1 and "truncated JPEG XL" in err, err
    flat_map((480, 300))
    told, got = pixels("tail.jxl", "--accept-damaged")
    assert "damaged" in told and numpy.abs(got - base_at((480, 300))).mean() < 8, told
    photo.save("a.png")
    whole = read("a.png")
    at, parts = 8, {b"IHDR": b"", b"IDAT": b""}
    while at < len(whole):
        size, kind = struct.unpack(">I4s", whole[at:at + 8])
        parts[kind] = parts.get(kind, b"") + whole[at + 8:at + 8 + size]
        at += 12 + size
    parts[b"IDAT"] = parts[b"IDAT"][:-4]  # the checksum behind the pixels
    write("end.png", whole[:8] + b"".join(struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
                                          for kind, body in parts.items()))
    told, got = pixels("end.png")
    assert "no pixels are missing" in told["damaged"] and numpy.abs(got - numpy.asarray(photo)).max() == 0, told
    tells_of_sums_that_are_wrong_in_a_png(photo, whole)
    heic = read(CASES + "pq10.heic")
    write("cut.heic", heic[:len(heic) * 98 // 100])
    code, _, err = spx("convert", "cut.heic", "-o", "out")
    assert code == 1 and "truncated HEIC" in err and "cut.heic" in err, err
    bad = bytearray(read("a.gif"))
    bad[len(bad) // 2:len(bad) // 2 + 8] = b"\xff" * 8
    write("mid.gif", bytes(bad))
    told, out, err = spx("convert", "mid.gif", "-o", "out", "--accept-damaged")
    assert "damaged" in out + err, (out, err)


def takes_the_largest_picture_of_a_big_tiff():
    photo = Image.open(BASE).convert("RGB").resize((480, 300))
    flat_map((480, 300))
    for order, mark in (("<", b"II"), (">", b"MM")):
        out = bytearray(mark + struct.pack(order + "HHHQ", 43, 8, 0, 0))
        link = 8
        for picture in (Image.new("RGB", (96, 60), (255, 0, 255)), photo):
            data = len(out)
            out += picture.tobytes()
            ifd, size = len(out), picture.width * picture.height * 3
            struct.pack_into(order + "Q", out, link, ifd)
            tags = [(256, 4, 1, picture.width), (257, 4, 1, picture.height), (258, 3, 3, (8, 8, 8)), (259, 3, 1, 1), (262, 3, 1, 2),
                    (273, 16, 1, data), (277, 3, 1, 3), (278, 4, 1, picture.height), (279, 16, 1, size)]
            out += struct.pack(order + "Q", len(tags))
            for tag, kind, count, value in tags:
                values = value if isinstance(value, tuple) else (value,)
                body = struct.pack(order + str(count) + {3: "H", 4: "I", 16: "Q"}[kind], *values)
                out += struct.pack(order + "HHQ", tag, kind, count) + body.ljust(8, b"\0")
            link = len(out)
            out += bytes(8)
        write("big.tif", bytes(out))
        told, got = pixels("big.tif")
        assert "480 x 300" in told["picture-chosen"] and numpy.abs(got - numpy.asarray(photo)).max() == 0, order


def sees_hdr_wherever_it_stands():
    """PQ that only the coded data tell of, and JPEG XL without loss: shown as SDR, like the same in a PNG."""
    photo = numpy.asarray(Image.open(BASE).convert("RGB").resize((480, 300))) / 255.0
    flat_map((480, 300))
    linear = numpy.where(photo <= 0.04045, photo / 12.92, ((photo + 0.055) / 1.055) ** 2.4)
    to_2020 = numpy.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]])
    power = (linear @ to_2020.T * 203 / 10000) ** 0.1593017578125
    coded = ((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375
    rows = b"".join(b"\0" + row.tobytes() for row in numpy.round(coded * 65535).astype(">u2"))
    head = struct.pack(">IIBBBBB", 480, 300, 16, 2, 0, 0, 0)
    write("pq.png", b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in [(b"IHDR", head), (b"cICP", bytes((9, 16, 0, 1))), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b"")]))
    told, truth = pixels("pq.png")
    assert "hdr-shown-as-sdr" in told, told

    def make(name, *options):
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", "pq.png", *options, "-frames:v", "1", name], check=True)

    said = ["-color_primaries", "bt2020", "-color_trc", "smpte2084"]
    video = ["-vf", "scale=out_color_matrix=bt2020:out_range=tv,format=yuv420p10le", *said, "-colorspace", "bt2020nc"]
    hevc = "colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:range=limited:crf=8:log-level=0"
    make("pq.jxl", "-vf", "format=rgb48le", *said, "-c:v", "libjxl", "-distance", "0")
    make("pq.avif", *video, "-c:v", "libaom-av1", "-still-picture", "1", "-cpu-used", "8", "-crf", "8", "-b:v", "0")
    whole = read("pq.avif")
    assert whole.count(b"colrnclx") == 1
    write("seq.avif", whole.replace(b"colrnclx", b"freenclx"))
    make("pq.mp4", *video, "-c:v", "libx265", "-tag:v", "hvc1", "-x265-params", hevc)
    write("vui.heic", heic_of(read("pq.mp4")))
    for name, most in (("pq.jxl", 1), ("seq.avif", 6), ("vui.heic", 6)):
        told, got = pixels(name)
        assert "hdr-shown-as-sdr" in told and numpy.abs(got - truth).mean() < most, (name, told, numpy.abs(got - truth).mean())


def heic_of(mp4):
    """The first sample of a video as a HEIC without a word on colours."""
    at = mp4.index(b"hvcC") - 4
    config = mp4[at:at + struct.unpack(">I", mp4[at:at + 4])[0]]
    table = mp4.index(b"stsz")
    size = struct.unpack(">I", mp4[table + 8:table + 12])[0] or struct.unpack(">I", mp4[table + 16:table + 20])[0]
    start = struct.unpack(">I", mp4[mp4.index(b"stco") + 12:][:4])[0]

    def box(kind, body, version=None):
        full = b"" if version is None else struct.pack(">I", version << 24)
        return struct.pack(">I", 8 + len(full + body)) + kind + full + body

    def file_at(offset):
        infe = box(b"infe", struct.pack(">HH", 1, 0) + b"hvc1\0", 2)
        properties = box(b"ipco", config + box(b"ispe", struct.pack(">II", 480, 300), 0))
        links = box(b"ipma", struct.pack(">IHBBB", 1, 1, 2, 0x81, 2), 0)
        meta = box(b"meta", box(b"hdlr", bytes(4) + b"pict" + bytes(13), 0) + box(b"pitm", struct.pack(">H", 1), 0)
                   + box(b"iloc", struct.pack(">BBHHHHII", 0x44, 0, 1, 1, 0, 1, offset, size), 0)
                   + box(b"iinf", struct.pack(">H", 1) + infe, 0) + box(b"iprp", properties + links), 0)
        return box(b"ftyp", b"heic" + bytes(4) + b"mif1heic") + meta

    head = file_at(0)
    return file_at(len(head) + 8) + box(b"mdat", mp4[start:start + size])


def makes_warnings_failures_when_told():
    code, out, err = spx_all("convert", CASES + "fake.dng", "-f", "left", "-o", "strict", "--strict")
    assert code == 1 and out == "" and "tiny-source" in err and not os.path.exists("strict"), err


def understands_depth_maps():
    def depth_by(path, *options):
        told, folder, _ = convert(BASE, "-f", "depth", "--depth-map", path, *options)
        return told, numpy.asarray(Image.open(folder + "/depth_image.jpg").convert("L")).astype(float)

    told, spread = depth_by(CASES + "depth_16bit_low.png")
    assert "0 to 255" in told["depth-spread"] and spread.max() > 240 and spread.min() < 15, told
    told, decoded = depth_by(CASES + "depth_spectral.png")
    assert "spectral" in told["depth-coloured"], told
    assert decoded[380:].mean() > 220 and decoded[:100].mean() < 25, "near is red"
    assert numpy.corrcoef(spread.ravel(), decoded.ravel())[0, 1] > 0.9
    height, width = spread.shape
    Image.fromarray(numpy.full((height, width), 77, numpy.uint8)).save("one.png")
    assert "depth-flat" in depth_by("one.png")[0]
    Image.open(BASE).save("photo.png")
    code, _, err = spx("convert", BASE, "--depth-map", "photo.png", "-o", "out")
    assert code == 1 and "colours" in err and "spectral" in err, err
    ramp = numpy.indices((height, width))[1].astype("<f4")
    ramp[:, :10] = numpy.nan
    write("nan.pfm", b"Pf\n%d %d\n-1.0\n" % (width, height) + ramp[::-1].tobytes())
    assert "depth-not-number" in depth_by("nan.pfm")[0]
    write("all.pfm", b"Pf\n%d %d\n-1.0\n" % (width, height) + numpy.full_like(ramp, numpy.nan).tobytes())
    assert {"depth-not-number", "depth-flat"} <= set(depth_by("all.pfm")[0])
    unit = numpy.indices((height, width))[1].astype("<f4") / width
    Image.fromarray(unit).save("unit.tif")
    Image.fromarray(unit * 20 + 1).save("metres.tif")
    write("colours.pfm", b"PF\n%d %d\n-1.0\n" % (width, height) + numpy.dstack([unit] * 3).tobytes())
    told, depth = depth_by("unit.tif")
    assert not set(told) - {"tiny-source"} and depth[:, -5:].min() > 245 > 10 > depth[:, :5].max(), told
    for path, reason in (("metres.tif", "floats up to 20.9"), ("colours.pfm", "a PFM in colours")):
        code, _, err = spx("convert", BASE, "--depth-map", path, "-o", "out")
        assert code == 1 and path in err and reason in err, err
    clear = numpy.full((height, width, 2), 255, numpy.uint8)
    clear[:, :, 0] = unit * 255
    clear[:50, :, 1] = 0
    Image.fromarray(clear, "LA").save("clear.png")
    assert "count as white" in depth_by("clear.png")[0]["on-white"]


def uses_a_phones_depth():
    told, folder, line = convert(CASES + "portrait_depth.heic", "-f", "depth")
    assert "auxiliary" in told["depth-source"] and "auxiliary" in line["model"], (told, line["model"])
    told, _, line = convert(CASES + "portrait_depth.heic", "-f", "depth", "--depth", "network")
    assert "depth-source" not in told and "auxiliary" not in line["model"], told
    code, out, _ = spx("info", CASES + "portrait_depth.heic")
    assert code == 0 and "320 x 200" in out, out
    told, _, _ = convert(CASES + "portrait_depth.heic", "-f", "depth", "--outpaint")
    assert "border" in told["depth-source"], told


def spheres_are_doubted():
    """A photo sphere is no flat picture; a phone's panorama is nearly one."""
    jpeg = read(BASE)
    for shown, doubted in ((4000, True), (2000, True), (1200, False)):
        body = (b'http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
                b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
                b'xmlns:GPano="http://ns.google.com/photos/1.0/panorama/" GPano:ProjectionType="equirectangular" '
                b'GPano:FullPanoWidthPixels="4000" GPano:CroppedAreaImageWidthPixels="%d"/></rdf:RDF></x:xmpmeta>' % shown)
        write("sphere.jpg", jpeg[:2] + b"\xff\xe1" + struct.pack(">H", 2 + len(body)) + body + jpeg[2:])
        told, _, _ = convert("sphere.jpg", "-f", "depth")
        assert ("part-of-view" in told) == doubted, (shown, told)


def uses_gdepth_and_dynamic_depth():
    """A map with its near half at the left, in a photo that lies on its side."""
    import base64
    photo = Image.open(BASE).convert("RGB").resize((640, 400))
    near = numpy.full((100, 160), 220, numpy.uint8)  # 255 = far
    near[:, :80] = 10
    store = io.BytesIO()
    Image.fromarray(near).save(store, "PNG")
    exif = Image.Exif()
    exif[0x0112] = 3  # half a turn
    photo.save("plain.jpg", quality=90, exif=exif)
    jpeg = read("plain.jpg")
    space = 'xmlns:GDepth="http://ns.google.com/photos/1.0/depthmap/"'
    about = 'GDepth:Format="RangeInverse" GDepth:Near="1" GDepth:Far="10" GDepth:Mime="image/png"'
    guid = "0123456789ABCDEF0123456789ABCDEF"

    def segment(name, body):
        return b"\xff\xe1" + struct.pack(">H", 2 + len(name) + len(body)) + name + body

    def packet(attributes, inner=""):
        return (f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
                f'<rdf:Description {attributes}>{inner}</rdf:Description></rdf:RDF></x:xmpmeta>').encode()

    xmp = b"http://ns.adobe.com/xap/1.0/\0"
    data = base64.b64encode(store.getvalue()).decode()
    short = segment(xmp, packet(f'{space} {about} GDepth:Data="{data}"'))
    extended = packet(f'{space} GDepth:Data="{data}"')
    cut = len(extended) // 2
    halves = [extended[:cut], extended[cut:]]
    long = segment(xmp, packet(f'{space} {about} xmlns:xmpNote="http://ns.adobe.com/xmp/note/" xmpNote:HasExtendedXMP="{guid}"'))
    for at, half in ((cut, halves[1]), (0, halves[0])):
        long += segment(b"http://ns.adobe.com/xmp/extension/\0", guid.encode() + struct.pack(">II", len(extended), at) + half)
    items = "".join(f'<rdf:li rdf:parseType="Resource"><C:Item I:Mime="image/{kind}" I:Semantic="{what}" I:Length="{size}" '
                    'I:Padding="0"/></rdf:li>' for kind, what, size in
                    [("jpeg", "Primary", 0), ("png", "Depth", len(store.getvalue())), ("png", "Confidence", 7)])
    dynamic = segment(xmp, packet('xmlns:C="http://ns.google.com/photos/1.0/container/" '
                                  'xmlns:I="http://ns.google.com/photos/1.0/container/item/"',
                                  f"<C:Directory><rdf:Seq>{items}</rdf:Seq></C:Directory>"))
    write("short.jpg", jpeg[:2] + short + jpeg[2:])
    write("long.jpg", jpeg[:2] + long + jpeg[2:])
    write("dynamic.jpg", jpeg[:2] + dynamic + jpeg[2:] + store.getvalue() + b"1234567")
    for name, source in [("short", "GDepth"), ("long", "GDepth"), ("dynamic", "Dynamic Depth")]:
        told, folder, line = convert(name + ".jpg", "-f", "depth,left")
        assert source in told["depth-source"] and line["model"] == source, (name, told)
        depth = numpy.asarray(Image.open(folder + "/depth_image.jpg").convert("L")).astype(float)
        assert depth[:, 480:].mean() > 200 > 60 > depth[:, :160].mean(), (name, "turned with the photo")
        found = tags(folder + "/stereo_left.png")
        assert "GDepth" not in found and "Container" not in found and "HasExtended" not in found, found
        assert f"depth map: yes, {source}, 160 x 100" in spx("info", name + ".jpg")[1]
    write("broken.jpg", jpeg[:2] + segment(xmp, packet(f'{space} {about} GDepth:Data="{data[:200]}"')) + jpeg[2:])
    told, _, line = convert("broken.jpg", "-f", "depth")
    assert "own depth" in told["fallback"] and line["model"] != "GDepth", told


enter("cases")
need("exiftool", "ffmpeg", "heif-enc")
run(reads_every_kind_of_picture, reads_bitmaps_of_every_form, tells_what_became_white, takes_the_largest_picture_of_a_tiff,
    reads_raw_files,
    reads_jpeg_xl, keeps_one_rule_for_damage, opens_what_is_left_of_every_format, takes_the_largest_picture_of_a_big_tiff,
    sees_hdr_wherever_it_stands, makes_warnings_failures_when_told, understands_depth_maps,
    uses_a_phones_depth, spheres_are_doubted, uses_gdepth_and_dynamic_depth)
