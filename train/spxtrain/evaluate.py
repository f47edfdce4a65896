"""The score to steer by, and a network's own maps of photos as labels."""
import glob
import os

import cv2
import numpy as np
import torch
import torch.nn.functional as F

from .network import DEVIATION, MEAN
from .packs import DEPTH_SIDE, PICTURE_SIDE

LONGEST = 512
PAIRS = 20000
LABEL_SIDES = (288, 384, 480)  # long sides at which a teacher looks at a photo
MULTIPLE = 32


def normalise_input(rgb):
    """rgb: [batch][3][H][W], 0..1."""
    mean = torch.tensor(MEAN, device=rgb.device).view(1, 3, 1, 1)
    deviation = torch.tensor(DEVIATION, device=rgb.device).view(1, 3, 1, 1)
    return (rgb - mean) / deviation


def load_validation(folder):
    """folder/rgb/NAME.*, folder/depth/NAME.png (16 bits, larger = nearer; only the order counts)."""
    pairs = []
    for path in sorted(glob.glob(folder + "/rgb/*")):
        name = os.path.splitext(os.path.basename(path))[0]
        picture = cv2.imread(path)
        order = cv2.imread(f"{folder}/depth/{name}.png", cv2.IMREAD_UNCHANGED)
        if picture is None or order is None:
            continue
        scale = LONGEST / max(picture.shape[:2])
        if scale < 1:
            picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        pairs.append((name, picture[:, :, ::-1].copy(), order.astype(np.float64)))
    return pairs


def _input_size(picture, side):
    scale = side / max(picture.shape[:2])
    height, width = (max(MULTIPLE, round(n * scale / MULTIPLE) * MULTIPLE) for n in picture.shape[:2])
    return width, height


@torch.no_grad()
def predict_picture(net, picture, side, device):
    """rgb bytes [H][W][3] to a map at the network's input size."""
    size = _input_size(picture, side)
    small = torch.from_numpy(cv2.resize(picture, size, interpolation=cv2.INTER_AREA)).to(device)
    out = net(normalise_input(small.permute(2, 0, 1)[None].float() / 255))[None].float()
    return F.interpolate(out, (size[1], size[0]), mode="bilinear", align_corners=False)[0, 0].cpu().numpy()


def _ranks(values):
    return np.argsort(np.argsort(values))


def score(prediction, truth, rng):
    """Rank correlation, and the share of far-apart pairs (over a tenth of the 2..98 % range) in the right order."""
    truth = cv2.resize(truth, prediction.shape[::-1], interpolation=cv2.INTER_NEAREST).ravel()
    prediction = prediction.ravel()
    a, b = rng.integers(0, truth.size, (2, PAIRS))
    low, high = np.percentile(truth, (2, 98))
    difference = truth[a] - truth[b]
    apart = np.abs(difference) > 0.1 * (high - low)
    right = np.sign(difference[apart]) == np.sign(prediction[a][apart] - prediction[b][apart])
    every = slice(None, None, 7)
    return np.corrcoef(_ranks(prediction[every]), _ranks(truth[every]))[0, 1], right.mean()


def evaluate(net, pairs, device, side=384):
    """Means of score() over all pictures: (rank correlation, order), and a row (name, correlation, order) for each."""
    training = net.training
    net.eval()
    rng = np.random.default_rng(1)
    rows = [(name, *score(predict_picture(net, rgb, side, device), truth, rng)) for name, rgb, truth in pairs]
    net.train(training)
    return float(np.mean([r[1] for r in rows])), float(np.mean([r[2] for r in rows])), rows


def _groups(pictures, side):
    """Pictures of one network size, so that they can be run together: {(width, height): indices}."""
    groups = {}
    for i, size in enumerate(zip(pictures.width.tolist(), pictures.height.tolist())):
        key = tuple(int(max(2, round(n * side / PICTURE_SIDE / MULTIPLE)) * MULTIPLE) for n in size)
        groups.setdefault(key, []).append(i)
    return groups


def _part_of_canvas(scale_x, scale_y, offset, size):
    """A grid over the part of a square canvas that a picture fills, or the other way round."""
    theta = torch.zeros(len(scale_x), 2, 3, device=scale_x.device)
    theta[:, 0, 0] = scale_x
    theta[:, 0, 2] = offset * (scale_x - 1)
    theta[:, 1, 1] = scale_y
    theta[:, 1, 2] = offset * (scale_y - 1)
    return F.affine_grid(theta, (len(scale_x), 1, *size), align_corners=False)


@torch.no_grad()
def predict_pictures(net, pictures, side, batch, autocast):
    """Mean over the picture and its mirror image, on canvases [n][192][192], median 0 and mean deviation 1."""
    net.eval()
    out = torch.zeros(len(pictures), DEPTH_SIDE, DEPTH_SIDE, device=pictures.rgb.device)
    for (width, height), members in _groups(pictures, side).items():
        for start in range(0, len(members), batch):
            i = torch.tensor(members[start : start + batch], device=out.device)
            share_x, share_y = pictures.width[i] / PICTURE_SIDE, pictures.height[i] / PICTURE_SIDE
            grid = _part_of_canvas(share_x, share_y, 1, (height, width))
            rgb = F.grid_sample(pictures.rgb[i].float() / 255, grid, align_corners=False, padding_mode="border")
            x = normalise_input(rgb)
            with autocast():
                p = (net(x).float() + net(x.flip(3)).float().flip(2)) / 2
            median = p.flatten(1).median(1).values[:, None, None]
            p = (p - median) / (p - median).abs().mean((1, 2), keepdim=True).clamp_min(1e-4)
            back = _part_of_canvas(1 / share_x, 1 / share_y, 1, (DEPTH_SIDE, DEPTH_SIDE))
            out[i] = F.grid_sample(p[:, None], back, align_corners=False, padding_mode="border")[:, 0]
    return out


@torch.no_grad()
def relabel(net, pictures, batch, autocast, sides=LABEL_SIDES):
    """The network's own depth becomes the pictures' depth: mean over sizes and mirrors, 0.5 to 99.5 % spread to 0..1."""
    total = sum(predict_pictures(net, pictures, side, batch, autocast) for side in sides)
    for start in range(0, len(pictures), 512):
        part = total[start : start + 512].flatten(1)
        low = torch.quantile(part, 0.005, 1, keepdim=True)
        high = torch.quantile(part, 0.995, 1, keepdim=True)
        spread = ((part - low) / (high - low + 1e-6)).clamp(0, 1)
        pictures.depth[start : start + 512] = spread.view(-1, DEPTH_SIDE, DEPTH_SIDE).to(pictures.depth.dtype)
