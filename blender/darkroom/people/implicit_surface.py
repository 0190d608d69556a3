"""Smooth bodies as signed distance fields, and their surface as a mesh. No bpy.

A primitive is a capsule of two radii (Quilez, "round cone", here with the cheaper linear blend of the radii) that
may be flattened across its own axis. Primitives of one group melt into each other with a polynomial smooth minimum
(Quilez 2013), whose reach is finite: each primitive is evaluated only where it can matter. The surface is
extracted with naive surface nets (Gibson 1998): one vertex in each cell that the surface crosses."""

from dataclasses import dataclass

import numpy as np

FAR = 9.0


@dataclass(frozen=True)
class Capsule:
    """From a to b [3] with radii at the ends, metres; `flat` scales the depth along `normal` [3]."""

    a: tuple
    b: tuple
    radius_a: float
    radius_b: float
    normal: tuple | None = None
    flat: float = 1.0

    def inflated(self, by, by_end=None):
        return Capsule(
            self.a, self.b, self.radius_a + by, self.radius_b + (by if by_end is None else by_end),
            self.normal, self.flat,
        )

    def distance(self, x, y, z):
        """Distances at points given as three arrays that broadcast against each other."""
        ax, ay, az = self.a
        px, py, pz = x - ax, y - ay, z - az
        dx, dy, dz = self.b[0] - ax, self.b[1] - ay, self.b[2] - az
        squared = dx * dx + dy * dy + dz * dz
        along = (px * dx + py * dy + pz * dz) / max(squared, 1e-9)
        along = np.clip(along, 0.0, 1.0)
        qx, qy, qz = px - along * dx, py - along * dy, pz - along * dz
        length = qx * qx + qy * qy + qz * qz
        if self.normal is not None and self.flat != 1.0:
            nx, ny, nz = self.normal
            depth = qx * nx + qy * ny + qz * nz
            length = length + depth * depth * (1.0 / (self.flat * self.flat) - 1.0)
        radius = self.radius_a + along * (self.radius_b - self.radius_a)
        return np.sqrt(length) - radius

    def bounds(self, margin):
        reach = max(self.radius_a, self.radius_b) * max(1.0, self.flat) + margin
        low = np.minimum(self.a, self.b) - reach
        high = np.maximum(self.a, self.b) + reach
        return low, high


class Grid:
    """A box of cubic cells over which fields are sampled."""

    def __init__(self, low, high, cell):
        self.cell = cell
        self.low = np.asarray(low, dtype=np.float32)
        self.shape = tuple(int(n) for n in np.ceil((np.asarray(high) - self.low) / cell).astype(int) + 1)
        self.axes = [self.low[axis] + cell * np.arange(self.shape[axis], dtype=np.float32) for axis in range(3)]

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


def cut_away(grid, field, inside):
    """Takes a region out of a field in place. inside: (x, y, z) → distance, negative in the region"""
    window = tuple(slice(0, n) for n in grid.shape)
    np.maximum(field, -inside(*grid.coordinates(window)).astype(np.float32), out=field)


def surface(grid, field):
    """@returns vertices [N, 3] and quads [M, 4] of the field's zero, outward"""
    inside = field < 0
    corners = np.zeros(tuple(n - 1 for n in grid.shape), dtype=np.uint8)
    for dx in (0, 1):
        for dy in (0, 1):
            for dz in (0, 1):
                corners += inside[_shift(dx), _shift(dy), _shift(dz)]
    cells = np.argwhere((corners > 0) & (corners < 8))
    numbers = np.full(corners.shape, -1, dtype=np.int32)
    numbers[tuple(cells.T)] = np.arange(len(cells))
    vertices = grid.low + grid.cell * _vertices(field, cells)
    return vertices.astype(np.float32), _quads(inside, numbers)


def _shift(offset):
    return slice(1, None) if offset else slice(None, -1)


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
                    offset = share if part == axis else start[part]
                    total[:, part] += np.where(crosses, offset, 0.0)
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
            at = np.argwhere(a & ~b if start_inside else ~a & b)
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


def sample(grid, field, points):
    """Trilinear values of a field at points [N, 3] inside the grid → [N]"""
    place = (points - grid.low) / grid.cell
    place = np.clip(place, 0, np.array(grid.shape) - 1.001)
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
    return total
