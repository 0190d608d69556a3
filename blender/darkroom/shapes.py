"""Simple bodies as arrays: vertices [N, 3] in metres and quads [M, 4]; a triangle repeats its first index. No bpy."""

import functools
import math

import numpy as np


def box(size, centre=(0, 0, 0), radius=0.0):
    """A box with rounded edges (radius 0: sharp ones). size: full lengths along x, y, z"""
    half = np.asarray(size, dtype=np.float32) / 2
    radius = float(min(radius, half.min() * 0.98))
    cube, quads = _unit_cube(radius > 0)
    if radius <= 0:
        placed = cube * half
    else:
        # The cube's outer ring becomes the rounding; its inside the flat faces.
        inner = np.maximum(half - radius, 0.0)
        core = np.clip(cube / 0.4, -1.0, 1.0) * inner
        direction = np.where(np.abs(cube) > 0.4, (np.abs(cube) - 0.4) / 0.6, 0.0) * np.sign(cube)
        length = np.maximum(np.linalg.norm(direction, axis=1, keepdims=True), 1e-9)
        placed = core + radius * direction / length
    return placed + np.asarray(centre, dtype=np.float32), quads


@functools.lru_cache(maxsize=2)
def _unit_cube(rounded):
    """From −1 to 1, each face a grid: of one quad, or fine at its edges."""
    ticks = np.array([-1.0, -0.72, -0.4, 0.4, 0.72, 1.0]) if rounded else np.array([-1.0, 1.0])
    u, v = np.meshgrid(ticks, ticks, indexing="ij")
    n = len(ticks)
    vertices, quads = [], []
    for axis in range(3):
        for sign in (-1.0, 1.0):
            points = np.empty((n, n, 3), dtype=np.float32)
            points[..., axis] = sign
            points[..., (axis + 1) % 3] = u
            points[..., (axis + 2) % 3] = v
            quads.append(_grid_quads(n, n, flip=sign < 0) + sum(len(part) for part in vertices))
            vertices.append(points.reshape(-1, 3))
    return np.concatenate(vertices), np.concatenate(quads)


def lathe(profile, centre=(0, 0, 0), segments=20):
    """A body of revolution about z. profile: [(radius, z)] from the bottom to the top"""
    angles = np.linspace(0, 2 * math.pi, segments, endpoint=False)
    ring = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    rings = [np.column_stack([ring * radius, np.full(segments, z)]) for radius, z in profile]
    vertices = np.concatenate(rings).astype(np.float32) + np.asarray(centre, dtype=np.float32)
    quads = []
    following = (np.arange(segments) + 1) % segments
    for level in range(len(profile) - 1):
        lower, upper = level * segments, (level + 1) * segments
        quads.append(
            np.stack([lower + np.arange(segments), lower + following, upper + following, upper + np.arange(segments)], 1)
        )
    return vertices, np.concatenate(quads).astype(np.int32)


def cylinder(radius, bottom, top, centre=(0, 0), top_radius=None, segments=16):
    """Closed, upright. centre: x, y"""
    upper = radius if top_radius is None else top_radius
    return lathe([(1e-4, bottom), (radius, bottom), (upper, top), (1e-4, top)], (*centre, 0), segments)


def rod(start, end, radius, segments=8):
    """A straight rod between two points."""
    a, b = np.asarray(start, dtype=float), np.asarray(end, dtype=float)
    axis = b - a
    length = np.linalg.norm(axis)
    vertices, quads = cylinder(radius, 0, length, segments=segments)
    z = axis / length
    x = np.cross([0, 1, 0] if abs(z[1]) < 0.9 else [1, 0, 0], z)
    x /= np.linalg.norm(x)
    matrix = np.column_stack([x, np.cross(z, x), z])
    return (vertices @ matrix.T + a).astype(np.float32), quads


def leaf(base, tip, width, droop):
    """A bent blade from base to tip: 5 × 3 vertices."""
    a, b = np.asarray(base, dtype=float), np.asarray(tip, dtype=float)
    side = np.cross(b - a, [0, 0, 1.0])
    side /= max(np.linalg.norm(side), 1e-6)
    rows = []
    for t in np.linspace(0, 1, 6):
        middle = a + (b - a) * t - np.array([0, 0, droop * t * t])
        half = width * math.sin(math.pi * min(1.0, 0.08 + 0.92 * t)) * 0.5
        rows += [middle - side * half + [0, 0, half * 0.3], middle, middle + side * half + [0, 0, half * 0.3]]
    return np.array(rows, dtype=np.float32), _grid_quads(6, 3)


def plane(corner, along, up, tiles=(1, 1)):
    """A parallelogram of quads from a corner along two vectors; its front is along × up."""
    s, t = np.meshgrid(np.linspace(0, 1, tiles[0] + 1), np.linspace(0, 1, tiles[1] + 1), indexing="ij")
    corner, along, up = (np.asarray(part, dtype=np.float32) for part in (corner, along, up))
    vertices = corner + s[..., None] * along + t[..., None] * up
    return vertices.reshape(-1, 3).astype(np.float32), _grid_quads(tiles[0] + 1, tiles[1] + 1)


def curtain(width, height, folds, depth):
    """Hanging cloth along x, its top at z = height."""
    columns = folds * 6 + 1
    s = np.linspace(0, 1, columns)
    rows = []
    for z in (0.0, height * 0.5, height):
        spread = 1.0 + 0.35 * (1 - z / height)
        rows.append(np.column_stack([s * width, np.sin(s * folds * 2 * math.pi) * depth * spread, np.full(columns, z)]))
    return np.stack(rows, axis=1).reshape(-1, 3).astype(np.float32), _grid_quads(columns, 3)


def _grid_quads(rows, columns, flip=False):
    index = np.arange(rows * columns).reshape(rows, columns)
    quads = np.stack([index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]], axis=-1).reshape(-1, 4)
    return (quads[:, ::-1] if flip else quads).astype(np.int32)
