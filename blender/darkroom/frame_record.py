"""The record of a finished frame (stages/lib/dataset/frame-record.ts owns its form)."""

import numpy as np
from mathutils import Vector
from mathutils.bvhtree import BVHTree

from . import geometry
from .keypoints import keypoints
from .lens import lens_of
from .targets import depsgraph, world_mesh

VERSION = 1
"""Rays for the size that a target would have alone: ± 1 % for a shape that fills half its box."""
RAY_LIMIT = 2500


def camera_matrices(scene):
    """@returns world to camera [4, 4] and intrinsics [3, 3] of the scene's camera"""
    camera = scene.camera
    world_to_camera = np.array(camera.matrix_world.normalized().inverted(), dtype=float)
    matrix = geometry.intrinsics(
        scene.render.resolution_x, scene.render.resolution_y, camera.data.lens, camera.data.sensor_width
    )
    return world_to_camera, matrix


def frame_record(scene, frame, targets, mask, attributes):
    """mask: [height, width] instance numbers as rendered"""
    world_to_camera, matrix = camera_matrices(scene)
    lens = lens_of(frame)
    # The mask file itself is bent later, with the picture.
    if lens is not None:
        mask = lens.warp(mask)
    visible = np.bincount(mask.ravel(), minlength=len(targets) + 1)
    return {
        "version": VERSION,
        "id": frame.id,
        "width": frame.width,
        "height": frame.height,
        "group": frame.group,
        "attributes": {**frame.attributes, **attributes},
        "objects": [
            _object_record(scene, target, int(visible[target.instance]), world_to_camera, matrix, frame)
            for target in targets
        ],
        "camera": {
            "worldToCamera": [float(value) for value in world_to_camera.ravel()],
            "intrinsics": [float(value) for value in matrix.ravel()],
        },
    }


def _object_record(scene, target, pixels_visible, world_to_camera, matrix, frame):
    graph = depsgraph()
    near = scene.camera.data.clip_start
    points, edges = [], []
    for thing in target.objects:
        own_points, own_edges = world_mesh(thing, graph)
        edges.append(own_edges + sum(len(part) for part in points))
        points.append(own_points)
    all_points = geometry.to_camera(np.concatenate(points), world_to_camera)
    lens = lens_of(frame)
    box = geometry.amodal_box(all_points, np.concatenate(edges), matrix, near, lens)
    inside = geometry.clip_box(box, frame.width, frame.height) if box else None
    alone = _pixels_alone(scene, target, graph, inside, matrix, lens) if inside else 0
    centre = (all_points.min(axis=0) + all_points.max(axis=0)) / 2
    points_by_name = keypoints(scene, target, graph, world_to_camera, matrix)
    if lens is not None:
        points_by_name = lens.keypoints(points_by_name)
    return {
        "instance": target.instance,
        "class": target.class_name,
        "attributes": target.attributes,
        "amodalBox": list(box) if box else None,
        # The rays and the renderer's samples do not fall on the same points: what is seen is there.
        "pixelsAlone": max(alone, pixels_visible),
        "pixelsVisible": pixels_visible,
        "distanceM": float(np.linalg.norm(centre)),
        **({"keypoints": points_by_name} if points_by_name else {}),
    }


def _pixels_alone(scene, target, graph, box, matrix, lens=None):
    """How many pixels of the box a ray through their centres meets this target in, other objects left aside."""
    x, y, weight = geometry.sample_grid(box, RAY_LIMIT)
    directions = geometry.pixel_directions(x, y, matrix, lens)
    hit = np.zeros(len(x), dtype=bool)
    camera_to_world = scene.camera.matrix_world.normalized()
    for thing in target.objects:
        tree = BVHTree.FromObject(thing, graph)
        to_local = thing.matrix_world.inverted() @ camera_to_world
        origin = to_local.translation
        rotation = np.array(to_local.to_3x3(), dtype=float)
        local = directions @ rotation.T
        cast = tree.ray_cast
        for index in np.flatnonzero(~hit):
            hit[index] = cast(origin, Vector(local[index]))[0] is not None
    return int(round(float(hit.sum()) * weight))
