"""What is all around the scene: a panorama, a clear sky, or an even colour."""

import math

import bpy

from ..feature_probe import set_first, set_if_present
from .images import load_image

"""Blender's skies are as bright as the real one; with this, strength 1 exposes like a panorama."""
SKY_STRENGTH = 0.12
"""Width of the map by which Cycles looks for bright places: a lamp in a panorama is smaller than a sky is uneven."""
MAP_PX = {"hdri": 256, "sky": 64}


def randomize_world(scene, world):
    """@param world any of hdri (a path), sky, colour; with rotation (degrees) and strength"""
    kind = next((kind for kind in ("hdri", "sky", "colour") if kind in world), None)
    if kind is None:
        return
    scene.world = bpy.data.worlds.new("Randomized world")
    scene.world.use_nodes = True
    tree = scene.world.node_tree
    tree.nodes.clear()
    output = tree.nodes.new("ShaderNodeOutputWorld")
    background = tree.nodes.new("ShaderNodeBackground")
    tree.links.new(background.outputs["Background"], output.inputs["Surface"])
    strength = world.get("strength", 1.0)
    angle = math.radians(world.get("rotation", 0.0))
    if kind == "hdri":
        _panorama(tree, background, world["hdri"], angle)
    elif kind == "sky":
        strength *= SKY_STRENGTH
        _sky(tree, background, world["sky"], angle)
    else:
        background.inputs["Color"].default_value = (*world["colour"], 1.0)
    background.inputs["Strength"].default_value = strength
    # A sampling map of the usual size costs seconds a frame; an even colour needs none.
    if hasattr(scene.world, "cycles"):
        settings = scene.world.cycles
        if set_first(settings, "sampling_method", "NONE" if kind == "colour" else "MANUAL") == "MANUAL":
            settings.sample_map_resolution = MAP_PX[kind]


def _panorama(tree, background, path, angle):
    image = tree.nodes.new("ShaderNodeTexEnvironment")
    image.image = load_image(path)
    place = tree.nodes.new("ShaderNodeTexCoord")
    mapping = tree.nodes.new("ShaderNodeMapping")
    mapping.inputs["Rotation"].default_value = (0.0, 0.0, angle)
    tree.links.new(place.outputs["Generated"], mapping.inputs["Vector"])
    tree.links.new(mapping.outputs["Vector"], image.inputs["Vector"])
    tree.links.new(image.outputs["Color"], background.inputs["Color"])


def _sky(tree, background, sky, angle):
    node = tree.nodes.new("ShaderNodeTexSky")
    set_first(node, "sky_type", "NISHITA", "MULTIPLE_SCATTERING", "SINGLE_SCATTERING", "HOSEK_WILKIE")
    set_if_present(node, "sun_elevation", math.radians(sky.get("sunElevation", 30.0)))
    set_if_present(node, "sun_rotation", angle)
    set_if_present(node, "air_density", sky.get("air", 1.0))
    if not set_if_present(node, "dust_density", sky.get("dust", 1.0)):
        set_if_present(node, "aerosol_density", sky.get("dust", 1.0))
    tree.links.new(node.outputs["Color"], background.inputs["Color"])
