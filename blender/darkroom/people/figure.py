"""A whole person: vertices, quads and colours. A pure function of its description; no bpy."""

from dataclasses import dataclass

import numpy as np

from . import body as parts
from . import clothing, hair
from .implicit_surface import FAR, Grid, cut_away, melt, sample, surface
from .poses import pose_of
from .proportions import Proportions
from .skeleton import joints_of

BODY_CELL_M = 0.016
HEAD_CELL_M = 0.009
LAYERS = ("skin", "bottom", "shoes", "top")
"""Linear RGB, light to dark."""
SKIN = (
    (0.62, 0.40, 0.30), (0.55, 0.33, 0.23), (0.46, 0.26, 0.165), (0.36, 0.19, 0.11), (0.24, 0.12, 0.066),
    (0.14, 0.067, 0.037), (0.075, 0.036, 0.021),
)


@dataclass(frozen=True)
class Figure:
    """vertices [N, 3] metres, quads [M, 4], colours [N, 4]: linear RGB and, last, roughness"""

    vertices: np.ndarray
    quads: np.ndarray
    colours: np.ndarray


@dataclass(frozen=True)
class Person:
    body: Proportions
    outfit: clothing.Outfit
    skin: tuple
    hair_style: str
    hair_colour: tuple


def person_of(random, style="home"):
    """A person out of a stream: body, clothes, skin, hair."""
    shape = 0.15 + random.next() * 0.25 if random.next() < 0.5 else 0.7 + random.next() * 0.3
    height = max(1.5, min(1.98, random.normal(1.77 - 0.13 * shape, 0.06)))
    body = Proportions(height, max(0.0, min(1.0, random.normal(0.4, 0.25))), shape)
    return Person(
        body, clothing.outfit_of(random.child("outfit"), shape, style), random.choice(SKIN),
        hair.style_of(random.child("hair"), shape), random.choice(hair.COLOURS),
    )


def figure_of(person, pose_name, random, support_height=0.0):
    """The person in a pose, facing +y, feet on z = 0 (or seat or back on something of the given height)."""
    pose = pose_of(pose_name, random.child("pose"), support_height)
    joints = joints_of(person.body, pose)
    body_part = _body(person, joints, random.child("cloth"))
    head_part = _head(person, joints)
    offset = len(body_part.vertices)
    return Figure(
        np.concatenate([body_part.vertices, head_part.vertices]),
        np.concatenate([body_part.quads, head_part.quads + offset]),
        np.concatenate([body_part.colours, head_part.colours]),
    )


def _body(person, joints, random):
    body, outfit = person.body, person.outfit
    limbs = []
    for side in ("left", "right"):
        arms = parts.arm(body, joints, side) + parts.hand(body, joints, side)
        legs = parts.leg(body, joints, side) + parts.foot(body, joints, side)
        limbs += arms + legs
    layers = {
        "skin": (parts.trunk(body, joints) + parts.neck(body, joints) + limbs, 0.022),
        "bottom": (clothing.bottom_layer(body, joints, outfit), 0.03),
        "shoes": (clothing.shoe_layer(body, joints), 0.015),
        "top": (clothing.trunk_layer(body, joints, outfit), 0.04),
    }
    sleeves = clothing.sleeve_layer(body, joints, outfit)
    grid = _grid_around([part for layer, _ in layers.values() for part in layer] + sleeves, BODY_CELL_M)
    fields = {}
    for name, (primitives, softness) in layers.items():
        fields[name] = grid.empty()
        melt(grid, fields[name], primitives, softness)
    _cut_hem(grid, fields["top"], joints, clothing.hem_height(outfit))
    melt(grid, fields["top"], sleeves, 0.03)
    for name, depth in (("top", 0.005), ("bottom", 0.004)):
        fields[name] += _folds(grid, random.child(name), depth)
    vertices, quads = surface(grid, np.minimum.reduce(list(fields.values())))
    values = np.stack([sample(grid, fields[name], vertices) for name in LAYERS])
    zone = values.argmin(axis=0)
    return Figure(vertices, quads, _body_colours(person, joints, vertices, zone, random))


def _cut_hem(grid, field, joints, height):
    """Ends a top at a height over the hip joints, before the sleeves are added: they may hang lower."""
    if height is None:
        return
    place, up = joints.places["pelvis"], joints.frames["pelvis"][:, 2]
    above = float(place @ up) + height
    cut_away(grid, field, lambda x, y, z: x * up[0] + y * up[1] + z * up[2] - above)


def _grid_around(primitives, cell):
    bounds = [part.bounds(0.035) for part in primitives]
    low = np.min([bound[0] for bound in bounds], axis=0)
    high = np.max([bound[1] for bound in bounds], axis=0)
    return Grid(low, high, cell)


def _folds(grid, random, depth):
    """Waves of cloth: a sum of products of sines, one an axis, so that it costs next to nothing."""
    total = np.zeros(grid.shape, dtype=np.float32)
    for octave in (1.0, 1.9):
        waves = []
        for axis, length in enumerate((0.11, 0.11, 0.17)):
            phase, wave = random.uniform(0, 6.28), 6.28 * octave / (length * random.uniform(0.8, 1.25))
            waves.append(np.sin(grid.axes[axis] * wave + phase))
        total += (depth / octave) * waves[0][:, None, None] * waves[1][None, :, None] * waves[2][None, None, :]
    return total


def _body_colours(person, joints, vertices, zone, random):
    outfit = person.outfit
    flat = np.array([
        (*person.skin, 0.5),
        (*clothing.CLOTH[outfit.bottom_colour], 0.85),
        (*clothing.CLOTH[outfit.shoe_colour], 0.55),
        (*clothing.CLOTH[outfit.top_colour], 0.85),
    ], dtype=np.float32)
    colours = flat[zone]
    second = np.array((*clothing.CLOTH[outfit.second_colour], 0.85), dtype=np.float32)
    own = (vertices - joints.places["chest"]) @ joints.frames["chest"]
    marked = (zone == LAYERS.index("top")) & _pattern(outfit.pattern, own, random)
    colours[marked] = second
    return colours


def _pattern(name, own, random):
    """own [N, 3] in the chest's coordinates → which vertices have the second colour"""
    x, y, z = own[:, 0], own[:, 1], own[:, 2]
    size = random.uniform(0.05, 0.11)
    if name == "stripes":
        return np.mod(z, size) < size * 0.42
    if name == "checks":
        return (np.mod(x + 0.5, size) < size * 0.4) ^ (np.mod(z, size) < size * 0.4)
    if name == "block":
        return z > random.uniform(0.02, 0.16)
    if name == "buttons":
        return (np.abs(x) < 0.02) & (y > 0.02)
    return np.zeros(len(own), dtype=bool)


def _head(person, joints):
    body = person.body
    strands = hair.hair_layer(body, joints, person.hair_style)
    skull = parts.head(body, joints)
    grid = _grid_around(skull + strands, HEAD_CELL_M)
    skin, cover = grid.empty(), grid.empty()
    melt(grid, skin, skull[:3], 0.03)
    melt(grid, skin, skull[3:], 0.012)
    melt(grid, skin, parts.neck(body, joints), 0.02)
    if strands:
        melt(grid, cover, strands, 0.02)
        cut_away(grid, cover, hair.face_region(body, joints, person.hair_style))
    vertices, quads = surface(grid, np.minimum(skin, cover))
    covered = sample(grid, np.minimum(cover, FAR), vertices) < sample(grid, skin, vertices)
    colours = np.tile(np.array((*person.skin, 0.45), dtype=np.float32), (len(vertices), 1))
    _paint_face(colours, (vertices - joints.places["skull"]) @ joints.frames["head"] / (body.head / 0.2236), person)
    colours[covered] = (*person.hair_colour, 0.6)
    return Figure(vertices, quads, colours)


def _paint_face(colours, own, person):
    """Eyes, brows and lips. own [N, 3] in the head's coordinates"""
    x, y, z = np.abs(own[:, 0]), own[:, 1], own[:, 2]
    front = y > 0.05
    skin = np.array(person.skin, dtype=np.float32)
    lips = front & (x < 0.023) & (np.abs(z - 0.028) < 0.009)
    colours[lips, :3] = skin * (0.72, 0.42, 0.42)
    sockets = front & (np.hypot((x - 0.031) / 0.021, (z - 0.088) / 0.013) < 1)
    colours[sockets, :3] = skin * 0.45
    eyes = front & (np.hypot((x - 0.031) / 0.012, (z - 0.087) / 0.009) < 1)
    colours[eyes, :3] = (0.03, 0.025, 0.022)
    brows = front & (np.abs(x - 0.033) < 0.02) & (np.abs(z - 0.108) < 0.006)
    colours[brows, :3] = np.minimum(person.hair_colour, 0.2)
