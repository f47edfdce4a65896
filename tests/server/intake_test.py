#!/usr/bin/python3
"""The ways in: both eyes of a pair, the photo as the body itself, a key that makes a second attempt harmless, an answer
that waits; and what comes back packed."""
import gzip
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from serving import QUICK, Held, Server, png, run, until

LEFT = png(320, 200)
RIGHT = png(320, 200, seed=5)


def a_pair_keeps_both_eyes():
    with Server("intake_pair") as server:
        for fields in (("file", "file"), ("left", "right")):
            reply = server.post_form("/api/v1/jobs", [(fields[0], "a_L.png", LEFT), (fields[1], "a_R.png", RIGHT),
                                                      ("stereo", "pair"), ("align", "off"), ("format", "left,right")])
            assert reply.status == 201, reply.body
            job = server.wait(reply.json()["id"])
            assert (job["name"], job["second"]) == ("a_L.png", "a_R.png") and job["size"] == len(LEFT) + len(RIGHT)
            assert job["summary"]["stereo"], job["summary"]
            assert job["views"]["left"] is not None and job["views"]["right"] is not None
            eyes = [server.get(file["url"]).body for file in job["files"]]
            assert eyes[0] != eyes[1]
        for parts, words in (
                ([("file", "a.png", LEFT), ("file", "b.png", RIGHT)], "stereo=pair"),
                ([("file", "a.png", LEFT), ("stereo", "pair")], "wants two files"),
                ([("file", "a.png", LEFT)] * 3 + [("stereo", "pair")], "there are more"),
                ([("right", "b.png", RIGHT), ("stereo", "pair")], "is missing"),
                ([("file", "a.png", LEFT), ("file", "b.png", b""), ("stereo", "pair")], "is empty"),
                ([("file", "a.png", LEFT), ("file", "b.png", RIGHT), ("stereo", "pair"), ("kind", "both")], "made larger")):
            reply = server.post_form("/api/v1/jobs", parts)
            assert reply.status == 422 and words in reply.json()["error"]["message"], reply.body
        text = server.post_form("/api/v1/jobs", [("file", "a.png", LEFT), ("file", "b.txt", b"no photo at all, a text"), ("stereo", "pair")])
        assert text.status == 415 and "b.txt" in text.json()["error"]["message"], text.body
        incoming = os.path.join(server.folder, "data", "incoming")
        until(lambda: not os.listdir(incoming), f"{incoming} is not empty", 20)


def both_eyes_are_held_to_the_limits():
    with Server("intake_limits", "--max-pixels", "70000") as server:
        for eyes, status in (((LEFT, RIGHT), 201), ((LEFT, png(400, 200)), 413), ((png(400, 200), RIGHT), 413)):
            reply = server.post_form("/api/v1/jobs", [("left", "a.png", eyes[0]), ("right", "b.png", eyes[1]), ("stereo", "pair")])
            assert reply.status == status, (reply.status, reply.body)


def a_missing_library_is_named():
    with Server("intake_zip") as server:
        job = server.add(LEFT)["id"]
        server.wait(job)
    folder = os.path.join(server.folder, "data", "broken")  # the server may read its data and its program's folder alone
    os.makedirs(folder)
    for name in ("libarchive.so", "libarchive.so.13"):
        open(os.path.join(folder, name), "w").close()
    with Server("intake_zip", keep=True, environment={"LD_LIBRARY_PATH": folder}) as server:
        reply = server.get(f"/api/v1/jobs/{job}/archive.zip")
        assert reply.status == 501 and "libarchive" in reply.json()["error"]["message"], (reply.status, reply.body[:200])


def an_answer_says_once_when_to_come_again():
    held = Held()
    with Server("intake_again", *held.options, "--max-client", "1") as server:
        held.add(server)
        reply = server.post_form("/api/v1/jobs", [("file", "a.png", LEFT)])
        assert reply.status == 429 and len(reply.headers.get_all("Retry-After")) == 1, reply.headers
        held.let_go()


def the_body_may_be_the_photo():
    with Server("intake_body") as server:
        reply = server.request("POST", "/api/v1/jobs?name=boat.png&format=depth&depth_size=64&tag=harbour", LEFT, {"Content-Type": "image/png"})
        assert reply.status == 201, reply.body
        job = server.wait(reply.json()["id"])
        assert job["name"] == "boat.png" and job["options"]["format"] == ["depth"] and job["tag"] == "harbour", job
        assert server.get(job["original"]).body == LEFT
        for path, kind, body, status in (("?strength=99", "image/png", LEFT, 422), ("", "image/png", b"", 422),
                                         ("", "application/octet-stream", b"this is no picture at all", 415),
                                         ("", "text/plain", LEFT, 415)):
            reply = server.request("POST", "/api/v1/jobs" + path, body, {"Content-Type": kind})
            assert reply.status == status, (path, kind, reply.status, reply.body)


def a_key_makes_one_job():
    with Server("intake_key") as server:
        first, second = (server.post_form("/api/v1/jobs", [("file", "a.png", LEFT), *QUICK], {"Idempotency-Key": "k-2f0c9"}) for _ in range(2))
        assert (first.status, second.status) == (201, 200) and first.json()["id"] == second.json()["id"]
        for key, status in (("k" * 128, 201), ("k" * 129, 400), ("", 400)):
            reply = server.post_form("/api/v1/jobs", [("file", "a.png", LEFT), *QUICK], {"Idempotency-Key": key})
            assert reply.status == status, (len(key), reply.status, reply.body)
        other = server.post_form("/api/v1/jobs", [("file", "a.png", LEFT), *QUICK], {"Idempotency-Key": "k-other"})
        assert other.status == 201 and other.json()["id"] != first.json()["id"]
        server.wait(other.json()["id"])


def an_answer_may_wait():
    held = Held()
    with Server("intake_wait", *held.options) as server:
        reply = server.post_form("/api/v1/jobs", [("file", "a.png", LEFT), *QUICK], {"Prefer": "respond-async, wait=60"})
        assert reply.status == 201 and reply.json()["state"] == "done", reply.body
        held.add(server)
        reply = server.post_form("/api/v1/jobs", [("file", "a.png", LEFT), *QUICK], {"Prefer": "wait=1"})
        assert reply.status == 201 and reply.json()["state"] == "queued", reply.json()["state"]
        held.let_go()
        server.wait(reply.json()["id"])


def lists_can_be_narrowed():
    with Server("intake_list") as server:
        mine = {"Cookie": server.get("/api/v1/server").headers["Set-Cookie"].split(";")[0]}
        ids = [server.add(LEFT, options=[("tag", tag)], headers=mine)["id"] for tag in ("a", "b", "a")]
        for job in ids:
            server.wait(job)
        def listed(query):
            return [job["id"] for job in server.request("GET", "/api/v1/jobs?" + query, headers=mine).json()["jobs"]]
        assert listed("tag=a") == [ids[2], ids[0]] and listed("state=done") == ids[::-1] and listed("state=queued,running") == []
        page = server.request("GET", "/api/v1/jobs?tag=a&limit=1", headers=mine).json()
        assert "tag=a" in page["next"]
        assert [job["id"] for job in server.request("GET", page["next"], headers=mine).json()["jobs"]] == [ids[0]]
        assert server.request("GET", "/api/v1/jobs?state=dozing", headers=mine).status == 400


def text_comes_packed():
    with Server("intake_gzip") as server:
        for path in ("/", "/js/app.js", "/base.css", "/api/v1/server", "/api/openapi.json"):
            plain = server.get(path)
            packed = server.get(path, Accept_Encoding="br, gzip;q=0.8")
            assert plain.headers["Content-Encoding"] is None and packed.headers["Content-Encoding"] == "gzip", path
            assert "Accept-Encoding" in packed.headers["Vary"]
            whole = gzip.decompress(packed.body)
            assert whole == plain.body or json.loads(whole)["version"], path
            assert len(packed.body) < 0.7 * len(plain.body), (path, len(packed.body), len(plain.body))
            assert server.get(path, Accept_Encoding="gzip;q=0, br").headers["Content-Encoding"] is None


def the_reference_s_odd_names_are_found():
    with Server("intake_names") as server:
        for name in ("50%25 off.png", "50% off.png", "a%20b.png"):
            files = server.post_form("/upload", [("file", name, LEFT), *QUICK]).json()["files"]
            for path in (files["output_hevc_file"], files["depth_image"]):
                reply = server.get("/download/" + path.replace(" ", "%20"))
                assert reply.status == 200, (path, reply.body)


run([a_pair_keeps_both_eyes, both_eyes_are_held_to_the_limits, a_missing_library_is_named, an_answer_says_once_when_to_come_again, the_body_may_be_the_photo, a_key_makes_one_job, an_answer_may_wait, lists_can_be_narrowed,
     text_comes_packed, the_reference_s_odd_names_are_found])
