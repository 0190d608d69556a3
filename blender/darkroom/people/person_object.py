"""A person as an object in the scene."""

import math

from .. import mesh_objects
from . import person_materials
from .figure import figure_of
from .keypoints import with_depth
from .makehuman.figure import makehuman_figure
from .motion.bvh import read_bvh
from .motion.retarget import pose_of_motion
from .person import person_of
from .poses import pose_of


def add_person(scene, random, pose, place=(0.0, 0.0, 0.0), heading_degrees=0.0, support_height=0.0, style="home",
               ages="adults", detail=1.0, recline=0.0,
               bodies="", motion=""):
    """Adds one person as a target of class `person`, with COCO's keypoints.
    @param random the stream that decides body, clothes and the pose's variation
    @param pose one of poses.NAMES @param heading_degrees 0 faces +y, counter-clockwise from above
    @param support_height of the seat or bed, for sitting and lying @param style of the clothes: outfits.STYLES
    @param recline degrees by which the back of a bed is raised, for lying
    @param ages person.AGES @param detail of the mesh: 0.5 is enough for people of 60 pixels
    @param bodies a folder with MakeHuman's base assets, or a file in it; empty: bodies of our own
    @param motion a .bvh file: a random frame of it instead of the pose, on its feet
    @raises ValueError for a word that no one knows, a folder without assets, a file that is no motion"""
    person = person_of(random.child("person"), style, ages)
    own_pose = _moving(motion, pose, random.child("motion")) if motion else pose_of(
        pose, random.child("pose"), support_height, recline
    )
    if bodies:
        figure = makehuman_figure(bodies, person, own_pose, random.child("cloth"))
    else:
        figure = figure_of(person, own_pose, random.child("cloth"), detail)
    thing = mesh_objects.mesh_object(scene, "person", figure.vertices, figure.quads)
    mesh_objects.set_colours(thing.data, person_materials.COLOUR, figure.colours)
    mesh_objects.set_vectors(thing.data, person_materials.CLOTH, figure.cloth)
    for look in figure.looks:
        thing.data.materials.append(person_materials.material_of(look))
    thing.data.polygons.foreach_set("material_index", figure.slots)
    thing.location = place
    thing.rotation_euler = (0.0, 0.0, math.radians(heading_degrees))
    thing["class"] = "person"
    thing["attr_pose"] = pose
    thing["attr_role"] = person.outfit.role
    thing["attr_age"] = person.age_group
    for name, point in with_depth(figure.keypoints, person.body.height).items():
        thing[f"keypoint_{name}"] = point
    return thing


def _moving(path, name, random):
    """A random frame of a recorded motion."""
    motion = read_bvh(path)
    return pose_of_motion(motion, random.integer(0, len(motion.frames) - 1), name, path)
