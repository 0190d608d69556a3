"""Distractors around the targets, occluders before them."""

import math

import numpy as np

from .. import geometry
from .bodies import make_body, place_body
from .free_space import FreeSpace
from .scene_objects import hide, tree_of, world_box

"""How near an occluder may come to the camera, as a share of its own size."""
NEAREST = 0.75


def add_distractors(scene, bodies, aim):
    """Each at the first of its places where it touches nothing. @returns notes for people"""
    homeless = 0
    free = FreeSpace(scene, ())
    for index, body in enumerate(bodies):
        thing = make_body(scene, f"Distractor {index}", body)
        low, high = world_box(tree_of(thing))
        for place in body["places"]:
            level = geometry.orbit(aim, place["distance"], 0.0, place["azimuth"])
            position = level + np.array([0.0, 0.0, place["height"]])
            box = (low + position, high + position)
            if free.is_free(box):
                free.take(box)
                place_body(thing, position)
                break
        else:
            hide(thing)
            homeless += 1
    return [f"distractors: {homeless} of {len(bodies)} found no free place"] if homeless else []


def add_occluders(scene, bodies, targets):
    """Each on the line from the camera to a target, or beside it. @returns notes for people"""
    if not targets:
        return ["occluders: there is no target to stand before"] if bodies else []
    camera = np.array(scene.camera.matrix_world.translation)
    for index, body in enumerate(bodies):
        target = targets[min(len(targets) - 1, int(body["which"] * len(targets)))]
        low, high = world_box(target.objects)
        way = (low + high) / 2 - camera
        distance = float(np.linalg.norm(way))
        if distance < 2 * NEAREST * body["size"]:
            continue
        along = max(body["at"] * distance, NEAREST * body["size"])
        matrix = np.array(scene.camera.matrix_world)
        angle = math.radians(body["angle"])
        across = math.cos(angle) * matrix[:3, 0] + math.sin(angle) * matrix[:3, 1]
        thing = make_body(scene, f"Occluder {index}", body)
        place_body(thing, camera + way / distance * along + across * body["aside"] * body["size"])
    return []
