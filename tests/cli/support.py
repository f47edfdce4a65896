"""What the tests of the command line share: runs spx, makes small pictures, compares pictures."""
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import zlib

for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # by a shell, of what it runs in the background
    if signal.getsignal(ignored) is signal.SIG_IGN:
        signal.signal(ignored, signal.SIG_DFL)
PROGRAM = os.environ["SPX_PROGRAM"]
PHOTOS = os.environ["SPX_TEST_DATA"] + "/photos"
SKIPPED = 77
PATIENCE_S = 600  # sanitizers are slow, and other work may hold the processors
FILES = ["depth_image.jpg", "stereo_left.png", "stereo_right.png", "{}_sbs.hevc", "{}_spatial.heic"]


def enter(name):
    """An empty folder for this test, which becomes the current one."""
    folder = os.path.join(os.environ["SPX_TEST_OUT"], name)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    os.chdir(folder)
    return folder


def need(*tools):
    for tool in tools:
        if shutil.which(tool) is None:
            print("skipped: no", tool)
            sys.exit(SKIPPED)


def spx(*arguments, **more):
    """Exit code, stdout, stderr. The tests' photos are tiny; that spx says so is tested once."""
    code, out, err = spx_all(*arguments, **more)
    return code, out, "".join(line for line in err.splitlines(True) if "[tiny-source]" not in line)


def spx_all(*arguments, **more):
    """Exit code, stdout, and all of stderr. Depth is coarse, which takes a tenth of the time, unless the arguments say
    how fine it is to be."""
    if arguments and arguments[0] == "convert" and "--detail" not in arguments:
        arguments = ("convert", "--detail", "fast", *arguments[1:])
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, **more)
    return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")


def convert(*arguments, **more):
    return spx("convert", *arguments, **more)


def fails(arguments, reason, code=1, **more):
    """One line on stderr that matches `reason`, nothing on stdout."""
    got, out, err = convert(*arguments, **more)
    assert got == code, (arguments, got, err)
    assert out == "", (arguments, out)
    assert err.count("\n") == 1 and re.search(reason, err), (arguments, err)


def png(width, height, pixel=None):
    """A PNG of 8-bit RGB; pixel(x, y) gives bytes, otherwise a gradient with stripes."""
    rows, row = bytearray(), bytearray(3 * width)
    row[0::3] = bytes(x * 255 // width for x in range(width))
    row[2::3] = bytes(128 + 64 * (x // 8 % 2) for x in range(width))
    for y in range(height):
        if pixel is None:
            row[1::3] = bytes((y * 255 // height,)) * width
        else:
            row[:] = b"".join(pixel(x, y) for x in range(width))
        rows += b"\0" + row
    return png_of(width, height, zlib.compress(bytes(rows), 1))


def depth_png(width, height):
    """A grey PNG, nearer from left to right."""
    row = b"\0" + bytes(x * 255 // width for x in range(width) for _ in range(3))
    return png_of(width, height, zlib.compress(row * height, 1))


def png_of(width, height, data):
    def chunk(kind, content):
        return (struct.pack(">I", len(content)) + kind + content +
                struct.pack(">I", zlib.crc32(kind + content)))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) +
            chunk(b"IEND", b""))


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)
    return path


def read(path):
    with open(path, "rb") as file:
        return file.read()


def psnr(one, other, pixels="gbrp"):
    """Average PSNR in dB over the samples of two pictures; infinite when equal. pixels: gbrp, or
    yuvj420p to leave out what 4:2:0 cannot keep."""
    done = subprocess.run(["ffmpeg", "-v", "info", "-nostdin", "-i", one, "-i", other, "-lavfi",
                           "[0]format={0}[a];[1]format={0}[b];[a][b]psnr".format(pixels), "-f", "null",
                           "-"],
                          capture_output=True, text=True)
    found = re.search(r"average:(\S+)", done.stderr)
    assert found, done.stderr
    return float(found.group(1))


def left_behind(folder="."):
    """Temporary and other files below a folder, outputs of whole conversions apart."""
    found = []
    for where, _, names in os.walk(folder):
        found += [os.path.join(where, name) for name in names if name.startswith(".spx")]
    return found


def outputs(folder, name):
    return sorted(os.listdir(folder)) == sorted(each.format(name) for each in FILES)


def spent_s():
    """Processor time of this test and of what it ran, which says more than a clock on a machine that others share."""
    return sum(os.times()[:4])


def run(*tests):
    for test in tests:
        begin = spent_s()
        test()
        print("ok  %5.1f s  %s" % (spent_s() - begin, test.__name__), flush=True)
