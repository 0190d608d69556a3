"""Materials for the looks of a person."""

import bpy

from ..feature_probe import socket, socket_out

COLOUR, CLOTH = "person_colour", "person_cloth"


def material_of(look):
    """The material of a looks.Look; equal looks share one."""
    name = f"person {look.kind} {hash_of(look)}"
    found = bpy.data.materials.get(name)
    if found is not None:
        return found
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    material.diffuse_color = (*look.colour, 1.0)
    material["infrared"] = look.kind
    if look.kind in ("cloth", "leather"):
        _cloth(material, look)
    else:
        _by_vertex(material, look)
    return material


def hash_of(look):
    """A short name that is the same in every process."""
    return "-".join(f"{value:.4f}" for value in (*look.colour, *look.second, look.scale)) + look.pattern


def _by_vertex(material, look):
    tree, shader = _principled(material)
    colour = tree.nodes.new("ShaderNodeAttribute")
    colour.attribute_name = COLOUR
    tree.links.new(colour.outputs["Color"], shader.inputs["Base Color"])
    roughness, specular = {"skin": (0.55, 0.28), "eye": (0.12, 0.5), "hair": (0.5, 0.3)}[look.kind]
    shader.inputs["Roughness"].default_value = roughness
    socket(shader, "Specular IOR Level", "Specular").default_value = specular
    if look.kind == "hair":
        _bump(tree, shader, _place(tree, (42.0, 42.0, 7.0)), 1.0, 0.9, 0.006)


def _cloth(material, look):
    tree = material.node_tree
    if look.kind == "leather":
        tree, shader = _principled(material)
        shader.inputs["Base Color"].default_value = (*look.colour, 1.0)
        shader.inputs["Roughness"].default_value = 0.5
        return
    tree.nodes.clear()
    shader = tree.nodes.new("ShaderNodeBsdfDiffuse")
    output = tree.nodes.new("ShaderNodeOutputMaterial")
    tree.links.new(shader.outputs["BSDF"], output.inputs["Surface"])
    place = _place(tree, (1.0, 1.0, 1.0))
    noise = _bump(tree, shader, place, 7.5, 0.55, 0.02)
    weave = _mixed(tree, _factor(tree, look, place), look.colour, look.second) if look.pattern != "plain" else None
    # Worn unevenly: a little lighter and darker.
    shade = _math(tree, "MULTIPLY_ADD", noise, 0.34, 0.83)
    faded = tree.nodes.new("ShaderNodeVectorMath")
    faded.operation = "SCALE"
    faded.inputs[0].default_value = look.colour
    if weave is not None:
        tree.links.new(weave, faded.inputs[0])
    tree.links.new(shade, faded.inputs["Scale"])
    tree.links.new(faded.outputs["Vector"], shader.inputs["Color"])


def _factor(tree, look, place):
    """Where the second colour is: a socket from 0 to 1."""
    if look.pattern == "heather":
        return _noise(tree, place, 130.0, 1.0)
    if look.pattern == "dots":
        texture = tree.nodes.new("ShaderNodeTexVoronoi")
        texture.inputs["Scale"].default_value = 1.0 / look.scale
        texture.inputs["Randomness"].default_value = 0.15
        tree.links.new(place, texture.inputs["Vector"])
        return _math(tree, "LESS_THAN", texture.outputs["Distance"], 0.30)
    split = tree.nodes.new("ShaderNodeSeparateXYZ")
    tree.links.new(place, split.inputs[0])
    # Around the body as well as across its front.
    around = _math(tree, "MULTIPLY_ADD", split.outputs["Y"], 0.35, split.outputs["X"])
    rows = lambda value, share: _math(tree, "LESS_THAN", _math(tree, "FRACT", _math(tree, "MULTIPLY", value, 1.0 / look.scale)), share)  # noqa: E731
    if look.pattern == "stripes":
        return rows(split.outputs["Z"], 0.42)
    if look.pattern == "pinstripes":
        return rows(around, 0.12)
    if look.pattern == "block":
        return _math(tree, "GREATER_THAN", split.outputs["Z"], 0.30)
    return _math(tree, "MULTIPLY", _math(tree, "ADD", rows(around, 0.45), rows(split.outputs["Z"], 0.45)), 0.5)


def _mixed(tree, factor, first, second):
    ramp = tree.nodes.new("ShaderNodeValToRGB")
    ramp.color_ramp.elements[0].color = (*first, 1.0)
    ramp.color_ramp.elements[1].color = (*second, 1.0)
    tree.links.new(factor, ramp.inputs["Fac"])
    return ramp.outputs["Color"]


def _place(tree, scale):
    """The place on the body at rest, stretched."""
    source = tree.nodes.new("ShaderNodeAttribute")
    source.attribute_name = CLOTH
    if scale == (1.0, 1.0, 1.0):
        return source.outputs["Vector"]
    stretched = tree.nodes.new("ShaderNodeVectorMath")
    stretched.operation = "MULTIPLY"
    stretched.inputs[1].default_value = scale
    tree.links.new(source.outputs["Vector"], stretched.inputs[0])
    return stretched.outputs["Vector"]


def _bump(tree, shader, place, scale, strength, distance):
    """Folds, or strands. @returns the noise, about 0.5"""
    noise = _noise(tree, place, scale, 2.0)
    bump = tree.nodes.new("ShaderNodeBump")
    bump.inputs["Strength"].default_value = strength
    bump.inputs["Distance"].default_value = distance
    tree.links.new(noise, bump.inputs["Height"])
    tree.links.new(bump.outputs["Normal"], shader.inputs["Normal"])
    return noise


def _noise(tree, place, scale, detail):
    noise = tree.nodes.new("ShaderNodeTexNoise")
    noise.inputs["Scale"].default_value = scale
    noise.inputs["Detail"].default_value = detail
    tree.links.new(place, noise.inputs["Vector"])
    return socket_out(noise, "Fac", "Factor")


def _math(tree, operation, *values):
    node = tree.nodes.new("ShaderNodeMath")
    node.operation = operation
    for index, value in enumerate(values):
        if isinstance(value, (int, float)):
            node.inputs[index].default_value = value
        else:
            tree.links.new(value, node.inputs[index])
    return node.outputs[0]


def _principled(material):
    tree = material.node_tree
    return tree, next(node for node in tree.nodes if node.type == "BSDF_PRINCIPLED")
