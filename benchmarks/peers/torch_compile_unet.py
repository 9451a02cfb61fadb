#!/usr/bin/env python3
"""The U-Net of Stable Diffusion 1.x in plain PyTorch, eager and by torch.compile: what our step of the same network is judged beside.

The architecture and the names of its weights are those of diffusers' UNet2DConditionModel; weights are read from a pipeline's unet
folder, so that both sides compute the same. Needs PyTorch alone.

    python3 torch_compile_unet.py --pipeline FOLDER [--rows 2,16] [--seconds 10] [--json FILE] [--device cuda|cpu]
"""
import argparse
import json
import math
import statistics
import sys
import time
from pathlib import Path

try:
    import torch
    from torch import nn
    from torch.nn import functional
except ImportError:
    sys.exit("torch_compile_unet: this Python has no PyTorch (expected: PyTorch 2 with CUDA)")


class Resnet(nn.Module):
    def __init__(self, channels, out, embedding, groups):
        super().__init__()
        self.norm1 = nn.GroupNorm(groups, channels, eps=1e-5)
        self.conv1 = nn.Conv2d(channels, out, 3, padding=1)
        self.time_emb_proj = nn.Linear(embedding, out)
        self.norm2 = nn.GroupNorm(groups, out, eps=1e-5)
        self.conv2 = nn.Conv2d(out, out, 3, padding=1)
        if channels != out:
            self.conv_shortcut = nn.Conv2d(channels, out, 1)

    def forward(self, x, time):
        hidden = self.conv1(functional.silu(self.norm1(x)))
        hidden = hidden + self.time_emb_proj(functional.silu(time))[:, :, None, None]
        hidden = self.conv2(functional.silu(self.norm2(hidden)))
        return hidden + (self.conv_shortcut(x) if hasattr(self, "conv_shortcut") else x)


class Attention(nn.Module):
    def __init__(self, channels, context, heads):
        super().__init__()
        self.heads = heads
        self.to_q = nn.Linear(channels, channels, bias=False)
        self.to_k = nn.Linear(context, channels, bias=False)
        self.to_v = nn.Linear(context, channels, bias=False)
        self.to_out = nn.ModuleList([nn.Linear(channels, channels)])

    def split(self, x):
        return x.view(x.shape[0], x.shape[1], self.heads, -1).transpose(1, 2)

    def forward(self, x, context):
        q, k, v = self.split(self.to_q(x)), self.split(self.to_k(context)), self.split(self.to_v(context))
        attended = functional.scaled_dot_product_attention(q, k, v)
        return self.to_out[0](attended.transpose(1, 2).reshape(x.shape))


class GatedProjection(nn.Module):
    def __init__(self, channels, out):
        super().__init__()
        self.proj = nn.Linear(channels, 2 * out)

    def forward(self, x):
        value, gate = self.proj(x).chunk(2, dim=-1)
        return value * functional.gelu(gate)


class FeedForward(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.net = nn.ModuleList([GatedProjection(channels, 4 * channels), nn.Identity(), nn.Linear(4 * channels, channels)])

    def forward(self, x):
        return self.net[2](self.net[0](x))


class TransformerBlock(nn.Module):
    def __init__(self, channels, context, heads):
        super().__init__()
        self.norm1 = nn.LayerNorm(channels)
        self.attn1 = Attention(channels, channels, heads)
        self.norm2 = nn.LayerNorm(channels)
        self.attn2 = Attention(channels, context, heads)
        self.norm3 = nn.LayerNorm(channels)
        self.ff = FeedForward(channels)

    def forward(self, x, text):
        normed = self.norm1(x)
        x = x + self.attn1(normed, normed)
        x = x + self.attn2(self.norm2(x), text)
        return x + self.ff(self.norm3(x))


class Transformer(nn.Module):
    def __init__(self, channels, context, heads, groups):
        super().__init__()
        self.norm = nn.GroupNorm(groups, channels, eps=1e-6)
        self.proj_in = nn.Conv2d(channels, channels, 1)
        self.transformer_blocks = nn.ModuleList([TransformerBlock(channels, context, heads)])
        self.proj_out = nn.Conv2d(channels, channels, 1)

    def forward(self, x, text):
        rows, channels, height, width = x.shape
        hidden = self.proj_in(self.norm(x)).permute(0, 2, 3, 1).reshape(rows, height * width, channels)
        hidden = self.transformer_blocks[0](hidden, text)
        hidden = hidden.reshape(rows, height, width, channels).permute(0, 3, 1, 2)
        return self.proj_out(hidden) + x


class Sampler(nn.Module):
    def __init__(self, channels, stride):
        super().__init__()
        self.stride = stride
        self.conv = nn.Conv2d(channels, channels, 3, stride=stride, padding=1)

    def forward(self, x):
        if self.stride == 1:
            x = functional.interpolate(x, scale_factor=2.0, mode="nearest")
        return self.conv(x)


class Block(nn.Module):
    """Resnets, each perhaps followed by a transformer, then perhaps a sampler; skips enter or leave at each resnet."""

    def __init__(self, widths, out, config, attends):
        super().__init__()
        embedding, groups = 4 * config["block_out_channels"][0], config["norm_num_groups"]
        self.resnets = nn.ModuleList([Resnet(width, out, embedding, groups) for width in widths])
        if attends:
            text, heads = config["cross_attention_dim"], config["attention_head_dim"]
            self.attentions = nn.ModuleList([Transformer(out, text, heads, groups) for _ in range(attends)])

    def layer(self, index, x, time, text):
        x = self.resnets[index](x, time)
        return self.attentions[index](x, text) if hasattr(self, "attentions") else x


class TimeEmbedding(nn.Module):
    def __init__(self, channels, out):
        super().__init__()
        self.linear_1 = nn.Linear(channels, out)
        self.linear_2 = nn.Linear(out, out)

    def forward(self, x):
        return self.linear_2(functional.silu(self.linear_1(x)))


class UNet(nn.Module):
    def __init__(self, config):
        super().__init__()
        channels, layers, groups = config["block_out_channels"], config["layers_per_block"], config["norm_num_groups"]
        self.first = channels[0]
        self.conv_in = nn.Conv2d(config["in_channels"], channels[0], 3, padding=1)
        self.time_embedding = TimeEmbedding(channels[0], 4 * channels[0])
        self.down_blocks, self.up_blocks = nn.ModuleList(), nn.ModuleList()
        skips, width = [channels[0]], channels[0]
        for level, out in enumerate(channels):
            attends = layers if config["down_block_types"][level].startswith("CrossAttn") else 0
            block = Block([width] + [out] * (layers - 1), out, config, attends)
            skips += [out] * layers
            if level + 1 < len(channels):
                block.downsamplers = nn.ModuleList([Sampler(out, 2)])
                skips.append(out)
            self.down_blocks.append(block)
            width = out
        self.mid_block = Block([width, width], width, config, 1)
        for level, out in enumerate(reversed(channels)):
            widths = []
            for _ in range(layers + 1):
                widths.append(width + skips.pop())
                width = out
            attends = layers + 1 if config["up_block_types"][level].startswith("CrossAttn") else 0
            block = Block(widths, out, config, attends)
            if level + 1 < len(channels):
                block.upsamplers = nn.ModuleList([Sampler(out, 1)])
            self.up_blocks.append(block)
        self.conv_norm_out = nn.GroupNorm(groups, channels[0], eps=1e-5)
        self.conv_out = nn.Conv2d(channels[0], config["out_channels"], 3, padding=1)

    def forward(self, sample, timestep, text):
        half = self.first // 2
        rates = torch.exp(torch.arange(half, device=sample.device) * (-math.log(10000) / half))
        angles = timestep[:, None] * rates[None, :]
        time = self.time_embedding(torch.cat([angles.cos(), angles.sin()], dim=-1).to(sample.dtype))
        x = self.conv_in(sample)
        skips = [x]
        for block in self.down_blocks:
            for index in range(len(block.resnets)):
                x = block.layer(index, x, time, text)
                skips.append(x)
            if hasattr(block, "downsamplers"):
                x = block.downsamplers[0](x)
                skips.append(x)
        x = self.mid_block.resnets[0](x, time)
        x = self.mid_block.attentions[0](x, text)
        x = self.mid_block.resnets[1](x, time)
        for block in self.up_blocks:
            for index in range(len(block.resnets)):
                x = block.layer(index, torch.cat([x, skips.pop()], dim=1), time, text)
            if hasattr(block, "upsamplers"):
                x = block.upsamplers[0](x)
        return self.conv_out(functional.silu(self.conv_norm_out(x)))


def weights(file):
    """Tensors of a safetensors file: a length, a JSON header, the bytes."""
    types = {"F16": torch.float16, "F32": torch.float32, "BF16": torch.bfloat16}
    data = bytearray(Path(file).read_bytes())
    length = int.from_bytes(data[:8], "little")
    header = json.loads(bytes(data[8 : 8 + length]))
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        dtype = types[entry["dtype"]]
        tensors[name] = torch.frombuffer(data, dtype=dtype, count=(end - begin) // dtype.itemsize, offset=8 + length + begin).view(entry["shape"])
    return tensors


def load(folder, dtype, device):
    config = json.loads((folder / "config.json").read_text())
    with torch.device("meta"):
        network = UNet(config)
    network.load_state_dict(weights(folder / "diffusion_pytorch_model.safetensors"), assign=True)
    network = network.to(device=device, dtype=dtype).eval()
    return config, network.to(memory_format=torch.channels_last) if device == "cuda" else network


def inputs(config, rows, text_length, dtype, device):
    side = config["sample_size"]
    generator = torch.Generator().manual_seed(1)
    sample = torch.randn(rows, config["in_channels"], side, side, generator=generator)
    text = torch.randn(rows, text_length, config["cross_attention_dim"], generator=generator)
    timestep = torch.linspace(999, 1, rows)
    sample = sample.to(device=device, dtype=dtype)
    return sample.to(memory_format=torch.channels_last), timestep.to(device), text.to(device=device, dtype=dtype)


def seconds_a_step(network, given, budget, device):
    """The median of groups of steps, after a warm-up, in about budget seconds."""

    def wait():
        if device == "cuda":
            torch.cuda.synchronize()

    for _ in range(3):
        network(*given)
    wait()
    groups, until = [], time.perf_counter() + budget
    while len(groups) < 5 or time.perf_counter() < until:
        start = time.perf_counter()
        for _ in range(5):
            network(*given)
        wait()
        groups.append((time.perf_counter() - start) / 5)
    return statistics.median(groups)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pipeline", required=True, type=Path)
    parser.add_argument("--rows", default="2,16", type=lambda text: [int(part) for part in text.split(",")])
    parser.add_argument("--seconds", default=10, type=float, help="of one measurement")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--device", default="cuda", choices=["cuda", "cpu"])
    given = parser.parse_args()
    if given.device == "cuda" and not torch.cuda.is_available():
        sys.exit("torch_compile_unet: PyTorch finds no GPU (expected: one with CUDA, or --device cpu)")
    dtype = torch.float16 if given.device == "cuda" else torch.float32
    config, network = load(given.pipeline / "unet", dtype, given.device)
    compiled = torch.compile(network, mode="reduce-overhead" if given.device == "cuda" else "default", fullgraph=True, dynamic=False)
    result = {
        "torch": torch.__version__,
        "device": torch.cuda.get_device_name() if given.device == "cuda" else "cpu",
        "precision": str(dtype).removeprefix("torch."),
        "steps": [],
    }
    with torch.inference_mode():
        for rows in sorted(given.rows, reverse=True):  # the largest first: it is the one that is compared
            batch = inputs(config, rows, 77, dtype, given.device)
            eager = seconds_a_step(network, batch, given.seconds / 2, given.device)
            begun = time.perf_counter()
            compiled(*batch)
            took = time.perf_counter() - begun
            fast = seconds_a_step(compiled, batch, given.seconds, given.device)
            step = {"rows": rows, "eagerMillis": 1e3 * eager, "compiledMillis": 1e3 * fast, "compileSeconds": took}
            result["steps"].append(step)
            print(f"{rows} rows: eager {1e3 * eager:.2f} ms, compiled {1e3 * fast:.2f} ms (compiled in {took:.0f} s)", flush=True)
            if given.json:
                given.json.write_text(json.dumps(result))


if __name__ == "__main__":
    main()
