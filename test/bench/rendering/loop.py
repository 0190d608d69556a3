"""What somebody would write by hand: the same scene, the same passes, no record, no check, no store.

blender -b --factory-startup --python loop.py -- JOB.json OUTPUT   (the job of a run of the pipeline)
"""

import json
import os
import sys

import bpy

job_path, output = sys.argv[sys.argv.index("--") + 1 :]
with open(job_path, encoding="utf-8") as file:
    job = json.load(file)
here = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [here, os.path.join(here, "../../../blender")]
sys.dont_write_bytecode = True

import scene as bench_scene  # noqa: E402
from darkroom.scene_parameters import Parameters  # noqa: E402

for frame in job["frames"]:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.world = bpy.data.worlds.new("World")
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    camera.data.lens = 35
    scene.collection.objects.link(camera)
    scene.camera = camera
    bench_scene.build(scene, Parameters(frame["parameters"], frame["seed"]))
    number = 0
    for thing in scene.objects:
        if thing.get("class"):
            number += 1
            thing.pass_index = number

    scene.render.engine = "CYCLES"
    scene.cycles.samples = frame["engine"]["samples"]
    scene.cycles.max_bounces = frame["engine"]["bounces"]
    scene.cycles.use_adaptive_sampling = False
    scene.cycles.use_denoising = False
    scene.cycles.caustics_reflective = scene.cycles.caustics_refractive = False
    scene.cycles.seed = frame["seed"] % 2**31
    if hasattr(scene.cycles, "use_light_tree"):
        scene.cycles.use_light_tree = False
    scene.world.cycles.sampling_method = "MANUAL"
    scene.world.cycles.sample_map_resolution = 32
    scene.view_settings.view_transform = "Standard"
    scene.render.resolution_x, scene.render.resolution_y = frame["width"], frame["height"]
    scene.render.resolution_percentage = 100
    scene.render.image_settings.file_format = "PNG"
    scene.render.image_settings.color_mode = "RGB"
    scene.render.filepath = os.path.join(output, frame["id"] + ".png")

    scene.view_layers[0].use_pass_object_index = True
    scene.use_nodes = True
    tree = scene.node_tree
    tree.nodes.clear()
    layers = tree.nodes.new("CompositorNodeRLayers")
    composite = tree.nodes.new("CompositorNodeComposite")
    tree.links.new(layers.outputs["Image"], composite.inputs["Image"])
    scale = tree.nodes.new("CompositorNodeMath")
    scale.operation = "DIVIDE"
    scale.inputs[1].default_value = 65535
    tree.links.new(layers.outputs["IndexOB"], scale.inputs[0])
    mask = tree.nodes.new("CompositorNodeOutputFile")
    mask.base_path = output
    mask.format.file_format = "PNG"
    mask.format.color_mode = "BW"
    mask.format.color_depth = "16"
    mask.format.color_management = "OVERRIDE"
    mask.format.view_settings.view_transform = "Raw"
    mask.file_slots.clear()
    mask.file_slots.new(frame["id"] + ".mask")
    tree.links.new(scale.outputs[0], mask.inputs[0])
    bpy.ops.render.render(write_still=True)
