#!/usr/bin/python3
"""Damaged files and those that no camera wrote, given to `spx info` and `spx convert`: photos of tests/data with bytes
changed, cut out, doubled and taken from others, and all inputs of fuzz/. No crash, no hang, no half file, nothing left
behind, and words that name the file and blame it alone. The same files each time; --all: all of them, with figures; further
arguments are folders whose files are tried as they are."""
import concurrent.futures
import glob
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import threading

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DATA = os.path.join(ROOT, "tests", "data")
sys.path.insert(0, os.path.join(ROOT, "tests", "server"))
from serving import run

PROGRAM = os.environ["SPX_PROGRAM"]
OUT = os.path.join(os.environ.get("SPX_TEST_OUT", "/tmp"), "inputs")
PATIENCE_S = 600
LARGEST_SEED = 60000  # bytes: what is changed should be a part that matters
CHANGES_EACH = 8      # files made of a seed, with --all
QUICK = (10, 6)       # changed photos, other files, without --all
SEEDS = ("codec/*.*", "heic/*.heic", "cases/*.*", "photos/*.*")
NO_PHOTOS = (".md", ".py", ".icc")
# None of these is a file's fault.
OTHERS_FAULTS = {"out of memory", "internal error", "input/output error", "unknown status"}
EXTREMES = (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\0\0\0", b"\0\0\0\1", b"\0\1\0\0", b"\xff\xfe\xff\xfe")


def overwrite(data, at, what):
    return data[:at] + what + data[at + len(what):]


def cut_off(data, chance, _):
    return data[:int(len(data) * chance.random() ** 0.5)]


def flip_in_front(data, chance, _):
    for _ in range(1 + chance.randrange(6)):
        at = chance.randrange(min(len(data), 600))
        data = overwrite(data, at, bytes([data[at] ^ 1 << chance.randrange(8)]))
    return data


def flip_anywhere(data, chance, _):
    for _ in range(1 + len(data) // 2000):
        data = overwrite(data, chance.randrange(len(data)), bytes([chance.randrange(256)]))
    return data


def extreme_number(data, chance, _):
    return overwrite(data, chance.randrange(min(len(data), 1500)), chance.choice(EXTREMES))[:len(data)]


def zeros(data, chance, _):
    length = min(len(data), 1 + chance.randrange(2048))
    return overwrite(data, chance.randrange(len(data) - length + 1), bytes(length))


def take_out(data, chance, _):
    at = chance.randrange(len(data))
    return data[:at] + data[at + 1 + chance.randrange(64):]


def double(data, chance, _):
    at, length = chance.randrange(len(data)), 1 + chance.randrange(512)
    return data[:at + length] + data[at:]


def of_two(data, chance, other):
    return data[:chance.randrange(len(data))] + other[chance.randrange(len(other)):]


CHANGES = (cut_off, flip_in_front, flip_anywhere, extreme_number, zeros, take_out, double, of_two)


def seeds():
    found = []
    for pattern in SEEDS:
        for path in sorted(glob.glob(os.path.join(DATA, pattern))):
            if not path.endswith(NO_PHOTOS) and 0 < os.path.getsize(path) <= LARGEST_SEED:
                with open(path, "rb") as file:
                    found.append((os.path.basename(path), file.read()))
    return found


def inputs(whole, folders):
    """(name, bytes), the names all different."""
    whole_seeds = seeds()
    chance = random.Random(17)
    made = []
    for turn in range(CHANGES_EACH):
        for at, (name, data) in enumerate(whole_seeds):
            change = CHANGES[(turn + at) % len(CHANGES)]
            changed = change(data, chance, chance.choice(whole_seeds)[1])
            stem, end = os.path.splitext(name)
            made.append((f"{stem}_{change.__name__}_{turn}{end}", changed))
    changed_photos = len(made)
    others = sorted(glob.glob(os.path.join(ROOT, "fuzz", "c*", "*", "*")))
    others += [path for folder in folders for path in sorted(glob.glob(os.path.join(folder, "*"))) if os.path.isfile(path)]
    for at, path in enumerate(others):
        with open(path, "rb") as file:
            made.append((f"{at}_{os.path.basename(os.path.dirname(path))}_{os.path.basename(path)}", file.read()))
    if whole:
        return made
    return chance.sample(made[:changed_photos], QUICK[0]) + chance.sample(made[changed_photos:], QUICK[1])


class Done:
    """One run of spx: what it said, what it took."""
    def __init__(self, arguments):
        with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as errors:
            process = subprocess.Popen([PROGRAM, *arguments], stdin=subprocess.DEVNULL, stdout=said, stderr=errors)
            hung = threading.Timer(PATIENCE_S, process.kill)
            hung.start()
            _, status, used = os.wait4(process.pid, 0)
            self.is_hung = not hung.is_alive()
            hung.cancel()
            process.returncode = self.code = os.waitstatus_to_exitcode(status)
            self.seconds, self.megabytes = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
            said.seek(0)
            errors.seek(0)
            self.said, self.errors = (file.read().decode(errors="replace") for file in (said, errors))


def judge(done, name, row):
    """What is wrong, as a kind and words; None = nothing."""
    if done.is_hung:
        return "hung", ""
    if (done.code not in (0, 1) or (row or {}).get("status") == "crash" or
            any(word in done.errors for word in ("crashed", "ended without an answer", "Sanitizer", "runtime error"))):
        return "crashed", f"{done.code} {done.errors[-400:]}"
    if (row or {}).get("status") in OTHERS_FAULTS:
        return "wrong words", done.said[-400:]
    if done.code == 1 and name not in done.errors:
        return "wrong words", f"no name of the file: {done.errors[-400:]}"
    return None


def row_of(done):
    try:
        return json.loads(done.said)
    except ValueError:
        return None


def left_in(folder, done):
    """What is wrong with the files of a conversion."""
    files = [os.path.join(where, name) for where, _, names in os.walk(folder) for name in names]
    if any(os.path.basename(path).startswith(".spx-") for path in files):
        return "half files", f"leaves {files}"
    if done.code == 0 and (len(files) != 2 or not all(map(os.path.getsize, files))):
        return "half files", f"success with {files}"
    if done.code == 1 and files:
        return "half files", f"failure with {files}"
    return None


def try_file(job):
    """Returns [(verb, what is wrong or None, run)] of a file."""
    name, data = job
    folder = os.path.join(OUT, name[:200].replace(" ", "_"))
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    path = os.path.join(folder, "in_" + name[:200])
    with open(path, "wb") as file:
        file.write(data)
    about = Done(["info", "--json", path])
    made = os.path.join(folder, "made")
    convert = Done(["convert", "--json", "--detail", "fast", "--depth-size", "64", "-f", "spatial,left", "-o", made, path])
    found = [("info", judge(about, os.path.basename(path), row_of(about)), about),
             ("convert", judge(convert, os.path.basename(path), row_of(convert)) or left_in(made, convert), convert)]
    if row_of(convert) is None and found[1][1] is None:
        found[1] = ("convert", ("wrong words", "no row of JSON: " + convert.said[-200:]), convert)
    shutil.rmtree(folder, ignore_errors=True)
    return [(verb, name, bad, done) for verb, bad, done in found]


def bad_files_are_survived():
    whole = "--all" in sys.argv
    files = inputs(whole, [word for word in sys.argv[1:] if word != "--all"])
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        runs = [each for found in pool.map(try_file, files) for each in found]
    bad = [each for each in runs if each[2] is not None]
    for verb, name, what, _ in bad:
        print("BAD ", verb, name, *what, flush=True)
    counts = {kind: sum(each[2][0] == kind for each in bad) for kind in ("crashed", "hung", "half files", "wrong words")}
    opened = sum(verb == "convert" and done.code == 0 for verb, _, _, done in runs)
    print(f"{len(files)} files, {len(runs)} runs, {opened} converted; {counts}", flush=True)
    for what, of in (("seconds of processor time", lambda each: each[3].seconds), ("MB", lambda each: each[3].megabytes)):
        most = max(runs, key=of)
        print(f"most {what}: {of(most):.1f}, {most[0]} {most[1]}", flush=True)
    assert not bad, counts


resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
run([bad_files_are_survived])
