#!/usr/bin/env python3
"""A share is for looking: who has its link sees pictures and saves files, and can change nothing."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from serving import QUICK, Server, png, run

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


run([who_has_the_link_looks_and_changes_nothing])
