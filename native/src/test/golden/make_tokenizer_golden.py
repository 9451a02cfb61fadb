"""Writes what transformers' CLIP tokenizers make of golden/tokenizer/texts.json.

Run:  python make_tokenizer_golden.py ../resources/golden/tokenizer
The vocabulary files in that folder are BpeVocabulary.learn(prompts.txt, 640); a test checks that.
"""

import json
import pathlib
import sys

import transformers
from transformers import CLIPTokenizer, CLIPTokenizerFast

LENGTH = 24


def main():
    folder = pathlib.Path(sys.argv[1])
    texts = json.loads((folder / "texts.json").read_text("utf-8"))
    fast = CLIPTokenizerFast(str(folder / "vocab.json"), str(folder / "merges.txt"), **options(folder))
    slow = CLIPTokenizer(str(folder / "vocab.json"), str(folder / "merges.txt"), **options(folder))
    cases = []
    for text in texts:
        ids = fast(text, padding="max_length", truncation=True, max_length=LENGTH).input_ids
        whole = len(fast(text).input_ids)
        other = slow(text, padding="max_length", truncation=True, max_length=LENGTH).input_ids
        if ids != other:
            raise AssertionError(f"slow and fast differ: {text!r} {ids} {other}")
        cases.append({"text": text, "ids": ids, "dropped": max(0, whole - LENGTH)})
    expected = {"length": LENGTH, "transformers": transformers.__version__, "cases": cases}
    (folder / "SOURCE.md").write_text(
        f"""# tokenizer

- Vocabulary: ours, `BpeVocabulary.learn(prompts.txt, 640)`
- Tool: `src/test/golden/make_tokenizer_golden.py` with transformers {transformers.__version__};
  CLIPTokenizer and CLIPTokenizerFast agree on each text
- Tolerance: none, ids are equal
""",
        "utf-8",
    )
    (folder / "expected.json").write_text(json.dumps(expected, indent=1) + "\n", "utf-8")


def options(folder):
    return json.loads((folder / "special_tokens_map.json").read_text("utf-8"))


if __name__ == "__main__":
    main()
