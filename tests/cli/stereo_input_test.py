#!/usr/bin/env python3
"""Real stereo on the command line: files and pairs of files that hold two eyes."""
import json
import os
import shutil
import sys

from support import PHOTOS, convert, enter, psnr, spx

CASES = os.path.join(os.environ["SPX_TEST_DATA"], "cases")
LEFT = PHOTOS + "/motorcycle_left.png"
RIGHT = PHOTOS + "/motorcycle_right.png"


def lines(out):
    return [json.loads(line) for line in out.splitlines()]


def a_pair_of_files_keeps_both():
    folder = enter("stereo pair")
    for order in ([LEFT, RIGHT], [RIGHT, LEFT]):  # names say which eye it is
        code, out, err = convert("--json", "--stereo", "pair", "-f", "left,right", "-o", folder, *order)
        assert code == 0, err
        told = lines(out)
        assert len(told) == 1 and told[0]["stereo"] == "two files", told
        made = folder + "/motorcycle_left_output/"
        if "moved" not in told[0]["alignment"]:
            assert psnr(LEFT, made + "stereo_left.png") == float("inf")


def a_folder_is_paired_by_names():
    folder = enter("stereo folder")
    os.makedirs("in")
    for name in ("a_L.png", "a_R.png", "b-right.png", "b-left.png"):
        shutil.copy(LEFT if "L" in name or "left" in name else RIGHT, "in/" + name)
    code, out, err = convert("--json", "--stereo", "pair", "-f", "left", "-o", "out", "in")
    assert code == 0, err
    told = lines(out)
    assert [os.path.basename(one["photo"]) for one in told] == ["a_L.png", "b-left.png"], told


def a_single_file_is_no_pair():
    enter("stereo single")
    code, _, err = convert("--stereo", "pair", "-f", "left", LEFT)
    assert code == 1 and "second file" in err, err


def info_tells_how_a_file_holds_two_eyes():
    for name, wanted in (("3d_camera.mpo", "MPO, 2 x 480x324"),
                         ("moto_sbs.jpg", "name, side by side, left first, 2 x 480x324"),
                         ("true_stereo.heic", "HEIC, 2 x 480x324")):
        code, out, err = spx("info", "--json", CASES + "/" + name)
        assert code == 0, err
        told = json.loads(out)
        told = told[0] if isinstance(told, list) else told
        assert told["eyes"] == wanted, told
    assert "stereo: MPO" in spx("info", CASES + "/3d_camera.mpo")[1]
    assert "stereo:" not in spx("info", CASES + "/base.jpg")[1]


def a_picture_that_looks_like_two_is_doubted():
    enter("stereo doubt")
    shutil.copy(CASES + "/moto_sbs.jpg", "moto.jpg")
    code, out, err = convert("--json", "-f", "left", "moto.jpg")
    told = lines(out)[0]
    assert code == 0 and "stereo" not in told
    assert any(each["code"] == "two-pictures" for each in told["warnings"]), told["warnings"]
    code, out, _ = convert("--json", "--stereo", "sbs", "-f", "left", "moto.jpg")
    assert code == 0 and lines(out)[0]["width"] == 480


for test in (a_pair_of_files_keeps_both, a_folder_is_paired_by_names, a_single_file_is_no_pair,
             info_tells_how_a_file_holds_two_eyes, a_picture_that_looks_like_two_is_doubted):
    test()
    print("ok", test.__name__)
sys.exit(0)
