"""What stands in a patient's room, beside the general furniture. Each piece stands on z = 0 with its back at y = 0 and
its front towards +y."""

import math

import numpy as np
from darkroom import shapes
from darkroom.furniture import Piece

"""Where the mattress bends, from the head's end."""
HINGE_M = 0.86


def ward_bed(random, recline):
    """A bed with rails, its back raised by `recline` degrees."""
    width, length, height = random.uniform(0.88, 0.98), 2.1, random.uniform(0.52, 0.68)
    turn = math.radians(recline * 0.86)
    parts = [
        (shapes.box((width, length - HINGE_M, 0.06), (0, (length + HINGE_M) / 2, height - 0.17), 0.015), "frame"),
        (shapes.box((width - 0.04, length - HINGE_M, 0.15), (0, (length + HINGE_M) / 2, height - 0.075), 0.05), "sheet"),
        (shapes.box((width - 0.1, 0.5, 0.16), (0, length * 0.5, 0.22), 0.02), "frame"),
        (shapes.box((0.12, 0.12, height - 0.3), (0, length * 0.5, (height - 0.3) / 2 + 0.15), 0.02), "metal"),
        (shapes.box((width, 0.04, 0.52), (0, -0.01, height + 0.02), 0.03), "board"),
        (shapes.box((width, 0.04, 0.42), (0, length + 0.01, height - 0.02), 0.03), "board"),
        (shapes.box((width - 0.12, 0.045, 0.26), (0, length + 0.012, height + 0.0), 0.02), "board inlay"),
    ]
    back = [
        (shapes.box((width, HINGE_M, 0.05), (0, -HINGE_M / 2, -0.17), 0.015), "frame"),
        (shapes.box((width - 0.04, HINGE_M, 0.15), (0, -HINGE_M / 2, -0.075), 0.05), "sheet"),
        (shapes.box((width * 0.68, 0.36, 0.11), (0, -HINGE_M + 0.26, 0.045), 0.055), "pillow"),
    ]
    parts += [((_raised(vertices, turn) + (0, HINGE_M, height), quads), name) for (vertices, quads), name in back]
    for x in (-width / 2 - 0.035, width / 2 + 0.035):
        if not random.chance(0.75):
            continue
        low = random.choice((0.12, 0.24, 0.24))
        parts.append((shapes.box((0.025, 0.85, 0.05), (x, HINGE_M + 0.1, height + low), 0.012), "rail"))
        parts.append((shapes.box((0.02, 0.85, 0.03), (x, HINGE_M + 0.1, height + low - 0.12), 0.01), "rail"))
        for y in (-0.28, 0.0, 0.28):
            parts.append((shapes.rod((x, HINGE_M + 0.1 + y, height + low - 0.3), (x, HINGE_M + 0.1 + y, height + low), 0.014), "rail"))
    for x in (-width / 2 + 0.1, width / 2 - 0.1):
        for y in (0.18, length - 0.18):
            parts.append((shapes.rod((x, y, 0.06), (x, y, 0.24), 0.022), "metal"))
            wheel = shapes.cylinder(0.06, -0.018, 0.018)
            parts.append(((wheel[0][:, [2, 0, 1]] + np.float32((x, y, 0.062)), wheel[1]), "rubber"))
    seats = [(side * (width / 2 - 0.1), length * 0.58, -90 * side, height) for side in (-1, 1)]
    return Piece("bed", width + 0.1, length + 0.05, parts, seats, beds=[(0, HINGE_M + 0.06, 0, height)])


def _raised(vertices, turn):
    """Turned about the x axis at the origin, so that −y comes up."""
    c, s = math.cos(turn), math.sin(turn)
    y, z = vertices[:, 1], vertices[:, 2]
    return np.column_stack([vertices[:, 0], y * c + z * s, -y * s + z * c]).astype(np.float32)


def locker(random):
    """A bedside locker with what patients keep on it."""
    width, height = 0.46, random.uniform(0.78, 0.9)
    parts = [(shapes.box((width, 0.44, height - 0.08), (0, 0.22, height / 2 + 0.04), 0.012), "board")]
    for level in range(2):
        z = 0.12 + (height - 0.16) * (0.3 + 0.46 * level)
        parts.append((shapes.box((width - 0.05, 0.02, (height - 0.2) * 0.42), (0, 0.445, z), 0.006), "board inlay"))
        parts.append((shapes.box((0.12, 0.02, 0.018), (0, 0.462, z + 0.06), 0.004), "metal"))
    parts += _table_things(random, 0.36, 0.3, height, (0, 0.22))
    return Piece("locker", width, 0.48, parts)


def overbed_table(random):
    height = random.uniform(0.85, 1.0)
    parts = [
        (shapes.box((0.8, 0.42, 0.028), (0, 0.22, height), 0.012), "board inlay"),
        (shapes.box((0.05, 0.07, height), (-0.34, 0.22, height / 2), 0.01), "metal"),
        (shapes.box((0.6, 0.05, 0.04), (-0.05, 0.06, 0.05), 0.01), "metal"),
        (shapes.box((0.6, 0.05, 0.04), (-0.05, 0.38, 0.05), 0.01), "metal"),
    ]
    parts += _table_things(random, 0.6, 0.3, height + 0.014, (0, 0.22))
    return Piece("overbed table", 0.8, 0.44, parts)


def _table_things(random, width, depth, height, centre):
    """Bottle, cup, books, flowers, a box of tissues."""
    parts = []
    for _ in range(random.integer(1, 4)):
        x, y = centre[0] + random.uniform(-0.45, 0.45) * width, centre[1] + random.uniform(-0.45, 0.45) * depth
        kind = random.next()
        if kind < 0.3:
            profile = [(1e-3, 0), (0.033, 0), (0.033, 0.16), (0.012, 0.2), (0.014, 0.235), (1e-3, 0.236)]
            parts.append((shapes.lathe(profile, (x, y, height), 12), "bottle"))
        elif kind < 0.55:
            parts.append((shapes.cylinder(0.03, height, height + 0.09, (x, y), 0.037, 12), "white"))
        elif kind < 0.75:
            parts.append((shapes.box((0.15, 0.21, random.uniform(0.015, 0.05)), (x, y, height + 0.02), 0.003), "accent"))
        elif kind < 0.9:
            parts.append((shapes.box((0.22, 0.11, 0.07), (x, y, height + 0.035), 0.006), "accent 2"))
        else:
            parts.append((shapes.cylinder(0.04, height, height + 0.16, (x, y), 0.055, 12), "bottle"))
            for stem in range(7):
                angle = stem * 0.9
                tip = (x + 0.12 * math.cos(angle), y + 0.12 * math.sin(angle), height + 0.30 + 0.02 * (stem % 3))
                parts.append((shapes.rod((x, y, height + 0.12), tip, 0.004, 5), "leaf"))
                parts.append((shapes.box((0.06, 0.06, 0.05), tip, 0.024), random.choice(("accent", "white", "accent 2"))))
    return parts


def monitor_stand(random):
    """A patient monitor on a trolley."""
    height = random.uniform(1.15, 1.4)
    parts = [(shapes.rod((0, 0, 0.06), (0, 0, height), 0.02), "metal")]
    for i in range(5):
        angle = i * 1.2566
        parts.append((shapes.rod((0, 0, 0.1), (math.cos(angle) * 0.26, math.sin(angle) * 0.26, 0.04), 0.018), "metal"))
    parts.append((shapes.box((0.36, 0.13, 0.28), (0, 0.03, height + 0.12), 0.02), "device"))
    parts.append((shapes.box((0.31, 0.01, 0.22), (0, 0.097, height + 0.13), 0.003), "screen"))
    for row in range(3):
        points = [(-0.14 + 0.28 * i / 14, 0.104, height + 0.19 - 0.06 * row + 0.02 * ((i * 7 + row * 3) % 5 == 0)) for i in range(15)]
        for a, b in zip(points, points[1:]):
            parts.append((shapes.rod(a, b, 0.0022, 4), ("trace 1", "trace 2", "trace 3")[row]))
    parts.append((shapes.box((0.28, 0.24, 0.12), (0, 0.02, height - 0.4), 0.015), "device"))
    return Piece("monitor", 0.54, 0.54, _shifted(parts, 0.27))


def wash_basin(random):
    """On the wall, with a mirror, towels and a dispenser."""
    parts = [
        (shapes.box((0.56, 0.44, 0.16), (0, 0.24, 0.78), 0.06), "ceramic"),
        (shapes.box((0.44, 0.30, 0.02), (0, 0.26, 0.862), 0.008), "shade of basin"),
        (shapes.rod((0, 0.06, 0.86), (0, 0.06, 1.02), 0.014), "metal"),
        (shapes.rod((0, 0.06, 1.02), (0, 0.2, 1.0), 0.012), "metal"),
        (shapes.rod((0, 0.12, 0.1), (0, 0.12, 0.72), 0.03), "ceramic"),
        (shapes.box((0.5, 0.015, 0.66), (0, 0.01, 1.5), 0.004), "mirror"),
        (shapes.box((0.26, 0.12, 0.34), (0.52, 0.07, 1.35), 0.03), "white"),
        (shapes.box((0.1, 0.1, 0.24), (-0.42, 0.06, 1.25), 0.02), "accent 2"),
    ]
    if random.chance(0.6):
        parts.append((shapes.lathe([(1e-3, 0), (0.14, 0), (0.17, 0.42), (0.15, 0.42), (0.13, 0.3)], (0.55, 0.2, 0)), "bin"))
    return Piece("wash basin", 1.25, 0.5, parts)


def coat_hooks(random):
    """A coat and a gown on hooks: upright, dressed, and not a person."""
    parts = [(shapes.box((0.9, 0.03, 0.1), (0, 0.015, 1.7), 0.006), "board")]
    for index in range(random.integer(1, 3)):
        x, top = -0.3 + 0.3 * index, 1.66
        length = random.uniform(0.7, 1.1)
        profile = [(0.16, top - length), (0.15, top - length * 0.5), (0.13, top - 0.14), (0.035, top)]
        vertices, quads = shapes.lathe(profile, segments=16)
        wave = 1 + 0.10 * np.sin(np.arctan2(vertices[:, 1], vertices[:, 0]) * 6 + index)
        vertices = vertices * np.column_stack([wave, 0.5 * wave, np.ones(len(wave))]) + (x, 0.1, 0)
        name = ("gown on hook", "coat on hook")[index % 2]
        parts.append(((vertices.astype(np.float32), quads), name))
        for side in (-1, 1):
            parts.append((shapes.rod((x + side * 0.12, 0.1, top - 0.12), (x + side * 0.17, 0.1, top - 0.62), 0.045), name))
    return Piece("coat hooks", 0.95, 0.28, parts)


def wheelchair(random):
    parts = [
        (shapes.box((0.44, 0.42, 0.05), (0, 0.45, 0.5), 0.015), "rubber"),
        (shapes.box((0.44, 0.04, 0.44), (0, 0.22, 0.74), 0.012), "rubber"),
    ]
    for x in (-0.27, 0.27):
        ring = [(0.3 * math.cos(a), 0.3 * math.sin(a)) for a in np.linspace(0, 2 * math.pi, 17)]
        for (y0, z0), (y1, z1) in zip(ring, ring[1:]):
            parts.append((shapes.rod((x, 0.4 + y0, 0.31 + z0), (x, 0.4 + y1, 0.31 + z1), 0.016, 6), "rubber"))
        for angle in np.linspace(0, math.pi, 5)[:4]:
            y, z = 0.29 * math.cos(angle), 0.29 * math.sin(angle)
            parts.append((shapes.rod((x, 0.4 - y, 0.31 - z), (x, 0.4 + y, 0.31 + z), 0.004, 4), "metal"))
        for a, b in (((0.22, 0.95), (0.22, 0.3)), ((0.22, 0.72), (0.66, 0.72)), ((0.66, 0.72), (0.66, 0.1)), ((0.1, 0.95), (0.22, 0.95))):
            parts.append((shapes.rod((x * 0.86, *a), (x * 0.86, *b), 0.013), "metal"))
        parts.append((shapes.box((0.14, 0.2, 0.015), (x * 0.5, 0.82, 0.12), 0.004), "metal"))
    return Piece("wheelchair", 0.64, 0.95, parts, seats=[(0, 0.42, 0, 0.525)])


def _shifted(parts, y):
    return [((vertices + np.float32((0, y, 0)), quads), name) for (vertices, quads), name in parts]
