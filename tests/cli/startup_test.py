#!/usr/bin/python3
"""A command that needs no picture library starts without one; a library that is missing is named."""
import os
import re
import resource
import subprocess

from support import PROGRAM, enter, read, run, write

CASES = os.environ["SPX_TEST_DATA"] + "/cases/"
MOST_LIBRARIES = 16  # 177 when all were linked
MOST_S = 0.03


def linked():
    return subprocess.run(["ldd", PROGRAM], capture_output=True, check=True).stdout.decode()


def started(*arguments):
    """The libraries that are initialised while the program runs."""
    done = subprocess.run([PROGRAM, *arguments], env={**os.environ, "LD_DEBUG": "files"}, capture_output=True, check=True)
    return set(re.findall(r"calling init: (\S+)", done.stderr.decode()))


def cpu_s(*arguments):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([PROGRAM, *arguments], capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def sonames():
    """What packagers read: one ELF note for each library that is opened late."""
    return re.findall(rb'"soname":\["([^"]+)"\]', read(PROGRAM))


def starts_without_picture_libraries():
    for name in ("vips", "heif", "jxl", "raw", "x265", "avcodec", "curl", "microhttpd", "archive"):
        assert f"lib{name}" not in linked(), name
    if "libasan" in linked() or "libtsan" in linked():
        return
    found = started("info", CASES + "base.jpg")
    assert 0 < len(found) <= MOST_LIBRARIES, found
    best = min(cpu_s("info", CASES + "base.jpg") for _ in range(8))
    assert best <= MOST_S, best


def opens_only_what_a_photo_needs():
    if "libasan" in linked() or "libtsan" in linked():
        return
    found = " ".join(started("convert", "--in-process", CASES + "base.jpg", "--depth-map", CASES + "depth_16bit_low.png", "-o", "out"))
    assert "libvips" in found and "libx265" in found and "libraw" not in found and "libavformat" not in found, found


def names_a_library_that_is_missing():
    assert len(sonames()) == len(set(sonames())) >= 12, sonames()
    os.makedirs("broken", exist_ok=True)
    (jxl,) = [name.decode() for name in sonames() if name.startswith(b"libjxl.so")]
    write("broken/" + jxl, b"no library")
    done = subprocess.run([PROGRAM, "convert", "--in-process", CASES + "photo.jxl", "-o", "out"],
                          env={**os.environ, "LD_LIBRARY_PATH": "broken"}, capture_output=True)
    text = done.stderr.decode()
    assert done.returncode == 1 and "JPEG XL" in text and jxl in text and text.count("\n") == 1, text


enter("startup")
run(starts_without_picture_libraries, opens_only_what_a_photo_needs, names_a_library_that_is_missing)
