#!/usr/bin/python3
"""Remote outpainting through the program, against a real Gradio server without a model.

Two versions are put into the test's own folder with pip, once; SPX_TEST_GRADIO names interpreters that
have the package instead (joined by colons). Where pip reaches no packages, the test is skipped."""
import os
import signal
import subprocess
import sys
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(1, HERE + "/../cli")
sys.path.insert(2, HERE + "/../support")
import support  # noqa: E402
from ports import free_port  # noqa: E402
from remote_server import PAINT, read_png  # noqa: E402
from support import spx  # noqa: E402

START_S = 120
INSTALL_S = 240
OUT = os.path.join(os.environ.get("SPX_TEST_OUT", "/tmp"), "gradio")
WANTED = {"newest": ["gradio", "pillow"], "five": ["gradio<6", "pillow"]}


def skip(why):
    print("skipped:", why)
    sys.exit(support.SKIPPED)


def install(name):
    """An interpreter with one of the wanted versions."""
    folder = os.path.join(OUT, name)
    python, done = os.path.join(folder, "bin", "python"), os.path.join(folder, "installed")
    if not os.path.exists(done):
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True, timeout=INSTALL_S)
        # Compiling all that came would take longer than the server, which imports a part of it once.
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile", *WANTED[name]],
                       check=True, timeout=INSTALL_S, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        support.write(done, b"")
    return python


def interpreters():
    named = os.environ.get("SPX_TEST_GRADIO", "")
    if named:
        return named.split(":")
    with open(support.PROGRAM, "rb") as program:
        code = program.read()
    if b"__asan_init" in code or b"__tsan_init" in code:
        skip("with sanitizers the client is tested against recorded servers only")
    try:
        return [install(name) for name in WANTED]
    except (OSError, subprocess.SubprocessError) as error:
        skip(f"the Python package gradio could not be installed: {error}")


def start(python):
    port = free_port()
    env = dict(os.environ, GRADIO_ANALYTICS_ENABLED="False", NO_PROXY="127.0.0.1,localhost",
               no_proxy="127.0.0.1,localhost")
    with open("server.log", "ab") as log:
        server = subprocess.Popen([python, HERE + "/gradio_space.py", str(port)], env=env,
                                  stdout=log, stderr=log)
    url, end = "http://127.0.0.1:%d" % port, time.monotonic() + START_S
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while True:
        try:
            opener.open(url + "/config", timeout=2).read()
            return server, url
        except OSError:
            assert server.poll() is None, support.read("server.log").decode()[-2000:]
            assert time.monotonic() < end, "the server does not start"
            time.sleep(0.3)


def grows(url):
    code, out, err = spx("outpaint", "--engine", "gradio", "--url", url, "--right", "40",
                         "--top", "30", "-o", "out.png", "photo.png")
    assert code == 0, (out, err)
    width, height, rows = read_png(support.read("out.png"))
    assert (width, height) == (200, 150), (width, height)
    photo = read_png(support.read("photo.png"))[2]
    for y in range(6, 120):
        assert rows[30 + y][:3 * 154] == photo[y][:3 * 154], y
    corner = rows[2][3 * 197:]
    assert all(abs(corner[c] - PAINT[c]) <= 16 for c in range(3)), corner


def tells_errors(url):
    code, _, err = spx("outpaint", "--engine", "gradio", "--url", url, "--prompt", "fail", "-o",
                       "failed.png", "photo.png")
    assert code == 1 and "GPU quota is used up" in err and "<b>" not in err, err
    assert not os.path.exists("failed.png")


def cancels(url):
    running = subprocess.Popen([support.PROGRAM, "outpaint", "--engine", "gradio", "--url", url,
                                "--prompt", "slow", "-o", "slow.png", "photo.png"])
    time.sleep(3.0)
    begin = time.monotonic()
    running.send_signal(signal.SIGINT)
    assert running.wait(10) == 130
    assert time.monotonic() - begin < 5.0
    assert not os.path.exists("slow.png")


pythons = interpreters()
for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
    os.environ.pop(name, None)
support.enter("outpaint_gradio_real")
support.write("photo.png", support.png(160, 120))
for each in pythons:
    running_server, address = start(each)
    try:
        for test in (grows, tells_errors, cancels):
            test(address)
            print("ok ", each, test.__name__)
    finally:
        running_server.terminate()
        running_server.wait()
