"""Writes what transformers' CLIPTokenizer makes of texts with "!" where that is the padding token, as in Stable Diffusion 2.x.

Run:  python make_pad_token_golden.py ../resources/golden/tokenizer
"""

import json
import pathlib
import shutil
import sys
import tempfile

import transformers
from transformers import CLIPTokenizer

LENGTH = 16
TEXTS = ["chest!", "chest !", "! chest", "a!!b", "Chest ! X ?!", "!", "no! pneumothorax!!! ", "x!?", "a\n!\tb", "it's!", "large effusion", ""]


def main():
    folder = pathlib.Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as copy:
        for name in ("vocab.json", "merges.txt"):
            shutil.copy(folder / name, copy)
        config = json.loads((folder / "tokenizer_config.json").read_text("utf-8"))
        (pathlib.Path(copy) / "tokenizer_config.json").write_text(json.dumps(dict(config, pad_token="!")), "utf-8")
        tokenizer = CLIPTokenizer.from_pretrained(copy)
        cases = [
            {"text": text, "ids": tokenizer(text, padding="max_length", truncation=True, max_length=LENGTH).input_ids}
            for text in TEXTS
        ]
    expected = {"length": LENGTH, "transformers": transformers.__version__, "cases": cases}
    (folder / "expected-pad.json").write_text(json.dumps(expected, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
