#!/usr/bin/env python3
"""Trains the pipeline `cxr-mini` with PyTorch and diffusers: same shards in, same folder out as `./synthorax trainer cxr-mini`.

    tools/train_on_gpu.py --shards phantoms:3 --shards films:1 --work work --out cxr-mini --minutes 8
"""
import argparse
import csv
import json
import sys
import time
from pathlib import Path

TEMPLATE = Path(__file__).resolve().parent.parent / "native/src/main/resources/dev/synthorax/training/cxr-mini"


def arguments(argv):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shards", action="append", metavar="DIR[:WEIGHT]", help="samples to learn from; repeat for a mixture")
    parser.add_argument("--work", type=Path, help="folder for checkpoints, results of stages and losses.csv; a run goes on there")
    parser.add_argument("--out", type=Path, help="the finished pipeline; must not exist")
    parser.add_argument("--template", type=Path, default=TEMPLATE, help="folder with recipe.json and pipeline/ (default: the repository's)")
    parser.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", help="a field of recipe.json, such as control.batchSize=256")
    parser.add_argument("--minutes", type=float, help="time for all stages that learn; each ends after its share, see --shares")
    parser.add_argument("--shares", default="5:4:3", help="of autoencoder and decoder (all phases, by their pixels), diffusion and control")
    parser.add_argument("--until", help="stop after this stage")
    parser.add_argument("--device", help="cuda or cpu (default: cuda where there is one)")
    parser.add_argument("--threads", type=int, help="of the CPU")
    parser.add_argument("--no-compile", action="store_true", help="without torch.compile on a GPU")
    parser.add_argument("--compare", nargs=2, type=Path, metavar=("LOSSES.CSV", "EVENTS.JSONL"), help="only set a loss curve beside the Java trainer's events (`trainer --json`)")
    options = parser.parse_args(argv)
    if not options.compare and not (options.shards and options.work and options.out):
        parser.error("--shards, --work and --out are needed (or --compare)")
    return options


def changed(recipe, changes):
    """The recipe with fields set; a field must be there already."""
    for change in changes:
        path, _, value = change.partition("=")
        *parents, last = path.split(".")
        place = recipe
        try:
            for key in parents:
                place = place[int(key) if isinstance(place, list) else key]
            last = int(last) if isinstance(place, list) else last
            place[last]
            place[last] = json.loads(value)
        except (KeyError, IndexError, TypeError, ValueError) as problem:
            raise SystemExit(f"--set {change}: {problem!r} (expected: FIELD=VALUE, a field of recipe.json and JSON)") from None
    return recipe


def seconds_of(recipe, minutes, shares):
    """Time of each stage that learns."""
    if minutes is None:
        return {}
    parts = [float(part) for part in shares.split(":")]
    unit = minutes * 60 / sum(parts)
    work = {
        f"{part}-{i + 1}": phase["steps"] * phase["batchSize"] * (phase["crop"] or 256) ** 2
        for part in ("autoencoder", "decoder")
        for i, phase in enumerate(recipe[part])
    }
    seconds = {name: unit * parts[0] * pixels / sum(work.values()) for name, pixels in work.items()}
    return {**seconds, "diffusion": unit * parts[1], "control": unit * parts[2]}


def compare(ours, theirs):
    """Prints, for each progress line of the Java trainer, the mean of our losses over the same steps."""
    losses = {}
    with open(ours, encoding="utf-8") as file:
        for stage, step, loss in csv.reader(file):
            losses[stage, int(step)] = float(loss)
    before, farthest = {}, 0.0
    for line in open(theirs, encoding="utf-8"):
        event = json.loads(line)
        if event.get("event") != "progress" or event.get("loss") is None:
            continue
        stage, step = event["stage"], event["step"]
        steps = range(before.get(stage, 0) + 1, step + 1)
        before[stage] = step
        if not all((stage, s) in losses for s in steps):
            continue
        mean = sum(losses[stage, s] for s in steps) / len(steps)
        farthest = max(farthest, abs(mean / event["loss"] - 1))
        print(f"{stage:14} {steps[0]:5}..{step:<5} here {mean:.6f}  Java {event['loss']:.6f}  ratio {mean / event['loss']:.5f}")
    print(f"farthest apart: {100 * farthest:.3f} %")


def main(argv=None):
    options = arguments(argv)
    if options.compare:
        return compare(*options.compare)
    try:
        import diffusers  # noqa: F401
        import torch
        import transformers  # noqa: F401
    except ImportError as missing:
        raise SystemExit(f"{missing} (expected: torch, diffusers, transformers and safetensors; pip install them)") from None
    from recipe import stages
    from recipe.loop import precision
    from recipe.samples import Samples

    if options.out.exists():
        raise SystemExit(f"{options.out} exists (expected: a new folder)")
    device = torch.device(options.device or ("cuda" if torch.cuda.is_available() else "cpu"))
    if options.threads:
        torch.set_num_threads(options.threads)
    torch.set_float32_matmul_precision("high")
    recipe = changed(json.loads((options.template / "recipe.json").read_text(encoding="utf-8")), options.set)
    samples = Samples(options.shards)
    options.work.mkdir(parents=True, exist_ok=True)
    run = stages.Run(samples, options.template, recipe, options.work, device, lambda: precision(device), seconds_of(recipe, options.minutes, options.shares))
    if device.type == "cuda":
        samples.keep_on(device, recipe["structures"])
        run.compiled = not options.no_compile
    print(f"{len(samples.labels)} samples of {samples.side} px on {device}", flush=True)
    start = time.monotonic()
    for name, stage in stages.all_stages(run):
        if run.done(name):
            print(f"{name}: done before", flush=True)
        else:
            stage(run, name)
        if name == options.until:
            return None
    stages.publish(run, options.out)
    print(f"{options.out}: written after {time.monotonic() - start:.0f} s", flush=True)
    return None


if __name__ == "__main__":
    sys.exit(main())
