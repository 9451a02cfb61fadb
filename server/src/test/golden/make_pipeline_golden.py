"""Writes golden/diffusers-pipeline: a tiny random ControlNet pipeline as diffusers saves it, and the images that diffusers makes of it.

Run:  python make_pipeline_golden.py ../resources/golden/diffusers-pipeline
"""

import pathlib
import shutil
import sys
import tempfile

import diffusers
import torch
import transformers

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[4] / "benchmarks/peers"))
import diffusers_parity as parity


def main():
    folder = pathlib.Path(sys.argv[1])
    shutil.rmtree(folder, ignore_errors=True)
    model = folder / "model"
    with tempfile.TemporaryDirectory() as work:
        tokens = parity.tokenizer(pathlib.Path(work), "!")
        parts = {name: part.half() for name, part in parity.networks(True).items()}
        scheduler = diffusers.DPMSolverMultistepScheduler(**parity.SD, use_karras_sigmas=True)
        pipe = parity.pipeline(parts, tokens, scheduler, True)
        pipe.save_pretrained(model, variant="fp16", max_shard_size="90KB")
    case = parity.Case("golden", controlled=True, variant="fp16", negative=parity.NEGATIVE)
    latents, masks = parity.inputs()
    latents.tofile(folder / "latents.f32")
    parity.reference(case, model, latents, masks).astype("uint8").tofile(folder / "expected.u8")
    (folder / "SOURCE.md").write_text(
        f"""# A pipeline saved by diffusers

- `model`: StableDiffusionControlNetPipeline of random networks, every parameter non-zero, FP16, sharded, with the traits of Stable Diffusion 2.x
  (`!` pads, linear projections, heads a level), latents of {parity.LATENT[0]} x {parity.LATENT[1]}, DPM-Solver++ 2M with Karras noise levels
- `latents.f32`: the start, float32 {list(latents.shape)}; `expected.u8`: diffusers' images, grey
  [{parity.IMAGES}, {parity.LATENT[0] * parity.FACTOR}, {parity.LATENT[1] * parity.FACTOR}]; prompt, negative prompt, {parity.STEPS} steps, guidance
  {parity.GUIDANCE:g} and masks as in `benchmarks/peers/diffusers_parity.py`
- Tool: `src/test/golden/make_pipeline_golden.py` with diffusers {diffusers.__version__}, transformers {transformers.__version__}, torch {torch.__version__}
- Device: CPU, float32. Tolerance: 1 grey level of 255
""",
        "utf-8",
    )


if __name__ == "__main__":
    main()
