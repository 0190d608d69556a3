"""Parked and moving cars, as shapes with the names of their materials. Length along y, front towards +y, wheels on
z = 0, the middle at the origin."""

import numpy as np
from darkroom import shapes

"""Stations from the back to the front: y, then heights of sill, belt and roof, half widths at belt and roof, as shares of
length, height and width."""
BODIES = {
    "hatchback": ((4.0, 1.48, 1.76), (
        (-0.50, 0.30, 0.58, 0.60, 0.42, 0.40), (-0.485, 0.16, 0.62, 0.70, 0.48, 0.42), (-0.42, 0.15, 0.63, 0.96, 0.50, 0.39),
        (-0.20, 0.15, 0.63, 1.00, 0.50, 0.40), (0.06, 0.15, 0.62, 0.985, 0.50, 0.40), (0.25, 0.15, 0.60, 0.63, 0.50, 0.45),
        (0.43, 0.15, 0.52, 0.54, 0.48, 0.44), (0.485, 0.17, 0.42, 0.43, 0.44, 0.42), (0.50, 0.26, 0.36, 0.365, 0.40, 0.38),
    )),
    "saloon": ((4.6, 1.44, 1.80), (
        (-0.50, 0.30, 0.56, 0.58, 0.42, 0.40), (-0.485, 0.17, 0.62, 0.635, 0.47, 0.44), (-0.33, 0.15, 0.65, 0.67, 0.50, 0.45),
        (-0.19, 0.15, 0.64, 0.98, 0.50, 0.39), (-0.02, 0.15, 0.64, 1.00, 0.50, 0.40), (0.10, 0.15, 0.63, 0.97, 0.50, 0.40),
        (0.26, 0.15, 0.60, 0.62, 0.50, 0.45), (0.43, 0.15, 0.53, 0.54, 0.48, 0.44), (0.485, 0.17, 0.42, 0.43, 0.44, 0.42),
        (0.50, 0.26, 0.36, 0.365, 0.40, 0.38),
    )),
    "van": ((4.9, 2.05, 1.92), (
        (-0.50, 0.20, 0.50, 0.94, 0.47, 0.45), (-0.49, 0.13, 0.52, 0.98, 0.50, 0.46), (-0.10, 0.12, 0.52, 1.00, 0.50, 0.47),
        (0.20, 0.12, 0.52, 0.98, 0.50, 0.46), (0.34, 0.12, 0.51, 0.56, 0.49, 0.46), (0.46, 0.13, 0.45, 0.46, 0.47, 0.45),
        (0.50, 0.20, 0.32, 0.33, 0.43, 0.42),
    )),
    "estate": ((4.7, 1.66, 1.86), (
        (-0.50, 0.30, 0.57, 0.60, 0.43, 0.41), (-0.485, 0.17, 0.60, 0.85, 0.48, 0.42), (-0.44, 0.16, 0.61, 0.98, 0.50, 0.41),
        (-0.10, 0.16, 0.61, 1.00, 0.50, 0.42), (0.08, 0.16, 0.60, 0.98, 0.50, 0.41), (0.26, 0.16, 0.58, 0.61, 0.50, 0.46),
        (0.43, 0.16, 0.54, 0.55, 0.48, 0.45), (0.485, 0.18, 0.44, 0.45, 0.45, 0.43), (0.50, 0.26, 0.38, 0.385, 0.41, 0.39),
    )),
}


def car(random, kind=None):
    """@returns (parts, length, width)"""
    kind = kind or random.choice(("hatchback", "hatchback", "saloon", "estate", "van"))
    (length, height, width), stations = BODIES[kind]
    size = random.uniform(0.95, 1.05)
    length, height, width = length * size, height * size, width * size
    vertices, paint, glass = _shell(stations, length, height, width, kind)
    parts = [((vertices, paint), "paint"), ((vertices, glass), "glass")]
    for y in (-0.30, 0.31):
        for side in (-1, 1):
            x = side * (width * 0.5 - 0.09)
            for radius, half, name in ((0.315, 0.10, "tyre"), (0.20, 0.108, "rim")):
                wheel = shapes.cylinder(radius, -half, half, segments=18)
                turned = wheel[0][:, [2, 0, 1]] + np.float32((x, y * length, 0.315))
                parts.append(((turned, wheel[1]), name))
    for side in (-1, 1):
        lamp = shapes.box((0.3, 0.1, 0.12), (side * width * 0.36, length * 0.475, height * 0.42), 0.03)
        parts.append((lamp, "lamp"))
        parts.append((shapes.box((0.2, 0.06, 0.2), (side * width * 0.40, -length * 0.487, height * 0.52), 0.03), "tail lamp"))
        parts.append((shapes.box((0.2, 0.1, 0.12), (side * (width * 0.5 + 0.08), length * 0.14, height * 0.66), 0.03), "paint"))
    for y in (-0.497, 0.492):
        parts.append((shapes.box((0.5, 0.02, 0.11), (0, y * length, height * 0.30), 0.004), "plate"))
    return parts, length, width


def _shell(stations, length, height, width, kind):
    """Rings of eight points, joined; the quads between belt and roof are glass, but for a van's cargo space."""
    rings = []
    for y, sill, belt, roof, half_belt, half_roof in stations:
        low = half_belt * 0.96
        ring = [(-low, sill), (-half_belt, (sill + belt) / 2), (-half_belt * 0.985, belt), (-half_roof, roof)]
        ring += [(half_roof, roof), (half_belt * 0.985, belt), (half_belt, (sill + belt) / 2), (low, sill)]
        rings.append([(x * width, y * length, z * height) for x, z in ring])
    vertices = np.array(rings, dtype=np.float32)
    count, points = vertices.shape[:2]
    index = np.arange(count * points).reshape(count, points)
    paint, glass = [], []
    for station in range(count - 1):
        for point in range(points):
            following = (point + 1) % points
            quad = (index[station, point], index[station, following], index[station + 1, following], index[station + 1, point])
            tall = min(stations[station + side][3] - stations[station + side][2] for side in (0, 1))
            slanted = abs((stations[station][3] - stations[station][2]) - (stations[station + 1][3] - stations[station + 1][2])) > 0.12
            window = point in (2, 4) and tall > 0.2 or point == 3 and slanted
            if kind == "van" and stations[station][0] < 0.1:
                window = False
            (glass if window else paint).append(quad)
    for station, order in ((0, (0, 1, 2, 3)), (count - 1, (3, 2, 1, 0))):
        ring = index[station]
        for a, b, c, d in ((0, 1, 6, 7), (1, 2, 5, 6), (2, 3, 4, 5)):
            quad = (ring[a], ring[b], ring[c], ring[d])
            paint.append(quad if order[0] == 0 else quad[::-1])
    return vertices.reshape(-1, 3), np.array(paint, dtype=np.int32), np.array(glass, dtype=np.int32)
