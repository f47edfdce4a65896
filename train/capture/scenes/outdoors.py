"""Streets between houses, and gardens, parks, fields, beaches and woods."""
import math

from mathutils import Matrix

import chance
import furniture
import stage
import surfaces
import walls
from chance import choice, happens, uniform
from indoors import Scene
from stage import Shape, material

KERB = 0.13
GARDENS = ["garden"] * 4 + ["park"] * 4 + ["field"] * 2 + ["beach"] * 2 + ["snow"] + ["yard"] * 2 + ["wood"] * 2
HILLS = {"field": 5, "wood": 4, "snow": 5, "park": 1, "beach": 0.6}  # metres at most
TREES = {"wood": 60, "field": 18, "park": 25, "garden": 6, "beach": 8, "snow": 25, "yard": 4}


def _plain(x0, y0, x1, y1, z, cover):
    shape = Shape()
    shape.flat(x0, y0, x1, y1, z)
    shape.put([cover])


class Street:
    """Runs along y; its middle is x = 0."""

    def __init__(self, groups):
        self.groups = groups
        self.night = happens(0.15)
        self.length, self.half, self.pavement = uniform(60, 140), uniform(5, 10) / 2, uniform(1.5, 4)

    def build(self):
        stage.daylight(self.night)
        self._ground()
        park = choice([None, None, 1, -1])
        for side in (1, -1):
            self._park(side) if side == park else self._houses(side)
        self._end()
        self._lamps()
        self._traffic()
        self._life()

    def _ground(self):
        half, length, outer = self.half, self.length, self.half + self.pavement
        _plain(-300, -300, 300, 300, -0.03, surfaces.ground(surfaces.GRASS + surfaces.DIRT))
        _plain(-half, -length, half, length, 0, surfaces.ground(surfaces.ASPHALT if happens(0.8) else surfaces.PAVING))
        paving, kerb, lines = Shape(), Shape(), Shape()
        paving.box(-outer, -length, -0.1, -half, length, KERB)
        paving.box(half, -length, -0.1, outer, length, KERB)
        paving.put([surfaces.ground(surfaces.PAVING)])
        kerb.box(-half, -length, -0.1, -half + 0.15, length, KERB + 0.01)
        kerb.box(half - 0.15, -length, -0.1, half, length, KERB + 0.01)
        kerb.put([material("concrete2.png")])
        if happens(0.7):
            for i in range(int(2 * length / 5)):
                lines.flat(-0.06, i * 5 - length, 0.06, i * 5 - length + 2, 0.004)
        if happens(0.35):
            y = uniform(-5, 12)
            for i in range(int(2 * half - 1)):
                lines.flat(i - half + 0.4, y, i - half + 0.9, y + 3, 0.005)
        if lines:
            lines.put([material(colour=(0.8, 0.8, 0.78), vary=0.2)])

    def _houses(self, side):
        x = self.half + self.pavement + uniform(0, 0.5) + (uniform(2, 5) if happens(0.25) else 0)
        y, typical = -self.length / 2, uniform(4, 22)
        while y < self.length:
            wide = uniform(5, 18)
            place = walls.turned(x, y + wide, -math.pi / 2) if side > 0 else walls.turned(-x, y, math.pi / 2)
            walls.building(wide, uniform(6, 14), max(3, typical * uniform(0.5, 1.4)), place, lit=self.night)
            y += wide + (0 if happens(0.6) else uniform(0.5, 5))

    def _park(self, side):
        x = self.half + self.pavement
        for _ in range(14):
            plant = choice(self.groups.trees if happens(0.5) else self.groups.bushes)
            furniture.put(plant, side * (x + uniform(1, 25)), uniform(-0.3, 0.7) * self.length, 0, uniform(0, 6), uniform(0.7, 1.2))
        if happens(0.6):
            fence, high = Shape(), uniform(0.8, 1.6)
            for i in range(460):
                fence.box(x, i * 0.15 - 20, 0, x + 0.04, i * 0.15 - 19.96, high)
            for z in (0.15, high - 0.1):
                fence.box(x, -20, z, x + 0.04, 49, z + 0.05)
            fence.put([material(colour=chance.colour(0.3, 0.02, 0.7), rough=0.5)], Matrix.Scale(side, 4, (1, 0, 0)))

    def _end(self):
        if happens(0.5):
            place = walls.turned(-uniform(8, 20), self.length * uniform(0.5, 1), 0)
            walls.building(uniform(20, 40), 10, uniform(5, 25), place, lit=self.night)
            return
        for _ in range(8):
            furniture.put(choice(self.groups.trees), chance.shift(25), self.length + uniform(2, 15), 0, uniform(0, 6), uniform(0.8, 1.5))

    def _lamps(self):
        post, apart, y = choice(self.groups.lamp_posts), uniform(8, 20), uniform(-20, -15)
        scale = uniform(0.9, 1.6) if post.height < 5 else 1
        while y < self.length * 0.7:
            for side in (1, -1):
                furniture.put(post, side * (self.half + 0.5), y, KERB, -math.pi / 2 * side, scale)
                if self.night and abs(y) < 40:
                    stage.lamp((side * (self.half + 0.3), y, post.height * scale + 0.3), uniform(150, 500), (1, 0.75, 0.45), 0.15)
            y += apart

    def _traffic(self):
        cars = chance.sample(self.groups.cars, 4)
        for side in (1, -1):
            y = -15.0
            while y < 60:
                if happens(0.6):
                    self._car(choice(cars), side, lambda car, s=side: s * (self.half - car.width / 2 - 0.25), y)
                y += uniform(5, 12)
        for _ in range(choice([0, 1, 2, 3])):
            side = choice([1, -1])
            self._car(choice(cars), side, lambda car, s=side: s * self.half * 0.36, uniform(6, 60))

    def _car(self, car, side, where, y):
        x = where(car)
        if furniture.is_free(x, y, car.width / 2, car.depth / 2, 0.3):
            furniture.put(car, x, y, 0, (0 if side < 0 else math.pi) + chance.shift(0.03))

    def _life(self):
        g, half = self.groups, self.half
        if happens(0.5):
            tree, y = choice(g.trees), -11.0
            while y < 50:
                furniture.put(tree, choice([1, -1]) * (half + 0.8), y, 0.1, uniform(0, 6), uniform(0.5, 0.8))
                y += uniform(7, 14)
        for things, count, yaws in ((g.people + g.people + g.animals, chance.whole(3, 12), [0, math.pi, None]),
                                    (g.street + g.cycles, chance.whole(3, 10), [0, math.pi / 2, math.pi, -math.pi / 2])):
            for _ in range(count):
                x0, x1 = sorted(choice([1, -1]) * v for v in (half + 0.4, half + self.pavement))
                furniture.try_put(choice(things), (x0, -6, x1, 35), KERB, choice(yaws), tries=6)
        if happens(0.3):
            furniture.try_put(choice(g.people + g.cycles), (-half / 2, 3, half / 2, 20))

    def scene(self):
        side = self.half + self.pavement * 0.8
        return Scene("street", (-side, -4, side, 20), self.night, ground=lambda x, y: KERB if abs(x) > self.half else 0.0,
                     heading=math.pi / 2)


class Garden:
    def __init__(self, groups):
        self.groups = groups
        self.kind, self.night = choice(GARDENS), happens(0.08)
        self._waves = [(uniform(0.02, 0.15), uniform(0.02, 0.15), uniform(0, 6), uniform(0, 6)) for _ in range(3)]
        self._rise = HILLS.get(self.kind, 0) * uniform(0.1, 1)
        self._start = self._hills(0, 0)

    def _hills(self, x, y):
        return self._rise * sum(math.sin(a * x + c) * math.cos(b * y + d) / (i + 1) for i, (a, b, c, d) in enumerate(self._waves))

    def ground(self, x, y):
        return (self._hills(x, y) - self._start) * min(1, math.hypot(x, y) / 15)

    def build(self):
        stage.daylight(self.night)
        self._terrain()
        if self.kind in ("garden", "yard") or happens(0.3):
            wide = uniform(7, 16)
            place = walls.turned(-wide / 2 + chance.shift(4), uniform(7, 18), 0)
            walls.building(wide, uniform(6, 10), uniform(2.5, 7), place, roof=happens(0.8), lit=self.night)
            self._fence()
        if self.kind == "park" or happens(0.3):
            self._path()
        self._trees()
        self._things()
        if self.night:
            for _ in range(5):
                x, y, post = chance.shift(8), uniform(0, 16), choice(self.groups.lamp_posts)
                furniture.put(post, x, y, self.ground(x, y))
                stage.lamp((x, y, post.height + 0.2), uniform(80, 250), (1, 0.78, 0.5), 0.12)

    def _terrain(self):
        cover = {"snow": surfaces.SNOW, "beach": surfaces.SAND, "yard": surfaces.PAVING + surfaces.DIRT}.get(self.kind, surfaces.GRASS)
        count, shape = 70, Shape()
        steps = [250 * math.copysign(abs(2 * i / count - 1) ** 1.8, 2 * i / count - 1) for i in range(count + 1)]  # finer at 0
        for a, b in zip(steps, steps[1:]):
            for c, d in zip(steps, steps[1:]):
                corners = [(a, c), (b, c), (b, d), (a, d)]
                shape.quad([(x, y, self.ground(x, y)) for x, y in corners], corners)
        shape.put([surfaces.ground(cover)])

    def _fence(self):
        kind, away = uniform(0, 1), uniform(8, 20)
        for side in chance.sample(range(4), choice([2, 3])):
            matrix = Matrix.Rotation(side * math.pi / 2, 4, "Z") @ Matrix.Translation((0, away, 0))
            shape = Shape()
            if kind < 0.4:
                board, gap, high = uniform(0.06, 0.12), uniform(0.02, 0.12), uniform(0.8, 1.8)
                for i in range(int(2 * away / (board + gap))):
                    x = i * (board + gap) - away
                    shape.box(x, 0, 0, x + board, 0.03, high * uniform(0.99, 1.01))
                for z in (0.3, high - 0.3):
                    shape.box(-away, 0.03, z, away, 0.07, z + 0.08)
                shape.put([material(choice(surfaces.WOOD), tint=(0.5, uniform(0, 1), uniform(0.5, 1.4)))], matrix)
            elif kind < 0.7:
                shape.box(-away, 0, 0, away, 0.25, uniform(1, 2.2))
                shape.put([surfaces.outer_wall()], matrix)
            else:
                hedge = choice(self.groups.bushes)
                for i in range(int(2 * away / (hedge.width * 0.9))):
                    place = (matrix @ Matrix.Translation((i * hedge.width * 0.9 - away, 0, 0))).translation
                    furniture.put(hedge, place.x, place.y, 0, side * math.pi / 2, uniform(0.9, 1.1))

    def _path(self):
        start, wide, bend, turn, sway = chance.shift(3), uniform(1.2, 4), uniform(0.02, 0.1), uniform(0, 6), uniform(0, 4)
        shape = Shape()

        def middle(i):
            return start + sway * (math.sin(bend * (i * 2 - 20) + turn) - math.sin(turn - 20 * bend)), i * 2 - 20

        for i in range(60):
            (x0, y0), (x1, y1) = middle(i), middle(i + 1)
            corners = [(x0 - wide / 2, y0), (x0 + wide / 2, y0), (x1 + wide / 2, y1), (x1 - wide / 2, y1)]
            shape.quad([(x, y, self.ground(x, y) + 0.03) for x, y in corners], corners)
        shape.put([surfaces.ground(surfaces.PAVING + surfaces.DIRT)])

    def _trees(self):
        kinds = {"snow": self.groups.snow_trees, "beach": self.groups.palms}.get(self.kind, self.groups.trees)
        kinds = chance.sample(kinds, min(len(kinds), 4))
        far = uniform(15, 60)
        for _ in range(TREES[self.kind]):
            turn, away = uniform(0, chance.TURN), far * math.sqrt(uniform(0, 1)) + 3
            x, y = away * math.cos(turn), away * math.sin(turn)
            if furniture.is_free(x, y, 0.8, 0.8, 0.2):
                furniture.put(choice(kinds), x, y, self.ground(x, y) - 0.05, uniform(0, 6), uniform(0.5, 1.2), counts=False)
                furniture.keep_free(x, y, 0.4, 0.4)
        for _ in range(25 if happens(0.7) else 0):  # the wood behind everything
            turn, away = uniform(0, chance.TURN), uniform(70, 160)
            x, y = away * math.cos(turn), away * math.sin(turn)
            furniture.put(choice(kinds), x, y, self.ground(x, y) - 0.1, uniform(0, 6), uniform(0.8, 1.6), counts=False)

    def _things(self):
        g = self.groups
        green = g.rocks if self.kind == "snow" else g.bushes + [p for p in g.plants if p.height < 1.3]
        self._strew(g.park, chance.whole(8, 26), (-10, -6, 10, 16), margin=0.3)
        self._strew(green, chance.whole(3, 14), (-12, -6, 12, 20), scale=uniform(0.6, 1.2))
        self._strew(g.people + g.people + g.sitting + g.animals, chance.whole(1, 7), (-8, -4, 8, 20))
        if happens(0.35):
            self._strew(g.horses, choice([1, 2, 3]), (-15, 0, 15, 30))
        if happens(0.3):
            self._strew(g.cars, 1, (-12, 2, 12, 25))
        if happens(0.4):
            self._strew([choice(g.rocks)], 6, (-12, -5, 12, 20), scale=uniform(0.5, 3))

    def _strew(self, things, count, area, margin=0.05, scale=1.0):
        for _ in range(count):
            furniture.try_put(choice(things), area, margin=margin, tries=5, scale=scale, ground=self.ground)

    def scene(self):
        return Scene("garden_" + self.kind, (-9, -6, 9, 14), self.night, ground=self.ground)


def street(groups):
    made = Street(groups)
    made.build()
    return made.scene()


def garden(groups):
    made = Garden(groups)
    made.build()
    return made.scene()
