#!/usr/bin/python3
"""spx model against a local HTTP server: whole, resumed, cut off, wrong, missing, redirected, offline."""
import hashlib
import os
import resource
import shutil
import signal
import socket
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from support import PATIENCE_S, PROGRAM, enter, read, run, write

FOLDER = enter("model_fetch")
CONTENT = hashlib.sha256(b"weights").digest() * 40000 + b"end"  # 1.28 MB
SUM = hashlib.sha256(CONTENT).hexdigest()
WEIGHTS = os.path.join(os.environ["SPX_MODEL_DIR"], "spx-lite.safetensors")
BASE = "depth-anything-v2-base"
SMALL = "depth-anything-v2-small"


STALLED = threading.Event()  # a part has been sent ...
FREED = threading.Event()  # ... and nothing more until now


class Host(BaseHTTPRequestHandler):
    """/MODE/...: how it answers; each request is kept in `seen`."""
    seen = []
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def headers_of_store(self, checksum=SUM):
        self.send_header("X-Linked-ETag", '"%s"' % checksum)
        self.send_header("X-Linked-Size", str(len(CONTENT)))

    def body(self, content, first=0, cut=None, checksum=SUM, code=None):
        self.send_response(code or (206 if first else 200))
        if checksum:
            self.headers_of_store(checksum)
        if first:
            self.send_header("Content-Range", "bytes %d-%d/%d" % (first, len(content) - 1, len(content)))
        self.send_header("Content-Length", str(len(content) - first))
        self.end_headers()
        self.wfile.write(content[first:cut])
        if cut is not None:
            self.close_connection = True

    def do_GET(self):
        mode = self.path.split("/")[1]
        asked = self.headers.get("Range")
        first = int(asked.split("=")[1].split("-")[0]) if asked else 0
        Host.seen.append((self.path, first))
        if mode == "missing":
            self.send_error(404)
        elif mode == "broken":
            self.send_error(503)
        elif mode == "moved":
            self.send_response(302)
            self.headers_of_store()
            self.send_header("Location", "/plain/store")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif mode == "plain":
            self.body(CONTENT, first, checksum=None)
        elif mode == "cut":
            self.body(CONTENT, first, cut=first + 300000)
        elif mode == "slow":
            self.send_response(200)
            self.headers_of_store()
            self.send_header("Content-Length", str(len(CONTENT)))
            self.end_headers()
            self.wfile.write(CONTENT[:300000])
            self.wfile.flush()
            STALLED.set()
            FREED.wait(600)
            self.close_connection = True
        elif mode == "norange":
            self.body(CONTENT)
        elif mode == "wrong":
            self.body(CONTENT, checksum="0" * 64)
        elif mode == "nosum":
            self.body(CONTENT, checksum=None)
        elif first >= len(CONTENT):
            self.send_response(416)
            self.headers_of_store()
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            self.body(CONTENT, first)


SERVER = ThreadingHTTPServer(("127.0.0.1", 0), Host)
threading.Thread(target=SERVER.serve_forever, daemon=True).start()


def model(*arguments, mode="good", folder="models", url=None, **more):
    environment = dict(os.environ, SPX_MODEL_DIR=os.path.join(FOLDER, folder), no_proxy="127.0.0.1",
                       SPX_MODEL_URL=url or "http://127.0.0.1:%d/%s" % (SERVER.server_port, mode), **more)
    done = subprocess.run([PROGRAM, "model", *arguments], capture_output=True, text=True, env=environment)
    return done.returncode, done.stdout, done.stderr


def fails(reason, *arguments, code=1, **more):
    got, out, err = model(*arguments, **more)
    assert got == code and out == "", (got, out, err)
    assert err.count("\n") == (1 if code == 1 else 2) or code == 2, err
    assert reason in err, err


def file_of(name, folder="models"):
    return os.path.join(FOLDER, folder, name + ".safetensors")


def fetches_a_whole_file_and_keeps_its_checksum():
    code, out, err = model("fetch", BASE, "--accept-licence")
    assert code == 0 and err == "", err
    assert "fetched" in out and "CC-BY-NC-4.0" in out and SUM in out and "server's word" in out, out
    assert read(file_of(BASE)) == CONTENT
    assert read(os.path.join(FOLDER, "models", "SHA256SUMS")).decode() == "%s  %s.safetensors\n" % (SUM, BASE)
    assert os.listdir(os.path.join(FOLDER, "models")).count(BASE + ".safetensors.part") == 0
    before = len(Host.seen)
    code, out, _ = model("fetch", BASE, "--accept-licence")
    assert code == 0 and "is there" in out and len(Host.seen) == before, out


def goes_on_where_the_last_fetch_stopped():
    fails("broke off after 300000 of", "fetch", BASE, "--accept-licence", mode="cut", folder="resumed")
    assert not os.path.exists(file_of(BASE, "resumed"))
    fails("broke off after 600000 of", "fetch", BASE, "--accept-licence", mode="cut", folder="resumed")
    Host.seen.clear()
    code, _, err = model("fetch", BASE, "--accept-licence", folder="resumed")
    assert code == 0, err
    assert [first for _, first in Host.seen] == [600000], Host.seen
    assert read(file_of(BASE, "resumed")) == CONTENT


def stops_at_ctrl_c_and_keeps_what_it_has():
    environment = dict(os.environ, SPX_MODEL_DIR=os.path.join(FOLDER, "stopped"), no_proxy="127.0.0.1",
                       SPX_MODEL_URL="http://127.0.0.1:%d/slow" % SERVER.server_port)
    child = subprocess.Popen([PROGRAM, "model", "fetch", BASE, "--accept-licence"], text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
    assert STALLED.wait(600)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=PATIENCE_S)
    FREED.set()
    assert child.returncode == 128 + signal.SIGINT and out == "", (child.returncode, out)
    assert "the next fetch goes on there" in err and err.endswith("\nspx: stopped\n"), err
    assert not os.path.exists(file_of(BASE, "stopped"))
    assert os.path.exists(file_of(BASE, "stopped") + ".part")


def starts_again_when_the_server_cannot_resume():
    fails("broke off", "fetch", BASE, "--accept-licence", mode="cut", folder="again")
    code, _, err = model("fetch", BASE, "--accept-licence", mode="norange", folder="again")
    assert code == 0 and read(file_of(BASE, "again")) == CONTENT, err


def takes_a_part_that_is_whole_or_too_long():
    os.makedirs(os.path.join(FOLDER, "parts"))
    write(file_of(BASE, "parts") + ".part", CONTENT)
    code, _, err = model("fetch", BASE, "--accept-licence", folder="parts")
    assert code == 0 and read(file_of(BASE, "parts")) == CONTENT, err
    os.remove(file_of(BASE, "parts"))
    write(file_of(BASE, "parts") + ".part", CONTENT + b"more")
    code, _, err = model("fetch", BASE, "--accept-licence", folder="parts")
    assert code == 0 and read(file_of(BASE, "parts")) == CONTENT, err


def refuses_a_wrong_checksum():
    fails("instead of " + "0" * 64, "fetch", BASE, "--accept-licence", mode="wrong", folder="wrong")
    assert [n for n in os.listdir(os.path.join(FOLDER, "wrong"))] == []
    # spx knows that of the small network itself; the server's word does not count.
    fails("instead of 3152477ce0d8d697", "fetch", SMALL, folder="wrong")
    fails("knows its SHA-256", "fetch", BASE, "--accept-licence", mode="nosum", folder="wrong")


def follows_a_redirection_and_takes_the_checksum_from_before_it():
    code, out, err = model("fetch", BASE, "--accept-licence", mode="moved", folder="moved")
    assert code == 0 and SUM in out, err
    assert read(file_of(BASE, "moved")) == CONTENT


def says_what_the_server_answered():
    fails("is not there (404)", "fetch", SMALL, mode="missing", folder="none")
    fails("the server answered 503", "fetch", SMALL, mode="broken", folder="none")


def says_what_to_do_when_offline():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    fails("Offline?", "fetch", SMALL, url="http://127.0.0.1:%d" % port, folder="none")


def goes_through_a_proxy():
    code, out, err = model("fetch", BASE, "--accept-licence", url="http://models.invalid/good", folder="proxy",
                           http_proxy="http://127.0.0.1:%d" % SERVER.server_port)
    # The proxy is asked for the whole URL; its path then begins with "http:", which answers as "good".
    assert code == 0 and any("models.invalid" in path for path, _ in Host.seen), (err, Host.seen)


def asks_for_the_licence():
    fails("--accept-licence", "fetch", BASE, folder="none")
    fails("cannot be fetched", "fetch", "spx-lite", folder="none")
    fails("cannot be fetched", "fetch", "nonsense", folder="none")


def adds_lists_verifies_and_removes():
    code, out, err = model("add", WEIGHTS, "--name", "mine", folder="own")
    assert code == 0 and "mine: added" in out, err
    assert read(file_of("mine", "own")) == read(WEIGHTS)
    fails("exists", "add", WEIGHTS, "--name", "mine", folder="own")
    code, out, _ = model("add", WEIGHTS, folder="own")
    assert code == 0 and "spx-lite: added" in out, out
    code, out, _ = model("list", folder="own")
    assert code == 0 and "mine" in out and file_of("mine", "own") in out, out
    assert [line for line in out.splitlines() if line.startswith("* spx-lite")], out
    code, out, err = model("verify", folder="own")
    assert code == 0 and "mine: fine\n" in out and "spx-lite: fine\n" in out, (out, err)

    damaged = bytearray(read(file_of("mine", "own")))
    damaged[-1] ^= 1
    write(file_of("mine", "own"), bytes(damaged))
    fails("damaged", "verify", "mine", folder="own")
    code, out, _ = model("remove", "mine", folder="own")
    assert code == 0 and not os.path.exists(file_of("mine", "own")), out
    assert b"mine" not in read(os.path.join(FOLDER, "own", "SHA256SUMS"))
    fails("looked in", "remove", "mine", folder="own")
    fails("comes with spx", "remove", "spx-lite", folder="own")


def says_why_it_cannot_write():
    def small_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100000, 100000))
    environment = dict(os.environ, SPX_MODEL_DIR=os.path.join(FOLDER, "full"), no_proxy="127.0.0.1",
                       SPX_MODEL_URL="http://127.0.0.1:%d/good" % SERVER.server_port)
    for arguments in (["add", WEIGHTS], ["fetch", BASE, "--accept-licence"]):
        done = subprocess.run([PROGRAM, "model", *arguments], capture_output=True, text=True,
                              env=environment, preexec_fn=small_files)
        assert done.returncode == 1 and done.stderr.count("\n") == 1, done
        assert "safetensors" in done.stderr and "cannot write: File too large" in done.stderr, done
    assert os.listdir(os.path.join(FOLDER, "full")) == [BASE + ".safetensors.part"]


def refuses_what_is_no_network():
    write("text.safetensors", b"not weights at all")
    fails("text.safetensors", "add", "text.safetensors", folder="own")
    fails("nothing.safetensors", "add", "nothing.safetensors", folder="own")
    shutil.copy(WEIGHTS, "cut.safetensors")
    os.truncate("cut.safetensors", 100000)
    fails("cut.safetensors", "add", "cut.safetensors", folder="own")


def explains_itself():
    fails("list, fetch, add, verify or remove?", code=2)
    fails("did you mean fetch?", "fetsh", code=2)
    fails("fetch what?", "fetch", code=2)
    code, out, _ = model("--help")
    assert code == 0 and "spx model fetch NAME" in out and "CC-BY-NC-4.0" in out, out


run(fetches_a_whole_file_and_keeps_its_checksum, goes_on_where_the_last_fetch_stopped,
    stops_at_ctrl_c_and_keeps_what_it_has,
    starts_again_when_the_server_cannot_resume, takes_a_part_that_is_whole_or_too_long,
    refuses_a_wrong_checksum, follows_a_redirection_and_takes_the_checksum_from_before_it,
    says_what_the_server_answered, says_what_to_do_when_offline, goes_through_a_proxy,
    asks_for_the_licence, adds_lists_verifies_and_removes, says_why_it_cannot_write,
    refuses_what_is_no_network,
    explains_itself)
