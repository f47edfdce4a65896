#!/usr/bin/env python3
"""kill -9 in the middle of 20 jobs: all 20 end done."""
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from serving import Server, png, run

JOBS = 20
KILLS = 3


def a_killed_server_finishes_all_jobs():
    server = Server("crash", "--workers", "2")
    try:
        ids = [server.add(png(64, 48, seed), f"photo {seed}.png")["id"] for seed in range(JOBS)]
        for kill in range(KILLS):
            until = time.monotonic() + 240
            while True:  # in the middle: some are done, and one runs
                states = [server.get(f"/api/v1/jobs/{job}").json()["state"] for job in ids]
                if states.count("done") >= 4 * (kill + 1) and "running" in states:
                    break
                assert "queued" in states, "too quick: nothing was left to kill"
                assert time.monotonic() < until
                time.sleep(0.002)
            server.kill()
            server.start()
        for seed, job in enumerate(ids):
            done = server.wait(job)
            assert done["name"] == f"photo {seed}.png" and len(done["files"]) == 5
            for file in done["files"]:
                assert len(server.get(file["url"]).body) == file["size"]
        assert server.stop() == 0
    finally:
        if server.process.poll() is None:
            server.kill()


run([a_killed_server_finishes_all_jobs])
