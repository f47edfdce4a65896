"""The Blender side: the renderer's set-up, and everything that a scene is made of (meshes, materials, lights, sky).

What one scene made is remembered here, and strike() takes it all away before the next one.
"""
import contextlib
import math
import os
import sys

import bpy
import numpy as np
from mathutils import Vector

import chance
from chance import choice, happens, uniform

TEXTURES = "/usr/share/games/supertuxkart/data/textures/"  # package supertuxkart-data
FARTHEST = 1e4
PASSES = {"picture": "Image", "albedo": "DiffCol", "normal": "Normal", "depth": "Depth"}

scene = None
_folder = None
_world = None
_objects, _data = [], []  # of the scene that stands
_images = {}
_evaluated = None


def open_stage(folder, threads):
    """Empties Blender and sets up its path tracer: few samples, which picture.py makes smooth again."""
    global scene, _folder, _world
    _folder = folder
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.render.threads_mode, scene.render.threads = "FIXED", threads
    cycles = scene.cycles
    cycles.device = "CPU"
    cycles.use_denoising = cycles.use_adaptive_sampling = False
    cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 4, 2, 1
    cycles.transmission_bounces, cycles.transparent_max_bounces, cycles.volume_bounces = 2, 10, 0
    cycles.caustics_reflective = cycles.caustics_refractive = False
    cycles.sample_clamp_indirect, cycles.sample_clamp_direct, cycles.blur_glossy = 3, 20, 1
    cycles.use_fast_gi, cycles.fast_gi_method, cycles.ao_bounces, cycles.ao_bounces_render = True, "REPLACE", 1, 1
    scene.render.use_persistent_data = scene.render.use_simplify = True
    cycles.texture_limit_render = "512"
    scene.view_settings.view_transform = "Raw"
    layer = bpy.context.view_layer
    layer.use_pass_z = layer.use_pass_normal = layer.use_pass_diffuse_color = True
    layer.pass_alpha_threshold = 0.1
    _world = bpy.data.worlds.new("world")
    scene.world = _world
    _world.use_nodes = True
    scene.camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    scene.collection.objects.link(scene.camera)
    scene.camera.data.clip_start, scene.camera.data.clip_end = 0.02, 3000
    _write_passes()
    scene.frame_set(1)


def _write_passes():
    scene.use_nodes = True
    tree = scene.node_tree
    tree.nodes.clear()
    layers = tree.nodes.new("CompositorNodeRLayers")
    out = tree.nodes.new("CompositorNodeOutputFile")
    out.base_path = _folder
    out.format.file_format, out.format.color_depth, out.format.exr_codec = "OPEN_EXR", "32", "NONE"
    out.file_slots.clear()
    for name, socket in PASSES.items():
        out.file_slots.new(name + "_")
        tree.links.new(layers.outputs[socket], out.inputs[name + "_"])
    whole = tree.nodes.new("CompositorNodeComposite")
    tree.links.new(layers.outputs["Image"], whole.inputs[0])


def render(samples, filter_width, seed):
    """Renders and gives the passes as float arrays [height][width][3]."""
    cycles = scene.cycles
    cycles.samples, cycles.filter_width, cycles.seed = samples, filter_width, seed
    with _quiet():
        bpy.ops.render.render(write_still=False)
    return {name: _read(name) for name in PASSES}


@contextlib.contextmanager
def _quiet():
    """Blender writes dozens of lines for each picture, past Python."""
    sys.stdout.flush()
    kept, nothing = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nothing)


def _read(name):
    width, height = scene.render.resolution_x, scene.render.resolution_y
    image = bpy.data.images.load(os.path.join(_folder, name + "_0001.exr"), check_existing=False)
    image.colorspace_settings.name = "Non-Color"
    values = np.empty(width * height * 4, np.float32)
    image.pixels.foreach_get(values)
    bpy.data.images.remove(image)
    return values.reshape(height, width, 4)[::-1, :, :3].copy()


def strike():
    """Takes away everything that the scene made."""
    changed()
    for made in (_objects, _data):
        if made:
            bpy.data.batch_remove(list(made))
        made.clear()
        bpy.context.view_layer.update()


def add(name, data, matrix=None):
    thing = bpy.data.objects.new(name, data)
    scene.collection.objects.link(thing)
    if matrix is not None:
        thing.matrix_basis = matrix
    _objects.append(thing)
    changed()
    return thing


def remove(objects):
    for thing in objects:
        _objects.remove(thing)
        bpy.data.objects.remove(thing)
    changed()


def changed():
    global _evaluated
    _evaluated = None


def cast(origin, direction, distance=FARTHEST):
    """What a ray meets first: (whether, place, normal, object)."""
    global _evaluated
    if _evaluated is None:
        bpy.context.view_layer.update()
        _evaluated = bpy.context.evaluated_depsgraph_get()
    hit, place, normal, _, thing, _ = scene.ray_cast(
        _evaluated, Vector(origin), Vector(direction).normalized(), distance=distance)
    return hit, place, normal, thing


class Shape:
    """Quads and boxes with texture coordinates in metres, which become one object."""

    def __init__(self):
        self._corners, self._faces, self._uv, self._materials = [], [], [], []

    def __bool__(self):
        return bool(self._faces)

    def quad(self, corners, uv=None, material=0):
        first = len(self._corners)
        self._corners += corners
        self._faces.append(tuple(range(first, first + len(corners))))
        self._uv += uv or [(0, 0)] * len(corners)
        self._materials.append(material)

    def flat(self, x0, y0, x1, y1, z, material=0):
        self.quad([(x0, y0, z), (x1, y0, z), (x1, y1, z), (x0, y1, z)], [(x0, y0), (x1, y0), (x1, y1), (x0, y1)], material)

    def box(self, x0, y0, z0, x1, y1, z1, material=0, top=None):
        for (a, b), (c, d) in (((x0, y0), (x1, y0)), ((x1, y0), (x1, y1)), ((x1, y1), (x0, y1)), ((x0, y1), (x0, y0))):
            length = abs(c - a) + abs(d - b)
            self.quad([(a, b, z0), (c, d, z0), (c, d, z1), (a, b, z1)],
                      [(0, z0), (length, z0), (length, z1), (0, z1)], material)
        self.flat(x0, y0, x1, y1, z1, material if top is None else top)
        self.quad([(x0, y1, z0), (x1, y1, z0), (x1, y0, z0), (x0, y0, z0)], None, material)

    def put(self, materials, matrix=None, smooth=False):
        mesh = bpy.data.meshes.new("shape")
        mesh.from_pydata(self._corners, [], self._faces)
        mesh.uv_layers.new().data.foreach_set("uv", np.array(self._uv, np.float32).ravel())
        for one in materials:
            mesh.materials.append(one)
        mesh.polygons.foreach_set("material_index", np.array(self._materials, np.int32))
        if smooth:
            mesh.polygons.foreach_set("use_smooth", np.ones(len(self._faces), bool))
        mesh.update()
        _data.append(mesh)
        return add("shape", mesh, matrix)


class _Nodes:
    """Shorthand for building a tree of nodes."""

    def __init__(self, tree):
        self.tree = tree

    def new(self, kind, **inputs):
        node = self.tree.nodes.new("ShaderNode" + kind)
        for name, value in inputs.items():
            node.inputs[name].default_value = value
        return node

    def link(self, source, target):
        self.tree.links.new(source, target)


def material(texture=None, size=1.0, colour=(0.8, 0.8, 0.8), rough=0.7, shine=0.3, glow=0, tint=None, bump=0, vary=0):
    """texture: file in TEXTURES, size metres wide; tint: (hue, saturation, value); vary: share by which noise dims it."""
    made = bpy.data.materials.new("material")
    _data.append(made)
    made.use_nodes = True
    nodes = _Nodes(made.node_tree)
    surface = made.node_tree.nodes["Principled BSDF"]
    surface.inputs["Roughness"].default_value, surface.inputs["Specular"].default_value = rough, shine
    surface.inputs["Base Color"].default_value = (*colour, 1)
    out = _textured(nodes, surface, texture, size, tint, bump) if texture else None
    if vary > 0:
        noise, place = nodes.new("TexNoise", Scale=uniform(0.15, 1.5), Detail=3), nodes.new("TexCoord")
        nodes.link(place.outputs["Object"], noise.inputs["Vector"])
        span = nodes.new("MapRange")
        for i, value in enumerate((0.3, 0.7, 1 - vary, 1 + vary * 0.4), 1):
            span.inputs[i].default_value = value
        nodes.link(noise.outputs[0], span.inputs[0])
        dimmed = nodes.new("HueSaturation", Color=(*colour, 1))
        nodes.link(span.outputs[0], dimmed.inputs["Value"])
        if out:
            nodes.link(out, dimmed.inputs["Color"])
        out = dimmed.outputs[0]
    if out:
        nodes.link(out, surface.inputs["Base Color"])
    if glow:
        surface.inputs["Emission Strength"].default_value = glow
        surface.inputs["Emission"].default_value = (*colour, 1)
    return made


def _textured(nodes, surface, texture, size, tint, bump):
    if texture not in _images:
        _images[texture] = bpy.data.images.load(TEXTURES + texture)
    picture, place = nodes.new("TexImage"), nodes.new("UVMap")
    picture.image = _images[texture]
    scaled = nodes.new("Mapping", Scale=(1 / size, 1 / size, 1))
    nodes.link(place.outputs[0], scaled.inputs[0])
    nodes.link(scaled.outputs[0], picture.inputs[0])
    hue, saturation, value = tint or (0.5, 1, 1)
    tinted = nodes.new("HueSaturation", Hue=hue, Saturation=saturation, Value=value)
    nodes.link(picture.outputs[0], tinted.inputs["Color"])
    if bump:
        bumps = nodes.new("Bump", Strength=bump, Distance=0.02)
        nodes.link(picture.outputs[0], bumps.inputs["Height"])
        nodes.link(bumps.outputs[0], surface.inputs["Normal"])
    return tinted.outputs[0]


def lamp(place, power, colour=(1, 1, 1), size=0.1):
    _light("POINT", power, colour, place).data.shadow_soft_size = size


def panel(place, power, width, height=None, colour=(1, 1, 1), towards=(0, 0, -1)):
    """A rectangle that shines in one direction and is not seen itself."""
    made = _light("AREA", power, colour, place)
    made.data.shape, made.data.size, made.data.size_y = "RECTANGLE", width, height or width
    made.rotation_euler = Vector(towards).to_track_quat("-Z", "Y").to_euler()


def sun(power, colour, angle, towards):
    made = _light("SUN", power, colour, (0, 0, 50))
    made.data.angle = angle
    made.rotation_euler = Vector(towards).to_track_quat("-Z", "Y").to_euler()


def _light(kind, power, colour, place):
    data = bpy.data.lights.new("light", kind)
    _data.append(data)
    data.energy, data.color = power, colour
    made = add("light", data)
    made.location = place
    made.visible_camera = False
    return made


SKIES = (((0.75, 0.85, 1), (0.15, 0.35, 0.8)), ((0.9, 0.92, 0.95), (0.6, 0.68, 0.78)), ((1, 0.75, 0.5), (0.2, 0.35, 0.7)),
         ((0.8, 0.82, 0.85), (0.75, 0.78, 0.82)), ((0.7, 0.82, 0.95), (0.3, 0.5, 0.85)))  # at the horizon, above


def sky(kind, strength):
    """kind: "night", "air" (Nishita's model) or "plain" (two colours); by day mostly with clouds of noise."""
    nodes = _Nodes(_world.node_tree)
    nodes.tree.nodes.clear()
    out, background = nodes.new("OutputWorld"), nodes.new("Background", Strength=strength)
    nodes.link(background.outputs[0], out.inputs[0])
    if kind == "night":
        background.inputs["Color"].default_value = (0.02, 0.03, 0.07, 1)
        return
    if kind == "air":
        air = nodes.new("TexSky")
        air.sky_type, air.sun_disc, air.sun_elevation = "NISHITA", False, uniform(0.12, 1.2)
        air.dust_density, air.air_density = uniform(0.3, 4), uniform(0.7, 1.6)
        background.inputs["Strength"].default_value = strength * 0.25
        base = air.outputs[0]
    else:
        direction, parts, ramp = nodes.new("TexCoord"), nodes.new("SeparateXYZ"), nodes.new("ValToRGB")
        nodes.link(direction.outputs["Generated"], parts.inputs[0])
        nodes.link(parts.outputs[2], ramp.inputs[0])
        low, high = choice(SKIES)
        first, last = ramp.color_ramp.elements
        first.color, last.color, last.position = (*low, 1), (*high, 1), uniform(0.3, 0.7)
        base = ramp.outputs[0]
    if happens(0.75):
        base = _clouds(nodes, base, uniform(0.7, 1.3) * (3 if kind == "air" else 1))
    nodes.link(base, background.inputs["Color"])


def _clouds(nodes, base, bright):
    direction = nodes.new("TexCoord")
    stretched = nodes.new("Mapping", Scale=(1, 1, uniform(2, 5)), Location=tuple(uniform(0, 9) for _ in range(3)))
    noise, ramp = nodes.new("TexNoise", Scale=uniform(1.2, 4), Detail=6), nodes.new("ValToRGB")
    nodes.link(direction.outputs["Generated"], stretched.inputs[0])
    nodes.link(stretched.outputs[0], noise.inputs["Vector"])
    nodes.link(noise.outputs[0], ramp.inputs[0])
    first, last = ramp.color_ramp.elements
    first.position = uniform(0.42, 0.6)
    last.position = first.position + uniform(0.08, 0.25)
    mixed = nodes.new("MixRGB", Color2=(bright, bright, bright * 1.02, 1))
    nodes.link(ramp.outputs[0], mixed.inputs[0])
    nodes.link(base, mixed.inputs[1])
    return mixed.outputs[0]


def daylight(night):
    """Sky and sun of an outdoor scene."""
    if night:
        sky("night", uniform(0.6, 3))
        sun(uniform(0.01, 0.08), (0.6, 0.7, 1), 0.02, (0.3, 0.2, -1))
        return
    overcast = happens(0.3)
    sky("plain" if overcast else choice(("air", "plain")), uniform(0.8, 1.6))
    turn, height = uniform(0, chance.TURN), uniform(0.2, 1.25)
    towards = (math.cos(turn) * math.sin(height), math.sin(turn) * math.sin(height), -math.cos(height))
    sun(0.3 if overcast else uniform(1.5, 6), (1, uniform(0.8, 1), uniform(0.6, 1)),
        0.4 if overcast else uniform(0.005, 0.06), towards)
