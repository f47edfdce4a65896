#!/usr/bin/python3
"""Real stereo on the command line: files and pairs of files that hold two eyes."""
import json
import os
import pty
import select
import shutil
import signal
import subprocess
import sys
import time

from support import PATIENCE_S, PHOTOS, PROGRAM, convert, depth_png, enter, need, psnr, spx

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
    enter("stereo folder")
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


def a_name_that_the_picture_denies_is_doubted():
    """_LR is Lightroom too: halves of one photo are no eyes, whatever its name says."""
    enter("stereo names")
    for name, word in (("holiday_LR", "sbs"), ("beach_SBS", "sbs"), ("door_TB", "ou"), ("roof_OU", "ou"), ("cat_RLF_cross", "rl")):
        shutil.copy(CASES + "/base.jpg", name + ".jpg")
        code, out, err = convert("--json", "-f", "left", name + ".jpg")
        told = lines(out)[0]
        assert code == 0 and "stereo" not in told and told["width"] == 640, (name, told)
        doubt = [each["text"] for each in told["warnings"] if each["code"] == "two-pictures"]
        assert len(doubt) == 1 and f"--stereo {word} takes it as two" in doubt[0], (name, doubt)
    code, out, _ = convert("--json", "--stereo", "sbs", "-f", "left", "beach_SBS.jpg")
    assert code == 0 and lines(out)[0]["width"] == 320, out
    shutil.copy(CASES + "/moto_sbs.jpg", "moto_SBS.jpg")
    told = lines(convert("--json", "-f", "left", "moto_SBS.jpg")[1])[0]
    assert "name" in told["stereo"] and not [each for each in told["warnings"] if each["code"] == "two-pictures"], told


def on_terminal(arguments, answers):
    """Runs spx on a terminal and types an answer at each question, a signal instead where the answer is none:
    exit code, screen."""
    main, end = pty.openpty()
    running = subprocess.Popen([PROGRAM, "convert", *arguments], stdin=end, stdout=subprocess.DEVNULL,
                               stderr=end, start_new_session=True)
    os.close(end)
    screen, asked, until = b"", 0, time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if select.select([main], [], [], 1)[0]:
            try:
                part = os.read(main, 4096)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            screen += part
            if screen.count(b"[y/n/a/v]") > asked:
                if answers[asked] is None:
                    running.send_signal(signal.SIGINT)
                else:
                    os.write(main, answers[asked])
                asked += 1
    code = running.wait(timeout=PATIENCE_S)
    os.close(main)
    assert asked == len(answers), (asked, screen)
    return code, screen.decode(errors="replace")


def a_person_at_a_terminal_is_asked():
    folder = enter("stereo asked")
    for name in ("one.jpg", "two.jpg"):
        shutil.copy(CASES + "/moto_sbs.jpg", name)
    wanted = ["-f", "left", "-o"]
    with open("map.png", "wb") as out:
        out.write(depth_png(96, 32))
    flat = ["--depth-map", "map.png"]  # no network runs then

    def width(where):
        told = json.loads(spx("info", "--json", where + "/one_output/stereo_left.png")[1])
        return (told[0] if isinstance(told, list) else told)["width"]

    code, screen = on_terminal([*wanted, "yes", "one.jpg"], [b"y\n"])
    assert code == 0 and "two-pictures" not in screen and width("yes") == 480, screen
    code, screen = on_terminal([*flat, *wanted, "no", "one.jpg"], [b"what?\n", b"no\n"])
    assert code == 0 and "two-pictures" not in screen and width("no") == 960, screen
    code, screen = on_terminal([*wanted, "always", "one.jpg", "two.jpg"], [b"always\n"])
    assert code == 0 and width("always") == 480, screen
    code, screen = on_terminal([*flat, *wanted, "silence", "one.jpg"], [b"\x04"])  # the end of input
    assert code == 0 and "[two-pictures]" in screen and width("silence") == 960, screen
    code, screen = on_terminal(["--stereo", "mono", *flat, *wanted, "mono", "one.jpg"], [])
    assert code == 0 and width("mono") == 960, screen
    code, screen = on_terminal([*wanted, "stopped", "one.jpg"], [None])
    assert code == 128 + signal.SIGINT and not os.path.exists(folder + "/stopped/one_output/stereo_left.png"), screen


def eyes_that_differ_a_little_are_made_alike():
    need("vips", "vipsheader")
    enter("stereo alike")
    subprocess.run(["vips", "resize", RIGHT, "larger.png", "1.25"], check=True)
    code, out, err = convert("--json", "--stereo", "pair", "-f", "left,right", "-o", ".", LEFT, "larger.png")
    assert code == 0, err
    told = lines(out)[0]
    assert any(each["code"] == "eyes-differ" and "reduced" in each["text"] for each in told["warnings"]), told
    made = "motorcycle_left_output/"
    if "moved" not in told["alignment"]:
        assert psnr(RIGHT, made + "stereo_right.png") > 25  # resampled twice
    width = int(subprocess.run(["vipsheader", "-f", "width", RIGHT], capture_output=True, check=True).stdout)
    height = int(subprocess.run(["vipsheader", "-f", "height", RIGHT], capture_output=True, check=True).stdout)
    subprocess.run(["vips", "crop", RIGHT, "cut.png", "2", "1", str(width - 4), str(height - 2)], check=True)
    code, out, err = convert("--json", "--stereo", "pair", "-f", "left", "-o", ".", LEFT, "cut.png")
    assert code == 0 and any("cut to" in each["text"] for each in lines(out)[0]["warnings"]), (out, err)
    subprocess.run(["vips", "resize", RIGHT, "twice.png", "2"], check=True)
    for other in ("twice.png", CASES + "/moto_sbs.jpg"):  # no pair
        code, _, err = convert("--stereo", "pair", "-f", "left", "-o", ".", LEFT, other)
        assert code == 1 and "no pair" in err and "stereo mono" in err, err


def two_copies_of_one_picture_are_doubted():
    need("ffmpeg")
    enter("stereo copies")
    subprocess.run(["ffmpeg", "-v", "error", "-i", LEFT, "-q:v", "5", "copy.jpg"], check=True)
    for other, flat in (("copy.jpg", True), (RIGHT, False)):
        code, out, err = convert("--json", "--stereo", "pair", "-f", "left", "-o", "out", "--overwrite", LEFT, other)
        assert code == 0, err
        assert ("depth-flat" in [each["code"] for each in lines(out)[0]["warnings"]]) == flat, (other, out)


def eyes_of_other_colours_get_the_left_ones():
    """The right eye in Display P3 colours: nobody sees a difference afterwards."""
    need("vips")
    enter("stereo colours")
    shutil.copy(LEFT, "a.png")
    subprocess.run(["vips", "icc_transform", RIGHT, "p3.png[profile=p3]", "p3", "--input-profile", "srgb"],
                   check=True)
    code, out, err = convert("--json", "--align", "off", "--stereo", "pair", "-f", "right", "-o", ".", "a.png", "p3.png")
    assert code == 0, err
    assert any(each["code"] == "eyes-differ" and "profile" in each["text"] for each in lines(out)[0]["warnings"])
    assert psnr(RIGHT, "a_output/stereo_right.png") > 40, "colours"


def metadata_tell_of_eyes_that_were_cut():
    """Eyes of which one lies higher lose rows when they are made level: EXIF says the new size, in every file."""
    need("vips", "vipsheader", "exiftool")
    enter("stereo cut")
    size = [int(subprocess.run(["vipsheader", "-f", what, LEFT], capture_output=True, check=True).stdout)
            for what in ("width", "height")]
    for name, photo, top in (("a_L.jpg", LEFT, 0), ("a_R.jpg", RIGHT, 6)):
        subprocess.run(["vips", "crop", photo, name + "[Q=95]", "0", str(top), str(size[0]), str(size[1] - 6)],
                       check=True)
        subprocess.run(["exiftool", "-q", "-overwrite_original", f"-ExifImageWidth={size[0]}",
                        f"-ExifImageHeight={size[1] - 6}", name], check=True)
    code, out, err = convert("--json", "--stereo", "pair", "-f", "spatial,left,mpo", "-o", ".", "a_L.jpg", "a_R.jpg")
    told = lines(out)[0]
    assert code == 0 and any(each["code"] == "aligned" for each in told["warnings"]), (out, err)
    assert told["height"] < size[1] - 6, told
    for name in os.listdir("a_L_output"):
        exif = subprocess.run(["exiftool", "-s3", "-ExifImageWidth", "-ExifImageHeight", "a_L_output/" + name],
                              capture_output=True, check=True, text=True).stdout.split()
        assert exif == [str(told["width"]), str(told["height"])], (name, exif, told)


for test in (a_pair_of_files_keeps_both, a_folder_is_paired_by_names, a_single_file_is_no_pair,
             info_tells_how_a_file_holds_two_eyes, a_picture_that_looks_like_two_is_doubted, a_name_that_the_picture_denies_is_doubted,
             a_person_at_a_terminal_is_asked, eyes_that_differ_a_little_are_made_alike,
             two_copies_of_one_picture_are_doubted, eyes_of_other_colours_get_the_left_ones, metadata_tell_of_eyes_that_were_cut):
    test()
    print("ok", test.__name__)
sys.exit(0)
