#!/usr/bin/env python3
"""The end of a job is told to the URL that its client named: signed, again when nobody heard, and after a restart."""
import hashlib
import hmac
import json
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from elsewhere import Elsewhere
from serving import PATIENCE_S, PROGRAM, QUICK, Held, Server, png, run

PHOTO = png(160, 100)
SECRET = "a secret of many bytes"
ALLOWED = ("--allow-webhook", "any", "--webhook-secret", SECRET)


def told(server, job, *states):
    """The job's webhook once it is in one of the states."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        hook = server.get(f"/api/v1/jobs/{job}").json()["webhook"]
        if hook["state"] in states:
            return hook
        time.sleep(0.05)
    raise AssertionError(hook)


def check(request):
    """Verifies a request as its receiver would; returns what it says."""
    _, _, headers, body, came = request
    seconds, digest = (part.split("=", 1)[1] for part in headers["Spx-Signature"].split(","))
    assert abs(int(seconds) - came) < 60
    right = hmac.new(SECRET.encode(), seconds.encode() + b"." + body, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(digest, right) and headers["Content-Type"] == "application/json"
    said = json.loads(body)
    assert headers["Spx-Delivery"] == f"{said['job']['id']}-{said['revision']}"
    return said


def every_end_is_told():
    held = Held()
    with Elsewhere({"/hook": (204, {}, b"")}) as other, Server("hook_ends", *ALLOWED, *held.options) as server:
        where = [("webhook_url", other.url + "/hook?key=k")]
        job = server.add(PHOTO, options=where)
        assert job["webhook"] == {"url": other.url + "/hook?key=k", "state": "waiting", "attempts": 0, "answer": None, "next": None}, job["webhook"]
        hook = told(server, job["id"], "delivered")
        assert (hook["attempts"], hook["answer"], hook["next"]) == (1, "HTTP 204", None), hook
        said = check(other.asked[0])
        assert (said["event"], said["revision"], said["job"]["id"]) == ("done", 1, job["id"]) and said["job"]["files"]
        server.request("POST", f"/api/v1/jobs/{job['id']}/render", b'{"strength": 3}', {"Content-Type": "application/json"})
        server.wait(job["id"])
        told(server, job["id"], "delivered")
        assert [check(request)["revision"] for request in other.asked] == [1, 2]
        bad = server.add(PHOTO[:200], options=where)["id"]
        told(server, bad, "delivered")
        assert check(other.asked[2])["event"] == "failed"
        held.add(server)
        waiting = server.add(PHOTO, options=where)["id"]
        assert server.request("DELETE", f"/api/v1/jobs/{waiting}").json()["state"] == "cancelled"
        told(server, waiting, "delivered")
        assert check(other.asked[3])["event"] == "cancelled"
        assert server.add(PHOTO)["webhook"] is None
        held.let_go()


def who_does_not_hear_is_told_again():
    answers = {"/hook": (500, {}, b"no"), "/gone": (410, {}, b""), "/moved": (302, {"Location": "/hook"}, b""),
               "/deleted": (500, {}, b"")}
    with Elsewhere(answers) as other, Server("hook_again", *ALLOWED) as server:
        deleted = server.add(PHOTO, options=[("webhook_url", other.url + "/deleted")])["id"]
        until = time.monotonic() + PATIENCE_S
        while told(server, deleted, "waiting", "pending")["answer"] is None:
            assert time.monotonic() < until
            time.sleep(0.05)
        assert server.request("DELETE", f"/api/v1/jobs/{deleted}").status == 204
        job = server.add(PHOTO, options=[("webhook_url", other.url + "/hook")])["id"]
        gone = server.add(PHOTO, options=[("webhook_url", other.url + "/gone")])["id"]
        moved = server.add(PHOTO, options=[("webhook_url", other.url + "/moved")])["id"]
        server.wait(job)
        until = time.monotonic() + PATIENCE_S
        while (hook := told(server, job, "pending"))["attempts"] == 0 or hook["answer"] is None:
            assert time.monotonic() < until
            time.sleep(0.05)
        assert hook["answer"] == "HTTP 500" and hook["next"] is not None, hook
        hook = told(server, gone, "failed")
        assert (hook["attempts"], hook["answer"]) == (1, "HTTP 410"), hook
        server.wait(moved)
        server.kill()  # what was not heard is not forgotten
        before = len([r for r in other.asked if r[1] == "/hook"])
        answers["/hook"] = (200, {}, b"")
        server.start()
        hook = told(server, job, "delivered")
        asked = [r for r in other.asked if r[1] == "/hook"]
        assert hook["attempts"] >= 2 and len(asked) == before + 1, (hook, len(asked), before)
        assert len([r for r in other.asked if r[1] == "/deleted"]) == 1, "a deleted job is told again"
        assert asked[0][2]["Spx-Delivery"] == asked[-1][2]["Spx-Delivery"]
        until = time.monotonic() + PATIENCE_S
        while (answer := told(server, moved, "pending")["answer"]) is None:
            assert time.monotonic() < until
            time.sleep(0.05)
        assert answer == "HTTP 302"  # not followed


def only_public_addresses_are_told():
    with Elsewhere({"/hook": (204, {}, b"")}) as other, Server("hook_public", "--allow-webhook", "public", "--webhook-secret", SECRET) as server:
        job = server.add(PHOTO, options=[("webhook_url", other.url + "/hook")])["id"]
        server.wait(job)
        until = time.monotonic() + PATIENCE_S
        while (answer := told(server, job, "pending")["answer"]) is None:
            assert time.monotonic() < until
            time.sleep(0.05)
        assert "address or port" in answer and other.asked == [], answer


def it_is_off_unless_allowed():
    with Server("hook_off") as server:
        reply = server.post_form("/api/v1/jobs", [("file", "a.png", PHOTO), *QUICK, ("webhook_url", "http://example.com/")])
        assert reply.status == 422 and "webhook_url" in reply.json()["error"]["message"], reply.body
        assert server.get("/api/v1/server").json()["takes"]["webhook_url"] is False
    for options in (["--allow-webhook", "public"], ["--allow-webhook", "any", "--webhook-secret", "short"]):
        done = subprocess.run([PROGRAM, "serve", "--port", "0", *options], capture_output=True, text=True, timeout=PATIENCE_S)
        assert done.returncode == 2 and "webhook-secret" in done.stderr, done
    with Server("hook_bad", *ALLOWED) as server:
        for url in ("ftp://example.com/", "http://me:secret@example.com/", "http://example.com:25/"):
            reply = server.post_form("/api/v1/jobs", [("file", "a.png", PHOTO), *QUICK, ("webhook_url", url)])
            assert reply.status == 422 and "webhook_url: " in reply.json()["error"]["message"], reply.body
        assert SECRET not in server.get("/api/v1/server").body.decode() + server.get("/metrics").body.decode()


run([every_end_is_told, who_does_not_hear_is_told_again, only_public_addresses_are_told, it_is_off_unless_allowed])
