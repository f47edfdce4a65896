#!/usr/bin/python3
"""Requests of clients that are broken or mean harm: each gets a clear answer, and the server goes on."""
import io
import json
import os
import re
import socket
import struct
import sys
import time
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from serving import PATIENCE_S, QUICK, Server, form, png, run

PHOTO = png(48, 32)
JSON = {"Content-Type": "application/json"}
SERVER = Server("bad_requests", "--max-upload", "200K", "--max-pixels", "1000000")
INCOMING = os.path.join(SERVER.folder, "data", "incoming")
UPLOADS = os.path.join(SERVER.folder, "data", "uploads")


def nothing_stays_behind():
    """The file of a refused upload goes with its request, which may end a moment after the answer."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if not os.listdir(INCOMING):
            return
        time.sleep(0.02)
    raise AssertionError(os.listdir(INCOMING))


def raw(data, timeout=PATIENCE_S, half_close=False):
    """Sends bytes as they are; returns everything that comes back."""
    with socket.create_connection(("127.0.0.1", SERVER.port), timeout=timeout) as sock:
        try:
            for piece in data if isinstance(data, list) else [data]:
                sock.sendall(piece)
            if half_close:
                sock.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it hung up on us while we wrote: the answer may still be there
        out = b""
        try:
            while True:
                got = sock.recv(65536)
                if not got:
                    return out
                out += got
        except OSError:
            return out


def alive():
    assert SERVER.get("/healthz").json() == {"status": "ok"}


def no_path_leads_out():
    job = SERVER.wait(SERVER.add(PHOTO)["id"])["id"]
    tricks = ["../jobs.sqlite", "..%2f..%2fjobs.sqlite", "%2e%2e/%2e%2e/jobs.sqlite", "..%5c..%5cjobs.sqlite",
              "%252e%252e%252fjobs.sqlite", "/etc/passwd", "%2fetc%2fpasswd", "....//....//etc/passwd", "photo",
              "photo%00.png", "depth_image.jpg%00x", "output-1/depth_image.jpg", "depth.cache", ".", "..", "",
              "%c0%ae%c0%ae/jobs.sqlite", "preview.jpg/../photo", "a" * 3000, "\\..\\photo", "%ff%fe"]
    for trick in tricks:
        for base in (f"/api/v1/jobs/{job}/files/", f"/api/v1/jobs/{trick}/files/", f"/download/uploads/{job}/",
                     f"/download/uploads/{job}/photo_output/", "/download/", f"/download/outpainted/{job}/", "/",
                     "/api/v1/jobs/"):
            request = f"GET {base}{trick} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            reply = raw(request.encode("latin-1"))
            status = reply.split(b" ")[1] if reply else b"closed"
            # A zero byte ends a name: what is before it may be found.
            allowed = (b"200", b"404") if "%00" in trick or trick in (".", "..", "") else (b"404",)
            assert status in allowed, (base + trick, reply[:200])
            assert b"SQLite format" not in reply and b"root:" not in reply, base + trick
    for method, path in (("DELETE", "/api/v1/jobs/..%2f..%2fx"), ("POST", "/api/v1/jobs/%2e%2e/render")):
        assert SERVER.request(method, path, b"{}", JSON).status in (404, 405)
    for before in ("../x", "'; DROP TABLE jobs; --", "%00", "0" * 31, "0" * 33):
        assert SERVER.get("/api/v1/jobs?before=" + before.replace(" ", "+")).status == 400
    for limit in ("0", "201", "-1", "x", "1e2", "99999999999999999999"):
        assert SERVER.get("/api/v1/jobs?limit=" + limit).status == 400
    alive()


def broken_forms_are_told_so():
    kind, body = form([("file", "x.png", PHOTO), *QUICK])
    for content_type, data, statuses in [
            ("multipart/form-data", body, (400,)),
            ("multipart/form-data; boundary=", body, (400,)),
            ("multipart/form-data; boundary=other", body, (400, 422)),
            ("multipart/form-data; boundary=" + "x" * 500, body, (400, 422)),
            (kind, b"", (400, 422)),
            (kind, body[:-30], (400,)),
            (kind, body[:200], (400,)),
            (kind, b"\0" * 1000, (400, 422)),
            (kind, body.replace(b"\r\n", b"\n"), (400, 415, 422)),
            ("text/plain", body, (415,)),
            ("application/x-www-form-urlencoded", b"file=x", (415,)),
            ("application/json", b"{}", (415,))]:
        reply = SERVER.request("POST", "/api/v1/jobs", data, {"Content-Type": content_type})
        assert reply.status in statuses, (content_type, reply.status, reply.body)
        assert reply.json()["error"]["message"]
    assert SERVER.request("POST", "/api/v1/jobs", body).status == 415
    nothing_stays_behind()
    alive()


def forms_with_wrong_parts_are_told_so():
    file = ("file", "x.png", PHOTO)
    for parts, status in [
            ([], 422), ([("strength", "2")], 422), ([("file", PHOTO)], 422), ([("file", "x.png", b"")], 422),
            ([("photo", "x.png", PHOTO)], 422), ([file, file], 422), ([file] * 10, 422),
            ([file, ("other", "y.png", PHOTO)], 422), ([file, ("unknown", "1")], 422),
            ([file, ("strength", "11")], 422), ([file, ("strength", "nan")], 422), ([file, ("kind", "destroy")], 422),
            ([file, ("model", "../../etc/passwd")], 422), ([file, ("model", "/etc/passwd")], 422),
            ([file, ("model", "no-such-model")], 422), ([file, ("depth_size", "2049")], 422),
            ([file, ("quality", "0")], 422), ([file, ("quality", "85.5")], 422), ([file, ("hfov", "171")], 422),
            ([file, ("baseline", "0")], 422), ([file, ("views", "middle")], 422), ([file, ("margin", "301")], 422),
            ([file, ("aspect", "0:0")], 422), ([file, ("aspect", "16:")], 422), ([file, ("seed", "-1")], 422),
            ([file, ("depth_cache", "/tmp/x")], 422), ([file, ("output_dir", "/tmp")], 422),
            ([file, ("strength", "2" * 5000)], 422), ([file, ("x" * 5000, "1")], 422),
            ([file, ("formats", "")], 422), ([file, ("painter", "remote")], 422),
            ([file] + [("strength", "1")] * 100, 400),
            ([("file", "x.jpg", b"%PDF-1" + b"\0" * 100)], 415), ([("file", "x.png", b"<svg onload='x'/>")], 415),
            ([("file", "x.heic", b"\0\0\0\x18ftypqt  " + b"\0" * 40)], 415), ([("file", "x.jpg", b"\xff")], 415),
            ([("file", "x.png", PHOTO + b"\0" * 250000)], 413),
            ([("file", "x.png", PHOTO[:16] + struct.pack(">II", 1001, 1000) + PHOTO[24:])], 413)]:
        reply = SERVER.post_form("/api/v1/jobs", parts)
        assert reply.status == status, ([part[:2] for part in parts][:3], reply.status, reply.body)
        assert reply.json()["error"]["message"]
    nothing_stays_behind()
    alive()


def texts_that_are_not_utf8_are_told_so():
    head = (b"POST %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=between\r\n"
            b"Content-Length: %d\r\n\r\n")
    field = b"--between\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n--between--\r\n"
    for name, value in ((b"strength", b"\xff\xfe"), (b"format", b"\xc3"), (b"model", b"\xed\xa0\x80"), (b"\xff", b"1")):
        body = field % (name, value)
        for path in (b"/api/v1/jobs", b"/upload/"):
            reply = raw(head % (path, len(body)) + body)
            assert reply.startswith(b"HTTP/1.1 422 "), (name, path, reply)
            assert "\ufffd" in json.dumps(json.loads(reply.split(b"\r\n\r\n", 1)[1]), ensure_ascii=False), reply
    job = SERVER.wait(SERVER.add(PHOTO)["id"])["id"]
    assert SERVER.get(f"/api/v1/jobs/{job}/archive.zip?format=%ff").status == 422
    alive()


def names_of_files_harm_nothing():
    for name in ("a%0d%0aSet-Cookie: spx_session=1.png", "q%22; filename=%22x.exe", "\u202egpj.exe", ".htaccess", "..", "/",
                 "....", "C:\\x\\y.png", "../../../etc/cron.d/x", "\u65e5\u672c\u8a9e.png", "a" * 400 + ".png",
                 "\u20ac" * 150, "tab\there.png", "<script>alert(1)</script>.png", "COM1", "x.png.", " . "):
        job = SERVER.wait(SERVER.add(PHOTO, name, [("formats", "spatial")])["id"])
        assert job["name"] and not set(job["name"]) & set('/\\:*?"<>|\r\n\t\u202e'), ascii(job["name"])
        assert len(job["name"].encode()) < 208 and not job["name"].startswith(".")
        for url in (job["files"][0]["url"] + "&download=1", job["original"], job["archive"]):
            reply = SERVER.get(url)
            assert reply.status == 200 and "spx_session" not in str(reply.headers.get_all("Set-Cookie")), ascii(name)
            shown = reply.headers["Content-Disposition"]
            assert shown.isprintable() and shown.isascii() and shown.count('"') == 2, ascii(shown)
        with zipfile.ZipFile(io.BytesIO(reply.body)) as archive:
            assert archive.namelist() == [job["files"][0]["name"]], archive.namelist()
        assert SERVER.request("DELETE", f"/api/v1/jobs/{job['id']}").status == 204
    alive()


def renders_that_make_no_sense_are_refused():
    job = SERVER.wait(SERVER.add(PHOTO)["id"])["id"]
    at = f"/api/v1/jobs/{job}/render"
    for body, status in [(b"{", 400), (b"[]", 400), (b"1", 400), (b'{"a": 1, "a": 2}', 400), (b"\xff\xfe", 400),
                         (b'{"strength": null}', 422), (b'{"strength": {}}', 422), (b'{"strength": 1e999}', 400),
                         (b'{"no_such": 1}', 422), (b'{"model": "../x"}', 422), (b'{"model": "no-such-model"}', 422),
                         (b'{"formats": []}', 422),
                         (b"[" * 15000, 400), (b'{"strength": "' + b"1" * 20000 + b'"}', 413)]:
        reply = SERVER.request("POST", at, body, JSON)
        assert reply.status == status, (body[:40], reply.status, reply.body)
    assert SERVER.request("POST", at, b"{}", {"Content-Type": "text/plain"}).status == 415
    assert SERVER.request("POST", f"/api/v1/jobs/{'0' * 32}/render", b"{}", JSON).status == 404
    alive()


def wrong_methods_say_which_are_right():
    job = "0" * 32
    for method, path, allow in [
            ("PUT", "/api/v1/jobs", "GET, HEAD, POST"), ("DELETE", "/api/v1/jobs", "GET, HEAD, POST"),
            ("PATCH", f"/api/v1/jobs/{job}", "DELETE, GET, HEAD"), ("GET", "/upload/", "POST"),
            ("POST", "/healthz", "GET, HEAD"), ("GET", f"/api/v1/jobs/{job}/render", "POST"),
            ("POST", "/", "GET, HEAD"), ("OPTIONS", "/api/v1/jobs", "GET, HEAD, POST"),
            ("TRACE", "/api/v1/server", "GET, HEAD"), ("BREW", "/api/v1/session", "DELETE, POST")]:
        reply = SERVER.request(method, path)
        assert reply.status == 405 and reply.headers["Allow"] == allow, (method, path, reply.status, reply.headers["Allow"])
    assert SERVER.request("POST", "/nothing").status == 404
    alive()


def long_bodies_are_refused_before_they_are_read():
    reply = raw(b"POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=xyz\r\n"
                b"Content-Length: 99999999999\r\n\r\n")
    assert reply.startswith(b"HTTP/1.1 413 "), reply[:100]
    reply = raw(b"POST /upload/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=xyz\r\n"
                b"Content-Length: 999999999\r\nExpect: 100-continue\r\n\r\n")
    assert reply.startswith(b"HTTP/1.1 413 ") and b"100 Continue" not in reply, reply[:100]
    alive()


def endless_bodies_end():
    head = (b"POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=xyz\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n")
    start = b"--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n" + PHOTO
    first = b"%x\r\n" % len(start) + start + b"\r\n"
    chunk = b"10000\r\n" + b"\0" * 65536 + b"\r\n"
    reply = raw([head, first] + [chunk] * 400)
    assert reply == b"" or reply.startswith(b"HTTP/1.1 4"), reply[:100]
    reply = raw([head, first, b"10000\r\n", b"\0" * 100], timeout=2, half_close=True)
    assert reply == b"" or reply.startswith(b"HTTP/1.1 4"), reply[:100]
    reply = raw([head, b"zzzz\r\n"], timeout=2)
    assert reply == b"" or reply.startswith(b"HTTP/1.1 4"), reply[:100]
    whole = start + b"\r\n--xyz\r\nContent-Disposition: form-data; name=\"depth_size\"\r\n\r\n64\r\n--xyz--\r\n"
    reply = raw([head.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"),
                 b"".join(b"1\r\n" + whole[i:i + 1] + b"\r\n" for i in range(len(whole))) + b"0\r\n\r\n"])
    assert reply.startswith(b"HTTP/1.1 201 "), reply[:200]
    job = json.loads(reply.split(b"\r\n\r\n", 1)[1])
    assert job["size"] == len(PHOTO) and job["options"]["depth-size"] == 64, job
    assert SERVER.get(job["original"]).body == PHOTO
    alive()


def broken_http_is_refused():
    for data in [b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * 100000 + b"\r\n\r\n",
                 b"GET /" + b"a" * 100000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
                 b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"".join(b"X%d: y\r\n" % i for i in range(20000)) + b"\r\n",
                 b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 100 + b"\r\n\r\n",
                 b"GET\r\n\r\n", b"POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
                 b"POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n"]:
        reply = raw(data, timeout=2)
        assert reply == b"" or reply.startswith(b"HTTP/1.1 4") or reply.startswith(b"HTTP/1.0 4"), (data[:60], reply[:100])
        alive()


def requests_of_two_lengths_are_refused():
    """A second request that hides in the body of the first is not answered."""
    head = b"POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    hidden = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    for framing, body in [
            (b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n"),
            (b"Transfer-Encoding: chunked\r\nContent-Length: 60\r\n", b"0\r\n\r\n"),
            (b"Content-Length: 2\r\nContent-Length: %d\r\n" % (2 + len(hidden)), b"{}"),
            (b"Transfer-Encoding : chunked\r\nContent-Length: 2\r\n", b"{}"),
            (b"Host: evil.example\r\nContent-Length: 2\r\n", b"{}")]:
        reply = raw(head + framing + b"\r\n" + body + hidden, timeout=PATIENCE_S)
        answers = re.findall(rb"HTTP/1\.1 \d{3} ", reply)  # the page of a refusal may speak of HTTP/1.1 too
        assert len(answers) == 1 and reply.startswith(b"HTTP/1.1 400 "), (framing, reply[:300])
        assert b"\r\nConnection: close\r\n" in reply, reply
    alive()


def refused_uploads_read_their_answer():
    """A browser sends its whole body before it reads: it must see the reason, not a broken connection."""
    kind, body = form([("file", "x.pdf", b"%PDF-1" + b"\0" * 150000)])
    for _ in range(5):
        reply = SERVER.request("POST", "/api/v1/jobs", body, {"Content-Type": kind})
        assert reply.status == 415
        reply = SERVER.request("POST", "/api/v1/jobs", body, {"Content-Type": kind, "Origin": "http://evil.example"})
        assert reply.status == 403
    alive()


def connections_are_kept_for_the_next_request():
    connection = SERVER.connect()
    for _ in range(20):
        assert SERVER.request("GET", "/healthz", connection=connection).status == 200
        assert SERVER.request("GET", "/nothing", connection=connection).status == 404
    kind, body = form([("file", "x.pdf", b"%PDF-1" + b"\0" * 5000)])
    assert SERVER.request("POST", "/api/v1/jobs", body, {"Content-Type": kind}, connection).status == 415
    assert SERVER.request("GET", "/healthz", connection=connection).status == 200
    connection.close()


def nothing_is_left_behind():
    until = time.monotonic() + PATIENCE_S
    while '"queued"} 0' not in (text := SERVER.get("/metrics").body.decode()) or '"running"} 0' not in text:
        assert time.monotonic() < until
        time.sleep(0.02)
    assert SERVER.stop() == 0
    nothing_stays_behind()


try:
    run([no_path_leads_out, broken_forms_are_told_so, forms_with_wrong_parts_are_told_so, texts_that_are_not_utf8_are_told_so, names_of_files_harm_nothing,
         renders_that_make_no_sense_are_refused, wrong_methods_say_which_are_right,
         long_bodies_are_refused_before_they_are_read, endless_bodies_end, broken_http_is_refused,
         requests_of_two_lengths_are_refused, refused_uploads_read_their_answer, connections_are_kept_for_the_next_request, nothing_is_left_behind])
finally:
    if SERVER.process.poll() is None:
        SERVER.kill()
