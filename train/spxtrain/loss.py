"""The loss on relative inverse depth: neither scale nor shift of the prediction counts."""
import torch
import torch.nn.functional as F

PAIRS = 3000
KEPT = 0.9  # the worst tenth of the pixels does not count: glass, mirrors, holes of a capture
SCALES = 4


def normalised(depth):
    """Median 0, mean absolute deviation 1, sample by sample."""
    flat = depth.flatten(1)
    median = flat.median(1, keepdim=True).values
    deviation = (flat - median).abs().mean(1, keepdim=True).clamp_min(1e-4)
    return ((flat - median) / deviation).view_as(depth)


def _trimmed(residual):
    size = residual.abs().flatten(1)
    bound = torch.kthvalue(size.float(), int(size.shape[1] * KEPT), 1, keepdim=True).values.detach()
    kept = size <= bound
    return (size * kept).sum(1) / kept.sum(1)


def _gradients(residual):
    total = 0
    for level in range(SCALES):
        r = residual[:, :: 2**level, :: 2**level]
        total = total + (r[:, :, 1:] - r[:, :, :-1]).abs().mean((1, 2)) + (r[:, 1:] - r[:, :-1]).abs().mean((1, 2))
    return total


def _order(prediction, truth, soft):
    """Softplus of the wrong order of random pairs that lie clearly apart.

    soft: samples whose truth is a prediction; there, apart means a tenth of the range, else 15 % of the depth.
    """
    batch = len(prediction)
    p = prediction.flatten(1)
    t = truth.flatten(1)
    a = torch.randint(0, p.shape[1], (batch, PAIRS), device=p.device)
    b = torch.randint(0, p.shape[1], (batch, PAIRS), device=p.device)
    difference = p.gather(1, a) - p.gather(1, b)
    ta, tb = t.gather(1, a), t.gather(1, b)
    high, low = torch.maximum(ta, tb), torch.minimum(ta, tb)
    span = (t.amax(1) - t.amin(1))[:, None]
    apart = torch.where(soft[:, None], high - low > 0.1 * span, high > low * 1.15 + 0.002 * span)
    wrong = F.softplus(-4 * torch.sign(ta - tb) * difference) / 4 * apart
    return wrong.sum(1) / apart.sum(1).clamp_min(50)


def depth_loss(prediction, truth, soft, soft_edge, order_weight):
    """prediction, truth: [batch][H][W]; soft: [batch], the truth is a network's; soft_edge: weight of its gradients."""
    p = normalised(prediction)
    residual = p - normalised(truth)
    edge = torch.where(soft, soft_edge, 1.0)
    loss = _trimmed(residual) + 0.5 * edge * _gradients(residual)
    if order_weight > 0:
        loss = loss + order_weight * _order(p, truth, soft)
    return loss.mean()
