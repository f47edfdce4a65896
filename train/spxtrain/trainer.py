"""Training by a plan: phases in which a teacher labels the photos and a student learns from them and from exact depth.

A checkpoint holds the averaged weights (what is used afterwards), the trained ones, the optimiser and how far the phase
is, so that a stopped run goes on where it was. Everything that a plan may say is in README.md.
"""
import contextlib
import copy
import math
import os
import random
import time
from dataclasses import dataclass

import numpy as np
import torch

from . import augment, depthwise, network
from .evaluate import LABEL_SIDES, evaluate, load_validation, normalise_input, relabel
from .loss import depth_loss
from .packs import load_cutouts, load_pictures

WARM_BATCH = {"cuda": 64, "cpu": 8}  # pictures at once where nothing is learnt
GRADIENT_LIMIT = 1.0


@dataclass
class Data:
    labelled: object
    photos: object
    cutouts: object
    styles: torch.Tensor  # colour statistics of the photos
    validation: dict  # name: pairs


class Trainer:
    def __init__(self, plan, out, log=print):
        self.plan = plan
        self.out = out
        self.device = torch.device(plan["device"])
        self._log = log
        self._started = time.time()
        seed = plan.get("seed", 0)
        torch.manual_seed(seed)
        random.seed(seed)
        np.random.seed(seed)
        if self.device.type == "cuda":
            torch.backends.cudnn.benchmark = False  # costs tens of seconds for every new shape
            torch.backends.cuda.matmul.allow_tf32 = True
            torch.backends.cudnn.allow_tf32 = True
        else:
            torch.set_num_threads(plan.get("threads", 2))
        os.makedirs(out, exist_ok=True)

    def log(self, *words):
        self._log("[%6.1f]" % (time.time() - self._started), *words, flush=True)

    def autocast(self):
        """bfloat16: float16 depthwise convolutions are far slower."""
        if self.device.type != "cuda":
            return contextlib.nullcontext()
        return torch.autocast("cuda", torch.bfloat16)

    def placed(self, net):
        """The network on the device. Channels last is the fast order only with depthwise kernels that know it."""
        net = net.to(self.device)
        return net.to(memory_format=torch.channels_last) if depthwise.available else net

    @property
    def _small_float(self):
        return torch.float16 if self.device.type == "cuda" else torch.float32

    def load(self):
        plan, threads = self.plan, self.plan.get("threads", 2)
        limit = plan.get("limit", {})
        labelled = load_pictures(plan["labelled"], self.device, threads, limit.get("labelled"))
        photos = load_pictures(plan["photos"], self.device, threads, limit.get("photos"))
        cutouts = load_cutouts(plan["cutouts"], self.device, self._small_float)
        styles = torch.cat([augment.colour_statistics(part) for part in photos.rgb.split(256)])
        validation = {os.path.basename(d.rstrip("/")): load_validation(d)[: limit.get("validation")] for d in plan["validation"]}
        self.log(f"{len(labelled)} pictures with depth, {len(photos)} photos, {len(cutouts)} cut-outs,",
                 f"{sum(map(len, validation.values()))} validation pictures")
        return Data(labelled, photos, cutouts, styles, validation)

    def run(self):
        """All phases; the last student's weights are out/NAME.pth. Finished phases are not repeated."""
        data = self.load()
        teacher = self.placed(network.create(self.plan["teacher"], self.plan["teacher_weights"]))
        self.log("teacher", self.scores(teacher, data))
        for phase in self.plan["phases"]:
            path = os.path.join(self.out, phase["name"] + ".pth")
            state = torch.load(path, map_location=self.device, weights_only=True) if os.path.exists(path) else None
            if state is None or not state["done"]:
                sides = self.plan.get("label_sides", LABEL_SIDES)
                relabel(teacher, data.photos, WARM_BATCH[self.device.type], self.autocast, sides)
                self.log(phase["name"], "photos are labelled")
                Phase(self, phase, data, path).run(state)
            teacher = self.placed(network.create(phase["model"], path))
        return teacher

    def scores(self, net, data, sides=(384,)):
        words = []
        for name, pairs in data.validation.items():
            for side in sides:
                with self.autocast():
                    correlation, order, _ = evaluate(net, pairs, self.device, side)
                words.append(f"{name}@{side}: correlation {correlation:.3f} order {order:.3f}")
        return ", ".join(words)


class Phase:
    """One student. Its length is `steps`, or `seconds` of training, whichever ends first."""

    def __init__(self, trainer, phase, data, path):
        self._trainer = trainer
        self._phase = phase
        self._data = data
        self._path = path
        self._device = trainer.device
        self._net = trainer.placed(network.create(phase["model"], phase["init"], phase.get("grow", False)))
        self._average = copy.deepcopy(self._net)
        self._optimiser = self._make_optimiser()
        self._paste = augment.CutoutPaster(data.cutouts, phase["cutouts"])
        self._chances = self._set_chances()
        self._step = 0
        self._seconds = 0.0

    def _make_optimiser(self):
        """The encoder's own weights learn more slowly: at the full rate they lose real photos for rendered ones."""
        own = [p for n, p in self._net.enc.named_parameters() if not n.startswith("_extra")]
        known = {id(p) for p in own}
        rest = [p for p in self._net.parameters() if id(p) not in known]
        groups = [{"params": own, "share": self._phase["encoder_rate"]}, {"params": rest, "share": 1.0}]
        return torch.optim.AdamW(groups, lr=self._phase["rate"], weight_decay=self._phase.get("decay", 0.01))

    def _set_chances(self):
        """How often each picture is drawn: a set's weight, spread over its pictures."""
        sets = self._data.labelled.sets
        counts = {name: sets.count(name) for name in set(sets)}
        weights = self._phase["weights"]
        return torch.tensor([weights.get(name, 1.0) / counts[name] for name in sets], device=self._device)

    def _done_share(self):
        by_time = self._seconds / self._phase.get("seconds", math.inf)
        by_step = self._step / self._phase.get("steps", math.inf)
        return max(by_time, by_step)

    def _set_rate(self):
        """Linear warm-up, then a cosine down to nothing."""
        warm = min(1, (self._step + 1) / self._phase.get("warm", 300))
        rate = self._phase["rate"] * warm * 0.5 * (1 + math.cos(math.pi * min(1, self._done_share())))
        for group in self._optimiser.param_groups:
            group["lr"] = rate * group["share"]

    @torch.no_grad()
    def _batch(self):
        """Pictures, their depth, and which samples' depth is a network's word."""
        phase, data = self._phase, self._data
        shapes = phase["shapes"]
        if self._done_share() >= phase.get("late", 1):
            shapes = phase["late_shapes"]
        height, width = shapes[self._step % len(shapes)]
        photos = int(phase["batch"] * phase["photos"])
        labelled = phase["batch"] - photos
        small = self._trainer._small_float
        chosen = torch.multinomial(self._chances, labelled, replacement=True)
        rgb, depth = augment.random_crop(data.labelled, chosen, height, width, small)
        if photos:
            chosen = torch.randint(0, len(data.photos), (photos,), device=self._device)
            more = augment.random_crop(data.photos, chosen, height, width, small)
            rgb, depth = torch.cat([rgb, more[0]]), torch.cat([depth, more[1]])
        rgb, depth = self._paste(rgb, depth)
        rgb[:labelled] = augment.restyle(rgb[:labelled], data.styles)
        soft = torch.arange(len(rgb), device=self._device) >= labelled
        if phase.get("mix", 0) > 0:
            rgb, depth, other, on = augment.mix_near_parts(rgb, depth, phase["mix"])
            soft = soft | (soft[other] & on)
        if phase.get("thin", 0) > 0:
            rgb, depth = augment.thin_things(rgb, depth, phase["thin"])
        if phase.get("letterbox", 0) > 0:
            rgb, depth = augment.letterbox(rgb, depth, phase["letterbox"])
        return normalise_input(augment.jitter(rgb)), depth[:, ::2, ::2].contiguous(), soft

    def _learn(self):
        x, truth, soft = self._batch()
        self._set_rate()
        with self._trainer.autocast():
            prediction = self._net(x)
        loss = depth_loss(prediction.float(), truth, soft, self._phase.get("soft_edge", 0.15), self._phase["order"])
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._net.parameters(), GRADIENT_LIMIT)
        self._optimiser.step()
        self._step += 1
        self._follow()
        return loss.detach()

    @torch.no_grad()
    def _follow(self):
        """Moves the averaged weights; at first quickly, so that the start is forgotten."""
        keep = min(self._phase.get("average", 0.999), self._step / (self._step + 9))
        pairs = zip(self._average.state_dict().values(), self._net.state_dict().values())
        mine, new = zip(*(p for p in pairs if p[0].dtype.is_floating_point))
        torch._foreach_lerp_(mine, new, 1 - keep)

    def run(self, state=None):
        if state is not None:
            self._restore(state)
        phase, log = self._phase, self._trainer.log
        name, every = phase["name"], phase.get("log", 200)
        save_every = phase.get("save_seconds", 120)
        next_save = self._seconds + save_every
        clock, total, first = time.time(), torch.zeros((), device=self._device), self._step
        while self._done_share() < 1:
            total += self._learn()
            now = time.time()
            self._seconds += now - clock
            clock = now
            if self._step % every == 0:
                speed = phase["batch"] * (self._step - first) / max(1e-3, self._seconds - (next_save - save_every))
                log(name, self._step, f"loss {total.item() / every:.4f}, {100 * self._done_share():.1f} % done,",
                    f"{speed:.1f} pictures/s")
                total.zero_()
            if self._seconds > next_save:
                log(name, self._step, self._trainer.scores(self._average, self._data))
                self._save(done=False)
                next_save, first, clock = self._seconds + save_every, self._step, time.time()
        log(name, "ends,", self._step, "steps:", self._trainer.scores(self._average, self._data, (384, 512)))
        self._save(done=True)

    def _restore(self, state):
        self._average.load_state_dict(state["average"])
        self._net.load_state_dict(state["trained"])
        self._optimiser.load_state_dict(state["optimiser"])
        self._step, self._seconds = state["step"], state["seconds"]
        self._trainer.log(self._phase["name"], "goes on at step", self._step)

    def _save(self, done):
        state = {"average": self._average.state_dict(), "done": done, "step": self._step, "seconds": self._seconds}
        if not done:
            state |= {"trained": self._net.state_dict(), "optimiser": self._optimiser.state_dict()}
        _write(state, self._path)
        average = {k: v.half() if v.is_floating_point() else v for k, v in state["average"].items()}
        _write(average, self._path.removesuffix(".pth") + "_half.pth")


def _write(state, path):
    torch.save(state, path + ".new")
    os.replace(path + ".new", path)
