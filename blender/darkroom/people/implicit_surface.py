"""Smooth bodies as distance fields, and their surface as a mesh. No bpy.

Two primitives: a tube between two points whose ends are ellipses, and an ellipsoid. Distances are those of the
nearest direction on the ellipse, not of its nearest point: exact on the surface, which is all that is kept.
Primitives of one group melt into each other with a polynomial smooth minimum (Quilez 2013), whose reach is finite:
each is evaluated only where it can matter. The surface is extracted with naive surface nets (Gibson 1998): one
vertex in each cell that the surface crosses."""

from dataclasses import dataclass, replace

import numpy as np

FAR = 9.0
"""Keeps divisions finite in the middle of a primitive."""
TINY = 1e-4


@dataclass(frozen=True)
class Tube:
    """From a to b [3] metres. Radii at the ends: `width` along `side` [3] and `depth` across it; depth None: round.
    `cut` ends the tube in a plane at b instead of a dome."""

    a: tuple
    b: tuple
    width_a: float
    width_b: float
    depth_a: float | None = None
    depth_b: float | None = None
    side: tuple = (1.0, 0.0, 0.0)
    cut: bool = False

    def inflated(self, by, by_end=None):
        end = by if by_end is None else by_end
        return replace(
            self, width_a=self.width_a + by, width_b=self.width_b + end,
            depth_a=None if self.depth_a is None else self.depth_a + by,
            depth_b=None if self.depth_b is None else self.depth_b + end,
        )

    def shortened(self, share):
        """Its first part, ended by a plane."""
        a, b = np.asarray(self.a, dtype=float), np.asarray(self.b, dtype=float)
        mix = lambda first, last: None if first is None else first + share * (last - first)  # noqa: E731
        return replace(
            self, b=tuple(a + share * (b - a)), width_b=mix(self.width_a, self.width_b),
            depth_b=mix(self.depth_a, self.depth_b), cut=True,
        )

    def distance(self, x, y, z):
        """Distances at points given as three arrays that broadcast against each other."""
        ax, ay, az = self.a
        dx, dy, dz = (float(end - start) for start, end in zip(self.a, self.b))
        squared = dx * dx + dy * dy + dz * dz
        px, py, pz = x - ax, y - ay, z - az
        free = (px * dx + py * dy + pz * dz) / max(squared, 1e-9)
        along = np.clip(free, 0.0, 1.0)
        qx, qy, qz = px - along * dx, py - along * dy, pz - along * dz
        width = self.width_a + along * (self.width_b - self.width_a)
        length = qx * qx + qy * qy + qz * qz
        if self.depth_a is None:
            distance = np.sqrt(length) - width
        else:
            depth = self.depth_a + along * (self.depth_b - self.depth_a)
            sx, sy, sz = self.side
            across = qx * sx + qy * sy + qz * sz
            across = across * across
            scaled = np.sqrt(across / (width * width) + (length - across) / (depth * depth))
            distance = np.sqrt(length) * (1.0 - 1.0 / np.maximum(scaled, TINY)) - np.where(scaled < TINY, depth, 0.0)
        if self.cut:
            distance = np.maximum(distance, (free - 1.0) * np.float32(squared**0.5))
        return distance

    def bounds(self, margin):
        reach = max(self.width_a, self.width_b, self.depth_a or 0.0, self.depth_b or 0.0) + margin
        return np.minimum(self.a, self.b) - reach, np.maximum(self.a, self.b) + reach


@dataclass(frozen=True)
class Ball:
    """An ellipsoid: radii [3] along the columns of frame [3, 3]."""

    centre: tuple
    radii: tuple
    frame: tuple = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))

    def inflated(self, by, _by_end=None):
        return replace(self, radii=tuple(radius + by for radius in self.radii))

    def distance(self, x, y, z):
        cx, cy, cz = self.centre
        px, py, pz = x - cx, y - cy, z - cz
        scaled = 0.0
        for axis, radius in enumerate(self.radii):
            part = (px * self.frame[0][axis] + py * self.frame[1][axis] + pz * self.frame[2][axis]) * (1.0 / radius)
            scaled = scaled + part * part
        scaled = np.maximum(np.sqrt(scaled), TINY)
        length = np.maximum(np.sqrt(px * px + py * py + pz * pz), TINY * min(self.radii))
        return length * (1.0 - 1.0 / scaled)

    def bounds(self, margin):
        reach = max(self.radii) + margin
        return np.asarray(self.centre) - reach, np.asarray(self.centre) + reach


class Grid:
    """A box of cubic cells over which fields are sampled."""

    def __init__(self, low, high, cell):
        self.cell = cell
        self.low = np.asarray(low, dtype=np.float32)
        self.shape = tuple(int(n) for n in np.ceil((np.asarray(high) - self.low) / cell).astype(int) + 1)
        self.axes = [self.low[axis] + cell * np.arange(self.shape[axis], dtype=np.float32) for axis in range(3)]

    @classmethod
    def around(cls, primitives, cell, margin=0.03):
        bounds = [part.bounds(margin) for part in primitives]
        return cls(np.min([low for low, _ in bounds], axis=0), np.max([high for _, high in bounds], axis=0), cell)

    def empty(self):
        return np.full(self.shape, FAR, dtype=np.float32)

    def window(self, low, high):
        """Slices of the part of the grid inside a box, or None."""
        slices = []
        for axis in range(3):
            first = max(0, int(np.floor((low[axis] - self.low[axis]) / self.cell)))
            last = min(self.shape[axis], int(np.ceil((high[axis] - self.low[axis]) / self.cell)) + 1)
            if last <= first:
                return None
            slices.append(slice(first, last))
        return tuple(slices)

    def everywhere(self):
        return tuple(slice(0, n) for n in self.shape)

    def coordinates(self, window):
        x, y, z = (axis[part] for axis, part in zip(self.axes, window))
        return x[:, None, None], y[None, :, None], z[None, None, :]


def melt(grid, field, primitives, softness):
    """Adds primitives to a field in place; they melt into what is there over `softness` metres."""
    for primitive in primitives:
        window = grid.window(*primitive.bounds(softness + 2 * grid.cell))
        if window is None:
            continue
        distance = primitive.distance(*grid.coordinates(window)).astype(np.float32)
        old = field[window]
        overlap = np.maximum(softness - np.abs(old - distance), 0.0)
        field[window] = np.minimum(old, distance) - overlap * overlap * (0.25 / softness)


def carve(grid, field, primitives, softness):
    """Takes primitives out of a field in place, with edges as soft as `softness` metres."""
    for primitive in primitives:
        window = grid.window(*primitive.bounds(softness + 2 * grid.cell))
        if window is None:
            continue
        outside = -primitive.distance(*grid.coordinates(window)).astype(np.float32)
        old = field[window]
        overlap = np.maximum(softness - np.abs(old - outside), 0.0)
        field[window] = np.maximum(old, outside) + overlap * overlap * (0.25 / softness)


def cut_away(grid, field, inside):
    """Takes a region out of a field in place. inside: (x, y, z) → distance, negative in the region"""
    np.maximum(field, -inside(*grid.coordinates(grid.everywhere())).astype(np.float32), out=field)


def surface(grid, field):
    """@returns vertices [N, 3] and quads [M, 4] of the field's zero, outward"""
    inside = field < 0
    corners = inside.view(np.uint8)
    for axis in range(3):
        lower, upper = [slice(None)] * 3, [slice(None)] * 3
        lower[axis], upper[axis] = slice(None, -1), slice(1, None)
        corners = corners[tuple(lower)] + corners[tuple(upper)]
    cells = _places((corners > 0) & (corners < 8))
    if len(cells) == 0:
        return np.zeros((0, 3), dtype=np.float32), np.zeros((0, 4), dtype=np.int32)
    numbers = np.full(corners.shape, -1, dtype=np.int32)
    numbers[tuple(cells.T)] = np.arange(len(cells))
    vertices = grid.low + grid.cell * _vertices(field, cells)
    return vertices.astype(np.float32), _quads(inside, numbers)


def _vertices(field, cells):
    """[N, 3] the mean of the places where the twelve edges of each cell cross zero, in grid units"""
    total = np.zeros((len(cells), 3), dtype=np.float32)
    count = np.zeros(len(cells), dtype=np.float32)
    values = {
        (dx, dy, dz): field[cells[:, 0] + dx, cells[:, 1] + dy, cells[:, 2] + dz]
        for dx in (0, 1) for dy in (0, 1) for dz in (0, 1)
    }
    for axis in range(3):
        for u in (0, 1):
            for v in (0, 1):
                start = [0, 0, 0]
                start[(axis + 1) % 3], start[(axis + 2) % 3] = u, v
                end = list(start)
                end[axis] = 1
                a, b = values[tuple(start)], values[tuple(end)]
                crosses = (a < 0) != (b < 0)
                share = np.where(crosses, a / np.where(crosses, a - b, 1.0), 0.0)
                for part in range(3):
                    if part == axis:
                        total[:, part] += share
                    elif start[part]:
                        total[:, part] += crosses
                count += crosses
    return cells + total / count[:, None]


def _quads(inside, numbers):
    """[M, 4] a quad around every grid edge that crosses the surface"""
    quads = []
    for axis in range(3):
        u, v = (axis + 1) % 3, (axis + 2) % 3
        lower, upper = [slice(1, -1)] * 3, [slice(1, -1)] * 3
        lower[axis], upper[axis] = slice(0, -1), slice(1, None)
        a, b = inside[tuple(lower)], inside[tuple(upper)]
        for start_inside in (True, False):
            at = _places(a & ~b if start_inside else ~a & b)
            at[:, u] += 1
            at[:, v] += 1
            ring = []
            for du, dv in ((0, 0), (-1, 0), (-1, -1), (0, -1)):
                cell = at.copy()
                cell[:, u] += du
                cell[:, v] += dv
                ring.append(numbers[tuple(cell.T)])
            quads.append(np.stack(ring if start_inside else ring[::-1], axis=1))
    return np.concatenate(quads)


def _places(chosen):
    """[N, 3] the indices of what is true: argwhere, in a third of its time"""
    return np.stack(np.unravel_index(np.flatnonzero(chosen), chosen.shape), axis=1)


def sample(grid, field, points):
    """Trilinear values of a field at points [N, 3] → [N]; outside of the grid it is FAR"""
    place = (points - grid.low) / grid.cell
    limit = np.array(grid.shape) - 1.001
    outside = ((place < 0) | (place > limit)).any(axis=1)
    place = np.clip(place, 0, limit)
    base = place.astype(int)
    rest = place - base
    total = np.zeros(len(points), dtype=np.float32)
    for dx in (0, 1):
        for dy in (0, 1):
            for dz in (0, 1):
                weight = (
                    (rest[:, 0] if dx else 1 - rest[:, 0])
                    * (rest[:, 1] if dy else 1 - rest[:, 1])
                    * (rest[:, 2] if dz else 1 - rest[:, 2])
                )
                total += weight * field[base[:, 0] + dx, base[:, 1] + dy, base[:, 2] + dz]
    total[outside] = FAR
    return total
