"""Lights added around the targets, and how bright the scene's own are."""

import math

import bpy
from mathutils import Matrix

from .. import geometry
from .colour import blackbody
from .scene_objects import own

DEFAULTS = {"kind": "area", "temperature": 5500, "size": 0.5, "distance": 3.0, "elevation": 45.0, "azimuth": 0.0}
DEFAULT_WATTS = 100.0
"""Of a sun, a square metre."""
DEFAULT_SUN = 3.0
TYPES = {"point": "POINT", "area": "AREA", "spot": "SPOT", "sun": "SUN"}


def randomize_lights(scene, lights, aim):
    """@param aim [3] what the added ones are turned to"""
    if lights["own"] != 1:
        _scale_own(scene, lights["own"])
    for index, light in enumerate(lights["add"]):
        _add(scene, f"Randomized light {index}", {**DEFAULTS, **light}, aim)


def _scale_own(scene, factor):
    scaled = set()
    for thing in scene.objects:
        if thing.type != "LIGHT":
            continue
        if factor == 0:
            own(thing).hide_render = True
            continue
        if thing.data.library is not None:
            own(thing).data = thing.data.copy()
        # Several lamps may share their data.
        if thing.data.name not in scaled:
            scaled.add(thing.data.name)
            thing.data.energy *= factor


def _add(scene, name, light, aim):
    kind = TYPES[light["kind"]]
    data = bpy.data.lights.new(name, kind)
    data.energy = light.get("energy", DEFAULT_SUN if kind == "SUN" else DEFAULT_WATTS)
    data.color = blackbody(light["temperature"])
    if kind == "AREA":
        data.size = max(0.01, light["size"])
    elif kind == "SUN":
        data.angle = math.atan2(light["size"], light["distance"])
    else:
        data.shadow_soft_size = light["size"] / 2
    thing = bpy.data.objects.new(name, data)
    scene.collection.objects.link(thing)
    position = geometry.orbit(aim, light["distance"], light["elevation"], light["azimuth"])
    # Lamps shine along −z, as cameras look.
    thing.matrix_world = Matrix(geometry.look_at(position, aim).tolist())
