"""A scene as a camera for the near infrared (about 850 nm) sees it: grey, lit from the camera. What reflects visible
light little may reflect infrared well: dyed cotton is light, skin is pale whatever its tone, leaves shine."""

import bpy
import numpy as np

"""Reflectance in the infrared, from what is black to what is white in visible light, by the material's custom property
`infrared`. Rough figures after published spectra of skin (NIST, Cooksey et al. 2015), textiles and leaves."""
RANGES = {
    "skin": (0.46, 0.58), "hair": (0.08, 0.40), "cloth": (0.16, 0.74), "leather": (0.06, 0.40), "leaf": (0.38, 0.60),
    "eye": (0.02, 0.20), "other": (0.02, 0.66),
}
"""What shines, by the same property: lamps and screens of diodes give hardly any near infrared; leaves in the sun do."""
GLOWS = {"diodes": 0.04, "leaf": 2.5}
COLOUR_SOCKETS = ("Base Color", "Color", "Color1", "Color2", "Mortar")
LUMINANCE = (0.2126, 0.7152, 0.0722)


def infrared_grey(colours, kind):
    """Linear RGB [..., 3] in visible light → reflectance [...] in the infrared."""
    low, high = RANGES.get(kind, RANGES["other"])
    return low + (high - low) * np.clip(np.asarray(colours, dtype=float)[..., :3] @ np.array(LUMINANCE), 0, 1) ** 0.8


def see_in_infrared(scene, lamp_watts):
    """Turns everything in the scene grey, once it is built, and puts a lamp on its camera.
    @param lamp_watts of that lamp; the scene's own lamps keep their strength: dim them where it is night"""
    for material in bpy.data.materials:
        if material.use_nodes:
            _grey_nodes(material.node_tree, str(material.get("infrared", "other")))
    for mesh in bpy.data.meshes:
        _grey_vertices(mesh)
    for light in bpy.data.lights:
        grey = float(np.dot(light.color, LUMINANCE))
        light.color = (grey, grey, grey)
    if scene.world is not None and scene.world.use_nodes:
        _grey_nodes(scene.world.node_tree, "light")
    _camera_lamp(scene, lamp_watts)


def _grey_nodes(tree, kind):
    for node in tree.nodes:
        glows = kind == "light" or node.type in ("EMISSION", "BACKGROUND")
        for socket in node.inputs:
            if socket.type == "RGBA" and socket.name in COLOUR_SOCKETS:
                socket.default_value = (*_grey(socket.default_value, kind, glows), 1.0)
        if node.type == "VECT_MATH" and node.operation == "SCALE" and kind != "light":
            node.inputs[0].default_value = _grey(node.inputs[0].default_value, kind, False)
        if node.type == "VALTORGB":
            for element in node.color_ramp.elements:
                # Ramps of plain black and white are factors, not colours.
                if max(element.color[:3]) - min(element.color[:3]) > 1e-4 or 0.001 < element.color[0] < 0.999:
                    element.color = (*_grey(element.color, kind, glows), 1.0)


def _grey(colour, kind, glows):
    shining = float(np.dot(colour[:3], LUMINANCE)) * GLOWS.get(kind, 1.0)
    value = shining if glows else float(infrared_grey(colour[:3], kind))
    return (value, value, value)


def _grey_vertices(mesh):
    """Colours at vertices, each with the kind of the material that its faces have."""
    for attribute in mesh.attributes:
        if attribute.data_type != "FLOAT_COLOR" or attribute.domain != "POINT":
            continue
        colours = np.empty(len(mesh.vertices) * 4, dtype=np.float32)
        attribute.data.foreach_get("color", colours)
        colours = colours.reshape(-1, 4)
        kinds = [str(material.get("infrared", "other")) if material else "other" for material in mesh.materials]
        slot_of = _slots_of_vertices(mesh)
        for slot, kind in enumerate(kinds or ["other"]):
            own = slot_of == slot
            colours[own, :3] = infrared_grey(colours[own], kind)[:, None]
        attribute.data.foreach_set("color", colours.ravel())


def _slots_of_vertices(mesh):
    """[N] the material slot of a face at each vertex"""
    loops = np.empty(len(mesh.loops), dtype=np.int32)
    mesh.loops.foreach_get("vertex_index", loops)
    slots = np.empty(len(mesh.polygons), dtype=np.int32)
    mesh.polygons.foreach_get("material_index", slots)
    totals = np.empty(len(mesh.polygons), dtype=np.int32)
    mesh.polygons.foreach_get("loop_total", totals)
    slot_of = np.zeros(len(mesh.vertices), dtype=np.int32)
    slot_of[loops] = np.repeat(slots, totals)
    return slot_of


def _camera_lamp(scene, watts):
    data = bpy.data.lights.new("infrared lamp", "SPOT")
    # Narrower than what a wide lens sees: corners stay dark.
    data.energy, data.spot_size, data.spot_blend, data.shadow_soft_size = watts, 1.45, 1.0, 0.02
    lamp = bpy.data.objects.new("infrared lamp", data)
    scene.collection.objects.link(lamp)
    lamp.parent = scene.camera
    lamp.location = (0.03, 0.06, 0.02)
