#!/usr/bin/python3
"""What the API promises beyond its shapes: files, renders, cancelling, who sees what, sessions, stopping."""
import http.client
import io
import json
import os
import re
import signal
import socket
import struct
import sys
import threading
import time
import urllib.request
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from serving import DATA, PATIENCE_S, QUICK, Held, Server, form, png, run, until

PHOTO = png(48, 32)
JSON = {"Content-Type": "application/json"}


def files_know_ranges_and_etags():
    with Server("ranges") as server:
        job = server.wait(server.add(PHOTO)["id"])
        url = next(file["url"] for file in job["files"] if file["role"] == "left")
        whole = server.get(url)
        etag = whole.headers["ETag"]
        size = len(whole.body)
        assert whole.body.startswith(b"\x89PNG") and whole.headers["Accept-Ranges"] == "bytes"
        for text, status, body in [
                ("bytes=0-9", 206, whole.body[:10]), ("bytes=10-", 206, whole.body[10:]),
                ("bytes=-7", 206, whole.body[-7:]), (f"bytes={size - 1}-{size + 99}", 206, whole.body[-1:]),
                (f"bytes=-{size + 5}", 206, whole.body), ("bytes=0-", 206, whole.body),
                ("bytes=5-3", 200, whole.body), ("bytes=a-b", 200, whole.body), ("bytes=0-1,4-5", 200, whole.body),
                ("lines=0-1", 200, whole.body), ("bytes=99999999999999999999999-", 200, whole.body)]:
            reply = server.get(url, Range=text)
            assert (reply.status, reply.body) == (status, body), (text, reply.status, len(reply.body))
        reply = server.get(url, Range="bytes=10-19")
        assert reply.headers["Content-Range"] == f"bytes 10-19/{size}"
        reply = server.get(url, Range=f"bytes={size}-")
        assert reply.status == 416 and reply.headers["Content-Range"] == f"bytes */{size}"
        assert server.get(url, If_None_Match=etag).status == 304
        assert server.get(url, If_None_Match=f'"other", W/{etag}').status == 304
        assert server.get(url, If_None_Match='"other"').status == 200
        assert server.get(url, Range="bytes=0-1", If_Range=etag).status == 206
        assert server.get(url, Range="bytes=0-1", If_Range='"old"').status == 200
        head = server.request("HEAD", url)
        assert (head.status, head.body, head.headers["Content-Length"]) == (200, b"", str(size))


def names_of_people_arrive_whole_and_harm_nothing():
    with Server("names") as server:
        job = server.wait(server.add(PHOTO, "../../b\u00e4r \U0001f6a4 50%;x.png")["id"])
        assert job["name"] == "b\u00e4r \U0001f6a4 50%;x.png"
        spatial = next(file for file in job["files"] if file["role"] == "spatial")
        assert spatial["name"] == "b\u00e4r \U0001f6a4 50%;x_spatial.heic"
        reply = server.get(spatial["url"] + "&download=1")
        assert reply.status == 200
        assert reply.headers["Content-Disposition"] == (
            'attachment; filename="b_r _ 50_;x_spatial.heic"; '
            "filename*=UTF-8''b%C3%A4r%20%F0%9F%9A%A4%2050%25%3Bx_spatial.heic")
        with zipfile.ZipFile(io.BytesIO(server.get(job["archive"]).body)) as archive:
            assert archive.testzip() is None
            assert sorted(archive.namelist()) == sorted(file["name"] for file in job["files"])
            assert all(info.compress_type == zipfile.ZIP_STORED for info in archive.infolist())
            assert archive.read(spatial["name"]) == reply.body
        original = server.get(job["original"])
        assert original.body == PHOTO and original.headers["Content-Type"] == "image/png"
        found = [name for _, folders, files in os.walk(server.folder) for name in folders + files]
        assert not [name for name in found if "r \U0001f6a4" in name or "50%" in name], found


def previews_are_made_at_once():
    with Server("previews") as server:
        job = server.add(png(640, 400))["id"]
        wait_for_thumbnail(server, job)
        now = server.request("GET", f"/api/v1/jobs/{job}").json()
        for key in ("preview", "thumbnail"):
            reply = server.get(now[key])
            assert reply.headers["Content-Type"] == "image/jpeg" and reply.body.startswith(b"\xff\xd8\xff")
        assert b"\x00\xc8\x01\x40" in server.get(now["thumbnail"]).body  # 200 x 320 in its frame header
        server.wait(job)


def a_render_keeps_the_depth_and_the_old_files_until_it_is_done():
    with Server("render") as server:
        job = server.wait(server.add(PHOTO, options=[("formats", "left,depth")])["id"])
        at = f"/api/v1/jobs/{job['id']}"
        old = server.get(job["files"][0]["url"])
        reply = server.request("POST", at + "/render", b'{"strength": 5.5, "formats": ["left", "right"]}', JSON)
        assert reply.status == 202 and reply.json()["revision"] == 2
        assert len(reply.json()["files"]) == 2
        again = server.wait(job["id"])
        assert {file["role"] for file in again["files"]} == {"left", "right"}
        assert again["options"]["strength"] == 5.5 and again["summary"]["strength"] == 5.5
        assert again["options"]["depth-size"] == 64
        new = server.get(again["files"][0]["url"])
        assert new.headers["ETag"] != old.headers["ETag"]
        assert server.request("POST", at + "/render", b"", JSON).status == 202
        server.wait(job["id"])


def a_failing_photo_says_why():
    with Server("failing") as server:
        broken = PHOTO[:60] + b"\0" * 40
        job = server.wait(server.add(broken, "broken.png")["id"], "failed")
        assert "broken.png" in job["error"]["message"] and "/" not in job["error"]["message"].replace("broken.png", "")
        good = server.wait(server.add(PHOTO)["id"])
        assert good["error"] is None
        reply = server.post_form("/upload/", [("file", "broken.png", broken)])
        assert reply.status == 500 and "broken.png" in reply.json()["detail"]


def waiting_and_running_jobs_can_be_cancelled():
    held = Held()
    with Server("cancel", *held.options) as server:
        first = held.add(server)
        second = server.post_form("/api/v1/jobs", [("file", "big.png", png(900, 700))]).json()["id"]
        assert server.request("DELETE", f"/api/v1/jobs/{second}").json()["state"] == "cancelled"
        assert server.request("DELETE", f"/api/v1/jobs/{first}").status == 202
        server.wait(first, "cancelled")
        assert not held.painter.freed.is_set(), "it waited for the painter"
        reply = server.request("POST", f"/api/v1/jobs/{second}/render", b'{"depth_size": 64}', JSON)
        assert reply.status == 202
        server.wait(second)
        for job in (first, second):
            assert server.request("DELETE", f"/api/v1/jobs/{job}").status == 204
            assert server.request("GET", f"/api/v1/jobs/{job}").status == 404
        left = os.listdir(os.path.join(server.folder, "data", "uploads"))
        assert left == [], left


def each_browser_sees_its_own_list():
    with Server("owners") as server:
        jars = []
        for _ in range(2):
            cookie = server.get("/api/v1/server").headers["Set-Cookie"]
            assert "HttpOnly" in cookie and "SameSite=Strict" in cookie
            jars.append({"Cookie": cookie.split(";")[0]})
        mine = [server.add(PHOTO, headers=jars[0])["id"] for _ in range(5)]
        server.add(PHOTO, headers=jars[1])
        server.add(PHOTO)
        first = server.get("/api/v1/jobs?limit=3", **jars[0]).json()
        rest = server.get(first["next"], **jars[0]).json()
        assert [job["id"] for job in first["jobs"] + rest["jobs"]] == mine[::-1]
        assert rest["next"] is None
        assert len(server.get("/api/v1/jobs", **jars[1]).json()["jobs"]) == 1
        assert server.get("/api/v1/jobs").json()["jobs"] == []
        assert server.get("/api/v1/jobs", Cookie="spx_session=../../x").json()["jobs"] == []
        assert server.get("/api/v1/server", **jars[0]).headers["Set-Cookie"] is None
        assert server.get("/").headers["Set-Cookie"] is None
        for job in mine:
            server.wait(job)


def a_token_guards_everything_but_the_door():
    with Server("token", environment={"SPX_TOKEN": "s3cret-t0ken"}) as server:
        right = {"Authorization": "Bearer s3cret-t0ken"}
        for path in ("/", "/healthz", "/api/openapi.json", "/api/v1/server"):
            assert server.get(path).status == 200, path
        for wrong in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer s3cret-t0kenx"},
                      {"Authorization": "Bearer S3cret-t0ken"}, {"Authorization": "s3cret-t0ken"},
                      {"Authorization": "Basic s3cret-t0ken"}, {"Cookie": "spx_session=" + "0" * 32},
                      {"Cookie": "spx_session=token"}, {"Cookie": "spx_session="}):
            for path in ("/api/v1/jobs", "/api/v1/events", "/metrics", "/download/x", "/api/v1/jobs/" + "0" * 32):
                reply = server.request("GET", path, headers=wrong)
                assert reply.status == 401, (wrong, path, reply.status)
                assert reply.headers["WWW-Authenticate"] == "Bearer"
            for path in ("/api/v1/jobs", "/upload/", "/outpaint/"):
                assert server.post_form(path, [("file", "x.png", PHOTO)], wrong).status == 401
        assert os.listdir(os.path.join(server.folder, "data", "incoming")) == []
        job = server.add(PHOTO, headers=right)["id"]
        assert server.get("/api/v1/server", **right).json()["auth"] == {"required": True, "authorized": True}
        assert server.request("POST", "/api/v1/session", b'{"token": "nope"}', JSON).status == 401
        login = server.request("POST", "/api/v1/session", b'{"token": "s3cret-t0ken"}', JSON)
        assert login.status == 204
        cookie = {"Cookie": login.headers["Set-Cookie"].split(";")[0]}
        assert [item["id"] for item in server.get("/api/v1/jobs", **cookie).json()["jobs"]] == [job]
        server.wait(job, headers=cookie)
        assert server.request("DELETE", "/api/v1/session", headers=cookie).status == 204
        assert server.get("/api/v1/jobs", **cookie).status == 401


def other_sites_and_other_names_are_refused():
    with Server("sites") as server:
        here = f"127.0.0.1:{server.port}"
        for headers, status in [
                ({}, 201), ({"Origin": f"http://{here}"}, 201), ({"Sec-Fetch-Site": "same-origin"}, 201),
                ({"Origin": "https://evil.example"}, 403), ({"Origin": "null"}, 403),
                ({"Origin": f"http://{here}.evil.example"}, 403), ({"Sec-Fetch-Site": "cross-site"}, 403),
                ({"Sec-Fetch-Site": "same-site"}, 403),
                ({"Origin": f"http://{here}", "Sec-Fetch-Site": "cross-site"}, 403)]:
            reply = server.post_form("/api/v1/jobs", [("file", "x.png", PHOTO), *QUICK], headers)
            assert reply.status == status, (headers, reply.status)
            assert reply.headers["Access-Control-Allow-Origin"] is None
        for host, status in [(here, 200), (f"localhost:{server.port}", 200), (f"[::1]:{server.port}", 200),
                             ("evil.example", 421), ("127.0.0.1.evil.example", 421), ("", 421)]:
            assert server.request("GET", "/api/v1/server", headers={"Host": host}).status == status, host


def every_answer_has_the_strict_headers():
    with Server("headers") as server:
        for path in ("/", "/nothing", "/api/v1/jobs", "/healthz", "/download/nothing"):
            headers = server.get(path).headers
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Referrer-Policy"] == "no-referrer"
            policy = headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
        page = server.get("/")
        assert page.headers["Content-Type"] == "text/html; charset=utf-8" and b"<!doctype html>" in page.body.lower()
        assert server.get("/", If_None_Match=page.headers["ETag"]).status == 304


def the_reference_s_clients_work_unchanged():
    with Server("reference") as server:
        reply = server.post_form("/upload/", [("file", "two_outpainted.png", PHOTO)])
        assert reply.status == 200, reply.body
        answer = reply.json()
        folder = answer["output_directory"]
        assert answer["message"] == "Image processed successfully"
        assert folder.startswith("uploads/") and folder.endswith("/two_outpainted_output")
        assert answer["files"]["depth_image"] == folder + "/depth_image.jpg"
        assert answer["files"]["stereo_left"] == folder + "/stereo_left.png"
        assert answer["files"]["stereo_right"] == folder + "/stereo_right.png"
        assert answer["files"]["output_hevc_file"] == folder + "/two_sbs.hevc"
        for path in answer["files"].values():
            reply = server.get("/download/" + path)
            assert reply.status == 200 and reply.headers["Content-Type"] == "application/octet-stream"
            assert "attachment" in reply.headers["Content-Disposition"] and path.rsplit("/")[-1] in reply.headers["Content-Disposition"]
        for path in ("uploads/" + answer["job"] + "/photo", folder, folder + "/", folder + "/../photo", "etc/passwd",
                     folder + "/photo_sbs.hevc", "uploads/../jobs.sqlite", "../jobs.sqlite", "outpainted/" + answer["job"] + "/x"):
            reply = server.get("/download/" + path)
            assert (reply.status, reply.json()) == (404, {"detail": "File not found"}), path
        left = server.get("/download/" + answer["files"]["stereo_left"], Range="bytes=0-7")
        assert (left.status, left.body) == (206, b"\x89PNG\r\n\x1a\n")
        reply = server.get("/download/" + answer["files"]["stereo_left"], Range="bytes=99999999-")
        assert (reply.status, list(reply.json())) == (416, ["detail"]) and reply.headers["Content-Range"].startswith("bytes */")
        reply = server.post_form("/upload/", [("wrong", "x")])
        assert reply.status == 422 and isinstance(reply.json()["detail"], list)


def outpainted_photos_are_kept_and_converted():
    with Server("outpaint") as server:
        reply = server.post_form("/outpaint/", [("file", "small.png", PHOTO)])
        assert reply.status == 200, reply.body
        answer = reply.json()
        assert answer["message"] == "Image outpainted and converted to PNG successfully"
        assert answer["outpaint_path"] == f"outpainted/{answer['job']}/small_outpainted.png"
        picture = server.get("/download/" + answer["outpaint_path"]).body
        assert picture.startswith(b"\x89PNG") and struct.unpack(">II", picture[16:24]) > (48, 32)
        # The reference's page posts the picture again under its new name.
        again = server.post_form("/upload/", [("file", "small_outpainted.png", picture), *QUICK]).json()
        assert again["files"]["output_hevc_file"].endswith("/small_sbs.hevc")

        job = server.add(PHOTO, "small.png", [("kind", "both"), ("margin", "50"), ("margin_top", "0"), ("formats", "left,sbs")])
        done = server.wait(job["id"])
        files = {file["role"]: file for file in done["files"]}
        assert sorted(files) == ["left", "outpainted", "sbs"] and files["sbs"]["name"] == "small_sbs.hevc"
        larger = server.get(files["outpainted"]["url"])
        size = struct.unpack(">II", larger.body[16:24])
        assert size == (96, 48), size
        assert (done["summary"]["width"], done["summary"]["height"]) == size
        assert {warning["code"] for warning in done["warnings"]} == {"tiny-source", "large-border"}, done["warnings"]
        reply = server.request("POST", f"/api/v1/jobs/{job['id']}/render", b'{"strength": 4}', JSON)
        assert reply.status == 202
        again = server.wait(job["id"])
        assert again["warnings"] == done["warnings"], "the picture's warnings are kept with it"
        files = {file["role"]: file for file in again["files"]}
        assert server.get(files["outpainted"]["url"]).body == larger.body
        folder = os.path.join(server.folder, "data", "outpainted", job["id"])
        assert len(os.listdir(folder)) == 3, "one picture, its depth and its warnings"
        server.request("POST", f"/api/v1/jobs/{job['id']}/render", b'{"margin": 30}', JSON)
        server.wait(job["id"])
        until = time.monotonic() + PATIENCE_S
        while len(os.listdir(folder)) != 3:
            assert time.monotonic() < until, os.listdir(folder)
            time.sleep(0.02)


def what_the_local_painter_cannot_is_told():
    """A boat is cut by the left side of this photo."""
    with Server("outpaint_doubts") as server, open(os.path.join(DATA, "cases", "base.jpg"), "rb") as photo:
        job = server.add(photo.read(), "base.jpg", [("kind", "outpaint"), ("margin", "0"), ("margin_left", "40")])
        told = {warning["code"]: warning["text"] for warning in server.wait(job["id"])["warnings"]}
        assert "at the left edge" in told["object-cut"] and "gradio" in told["object-cut"], told
        assert "40 %" in told["large-border"] and "sdapi" in told["large-border"], told


def full_queues_and_busy_clients_are_told_when_to_come_back():
    photo = [("file", "small.png", PHOTO), *QUICK]
    held = Held()
    with Server("limits", *held.options, "--max-queue", "3", "--max-client", "2") as server:
        held.add(server)
        replies = [server.post_form("/api/v1/jobs", photo) for _ in range(3)]
        assert [reply.status for reply in replies] == [201, 429, 429], [reply.status for reply in replies]
        assert int(replies[1].headers["Retry-After"]) > 0
        held.let_go()
        server.wait(replies[0].json()["id"])
        assert server.post_form("/api/v1/jobs", photo).status == 201
    held = Held()
    with Server("limits_queue", *held.options, "--max-queue", "1") as server:
        held.add(server)  # runs, and waits no more
        replies = [server.post_form("/api/v1/jobs", photo) for _ in range(3)]
        assert [reply.status for reply in replies] == [201, 503, 503], [reply.status for reply in replies]
        assert replies[1].json()["error"]["code"] == "queue_full" and int(replies[1].headers["Retry-After"]) > 0
        held.let_go()
        server.wait(replies[0].json()["id"])
        assert server.post_form("/api/v1/jobs", photo).status == 201


def a_stop_returns_running_jobs_to_the_queue():
    held = Held()
    server = Server("stopping", *held.options, "--grace", "0")
    job = held.add(server)
    assert server.stop() == 0
    held.let_go()
    server.start()
    assert server.wait(job)["revision"] == 1
    assert server.stop() == 0


def a_stop_tells_everybody_who_waits():
    """Requests that answer when their photo is done, and streams: none is closed without a word."""
    count = 12
    held = Held()
    server = Server("stopping_waiting", *held.options, "--grace", "0")
    replies = []
    kind, body = form([("file", "small.png", PHOTO), *QUICK])
    ask = lambda: replies.append(server.request("POST", "/upload/", body, {"Content-Type": kind}))  # noqa: E731
    listen = lambda: replies.append(server.get("/api/v1/events"))  # noqa: E731
    threads = [threading.Thread(target=ask if i < count else listen) for i in range(count + 2)]
    held.add(server)
    for thread in threads:
        thread.start()
    until(lambda: server.get("/api/v1/server").json()["queue"]["queued"] == count, "all wait")
    until(lambda: "spx_listeners 14" in server.get("/metrics").body.decode(), "all listen")
    assert server.stop() == 0
    for thread in threads:
        thread.join(PATIENCE_S)
    assert sorted(reply.status for reply in replies) == [200] * 2 + [503] * count, replies


def a_stop_lets_running_jobs_end_and_takes_no_others():
    held = Held()
    server = Server("stopping_grace", *held.options, "--grace", "600")
    job = held.add(server)
    server.process.send_signal(signal.SIGTERM)
    reply = server.get("/healthz")
    while reply.status == 200:
        reply = server.get("/healthz")
    assert (reply.status, reply.json()["error"]["code"]) == (503, "stopping"), reply.body
    late = server.post_form("/api/v1/jobs", [("file", "late.png", PHOTO)])
    assert (late.status, late.json()["error"]["code"]) == (503, "stopping"), late.body
    assert server.get(f"/api/v1/jobs/{job}").json()["state"] == "running"
    held.let_go()
    assert server.process.wait(PATIENCE_S) == 0
    server.close()
    server.start()
    assert server.get(f"/api/v1/jobs/{job}").json()["state"] == "done"
    assert server.stop() == 0


def a_stop_among_busy_connections_is_clean():
    for turn in range(40):
        server = Server("stopping_busy")
        until = time.monotonic() + 0.002 * (turn % 10)
        def ask():
            while server.process.poll() is None:
                try:
                    server.get("/healthz")
                except (OSError, http.client.HTTPException):
                    pass
        askers = [threading.Thread(target=ask) for _ in range(4)]
        for asker in askers:
            asker.start()
        while time.monotonic() < until:
            pass
        code = server.stop()
        for asker in askers:
            asker.join()
        assert code == 0, code


def events_of(text):
    found = []
    for block in text.decode().split("\n\n")[:-1]:
        parts = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line and not line.startswith(":"))
        if "data" in parts:
            found.append((parts["id"], parts["event"], json.loads(parts["data"])))
    return found


ENDS = set()  # jobs that end a stream of all: news of one's preview may come in the next stream


def stream(server, path, last_id=None, headers=None):
    """The events of a stream: of one job's until it ends, of all jobs' until one that is added now is done, which is left
    out: [(id, event, data)]."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_S)
    connection.request("GET", path, headers=dict(headers or {}, **({"Last-Event-ID": last_id} if last_id else {})))
    response = connection.getresponse()
    if response.status != 200:
        return response.status
    assert response.headers["Content-Type"] == "text/event-stream"
    last = server.add(PHOTO, headers=headers)["id"] if path == "/api/v1/events" else None
    if last is not None:
        ENDS.add(last)
    text = b""
    while piece := response.read1(65536):
        text += piece
        if any(data.get("id") == last and data.get("state") == "done" for _, _, data in events_of(text)):
            wait_for_thumbnail(server, last)
            break
    connection.close()
    return [event for event in events_of(text) if last is None or event[2].get("id") not in ENDS]


def wait_for_thumbnail(server, job):
    until = time.monotonic() + PATIENCE_S
    while server.get(f"/api/v1/jobs/{job}").json()["thumbnail"] is None:
        assert time.monotonic() < until
        time.sleep(0.02)


def events_tell_what_was_missed():
    with Server("events") as server:
        mine, other = ({"Cookie": server.get("/api/v1/server").headers["Set-Cookie"].split(";")[0]} for _ in range(2))
        job = server.add(PHOTO, headers=mine)["id"]
        events = stream(server, f"/api/v1/jobs/{job}/events")
        assert events[-1][0] == "1-done" and events[-1][2]["state"] == "done", events
        percents = [event[2]["percent"] for event in events if event[1] == "job"]
        assert percents == sorted(percents)
        assert [event[1] for event in events].count("depth") <= 2, "a first one and a better one"
        # Who has seen the end is told not to come again; who has not sees it once more.
        assert stream(server, f"/api/v1/jobs/{job}/events", "1-done") == 204
        assert len(stream(server, f"/api/v1/jobs/{job}/events", "1-running")) == 1
        # A stream of all jobs goes on where it was left: with what ended meanwhile.
        wait_for_thumbnail(server, job)
        assert stream(server, "/api/v1/events", headers=mine) == []
        begin = str(int(time.time() * 1000))
        later = server.add(PHOTO, headers=mine)["id"]
        server.wait(later)
        wait_for_thumbnail(server, later)
        seen = stream(server, "/api/v1/events", begin, mine)
        # One event, or two of the same state when the preview became known between them.
        assert {event[2]["id"] for event in seen} == {later} and int(seen[0][0]) >= int(begin), seen
        assert stream(server, "/api/v1/events", "x" * 99, mine) == []
        assert stream(server, "/api/v1/events", begin, other) == []


def a_proxy_s_word_counts_when_it_is_trusted():
    held = Held()
    with Server("proxy", *held.options, "--trust-proxy", "--max-client", "1") as server:
        def add(address, **more):
            return server.post_form("/api/v1/jobs", [("file", "small.png", PHOTO), *QUICK], {"X-Forwarded-For": address, **more})
        held.add(server, headers={"X-Forwarded-For": "9.9.9.9, 2001:db8:1:2::1"})
        # One customer has a whole network of IPv6 addresses.
        assert add("2001:db8:1:2:ffff::7").status == 429
        assert add("2001:db8:1:3::1").status == 201
        public = {"Host": "10.0.0.7:8002", "X-Forwarded-Host": "photos.example", "Origin": "https://photos.example"}
        assert add("192.0.2.1", **public).status == 201
        assert add("192.0.2.2", **dict(public, Origin="https://evil.example")).status == 403
        cookie = server.get("/api/v1/server", X_Forwarded_Proto="https").headers["Set-Cookie"]
        assert cookie.endswith("; Secure")
        held.let_go()
    with Server("no_proxy") as server:
        headers = {"X-Forwarded-Host": "evil.example", "Origin": "http://evil.example"}
        assert server.post_form("/api/v1/jobs", [("file", "x.png", PHOTO), *QUICK], headers).status == 403
        assert "Secure" not in server.get("/api/v1/server", X_Forwarded_Proto="https").headers["Set-Cookie"]


def one_address_cannot_take_all_connections():
    with Server("addresses", "--host", "0.0.0.0", "--max-connections", "16") as server:
        held = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(12)]
        time.sleep(0.2)
        other = http.client.HTTPConnection("127.0.0.1", server.port, source_address=("127.0.0.2", 0), timeout=PATIENCE_S)
        assert server.request("GET", "/healthz", connection=other).status == 200
        other.close()
        for sock in held:
            sock.close()
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                assert server.get("/healthz").status == 200
                break
            except OSError:
                assert time.monotonic() < until
        with open(os.path.join(server.folder, "stderr.txt")) as file:
            assert "--token" in file.read(), "nobody was told that the server is open to everybody"


def the_address_can_be_followed():
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return  # no IPv6 here
    with Server("ipv6", "--host", "::1") as server:
        assert server.address == f"http://[::1]:{server.port}", server.address
        with urllib.request.urlopen(server.address + "/healthz", timeout=PATIENCE_S) as reply:
            assert json.load(reply) == {"status": "ok"}


def metrics_count_what_was_done():
    with Server("metrics") as server:
        server.wait(server.add(PHOTO)["id"])
        text = server.get("/metrics").body.decode()
        assert 'spx_jobs{state="done"} 1' in text and "spx_job_seconds_count 1" in text
        # The text format of Prometheus, 0.0.4: each family is described before its samples.
        described = {}
        for line in text.splitlines():
            if line.startswith("# "):
                kind, name, words = re.fullmatch(r"# (HELP|TYPE) ([a-z_]+) (.+)", line).groups()
                described.setdefault(name, []).append(kind)
                assert kind == "HELP" or words in ("counter", "gauge", "summary"), line
            else:
                name = re.fullmatch(r'([a-z_]+)(?:\{[a-z]+="[a-z0-9]+"\})? [0-9]+(?:\.[0-9]+)?', line).group(1)
                assert described.get(re.sub("_(sum|count)$", "", name)) == ["HELP", "TYPE"], line


run([files_know_ranges_and_etags, names_of_people_arrive_whole_and_harm_nothing, previews_are_made_at_once,
     a_render_keeps_the_depth_and_the_old_files_until_it_is_done, a_failing_photo_says_why,
     waiting_and_running_jobs_can_be_cancelled, each_browser_sees_its_own_list, a_token_guards_everything_but_the_door,
     other_sites_and_other_names_are_refused, every_answer_has_the_strict_headers,
     the_reference_s_clients_work_unchanged, outpainted_photos_are_kept_and_converted, what_the_local_painter_cannot_is_told, full_queues_and_busy_clients_are_told_when_to_come_back,
     a_stop_tells_everybody_who_waits, a_stop_returns_running_jobs_to_the_queue, a_stop_lets_running_jobs_end_and_takes_no_others,
     a_stop_among_busy_connections_is_clean, events_tell_what_was_missed,
     a_proxy_s_word_counts_when_it_is_trusted, one_address_cannot_take_all_connections, the_address_can_be_followed, metrics_count_what_was_done])
