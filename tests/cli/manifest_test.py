#!/usr/bin/env python3
"""Many photos: lists in files, shards, going on after a kill, addresses, a folder that is watched."""
import json
import os
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import s3_server
from s3_server import KEY, REGION, SECRET, Store

from support import PATIENCE_S, PROGRAM, convert, enter, left_behind, png, read, run, spx, write

URL = s3_server.start()
CLOUD = dict(os.environ, **s3_server.environment(URL), HOME="/nonexistent")
PHOTO = png(96, 64)


def some_photos(folder, count):
    os.makedirs(folder, exist_ok=True)
    return [write(f"{folder}/photo {i}.png", png(96 + i, 64)) for i in range(count)]


def results(path):
    return [json.loads(line) for line in open(path) if line.strip()]


def list_of(path, *lines):
    return write(path, "".join(line + "\n" for line in lines).encode())


def photos_of_a_list_go_where_it_says():
    enter("manifest list")
    photos = some_photos("in", 3)
    list_of("list", "# a comment", photos[0], "", photos[1] + "\tplaces/of its own", photos[2], photos[2])
    code, out, err = convert("--manifest", "list", "-f", "left")
    assert code == 0 and err == "", err
    assert len(out.splitlines()) == 3, out
    for made in ("in/photo 0_output", "places/of its own", "in/photo 2_output"):
        assert os.listdir(made) == ["stereo_left.png"], made
    told = results("list.results.jsonl")
    assert [each["status"] for each in told] == ["ok"] * 3, told
    assert sorted(each["line"] for each in told) == [2, 4, 5], told
    assert told[0]["files"][0]["format"] == "left", told[0]
    code, out, err = convert("--manifest", "-", "--results", "r", "-o", "all", "-f", "left", "--json",
                             input=b"in/photo 0.png\r\n./in/../in/photo 1.png\n")
    assert code == 0, err
    assert [json.loads(line)["output"] for line in out.splitlines()] == ["all/in/photo 0_output",
                                                                        "all/in/in/photo 1_output"], out


def shards_share_the_lines():
    enter("manifest shards")
    photos = some_photos("in", 7)
    list_of("list", *photos)
    seen = []
    for shard in ("1/3", "2/3", "3/3"):
        code, _, err = convert("--manifest", "list", "--shard", shard, "-f", "left", "--results", "r" + shard[0])
        assert code == 0, err
        seen.append([each["photo"] for each in results("r" + shard[0])])
    assert seen == [photos[0::3], photos[1::3], photos[2::3]], seen
    for wrong in ("0/3", "4/3", "1", "a/b", "1/3x"):
        code, _, err = convert("--manifest", "list", "--shard", wrong)
        assert code == 2 and wrong in err, (wrong, err)


def lists_of_other_systems():
    """An editor's mark and line ends of Windows are no part of a name; UTF-16 is no list."""
    enter("manifest foreign")
    (photo,) = some_photos("in", 1)
    write("list", "\ufeff".encode() + photo.encode() + b"\r\n")
    code, out, err = convert("--manifest", "list", "-f", "left")
    assert code == 0 and [each["status"] for each in results("list.results.jsonl")] == ["ok"], (out, err)
    write("wide", (photo + "\r\n").encode("utf-16"))
    code, out, err = convert("--manifest", "wide", "-f", "left")
    assert code == 1 and out == "" and err == "spx: wide: line 1 holds a zero byte: no list of photos in UTF-8 or ASCII\n", err


def broken_lines_are_named_and_hurt_nobody_else():
    enter("manifest broken")
    photos = some_photos("in", 2)
    write("in/no.jpg", b"\xff\xd8\xff\xe0 nothing")
    write("in/photo 0.jpg", PHOTO)
    list_of("list", photos[0], "in/missing.png", "in/no.jpg", "in/photo 0.jpg", "ftp://a/b.png\tx", "s3://b\tx",
            "https://example.org/a.png", photos[1] + "\thttps://example.org/x", "\tx", photos[1])
    code, out, err = convert("--manifest", "list", "-f", "left")
    assert code == 1, err
    told = {each["line"]: each for each in results("list.results.jsonl")}
    assert sorted(told) == list(range(1, 11)), told
    assert [told[i]["status"] for i in (1, 10)] == ["ok", "ok"] and len(out.splitlines()) == 2, out
    for line, words in ((2, "No such file"), (3, "no.jpg"), (4, "line 4: another line has the same folder"),
                        (5, "https://, http:// and s3:// alone"), (6, "s3://BUCKET/KEY"), (7, "names no folder"),
                        (8, "s3:// addresses alone"), (9, "names no photo")):
        assert words in told[line].get("error", "") or words in err, (line, told[line], err)
        assert told[line]["status"] != "ok", told[line]
    assert told[3]["fault"] == "photo" and told[2]["fault"] == "request", told
    before = len(results("list.results.jsonl"))
    code, out, err = convert("--manifest", "list", "-f", "left", "--resume")
    assert code == 1 and "3 photos of the list done before" in err and out == "", (out, err)
    again = results("list.results.jsonl")[before:]
    assert sorted(each["line"] for each in again) == [2, 4, 5, 6, 7, 8, 9], again


def goes_on_after_a_kill():
    """Killed at random: every photo is done in the end, none twice after it was written down."""
    enter("manifest kill")
    photos = some_photos("in", 8)
    list_of("list", *photos)
    words = [PROGRAM, "convert", "--detail", "fast", "--manifest", "list", "--resume", "-f", "left", "-q"]
    for turn in range(4):
        child = subprocess.Popen(words, stderr=subprocess.DEVNULL)
        while child.poll() is None and done_in("list.results.jsonl") <= turn:
            time.sleep(0.01)
        child.kill()
        child.wait()
        write("list.results.jsonl", read("list.results.jsonl") + b'{"key": "cut of')  # as a loss of power leaves it
        assert done_in("list.results.jsonl") > turn, "each turn did some"
    code, _, err = spx("convert", "--detail", "fast", "--manifest", "list", "--resume", "-f", "left")
    assert code == 0, err
    ok = [json.loads(line)["photo"] for line in open("list.results.jsonl") if line.startswith('{"') and
          line.endswith("}\n") and '"ok"' in line]
    assert sorted(ok) == sorted(photos), ok
    assert all(os.listdir(photo[:-4] + "_output") == ["stereo_left.png"] for photo in photos)
    code, out, err = spx("convert", "--manifest", "list", "--resume", "-f", "left")
    assert code == 0 and out == "" and "8 photos" in err, (out, err)
    code, out, err = convert("--manifest", "list", "--resume", "-f", "left", "--strength", "2")
    assert code == 0 and len(out.splitlines()) == 8, "other options are other work"
    assert left_behind("in") == []


def done_in(path):
    return sum('"status":"ok"' in line for line in open(path)) if os.path.exists(path) else 0


def photos_come_from_addresses_and_go_to_buckets():
    enter("manifest cloud")
    os.makedirs("tmp")
    Store.objects.update({"/source/2024/a b+ü.png": PHOTO, "/web/c.png": PHOTO})
    list_of("list", "s3://source/2024/a b+ü.png\ts3://out/made/a b", URL + "/web/c.png?token=SECRETWORD\ts3://out/c/",
            "s3://source/2024/a b+ü.png\tnear")
    environment = dict(CLOUD, TMPDIR=os.path.abspath("tmp"))
    Store.faults += [(503, "SlowDown")]
    Store.cut = 1
    code, out, err = convert("--manifest", "list", "-f", "left,right", "--json", env=environment)
    assert code == 0, (out, err)
    for name in ("/out/made/a b/stereo_left.png", "/out/made/a b/stereo_right.png", "/out/c/stereo_left.png"):
        assert Store.objects[name][:4] == b"\x89PNG", name
    assert sorted(os.listdir("near")) == ["stereo_left.png", "stereo_right.png"]
    told = results("list.results.jsonl")
    assert {each["output"] for each in told} == {"s3://out/made/a b", "s3://out/c/", "near"}, told
    assert {each["files"][0]["path"] for each in told} == {"s3://out/made/a b/stereo_left.png",
                                                         "s3://out/c/stereo_left.png", "near/stereo_left.png"}
    everything = out + err + open("list.results.jsonl").read()
    assert "SECRETWORD" not in everything and SECRET not in everything, everything
    assert os.listdir("tmp") == [], os.listdir("tmp")


def says_what_a_bucket_said():
    enter("manifest refused")
    Store.objects["/source/a.png"] = PHOTO
    list_of("list", "s3://source/a.png\ts3://out/x")
    for fault, environment, words in (
            ([], dict(CLOUD, AWS_SECRET_ACCESS_KEY="wrong"), "the secret key or the region is wrong"),
            ([(403, "AccessDenied")], CLOUD, "may not do that"),
            ([(400, "ExpiredToken")], CLOUD, "have expired"),
            ([(403, "RequestTimeTooSkewed")], CLOUD, "clock is wrong"),
            ([(404, "NoSuchBucket")], CLOUD, "no such bucket"),
            ([(503, "SlowDown")] * 5, CLOUD, "503 SlowDown"),
            ([], dict(CLOUD, AWS_ENDPOINT_URL="http://127.0.0.1:1"), "connect"),
            ([], dict(CLOUD, AWS_ENDPOINT_URL="nonsense"), "the endpoint is no URL")):
        Store.faults[:] = fault
        code, _, err = convert("--manifest", "list", "-f", "left", env=environment)
        assert code == 1 and words in err and SECRET not in err, (words, err)
        assert results("list.results.jsonl")[-1]["status"] != "ok"
    Store.faults[:] = []
    list_of("list", "s3://source/a.png\ts3://missing/x")
    code, _, err = convert("--manifest", "list", "-f", "left", env=CLOUD)
    assert code == 1 and "no such bucket" in err, err
    assert not [name for name in Store.objects if name.startswith("/missing")]


def credentials_come_from_files():
    enter("manifest profile")
    Store.objects["/source/a.png"] = PHOTO
    list_of("list", "s3://source/a.png\tout")
    write("credentials", f"[default]\naws_access_key_id=x\naws_secret_access_key=y\n\n[studio]\n"
                         f"aws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n".encode())
    write("config", f"[profile studio]\nregion = {REGION}\nendpoint_url = {URL}/\n".encode())
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment.update(AWS_PROFILE="studio", AWS_SHARED_CREDENTIALS_FILE="credentials", AWS_CONFIG_FILE="config",
                       no_proxy="127.0.0.1")
    code, _, err = convert("--manifest", "list", "-f", "left", env=environment)
    assert code == 0, err


def array_jobs_find_their_part():
    """packaging/batch/spx-shard under the variables of each scheduler."""
    enter("manifest array")
    photos = some_photos("in", 5)
    list_of("list", *photos)
    script = os.path.join(os.environ["SPX_TEST_DATA"], "..", "..", "packaging", "batch", "spx-shard")
    tasks = [{"SLURM_ARRAY_TASK_ID": "11", "SLURM_ARRAY_TASK_MIN": "10", "SLURM_ARRAY_TASK_COUNT": "4"},
             {"JOB_COMPLETION_INDEX": "2", "SPX_SHARDS": "4"}, {"AWS_BATCH_JOB_ARRAY_INDEX": "3", "SPX_SHARDS": "4"},
             {"SPX_SHARD": "1", "SPX_SHARDS": "4"}]
    for task in tasks:
        subprocess.run([script, "list", "results", "-f", "left", "-q", "--detail", "fast"], check=True,
                       env=dict(os.environ, SPX=PROGRAM, **task))
    told = {shard: [each["photo"] for each in results(f"results/{shard}-of-4.jsonl")] for shard in (1, 2, 3, 4)}
    assert told == {1: [photos[0], photos[4]], 2: photos[1:2], 3: photos[2:3], 4: photos[3:4]}, told


def a_watched_folder_is_converted_as_it_fills():
    enter("manifest watch")
    some_photos("in", 1)
    child = subprocess.Popen([PROGRAM, "convert", "--detail", "fast", "--watch", "in", "-f", "left"], text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def comes(folder):
        end = time.monotonic() + PATIENCE_S
        while not os.path.exists(folder + "/stereo_left.png"):
            assert time.monotonic() < end and child.poll() is None, folder
            time.sleep(0.02)

    comes("in/photo 0_output")
    with open("in/slow.png", "wb") as slow:  # is whole only later
        slow.write(PHOTO[:len(PHOTO) // 2])
        slow.flush()
        time.sleep(0.7)
        slow.write(PHOTO[len(PHOTO) // 2:])
    comes("in/slow_output")
    write("new.png", PHOTO)
    os.rename("new.png", "in/new.png")
    write("in/.hidden.png", PHOTO)
    write("in/notes.txt", b"no photo")
    comes("in/new_output")
    time.sleep(0.5)  # it is not busy now
    child.send_signal(signal.SIGTERM)
    out, err = child.communicate(timeout=PATIENCE_S)
    assert child.returncode == 128 + signal.SIGTERM, err
    assert sorted(name for name in os.listdir("in") if name.endswith("_output")) == ["new_output", "photo 0_output",
                                                                                    "slow_output"]
    code, _, err = convert("--watch", "nowhere")
    assert code == 1 and "nowhere" in err, err


def asks_for_one_way_to_name_photos():
    enter("manifest usage")
    photo = some_photos("in", 1)[0]
    list_of("list", photo)
    for words in (["--manifest", "list", photo], ["--manifest", "list", "--watch", "in"], ["--resume", photo],
                  ["--shard", "1/2", photo], ["--manifest", "list", "--stereo", "pair"], ["--manifest", "-"]):
        code, out, err = convert(*words, input=b"")
        assert code in (1, 2) and out == "" and err.startswith("spx"), (words, code, err)
    code, _, err = convert("--manifest", "missing")
    assert code == 1 and "missing: " in err, err


run(photos_of_a_list_go_where_it_says, shards_share_the_lines, lists_of_other_systems, broken_lines_are_named_and_hurt_nobody_else,
    goes_on_after_a_kill, photos_come_from_addresses_and_go_to_buckets, says_what_a_bucket_said,
    credentials_come_from_files, array_jobs_find_their_part, a_watched_folder_is_converted_as_it_fills, asks_for_one_way_to_name_photos)
sys.exit(0)
