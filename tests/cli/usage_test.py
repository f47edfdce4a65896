#!/usr/bin/python3
"""Arguments that make no sense, help, version: exit codes and words."""
import subprocess

from support import PROGRAM, enter, fails, png, run, spx, write


def says_how_it_is_used():
    code, out, err = spx()
    assert code == 2 and out == "" and "usage: spx VERB" in err, (code, err)
    for arguments in (["--help"], ["-h"], ["help"]):
        code, out, err = spx(*arguments)
        assert code == 0 and err == "" and "convert" in out and "--photo" in out, (arguments, out)
    code, out, _ = spx("--version")
    assert code == 0 and out.startswith("spx ") and out[4].isdigit(), out


def explains_a_verb():
    for arguments in (["convert", "--help"], ["help", "convert"], ["convert", "x.jpg", "-h"]):
        code, out, err = spx(*arguments)
        assert code == 0 and err == "", (arguments, err)
        for option in ("--strength", "--jobs", "--depth-map", "--skip-existing", "--max-pixels"):
            assert option in out, (arguments, option)
        assert max(map(len, out.splitlines())) <= 100, out


def names_the_nearest_verb():
    code, _, err = spx("convrt", "a.jpg")
    assert code == 2 and "did you mean spx convert?" in err, err
    code, _, err = spx("help", "infos")
    assert code == 2 and "did you mean spx info?" in err, err
    write("a.png", png(2, 2))
    code, _, err = spx("a.png")
    assert code == 2 and "spx convert" in err, err


def refuses_arguments_that_make_no_sense():
    fails([], r"which photo\?", code=2)
    fails(["--strenght", "3", "a.png"], r"did you mean --strength\?", code=2)
    fails(["a.png", "--strength", "11"], "not between 0 and 10", code=2)
    fails(["a.png", "--quality", "0"], "not between 1 and 100", code=2)
    fails(["a.png", "--jobs", "0"], "not between 1 and 64", code=2)
    fails(["a.png", "--format", "spatial,sbx"], r"did you mean sbs\?", code=2)
    fails(["a.png", "--views", "up"], "none of both, right, left", code=2)
    fails(["a.png", "--invert"], "--invert belongs to --depth-map", code=2)
    fails(["a.png", "--output"], "wants a value", code=2)
    fails(["a.png", "--quiet=1"], "takes no value", code=2)
    fails(["a.png", "-Z"], "no such option: -Z", code=2)
    write("-dash.png", b"x")
    fails(["-dash.png"], r"no such option: -d; to mean the file, write \./-dash\.png ", code=2)
    code, _, err = spx("--photo")
    assert code == 2 and "--photo wants a value" in err, err


def fails_when_its_output_is_lost():
    with open("/dev/full", "w", encoding="ascii") as full:
        for arguments in (["--version"], ["info", "--json", "a.png"]):
            write("a.png", png(2, 2))
            done = subprocess.run([PROGRAM, *arguments], stdout=full, stderr=subprocess.PIPE, text=True)
            assert done.returncode == 1 and "cannot be written" in done.stderr, (arguments, done)


enter("cli_usage")
run(says_how_it_is_used, explains_a_verb, names_the_nearest_verb,
    refuses_arguments_that_make_no_sense, fails_when_its_output_is_lost)
