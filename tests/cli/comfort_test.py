#!/usr/bin/python3
"""`spx comfort` and `spx info --comfort` on files that spx made, and on files that are not stereo."""
import json

from support import PHOTOS, convert, enter, png, read, run, spx, write

HEIC = "coffee_output/coffee_spatial.heic"


def a_spatial_photo_has_the_range_it_was_made_with():
    assert convert(PHOTOS + "/coffee.png", "-q", "-o", ".", "-s", "2", "-c", "0.5", "--format",
                   "spatial") == (0, "", "")
    code, out, err = spx("comfort", "--json", HEIC)
    assert (code, err) == (0, ""), (code, err)
    found = json.loads(out)
    print("  ", found)
    assert found["file"] == HEIC and found["layout"] == "spatial"
    assert found["matched_share"] > 0.3
    assert 0 <= found["score"] <= 100
    info = json.loads(spx("info", "--json", "--comfort", HEIC)[1])
    comfort = info["comfort"]
    assert comfort == {key: value for key, value in found.items() if key != "file"}
    assert abs(info["stereo"]["hfov_deg"] - found["hfov_deg"]) < 0.01
    # Strength 2 from the nearest to the farthest: less the outermost per cent of each.
    assert 1.2 < found["crossed_pct"] + found["uncrossed_pct"] < 2.2, found
    # Convergence 0.5 puts half of it before the window, and the file's adjustment says so.
    assert 0.6 < found["crossed_pct"] < 1.2 and 0.6 < found["uncrossed_pct"] < 1.2, found


def prints_the_same_lines_in_both_verbs():
    code, out, err = spx("comfort", HEIC)
    assert (code, err) == (0, "") and out.startswith(HEIC + ":\n  comfort: ")
    lines = out.split("\n", 1)[1]
    code, out, err = spx("info", "--comfort", HEIC)
    assert (code, err) == (0, "") and out.endswith(lines), out
    assert "comfort" not in spx("info", HEIC)[1]
    wide = json.loads(spx("comfort", "--json", "--fov", "90", HEIC)[1])
    narrow = json.loads(spx("comfort", "--json", "--fov=30", HEIC)[1])
    assert wide["hfov_deg"] == 90 and wide["uncrossed_deg"] > 2 * narrow["uncrossed_deg"]


def says_what_is_not_stereo():
    write("plain.png", png(64, 48))
    write("x_sbs.hevc", b"\0\0\0\1\x40\1")
    write("cut.heic", read(HEIC)[:3000])
    write("empty_sbs.jpg", b"")
    for name, reason in (("plain.png", "not a stereo file"), ("x_sbs.hevc", "an HEVC stream"),
                         ("missing_sbs.png", "missing_sbs.png"), ("empty_sbs.jpg", "empty"),
                         ("cut.heic", "cut.heic")):
        code, out, err = spx("comfort", name)
        assert code == 1 and out == "" and err.count("\n") == 1, (name, code, out, err)
        assert reason in err and err.startswith("spx: ") and err.count(name) == 1, err
    code, out, err = spx("comfort", "--json", "plain.png", HEIC)
    found = json.loads(out)
    assert code == 1 and "not a stereo file" in found[0]["error"] and found[1]["score"] >= 0
    code, out, err = spx("info", "--comfort", "plain.png")
    assert code == 1 and "not a stereo file" in err and out.startswith("plain.png: PNG")


def says_what_is_wrong_with_arguments():
    for arguments in ((), ("--fov", "0", HEIC), ("--layout", "up", HEIC), ("--foo", HEIC)):
        code, out, err = spx("comfort", *arguments)
        assert code == 2 and out == "" and err.startswith("spx comfort: "), (arguments, code, err)
    code, out, err = spx("comfort", "--help")
    assert code == 0 and "--layout" in out


enter("comfort")
run(a_spatial_photo_has_the_range_it_was_made_with, prints_the_same_lines_in_both_verbs,
    says_what_is_not_stereo, says_what_is_wrong_with_arguments)
