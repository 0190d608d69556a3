"""Renders a frame: its image, its 16-bit instance mask and, where wanted, depth and normals."""

import os

import bpy

from .engine import settle_engine
from .mask_source import file_mask, viewer_mask
from .targets import MAX_INSTANCE

"""Depth is kept in millimetres, normals as (n + 1) / 2 of what sixteen bits hold."""
DEPTH_STEPS_PER_M = 1000


class Pictures:
    """The paths of what was rendered, complete but under names of their own, and the mask [height, width]."""

    def __init__(self, image, mask, extras):
        self.image = image
        self.mask = mask
        """By the ending of their final names: `depth.png`, `normals.png`."""
        self.extras = extras


def render(scene, frame, directory, viewer_nodes):
    """@param viewer_nodes whether this build runs Viewer nodes in the background: then no file is needed for a mask
    @returns Pictures @raises RuntimeError when Blender left no image"""
    image = os.path.join(directory, f"{frame.id}.image.part.png")
    scene.render.filepath = image
    if frame.engine.name == "cycles":
        planned = _plan_passes(scene, frame, directory, viewer_nodes)
        _render_still(scene)
    else:
        # Eevee and Workbench know no object index: the passes are a second picture, made by Cycles with one sample.
        scene.use_nodes = False
        _render_still(scene)
        planned = _passes_by_cycles(scene, frame, directory, viewer_nodes)
    _expect_file(image)
    mask = planned.read_mask((frame.height, frame.width))
    extras = {ending: _expect_file(path) for ending, path in planned.extras(scene).items()}
    return Pictures(image, mask, extras)


def _passes_by_cycles(scene, frame, directory, viewer_nodes):
    cycles = scene.cycles
    scene.render.engine = "CYCLES"
    cycles.device = "CPU"
    cycles.samples = 1
    cycles.max_bounces = 0
    cycles.use_denoising = False
    cycles.use_adaptive_sampling = False
    # The one sample falls on the pixel's middle.
    cycles.pixel_filter_type = "GAUSSIAN"
    cycles.filter_width = 0.01
    cycles.seed = frame.seed % 2**31
    planned = _plan_passes(scene, frame, directory, viewer_nodes)
    unused = os.path.join(directory, f"{frame.id}.unused.part.png")
    scene.render.filepath = unused
    _render_still(scene)
    os.remove(unused)
    settle_engine(scene, frame)
    return planned


class _PlannedPasses:
    def __init__(self, read_mask, prefixes):
        self.read_mask = read_mask
        self._prefixes = prefixes

    def extras(self, scene):
        return {
            ending: f"{prefix}{scene.frame_current:04d}.png" for ending, prefix in self._prefixes.items()
        }


def _plan_passes(scene, frame, directory, viewer_nodes):
    """The compositor's nodes. Nothing in them changes a value: no view transform, no filter."""
    for layer in scene.view_layers:
        layer.use_pass_object_index = True
        layer.use_pass_z = frame.passes.depth
        layer.use_pass_normal = frame.passes.normals
    scene.use_nodes = True
    scene.render.use_compositing = True
    tree = scene.node_tree
    tree.nodes.clear()
    layers = tree.nodes.new("CompositorNodeRLayers")
    layers.scene = scene
    composite = tree.nodes.new("CompositorNodeComposite")
    tree.links.new(layers.outputs["Image"], composite.inputs["Image"])
    if viewer_nodes:
        read_mask = viewer_mask(tree, layers.outputs["IndexOB"])
    else:
        shares = _scaled(tree, layers.outputs["IndexOB"], 1 / MAX_INSTANCE)
        read_mask = file_mask(scene, _file_node(tree, shares, frame, directory, "mask", "BW"))
    prefixes = {}
    if frame.passes.depth:
        scaled = _scaled(tree, layers.outputs["Depth"], DEPTH_STEPS_PER_M / MAX_INSTANCE)
        prefixes["depth.png"] = _file_node(tree, scaled, frame, directory, "depth", "BW")
    if frame.passes.normals:
        normals = _halved(tree, layers.outputs["Normal"])
        prefixes["normals.png"] = _file_node(tree, normals, frame, directory, "normals", "RGB")
    return _PlannedPasses(read_mask, prefixes)


def _scaled(tree, output, factor):
    node = tree.nodes.new("CompositorNodeMath")
    node.operation = "MULTIPLY"
    node.inputs[1].default_value = factor
    tree.links.new(output, node.inputs[0])
    return node.outputs[0]


def _halved(tree, output):
    """n → (n + 1) / 2, in each of the three channels."""
    for operation in ("MULTIPLY", "ADD"):
        node = tree.nodes.new("CompositorNodeMixRGB")
        node.blend_type = operation
        node.inputs[2].default_value = (0.5, 0.5, 0.5, 1)
        tree.links.new(output, node.inputs[1])
        output = node.outputs[0]
    return output


def _file_node(tree, output, frame, directory, name, mode):
    """Writes a 16-bit PNG as it is. @returns the path before the number that Blender adds"""
    node = tree.nodes.new("CompositorNodeOutputFile")
    node.base_path = directory
    node.format.file_format = "PNG"
    node.format.color_mode = mode
    node.format.color_depth = "16"
    node.format.compression = 10
    node.format.color_management = "OVERRIDE"
    node.format.view_settings.view_transform = "Raw"
    slot = f"{frame.id}.{name}.part"
    node.file_slots.clear()
    node.file_slots.new(slot)
    tree.links.new(output, node.inputs[0])
    return os.path.join(directory, slot)


def _render_still(scene):
    bpy.ops.render.render(write_still=True, scene=scene.name)


def _expect_file(path):
    if not os.path.exists(path):
        raise RuntimeError(f"Blender wrote no {os.path.basename(path)}; what it printed says why")
    return path
