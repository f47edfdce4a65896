#!/usr/bin/python3
"""What cannot be converted: one line with file and reason each, exit code 1, nothing left behind."""
import json
import os
import resource
import shutil
import subprocess

from support import (PHOTOS, PROGRAM, convert, depth_png, enter, fails, left_behind, outputs, png, png_of,
                     read, run, spx, write)

FAST = ["--depth-map", "map.png"]


def names_a_missing_file():
    fails(["nowhere.jpg"], r"^spx: nowhere\.jpg: .*No such file")
    fails(["no/where.jpg"], r"^spx: no/where\.jpg: .*No such file")
    fails(["good.png", "--depth-map", "nomap.png"], r"^spx: good\.png: .*nomap\.png.*No such file")


def names_a_folder_without_photos():
    os.makedirs("bare/deeper")
    write("bare/notes.txt", b"x")
    fails(["bare"], r"^spx: bare: no photos in this folder")
    fails(["-r", "bare"], r"^spx: bare: no photos in this folder")


def refuses_what_is_no_photo():
    write("text.jpg", b"This is not a photo but a text about one.\n" * 20)
    fails(["text.jpg"], r"^spx: text\.jpg: \S")
    write("empty.png", b"")
    fails(["empty.png"], r"^spx: empty\.png: \S")
    os.mkfifo("pipe.jpg")
    fails(["pipe.jpg"], r"^spx: pipe\.jpg: is not a regular file")
    fails(["/dev/null"], r"^spx: /dev/null: is not a regular file")


def refuses_a_photo_that_ends_early():
    for name, source in (("cut.jpg", "pagoda.jpg"), ("cut.png", "chelsea.png")):
        whole = read(os.path.join(PHOTOS, source))
        write(name, whole[:len(whole) // 2])
        fails([name], r"^spx: cut\.\w+: \S")
        write(name, whole[:20])
        fails([name], r"^spx: cut\.\w+: \S")
    assert convert("good.png", *FAST, "-q", "-f", "spatial", "-o", "src")[0] == 0
    whole = read("src/good_output/good_spatial.heic")
    for size in (len(whole) * 2 // 3, len(whole) // 3, 40):
        write("cut.heic", whole[:size])
        fails(["cut.heic"], r"^spx: cut\.heic: \S")


def says_why_whatever_bytes_a_name_has():
    """Names are bytes, JSON is UTF-8: reasons pass between processes as JSON."""
    name = b"cut\xff.png"
    write(name, read(os.path.join(PHOTOS, "chelsea.png"))[:20000])
    reason = "truncated PNG file: "
    fails([name], r"^spx: cut\\xff\.png: " + reason)
    for told in (json.loads(convert(name, "--json")[1]), json.loads(spx("comfort", "--json", name)[1])):
        assert reason in told["error"], told
        assert told.get("photo", told.get("file")) == "cut\ufffd.png", told
    assert json.loads(spx("info", "--json", name)[1])["file"] == "cut\ufffd.png"
    write("list", name + b"\n")
    convert("--manifest", "list", "-q")
    assert reason in json.loads(read("list.results.jsonl"))["error"]


def no_name_steers_the_terminal():
    name = "red\x1b[31m.png"
    write(name, png(64, 48))
    for arguments in (["compare", "no" + name], ["compare", "good.png", "-o", "x/" + name], ["comfort", "--layout", "sbs", name],
                      ["info", name], ["convert", "--manifest", "no" + name], ["convert", "--watch", "no" + name],
                      ["convert", "--manifest", "list", "--shard", name], ["convert", "--manifest", "list", "--results", "x/" + name],
                      ["outpaint", "good.png", "-o", "x/" + name], ["model", "add", name], ["serve", "--keys", "no" + name]):
        code, out, err = spx(*arguments)
        assert "\\x1b[31m" in out + err and "\x1b" not in out + err, (arguments, out, err)
        assert err.count(name[:3]) <= 1, (arguments, err)  # once


def refuses_bombs_before_decoding():
    write("bomb.png", png_of(60000, 60000, b"x"))
    fails(["bomb.png"], r"^spx: bomb\.png: .*60000 ?x ?60000|3600000000")
    write("long.png", png_of(70000, 10, b"x"))
    fails(["long.png"], r"^spx: long\.png: .*70000")
    fails(["good.png", "--max-pixels", "1k"], r"^spx: good\.png: .*limit")
    fails(["good.png", "--max-side", "32"], r"^spx: good\.png: .*side")
    fails(["good.png", "--max-file", "100"], r"^spx: good\.png: .*limit")


def other_photos_are_done_all_the_same():
    code, out, err = convert("text.jpg", "good.png", "nowhere.jpg", *FAST)
    assert code == 1, code
    assert err.count("\n") == 2 and "text.jpg" in err and "nowhere.jpg" in err, err
    assert out.count("\n") == 1 and out.startswith("good.png: 5 files"), out
    assert outputs("good_output", "good")
    shutil.rmtree("good_output")


def as_nobody(arguments):
    """Runs spx without the rights of root, which may read and write anything."""
    command = [PROGRAM, "convert", *arguments]
    if os.geteuid() == 0:
        command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def says_what_may_not_be_read_or_written():
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        print("  no setpriv: not tried")
        return
    if as_nobody(["--help"])[0] != 0:
        print("  the program itself cannot be run by nobody: not tried")
        return
    write("secret.png", read("good.png"))
    os.chmod("secret.png", 0)
    os.mkdir("locked", 0o555)
    code, out, err = as_nobody(["secret.png", *FAST])
    assert (code, out) == (1, "") and "spx: secret.png: " in err and "ermission denied" in err, err
    code, out, err = as_nobody(["good.png", *FAST, "-o", "locked"])
    assert (code, out) == (1, "") and "good.png: " in err and "ermission denied" in err, err
    assert os.listdir("locked") == []


def leaves_nothing_when_the_output_is_full():
    def small_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
    fails(["good.png", *FAST, "-o", "full"], r"^spx: good\.png: .*(too large|write)",
          preexec_fn=small_files)
    assert not os.path.exists("full/good_output"), os.listdir("full/good_output")
    assert left_behind() == []


def keeps_what_was_there_when_the_output_is_full():
    def small_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
    assert convert("good.png", *FAST, "-q", "-o", "was")[0] == 0
    before = {name: read("was/good_output/" + name) for name in os.listdir("was/good_output")}
    fails(["good.png", *FAST, "-s", "3", "-f", "sbs,left,right", "-o", "was"], "good.png: ",
          preexec_fn=small_files)
    for name, data in before.items():
        assert read("was/good_output/" + name) == data, name
    assert left_behind() == []


def says_when_the_output_is_a_file():
    write("flat", b"x")
    fails(["good.png", *FAST, "-o", "flat"], r"^spx: good\.png: .*flat.*(folder|directory)")


def fills_up_a_small_disk():
    """The same with a file system that is really full; needs the right to mount one."""
    os.mkdir("disk")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "spx_test", "disk"],
                      capture_output=True).returncode != 0:
        print("  no right to mount: not tried")
        return
    try:
        fails(["good.png", *FAST, "-o", "disk"], r"^spx: good\.png: .*No space left")
        assert os.listdir("disk") == [], os.listdir("disk")
    finally:
        subprocess.run(["umount", "disk"], check=True)


def says_what_is_wrong_with_the_weights():
    models = os.environ["SPX_MODEL_DIR"]
    fails(["good.png", "-m", "no-such-net"], "good.png: .*no-such-net")
    os.mkdir("weights")
    whole = read(os.path.join(models, "spx-lite.safetensors"))
    write("weights/spx-lite.safetensors", whole[:len(whole) // 2])
    fails(["good.png", "-m", "weights/spx-lite.safetensors"], r"good\.png: .*spx-lite")
    environment = {**os.environ, "SPX_MODEL_DIR": "weights"}
    fails(["good.png", "-m", "spx-lite"], r"good\.png: .*spx-lite", env=environment)
    write("weights/spx-lite.safetensors", b"\xff" * 1000)
    fails(["good.png", "-m", "spx-lite"], r"good\.png: .*spx-lite", env=environment)


enter("cli_bad_input")
write("map.png", depth_png(16, 12))
write("good.png", png(64, 48))
run(names_a_missing_file, names_a_folder_without_photos, refuses_what_is_no_photo,
    refuses_a_photo_that_ends_early, says_why_whatever_bytes_a_name_has, no_name_steers_the_terminal, refuses_bombs_before_decoding,
    other_photos_are_done_all_the_same, says_what_may_not_be_read_or_written,
    leaves_nothing_when_the_output_is_full, keeps_what_was_there_when_the_output_is_full,
    says_when_the_output_is_a_file, fills_up_a_small_disk, says_what_is_wrong_with_the_weights)
