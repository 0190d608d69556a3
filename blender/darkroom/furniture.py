"""Pieces of furniture, as shapes with the names of their materials; no bpy. Each stands on z = 0 with its back at y = 0 and its front towards +y, x to both sides."""

import math
from dataclasses import dataclass, field

from . import shapes


@dataclass
class Piece:
    """parts: [(shape, material name)]; width and depth in metres; places for people as (x, y, heading, height),
    heading 0 = towards the front."""

    name: str
    width: float
    depth: float
    parts: list
    seats: list = field(default_factory=list)
    beds: list = field(default_factory=list)


def chair(random):
    height, width = random.uniform(0.43, 0.48), random.uniform(0.40, 0.47)
    back = random.uniform(0.36, 0.5)
    half = width / 2 - 0.025
    parts = [(shapes.box((width, 0.42, 0.045), (0, 0.26, height - 0.02), 0.02), "seat")]
    for x in (-half, half):
        parts.append((shapes.box((0.04, 0.04, height), (x, 0.44, height / 2), 0.01), "wood"))
        parts.append((shapes.box((0.04, 0.04, height + back), (x, 0.05, (height + back) / 2), 0.01), "wood"))
    parts.append((shapes.box((width, 0.03, back * 0.55), (0, 0.05, height + back * 0.72), 0.012), "wood"))
    return Piece("chair", width, 0.5, parts, seats=[(0, 0.24, 0, height)])


def armchair(random):
    width, height = random.uniform(0.75, 0.9), random.uniform(0.40, 0.45)
    parts = _upholstered(width, 0.82, height, 1)
    return Piece("armchair", width, 0.85, parts, seats=[(0, 0.36, 0, height)])


def sofa(random):
    cushions = 2 if random.chance(0.4) else 3
    width, height = 0.45 + 0.62 * cushions, random.uniform(0.40, 0.45)
    parts = _upholstered(width, 0.88, height, cushions)
    step = (width - 0.44) / cushions
    seats = [((i - (cushions - 1) / 2) * step, 0.38, 0, height) for i in range(cushions)]
    beds = [(0.12, 0.48, 90, height)] if cushions == 3 else []
    return Piece("sofa", width, 0.92, parts, seats, beds)


def _upholstered(width, depth, height, cushions):
    step = (width - 0.40) / cushions
    parts = [
        (shapes.box((width - 0.3, depth - 0.1, height - 0.16), (0, depth / 2, 0.08 + (height - 0.16) / 2), 0.03), "fabric"),
        (shapes.box((width - 0.1, 0.22, height + 0.36), (0, 0.11, (height + 0.36) / 2 + 0.05), 0.08), "fabric"),
    ]
    for i in range(cushions):
        x = (i - (cushions - 1) / 2) * step
        parts.append((shapes.box((step - 0.01, depth - 0.2, 0.15), (x, depth / 2 + 0.1, height - 0.075), 0.05), "fabric"))
        parts.append((shapes.box((step - 0.02, 0.16, 0.38), (x, 0.27, height + 0.19), 0.07), "fabric"))
    for x in (-1, 1):
        parts.append((shapes.box((0.2, depth, height + 0.16), (x * (width / 2 - 0.1), depth / 2, (height + 0.16) / 2 + 0.02), 0.07), "fabric"))
    return parts


def bed(random):
    width, length, height = random.uniform(0.9, 1.1), 2.05, random.uniform(0.5, 0.62)
    parts = [
        (shapes.box((width, length, 0.2), (0, length / 2, height - 0.24), 0.02), "wood"),
        (shapes.box((width - 0.04, length - 0.06, 0.2), (0, length / 2, height - 0.1), 0.07), "linen"),
        (shapes.box((width * 0.7, 0.38, 0.13), (0, 0.27, height + 0.03), 0.06), "pillow"),
        (shapes.box((width, 0.05, height + 0.42), (0, 0.0, (height + 0.42) / 2), 0.02), "wood"),
        (shapes.box((width, 0.04, height + 0.12), (0, length, (height + 0.12) / 2), 0.02), "wood"),
    ]
    for x in (-width / 2 + 0.06, width / 2 - 0.06):
        for y in (0.08, length - 0.08):
            parts.append((shapes.cylinder(0.03, 0, height - 0.3, (x, y)), "metal"))
    seats = [(width / 2 - 0.12, length * 0.55, -90, height)]
    return Piece("bed", width, length, parts, seats, beds=[(0, 1.0, 0, height)])


def hospital_bed(random):
    piece = bed(random)
    width, height = piece.width, piece.beds[0][3]
    for x in (-width / 2 - 0.03, width / 2 + 0.03):
        for z in (0.08, 0.2):
            piece.parts.append((shapes.rod((x, 0.35, height + z), (x, 1.0, height + z), 0.013), "metal"))
        for y in (0.35, 0.68, 1.0):
            piece.parts.append((shapes.rod((x, y, height - 0.2), (x, y, height + 0.2), 0.012), "metal"))
    return piece


def table(random):
    width, depth, height = random.uniform(1.1, 1.6), random.uniform(0.7, 0.9), random.uniform(0.72, 0.76)
    return _table("table", width, depth, height, random)


def coffee_table(random):
    return _table("coffee table", random.uniform(0.7, 1.1), random.uniform(0.5, 0.6), random.uniform(0.38, 0.45), random)


def _table(name, width, depth, height, random):
    parts = [(shapes.box((width, depth, 0.035), (0, depth / 2, height - 0.018), 0.008), "wood")]
    for x in (-width / 2 + 0.06, width / 2 - 0.06):
        for y in (0.06, depth - 0.06):
            parts.append((shapes.box((0.055, 0.055, height - 0.03), (x, y, (height - 0.03) / 2), 0.01), "wood"))
    for _ in range(random.integer(1, 3)):
        x, y = random.uniform(-0.38, 0.38) * width, random.uniform(0.2, 0.8) * depth
        kind = random.next()
        if kind < 0.4:
            parts.append((shapes.cylinder(0.04, height, height + 0.1, (x, y), 0.045), "white"))
        elif kind < 0.75:
            parts.append((shapes.box((0.16, 0.22, 0.035), (x, y, height + 0.018), 0.004), "accent"))
        else:
            profile = [(1e-3, 0), (0.06, 0.0), (0.08, 0.09), (0.035, 0.17), (0.045, 0.22)]
            parts.append((shapes.lathe(profile, (x, y, height)), "accent"))
    return Piece(name, width, depth, parts)


def shelf(random):
    width, height, depth = random.uniform(0.7, 1.2), random.uniform(1.5, 2.1), 0.32
    parts = [(shapes.box((0.03, depth, height), (x, depth / 2, height / 2)), "wood") for x in (-width / 2, width / 2)]
    parts.append((shapes.box((width, 0.015, height), (0, 0.01, height / 2)), "wood"))
    levels = random.integer(4, 6)
    for level in range(levels):
        z = 0.05 + level * (height - 0.1) / (levels - 1)
        parts.append((shapes.box((width, depth, 0.025), (0, depth / 2, z)), "wood"))
        if level == levels - 1:
            continue
        x = -width / 2 + 0.05
        while x < width / 2 - 0.1:
            thick, tall = random.uniform(0.02, 0.06), random.uniform(0.17, 0.26)
            if random.chance(0.75):
                name = random.choice(("book 1", "book 2", "book 3", "white"))
                parts.append((shapes.box((thick, 0.2, tall), (x + thick / 2, 0.13, z + 0.013 + tall / 2)), name))
            x += thick + (0.003 if random.chance(0.8) else random.uniform(0.05, 0.2))
    return Piece("shelf", width + 0.04, depth, parts)


def cupboard(random):
    width, height, depth = random.uniform(0.8, 1.5), random.choice((0.75, 0.85, 1.1, 1.9)), 0.45
    parts = [(shapes.box((width, depth, height), (0, depth / 2, height / 2 + 0.03), 0.008), "wood")]
    doors = max(2, round(width / 0.45))
    for i in range(doors):
        x = (i - (doors - 1) / 2) * width / doors
        size = (width / doors - 0.012, 0.02, height - 0.08)
        parts.append((shapes.box(size, (x, depth + 0.008, height / 2 + 0.03), 0.004), "front"))
        parts.append((shapes.box((0.02, 0.02, 0.12), (x + width / doors * 0.36, depth + 0.03, height * 0.6), 0.005), "metal"))
    return Piece("cupboard", width, depth + 0.04, parts)


def plant(random):
    height, pot = random.uniform(0.7, 1.7), random.uniform(0.13, 0.2)
    parts = [(shapes.lathe([(1e-3, 0), (pot * 0.75, 0), (pot, 0.3), (pot * 0.9, 0.3), (pot * 0.85, 0.24), (1e-3, 0.24)]), "pot")]
    trunk = 0.28 + (height - 0.3) * random.uniform(0.1, 0.5)
    parts.append((shapes.rod((0, 0, 0.2), (0, 0, trunk), 0.02), "bark"))
    for _ in range(random.integer(14, 26)):
        angle, reach = random.uniform(0, 6.283), random.uniform(0.25, 0.5)
        start = random.uniform(0.3, 1.0) * trunk + 0.05
        tip = (math.cos(angle) * reach, math.sin(angle) * reach, start + (height - start) * random.uniform(0.3, 1.0))
        parts.append((shapes.leaf((0, 0, start), tip, random.uniform(0.06, 0.14), random.uniform(0.05, 0.3)), "leaf"))
    return Piece("plant", 0.6, 0.6, _shifted(parts, 0.3))


def floor_lamp(random):
    height = random.uniform(1.45, 1.8)
    parts = [
        (shapes.cylinder(0.15, 0, 0.03), "metal"),
        (shapes.rod((0, 0, 0), (0, 0, height - 0.1), 0.014), "metal"),
        (shapes.lathe([(0.2, height - 0.28), (random.uniform(0.1, 0.2), height)], segments=24), "shade"),
    ]
    return Piece("floor lamp", 0.42, 0.42, _shifted(parts, 0.21))


def coat_stand(random):
    """Upright and dressed like a person, and not one."""
    height = random.uniform(1.65, 1.85)
    parts = [(shapes.rod((0, 0, 0), (0, 0, height), 0.02), "wood")]
    for i in range(4):
        angle = i * 1.571 + 0.4
        x, y = math.cos(angle), math.sin(angle)
        parts.append((shapes.rod((0, 0, 0.1), (x * 0.26, y * 0.26, 0.0), 0.016), "wood"))
        parts.append((shapes.rod((0, 0, height - 0.18), (x * 0.15, y * 0.15, height - 0.08), 0.012), "wood"))
    for i in range(random.integer(1, 2)):
        x = 0.1 if i else -0.1
        name = random.choice(("coat 1", "coat 2"))
        length = random.uniform(0.75, 1.05)
        top = height - 0.16
        profile = [(0.15, top - length), (0.14, top - length * 0.5), (0.13, top - 0.15), (0.04, top)]
        vertices, quads = shapes.lathe(profile, segments=14)
        vertices = vertices * (1.15, 0.6, 1.0) + (x, 0.1 if i else -0.08, 0)
        parts.append(((vertices.astype("float32"), quads), name))
        for side in (-1, 1):
            parts.append((shapes.rod((x + side * 0.13, 0, top - 0.12), (x + side * 0.18, 0.02, top - 0.62), 0.05), name))
    return Piece("coat stand", 0.6, 0.6, _shifted(parts, 0.3))


def drip_stand(random):
    height = random.uniform(1.7, 2.0)
    parts = [(shapes.rod((0, 0, 0.06), (0, 0, height), 0.013), "metal")]
    for i in range(5):
        angle = i * 1.2566
        parts.append((shapes.rod((0, 0, 0.1), (math.cos(angle) * 0.28, math.sin(angle) * 0.28, 0.04), 0.014), "metal"))
    parts.append((shapes.rod((-0.14, 0, height - 0.02), (0.14, 0, height - 0.02), 0.008), "metal"))
    parts.append((shapes.box((0.11, 0.035, 0.2), (0.12, 0, height - 0.15), 0.015), "white"))
    if random.chance(0.6):
        parts.append((shapes.box((0.16, 0.16, 0.26), (0, 0.06, height * 0.6), 0.02), "front"))
    return Piece("drip stand", 0.56, 0.56, _shifted(parts, 0.28))


def screen(random):
    """A folding screen of cloth: hides a part of whoever stands behind it."""
    width, height = random.uniform(1.2, 1.7), random.uniform(1.5, 1.75)
    vertices, quads = shapes.curtain(width, height - 0.25, 7, 0.025)
    parts = [((vertices + (-width / 2, 0.1, 0.2), quads), "cloth")]
    for x in (-width / 2, width / 2):
        parts.append((shapes.rod((x, 0.1, 0), (x, 0.1, height), 0.016), "metal"))
        parts.append((shapes.rod((x, -0.1, 0.03), (x, 0.3, 0.03), 0.016), "metal"))
    parts.append((shapes.rod((-width / 2, 0.1, height), (width / 2, 0.1, height), 0.014), "metal"))
    return Piece("screen", width + 0.1, 0.4, parts)


def _shifted(parts, y):
    return [((vertices + (0, y, 0), quads), name) for (vertices, quads), name in parts]
