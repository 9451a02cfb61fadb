"""One stage's updates: the optimiser, the rate, checkpoints, the line a few seconds and the loss curve."""
import contextlib
import math
import os
import time

import torch

FLOOR = 0.1  # the last learning rate, as a share of the peak


class FlatOptimizer:
    """AdamW over one flat vector, with clipping and a moving average, as the Java trainer does it."""

    def __init__(self, networks, beta1=0.9, beta2=0.99, decay=0.01, max_norm=1.0, max_average=0.9995):
        self.beta1, self.beta2, self.decay, self.max_norm, self.max_average = beta1, beta2, decay, max_norm, max_average
        parameters = [p for network in networks for p in network.parameters() if p.requires_grad]
        flat = torch.cat([p.detach().reshape(-1) for p in parameters])
        self.values, self.average = flat, flat.clone()
        self.moment1, self.moment2, self.gradients = (torch.zeros_like(flat) for _ in range(3))
        self.step, offset = 0, 0
        for p in parameters:
            part = slice(offset, offset + p.numel())
            p.data = self.values[part].view_as(p)
            p.grad = self.gradients[part].view_as(p)
            offset += p.numel()

    @torch.no_grad()
    def update(self, rate):
        """One update from the gathered gradients, which are zero afterwards."""
        self.step += 1
        norm = self.gradients.norm()
        self.gradients.mul_((self.max_norm / norm).clamp(max=1.0))
        self.moment1.lerp_(self.gradients, 1 - self.beta1)
        self.moment2.mul_(self.beta2).addcmul_(self.gradients, self.gradients, value=1 - self.beta2)
        root = self.moment2.sqrt().div_(math.sqrt(1 - self.beta2**self.step)).add_(1e-8)
        self.values.mul_(1 - rate * self.decay).addcdiv_(self.moment1, root, value=-rate / (1 - self.beta1**self.step))
        self.average.lerp_(self.values, 1 - min(self.max_average, (1 + self.step) / (10 + self.step)))
        self.gradients.zero_()

    @torch.no_grad()
    def swap_average(self):
        kept = self.values.clone()
        self.values.copy_(self.average)
        self.average.copy_(kept)

    def state(self):
        return {name: getattr(self, name) for name in ("values", "average", "moment1", "moment2", "step")}

    @torch.no_grad()
    def restore(self, state):
        for name in ("values", "average", "moment1", "moment2"):
            getattr(self, name).copy_(state[name])
        self.step = state["step"]


def rate_at(settings, step, passed=0.0):
    """Linear warm-up, then a cosine down to a tenth of the peak. `passed` is the share of the stage's time."""
    peak, warmup = settings["peakLearningRate"], settings["warmupSteps"]
    if step < warmup:
        return peak * (step + 1) / warmup
    progress = min(1.0, max(passed, (step - warmup) / max(1, settings["steps"] - warmup)))
    return peak * (FLOOR + (1 - FLOOR) * 0.5 * (1 + math.cos(math.pi * progress)))


class Budget:
    """When a stage ends: after its steps, or after its time, whichever is sooner. `seconds` may be None."""

    def __init__(self, steps, seconds, elapsed):
        self.steps, self.seconds, self.start = steps, seconds, time.monotonic() - elapsed

    def elapsed(self):
        return time.monotonic() - self.start

    def passed(self):
        return self.elapsed() / self.seconds if self.seconds else 0.0

    def over(self, step):
        return step >= self.steps or self.passed() >= 1


class Loop:
    """`objective(step)` gives a loss; `rival`, if there is one, an optimiser and what it learns after each update."""

    def __init__(self, run, stage, settings, optimizer, seconds=None):
        self.run, self.stage, self.settings, self.optimizer = run, stage, settings, optimizer
        self.seconds, self.rival = seconds, None
        self.checkpoint = run.work / f"checkpoint-{stage}.pt"

    def learn(self, objective):
        elapsed = self._restore()
        budget = Budget(self.settings["steps"], self.seconds, elapsed)
        reported = saved = time.monotonic()
        losses, first = [], self.optimizer.step
        with open(self.run.work / "losses.csv", "a", encoding="utf-8") as curve:
            while not budget.over(self.optimizer.step):
                step = self.optimizer.step
                rate = rate_at(self.settings, step, budget.passed())
                losses.append(self._update(objective, step, rate))
                now, done = time.monotonic(), budget.over(self.optimizer.step)
                due = now - saved >= self.run.checkpoint_seconds
                if now - reported >= self.run.report_seconds or due or done:
                    self._report(curve, losses, first, rate, now - reported, budget)
                    losses, first, reported = [], self.optimizer.step, now
                if due and not done:
                    self._save(budget.elapsed())
                    saved = now
        self._save(budget.elapsed())

    def _update(self, objective, step, rate):
        # The generator of a step depends on nothing but seed and step, as in the Java trainer.
        torch.manual_seed(self.run.seed * 1_000_003 + step)
        with self.run.precision():
            loss = objective(step)
        loss.backward()
        self.optimizer.update(rate)
        if self.rival:
            with self.run.precision():
                verdict = self.rival.loss()
            verdict.backward()
            self.rival.optimizer.update(self.rival.rate)
        return loss.detach()

    def _report(self, curve, losses, first, rate, seconds, budget):
        values = torch.stack(losses).float().tolist()
        for i, value in enumerate(values):
            curve.write(f"{self.stage},{first + i + 1},{value:.7g}\n")
            if not math.isfinite(value):
                raise SystemExit(
                    f"{self.stage}: loss {value} at step {first + i + 1} (expected: a finite one; "
                    f"lower peakLearningRate; the last checkpoint is kept: {self.checkpoint})"
                )
        curve.flush()
        speed = len(values) * self.settings["batchSize"] / max(seconds, 1e-9)
        print(
            f"{self.stage:14} {self.optimizer.step:6} of {budget.steps}  loss {sum(values) / len(values):.4f}"
            f"  rate {rate:.1e}  {speed:.1f} samples/s  {budget.elapsed():.0f} s",
            flush=True,
        )

    def _save(self, elapsed):
        state = {"identity": self.run.identity, "elapsed": elapsed, "optimizer": self.optimizer.state()}
        if self.rival:
            state["rival"] = self.rival.optimizer.state()
        whole = self.checkpoint.with_suffix(".tmp")
        torch.save(state, whole)
        os.replace(whole, self.checkpoint)

    def _restore(self):
        if not self.checkpoint.exists():
            return 0.0
        state = torch.load(self.checkpoint, map_location=self.run.device, weights_only=True)
        if state["identity"] != self.run.identity:
            raise SystemExit(
                f"{self.checkpoint}: of another recipe or other samples (expected: those of this run; take another --work)"
            )
        self.optimizer.restore(state["optimizer"])
        if self.rival:
            self.rival.optimizer.restore(state["rival"])
        print(f"{self.stage}: goes on after step {self.optimizer.step}", flush=True)
        return state["elapsed"]


def precision(device):
    """bfloat16 on a GPU, float32 on the CPU."""
    return torch.autocast("cuda", torch.bfloat16) if device.type == "cuda" else contextlib.nullcontext()
