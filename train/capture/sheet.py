#!/usr/bin/env python3
"""sheet.py OUT.png FOLDER [COUNT]: random pairs of FOLDER/rgb and FOLDER/depth side by side, to look at before training."""
import glob
import os
import random
import sys

import cv2
import numpy as np

COLUMNS, WIDTH = 4, 200
SKY = (120, 60, 0)


def tile(path):
    depth = cv2.imread(os.path.splitext(path.replace("/rgb/", "/depth/"))[0] + ".png", cv2.IMREAD_UNCHANGED)
    size = (WIDTH, WIDTH * 3 // 4)
    picture = cv2.resize(cv2.imread(path), size, interpolation=cv2.INTER_AREA)
    depth = cv2.resize(depth, size, interpolation=cv2.INTER_NEAREST)
    shown = cv2.applyColorMap((depth >> 8).astype(np.uint8), cv2.COLORMAP_INFERNO)
    shown[depth == 0] = SKY
    cv2.putText(picture, os.path.splitext(os.path.basename(path))[0], (2, 9), 0, 0.28, (0, 255, 255), 1)
    return np.hstack([picture, shown])


def main():
    out, folder = sys.argv[1:3]
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 24
    paths = sorted(glob.glob(folder + "/rgb/*"))
    tiles = [tile(p) for p in sorted(random.Random(3).sample(paths, min(count, len(paths))))]
    if not tiles:
        raise SystemExit(f"{folder}/rgb: no pictures")
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % COLUMNS)
    rows = [np.hstack(tiles[i : i + COLUMNS]) for i in range(0, len(tiles), COLUMNS)]
    cv2.imwrite(out, np.vstack(rows))


if __name__ == "__main__":
    main()
