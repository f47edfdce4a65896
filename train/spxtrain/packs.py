"""Data packs: many small pictures in one file, so that a training machine gets three files instead of thousands.

NAME.bin holds the encoded bytes one after the other, NAME.bin.json a list of [set, offset, picture bytes, depth bytes].
Pictures are WebP with a long side of at most 384; depth is a PNG of half that size whose 10 bits hold the square root of
inverse depth (1 = the nearest the capture kept, 0 = infinitely far). Cut-outs are WebP with alpha, long side at most 192.
"""
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np
import torch

PICTURE_SIDE = 384
DEPTH_SIDE = 192
CUTOUT_SIDE = 192
LEAST_SIDE = 96
DEPTH_LEVELS = 1023


@dataclass
class Pictures:
    """rgb: [n][3][384][384] bytes, inverse depth: [n][192][192] float16; both filled up to the right and below."""

    rgb: torch.Tensor
    depth: torch.Tensor
    width: torch.Tensor
    height: torch.Tensor
    sets: list

    def __len__(self):
        return len(self.sets)


@dataclass
class Cutouts:
    """Channels: premultiplied RGB, alpha, roundness (0 at the outline, 1 inside); whole size and half size."""

    full: torch.Tensor  # [n][5][192][192]
    half: torch.Tensor  # [n][5][96][96]
    size: torch.Tensor  # [n][2], width and height

    def __len__(self):
        return len(self.size)


def _fill_up(canvas, width, height):
    canvas[height:, :width] = canvas[height - 1 : height, :width]
    canvas[:, width:] = canvas[:, width - 1 : width]


def _decode_picture(blob, row):
    name, offset, picture_bytes, depth_bytes = row
    picture = cv2.imdecode(np.asarray(blob[offset : offset + picture_bytes]), cv2.IMREAD_COLOR)
    height, width = picture.shape[:2]
    rgb = np.zeros((PICTURE_SIDE, PICTURE_SIDE, 3), np.uint8)
    rgb[:height, :width] = picture[:, :, ::-1]
    _fill_up(rgb, width, height)
    depth = np.zeros((DEPTH_SIDE, DEPTH_SIDE), np.float16)
    if depth_bytes:
        start = offset + picture_bytes
        root = cv2.imdecode(np.asarray(blob[start : start + depth_bytes]), cv2.IMREAD_UNCHANGED)
        root = root.astype(np.float32) / DEPTH_LEVELS
        depth[: root.shape[0], : root.shape[1]] = root * root
        _fill_up(depth, root.shape[1], root.shape[0])
    return rgb, depth, width, height, name


def _open(path):
    with open(path + ".json", encoding="utf-8") as file:
        return json.load(file), np.memmap(path, np.uint8, "r")


def _spread(rows, limit):
    """At most `limit` of the rows, from the whole of the pack: its sets lie one after the other."""
    if limit is None or limit >= len(rows):
        return rows
    return [rows[i * len(rows) // limit] for i in range(limit)]


def load_pictures(paths, device, threads, limit=None):
    """Decodes packs into memory of the device, 0.5 MB a picture; limit: so many of each pack."""
    packs = [(_spread(index, limit), blob) for index, blob in map(_open, paths)]
    count = sum(len(rows) for rows, _ in packs)
    rgb = torch.zeros(count, 3, PICTURE_SIDE, PICTURE_SIDE, dtype=torch.uint8)
    depth = torch.zeros(count, DEPTH_SIDE, DEPTH_SIDE, dtype=torch.float16)
    names, sizes = [], []
    for rows, blob in packs:
        with ThreadPoolExecutor(threads) as pool:
            for picture, map_, width, height, name in pool.map(lambda row, b=blob: _decode_picture(b, row), rows):
                rgb[len(names)] = torch.from_numpy(picture).permute(2, 0, 1)
                depth[len(names)] = torch.from_numpy(map_)
                names.append(name)
                sizes.append((width, height))
    width, height = torch.tensor(sizes, dtype=torch.float32).T.contiguous().to(device)
    return Pictures(rgb.to(device), depth.to(device), width, height, names)


def _roundness(alpha):
    """A thing bulges towards its middle: the outline's blur, at most 24 pixels wide, taken twice inside."""
    radius = min(24, max(2, int(min(alpha.shape) * 0.15)))
    window = (2 * radius + 1, 2 * radius + 1)
    inside = (alpha > 0.5).astype(np.float32)
    once = cv2.blur(inside, window, borderType=cv2.BORDER_CONSTANT)
    twice = cv2.blur(once * inside, window, borderType=cv2.BORDER_CONSTANT)
    return twice / max(1e-3, twice.max())


def load_cutouts(path, device, dtype):
    index, blob = _open(path)
    atlas = np.zeros((len(index), 5, CUTOUT_SIDE, CUTOUT_SIDE), np.float32)
    sizes = []
    for i, (_, offset, picture_bytes, _) in enumerate(index):
        rgba = cv2.imdecode(np.asarray(blob[offset : offset + picture_bytes]), cv2.IMREAD_UNCHANGED)
        rgba = rgba[:, :, [2, 1, 0, 3]].astype(np.float32) / 255
        height, width = rgba.shape[:2]
        alpha = rgba[:, :, 3]
        atlas[i, :3, :height, :width] = rgba[:, :, :3].transpose(2, 0, 1) * alpha
        atlas[i, 3, :height, :width] = alpha
        atlas[i, 4, :height, :width] = _roundness(alpha)
        sizes.append((width, height))
    full = torch.from_numpy(atlas).to(device)
    half = torch.nn.functional.avg_pool2d(full, 2)
    return Cutouts(full.to(dtype), half.to(dtype), torch.tensor(sizes, device=device, dtype=torch.float32))


def _shrunk(picture, side):
    scale = side / max(picture.shape[:2])
    if scale >= 1:
        return picture
    size = (max(4, round(picture.shape[1] * scale)), max(4, round(picture.shape[0] * scale)))
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)


def _encode_picture(line, quality):
    name, picture_path, depth_path = line.rstrip("\n").split("\t")
    picture = cv2.imread(picture_path)
    if picture is None:
        return None
    picture = _shrunk(picture, PICTURE_SIDE)
    height, width = picture.shape[:2]
    if min(height, width) < LEAST_SIDE:
        return None
    webp = cv2.imencode(".webp", picture, [cv2.IMWRITE_WEBP_QUALITY, quality])[1].tobytes()
    if depth_path == "-":
        return name, webp, b""
    depth = cv2.imread(depth_path, cv2.IMREAD_UNCHANGED)  # 16 bits of the square root of inverse depth
    if depth is None:
        return None
    depth = cv2.resize(depth, ((width + 1) // 2, (height + 1) // 2), interpolation=cv2.INTER_NEAREST)
    png = cv2.imencode(".png", (depth >> 6).astype(np.uint16), [cv2.IMWRITE_PNG_COMPRESSION, 9])[1].tobytes()
    return name, webp, png


def _encode_cutout(path, quality):
    picture = cv2.imread(path, cv2.IMREAD_UNCHANGED)
    if picture is None or picture.ndim != 3 or picture.shape[2] != 4:
        return None
    webp = cv2.imencode(".webp", _shrunk(picture, CUTOUT_SIDE), [cv2.IMWRITE_WEBP_QUALITY, quality])[1].tobytes()
    return path.split("/")[-1], webp, b""


def _write(out, encoded):
    index = []
    offset = 0
    with open(out, "wb") as file:
        for name, picture, depth in encoded:
            file.write(picture + depth)
            index.append((name, offset, len(picture), len(depth)))
            offset += len(picture) + len(depth)
    with open(out + ".json", "w", encoding="utf-8") as file:
        json.dump(index, file)
    return len(index), offset


def write_pictures(out, lines, quality=82, threads=2):
    """lines: "set<TAB>picture<TAB>depth or -". Returns how many went in, and the bytes."""
    cv2.setNumThreads(1)
    with ThreadPoolExecutor(threads) as pool:
        return _write(out, filter(None, pool.map(lambda line: _encode_picture(line, quality), lines)))


def write_cutouts(out, paths, quality=85):
    """paths: PNGs with alpha."""
    return _write(out, filter(None, (_encode_cutout(path, quality) for path in paths)))
