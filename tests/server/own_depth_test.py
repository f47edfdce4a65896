#!/usr/bin/env python3
"""A depth map of one's own goes before the network's until it is taken away; a larger photo may become stereo later."""
import os
import struct
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
import support
from serving import QUICK, Server, form, png, run

PHOTO = png(96, 64)
PNG = {"Content-Type": "image/png"}
JSON = {"Content-Type": "application/json"}
FORMATS = [("format", "depth16"), *QUICK]


def ramp(width, height):
    """White at the left."""
    return support.png(width, height, lambda x, y: bytes([255 - 255 * x // (width - 1)] * 3))


def depth_of(server, job):
    """Mean depth of the left and of the right third."""
    file = next(file for file in job["files"] if file["role"] == "depth16")
    path = os.path.join(server.folder, "depth16.png")
    with open(path, "wb") as out:
        out.write(server.get(file["url"]).body)
    pixels = subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-vf", "scale=3:1:flags=area", "-pix_fmt", "gray16le", "-f", "rawvideo", "-"],
                            check=True, capture_output=True).stdout
    left, _, right = struct.unpack("<3H", pixels)
    return left / 65535, right / 65535


def the_map_counts_until_it_is_taken_away():
    with Server("own_depth") as server:
        job = server.wait(server.add(PHOTO, "small.png", options=FORMATS)["id"])
        at = f"/api/v1/jobs/{job['id']}"
        network = job["summary"]["model"]
        seen = depth_of(server, job)
        reply = server.request("POST", at + "/depth", ramp(48, 32), PNG)
        assert reply.status == 202 and reply.json()["revision"] == 2, reply.body
        job = server.wait(job["id"])
        assert job["state"] == "done" and job["summary"]["model"] == "own map", job
        near, far = depth_of(server, job)
        assert near > 0.7 and far < 0.3, (near, far)
        assert server.request("POST", at + "/render", b'{"strength": 3}', JSON).status == 202
        job = server.wait(job["id"])
        assert job["summary"]["model"] == "own map" and job["summary"]["strength"] == 3, job["summary"]
        kind, body = form([("file", "map.png", support.png(48, 32, lambda x, y: bytes([255 * y // 31] * 3)))])
        assert server.request("POST", at + "/depth", body, {"Content-Type": kind}).status == 202
        near, far = depth_of(server, server.wait(job["id"]))
        assert abs(near - far) < 0.2, "the second map did not replace the first"
        assert server.request("DELETE", at + "/depth").status == 202
        job = server.wait(job["id"])
        assert job["summary"]["model"] == network
        now = depth_of(server, job)
        assert max(abs(a - b) for a, b in zip(seen, now)) < 0.01, (seen, now)


def pfm(width, height, value, kind=b"Pf"):
    """Rows from bottom to top, little-endian."""
    floats = [value(x, y) for y in reversed(range(height)) for x in range(width)]
    return b"%s\n%d %d\n-1.0\n" % (kind, width, height) + struct.pack(f"<{len(floats)}f", *floats)


def a_map_may_be_of_floats():
    """Floats in any unit."""
    with Server("own_depth_deep") as server:
        job = server.wait(server.add(PHOTO, "small.png", options=FORMATS)["id"])
        at = f"/api/v1/jobs/{job['id']}"
        body = pfm(48, 32, lambda x, y: 1000.0 + (47 - x) * 0.001)
        for kind, sent in (("image/x-portable-floatmap", body), form([("file", "map.pfm", body)])):
            assert server.request("POST", at + "/depth", sent, {"Content-Type": kind}).status == 202
            job = server.wait(job["id"])
            near, far = depth_of(server, job)
            assert job["summary"]["model"] == "own map" and near > 0.7 and far < 0.3, (near, far)
        for wrong in (pfm(48, 32, lambda x, y: 0.0)[:60], b"Pf\nno size\n"):
            assert server.request("POST", at + "/depth", wrong, {"Content-Type": "image/x-portable-floatmap"}).status == 202
            failed = server.wait(job["id"], "failed")["error"]
            assert failed["fault"] in ("photo", "request") and server.folder not in failed["message"], failed
        assert server.request("POST", at + "/depth", pfm(4, 4, lambda x, y: 0.0, b"PF"), PNG).status == 415
        # only as a map: a photo of floats is none that is read here
        assert server.post_form("/api/v1/jobs", [("file", "a.pfm", body)]).status == 415


def what_is_no_map_is_refused():
    with Server("own_depth_wrong") as server:
        job = server.wait(server.add(PHOTO, "small.png", options=FORMATS)["id"])
        at = f"/api/v1/jobs/{job['id']}"
        assert server.request("POST", at + "/depth", b"no picture at all, no picture at all", PNG).status == 415
        assert server.request("POST", at + "/depth", b"", PNG).status == 422
        assert server.request("POST", "/api/v1/jobs/" + "0" * 32 + "/depth", ramp(48, 32), PNG).status == 404
        assert server.get(at).json()["revision"] == 1
        assert server.request("POST", at + "/depth", ramp(64, 64), PNG).status == 202
        failed = server.wait(job["id"], "failed")
        assert failed["state"] == "failed" and "not the shape of the photo" in failed["error"]["message"], failed["error"]
        assert failed["error"]["message"].startswith("your depth map: ")
        assert [file["role"] for file in failed["files"]] == ["depth16"], "the old files are gone"
        assert server.request("DELETE", at + "/depth").status == 202
        assert server.wait(job["id"])["state"] == "done"


def a_larger_photo_becomes_stereo():
    with Server("own_depth_kind") as server:
        job = server.wait(server.add(PHOTO, "small.png", options=[("kind", "outpaint"), ("expand", "10")])["id"])
        at = f"/api/v1/jobs/{job['id']}"
        assert [file["role"] for file in job["files"]] == ["outpainted"]
        assert server.request("POST", at + "/depth", ramp(48, 32), PNG).status == 422
        for wrong in (b'{"kind": "convert"}', b'{"kind": "x"}', b'{"kind": 1}'):
            assert server.request("POST", at + "/render", wrong, JSON).status == 422, wrong
        reply = server.request("POST", at + "/render", b'{"kind": "both", "format": "depth16", "depth-size": 64}', JSON)
        assert reply.status == 202, reply.body
        job = server.wait(job["id"])
        assert job["kind"] == "both" and job["revision"] == 2, job
        assert {file["role"] for file in job["files"]} == {"outpainted", "depth16"}, job["files"]
        assert (job["summary"]["width"], job["summary"]["height"]) == (116, 84)
        assert server.request("POST", at + "/render", b'{"kind": "outpaint"}', JSON).status == 422


run([the_map_counts_until_it_is_taken_away, a_map_may_be_of_floats, what_is_no_map_is_refused, a_larger_photo_becomes_stereo])
