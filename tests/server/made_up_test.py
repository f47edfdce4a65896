#!/usr/bin/python3
"""A new format is one row and one function: a program that was built with one more row (tests/made_up) offers and makes it
on every surface, and nothing else had to know."""
import json
import os
import subprocess
import sys

os.environ["SPX_PROGRAM"] = os.environ["SPX_MADE_UP"]
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from serving import OUT, PROGRAM, Server, png, run

TEXT = b"two eyes of 48x32\n"


def spx(*arguments):
    return subprocess.run([PROGRAM, *arguments], check=True, capture_output=True).stdout


def the_command_line_offers_and_makes_it():
    folder = os.path.join(OUT, "made_up")
    os.makedirs(folder, exist_ok=True)
    photo = os.path.join(folder, "small.png")
    with open(photo, "wb") as target:
        target.write(png(48, 32))
    assert b"\n  made-up " in spx("help", "convert")
    line = json.loads(spx("convert", "--json", "--depth-size", "64", "--format", "made-up", photo))
    assert [file["format"] for file in line["files"]] == ["made-up"], line
    with open(os.path.join(folder, "small_output", "small_made_up.txt"), "rb") as made:
        assert made.read() == TEXT
    group = json.loads(spx("convert", "--json", "--depth-size", "64", "--format", "phones", photo))
    assert "made-up" in [file["format"] for file in group["files"]], group


def the_tables_tell_of_it():
    tables = json.loads(spx("help", "--table"))
    assert [row for row in tables["formats"] if row["word"] == "made-up"][0]["label"] == "Made up"
    assert "made-up" in [group for group in tables["groups"] if group["word"] == "all"][0]["formats"]


def the_server_offers_and_makes_it():
    with Server("made_up_server") as server:
        offer = server.get("/api/v1/server").json()
        assert "made-up" in offer["formats"]
        assert "made-up" in [shelf for shelf in offer["shelves"] if shelf["word"] == "send"][0]["formats"]
        document = server.get("/api/openapi.json").json()
        words = document["components"]["schemas"]["Options"]["properties"]["format"]["items"]["enum"]
        assert "made-up" in words, words
        assert "made-up" in document["components"]["schemas"]["File"]["properties"]["role"]["enum"]
        job = server.add(png(48, 32), options=[("format", "left,made-up")])["id"]
        done = server.wait(job)
        assert done["options"]["format"] == ["left", "made-up"], done["options"]
        file = [file for file in done["files"] if file["role"] == "made-up"][0]
        assert file["type"] == "text/plain" and file["name"].endswith("_made_up.txt"), file
        assert server.get(file["url"]).body == TEXT


run([the_command_line_offers_and_makes_it, the_tables_tell_of_it, the_server_offers_and_makes_it])
