#!/usr/bin/python3
"""Depth is told long before the files, and files that nobody asked for at first are made when somebody does."""
import io
import json
import os
import sys
import time
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
import support
from serving import PATIENCE_S, Held, Server, Standstill, png, run

PHOTO = png(640, 400)
MAP = support.png(64, 40, lambda x, y: bytes([255 * x // 63] * 3))
JPEG = b"\xff\xd8\xff"


def events_of(response, last):
    """The next events of a stream, with their data, up to the first of that name."""
    found = []
    name = None
    while not found or found[-1][0] != last:
        line = response.readline().decode()
        assert line, ("the stream has ended", found)
        if line.startswith("event: "):
            name = line[7:].strip()
        elif line.startswith("data: "):
            found.append((name, json.loads(line[6:])))
    return found


def fetch(server, path):
    """Asks until the file is there; returns it and how often it was asked for."""
    until = time.monotonic() + PATIENCE_S
    asked = 1
    reply = server.get(path)
    while reply.status == 202:
        assert time.monotonic() < until and reply.headers["Retry-After"] == "1" and reply.json()["state"] == "done"
        time.sleep(0.02)
        asked += 1
        reply = server.get(path)
    return reply, asked


def depth_comes_first():
    held = Held()
    with Server("on_demand_depth", *held.options) as server:
        held.add(server)
        job = server.add(PHOTO, options=[("format", "spatial,sbs,left,right,depth16,quilt")])["id"]
        at = f"/api/v1/jobs/{job}"
        connection = server.connect()
        connection.request("GET", at + "/events")
        response = connection.getresponse()
        held.let_go()

        # No file is there yet, and depth is told.
        still = Standstill(server, lambda: server.get(at).json()["views"]["right"] is not None, "the eyes cannot be seen")
        events = events_of(response, "depth")
        views = events[-1][1]["views"]
        assert views["depth"] is not None, views
        assert server.get(views["depth"]).body.startswith(JPEG)
        now = server.get(at).json()
        assert now["state"] == "running" and now["percent"] < 60 and now["files"] == [], now
        views = now["views"]
        for name in ("depth", "left", "right"):
            reply = server.get(views[name])
            assert reply.status == 200 and reply.body.startswith(JPEG) and reply.headers["Content-Type"] == "image/jpeg"
        assert server.get(views["left"]).body != server.get(views["right"]).body
        assert "/depth_preview.jpg" in views["depth"], views
        first = server.get(views["depth"].replace("depth_preview", "depth_first"))
        assert first.status == 200 and first.body.startswith(JPEG), "no depth came before the finest level"
        assert first.body != server.get(views["depth"]).body
        still.let_go()

        names = [name for name, _ in events] + [line.split(b": ")[1].decode().strip() for line in response if line.startswith(b"event: ")]
        assert 1 <= names.count("depth") <= 2, names  # a first one and a better one, unless both came at once
        connection.close()
        assert len(server.wait(job)["files"]) == 6


def an_anaglyph_has_the_name_of_its_glasses():
    with Server("on_demand_glasses") as server:
        job = server.wait(server.add(PHOTO, "boat.png", options=[("format", "left"), ("anaglyph", "green-magenta")])["id"])
        at = f"/api/v1/jobs/{job['id']}"
        assert server.get(at + "/files/boat_redcyan_dubois.jpg").status == 404
        reply, _ = fetch(server, at + "/files/boat_greenmagenta_dubois.jpg")
        assert reply.status == 200 and reply.body.startswith(JPEG)
        reply, _ = fetch(server, at + "/files/anaglyph")
        assert reply.status == 200 and reply.body.startswith(JPEG)
        names = [file["name"] for file in server.get(at).json()["files"]]
        assert names == ["stereo_left.png", "boat_greenmagenta_dubois.jpg"], names


def a_file_is_made_when_it_is_asked_for():
    with Server("on_demand") as server:
        job = server.wait(server.add(PHOTO, "boat.png", options=[("format", "spatial")])["id"])
        at = f"/api/v1/jobs/{job['id']}"
        assert [file["role"] for file in job["files"]] == ["spatial"] and job["base"] == "boat"
        assert server.request("HEAD", at + "/files/boat_LR.jpg").status == 404, "to look is not to ask"
        first = server.get(at + "/files/boat_LR.jpg")
        assert first.status == 202 and first.json()["making"] == ["hsbs"], first.body
        reply, _ = fetch(server, at + "/files/boat_LR.jpg")
        assert reply.status == 200 and reply.body.startswith(JPEG)
        after = server.get(at).json()
        assert [file["role"] for file in after["files"]] == ["spatial", "hsbs"] and after["making"] == []
        assert after["revision"] == 1 and after["finished"] == job["finished"] and after["summary"] == job["summary"]
        assert server.get(at + "/files/nothing.jpg").status == 404
        reply, _ = fetch(server, at + "/files/hsbs")
        assert reply.status == 200 and "boat_LR.jpg" in reply.headers["Content-Disposition"], reply.headers
        assert server.get(at + "/files/..%2Fphoto").status == 404

        reply, _ = fetch(server, at + "/archive.zip?format=default")
        with zipfile.ZipFile(io.BytesIO(reply.body)) as archive:
            assert archive.testzip() is None
            assert {"boat_spatial.heic", "boat_sbs.hevc", "depth_image.jpg", "stereo_left.png", "stereo_right.png"} <= set(archive.namelist())
        assert server.get(at + "/archive.zip?format=fax").status == 422

        # A render makes what the job was made for; the rest is made again when it is asked for.
        changed = server.request("POST", at + "/render", b'{"strength": 5}', {"Content-Type": "application/json"})
        assert changed.status == 202 and len(changed.json()["files"]) == 6, "old files stay"
        job = server.wait(job["id"])
        assert [file["role"] for file in job["files"]] == ["spatial"] and job["revision"] == 2
        second, _ = fetch(server, at + "/files/boat_LR.jpg")
        assert second.status == 200 and second.body != reply.body


def a_job_may_be_done_when_it_can_be_seen():
    """Another strength: new eyes first, the files follow by themselves and are of the same numbers."""
    with Server("on_demand_seen") as server:
        job = server.wait(server.add(PHOTO, "boat.png", options=[("format", "spatial")])["id"])
        at = f"/api/v1/jobs/{job['id']}"
        eyes = server.get(job["views"]["right"]).body
        sent = {"look": "strong", "done": "views", "format": ["left", "depth"]}
        assert server.request("POST", at + "/render", json.dumps(sent).encode(), {"Content-Type": "application/json"}).status == 202
        seen = server.wait(job["id"])
        assert seen["revision"] == 2 and seen["summary"]["strength"] > job["summary"]["strength"], seen
        assert (seen["summary"]["width"], seen["summary"]["height"]) == (640, 400) and seen["summary"]["seconds"]["encode"] < 0.01, seen["summary"]
        assert seen["making"] or [file["role"] for file in seen["files"]] == ["depth", "left"], seen
        assert server.get(seen["views"]["right"]).body not in (eyes, b"")
        reply, _ = fetch(server, at + "/files/stereo_left.png")
        assert reply.status == 200 and reply.body.startswith(b"\x89PNG")
        after = server.get(at).json()
        assert [file["role"] for file in after["files"]] == ["depth", "left"] and after["making"] == [] and after["making_error"] is None
        assert after["summary"]["strength"] == seen["summary"]["strength"] and after["options"]["done"] == "views"

        # Made again before its files are there, it is seen as it was until the new eyes are.
        everything = json.dumps({"format": "all", "done": "views"}).encode()
        assert server.request("POST", at + "/render", everything, {"Content-Type": "application/json"}).status == 202
        still = Standstill(server, lambda: server.get(at).json()["state"] == "done", "it is never seen")
        seen = server.get(at).json()
        assert seen["files"] == [] and len(seen["making"]) > 20, seen
        again = server.request("POST", at + "/render", json.dumps(sent).encode(), {"Content-Type": "application/json"})
        assert again.status == 202 and "r=3" in again.json()["views"]["right"], again.body
        still.let_go()
        while True:
            now = server.get(at).json()
            assert now["views"]["right"] is not None and server.get(now["views"]["right"]).status == 200, now
            if now["state"] == "done":
                break
        fetch(server, at + "/files/stereo_left.png")

        # So is depth of one's own.
        assert server.request("POST", at + "/depth?done=sometime", MAP, {"Content-Type": "image/png"}).status == 422
        assert server.request("POST", at + "/depth?done=files", MAP, {"Content-Type": "image/png"}).status == 202
        own = server.wait(job["id"])
        assert own["making"] == [] and len(own["files"]) == 2 and own["summary"]["model"] == "own map", own
        assert server.request("DELETE", at + "/depth?done=views").status == 202
        back = server.wait(job["id"])
        assert back["revision"] == 6 and back["summary"]["model"] != "own map", back
        fetch(server, at + "/files/stereo_left.png")


def what_cannot_be_made_says_why():
    with Server("on_demand_wrong") as server:
        job = server.wait(server.add(PHOTO, options=[("kind", "outpaint")])["id"])
        assert server.get(f"/api/v1/jobs/{job['id']}/files/photo_LR.jpg").status == 404
        broken = server.add(PHOTO[:900], "cut.png", options=[("format", "spatial")])
        server.wait(broken["id"], "failed")
        assert server.get(f"/api/v1/jobs/{broken['id']}/files/cut_LR.jpg").status == 404


def a_group_goes_without_what_cannot_be_made():
    wide = png(33000, 8)  # twice its width is more than a JPEG can have
    with Server("on_demand_group") as server:
        for made in ("depth", "spatial,hsbs"):
            job = server.wait(server.add(wide, "wide.png", options=[("format", made), ("depth-size", "64")])["id"])
            at = f"/api/v1/jobs/{job['id']}"
            reply, _ = fetch(server, at + "/archive.zip?format=headsets")
            with zipfile.ZipFile(io.BytesIO(reply.body)) as archive:
                assert {"wide_spatial.heic", "wide_LR.jpg"} <= set(archive.namelist()), archive.namelist()
                assert "wide_LRF_Full_SBS.jpg" not in archive.namelist()
            after = server.get(at).json()
            assert after["summary"]["left_out"] == ["sbs-jpg"], after["summary"]
            told = [after["making_error"] or "", *(warning["text"] for warning in after["warnings"])]
            assert any("sbs-jpg would be 66000x8" in one for one in told), told
        first = server.get(at + "/archive.zip?format=sbs-jpg")
        assert first.status == 202 and first.json()["making"] == ["sbs-jpg"], "named, it is tried again"


def a_job_that_goes_takes_its_wishes_along():
    with Server("on_demand_gone") as server:
        job = server.wait(server.add(PHOTO, options=[("format", "depth")])["id"])
        at = f"/api/v1/jobs/{job['id']}"
        assert server.get(at + "/archive.zip?format=all").status == 202
        assert server.request("DELETE", at).status == 204
        assert server.get(at).status == 404
        again = server.wait(server.add(PHOTO, options=[("format", "depth")])["id"])
        folder = os.path.join(server.folder, "data", "uploads")
        until = time.monotonic() + PATIENCE_S
        while os.listdir(folder) != [again["id"]]:
            assert time.monotonic() < until, os.listdir(folder)
            time.sleep(0.02)


def a_wish_outlives_a_kill():
    server = Server("on_demand_kill")
    with server:
        job = server.wait(server.add(PHOTO, "boat.png", options=[("format", "depth")])["id"])
        path = f"/api/v1/jobs/{job['id']}/files/boat_sbs.hevc"
        assert server.get(path).status == 202
        server.kill()
        server.start()
        until = time.monotonic() + PATIENCE_S
        while server.request("HEAD", path).status != 200:
            assert time.monotonic() < until
            time.sleep(0.02)


run([depth_comes_first, an_anaglyph_has_the_name_of_its_glasses, a_file_is_made_when_it_is_asked_for,
     a_job_may_be_done_when_it_can_be_seen, what_cannot_be_made_says_why, a_group_goes_without_what_cannot_be_made,
     a_job_that_goes_takes_its_wishes_along, a_wish_outlives_a_kill])
