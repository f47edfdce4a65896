#!/usr/bin/env python3
"""Makes the packs that train.py reads.

pack.py pictures OUT.bin LIST   LIST: lines of set<TAB>picture<TAB>depth PNG (16 bits of the square root of inverse depth) or -
pack.py cutouts OUT.bin PNG...  PNGs with alpha
"""
import argparse

from spxtrain import packs


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=("pictures", "cutouts"))
    parser.add_argument("out")
    parser.add_argument("inputs", nargs="+")
    arguments = parser.parse_args()
    if arguments.kind == "cutouts":
        count, size = packs.write_cutouts(arguments.out, sorted(arguments.inputs))
    else:
        lines = []
        for path in arguments.inputs:
            with open(path, encoding="utf-8") as file:
                lines += file.read().splitlines()
        count, size = packs.write_pictures(arguments.out, lines)
    print(f"{arguments.out}: {count} pictures, {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
