#!/usr/bin/env python3
"""Depth Anything V2: this project's network and ONNX Runtime, in turns, in one run.

    depth_onnx.py BENCH WEIGHTS [--threads 2] [--runs 9] [--height 518] [--width 518] [--attention]

BENCH is build/release/bench/depth, WEIGHTS a Depth Anything V2 safetensors file (the benchmark
itself makes one with the reference's weights). Writes the network as an ONNX graph of ordinary
operators (LayerNormalization, Gelu, MatMul, Softmax, Conv, ConvTranspose, Resize) with ONNX Runtime's
own optimisations all on; --attention uses its fused MultiHeadAttention operator instead, which is
faster than what it makes of the ordinary ones. Needs numpy, onnx and onnxruntime.
"""
import argparse
import json
import os
import statistics
import struct
import subprocess
import tempfile
import time

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

SIZES = {384: (12, (2, 5, 8, 11)), 768: (12, (2, 5, 8, 11)), 1024: (24, (4, 11, 17, 23)), 128: (4, (0, 1, 2, 3))}
GRID = 37


def read_weights(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        base = file.tell()
        out = {}
        for name, about in header.items():
            if name == "__metadata__":
                continue
            assert about["dtype"] == "F32", "float32 weights, please"
            begin, end = about["data_offsets"]
            file.seek(base + begin)
            out[name] = np.frombuffer(file.read(end - begin), "<f4").reshape(about["shape"])
    return out


def cubic_matrix(count):
    matrix = np.zeros((count, GRID))
    for i in range(count):
        place = (i + 0.5) * GRID / (count + 0.1) - 0.5
        for tap in range(int(np.floor(place)) - 1, int(np.floor(place)) + 3):
            x, a = abs(place - tap), -0.75
            weight = ((a + 2) * x - (a + 3)) * x * x + 1 if x <= 1 else ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
            matrix[i, min(max(tap, 0), GRID - 1)] += weight
    return matrix


class Graph:
    def __init__(self, weights, fused_attention):
        self.weights, self.fused = weights, fused_attention
        self.nodes, self.constants, self.count = [], {}, 0

    def constant(self, value):
        value = np.ascontiguousarray(value)
        name = f"c{len(self.constants)}"
        self.constants[name] = numpy_helper.from_array(value, name)
        return name

    def add(self, kind, inputs, domain="", **attributes):
        self.count += 1
        out = f"v{self.count}"
        self.nodes.append(helper.make_node(kind, inputs, [out], domain=domain, **attributes))
        return out

    def ints(self, *values):
        return self.constant(np.array(values, np.int64))

    def linear(self, x, *names):
        weight = np.concatenate([self.weights[n + ".weight"] for n in names]).T
        bias = np.concatenate([self.weights[n + ".bias"] for n in names])
        return self.add("Add", [self.add("MatMul", [x, self.constant(weight)]), self.constant(bias)])

    def norm(self, x, name):
        gain, bias = self.constant(self.weights[name + ".weight"]), self.constant(self.weights[name + ".bias"])
        return self.add("LayerNormalization", [x, gain, bias], epsilon=1e-6, axis=-1)

    def conv(self, x, name, kind="Conv", **attributes):
        inputs = [x, self.constant(self.weights[name + ".weight"])]
        if name + ".bias" in self.weights:
            inputs.append(self.constant(self.weights[name + ".bias"]))
        return self.add(kind, inputs, **attributes)

    def conv3(self, x, name, stride=1):
        return self.conv(x, name, pads=[1, 1, 1, 1], strides=[stride, stride])

    def resize(self, x, height, width):
        shape = self.add("Shape", [x])
        head = self.add("Slice", [shape, self.ints(0), self.ints(2)])
        sizes = self.add("Concat", [head, self.ints(height, width)], axis=0)
        return self.add("Resize", [x, "", "", sizes], mode="linear",
                        coordinate_transformation_mode="align_corners")

    def attention(self, x, name, heads):
        names = [name + ".attention." + n for n in ("query", "key", "value")]
        q, k, v = (self.linear(x, n) for n in names)
        if self.fused:
            out = self.add("MultiHeadAttention", [q, k, v], domain="com.microsoft", num_heads=heads)
            return self.linear(out, name + ".output.dense")
        split = [self.add("Reshape", [t, self.ints(0, 0, heads, 64)]) for t in (q, k, v)]
        q = self.add("Transpose", [split[0]], perm=[0, 2, 1, 3])
        k = self.add("Transpose", [split[1]], perm=[0, 2, 3, 1])
        v = self.add("Transpose", [split[2]], perm=[0, 2, 1, 3])
        scores = self.add("Mul", [self.add("MatMul", [q, k]), self.constant(np.float32(0.125))])
        mixed = self.add("MatMul", [self.add("Softmax", [scores], axis=-1), v])
        joined = self.add("Reshape", [self.add("Transpose", [mixed], perm=[0, 2, 1, 3]), self.ints(0, 0, heads * 64)])
        return self.linear(joined, name + ".output.dense")

    def block(self, x, name, heads):
        mixed = self.attention(self.norm(x, name + ".norm1"), name + ".attention", heads)
        scale = self.constant(self.weights[name + ".layer_scale1.lambda1"])
        x = self.add("Add", [x, self.add("Mul", [mixed, scale])])
        wide = self.add("Gelu", [self.linear(self.norm(x, name + ".norm2"), name + ".mlp.fc1")])
        scale = self.constant(self.weights[name + ".layer_scale2.lambda1"])
        return self.add("Add", [x, self.add("Mul", [self.linear(wide, name + ".mlp.fc2"), scale])])

    def residual(self, x, name):
        inner = self.conv3(self.add("Relu", [x]), name + ".convolution1")
        inner = self.conv3(self.add("Relu", [inner]), name + ".convolution2")
        return self.add("Add", [x, inner])


def embed(graph, rows, columns):
    weights = graph.weights
    width = weights["backbone.embeddings.cls_token"].shape[-1]
    patches = graph.conv("input", "backbone.embeddings.patch_embeddings.projection", strides=[14, 14])
    flat = graph.add("Reshape", [patches, graph.ints(0, 0, rows * columns)])
    tokens = graph.add("Transpose", [flat], perm=[0, 2, 1])
    stored = weights["backbone.embeddings.position_embeddings"][0]
    grid = stored[1:].reshape(GRID, GRID, width).astype(np.float64)
    if (rows, columns) != (GRID, GRID):
        grid = np.einsum("yi,xj,ijc->yxc", cubic_matrix(rows), cubic_matrix(columns), grid)
    position = np.concatenate([stored[:1], grid.reshape(rows * columns, width)]).astype(np.float32)
    first = graph.constant(weights["backbone.embeddings.cls_token"])
    return graph.add("Add", [graph.add("Concat", [first, tokens], axis=1), graph.constant(position[None])])


def build(weights, height, width, fused_attention):
    graph = Graph(weights, fused_attention)
    rows, columns = height // 14, width // 14
    channels = weights["backbone.embeddings.cls_token"].shape[-1]
    blocks, taps = SIZES[channels]
    x = embed(graph, rows, columns)
    maps = []
    for i in range(blocks):
        x = graph.block(x, f"backbone.encoder.layer.{i}", channels // 64)
        if i in taps:
            out = graph.norm(x, "backbone.layernorm")
            out = graph.add("Slice", [out, graph.ints(1), graph.ints(1 << 30), graph.ints(1)])
            out = graph.add("Transpose", [out], perm=[0, 2, 1])
            maps.append(graph.add("Reshape", [out, graph.ints(0, channels, rows, columns)]))
    sizes = [(4 * rows, 4 * columns), (2 * rows, 2 * columns), (rows, columns), ((rows + 1) // 2, (columns + 1) // 2)]
    for i in range(4):
        name = f"neck.reassemble_stage.layers.{i}"
        maps[i] = graph.conv(maps[i], name + ".projection")
        if i < 2:
            stride = (4, 2)[i]
            maps[i] = graph.conv(maps[i], name + ".resize", "ConvTranspose", strides=[stride, stride])
        if i == 3:
            maps[i] = graph.conv3(maps[i], name + ".resize", 2)
        maps[i] = graph.conv3(maps[i], f"neck.convs.{i}")
    fused = None
    for i in range(4):
        name = f"neck.fusion_stage.layers.{i}"
        level = maps[3 - i]
        if fused is not None:
            level = graph.add("Add", [fused, graph.residual(level, name + ".residual_layer1")])
        level = graph.residual(level, name + ".residual_layer2")
        size = sizes[2 - i] if i < 3 else (8 * rows, 8 * columns)
        fused = graph.conv(graph.resize(level, *size), name + ".projection")
    x = graph.resize(graph.conv3(fused, "head.conv1"), height, width)
    x = graph.add("Relu", [graph.conv3(x, "head.conv2")])
    graph.nodes.append(helper.make_node("Relu", [graph.conv(x, "head.conv3")], ["depth"]))
    made = helper.make_graph(
        graph.nodes, "depth", [helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, height, width])],
        [helper.make_tensor_value_info("depth", TensorProto.FLOAT, [1, 1, height, width])],
        list(graph.constants.values()))
    imports = [helper.make_opsetid("", 20), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(made, opset_imports=imports, ir_version=9)


def processor_ms(process):
    """Milliseconds of the processor that a running process has had so far."""
    with open(f"/proc/{process.pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return 1e3 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench")
    parser.add_argument("weights")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--height", type=int, default=518)
    parser.add_argument("--width", type=int, default=518)
    parser.add_argument("--attention", action="store_true")
    parser.add_argument("--exact", action="store_true", help="this project's network in float32 too")
    parser.add_argument("--expect", help="float32 map of the reference, to check the graph with")
    options = parser.parse_args()

    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = options.threads
    settings.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "depth.onnx")
        model = build(read_weights(options.weights), options.height, options.width, options.attention)
        onnx.save(model, path)
        session = onnxruntime.InferenceSession(path, settings, providers=["CPUExecutionProvider"])
    photo = np.random.default_rng(1).standard_normal((1, 3, options.height, options.width), np.float32)
    if options.expect:
        photo = reference_input(options.height, options.width)
        expected = np.fromfile(options.expect, "<f4").reshape(options.height, options.width)
        away = np.abs(session.run(None, {"input": photo})[0][0, 0] - expected).max() / expected.max()
        print(f"the graph is off by {away:.1e} of the largest value")
        assert away < 1e-3

    command = [options.bench, "--served", "--weights", options.weights, "--threads", str(options.threads),
               "--height", str(options.height), "--width", str(options.width)]
    if options.exact:
        command.append("--exact")
    ours = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    print(ours.stdout.readline().strip())
    times = ([], [])
    spent = ([], [])
    for turn in range(options.runs + 1):
        before = time.perf_counter()
        theirs_before = time.process_time()
        session.run(None, {"input": photo})
        theirs_spent = 1e3 * (time.process_time() - theirs_before)
        theirs = 1e3 * (time.perf_counter() - before)
        mine_before = processor_ms(ours)
        ours.stdin.write("\n")
        ours.stdin.flush()
        mine = float(ours.stdout.readline())
        if turn > 0:  # the first warms up
            times[0].append(mine)
            times[1].append(theirs)
            spent[0].append(processor_ms(ours) - mine_before)
            spent[1].append(theirs_spent)
    ours.stdin.close()
    ours.wait()
    ratios = [b / a for a, b in zip(*times)]
    print(f"spx {statistics.median(times[0]):.0f} ms (fastest {min(times[0]):.0f}), ONNX Runtime "
          f"{onnxruntime.__version__} {statistics.median(times[1]):.0f} ms (fastest {min(times[1]):.0f}): "
          f"{statistics.median(ratios):.2f} times as fast (fastest to fastest {min(times[1]) / min(times[0]):.2f})")
    ratios = [b / a for a, b in zip(*spent)]
    print(f"of the processor {statistics.median(spent[0]):.0f} ms and {statistics.median(spent[1]):.0f} ms: "
          f"{statistics.median(ratios):.2f} times")


def noise(name, count):
    value = 0xcbf29ce484222325
    for byte in name.encode():
        value = (value ^ byte) * 0x100000001b3 % (1 << 64)
    z = np.arange(count, dtype=np.uint64) + np.uint64((value + 0x9E3779B97F4A7C15) % (1 << 64))
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z ^= z >> np.uint64(31)
    return (z >> np.uint64(40)).astype(np.float64) / 2**23 - 1


def reference_input(height, width):
    c, y, x = np.meshgrid(np.arange(3), np.arange(height), np.arange(width), indexing="ij")
    waves = np.sin(0.05 * (c + 1) * x + 0.03 * y)
    return (waves + 0.25 * noise(f"input.{height}x{width}", waves.size).reshape(waves.shape))[None].astype(np.float32)


if __name__ == "__main__":
    main()
