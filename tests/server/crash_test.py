#!/usr/bin/python3
"""kill -9 in the middle of 20 jobs: all 20 end done."""
import os
import re
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from serving import PATIENCE_S, Server, png, run

JOBS = 20
KILLS = 3


def add(server, seed):
    return server.add(png(64, 48, seed), f"photo {seed}.png", [("format", "left,depth")])["id"]


def a_killed_server_finishes_all_jobs():
    server = Server("crash", "--workers", "2")
    try:
        ids = [add(server, seed) for seed in range(JOBS)]
        for kill in range(KILLS):
            until = time.monotonic() + PATIENCE_S
            while True:  # in the middle: some are done, and one runs
                states = {state: int(count) for state, count in re.findall(
                    r'spx_jobs{state="(\w+)"} (\d+)', server.get("/metrics").body.decode())}
                if states["done"] >= 4 * (kill + 1) and states["running"] > 0:
                    break
                if states["queued"] == 0:  # this test got to look too late: more work
                    ids += [add(server, seed) for seed in range(len(ids), len(ids) + JOBS)]
                assert time.monotonic() < until
                time.sleep(0.005)
            server.kill()
            server.start()
        for seed, job in enumerate(ids):
            done = server.wait(job)
            assert done["name"] == f"photo {seed}.png" and len(done["files"]) == 2
            for file in done["files"]:
                assert len(server.get(file["url"]).body) == file["size"]
        assert server.stop() == 0
    finally:
        if server.process.poll() is None:
            server.kill()


run([a_killed_server_finishes_all_jobs])
