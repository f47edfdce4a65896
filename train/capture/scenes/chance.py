"""One source of chance for a whole run: the same seed makes the same scenes."""
import colorsys
import math
import random

rng = random.Random(0)
uniform = rng.uniform
choice = rng.choice
sample = rng.sample
whole = rng.randint
gauss = rng.gauss

TURN = 2 * math.pi


def seed(number):
    rng.seed(number)


def happens(share):
    return rng.random() < share


def shift(amount):
    """A number around 0."""
    return uniform(-amount, amount)


def colour(saturation=0.5, dark=0.3, bright=0.9):
    return colorsys.hsv_to_rgb(rng.random(), uniform(0, saturation), uniform(dark, bright))
