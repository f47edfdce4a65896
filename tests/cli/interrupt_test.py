#!/usr/bin/python3
"""The progress line, there on a terminal and nowhere else, and signals: quick, with nothing left."""
import os
import pty
import re
import select
import signal
import subprocess
import time

from support import PHOTOS, PROGRAM, convert, enter, left_behind, run

SOON_S = 3.0  # within one second on an idle machine; tests share theirs, and may be instrumented
PATIENCE_S = 120
BOATS = PHOTOS + "/boats.jpg"


def on_terminal(arguments, environment=None, until=None):
    """Runs spx with stdout and stderr on one pseudo terminal. Stops with Ctrl-C when `until`
    matches. Returns exit code, what the terminal got, seconds from Ctrl-C to the end."""
    main, side = pty.openpty()
    child = subprocess.Popen([PROGRAM, "convert", *arguments], stdin=side, stdout=side, stderr=side,
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
            child.send_signal(signal.SIGINT)
            asked = time.monotonic()
    code = child.wait(PATIENCE_S)
    os.close(main)
    return code, got.decode(), 0 if asked is None else time.monotonic() - asked


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
        code, got, took_s = on_terminal([BOATS, "-o", "stopped"],
                                        until=(r"boats\.jpg  " + stage).encode())
        print("  after %s: %.2f s" % (stage, took_s))
        assert code == 128 + signal.SIGINT, (stage, code, got)
        assert got.endswith("spx: stopped\r\n"), got
        assert took_s < SOON_S, (stage, took_s)
        assert not os.path.exists("stopped/boats_output"), os.listdir("stopped/boats_output")
        assert left_behind() == []


def stops_a_batch_and_keeps_what_is_done():
    code, got, _ = on_terminal([PHOTOS + "/pagoda.jpg", BOATS, PHOTOS + "/orchid.jpg", "-o", "some"],
                               until=rb"\[2/3\].*depth ")
    assert code == 130, (code, got)
    assert os.listdir("some") == ["pagoda_output"] and len(os.listdir("some/pagoda_output")) == 5
    assert left_behind() == []


def other_signals_stop_it_too():
    for number in (signal.SIGTERM, signal.SIGHUP):
        child = subprocess.Popen([PROGRAM, "convert", BOATS, "-o", "terminated"],
                                 stderr=subprocess.PIPE, text=True)
        time.sleep(0.5)
        child.send_signal(number)
        _, err = child.communicate(timeout=PATIENCE_S)
        assert child.returncode == 128 + number and err == "spx: stopped\n", (child.returncode, err)
        assert not os.path.exists("terminated/boats_output")
        assert left_behind() == []


enter("cli_interrupt")
run(draws_progress_on_a_terminal, is_silent_where_nobody_looks,
    stops_within_a_second_and_leaves_nothing, stops_a_batch_and_keeps_what_is_done,
    other_signals_stop_it_too)
