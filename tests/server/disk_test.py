#!/usr/bin/env python3
"""A server whose disk is full: jobs wait and say why, what is deleted goes and makes room, and a restart works. The disk is a
small one in memory, which only root can make."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from serving import OUT, Server, png, run, until

PHOTO = png(160, 100)
DISK = os.path.join(OUT, "server_disk")


def mount(size):
    subprocess.run(["umount", DISK], capture_output=True)
    os.makedirs(DISK, exist_ok=True)
    return subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", DISK], capture_output=True).returncode == 0


def fill():
    """Writes until not a byte more fits."""
    filler = os.path.join(DISK, "filler")
    with open(filler, "ab", buffering=0) as file:
        for piece in (1 << 16, 4096, 1):
            try:
                while True:
                    file.write(b"x" * piece)
            except OSError:
                pass
    return filler


def a_full_disk_stops_nothing_but_new_work():
    with Server("disk", "--retention", "1h") as server:
        job = server.wait(server.add(PHOTO)["id"])
        kept = server.wait(server.add(PHOTO)["id"])
        assert os.path.getsize(os.path.join(server.folder, "data", "reserve")) == 4 << 20
        filler = os.path.join(DISK, "filler")
        with open(filler, "wb") as file:  # nearly full: an upload still fits
            about = os.statvfs(DISK)
            file.write(b"x" * (about.f_bavail * about.f_frsize - (1 << 20)))
        waiting = server.add(PHOTO)["id"]
        until(lambda: server.get(f"/api/v1/jobs/{waiting}").json()["waits_for"] == "disk", "it says why it waits")
        for small in ("preview.jpg", "thumbnail.jpg"):  # so do its small pictures
            reply = server.get(f"/api/v1/jobs/{waiting}/files/{small}")
            assert reply.status == 507 and reply.json()["error"]["code"] == "disk_full" and int(reply.headers["Retry-After"]) > 0, reply.body
        health = server.get("/healthz")
        assert health.status == 503 and health.json()["error"]["code"] == "disk_full", health.body
        fill()
        refused = server.post_form("/api/v1/jobs", [("file", "a.png", PHOTO)])
        assert refused.status == 507 and refused.json()["error"]["code"] == "disk_full", (refused.status, refused.body)
        assert refused.headers["Retry-After"] == "60", refused.headers
        assert server.get(kept["files"][0]["url"]).status == 200
        # what is deleted goes
        assert server.request("DELETE", f"/api/v1/jobs/{job['id']}").status == 204
        assert server.get(f"/api/v1/jobs/{job['id']}").status == 404
        for part in ("uploads", "records"):
            assert job["id"] not in os.listdir(os.path.join(server.folder, "data", part)), part
        # a restart works, after a stop and after a crash
        fill()
        assert server.stop() == 0
        fill()
        server.start()
        until(lambda: server.get(f"/api/v1/jobs/{waiting}").json()["waits_for"] == "disk", "it waits no more")
        fill()
        server.kill()
        fill()
        server.start()
        assert server.get(f"/api/v1/jobs/{kept['id']}").json()["state"] == "done"
        assert server.request("DELETE", f"/api/v1/jobs/{kept['id']}").status == 204
        # and with room the work goes on
        os.unlink(filler)
        assert server.wait(waiting)["waits_for"] is None
        until(lambda: server.get(f"/api/v1/jobs/{waiting}").json()["preview"] is not None, "its preview is made when there is room")
        assert server.get("/healthz").status == 200
        log = open(os.path.join(server.folder, "stderr.txt")).read()
        assert "disk: it is full" in log and "disk: there is room again" in log, log


def a_job_that_fills_the_disk_waits_for_room():
    with Server("disk_midway") as server:
        filler = os.path.join(DISK, "filler")
        photo = png(1600, 1200)
        with open(filler, "wb") as file:  # its files do not fit, although there is room to begin
            about = os.statvfs(DISK)
            file.write(b"x" * (about.f_bavail * about.f_frsize - (6 << 20) - len(photo)))
        job = server.add(photo, options=[("format", "left,right,depth16"), ("detail", "fast")])["id"]
        log = os.path.join(server.folder, "stderr.txt")
        until(lambda: "found no room and waits" in open(log).read(), "it is begun and finds no room")
        until(lambda: server.get(f"/api/v1/jobs/{job}").json()["state"] == "queued", "it is queued again")
        waiting = server.get(f"/api/v1/jobs/{job}").json()
        assert (waiting["state"], waiting["waits_for"], waiting["error"]) == ("queued", "disk", None), waiting
        assert server.get("/healthz").status == 503
        os.unlink(filler)
        done = server.wait(job)
        assert len(done["files"]) == 3 and done["waits_for"] is None, done


if os.geteuid() != 0 or not mount("64m"):
    print("skipped: only root can mount a small disk")
    sys.exit(77)
try:
    os.environ["SPX_TEST_OUT"] = DISK
    import serving
    serving.OUT = DISK
    run([a_full_disk_stops_nothing_but_new_work, a_job_that_fills_the_disk_waits_for_room])
finally:
    serving.end_all()
    subprocess.run(["umount", DISK], capture_output=True)
