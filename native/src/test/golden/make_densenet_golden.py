"""Makes the goldens of DenseNet from random tiny models of torchvision.

Run:  python make_densenet_golden.py ../resources/golden
Every parameter is random and non-zero, running statistics included. Each case is a folder:
config.json, weights under the names of the state dict, io.safetensors with images, the hidden maps
and the logits in evaluation mode, then the logits of a training pass and the statistics that it
leaves.
"""

import hashlib
import json
import math
import pathlib
import sys

import torch
import torchvision
from safetensors.torch import save_file
from torchvision.models import DenseNet


def randomize(model, seed):
    """Random values that keep activations near 1."""
    generator = torch.Generator().manual_seed(seed)
    for name, tensor in model.state_dict().items():
        noise = torch.randn(tensor.shape, generator=generator)
        if name.endswith("num_batches_tracked"):
            tensor.fill_(7)
        elif name.endswith("running_var"):
            tensor.copy_(0.5 + noise.abs())
        elif tensor.ndim > 1:
            tensor.copy_(noise / math.sqrt(tensor.numel() // tensor.shape[0]))
        elif name.endswith("weight"):
            tensor.copy_(1 + 0.3 * noise)
        else:
            tensor.copy_(0.3 * noise)
        assert torch.count_nonzero(tensor) == tensor.numel(), name
    return model


def keep(tensors, name, rectified):
    """A hook that keeps a module's first result, as it is after the ReLU behind it."""

    def hook(module, inputs, result):
        tensors.setdefault(name, (torch.relu(result) if rectified else result).clone())

    return hook


def make(out, name, channels, scale, shift, images, seed, **sizes):
    model = DenseNet(**sizes)
    if channels != 3:
        model.features.conv0 = torch.nn.Conv2d(channels, sizes["num_init_features"], 7, 2, 3, bias=False)
    randomize(model, seed)
    weights = {key: value.clone() for key, value in model.state_dict().items()}
    tensors = {"image": images}
    features = model.features
    maps = [features.norm0]
    maps += [getattr(features, f"denseblock{i}") for i in range(1, len(sizes["block_config"]))]
    for i, module in enumerate([*maps, features.norm5]):
        module.register_forward_hook(keep(tensors, f"feature.{i}", i in (0, len(maps))))
    view = (1, channels, 1, 1)
    x = images * torch.tensor(scale).view(view) + torch.tensor(shift).view(view)
    tensors["logits"] = model.eval()(x)
    tensors["training_logits"] = model.train()(x)
    for key, value in model.state_dict().items():
        if "running" in key:
            tensors["after." + key] = value
    folder = out / name
    folder.mkdir(parents=True, exist_ok=True)
    config = {"_class_name": "DenseNet", "in_channels": channels, "input_scale": scale, "input_shift": shift}
    (folder / "config.json").write_text(json.dumps(config | sizes, indent=2) + "\n", "utf-8")
    save_file(weights, folder / "model.safetensors")
    save_file({key: value.contiguous() for key, value in tensors.items()}, folder / "io.safetensors")
    digest = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    (folder / "SOURCE.md").write_text(
        f"""# {name}

- Model: random torchvision DenseNet {sizes}, {channels} input channels, every parameter and running statistic
  non-zero; weights sha256 `{digest}`
- Tool: `src/test/golden/make_densenet_golden.py` with torch {torch.__version__}, torchvision {torchvision.__version__}
- Device: CPU, FP32
- Tolerance: max|a - b| <= 1e-4 max|b| for each output in FP32
""",
        "utf-8",
    )
    for file in sorted(folder.iterdir()):
        print(f"{name}/{file.name}: {file.stat().st_size} bytes")


def main():
    out = pathlib.Path(sys.argv[1])
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    generator = torch.Generator().manual_seed(51)
    grey = torch.rand((3, 1, 48, 32), generator=generator) * 2 - 1
    colour = torch.rand((2, 3, 32, 64), generator=generator) * 2 - 1
    with torch.no_grad():
        make(
            out, "densenet-grey", 1, [4.0], [0.25], grey, 52,
            growth_rate=4, block_config=(2, 3, 2), num_init_features=6, bn_size=2, num_classes=5,
        )
        make(
            out, "densenet-colour", 3, [1.0] * 3, [0.0] * 3, colour, 53,
            growth_rate=3, block_config=(2, 1, 2, 2), num_init_features=8, bn_size=4, num_classes=2,
        )


if __name__ == "__main__":
    main()
