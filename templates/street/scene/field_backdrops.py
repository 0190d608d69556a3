"""What closes the view behind people on open ground. Every one stands along x at some y and is far wider than it is
away."""

import math

from darkroom import mesh_objects, shapes
from facades import building
from street_furniture import tree


def backdrop(scene, random, kind, material):
    """@param kind one of BACKDROPS @returns metres from the origin to it"""
    make, near, far = BACKDROPS[kind]
    depth = near * (far / near) ** random.next()
    make(scene, random, depth, material)
    return depth


def _trees(scene, random, depth, material):
    for number in range(random.integer(9, 16)):
        own = random.child(number)
        material.fresh()
        thing = _put(scene, "tree", tree(own.child("tree"), own.chance(0.85)), material)
        thing.location = (own.uniform(-1.1, 1.1) * depth, depth + own.uniform(0, 14), 0)
        thing.rotation_euler = (0, 0, own.uniform(0, 6.3))


def _wood(scene, random, depth, material):
    """Trees, and a dark wall of leaves behind them."""
    _trees(scene, random, depth, material)
    _hedge(scene, random.child("hedge"), depth + 6, material, 7.0)


def _hedge(scene, random, depth, material, height=None):
    tall = height or random.uniform(1.2, 3.5)
    parts, x = [], -1.6 * depth
    while x < 1.6 * depth:
        wide = random.uniform(0.8, 3.0)
        parts.append((shapes.box((wide * 1.2, random.uniform(1.0, 2.0), tall * random.uniform(0.75, 1.15)), (x, depth + 0.8, tall * 0.45), 0.4), "leaves"))
        x += wide
    _put(scene, "hedge", parts, material)


def _wall(scene, random, depth, material):
    """A wall with things on it, near: indoors or out."""
    parts = [(shapes.box((8 + 3 * depth, 0.2, random.uniform(2.6, 7.0)), (0, depth + 0.1, 1.5)), "backdrop")]
    if random.chance(0.4):
        parts.append((shapes.box((8 + 3 * depth, 0.03, random.uniform(0.1, 1.1)), (0, depth - 0.02, 0.4)), "backdrop 2"))
    for number in range(random.integer(0, 6)):
        wide, tall = random.uniform(0.3, 1.4), random.uniform(0.3, 1.9)
        x, z = random.uniform(-0.8, 0.8) * (depth + 1.2), random.uniform(0.9, 2.2)
        name = random.choice(("glass", "crowd 0", "crowd 1", "sign", "white", "door", "lit window"))
        parts.append((shapes.box((wide, 0.04 + 0.01 * number, tall), (x, depth - 0.02, z), 0.005), name))
    for number in range(random.integer(0, 3)):
        wide, tall = random.uniform(0.5, 1.2), random.uniform(0.6, 2.1)
        parts.append((shapes.box((wide, 0.45, tall), (random.uniform(-0.9, 0.9) * (depth + 1), depth - 0.25, tall / 2), 0.02), random.choice(("wood", "crowd 2", "crowd 3", "white", "black"))))
    if random.chance(0.35):
        for side in (-1, 1):
            cloth = shapes.curtain(random.uniform(0.5, 1.5), 2.6, 5, 0.06)
            parts.append(((cloth[0] + (side * random.uniform(0.6, 1.6), depth - 0.15, 0.02), cloth[1]), "cloth 2"))
    _put(scene, "wall", parts, material)


def _houses(scene, random, depth, material):
    x = -1.4 * depth - 8
    kind = random.choice(("shops", "houses", "offices"))
    while x < 1.4 * depth + 8:
        parts, width = building(random.child(round(10 * x)), kind)
        material.fresh()
        thing = _put(scene, "front", parts, material)
        thing.location = (x, depth, 0)
        thing.rotation_euler = (0, 0, math.radians(-90))
        x += width + (random.uniform(0, 3) if kind == "houses" else 0)


def _fence(scene, random, depth, material):
    """Posts and boards, trees behind."""
    tall = random.uniform(0.9, 2.4)
    parts = []
    for number in range(-int(depth), int(depth) + 1):
        parts.append((shapes.box((0.08, 0.08, tall), (number * 1.6, depth, tall / 2)), "wood"))
    if random.chance(0.5):
        parts.append((shapes.box((4 * depth, 0.04, tall * 0.85), (0, depth, tall * 0.47)), "sign"))
    else:
        parts += [(shapes.box((4 * depth, 0.03, 0.1), (0, depth, z * tall)), "wood") for z in (0.3, 0.6, 0.92)]
    _put(scene, "fence", parts, material)
    _trees(scene, random.child("trees"), depth + 4, material)


def _stand(scene, random, depth, material):
    """Rows of spectators, far too coarse to be people."""
    parts = [(shapes.box((4 * depth, 0.3, 1.1), (0, depth, 0.55)), "sign")]
    for row in range(random.integer(4, 9)):
        y, z = depth + 0.8 * (row + 1), 0.5 + 0.42 * (row + 1)
        parts.append((shapes.box((4 * depth, 0.8, z), (0, y + 0.4, z / 2)), "concrete"))
        x = -1.1 * depth
        while x < 1.1 * depth:
            x += random.uniform(0.5, 1.1)
            if random.chance(0.7):
                parts.append((shapes.box((0.42, 0.3, 0.6), (x, y + 0.4, z + 0.35), 0.12), f"crowd {random.integer(0, 9)}"))
    _put(scene, "stand", parts, material)


def _hills(scene, random, depth, material):
    """Low rises far away, of the ground's own kind or of leaves."""
    parts = []
    for _ in range(random.integer(2, 6)):
        radius = random.uniform(0.5, 1.6) * depth
        profile = [(radius * math.cos(t), 0.22 * radius * math.sin(t) - 0.1) for t in (0, 0.35, 0.7, 1.05, 1.4, 1.57)]
        centre = (random.uniform(-1.5, 1.5) * depth, depth + radius, 0)
        parts.append((shapes.lathe([(max(r, 1e-3), z) for r, z in profile], centre, 36), random.choice(("ground", "leaves", "backdrop"))))
    _put(scene, "hills", parts, material)


def _put(scene, name, parts, material):
    return mesh_objects.compound(scene, name, [(shape, material(own)) for shape, own in parts])


"""How each is made, and from how near to how far it stands."""
BACKDROPS = {
    "trees": (_trees, 8, 40), "wood": (_wood, 5, 25), "hedge": (_hedge, 2, 20), "wall": (_wall, 0.8, 4.5), "houses": (_houses, 6, 35),
    "fence": (_fence, 4, 25), "stand": (_stand, 6, 25), "hills": (_hills, 30, 70),
}
