#!/usr/bin/python3
"""Scenes to move in, read back by other programs: Khronos' validator for glTF, plyfile for splats, and by numbers."""
import base64
import importlib
import itertools
import json
import math
import os
import shutil
import struct
import subprocess
import sys
import zlib

import support
from support import run, spx

support.enter("scene")
WIDTH, HEIGHT = 640, 480
STRENGTH, HFOV, BASELINE = 2.0, 60.0, 64.0
NEAR = (200, 150, 440, 330)  # left, top, right, bottom of a near square, one row in a checker of colours
WORDS = "glb,splat,splat-glb,html"


def square(x, y):
    return NEAR[0] <= x < NEAR[2] and NEAR[1] <= y < NEAR[3]


def card(x, y):
    level = 40 * ((x // 16 + y // 16) % 3)
    return bytes((200, level, level)) if square(x, y) else bytes((level, level, 160))


def near_square(x, y):
    return b"\xff\xff\xff" if square(x, y) else b"\x33\x33\x33"


def slope(x, y):
    return bytes(((3 * x + 5 * y) % 256,) * 3)


def make():
    support.write("card.png", support.png(WIDTH, HEIGHT, card))
    support.write("near.png", support.png(WIDTH, HEIGHT, near_square))
    code, _, err = spx("convert", "card.png", "--depth-map", "near.png", "--strength", str(STRENGTH), "--fov", str(HFOV),
                       "--baseline", str(BASELINE), "--format", WORDS)
    assert code == 0, err


def distance(nearness):
    """doc/stereo.md: Z = f B / (strength d)."""
    focal = 0.5 / math.tan(math.radians(HFOV / 2))
    return focal * BASELINE / 1000 / (STRENGTH / 100 * nearness)


def read_glb(path):
    data = support.read(path)
    magic, version, size = struct.unpack("<4sII", data[:12])
    assert magic == b"glTF" and version == 2 and size == len(data)
    length, kind = struct.unpack("<I4s", data[12:20])
    assert kind == b"JSON"
    tree = json.loads(data[20:20 + length])
    body = 20 + length
    length, kind = struct.unpack("<I4s", data[body:body + 8])
    assert kind == b"BIN\0" and body + 8 + length == len(data)
    return tree, data[body + 8:]


SIZES = {5120: "b", 5121: "B", 5125: "I", 5126: "f"}
COUNTS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}


def numbers(tree, data, accessor):
    one = tree["accessors"][accessor]
    view = tree["bufferViews"][one["bufferView"]]
    parts = COUNTS[one["type"]]
    flat = struct.unpack_from("<%d%s" % (one["count"] * parts, SIZES[one["componentType"]]), data, view.get("byteOffset", 0))
    return flat if parts == 1 else [flat[i:i + parts] for i in range(0, len(flat), parts)]


def a_glb_stands_in_metres_where_the_photo_saw_it():
    tree, data = read_glb("card_output/card_scene.glb")
    assert "KHR_materials_unlit" in tree["extensionsUsed"]
    camera = tree["cameras"][0]["perspective"]
    focal = 0.5 / math.tan(math.radians(HFOV / 2))
    assert abs(camera["yfov"] - 2 * math.atan(HEIGHT / WIDTH / 2 / focal)) < 1e-5, camera
    depths = set()
    assert [mesh["name"] for mesh in tree["meshes"]] == ["backcloth", "ground", "fore"]
    for mesh in tree["meshes"][1:]:
        primitive = mesh["primitives"][0]
        places = numbers(tree, data, primitive["attributes"]["POSITION"])
        spots = numbers(tree, data, primitive["attributes"]["TEXCOORD_0"])
        corners = numbers(tree, data, primitive["indices"])
        wide, high = WIDTH + 8, HEIGHT  # the pictures show four columns beside the frame on either side
        for (x, y, z), (u, v) in zip(places, spots):
            assert z < 0
            # From the origin every point lies where the picture has it.
            assert abs(focal * x / -z - ((u * wide - 4) / WIDTH - 0.5)) < 1e-4
            assert abs(focal * y / -z - (0.5 * HEIGHT - v * high) / WIDTH) < 1e-4
        # No triangle reaches from one thing to another: no rubber sheets.
        for i in range(0, len(corners), 3):
            ahead = [-places[c][2] for c in corners[i:i + 3]]
            assert max(ahead) / min(ahead) < 1.2, (mesh["name"], ahead)
            a, b, c = (spots[k] for k in corners[i:i + 3])
            assert (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]) < 0, "clockwise"
        depths |= {round(-z, 2) for _, _, z in places}
    assert abs(min(depths) - distance(1.0)) < 0.02 and abs(max(depths) - distance(0.2)) < 0.1, (min(depths), max(depths))


def the_ground_has_no_holes_seen_from_the_photo():
    tree, data = read_glb("card_output/card_scene.glb")
    ground = next(mesh for mesh in tree["meshes"] if mesh["name"] == "ground")["primitives"][0]
    spots = numbers(tree, data, ground["attributes"]["TEXCOORD_0"])
    corners = numbers(tree, data, ground["indices"])
    area = 0.0
    for i in range(0, len(corners), 3):
        a, b, c = (spots[k] for k in corners[i:i + 3])
        area -= ((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])) / 2
    whole = (1 - 1 / (WIDTH + 8)) * (1 - 1 / HEIGHT)
    # Cells at cuts lie there twice; nothing is missing.
    assert whole - 1e-4 < area < 1.2 * whole, (area, whole)


def camera_around(around_deg, over_deg, high):
    """A camera that went around the subject: where a place lies in its picture, and how large a metre is there."""
    around, over, away = math.radians(around_deg), math.radians(over_deg), distance(1.0)
    scale = high * WIDTH / HEIGHT / (2 * math.tan(math.radians(HFOV / 2)))

    def look(place):
        x, y, z = place[0], place[1], place[2] + away
        x, z = x * math.cos(around) - z * math.sin(around), x * math.sin(around) + z * math.cos(around)
        y, z = y * math.cos(over) + z * math.sin(over), z * math.cos(over) - y * math.sin(over)
        metre = scale / (away - z)
        return high * WIDTH / HEIGHT / 2 + metre * x, high / 2 - metre * y, metre

    return look


def glb_scene(path):
    tree, data = read_glb(path)
    parts = [(mesh["name"], mesh["primitives"][0]) for mesh in tree["meshes"]]
    return [(name, numbers(tree, data, one["attributes"]["POSITION"]), numbers(tree, data, one["indices"])) for name, one in parts]


def seen(meshes, names, around_deg, over_deg, wide=80, high=60):
    """How many rays of a camera that went around the subject hit something: the meshes' triangles, drawn."""
    look = camera_around(around_deg, over_deg, high)
    hit = set()
    for name, places, corners in meshes:
        if name not in names:
            continue
        spots = [look(place)[:2] for place in places]
        for i in range(0, len(corners), 3):
            (ax, ay), (bx, by), (cx, cy) = (spots[k] for k in corners[i:i + 3])
            whole = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
            if whole == 0:
                continue
            for y in range(max(0, math.ceil(min(ay, by, cy) - .5)), min(high - 1, math.floor(max(ay, by, cy) - .5)) + 1):
                for x in range(max(0, math.ceil(min(ax, bx, cx) - .5)), min(wide - 1, math.floor(max(ax, bx, cx) - .5)) + 1):
                    b = ((x + .5 - ax) * (cy - ay) - (y + .5 - ay) * (cx - ax)) / whole
                    c = ((bx - ax) * (y + .5 - ay) - (by - ay) * (x + .5 - ax)) / whole
                    if b >= -1e-6 and c >= -1e-6 and b + c <= 1 + 1e-6:
                        hit.add((x, y))
    return len(hit) / (wide * high)


def page_scene(path):
    """A page's nets as glTF would have them: the numbers that its program reads."""
    page = support.read(path).decode()
    scene = json.loads(page.split('<script id="scene" type="application/json">')[1].split("</script>")[0])
    nets = zlib.decompress(base64.b64decode(scene["nets"].split(",")[1]))
    meshes, at = [], 0

    def take(letter, count):
        nonlocal at
        steps = struct.unpack_from("<%d%s" % (count, letter), nets, at)
        at += struct.calcsize(letter) * count
        mask = (1 << 8 * struct.calcsize(letter)) - 1
        return [total & mask for total in itertools.accumulate(steps)]

    for layer in scene["layers"]:
        columns, rows, depths = (take("H", layer["vertices"]) for _ in range(3))
        places = []
        for column, row, depth in zip(columns, rows, depths):
            x = (column - layer["origin"][0] + .5) / scene["width"] - .5
            y = (row - layer["origin"][1] + .5) / scene["width"] - .5 * scene["height"] / scene["width"]
            ahead = scene["focal"] * scene["baseline"] / (scene["strength"] * max(depth / 65535, scene["least"]))
            places.append((x * ahead / scene["focal"], -y * ahead / scene["focal"], -ahead))
        meshes.append((layer["name"], places, take("I", layer["corners"])))
    assert at == len(nets)
    return meshes


def one_may_go_around_it():
    for scene, cloth in ((glb_scene("card_output/card_scene.glb"), "backcloth"), (page_scene("card_output/card_scene.html"), "cloth")):
        for around, over in ((0, 0), (15, 0), (-15, 0), (0, 12), (0, -12), (10, 8)):
            assert seen(scene, (cloth, "ground", "fore"), around, over) == 1, (cloth, around, over)
        # Without the cloth one looks through it: the test can fail.
        assert seen(scene, ("ground", "fore"), 15, 0) < 0.97, cloth


def one_may_go_around_splats():
    tree, data = read_glb("card_output/card_splat.glb")
    names = tree["meshes"][0]["primitives"][0]["attributes"]
    places = numbers(tree, data, names["POSITION"])
    wide, high = 80, 60
    radii = numbers(tree, data, names["KHR_gaussian_splatting:SCALE"])
    sheets = [i for i, (place, radius) in enumerate(zip(places, radii)) if radius[0] < 2 * radii[0][0] / places[0][2] * place[2]]
    assert 0 < len(sheets) < len(places)
    for around, over in ((0, 0), (12, 0), (-12, 0), (0, 12)):
        look = camera_around(around, over, high)

        def share(some):
            hit = set()
            for i in some:
                x, y, metre = look(places[i])
                reach = metre * 1.5 * radii[i][1]  # the smaller one; there a disc still has a third of its opacity
                for v in range(max(0, math.ceil(y - reach - .5)), min(high - 1, math.floor(y + reach - .5)) + 1):
                    for u in range(max(0, math.ceil(x - reach - .5)), min(wide - 1, math.floor(x + reach - .5)) + 1):
                        hit.add((u, v))
            return len(hit) / (wide * high)

        assert share(range(len(places))) > 0.999, (around, over)
        if around == 12:
            assert share(sheets) < 0.97


def turned_back(turn, way):
    """A vector in the axes of a disc: turn is the quaternion x, y, z, w."""
    x, y, z, w = (part / math.hypot(*turn) for part in turn)
    axes = ((1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)),
            (2 * (x * y - w * z), 1 - 2 * (x * x + z * z), 2 * (y * z + w * x)),
            (2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)))
    return [sum(a * b for a, b in zip(axis, way)) for axis in axes]


def where_the_cloth_rises_its_discs_reach_each_other():
    tree, data = read_glb("card_output/card_splat.glb")
    names = tree["meshes"][0]["primitives"][0]["attributes"]
    places, radii, turns = (numbers(tree, data, names[name]) for name in (
        "POSITION", "KHR_gaussian_splatting:SCALE", "KHR_gaussian_splatting:ROTATION"))
    steps = []  # from the disc to its right neighbour, in spreads of the disc
    for i in range(WIDTH * HEIGHT, len(places) - 1):
        way = [b - a for a, b in zip(places[i], places[i + 1])]
        same_row = abs(places[i][1] / places[i][2] - places[i + 1][1] / places[i + 1][2]) < 1e-4
        if same_row and abs(way[2]) > 3 * abs(way[0]) and radii[i][0] > -0.002 * places[i][2]:
            steps.append(math.hypot(*(part / radius for part, radius in zip(turned_back(turns[i], way), radii[i]))))
    steps.sort()
    assert len(steps) > 100 and steps[len(steps) // 2] < 3 and steps[len(steps) * 3 // 4] < 8, (len(steps), steps[::20])


def khronos_finds_no_fault():
    if shutil.which("npm") is None or shutil.which("node") is None:
        print("    (without Khronos' validator: no npm)")
        return
    folder = os.path.join(os.environ["SPX_TEST_OUT"], "gltf-validator")
    os.makedirs(folder, exist_ok=True)
    support.write(os.path.join(folder, "package.json"), b"{}")
    try:
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "gltf-validator@2.0.0-dev.3.10"], cwd=folder,
                       check=True, timeout=180, capture_output=True)
    except (OSError, subprocess.SubprocessError):
        print("    (without Khronos' validator: it cannot be had)")
        return
    script = """const v = require('gltf-validator'), fs = require('fs');
        v.validateBytes(new Uint8Array(fs.readFileSync(process.argv[1]))).then((r) => console.log(JSON.stringify(r.issues)));"""
    for name in ("card_scene.glb", "card_splat.glb"):
        out = subprocess.run(["node", "-e", script, os.path.abspath("card_output/" + name)], cwd=folder, check=True,
                             capture_output=True, text=True).stdout
        # The validator is older than splats: names with a colon are new to it.
        faults = [one for one in json.loads(out)["messages"] if one["severity"] < 2 and
                  not one["pointer"].split("/")[-1].startswith("KHR_gaussian_splatting:")]
        assert faults == [], faults


def load_plyfile():
    own = os.path.join(os.environ["SPX_TEST_OUT"], "plyfile")
    sys.path.insert(0, own)
    try:
        return importlib.import_module("plyfile")
    except ImportError:
        pass
    try:
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--target",
                        own, "plyfile==1.0.3"], check=True, timeout=180, capture_output=True)
        importlib.invalidate_caches()
        return importlib.import_module("plyfile")
    except (ImportError, OSError, subprocess.SubprocessError):
        return None


def splats_are_what_viewers_read():
    plyfile = load_plyfile()
    if plyfile is None:
        print("    (without plyfile: it cannot be had)")
        return
    vertex = plyfile.PlyData.read("card_output/card_splat.ply")["vertex"]
    names = [one.name for one in vertex.properties]
    assert names == ["x", "y", "z", "f_dc_0", "f_dc_1", "f_dc_2", "opacity", "scale_0", "scale_1", "scale_2", "rot_0", "rot_1",
                     "rot_2", "rot_3"], names
    assert WIDTH * HEIGHT < vertex.count < 1200000, vertex.count
    focal = 0.5 / math.tan(math.radians(HFOV / 2))
    middle = 0
    for i in range(0, vertex.count, 97):
        one = vertex[i]
        assert one["z"] > 0 and abs(math.hypot(*(one["rot_%d" % k] for k in range(4))) - 1) < 1e-5
        column, row = (focal * one["x"] / one["z"] + 0.5) * WIDTH, focal * one["y"] / one["z"] * WIDTH + HEIGHT / 2
        spread = math.exp(one["scale_0"]) / (one["z"] / focal / WIDTH)
        if spread > 2:  # of the cloth, which goes on beside the frame
            continue
        assert one["rot_0"] == 1  # faces the camera
        assert -5 < column < WIDTH + 5 and 0 < row < HEIGHT
        assert 0.4 < spread < 0.8
        if NEAR[0] + 80 < column < NEAR[2] - 80 and NEAR[1] + 60 < row < NEAR[3] - 60:
            middle += 1
            assert abs(one["z"] - distance(1.0)) < 0.02
            assert abs(one["f_dc_0"] * 0.28209479 + 0.5 - 200 / 255) < 0.02
    assert middle > 10


def gltf_splats_are_the_same_splats():
    tree, data = read_glb("card_output/card_splat.glb")
    primitive = tree["meshes"][0]["primitives"][0]
    assert primitive["mode"] == 0 and primitive["extensions"]["KHR_gaussian_splatting"]["kernel"] == "ellipse"
    names = primitive["attributes"]
    counts = {tree["accessors"][one]["count"] for one in names.values()}
    assert len(counts) == 1
    header = support.read("card_output/card_splat.ply")[:400].decode(errors="replace")
    assert "element vertex %d\n" % counts.pop() in header
    opacity = numbers(tree, data, names["KHR_gaussian_splatting:OPACITY"])
    assert 0 < min(opacity) and max(opacity) < 1 and opacity[0] > 0.98
    assert numbers(tree, data, names["KHR_gaussian_splatting:ROTATION"])[5] == (0, 0, 0, 127)


def a_page_needs_nothing_else():
    page = support.read("card_output/card_scene.html")
    assert len(page) < 4000000
    assert page.count(b"http://") == 0 and page.count(b"https://") == 0 and b"<title>card</title>" in page
    assert b"default-src 'none'" in page and b"SPX_PAGE" not in page


def odd_pictures_come_out_too():
    for width, height in ((1, 1), (1, 200), (333, 5)):
        support.write("odd<i>.png", support.png(width, height))
        support.write("slope.png", support.png(width, height, slope))
        code, _, err = spx("convert", "odd<i>.png", "--depth-map", "slope.png", "--format", WORDS)
        assert code == 0, (width, height, err)
        read_glb("odd<i>_output/odd<i>_scene.glb")
        assert b"<title>odd_i_</title>" in support.read("odd<i>_output/odd<i>_scene.html")


run(make, a_glb_stands_in_metres_where_the_photo_saw_it, the_ground_has_no_holes_seen_from_the_photo, one_may_go_around_it, one_may_go_around_splats,
    where_the_cloth_rises_its_discs_reach_each_other, khronos_finds_no_fault,
    splats_are_what_viewers_read, gltf_splats_are_the_same_splats, a_page_needs_nothing_else, odd_pictures_come_out_too)
