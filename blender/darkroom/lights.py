"""Lamps, skies, and light paths that are cheap to follow."""

import math

import bpy
from mathutils import Matrix

from . import geometry


def area_light(scene, name, place, turn, width, depth, colour, watts):
    """A glowing rectangle. @param turn Euler angles; without any it shines down"""
    data = bpy.data.lights.new(name, "AREA")
    data.shape = "RECTANGLE"
    data.size, data.size_y = width, depth
    data.energy, data.color = watts, colour
    thing = bpy.data.objects.new(name, data)
    thing.location, thing.rotation_euler = place, turn
    scene.collection.objects.link(thing)
    return thing


def sun(scene, elevation_degrees, azimuth_degrees, strength, colour, softness_degrees=2.0):
    """@param azimuth_degrees where it stands: 0 is the −y side, counter-clockwise from above"""
    data = bpy.data.lights.new("sun", "SUN")
    data.energy, data.color, data.angle = strength, colour, math.radians(softness_degrees)
    thing = bpy.data.objects.new("sun", data)
    place = geometry.orbit((0, 0, 0), 10.0, elevation_degrees, azimuth_degrees)
    thing.matrix_world = Matrix(geometry.look_at(place, (0, 0, 0)).tolist())
    scene.collection.objects.link(thing)
    return thing


def plain_world(scene, colour, strength):
    """Light of one colour from everywhere."""
    scene.world.use_nodes = True
    background = scene.world.node_tree.nodes["Background"]
    background.inputs["Color"].default_value = (*colour, 1.0)
    background.inputs["Strength"].default_value = strength


def cloudy_sky(scene, zenith, horizon, clouds, cover, strength):
    """A sky of two colours with clouds. Two textures and no sun: cheap, other than a procedural atmosphere.
    @param cover 0 = clear, 1 = overcast"""
    scene.world.use_nodes = True
    tree = scene.world.node_tree
    background = tree.nodes["Background"]
    background.inputs["Strength"].default_value = strength
    place = tree.nodes.new("ShaderNodeTexCoord")
    split = tree.nodes.new("ShaderNodeSeparateXYZ")
    tree.links.new(place.outputs["Generated"], split.inputs[0])
    height = tree.nodes.new("ShaderNodeValToRGB")
    height.color_ramp.elements[0].color, height.color_ramp.elements[0].position = (*horizon, 1.0), 0.02
    height.color_ramp.elements[1].color, height.color_ramp.elements[1].position = (*zenith, 1.0), 0.55
    tree.links.new(split.outputs["Z"], height.inputs["Fac"])
    noise = tree.nodes.new("ShaderNodeTexNoise")
    noise.inputs["Scale"].default_value, noise.inputs["Detail"].default_value = 3.2, 4.0
    stretch = tree.nodes.new("ShaderNodeVectorMath")
    stretch.operation = "MULTIPLY"
    stretch.inputs[1].default_value = (1.0, 1.0, 3.5)
    tree.links.new(place.outputs["Generated"], stretch.inputs[0])
    tree.links.new(stretch.outputs["Vector"], noise.inputs["Vector"])
    amount = tree.nodes.new("ShaderNodeValToRGB")
    amount.color_ramp.elements[0].position = max(0.0, 0.62 - 0.5 * cover)
    amount.color_ramp.elements[1].position = max(0.12, 0.80 - 0.45 * cover)
    tree.links.new(noise.outputs[0], amount.inputs["Fac"])
    mix = tree.nodes.new("ShaderNodeMixRGB")
    mix.inputs["Color2"].default_value = (*clouds, 1.0)
    tree.links.new(amount.outputs["Color"], mix.inputs["Fac"])
    tree.links.new(height.outputs["Color"], mix.inputs["Color1"])
    tree.links.new(mix.outputs["Color"], background.inputs["Color"])


def cheap_light_paths(scene, reach_m=1.5):
    """One bounce, then the sky seen past what is near: little noise in little time."""
    scene.cycles.use_fast_gi = True
    scene.cycles.fast_gi_method = "REPLACE"
    scene.cycles.ao_bounces_render = 1
    world_light = getattr(scene.world, "light_settings", None)
    if world_light is not None:
        world_light.distance = reach_m
        world_light.ao_factor = 1.0
