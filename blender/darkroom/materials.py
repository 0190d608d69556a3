"""Materials of few nodes. Names of sockets differ between Blender's versions: they are asked for, not assumed."""

import bpy

from .feature_probe import socket, socket_out


def matte_material(name, colour):
    """Without any gloss: half the price of a glossy one. colour: linear RGB"""
    material, shader = _diffuse(name)
    shader.inputs["Color"].default_value = (*colour[:3], 1.0)
    material.diffuse_color = (*colour[:3], 1.0)
    return material


def matte_attribute_material(name, attribute):
    """The colour of a mesh's colour attribute, without any gloss."""
    material, shader = _diffuse(name)
    source = material.node_tree.nodes.new("ShaderNodeAttribute")
    source.attribute_name = attribute
    material.node_tree.links.new(source.outputs["Color"], shader.inputs["Color"])
    return material


def plain_material(name, colour, roughness=0.7, metallic=0.0, specular=0.3):
    """colour: linear RGB"""
    material, shader = _principled(name)
    shader.inputs["Base Color"].default_value = (*colour[:3], 1.0)
    shader.inputs["Roughness"].default_value = roughness
    shader.inputs["Metallic"].default_value = metallic
    socket(shader, "Specular IOR Level", "Specular").default_value = specular
    material.diffuse_color = (*colour[:3], 1.0)
    return material


def attribute_material(name, attribute, specular=0.25):
    """Colour and, in alpha, roughness from a mesh's colour attribute."""
    material, shader = _principled(name)
    tree = material.node_tree
    source = tree.nodes.new("ShaderNodeAttribute")
    source.attribute_name = attribute
    tree.links.new(source.outputs["Color"], shader.inputs["Base Color"])
    tree.links.new(source.outputs["Alpha"], shader.inputs["Roughness"])
    socket(shader, "Specular IOR Level", "Specular").default_value = specular
    return material


def glowing_material(name, colour, strength):
    """Something that shines by itself: a window, a lamp shade."""
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    tree = material.node_tree
    tree.nodes.clear()
    emission = tree.nodes.new("ShaderNodeEmission")
    emission.inputs["Color"].default_value = (*colour[:3], 1.0)
    emission.inputs["Strength"].default_value = strength
    output = tree.nodes.new("ShaderNodeOutputMaterial")
    tree.links.new(emission.outputs["Emission"], output.inputs["Surface"])
    material.diffuse_color = (*colour[:3], 1.0)
    _do_not_sample(material)
    return material


def _do_not_sample(material):
    """Rays that happen to meet it see it shine; no light sample is spent on it, which costs time and brings noise."""
    if hasattr(material.cycles, "emission_sampling"):
        material.cycles.emission_sampling = "NONE"
    elif hasattr(material.cycles, "sample_as_light"):
        material.cycles.sample_as_light = False


def patterned_material(name, colour, second, scale, kind):
    """Matte, two colours mixed by a texture. kind: waves, noise, checks"""
    material, shader = _diffuse(name)
    tree = material.node_tree
    texture = tree.nodes.new(TEXTURES[kind])
    texture.inputs["Scale"].default_value = scale
    _by_place(tree, texture)
    ramp = tree.nodes.new("ShaderNodeValToRGB")
    ramp.color_ramp.elements[0].color = (*colour[:3], 1.0)
    ramp.color_ramp.elements[1].color = (*second[:3], 1.0)
    tree.links.new(socket_out(texture, "Fac", "Factor"), ramp.inputs["Fac"])
    tree.links.new(ramp.outputs["Color"], shader.inputs["Color"])
    material.diffuse_color = (*colour[:3], 1.0)
    return material


TEXTURES = {"waves": "ShaderNodeTexWave", "noise": "ShaderNodeTexNoise", "checks": "ShaderNodeTexChecker"}


def planks_material(name, colour, second, length=1.1, width=0.13):
    """Matte boards along x, in two shades."""
    material, shader = _diffuse(name)
    tree = material.node_tree
    texture = tree.nodes.new("ShaderNodeTexBrick")
    values = {"Scale": 1.0, "Mortar Size": 0.004, "Brick Width": length, "Row Height": width}
    for key, value in values.items():
        texture.inputs[key].default_value = value
    texture.inputs["Color1"].default_value = (*colour[:3], 1.0)
    texture.inputs["Color2"].default_value = (*second[:3], 1.0)
    texture.inputs["Mortar"].default_value = (*(0.35 * part for part in second[:3]), 1.0)
    _by_place(tree, texture)
    tree.links.new(texture.outputs["Color"], shader.inputs["Color"])
    material.diffuse_color = (*colour[:3], 1.0)
    return material


def _by_place(tree, texture):
    place = tree.nodes.new("ShaderNodeTexCoord")
    tree.links.new(place.outputs["Object"], texture.inputs["Vector"])


def _diffuse(name):
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    tree = material.node_tree
    tree.nodes.clear()
    shader = tree.nodes.new("ShaderNodeBsdfDiffuse")
    output = tree.nodes.new("ShaderNodeOutputMaterial")
    tree.links.new(shader.outputs["BSDF"], output.inputs["Surface"])
    return material, shader


def _principled(name):
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    shader = next(node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
    return material, shader
