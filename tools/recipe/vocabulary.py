"""The byte-pair vocabulary of a pipeline, learned from captions, in the files of CLIP's tokenizer."""
import json
import re
import unicodedata
from collections import Counter

START, END, WORD_END = "<|startoftext|>", "<|endoftext|>", "</w>"
FIXED = 514
# Contractions, runs of letters, single digits, runs of anything else.
WORD = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d|[^\W\d_]+|\d|(?:[^\s\w]|_)+")


def _characters():
    printable = [b for b in range(256) if 33 <= b <= 126 or 0xA1 <= b <= 0xAC or 0xAE <= b <= 0xFF]
    others = [b for b in range(256) if b not in printable]
    of_byte = {b: chr(b) for b in printable}
    of_byte.update({b: chr(256 + i) for i, b in enumerate(others)})
    return of_byte, [of_byte[b] for b in printable + others]


OF_BYTE, CHARACTERS = _characters()


def _words(text):
    for word in WORD.findall(unicodedata.normalize("NFC", text).lower()):
        yield "".join(OF_BYTE[b] for b in word.encode())


def _merged(tokens, pair):
    result, i = [], 0
    while i < len(tokens):
        if tuple(tokens[i : i + 2]) == pair:
            result.append(tokens[i] + tokens[i + 1])
            i += 2
        else:
            result.append(tokens[i])
            i += 1
    return result


def learn(captions, max_tokens):
    """Merges, most frequent pair first, among equals the first in order of text."""
    counts = Counter(word for caption in captions for word in _words(caption))
    words = [([*word[:-1], word[-1] + WORD_END], count) for word, count in sorted(counts.items())]
    merges = []
    while len(merges) < max_tokens - FIXED:
        pairs = Counter()
        for tokens, count in words:
            for pair in zip(tokens, tokens[1:]):
                pairs[pair] += count
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        words = [(_merged(tokens, best), count) for tokens, count in words]
    return merges


def write(folder, merges, max_length):
    folder.mkdir(parents=True, exist_ok=True)
    tokens = CHARACTERS + [c + WORD_END for c in CHARACTERS] + ["".join(pair) for pair in merges] + [START, END]
    special = {"bos_token": START, "eos_token": END, "pad_token": END, "unk_token": END}
    config = {**special, "do_lower_case": True, "model_max_length": max_length, "tokenizer_class": "CLIPTokenizer"}
    (folder / "merges.txt").write_text("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in merges), encoding="utf-8")
    vocabulary = {token: i for i, token in enumerate(tokens)}
    for name, content in (("vocab", vocabulary), ("special_tokens_map", special), ("tokenizer_config", config)):
        (folder / f"{name}.json").write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


class Tokenizer:
    """Ids of captions, padded to what the text encoder reads."""

    def __init__(self, folder):
        self.ids = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
        lines = (folder / "merges.txt").read_text(encoding="utf-8").splitlines()[1:]
        self.ranks = {tuple(line.split(" ")): i for i, line in enumerate(lines)}
        self.length = json.loads((folder / "tokenizer_config.json").read_text())["model_max_length"]
        self.known = {}

    def encode(self, caption):
        if caption not in self.known:
            if len(self.known) > 20_000:
                self.known.clear()
            ids = [self.ids[token] for word in _words(caption) for token in self._tokens(word)]
            ids = [self.ids[START], *ids[: self.length - 2], self.ids[END]]
            self.known[caption] = ids + [self.ids[END]] * (self.length - len(ids))
        return self.known[caption]

    def _tokens(self, word):
        tokens = [*word[:-1], word[-1] + WORD_END]
        while len(tokens) > 1:
            best = min(zip(tokens, tokens[1:]), key=lambda pair: self.ranks.get(pair, len(self.ranks)))
            if best not in self.ranks:
                break
            tokens = _merged(tokens, best)
        return tokens
