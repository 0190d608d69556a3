"""What this Blender can do, for `pipeline doctor` and for the render stage: one line, a marker followed by JSON.

blender -b --factory-startup --disable-autoexec --python-exit-code 3 --python blender/probe.py [-- ENGINE]

Without an engine: the build, its devices, and what Cycles makes of a few pixels. With one (`eevee`, `workbench`):
whether it draws. These need OpenGL, which may take the process down: so each is asked in a process of its own.

Nothing is assumed of the build: whatever cannot be asked is null, and the rest is still told.
"""

import hashlib
import json
import os
import sys
import tempfile

import bpy

MARKER = "DARKROOM-PROBE "
RENDER_ENGINES = ("CYCLES", "BLENDER_WORKBENCH", "BLENDER_EEVEE", "BLENDER_EEVEE_NEXT")
DRAWING_ENGINES = {"workbench": ("BLENDER_WORKBENCH",), "eevee": ("BLENDER_EEVEE_NEXT", "BLENDER_EEVEE")}
PROBE_SIZE_PX = (8, 4)  # Blender renders nothing smaller than 4


def attempt(ask):
    """What `ask` returns, or None where this Blender does not know the question."""
    try:
        return ask()
    except Exception as error:  # The API differs between versions, in names and in kinds of errors.
        print(f"probe: {ask.__name__}: {error}", file=sys.stderr)
        return None


def build_hash():
    """The commit that this Blender was built from; distributions leave it out ("Unknown")."""
    return bpy.app.build_hash.decode("ascii")


def binary_digest():
    """SHA-256 of the program itself, wherever a wrapper or a chroot hides it: what tells unnamed builds apart."""
    digest = hashlib.sha256()
    with open(bpy.app.binary_path, "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def engines():
    """The render engines that a scene accepts."""
    render = bpy.context.scene.render
    before = render.engine
    accepted = [engine for engine in RENDER_ENGINES if set_engine(bpy.context.scene, engine)]
    render.engine = before
    return accepted


def set_engine(scene, engine):
    try:
        scene.render.engine = engine
        return True
    except TypeError:
        return False


def cycles_devices():
    """Devices that Cycles can render on: [{name, type}], the CPU among them."""
    import _cycles

    preferences = bpy.context.preferences.addons["cycles"].preferences
    kinds = [kind[0] for kind in preferences.get_device_types(bpy.context)]
    found = {}
    for kind in ["CPU", *[kind for kind in kinds if kind != "NONE"]]:
        for device in _cycles.available_devices(kind):
            found[(device[0], device[1])] = {"name": device[0], "type": device[1]}
    return list(found.values())


def numpy_version():
    """numpy's version, or None where it is not installed."""
    import numpy

    return numpy.__version__


def probe_scene(engine):
    """A cube that fills the picture; what is not drawn stays transparent."""
    scene = bpy.data.scenes.new("probe")
    scene.render.engine = engine
    scene.render.resolution_x, scene.render.resolution_y = PROBE_SIZE_PX
    scene.render.resolution_percentage = 100
    scene.render.film_transparent = True
    scene.render.image_settings.file_format = "PNG"
    scene.render.image_settings.color_mode = "RGBA"
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    camera.location = (0, 0, 3)
    mesh = bpy.data.meshes.new("floor")
    mesh.from_pydata([(-9, -9, 0), (9, -9, 0), (9, 9, 0), (-9, 9, 0)], [], [(0, 1, 2, 3)])
    for thing in (camera, bpy.data.objects.new("floor", mesh)):
        scene.collection.objects.link(thing)
    scene.camera = camera
    if hasattr(scene, "cycles"):
        scene.cycles.samples = 1
        scene.cycles.use_denoising = False
    if hasattr(scene, "eevee"):
        scene.eevee.taa_render_samples = 1
    return scene


def draws(scene):
    """Whether a render of the scene leaves a picture in which the floor can be seen."""
    with tempfile.TemporaryDirectory() as folder:
        scene.render.filepath = os.path.join(folder, "probe.png")
        bpy.ops.render.render(write_still=True, scene=scene.name)
        if not os.path.exists(scene.render.filepath):
            return False
        image = bpy.data.images.load(scene.render.filepath)
        alphas = list(image.pixels)[3::4]
        return len(alphas) == PROBE_SIZE_PX[0] * PROBE_SIZE_PX[1] and min(alphas) > 0.9


def cycles_draws():
    return draws(probe_scene("CYCLES"))


def open_image_denoise():
    """Whether Cycles was built with OpenImageDenoise (Debian's is not), and its picture comes out."""
    import _cycles

    if not _cycles.with_openimagedenoise:
        return False
    scene = probe_scene("CYCLES")
    scene.cycles.use_denoising = True
    scene.cycles.denoiser = "OPENIMAGEDENOISE"
    return draws(scene)


def viewer_nodes_in_background():
    """Whether a Viewer node has the render's size after a render without a window (a stock Blender's has not)."""
    scene = probe_scene("CYCLES")
    scene.use_nodes = True
    nodes = scene.node_tree.nodes
    nodes.clear()
    layers = nodes.new("CompositorNodeRLayers")
    layers.scene = scene
    viewer = nodes.new("CompositorNodeViewer")
    scene.node_tree.links.new(layers.outputs["Image"], viewer.inputs["Image"])
    bpy.ops.render.render(scene=scene.name)
    image = bpy.data.images.get("Viewer Node")
    return image is not None and tuple(image.size) == PROBE_SIZE_PX


def opengl_renderer():
    """The graphics card, or the program that stands in for it (llvmpipe)."""
    import gpu

    return gpu.platform.renderer_get()


def facts():
    """All facts; the names are what stages/lib/blender/blender-probe.ts expects."""
    named = attempt(build_hash)
    unnamed = named is None or named.lower() == "unknown"
    return {
        "version": list(bpy.app.version),
        "buildHash": named,
        "binaryDigest": attempt(binary_digest) if unnamed else None,
        "python": ".".join(str(part) for part in sys.version_info[:3]),
        "engines": attempt(engines) or [],
        "cyclesDevices": attempt(cycles_devices) or [],
        "cyclesDraws": attempt(cycles_draws),
        "openImageDenoise": attempt(open_image_denoise),
        "numpy": attempt(numpy_version),
        "viewerNodesInBackground": attempt(viewer_nodes_in_background),
    }


def drawing(name):
    """Whether an engine that needs OpenGL draws here, and on what."""
    for engine in DRAWING_ENGINES[name]:
        if set_engine(bpy.context.scene, engine):
            drawn = draws(probe_scene(engine))
            return {"draws": drawn, "renderer": attempt(opengl_renderer)}
    return {"draws": False, "renderer": None}


def answer(arguments):
    return drawing(arguments[0]) if arguments else facts()


wanted = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else []
print(MARKER + json.dumps(answer(wanted), sort_keys=True), flush=True)
