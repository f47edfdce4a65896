"""The network spx-lite as PyTorch modules: the encoder EfficientNet-Lite and the fusion decoder of doc/spx-lite.md.

Encoder weights come with batch norms. fold() merges each norm into the convolution before it, which is exact with
frozen statistics: what is trained, exported and run is then one and the same network.
"""
import json
import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

from . import depthwise


@dataclass(frozen=True)
class Stage:
    """One stage of EfficientNet-B0 (Tan & Le 2019, table 1)."""

    kernel: int
    stride: int
    expand: int
    cin: int
    cout: int
    repeats: int


STAGES = (
    Stage(3, 1, 1, 32, 16, 1),
    Stage(3, 2, 6, 16, 24, 2),
    Stage(5, 2, 6, 24, 40, 2),
    Stage(3, 2, 6, 40, 80, 3),
    Stage(5, 1, 6, 80, 112, 3),
    Stage(5, 2, 6, 112, 192, 4),
    Stage(3, 1, 6, 192, 320, 1),
)
TAP_STAGES = (1, 2, 4, 6)  # their outputs go to the decoder: strides 4, 8, 16, 32
FIXED_STAGES = (0, 6)  # the Lite family never repeats its first and last stage
SCALES = {"lite0": (1.0, 1.0), "lite1": (1.0, 1.1), "lite2": (1.1, 1.2), "lite3": (1.2, 1.4)}  # width, depth
STEM_CHANNELS = 32
HEAD_CHANNELS = 32
MEAN = (0.485, 0.456, 0.406)
DEVIATION = (0.229, 0.224, 0.225)


def _round_channels(channels, width):
    """A multiple of 8, never more than a tenth below channels * width (the rule of the EfficientNet authors)."""
    wanted = channels * width
    rounded = max(8, int(wanted + 4) // 8 * 8)
    return int(rounded + 8 if rounded < 0.9 * wanted else rounded)


def _norm(channels):
    return nn.BatchNorm2d(channels, momentum=0.01, eps=1e-3)


class SameConv2d(nn.Conv2d):
    """Convolution padded as TensorFlow's "SAME" does: the smaller half left and above."""

    def pads(self, x):
        """Rows above and below, columns left and right."""
        height, width = x.shape[-2:]
        stride = self.stride[0]
        rows = max((math.ceil(height / stride) - 1) * stride + self.kernel_size[0] - height, 0)
        columns = max((math.ceil(width / stride) - 1) * stride + self.kernel_size[1] - width, 0)
        return rows // 2, rows - rows // 2, columns // 2, columns - columns // 2

    def forward(self, x):
        above, below, left, right = self.pads(x)
        if above or below or left or right:
            x = F.pad(x, [left, right, above, below])
        return F.conv2d(x, self.weight, self.bias, self.stride, 0, self.dilation, self.groups)


class Block(nn.Module):
    """Expand 1x1, depthwise k x k, project 1x1; the input is added where sizes allow. Names are the public weights'."""

    def __init__(self, kernel, stride, expand, cin, cout):
        super().__init__()
        middle = cin * expand
        self.expand = expand
        self.skip = stride == 1 and cin == cout
        if expand != 1:
            self._expand_conv = SameConv2d(cin, middle, 1, bias=False)
            self._bn0 = _norm(middle)
        self._depthwise_conv = SameConv2d(middle, middle, kernel, stride, groups=middle, bias=False)
        self._bn1 = _norm(middle)
        self._project_conv = SameConv2d(middle, cout, 1, bias=False)
        self._bn2 = _norm(cout)

    def forward(self, x):
        y = x
        if self.expand != 1:
            y = F.relu6(self._bn0(self._expand_conv(y)))
        y = self._depthwise_relu6(y)
        y = self._bn2(self._project_conv(y))
        return y + x if self.skip else y

    def _depthwise_relu6(self, x):
        conv = self._depthwise_conv
        if depthwise.serves(x) and isinstance(self._bn1, nn.Identity):
            return depthwise.depthwise_relu6(x, conv.weight, conv.bias, conv.stride[0], conv.pads(x))
        return F.relu6(self._bn1(conv(x)))


class Encoder(nn.Module):
    """extra: {stage: (repeats, kernel, expand)}, blocks appended after that stage. They start as identities."""

    def __init__(self, name, extra):
        super().__init__()
        width, depth = SCALES[name]
        self._conv_stem = SameConv2d(3, STEM_CHANNELS, 3, 2, bias=False)
        self._bn0 = _norm(STEM_CHANNELS)
        self._blocks = nn.ModuleList()
        self._extra = nn.ModuleList()
        self.order = []  # (list, index) of each block, in the order of running
        self.taps = []  # positions in `order`
        self.tap_channels = []
        for i, stage in enumerate(STAGES):
            channels = self._add_stage(i, stage, width, depth)
            self._add_extra(extra.get(i, (0, 0, 0)), channels)
            if i in TAP_STAGES:
                self.taps.append(len(self.order) - 1)
                self.tap_channels.append(channels)

    def _add_stage(self, i, stage, width, depth):
        cin = STEM_CHANNELS if i == 0 else _round_channels(stage.cin, width)
        cout = _round_channels(stage.cout, width)
        repeats = stage.repeats if i in FIXED_STAGES else math.ceil(stage.repeats * depth)
        for j in range(repeats):
            first = j == 0
            self._blocks.append(
                Block(stage.kernel, stage.stride if first else 1, stage.expand, cin if first else cout, cout)
            )
            self.order.append(("_blocks", len(self._blocks) - 1))
        return cout

    def _add_extra(self, extra, channels):
        repeats, kernel, expand = extra
        for _ in range(repeats):
            block = Block(kernel, 1, expand, channels, channels)
            nn.init.zeros_(block._bn2.weight)
            self._extra.append(block)
            self.order.append(("_extra", len(self._extra) - 1))

    def sequence(self):
        """The blocks in the order of running."""
        return [getattr(self, name)[i] for name, i in self.order]

    def forward(self, x):
        x = F.relu6(self._bn0(self._conv_stem(x)))
        out = []
        for i, block in enumerate(self.sequence()):
            x = block(x)
            if i in self.taps:
                out.append(x)
        return out


class ResidualUnit(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.a = nn.Conv2d(channels, channels, 3, padding=1)
        self.b = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x):
        return x + self.b(F.relu(self.a(F.relu(x))))


class Fusion(nn.Module):
    """Joins a level of the encoder with what came from the coarser ones. The coarsest has no skip: r1 is idle there."""

    def __init__(self, channels):
        super().__init__()
        self.r1 = ResidualUnit(channels)
        self.r2 = ResidualUnit(channels)
        self.o = nn.Conv2d(channels, channels, 1)

    def forward(self, x, skip, size):
        if skip is not None:
            x = x + self.r1(skip)
        x = F.interpolate(self.r2(x), size=size, mode="bilinear", align_corners=False)
        return self.o(x)


class Lite(nn.Module):
    """[batch][3][H][W], normalised, to relative inverse depth [batch][H / 2][W / 2], larger = nearer."""

    def __init__(self, name="lite2", c=48, extra=None):
        super().__init__()
        self.enc = Encoder(name, {int(k): tuple(v) for k, v in (extra or {}).items()})
        self.proj = nn.ModuleList(nn.Conv2d(k, c, 3, padding=1, bias=False) for k in self.enc.tap_channels)
        self.fuse = nn.ModuleList(Fusion(c) for _ in self.proj)
        self.h1 = nn.Conv2d(c, HEAD_CHANNELS, 3, padding=1)
        self.h2 = nn.Conv2d(HEAD_CHANNELS, HEAD_CHANNELS, 3, padding=1)
        self.h3 = nn.Conv2d(HEAD_CHANNELS, 1, 1)
        nn.init.constant_(self.h3.bias, 0.5)

    def forward(self, x):
        levels = [p(t) for p, t in zip(self.proj, self.enc(x))]
        sizes = [tuple(2 * n for n in levels[0].shape[-2:])] + [t.shape[-2:] for t in levels[:-1]]
        y = self.fuse[-1](levels[-1], None, sizes[-1])
        for i in reversed(range(len(levels) - 1)):
            y = self.fuse[i](y, levels[i], sizes[i])
        return self.h3(F.relu(self.h2(F.relu(self.h1(y)))))[:, 0]


@torch.no_grad()
def fold(net):
    """Merges every batch norm of the encoder into its convolution. A folded network stays as it is."""

    def merge(module, conv_name, norm_name):
        norm = getattr(module, norm_name)
        if not isinstance(norm, nn.BatchNorm2d):
            return
        conv = getattr(module, conv_name)
        scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        conv.weight.mul_(scale.view(-1, 1, 1, 1))
        conv.bias = nn.Parameter(norm.bias - norm.running_mean * scale)
        setattr(module, norm_name, nn.Identity())

    merge(net.enc, "_conv_stem", "_bn0")
    for block in net.enc.sequence():
        if block.expand != 1:
            merge(block, "_expand_conv", "_bn0")
        merge(block, "_depthwise_conv", "_bn1")
        merge(block, "_project_conv", "_bn2")
    return net


@torch.no_grad()
def _grown(own, stored):
    """A smaller layer inside a larger one: old outputs see old inputs alone, new outputs start as they were drawn."""
    out = own.clone()
    old = tuple(slice(0, n) for n in stored.shape)
    if own.dim() > 1:
        out[old[0]] = 0
    out[old] = stored
    return out


def _fits_inside(own, stored):
    sizes = zip(own.shape, stored.shape)
    return own.dim() == stored.dim() and own.shape[2:] == stored.shape[2:] and all(a >= b for a, b in sizes)


def create(arch, checkpoint=None, grow=False):
    """A folded network. checkpoint: whole network or encoder, folded or not; what has another shape is left out.

    grow: a narrower network's layers are put inside the wider ones, so that the new network begins as the old one.
    """
    net = Lite(**arch)
    if checkpoint is None:
        return fold(net)
    stored = {k: v.float() if v.is_floating_point() else v for k, v in load_weights(checkpoint).items()}
    if not any(k.startswith("enc.") for k in stored):
        stored = {"enc." + k: v for k, v in stored.items()}
    if "enc._bn0.weight" not in stored:
        fold(net)
    own = net.state_dict()
    taken = {k: v for k, v in stored.items() if k in own and own[k].shape == v.shape}
    if grow:
        larger = {k: v for k, v in stored.items() if k in own and k not in taken and _fits_inside(own[k], v)}
        taken |= {k: _grown(own[k], v) for k, v in larger.items()}
    if not taken:
        raise SystemExit(f"{checkpoint}: no tensor of it fits {json.dumps(arch)}")
    net.load_state_dict(taken, strict=False)
    print(f"{checkpoint}: {len(taken)} of {len(own)} tensors taken", flush=True)
    return fold(net)


def load_weights(path):
    """The weights of a checkpoint of train.py (which holds more) or of a plain state dict."""
    stored = torch.load(path, map_location="cpu", weights_only=True)
    return stored.get("average", stored)
