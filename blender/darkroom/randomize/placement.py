"""Boxes that touch nothing, and matrices that move things. No bpy.

A box is ((xmin, ymin, zmin), (xmax, ymax, zmax)) along the world's axes."""

import math

import numpy as np

"""Corners of a unit box and its faces, in the order of box_corners()."""
FACES = ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3))


def box_of(points):
    """The box of points [N, 3]."""
    points = np.asarray(points, dtype=float)
    return points.min(axis=0), points.max(axis=0)


def box_corners(box):
    """[8, 3]"""
    low, high = box
    return np.array([[(low, high)[x][0], (low, high)[y][1], (low, high)[z][2]] for x in (0, 1) for y in (0, 1) for z in (0, 1)])


def grown(box, margin):
    low, high = box
    return np.asarray(low, dtype=float) - margin, np.asarray(high, dtype=float) + margin


def overlap(a, b):
    """Whether two boxes share a volume; faces that touch do not."""
    return bool(np.all(np.asarray(a[0]) < np.asarray(b[1])) and np.all(np.asarray(b[0]) < np.asarray(a[1])))


def shrink_area(area, footprint):
    """Where the origin of a thing may stand so that all of it lies in the area.
    @param area ((xmin, ymin), (xmax, ymax)) @param footprint box relative to the origin
    @returns such an area, or None when it is too small for the thing"""
    low = np.asarray(area[0], dtype=float) - np.asarray(footprint[0])[:2]
    high = np.asarray(area[1], dtype=float) - np.asarray(footprint[1])[:2]
    return None if np.any(low > high) else (low, high)


def rotation_z(degrees):
    """[4, 4]"""
    return rotation((0, 0, degrees))


def rotation(degrees_xyz):
    """[4, 4] turned about x, then y, then z"""
    matrix = np.eye(4)
    for axis, degrees in enumerate(degrees_xyz):
        cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        i, j = (axis + 1) % 3, (axis + 2) % 3
        turn = np.eye(4)
        turn[i, i] = turn[j, j] = cosine
        turn[i, j], turn[j, i] = -sine, sine
        matrix = turn @ matrix
    return matrix


def scaling(factor):
    """[4, 4]"""
    return np.diag([factor, factor, factor, 1.0])


def translation(vector):
    """[4, 4]"""
    matrix = np.eye(4)
    matrix[:3, 3] = vector
    return matrix
