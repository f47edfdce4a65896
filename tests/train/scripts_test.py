#!/usr/bin/python3
"""The training scripts hold together: they compile, every key of a plan is explained, and packs come back as they went in.
Where PyTorch is installed, an exported network is what the reference computes."""
import json
import os
import py_compile
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TRAIN = os.path.join(ROOT, "train")


def scripts(ending):
    for folder, _, names in os.walk(TRAIN):
        yield from (os.path.join(folder, name) for name in names if name.endswith(ending))


def scripts_compile():
    with tempfile.TemporaryDirectory() as out:
        for path in scripts(".py"):
            py_compile.compile(path, cfile=out + "/x.pyc", doraise=True)
        for path in scripts(".sh"):
            subprocess.run(["bash", "-n", path], check=True)
        for path in scripts(".c"):
            subprocess.run(["cc", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", path, "-o", out + "/x.so", "-ldl", "-lm"],
                           check=True)


def every_key_of_a_plan_is_explained():
    with open(TRAIN + "/README.md", encoding="utf-8") as file:
        explained = set(re.findall(r"`(?:phases\[\]\.)?(\w+)`", file.read()))
    for path in scripts(".json"):
        with open(path, encoding="utf-8") as file:
            plan = json.load(file)
        keys = set(plan) | {key for phase in plan["phases"] for key in phase}
        assert keys - {"phases"} <= explained, (path, keys - explained)


def a_network_is_exported_as_it_is():
    sys.path.insert(0, TRAIN)
    try:
        import torch
        import cv2  # noqa: F401
    except ImportError:
        print("left out: no PyTorch, no OpenCV")
        return
    import export
    from spxtrain import network
    torch.manual_seed(1)
    net = network.create({"name": "lite0", "c": 16, "extra": {"4": [1, 3, 2]}}).eval()
    tensors, blocks = export.named_tensors(net)
    half = {k: v.to(torch.float16).float() for k, v in tensors.items()}
    x = torch.randn(1, 3, 70, 100)
    with torch.no_grad():
        wanted = net(x)
    made = export.Reference(half, blocks).run(x.double())["inverse_depth"][:, 0]
    assert (made - wanted).abs().max() < 2e-2 * wanted.abs().max(), "the reference is another network"


def a_grown_network_begins_as_the_narrow_one():
    sys.path.insert(0, TRAIN)
    try:
        import torch
    except ImportError:
        print("left out: no PyTorch")
        return
    from spxtrain import network
    torch.manual_seed(1)
    narrow = network.create({"name": "lite0", "c": 16}).eval()
    x = torch.randn(1, 3, 64, 96)
    with tempfile.TemporaryDirectory() as out, torch.no_grad():
        torch.save(narrow.state_dict(), out + "/narrow.pth")
        wide = network.create({"name": "lite0", "c": 32, "extra": {"4": [1, 3, 2]}}, out + "/narrow.pth", grow=True).eval()
        wanted = narrow(x)
        assert (wide(x) - wanted).abs().max() < 1e-4 * wanted.abs().max(), "it is another network"


for test in (scripts_compile, every_key_of_a_plan_is_explained, a_network_is_exported_as_it_is,
             a_grown_network_begins_as_the_narrow_one):
    test()
    print("ok", test.__name__)
