#!/usr/bin/env python3
"""stamps.py OUT: photographic cut-outs with alpha from Debian's package tuxpaint-stamps, as PNGs of at most 288 pixels."""
import glob
import os
import sys

import numpy as np
from PIL import Image

STAMPS = "/usr/share/tuxpaint/stamps/"
DRAWN = ("cartoon", "symbols", "flags", "roadsigns", "ammunition", "naturalforces", "space", "alphabets", "coins", "armor",
         "medical/")
LONGEST, LEAST = 288, 100


def cut_out(path):
    """The stamp, cropped to what is seen of it; None where it has no outline or is too small."""
    picture = Image.open(path)
    if picture.mode in ("P", "LA") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
    if picture.mode != "RGBA":
        return None
    pixels = np.asarray(picture)
    covered = (pixels[..., 3] > 128).mean()
    if not 0.03 <= covered <= 0.97:
        return None
    rows, columns = np.where(pixels[..., 3] > 20)
    picture = Image.fromarray(pixels[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1])
    scale = LONGEST / max(picture.size)
    if scale < 1:
        size = (max(8, int(picture.width * scale)), max(8, int(picture.height * scale)))
        picture = picture.resize(size, Image.LANCZOS)
    return picture if max(picture.size) >= LEAST else None


def main():
    out = sys.argv[1]
    os.makedirs(out, exist_ok=True)
    count = 0
    for path in sorted(glob.glob(STAMPS + "**/*.png", recursive=True)):
        name = path[len(STAMPS) : -4]
        if any(word in name for word in DRAWN) or name.endswith(("_mirror", "_flip")):
            continue
        picture = cut_out(path)
        if picture is not None:
            picture.save(f"{out}/{name.replace('/', '_')}.png")
            count += 1
    print(f"{out}: {count} cut-outs")


if __name__ == "__main__":
    main()
