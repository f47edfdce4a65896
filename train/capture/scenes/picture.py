"""From the renderer's passes to a photo-like picture and its depth, or to the reason why neither is kept."""
import ctypes
import math
import os
import subprocess

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter

import chance
from chance import happens, uniform

SAMPLES = 4  # a pixel; smooth.c does the rest
FARTHEST = 2500  # metres; beyond: sky
PASSES, STRENGTH = 4, 3.5  # of smooth.c
SMALL_ALBEDO = 0.02  # added before dividing by it
DEPTH_BITS = 11  # kept of 16: the rest would be noise that PNG cannot pack

_smoother = None


def build(folder):
    """Compiles smooth.c."""
    global _smoother
    library = os.path.join(folder, "smooth.so")
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "smooth.c")
    subprocess.run(["cc", "-O3", "-shared", "-fPIC", source, "-o", library, "-lm"], check=True)
    _smoother = ctypes.CDLL(library)


def _smooth(light, albedo, normal, depth):
    arrays = [np.ascontiguousarray(a, np.float32) for a in (light, albedo, normal, depth)]
    height, width = depth.shape
    pointers = [a.ctypes.data_as(ctypes.c_void_p) for a in arrays]
    if _smoother.smooth(*pointers, width, height, PASSES, ctypes.c_float(STRENGTH)) != 0:
        raise MemoryError
    return arrays[0]


def develop(passes, depth, focus, night):
    """passes of the picture, depth in metres (0 = sky) → bytes [height][width][3]."""
    picture = np.nan_to_num(passes["picture"], posinf=10, neginf=0)
    albedo = np.clip(passes["albedo"], 0, 1) + SMALL_ALBEDO
    normal = passes["normal"] / np.maximum(np.linalg.norm(passes["normal"], axis=2, keepdims=True), 1e-4)
    picture = _smooth(picture / albedo, albedo, normal, depth) * albedo
    if focus is not None:
        picture = _defocus(picture, depth, focus, uniform(2.5, 8))
    picture = _expose(picture, depth, night)
    if happens(0.4):
        picture = picture + np.random.standard_normal(picture.shape) * uniform(0.003, 0.018)
    return (np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8)


def _defocus(picture, depth, focus, strength):
    """Blur by layers from far to near. A disc's radius in pixels is strength * (1 - focus / depth)."""
    radius = np.clip(np.where(depth > 0, 1 - focus / np.maximum(depth, 1e-3), 1) * strength, -10, strength)
    edges = [strength + 1, strength * 0.8, strength * 0.55, strength * 0.3, 0.8, -0.8, -2.5, -5, -8, -11]
    out = None
    for high, low in zip(edges, edges[1:]):
        inside = ((radius <= high) & (radius > low)).astype(np.float32)
        if inside.sum() < 4:
            continue
        wide = abs((min(high, strength) + low) / 2)
        if out is None:  # what lies behind everything else
            out = _spread(picture, inside, max(wide, 0.6) * 0.55 + 4)
            out = out[0] / (out[1][..., None] + 1e-4)
        colour, share = (picture * inside[..., None], inside) if wide < 0.6 else _spread(picture, inside, wide * 0.55)
        out = out * (1 - np.clip(share, 0, 1)[..., None]) + colour
    return out


def _spread(picture, inside, sigma):
    colour = np.stack([gaussian_filter(picture[..., k] * inside, sigma) for k in range(3)], -1)
    return colour, gaussian_filter(inside, sigma)


def _expose(picture, depth, night):
    """A camera's exposure, white balance, curve and contrast, each a little off."""
    weights = np.array([0.3, 0.59, 0.11], np.float32)
    bright, things = picture @ weights, depth > 0
    bright = bright[things] if things.mean() > 0.15 else bright.ravel()
    key = math.exp(np.mean(np.log(bright + 1e-3 * max(bright.mean(), 1e-6) + 1e-6)))
    wanted = uniform(0.07, 0.13) if night else uniform(0.15, 0.3)
    picture = picture * (wanted / max(0.5 * key + 0.3 * bright.mean(), 1e-6))
    picture = picture * np.array([1 + chance.gauss(0, 0.06), 1, 1 + chance.gauss(0, 0.07)], np.float32)
    white = uniform(2.5, 5)
    picture = np.clip(picture * (1 + picture / white**2) / (1 + picture * 0.85) * 1.05, 0, 1)
    picture = np.where(picture < 0.0031308, 12.92 * picture, 1.055 * np.power(picture + 1e-8, 1 / 2.4) - 0.055)  # sRGB
    mean = picture.mean()
    picture = (picture - mean) * uniform(0.9, 1.2) + mean
    grey = (picture @ weights)[..., None]
    return grey + (picture - grey) * uniform(0.75, 1.15)


def metres(passes):
    """Depth of a render whose pixel filter is a point: no mixture of near and far."""
    depth = passes["depth"][..., 0].copy()
    depth[~np.isfinite(depth) | (depth > FARTHEST)] = 0
    return depth


def fault(rgb, depth):
    """Why a picture is not kept, or None."""
    inverse, grey = _inverse(depth), rgb.mean(2)
    root = np.sqrt(np.minimum(1, inverse / max(np.percentile(inverse, 99.5), 1e-6)))
    if grey.mean() < 14 or grey.std() < 9:
        return "dark or flat"
    if grey.mean() > 240:
        return "bright"
    if (depth > 0).mean() < 0.2:
        return "sky"
    if (inverse > 1 / 0.3).mean() > 0.6:
        return "too near"
    if root.std() < 0.045 or np.percentile(root, 98) - np.percentile(root, 2) < 0.2:
        return "flat depth"
    return None


def _inverse(depth):
    return np.where(depth > 0, 1 / np.maximum(depth, 1e-3), 0)


def write(folder, name, rgb, depth):
    """FOLDER/rgb/NAME.jpg and FOLDER/depth/NAME.png, 16 bits of the square root of inverse depth. Returns both paths."""
    inverse = _inverse(depth)
    root = np.sqrt(np.minimum(1, inverse / np.percentile(inverse, 99.5)))
    paths = os.path.join(folder, "rgb", name + ".jpg"), os.path.join(folder, "depth", name + ".png")
    Image.fromarray(rgb).save(paths[0], quality=92)
    unused = (1 << (16 - DEPTH_BITS)) - 1
    Image.fromarray(np.round(65535 * root).astype(np.uint16) & np.uint16(65535 - unused)).save(paths[1])
    return paths
