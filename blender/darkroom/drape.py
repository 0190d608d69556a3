"""Cloth laid over things from above: the obstacle problem of a membrane (Kinderlehrer & Stampacchia 1980), solved by
relaxation on a grid of heights. No bpy."""

import numpy as np


def obstacle(points, low, high, cell, floor):
    """The heights that cloth may not sink below: [rows, columns] over the rectangle low–high [2] in x and y.
    @param points [N, 3] of what lies there @param floor height where nothing lies"""
    columns, rows = (int(np.ceil((high[axis] - low[axis]) / cell)) + 1 for axis in (0, 1))
    heights = np.full((rows, columns), floor, dtype=np.float64)
    index = np.rint((np.asarray(points)[:, :2] - np.asarray(low)) / cell).astype(int)
    inside = (index >= 0).all(axis=1) & (index[:, 0] < columns) & (index[:, 1] < rows)
    np.maximum.at(heights, (index[inside, 1], index[inside, 0]), np.asarray(points)[inside, 2])
    return heights


def relaxed(heights, thickness=0.012, steps=40):
    """Cloth over heights [rows, columns]: stretched between the high places, never below any."""
    least = np.maximum(heights, _neighbours(heights, np.maximum)) + thickness
    cloth = least.copy()
    for _ in range(steps):
        cloth = np.maximum(least, _neighbours(cloth, np.add) / 4)
    return cloth


def sheet(heights, low, cell, hang=0.22, folds=0.018, phase=0.0):
    """Vertices and quads of the cloth, with its two long sides hanging down. heights: [rows, columns]"""
    rows, columns = heights.shape
    x = low[0] + cell * np.arange(columns)
    y = low[1] + cell * np.arange(rows)
    steps = 4
    outside = np.arange(1, steps + 1) / steps
    wave = np.sin(y * 23 + phase) * 0.6 + np.sin(y * 41 + 2 * phase) * 0.4
    parts = []
    for side, edge in ((-1, 0), (1, columns - 1)):
        reach = x[edge] + side * (0.02 + folds * (1 + wave)[:, None] * outside[None, :])
        drop = heights[:, edge][:, None] - hang * (1 + 0.12 * np.sin(y * 3 + phase))[:, None] * outside[None, :]
        parts.append((reach, drop))
    (left_x, left_z), (right_x, right_z) = parts
    grid_x = np.concatenate([left_x[:, ::-1], np.repeat(x[None], rows, 0), right_x], axis=1)
    grid_z = np.concatenate([left_z[:, ::-1], heights, right_z], axis=1)
    grid_y = np.repeat(y[:, None], grid_x.shape[1], 1)
    vertices = np.stack([grid_x, grid_y, grid_z], axis=-1).reshape(-1, 3).astype(np.float32)
    index = np.arange(len(vertices)).reshape(grid_x.shape)
    quads = np.stack([index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]], axis=-1)
    return vertices, quads.reshape(-1, 4).astype(np.int32)


def _neighbours(values, combine):
    padded = np.pad(values, 1, mode="edge")
    left, right, up, down = padded[1:-1, :-2], padded[1:-1, 2:], padded[:-2, 1:-1], padded[2:, 1:-1]
    return combine(combine(left, right), combine(up, down))
