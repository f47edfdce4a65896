#!/usr/bin/python3
"""A user without a better network is told once, on a terminal only, in one line with the command and the size."""
import os
import pty
import subprocess

import support

folder = support.enter("advice")
open("photo.png", "wb").write(support.png(64, 48))
LINE = "spx model fetch recommended (99 MB)"


def on_terminal(state, *arguments):
    """What spx writes to a terminal on stderr."""
    ours, theirs = pty.openpty()
    environment = dict(os.environ, XDG_STATE_HOME=os.path.join(folder, state), TERM="xterm")
    done = subprocess.run([support.PROGRAM, "convert", "photo.png", "--depth-size", "56", "--detail", "fast", "-o", "out",
                           *arguments], stdout=subprocess.DEVNULL, stderr=theirs, env=environment)
    os.close(theirs)
    said = b""
    while True:
        try:
            piece = os.read(ours, 4096)
        except OSError:
            break
        if not piece:
            break
        said += piece
    os.close(ours)
    assert done.returncode == 0, said
    return said.decode(errors="replace")


assert LINE not in on_terminal("one", "-q")
assert on_terminal("one").count(LINE) == 1
assert LINE not in on_terminal("one")
assert LINE not in on_terminal("two", "-m", "spx-lite")
assert on_terminal("two").count(LINE) == 1

code, out, err = support.convert("photo.png", "--depth-size", "56", "--detail", "fast", "-o", "out",
                                 env=dict(os.environ, XDG_STATE_HOME=os.path.join(folder, "three")))
assert code == 0 and LINE not in err + out, (out, err)
