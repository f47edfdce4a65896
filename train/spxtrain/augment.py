"""What happens to a training sample, all on the training device and for a whole batch at once.

Pictures are [batch][3][H][W], 0..1; depth is inverse depth [batch][H][W] of any positive scale, 0 = infinitely far.
"""
import math

import torch
import torch.nn.functional as F

from .packs import CUTOUT_SIDE, PICTURE_SIDE

MOST_CUTOUTS = 4
BLUR_RADIUS = 12
COARSE = 5  # statistics of a depth map look at every fifth pixel


def uniform(low, high, *shape, device):
    return torch.rand(*shape, device=device) * (high - low) + low


def _pick(values, count, device):
    """`count` random choices, as a tensor."""
    return torch.tensor(values, device=device)[torch.randint(0, len(values), count, device=device)]


def _per_sample(values):
    """[batch] to [batch][1][1][1]."""
    return values[:, None, None, None]


def _coarse_quantile(depth, q):
    return torch.quantile(depth[:, ::COARSE, ::COARSE].flatten(1), q, 1)


def gauss(picture, sigma):
    """Blurs each sample with its own sigma, in pixels; 0 leaves it as it is."""
    batch, channels, height, width = picture.shape
    t = torch.arange(-BLUR_RADIUS, BLUR_RADIUS + 1, device=picture.device).float()
    kernel = torch.exp(-0.5 * (t[None] / sigma.clamp_min(0.05)[:, None]) ** 2)
    kernel = (kernel / kernel.sum(1, keepdim=True)).repeat_interleave(channels, 0)
    flat = picture.reshape(1, batch * channels, height, width)
    groups = batch * channels
    pad = BLUR_RADIUS
    flat = F.conv2d(F.pad(flat, (pad, pad, 0, 0), mode="reflect"), kernel.view(groups, 1, 1, -1), groups=groups)
    flat = F.conv2d(F.pad(flat, (0, 0, pad, pad), mode="reflect"), kernel.view(groups, 1, -1, 1), groups=groups)
    return flat.view(batch, channels, height, width)


def random_crop(pictures, chosen, height, width, dtype):
    """Crops 35 to 100 % of the area, mirrors half of the samples, scales to height x width."""
    device = pictures.rgb.device
    count = len(chosen)
    whole_width = pictures.width[chosen]
    whole_height = pictures.height[chosen]
    area = whole_width * whole_height * uniform(0.35, 1, count, device=device)
    aspect = (width / height) * torch.exp(uniform(-0.25, 0.25, count, device=device))
    crop_width = torch.minimum(whole_width, (area * aspect).sqrt())
    crop_height = torch.minimum(whole_height, (area / aspect).sqrt())
    x0 = (whole_width - crop_width) * torch.rand(count, device=device)
    y0 = (whole_height - crop_height) * torch.rand(count, device=device)
    mirror = torch.where(torch.rand(count, device=device) < 0.5, -1.0, 1.0)
    theta = torch.zeros(count, 2, 3, device=device)
    theta[:, 0, 0] = mirror * crop_width / PICTURE_SIDE
    theta[:, 0, 2] = (2 * x0 + crop_width) / PICTURE_SIDE - 1
    theta[:, 1, 1] = crop_height / PICTURE_SIDE
    theta[:, 1, 2] = (2 * y0 + crop_height) / PICTURE_SIDE - 1
    grid = F.affine_grid(theta, (count, 3, height, width), align_corners=False)
    kinds = {"padding_mode": "border", "align_corners": False}
    rgb = F.grid_sample(pictures.rgb[chosen].to(dtype), grid.to(dtype), mode="bilinear", **kinds).float() / 255
    depth = F.grid_sample(pictures.depth[chosen][:, None].float(), grid, mode="nearest", **kinds)[:, 0]
    return rgb, depth


class CutoutPaster:
    """Pastes photographic cut-outs: standing in the scene at the depth of the ground below them, or large and near.

    share: of the samples that get any; 45 % of those get standing things, the others a subject in front of everything.
    """

    STANDING = 0.45

    def __init__(self, cutouts, share):
        self._cutouts = cutouts
        self._share = share

    def __call__(self, rgb, depth):
        device = rgb.device
        batch = len(rgb)
        lot = torch.rand(batch, device=device)
        stands = lot < self._share * self.STANDING
        front = (lot >= self._share * self.STANDING) & (lot < self._share)
        rgb, depth = self._set_back(rgb, depth, front)
        ids = torch.randint(0, len(self._cutouts), (batch, MOST_CUTOUTS), device=device)
        place = self._standing(depth, ids, stands)
        near = self._in_front(depth, ids, front)
        place = {k: torch.where(front[:, None], near[k], place[k]) for k in place}
        mirror = torch.where(torch.rand(batch, MOST_CUTOUTS, device=device) < 0.5, -1.0, 1.0)
        for k in range(MOST_CUTOUTS):
            rgb, depth = self._paste(rgb, depth, ids[:, k], {n: v[:, k] for n, v in place.items()}, mirror[:, k], front)
        return rgb, depth

    def _set_back(self, rgb, depth, front):
        """Behind a subject in front the scene is often out of focus, and sometimes pushed away."""
        device = rgb.device
        chosen = front.nonzero()[:, 0]
        if len(chosen):
            sigma = _pick([0.0, 0.0, 1.0, 2.0, 3.0, 5.0], (len(chosen),), device)
            rgb[chosen] = gauss(rgb[chosen], sigma * uniform(0.5, 1.2, len(chosen), device=device))
        batch = len(rgb)
        push = (front & (torch.rand(batch, device=device) < 0.3))[:, None, None]
        scale = uniform(0, 0.3, batch, device=device)[:, None, None]
        offset = uniform(0.05, 0.6, batch, device=device)[:, None, None]
        return rgb, torch.where(push, depth * scale + offset, depth)

    def _standing(self, depth, ids, stands):
        """Base row and column with a depth that is not far; sorted far to near, so that near things cover far ones."""
        device = depth.device
        batch, height, width = depth.shape
        shape = (batch, MOST_CUTOUTS)
        far = _coarse_quantile(depth, 0.98).clamp_min(1e-3)
        rows = uniform(0.35, 0.98, *shape, 6, device=device)
        columns = uniform(0.03, 0.97, *shape, 6, device=device)
        sample = torch.arange(batch, device=device)[:, None, None]
        found = depth[sample, (rows * height).long(), (columns * width).long()]
        good = found > 0.04 * far[:, None, None]
        first = good.float().argmax(-1, keepdim=True)
        count = _pick([1, 1, 2, 3, 4], (batch,), device)
        here = found.gather(-1, first)[..., 0]
        bottom = rows.gather(-1, first)[..., 0] * height
        middle = columns.gather(-1, first)[..., 0] * width
        used = good.any(-1) & (torch.arange(MOST_CUTOUTS, device=device)[None] < count[:, None])
        tall = height * here / far[:, None] * torch.exp(uniform(-1.1, 0.6, *shape, device=device))
        tall = torch.minimum(torch.maximum(tall, torch.tensor(0.1 * height, device=device)),
                             torch.tensor(1.1 * height, device=device))
        order = here.argsort(1)
        here, bottom, middle, tall, used = (v.gather(1, order) for v in (here, bottom, middle, tall, used))
        wide = self._width_for(ids, tall)
        return {
            "top": bottom - tall, "left": middle - wide / 2, "tall": tall, "wide": wide, "base": here * 1.01,
            "bulge": here * uniform(0.02, 0.1, *shape, device=device), "lean": torch.zeros(shape, device=device),
            "used": used & stands[:, None],
        }

    def _in_front(self, depth, ids, front):
        """Large, and nearer than everything in the scene; each further one nearer than the last."""
        device = depth.device
        batch, height, width = depth.shape
        shape = (batch, MOST_CUTOUTS)
        nearest = (_coarse_quantile(depth, 0.97) + 0.03) * uniform(0.9, 1.3, batch, device=device)
        steps = torch.cat([torch.ones(batch, 1, device=device),
                           uniform(1.05, 1.5, batch, MOST_CUTOUTS - 1, device=device)], 1)
        base = nearest[:, None] * steps.cumprod(1)
        tall = height * torch.exp(uniform(-1.2, 0.35, *shape, device=device))
        wide = self._width_for(ids, tall)
        floats = torch.rand(shape, device=device) < 0.5
        top = torch.where(floats, uniform(-0.25, 1, *shape, device=device) * height - 0.3 * tall,
                          uniform(0.85, 1.25, *shape, device=device) * height - tall)
        count = _pick([1, 1, 1, 2, 3], (batch,), device)
        used = torch.arange(MOST_CUTOUTS, device=device)[None] < count[:, None]
        return {
            "top": top, "left": uniform(-0.1, 1.1, *shape, device=device) * width - wide / 2, "tall": tall,
            "wide": wide, "base": base, "bulge": base * uniform(0.03, 0.2, *shape, device=device),
            "lean": base * uniform(-0.02, 0.08, *shape, device=device), "used": used & front[:, None],
        }

    def _width_for(self, ids, tall):
        size = self._cutouts.size[ids]
        return size[..., 0] / size[..., 1] * tall * torch.exp(uniform(-0.12, 0.12, *tall.shape, device=tall.device))

    def _paste(self, rgb, depth, ids, place, mirror, front):
        """One cut-out a sample. Small ones are taken from the half-size atlas: less aliasing."""
        used = place["used"].nonzero()[:, 0]
        if len(used) == 0:
            return rgb, depth
        small = place["tall"][used] < CUTOUT_SIDE * 0.55
        mean = rgb.mean((2, 3))
        for chosen, atlas in ((used[small], self._cutouts.half), (used[~small], self._cutouts.full)):
            if len(chosen):
                here = {k: v[chosen] for k, v in place.items()}
                layer = self._sample(atlas, ids[chosen], here, mirror[chosen], rgb.shape[-2:])
                rgb, depth = self._blend(rgb, depth, chosen, layer, here, front, mean)
        return rgb, depth

    def _sample(self, atlas, ids, place, mirror, size):
        """The cut-outs, drawn where they go: [chosen][5][H][W]."""
        height, width = size
        side = atlas.shape[-1]
        scale_x = self._cutouts.size[ids, 0] * side / CUTOUT_SIDE / place["wide"] * 2 / side
        scale_y = self._cutouts.size[ids, 1] * side / CUTOUT_SIDE / place["tall"] * 2 / side
        left = torch.where(mirror > 0, width / 2 - place["left"], place["left"] + place["wide"] - width / 2)
        theta = torch.zeros(len(ids), 2, 3, device=atlas.device)
        theta[:, 0, 0] = mirror * width / 2 * scale_x
        theta[:, 0, 2] = left * scale_x - 1
        theta[:, 1, 1] = height / 2 * scale_y
        theta[:, 1, 2] = (height / 2 - place["top"]) * scale_y - 1
        grid = F.affine_grid(theta, (len(ids), 5, height, width), align_corners=False).to(atlas.dtype)
        return F.grid_sample(atlas[ids], grid, mode="bilinear", padding_mode="zeros", align_corners=False).float()

    def _blend(self, rgb, depth, chosen, layer, place, front, mean):
        """Where the thing is nearer than what is there. One of which less than 35 % would be seen is left out."""
        count = len(chosen)
        device = rgb.device
        rows = torch.linspace(-1, 1, rgb.shape[2], device=device)
        value = (place["base"][:, None, None] + place["bulge"][:, None, None] * layer[:, 4]
                 + place["lean"][:, None, None] * rows[None, :, None])
        behind = depth[chosen]
        seen = ((value >= behind * 0.985) | front[chosen][:, None, None]).float()
        enough = ((seen * layer[:, 3]).sum((1, 2)) >= 0.35 * layer[:, 3].sum((1, 2))).float()[:, None, None]
        seen = seen * enough
        alpha = layer[:, 3] * seen
        gain = torch.exp(uniform(-0.3, 0.25, count, device=device))[:, None]
        blend = uniform(0, 0.5, count, device=device)[:, None]
        tone = mean[chosen] / mean[chosen].mean(1, keepdim=True).clamp_min(0.05)
        tint = (gain * (1 - blend + blend * tone))[:, :, None, None]
        rgb[chosen] = (rgb[chosen] * (1 - alpha)[:, None] + layer[:, :3] * seen[:, None] * tint).clamp(0, 1)
        depth = depth.clone()
        depth[chosen] = torch.where(alpha > 0.5, value, behind)
        return rgb, depth


def mix_near_parts(rgb, depth, share):
    """Puts the near part of another sample before a share of the samples. Also returns which sample that was, and where."""
    device = rgb.device
    batch = len(rgb)
    on = torch.rand(batch, device=device) < share
    other = torch.randperm(batch, device=device)
    other_depth = depth[other]
    coarse = other_depth[:, ::COARSE, ::COARSE].flatten(1).sort(1).values
    cut_at = (uniform(0.45, 0.9, batch, device=device) * (coarse.shape[1] - 1)).long()
    cut = coarse.gather(1, cut_at[:, None])[:, 0]
    span = (torch.quantile(coarse, 0.99, 1) - cut).clamp_min(1e-3)
    nearest = _coarse_quantile(depth, 0.97).clamp_min(1e-3)
    rise = (other_depth - cut[:, None, None]) / span[:, None, None]
    start = uniform(0.4, 1.1, batch, device=device)[:, None, None]
    slope = uniform(0.1, 0.6, batch, device=device)[:, None, None]
    value = nearest[:, None, None] * (start + slope * rise)
    taken = (rise > 0) & (value > depth) & on[:, None, None]
    soft = F.avg_pool2d(F.pad(taken.float()[:, None], (1, 1, 1, 1), mode="replicate"), 3, 1)
    return rgb * (1 - soft) + rgb[other] * soft, torch.where(taken, value, depth), other, on


def thin_things(rgb, depth, share):
    """Draws wires, poles, branches and railings before a share of the samples: bent strokes, alone or side by side.

    A stroke is 2 to 8 pixels wide, has one tone with a light and a dark side, and stands at one depth or leans; where the
    scene is nearer, the scene hides it.
    """
    device = rgb.device
    chosen = (torch.rand(len(rgb), device=device) < share).nonzero()[:, 0]
    for _ in range(2):
        if len(chosen):
            rgb, depth = _stroke(rgb, depth, chosen)
        chosen = chosen[torch.rand(len(chosen), device=device) < 0.6]
    return rgb, depth


def _stroke(rgb, depth, chosen):
    device = rgb.device
    count = len(chosen)
    height, width = rgb.shape[2:]

    def each(low, high):
        return uniform(low, high, count, device=device)[:, None, None]

    y = torch.arange(height, device=device).float()[None, :, None]
    x = torch.arange(width, device=device).float()[None, None, :]
    upright = (each(0, 1) < 0.5).float()  # many of the thin things of a photo stand
    angle = each(0, math.pi) * (1 - upright) + (math.pi / 2 + each(-0.1, 0.1)) * upright
    along_x, along_y = torch.cos(angle), torch.sin(angle)
    dx, dy = x - each(0.1, 0.9) * width, y - each(0.1, 0.9) * height
    along = dx * along_x + dy * along_y
    across = dy * along_x - dx * along_y + each(-1, 1) * along * along / (2 * width)
    spacing = each(10, 60)
    many = (each(0, 1) < 0.35).float()
    rank = torch.round(across / spacing).clamp(-12, 12) * many
    across = across - rank * spacing
    half = each(1, 4) * (1 - each(0, 0.4) * (along / width).abs())
    long = each(0.15, 1.2) * max(height, width) / 2
    alpha = (half + 0.5 - across.abs()).clamp(0, 1) * (long + 0.5 - along.abs()).clamp(0, 1)
    nearest = _coarse_quantile(depth[chosen], 0.97).clamp_min(1e-3)[:, None, None]
    value = nearest * each(0.25, 1.2) * (1 + each(-0.3, 0.3) * along / width)
    alpha = alpha * (value > depth[chosen])
    tone = uniform(0.02, 0.95, count, 3, 1, 1, device=device)
    grey = (torch.rand(count, 1, 1, 1, device=device) < 0.7).float()
    tone = tone.mean(1, keepdim=True) * grey + tone * (1 - grey)
    light = 1 + each(-0.5, 0.5) * (across / half).clamp(-1, 1)
    rgb[chosen] = (rgb[chosen] * (1 - alpha)[:, None] + tone * (light * alpha)[:, None]).clamp(0, 1)
    depth = depth.clone()
    depth[chosen] = torch.where(alpha > 0.5, value, depth[chosen])
    return rgb, depth


def letterbox(rgb, depth, share):
    """Black or white bars, as films and screenshots have them: flat, and as far as anything."""
    device = rgb.device
    batch, _, height, width = rgb.shape
    on = torch.rand(batch, device=device) < share
    bar = uniform(0.04, 0.16, batch, device=device)
    across = torch.rand(batch, device=device) < 0.7
    rows = (torch.arange(height, device=device) + 0.5) / height
    columns = (torch.arange(width, device=device) + 0.5) / width
    row_bars = (torch.minimum(rows, 1 - rows)[None] < bar[:, None])[:, :, None] & across[:, None, None]
    column_bars = (torch.minimum(columns, 1 - columns)[None] < bar[:, None])[:, None, :] & ~across[:, None, None]
    bars = (row_bars | column_bars) & on[:, None, None]
    shade = _per_sample((torch.rand(batch, device=device) < 0.15).float())
    far = depth.flatten(1).amin(1)[:, None, None]
    return torch.where(bars[:, None], shade, rgb), torch.where(bars, far, depth)


def _to_ycc(device):
    return torch.tensor([[0.299, 0.587, 0.114], [-0.169, -0.331, 0.5], [0.5, -0.419, -0.081]], device=device)


def colour_statistics(rgb_bytes):
    """Mean and deviation of luma and chroma of photos: [n][2][3]. Deviations are of 48-pixel thumbnails, raised by .15."""
    small = F.interpolate(rgb_bytes.float() / 255, (48, 48), mode="area")
    ycc = torch.einsum("ij,bjhw->bihw", _to_ycc(rgb_bytes.device), small)
    return torch.stack([ycc.mean((2, 3)), ycc.std((2, 3)) * 1.15], 1)


def restyle(rgb, statistics, share=0.5):
    """Gives rendered pictures the colour statistics of a photo, wholly or partly."""
    device = rgb.device
    batch = len(rgb)
    to_ycc = _to_ycc(device)
    model = statistics[torch.randint(0, len(statistics), (batch,), device=device)]
    ycc = torch.einsum("ij,bjhw->bihw", to_ycc, rgb)
    mean = ycc.mean((2, 3))
    deviation = ycc.std((2, 3)) + 1e-3
    part = (uniform(0.2, 1, batch, device=device) * (torch.rand(batch, device=device) < share))[:, None]
    ratio = (model[:, 1] / deviation).clamp(0.4, 2.5)
    centred = (ycc - mean[:, :, None, None]) * (1 - part + part * ratio)[:, :, None, None]
    ycc = centred + (mean * (1 - part) + model[:, 0] * part)[:, :, None, None]
    return torch.einsum("ij,bjhw->bihw", torch.linalg.inv(to_ycc), ycc).clamp(0, 1)


# ITU-T T.81, table K.1 (luminance), row by row.
JPEG_TABLE = (
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
    87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
    72, 92, 95, 98, 112, 100, 103, 99,
)


def _dct_basis(device):
    n = torch.arange(8).float()
    basis = torch.cos((2 * n[None] + 1) * n[:, None] * math.pi / 16) * 0.5
    basis[0] /= 2**0.5
    return torch.einsum("ux,vy->uvxy", basis, basis).reshape(64, 1, 8, 8).to(device)


def jpeg(rgb):
    """Coding loss: each sample's blocks are quantised by its own multiple of the standard's luminance table."""
    device = rgb.device
    batch, _, height, width = rgb.shape
    to_ycc = _to_ycc(device)
    basis = _dct_basis(device)
    planes = torch.einsum("ij,bjhw->bihw", to_ycc, rgb).reshape(batch * 3, 1, height, width) * 255
    table = torch.tensor(JPEG_TABLE, device=device).float().view(1, 64, 1, 1)
    scale = uniform(0.15, 1.6, batch, device=device).repeat_interleave(3)
    step = (table * _per_sample(scale)).clamp_min(1)
    coded = (F.conv2d(planes, basis, stride=8) / step).round() * step
    ycc = F.conv_transpose2d(coded, basis, stride=8).view(batch, 3, height, width) / 255
    return torch.einsum("ij,bjhw->bihw", torch.linalg.inv(to_ycc), ycc).clamp(0, 1)


def jitter(rgb):
    """Exposure, white balance, gamma, contrast, saturation, softness, noise, JPEG: what cameras do to a scene."""
    device = rgb.device
    batch = len(rgb)

    def each(low, high):
        return _per_sample(uniform(low, high, batch, device=device))

    balance = torch.ones(batch, 3, 1, 1, device=device)
    balance[:, 0::2] = uniform(0.88, 1.12, batch, 2, 1, 1, device=device)
    rgb = (rgb * 2 ** each(-0.5, 0.35) * balance).clamp(1e-4, 1)
    rgb = rgb ** torch.exp(each(-0.3, 0.3))
    mean = rgb.mean((1, 2, 3), keepdim=True)
    rgb = (rgb - mean) * each(0.75, 1.25) + mean
    grey = rgb.mean(1, keepdim=True)
    saturation = each(0.3, 1.3) * (each(0, 1) < 0.93)  # 7 % become black and white
    rgb = (grey + (rgb - grey) * saturation).clamp(0, 1)
    soft = uniform(0.4, 1.5, batch, device=device) * (torch.rand(batch, device=device) < 0.25)
    rgb = gauss(rgb, soft)
    rgb = (rgb + torch.randn_like(rgb) * (each(0, 0.04) * (each(0, 1) < 0.3))).clamp(0, 1)
    coded = (torch.rand(batch, device=device) < 0.25).nonzero()[:, 0]
    if len(coded):
        rgb = rgb.clone()
        rgb[coded] = jpeg(rgb[coded])
    return rgb
