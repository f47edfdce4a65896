"""Walls with openings, window frames, curtains, pictures and whole buildings.

A wall stands in its own space: along x from 0, its inner face on y = 0 and turned towards -y, z upwards.
"""
import math

from mathutils import Matrix

import chance
import surfaces
from chance import choice, happens, uniform
from stage import Shape, material

PANE_Y = 0.08  # window frames stand that deep in the wall


def wall(length, height, openings, thickness=0.18):
    """openings: (x0, x1, z0, z1). Materials: 0 inside, 1 outside, 2 the openings' sides."""
    shape = Shape()
    columns = sorted({0, length, *(v for o in openings for v in o[:2])})
    rows = sorted({0, height, *(v for o in openings for v in o[2:4])})
    t = thickness
    for a, b in zip(columns, columns[1:]):
        for c, d in zip(rows, rows[1:]):
            x, z = (a + b) / 2, (c + d) / 2
            if any(o[0] < x < o[1] and o[2] < z < o[3] for o in openings):
                continue
            uv = [(a, c), (b, c), (b, d), (a, d)]
            shape.quad([(a, 0, c), (b, 0, c), (b, 0, d), (a, 0, d)], uv, 0)
            shape.quad([(b, t, c), (a, t, c), (a, t, d), (b, t, d)], uv, 1)
    for a, b, c, d in (o[:4] for o in openings):
        for corners in ([(a, 0, c), (a, t, c), (a, t, d), (a, 0, d)], [(b, t, c), (b, 0, c), (b, 0, d), (b, t, d)],
                        [(a, 0, d), (a, t, d), (b, t, d), (b, 0, d)], [(a, t, c), (a, 0, c), (b, 0, c), (b, t, c)]):
            shape.quad(corners, [(0, 0), (t, 0), (t, 1), (0, 1)], 2)
    return shape


def window_frame(shape, opening, y=PANE_Y, columns=1, rows=1, material_index=0):
    a, b, c, d = opening[:4]
    wide, deep = 0.06, 0.05
    bars = [(a, c, b, c + wide), (a, d - wide, b, d), (a, c, a + wide, d), (b - wide, c, b, d)]
    bars += [(a + (b - a) * i / columns - 0.02, c, a + (b - a) * i / columns + 0.02, d) for i in range(1, columns)]
    bars += [(a, c + (d - c) * i / rows - 0.02, b, c + (d - c) * i / rows + 0.02) for i in range(1, rows)]
    for x0, z0, x1, z1 in bars:
        shape.box(x0, y, z0, x1, y + deep, z1, material_index)


def curtain(length, height, matrix, cloth):
    shape, step, amplitude, waves, start = Shape(), 0.03, uniform(0.02, 0.04), uniform(25, 50), uniform(0, chance.TURN)
    folds = [(i * step, amplitude * math.sin(i * step * waves + start)) for i in range(int(length / step) + 2)]
    for (x0, y0), (x1, y1) in zip(folds, folds[1:]):
        shape.quad([(x0, y0, 0), (x1, y1, 0), (x1, y1, height), (x0, y0, height)],
                   [(x0, 0), (x1, 0), (x1, height), (x0, height)])
    shape.put([cloth], matrix, smooth=True)


def picture(matrix, width, height):
    """A framed surface of one of the textures: something flat with a pattern on it."""
    shape, edge = Shape(), uniform(0.015, 0.06)
    x, z = width / 2, height / 2
    shape.quad([(-x, -0.025, -z), (x, -0.025, -z), (x, -0.025, z), (-x, -0.025, z)], [(0, 0), (1, 0), (1, 1), (0, 1)])
    for a, b, c, d in ((-x - edge, x + edge, -z - edge, -z), (-x - edge, x + edge, z, z + edge),
                       (-x - edge, -x, -z, z), (x, x + edge, -z, z)):
        shape.box(a, -0.035, c, b, 0, d, 1)
    art = material(choice(surfaces.BRICK + surfaces.GRASS + surfaces.CARPET), 1.0, rough=uniform(0.1, 0.8),
                   tint=(uniform(0, 1), uniform(0.5, 1.3), uniform(0.6, 1.4)))
    shape.put([art, material(colour=chance.colour(0.4, 0.02, 0.8), rough=0.5)], matrix)


def building(width, depth, height, matrix, roof=None, lit=False):
    """A house with its front on y = 0, from x = 0: windows on every floor, one door, perhaps shop windows and balconies."""
    storey = uniform(2.8, 3.4)
    floors = max(1, int(height / storey))
    height = floors * storey + 0.3
    openings = _front_openings(width, floors, storey)
    plain = surfaces.outer_wall()
    thick = uniform(0.1, 0.22)
    wall(width, height, openings, thick).put([plain] * 3, matrix)
    glass = material(colour=(0.03, 0.04, 0.05), rough=0.08, shine=0.7)
    light = material(colour=(1, 0.75, 0.4), glow=uniform(2, 6)) if lit else surfaces.cloth()
    cover = material(choice(surfaces.ROOFS), uniform(1, 2), tint=(0.5, uniform(0.3, 1), uniform(0.6, 1.2)), rough=0.9)
    door = material(choice(surfaces.WOOD), 1.0, rough=0.5)
    shape = Shape()  # materials: 0 wall, 1 frames, 2 glass, 3 roof, 4 door, 5 lit window or curtain
    shape.box(0.01, thick + 0.02, 0, width - 0.01, depth, height, 0, 3)
    balconies = happens(0.25)
    for a, b, c, d, kind in openings:
        if kind == "door":
            shape.box(a, thick * 0.6, c, b, thick * 0.8, d, 4)
            continue
        y = thick * 0.9
        pane = 5 if happens(0.5 if lit else 0.15) else 2
        shape.quad([(a, y, c), (b, y, c), (b, y, d), (a, y, d)], [(0, 0), (1, 0), (1, 1), (0, 1)], pane)
        window_frame(shape, (a, b, c, d), thick * 0.55, choice([1, 2]) if b - a < 2 else 3, 1, 1)
        if c > 0.6:
            shape.box(a - 0.08, -0.08, c - 0.07, b + 0.08, thick * 0.5, c, 1)
        if balconies and c > 3 and happens(0.6):
            _balcony(shape, a - 0.3, b + 0.3, c - 1)
    pitched = happens(0.5) if roof is None else roof
    _roof(shape, width, depth, height, pitched)
    shape.put([plain, surfaces.frame(), glass, cover, door, light], matrix)


def _front_openings(width, floors, storey):
    count = max(1, int(width / uniform(1.8, 3.2)))
    wide, high = uniform(0.8, min(1.5, width / count * 0.6)), uniform(1.1, 1.8)
    shop, door = happens(0.3), chance.whole(0, count - 1)
    openings = []
    for floor in range(floors):
        for i in range(count):
            x = width * (i + 0.5) / count
            if floor == 0 and i == door:
                openings.append((x - 0.45, x + 0.45, 0.02, 2.15, "door"))
            elif floor == 0 and shop:
                openings.append((x - width / count * 0.42, x + width / count * 0.42, 0.5, 2.5, "window"))
            else:
                bottom = floor * storey + 0.95
                openings.append((x - wide / 2, x + wide / 2, bottom, bottom + high, "window"))
    return openings


def _balcony(shape, x0, x1, z):
    shape.box(x0, -0.9, z, x1, 0, z + 0.15, 1)
    bars = int((x1 - x0) / 0.14)
    for i in range(bars + 1):
        x = x0 + (x1 - x0 - 0.025) * i / bars
        shape.box(x, -0.89, z + 0.15, x + 0.025, -0.865, z + 1.1, 1)
    shape.box(x0, -0.9, z + 1.08, x1, -0.86, z + 1.12, 1)


def _roof(shape, width, depth, height, pitched):
    if not pitched:
        shape.box(-0.1, -0.15, height - 0.1, width + 0.1, depth, height + 0.25, 1, 3)
        return
    over, rise, middle = 0.4, uniform(1.2, 3), depth / 2
    uv = [(0, 0), (width, 0), (width, 4), (0, 4)]
    left, right, low, top = -over, width + over, height - 0.1, height + rise
    shape.quad([(left, -over, low), (right, -over, low), (right, middle, top), (left, middle, top)], uv, 3)
    shape.quad([(right, depth + over, low), (left, depth + over, low), (left, middle, top), (right, middle, top)], uv, 3)
    for x in (0, width):
        shape.quad([(x, 0, height), (x, middle, top - 0.1), (x, depth, height)], [(0, 0), (depth / 2, rise), (depth, 0)])


def turned(x, y, angle):
    return Matrix.Translation((x, y, 0)) @ Matrix.Rotation(angle, 4, "Z")
