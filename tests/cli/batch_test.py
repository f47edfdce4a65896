#!/usr/bin/python3
"""Names, folders, several photos, existing files, the two ways to ask, JSON."""
import json
import os
import shutil

from support import convert, depth_png, enter, fails, outputs, png, read, run, spx, spx_all, write

FAST = ["--depth-map", "map.png"]
TINY = [*FAST, "-f", "left"]


def takes_awkward_names():
    names = ["two words.png", "it's \"quoted\".png", "Gemälde 写真.png", "-rf.png", "line\nbreak.png",
             "100%s.png", "noextension", "dots.in.name.png"]
    for name in names:
        write(name, read("good.png"))
    code, out, err = convert(*FAST, "--", *names)
    assert code == 0 and err == "", err
    assert out.count("\n") == len(names) and "line\\nbreak.png" in out, out
    for name in names:
        stem = name[:-4] if name.endswith(".png") else name
        assert outputs(stem + "_output", stem), (name, os.listdir(stem + "_output"))
    code, _, err = convert("./-rf.png", *TINY)
    assert code == 0, err
    fails(["bad\x1b[31m\n.png"], r"^spx: bad\\x1b\[31m\\n\.png: ")


def takes_a_photo_as_the_reference_does():
    write("ref_outpainted.png", read("good.png"))
    code, _, err = spx("--photo", "ref_outpainted.png", *FAST)
    assert code == 0, err
    assert outputs("ref_outpainted_output", "ref"), os.listdir("ref_outpainted_output")
    code, _, err = spx("-q", "--photo=-rf.png", *TINY, "-o", "ref")
    assert code == 0 and os.path.exists("ref/-rf_output/stereo_left.png"), err


def takes_folders():
    for path in ("trip/a.png", "trip/day 2/b.PNG", "trip/day 2/c.jpeg.png"):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        write(path, read("good.png"))
    assert convert("trip", "-q", *TINY) == (0, "", "")
    assert os.listdir("trip/a_output") == ["stereo_left.png"]
    assert not os.path.exists("trip/day 2/b_output")
    code, out, err = convert("-r", "trip", "-o", "out", *TINY)
    assert code == 0 and out.count("\n") == 3, (out, err)  # not trip/a_output/stereo_left.png
    assert os.path.exists("out/day 2/c.jpeg_output/stereo_left.png")
    shutil.rmtree("out")


def reads_standard_input():
    code, out, err = convert("-", *TINY, "-o", "piped", input=read("good.png"))
    assert code == 0 and err == "" and os.path.exists("piped/photo_output/stereo_left.png"), err
    code, out, err = convert("-", *TINY, "--max-file", "100", input=read("good.png"))
    assert code == 1 and "over the limit of 100" in err, err


def gives_photos_of_one_name_their_own_folders():
    os.mkdir("same")
    for name in ("a.png", "a.PNG"):
        write("same/" + name, read("good.png"))
    assert convert("same/a.png", "same/a.PNG", "same/a.png", "-q", *TINY) == (0, "", "")
    assert sorted(os.listdir("same")) == ["a.PNG", "a.PNG_output", "a.png", "a_output"]


def treats_existing_files_as_told():
    assert convert("good.png", *FAST, "-q", "-o", "old")[0] == 0
    path = "old/good_output/stereo_left.png"
    code, out, err = convert("good.png", *FAST, "-s", "3", "-o", "old", "--skip-existing")
    assert code == 0 and "skipped" in out, (out, err)
    before = read(path)
    fails(["good.png", *FAST, "-s", "3", "-o", "old", "--no-overwrite"], "already exists")
    assert read(path) == before
    assert convert("good.png", *FAST, "-s", "3", "-q", "-o", "old") == (0, "", "")
    assert read(path) != before
    os.remove(path)
    code, out, _ = convert("good.png", *FAST, "-o", "old", "--skip-existing")
    assert code == 0 and "5 files" in out and os.path.exists(path), out


def tells_programs_in_json():
    code, out, err = convert("good.png", "nowhere.png", *FAST, "--json", "-o", "j", "-s", "1.5")
    assert code == 1 and err.count("\n") == 1, err
    done, failed = (json.loads(line) for line in out.splitlines())
    assert done["status"] == "ok" and done["photo"] == "good.png", done
    assert (done["width"], done["height"], done["strength_pct"]) == (64, 48, 1.5), done
    formats = [file["format"] for file in done["files"]]
    assert sorted(formats) == ["depth", "left", "right", "sbs", "spatial"], formats
    for file in done["files"]:
        assert os.path.getsize(file["path"]) == file["bytes"], file
    assert failed["status"] == "not found" and "nowhere.png" in failed["error"], failed


def says_what_a_person_would_ask_about():
    line = "spx: good.png: warning: the photo has only 64 x 48 pixels, and will look coarse [tiny-source]\n"
    assert spx_all("convert", "good.png", *TINY, "-q", "-o", "w") == (0, "", line)
    code, out, err = spx_all("convert", "good.png", *TINY, "--json", "-o", "w")
    (warning,) = json.loads(out)["warnings"]
    assert (code, err) == (0, line) and warning["text"] in line, (err, warning)
    assert (warning["code"], warning["level"]) == ("tiny-source", "warning"), warning
    assert spx_all("outpaint", "good.png", "-q", "-o", "w") == (0, "", line)


def makes_the_formats_that_were_asked_for():
    assert convert("good.png", *FAST, "-f", "depth16,spatial", "-q", "-o", "f") == (0, "", "")
    assert sorted(os.listdir("f/good_output")) == ["depth16.png", "good_spatial.heic"]
    write("strip.png", png(64, 6))  # prints are as long as ever, and not high
    assert convert("strip.png", "-f", "all", "--depth-size", "56", "-q", "-o", "all")[0] == 0
    made = os.listdir("all/strip_output")
    table = json.loads(spx("help", "--table")[1])
    assert len(made) == len(table["formats"]), made


def works_on_several_photos_at_once():
    os.mkdir("many")
    for i in range(6):
        write("many/%d.png" % i, read("good.png"))
    write("many/5.png", b"broken")
    code, out, err = convert("many", "-j", "4", *TINY, "-v")
    assert code == 1 and err.count("\n") == 1 and "many/5.png" in err, err
    first = read("many/0_output/stereo_left.png")
    for i in range(1, 5):
        assert read("many/%d_output/stereo_left.png" % i) == first
    assert out.count("1 file in") == 5 and out.count("encode") == 5, out


enter("cli_batch")
write("map.png", depth_png(16, 12))
write("good.png", png(64, 48))
run(takes_awkward_names, takes_a_photo_as_the_reference_does, takes_folders, reads_standard_input,
    gives_photos_of_one_name_their_own_folders, treats_existing_files_as_told,
    tells_programs_in_json, says_what_a_person_would_ask_about, makes_the_formats_that_were_asked_for,
    works_on_several_photos_at_once)
