"""Projection of points into pixels, boxes of meshes, cameras that look at something. No bpy.

Camera space is Blender's: x to the right, y up, looking along −z. Pixels have their origin in the top left corner
of the image, y down; a pixel's centre is at + 0.5."""

import math

import numpy as np


def look_at(position, target, roll_radians=0.0):
    """[4, 4] camera to world: at `position`, looking at `target`, up as far as possible, then rolled."""
    position = np.asarray(position, dtype=float)
    backward = position - np.asarray(target, dtype=float)
    length = np.linalg.norm(backward)
    backward = backward / length if length > 1e-9 else np.array([0.0, -1.0, 0.0])
    right = np.cross([0.0, 0.0, 1.0], backward)
    if np.linalg.norm(right) < 1e-6:
        right = np.array([1.0, 0.0, 0.0])
    right = right / np.linalg.norm(right)
    up = np.cross(backward, right)
    cosine, sine = math.cos(roll_radians), math.sin(roll_radians)
    matrix = np.eye(4)
    matrix[:3, 0] = cosine * right + sine * up
    matrix[:3, 1] = -sine * right + cosine * up
    matrix[:3, 2] = backward
    matrix[:3, 3] = position
    return matrix


def orbit(target, distance, elevation_degrees, azimuth_degrees):
    """[3] the point at this distance from the target; azimuth 0 is the −y side, counter-clockwise from above."""
    elevation, azimuth = math.radians(elevation_degrees), math.radians(azimuth_degrees)
    direction = np.array(
        [
            math.sin(azimuth) * math.cos(elevation),
            -math.cos(azimuth) * math.cos(elevation),
            math.sin(elevation),
        ]
    )
    return np.asarray(target, dtype=float) + distance * direction


def intrinsics(width, height, focal_mm, sensor_mm):
    """[3, 3] camera to pixels (y down, z forward), sensor fitted to the longer side, square pixels."""
    focal_px = focal_mm / sensor_mm * max(width, height)
    return np.array([[focal_px, 0.0, width / 2], [0.0, focal_px, height / 2], [0.0, 0.0, 1.0]])


def to_camera(points, world_to_camera):
    """points [N, 3] in the world → [N, 3] in camera space"""
    return points @ world_to_camera[:3, :3].T + world_to_camera[:3, 3]


def to_pixels(points, matrix):
    """points [N, 3] in camera space, all in front → [N, 2] pixels; matrix: intrinsics [3, 3]"""
    depth = -points[:, 2]
    x = matrix[0, 0] * points[:, 0] / depth + matrix[0, 2]
    y = -matrix[1, 1] * points[:, 1] / depth + matrix[1, 2]
    return np.stack([x, y], axis=1)


def amodal_box(points, edges, matrix, near, lens=None):
    """The box of all that is in front of the near plane, seen or not, inside the image or not.

    points [N, 3] in camera space; edges [E, 2] indices: an edge that crosses the plane counts up to the crossing.
    @returns (xmin, ymin, xmax, ymax) in pixels, or None when all of it is behind the camera"""
    front = points[:, 2] < -near
    parts = [points[front]]
    if len(edges) and not front.all():
        crossing = edges[front[edges[:, 0]] != front[edges[:, 1]]]
        if len(crossing):
            a, b = points[crossing[:, 0]], points[crossing[:, 1]]
            share = (-near - a[:, 2]) / (b[:, 2] - a[:, 2])
            parts.append(a + share[:, None] * (b - a))
    in_front = np.concatenate(parts)
    if len(in_front) == 0:
        return None
    pixels = to_pixels(in_front, matrix)
    if lens is not None:
        pixels = lens.image(pixels)
    low, high = pixels.min(axis=0), pixels.max(axis=0)
    return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))


def clip_box(box, width, height):
    """The pixels [x0, y0, x1, y1) whose centres can lie in the box, inside the image; None when there are none."""
    x0, y0 = max(0, math.floor(box[0])), max(0, math.floor(box[1]))
    x1, y1 = min(width, math.ceil(box[2])), min(height, math.ceil(box[3]))
    return (x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None


def pixel_directions(x, y, matrix, lens=None):
    """x, y [N] pixel coordinates → [N, 3] unit directions in camera space"""
    if lens is not None:
        x, y = lens.source(np.stack([x, y], axis=1)).T
    directions = np.stack(
        [
            (np.asarray(x) - matrix[0, 2]) / matrix[0, 0],
            -(np.asarray(y) - matrix[1, 2]) / matrix[1, 1],
            np.full(len(x), -1.0),
        ],
        axis=1,
    )
    return directions / np.linalg.norm(directions, axis=1, keepdims=True)


"""Half-planes that an outline is enclosed by; more cut off corners that few rays fall into."""
OUTLINE_SIDES = 32
OUTLINE_MARGIN = 1e-6


def within_outline(directions, points):
    """Which rays from the camera can meet something that has its corners at these points: those inside a polygon
    of OUTLINE_SIDES sides around all points, as the camera sees them. Where a point is beside or behind the camera,
    any can.

    directions [N, 3] and points [M, 3] in camera space → [N] bool"""
    if points[:, 2].max() > -OUTLINE_MARGIN:
        return np.ones(len(directions), dtype=bool)
    angles = np.arange(OUTLINE_SIDES) * (2 * math.pi / OUTLINE_SIDES)
    normals = np.stack([np.cos(angles), np.sin(angles)])
    farthest = (points[:, :2] / points[:, 2:] @ normals).max(axis=0)
    return (directions[:, :2] / directions[:, 2:] @ normals <= farthest + OUTLINE_MARGIN).all(axis=1)


def sample_grid(box, limit):
    """Pixel centres over a pixel box [x0, y0, x1, y1), every one, or so many rows and columns that at most
    `limit` remain. @returns x [N], y [N], pixels that each sample stands for"""
    x0, y0, x1, y1 = box
    pixels = (x1 - x0) * (y1 - y0)
    stride = max(1.0, math.sqrt(pixels / limit))
    columns = max(1, int((x1 - x0) / stride))
    rows = max(1, int((y1 - y0) / stride))
    xs = x0 + (np.arange(columns) + 0.5) * (x1 - x0) / columns
    ys = y0 + (np.arange(rows) + 0.5) * (y1 - y0) / rows
    grid_x, grid_y = np.meshgrid(xs, ys)
    return grid_x.ravel(), grid_y.ravel(), pixels / (columns * rows)
