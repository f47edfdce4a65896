#!/usr/bin/python3
"""Every path and method of the OpenAPI document is asked of the real server; status, media type and fields of the
answers are those of the document, and the server knows no path that the document does not."""
import json
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from schema import check
from serving import QUICK, Server, form, png, run

ROUTES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "apps", "server", "route.c")
asked = set()


class Checked:
    """A server whose answers are held against its document."""

    def __init__(self, server):
        self.server = server
        self.document = server.get("/api/openapi.json").json()

    def ask(self, method, pattern, path=None, body=None, headers=None):
        reply = self.server.request(method, path or pattern, body, headers)
        answers = self.document["paths"][pattern][method.lower()]["responses"]
        assert str(reply.status) in answers, f"{method} {pattern}: {reply.status} is not in the document: {reply.body}"
        asked.add((method, pattern, str(reply.status)))
        content = answers[str(reply.status)].get("content")
        if content is None:
            assert reply.body == b"", reply.body
            return reply
        kind = reply.headers["Content-Type"].split(";")[0]
        assert kind in content, f"{method} {pattern}: {kind}"
        if kind == "application/json":
            check(reply.json(), content[kind]["schema"], self.document, f"{method} {pattern}")
        return reply

    def send(self, pattern, parts, path=None, headers=None):
        kind, body = form(parts)
        return self.ask("POST", pattern, path, body, dict({"Content-Type": kind}, **(headers or {})))


def payload(document, event):
    """The schema of an event's data: the document names it beside the stream."""
    answer = document["paths"]["/api/v1/events"]["get"]["responses"]["200"]
    return answer["content"]["text/event-stream"]["x-events"][event]


def every_answer_is_in_the_document():
    photo = png(48, 32)
    with Server("openapi") as server:
        api = Checked(server)
        jar = {"Cookie": api.ask("GET", "/api/v1/server").headers["Set-Cookie"].split(";")[0]}
        reply = api.send("/api/v1/jobs", [("file", "small.png", photo), *QUICK], headers=jar)
        job = reply.json()["id"]
        assert reply.headers["Location"] == f"/api/v1/jobs/{job}"
        at = f"/api/v1/jobs/{job}"
        stream = api.ask("GET", "/api/v1/jobs/{id}/events", at + "/events").body.decode()
        for event, line in re.findall(r"^event: (.*)\nid: .*\ndata: (.*)$", stream, re.M):
            check(json.loads(line), payload(api.document, event), api.document, "event")
        server.wait(job)
        done = api.ask("GET", "/api/v1/jobs/{id}", at).json()
        assert done["state"] == "done" and len(done["files"]) == 5, done
        listed = api.ask("GET", "/api/v1/jobs", headers=jar).json()
        assert [item["id"] for item in listed["jobs"]] == [job]
        for file in done["files"]:
            reply = api.ask("GET", "/api/v1/jobs/{id}/files/{name}", file["url"])
            assert len(reply.body) == file["size"] and reply.headers["Content-Type"] == file["type"]
        api.ask("GET", "/api/v1/jobs/{id}/files/{name}", at + "/files/nothing.png")
        api.ask("GET", "/api/v1/jobs/{id}/files/{name}", at + "/files/small_LR.jpg")
        api.ask("GET", "/api/v1/jobs/{id}/archive.zip", at + "/archive.zip?format=anaglyph")
        api.ask("GET", "/api/v1/jobs/{id}/archive.zip", at + "/archive.zip?format=nothing")
        api.ask("GET", "/api/v1/jobs/{id}/original", done["original"])
        api.ask("GET", "/api/v1/jobs/{id}/archive.zip", done["archive"])
        changes = {"Content-Type": "application/json"}
        again = api.ask("POST", "/api/v1/jobs/{id}/render", at + "/render", b'{"strength": 3}', changes).json()
        assert again["revision"] == 2 and again["options"]["strength"] == 3
        server.wait(job)
        api.ask("POST", "/api/v1/jobs/{id}/render", at + "/render", b'{"strength": 30}', changes)
        api.send("/api/v1/jobs/{id}/depth", [("file", "map.png", photo)], at + "/depth")
        server.wait(job, "failed")  # it is in colours
        api.ask("DELETE", "/api/v1/jobs/{id}/depth", at + "/depth")
        server.wait(job)
        share = api.ask("POST", "/api/v1/jobs/{id}/share", at + "/share").json()
        guest = api.ask("GET", "/api/v1/shared/{id}", "/api/v1/shared/" + share["share"]).json()
        api.ask("GET", "/api/v1/shared/{id}/files/{name}", guest["files"][0]["url"])
        api.ask("GET", "/s/{id}", share["url"])
        api.ask("GET", "/s/{id}/qr.svg", share["url"] + "/qr.svg")
        api.ask("GET", "/api/v1/archive.zip", f"/api/v1/archive.zip?jobs={job}")
        api.ask("GET", "/api/v1/archive.zip")
        api.ask("DELETE", "/api/v1/jobs/{id}/share", at + "/share")
        api.ask("GET", "/s/{id}", share["url"])
        api.ask("DELETE", "/api/v1/jobs/{id}", at)
        api.ask("GET", "/api/v1/jobs/{id}", at)
        api.ask("DELETE", "/api/v1/session")
        api.ask("POST", "/api/v1/session", body=b'{"token": "x"}', headers=changes)
        api.ask("GET", "/healthz")
        api.ask("GET", "/metrics")
        api.ask("GET", "/api/openapi.json")
        paths = api.send("/upload/", [("file", "small.png", photo), *QUICK]).json()["files"]
        for path in paths.values():
            api.ask("GET", "/download/{path}", "/download/" + path)
        api.ask("GET", "/download/{path}", "/download/etc/passwd")
        api.send("/upload/", [("other", "x")])
        api.send("/upload", [("file", "small.png", photo), *QUICK])
        api.send("/outpaint", [("file", "small.png", photo)])
        key = {"Idempotency-Key": "0123456789abcdef"}
        for status in (201, 200):
            reply = api.send("/api/v1/jobs", [("file", "small.png", photo), *QUICK], headers=key)
            assert reply.status == status, reply.body
        api.send("/outpaint/", [("file", "small.png", photo)])
        api.send("/outpaint/", [("file", "small.png", b"not a photo at all, not a photo")])
        api.send("/api/v1/jobs", [("file", "x.png", b"not a photo at all, not a photo")])


def every_path_was_asked():
    with Server("openapi_paths") as server:
        document = server.get("/api/openapi.json").json()
    wanted = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    missing = wanted - {(method, path) for method, path, _ in asked} - {("GET", "/api/v1/events")}
    assert not missing, missing


def every_route_is_in_the_document():
    with Server("openapi_routes") as server:
        document = server.get("/api/openapi.json").json()
    wanted = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    with open(ROUTES) as source:
        found = set(re.findall(r"\{ (GET|POST|DELETE), \"([^\"]+)\"", source.read()))
    routes = {(method, path.replace("files/*", "files/{name}").replace("download/*", "download/{path}"))
              for method, path in found if path != "/*"}
    assert len(routes) > 15
    assert routes == wanted, routes ^ wanted


def the_stream_of_all_jobs_is_as_documented():
    with Server("openapi_events") as server:
        document = server.get("/api/openapi.json").json()
        jar = {"Cookie": server.get("/api/v1/server").headers["Set-Cookie"].split(";")[0]}
        connection = server.connect()
        connection.request("GET", "/api/v1/events", headers=jar)
        response = connection.getresponse()
        assert response.status == 200 and response.headers["Content-Type"] == "text/event-stream"
        job = server.add(png(48, 32), headers=jar)["id"]
        server.request("GET", f"/api/v1/jobs/{job}")
        states = []
        removed = False
        name = ""
        while not removed:
            line = response.fp.readline() if response.chunked is False else response.readline()
            text = line.decode().strip()
            name = text[7:] if text.startswith("event: ") else name
            if text.startswith("data: "):
                event = json.loads(text[6:])
                check(event, payload(document, name), document, "event")
                assert event["id"] == job
                removed = name == "deleted"
                if name != "job":
                    continue
                states.append(event["state"])
                if event["state"] == "done" and states.count("done") == 1:
                    assert server.request("DELETE", f"/api/v1/jobs/{job}").status == 204
        assert "done" in states
        connection.close()


run([every_answer_is_in_the_document, every_path_was_asked, every_route_is_in_the_document,
     the_stream_of_all_jobs_is_as_documented])
