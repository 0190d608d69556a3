"""Streams of random numbers that are functions of their names. The same numbers as RandomStream in
pipeline/core/seed.ts: SHA-256 in counter mode over the JSON of the name."""

import hashlib
import json
import math


class RandomStream:
    """A stream is named by what it decides, so that one more decision elsewhere moves none here."""

    def __init__(self, seed, *path):
        self._path = (seed, *path)
        self._name = json.dumps(list(self._path), separators=(",", ":"), ensure_ascii=False)
        self._counter = 0

    def child(self, *path):
        """A stream of its own, whatever this one has drawn so far."""
        return RandomStream(*self._path, *path)

    def next(self):
        """The next 48 random bits as a fraction in [0, 1)."""
        block = hashlib.sha256(f"{self._name}#{self._counter}".encode("utf-8")).digest()
        self._counter += 1
        return int.from_bytes(block[:6], "big") / 2**48

    def uniform(self, low, high):
        return low + (high - low) * self.next()

    def integer(self, low, high):
        """A whole number in [low, high], both included."""
        return low + math.floor(self.next() * (high - low + 1))

    def normal(self, mean, deviation):
        """A draw from the normal distribution (Box & Muller 1958)."""
        radius = math.sqrt(-2 * math.log(1 - self.next()))
        return mean + deviation * radius * math.cos(2 * math.pi * self.next())

    def choice(self, items):
        return items[self.integer(0, len(items) - 1)]

    def weighted(self, pairs):
        """One of the items of [(item, weight)], each as often as its weight says."""
        left = self.next() * sum(weight for _, weight in pairs)
        for item, weight in pairs:
            left -= weight
            if left < 0:
                return item
        return pairs[-1][0]

    def chance(self, probability):
        return self.next() < probability

    def shuffled(self, items):
        """The items in random order (Fisher & Yates); the argument stays as it is."""
        order = list(items)
        for i in range(len(order) - 1, 0, -1):
            j = self.integer(0, i)
            order[i], order[j] = order[j], order[i]
        return order
