"""Render engines, set up for speed and for the same pixels every time."""

import bpy

from .feature_probe import set_first, set_if_present

WORLD_MAP_PX = 32


class DeviceError(RuntimeError):
    """The asked-for device is not there; rendering on another one would be a surprise."""


def set_up(scene, engine, seed):
    """Before the scene script: defaults that it may change (light paths, colour management)."""
    if engine.name == "cycles":
        scene.render.engine = "CYCLES"
        cycles = scene.cycles
        cycles.use_adaptive_sampling = False
        cycles.use_denoising = False
        cycles.caustics_reflective = False
        cycles.caustics_refractive = False
        cycles.sample_clamp_direct = 8.0
        cycles.sample_clamp_indirect = 2.0
        cycles.blur_glossy = 1.0
        set_if_present(cycles, "use_light_tree", False)
    else:
        scene.render.engine = "BLENDER_WORKBENCH"
        scene.display.shading.light = "STUDIO"
        scene.display.shading.color_type = "MATERIAL"
        scene.display.shading.show_shadows = True
    scene.view_settings.view_transform = "Standard"
    scene.render.use_persistent_data = False
    if scene.world is None:
        scene.world = bpy.data.worlds.new("World")


def settle(scene, frame):
    """After the scene script: what is the pipeline's to decide, whatever the script did."""
    render = scene.render
    render.resolution_x, render.resolution_y = frame.width, frame.height
    render.resolution_percentage = 100
    render.pixel_aspect_x = render.pixel_aspect_y = 1
    render.use_border = False
    render.use_motion_blur = False
    render.use_file_extension = True
    render.use_stamp = False
    # Blender writes date and duration into every PNG: the same frame would never be the same file.
    for name in render.bl_rna.properties.keys():
        if name.startswith("use_stamp_") and not render.is_property_readonly(name):
            setattr(render, name, False)
    render.image_settings.file_format = "PNG"
    render.image_settings.color_mode = "RGB"
    render.image_settings.color_depth = "8"
    render.image_settings.compression = 30
    if frame.engine.name == "cycles":
        _settle_cycles(scene, frame)


def _settle_cycles(scene, frame):
    cycles = scene.cycles
    cycles.device = "GPU" if frame.engine.device == "gpu" else "CPU"
    cycles.samples = frame.engine.samples
    cycles.seed = frame.seed % 2**31
    cycles.max_bounces = frame.engine.bounces
    cycles.diffuse_bounces = min(cycles.diffuse_bounces, frame.engine.bounces)
    cycles.glossy_bounces = min(cycles.glossy_bounces, frame.engine.bounces)
    # A build without a denoiser fails with no image when denoising is on.
    if cycles.use_denoising:
        cycles.use_denoising = set_first(cycles, "denoiser", "OPENIMAGEDENOISE", "OPTIX") is not None
    world = scene.world
    if world is not None:
        # An importance map of the usual size costs seconds a frame.
        world.cycles.sampling_method = "MANUAL"
        world.cycles.sample_map_resolution = WORLD_MAP_PX


def enable_gpu():
    """Turns every device of the first GPU backend that has one on. @returns its names
    @raises DeviceError when Blender sees no GPU"""
    preferences = bpy.context.preferences.addons["cycles"].preferences
    for backend in ("OPTIX", "CUDA", "HIP", "ONEAPI", "METAL"):
        if set_first(preferences, "compute_device_type", backend) is None:
            continue
        if hasattr(preferences, "refresh_devices"):
            preferences.refresh_devices()
        else:
            preferences.get_devices()
        found = [device for device in preferences.devices if device.type == backend]
        for device in preferences.devices:
            device.use = device.type == backend
        if found:
            return [device.name for device in found]
    raise DeviceError("engine.device is gpu, but Cycles finds no GPU on this machine")
