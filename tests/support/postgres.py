#!/usr/bin/env python3
"""A PostgreSQL server of a test's own, in a folder of its own: `postgres.py start FOLDER` prints its URL, `postgres.py stop FOLDER`
ends it and removes the folder. Exit 77 where Debian's packages are not installed. Root runs it as somebody else, since
PostgreSQL refuses to be root."""
import glob
import os
import pwd
import shutil
import subprocess
import sys

from ports import free_port

BIN = (sorted(glob.glob("/usr/lib/postgresql/*/bin")) or [""])[-1]
SETTINGS = ["max_connections=200", "logging_collector=off", "lc_messages=C"]
# What a crash of the machine would lose nobody misses, but for who measures: there all is as PostgreSQL comes.
if not os.environ.get("SPX_POSTGRES_DURABLE"):
    SETTINGS += ["fsync=off", "full_page_writes=off", "shared_buffers=16MB", "max_wal_size=64MB", "autovacuum=off"]


def installed():
    return bool(BIN) and os.access(os.path.join(BIN, "postgres"), os.X_OK)


def as_who():
    """Whom PostgreSQL runs as: (command before it, user id or None)."""
    if os.geteuid() != 0:
        return [], None
    try:
        who = pwd.getpwnam("postgres")
    except KeyError:
        who = pwd.getpwnam("nobody")
    return ["setpriv", f"--reuid={who.pw_uid}", f"--regid={who.pw_gid}", "--clear-groups"], who.pw_uid


class Postgres:
    def __init__(self, folder):
        self.folder = folder
        self.before, self.uid = as_who()
        self.data = os.path.join(folder, "data")

    def tool(self, name, *arguments, quiet=True):
        return subprocess.run([*self.before, os.path.join(BIN, name), *arguments], cwd="/", check=True, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL if quiet else None,
                              env=dict(os.environ, LC_ALL="C", TZ="UTC", HOME=self.folder))

    def make(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder, mode=0o755)
        if self.uid is not None:
            os.chown(self.folder, self.uid, -1)
        self.tool("initdb", "-D", self.data, "-U", "spx", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        with open(os.path.join(self.folder, "port"), "w") as out:
            out.write(str(free_port()))

    @property
    def port(self):
        with open(os.path.join(self.folder, "port")) as source:
            return int(source.read())

    @property
    def url(self):
        return f"postgres://spx@127.0.0.1:{self.port}/postgres"

    def start(self):
        options = " ".join(f"-c {setting}" for setting in SETTINGS)
        self.tool("pg_ctl", "-D", self.data, "-w", "-t", "120", "-l", os.path.join(self.folder, "log"), "-o",
                  f"-p {self.port} -h 127.0.0.1 -k '' {options}", "start")

    def stop(self, mode="immediate"):
        self.tool("pg_ctl", "-D", self.data, "-m", mode, "-w", "stop")

    def remove(self):
        if os.path.exists(os.path.join(self.data, "postmaster.pid")):
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def main():
    if not installed():
        print("postgresql is not installed (tools/setup --test)", file=sys.stderr)
        return 77
    server = Postgres(sys.argv[2])
    if sys.argv[1] == "stop":
        server.remove()
        return 0
    server.make()
    server.start()
    print(server.url)
    return 0


if __name__ == "__main__":
    sys.exit(main())
