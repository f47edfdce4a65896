#!/usr/bin/env python3
"""Clients of a server: pages of other sites, keys with limits of their own, and the log of what they asked."""
import hashlib
import json
import os
import signal
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from serving import OUT, PATIENCE_S, PROGRAM, QUICK, Held, Server, png, run, until

PHOTO = png(160, 100)
SITE = "https://app.example.com"


def preflight(server, path, origin, method="POST"):
    return server.request("OPTIONS", path, headers={"Origin": origin, "Access-Control-Request-Method": method,
                                                    "Access-Control-Request-Headers": "authorization, content-type"})


def pages_of_named_sites_may_ask():
    with Server("clients_cors", "--cors", SITE, "--cors", "http://localhost:3000") as server:
        for origin in (SITE, "http://localhost:3000"):
            reply = preflight(server, "/api/v1/jobs", origin)
            assert reply.status == 204 and reply.body == b"", (reply.status, reply.body)
            assert reply.headers["Access-Control-Allow-Origin"] == origin
            assert "POST" in reply.headers["Access-Control-Allow-Methods"] and "DELETE" in reply.headers["Access-Control-Allow-Methods"]
            assert "Authorization" in reply.headers["Access-Control-Allow-Headers"] and "Idempotency-Key" in reply.headers["Access-Control-Allow-Headers"]
            assert reply.headers["Access-Control-Allow-Credentials"] is None and reply.headers["Set-Cookie"] is None
        page = {"Origin": SITE, "Sec-Fetch-Site": "cross-site"}
        reply = server.post_form("/api/v1/jobs", [("file", "a.png", PHOTO), *QUICK], page)
        assert reply.status == 201 and reply.headers["Access-Control-Allow-Origin"] == SITE, (reply.status, reply.body)
        assert "Origin" in " ".join(reply.headers.get_all("Vary")) and "Location" in reply.headers["Access-Control-Expose-Headers"]
        assert reply.headers["Set-Cookie"] is None
        job = reply.json()["id"]
        server.wait(job)
        assert preflight(server, f"/api/v1/jobs/{job}", SITE, "DELETE").status == 204
        assert server.request("DELETE", f"/api/v1/jobs/{job}", headers=page).status == 204
        assert preflight(server, "/api/v1/nothing", SITE).status == 404
        assert preflight(server, "/api/v1/events", SITE, "DELETE").status == 405


def pages_of_other_sites_may_not():
    with Server("clients_cors_not", "--cors", SITE) as server:
        for origin in ("https://evil.example.com", "https://app.example.com.evil.com", "http://app.example.com", "null", SITE + ":8443"):
            reply = preflight(server, "/api/v1/jobs", origin)
            assert reply.status in (403, 405) and reply.headers["Access-Control-Allow-Origin"] is None, (origin, reply.status)
            reply = server.post_form("/api/v1/jobs", [("file", "a.png", PHOTO)], {"Origin": origin})
            assert reply.status == 403 and reply.headers["Access-Control-Allow-Origin"] is None, (origin, reply.status)
            assert server.get("/api/v1/server", Origin=origin).headers["Access-Control-Allow-Origin"] is None
        # A page of a named site has no cookie: not a visitor's jobs either.
        mine = {"Cookie": server.get("/api/v1/server").headers["Set-Cookie"].split(";")[0]}
        job = server.add(PHOTO, headers=mine)["id"]
        assert len(server.request("GET", "/api/v1/jobs", headers=mine).json()["jobs"]) == 1
        assert server.request("GET", "/api/v1/jobs", headers=dict(mine, Origin=SITE)).json()["jobs"] == []
        server.wait(job)
    with Server("clients_cors_none") as server:
        assert preflight(server, "/api/v1/jobs", SITE).status in (403, 405)
    with Server("clients_cors_all", "--cors", "*") as server:
        reply = preflight(server, "/api/v1/jobs", "https://anybody.example")
        assert reply.status == 204 and reply.headers["Access-Control-Allow-Credentials"] is None
        assert preflight(server, "/api/v1/jobs", "null").status in (403, 405)
    done = subprocess.run([PROGRAM, "serve", "--port", "0", "--cors", "https://a.b/path"], capture_output=True, text=True, timeout=PATIENCE_S)
    assert done.returncode == 2 and "--cors" in done.stderr, done


def write_keys(path, *lines):
    with open(path, "w") as file:
        for name, key, limits in lines:
            file.write(f"{name} {hashlib.sha256(key.encode()).hexdigest()} {limits}\n")


def bearer(key):
    return {"Authorization": "Bearer " + key}


def each_key_has_its_jobs_and_limits():
    keys = os.path.join(OUT, "clients_keys.txt")
    write_keys(keys, ("acme", "key of acme", "at-once=2 jobs-a-day=4"), ("beta", "key of beta", ""), ("slow", "key of slow", "rate=6"))
    held = Held()
    with Server("clients_keys", *held.options, "--keys", keys, "--token", "the token itself") as server:
        assert server.get("/api/v1/server").json()["auth"] == {"required": True, "authorized": False}
        assert server.get("/api/v1/jobs").status == 401
        assert server.request("GET", "/api/v1/jobs", headers=bearer("key of nobody")).status == 401
        acme, beta, token = bearer("key of acme"), bearer("key of beta"), bearer("the token itself")
        first = server.add(PHOTO, headers=acme)["id"]
        server.wait(first, headers=acme)
        def listed(who):
            return [job["id"] for job in server.request("GET", "/api/v1/jobs", headers=who).json()["jobs"]]
        assert listed(acme) == [first] and listed(beta) == [] and listed(token) == []
        # at once
        runs, waits = held.add(server, headers=acme), server.add(PHOTO, headers=acme)["id"]
        reply = server.post_form("/api/v1/jobs", [("file", "a.png", PHOTO), *QUICK], acme)
        assert reply.status == 429 and int(reply.headers["Retry-After"]) >= 1, (reply.status, reply.body)
        for job in (runs, waits):
            server.request("DELETE", f"/api/v1/jobs/{job}", headers=acme)
            server.wait(job, "cancelled", headers=acme)
        # a day
        last = server.post_form("/api/v1/jobs", [("file", "a.png", PHOTO), *QUICK], acme)
        assert last.status == 201, last.body
        server.wait(last.json()["id"], headers=acme)
        server.request("DELETE", f"/api/v1/jobs/{last.json()['id']}", headers=acme)  # what is deleted counts
        reply = server.post_form("/api/v1/jobs", [("file", "a.png", PHOTO), *QUICK], acme)
        assert reply.status == 429 and "today" in reply.json()["error"]["message"], reply.body
        assert 0 < int(reply.headers["Retry-After"]) <= 86400
        server.add(PHOTO, headers=beta)
        # a cookie for a key
        login = server.request("POST", "/api/v1/session", json.dumps({"token": "key of acme"}), {"Content-Type": "application/json"})
        jar = {"Cookie": login.headers["Set-Cookie"].split(";")[0]}
        assert login.status == 204 and first in listed(jar)
        # rate
        replies = [server.request("GET", "/api/v1/jobs", headers=bearer("key of slow")) for _ in range(7)]
        assert [reply.status for reply in replies] == [200] * 6 + [429]
        assert [reply.headers["RateLimit-Remaining"] for reply in replies] == ["5", "4", "3", "2", "1", "0", "0"]
        assert replies[0].headers["RateLimit-Limit"] == "6" and int(replies[6].headers["RateLimit-Reset"]) <= 60
        assert 1 <= int(replies[6].headers["Retry-After"]) <= 10
        assert server.request("GET", "/api/v1/jobs", headers=beta).headers["RateLimit-Limit"] is None
        # another file, without a restart
        write_keys(keys, ("beta", "new key of beta", ""))
        server.process.send_signal(signal.SIGHUP)
        until(lambda: server.request("GET", "/api/v1/jobs", headers=bearer("new key of beta")).status == 200, "the new key is not taken", 20)
        for who in (acme, beta, jar):
            assert server.request("GET", "/api/v1/jobs", headers=who).status == 401
        assert listed(bearer("new key of beta")) != [] and listed(token) == []
        # one that cannot be read changes nothing
        with open(keys, "w") as file:
            file.write("beta no hash\n")
        server.process.send_signal(signal.SIGHUP)
        until(lambda: "line 1" in open(os.path.join(server.folder, "stderr.txt")).read(), "nothing is said of line 1", 20)
        assert server.request("GET", "/api/v1/jobs", headers=bearer("new key of beta")).status == 200
    done = subprocess.run([PROGRAM, "serve", "--port", "0", "--keys", keys, "--data", os.path.join(OUT, "clients_bad")],
                          capture_output=True, text=True, timeout=PATIENCE_S)
    assert done.returncode == 1 and "line 1" in done.stderr, done


def the_log_tells_no_secrets():
    log = os.path.join(OUT, "clients_access", "access.log")
    os.makedirs(os.path.dirname(log), exist_ok=True)
    for name in os.listdir(os.path.dirname(log)):
        os.unlink(os.path.join(os.path.dirname(log), name))
    keys = os.path.join(OUT, "clients_log_keys.txt")
    write_keys(keys, ("acme", "key of acme", ""))
    with Server("clients_log", "--access-log", log, "--keys", keys) as server:
        acme = bearer("key of acme")
        job = server.add(PHOTO, headers=acme)["id"]
        server.wait(job, headers=acme)
        server.request("GET", f"/api/v1/jobs/{job}/files/photo_sbs.hevc?download=1&secret=of-the-query", headers=dict(acme, **{"User-Agent": "test/1"}))
        server.get("/nothing%22%0a{}")
        server.get("/%ff%fe")
        server.request("POST", "/api/v1/session", json.dumps({"token": "key of acme"}), {"Content-Type": "application/json"})
        # A line is written when its answer has gone: that may be after the client's next request.
        until(lambda: "/api/v1/session" in open(log).read(), "the last request is not in the log", 20)
        os.rename(log, log + ".1")
        server.process.send_signal(signal.SIGHUP)
        until(lambda: os.path.exists(log), "there is no new log", 20)
        server.get("/healthz")
    before, after = (open(path).read() for path in (log + ".1", log))
    lines = [json.loads(line) for line in before.splitlines()]
    assert job not in before and "secret" not in before and "key of acme" not in before and "spx_session" not in before
    assert [json.loads(line)["path"] for line in after.splitlines()] == ["/healthz"]
    made = next(line for line in lines if line["method"] == "POST" and line["path"] == "/api/v1/jobs")
    assert (made["status"], made["key"], made["ended"]) == (201, "acme", True), made
    assert made["received"] > len(PHOTO) and made["ms"] >= 0 and made["time"].endswith("Z")
    file = next(line for line in lines if line["agent"] == "test/1")
    assert file["path"] == f"/api/v1/jobs/{job[:8]}.../files/photo_sbs.hevc", file
    assert [line["status"] for line in lines if line["path"].startswith("/nothing")] == [404]


run([pages_of_named_sites_may_ask, pages_of_other_sites_may_not, each_key_has_its_jobs_and_limits, the_log_tells_no_secrets])
