#!/usr/bin/env python3
"""What a job will take is told before it is done, in units and in seconds, and what costs too much is refused."""
import datetime
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from elsewhere import Elsewhere
from serving import QUICK, Held, Server, png, run

PHOTO = png(500, 400)  # 0.2 megapixels
JSON = {"Content-Type": "application/json"}


def jobs_that_cost_too_much_are_refused():
    with Elsewhere({"/a.png": (200, {}, PHOTO)}) as other, Server("cost_most", "--max-cost", "0.15", "--allow-url", "any") as server:
        assert server.get("/api/v1/server").json()["limits"]["cost"] == 0.15
        def ask(*options):
            return server.post_form("/api/v1/jobs", [("file", "a.png", PHOTO), *QUICK, *options])
        for options in ([("format", "all")], [], [("format", "depth"), ("kind", "both"), ("expand", "50%")]):
            reply = ask(*options)
            error = reply.json()["error"]
            assert reply.status == 422 and error["code"] == "too_costly", (options, reply.body)
            assert "would cost" in error["message"] and "up to 0.15" in error["message"], error
        reply = ask(("format", "depth"))
        assert reply.status == 201 and abs(reply.json()["cost"] - 0.114) < 1e-6, reply.body
        job = server.wait(reply.json()["id"])
        # more files cost too
        assert server.get(f"/api/v1/jobs/{job['id']}/archive.zip?format=all").status == 422
        assert server.get(f"/api/v1/jobs/{job['id']}/files/a_LR.jpg").status == 202
        again = server.request("POST", f"/api/v1/jobs/{job['id']}/render", b'{"format": ["all"]}', JSON)
        assert again.status == 422 and again.json()["error"]["code"] == "too_costly", again.body
        # a photo that is fetched is looked at when it is there
        reply = server.post_form("/api/v1/jobs", [("source_url", other.url + "/a.png"), *QUICK])
        failed = server.wait(reply.json()["id"], "failed")
        assert "would cost" in failed["error"]["message"] and failed["error"]["fault"] == "request", failed["error"]
        reply = server.post_form("/api/v1/jobs", [("source_url", other.url + "/a.png"), ("format", "depth"), *QUICK])
        # not known yet, or fetched before the answer was written
        assert reply.json()["cost"] == 0 or abs(reply.json()["cost"] - 0.114) < 1e-6, reply.body
        assert abs(server.wait(reply.json()["id"])["cost"] - 0.114) < 1e-6
        assert server.post_form("/upload/", [("file", "a.png", PHOTO)]).status == 422


def borders_that_are_too_wide_are_refused():
    with Server("cost_margin", "--max-margin", "25") as server:
        assert server.get("/api/v1/server").json()["limits"]["margin"] == 25
        def ask(kind, name, value):
            return server.post_form("/api/v1/jobs", [("file", "a.png", PHOTO), *QUICK, ("format", "depth"), ("kind", kind), (name, value)])
        for kind, name, value, told in (("outpaint", "expand", "30%", "30 %"), ("both", "left", "150", "30 %"), ("outpaint", "aspect", "3:1", "70 %"),
                                        ("both", "size", "500x700", "37.5 %")):
            reply = ask(kind, name, value)
            error = reply.json()["error"]
            assert reply.status == 422 and error["code"] == "too_costly", (name, reply.body)
            assert f"would be {told} wide" in error["message"] and "up to 25 %" in error["message"], error
        assert ask("convert", "expand", "30%").status == 201, "no border is painted"
        reply = ask("outpaint", "expand", "25%")
        assert reply.status == 201, reply.body
        job = server.wait(reply.json()["id"])
        again = server.request("POST", f"/api/v1/jobs/{job['id']}/render", b'{"expand": "26%"}', JSON)
        assert again.status == 422 and "would be 26 % wide" in again.json()["error"]["message"], again.body


def seconds_of(job):
    """How long a worker had it, as the server's own clock says."""
    begun, ended = (datetime.datetime.fromisoformat(job[when].replace("Z", "+00:00")) for when in ("started", "finished"))
    return (ended - begun).total_seconds()


def a_queue_tells_how_long_it_takes():
    large = png(700, 500)
    held = Held()
    with Server("cost_eta", *held.options) as server:
        def add():
            return server.post_form("/api/v1/jobs", [("file", "a.png", large)]).json()
        assert server.get("/api/v1/server").json()["queue"]["eta_s"] is None
        first = add()
        assert first["eta_s"] is None, first
        done = server.wait(first["id"])
        assert done["eta_s"] is None
        per_unit = seconds_of(done) / done["cost"]
        running = held.add(server)  # nothing moves on while this test looks
        ids = [add()["id"] for _ in range(3)]
        etas = [server.get(f"/api/v1/jobs/{job}").json()["eta_s"] for job in ids]
        whole = server.get("/api/v1/server").json()["queue"]["eta_s"]
        before = server.get(f"/api/v1/jobs/{running}").json()
        held.let_go()
        left = before["cost"] * (1 - before["percent"] / 100)
        for turn, eta in enumerate(etas, 1):
            told = per_unit * (left + turn * done["cost"])  # what is told is rounded up to whole seconds
            assert told - 0.1 <= eta <= told + 1.1, (etas, told, per_unit, before)
        assert whole == etas[2], (etas, whole)
        for job in ids:
            server.wait(job)
        assert server.stop() == 0
        server.start()  # what was measured is kept
        job = add()
        assert job["eta_s"] is not None
        server.request("DELETE", f"/api/v1/jobs/{job['id']}")


run([jobs_that_cost_too_much_are_refused, borders_that_are_too_wide_are_refused, a_queue_tells_how_long_it_takes])
