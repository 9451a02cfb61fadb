"""The pipeline's networks, from their configurations, with the first weights that the Java trainer gives them."""
import json
import math

import torch
import torch.nn.functional as F
from torch import nn

from . import java_random

FILES = {
    "vae": "diffusion_pytorch_model.safetensors",
    "unet": "diffusion_pytorch_model.safetensors",
    "text_encoder": "model.safetensors",
    "controlnet": "diffusion_pytorch_model.safetensors",
}
ZERO = ("controlnet_down_blocks", "controlnet_mid_block", "controlnet_cond_embedding.conv_out")


class PatchCritic(nn.Module):
    """Tells real images from drawn ones, patch by patch."""

    def __init__(self, channels=(24, 48, 96)):
        super().__init__()
        pairs = zip((1, *channels), channels)
        self.layers = nn.ModuleList(nn.Conv2d(a, b, 4, 2, 1) for a, b in pairs)
        self.verdict = nn.Conv2d(channels[-1], 1, 3, 1, 1)

    def forward(self, x):
        hidden = []
        for layer in self.layers:
            x = F.leaky_relu(layer(x), 0.2)
            hidden.append(x)
        return self.verdict(x), hidden


def create(kind, config, seed):
    """A new network; `config` is the file's content."""
    import diffusers
    import transformers

    if kind == "text_encoder":
        network = transformers.CLIPTextModel(transformers.CLIPTextConfig(**config))
    elif kind == "critic":
        network = PatchCritic(tuple(config["channels"]))
    else:
        owner = getattr(diffusers, config["_class_name"])
        network = owner.from_config({k: v for k, v in config.items() if not k.startswith("_")})
    fill(network, kind, seed)
    return network.train()


def full_name(kind, name):
    """A parameter's name in the published files."""
    return f"text_model.{name}" if kind == "text_encoder" and not name.startswith("text_model.") else name


def fill(network, kind, seed):
    """First values by each parameter's own name: uniform by fan-in, embeddings normal, zero convolutions zero."""
    with torch.no_grad():
        for path, module in network.named_modules():
            fan_in = None
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                fan_in = module.weight[0].numel()
            for short, parameter in module.named_parameters(recurse=False):
                name = full_name(kind, f"{path}.{short}" if path else short)
                count = parameter.numel()
                if isinstance(module, nn.Embedding):
                    values = java_random.normal(name, seed, count, 0.02)
                elif fan_in is None:
                    parameter.fill_(1.0 if short == "weight" else 0.0)
                    continue
                elif name.startswith(ZERO):
                    parameter.zero_()
                    continue
                else:
                    values = java_random.uniform(name, seed, count, 1 / math.sqrt(fan_in))
                parameter.copy_(torch.from_numpy(values).view_as(parameter))


def start_autoencoder(vae, log_variance=-5.0):
    """A new autoencoder's latents nearly without noise, and residual blocks that do nothing yet."""
    with torch.no_grad():
        for name, parameter in vae.named_parameters():
            if ".conv2." in name:
                parameter.zero_()
        head = vae.encoder.conv_out if vae.quant_conv is None else vae.quant_conv
        head.bias[len(head.bias) // 2 :] = log_variance


def state(network, kind):
    """Learned tensors by their published names."""
    return {full_name(kind, name): p.detach() for name, p in network.named_parameters()}


def load(network, kind, tensors):
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            parameter.copy_(tensors[full_name(kind, name)])


def read_json(path):
    return json.loads(path.read_text(encoding="utf-8"))
