#!/usr/bin/env python3
"""Photos that the server fetches by their URL: where it may go, what it takes, and that nothing of this network shows."""
import os
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from elsewhere import Elsewhere
from serving import PATIENCE_S, QUICK, Server, png, run

PHOTO = png(160, 100)
PLAIN = {"Content-Type": "application/x-www-form-urlencoded"}


def ask(server, url, *options):
    return server.post_form("/api/v1/jobs", [("source_url", url), *QUICK, *options])


def outcome(server, url):
    reply = ask(server, url)
    assert reply.status == 201, reply.body
    return server.wait(reply.json()["id"], "done", "failed")


def endless(handler):
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(PHOTO)
    try:
        for _ in range(1000):
            handler.wfile.write(b"x" * 100000)
    except OSError:
        pass


def photos_are_fetched():
    answers = {"/a/boat%20one.png": (200, {"Content-Type": "text/plain"}, PHOTO), "/moved": (302, {"Location": "/a/boat%20one.png"}, b""),
               "/round": (302, {"Location": "/round"}, b""), "/text": (200, {}, b"this is no photo, but long enough to be read"),
               "/short": (200, {}, b"\xff"), "/empty": (200, {}, b""), "/endless": endless, "/large": (200, {}, png(600, 400)),
               "/file": (302, {"Location": "file:///etc/passwd"}, b""), "/part": (206, {}, PHOTO)}
    with Elsewhere(answers) as other, Server("source_any", "--allow-url", "any", "--max-upload", "2000000", "--max-pixels", "100000") as server:
        job = outcome(server, other.url + "/a/boat%20one.png?key=secret")
        assert job["state"] == "done" and job["name"] == "boat one.png" and job["size"] == len(PHOTO), job
        assert job["source_url"].endswith("?key=secret") and server.get(job["original"]).body == PHOTO
        assert server.get(job["thumbnail"] or f"/api/v1/jobs/{job['id']}/files/thumbnail.jpg").status == 200
        assert outcome(server, other.url + "/moved")["state"] == "done"
        for path, words in (("/round", "too often"), ("/text", "no photo"), ("/short", "no photo"), ("/empty", "no photo"),
                            ("/endless", "larger than 2000000"), ("/large", "more pixels"), ("/file", "not taken"), ("/nothing", "HTTP 404"),
                            ("/part", "HTTP 206")):
            job = outcome(server, other.url + path)
            error = job["error"]["message"]
            assert job["state"] == "failed" and words in error and error.startswith("source_url: "), (path, job["error"])
            assert str(other.port) not in error and "127.0.0.1" not in error
        late = outcome(server, other.url + "/later")
        answers["/later"] = (200, {}, PHOTO)
        assert late["error"]["fault"] == "machine"
        reply = server.request("POST", f"/api/v1/jobs/{late['id']}/render", b"{}", {"Content-Type": "application/json"})
        assert reply.status == 202 and server.wait(late["id"])["size"] == len(PHOTO)
        body = urllib.parse.urlencode({"source_url": other.url + "/moved", "depth_size": "64", "name": "x.png"})
        reply = server.request("POST", "/api/v1/jobs", body, PLAIN)
        assert reply.status == 201 and server.wait(reply.json()["id"])["name"] == "x.png", reply.body
        assert os.listdir(os.path.join(server.folder, "data", "incoming")) == []


def a_job_waits_for_its_photo():
    gate = []
    def slow(handler):
        while not gate:
            time.sleep(0.02)
        return 200, {}, PHOTO
    with Elsewhere({"/slow": slow, "/quick": (200, {}, PHOTO)}) as other:
        with Server("source_wait", "--allow-url", "any") as server:
            waiting = ask(server, other.url + "/slow").json()
            assert (waiting["state"], waiting["waits_for"], waiting["size"]) == ("queued", "photo", 0), waiting
            server.wait(server.add(PHOTO)["id"])  # others go past it
            assert outcome(server, other.url + "/quick")["state"] == "done"
            gone = ask(server, other.url + "/slow").json()["id"]
            assert server.request("DELETE", f"/api/v1/jobs/{gone}").json()["state"] == "cancelled"
            assert server.request("DELETE", f"/api/v1/jobs/{gone}").status == 204
            server.kill()
            server.start()
            gate.append(1)
            done = server.wait(waiting["id"])
            assert done["waits_for"] is None and done["size"] == len(PHOTO), done
            until = time.monotonic() + PATIENCE_S
            while gone in os.listdir(os.path.join(server.folder, "data", "uploads")):
                assert time.monotonic() < until
                time.sleep(0.05)


def nobody_loads_what_nobody_wants():
    """A photo on its way is given up when its job is cancelled or deleted."""
    ended = []
    def trickle(handler):
        handler.send_response(200)
        handler.end_headers()
        try:
            handler.wfile.write(PHOTO)
            while True:
                handler.wfile.write(b"x" * 1000)
                time.sleep(0.02)
        except OSError:
            ended.append(handler.path)
    with Elsewhere({"/cancelled": trickle, "/deleted": trickle}) as other, Server("source_unwanted", "--allow-url", "any") as server:
        for path in ("/cancelled", "/deleted"):
            job = ask(server, other.url + path).json()["id"]
            until = time.monotonic() + PATIENCE_S
            while path not in [asked[1] for asked in other.asked]:
                assert time.monotonic() < until
                time.sleep(0.02)
            for status in (200, 204)[:1 + (path == "/deleted")]:
                assert server.request("DELETE", f"/api/v1/jobs/{job}").status == status
            while path not in ended:
                assert time.monotonic() < until, "it is loaded on"
                time.sleep(0.02)
            if path == "/cancelled":
                assert server.get(f"/api/v1/jobs/{job}").json()["state"] == "cancelled"
        while os.listdir(os.path.join(server.folder, "data", "incoming")):
            assert time.monotonic() < until
            time.sleep(0.02)


def only_public_addresses_are_reached():
    with Elsewhere({"/a.png": (200, {}, PHOTO)}) as other, Server("source_public", "--allow-url", "public") as server:
        port = other.port
        for host in ("127.0.0.1", "localhost", "127.1", "0x7f000001", "2130706433", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
                     "[::]"):
            job = outcome(server, f"http://{host}:{port}/a.png")
            assert job["state"] == "failed" and "address or port" in job["error"]["message"], (host, job["error"])
        assert other.asked == [], other.asked


def a_redirect_leads_nowhere_else():
    """The guard looks at each connection: a server that may be reached sends on to one that may not."""
    with Elsewhere({"/to_mail": (302, {"Location": "http://127.0.0.1:25/"}, b"")}) as other:
        with Server("source_redirect", "--allow-url", "any") as server:
            job = outcome(server, other.url + "/to_mail")
            assert job["state"] == "failed" and "address or port" in job["error"]["message"], job["error"]


def what_is_no_url_is_refused_at_once():
    with Server("source_refused", "--allow-url", "any") as server:
        for url, words in (("ftp://example.com/a.jpg", "only http"), ("file:///etc/passwd", "only http"), ("http://u:p@example.com/", "password"),
                           ("http://example.com:25/", "port"), ("http://" + "a" * 2100, "longer"), ("", "only http")):
            reply = ask(server, url)
            assert reply.status == 422 and words in reply.json()["error"]["message"], (url, reply.body)
        both = server.post_form("/api/v1/jobs", [("file", "a.png", PHOTO), ("source_url", "http://example.com/a.png")])
        assert both.status == 422 and "in place of" in both.json()["error"]["message"]
        assert server.get("/api/v1/server").json()["takes"]["source_url"] is True


def it_is_off_unless_allowed():
    with Server("source_off") as server:
        reply = ask(server, "http://example.com/a.png")
        assert reply.status == 422 and "fetches no photos" in reply.json()["error"]["message"], reply.body
        assert server.request("POST", "/api/v1/jobs", "source_url=http://example.com/", PLAIN).status == 415
        assert server.get("/api/v1/server").json()["takes"]["source_url"] is False


run([photos_are_fetched, a_job_waits_for_its_photo, nobody_loads_what_nobody_wants, only_public_addresses_are_reached, a_redirect_leads_nowhere_else,
     what_is_no_url_is_refused_at_once, it_is_off_unless_allowed])
