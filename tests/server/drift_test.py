#!/usr/bin/python3
"""Every surface says what the tables of options and formats say: help, pages of documentation, manual, API, OpenAPI
document, completions. What is only on one of them fails here."""
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from serving import PROGRAM, Server, png, run

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def output(*arguments):
    return subprocess.run(arguments, check=True, capture_output=True, text=True).stdout


TABLES = json.loads(output(PROGRAM, "help", "--table"))
OPTIONS = {row["name"]: row for row in TABLES["options"]}
FORMATS = {row["word"]: row for row in TABLES["formats"]}


def the_tables_are_worth_reading():
    assert {"strength", "fov", "format", "depth-size", "threads"} <= set(OPTIONS)
    assert {"spatial", "sbs", "depth", "left", "right", "depth16", "depth-raw"} <= set(FORMATS)
    shelved = [word for shelf in TABLES["shelves"] for word in shelf["formats"]]
    assert sorted(shelved) == sorted(FORMATS)


def the_help_of_every_verb_says_it():
    shown = set()
    for verb in TABLES["verbs"]:
        text = output(PROGRAM, "help", verb)
        flat = re.sub(r"\s+", " ", text)
        table = json.loads(output(PROGRAM, "help", verb, "--table"))
        rows = [row for group in table["groups"] for row in group["options"]]
        assert table["verb"] == verb and len(rows) == len({row["name"] for row in rows}), verb
        for row in rows:
            assert re.search(rf"^ +(-{row.get('letter', '?')}, )?--{row['name']}\b", text, re.M), row["name"]
            assert "cli" in row["who"] and row["help"] in flat and row["range"] in flat, (verb, row["name"])
        shown |= {row["name"] for row in rows}
        words = set(re.findall(r"^ +(?:-., )?--([a-z0-9-]+)", text, re.M)) - {"help"}
        assert words == {row["name"] for row in rows}, (verb, words)
    assert {row["name"] for row in OPTIONS.values() if "cli" in row["who"]} <= shown


def the_manual_has_every_option():
    with open(os.path.join(ROOT, "doc", "spx.1.scd"), encoding="utf-8") as source:
        manual = source.read()
    for verb in TABLES["verbs"]:
        for group in json.loads(output(PROGRAM, "help", verb, "--table"))["groups"]:
            for row in group["options"]:
                assert f"*--{row['name']}*" in manual, (verb, row["name"])


def the_help_of_formats_says_it():
    text = output(PROGRAM, "help", "convert")
    flat = re.sub(r"\s+", " ", text)
    for row in FORMATS.values():
        assert re.search(rf"^  {row['word']} ", text, re.M) and row["help"] in flat, row["word"]


def the_pages_say_it():
    done = subprocess.run([os.path.join(ROOT, "tools", "tables"), PROGRAM, "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def the_api_offers_and_takes_it():
    mine = {name for name, row in OPTIONS.items() if "api" in row["who"]}
    with Server("drift") as server:
        offer = server.get("/api/v1/server").json()
        assert {row["name"] for row in offer["options"]} == mine
        assert offer["options"] == [row for row in TABLES["options"] if row["name"] in mine]
        assert offer["formats"] == list(FORMATS) and offer["format_table"] == TABLES["formats"]
        assert offer["groups"] == TABLES["groups"] and offer["shelves"] == TABLES["shelves"]
        schemas = server.get("/api/openapi.json").json()
        asked = schemas["paths"]["/api/v1/jobs"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
        schemas = schemas["components"]["schemas"]
        job = server.wait(server.add(png(48, 32))["id"])
        for name in mine:
            row = OPTIONS[name]
            if name == "kind":  # said once, when the job comes
                assert asked["properties"][name]["enum"] == schemas["Job"]["properties"][name]["enum"] == row["words"]
                continue
            # Of a border comes what counts, and of lists those with something in them.
            assert name in job["options"] or row["section"] == "Border" or row["default"] == "none", name
            for place in (asked, schemas["Changes"], schemas["Options"]):
                assert place["properties"][name]["description"] == row["help"], name
            for old in row["old"]:
                assert asked["properties"][old]["deprecated"] is True
            if "max" in row:
                refused = server.request("POST", f"/api/v1/jobs/{job['id']}/render",
                                         json.dumps({name: 2 * row["max"] + 1}).encode(), {"Content-Type": "application/json"})
                assert refused.status == 422 and "is not between" in refused.body.decode(), refused.body


def the_server_takes_a_size_of_the_border():
    with Server("drift_size") as server:
        job = server.wait(server.add(png(48, 32), options=[("kind", "outpaint"), ("size", "64x40")])["id"])
        assert job["state"] == "done" and job["options"]["size"] == "64x40" and "left" not in job["options"], job
        made = server.get(next(file["url"] for file in job["files"] if file["role"] == "outpainted")).body
        assert made[16:24] == (64).to_bytes(4, "big") + (40).to_bytes(4, "big"), made[:24]


def every_verb_takes_its_old_spellings():
    for verb, words, reason in (("outpaint", ["--url", "", "x"], "--engine-url: the value is empty"),
                                ("outpaint", ["--token", "", "x"], "--engine-token: the value is empty"),
                                ("serve", ["--painter", "cloud"], "--engine: 'cloud' is none of none, gradio, sdapi"),
                                ("serve", ["--painter-url", ""], "--engine-url: the value is empty")):
        done = subprocess.run([PROGRAM, verb, *words], capture_output=True, text=True)
        assert done.returncode == 2 and reason in done.stderr, done.stderr


def both_take_the_old_spellings():
    with Server("drift_old") as server:
        job = server.wait(server.add(png(48, 32), options=[("hfov", "71"), ("formats", "depth_raw,left")])["id"])
        assert job["options"]["fov"] == 71 and job["options"]["depth-size"] == 64
        assert job["options"]["format"] == ["left", "depth-raw"], job["options"]
    wrong = subprocess.run([PROGRAM, "convert", "--hfov", "171", "--depth_size", "64", "x"], capture_output=True, text=True)
    assert "--fov: 171 is not between 1 and 170" in wrong.stderr, wrong.stderr


def the_completions_offer_it():
    script = f"""
        source {ROOT}/packaging/spx.bash
        COMP_WORDS=({PROGRAM} convert --format '') COMP_CWORD=3
        _spx {PROGRAM} '' --format
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    offered = output("bash", "-c", script).split()
    assert set(offered) == set(FORMATS) | {group["word"] for group in TABLES["groups"]}, offered


run([the_tables_are_worth_reading, the_help_of_every_verb_says_it, the_manual_has_every_option,
     the_help_of_formats_says_it, the_pages_say_it, the_api_offers_and_takes_it,
     the_server_takes_a_size_of_the_border, every_verb_takes_its_old_spellings, both_take_the_old_spellings,
     the_completions_offer_it])
