"""Draws whose number only the scene knows: one for every object, by its name. No bpy. The forms are those of
stages/render/distributions.ts, which has checked them."""

import json
import math

from ..random_stream import RandomStream


def draw(distribution, seed, *path):
    """A value out of `{"uniform": [low, high]}`, …; anything that is no distribution is the value itself."""
    if not isinstance(distribution, dict) or len(distribution) != 1:
        return distribution
    ((kind, value),) = distribution.items()
    stream = RandomStream(seed, *path)
    if kind == "constant":
        return value
    if kind == "uniform":
        return stream.uniform(*value)
    if kind == "logUniform":
        low, high = value
        return low * (high / low) ** stream.next()
    if kind == "integer":
        return stream.integer(*value)
    if kind == "normal":
        return stream.normal(*value)
    if kind == "choice":
        return shortest_wait([(option, 1.0) for option in value], _json, seed, *path)
    if kind == "weighted":
        return shortest_wait(value, _json, seed, *path)
    return distribution


def draw_all(values, seed, *path):
    """name → value of a dict of distributions, each out of a stream of its own."""
    return {name: draw(value, seed, *path, name) for name, value in values.items()}


def shortest_wait(options, name_of, seed, *path):
    """Weighted rendezvous hashing: one option more only takes the places that it wins. options: [(value, weight)]"""
    return min(options, key=lambda option: _wait(name_of(option[0]), option[1], seed, *path))[0]


def in_drawn_order(names, seed, *path):
    """Names in an order that one name more or less leaves as it is otherwise."""
    return sorted(names, key=lambda name: (_wait(name, 1.0, seed, *path), name))


def _wait(name, weight, seed, *path):
    return -math.log(1 - RandomStream(seed, *path, name).next()) / weight


def _json(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
