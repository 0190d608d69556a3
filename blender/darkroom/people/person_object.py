"""A person as an object in the scene."""

import math

import bpy

from .. import materials, mesh_objects
from .figure import figure_of, person_of

ATTRIBUTE = "person_colour"
MATERIAL = "person"


def add_person(scene, random, pose, place=(0.0, 0.0, 0.0), heading_degrees=0.0, support_height=0.0, style="home"):
    """Adds one person as a target of class `person`.
    @param random the stream that decides body, clothes and the pose's variation
    @param pose one of poses.NAMES @param heading_degrees 0 faces +y, counter-clockwise from above
    @param support_height of the seat or bed, for sitting and lying"""
    person = person_of(random.child("person"), style)
    figure = figure_of(person, pose, random.child("pose"), support_height)
    thing = mesh_objects.mesh_object(scene, "person", figure.vertices, figure.quads)
    mesh_objects.set_colours(thing.data, ATTRIBUTE, figure.colours)
    material = bpy.data.materials.get(MATERIAL) or materials.matte_attribute_material(MATERIAL, ATTRIBUTE)
    thing.data.materials.append(material)
    thing.location = place
    thing.rotation_euler = (0.0, 0.0, math.radians(heading_degrees))
    thing["class"] = "person"
    thing["attr_pose"] = pose
    return thing
