"""Writes the image and, beside it, the 16-bit instance mask."""

import os

import bpy

from .targets import MAX_INSTANCE


def render(scene, frame, directory):
    """Renders the image and the mask. @returns (image path, mask path), both complete but under names of their own
    @raises RuntimeError when Blender left no image"""
    image_path = os.path.join(directory, f"{frame.id}.image.part.png")
    scene.render.filepath = image_path
    if frame.engine.name == "cycles":
        mask_prefix = _mask_nodes(scene, frame, directory)
        _render_still(scene)
    else:
        # Workbench knows no object index: the mask is a second picture, made by Cycles with one sample a pixel.
        _without_compositor(scene)
        _render_still(scene)
        mask_prefix = _mask_by_cycles(scene, frame, directory)
    _expect_file(image_path)
    return image_path, _expect_file(f"{mask_prefix}{scene.frame_current:04d}.png")


def _mask_by_cycles(scene, frame, directory):
    scene.render.engine = "CYCLES"
    scene.cycles.device = "CPU"
    scene.cycles.samples = 1
    scene.cycles.max_bounces = 0
    scene.cycles.use_denoising = False
    scene.cycles.use_adaptive_sampling = False
    mask_prefix = _mask_nodes(scene, frame, directory)
    unused = os.path.join(directory, f"{frame.id}.unused.part.png")
    scene.render.filepath = unused
    _render_still(scene)
    os.remove(unused)
    return mask_prefix


def _mask_nodes(scene, frame, directory):
    """Object index ÷ 65535 → 16-bit grey PNG, with no view transform: exact integers."""
    for layer in scene.view_layers:
        layer.use_pass_object_index = True
    scene.use_nodes = True
    tree = scene.node_tree
    tree.nodes.clear()
    layers = tree.nodes.new("CompositorNodeRLayers")
    composite = tree.nodes.new("CompositorNodeComposite")
    tree.links.new(layers.outputs["Image"], composite.inputs["Image"])
    scale = tree.nodes.new("CompositorNodeMath")
    scale.operation = "DIVIDE"
    scale.inputs[1].default_value = MAX_INSTANCE
    tree.links.new(layers.outputs["IndexOB"], scale.inputs[0])
    output = tree.nodes.new("CompositorNodeOutputFile")
    output.base_path = directory
    output.format.file_format = "PNG"
    output.format.color_mode = "BW"
    output.format.color_depth = "16"
    output.format.compression = 30
    output.format.color_management = "OVERRIDE"
    output.format.view_settings.view_transform = "Raw"
    name = f"{frame.id}.mask.part"
    output.file_slots.clear()
    output.file_slots.new(name)
    tree.links.new(scale.outputs[0], output.inputs[0])
    return os.path.join(directory, name)


def _without_compositor(scene):
    scene.use_nodes = False


def _render_still(scene):
    bpy.ops.render.render(write_still=True, scene=scene.name)


def _expect_file(path):
    if not os.path.exists(path):
        raise RuntimeError(f"Blender wrote no {os.path.basename(path)}; what it printed says why")
    return path


def read_mask(path):
    """[height, width] instance numbers, rows from the top"""
    import numpy as np

    image = bpy.data.images.load(path)
    try:
        image.colorspace_settings.name = "Non-Color"
        width, height = image.size
        values = np.empty(width * height * 4, dtype=np.float32)
        image.pixels.foreach_get(values)
    finally:
        bpy.data.images.remove(image)
    grey = values.reshape(height, width, 4)[::-1, :, 0]
    return np.rint(grey * MAX_INSTANCE).astype(np.int32)
