"""Rooms by what they are for, and tables with things on them.

A room lies from (0, 0) to (width, depth). Its four walls are walls.py's, wall k seen from inside; ROOM.walls holds each one's
matrix and length.
"""
import math
from dataclasses import dataclass, field

from mathutils import Vector

import chance
import furniture
import stage
import surfaces
import walls
from chance import choice, happens, uniform
from stage import Shape, material

WET = ("kitchen", "bath")
USES = ["living"] * 3 + ["bed", "kitchen", "kitchen", "office", "bath", "odd", "dining", "dining"]
LAMP_COLOURS = [(1, 0.75, 0.5), (1, 0.85, 0.68), (1, 0.93, 0.85), (1, 1, 1), (0.9, 0.95, 1)]


@dataclass
class Scene:
    """What a camera needs to know. area: x0, y0, x1, y1 where it may stand."""

    kind: str
    area: tuple
    night: bool
    height: float = None  # of the ceiling; None outdoors
    tables: list = field(default_factory=list)
    ground: object = None  # height of a place
    heading: float = None  # where there is most to see
    from_near: bool = False  # looked at from close by: a table top

    @property
    def indoors(self):
        return self.height is not None


class Room:
    def __init__(self, groups):
        self.groups = groups
        self.use = choice(USES)
        small = self.use == "bath"
        self.width, self.depth = uniform(2.5 if small else 3, 4 if small else 8), uniform(2.5 if small else 3, 4.5 if small else 8)
        self.height, self.night = uniform(2.4, 3.2), happens(0.22)
        w, d, quarter = self.width, self.depth, math.pi / 2
        self.walls = [(walls.turned(0, d, 0), w), (walls.turned(w, d, -quarter), d),
                      (walls.turned(w, 0, math.pi), w), (walls.turned(0, 0, quarter), d)]
        self.windows = chance.sample(range(4), choice([1, 1, 2]))
        self.openings = [self._openings(k) for k in range(4)]
        self.tables = []

    def _openings(self, k):
        if k not in self.windows:
            return []
        length = self.walls[k][1]
        count = 1 if length < 4 else choice([1, 2, 2])
        part, out = length / count, []
        for i in range(count):
            wide = uniform(0.8, min(2.4, part - 0.6))
            x = part * i + uniform(0.3, part - wide - 0.3)
            out.append((x, x + wide, choice([0.02, 0.85, 0.9, 0.95]), min(self.height - 0.15, uniform(2, 2.4))))
        return out

    def facing(self, k):
        """Direction into the room, and the yaw of a thing whose back is at the wall."""
        inward = self.walls[k][0].to_3x3() @ Vector((0, -1, 0))
        return inward, math.atan2(inward.y, inward.x) + math.pi / 2

    def build(self):
        plain, other, frame = surfaces.inner_wall(self.use in WET), surfaces.inner_wall(self.use in WET), surfaces.frame()
        outside, accent = material(colour=(0.5, 0.5, 0.5)), chance.whole(0, 8)
        for k, (matrix, length) in enumerate(self.walls):
            walls.wall(length, self.height, self.openings[k]).put([other if k == accent else plain, outside, frame], matrix)
            self._trim(k, frame)
            for opening in self.openings[k]:
                self._window_light(k, opening)
        self._door(choice([k for k in range(4) if k not in self.windows]))
        floor, ceiling = Shape(), Shape()
        floor.flat(0, 0, self.width, self.depth, 0)
        floor.put([surfaces.floor()])
        ceiling.flat(0, 0, self.width, self.depth, self.height)
        ceiling.flat(-0.3, -0.3, self.width + 0.3, self.depth + 0.3, self.height + 0.2)
        if happens(0.15):
            for i in range(1, int(self.width / 0.9)):
                x = i * self.width / int(self.width / 0.9)
                ceiling.box(x - 0.06, 0, self.height - 0.16, x + 0.06, self.depth, self.height - 0.001)
        ceiling.put([material(colour=chance.colour(0.05, 0.75, 0.95), rough=0.95, vary=0.04)])
        self._outside()
        self._lamps()
        self._furnish()

    def _trim(self, k, frame):
        matrix, length = self.walls[k]
        shape = Shape()
        for opening in self.openings[k]:
            walls.window_frame(shape, opening, columns=choice([1, 2, 2, 3]), rows=choice([1, 1, 2, 3]))
            a, b, c, d = opening
            if c > 0.3:
                shape.box(a - 0.05, -0.12, c - 0.04, b + 0.05, 0.1, c)
            if happens(0.45):
                self._curtains(shape, k, opening)
        if happens(0.7) and not any(o[2] < 0.1 for o in self.openings[k]):
            shape.box(0, -0.015, 0, length, 0, uniform(0.06, 0.12))
        if shape:
            shape.put([frame], matrix)

    def _curtains(self, shape, k, opening):
        a, b, c, d = opening
        top, bottom = min(self.height - 0.03, d + 0.15), 0.03 if happens(0.7) or c < 0.3 else c - 0.15
        wide, cloth = (b - a) * uniform(0.15, 0.35) + 0.1, surfaces.cloth()
        for x in (a - 0.15, b + 0.15 - wide):
            place = self.walls[k][0] @ walls.Matrix.Translation((x, -0.09, bottom))
            walls.curtain(wide, top - bottom, place, cloth)
        shape.box(a - 0.25, -0.11, top, b + 0.25, -0.07, top + 0.03)

    def _window_light(self, k, opening):
        if self.night:
            return
        a, b, c, d = opening
        colour = (0.93, 0.97, 1) if happens(0.7) else (1, 0.9, 0.75)
        place = self.walls[k][0] @ Vector(((a + b) / 2, 0.3, (c + d) / 2))
        stage.panel(place, (b - a) * (d - c) * uniform(25, 60), b - a, d - c, colour, self.facing(k)[0])

    def _door(self, k):
        matrix, length = self.walls[k]
        door = choice(self.groups.doors)
        place = matrix @ Vector((uniform(0.15 + door.width / 2, length - 0.15 - door.width / 2), -0.02, 0))
        inward, yaw = self.facing(k)
        if furniture.put(door, place.x, place.y, 0, yaw):
            before = place + inward * 0.4
            furniture.keep_free(before.x, before.y, 0.45, 0.45)

    def _outside(self):
        stage.sky("night" if self.night else choice(("plain", "air", "plain")), uniform(0.5, 2) if self.night else uniform(2, 6))
        level, lawn = -uniform(0.2, 6), Shape()
        lawn.flat(-150, -150, 150, 150, level)
        lawn.put([surfaces.ground(surfaces.GRASS + surfaces.PAVING)])
        if self.night:
            return
        for k in self.windows:
            matrix, length = self.walls[k]
            for _ in range(choice([0, 1, 2, 3])):
                if happens(0.5):
                    place = matrix @ Vector((uniform(-4, length + 4), uniform(4, 14), 0))
                    furniture.put(choice(self.groups.trees + self.groups.bushes), place.x, place.y, level, uniform(0, 6))
                else:
                    house, wide = Shape(), uniform(4, 12)
                    house.box(-wide / 2, 0, level, wide / 2, 6, uniform(4, 14))
                    house.put([surfaces.outer_wall()], matrix @ walls.Matrix.Translation((uniform(-8, length + 8), uniform(10, 30), 0)))
        if happens(0.35):
            inward = self.facing(self.windows[0])[0]
            stage.sun(uniform(3, 12), (1, 0.92, 0.8), 0.02, inward + Vector((chance.shift(0.7), chance.shift(0.7), -uniform(0.3, 0.9))))

    def _lamps(self):
        colour, dim = choice(LAMP_COLOURS), 1 if self.night else 0.55
        if self.night or happens(0.55):
            count = 1 if self.width * self.depth < 25 else choice([1, 2])
            for i in range(count):
                x, y = self.width * (i + 0.5) / count, self.depth / 2
                lamp = choice(self.groups.hanging_lamps)
                scale = min(1, 0.9 / lamp.height) if self.height - lamp.height < 1.7 else 1
                bottom = self.height - lamp.height * scale
                furniture.put(lamp, x, y, bottom, 0, scale)
                stage.lamp((x, y, bottom - 0.08), uniform(40, 120) * dim, colour, uniform(0.05, 0.15))
        power = self.width * self.depth * uniform(1, 3)
        stage.panel((self.width / 2, self.depth / 2, self.height - 0.03), power, min(self.width, self.depth) * 0.8)

    def at_wall(self, thing, tries=14):
        for _ in range(tries):
            k = chance.whole(0, 3)
            matrix, length = self.walls[k]
            if length < thing.width + 0.1:
                continue
            x = uniform(thing.width / 2 + 0.03, length - thing.width / 2 - 0.03)
            sill = min([o[2] for o in self.openings[k] if o[0] - thing.width / 2 < x < o[1] + thing.width / 2], default=9)
            if thing.height > sill + 0.1 and happens(0.85):
                continue
            place, yaw = matrix @ Vector((x, -(thing.depth / 2 + uniform(0.02, 0.08)), 0)), self.facing(k)[1]
            if furniture.is_free(place.x, place.y, *furniture.half_sizes(thing, yaw), 0.02, 0.1, thing.height):
                return self._remember(furniture.put(thing, place.x, place.y, 0, yaw))
        return None

    def _remember(self, made):
        if made:
            self.tables.append(made)
        return made

    def _inside(self, margin):
        return margin, margin, self.width - margin, self.depth - margin

    def _furnish(self):
        g, use = self.groups, self.use
        first = {"living": [g.sofas, g.storage, g.storage, g.armchairs], "odd": [g.odd, g.storage], "office": [g.tables, g.storage, g.storage],
                 "dining": [g.storage, g.storage], "bed": [g.beds, g.bedside, g.bedside, g.storage], "bath": [g.bath] * 7, "kitchen": []}
        along = {"living": g.storage + g.sofas + g.armchairs + g.tables, "odd": g.odd + g.storage, "office": g.storage + g.tables,
                 "dining": g.storage + g.armchairs, "bed": g.storage + g.bedside, "kitchen": g.storage + g.kitchen, "bath": g.bath}
        free = {"living": g.armchairs + g.chairs + g.low_tables, "odd": g.odd, "office": g.chairs + g.tables, "dining": g.chairs,
                "bed": g.armchairs + g.odd, "kitchen": g.chairs, "bath": g.odd}
        for things in first[use]:
            self.at_wall(choice(things))
        if use == "kitchen":
            self._kitchen_row(chance.whole(0, 3))
        self._table_with_chairs()
        for _ in range(int(uniform(0.35, 0.8) * self.width * self.depth / 2.2) + 2):
            kind = uniform(0, 1)
            if kind < 0.45:
                self.at_wall(choice(along[use]))
            elif kind < 0.6:
                self.at_wall(choice(g.plants + g.odd))
            elif kind < 0.8:
                furniture.try_put(choice(free[use]), self._inside(0.4), margin=0.2, tries=6)
            else:
                furniture.try_put(choice(g.odd + g.plants + g.small + g.animals), self._inside(0.2), margin=0.1, tries=6)
        for _ in range(choice([0, 0, 0, 1, 1, 2])):
            furniture.try_put(choice(g.people), self._inside(0.4), margin=0.1)
        self._pictures()
        furniture.strew(self.tables, {"kitchen": g.kitchen_small, "bath": g.bath_small + g.small_plants, "office": g.small,
                                      "dining": g.kitchen_small + g.small_plants}.get(use, g.small + g.small_plants))

    def _kitchen_row(self, k):
        matrix, length = self.walls[k]
        yaw, x = self.facing(k)[1], 0.05
        while True:
            thing = choice(self.groups.kitchen)
            if x + thing.width > length - 0.05:
                return
            place = matrix @ Vector((x + thing.width / 2, -(thing.depth / 2 + 0.01), 0))
            if furniture.is_free(place.x, place.y, *furniture.half_sizes(thing, yaw), 0):
                self._remember(furniture.put(thing, place.x, place.y, 0, yaw))
            x += thing.width + 0.005

    def _table_with_chairs(self):
        g = self.groups
        if self.use == "living":
            table = choice(g.low_tables or g.tables)
        elif self.use in ("dining", "kitchen", "office", "odd") or happens(0.4):
            table = choice(g.tables)
        else:
            return
        made = self._remember(furniture.try_put(table, self._inside(0.7), yaw=choice([0, math.pi / 2]), margin=0.35))
        if not made or table.height < 0.6:
            return
        chair = choice(g.chairs)
        sides = [(-0.25, -1), (0.25, -1), (-0.25, 1), (0.25, 1), (-1, 0), (1, 0)]
        for sx, sy in chance.sample(sides, choice([2, 4, 4, 6])):
            if table.width < 1 and sy and sx < 0:
                continue  # room for one chair only
            x = sx * (table.width * 0.9 if sy else table.width / 2 + chair.depth * 0.25)
            y = sy * (table.depth / 2 + chair.depth * 0.15)
            c, s = math.cos(made.yaw), math.sin(made.yaw)
            to_table = math.atan2(-(x * s + y * c), -(x * c - y * s))
            furniture.put(chair, made.x + x * c - y * s, made.y + x * s + y * c, 0, to_table + math.pi / 2 + chance.shift(0.25))

    def _pictures(self):
        for k, (matrix, length) in enumerate(self.walls):
            for _ in range(choice([0, 1, 1, 2, 3])):
                wide = uniform(0.25, 1.1)
                high, z = min(wide * uniform(0.6, 1.4), 1.2), uniform(1.3, 1.8)
                x = uniform(0.2 + wide / 2, length - 0.2 - wide / 2)
                place = matrix @ Vector((x, -0.1, 0))
                hidden = any(p.box[0] - 0.05 < place.x < p.box[2] + 0.05 and p.box[1] - 0.1 < place.y < p.box[3] + 0.1
                             and p.top > z - high / 2 for p in furniture.placed)
                if not hidden and not any(o[0] - wide / 2 - 0.1 < x < o[1] + wide / 2 + 0.1 for o in self.openings[k]):
                    walls.picture(matrix @ walls.Matrix.Translation((x, 0, z)), wide, high)

    def scene(self):
        tables = [t for t in self.tables if t.on_it]
        return Scene("room_" + self.use, (0, 0, self.width, self.depth), self.night, self.height, tables)


def room(groups):
    made = Room(groups)
    made.build()
    return made.scene()


def table_top(groups):
    """A room with one table that is full of things, looked at from near."""
    made = Room(groups)
    made.build()
    tables = [t for t in made.tables if t.on_it and t.thing in groups.tables + groups.low_tables]
    things = choice([groups.kitchen_small, groups.small + groups.small_plants, groups.kitchen_small + groups.small])
    for _ in range(6):
        if tables:
            break
        table = furniture.try_put(choice(groups.tables), (0.3, 0.3, made.width - 0.3, made.depth - 0.3), margin=0.1)
        tables = [table] if table else []
    furniture.strew(tables[:1], things, 2.5)
    scene = made.scene()
    scene.kind, scene.from_near = "table_" + made.use, True
    scene.tables = [t for t in tables if t.on_it] or scene.tables
    return scene
