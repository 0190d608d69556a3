"""Other surfaces on the scene's objects. Materials are copied first, so that what is not selected keeps its own."""

import bpy

from ..feature_probe import socket
from ..materials import plain_material
from ..selection import fits, in_words
from .colour import shifted
from .distributions import shortest_wait
from .images import load_image
from .scene_objects import own, select

"""Custom property of a copy: what the material was called that an earlier rule has changed."""
ORIGINAL = "darkroom_original"
DEFAULT_COLOUR = (0.5, 0.5, 0.5)


def randomize_materials(scene, rules, seed):
    """@returns notes for people"""
    notes = []
    for rule in rules:
        selector = dict(rule["select"])
        pattern = selector.pop("material", None)
        changed = 0
        made = {}
        for thing in select(scene, selector):
            if not hasattr(thing.data, "materials"):
                continue
            look = _dealt_out(rule["looks"], seed, in_words(rule["select"]), thing.name)
            changed += _dress(thing, pattern, look, rule["looks"][look], made)
        if changed == 0:
            notes.append(f"materials: nothing is selected by {in_words(rule['select'])}")
    return notes


def _dealt_out(looks, seed, rule, name):
    return shortest_wait([(index, 1.0) for index in range(len(looks))], str, seed, "materials", rule, name)


def _dress(thing, pattern, index, look, made):
    """Gives the object's materials (those that fit the pattern) another look. @returns how many"""
    if not thing.material_slots:
        if pattern is not None:
            return 0
        thing = own(thing)
        if thing.data.library is not None:
            thing.data = thing.data.copy()
        thing.data.materials.append(plain_material(f"{thing.name} surface", DEFAULT_COLOUR))
    count = 0
    for number, slot in enumerate(thing.material_slots):
        original = slot.material
        if pattern is not None and (original is None or not fits(original.get(ORIGINAL, original.name), pattern)):
            continue
        key = (original.name if original else None, index)
        if key not in made:
            made[key] = original.copy() if original else plain_material("surface", DEFAULT_COLOUR)
            if original:
                made[key][ORIGINAL] = original.get(ORIGINAL, original.name)
            apply_look(made[key], look)
        slot = own(thing).material_slots[number]
        # On the object: its mesh may belong to a library, or to others as well.
        slot.link = "OBJECT"
        slot.material = made[key]
        count += 1
    return count


def apply_look(material, look):
    """Colour, roughness, metallic and texture of a material's shaders."""
    if not material.use_nodes or material.node_tree is None:
        colour = tuple(material.diffuse_color[:3])
        material.use_nodes = True
        shaders = _shaders(material)
        for shader in shaders:
            socket(shader, "Base Color", "Color").default_value = (*colour, 1.0)
    tree = material.node_tree
    for shader in _shaders(material):
        colour = socket(shader, "Base Color", "Color")
        _colour(tree, colour, look)
        for key, name in (("roughness", "Roughness"), ("metallic", "Metallic")):
            target = shader.inputs.get(name)
            if key in look and target is not None:
                _unlink(tree, target)
                target.default_value = look[key]
    base = look.get("colour", tuple(material.diffuse_color[:3]))
    material.diffuse_color = (*shifted(base, *_shift(look)), 1.0)


def _shaders(material):
    return [
        node
        for node in material.node_tree.nodes
        if node.bl_idname.startswith("ShaderNodeBsdf") and (node.inputs.get("Base Color") or node.inputs.get("Color"))
    ]


def _shift(look):
    return look.get("hue", 0.0), look.get("saturation", 1.0), look.get("value", 1.0)


def _colour(tree, target, look):
    if look.get("texture"):
        _unlink(tree, target)
        tree.links.new(texture_node(tree, look).outputs["Color"], target)
    elif "colour" in look:
        _unlink(tree, target)
        target.default_value = (*look["colour"], 1.0)
    if not any(key in look for key in ("hue", "saturation", "value")):
        return
    if not target.is_linked:
        target.default_value = (*shifted(target.default_value[:3], *_shift(look)), 1.0)
        return
    source = target.links[0].from_socket
    node = tree.nodes.new("ShaderNodeHueSaturation")
    hue, saturation, value = _shift(look)
    node.inputs["Hue"].default_value = (0.5 + hue) % 1.0
    node.inputs["Saturation"].default_value = saturation
    node.inputs["Value"].default_value = value
    tree.links.new(source, node.inputs["Color"])
    tree.links.new(node.outputs["Color"], target)


def texture_node(tree, look):
    """An image on all sides of an object, whether it has texture coordinates or not."""
    image = tree.nodes.new("ShaderNodeTexImage")
    image.image = load_image(look["texture"])
    image.projection = "BOX"
    image.projection_blend = 0.2
    place = tree.nodes.new("ShaderNodeTexCoord")
    mapping = tree.nodes.new("ShaderNodeMapping")
    mapping.inputs["Scale"].default_value = (look.get("textureScale", 1.0),) * 3
    tree.links.new(place.outputs["Object"], mapping.inputs["Vector"])
    tree.links.new(mapping.outputs["Vector"], image.inputs["Vector"])
    return image


def _unlink(tree, target):
    for link in list(target.links):
        tree.links.remove(link)


def surface_material(name, look):
    """A new material of this look."""
    material = plain_material(name, look.get("colour", DEFAULT_COLOUR))
    apply_look(material, look)
    return material


def assign(thing, material):
    """The one material of an object that belongs to nobody else."""
    thing.data.materials.clear()
    thing.data.materials.append(material)
    bpy.context.view_layer.update()
