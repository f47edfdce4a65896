#!/usr/bin/env python3
"""convert.py GAME OUT FOLDER...: the frames of grab.c as OUT/GAME/rgb/NAME.jpg and OUT/GAME/depth/NAME.png.

Pictures are 384x288. Depth is 16 bits of 65535 * sqrt(inverse depth / its 99.5th percentile), 0 = far or sky; inverse depth is
1 less the depth buffer's value, which is proportional to 1/z up to a small offset at the far plane. OUT/GAME/drops.tsv says
which frames were left out and why. The bounds were chosen by looking at contact sheets of each game.
"""
import glob
import math
import os
import sys

import cv2
import numpy as np

SIZE = (384, 288)
FAR = 0.999999
MOST_FAR = 0.72  # share of sky
LEAST_RATIO = {"torcs": 1.6, "openarena": 1.6, "nexuiz": 1.6}  # of near to far inverse depth; else:
LEAST_RATIO_ELSE = 1.4
MOST_EDGES = {"torcs": 0.08}  # share of pixels at depth steps: fences and foliage that fill the picture; else:
MOST_EDGES_ELSE = 0.16
OPENARENA_NEAR_PLANE, OPENARENA_LEAST_DISTANCE = 4, 55  # in units of the game: nearer, a wall fills the picture
LIFTED = {"nexuiz": 75, "openarena": 65, "torcs": 65, "stk": 65}  # mean level that dark frames are raised to
# Small things before their surroundings: 10 to 60 in frames of four courses, 395 to 492 where snow falls into the depth.
SPECK_STEP, SPECK_AREA, MOST_SPECKS = 1.3, 40, 150
DARK, BLACK, LEAST_CONTRAST, DUPLICATE = 60, 5, 9, 6


class Dropped(Exception):
    """Why a frame is left out."""


def read_raw(path):
    with open(path, "rb") as file:
        data = file.read()
    width, height = np.frombuffer(data[:8], np.int32) if len(data) > 8 else (0, 0)
    count = int(width) * int(height)
    if width < 300 or len(data) < 8 + 7 * count:
        raise Dropped("short")
    rgb = np.frombuffer(data, np.uint8, 3 * count, 8).reshape(height, width, 3)[::-1]
    depth = np.frombuffer(data, np.float32, count, 8 + 3 * count).reshape(height, width)[::-1]
    return rgb, np.ascontiguousarray(depth)


def check_depth(game, inverse, far):
    share = far.mean()
    if share > MOST_FAR:
        raise Dropped(f"far {share:.2f}")
    low, high = np.percentile(inverse[~far], (5, 95))
    if high / max(low, 1e-9) < LEAST_RATIO.get(game, LEAST_RATIO_ELSE) and share < 0.03:
        raise Dropped("flat")
    logarithm = np.log(np.maximum(inverse, 1e-6))
    steps = np.zeros_like(far)
    steps[:, 1:] |= np.abs(np.diff(logarithm, axis=1)) > 0.3
    steps[1:] |= np.abs(np.diff(logarithm, axis=0)) > 0.3
    if steps.mean() > MOST_EDGES.get(game, MOST_EDGES_ELSE):
        raise Dropped(f"edges {steps.mean():.2f}")


def count_specks(inverse):
    """Things of few pixels that are nearer than all around them."""
    inverse = inverse.astype(np.float32)
    around = cv2.morphologyEx(inverse, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))
    near = (inverse > SPECK_STEP * around + 1e-4).astype(np.uint8)
    areas = cv2.connectedComponentsWithStats(near)[2][1:, cv2.CC_STAT_AREA]
    return int((areas < SPECK_AREA).sum())


def check_game(game, rgb, inverse, far):
    if game == "torcs":
        if (far & (rgb.max(2) < 10)).mean() > 0.03:
            raise Dropped("outside of the world")
        if far[-70:].mean() > 0.25:
            raise Dropped("no ground")
    if game == "etr" and count_specks(inverse) > MOST_SPECKS:
        raise Dropped("snow")
    if game == "openarena" and OPENARENA_NEAR_PLANE / np.median(inverse) < OPENARENA_LEAST_DISTANCE:
        raise Dropped("too close")


def lift(game, rgb):
    level = rgb.mean()
    if level < BLACK:
        raise Dropped("black")
    if level < DARK and game in LIFTED:
        gamma = max(0.5, math.log(LIFTED[game] / 255) / math.log(max(level, 1) / 255))
        rgb = (255 * (rgb / 255.0) ** gamma + 0.5).astype(np.uint8)
    if rgb.std() < LEAST_CONTRAST:
        raise Dropped("no contrast")
    return rgb


def convert_frame(game, path, previous):
    """Picture, depth, and a thumbnail that the next frame is compared with."""
    rgb, depth = read_raw(path)
    if game == "etr":
        depth = cv2.medianBlur(depth, 5)  # snow flakes and spray
    rgb = cv2.resize(rgb, SIZE, interpolation=cv2.INTER_AREA)
    depth = cv2.resize(depth, SIZE, interpolation=cv2.INTER_NEAREST)
    inverse, far = 1 - depth.astype(np.float64), depth > FAR
    check_depth(game, inverse, far)
    check_game(game, rgb, inverse, far)
    rgb = lift(game, rgb)
    small = cv2.resize(rgb, (64, 48), interpolation=cv2.INTER_AREA).astype(np.float32)
    if previous is not None and np.abs(small - previous).mean() < DUPLICATE:
        raise Dropped("as the one before")
    root = np.sqrt(np.clip(inverse / np.percentile(inverse, 99.5), 0, 1))
    coded = np.round(65535 * root).astype(np.uint16) & np.uint16(0xFFE0)
    coded[far] = 0
    return rgb, coded, small


def main():
    game, out = sys.argv[1], os.path.join(sys.argv[2], sys.argv[1])
    for part in ("rgb", "depth"):
        os.makedirs(os.path.join(out, part), exist_ok=True)
    with open(os.path.join(out, "drops.tsv"), "a", encoding="utf-8") as drops:
        for folder in sys.argv[3:]:
            folder = folder.rstrip("/")
            kept, previous, paths = 0, None, sorted(glob.glob(folder + "/*.raw"))
            for path in paths:
                name = f"{os.path.basename(folder)}_{os.path.basename(path)[:-4]}"
                try:
                    rgb, depth, previous = convert_frame(game, path, previous)
                except Dropped as why:
                    drops.write(f"{name}\t{why}\n")
                    continue
                cv2.imwrite(f"{out}/rgb/{name}.jpg", rgb[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])
                cv2.imwrite(f"{out}/depth/{name}.png", depth)
                kept += 1
            print(f"{folder}: {kept} of {len(paths)}")


if __name__ == "__main__":
    main()
