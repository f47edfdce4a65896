#!/usr/bin/env python3
"""A database of an earlier version opens with all that is in it, and one of a later version is refused by name."""
import os
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from serving import PROGRAM, Server, png, run

PHOTO = png(160, 100)
LAYOUT_1 = ("seq id owner client name type size kind state options revision attempts preview created_ms started_ms finished_ms failure "
            "error summary files").split()
LAYOUT_2 = LAYOUT_1 + "wanted second share tag key hook".split()


def make_older(path, version, columns):
    """Takes away what came with later layouts."""
    base = sqlite3.connect(path)
    for (index,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").fetchall():
        base.execute(f"DROP INDEX {index}")
    for (column,) in base.execute("SELECT name FROM pragma_table_info('jobs')").fetchall():
        if column not in columns:
            base.execute(f"ALTER TABLE jobs DROP COLUMN {column}")
    base.execute("DROP TABLE facts")
    base.execute("DROP TABLE quota")
    base.execute(f"PRAGMA user_version = {version}")
    base.commit()
    base.close()


def earlier_layouts_open():
    for version, columns in ((1, LAYOUT_1), (2, LAYOUT_2)):
        opens(version, columns)


def opens(version, columns):
    with Server(f"upgrade_{version}") as server:
        mine = {"Cookie": server.get("/api/v1/server").headers["Set-Cookie"].split(";")[0]}
        job = server.wait(server.add(PHOTO, headers=mine)["id"])
        assert server.stop() == 0
        make_older(os.path.join(server.folder, "data", "jobs.sqlite"), version, columns)
        server.start()
        listed = server.request("GET", "/api/v1/jobs", headers=mine).json()["jobs"]
        assert [one["id"] for one in listed] == [job["id"]] and listed[0]["files"] == job["files"], listed
        assert (listed[0]["cost"], listed[0]["source_url"], listed[0]["webhook"]) == (0, None, None)
        again = server.request("POST", f"/api/v1/jobs/{job['id']}/render", b'{"strength": 3}', {"Content-Type": "application/json"})
        assert again.status == 202 and server.wait(job["id"])["revision"] == 2
        server.wait(server.add(PHOTO)["id"])
        assert server.stop() == 0
        server.start()  # and once more, as it is now
        assert server.get(f"/api/v1/jobs/{job['id']}").json()["revision"] == 2


def a_later_one_is_refused():
    with Server("upgrade_later") as server:
        server.add(PHOTO)
    path = os.path.join(server.folder, "data", "jobs.sqlite")
    base = sqlite3.connect(path)
    base.execute("PRAGMA user_version = 999")
    base.commit()
    base.close()
    done = subprocess.run([PROGRAM, "serve", "--port", "0", "--data", os.path.dirname(path)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "newer spx" in done.stderr and "999" in done.stderr, done
    assert os.path.exists(path), "it is not taken for a damaged one"


run([earlier_layouts_open, a_later_one_is_refused])
