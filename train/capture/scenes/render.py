"""Renders scenes with exact depth: blender -b -P render.py -- OUT [--count N] [--seed S] [--kinds room,street,garden,table]

OUT/rgb and OUT/depth are filled, and OUT/pictures.tsv lists them for pack.py. Run again with another seed, it goes on.
"""
import argparse
import os
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import numpy as np  # noqa: E402 (Blender does not look beside its script)

import camera  # noqa: E402
import catalogue  # noqa: E402
import chance  # noqa: E402
import furniture  # noqa: E402
import indoors  # noqa: E402
import outdoors  # noqa: E402
import picture  # noqa: E402
import stage  # noqa: E402

KINDS = {"room": (indoors.room, 7), "street": (outdoors.street, 4), "garden": (outdoors.garden, 5), "table": (indoors.table_top, 4)}
VIEWS = 8  # of each scene
SET = "blender_scenes"  # its name in the pack and in plans


def arguments():
    parser = argparse.ArgumentParser(prog="blender -b -P render.py --", description=__doc__)
    parser.add_argument("out")
    parser.add_argument("--count", type=int, default=100, help="pictures to make (100)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--views", type=int, default=VIEWS, help="of each scene (8)")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--cache", default=os.path.expanduser("~/.cache/spx-train/furniture"), help="folder for unpacked models")
    return parser.parse_args(sys.argv[sys.argv.index("--") + 1 :])


class Render:
    def __init__(self, options):
        self._options = options
        self._groups = catalogue.Groups(catalogue.load(options.cache))
        self._made = 0

    def run(self):
        kinds = [k for k in self._options.kinds.split(",") if k]
        weights = [KINDS[k][1] for k in kinds]
        while self._made < self._options.count:
            furniture.clear()
            scene = KINDS[chance.rng.choices(kinds, weights)[0]][0](self._groups)
            for _ in range(self._options.views):
                if self._made < self._options.count:
                    self._view(scene)

    def _view(self, scene):
        view = camera.find(scene, self._groups)
        if view is None:
            return
        seed = self._options.seed * 100000 + self._made
        passes = stage.render(picture.SAMPLES, 1.5, seed)
        depth = picture.metres(stage.render(1, 0.01, seed))
        furniture.take_away(view.near)
        rgb = picture.develop(passes, depth, view.focus, scene.night)
        why = picture.fault(rgb, depth)
        name = f"{self._options.seed:03d}_{self._made:05d}"
        print(name, scene.kind, view.kind, why or "kept", flush=True)
        if why is None:
            paths = picture.write(self._options.out, name, rgb, depth)
            with open(os.path.join(self._options.out, "pictures.tsv"), "a", encoding="utf-8") as file:
                file.write("\t".join((SET, *paths)) + "\n")
            self._made += 1


def main():
    options = arguments()
    options.out = os.path.abspath(options.out)
    for folder in (options.cache, options.out + "/rgb", options.out + "/depth"):
        os.makedirs(folder, exist_ok=True)
    chance.seed(options.seed)
    np.random.seed(options.seed)
    with tempfile.TemporaryDirectory() as work:
        picture.build(work)
        stage.open_stage(work, options.threads)
        Render(options).run()


main()
