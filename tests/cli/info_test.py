#!/usr/bin/python3
"""spx info: what it prints, its JSON, its exit codes."""
import json
import os
import subprocess

PROGRAM = os.environ["SPX_PROGRAM"]
DATA = os.environ["SPX_TEST_DATA"]
OUT = os.environ["SPX_TEST_OUT"]
SPATIAL = DATA + "/heic/grid_1023x999.heic"
JPEG = DATA + "/photos/boats.jpg"


def info(*arguments):
    done = subprocess.run([PROGRAM, "info", *arguments], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def tells_a_spatial_photo():
    code, out, err = info(SPATIAL)
    assert (code, err) == (0, ""), (code, err)
    assert "spatial: yes, because" in out, out
    assert "baseline: 64.000 mm" in out and "+2.00 % of the width" in out, out
    assert "60.00 x" in out and "1023 x 999" in out, out


def gives_json_for_one_file():
    code, out, _ = info(SPATIAL, "--json")
    told = json.loads(out)
    assert code == 0 and told["spatial"] is True and told["reasons"] == []
    stereo = told["stereo"]
    assert (stereo["group"], stereo["left"]["item"], stereo["right"]["item"]) == (11, 5, 10)
    assert abs(stereo["hfov_deg"] - 60) < 1e-6 and stereo["baseline_mm"] == 64
    assert abs(stereo["disparity_adjustment"] - 0.02) < 1e-9
    assert stereo["right"]["extrinsics"]["position_mm"] == [64, 0, 0]
    assert stereo["type"] == "ster" and told["other_groups"] == ""
    assert not told["gain_map"] and not told["tone_map"] and not told["depth_map"]
    assert stereo["left"]["intrinsics"]["principal_x_px"] == 511.5


def says_why_a_jpeg_is_not_spatial():
    code, out, _ = info("--json", JPEG)
    told = json.loads(out)
    assert code == 0 and told["spatial"] is False
    assert told["reasons"] == ["it is a JPEG file, not HEIC"]
    assert (told["format"], told["width"], told["height"]) == ("JPEG", 2560, 1600)
    assert "spatial: no, because it is a JPEG file" in info(JPEG)[1]


def goes_on_behind_a_file_that_fails():
    cut = OUT + "/info cut 'ü'.heic"
    with open(SPATIAL, "rb") as whole, open(cut, "wb") as part:
        part.write(whole.read()[:700])
    code, out, err = info("--json", "/no/such", cut, JPEG)
    told = json.loads(out)
    assert code == 1 and len(told) == 3
    assert "error" in told[0] and "error" in told[1] and told[2]["format"] == "JPEG"
    lines = err.splitlines()
    assert len(lines) == 2 and "/no/such" in lines[0] and cut in lines[1], err
    assert "left" in lines[1], err  # "..., N left": it was cut


def names_the_file_of_which_an_item_is_broken():
    broken = OUT + "/broken_item.heic"
    with open(DATA + "/codec/irot_90.heic", "rb") as whole, open(broken, "wb") as part:
        data = bytearray(whole.read())
        base = data.index(b"\0\0\0\0\0\1", data.index(b"iloc"))  # of an item; then: one extent, its place
        data[base + 6:base + 10] = b"\0\xff\xff\xff"
        part.write(data)
    code, _, err = info(broken)
    assert code == 1 and err.startswith("spx: " + broken + ": item "), err


def takes_names_that_look_like_options():
    name = "--json"
    with open(SPATIAL, "rb") as whole, open(os.path.join(OUT, name), "wb") as part:
        part.write(whole.read())
    done = subprocess.run([PROGRAM, "info", "--", name], capture_output=True, text=True, cwd=OUT)
    os.unlink(os.path.join(OUT, name))
    assert done.returncode == 0 and done.stdout.startswith("--json: HEIC"), done


def knows_wrong_use_from_failure():
    assert info()[0] == 2
    assert info("--nonsense", JPEG)[0] == 2
    for wish in ("--help", "-h"):
        code, out, _ = info(wish)
        assert code == 0 and out.startswith("usage: spx info")


for test in (tells_a_spatial_photo, gives_json_for_one_file, says_why_a_jpeg_is_not_spatial,
             goes_on_behind_a_file_that_fails, names_the_file_of_which_an_item_is_broken,
             takes_names_that_look_like_options, knows_wrong_use_from_failure):
    test()
    print("ok", test.__name__)
