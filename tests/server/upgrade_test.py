#!/usr/bin/env python3
"""A database of an earlier version opens with all that is in it, and one of a later version is refused by name."""
import os
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from serving import PATIENCE_S, PROGRAM, Server, png, run

PHOTO = png(160, 100)
LAYOUT_1 = ("seq id owner client name type size kind state options revision attempts preview created_ms started_ms finished_ms failure "
            "error summary files").split()
LAYOUT_2 = LAYOUT_1 + "wanted second share tag key hook".split()
LAYOUT_3 = LAYOUT_2 + "source arrival hooked hook_attempts hook_due_ms hook_answer cost finished_up_ms".split()


def make_older(path, version, columns):
    """Takes away what came with later layouts."""
    base = sqlite3.connect(path)
    for (index,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").fetchall():
        base.execute(f"DROP INDEX {index}")
    for (column,) in base.execute("SELECT name FROM pragma_table_info('jobs')").fetchall():
        if column not in columns:
            base.execute(f"ALTER TABLE jobs DROP COLUMN {column}")
    if version < 3:
        base.execute("DROP TABLE facts")
        base.execute("DROP TABLE quota")
    base.execute("INSERT INTO jobs (id, owner, client, name, type, size, kind, state, options, revision, created_ms, files) "
                 "VALUES ('damaged', '', '', '', '', 0, 0, 2, '', 7, 0, 'no JSON')")
    base.execute(f"PRAGMA user_version = {version}")
    base.commit()
    base.close()


def earlier_layouts_open():
    for version, columns in ((1, LAYOUT_1), (2, LAYOUT_2), (3, LAYOUT_3)):
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
        assert (listed[0]["cost"] == 0) == (version < 3) and (listed[0]["source_url"], listed[0]["webhook"]) == (None, None)
        assert all(listed[0]["views"][eye] == job["views"][eye] != None for eye in ("left", "right")), listed
        path = os.path.join(server.folder, "data", "jobs.sqlite")
        assert sqlite3.connect(path).execute("SELECT revision, seen_run FROM jobs ORDER BY seq").fetchall() == [(1, 1), (7, 7)]
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
    done = subprocess.run([PROGRAM, "serve", "--port", "0", "--data", os.path.dirname(path)], capture_output=True, text=True, timeout=PATIENCE_S)
    assert done.returncode == 1 and "newer spx" in done.stderr and "999" in done.stderr, done
    assert os.path.exists(path), "it is not taken for a damaged one"


run([earlier_layouts_open, a_later_one_is_refused])
