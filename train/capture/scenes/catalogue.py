"""Sweet Home 3D's furniture: what there is, how large it is in metres, and groups of things that stand together.

The Debian package holds archives (.sh3f, which are zips) of models with a table of properties each. They are unpacked once
into a cache folder.
"""
import glob
import os
import re
import zipfile

ARCHIVES = "/usr/share/sweethome3d/**/*.sh3f"
TABLE = "PluginFurnitureCatalog.properties"
# Models that are broken, flat or no things: shadows, clothes that lie nowhere.
LEFT_OUT = set("swimming-pool escalator elevator robe short-shadows pantalon-shadows blouson jupe jupe-doeskin chaussette".split())


class Thing:
    def __init__(self, folder, row):
        self.path = os.path.join(folder, row["model"].lstrip("/"))
        self.file = os.path.basename(self.path)[:-4]
        self.name = row["name"].lower()
        self.category = row["category"]
        self.width, self.depth, self.height = (float(row[k]) / 100 for k in ("width", "depth", "height"))
        self.elevation = float(row.get("elevation", 0)) / 100  # of things that hang on a wall
        self.hangs = "elevation" in row
        self.rotation = [float(v) for v in row["modelRotation"].split()] if "modelRotation" in row else None

    @property
    def longest(self):
        return max(self.width, self.depth, self.height)

    def called(self, *words):
        return any(word in self.name for word in words)


def _rows(path):
    rows = {}
    with open(path, encoding="latin-1") as file:
        for line in file:
            found = re.match(r"(\w+)#(\d+)\s*=\s*(.*)", line.strip())
            if found:
                rows.setdefault(int(found[2]), {})[found[1]] = found[3]
    return rows.values()


def load(cache):
    """All things whose model is a Wavefront file."""
    things = []
    for archive in sorted(glob.glob(ARCHIVES, recursive=True)):
        folder = os.path.join(cache, os.path.basename(archive)[:-5])
        if not os.path.exists(folder):
            with zipfile.ZipFile(archive) as pack:
                pack.extractall(folder + ".new")
            os.rename(folder + ".new", folder)
        things += [Thing(folder, row) for row in _rows(os.path.join(folder, TABLE)) if row.get("model", "").endswith(".obj")]
    things = [t for t in things if t.file not in LEFT_OUT and os.path.exists(t.path)]
    if not things:
        raise SystemExit(f"{ARCHIVES}: no furniture; install the package sweethome3d-furniture")
    return things


class Groups:
    """Lists of things by what they are for."""

    def __init__(self, things):
        self._things = things
        files, where = self._files, self._where
        self.people = files("female-01-casual-clothing male-01-suit female01 female02 female03 male01 male02 male03 "
                            "holdingMale01 holdingFemale01 holdingFemale02 holdingFemale03 boyStanding girlStanding")
        self.sitting = files("sitMale03 sitFemale01 sitFemale02 girlSittingGround")
        self.animals = files("chicken bulldog siameseCat cat dog rabbit")
        self.horses = files("horse horse2")
        tall = where(lambda t: t.category == "Exterior" and t.height > 4.5)
        self.snow_trees = [t for t in tall if t.called("snow")]
        self.trees = [t for t in tall if not t.called("snow")]
        self.palms = [t for t in self.trees if t.called("palm", "coconut")]
        self.bushes = files("bush high-hedge hedge hedgeTextured")
        plants = where(lambda t: t.category in ("Living room", "Exterior") and t.height < 2.1 and t.called(
            "plant", "flower", "tulip", "lily", "orchid", "bamboo", "ficus", "bonsai", "cactus", "yucca"))
        self.plants = [t for t in plants if t.height > 0.55]
        self.small_plants = [t for t in plants if t.height <= 0.6]
        vehicles = where(lambda t: t.category == "Vehicles" and t.file != "skateboard")
        self.cars = [t for t in vehicles if 1.7 < t.width < 2.5 and 2 < t.depth < 6.5]
        self.cycles = [t for t in vehicles if t.depth < 2.5]
        self.street = files("park-trashcan residential-trashcan fire-hydrant mofx_mailbox painted-bench bench concrete-bench "
                            "cone pedestrianRailing1 pedestrianRailing2 cafe-table barrel crate pallet cardboard-box")
        self.lamp_posts = files("farola1 candelabre park-light classic-lamppost")
        self.park = files("painted-bench bench concrete-bench park-trashcan childSwing seesaw fountain sandpit trampoline "
                          "stoneLantern rock1 rock2 rock3 campingTent garden-hut childHut dog-house wheelbarrow mower hammock "
                          "deckChair beach_chair umbrella rattanArmchair rattanSofa rattanTable cafe-chair cafe-table rowboat "
                          "table_tennis flowerBox clothes-horse tricycle bicycle stroller scooter step-ladder-wood fence")
        self.rocks = files("rock1 rock2 rock3")
        self._indoors()

    def _indoors(self):
        files, where = self._files, self._where
        indoors = ("Living room", "Office", "Kitchen")
        self.chairs = where(lambda t: t.category in indoors and t.called("chair", "stool") and t.height < 1.2
                            and t.width < 0.85 and not t.called("armchair", "baby"))
        self.armchairs = where(lambda t: t.called("armchair"))
        self.sofas = where(lambda t: t.called("sofa", "couch") and t.category != "Exterior")
        self.tables = where(lambda t: t.category in indoors[:2] and t.height > 0.6 and not t.called("coffee", "football")
                            and (t.called("table") or t.name == "desk"))
        self.low_tables = where(lambda t: t.called("coffee table"))
        self.storage = where(lambda t: t.category in ("Living room", "Bedroom", "Office") and t.height > 0.4 and t.called(
            "bookcase", "shelves", "cupboard", "dresser", "wardrobe", "cabinet", "tv stand", "television"))
        self.beds = where(lambda t: t.category == "Bedroom" and t.called("bed") and not t.called("bedside"))
        self.bedside = where(lambda t: t.called("bedside"))
        self.kitchen = where(lambda t: t.category == "Kitchen" and t.height > 0.7 and t.width > 0.4 and not t.hangs
                             and not t.called("upper") and t.called("cabinet", "fridge", "refriger", "oven", "stove", "sink",
                                                                    "washing", "dryer", "freezer"))
        self.kitchen_small = where(lambda t: t.category == "Kitchen" and 0.06 < t.longest < 0.62 and t.height > 0.01
                                   and not t.called("stool"))
        self.bath = where(lambda t: t.category == "Bathroom" and t.height > 0.45 and t.width > 0.29 and not t.hangs)
        self.bath_small = where(lambda t: t.category == "Bathroom" and 0.05 < t.longest < 0.4)
        self.small = where(lambda t: t.category in ("Miscellaneous", "Bedroom", "Office", "Living room", "Lights")
                           and 0.07 < t.longest < 0.62 and t.height > 0.012 and not t.hangs and not t.called(
            "plug", "switch", "socket", "wall", "hanger", "carpet", "glove", "frame", "ceiling", "detector", "antenna"))
        self.hanging_lamps = files("hangingLight hanging-restaurant-light saloon_lamp chandelier-lamp ceilingFan lamp2")
        self.odd = files("poolTable table_football wheelchair treadmill indoor-bike crate barrel suitcase backpack "
                         "cardboard-box trunk-large piano step-ladder-metal clothes-horse vase5 christmas_tree dustbin "
                         "basketball doll-house stroller tricycle electricGuitar water_cooler speaker2 teddyBear bicycle")
        self.doors = where(lambda t: t.category == "Doors and windows" and t.called("door") and t.width < 1.9
                           and not t.called("elevator"))

    def _where(self, condition):
        return [t for t in self._things if condition(t)]

    def _files(self, names):
        names = set(names.split())
        return self._where(lambda t: t.file in names)
