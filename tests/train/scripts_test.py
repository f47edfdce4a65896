#!/usr/bin/python3
"""The training scripts hold together: they compile, every key of a plan is explained, and packs come back as they went in.
Where PyTorch is installed, an exported network is what the reference computes."""
import importlib.util
import json
import os
import py_compile
import re
import struct
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TRAIN = os.path.join(ROOT, "train")
sys.path.insert(0, TRAIN)


def scripts(ending):
    for folder, _, names in os.walk(TRAIN):
        yield from (os.path.join(folder, name) for name in names if name.endswith(ending))


def lacks(*packages):
    """Whether a test is left out for want of packages; says of which."""
    missing = [name for name in packages if importlib.util.find_spec(name) is None]
    if missing:
        print("left out: no", ", ".join(missing))
    return bool(missing)


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
    if lacks("torch", "cv2"):
        return
    import torch
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


def fast_kernels_compute_what_the_framework_does():
    """In Triton's interpreter, which needs no GPU: forward, and all three gradients."""
    code = """
import torch
import torch.nn.functional as F
from spxtrain import depthwise
torch.manual_seed(1)
for channels, side, stride, size in ((24, 3, 1, (9, 7)), (40, 3, 2, (6, 7)), (72, 5, 1, (5, 6)), (16, 5, 2, (8, 9))):
    pads = (side // 2 - (stride == 2), side // 2) * 2
    parts = [torch.randn(s, requires_grad=True) for s in ((2, channels, *size), (channels, 1, side, side), (channels,))]
    padded = F.pad(parts[0], [pads[2], pads[3], pads[0], pads[1]])
    wanted = F.relu6(F.conv2d(padded, parts[1], parts[2], stride, groups=channels))
    made = depthwise.depthwise_relu6(*parts, stride, pads)
    gradient = torch.randn_like(wanted)
    pairs = [(wanted, made)] + list(zip(*(torch.autograd.grad(y, parts, gradient) for y in (wanted, made))))
    for a, b in pairs:
        assert (a - b).abs().max() < 1e-4 * (1 + a.abs().max()), (channels, side, stride)
"""
    if lacks("torch", "triton"):
        return
    subprocess.run([sys.executable, "-c", code], check=True, cwd=TRAIN, env=os.environ | {"TRITON_INTERPRET": "1"})


def thin_things_stand_where_they_are_seen():
    """Depth changes only to nearer, and only together with the picture."""
    if lacks("torch", "cv2"):
        return
    import torch
    from spxtrain import augment
    torch.manual_seed(1)
    depth = torch.linspace(0, 1, 96).repeat(16, 128, 1).transpose(1, 2).contiguous()
    rgb = torch.full((16, 3, 96, 128), 0.5)
    drawn, new = augment.thin_things(rgb.clone(), depth, 1.0)
    moved = new != depth
    assert moved.flatten(1).any(1).float().mean() > 0.5 and (new >= depth).all()
    assert not (moved & (drawn == rgb).all(1)).any(), "depth without a stroke"
    untouched = augment.thin_things(rgb.clone(), depth, 0.0)
    assert (untouched[0] == rgb).all() and (untouched[1] == depth).all()


def a_grown_network_begins_as_the_narrow_one():
    if lacks("torch"):
        return
    import torch
    from spxtrain import network
    torch.manual_seed(1)
    narrow = network.create({"name": "lite0", "c": 16}).eval()
    x = torch.randn(1, 3, 64, 96)
    with tempfile.TemporaryDirectory() as out, torch.no_grad():
        torch.save(narrow.state_dict(), out + "/narrow.pth")
        wide = network.create({"name": "lite0", "c": 32, "extra": {"4": [1, 3, 2]}}, out + "/narrow.pth", grow=True).eval()
        wanted = narrow(x)
        assert (wide(x) - wanted).abs().max() < 1e-4 * wanted.abs().max(), "it is another network"


# A driver that does nothing but remember the projection and the colour, and a game that draws a scene and a display over it.
FAKE_DRIVER = """
#include <string.h>
static float projection[16];
static unsigned char colour;
void fake_colour(unsigned char c) { colour = c; }
void glGetIntegerv(unsigned what, int *v)
{
    v[0] = what == 0x0BA0 ? 0x1701 : 0;
    if (what == 0x0BA2) { v[1] = 0; v[2] = 320; v[3] = 240; }
}
void glGetFloatv(unsigned what, float *v) { (void)what; memcpy(v, projection, sizeof projection); }
void glPixelStorei(unsigned what, int v) { (void)what; (void)v; }
void glLoadIdentity(void) { memset(projection, 0, sizeof projection); projection[15] = 1; }
void glFrustum(double l, double r, double b, double t, double n, double f)
{
    (void)l; (void)r; (void)b; (void)t; (void)n; (void)f;
    memset(projection, 0, sizeof projection);
    projection[11] = -1;
}
void glReadPixels(int x, int y, int w, int h, unsigned format, unsigned type, void *out)
{
    (void)x; (void)y; (void)type;
    for (int i = 0; i < w * h; i++)
        if (format == 0x1902) ((float *)out)[i] = (float)i / (float)(w * h);
        else memset((unsigned char *)out + 3 * i, colour, 3);
}
void glXSwapBuffers(void *d, unsigned long w) { (void)d; (void)w; }
"""
FAKE_GAME = """
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>
void glFrustum(double, double, double, double, double, double);
void glLoadIdentity(void);
void glXSwapBuffers(void *, unsigned long);
void fake_colour(unsigned char);
int main(void)
{
    puts(getpwuid(getuid())->pw_dir);
    for (int frame = 0; frame < 6; frame++) {
        glFrustum(-1, 1, -1, 1, 1, 9);
        fake_colour(200);
        glLoadIdentity();
        fake_colour(7);
        glXSwapBuffers(0, 0);
    }
}
"""


def a_scene_is_grabbed_before_the_display_over_it():
    with tempfile.TemporaryDirectory() as out:
        for name, text in (("driver.c", FAKE_DRIVER), ("game.c", FAKE_GAME)):
            with open(f"{out}/{name}", "w", encoding="utf-8") as file:
                file.write(text)
        library = ["-shared", "-fPIC"]
        subprocess.run(["cc", *library, out + "/driver.c", "-o", out + "/driver.so"], check=True)
        subprocess.run(["cc", *library, TRAIN + "/capture/games/grab.c", "-o", out + "/grab.so", "-ldl", "-lm"], check=True)
        subprocess.run(["cc", out + "/game.c", out + "/driver.so", "-o", out + "/game"], check=True)
        wishes = {"LD_PRELOAD": out + "/grab.so", "GRAB_DIR": out, "GRAB_EVERY": "2", "GRAB_SKIP": "2", "HOME": out}
        said = subprocess.run([out + "/game"], env={**os.environ, **wishes}, check=True, capture_output=True, text=True).stdout
        assert said.strip() == out, f"the game's home is {said}"
        assert os.path.getsize(out + "/shown") == 6, "frames shown"
        frames = sorted(name for name in os.listdir(out) if name.endswith(".raw"))
        assert frames == ["000003.raw", "000005.raw"], frames
        with open(f"{out}/{frames[0]}", "rb") as file:
            data = file.read()
        count = 320 * 240
        assert struct.unpack("<ii", data[:8]) == (320, 240) and len(data) == 8 + 7 * count
        assert data[8 : 8 + 3 * count] == bytes([200]) * (3 * count), "not the scene's colour"
        assert struct.unpack("<f", data[-4:])[0] == struct.unpack("<f", struct.pack("<f", (count - 1) / count))[0]


for test in (scripts_compile, every_key_of_a_plan_is_explained, a_scene_is_grabbed_before_the_display_over_it,
             a_network_is_exported_as_it_is, a_grown_network_begins_as_the_narrow_one,
             fast_kernels_compute_what_the_framework_does, thin_things_stand_where_they_are_seen):
    test()
    print("ok", test.__name__)
