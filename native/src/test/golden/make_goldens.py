"""Makes the goldens of the networks from random tiny diffusers and transformers models.

Run:  python make_goldens.py ../resources/golden
Every parameter is random and non-zero, also those that start as zero (zero convolutions, biases).
Each case is a folder: config.json and weights as the library saves them, io.safetensors with inputs
and outputs (FP32; ids INT64).
"""

import hashlib
import json
import math
import pathlib
import sys

import diffusers
import torch
import transformers
from diffusers import AutoencoderKL, ControlNetModel, UNet2DConditionModel
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel


def randomize(model, seed):
    """Gives every parameter random values that keep activations near 1."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            if parameter.ndim > 1:
                fan_in = parameter.numel() // parameter.shape[0]
                if "embedding.weight" in name:
                    parameter.copy_(noise)
                else:
                    parameter.copy_(noise / math.sqrt(fan_in))
            elif name.endswith("weight"):
                parameter.copy_(1 + 0.3 * noise)
            else:
                parameter.copy_(0.3 * noise)
            assert torch.count_nonzero(parameter) == parameter.numel(), name
    return model.eval()


def randn(seed, *shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def save(folder, model, **tensors):
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder, safe_serialization=True)
    tensors = {name.replace("__", "."): value.contiguous().clone() for name, value in tensors.items()}
    save_file(tensors, folder / "io.safetensors")
    weights = next(file for file in folder.glob("*model.safetensors"))
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    (folder / "SOURCE.md").write_text(
        f"""# {folder.name}

- Model: random {type(model).__name__}, every parameter non-zero, evaluation mode; weights sha256
  `{digest}`
- Tool: `src/test/golden/make_goldens.py` with torch {torch.__version__}, diffusers
  {diffusers.__version__}, transformers {transformers.__version__}
- Device: CPU, FP32
- Tolerance: max|a - b| <= 1e-4 max|b| for each output in FP32
""",
        "utf-8",
    )
    for file in sorted(folder.iterdir()):
        print(f"{file.parent.name}/{file.name}: {file.stat().st_size} bytes")


def diffusion_cxr(out):
    """Three levels and every option as in SD 1.x, with and without a ControlNet's residuals."""
    shared = dict(
        in_channels=4,
        block_out_channels=(8, 12, 16),
        down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
        layers_per_block=2,
        cross_attention_dim=16,
        attention_head_dim=4,
        norm_num_groups=4,
    )
    unet = UNet2DConditionModel(
        sample_size=16,
        out_channels=4,
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
        **shared,
    )
    control = ControlNetModel(
        conditioning_channels=3, conditioning_embedding_out_channels=(4, 8, 8, 12), **shared
    )
    unet, control = randomize(unet, 1), randomize(control, 2)
    sample, text = randn(3, 3, 4, 8, 8), randn(4, 3, 5, 16)
    timestep = torch.tensor([1.0, 481.0, 999.0])
    condition = torch.rand((3, 3, 64, 64), generator=torch.Generator().manual_seed(5))
    down, mid = control(sample, timestep, text, condition, return_dict=False)
    inputs = dict(sample=sample, timestep=timestep, text=text)
    residuals = {f"down.{i}": value for i, value in enumerate(down)} | {"mid": mid}
    save(out / "controlnet-cxr", control, condition=condition, **inputs, **residuals)
    plain = unet(sample, timestep, text).sample
    controlled = unet(
        sample,
        timestep,
        text,
        down_block_additional_residuals=down,
        mid_block_additional_residual=mid,
    ).sample
    save(out / "unet-cxr", unet, **inputs, **residuals, plain=plain, controlled=controlled)


def unet_linear(out):
    """Linear projections, heads per level, sines first, two transformer layers, odd batch."""
    unet = UNet2DConditionModel(
        sample_size=8,
        in_channels=5,
        out_channels=3,
        block_out_channels=(8, 16, 16),
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        layers_per_block=1,
        transformer_layers_per_block=(1, 1, 2),
        cross_attention_dim=12,
        attention_head_dim=(2, 4, 8),
        norm_num_groups=8,
        use_linear_projection=True,
        flip_sin_to_cos=False,
        freq_shift=1,
    )
    unet = randomize(unet, 11)
    sample, text = randn(12, 5, 5, 8, 12), randn(13, 5, 7, 12)
    timestep = torch.tensor([0.0, 33.5, 250.0, 711.25, 999.0])
    plain = unet(sample, timestep, text).sample
    save(out / "unet-linear", unet, sample=sample, timestep=timestep, text=text, plain=plain)


def autoencoder(out):
    vae = AutoencoderKL(
        in_channels=1,
        out_channels=1,
        block_out_channels=(4, 8, 16, 16),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=2,
        latent_channels=4,
        norm_num_groups=4,
        sample_size=32,
    )
    vae = randomize(vae, 21)
    image, latents = randn(22, 3, 1, 32, 24), randn(23, 3, 4, 4, 3)
    posterior = vae.encode(image).latent_dist
    assert posterior.logvar.abs().max() < 19, "the clamp must not hide differences"
    save(
        out / "vae",
        vae,
        image=image,
        mean=posterior.mean,
        logvar=posterior.logvar,
        latents=latents,
        decoded=vae.decode(latents).sample,
    )


def text_encoder(out, name, activation, seed):
    config = CLIPTextConfig(
        vocab_size=64,
        hidden_size=24,
        intermediate_size=40,
        num_hidden_layers=3,
        num_attention_heads=4,
        max_position_embeddings=12,
        hidden_act=activation,
        eos_token_id=63,
        bos_token_id=62,
        pad_token_id=63,
    )
    model = randomize(CLIPTextModel(config), seed)
    ids = torch.randint(0, 62, (3, 12), generator=torch.Generator().manual_seed(seed + 1))
    ids[0, 5:] = 63
    ids[1, 8:] = 63
    ids[2, 11:] = 63
    short = ids[:, :7]
    save(
        out / name,
        model,
        ids=ids,
        last_hidden_state=model(ids).last_hidden_state,
        short_ids=short,
        short_last_hidden_state=model(short).last_hidden_state,
    )


def main():
    out = pathlib.Path(sys.argv[1])
    torch.set_num_threads(2)  # another number moves the last bits
    torch.use_deterministic_algorithms(True)
    with torch.no_grad():
        diffusion_cxr(out)
        unet_linear(out)
        autoencoder(out)
        text_encoder(out, "clip-quick-gelu", "quick_gelu", 31)
        text_encoder(out, "clip-gelu", "gelu", 41)
    versions = {m.__name__: m.__version__ for m in (torch, diffusers, transformers)}
    print(json.dumps(versions))


if __name__ == "__main__":
    main()
