#!/usr/bin/python3
"""spx outpaint: frames, names, formats, refusals; spx convert --outpaint."""
import json
import os
import resource
import shutil
import struct
import subprocess
import zlib

from support import enter, png, read, run, spx, write


def size_of(path):
    data = read(path)
    assert data[:8] == b"\x89PNG\r\n\x1a\n", path
    return struct.unpack(">II", data[16:24])


def grown(*arguments):
    """The tests' borders are large beside their photos, and what a depth network sees in their noise may
    be cut by the frame; that spx says so is tested elsewhere."""
    code, out, err = spx("outpaint", *arguments)
    err = "".join(line for line in err.splitlines(True)
                  if "[large-border]" not in line and "[object-cut]" not in line)
    assert code == 0 and err == "", (arguments, code, err)
    return out


def says_what_it_cannot():
    write("photo.png", png(60, 50))
    code, out, err = spx("outpaint", "photo.png", "--right", "20%", "-o", "fifth.png")
    assert code == 0 and "[large-border]" not in err, err
    code, out, err = spx("outpaint", "photo.png", "--right", "40%", "-o", "more.png")
    assert code == 0 and "grows by 40 %" in err and "[large-border]" in err and "gradio" in err, err
    write("bars.png", png(64, 64, lambda x, y: bytes((0, 0, 0) if y < 8 or y >= 56 else (x * 3 + 40, y * 2 + 60, 90))))
    code, out, err = spx("outpaint", "bars.png", "--right", "10%", "-o", "cut.png")
    assert code == 0 and "[bars-cut]" in err and size_of("cut.png") == (70, 48), (err, size_of("cut.png"))


def says_what_it_cuts():
    """A boat is cut by the left side of this photo, nothing by the top."""
    photo = os.environ["SPX_TEST_DATA"] + "/cases/base.jpg"
    code, out, err = spx("outpaint", photo, "--left", "20%", "-o", "left.png")
    assert code == 0 and "[object-cut]" in err and "at the left edge" in err and "gradio" in err, err
    code, out, err = spx("outpaint", photo, "--top", "5%", "-o", "top.png")
    assert code == 0 and err == "", err
    code, out, err = spx("convert", photo, "--json", "--outpaint", "--left", "31%", "--format", "left", "-o", "made")
    told = {warning["code"]: warning["text"] for warning in json.loads(out)["warnings"]}
    assert code == 0 and "sdapi" in told["object-cut"] and "31 %" in told["large-border"], (told, err)


def says_that_it_has_no_depth():
    """A program far from its models; the photo is painted all the same."""
    if any(os.path.exists(folder + "/share/spx/models/spx-lite.safetensors") for folder in ("/usr", "/usr/local")):
        return
    os.makedirs("alone/bin")
    shutil.copy(os.environ["SPX_PROGRAM"], "alone/bin/spx")
    write("b.png", png(60, 50))
    told = subprocess.run(["alone/bin/spx", "outpaint", "b.png", "--right", "10%", "-o", "larger.png"], text=True,
                          capture_output=True, env=dict({k: v for k, v in os.environ.items() if k != "SPX_MODEL_DIR"}, HOME="/nonexistent"))
    assert told.returncode == 0 and "without depth" in told.stderr and "[fallback]" in told.stderr, told
    assert size_of("larger.png") == (66, 50)


def bars_are_no_picture():
    """Bars on all sides or on two go; a dark photo, and one dark side, stay."""
    bars = {"all": (8, 8, 6, 6), "beside": (10, 10, 0, 0), "above": (0, 0, 9, 9), "one": (0, 0, 12, 0)}
    for name, (left, right, top, bottom) in bars.items():
        def pixel(x, y):
            inside = left <= x < 80 - right and top <= y < 64 - bottom
            return bytes((x * 2 + 40, y * 2 + 60, 90) if inside else (0, 0, 0))
        write(name + ".png", png(80, 64, pixel))
        code, out, err = spx("outpaint", name + ".png", "--expand", "5", "-o", name + "_out.png")
        cut = name != "one"
        wanted = (80 - left - right + 10, 64 - top - bottom + 10) if cut else (90, 74)
        assert code == 0 and ("[bars-cut]" in err) == cut and size_of(name + "_out.png") == wanted, (name, err)
    write("night.png", png(80, 64, lambda x, y: bytes((200, 180, 90) if (x - 40) ** 2 + (y - 30) ** 2 < 30 else (x % 4, y % 5, 6))))
    code, out, err = spx("outpaint", "night.png", "--expand", "5", "-o", "night_out.png")
    assert code == 0 and "[bars-cut]" not in err and size_of("night_out.png") == (90, 74), err


def refused(arguments, reason, code=2):
    got, out, err = spx("outpaint", *arguments)
    assert got == code and out == "" and reason in err, (arguments, got, out, err)


def grows_by_every_rule():
    write("a.png", png(60, 50))
    for arguments, wanted in ((["--expand", "10%"], (72, 60)), (["--left", "7"], (67, 50)),
                              (["--expand", "5", "--top", "0"], (70, 55)),
                              (["--aspect", "2:1"], (100, 50)), (["--size", "61x52"], (61, 52)),
                              ([], (84, 70))):
        out = grown("a.png", *arguments)
        assert size_of("a_outpainted.png") == wanted, (arguments, size_of("a_outpainted.png"))
        assert "{} x {} from 60 x 50".format(*wanted) in out, out


def writes_where_it_is_told():
    os.makedirs("in", exist_ok=True)
    os.makedirs("out", exist_ok=True)
    write("in/a.png", png(60, 50))
    write("in/b.png", png(50, 60))
    grown("in/a.png", "in/b.png", "--left", "5", "-o", "out")
    assert sorted(os.listdir("out")) == ["a_outpainted.png", "b_outpainted.png"]
    grown("in/a.png", "--left", "5", "-o", "c.jpg")
    assert read("c.jpg")[:2] == b"\xff\xd8"
    grown("in/a.png", "--left", "5", "-q")
    grown("in/a.png", "--left", "5", "--overwrite", "-q")
    assert os.path.exists("in/a_outpainted.png")
    refused(["in/a.png", "--left", "5", "--no-overwrite"], "exists", 1)
    kept = os.stat("in/a_outpainted.png").st_mtime_ns
    code, out, err = spx("outpaint", "in/a.png", "--left", "9", "--skip-existing")
    assert code == 0 and "skipped" in out and err == "", (code, out, err)
    assert os.stat("in/a_outpainted.png").st_mtime_ns == kept
    refused(["in/a.png", "in/b.png", "-o", "d.png"], "several photos need a folder")
    refused(["in/a.png", "-o", "d.gif"], 'no picture type "gif"', 1)


def takes_folders_and_standard_input():
    os.makedirs("trip/day", exist_ok=True)
    for name in ("trip/a.png", "trip/b", "trip/day/c.png"):
        write(name, png(60, 50))
    write("trip/clip.mp4", b"\0\0\0\x18ftypisom\0\0\0\0isommp41")
    code, out, err = spx("outpaint", "-r", "trip", "--left", "5", "-o", "wide")
    assert code == 0 and out.count("\n") == 3, (out, err)
    assert err == "spx: 1 file not taken: 1 MP4 video\n", err
    assert size_of("wide/day/c_outpainted.png") == (65, 50)
    code, out, err = spx("outpaint", "trip", "--left", "5")
    assert code == 0 and size_of("trip/b_outpainted.png") == (65, 50), err
    code, out, err = spx("outpaint", "trip", "--left", "5")  # not what was made the last time
    assert code == 0 and out.count("\n") == 2, out
    code, out, err = spx("outpaint", "-", "--left", "5", input=png(60, 50))
    assert code == 0 and size_of("photo_outpainted.png") == (65, 50), err
    os.mkdir("-")  # of that name is a folder here, and standard input all the same
    for photo in ("-", "trip/a.png"):
        code, out, err = spx("outpaint", photo, "--left", "5", "-o", "one.png", input=png(60, 50))
        assert code == 0 and size_of("one.png") == (65, 50), err
    os.rmdir("-")
    refused([""], "cannot open", code=1)
    code, out, err = spx("outpaint", "-", "--left", "5", input=b"")
    assert code == 1 and "photo: the file is empty" in err, err


def alpha_becomes_white():
    rows = b"".join(b"\0" + bytes((x * 4, y * 5, 90, 255 if x < 40 else 0)[i]
                                  for x in range(60) for i in range(4)) for y in range(50))
    header = struct.pack(">IIBBBBB", 60, 50, 8, 6, 0, 0, 0)
    write("alpha.png", b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) +
          chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
    code, _, err = spx("outpaint", "alpha.png", "--right", "20")
    assert code == 0 and "[on-white]" in err, err
    assert size_of("alpha_outpainted.png") == (80, 50)
    done = subprocess.run(["ffmpeg", "-v", "error", "-i", "alpha_outpainted.png", "-f", "rawvideo",
                           "-pix_fmt", "rgb24", "-"], capture_output=True, check=True)
    pixel = done.stdout[3 * (80 * 25 + 45):][:3]
    assert pixel == b"\xff\xff\xff", pixel


def chunk(kind, content):
    return (struct.pack(">I", len(content)) + kind + content +
            struct.pack(">I", zlib.crc32(kind + content)))


def the_seed_decides_the_border():
    write("s.png", png(80, 70, lambda x, y: bytes(((x * x * y + y) % 251, x * y % 241, y * 3 % 256))))
    results = []
    for seed in ("1", "1", "2"):
        grown("s.png", "--seed", seed, "-t", str(len(results) + 1), "-o", "t.png")
        results.append(read("t.png"))
    assert results[0] == results[1]
    assert results[0] != results[2]


def refuses_what_makes_no_sense():
    write("a.png", png(60, 50))
    refused([], "which photo?")
    refused(["a.png", "--aspect", "1:1", "--left", "3"], "exclude each other")
    refused(["a.png", "--engine", "cloud"], "none of local, gradio, sdapi")
    refused(["a.png", "--size", "59x50"], "never cut", 1)
    refused(["a.png", "--left", "301%"], "more than 300%", 2)
    refused(["nowhere.png"], "nowhere.png", 1)


def a_limit_on_file_sizes_is_one_error_and_leaves_nothing():
    write("full.png", png(60, 50))
    before = sorted(os.listdir("."))
    code, out, err = spx("outpaint", "full.png", "-o", "grown.png",
                         preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50, 50)))
    assert code == 1 and out == "" and "cannot write: File too large" in err, (code, out, err)
    assert sorted(os.listdir(".")) == before, os.listdir(".")


def conversions_grow_first():
    write("a.png", png(60, 50))
    code, _, err = spx("convert", "a.png", "--left", "5")
    assert code == 2 and "--outpaint" in err, err
    code, _, err = spx("convert", "a.png", "--outpaint", "--left", "8", "--strength", "0",
                       "--format", "left", "-o", "made")
    assert code == 0 and err == "", err
    assert size_of("made/a_output/stereo_left.png") == (68, 50)


enter("cli_outpaint")
run(*([alpha_becomes_white] if shutil.which("ffmpeg") else []), grows_by_every_rule, writes_where_it_is_told, takes_folders_and_standard_input, the_seed_decides_the_border,
    refuses_what_makes_no_sense, a_limit_on_file_sizes_is_one_error_and_leaves_nothing,
    conversions_grow_first, says_what_it_cannot, says_what_it_cuts, says_that_it_has_no_depth,
    bars_are_no_picture)
