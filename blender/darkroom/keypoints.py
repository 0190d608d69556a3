"""Named points of targets in the picture. An object carries them as custom properties `keypoint_<name>`: x, y, z in
its own coordinates and, as a fourth number, how deep below its own surface the point lies (metres): joints are inside
of the body, and yet they are seen where nothing else covers the skin or the cloth over them."""

import numpy as np
from mathutils import Vector

from . import geometry

PREFIX = "keypoint_"
"""For points that do not say how deep they lie."""
DEPTH_M = 0.03
UNKNOWN, HIDDEN, VISIBLE = 0, 1, 2


def keypoints(scene, target, graph, world_to_camera, matrix):
    """@returns {name: [x, y, visibility]} in pixels, also outside of the image; 0 behind the camera (with x = y = 0),
    1 hidden, 2 visible; empty when the target has no such points"""
    origin = scene.camera.matrix_world.translation
    own_names = {thing.name for thing in target.objects}
    found = {}
    for thing in target.objects:
        for key in thing.keys():
            if not key.startswith(PREFIX):
                continue
            values = [float(value) for value in thing[key]]
            place = thing.matrix_world @ Vector(values[:3])
            local = geometry.to_camera(np.array([place], dtype=float), world_to_camera)
            if local[0, 2] > -scene.camera.data.clip_start:
                found[key[len(PREFIX) :]] = [0, 0, UNKNOWN]
                continue
            x, y = geometry.to_pixels(local, matrix)[0]
            depth = values[3] if len(values) > 3 else DEPTH_M
            seen = _in_sight(scene, graph, origin, place, depth, own_names)
            found[key[len(PREFIX) :]] = [round(float(x), 3), round(float(y), 3), VISIBLE if seen else HIDDEN]
    return found


def _in_sight(scene, graph, origin, place, depth, own_names):
    """Whether the first surface on the way is the target's own, right over the point."""
    ray = place - origin
    length = ray.length
    hit, where, _, _, thing, _ = scene.ray_cast(graph, origin, ray / length, distance=length)
    if not hit:
        return True
    return thing.name in own_names and (where - origin).length >= length - depth
