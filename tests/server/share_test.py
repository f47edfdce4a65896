#!/usr/bin/python3
"""A share is for looking: who has its link sees pictures and saves files, and can change nothing."""
import io
import os
import re
import subprocess
import sys
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from serving import OUT, QUICK, Server, png, run

PHOTO = png(320, 200)


def who_has_the_link_looks_and_changes_nothing():
    with Server("share", "--token", "open sesame") as server:
        mine = {"Authorization": "Bearer open sesame"}
        job = server.wait(server.add(PHOTO, "boat.png", options=[("format", "spatial")], headers=mine)["id"], headers=mine)
        at = f"/api/v1/jobs/{job['id']}"
        assert job["share"] is None and server.request("POST", at + "/share").status == 401
        shared = server.request("POST", at + "/share", headers=mine).json()
        assert shared["url"] == f"/s/{shared['share']}" and shared["share"] != job["id"]
        assert server.request("POST", at + "/share", headers=mine).json() == shared, "one link for one job"
        assert server.request("GET", at, headers=mine).json()["share"] == shared["url"]

        seen = server.get(f"/api/v1/shared/{shared['share']}")
        assert seen.status == 200 and job["id"] not in seen.body.decode(), "its own id is not told"
        seen = seen.json()
        assert seen["name"] == "boat.png" and seen["state"] == "done"
        for url in [seen["files"][0]["url"], *seen["views"].values()]:
            assert url.startswith("/api/v1/shared/") and server.get(url).status == 200, url
        page = server.get(shared["url"])
        assert page.status == 200 and "frame-ancestors *" in page.headers["Content-Security-Policy"]
        assert page.headers["X-Frame-Options"] is None and server.get("/").headers["X-Frame-Options"] == "DENY"

        # The link's id is no job's: nothing can be made, rendered or deleted with it.
        other = f"/api/v1/jobs/{shared['share']}"
        for method, path in (("DELETE", other), ("GET", other), ("POST", other + "/share"), ("GET", other + "/archive.zip")):
            assert server.request(method, path, headers=mine).status == 404, (method, path)
        for method in ("DELETE", "POST"):
            assert server.request(method, f"/api/v1/shared/{shared['share']}", headers=mine).status == 405
        assert server.get(f"/api/v1/shared/{shared['share']}/files/boat_LR.jpg").status == 404, "nothing is made for guests"
        assert server.request("GET", at, headers=mine).json()["making"] == []
        assert server.get(f"/api/v1/shared/{job['id']}").status == 404, "a job's id is no share"

        assert server.request("DELETE", at + "/share", headers=mine).status == 204
        assert server.get(f"/api/v1/shared/{shared['share']}").status == 404 and server.get(shared["url"]).status == 404
        again = server.request("POST", at + "/share", headers=mine).json()
        assert again["share"] != shared["share"], "an old link stays dead"
        assert server.request("DELETE", at, headers=mine).status == 204
        assert server.get(again["url"]).status == 404, "it goes with the job"


def read_code(svg, path):
    """What a camera reads: dark squares of four pixels, looked at by zbar."""
    side = int(re.search(rb'viewBox="0 0 (\d+) ', svg)[1])
    dark = {(int(x), int(y)) for x, y in re.findall(rb"M(\d+) (\d+)h1v1h-1z", svg)}
    rows = b"".join(bytes(0 if (x // 4, y // 4) in dark else 255 for x in range(side * 4)) for y in range(side * 4))
    with open(path, "wb") as file:
        file.write(b"P5 %d %d 255\n" % (side * 4, side * 4) + rows)
    return subprocess.run(["zbarimg", "-q", "--raw", path], check=True, capture_output=True, text=True).stdout.strip()


def a_camera_reads_the_link():
    with Server("share_code") as server:
        job = server.wait(server.add(PHOTO, "boat.png", options=[("format", "depth"), *QUICK])["id"])
        shared = server.request("POST", f"/api/v1/jobs/{job['id']}/share").json()["url"]
        code = server.get(shared + "/qr.svg")
        assert code.status == 200 and code.headers["Content-Type"] == "image/svg+xml"
        read = read_code(code.body, os.path.join(OUT, "share_code.pgm"))
        assert read == f"http://127.0.0.1:{server.port}{shared}", read
        assert server.get(f"/s/{job['id']}/qr.svg").status == 404


def several_jobs_come_in_one_zip():
    with Server("share_zip") as server:
        ids = [server.add(PHOTO, name, options=[("format", "depth"), *QUICK])["id"] for name in ("boat.png", "boat.png", "tree.png")]
        jobs = [server.wait(job) for job in ids]
        reply = server.get("/api/v1/archive.zip?jobs=" + ",".join([*ids, "0" * 32]))
        assert reply.status == 200 and "spx_photos.zip" in reply.headers["Content-Disposition"]
        with zipfile.ZipFile(io.BytesIO(reply.body)) as archive:
            assert archive.testzip() is None
            assert archive.namelist() == [f"{base}/depth_image.jpg" for base in ("boat", "boat (2)", "tree")]
            assert [len(archive.read(name)) for name in archive.namelist()] == [job["files"][0]["size"] for job in jobs]
        for wrong in ("", "x", ids[0] + ",x", ids[0] + ",,", ",".join([ids[0]] * 101)):
            assert server.get(f"/api/v1/archive.zip?jobs={wrong}").status == 400, wrong
        assert server.get("/api/v1/archive.zip").status == 400
        assert server.get("/api/v1/archive.zip?jobs=" + "0" * 32).status == 404


run([who_has_the_link_looks_and_changes_nothing, a_camera_reads_the_link, several_jobs_come_in_one_zip])
