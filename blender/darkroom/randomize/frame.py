"""All that a frame's description says about its scene, in the order in which one depends on the other."""

import numpy as np

from ..targets import mark_targets, target_centres
from .clutter import add_distractors, add_occluders
from .lights import randomize_lights
from .materials import randomize_materials
from .objects import randomize_objects
from .scene_objects import update
from .world import randomize_world


def prepare_scene(scene, frame, aim=None):
    """After the scene was built, before its camera is placed: targets are marked, everything stands in its place.
    @param aim [3] what the scene says is in its middle; None: the middle of the targets
    @returns notes for people"""
    wanted = frame.randomize
    mark_targets(scene, frame.targets)
    notes = randomize_objects(scene, wanted.get("objects", {}), frame.seed)
    if aim is None:
        centres = target_centres(scene)
        aim = np.mean(centres, axis=0) if centres else np.zeros(3)
    if "materials" in wanted:
        notes += randomize_materials(scene, wanted["materials"], frame.seed)
    if "distractors" in wanted:
        notes += add_distractors(scene, wanted["distractors"], aim)
    if "lights" in wanted:
        randomize_lights(scene, wanted["lights"], np.asarray(aim, dtype=float))
    if "world" in wanted:
        randomize_world(scene, wanted["world"])
    update()
    return notes


def prepare_view(scene, frame, targets):
    """After the camera was placed. @returns notes for people"""
    notes = add_occluders(scene, frame.randomize.get("occluders", []), targets)
    update()
    return notes
