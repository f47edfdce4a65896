#!/usr/bin/python3
"""The progress line, there on a terminal and nowhere else, and signals: quick, with nothing left."""
import os
import pty
import re
import resource
import select
import shutil
import signal
import subprocess
import time

from support import PATIENCE_S, PHOTOS, PROGRAM, SKIPPED, convert, enter, left_behind, run

try:
    from PIL import Image
except ImportError:
    print("skipped: no python3-pil")
    raise SystemExit(SKIPPED)

SOON_S = 1.0  # of processor time, which does not hang on what else the machine does
TRIES = 8  # of meeting a stage while it runs: a busy machine may see it too late
LARGE = "dune_grass.jpg"  # large enough to be met at every stage


def spent_by(session):
    """Processor seconds of all processes of a session that run now, and of those that they have waited for."""
    ticks = 0
    for number in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{number}/stat") as file:
                fields = file.read().rsplit(")", 1)[1].split()
        except OSError:
            continue  # has ended since
        if int(fields[3]) == session:
            ticks += sum(int(field) for field in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def ended_children_s():
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def on_terminal(arguments, environment=None, until=None, number=signal.SIGINT):
    """Runs spx with stdout and stderr on one pseudo terminal. Sends it the signal when `until` matches. Returns exit
    code, what the terminal got, and the processor seconds that it spent after the signal."""
    main, side = pty.openpty()
    before = ended_children_s()
    child = subprocess.Popen([PROGRAM, "convert", "--detail", "fast", *arguments], stdin=side, stdout=side, stderr=side,
                             start_new_session=True,
                             env={**os.environ, "TERM": "xterm", **(environment or {})})
    os.close(side)
    got = b""
    asked = None
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if select.select([main], [], [], 0.05)[0]:
            try:
                data = os.read(main, 65536)
            except OSError:
                data = b""  # the last holder of the other side has gone
            if not data:
                break
            got += data
        if until is not None and asked is None and re.search(until, got):
            child.send_signal(number)
            asked = spent_by(child.pid)
    code = child.wait(PATIENCE_S)
    os.close(main)
    return code, got.decode(), 0 if asked is None else ended_children_s() - before - asked


def stopped(arguments, until, number=signal.SIGINT):
    """The same for a conversion that the signal met: one that was done before is made again."""
    for _ in range(TRIES):
        code, got, took_s = on_terminal(arguments, until=until, number=number)
        if code != 0:
            break
        shutil.rmtree(arguments[arguments.index("-o") + 1])
    return code, got, took_s


def draws_progress_on_a_terminal():
    code, got, _ = on_terminal([PHOTOS + "/pagoda.jpg", PHOTOS + "/orchid.jpg", "-o", "shown"])
    assert code == 0, got
    assert re.search(r"\r\[1/2\] \S*pagoda\.jpg  (read|depth) \d+%", got), got
    assert re.search(r"\r\[2/2\] \S*orchid\.jpg  \w+ \d+%", got), got
    lines = got.replace("\r\n", "\n").split("\n")
    lines = [line for line in lines if "spx model fetch" not in line]  # said once to each user
    assert len(lines) == 3 and lines[2] == "", lines
    for line in lines[:2]:  # erased before the result is printed
        assert re.search(r"\r\x1b\[K[^\r]*: 5 files in ", line), line


def is_silent_where_nobody_looks():
    code, out, err = convert(PHOTOS + "/pagoda.jpg", "-o", "piped")
    assert code == 0 and err == "" and out.count("\n") == 1 and "\r" not in out, (out, err)
    code, got, _ = on_terminal([PHOTOS + "/pagoda.jpg", "-o", "quiet", "-q"])
    assert (code, got) == (0, ""), got
    code, got, _ = on_terminal([PHOTOS + "/pagoda.jpg", "-o", "dumb"], {"TERM": "dumb"})
    assert code == 0 and "\x1b" not in got and "%" not in got.split("strength")[0], got


def stops_within_a_second_and_leaves_nothing():
    for stage in ("read", "depth", "stereo", "encode", "encode.*encode"):
        code, got, took_s = stopped([LARGE, "-o", "stopped"], (r"dune_grass\.jpg  " + stage).encode())
        print("  after %s: %.2f s" % (stage, took_s))
        assert code == 128 + signal.SIGINT, (stage, code, got)
        assert got.endswith("spx: stopped\r\n"), got
        assert took_s < SOON_S, (stage, took_s)
        assert not os.path.exists("stopped/dune_grass_output"), os.listdir("stopped/dune_grass_output")
        assert left_behind() == []


def stops_a_batch_and_keeps_what_is_done():
    code, got, _ = stopped([PHOTOS + "/pagoda.jpg", LARGE, PHOTOS + "/orchid.jpg", "-o", "some"], rb"\[2/3\].*depth ")
    assert code == 130, (code, got)
    assert os.listdir("some") == ["pagoda_output"] and len(os.listdir("some/pagoda_output")) == 5
    assert left_behind() == []


def other_signals_stop_it_too():
    for number, stage in ((signal.SIGTERM, rb"depth"), (signal.SIGHUP, rb"encode")):
        code, got, _ = stopped([LARGE, "-o", "terminated"], rb"dune_grass\.jpg  " + stage, number)
        assert code == 128 + number and got.endswith("spx: stopped\r\n"), (code, got)
        assert not os.path.exists("terminated/dune_grass_output")
        assert left_behind() == []


enter("cli_interrupt")
Image.open(PHOTOS + "/dune_grass.jpg").resize((1120, 700)).save(LARGE)
run(draws_progress_on_a_terminal, is_silent_where_nobody_looks,
    stops_within_a_second_and_leaves_nothing, stops_a_batch_and_keeps_what_is_done,
    other_signals_stop_it_too)
