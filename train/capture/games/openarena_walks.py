#!/usr/bin/env python3
"""openarena_walks.py FOLDER PLACES FRAMES: writes FOLDER/walk_MAP.cfg, which puts a spectator at PLACES items of each map in
turn, for FRAMES frames each, and prints "MAP ITEMS" for every map of the installed packages."""
import glob
import math
import os
import random
import re
import struct
import sys
import zipfile

PACKAGES = "/usr/share/games/openarena/baseoa/*.pk3"
ITEM = re.compile("info_player|item_|weapon_|ammo_|team_|holdable")
BOTS = ("sarge", "gargoyle", "grism", "kyonshi", "major", "skelebot", "ayumi", "arachna", "angelyss", "beret", "dark",
        "grunt", "merman", "penguin", "liz", "sergei", "sorceress", "tony", "rai", "assassin")


def read_maps():
    maps = {}
    for path in sorted(glob.glob(PACKAGES)):
        with zipfile.ZipFile(path) as package:
            for name in package.namelist():
                if name.endswith(".bsp"):
                    maps[os.path.basename(name)[:-4]] = package.read(name)
    return maps


def items_of(data):
    """Places of a map's items. The first lump of a BSP file is its list of entities, as text."""
    offset, size = struct.unpack("<ii", data[8:16])
    places = []
    for entity in re.findall(r"\{[^}]*\}", data[offset : offset + size].decode("latin1")):
        fields = dict(re.findall(r'"([^"]*)"\s+"([^"]*)"', entity))
        if "origin" in fields and ITEM.match(fields.get("classname", "")):
            places.append([float(v) for v in fields["origin"].split()])
    return places


def view_from(place, places, dice):
    """A line that puts the spectator near a place, mostly looking towards another one on the same floor."""
    others = [q for q in places
              if 250 < math.hypot(q[0] - place[0], q[1] - place[1]) < 2500 and abs(q[2] - place[2]) < 400]
    yaw = dice.uniform(0, 360)
    if others and dice.random() < 0.85:
        other = dice.choice(others)
        yaw = math.degrees(math.atan2(other[1] - place[1], other[0] - place[0])) + dice.uniform(-25, 25)
    height = dice.choice([10, 20, 30, 30, 40, 60, 90])
    x, y = (place[i] + dice.uniform(-20, 20) for i in range(2))
    return f"setviewpos {x:.0f} {y:.0f} {place[2] + height:.0f} {yaw:.0f}\n"


def main():
    folder, count, frames = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    os.makedirs(folder, exist_ok=True)
    for name, data in sorted(read_maps().items()):
        places = items_of(data)
        if not places:
            continue
        dice = random.Random(name)
        dice.shuffle(places)
        walk = (places * (count // len(places) + 1))[:count]
        with open(f"{folder}/walk_{name}.cfg", "w", encoding="utf-8") as file:
            file.write("team spectator\nwait 8\n")
            file.writelines(f"addbot {bot} 3\n" for bot in dice.sample(BOTS, 4))
            for place in walk:
                file.write(view_from(place, places, dice) + f"wait {frames}\n")
            file.write("quit\n")
        print(name, len(places))


if __name__ == "__main__":
    main()
