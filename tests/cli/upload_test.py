#!/usr/bin/env python3
"""Objects that go to a bucket in parts: whole and once, or not at all and nothing left behind."""
import os
import random
import signal
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import s3_server
from s3_server import SECRET, Store

from support import PATIENCE_S, enter, run, write

PUT_OBJECT = os.environ.get("SPX_PUT_OBJECT", os.path.join(os.path.dirname(os.environ["SPX_PROGRAM"]), "tests", "spx_put_object"))
CLOUD = dict(os.environ, **s3_server.environment(s3_server.start()), HOME="/nonexistent")
PART = 64 << 10
BYTES = random.Random(7).randbytes(3 * PART + 17)
KEY = "/out/ö b+/large.bin"
CREATE, PARTS, DONE = [None], [None] * 4, [None]
Store.least_part = PART


def words(size=len(BYTES), part=PART):
    """The command, over a server that has seen nothing yet."""
    for each in (Store.objects, Store.kinds, Store.uploads, Store.seen, Store.faults):
        each.clear()
    write("large.bin", BYTES[:size])
    return [PUT_OBJECT, "large.bin", "s3:/" + KEY, str(part)]


def put(faults=(), **more):
    command = words(**more)
    Store.faults += faults
    done = subprocess.run(command, env=CLOUD, capture_output=True, text=True, timeout=PATIENCE_S)
    assert SECRET not in done.stderr, done.stderr
    assert Store.uploads == {}, (Store.uploads, done.stderr)
    return done.returncode, done.stderr


def asked(word):
    return sum(word in path for _, path in Store.seen)


def a_large_file_goes_in_parts():
    enter("upload parts")
    assert put() == (0, "")
    assert Store.objects == {KEY: BYTES} and Store.kinds == {KEY: "image/x-test"}
    assert [method for method, _ in Store.seen] == ["POST", "PUT", "PUT", "PUT", "PUT", "POST"], Store.seen
    assert put(size=2 * PART) == (0, "") and Store.objects == {KEY: BYTES[:2 * PART]}
    assert asked("partNumber=") == 2, Store.seen


def what_fits_into_a_request_is_one():
    enter("upload whole")
    for size in (1, PART):
        assert put(size=size) == (0, "") and Store.objects == {KEY: BYTES[:size]}, (size, Store.objects.keys(), Store.seen)
        assert [method for method, _ in Store.seen] == ["PUT"], Store.seen
    assert put(part=0) == (0, "") and len(Store.seen) == 1, Store.seen


def a_part_has_64_mib():
    enter("upload usual")
    size = (64 << 20) + 1
    command = words(part=0)
    os.truncate("large.bin", size)
    Store.least_part = 5 << 20
    assert subprocess.run(command, env=CLOUD, timeout=PATIENCE_S).returncode == 0
    Store.least_part = PART
    assert asked("partNumber=") == 2 and asked("partNumber=2&") == 1, Store.seen
    assert Store.objects[KEY] == BYTES + bytes(size - len(BYTES)) and Store.uploads == {}
    Store.objects.clear()


def a_key_is_what_it_says():
    """Dots and doubled slashes are characters of a key like others: no folder is left, no other bucket reached."""
    enter("upload keys")
    for key in ("/out/a/../b", "/out/../other/x", "/out/./a//b/..c", "/out/a+b=c&d%2B?e#f *~/\u00f6"):
        command = words(size=10)[:2] + ["s3:/" + key, "0"]
        done = subprocess.run(command, env=CLOUD, capture_output=True, text=True, timeout=PATIENCE_S)
        assert (done.returncode, done.stderr, Store.objects) == (0, "", {key: BYTES[:10]}), (key, done.stderr, Store.objects)


def what_passes_is_tried_again():
    enter("upload again")
    busy, broken, late = (503, "SlowDown"), (0, ""), (400, "RequestTimeout")
    for faults, requests in (([None, None, busy, busy], 8), ([None, broken], 7), ([None, None, None, late], 7), ([busy], 7),
                             (CREATE + PARTS + [broken, busy], 8)):
        assert put(faults) == (0, "") and Store.objects == {KEY: BYTES}, faults
        assert len(Store.seen) == requests, (faults, Store.seen)


def an_error_in_a_success_is_a_failure():
    """S3 may begin the answer to a completion with 200 and find an error afterwards."""
    enter("upload hidden")
    assert put(CREATE + PARTS + [(200, "InternalError")] * 2) == (0, "") and Store.objects == {KEY: BYTES}
    assert len(Store.seen) == 8, Store.seen
    code, err = put(CREATE + PARTS + [(200, "InternalError")] * 5)
    assert code == 1 and "200 InternalError" in err and Store.objects == {}, err
    assert Store.seen[-1][0] == "DELETE", Store.seen


def a_failure_leaves_nothing():
    enter("upload failure")
    for faults, said in (([(403, "AccessDenied")], "may not do that"), ([None, None, (403, "ExpiredToken")], "have expired"),
                         ([None, None] + [(503, "SlowDown")] * 5 + [(503, "SlowDown")] * 2, "503 SlowDown"),
                         (CREATE + PARTS + [(400, "InvalidPart")], "400 InvalidPart")):
        code, err = put(faults)
        assert code == 1 and said in err and "stay in the bucket" not in err and Store.objects == {}, (said, err)
    Store.least_part = PART + 1
    code, err = put()
    assert code == 1 and "EntityTooSmall" in err and Store.objects == {}, err
    Store.least_part = PART


def says_what_it_could_not_take_away():
    enter("upload rest")
    command = words()
    Store.faults += [None, None, (403, "AccessDenied"), (403, "AccessDenied")]
    done = subprocess.run(command, env=CLOUD, capture_output=True, text=True, timeout=PATIENCE_S)
    assert done.returncode == 1 and "parts of it stay in the bucket" in done.stderr, done.stderr
    assert len(Store.uploads) == 1 and Store.objects == {}


def an_upload_that_is_gone_begins_anew():
    """Its completion was done and the answer lost, or somebody took it away."""
    enter("upload gone")
    Store.lost = 1
    assert put() == (0, "") and Store.objects == {KEY: BYTES}
    assert asked("uploads=") == 2 and Store.lost == 0, Store.seen
    times = [1]

    def take_away(number):
        if number == 2 and times[0] > 0:
            times[0] -= 1
            Store.uploads.clear()

    Store.on_part = take_away
    assert put() == (0, "") and Store.objects == {KEY: BYTES}
    assert asked("uploads=") == 2, Store.seen
    times[0] = 9
    code, err = put()
    assert code == 1 and "NoSuchUpload" in err and Store.objects == {} and asked("uploads=") == 2, (err, Store.seen)
    Store.on_part = None


def a_cancel_takes_the_parts_away():
    enter("upload cancel")
    reached, go = threading.Event(), threading.Event()

    def hold(number):
        if number == 3:
            reached.set()
            go.wait(PATIENCE_S)

    command = words()
    Store.on_part = hold
    child = subprocess.Popen(command, env=CLOUD, stderr=subprocess.PIPE, text=True)
    assert reached.wait(PATIENCE_S) and len(Store.uploads) == 1
    child.send_signal(signal.SIGTERM)
    _, err = child.communicate(timeout=PATIENCE_S)
    Store.on_part = None
    go.set()
    assert child.returncode == 3 and Store.uploads == {} and Store.objects == {}, (child.returncode, err)
    assert Store.seen[-1][0] == "DELETE", Store.seen


run(a_large_file_goes_in_parts, what_fits_into_a_request_is_one, a_key_is_what_it_says, a_part_has_64_mib, what_passes_is_tried_again,
    an_error_in_a_success_is_a_failure, a_failure_leaves_nothing, says_what_it_could_not_take_away,
    an_upload_that_is_gone_begins_anew, a_cancel_takes_the_parts_away)
