"""The record of a finished frame (stages/lib/dataset/frame-record.ts owns its form)."""

import numpy as np

from . import geometry
from .keypoints import keypoints
from .lens import lens_of
from .pixels_alone import pixels_alone
from .targets import depsgraph, world_mesh

VERSION = 1


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
            _object_record(scene, target, mask, int(visible[target.instance]), world_to_camera, matrix, frame)
            for target in targets
        ],
        "camera": {
            "worldToCamera": [float(value) for value in world_to_camera.ravel()],
            "intrinsics": [float(value) for value in matrix.ravel()],
        },
    }


def _object_record(scene, target, mask, pixels_visible, world_to_camera, matrix, frame):
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
    alone = pixels_visible
    if inside:
        alone = pixels_alone(scene, target, all_points, graph, mask, pixels_visible, inside, matrix, lens)
    centre = (all_points.min(axis=0) + all_points.max(axis=0)) / 2
    points_by_name = keypoints(scene, target, graph, world_to_camera, matrix)
    if lens is not None:
        points_by_name = lens.keypoints(points_by_name)
    return {
        "instance": target.instance,
        "class": target.class_name,
        "attributes": target.attributes,
        "amodalBox": list(box) if box else None,
        "pixelsAlone": alone,
        "pixelsVisible": pixels_visible,
        "distanceM": float(np.linalg.norm(centre)),
        **({"keypoints": points_by_name} if points_by_name else {}),
    }
