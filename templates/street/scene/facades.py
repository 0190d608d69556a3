"""Fronts of buildings, as shapes with the names of their materials: along +y from the origin, the street towards +x."""

from darkroom import shapes


def building(random, kind):
    """@param kind shops, offices, houses @returns (parts, width along the street)"""
    if kind == "offices":
        return _offices(random)
    width = random.uniform(6.0, 13.0) if kind == "shops" else random.uniform(5.0, 9.0)
    floors = random.integer(2, 5) if kind == "shops" else random.integer(2, 3)
    ground, storey = random.uniform(3.2, 4.2) if kind == "shops" else 2.9, random.uniform(2.8, 3.3)
    height = ground + storey * (floors - 1) + random.uniform(0.4, 1.0)
    depth = random.uniform(-0.25, 0.0)
    parts = [(shapes.box((6.0, width, height), (-3.0 + depth, width / 2, height / 2)), "wall")]
    if kind == "houses":
        parts.append((shapes.box((6.6, width + 0.1, 0.5), (-3.0 + depth, width / 2, height + 0.2), 0.1), "roof"))
    columns = max(2, int(width / random.uniform(1.7, 2.6)))
    wide, tall = random.uniform(0.8, 1.2), random.uniform(1.3, 1.9)
    for floor in range(1, floors):
        z = ground + storey * (floor - 1) + storey * 0.5
        for column in range(columns):
            y = (column + 0.5) * width / columns
            parts += _window(random, depth, y, z, wide, tall)
        if random.chance(0.4):
            parts.append((shapes.box((0.12, width, 0.14), (depth + 0.03, width / 2, ground + storey * (floor - 1)), 0.02), "trim"))
    parts.append((shapes.box((0.3, width, 0.25), (depth + 0.05, width / 2, height - 0.12), 0.04), "trim"))
    parts.append((shapes.box((0.08, width, 0.6), (depth + 0.02, width / 2, 0.3), 0.01), "plinth"))
    if kind == "shops":
        parts += _shop(random, depth, width, ground)
    else:
        parts += _front_door(random, depth, width * random.uniform(0.25, 0.75))
        for side in (0.18, 0.82):
            parts += _window(random, depth, width * side, 1.6, wide, min(tall, 1.5))
    if random.chance(0.5):
        y = random.choice((0.12, width - 0.12))
        parts.append((shapes.rod((depth + 0.08, y, 0), (depth + 0.08, y, height), 0.05), "pipe"))
    return parts, width


def _window(random, x, y, z, wide, tall):
    lit = "lit window" if random.chance(0.08) else "glass"
    parts = [
        (shapes.box((0.10, wide + 0.16, tall + 0.16), (x + 0.005, y, z)), "trim"),
        (shapes.box((0.10, wide, tall), (x + 0.015, y, z)), lit),
        (shapes.box((0.12, 0.05, tall), (x + 0.015, y, z)), "frame"),
        (shapes.box((0.12, wide, 0.05), (x + 0.015, y, z + tall * 0.18)), "frame"),
        (shapes.box((0.24, wide + 0.2, 0.07), (x + 0.06, y, z - tall / 2 - 0.08)), "trim"),
    ]
    if random.chance(0.3):
        parts.append((shapes.box((0.11, wide * 0.45, tall), (x + 0.012, y + random.choice((-0.25, 0.25)) * wide, z)), "net curtain"))
    return parts


def _shop(random, x, width, ground):
    """A shop window with things in it, a door, a sign, sometimes an awning."""
    parts = [(shapes.box((0.14, width - 0.5, ground - 1.1), (x + 0.0, width / 2, 0.45 + (ground - 1.1) / 2)), "glass")]
    bays = max(2, int(width / 2.2))
    for bay in range(bays + 1):
        y = 0.25 + bay * (width - 0.5) / bays
        parts.append((shapes.box((0.18, 0.10, ground - 0.7), (x + 0.01, y, (ground - 0.7) / 2 + 0.1)), "frame"))
    parts.append((shapes.box((0.18, width - 0.3, 0.5), (x + 0.02, width / 2, 0.25), 0.01), "frame"))
    parts.append((shapes.box((0.22, width - 0.2, 0.55), (x + 0.05, width / 2, ground - 0.42), 0.03), "sign"))
    for index in range(random.integer(3, 7)):
        y = width * (0.3 + 0.4 * index / 7)
        parts.append((shapes.box((0.03, random.uniform(0.12, 0.3), random.uniform(0.14, 0.28)), (x + 0.17, y, ground - 0.42), 0.01), "lettering"))
    door = random.uniform(0.2, 0.8) * width
    parts.append((shapes.box((0.2, 1.0, 2.2), (x + 0.0, door, 1.1), 0.01), "door"))
    parts.append((shapes.box((0.21, 0.7, 1.5), (x + 0.0, door, 1.3)), "glass"))
    if random.chance(0.45):
        reach, top = random.uniform(0.9, 1.5), ground - 0.75
        parts.append((shapes.plane((x + 0.1, 0.2, top), (0, width - 0.4, 0), (reach, 0, -0.5)), "awning"))
        parts.append((shapes.plane((x + 0.1 + reach, 0.2, top - 0.5), (0, width - 0.4, 0), (0, 0, -0.2)), "awning"))
    return parts


def _front_door(random, x, y):
    return [
        (shapes.box((0.12, 1.15, 2.35), (x + 0.02, y, 1.25)), "trim"),
        (shapes.box((0.14, 0.95, 2.1), (x + 0.03, y, 1.2), 0.01), "door"),
        (shapes.box((0.16, 0.5, 0.4), (x + 0.03, y, 1.9)), "glass"),
        (shapes.box((0.5, 1.3, 0.14), (x + 0.3, y, 0.07), 0.01), "plinth"),
    ]


def _offices(random):
    """Bands of glass between bands of wall."""
    width, floors, storey = random.uniform(12.0, 22.0), random.integer(4, 9), random.uniform(3.2, 3.7)
    height = floors * storey + 1.0
    parts = [(shapes.box((6.0, width, height), (-3.0, width / 2, height / 2)), "wall")]
    columns = int(width / random.uniform(1.3, 2.4))
    for floor in range(floors):
        z = floor * storey + storey * (0.55 if floor else 0.48)
        tall = storey * (0.58 if floor else 0.86)
        parts.append((shapes.box((0.1, width - 0.6, tall), (0.0, width / 2, z)), "glass"))
        for column in range(columns + 1):
            y = 0.3 + column * (width - 0.6) / columns
            parts.append((shapes.box((0.16, 0.07, tall), (0.01, y, z)), "frame"))
    for column in range(0, columns + 1, 3):
        y = 0.3 + column * (width - 0.6) / columns
        parts.append((shapes.box((0.5, 0.45, storey), (0.2, y, storey / 2), 0.03), "trim"))
    return parts, width
