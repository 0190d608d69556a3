"""What stands upright in a street and is no person: lamps, signs, bollards, trunks, bins, posts. Each as shapes with the
names of their materials, around the origin, on z = 0."""

import math

import numpy as np
from darkroom import shapes


def lamp_post(random):
    height, reach = random.uniform(4.0, 8.0), random.uniform(0.4, 1.6)
    return [
        (shapes.cylinder(0.11, 0, 0.9, top_radius=0.09), "post"), (shapes.cylinder(0.07, 0.9, height, top_radius=0.045), "post"),
        (shapes.rod((0, 0, height), (reach, 0, height + 0.3), 0.04), "post"),
        (shapes.box((0.6, 0.22, 0.12), (reach + 0.2, 0, height + 0.3), 0.04), "lamp head"),
    ]


def sign_post(random):
    height = random.uniform(2.2, 3.0)
    parts = [(shapes.cylinder(0.035, 0, height + 0.5), "post")]
    for level in range(random.integer(1, 2)):
        z = height + 0.25 - 0.62 * level
        if random.chance(0.5):
            disc = shapes.cylinder(0.3, -0.012, 0.012, segments=24)
            parts.append(((disc[0][:, [0, 2, 1]] * np.float32((1, -1, 1)) + np.float32((0, -0.05, z)), disc[1][:, ::-1]), random.choice(("red", "blue"))))
            disc = shapes.cylinder(0.22, -0.014, 0.014, segments=24)
            parts.append(((disc[0][:, [0, 2, 1]] * np.float32((1, -1, 1)) + np.float32((0, -0.05, z)), disc[1][:, ::-1]), random.choice(("white", "blue"))))
        else:
            parts.append((shapes.box((random.uniform(0.4, 0.7), 0.02, 0.5), (0, -0.05, z), 0.008), random.choice(("blue", "white", "yellow"))))
    return parts


def traffic_light(random):
    height = random.uniform(2.4, 3.2)
    parts = [(shapes.cylinder(0.06, 0, height), "post"), (shapes.box((0.28, 0.24, 0.85), (0, -0.1, height + 0.2), 0.05), "black")]
    for index, name in enumerate(("red lamp", "black", "black")):
        lamp = shapes.cylinder(0.085, -0.02, 0.02, segments=14)
        parts.append(((lamp[0][:, [0, 2, 1]] * np.float32((1, -1, 1)) + np.float32((0, -0.23, height + 0.45 - 0.26 * index)), lamp[1][:, ::-1]), name))
    return parts


def bollard(random):
    height, radius = random.uniform(0.75, 1.15), random.uniform(0.06, 0.13)
    profile = [(1e-3, 0), (radius, 0), (radius, height * 0.8), (radius * 1.15, height * 0.82), (radius * 0.9, height * 0.95), (1e-3, height)]
    return [(shapes.lathe(profile), random.choice(("black", "post", "concrete")))]


def tree(random, leaves=True):
    height, girth = random.uniform(4.5, 9.0), random.uniform(0.10, 0.26)
    fork = height * random.uniform(0.28, 0.42)
    lean = (random.uniform(-0.15, 0.15), random.uniform(-0.15, 0.15))
    top = np.array([lean[0], lean[1], fork])
    parts = [(shapes.cylinder(girth * 1.25, 0, 0.4, top_radius=girth), "bark"), (shapes.rod((0, 0, 0.3), top, girth * 0.92, 10), "bark")]
    crown = height * random.uniform(0.22, 0.30)
    for index in range(random.integer(4, 7)):
        angle = index * 2.4 + random.uniform(-0.4, 0.4)
        end = top + (math.cos(angle) * crown * 0.8, math.sin(angle) * crown * 0.8, (height - fork) * random.uniform(0.4, 0.85))
        parts.append((shapes.rod(top - (0, 0, 0.1), end, girth * 0.35, 6), "bark"))
        for _ in range(2):
            twig = end + np.array([random.uniform(-1, 1), random.uniform(-1, 1), random.uniform(0, 1)]) * crown * 0.5
            parts.append((shapes.rod(top + (end - top) * 0.6, twig, girth * 0.13, 5), "bark"))
    if leaves:
        parts.append((_crown(random, top + (0, 0, (height - fork) * 0.55), crown, (height - fork) * 0.5), "leaves"))
    return parts


def _crown(random, centre, wide, tall):
    """Some hundred leaves as large quads in a hull: sampled on nested shells, so that none is wasted inside."""
    count = 900
    numbers = np.array([random.next() for _ in range(8)])
    index = np.arange(count)
    angle, height = index * 2.399963 + numbers[0] * 6, 1 - 2 * (index + 0.5) / count
    ring = np.sqrt(1 - height * height)
    lumps = 0.86 + 0.16 * np.sin(3 * angle + numbers[1] * 6) * np.cos(4 * height + numbers[2] * 6) + 0.10 * np.sin(index * 12.9 + numbers[3])
    place = np.stack([ring * np.cos(angle) * wide, ring * np.sin(angle) * wide, height * tall], axis=1) * lumps[:, None]
    size = 0.135 * wide * (0.7 + 0.6 * np.mod(index * 0.618, 1))
    first = np.stack([np.cos(index * 1.7), np.sin(index * 1.7), 0.5 * np.sin(index * 0.9)], axis=1) * size[:, None]
    second = np.stack([0.6 * np.sin(index * 2.3), -0.6 * np.cos(index * 1.1), np.cos(index * 0.7)], axis=1) * size[:, None]
    corners = np.stack([place - first - second, place + first - second, place + first + second, place - first + second], axis=1)
    return (corners.reshape(-1, 3) + centre).astype(np.float32), np.arange(count * 4, dtype=np.int32).reshape(-1, 4)


def bin_(random):
    height = random.uniform(0.8, 1.15)
    if random.chance(0.5):
        return [(shapes.lathe([(1e-3, 0), (0.2, 0), (0.26, height), (0.24, height), (0.2, height * 0.8)]), random.choice(("black", "green", "post")))]
    return [(shapes.box((0.55, 0.6, height), (0, 0, height / 2 + 0.05), 0.04), random.choice(("green", "black", "blue"))),
            (shapes.box((0.6, 0.66, 0.08), (0, 0, height + 0.08), 0.03), "black")]


def post_box(random):
    if random.chance(0.5):
        return [(shapes.box((0.5, 0.45, 0.7), (0, 0, 1.15), 0.05), random.choice(("yellow", "red", "blue"))), (shapes.cylinder(0.05, 0, 0.9), "post")]
    return [(shapes.lathe([(1e-3, 0), (0.27, 0), (0.25, 0.12), (0.25, 1.35), (0.3, 1.4), (0.22, 1.52), (1e-3, 1.56)]), "red")]


def bench(random):
    parts = [(shapes.box((1.7, 0.1, 0.03), (0, y, 0.45), 0.008), "wood") for y in (-0.18, -0.05, 0.08)]
    parts += [(shapes.box((1.7, 0.03, 0.1), (0, 0.2, z), 0.008), "wood") for z in (0.62, 0.78)]
    for x in (-0.7, 0.7):
        parts += [(shapes.box((0.06, 0.45, 0.05), (x, 0, 0.42)), "black"), (shapes.box((0.06, 0.05, 0.85), (x, 0.2, 0.42)), "black"), (shapes.box((0.06, 0.05, 0.42), (x, -0.18, 0.21)), "black")]
    return parts


def advertising_column(random):
    height = random.uniform(2.4, 3.2)
    parts = [(shapes.cylinder(0.62, 0, 0.3, segments=28), "concrete"), (shapes.cylinder(0.55, 0.3, height, segments=28), "white")]
    for index in range(6):
        angle = index * 1.05 + random.uniform(-0.1, 0.1)
        poster = shapes.box((0.012, 0.42, random.uniform(0.6, 1.2)), (0.55, 0, random.uniform(1.1, height - 0.8)))
        c, s = math.cos(angle), math.sin(angle)
        turned = poster[0] @ np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]], dtype=np.float32)
        parts.append(((turned, poster[1]), random.choice(("red", "blue", "yellow", "sign", "awning", "lettering"))))
    parts.append((shapes.lathe([(0.7, height), (0.66, height + 0.15), (1e-3, height + 0.6)], segments=28), "black"))
    return parts


def clothes_rack(random):
    """Outside a shop: dressed, and not a person."""
    parts = [(shapes.rod((x, 0, 0), (x, 0, 1.5), 0.02), "post") for x in (-0.6, 0.6)]
    parts.append((shapes.rod((-0.6, 0, 1.5), (0.6, 0, 1.5), 0.02), "post"))
    x = -0.5
    while x < 0.5:
        length = random.uniform(0.6, 1.05)
        parts.append((shapes.box((random.uniform(0.03, 0.07), 0.42, length), (x, 0, 1.45 - length / 2), 0.02), random.choice(("cloth 1", "cloth 2", "cloth 3", "white", "black"))))
        x += random.uniform(0.07, 0.14)
    return parts


def parasol(random):
    height = random.uniform(2.2, 2.6)
    parts = [(shapes.cylinder(0.25, 0, 0.08), "concrete"), (shapes.rod((0, 0, 0), (0, 0, height), 0.025), "post")]
    folded = random.chance(0.4)
    profile = [(0.16, 0.9), (0.14, 1.6), (0.05, height)] if folded else [(1.3, height - 0.35), (0.7, height - 0.12), (0.02, height + 0.1)]
    parts.append((shapes.lathe(profile, segments=12), random.choice(("awning", "white", "cloth 1"))))
    if not folded:
        parts += [(shapes.cylinder(0.35, 0.7, 0.73, (0.6, 0.1)), "wood"), (shapes.rod((0.6, 0.1, 0), (0.6, 0.1, 0.7), 0.03), "black")]
    return parts


def bicycle(random):
    parts = []
    for y in (-0.52, 0.52):
        ring = [(0.33 * math.cos(a), 0.33 * math.sin(a)) for a in np.linspace(0, 2 * math.pi, 17)]
        for (y0, z0), (y1, z1) in zip(ring, ring[1:]):
            parts.append((shapes.rod((0, y + y0, 0.34 + z0), (0, y + y1, 0.34 + z1), 0.018, 5), "tyre"))
    points = {"back": (0, -0.52, 0.34), "front": (0, 0.52, 0.34), "crank": (0, -0.08, 0.3), "seat": (0, -0.22, 0.82), "bar": (0, 0.36, 0.86)}
    for a, b in (("back", "crank"), ("crank", "seat"), ("seat", "back"), ("crank", "bar"), ("seat", "bar"), ("bar", "front")):
        parts.append((shapes.rod(points[a], points[b], 0.016, 6), "paint of bicycle"))
    parts += [(shapes.box((0.14, 0.26, 0.05), (0, -0.24, 0.93), 0.02), "black"), (shapes.rod((0, -0.22, 0.8), (0, -0.24, 0.92), 0.013), "post")]
    parts += [(shapes.rod((-0.28, 0.34, 1.0), (0.28, 0.34, 1.0), 0.013), "black"), (shapes.rod((0, 0.36, 0.84), (0, 0.34, 1.0), 0.014), "post")]
    return parts


KERBSIDE = (lamp_post, sign_post, traffic_light, bollard, bollard, bin_, post_box, bicycle, advertising_column)
AT_WALLS = (clothes_rack, bin_, bench, bicycle, parasol, sign_post, bollard)
