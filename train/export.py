#!/usr/bin/env python3
"""A checkpoint as weights of spx (doc/spx-lite.md) and the reference activations that the test depth.lite compares.

export.py CHECKPOINT OUT.safetensors REFERENCE_FOLDER PHOTO_FOLDER --plan PLAN.json

The unit of the network's output is free: it is scaled so that over the photos the 1st percentile is 0 and the 99th 1.
Reference activations are computed in float64 from the float16 weights, written a second time and apart from the training
code, so that a mistake in one does not hide in the other.
"""
import argparse
import glob
import json
import os
import struct

import cv2
import numpy as np
import torch
import torch.nn.functional as F

from spxtrain import network
from spxtrain.evaluate import predict_picture

REFERENCE_SIZES = ((96, 128), (70, 100))  # the second tests odd sizes at every stride


@torch.no_grad()
def scale_output(net, folder, side):
    """Folds the change of unit into the head's three convolutions."""
    ranges = []
    for path in sorted(glob.glob(folder + "/*")):
        picture = cv2.imread(path)
        if picture is not None:
            ranges.append(np.percentile(predict_picture(net, picture[:, :, ::-1].copy(), side, "cpu"), (1, 99)))
    if not ranges:
        raise SystemExit(f"{folder}: no photo in it")
    low, high = (float(v) for v in np.mean(ranges, 0))
    span = high - low
    net.h1.weight /= span**0.5
    net.h1.bias /= span**0.5
    net.h2.weight /= span**0.5
    net.h2.bias /= span
    net.h3.bias.sub_(low).div_(span)
    print(f"output range over {len(ranges)} photos: {low:.4f} to {high:.4f}, now 0 to 1")


def named_tensors(net):
    """The tensors by the names of doc/spx-lite.md, and the list of encoder blocks."""
    tensors, blocks = {}, []

    def put(name, conv):
        tensors[name + ".weight"] = conv.weight.detach()
        bias = conv.bias if conv.bias is not None else torch.zeros(conv.weight.shape[0])
        tensors[name + ".bias"] = bias.detach()

    put("encoder.stem", net.enc._conv_stem)
    for i, block in enumerate(net.enc.sequence()):
        name = f"encoder.block.{i}"
        if block.expand != 1:
            put(name + ".expand", block._expand_conv)
        put(name + ".depthwise", block._depthwise_conv)
        put(name + ".project", block._project_conv)
        depthwise = block._depthwise_conv
        blocks.append({
            "block": i, "kernel": depthwise.kernel_size[0], "stride": depthwise.stride[0], "expand": block.expand,
            "skip": block.skip, "cin": depthwise.in_channels // block.expand,
            "cout": block._project_conv.out_channels, "tap": i in net.enc.taps,
        })
    for i, conv in enumerate(net.proj):
        put(f"decoder.project.{i}", conv)
    for i, fuse in enumerate(net.fuse):
        for name, unit in (("rcu1", fuse.r1), ("rcu2", fuse.r2)):
            if i == len(net.fuse) - 1 and name == "rcu1":
                continue  # the coarsest level has no skip input
            put(f"decoder.fuse.{i}.{name}.conv1", unit.a)
            put(f"decoder.fuse.{i}.{name}.conv2", unit.b)
        put(f"decoder.fuse.{i}.out", fuse.o)
    for name, conv in (("head.conv1", net.h1), ("head.conv2", net.h2), ("head.conv3", net.h3)):
        put(name, conv)
    return tensors, blocks


def write_safetensors(path, tensors, metadata):
    header, payload = {"__metadata__": metadata}, bytearray()
    for name in sorted(tensors):
        values = tensors[name].to(torch.float16).contiguous().numpy()
        if not np.isfinite(values).all():
            raise SystemExit(f"{name}: does not fit into float16")
        header[name] = {"dtype": "F16", "shape": list(values.shape),
                        "data_offsets": [len(payload), len(payload) + values.nbytes]}
        payload += values.tobytes()
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + payload)
    print(f"{path}: {len(tensors)} tensors, {len(payload) / 1e6:.1f} MB")


class Reference:
    """The network of doc/spx-lite.md in float64, keeping what each layer gives."""

    def __init__(self, tensors, blocks):
        self._weights = {k: v.to(torch.float16).double() for k, v in tensors.items()}
        self._blocks = blocks
        self.kept = {}

    def _conv(self, x, name, stride=1, groups=1):
        return F.conv2d(x, self._weights[name + ".weight"], self._weights[name + ".bias"], stride, 0, 1, groups)

    def _same(self, x, name, kernel, stride=1, groups=1):
        height, width = x.shape[-2:]
        rows = max((-(-height // stride) - 1) * stride + kernel - height, 0)
        columns = max((-(-width // stride) - 1) * stride + kernel - width, 0)
        x = F.pad(x, [columns // 2, columns - columns // 2, rows // 2, rows - rows // 2])
        return self._conv(x, name, stride, groups)

    def _three(self, x, name):
        return self._conv(F.pad(x, [1, 1, 1, 1]), name)

    def _unit(self, x, name):
        return x + self._three(F.relu(self._three(F.relu(x), name + ".conv1")), name + ".conv2")

    def _encoder(self, x):
        x = self.kept["encoder.stem"] = F.relu6(self._same(x, "encoder.stem", 3, 2))
        taps = []
        for block in self._blocks:
            name, y = f"encoder.block.{block['block']}", x
            if block["expand"] != 1:
                y = F.relu6(self._conv(y, name + ".expand"))
            y = F.relu6(self._same(y, name + ".depthwise", block["kernel"], block["stride"], y.shape[1]))
            y = self._conv(y, name + ".project")
            x = self.kept[name] = y + x if block["skip"] else y
            if block["tap"]:
                taps.append(x)
        return taps

    def run(self, x):
        levels = [self._three(t, f"decoder.project.{i}") for i, t in enumerate(self._encoder(x))]
        y = None
        for i in reversed(range(len(levels))):
            name = f"decoder.fuse.{i}"
            y = levels[i] if y is None else y + self._unit(levels[i], name + ".rcu1")
            y = self._unit(y, name + ".rcu2")
            size = levels[i - 1].shape[-2:] if i else tuple(2 * n for n in levels[0].shape[-2:])
            y = self._conv(F.interpolate(y, size=size, mode="bilinear", align_corners=False), name + ".out")
            self.kept[name] = y
        y = F.relu(self._three(F.relu(self._three(y, "head.conv1")), "head.conv2"))
        self.kept["inverse_depth"] = self._conv(y, "head.conv3")
        return self.kept


def write_reference(folder, tensors, blocks):
    os.makedirs(folder, exist_ok=True)
    for height, width in REFERENCE_SIZES:
        y, x = np.mgrid[0:height, 0:width].astype(np.float64)
        waves = np.stack([np.sin(0.05 * (c + 1) * x + 0.03 * y) for c in range(3)])
        kept = Reference(tensors, blocks).run(torch.from_numpy(waves)[None])
        index, offset = {}, 0
        with open(f"{folder}/lite_{height}x{width}.bin", "wb") as file:
            for name, tensor in kept.items():
                values = tensor[0].float().contiguous().numpy()
                file.write(values.tobytes())
                index[name] = {"shape": list(values.shape), "offset": offset, "max": float(abs(values).max())}
                offset += values.nbytes
        with open(f"{folder}/lite_{height}x{width}.json", "w", encoding="utf-8") as file:
            json.dump(index, file)
        print(f"{folder}/lite_{height}x{width}.bin: {offset / 1e6:.1f} MB")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint")
    parser.add_argument("out")
    parser.add_argument("reference")
    parser.add_argument("photos", help="folder of ordinary photos")
    parser.add_argument("--plan", required=True, help="plan whose last phase has this network")
    parser.add_argument("--teacher", action="store_true", help="the plan's teacher has this network instead")
    parser.add_argument("--side", type=int, default=384, help="long side that the photos are looked at with (384)")
    arguments = parser.parse_args()
    with open(arguments.plan, encoding="utf-8") as file:
        plan = json.load(file)
    arch = plan["teacher"] if arguments.teacher else plan["phases"][-1]["model"]
    net = network.create(arch, arguments.checkpoint).eval()
    with torch.no_grad():
        scale_output(net, arguments.photos, arguments.side)
        tensors, blocks = named_tensors(net)
        metadata = {"format": "spx-lite", "arch": arch["name"] + ("+extra" if arch.get("extra") else ""),
                    "decoder_channels": str(arch["c"]), "blocks": json.dumps(blocks)}
        write_safetensors(arguments.out, tensors, metadata)
        write_reference(arguments.reference, tensors, blocks)


if __name__ == "__main__":
    main()
