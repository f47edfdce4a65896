"""A running `spx serve`, small photos and requests over loopback, for the tests beside this file."""
import atexit
import glob
import http.client
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import time
import zlib

import remote_server

PROGRAM = os.environ["SPX_PROGRAM"]
OUT = os.environ.get("SPX_TEST_OUT", "/tmp")
DATA = os.environ.get("SPX_TEST_DATA", "")
PATIENCE_S = 600  # sanitizers are slow, and other work may hold the processors
# Depth at this size takes milliseconds; what is tested here is not its quality.
QUICK = [("depth_size", "64")]


def png(width, height, seed=0):
    """A small picture with some structure."""
    rows, row = bytearray(), bytearray(3 * width)
    row[0::3] = bytes((x * 5 + seed) & 255 for x in range(width))
    for y in range(height):
        row[1::3] = bytes(((y * 7) & 255,)) * width
        row[2::3] = bytes(((x ^ y) * 3 + seed) & 255 for x in range(width))
        rows += b"\0" + row
    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def form(parts, boundary="spx-test-boundary"):
    """parts: (field, value) or (field, file name, bytes). Returns the content type and the body."""
    body = b""
    for part in parts:
        body += f"--{boundary}\r\nContent-Disposition: form-data; name=\"{part[0]}\"".encode()
        if len(part) == 3:
            body += b"; filename=\"" + part[1].encode() + b"\"\r\nContent-Type: application/octet-stream"
        value = part[-1] if isinstance(part[-1], bytes) else part[-1].encode()
        body += b"\r\n\r\n" + value + b"\r\n"
    return f"multipart/form-data; boundary={boundary}", body + f"--{boundary}--\r\n".encode()


class Reply:
    def __init__(self, response, body):
        self.status = response.status
        self.headers = response.headers
        self.body = body

    def json(self):
        return json.loads(self.body)


RUNNING = []  # servers that were started and not yet waited for


def end_all():
    """No test leaves a server behind, however it ended."""
    for process in RUNNING:
        if process.poll() is None:
            process.kill()
            process.wait()
    RUNNING.clear()


atexit.register(end_all)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # a runner's timeout: exit as a failure does


class Server:
    def __init__(self, name, *options, keep=False, environment=None):
        self.folder = os.path.join(OUT, "server_" + name)
        self.options = options
        self.environment = dict(os.environ, **(environment or {}))
        self.process = None
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)
        self.start()

    def start(self):
        os.makedirs(self.folder, exist_ok=True)
        self.errors = open(os.path.join(self.folder, "stderr.txt"), "ab")
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--port", "0", "--data", os.path.join(self.folder, "data"), *self.options],
            stdout=subprocess.PIPE, stderr=self.errors, text=True, env=self.environment)
        RUNNING.append(self.process)
        line = self.process.stdout.readline()
        found = re.match(r"spx serve: http://(.*):(\d+)$", line.strip())
        if not found:
            raise AssertionError(f"the server did not start: {line!r}; see {self.folder}/stderr.txt")
        self.port = int(found.group(2))
        self.address = f"http://{found.group(1)}:{self.port}"

    def stop(self):
        """Asks it to stop; returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(PATIENCE_S)
        self.close()
        return code

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.close()

    def close(self):
        self.process.stdout.close()
        self.errors.close()

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if self.process.poll() is None:
            code = self.stop()
            if kind is None:
                assert code == 0, f"exit code {code}; see {self.folder}/stderr.txt"

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)

    def request(self, method, path, body=None, headers=None, connection=None):
        own = connection or self.connect()
        own.request(method, path, body=body, headers=headers or {})
        response = own.getresponse()
        reply = Reply(response, response.read())
        if connection is None:
            own.close()
        return reply

    def get(self, path, **headers):
        return self.request("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})

    def post_form(self, path, parts, headers=None):
        kind, body = form(parts)
        return self.request("POST", path, body, dict({"Content-Type": kind}, **(headers or {})))

    def add(self, photo, name="photo.png", options=(), headers=None):
        """Adds a job that is quick; returns it."""
        reply = self.post_form("/api/v1/jobs", [("file", name, photo), *QUICK, *options], headers)
        assert reply.status == 201, (reply.status, reply.body)
        return reply.json()

    def wait(self, job, *states, headers=None):
        states = states or ("done",)
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            reply = self.request("GET", f"/api/v1/jobs/{job}", headers=headers)
            assert reply.status == 200, (reply.status, reply.body)
            now = reply.json()
            if now["state"] in states:
                return now
            assert now["state"] in ("queued", "running"), now
            time.sleep(0.02)
        raise AssertionError(f"job {job} is not {states} in time: {now}")


class Held:
    """A photo that the only worker of a server works on until the test lets it go: its border is painted elsewhere, by one who
    waits. What is added meanwhile waits in the queue, however fast the machine is. The server is started with `options`."""

    def __init__(self):
        self.painter = remote_server.Server(fault="hang")
        self.options = ("--workers", "1", "--engine", "gradio", "--engine-url", self.painter.url)

    def add(self, server, options=(), headers=None):
        """Adds it; returns its id once it runs."""
        border = [("kind", "outpaint"), ("painter", "remote"), ("expand", "32")]
        job = server.add(png(96, 64), "held.png", [*border, *options], headers)["id"]
        self.wait()
        return job

    def wait(self):
        """Waits until the painter is asked."""
        assert self.painter.hanging.wait(PATIENCE_S), self.painter.paths()

    def let_go(self):
        """The border is painted, and the next job begins."""
        self.painter.go_on.set()


class Standstill:
    """Stops the photos of a server where a test wants to look at them: their processes run in steps of milliseconds until true()
    is, and then stand still until they are let go. What is true then stays true, however fast or busy the machine is."""

    def __init__(self, server, true, what):
        self.server = server
        self.signal(signal.SIGSTOP)
        try:
            until(lambda: true() or self.step(), what)
        except BaseException:
            self.let_go()
            raise

    def step(self):
        self.signal(signal.SIGCONT)
        time.sleep(0.005)
        self.signal(signal.SIGSTOP)

    def let_go(self):
        self.signal(signal.SIGCONT)

    def signal(self, number):
        for thread in glob.glob(f"/proc/{self.server.process.pid}/task/*/children"):
            try:
                with open(thread) as file:
                    for child in file.read().split():
                        os.kill(int(child), number)
            except OSError:
                pass  # it has just ended


def until(true, what, patience_s=PATIENCE_S):
    """Waits until true() is; what: said of it when it does not come in time."""
    end = time.monotonic() + patience_s
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.02)


def run(tests):
    """Runs the functions, names those that fail, and exits like a test. The seconds are those of processors: this test's,
    and those of the servers that it has stopped."""
    import traceback
    failed = 0
    for test in tests:
        begin = sum(os.times()[:4])
        try:
            test()
            print(f"ok    {test.__name__} ({sum(os.times()[:4]) - begin:.1f} s)", flush=True)
        except Exception:
            failed += 1
            print(f"FAILED {test.__name__}", flush=True)
            traceback.print_exc()
    sys.exit(1 if failed else 0)
