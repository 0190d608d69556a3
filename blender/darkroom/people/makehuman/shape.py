"""The macro targets mixed by sex, age, origin, muscle and weight, as MakeHuman mixes them. No bpy."""

from dataclasses import dataclass

import numpy as np

YOUNG_YEARS, OLD_YEARS = 25.0, 90.0
ORIGINS = ("african", "asian", "caucasian")


@dataclass(frozen=True)
class Shape:
    """male, old: 0–1; muscle, weight: −1 to 1; origins: shares that sum up to 1"""

    male: float
    old: float
    muscle: float
    weight: float
    origins: tuple


def shape_of(random, person):
    """What a person's description leaves open is drawn. @param person a person.Person"""
    body = person.body
    lightness = min(1.0, sum(person.skin) / 1.2)
    # Origins only shape the face here; any tone may go with any of them, some more often.
    draws = [random.next() ** 2 + bias for bias in (0.9 * (1 - lightness), 0.35 * (0.3 < lightness < 0.9), 0.8 * lightness)]
    return Shape(
        male=max(0.0, min(1.0, (0.85 - body.shape) / 0.6)),
        old=max(0.0, min(1.0, (body.age - YOUNG_YEARS) / (OLD_YEARS - YOUNG_YEARS))),
        muscle=max(-1.0, min(1.0, random.normal(-0.1, 0.4))),
        weight=max(-1.0, min(1.0, (body.build - 0.4) * 1.9)),
        origins=tuple(value / sum(draws) for value in draws),
    )


def mixed(library, shape):
    """[N, 3] the base mesh with the shape's targets added"""
    vertices = library.mesh.vertices.copy()
    for name, share in target_shares(shape).items():
        if name in library.targets:
            index, offsets = library.targets[name]
            vertices[index] += share * offsets
    return vertices


def target_shares(shape):
    """{target: share}, those of nothing left out"""
    shares = {}
    levels = lambda value: {"min": max(0.0, -value), "average": 1 - abs(value), "max": max(0.0, value)}  # noqa: E731
    for sex, sex_share in (("male", shape.male), ("female", 1 - shape.male)):
        for age, age_share in (("old", shape.old), ("young", 1 - shape.old)):
            for origin, share in zip(ORIGINS, shape.origins):
                shares[f"{origin}-{sex}-{age}"] = sex_share * age_share * share
            for muscle, muscle_share in levels(shape.muscle).items():
                for weight, weight_share in levels(shape.weight).items():
                    name = f"universal-{sex}-{age}-{muscle}muscle-{weight}weight"
                    shares[name] = sex_share * age_share * muscle_share * weight_share
    return {name: share for name, share in shares.items() if share > 1e-3}
