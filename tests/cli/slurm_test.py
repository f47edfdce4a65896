#!/usr/bin/python3
"""packaging/batch/slurm.sbatch under Slurm itself, on a cluster of this one computer: an array of tasks shares a list, and a task
that is stopped in the middle and started again by Slurm makes what was missing."""
import atexit
import getpass
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import ports
from support import PATIENCE_S, PROGRAM, SKIPPED, enter, left_behind, png, run, write

BATCH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "packaging", "batch")
DAEMONS = {"munged": "munge", "slurmctld": "slurmctld", "slurmd": "slurmd"}
CONF = """ClusterName=spx
SlurmctldHost={host}(127.0.0.1)
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
SlurmctldPort={control}
SlurmdPort={port}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
PlugStackConfig=/dev/null
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
MailProg=/bin/true
ReturnToService=2
SlurmdParameters=config_overrides
NodeName={host} NodeAddr=127.0.0.1 CPUs=4 RealMemory=8192 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def program(name):
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def skip(why):
    print("skipped: " + why)
    sys.exit(SKIPPED)


class Cluster:
    """The key, the controller and the one node, each a process of this test, below one folder."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="spx_slurm_", dir="/tmp")  # a short name: sockets have no long ones
        self.processes = []
        atexit.register(self.end)
        os.chmod(self.folder, 0o755)
        with open(os.open(self.folder + "/key", os.O_WRONLY | os.O_CREAT, 0o600), "wb") as key:
            key.write(os.urandom(128))
        for part in ("state", "spool"):
            os.mkdir(f"{self.folder}/{part}")
        host = socket.gethostname().split(".")[0]
        with open(self.folder + "/slurm.conf", "w") as conf:
            conf.write(CONF.format(host=host, user=getpass.getuser(), folder=self.folder, control=ports.free_port(),
                                   port=ports.free_port()))
        os.environ["SLURM_CONF"] = self.folder + "/slurm.conf"
        self.start("munged", "--foreground", "--force", f"--socket={self.folder}/munge.socket", f"--key-file={self.folder}/key",
                   f"--log-file={self.folder}/munged.log", f"--pid-file={self.folder}/munged.pid",
                   f"--seed-file={self.folder}/munged.seed")
        self.await_that(lambda: os.path.exists(self.folder + "/munge.socket"), "munged listens")
        self.start("slurmctld", "-D", "-i")
        self.start("slurmd", "-D", "-N", host)
        self.await_that(lambda: self.ask("sinfo", "-h", "-o", "%t").strip() == "idle", "the node is there")

    def start(self, name, *options):
        with open(f"{self.folder}/{name}.out", "wb") as out:
            self.processes.append((name, subprocess.Popen([program(name), *options], stdout=out, stderr=out)))

    def ask(self, *words):
        return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False).stdout

    def logs(self):
        texts = []
        for name in sorted(os.listdir(self.folder)):
            if name.endswith((".log", ".out")):
                with open(f"{self.folder}/{name}", errors="replace") as file:
                    texts.append(f"{name}: " + file.read()[-1500:])
        return "\n".join(texts)

    def await_that(self, holds, what):
        until = time.monotonic() + PATIENCE_S
        while not holds():
            ended = [name for name, process in self.processes if process.poll() is not None]
            assert time.monotonic() < until and not ended, f"{what}: {ended}\n{self.logs()}"
            time.sleep(0.1)

    def end(self):
        for _, process in reversed(self.processes):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for _, process in self.processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def make_photos(count, width):
    names = [f"photo {i}.png" for i in range(count)]
    for name in names:
        write(name, png(width, width * 3 // 4))
    with open("photos.txt", "w") as out:
        out.write("".join(os.path.abspath(name) + "\n" for name in names))
    return [os.path.abspath(name) for name in names]


def submit(*words):
    environment = dict(os.environ, SPX=PROGRAM, SPX_BATCH=BATCH)
    done = subprocess.run(["sbatch", "--parsable", *words], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, (done.stderr, CLUSTER.logs())
    return done.stdout.strip()


def results():
    told = []
    for name in sorted(os.listdir("results")):
        with open("results/" + name) as file:
            told += [(name, json.loads(line)) for line in file]
    return told


def made_of(told):
    """The files of results that were told, and when they were written."""
    paths = [each["path"] for _, one in told for each in one["files"]]
    assert len(paths) == len(told) and all(os.path.getsize(path) > 0 for path in paths), told
    return {path: os.stat(path).st_mtime_ns for path in paths}


def logs_of(job):
    return "".join(open(name).read() for name in sorted(os.listdir(".")) if name.startswith(f"spx-{job}_"))


def an_array_shares_a_list():
    enter("slurm array")
    photos = make_photos(5, 64)
    job = submit("--wait", "--array=1-3", BATCH + "/slurm.sbatch", "photos.txt", "results", "-o", "out", "-f", "left",
                 "--depth-size", "64")
    told = results()
    assert {name for name, _ in told} == {"1-of-3.jsonl", "2-of-3.jsonl", "3-of-3.jsonl"}, (told, logs_of(job))
    assert sorted(one["photo"] for _, one in told) == sorted(photos), (told, logs_of(job))
    before = made_of(told)
    # The same once more makes nothing anew.
    submit("--wait", "--array=1-3", BATCH + "/slurm.sbatch", "photos.txt", "results", "-o", "out", "-f", "left", "--depth-size", "64")
    assert before == made_of(told) and results() == told


def a_task_that_is_started_again_goes_on():
    enter("slurm requeue")
    photos = make_photos(12, 700)
    job = submit("--array=1-1", BATCH + "/slurm.sbatch", "photos.txt", "results", "-o", "out", "-f", "left",
                 "--depth-size", "128")
    done = "results/1-of-1.jsonl"
    CLUSTER.await_that(lambda: os.path.exists(done) and len(results()) >= 2, "two photos are made")
    assert subprocess.run(["scontrol", "requeue", job + "_1"], check=False).returncode == 0, CLUSTER.logs()
    made = made_of(results())
    assert len(made) < len(photos), "nothing was left to do"
    # Slurm waits two minutes before it starts it again, unless it is told not to. A start in the second of the requeue
    # itself is refused by the node ("Job credential revoked"), as credentials are told apart by whole seconds.
    CLUSTER.await_that(lambda: CLUSTER.ask("squeue", "-h", "-j", job, "-o", "%T").strip() == "PENDING", "it waits again")
    CLUSTER.ask("scontrol", "update", f"JobId={job}_1", "StartTime=now+3")
    CLUSTER.await_that(lambda: not CLUSTER.ask("squeue", "-h", "-j", job).strip(), "it is started again and ends")
    told = results()
    assert sorted(one["photo"] for _, one in told) == sorted(photos), (told, logs_of(job), CLUSTER.logs())
    assert made_of(told).items() >= made.items(), "what was made before is made again"
    assert not left_behind("out"), left_behind("out")


missing = [name for name in (*DAEMONS, "sbatch") if not program(name)]
if missing:
    skip("no " + ", ".join(missing) + " (Debian's slurm-wlm and munge; tools/setup --test)")
if os.geteuid() != 0:
    skip("Slurm's node starts tasks as their users, which wants root")
try:
    CLUSTER = Cluster()
except AssertionError as why:  # no photo has been asked for yet
    skip(f"Slurm does not start on this machine: {why}")
run(an_array_shares_a_list, a_task_that_is_started_again_goes_on)
