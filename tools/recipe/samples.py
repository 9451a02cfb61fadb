"""Sample shards (safetensors and JSON Lines, as `./synthorax phantom --format shards` writes them) and their captions."""
import hashlib
import json
import struct
from pathlib import Path

import numpy as np
import torch

from .java_random import BatchOrder

HELD_OUT_EVERY, HELD_OUT_MOST = 64, 64
NORMAL = "no acute findings"


def _tensors(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
    tensors = {}
    for name in ("images", "masks"):
        if name in header:
            start, end = header[name]["data_offsets"]
            shape = tuple(header[name]["shape"])
            if end - start != int(np.prod(shape)):
                raise SystemExit(f"{path}: {name} {shape} of {end - start} bytes (expected: U8, {int(np.prod(shape))} bytes)")
            tensors[name] = np.memmap(path, np.uint8, "r", 8 + length + start, shape)
    return tensors, header.get("__metadata__", {})


class Samples:
    """All samples of several folders, `DIR` or `DIR:WEIGHT`, counted through. Mapped, not read."""

    def __init__(self, folders):
        self.labels, self.images, self.masks, self.starts, self.parts = [], [], [], [], []
        self.structures = []
        digest = hashlib.sha256()
        for text in folders:
            folder, weight = _source(text)
            first = len(self.labels)
            paths = sorted(folder.glob("shard-*.safetensors"))
            if not paths:
                raise SystemExit(f"{folder}: no shard-*.safetensors (expected: a folder of sample shards)")
            for path in paths:
                tensors, metadata = _tensors(path)
                self.starts.append(len(self.labels))
                self.images.append(tensors["images"])
                self.masks.append((tensors.get("masks"), metadata.get("structures", "").split(",")))
                self.structures += [s for s in self.masks[-1][1] if s and s not in self.structures]
                with open(path.with_suffix(".jsonl"), encoding="utf-8") as lines:
                    self.labels += [json.loads(line) for line in lines]
                digest.update(f"{path.name} {path.stat().st_size} {weight}".encode())
                digest.update(path.with_suffix(".jsonl").read_bytes())
            self.parts.append((first, len(self.labels), weight))
        sizes = {images.shape[2:] for images in self.images}
        if len(sizes) > 1:
            raise SystemExit(f"images of {sorted(sizes)} (expected: one size in all folders)")
        self.side = self.images[0].shape[2]
        self.resident = None
        self.digest = digest.hexdigest()

    def held_out(self):
        """Indices that no order draws."""
        return [
            first + i
            for first, end, _ in self.parts
            for i in range(end - first)
            if i % HELD_OUT_EVERY == HELD_OUT_EVERY - 1 and i // HELD_OUT_EVERY < HELD_OUT_MOST
        ]

    def order(self, batch_size, seed):
        held = set(self.held_out())
        sources = [([i for i in range(first, end) if i not in held], weight) for first, end, weight in self.parts]
        return BatchOrder([s for s in sources if s[0]], batch_size, seed)

    def _where(self, index):
        shard = int(np.searchsorted(self.starts, index, side="right")) - 1
        return shard, index - self.starts[shard]

    def keep_on(self, device, structures):
        """Copies all samples to a device's memory, for batches without a transfer."""
        images = torch.cat([torch.from_numpy(shard[:]).to(device) for shard in self.images])
        parts = [range(i, min(i + 256, len(self.labels))) for i in range(0, len(self.labels), 256)]
        masks = torch.cat([self._masks(part, structures).to(device) for part in parts])
        self.resident = images, masks

    def batch(self, indices, device):
        """Images in -1..1, [n, 1, side, side]."""
        if self.resident:
            return self.resident[0][torch.as_tensor(indices, device=device)].float() / 127.5 - 1
        found = [self._where(i) for i in indices]
        pixels = torch.from_numpy(np.stack([self.images[shard][place] for shard, place in found]))
        return pixels.to(device).float() / 127.5 - 1

    def batch_masks(self, indices, structures, device):
        """Masks, 0 or 1; 0 where a structure is not known. [n, structures, side, side]."""
        if self.resident:
            return self.resident[1][torch.as_tensor(indices, device=device)].float()
        return self._masks(indices, structures).to(device).float()

    def _masks(self, indices, structures):
        result = np.zeros((len(indices), len(structures), self.side, self.side), np.uint8)
        for row, index in enumerate(indices):
            shard, place = self._where(index)
            masks, names = self.masks[shard]
            known = self.labels[index].get("known_structures")
            for channel, structure in enumerate(structures):
                if structure in names and (known is None or structure in known):
                    result[row, channel] = masks[place][names.index(structure)]
        return torch.from_numpy(result)


def _source(text):
    folder, _, weight = text.rpartition(":")
    if folder and weight.replace(".", "", 1).isdigit():
        return Path(folder), float(weight)
    return Path(text), 1.0


class Captions:
    """A prompt, or the findings where there is none, and a part for each attribute a sample has, each left out at times."""

    def __init__(self, parts):
        self.parts = parts

    def whole(self, label):
        return self.drawn(label, [-1.0] * len(self.parts))

    def drawn(self, label, draws):
        words = [label.get("prompt") or self._findings(label)]
        for part, draw in zip(self.parts, draws):
            value = label.get("attributes", {}).get(part["attribute"])
            if value is not None and draw < part["keep"]:
                words.append(part["words"].replace("{}", self._text(value, part.get("round", 0))))
        return ", ".join(word for word in words if word.strip())

    @staticmethod
    def _findings(label):
        if label["findings"] == ["normal"]:
            return NORMAL
        return " and ".join(finding.replace("_", " ") for finding in label["findings"])

    @staticmethod
    def _text(value, multiple):
        if isinstance(value, list):
            return ", ".join(map(str, value))
        if isinstance(value, bool):
            return str(value).lower()
        if multiple:
            try:
                return str(int(float(value)) // multiple * multiple)
            except ValueError:
                return str(value)
        return str(value)
