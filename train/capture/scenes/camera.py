"""Where a photographer would stand: wide views, one thing in the middle, somebody near before a background, a table top.

A view is taken when rays say that it is a picture: nothing too near over much of it, and depth that differs.
"""
import math
from dataclasses import dataclass, field

import numpy as np
from mathutils import Matrix, Vector

import chance
import furniture
import stage
from chance import choice, happens, shift, uniform

LONG_SIDE, SHORT_SIDE = 384, 288
TRIES = 25
RAYS = 12  # along the long side, for the look before rendering
FAR = stage.FARTHEST * 0.9  # beyond: sky


@dataclass
class View:
    kind: str
    near: list = field(default_factory=list)  # Placed for this view alone
    focus: float = None  # metres; None = everything is sharp


class _Pose:
    def __init__(self):
        self.upright = happens(0.35)
        self.angle = math.radians(uniform(35, 80))
        self.roll = chance.gauss(0, 0.025)
        self.place, self.yaw, self.pitch = Vector(), 0.0, 0.0

    def take(self):
        camera, render = stage.scene.camera, stage.scene.render
        camera.data.sensor_fit, camera.data.angle = "AUTO", self.angle
        flat = math.cos(self.pitch)
        towards = Vector((math.cos(self.yaw) * flat, math.sin(self.yaw) * flat, math.sin(self.pitch)))
        turned = towards.to_track_quat("-Z", "Y").to_matrix().to_4x4() @ Matrix.Rotation(self.roll, 4, "Z")
        camera.matrix_world = Matrix.Translation(self.place) @ turned
        sides = (SHORT_SIDE, LONG_SIDE) if self.upright else (LONG_SIDE, SHORT_SIDE)
        render.resolution_x, render.resolution_y = sides
        render.resolution_percentage = 100
        stage.changed()

    def distances(self):
        """Along the view's axis, where a grid of rays ends."""
        matrix = stage.scene.camera.matrix_world
        half = math.tan(self.angle / 2)
        columns, rows, wide, high = RAYS, RAYS * 3 // 4, half, half * 0.75
        if self.upright:
            columns, rows, wide, high = rows, columns, high, wide
        out = np.full((rows, columns), stage.FARTHEST)
        for j in range(rows):
            for i in range(columns):
                ray = Vector(((2 * (i + 0.5) / columns - 1) * wide, (1 - 2 * (j + 0.5) / rows) * high, -1))
                hit, place, _, _ = stage.cast(matrix.translation, matrix.to_3x3() @ ray)
                if hit:
                    out[j, i] = (place - matrix.translation).length / ray.length
        return out


def _inside_something(place, margin=0.12):
    return any(p.thing and p.box[0] - margin < place.x < p.box[2] + margin and p.box[1] - margin < place.y < p.box[3] + margin
               and p.z - margin < place.z < p.top + margin for p in furniture.placed if not (p.thing and p.thing.height > 4.5))


def _stand(scene, pose):
    x0, y0, x1, y1 = scene.area
    if scene.indoors:
        x, y = uniform(x0 + 0.25, x1 - 0.25), uniform(y0 + 0.25, y1 - 0.25)
        pose.place = Vector((x, y, choice([uniform(1.4, 1.75), uniform(0.9, 1.6), uniform(0.4, 2)])))
        pose.yaw = math.atan2((y0 + y1) / 2 - y + shift(1), (x0 + x1) / 2 - x + shift(1)) + chance.gauss(0, 0.3)
        pose.pitch = chance.gauss(-0.1, 0.12)
        return
    x, y = uniform(x0, x1), uniform(y0, y1)
    height = choice([uniform(1.45, 1.75), uniform(1, 1.7), uniform(0.4, 1.2), uniform(1.4, 4)])
    pose.place = Vector((x, y, height + scene.ground(x, y)))
    if scene.heading is None:
        pose.yaw = math.atan2(6 - y, -x) + chance.gauss(0, 0.7)
    else:
        pose.yaw = scene.heading + chance.gauss(0, 0.5) + (0 if happens(0.75) else math.pi / 2 * choice([1, -1]))
    pose.pitch = chance.gauss(-0.03, 0.09)


def _aim_at_table(scene, pose):
    table = choice(scene.tables)
    thing = choice(table.on_it)
    away, pose.pitch, pose.yaw = uniform(0.3, 1.3), -uniform(0.1, 0.95), uniform(0, chance.TURN)
    flat = math.cos(pose.pitch)
    middle = Vector((thing.x, thing.y, thing.z + thing.thing.height * uniform(0.2, 0.8)))
    pose.place = middle - Vector((math.cos(pose.yaw) * flat, math.sin(pose.yaw) * flat, math.sin(pose.pitch))) * away
    pose.yaw, pose.pitch = pose.yaw + shift(0.25), pose.pitch + shift(0.15)
    x0, y0, x1, y1 = scene.area
    return x0 + 0.1 < pose.place.x < x1 - 0.1 and y0 + 0.1 < pose.place.y < y1 - 0.1 and pose.place.z < scene.height - 0.1


def _aim_at_thing(pose):
    def away(p):
        return math.hypot(p.x - pose.place.x, p.y - pose.place.y)

    things = [p for p in furniture.placed if p.thing and 0.5 < away(p) < 8]
    if not things:
        return False
    chosen = choice(things)
    pose.yaw = math.atan2(chosen.y - pose.place.y, chosen.x - pose.place.x) + shift(0.3)
    pose.pitch = math.atan2(chosen.z + chosen.thing.height / 2 - pose.place.z, away(chosen)) + shift(0.1)
    return abs(pose.pitch) < 1


def _put_somebody_near(scene, groups, pose):
    """One or two people, animals or things 0.55 to 3.2 metres before the camera. Gives them, and the first one's distance."""
    away, kind = uniform(0.55, 1.4) if happens(0.45) else uniform(1.4, 3.2), uniform(0, 1)
    made, count = [], 1 if happens(0.75) else 2
    for i in range(count):
        other = groups.odd + groups.plants if scene.indoors else groups.cycles + groups.park
        thing = choice(groups.people if kind < 0.72 else groups.animals if kind < 0.86 else other)
        if thing.longest > 2.5:
            thing = choice(groups.people)
        aside = shift(0.3) if count == 1 else uniform(0.25, 0.55) * (1 if i else -1)
        yaw = pose.yaw + aside * min(1, pose.angle * 0.8) * (1 if away > 1 else 0.7)
        reach = away + (thing.depth / 2 if thing.category != "Characters" else 0) + uniform(0, 0.3) * i
        x, y = pose.place.x + reach * math.cos(yaw), pose.place.y + reach * math.sin(yaw)
        x0, y0, x1, y1 = scene.area
        half = max(furniture.half_sizes(thing, 0)) * 0.8
        if scene.indoors and not (x0 + half < x < x1 - half and y0 + half < y < y1 - half):
            break
        if not furniture.is_free(x, y, half, half, 0):
            break
        to_camera = math.atan2(pose.place.y - y, pose.place.x - x) + math.pi / 2 + chance.gauss(0, 0.5)
        one = furniture.put(thing, x, y, scene.ground(x, y) if scene.ground else 0.0, to_camera)
        if one:
            made.append(one)
    if made:
        person, height, feet = made[0].thing in groups.people, made[0].thing.height, made[0].z
        pose.place.z = feet + (uniform(1.3, 1.7) if person else height * uniform(0.5, 1.2) + uniform(0, 0.5))
        face = uniform(0.78, 0.92) if person and away < 1.4 else uniform(0.5, 0.85)
        pose.pitch = max(-0.9, min(0.5, math.atan2(feet + height * face - pose.place.z, away)))
    return made, away


def _is_a_picture(scene, kind, z, away):
    close = kind in ("table", "near")
    good = (z < (0.15 if kind == "table" else 0.35)).mean() < 0.06 and (z < 1).mean() < (0.97 if close else 0.45)
    good = good and z.min() > 0.08 and (z > FAR).mean() < 0.7 and np.percentile(z, 95) / max(1e-3, np.percentile(z, 5)) > 1.7
    if kind == "near":
        good = good and (z < away * 1.6 + 0.8).mean() > 0.08
    if scene.indoors:
        good = good and (z > FAR).mean() < 0.3 and (kind == "table" or np.percentile(z, 90) > 1.6)
        if kind == "wide":
            good = good and np.percentile(z, 90) > 2.2 and z.std() > 0.3
    return good


def _kind(scene):
    share = uniform(0, 1)
    if scene.tables and share < (0.8 if scene.from_near else 0.2):
        return "table"
    return "near" if share < 0.5 else "thing" if share < 0.65 else "wide"


def find(scene, groups):
    """Sets the camera. None when no place was found in TRIES."""
    for _ in range(TRIES):
        pose, kind, near, away = _Pose(), _kind(scene), [], 0.0
        if kind == "table":
            if not _aim_at_table(scene, pose):
                continue
        else:
            _stand(scene, pose)
            if _inside_something(pose.place, 0.2) or (kind == "thing" and not _aim_at_thing(pose)):
                continue
        if kind == "near":
            near, away = _put_somebody_near(scene, groups, pose)
            if not near:
                continue
        pose.take()
        z = pose.distances()
        if _is_a_picture(scene, kind, z, away):
            third = z[z.shape[0] // 3 : -(z.shape[0] // 3), z.shape[1] // 3 : -(z.shape[1] // 3)]
            blurred = kind in ("table", "near") and happens(0.35)
            return View(kind, near, (max(0.3, away) if near else float(np.median(third))) if blurred else None)
        furniture.take_away(near)
    return None
