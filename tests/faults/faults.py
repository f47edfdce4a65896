"""Faults on purpose: memory, threads, disk, signals and decoders that fail, one at a time, and what must hold after each:
the parent has not crashed, nothing hangs, no half file and no temporary one is left, and the words blame the right one.

faults.run(quick=True) takes about a minute; `make test-faults` runs everything."""
import concurrent.futures
import io
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "server"))
import serving

PROGRAM = os.environ["SPX_PROGRAM"]
FAULT = os.environ["SPX_FAULT_LIBRARY"]
OUT = os.path.join(os.environ.get("SPX_TEST_OUT", "/tmp"), "faults")
PATIENCE_S = 600
FORMATS = "spatial,depth,left"
COMMAND = ["-q", "--detail", "fast", "-f", FORMATS]
CRASHES = (-signal.SIGSEGV, -signal.SIGABRT, -signal.SIGBUS, -signal.SIGFPE, -signal.SIGILL, -signal.SIGTRAP)


def photo():
    path = os.path.join(OUT, "photo.png")
    os.makedirs(OUT, exist_ok=True)
    if not os.path.exists(path):
        with open(path + ".new", "wb") as file:
            file.write(serving.png(160, 100))
        os.rename(path + ".new", path)
    return path


def files_of(folder):
    found = {}
    for where, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(where, name), "rb") as file:
                found[name] = file.read()
    return found


class Outcome:
    def __init__(self, case, code, text, files, seconds):
        self.case, self.code, self.text, self.files, self.seconds = case, code, text, files, seconds


def convert(name, fault=None, options=(), limit=None, patience=PATIENCE_S, keep=False):
    """One run of spx convert under a fault; code None = it hung."""
    folder = os.path.join(OUT, name)
    if not keep:
        shutil.rmtree(folder, ignore_errors=True)
    environment = dict(os.environ)
    if fault is not None:
        environment.update({"LD_PRELOAD": FAULT}, **fault)
    begin = time.monotonic()
    process = subprocess.Popen([PROGRAM, "convert", *COMMAND, "-o", folder, *options, photo()], env=environment,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=limit)
    try:
        _, errors = process.communicate(timeout=patience)
        code = process.returncode
    except subprocess.TimeoutExpired:
        process.kill()
        _, errors = process.communicate()
        code = None
    return Outcome((name, fault, tuple(options)), code, errors.decode(errors="replace"), files_of(folder),
                   time.monotonic() - begin)


def judge(outcome, good, in_process=False):
    """What is wrong with a run, in words; None = nothing. good: the files of a run without faults."""
    if outcome.code is None:
        return "hangs"
    if outcome.code in CRASHES:
        return f"crashes ({-outcome.code})"
    if outcome.code not in (0, 1, -signal.SIGKILL) and outcome.code < 128:
        return f"exit code {outcome.code}"
    left = [name for name in outcome.files if name.startswith(".spx-")]
    if left and outcome.code != -signal.SIGKILL:
        return f"leaves {left}"
    wrong = [name for name, data in outcome.files.items() if not name.startswith(".spx-") and data != good[name]]
    if wrong:
        return f"half or other files: {wrong}"
    if outcome.code == 0 and len(outcome.files) != len(good):
        return "success without all files"
    if outcome.code == 1 and outcome.files:
        return "failure with files"
    if outcome.code == 1 and not outcome.text.strip():
        return "fails without a word"
    if "damaged" in outcome.text or "corrupt" in outcome.text:
        return "blames the photo: " + outcome.text.strip()[-200:]
    return None


def as_fault(kind, at, count=1, **more):
    return dict({"SPX_FAULT": kind, "SPX_FAULT_AT": str(at), "SPX_FAULT_COUNT": str(count)},
                **{"SPX_FAULT_" + key.upper(): value for key, value in more.items()})


def tally():
    """How often each kind of call comes, counted in one process."""
    path = os.path.join(OUT, "tally.txt")
    if os.path.exists(path):
        os.unlink(path)
    outcome = convert("tally", {"SPX_FAULT_TALLY": path}, ["--in-process"])
    assert outcome.code == 0, outcome.text
    with open(path) as file:
        return {kind: int(count) for kind, count in (line.split() for line in file)}


def spread(count, wanted, seed=1):
    """Of 0 … count - 1: all, or as many as wanted, more of the early ones, the same each time."""
    if count <= wanted:
        return list(range(count))
    chance = random.Random(seed)
    chosen = set()
    while len(chosen) < wanted:
        chosen.add(int(count * chance.random() ** 2))
    return sorted(chosen)


def cases(quick):
    counts = tally()
    print("calls of one conversion:", counts, flush=True)
    found = []
    def add(kind, places, **more):
        for at in places:
            found.append((f"{kind}_{at}_{len(found)}", as_fault(kind, at, **more), []))
    add("own-alloc", spread(counts["own-alloc"], 10 if quick else 10000))
    add("alloc", spread(counts["alloc"], 6 if quick else 150))
    add("thread", spread(counts["thread"] + 2, 5 if quick else 100))
    add("thread", [0] if quick else [0, 2, 5], count=100000)
    add("fsync", [0] if quick else [0, 1, 2])
    add("rename", [1] if quick else [0, 1, 2])
    add("read", [0] if quick else [0, 1, 2])
    for how in ("enospc", "short") if quick else ("enospc", "eio", "short", "eintr"):
        add("write", [0] if quick else [0, 1, 2], how=how)
    return found


def run_all(list_of_cases, good, at_once):
    bad = []
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        for outcome in pool.map(lambda case: convert(*case), list_of_cases):
            what = judge(outcome, good)
            if what is not None:
                bad.append((outcome.case, what, round(outcome.seconds, 1)))
                print("BAD ", outcome.case, what, outcome.text.strip()[-300:], flush=True)
    print(f"{len(list_of_cases)} runs, {len(bad)} bad", flush=True)
    return bad


def little_memory(quick, good):
    """RLIMIT_AS: spx says so, in any words but the photo's."""
    bad = []
    for kilobytes in (256000, 614400) if quick else range(150000, 1400000, 25000):
        def limit(size=kilobytes * 1024):
            resource.setrlimit(resource.RLIMIT_AS, (size, size))
        outcome = convert(f"as_{kilobytes}", None, [], limit)
        what = judge(outcome, good)
        if what is not None and not (outcome.code == 127 and "shared object" in outcome.text):
            bad.append((kilobytes, what))
            print("BAD  RLIMIT_AS", kilobytes, what, outcome.text[-300:], flush=True)
    return bad


NOBODY = 65534


def few_processes(quick, good):
    """A limit of processes and threads, as a control group's pids.max: it does not hold for root, so somebody else runs."""
    bad = []
    if os.getuid() != 0:
        print("no limit of processes was tried: only root can run spx as somebody else", flush=True)
        return bad
    place = os.path.join("/tmp", f"spx-faults-{os.getpid()}")  # nobody may not come to where spx was built
    folder = os.path.join(place, "turn")
    program = os.path.join(place, "spx")
    limits = (1, 2, 4) if quick else range(1, 41)
    try:
        os.mkdir(place, 0o755)
        os.chmod(place, 0o755)
        shutil.copy(PROGRAM, program)
        shutil.copy(os.path.join(os.environ["SPX_MODEL_DIR"], "spx-lite.safetensors"), place)
        for most in limits:
            shutil.rmtree(folder, ignore_errors=True)
            os.mkdir(folder, 0o777)
            os.chmod(folder, 0o777)
            shutil.copy(photo(), os.path.join(folder, "photo.png"))
            def limit(most=most):
                os.setgroups([])
                os.setgid(NOBODY)
                resource.setrlimit(resource.RLIMIT_NPROC, (most, most))
                os.setuid(NOBODY)
            out = os.path.join(folder, "out")
            try:
                process = subprocess.Popen([program, "convert", *COMMAND, "-o", out, os.path.join(folder, "photo.png")],
                                           cwd=folder, env=dict(os.environ, HOME=folder, SPX_MODEL_DIR=place),
                                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=limit)
            except BlockingIOError:  # spx itself was one too many
                continue
            try:
                _, errors = process.communicate(timeout=PATIENCE_S)
                code = process.returncode
            except subprocess.TimeoutExpired:
                process.kill()
                _, errors = process.communicate()
                code = None
            outcome = Outcome(("processes", most), code, errors.decode(errors="replace"), files_of(out), 0.0)
            what = judge(outcome, good)
            if what is not None:
                bad.append((most, what))
                print("BAD  RLIMIT_NPROC", most, what, outcome.text[-300:], flush=True)
        print(f"{len(limits)} limits of processes, {len(bad)} bad; the last one ended with {code}", flush=True)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return bad


def signals(quick, good):
    """At random times: a short end, no half file, and what SIGKILL leaves is swept by the next run."""
    bad = []
    chance = random.Random(4)
    begin = time.monotonic()
    convert("signals_time")
    length = time.monotonic() - begin
    for turn in range(6 if quick else 40):
        number = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)[turn % 3]
        folder = os.path.join(OUT, "signals")
        shutil.rmtree(folder, ignore_errors=True)
        process = subprocess.Popen([PROGRAM, "convert", *COMMAND, "-o", folder, photo()], stderr=subprocess.PIPE)
        time.sleep(chance.uniform(0, length))
        process.send_signal(number)
        sent = time.monotonic()
        try:
            process.communicate(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            bad.append((number, "hangs"))
            continue
        late = time.monotonic() - sent
        time.sleep(0.3 if number == signal.SIGKILL else 0)  # the child dies with its parent
        outcome = Outcome(("signal", number), process.returncode, "x", files_of(folder), late)
        what = judge(outcome, good) if number == signal.SIGKILL or process.returncode == 0 else None
        if what is None and number != signal.SIGKILL and [n for n in outcome.files if n.startswith(".spx-")]:
            what = "leaves temporary files"
        if what is not None:
            bad.append((number, what))
        if number == signal.SIGKILL:
            again = convert("signals", keep=True)
            if again.code != 0 or set(again.files) != set(good):
                bad.append((number, "is not swept", sorted(again.files)))
    for what in bad:
        print("BAD  signal", what, flush=True)
    return bad


def jpeg(width, height):
    from PIL import Image
    data = io.BytesIO()
    Image.frombytes("RGB", (width, height), bytes((x * y) & 255 for y in range(height) for x in range(width * 3))).save(
        data, "jpeg")
    return data.getvalue()


def a_crashing_decoder_takes_nothing_with_it():
    fault = dict(as_fault("jpeg", 333), LD_PRELOAD=FAULT)
    with serving.Server("fault_crash", "--workers", "2", environment=fault) as server:
        good = server.add(serving.png(64, 48))["id"]
        evil = server.add(jpeg(333, 100), "evil.jpg")["id"]
        other = server.add(jpeg(100, 80), "other.jpg")["id"]
        failed = server.wait(evil, "failed")
        assert failed["error"]["fault"] == "spx" and "crashed" in failed["error"]["message"], failed["error"]
        for job in (good, other):
            server.wait(job)
        reports = os.listdir(os.path.join(server.folder, "data", "reports"))
        assert reports == [evil + ".txt"], reports
        assert server.process.poll() is None


def a_crashing_decoder_takes_no_verb_with_it():
    """The photo behind the one that crashes its decoder is still looked at, and the words say whose fault it was."""
    folder = os.path.join(OUT, "verbs")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    for name, width in (("evil_sbs.jpg", 334), ("good_sbs.jpg", 320)):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(jpeg(width, 100))
    environment = dict(os.environ, LD_PRELOAD=FAULT, **as_fault("jpeg", 334))
    def spx(*arguments):
        return subprocess.run([PROGRAM, *arguments], cwd=folder, env=environment, capture_output=True, text=True,
                              timeout=PATIENCE_S)
    for verb, options in (("outpaint", []), ("comfort", ["--json"]), ("info", ["--comfort", "--json"]),
                          ("compare", ["--places", "1"])):
        done = spx(verb, *options, "evil_sbs.jpg", *([] if verb == "compare" else ["good_sbs.jpg"]))
        assert done.returncode == 1, (verb, done)
        assert "evil_sbs.jpg" in done.stderr and "crashed" in done.stderr, (verb, done)
        if verb != "compare":
            assert "good_sbs.jpg" in done.stdout, (verb, done)
    assert sorted(os.listdir(folder)) == ["evil_sbs.jpg", "good_sbs.jpg", "good_sbs_outpainted.png"], os.listdir(folder)


def a_decoder_that_was_taken_over_finds_no_way_out():
    """Not in any verb, nor in the server; --in-process, where there is one, shows that it looks."""
    folder = os.path.join(OUT, "way_out")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    with open(os.path.join(folder, "evil_sbs.jpg"), "wb") as file:
        file.write(jpeg(334, 100))
    environment = dict(os.environ, **as_fault("jpeg-out", 334))
    def spx(*arguments):
        return subprocess.run([PROGRAM, *arguments, "evil_sbs.jpg"], cwd=folder, env=dict(environment, LD_PRELOAD=FAULT),
                              capture_output=True, text=True, timeout=PATIENCE_S)
    for verb in (("convert", *COMMAND), ("outpaint",), ("comfort",), ("info",), ("info", "--comfort"), ("compare", "--places", "1")):
        done = spx(*verb)
        assert done.returncode == 0, (verb, done)
    assert spx("convert", *COMMAND, "--in-process", "-o", "open").returncode in CRASHES
    with serving.Server("fault_way_out", environment=dict(environment, LD_PRELOAD=FAULT)) as server:
        server.wait(server.add(jpeg(334, 100), "evil.jpg")["id"])


def a_server_without_threads_says_so_and_stops():
    fault = dict(as_fault("thread", 0, 100000, **{"in": "child"}), LD_PRELOAD=FAULT)
    with serving.Server("fault_threads", "--grace", "0", environment=fault) as server:
        job = server.add(jpeg(320, 200), "photo.jpg")["id"]
        server.wait(job, "running", "failed")
        begin = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(PATIENCE_S) == 0
        print(f"stopped within {time.monotonic() - begin:.2f} s", flush=True)
        server.close()


def an_old_set_stays_whole():
    folder = os.path.join(OUT, "old_set")
    shutil.rmtree(folder, ignore_errors=True)
    old = convert("old_set", None, ["--strength", "1"])
    assert old.code == 0, old.text
    for fault in (as_fault("write", 1, how="enospc"), as_fault("rename", 0, 100)):
        new = convert("old_set", fault, ["--strength", "4"], keep=True)
        assert new.code in (0, 1), new.text
        assert new.files == old.files if new.code == 1 else set(new.files) == set(old.files), sorted(new.files)
        if new.code == 0:
            old = new


def run(quick):
    begin = time.monotonic()
    good = convert("good")
    assert good.code == 0 and len(good.files) == 3, good.text
    bad = run_all(cases(quick), good.files, max(2, os.cpu_count() or 2))
    bad += little_memory(quick, good.files)
    bad += few_processes(quick, good.files)
    bad += signals(quick, good.files)
    print(f"{time.monotonic() - begin:.0f} s", flush=True)
    assert not bad, bad
