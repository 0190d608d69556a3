"""How many pixels a target would cover if nothing stood before it."""

import numpy as np
from mathutils import Vector
from mathutils.bvhtree import BVHTree

from . import geometry

"""Rays that look for hidden pixels of one target: a larger box is sampled."""
RAY_LIMIT = 2500


def pixels_alone(scene, target, points, graph, mask, seen, box, matrix, lens=None):
    """The target's pixels of the mask, and of those that show something else all whose ray meets the target. At the
    edge of what is seen, that something has to be met first: the renderer's sample lies elsewhere in the pixel, and
    may just have missed the target. So a target that nothing hides has exactly the pixels that are seen.

    @param points [N, 3] the target's corners in camera space
    @param mask [height, width] instance numbers @param seen how many of its pixels are the target's
    @param box (x0, y0, x1, y1) in pixels: where the target may be
    @param matrix intrinsics [3, 3]
    @param lens the lens through which mask and box are seen, None for one that does not distort
    @returns a whole number"""
    x0, y0, x1, y1 = box
    own = mask[y0:y1, x0:x1] == target.instance
    x, y, weight = geometry.sample_grid(box, RAY_LIMIT)
    column, row = x.astype(int) - x0, y.astype(int) - y0
    elsewhere = ~own[row, column]
    x, y, column, row = x[elsewhere], y[elsewhere], column[elsewhere], row[elsewhere]
    directions = geometry.pixel_directions(x, y, matrix, lens)
    # Of a box most corners lie beside the target, and a ray costs more than this.
    near = geometry.within_outline(directions, points)
    directions, column, row = directions[near], column[near], row[near]
    if len(directions) == 0:
        return seen
    camera_to_world = scene.camera.matrix_world.normalized()
    hit = _hits(target, graph, camera_to_world, directions)
    at_edge = hit & _touched(own)[row, column]
    behind = np.count_nonzero(hit & ~at_edge)
    rotation = np.array(camera_to_world.to_3x3(), dtype=float)
    names = {thing.name for thing in target.objects}
    for index in np.flatnonzero(at_edge):
        step = Vector(rotation @ directions[index])
        found, _, _, _, thing, _ = scene.ray_cast(graph, camera_to_world.translation, step)
        behind += bool(found and thing.name not in names and not thing.hide_render)
    return seen + int(round(behind * weight))


def _touched(own):
    """[height, width] whether a pixel or one of its eight neighbours is the target's"""
    height, width = own.shape
    wide = np.pad(own, 1)
    parts = [wide[down : down + height, right : right + width] for down in range(3) for right in range(3)]
    return np.logical_or.reduce(parts)


def _hits(target, graph, camera_to_world, directions):
    """[N] whether the rays (directions [N, 3] in camera space) meet the target, other objects left aside"""
    hit = np.zeros(len(directions), dtype=bool)
    for thing in target.objects:
        tree = BVHTree.FromObject(thing, graph)
        to_local = thing.matrix_world.inverted() @ camera_to_world
        origin = to_local.translation
        local = directions @ np.array(to_local.to_3x3(), dtype=float).T
        cast = tree.ray_cast
        for index in np.flatnonzero(~hit):
            hit[index] = cast(origin, Vector(local[index]))[0] is not None
    return hit
