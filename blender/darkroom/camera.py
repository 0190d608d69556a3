"""Cameras out of candidate draws: the first that holds is taken.

A draw has, all optional: `distance` (m), `elevation` and `azimuth` (degrees) around the aim; `aimX`, `aimY` (share
of the distance by which the camera looks past it, to the side and up); `focal` and `sensor` (mm); `roll` (degrees);
`target` (what to go around: a pattern of object names or a place); `offset` (metres by which the aim is moved)."""

import math

import bpy
import numpy as np
from mathutils import Matrix, Vector

from . import geometry
from .selection import fits
from .targets import depsgraph, world_mesh

DEFAULTS = {
    "distance": 4.0, "elevation": 15.0, "azimuth": 0.0, "aimX": 0.0, "aimY": 0.0, "focal": 35.0, "roll": 0.0,
    "sensor": 36.0, "target": None, "offset": (0.0, 0.0, 0.0),
}
NEAR_M = 0.05
"""How near a camera may come to a target."""
NEAREST_TARGET_M = 1.1
"""Free space that a camera needs around itself."""
CLEARANCE_M = 0.35
"""A camera nearer than this to what it looks at may come nearer to everything, in proportion."""
FAR_M = 2.0
"""Share of a target's sampled points that must be in sight."""
VISIBLE_SHARE = 0.3
POINTS_PER_TARGET = 24
"""Farther than this, nothing stands in a camera's way."""
SIGHT_M = 30.0


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


def settle_own(scene):
    """The scene's own camera, as the records describe cameras: the sensor fitted to the longer side. The picture stays.
    @raises CameraError for cameras that the records cannot describe"""
    camera = scene.camera
    data = camera.data
    if data.type != "PERSP":
        raise CameraError(f"the camera {camera.name} is {data.type.lower()}; only perspective ones are supported")
    if data.shift_x or data.shift_y:
        raise CameraError(f"the lens of the camera {camera.name} is shifted, which is not supported")
    if data.sensor_fit == "AUTO":
        return
    width, height = scene.render.resolution_x, scene.render.resolution_y
    if data.library is not None or data.users > 1:
        camera.data = data = data.copy()
    vertical = data.sensor_fit == "VERTICAL"
    size = data.sensor_height / height if vertical else data.sensor_width / width
    data.sensor_fit = "AUTO"
    data.sensor_width = size * max(width, height)


def place(scene, draws, targets, aim, place_camera=None, settings=None):
    """Puts the camera at the first draw that holds: it has room, and a target is in sight. If none does, at the last
    one that has room; if none has, at the one with the most.
    @param aim [3] what the draws go around; None: the middle of the targets
    @param place_camera the scene's own way: (camera, draw) → None
    @param settings what it must hold: mustSee, seeAll, nearest, clearance
    @returns (index of the draw, whether it holds)"""
    settings = settings or {}
    enough = any if not settings.get("seeAll") else all
    share = settings.get("mustSee", VISIBLE_SHARE)
    points = target_points(targets)
    if aim is None:
        spread = [part.mean(axis=0) for part in points]
        aim = np.mean(spread, axis=0) if spread else np.zeros(3)

    def take(draw):
        if place_camera is not None:
            place_camera(scene.camera, draw)
        else:
            place_by_orbit(scene, draw, aim, settings.get("clearance", CLEARANCE_M))
        bpy.context.view_layer.update()

    best, best_room = 0, (False, -math.inf)
    for index, draw in enumerate(draws):
        take(draw)
        closeness = min(1.0, draw.get("distance", DEFAULTS["distance"]) / FAR_M)
        room = _room(scene)
        free = room >= settings.get("clearance", CLEARANCE_M * closeness)
        if points:
            distance = _distance(scene, points)
            free = free and distance >= settings.get("nearest", NEAREST_TARGET_M * closeness)
            room = min(room, distance)
        if free and (not points or enough(_in_sight(scene, part, share) for part in points)):
            return index, True
        if free or (free, room) > best_room:
            best, best_room = index, (free, room)
    take(draws[best])
    return best, False


def place_by_orbit(scene, draw, aim, clearance=CLEARANCE_M):
    """Around the aim; a wall (custom property `encloses`) in the way pulls the camera in front of it."""
    unknown = sorted(set(draw) - set(DEFAULTS))
    if unknown:
        known = ", ".join(DEFAULTS)
        raise CameraError(f"a camera has no {unknown[0]}; it has: {known}")
    values = {**DEFAULTS, **draw}
    aim = np.asarray(_aim_of(scene, values["target"], aim), dtype=float) + np.asarray(values["offset"], dtype=float)
    distance = values["distance"]
    position = geometry.orbit(aim, distance, values["elevation"], values["azimuth"])
    free = _free_distance(scene, aim, (position - aim) / distance, distance, clearance)
    position = aim + (position - aim) / distance * free
    matrix = geometry.look_at(position, aim)
    past = matrix[:3, 0] * values["aimX"] * free + matrix[:3, 1] * values["aimY"] * free
    matrix = geometry.look_at(position, aim + past, math.radians(values["roll"]))
    scene.camera.matrix_world = Matrix(matrix.tolist())
    scene.camera.data.lens = values["focal"]
    scene.camera.data.sensor_width = values["sensor"]


def _aim_of(scene, target, aim):
    """What a draw goes around: a place, the middle of the objects of a name, or what the scene says."""
    if target is None:
        return aim
    if not isinstance(target, str):
        return target
    things = [thing for thing in scene.objects if fits(thing.name, target)]
    if not things:
        raise CameraError(f"a camera is to look at {target}, but the scene has no object of that name")
    corners = [thing.matrix_world @ Vector(corner) for thing in things for corner in thing.bound_box]
    return np.mean([tuple(corner) for corner in corners], axis=0)


def _free_distance(scene, start, direction, distance, clearance):
    """How far one gets before an object that encloses the scene, with the clearance left."""
    graph = depsgraph()
    travelled = 0.0
    origin = Vector(start)
    step = Vector(direction)
    while travelled < distance + clearance:
        hit, place_hit, _, _, thing, _ = scene.ray_cast(
            graph, origin, step, distance=distance + clearance - travelled
        )
        if not hit:
            break
        travelled += (place_hit - origin).length
        if thing.get("encloses"):
            return max(0.2, min(distance, travelled - clearance))
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


def _distance(scene, points):
    """From the camera to the nearest of the targets' points (m)."""
    origin = np.array(scene.camera.matrix_world.translation)
    return min(float(np.linalg.norm(part - origin, axis=1).min()) for part in points)


def _room(scene):
    """How far the camera sees before something stands in its way (m, at most SIGHT_M); −1 inside of something, where
    it would see a surface from behind."""
    graph = depsgraph()
    rotation = scene.camera.matrix_world.to_3x3()
    origin = scene.camera.matrix_world.translation
    spread = 0.5 * scene.camera.data.sensor_width / scene.camera.data.lens * 0.85
    room = SIGHT_M
    for x, y in ((0, 0), *((x, y) for x in (-1, 0, 1) for y in (-1, 0, 1) if x or y)):
        step = (rotation @ Vector((x * spread, y * spread, -1))).normalized()
        hit, place_hit, normal, _, _, _ = scene.ray_cast(graph, origin, step, distance=SIGHT_M)
        if not hit:
            continue
        if normal.dot(step) > 0:
            return -1.0
        room = min(room, (place_hit - origin).length)
    return room


def _in_sight(scene, points, share):
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
    return seen >= share * len(points)
