"""Java's SplittableRandom, and what the Java trainer draws from it: orders of samples and first weights.

The same seed gives the same batches and the same first weights on both sides, so that their losses can be compared step by step.
"""
import math

import numpy as np

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15


def signed(value):
    """A number as Java's 64-bit arithmetic leaves it, without a sign."""
    return value & MASK


class SplittableRandom:
    def __init__(self, seed):
        self.state = signed(seed)

    def _next(self):
        self.state = signed(self.state + GOLDEN)
        return self.state

    def next_int(self):
        z = self._next()
        z = signed((z ^ (z >> 33)) * 0x62A9D9ED799705F5)
        return (signed((z ^ (z >> 28)) * 0xCB24D0A5C88C35B3)) >> 32

    def below(self, bound):
        """An integer in 0..bound - 1."""
        r = self.next_int()
        if bound & (bound - 1) == 0:
            return r & (bound - 1)
        u = r >> 1
        r = u % bound
        while u + bound - 1 - r >= 1 << 31:
            u = self.next_int() >> 1
            r = u % bound
        return r


def doubles(seed, count):
    """The first `count` numbers in 0..1 of a generator."""
    with np.errstate(over="ignore"):
        z = np.uint64(signed(seed)) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(GOLDEN)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(11)).astype(np.float64) * 2.0**-53


def _seed_of(name, seed):
    value = 0xCBF29CE484222325
    for character in name:
        value = signed((value ^ ord(character)) * 0x100000001B3)
    return signed(seed) ^ value


def uniform(name, seed, count, bound):
    """First values of the parameter `name`, uniform in -bound..bound."""
    return ((2 * doubles(_seed_of(name, seed), count) - 1) * bound).astype(np.float32)


def normal(name, seed, count, deviation):
    """First values of the parameter `name`, normal."""
    drawn = doubles(_seed_of(name, seed), 2 * count)
    radius = np.sqrt(-2 * np.log(1 - drawn[0::2]))
    return (deviation * radius * np.cos(2 * math.pi * drawn[1::2])).astype(np.float32)


class BatchOrder:
    """Which samples a step sees: each place of a batch belongs to the source that is furthest behind its weight.

    `sources` is a list of (indices, weight).
    """

    def __init__(self, sources, batch_size, seed):
        self.sources, self.batch_size, self.seed = sources, batch_size, seed
        self.weights = sum(weight for _, weight in sources)
        self._restart()

    def _restart(self):
        self.position = 0
        self.drawn = [0] * len(self.sources)
        self.epochs = [-1] * len(self.sources)
        self.orders = [None] * len(self.sources)

    def batch(self, step):
        if step * self.batch_size < self.position:
            self._restart()
        while self.position < step * self.batch_size:
            self._take()
        return np.array([self._sample(*self._take()) for _ in range(self.batch_size)])

    def _take(self):
        behind = [w / self.weights * (self.position + 1) - n for (_, w), n in zip(self.sources, self.drawn)]
        source = behind.index(max(behind))
        self.drawn[source] += 1
        self.position += 1
        return source, self.drawn[source] - 1

    def _sample(self, source, count):
        samples = self.sources[source][0]
        epoch, place = divmod(count, len(samples))
        if epoch != self.epochs[source]:
            random = SplittableRandom((self.seed * GOLDEN + source) * 0xBF58476D1CE4E5B9 + epoch)
            order = [0] * len(samples)
            for i in range(len(samples)):
                j = random.below(i + 1)
                order[i] = order[j]
                order[j] = samples[i]
            self.orders[source], self.epochs[source] = order, epoch
        return self.orders[source][place]
