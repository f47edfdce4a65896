"""Things in a scene: models are loaded once, put where they are wanted, and remembered as boxes so that none stands in another."""
import math
from dataclasses import dataclass, field

import bpy
import numpy as np
from mathutils import Matrix

import chance
import stage
from chance import shift, uniform

OBJ_TO_BLENDER = Matrix(((1, 0, 0), (0, 0, -1), (0, 1, 0)))
HUE_SPREAD = {"Vehicles": 1.0, "Exterior": 0.05}  # how much the colours of one model may differ; else INDOOR_SPREAD
INDOOR_SPREAD = 0.25

_models = {}
placed = []  # of the scene that stands


@dataclass
class Placed:
    thing: object  # None: a place that is kept free
    x: float
    y: float
    z: float
    yaw: float
    box: tuple  # x0, y0, x1, y1
    top: float
    objects: list = field(default_factory=list)
    on_it: list = field(default_factory=list)


def clear():
    placed.clear()
    stage.strike()


def half_sizes(thing, yaw, scale=1):
    c, s = abs(math.cos(yaw)), abs(math.sin(yaw))
    return (thing.width * c + thing.depth * s) / 2 * scale, (thing.width * s + thing.depth * c) / 2 * scale


def is_free(x, y, half_x, half_y, margin=0.05, bottom=0.1, top=2.0):
    for other in placed:
        if other.top < bottom or other.z > top:
            continue
        x0, y0, x1, y1 = other.box
        if x + half_x + margin > x0 and x - half_x - margin < x1 and y + half_y + margin > y0 and y - half_y - margin < y1:
            return False
    return True


def keep_free(x, y, half_x, half_y, top=2.0):
    placed.append(Placed(None, x, y, 0, 0, (x - half_x, y - half_y, x + half_x, y + half_y), top))


def put(thing, x, y, z=0.0, yaw=0.0, scale=1.0, counts=True):
    """Puts a thing, its front towards -y at yaw 0. counts: others keep away from it. None when its model cannot be read."""
    meshes = _load(thing)
    if not meshes:
        return None
    matrix = Matrix.Translation((x, y, z)) @ Matrix.Rotation(yaw, 4, "Z") @ Matrix.Scale(scale, 4)
    colour = (uniform(0, 1), uniform(0, 1), 0, 1)  # read by _spread_hue
    objects = [stage.add("thing", mesh, matrix) for mesh in meshes]
    for one in objects:
        one.color = colour
    half_x, half_y = half_sizes(thing, yaw, scale)
    made = Placed(thing, x, y, z, yaw, (x - half_x, y - half_y, x + half_x, y + half_y), z + thing.height * scale, objects)
    if counts:
        placed.append(made)
    return made


def try_put(thing, area, z=0.0, yaw=None, margin=0.05, tries=12, scale=1.0, ground=None):
    """Somewhere in the area (x0, y0, x1, y1) where there is room. ground: height of a place."""
    x0, y0, x1, y1 = area
    for _ in range(tries):
        turn = uniform(0, chance.TURN) if yaw is None else yaw
        half_x, half_y = half_sizes(thing, turn, scale)
        if x1 - x0 < 2 * half_x or y1 - y0 < 2 * half_y:
            continue
        x, y = uniform(x0 + half_x, x1 - half_x), uniform(y0 + half_y, y1 - half_y)
        if is_free(x, y, half_x, half_y, margin):
            return put(thing, x, y, ground(x, y) if ground else z, turn, scale)
    return None


def take_away(things):
    for one in things:
        stage.remove(one.objects)
        placed.remove(one)


def strew(tables, things, density=1.0):
    """Small things on top of tables, where all four corners find support."""
    for table in tables:
        x0, y0, x1, y1 = table.box
        if table.top > 1.6 or table.thing.called("bed", "sofa", "chair", "couch"):
            continue
        wanted = int(min(9, (x1 - x0) * (y1 - y0) * uniform(2, 9) * density) + uniform(0, 1))
        for _ in range(wanted * 3):
            if len(table.on_it) >= wanted:
                break
            _set_down(table, chance.choice(things))


def _set_down(table, thing):
    yaw = uniform(0, chance.TURN) if chance.happens(0.5) else table.yaw + shift(0.3)
    half_x, half_y = half_sizes(thing, yaw)
    x0, y0, x1, y1 = table.box
    if x1 - x0 < 2 * half_x or y1 - y0 < 2 * half_y:
        return
    x, y = uniform(x0 + half_x, x1 - half_x), uniform(y0 + half_y, y1 - half_y)
    for other in table.on_it:
        other_x, other_y = half_sizes(other.thing, other.yaw)
        if abs(x - other.x) < half_x + other_x and abs(y - other.y) < half_y + other_y:
            return
    above = table.top + 0.02
    hit, place, normal, below = stage.cast((x, y, above), (0, 0, -1), table.top)
    if not hit or normal.z < 0.9 or below not in table.objects or place.z < 0.25:
        return
    corners = [stage.cast((x + i * half_x * 0.7, y + j * half_y * 0.7, above), (0, 0, -1), 3)[1].z
               for i in (1, -1) for j in (1, -1)]
    if max(abs(z - place.z) for z in corners) < 0.015:
        made = put(thing, x, y, place.z + 0.001, yaw)
        if made:
            table.on_it.append(made)


def _load(thing):
    """Meshes of a model, scaled to its size, standing on z = 0."""
    if thing.path not in _models:
        _models[thing.path] = _import(thing)
    return _models[thing.path]


def _import(thing):
    before = set(bpy.data.objects)
    try:
        bpy.ops.wm.obj_import(filepath=thing.path, forward_axis="NEGATIVE_Z", up_axis="Y")
    except RuntimeError as error:
        print(f"{thing.path}: {error}")
        return []
    rotation = Matrix.Identity(3)
    if thing.rotation:
        rows = Matrix((thing.rotation[:3], thing.rotation[3:6], thing.rotation[6:9]))
        rotation = OBJ_TO_BLENDER @ rows @ OBJ_TO_BLENDER.inverted()
    meshes, low, high = [], np.full(3, np.inf), np.full(3, -np.inf)
    for one in [o for o in bpy.data.objects if o not in before]:
        if one.type == "MESH" and len(one.data.polygons) > 0:
            mesh = one.data.copy()
            mesh.validate()
            mesh.transform(rotation.to_4x4() @ one.matrix_basis)
            used = _used_corners(mesh)
            low, high = np.minimum(low, used.min(0)), np.maximum(high, used.max(0))
            meshes.append(mesh)
        bpy.data.objects.remove(one)
    if not meshes:
        return []
    scale = np.array([thing.width, thing.depth, thing.height]) / np.maximum(high - low, 1e-6)
    middle = (low + high) / 2
    fit = Matrix.Diagonal((*scale, 1)) @ Matrix.Translation((-middle[0], -middle[1], -low[2]))
    for mesh in meshes:
        mesh.transform(fit)
        mesh.update()
        mesh.use_fake_user = True
        for one in filter(None, mesh.materials):
            _mend(one, thing)
    return meshes


def _used_corners(mesh):
    corners = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", corners)
    used = np.empty(len(mesh.loops), np.int32)
    mesh.loops.foreach_get("vertex_index", used)
    return corners.reshape(-1, 3)[np.unique(used)]


def _mend(material, thing):
    """Wavefront materials have no roughness and often an alpha of 0; objects of one model get hues of their own."""
    if material.get("mended") or not material.use_nodes:
        return
    material["mended"] = 1
    tree = material.node_tree
    surface = next((n for n in tree.nodes if n.type == "BSDF_PRINCIPLED"), None)
    if surface is None:
        return
    inputs = surface.inputs
    inputs["Roughness"].default_value, inputs["Specular"].default_value = uniform(0.3, 0.9), uniform(0.1, 0.5)
    inputs["Metallic"].default_value = min(0.6, inputs["Metallic"].default_value)
    if not inputs["Alpha"].links and inputs["Alpha"].default_value < 0.02:
        inputs["Alpha"].default_value = 0.15
    source = None
    if inputs["Base Color"].links:
        link = inputs["Base Color"].links[0]
        source, picture = link.from_socket, link.from_node
        if picture.type == "TEX_IMAGE" and picture.image:
            if picture.image.size[0] == 0:  # the file is missing
                tree.links.remove(link)
                source = None
            elif picture.image.channels == 4 and not inputs["Alpha"].links:
                cut = tree.nodes.new("ShaderNodeMath")  # leaves and fences: a hard edge, so that depth is exact
                cut.operation, cut.inputs[1].default_value = "GREATER_THAN", 0.4
                tree.links.new(picture.outputs["Alpha"], cut.inputs[0])
                tree.links.new(cut.outputs[0], inputs["Alpha"])
    _spread_hue(tree, surface, source, HUE_SPREAD.get(thing.category, INDOOR_SPREAD))


def _spread_hue(tree, surface, source, spread):
    colour, parts = tree.nodes.new("ShaderNodeObjectInfo"), tree.nodes.new("ShaderNodeSeparateColor")
    span, turned = tree.nodes.new("ShaderNodeMapRange"), tree.nodes.new("ShaderNodeHueSaturation")
    span.inputs[3].default_value, span.inputs[4].default_value = 0.5 - spread / 2, 0.5 + spread / 2
    tree.links.new(colour.outputs["Color"], parts.inputs[0])
    tree.links.new(parts.outputs[0], span.inputs[0])
    tree.links.new(span.outputs[0], turned.inputs["Hue"])
    turned.inputs["Value"].default_value = uniform(0.75, 1.1)
    if source:
        tree.links.new(source, turned.inputs["Color"])
    else:
        turned.inputs["Color"].default_value = surface.inputs["Base Color"].default_value
    tree.links.new(turned.outputs[0], surface.inputs["Base Color"])
