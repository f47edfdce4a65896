"""What floors, walls and grounds are made of: textures of SuperTuxKart, tinted by chance."""
import chance
from chance import choice, happens, uniform
from stage import material

WOOD = ["stktex_generic_WoodA.png", "stktex_generic_WoodG.png", "stktex_generic_WoodH.png", "wood_planks1.jpg"]
TILES = ["marble.jpg", "stktex_generic_tilesA.png", "tiles.png", "stktex_generic_marbleA.png", "city_checker.png",
         "Paving_stones_2.jpg", "concrete_plain.png"]
CARPET = ["stk_generic_carpet_a.png", "stktex_pupleCarpet_a.png", "stk_generic_plasticFabric_a.png"]
PLASTER = ["stk_generic_plaster_a.png", "stk_generic_paper_a.png", "stk_generic_Stucco_a.png", "concrete_plain.png"]
BRICK = ["city_bricks.png", "stk_generic_brickA.png", "beige_bricks.jpg", "HortonStone6.jpg", "stk_generic_oldbricks_a.png",
         "rockwall.jpg", "castelwall.jpg"]
GRASS = ["grass2.jpg", "racetrack_grass.jpg", "stk_generic_grassA.png", "stk_generic_grassB.png", "grass3.jpg"]
DIRT = ["dirt.jpg", "stk_generic_dirtA.png", "sand.png", "hacienda_ground.jpg", "stktex_generic_gravelA.png"]
SAND = ["sand.png", "sand2.jpg", "stk_generic_sand_a.png"]
SNOW = ["snow.png", "stk_generic_snow_a.png"]
PAVING = ["Paving_stones_2.jpg", "stk_generic_brickRoad_a.png", "stktex_generic_cobbleStoneA.png", "tiles.png", "concrete2.png"]
ASPHALT = ["tarmac.jpg", "concrete2.png", "track2.jpg", "stktex_generic_concreteA.png"]
ROOFS = ["roof.png", "stk_generic_asianRoof_a.png", "stk_generic_thatch_a.png"]
FRAMES = [(0.85, 0.85, 0.82), (0.9, 0.9, 0.9), (0.25, 0.14, 0.07), (0.08, 0.08, 0.08)]


def floor():
    kind = uniform(0, 1)
    if kind < 0.5:
        tint = (uniform(0.47, 0.53), uniform(0.4, 1.1), uniform(0.6, 1.4))
        return material(choice(WOOD), uniform(0.8, 2), rough=uniform(0.15, 0.6), shine=uniform(0.2, 0.5), tint=tint,
                        bump=uniform(0, 0.2))
    if kind < 0.75:
        tint = (uniform(0.4, 0.6), uniform(0.1, 1), uniform(0.7, 1.3))
        return material(choice(TILES), uniform(0.5, 1.2), rough=uniform(0.1, 0.5), tint=tint, bump=uniform(0, 0.2))
    if kind < 0.92:
        return cloth()
    return material(colour=chance.colour(0.3, 0.2, 0.8), rough=uniform(0.3, 0.9), vary=0.2)


def cloth():
    return material(choice(CARPET), uniform(0.8, 2), rough=1, shine=0, tint=(uniform(0, 1), uniform(0.3, 1.2), uniform(0.5, 1.4)))


def inner_wall(wet):
    """wet: of a kitchen or bathroom, where tiles are common."""
    kind = uniform(0, 1)
    if wet and kind < 0.4:
        return material(choice(TILES), uniform(0.4, 1), rough=0.2, tint=(uniform(0, 1), uniform(0, 0.6), uniform(0.9, 1.6)))
    if kind < 0.65:
        paint = chance.colour(0.18, 0.6, 0.92) if happens(0.7) else chance.colour(0.6, 0.3, 0.8)
        return material(colour=paint, rough=0.9, shine=0.1, vary=uniform(0.03, 0.12))
    if kind < 0.84:
        tint = (uniform(0, 1), uniform(0.1, 0.7), uniform(0.9, 1.5))
        return material(choice(PLASTER), uniform(1, 3), rough=0.9, tint=tint, bump=0.15)
    tint = (uniform(0.47, 0.53), uniform(0.3, 1), uniform(0.8, 1.3))
    return material(choice(BRICK + WOOD), uniform(0.8, 1.6), rough=0.85, tint=tint, bump=0.3)


def outer_wall():
    if happens(0.3):
        return material(colour=chance.colour(0.4, 0.4, 0.9), rough=0.9, vary=0.12)
    tint = (uniform(0.47, 0.53), uniform(0.2, 1.1), uniform(0.7, 1.5))
    return material(choice(BRICK + PLASTER), uniform(1, 2.5), rough=0.9, tint=tint, bump=0.3)


def ground(textures):
    tint = (uniform(0.48, 0.52), uniform(0.5, 1), uniform(0.6, 1.1))
    return material(choice(textures), uniform(0.8, 3), rough=uniform(0.7, 1), shine=0.1, tint=tint, bump=0.4,
                    vary=uniform(0.1, 0.35))


def frame():
    return material(colour=choice(FRAMES), rough=0.4)
