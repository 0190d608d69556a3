"""A whole person as a mesh out of implicit surfaces: skin, hands, head, hair and each garment a surface of its own,
so that hems and sleeves end in clean edges. A pure function of its description; no bpy."""

import numpy as np

from . import body as parts
from . import clothing, hair, head
from .hands import hand
from .implicit_surface import FAR, Grid, carve, cut_away, melt, sample, surface
from .keypoints import keypoints_of
from .looks import Look, Part, cloth_look, joined
from .outfits import Cloth
from .rest_places import rest_places
from .skeleton import SIDES, joints_of, rest_joints

"""Sizes of the cells at detail 1, metres."""
BODY_CELL_M, HAND_CELL_M, HEAD_CELL_M, SHOE_CELL_M = 0.0125, 0.0058, 0.0048, 0.0095
"""How deep the folds of cloth are."""
FOLDS_M = {"top": 0.0045, "bottom": 0.0038, "over": 0.005}


def figure_of(person, pose, random, detail=1.0):
    """The person in a pose, facing +y, feet on z = 0 (or seat or back on what the pose says).
    @param random for the folds of the cloth @param detail 0.5 = cells twice as large, for people far away"""
    joints = joints_of(person.body, pose)
    at = head.HeadPlace(person.body, joints)
    garments = _garments(person, joints, random, detail)
    bare = [*_skin(person, joints, pose, garments, detail), *_head(person, at, random.child("gaze"), pose, detail)]
    rest = rest_joints(person.body)
    return joined(
        bare + [part for part, _, _ in garments], keypoints_of(joints, at),
        lambda points: rest_places(points, joints, rest),
    )


def _garments(person, joints, random, detail):
    """[(part, its grid, its field)]"""
    body, outfit = person.body, person.outfit
    cell = BODY_CELL_M / detail
    made = []

    def add(slot, fill, grid, kind="cloth"):
        field = grid.empty()
        fill(grid, field, body, joints, outfit)
        if slot in FOLDS_M:
            field += _folds(grid, random.child(slot), FOLDS_M[slot])
        vertices, quads = surface(grid, field)
        made.append((Part(vertices, quads, cloth_look(outfit.cloths[slot], kind)), grid, field))

    trunk = parts.trunk(body, joints)
    arms = [part for side, _ in SIDES for part in parts.arm(body, joints, side)]
    legs = [part for side, _ in SIDES for part in parts.leg(body, joints, side)]
    feet = [part for side, _ in SIDES for part in parts.foot(body, joints, side)]
    worn = trunk + (arms if clothing.SLEEVES[outfit.top] > 1 else [part for side in (0, 4) for part in arms[side : side + 2]])
    if outfit.bottom == "dress":
        worn += legs
    add("top", clothing.top_field, Grid.around(worn, cell, 0.06))
    if outfit.bottom not in ("dress", "none"):
        add("bottom", clothing.bottom_field, Grid.around(parts.hips(body, joints) + legs, cell, 0.06))
    if outfit.over != "none":
        skirt = legs if outfit.over != "jacket" else []
        add("over", clothing.over_field, Grid.around(trunk + arms + skirt, cell, 0.07))
    if outfit.shoes != "barefoot":
        kind = "cloth" if outfit.shoes == "socks" else "leather"
        for side in ("left", "right"):
            own = feet[:3] if side == "left" else feet[3:]
            add("shoes", clothing.shoe_field, Grid.around(own, SHOE_CELL_M / detail, 0.05), kind)
    return made


def _folds(grid, random, depth):
    """Waves of cloth: sums of products of sines, one an axis, so that they cost next to nothing. The second set bends
    the first."""
    total = np.zeros(grid.shape, dtype=np.float32)
    for octave in (1.0, 1.9):
        waves = []
        for axis, length in enumerate((0.10, 0.10, 0.21)):
            phase, wave = random.uniform(0, 6.28), 6.28 * octave / (length * random.uniform(0.8, 1.25))
            waves.append(np.sin(grid.axes[axis] * wave + phase))
        total += (depth / octave) * waves[0][:, None, None] * waves[1][None, :, None] * waves[2][None, None, :]
    return total


def _skin(person, joints, pose, garments, detail):
    """The body where no cloth hides it, and the hands."""
    body = person.body
    limbs = [part for side, _ in SIDES for part in parts.arm(body, joints, side) + parts.leg(body, joints, side)]
    feet = [part for side, _ in SIDES for part in parts.foot(body, joints, side)]
    bare_feet = person.outfit.shoes in ("barefoot", "clogs")
    grid = Grid.around(parts.trunk(body, joints) + limbs + feet, BODY_CELL_M / detail)
    field = grid.empty()
    melt(grid, field, parts.trunk(body, joints) + parts.neck(body, joints), 0.03)
    melt(grid, field, limbs, 0.018)
    if bare_feet:
        melt(grid, field, feet, 0.015)
    vertices, quads = surface(grid, field)
    hidden = np.zeros(len(vertices), dtype=bool)
    for _, own_grid, own_field in garments:
        hidden |= sample(own_grid, own_field, vertices) < 0
    quads = quads[~hidden[quads].all(axis=1)]
    skin = Look("skin", person.skin)
    made = [Part(vertices, quads, skin, _skin_tones(person, len(vertices)))]
    for index, (side, _) in enumerate(SIDES):
        shapes = hand(body, joints, side, pose.grip[index])
        grid = Grid.around(shapes, HAND_CELL_M / detail, 0.02)
        field = grid.empty()
        melt(grid, field, shapes[:2], 0.01)
        melt(grid, field, shapes[2:], 0.005)
        melt(grid, field, parts.arm(body, joints, side)[3:], 0.01)
        wrist = joints.places[f"wrist_{side}"]
        up = joints.frames[f"forearm_{side}"][:, 2]
        level = float(up @ wrist) + 0.04
        cut_away(grid, field, lambda x, y, z: level - (x * up[0] + y * up[1] + z * up[2]))
        vertices, quads = surface(grid, field)
        colours = _skin_tones(person, len(vertices))
        below = np.clip(((wrist - vertices) @ up - 0.06) / 0.09, 0, 1)[:, None]
        colours *= 1 - below * np.array((0.02, 0.10, 0.12), dtype=np.float32)
        made.append(Part(vertices, quads, skin, colours))
    return made


def _skin_tones(person, count):
    return np.tile(np.array(person.skin, dtype=np.float32), (count, 1))


def _head(person, at, random, pose, detail):
    face = person.face
    large, small, ears = head.skull(at, face), head.features(at, face), head.ears(at)
    locks = hair.hair_layer(at, person.hair_style)
    cell = HEAD_CELL_M / detail * at.scale
    grid = Grid.around(large + small + ears + [at.ball((0, 0, -0.05), (0.05, 0.05, 0.05))], cell, 0.015)
    skin = grid.empty()
    melt(grid, skin, large, 0.028 * at.scale)
    melt(grid, skin, small, 0.011 * at.scale)
    carve(grid, skin, head.sockets(at), 0.010 * at.scale)
    carve(grid, skin, head.mouth_line(at), 0.003 * at.scale)
    melt(grid, skin, ears, 0.006 * at.scale)
    melt(grid, skin, _neck(person, at), 0.02 * at.scale)
    vertices, quads = surface(grid, skin)
    colours = _skin_tones(person, len(vertices))
    head.paint(colours, at.own(vertices), person)
    made = [Part(vertices, quads, Look("skin", person.skin), colours)]
    closed = pose.name == "lying" and random.chance(0.5)
    gaze = (random.uniform(-0.3, 0.3), random.uniform(-0.15, 0.1))
    vertices, quads, colours = head.eyeballs(at, person.iris, gaze, closed, person.skin)
    made.append(Part(vertices, quads, Look("eye", (0.5, 0.5, 0.5)), colours))
    if locks:
        grid = Grid.around(locks, cell * 1.25, 0.015)
        field = grid.empty()
        melt(grid, field, locks, 0.016 * at.scale)
        cut_away(grid, field, hair.bare_region(at, person.hair_style))
        vertices, quads = surface(grid, field)
        cap = person.hair_style == "cap"
        made.append(Part(vertices, quads, Look("cloth", person.outfit.cloths["top"].colour) if cap else Look("hair", person.hair_colour)))
    if person.outfit.mask:
        made.append(_mask(at, grid_skin=(large, small), cell=cell))
    return made


def _neck(person, at):
    """Down to where the body's own skin begins."""
    g = person.body.girth("neck") / at.scale
    return [at.tube((0, -0.030, 0.045), (0, -0.040, -0.075), g * 0.96, g * 1.05)]


def _mask(at, grid_skin, cell):
    """A surgeon's mask: the face's own surface, grown, between the nose's bridge and the chin."""
    large, small = grid_skin
    grid = Grid.around([at.ball((0, 0.05, 0.03), (0.08, 0.075, 0.06))], cell, 0.01)
    field = grid.empty()
    melt(grid, field, [part.inflated(0.006) for part in large], 0.03)
    melt(grid, field, [part.inflated(0.004) for part in small], 0.03)
    base, frame, s = at.base, at.frame, at.scale

    def outside(x, y, z):
        px, py, pz = x - base[0], y - base[1], z - base[2]
        own = [(px * frame[0, i] + py * frame[1, i] + pz * frame[2, i]) / s for i in range(3)]
        top = own[2] - 0.072 + 0.5 * np.maximum(np.abs(own[0]) - 0.012, 0) * (np.abs(own[0]) < 0.05)
        return -np.maximum(np.maximum(top, -0.018 - own[2]), 0.012 - own[1]) * s

    cut_away(grid, field, outside)
    vertices, quads = surface(grid, np.minimum(field, FAR))
    return Part(vertices, quads, cloth_look(Cloth((0.30, 0.46, 0.55), (0.4, 0.5, 0.6))))
