"""Cameras out of candidate draws: the first that holds is taken.

A draw has, all optional: `distance` (m), `elevation` and `azimuth` (degrees) around the aim; `aimX`, `aimY` (share
of the distance by which the camera looks past it, to the side and up); `focal` (mm, on a 36 mm sensor); `roll`
(degrees)."""

import math

import bpy
import numpy as np
from mathutils import Matrix, Vector

from . import geometry
from .targets import depsgraph, world_mesh

DEFAULTS = {
    "distance": 4.0, "elevation": 15.0, "azimuth": 0.0, "aimX": 0.0, "aimY": 0.0, "focal": 35.0, "roll": 0.0,
}
NEAR_M = 0.05
"""How near a camera may come to a target."""
NEAREST_TARGET_M = 1.1
"""Free space that a camera needs around itself."""
CLEARANCE_M = 0.35
"""Share of a target's sampled points that must be in sight."""
VISIBLE_SHARE = 0.3
POINTS_PER_TARGET = 24


class CameraError(ValueError):
    """A draw holds something that no camera understands."""


def make_camera(scene):
    data = bpy.data.cameras.new("Camera")
    data.sensor_fit = "AUTO"
    data.sensor_width = 36.0
    data.clip_start = NEAR_M
    data.clip_end = 200.0
    camera = bpy.data.objects.new("Camera", data)
    scene.collection.objects.link(camera)
    scene.camera = camera
    return camera


def place(scene, draws, targets, aim, place_camera=None):
    """Puts the camera at the first draw that holds: it has room, and a target is in sight. If none does, at the last
    one that has room; if none has, at the last one.
    @param aim [3] what the draws go around; None: the middle of the targets
    @param place_camera the scene's own way: (camera, draw) → None
    @returns (index of the draw, whether it holds)"""
    points = target_points(targets)
    if aim is None:
        spread = [part.mean(axis=0) for part in points]
        aim = np.mean(spread, axis=0) if spread else np.zeros(3)
    def take(draw):
        if place_camera is not None:
            place_camera(scene.camera, draw)
        else:
            place_by_orbit(scene, draw, aim)
        bpy.context.view_layer.update()

    best = len(draws) - 1
    for index, draw in enumerate(draws):
        take(draw)
        if not points:
            return index, True
        if _keeps_distance(scene, points) and _is_free(scene):
            if any(_in_sight(scene, part) for part in points):
                return index, True
            best = index
    take(draws[best])
    return best, False


def place_by_orbit(scene, draw, aim):
    """Around the aim; a wall (custom property `encloses`) in the way pulls the camera in front of it."""
    unknown = sorted(set(draw) - set(DEFAULTS))
    if unknown:
        known = ", ".join(DEFAULTS)
        raise CameraError(f"a camera has no {unknown[0]}; it has: {known}")
    values = {**DEFAULTS, **draw}
    aim = np.asarray(aim, dtype=float)
    distance = values["distance"]
    position = geometry.orbit(aim, distance, values["elevation"], values["azimuth"])
    free = _free_distance(scene, aim, (position - aim) / distance, distance)
    position = aim + (position - aim) / distance * free
    matrix = geometry.look_at(position, aim)
    past = matrix[:3, 0] * values["aimX"] * free + matrix[:3, 1] * values["aimY"] * free
    matrix = geometry.look_at(position, aim + past, math.radians(values["roll"]))
    scene.camera.matrix_world = Matrix(matrix.tolist())
    scene.camera.data.lens = values["focal"]


def _free_distance(scene, start, direction, distance):
    """How far one gets before an object that encloses the scene, with the clearance left."""
    graph = depsgraph()
    travelled = 0.0
    origin = Vector(start)
    step = Vector(direction)
    while travelled < distance + CLEARANCE_M:
        hit, place_hit, _, _, thing, _ = scene.ray_cast(
            graph, origin, step, distance=distance + CLEARANCE_M - travelled
        )
        if not hit:
            break
        travelled += (place_hit - origin).length
        if thing.get("encloses"):
            return max(0.2, min(distance, travelled - CLEARANCE_M))
        origin = place_hit + step * 1e-3
        travelled += 1e-3
    return distance


def target_points(targets):
    """Some points of each target, in the world, evenly out of its vertices: [[P, 3]]."""
    graph = depsgraph()
    points = []
    for target in targets:
        own = np.concatenate([world_mesh(thing, graph)[0] for thing in target.objects])
        step = max(1, len(own) // POINTS_PER_TARGET)
        points.append(own[step // 2 :: step])
    return points


def _keeps_distance(scene, points):
    origin = np.array(scene.camera.matrix_world.translation)
    return min(float(np.linalg.norm(part - origin, axis=1).min()) for part in points) >= NEAREST_TARGET_M


def _is_free(scene):
    """Nothing stands right before the camera, and it is not inside of something."""
    graph = depsgraph()
    rotation = scene.camera.matrix_world.to_3x3()
    origin = scene.camera.matrix_world.translation
    spread = 0.5 * scene.camera.data.sensor_width / scene.camera.data.lens * 0.85
    for x, y in ((0, 0), *((x, y) for x in (-1, 0, 1) for y in (-1, 0, 1) if x or y)):
        step = (rotation @ Vector((x * spread, y * spread, -1))).normalized()
        hit, _, normal, _, _, _ = scene.ray_cast(graph, origin, step, distance=30.0)
        if hit and normal.dot(step) > 0:
            return False
        if scene.ray_cast(graph, origin, step, distance=CLEARANCE_M)[0]:
            return False
    return True


def _in_sight(scene, points):
    """Whether enough of a target's points are inside the image with nothing before them."""
    graph = depsgraph()
    origin = scene.camera.matrix_world.translation
    world_to_camera = np.array(scene.camera.matrix_world.normalized().inverted(), dtype=float)
    width, height = scene.render.resolution_x, scene.render.resolution_y
    matrix = geometry.intrinsics(width, height, scene.camera.data.lens, scene.camera.data.sensor_width)
    in_camera = geometry.to_camera(points, world_to_camera)
    seen = 0
    for point, local in zip(points, in_camera):
        if local[2] > -NEAR_M:
            continue
        x, y = geometry.to_pixels(local[None], matrix)[0]
        if not (0 <= x < width and 0 <= y < height):
            continue
        ray = Vector(point) - origin
        # Up to just before the point: the far side of the target's own body is as good as seen.
        if not scene.ray_cast(graph, origin, ray.normalized(), distance=max(0.0, ray.length - 0.3))[0]:
            seen += 1
    return seen >= VISIBLE_SHARE * len(points)
