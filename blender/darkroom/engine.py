"""Render engines, set up for speed and for the same pixels every time."""

import bpy

from .feature_probe import set_first, set_if_present

WORLD_MAP_PX = 32
EEVEE_NAMES = ("BLENDER_EEVEE_NEXT", "BLENDER_EEVEE")


class DeviceError(RuntimeError):
    """The asked-for device is not there; rendering on another one would be a surprise."""


class EngineError(RuntimeError):
    """This build has not what the pipeline file asks of it."""


def set_up(scene, engine):
    """Before the scene script: defaults that it may change (light paths, colour management)."""
    if engine.name == "cycles":
        scene.render.engine = "CYCLES"
        cycles = scene.cycles
        cycles.caustics_reflective = False
        cycles.caustics_refractive = False
        cycles.sample_clamp_direct = 8.0
        cycles.sample_clamp_indirect = 2.0
        cycles.blur_glossy = 1.0
        set_if_present(cycles, "use_light_tree", False)
    elif engine.name == "workbench":
        scene.display.shading.light = "STUDIO"
        scene.display.shading.color_type = "MATERIAL"
        scene.display.shading.show_shadows = True
    scene.view_settings.view_transform = "Standard"
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
    render.use_persistent_data = frame.engine.persistent_data
    # Blender writes date and duration into every PNG: the same frame would never be the same file.
    for name in render.bl_rna.properties.keys():
        if name.startswith("use_stamp_") and not render.is_property_readonly(name):
            setattr(render, name, False)
    render.image_settings.file_format = "PNG"
    render.image_settings.color_mode = "RGB"
    render.image_settings.color_depth = "8"
    render.image_settings.compression = 30
    settle_engine(scene, frame)


def settle_engine(scene, frame):
    """The frame's own engine; the mask may have been made by another one in between."""
    name = frame.engine.name
    if name == "cycles":
        _settle_cycles(scene, frame)
    elif name == "eevee":
        if set_first(scene.render, "engine", *EEVEE_NAMES) is None:
            raise EngineError("engine.name is eevee, but this Blender was built without it")
        scene.eevee.taa_render_samples = frame.engine.samples
    else:
        scene.render.engine = "BLENDER_WORKBENCH"


def _settle_cycles(scene, frame):
    scene.render.engine = "CYCLES"
    cycles = scene.cycles
    engine = frame.engine
    # A mask's pixel is where its first sample falls: with the usual 1.5, up to .75 px from the pixel's middle, and
    # boxes would be off by more than one pixel.
    cycles.pixel_filter_type = "BLACKMAN_HARRIS"
    cycles.filter_width = 1.0
    cycles.device = "CPU" if engine.device == "cpu" else "GPU"
    cycles.samples = engine.samples
    cycles.seed = frame.seed % 2**31
    cycles.max_bounces = engine.bounces
    cycles.diffuse_bounces = min(cycles.diffuse_bounces, engine.bounces)
    cycles.glossy_bounces = min(cycles.glossy_bounces, engine.bounces)
    cycles.use_adaptive_sampling = engine.adaptive_threshold > 0
    if cycles.use_adaptive_sampling:
        cycles.adaptive_threshold = engine.adaptive_threshold
    # A build without a denoiser fails with no image when denoising is on.
    cycles.use_denoising = engine.denoise
    if engine.denoise and set_first(cycles, "denoiser", *_denoisers(engine.device)) is None:
        raise EngineError("engine.denoise is on, but this Blender was built without OpenImageDenoise")
    world = scene.world
    if world is not None:
        # An importance map of the usual size costs seconds a frame.
        world.cycles.sampling_method = "MANUAL"
        world.cycles.sample_map_resolution = WORLD_MAP_PX


def _denoisers(device):
    return ("OPTIX", "OPENIMAGEDENOISE") if device == "optix" else ("OPENIMAGEDENOISE",)


def enable_gpu(backend):
    """Turns every device of a GPU backend (cuda, optix, hip, oneapi, metal) on, and no other. @returns their names
    @raises DeviceError that lists what Cycles finds, when it finds none of this kind"""
    preferences = bpy.context.preferences.addons["cycles"].preferences
    kind = backend.upper()
    if set_first(preferences, "compute_device_type", kind) is not None:
        if hasattr(preferences, "refresh_devices"):
            preferences.refresh_devices()
        else:
            preferences.get_devices()
        for device in preferences.devices:
            device.use = device.type == kind
        found = [device.name for device in preferences.devices if device.type == kind]
        if found:
            return found
    others = ", ".join(f"{device.name} ({device.type})" for device in preferences.devices) or "none"
    raise DeviceError(f"engine.device is {backend}, but Cycles finds no such device here; it finds: {others}")
