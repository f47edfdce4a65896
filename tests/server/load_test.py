#!/usr/bin/python3
"""200 uploads at once over 50 connections to 2 workers: each is accepted or refused in words, and none is lost."""
import os
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from serving import QUICK, Server, form, png, run

CONNECTIONS = 50
UPLOADS = 200
QUEUE = 60


def no_upload_is_lost():
    photo = png(32, 24)
    kind, body = form([("file", "small.png", photo), *QUICK, ("formats", "depth")])
    accepted, refused, failures = [], [], []
    barrier = threading.Barrier(CONNECTIONS)
    with Server("load", "--workers", "2", "--max-queue", str(QUEUE), "--max-client", "1000") as server:
        def client():
            try:
                connection = server.connect()
                barrier.wait()
                for _ in range(UPLOADS // CONNECTIONS):
                    reply = server.request("POST", "/api/v1/jobs", body, {"Content-Type": kind}, connection)
                    if reply.status == 201:
                        accepted.append(reply.json()["id"])
                    else:
                        assert reply.status == 503 and int(reply.headers["Retry-After"]) > 0, (reply.status, reply.body)
                        refused.append(reply)
                connection.close()
            except Exception as failure:
                failures.append(failure)
        threads = [threading.Thread(target=client) for _ in range(CONNECTIONS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures, failures[:3]
        assert len(accepted) + len(refused) == UPLOADS and len(accepted) >= QUEUE
        assert len(set(accepted)) == len(accepted)
        for job in accepted:
            server.wait(job)
        kept = os.listdir(os.path.join(server.folder, "data", "uploads"))
        assert sorted(kept) == sorted(accepted)
        print(f"{len(accepted)} accepted and done, {len(refused)} told to come back")


def waiting_requests_hold_no_thread():
    """More requests wait for their pictures than the server has threads; it still answers others."""
    photo = png(32, 24)
    replies = []
    with Server("waiting", "--http-threads", "2") as server:
        def client():
            replies.append(server.post_form("/upload/", [("file", "small.png", photo), *QUICK]))
        threads = [threading.Thread(target=client) for _ in range(12)]
        for thread in threads:
            thread.start()
        for _ in range(50):
            assert server.get("/healthz").status == 200
        for thread in threads:
            thread.join()
        assert [reply.status for reply in replies] == [200] * 12


run([no_upload_is_lost, waiting_requests_hold_no_thread])
