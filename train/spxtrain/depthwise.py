"""Depthwise convolution, bias and ReLU6 in one step, channels last, for training on a GPU.

The framework's own kernels for it are the slowest part of a step: tens of milliseconds where reading and writing the
tensors takes two. These read each tap from the cache and keep sums in float32. Any kernel size, stride 1 or 2, padding as
SameConv2d has it, multiples of 8 channels. Without Triton or a GPU, `available` is false and the network uses what
PyTorch has.
"""
import torch

try:
    import triton
    import triton.language as tl
except ImportError:
    triton = None

available = triton is not None and torch.cuda.is_available()

PIXELS = 64  # of a program
CHANNELS = 64
CHUNK = 8192  # pixels of a program that sums the gradient of a tap

if triton is not None:

    # Sizes differ from layer to layer: one compiled kernel is to serve them all. Channels come as octets, so that the
    # compiler knows that 16 bytes can be read at once.
    SIZES = ("pixels", "octets", "height", "width", "out_height", "out_width", "top", "left", "chunk")

    @triton.jit(do_not_specialize=SIZES[:-1])
    def _forward(x, weight, bias, y, pixels, octets, height, width, out_height, out_width, top, left,
                 SIDE: tl.constexpr, STRIDE: tl.constexpr, PIXELS: tl.constexpr, CHANNELS: tl.constexpr):
        """x: [n][height][width][channels], weight: [SIDE * SIDE][channels], y: [n][out_height][out_width][channels]."""
        p = tl.program_id(0).to(tl.int64) * PIXELS + tl.arange(0, PIXELS)
        channels = octets * 8
        c = tl.program_id(1) * CHANNELS + tl.arange(0, CHANNELS)
        column = p % out_width
        row = (p // out_width) % out_height
        n = p // (out_width * out_height)
        here = p < pixels
        inside = c < channels
        total = tl.zeros((PIXELS, CHANNELS), tl.float32) + tl.load(bias + c, inside, 0.0)[None, :]
        for tap in range(SIDE * SIDE):
            ky = tap // SIDE
            kx = tap % SIDE
            r = row * STRIDE + ky - top
            k = column * STRIDE + kx - left
            seen = here & (r >= 0) & (r < height) & (k >= 0) & (k < width)
            at = ((n * height + r) * width + k) * channels
            value = tl.load(x + at[:, None] + c[None, :], seen[:, None] & inside[None, :], 0.0).to(tl.float32)
            total += value * tl.load(weight + tap * channels + c, inside, 0.0)[None, :]
        total = tl.minimum(tl.maximum(total, 0.0), 6.0)
        tl.store(y + (p * channels)[:, None] + c[None, :], total, here[:, None] & inside[None, :])

    @triton.jit(do_not_specialize=SIZES[:-1])
    def _backward_input(g, weight, out, pixels, octets, height, width, out_height, out_width, top, left,
                        SIDE: tl.constexpr, STRIDE: tl.constexpr, PIXELS: tl.constexpr, CHANNELS: tl.constexpr):
        """g: the gradient before the ReLU6, shaped as y; out: shaped as x."""
        p = tl.program_id(0).to(tl.int64) * PIXELS + tl.arange(0, PIXELS)
        channels = octets * 8
        c = tl.program_id(1) * CHANNELS + tl.arange(0, CHANNELS)
        column = p % width
        row = (p // width) % height
        n = p // (width * height)
        here = p < pixels
        inside = c < channels
        total = tl.zeros((PIXELS, CHANNELS), tl.float32)
        for tap in range(SIDE * SIDE):
            ky = tap // SIDE
            kx = tap % SIDE
            r = row + top - ky
            k = column + left - kx
            seen = here & (r >= 0) & (k >= 0) & (r % STRIDE == 0) & (k % STRIDE == 0)
            r = r // STRIDE
            k = k // STRIDE
            seen = seen & (r < out_height) & (k < out_width)
            at = ((n * out_height + r) * out_width + k) * channels
            value = tl.load(g + at[:, None] + c[None, :], seen[:, None] & inside[None, :], 0.0).to(tl.float32)
            total += value * tl.load(weight + tap * channels + c, inside, 0.0)[None, :]
        tl.store(out + (p * channels)[:, None] + c[None, :], total, here[:, None] & inside[None, :])

    @triton.jit(do_not_specialize=SIZES)
    def _backward_weight(x, g, out, pixels, octets, height, width, out_height, out_width, top, left, chunk,
                         SIDE: tl.constexpr, STRIDE: tl.constexpr, PIXELS: tl.constexpr, CHANNELS: tl.constexpr):
        """One tap, one run of pixels: added to out, [SIDE * SIDE][channels] of float32."""
        tap = tl.program_id(2)
        ky = tap // SIDE
        kx = tap % SIDE
        channels = octets * 8
        c = tl.program_id(1) * CHANNELS + tl.arange(0, CHANNELS)
        inside = c < channels
        first = tl.program_id(0).to(tl.int64) * chunk
        total = tl.zeros((PIXELS, CHANNELS), tl.float32)
        for start in range(0, chunk, PIXELS):
            p = first + start + tl.arange(0, PIXELS)
            column = p % out_width
            row = (p // out_width) % out_height
            n = p // (out_width * out_height)
            r = row * STRIDE + ky - top
            k = column * STRIDE + kx - left
            seen = (p < pixels) & (r >= 0) & (r < height) & (k >= 0) & (k < width)
            both = seen[:, None] & inside[None, :]
            at = ((n * height + r) * width + k) * channels
            value = tl.load(x + at[:, None] + c[None, :], both, 0.0).to(tl.float32)
            total += value * tl.load(g + (p * channels)[:, None] + c[None, :], both, 0.0).to(tl.float32)
        tl.atomic_add(out + tap * channels + c, tl.sum(total, 0), inside)


def _blocks(channels):
    return min(CHANNELS, triton.next_power_of_2(channels))


class DepthwiseRelu6(torch.autograd.Function):
    """x: [n][c][h][w] in channels-last memory; weight: [c][1][k][k] and bias: [c], float32; pads: top, bottom, left, right."""

    @staticmethod
    def forward(ctx, x, weight, bias, stride, pads):
        x = x.contiguous(memory_format=torch.channels_last)
        n, c, height, width = x.shape
        side = weight.shape[-1]
        out_height = (height + pads[0] + pads[1] - side) // stride + 1
        out_width = (width + pads[2] + pads[3] - side) // stride + 1
        taps = weight.detach().float().reshape(c, side * side).t().contiguous()
        y = torch.empty((n, c, out_height, out_width), dtype=x.dtype, device=x.device, memory_format=torch.channels_last)
        pixels = n * out_height * out_width
        block = _blocks(c)
        _forward[(triton.cdiv(pixels, PIXELS), triton.cdiv(c, block))](
            x, taps, bias.detach().float(), y, pixels, c // 8, height, width, out_height, out_width, pads[0], pads[2],
            SIDE=side, STRIDE=stride, PIXELS=PIXELS, CHANNELS=block)
        ctx.save_for_backward(x, y, taps)
        ctx.shape = (side, stride, pads)
        return y

    @staticmethod
    def backward(ctx, gradient):
        x, y, taps = ctx.saved_tensors
        side, stride, pads = ctx.shape
        gradient = gradient.contiguous(memory_format=torch.channels_last).to(y.dtype)
        g = torch.ops.aten.hardtanh_backward(gradient, y, 0.0, 6.0).contiguous(memory_format=torch.channels_last)
        n, c, height, width = x.shape
        out_height, out_width = y.shape[-2:]
        block = _blocks(c)
        sizes = (c // 8, height, width, out_height, out_width, pads[0], pads[2])
        kinds = {"SIDE": side, "STRIDE": stride, "PIXELS": PIXELS, "CHANNELS": block}
        to_input = torch.empty_like(x, memory_format=torch.channels_last)
        pixels = n * height * width
        _backward_input[(triton.cdiv(pixels, PIXELS), triton.cdiv(c, block))](g, taps, to_input, pixels, *sizes, **kinds)
        to_taps = torch.zeros_like(taps)
        pixels = n * out_height * out_width
        _backward_weight[(triton.cdiv(pixels, CHUNK), triton.cdiv(c, block), side * side)](
            x, g, to_taps, pixels, *sizes, CHUNK, **kinds)
        to_weight = to_taps.t().reshape(c, 1, side, side).contiguous()
        return to_input, to_weight, g.sum((0, 2, 3), dtype=torch.float32), None, None


def serves(x):
    """Whether these kernels take x. Float32 is left to PyTorch: evaluate.py scores the network as it is exported."""
    return available and x.is_cuda and x.dtype == torch.bfloat16 and x.shape[1] % 8 == 0


def depthwise_relu6(x, weight, bias, stride, pads):
    return DepthwiseRelu6.apply(x, weight, bias, stride, pads)
