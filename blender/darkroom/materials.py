"""Materials of few nodes. Names of sockets differ between Blender's versions: they are asked for, not assumed."""

import bpy

from .feature_probe import socket


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
    return material


def patterned_material(name, colour, second, scale, kind="wood", roughness=0.6):
    """Two colours mixed by a texture. kind: wood (bands), noise, checks, bricks"""
    material, shader = _principled(name)
    tree = material.node_tree
    place = tree.nodes.new("ShaderNodeTexCoord")
    mapping = tree.nodes.new("ShaderNodeMapping")
    tree.links.new(place.outputs["Object"], mapping.inputs["Vector"])
    texture, factor = _texture(tree, kind)
    texture.inputs["Scale"].default_value = scale
    tree.links.new(mapping.outputs["Vector"], texture.inputs["Vector"])
    ramp = tree.nodes.new("ShaderNodeValToRGB")
    ramp.color_ramp.elements[0].color = (*colour[:3], 1.0)
    ramp.color_ramp.elements[1].color = (*second[:3], 1.0)
    tree.links.new(texture.outputs[factor], ramp.inputs["Fac"])
    tree.links.new(ramp.outputs["Color"], shader.inputs["Base Color"])
    shader.inputs["Roughness"].default_value = roughness
    socket(shader, "Specular IOR Level", "Specular").default_value = 0.3
    material.diffuse_color = (*colour[:3], 1.0)
    return material


def _texture(tree, kind):
    if kind == "wood":
        texture = tree.nodes.new("ShaderNodeTexWave")
        texture.inputs["Distortion"].default_value = 3.0
        return texture, "Fac"
    if kind == "checks":
        return tree.nodes.new("ShaderNodeTexChecker"), "Fac"
    if kind == "bricks":
        return tree.nodes.new("ShaderNodeTexBrick"), "Fac"
    return tree.nodes.new("ShaderNodeTexNoise"), "Fac"


def _principled(name):
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    shader = next(node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
    return material, shader
