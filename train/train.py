#!/usr/bin/env python3
"""Trains spx-lite by a plan: train.py PLAN.json OUT_FOLDER. Run again, it goes on where it was stopped."""
import argparse
import json
import os

from spxtrain.trainer import Trainer


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("plan", help="JSON; its paths are relative to --data")
    parser.add_argument("out", help="folder for checkpoints")
    parser.add_argument("--data", default=".", help="folder of packs and starting weights (.)")
    arguments = parser.parse_args()
    with open(arguments.plan, encoding="utf-8") as file:
        plan = json.load(file)

    def at(path):
        return os.path.join(arguments.data, path)

    for key in ("labelled", "photos", "validation"):
        plan[key] = [at(p) for p in plan[key]]
    for key in ("cutouts", "teacher_weights"):
        plan[key] = at(plan[key])
    for phase in plan["phases"]:
        phase["init"] = at(phase["init"])
    Trainer(plan, arguments.out).run()


if __name__ == "__main__":
    main()
