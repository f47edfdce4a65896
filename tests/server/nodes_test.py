#!/usr/bin/env python3
"""Many nodes over one database and one bucket: what any of them takes in, any shows and any works on; whatever dies or falls
silent, each job is done once, and has its files. SPX_TEST_JOBS: how many jobs the faults are thrown at (80; say 2000)."""
import http.client
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import postgres
import s3_server
from s3_server import SECRET, Store
from serving import OUT, PATIENCE_S, PROGRAM, RUNNING, form, png, until

JOBS = int(os.environ.get("SPX_TEST_JOBS", "80"))
IDLE_NODE = os.environ.get("SPX_IDLE_NODE", os.path.join(os.path.dirname(PROGRAM), "tests", "spx_idle_node"))
MADE_UP = os.environ.get("SPX_MADE_UP", os.path.join(os.path.dirname(PROGRAM), "tests", "spx_made_up"))
LEASE_S = 2
FAULTS_S = 6
PHOTO = png(64, 48)
OWNER = "ab" * 16


class Node:
    """A process of a node; `spx serve` has a port."""

    def __init__(self, name, *command, environment=None):
        self.name, self.command = name, command
        self.folder = os.path.join(OUT, "node_" + name)
        self.environment = {**os.environ, "HOME": "/nonexistent", **s3_server.environment(S3), **(environment or {})}
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)
        self.start()

    def start(self):
        command = [each.replace("DATA", os.path.join(self.folder, "data")) for each in self.command]
        with open(os.path.join(self.folder, "log"), "ab") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=self.environment)
        RUNNING.append(self.process)
        line = self.process.stdout.readline()
        assert line, f"{self.name} did not start: {self.log()}"
        found = re.search(r":(\d+)$", line.strip())
        self.port = int(found.group(1)) if found else None

    def log(self):
        with open(os.path.join(self.folder, "log"), errors="replace") as log:
            return log.read()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(PATIENCE_S) == 0, self.log()
        self.process.stdout.close()

    def ask(self, method, path, body=None, headers=(), stream=False):
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        link.request(method, path, body, {"Cookie": f"spx_session={OWNER}", **dict(headers)})
        answer = link.getresponse()
        if stream:
            return answer
        body = answer.read()
        link.close()
        return answer.status, body

    def submit(self, name="a.png", **headers):
        kind, body = form([("file", name, PHOTO), ("depth_size", "64")])
        return self.ask("POST", "/api/v1/jobs", body, {"Content-Type": kind, **headers})

    def job(self, job):
        status, body = self.ask("GET", "/api/v1/jobs/" + job)
        assert status == 200, (status, body)
        return json.loads(body)

    def wait(self, job, *states):
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            now = self.job(job)
            if now["state"] in states:
                return now
            time.sleep(0.02)
        raise AssertionError((now, self.log()))


def serve(name, *more, store=None, program=PROGRAM):
    return Node(name, program, "serve", "--port", "0", "--data", "DATA", "--store", store or PG.url, "--blobs", "s3://out/spx",
                "--lease", str(LEASE_S), "--sweep-after", "3", "--max-queue", "100000", "--max-client", "100000", *more)


def idle(name, wait_ms, workers=2, store=None):
    return Node(name, IDLE_NODE, store or PG.url, "s3://out/spx", "DATA", str(workers), str(wait_ms), str(LEASE_S))


def sql(text):
    found = subprocess.run([os.path.join(postgres.BIN, "psql"), PG.url, "-AtXq", "-c", text], text=True, check=True,
                           stdout=subprocess.PIPE, env=dict(os.environ, PGOPTIONS="-c client_min_messages=warning"))
    return [line.split("|") for line in found.stdout.splitlines()]


def clean():
    """No tables, no blobs: the next test's nodes begin anew."""
    sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    Store.objects.clear()
    Store.outage, Store.faults, Store.slow_s, Store.cut, Store.page = None, [], 0, 0, 1000


def blobs_of(job):
    start = f"/out/spx/{job}/"
    return sorted(path[len(start):] for path in list(Store.objects) if path.startswith(start))


def events_of(node, path):
    """The events of a stream, as they come."""
    answer = node.ask("GET", path, headers={"Accept": "text/event-stream"}, stream=True)
    assert answer.status == 200, answer.status
    kind = None
    for line in answer:
        line = line.decode().strip()
        if line.startswith("event: "):
            kind = line[7:]
        elif line.startswith("data: "):
            yield kind, json.loads(line[6:])


def jobs_go_over_all_nodes():
    clean()
    Store.page = 2  # lists come in many pieces
    one, two, worker = serve("one"), serve("two"), Node("real", PROGRAM, "work", "--store", PG.url, "--blobs", "s3://out/spx",
                                                         "--data", "DATA", "--workers", "1")
    status, body = one.submit("boat.png")
    assert status == 201, body
    job = json.loads(body)["id"]
    seen = [(kind, data["state"]) for kind, data in events_of(two, f"/api/v1/jobs/{job}/events") if kind == "job"]
    assert seen[-1] == ("job", "done"), seen
    done = two.job(job)
    assert [each["name"] for each in done["files"]][0] == "boat_spatial.heic", done["files"]
    for each in done["files"]:
        here, there = one.ask("GET", each["url"]), two.ask("GET", each["url"])
        assert here == there and here[0] == 200 and len(here[1]) == each["size"], each
    assert "depth.cache" in blobs_of(job) and "photo" in blobs_of(job), blobs_of(job)
    # More files, another strength, a look for others: asked of one node, seen at the other.
    status, _ = one.ask("GET", f"/api/v1/jobs/{job}/files/anaglyph")
    assert status == 202, status
    until = time.monotonic() + PATIENCE_S
    while two.ask("GET", f"/api/v1/jobs/{job}/files/anaglyph")[0] != 200:
        assert time.monotonic() < until, two.job(job)
        time.sleep(0.05)
    status, body = two.ask("POST", f"/api/v1/jobs/{job}/render", json.dumps({"strength": 1.5}), {"Content-Type": "application/json"})
    assert status == 202, body
    assert one.wait(job, "done")["revision"] == 2
    until = time.monotonic() + PATIENCE_S
    while {name.split("/")[0] for name in blobs_of(job) if name.startswith("output-")} != {"output-3"}:
        assert time.monotonic() < until, blobs_of(job)  # what earlier runs made goes
        time.sleep(0.05)
    status, body = one.ask("POST", f"/api/v1/jobs/{job}/share")
    assert status == 200, body
    share = json.loads(body)["share"]
    status, body = two.ask("GET", f"/api/v1/shared/{share}", headers={"Cookie": ""})
    assert status == 200 and job.encode() not in body, body
    status, _ = two.ask("DELETE", f"/api/v1/jobs/{job}")
    assert status == 204 and blobs_of(job) == [], (status, blobs_of(job))
    assert one.ask("GET", f"/api/v1/jobs/{job}")[0] == 404
    status, body = one.ask("GET", "/metrics")
    assert b"spx_workers 1\n" in body and b'spx_jobs{state="queued"} 0\n' in body, body
    for node in (one, two, worker):
        node.stop()


def what_is_seen_first_is_seen_at_any_node():
    """Done when both eyes can be shown: they stay while another run makes the files, and while the job is made again."""
    clean()
    one, two = serve("one"), serve("two")
    workers = [Node(name, PROGRAM, "work", "--store", PG.url, "--blobs", "s3://out/spx", "--data", "DATA", "--workers", "1")
               for name in ("real", "other")]

    def eyes_of(job, node):
        found = [node.ask("GET", job["views"][eye]) for eye in ("left", "right")]
        assert all(status == 200 and body[:2] == b"\xff\xd8" for status, body in found), (job["views"], found)

    def follow(revision):
        """What two tells from the submit on until the files are there."""
        told = [data for kind, data in events_of(two, f"/api/v1/jobs/{job}/events") if kind == "job"]
        assert told[-1]["state"] == "done" and told[-1]["views"]["left"], told[-1]
        for _ in range(int(PATIENCE_S / 0.01)):
            now = two.job(job)
            assert now["state"] == "done" and now["views"]["left"] and now["revision"] == revision, now
            eyes_of(now, two)
            if not now["making"]:
                break
            time.sleep(0.01)
        assert sorted(each["role"] for each in now["files"]) == ["depth", "left"], now["files"]
        assert two.ask("GET", now["files"][0]["url"])[0] == 200
        return now

    kind, body = form([("file", "boat.png", PHOTO), ("depth_size", "64"), ("done", "views"), ("format", "left,depth")])
    status, body = one.ask("POST", "/api/v1/jobs", body, {"Content-Type": kind})
    assert status == 201, body
    job = json.loads(body)["id"]
    first = follow(1)
    assert sql("SELECT run, seen_run FROM jobs") == [["2", "1"]], "its files did not follow what was seen"
    assert not [name for name in blobs_of(job) if name.startswith("output-2/") and name.endswith("_preview.jpg")], blobs_of(job)
    status, body = two.ask("POST", f"/api/v1/jobs/{job}/render", json.dumps({"strength": 1.5}), {"Content-Type": "application/json"})
    assert status == 202, body
    now = json.loads(body)
    while now["state"] != "done":
        eyes_of(now, two)
        now = two.job(job)
    again = follow(2)
    assert again["views"]["left"] != first["views"]["left"]
    until(lambda: len({name.split("/")[0] for name in blobs_of(job) if name.startswith("output-")}) == 2, "earlier runs go")
    assert sql("SELECT run, seen_run, seen_views & 2 FROM jobs") == [["4", "3", "2"]]
    for node in (one, two, *workers):
        node.stop()


def a_worker_older_than_its_server_leaves_the_job_to_a_newer_one():
    """The newer spx has one more format."""
    clean()
    shares = ("--store", PG.url, "--blobs", "s3://out/spx", "--data", "DATA", "--workers", "1")
    old, new = Node("old", PROGRAM, "work", *shares), serve("new", program=MADE_UP)
    kind, body = form([("file", "boat.png", PHOTO), ("depth_size", "64"), ("format", "made-up")])
    job = json.loads(new.ask("POST", "/api/v1/jobs", body, {"Content-Type": kind})[1])["id"]
    until(lambda: new.job(job)["waits_for"] == "version", "the old worker leaves it")
    other = json.loads(new.submit("known.png")[1])["id"]  # what it knows it makes meanwhile
    new.wait(other, "done")
    assert json.loads(sql(f"SELECT options FROM jobs WHERE id = '{other}'")[0][0]) == {"depth-size": 64}  # no word of what is as usual
    asks = serve("asks")  # an old node shows it, and changes nothing of it
    seen = asks.job(job)
    assert (seen["state"], seen["error"], seen["waits_for"]) == ("queued", None, "version"), seen
    assert old.log().count(f"job {job} waits for a worker of a newer spx than this one: ") == 1, old.log()
    assert "made-up" in old.log(), old.log()
    newer = Node("newer", MADE_UP, "work", *shares)
    done = new.wait(job, "done", "failed")
    assert [each["role"] for each in done["files"]] == ["made-up"], done
    status, body = asks.ask("POST", f"/api/v1/jobs/{job}/render", json.dumps({"strength": 1}), {"Content-Type": "application/json"})
    assert status == 501 and b"a newer spx took the job" in body, (status, body)
    for node in (newer, asks):
        node.stop()
    # And when no newer worker comes for an hour, it says so.
    job = json.loads(new.ask("POST", "/api/v1/jobs", form([("file", "boat.png", PHOTO), ("format", "made-up")])[1],
                             {"Content-Type": kind})[1])["id"]
    until(lambda: new.job(job)["waits_for"] == "version", "the old worker leaves it")
    sql("UPDATE jobs SET refused_ms = refused_ms - 3600000 WHERE refused_by > 0")
    new.stop()
    new.start()  # a node looks at its start
    failed = new.wait(job, "failed")
    assert "no worker came that knows more" in failed["error"]["message"] and failed["error"]["fault"] == "machine", failed
    for node in (old, new):
        node.stop()


def cancels_reach_a_job_on_another_node():
    clean()
    one, two, worker = serve("one"), serve("two"), idle("slow", 60000)
    job = json.loads(one.submit()[1])["id"]
    two.wait(job, "running")
    status, body = two.ask("DELETE", f"/api/v1/jobs/{job}")
    assert status == 202, (status, body)
    assert one.wait(job, "cancelled", "done")["state"] == "cancelled"
    for node in (one, two, worker):
        node.stop()


def one_key_makes_one_job_at_two_nodes_at_once():
    clean()
    nodes = [serve("one"), serve("two")]
    # Both have looked for the key before either has a row.
    sql("CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN PERFORM pg_advisory_xact_lock_shared(77); RETURN NEW; END$$;"
        "CREATE TRIGGER hold BEFORE INSERT ON jobs FOR EACH ROW EXECUTE FUNCTION hold()")
    holder = subprocess.Popen([os.path.join(postgres.BIN, "psql"), PG.url, "-AtXq"], text=True, stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE)
    RUNNING.append(holder)
    holder.stdin.write("SELECT pg_advisory_lock(77);\n")
    holder.stdin.flush()
    holder.stdout.readline()
    answers = []
    clients = [threading.Thread(target=lambda node=node: answers.append(node.submit(**{"Idempotency-Key": "same"}))) for node in nodes]
    for each in clients:
        each.start()
    until(lambda: sql("SELECT COUNT(*) FROM pg_locks WHERE NOT granted") == [["2"]], answers)
    holder.stdin.close()
    for each in clients:
        each.join()
    assert sorted(status for status, _ in answers) == [200, 201], answers
    assert len({json.loads(body)["id"] for _, body in answers}) == 1, answers
    assert sql("SELECT COUNT(*) FROM jobs") == [["1"]]
    assert len({path.split("/")[3] for path in Store.objects}) == 1, list(Store.objects)
    assert holder.wait(PATIENCE_S) == 0
    holder.stdout.close()
    for node in nodes:
        node.stop()


def a_worker_says_how_it_is():
    clean()
    worker = Node("real", PROGRAM, "work", "--store", PG.url, "--blobs", "s3://out/spx", "--data", "DATA", "--workers", "1", "--lease", "2",
                  "--health-host", "127.0.0.1", "--health-port", "0")
    assert worker.ask("GET", "/livez") == (200, b'{"status":"ok"}')
    assert worker.ask("GET", "/healthz") == (200, b'{"status":"ok"}')
    assert worker.ask("GET", "/nothing")[0] == 404 and worker.ask("POST", "/healthz", b"body")[0] == 404
    assert b"spx_workers 1\n" in worker.ask("GET", "/metrics")[1]
    PG.stop()
    until(lambda: worker.ask("GET", "/healthz") == (503, b'{"error":{"code":"database"}}'), "the database is gone")
    assert worker.ask("GET", "/livez")[0] == 200  # a new start would not help
    PG.start()
    until(lambda: worker.ask("GET", "/healthz")[0] == 200, "the database is back")
    worker.stop()


def certificate(folder, name):
    """A certificate of itself for 127.0.0.1, and its key."""
    crt, key = os.path.join(folder, name + ".crt"), os.path.join(folder, name + ".key")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", crt], check=True,
                   stderr=subprocess.DEVNULL)
    return crt, key


def private(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(text)


def the_database_is_who_its_certificate_says():
    """TLS and passwords as PostgreSQL's own programs have them, from within the sandbox."""
    if not shutil.which("openssl"):
        print("no openssl to make certificates with")
        return
    clean()
    folder = os.path.join(OUT, "certificates")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    crt, key = certificate(folder, "server")
    other, _ = certificate(folder, "other")
    for path in (crt, key):
        here = shutil.copy(path, PG.data)
        os.chmod(here, 0o600)
        if PG.uid is not None:
            os.chown(here, PG.uid, -1)
    hba = os.path.join(PG.data, "pg_hba.conf")
    with open(hba) as source:
        rules = source.read()
    with open(hba, "w") as out:
        out.write("hostssl all careful 127.0.0.1/32 scram-sha-256\nhostnossl all careful all reject\n" + rules)
    for statement in ("ALTER SYSTEM SET ssl_cert_file = 'server.crt'", "ALTER SYSTEM SET ssl_key_file = 'server.key'",
                      "ALTER SYSTEM SET ssl = on", "CREATE ROLE careful SUPERUSER LOGIN PASSWORD 'pass-word'",
                      "SELECT pg_reload_conf()"):
        sql(statement)
    home = os.path.join(folder, "home")
    private(home + "/.pgpass", "*:*:*:careful:pass-word\n")
    os.makedirs(home + "/.postgresql")
    shutil.copy(crt, home + "/.postgresql/root.crt")
    private(folder + "/secrets/pass", "*:*:*:careful:pass-word\n")
    private(folder + "/secrets/wrong", "*:*:*:careful:not-that-pass-word\n")
    store = f"postgres://careful@127.0.0.1:{PG.port}/postgres?sslmode=verify-full"
    named = {"PGSSLROOTCERT": crt, "PGPASSFILE": folder + "/secrets/pass"}

    def start(environment, store=store):
        return Node("tls", PROGRAM, "work", "--store", store, "--blobs", "s3://out/spx", "--data", "DATA", "--workers", "1",
                    environment=environment)

    for environment in (named, {"HOME": home}):
        node = start(environment)
        assert sql("SELECT COUNT(*) > 0, bool_and(s.ssl) FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid) "
                   "WHERE a.usename = 'careful'") == [["t", "t"]]
        node.stop()
        assert "pass-word" not in node.log()
    for environment, where, words in (
            ({**named, "PGSSLROOTCERT": other}, store, "certificate verify failed"),
            ({**named, "PGSSLROOTCERT": folder + "/none.crt"}, store, "does not exist"),
            ({**named, "PGPASSFILE": folder + "/secrets/wrong"}, store, "password authentication failed"),
            (named, store.replace("127.0.0.1", "localhost"), 'does not match host name "localhost"'),
            (named, store.replace("127.0.0.1", "127.0.0.1:1,localhost"), 'does not match host name "localhost"'),
            (named, store.replace("verify-full", "disable"), "no encryption")):
        run = subprocess.run([PROGRAM, "work", "--data", folder + "/data", "--store", where, "--blobs", "s3://out/spx"], text=True,
                             env={**os.environ, "HOME": "/nonexistent", **s3_server.environment(S3), **environment},
                             timeout=PATIENCE_S, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert run.returncode == 1 and words in run.stderr and "pass-word" not in run.stderr, (words, run.returncode, run.stderr)
    with open(hba, "w") as out:
        out.write(rules)
    sql("ALTER SYSTEM SET ssl = off")
    sql("SELECT pg_reload_conf()")


def a_photo_that_kills_workers_is_set_aside():
    clean()
    node = serve("one")
    job = json.loads(node.submit("kill.png")[1])["id"]
    deaths = 0
    worker = idle("dying", 0, workers=1)
    until = time.monotonic() + PATIENCE_S
    while node.job(job)["state"] != "failed":
        assert time.monotonic() < until, node.job(job)
        if worker.process.poll() is not None:
            deaths += 1
            worker.process.stdout.close()
            worker.start()
        time.sleep(0.05)
    assert deaths == 5, deaths
    assert "stopped each time" in node.job(job)["error"]["message"], node.job(job)
    other = json.loads(node.submit("good.png")[1])["id"]
    node.wait(other, "done")
    worker.stop()
    node.stop()


class Proxy:
    """Between a node and the database; `cut` lets nothing through, in silence."""

    def __init__(self):
        self.cut = False
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = PG.url.replace(f":{PG.port}", ":%d" % self.socket.getsockname()[1])
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            here = self.socket.accept()[0]
            try:
                there = socket.create_connection(("127.0.0.1", PG.port))
            except OSError:
                here.close()
                continue
            for pair in ((here, there), (there, here)):
                threading.Thread(target=self.pass_on, args=pair, daemon=True).start()

    def pass_on(self, source, to):
        try:
            while data := source.recv(65536):
                while self.cut:
                    time.sleep(0.05)
                to.sendall(data)
        except OSError:
            pass
        for each in (source, to):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def submit_all(nodes, count, accepted):
    """A client that tries until its job is in, at any node; the key makes it one job. Jobs come as long as faults do."""
    for i in range(count):
        time.sleep(FAULTS_S / count)
        key = f"{threading.get_ident()}-{i}"
        for _ in range(600):
            try:
                status, body = random.choice(nodes).submit(**{"Idempotency-Key": key})
            except (OSError, http.client.HTTPException):
                status = 0
            if status in (200, 201):
                accepted.append(json.loads(body)["id"])
                break
            assert status in (0, 500, 503, 507), (status, body)
            time.sleep(0.1)
        else:
            raise AssertionError("nobody took the job")


def throw_faults(apis, workers, proxy):
    """Each once, one after the other; what was killed comes back."""
    time.sleep(0.3)
    workers[0].kill()
    Store.outage = (503, "SlowDown")
    time.sleep(1)
    Store.outage = None
    workers[0].start()
    apis[0].kill()
    Store.cut = 5
    time.sleep(0.2)
    apis[0].start()
    proxy.cut = True          # the last worker is silent for longer than its lease
    Store.slow_s = 0.05
    time.sleep(LEASE_S * 1.5)
    Store.slow_s = 0
    proxy.cut = False
    PG.stop()
    workers[1].kill()
    time.sleep(0.3)
    PG.start()
    workers[1].start()
    Store.faults = [(500, "InternalError")] * 7 + [(403, "ExpiredToken")]


def whatever_dies_each_job_is_done_once():
    clean()
    proxy = Proxy()
    apis = [serve("one"), serve("two")]
    workers = [idle(f"w{i}", 100, store=proxy.url if i == 3 else None) for i in range(4)]
    accepted = []
    clients = [threading.Thread(target=submit_all, args=(apis, JOBS // 4, accepted)) for _ in range(4)]
    for each in clients:
        each.start()
    throw_faults(apis, workers, proxy)
    for each in clients:
        each.join()
    assert len(set(accepted)) == JOBS // 4 * 4, len(set(accepted))
    until = time.monotonic() + PATIENCE_S
    while sql("SELECT COUNT(*) FROM jobs WHERE state < 2") != [["0"]]:
        assert time.monotonic() < until, sql("SELECT id, state, attempts, run, lease_until FROM jobs WHERE state < 2")
        time.sleep(0.2)
    rows = sql("SELECT id, state, error, files FROM jobs")
    assert {row[0] for row in rows} >= set(accepted)
    assert all(row[1] == "2" for row in rows), [row for row in rows if row[1] != "2"][:3]
    assert len(rows) <= len(set(accepted)) + 8, (len(rows), len(accepted))  # answers that were lost
    again, most = sql("SELECT COUNT(*) FILTER (WHERE run > 1), MAX(run) FROM jobs")[0]
    print(f"{len(rows)} jobs of {len(accepted)} requests, each done once; {again} were begun again, up to {most} times", flush=True)
    # No job without its files, as they are told.
    for job, _, _, files in rows:
        have = blobs_of(job)
        assert "photo" in have, (job, have)
        for each in json.loads(files):
            blob = Store.objects.get(f"/out/spx/{job}/{each['disk']}")
            assert blob is not None and len(blob) == each["size"] and blob.decode().startswith(job), (job, each, have)
        runs = {name.split("/")[0] for name in have if name.startswith("output-")}
        assert len(runs) == 1, (job, have)
    # No files without a job: what a death left is swept when it is old enough.
    Store.objects["/out/spx/" + "cd" * 16 + "/photo"] = b"left"
    known = {row[0] for row in rows}
    for node in workers:
        node.kill()
        node.start()
    sql("UPDATE facts SET value = 0 WHERE name = 'swept_s'")
    time.sleep(3.1)
    workers[0].kill()
    workers[0].start() # a node looks at its start
    while {path.split("/")[3] for path in list(Store.objects)} - known:
        assert time.monotonic() < until, {path.split("/")[3] for path in list(Store.objects)} - known
        time.sleep(0.1)
    for node in apis + workers:
        assert SECRET not in node.log()
        node.stop()


def nothing_is_lost_while_the_bucket_refuses():
    clean()
    node, worker = serve("one"), idle("w", 0)
    job = json.loads(node.submit()[1])["id"]
    node.wait(job, "done")
    worker.kill()
    waiting = json.loads(node.submit()[1])["id"]
    Store.outage = (403, "ExpiredToken")
    worker.environment["AWS_SECRET_ACCESS_KEY"] = SECRET
    status, body = node.submit()
    assert status == 503 and json.loads(body)["error"]["code"] == "unavailable", (status, body)
    failed = subprocess.run([IDLE_NODE, PG.url, "s3://out/spx", os.path.join(OUT, "node_refused"), "1", "0", "2"],
                            env=worker.environment, text=True, stderr=subprocess.PIPE)
    assert failed.returncode == 1 and "the credentials have expired" in failed.stderr, failed.stderr
    Store.outage = None
    worker.start()
    node.wait(waiting, "done")
    assert sql("SELECT COUNT(*) FROM jobs") == [["2"]]
    assert "the credentials have expired" in node.log() and SECRET not in node.log(), node.log()
    worker.stop()
    node.stop()


def says_what_is_wrong_with_what_nodes_share():
    clean()
    bad = PG.url.replace("spx@", "spx:pass-word@")
    cases = [
        (["--store", PG.url], {}, None, "--store and --blobs go together"),
        ([], {}, None, "--store and --blobs are wanted"),
        (["--store", "mysql://pass-word@h/d", "--blobs", "s3://out"], {}, None, "not like postgres://"),
        (["--store", "postgres://spx:pass-word@[::1/d", "--blobs", "s3://out"], {}, None, "not like postgres://"),
        (["--store", "postgres://spx:pass-word@127.0.0.1:1/d", "--blobs", "s3://out"], {}, None, "port 1 failed"),
        (["--store", bad + "_not", "--blobs", "s3://out"], {}, None, "does not exist"),
        (["--store", bad, "--blobs", "s3://no_such"], {}, None, "there is no such bucket"),
        (["--store", bad, "--blobs", "s3://"], {}, None, "s3://BUCKET/KEY"),
        (["--store", bad, "--blobs", "s3://out"], {"AWS_SECRET_ACCESS_KEY": "pass-word"}, None, "the secret key or the region is wrong"),
        (["--store", bad, "--blobs", "s3://out"], {}, (403, "AccessDenied"), "these credentials may not do that"),
        (["--store", bad, "--blobs", "s3://out"], {}, (403, "ExpiredToken"), "the credentials have expired"),
        (["--store", bad, "--blobs", "s3://out"], {}, (403, "RequestTimeTooSkewed"), "this computer's clock is wrong"),
        (["--store", bad, "--blobs", "/proc/no"], {}, None, "/proc/no"),
    ]
    for options, environment, outage, words in cases:
        Store.outage = outage
        run = subprocess.run([PROGRAM, "work", "--data", os.path.join(OUT, "node_bad"), *options], text=True, timeout=PATIENCE_S,
                             env=dict(os.environ, HOME="/nonexistent", **{**s3_server.environment(S3), **environment}),
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert run.returncode in (1, 2) and words in run.stderr, (options, run.returncode, run.stderr)
        for secret in ("pass-word", SECRET):
            assert secret not in run.stderr, run.stderr
    Store.outage = None


if not postgres.installed():
    print("postgresql-15 is not installed (tools/setup --test)")
    sys.exit(77)
if "without PostgreSQL" in subprocess.run([PROGRAM, "work", "--store", "postgres://127.0.0.1:1/d", "--blobs", "/tmp", "--data",
                                           os.path.join(OUT, "node_asks")], text=True, stderr=subprocess.PIPE).stderr:
    print("this build has no PostgreSQL (SPX_POSTGRES)")
    sys.exit(77)
S3 = s3_server.start()
PG = postgres.Postgres(f"/tmp/spx_nodes_{os.getpid()}")
PG.make()
PG.start()
try:
    for test in (says_what_is_wrong_with_what_nodes_share, jobs_go_over_all_nodes,
                 what_is_seen_first_is_seen_at_any_node, a_worker_older_than_its_server_leaves_the_job_to_a_newer_one, cancels_reach_a_job_on_another_node,
                 one_key_makes_one_job_at_two_nodes_at_once, a_worker_says_how_it_is,
                 the_database_is_who_its_certificate_says, a_photo_that_kills_workers_is_set_aside,
                 nothing_is_lost_while_the_bucket_refuses, whatever_dies_each_job_is_done_once):
        begun = time.monotonic()
        test()
        print(f"ok {time.monotonic() - begun:6.1f} s  {test.__name__}", flush=True)
finally:
    for process in RUNNING:
        if process.poll() is None:
            process.kill()
            process.wait()
    PG.remove()
