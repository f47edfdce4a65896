#!/usr/bin/env python3
"""Scores a checkpoint on a folder of pictures with known order of depth, picture by picture, at several sizes."""
import argparse
import json

import torch

from spxtrain import network
from spxtrain.evaluate import evaluate, load_validation


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint")
    parser.add_argument("folder", help="rgb/NAME.* and depth/NAME.png, 16 bits, larger = nearer")
    parser.add_argument("--plan", required=True, help="plan whose last phase has this network")
    parser.add_argument("--teacher", action="store_true", help="the plan's teacher has this network instead")
    parser.add_argument("--sides", type=int, nargs="+", default=[256, 384, 512])
    parser.add_argument("--device", default="cpu")
    arguments = parser.parse_args()
    with open(arguments.plan, encoding="utf-8") as file:
        plan = json.load(file)
    arch = plan["teacher"] if arguments.teacher else plan["phases"][-1]["model"]
    net = network.create(arch, arguments.checkpoint).to(arguments.device)
    pairs = load_validation(arguments.folder)
    for side in arguments.sides:
        correlation, order, rows = evaluate(net, pairs, torch.device(arguments.device), side)
        for name, one_correlation, one_order in rows:
            print(f"{side:5d}  {name:32s} {one_correlation:7.3f} {one_order:7.3f}")
        print(f"{side:5d}  {'mean of ' + str(len(rows)):32s} {correlation:7.3f} {order:7.3f}")


if __name__ == "__main__":
    main()
