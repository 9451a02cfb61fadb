#!/usr/bin/env python3
"""Trains a tiny pipeline on the CPU with tools/train_on_gpu.py, stops in between, goes on, and loads the result with diffusers.

Skips with one line where PyTorch, diffusers or transformers is missing. Takes about half a minute.
"""
import json
import shutil
import struct
import sys
import tempfile
from pathlib import Path

TOOLS = Path(__file__).resolve().parent
sys.path.insert(0, str(TOOLS))
SIDE = 32
TINY = {
    "vae": {"block_out_channels": [8, 8, 16], "latent_channels": 4, "norm_num_groups": 4, "sample_size": SIDE},
    "unet": {"block_out_channels": [16, 32], "in_channels": 4, "out_channels": 4, "norm_num_groups": 4, "sample_size": 8, "layers_per_block": 1, "cross_attention_dim": 32},
    "controlnet": {"block_out_channels": [16, 32], "in_channels": 4, "norm_num_groups": 4, "layers_per_block": 1, "cross_attention_dim": 32, "conditioning_embedding_out_channels": [4, 8, 16]},
    "text_encoder": {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2},
}
LEVELS = {
    "vae": {"down_block_types": ["DownEncoderBlock2D"] * 3, "up_block_types": ["UpDecoderBlock2D"] * 3},
    "unet": {"down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D"], "up_block_types": ["CrossAttnUpBlock2D", "UpBlock2D"]},
    "controlnet": {"down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D"]},
}
STEPS = 30


def shards(folder):
    """64 discs, left or right, as sample shards."""
    import numpy as np

    rows, columns = np.mgrid[:SIDE, :SIDE]
    images, masks, lines = [], [], []
    for i in range(64):
        side = ("left", "right")[i % 2]
        disc = ((rows - 8 - i % 16) ** 2 + (columns - (8 if side == "right" else 24)) ** 2 < 30).astype(np.uint8)
        images.append(20 + 200 * disc)
        masks.append([disc, 1 - disc, 0 * disc])
        lines.append({"id": str(i), "seed": i, "prompt": f"{side} disc", "findings": ["normal"], "attributes": {"view": "PA"}})
    pixels, drawn = np.array(images, np.uint8).tobytes(), np.array(masks, np.uint8).tobytes()
    header = {
        "__metadata__": {"format": "synthorax-samples", "version": "1", "structures": "lungs,heart,pneumothorax"},
        "images": {"dtype": "U8", "shape": [64, 1, SIDE, SIDE], "data_offsets": [0, len(pixels)]},
        "masks": {"dtype": "U8", "shape": [64, 3, SIDE, SIDE], "data_offsets": [len(pixels), len(pixels) + len(drawn)]},
    }
    text = json.dumps(header).encode()
    folder.mkdir()
    (folder / "shard-00000.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + pixels + drawn)
    (folder / "shard-00000.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))


def template(folder, source):
    """The repository's recipe with tiny networks and few steps."""
    shutil.copytree(source, folder)
    for kind, fields in TINY.items():
        path = folder / "pipeline" / kind / "config.json"
        config = {**json.loads(path.read_text()), **fields, **LEVELS.get(kind, {})}
        path.write_text(json.dumps(config))
    recipe = json.loads((folder / "recipe.json").read_text())
    for phase in recipe["autoencoder"] + recipe["decoder"]:
        phase.update(steps=STEPS, batchSize=4, crop=16 if phase["crop"] else 0, warmupSteps=5)
    for stage in ("diffusion", "control"):
        recipe[stage].update(steps=STEPS, batchSize=4, warmupSteps=5)
    (folder / "recipe.json").write_text(json.dumps(recipe))


def curve(work):
    return [line.split(",") for line in (work / "losses.csv").read_text().splitlines()]


def check(condition, what):
    if not condition:
        raise SystemExit(f"FAILED: {what}")


def main():
    try:
        import diffusers
        import torch
        import transformers  # noqa: F401
    except ImportError as missing:
        print(f"skipped: {missing}")
        return
    import train_on_gpu
    from recipe import loop
    from recipe import losses as terms

    terms.CRITIC_ALONE = terms.CRITIC_RAMP = 5  # so that it is heard in so few steps
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        shards(root / "samples")
        template(root / "template", Path(sys.argv[1]) if len(sys.argv) > 1 else train_on_gpu.TEMPLATE)

        def train(work, out, *more):
            train_on_gpu.main(["--shards", str(root / "samples"), "--template", str(root / "template"), "--work", str(work), "--out", str(out), "--device", "cpu", *more])

        train(root / "whole", root / "out")
        losses = [(stage, int(step), float(loss)) for stage, step, loss in curve(root / "whole")]
        for stage in ("autoencoder-1", "diffusion", "control", "decoder-1"):
            values = [loss for s, _, loss in losses if s == stage]
            check(len(values) == STEPS, f"{stage} has {len(values)} losses")
            check(sum(values[-10:]) < sum(values[:10]) or stage in ("control", "decoder-1"), f"{stage} does not learn: {values[:3]} .. {values[-3:]}")

        # Stopped in the middle of a stage and of the recipe, a run ends like an unbroken one.
        update, calls = loop.Loop._update, []
        stop_at = STEPS + STEPS // 2

        def stopping(self, objective, step, rate):
            if len(calls) == stop_at:
                calls.append(None)
                self._save(0.0)
                raise KeyboardInterrupt
            calls.append(step)
            return update(self, objective, step, rate)

        loop.Loop._update = stopping
        try:
            train(root / "broken", root / "again")
            check(False, "the run was not stopped")
        except KeyboardInterrupt:
            train(root / "broken", root / "again")
        loop.Loop._update = update
        check(len(calls) == len(losses) + 1, f"{len(calls) - 1} updates in two goes, {len(losses)} in one")
        for kind in TINY:
            one, two = (next((root / out / kind).glob("*.safetensors")).read_bytes() for out in ("out", "again"))
            check(one == two, f"{kind} differs after a stop")

        try:
            train(root / "whole", root / "other", "--set", "seed=7")
            check(False, "another seed was not refused")
        except SystemExit as refused:
            check("of another recipe" in str(refused), str(refused))

        pipe = diffusers.StableDiffusionControlNetPipeline.from_pretrained(root / "out")
        check(pipe.vae.config.scaling_factor > 0, "scaling factor")
        ids = pipe.tokenizer("left disc, PA view", padding="max_length", truncation=True).input_ids
        from recipe.vocabulary import Tokenizer

        check(ids == Tokenizer(root / "out" / "tokenizer").encode("left disc, PA view"), "the tokenizer's ids differ from CLIPTokenizer's")
    print("ok")


if __name__ == "__main__":
    main()
