"""What this Blender can do, for `pipeline doctor`: prints one line, a marker followed by JSON.

blender -b --factory-startup --disable-autoexec --python-exit-code 3 --python blender/probe.py

Nothing is assumed of the build: whatever cannot be asked is null, and the rest is still told.
"""

import json
import sys

import bpy

MARKER = "DARKROOM-PROBE "
RENDER_ENGINES = ("CYCLES", "BLENDER_WORKBENCH", "BLENDER_EEVEE", "BLENDER_EEVEE_NEXT")
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


def engines():
    """The render engines that a scene accepts."""
    render = bpy.context.scene.render
    before = render.engine
    accepted = []
    for engine in RENDER_ENGINES:
        try:
            render.engine = engine
            accepted.append(engine)
        except TypeError:
            continue
    render.engine = before
    return accepted


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


def open_image_denoise():
    """Whether Cycles was built with OpenImageDenoise (Debian's is not)."""
    import _cycles

    return bool(_cycles.with_openimagedenoise)


def numpy_version():
    """numpy's version, or None where it is not installed."""
    import numpy

    return numpy.__version__


def viewer_nodes_in_background():
    """Whether a Viewer node has the render's size after a render without a window (a stock Blender's has not)."""
    scene = bpy.data.scenes.new("probe")
    scene.collection.objects.link(bpy.data.objects.new("camera", bpy.data.cameras.new("camera")))
    scene.camera = scene.collection.objects[0]
    scene.render.engine = "CYCLES"
    scene.cycles.samples = 1
    scene.cycles.use_denoising = False
    scene.render.resolution_x, scene.render.resolution_y = PROBE_SIZE_PX
    scene.render.resolution_percentage = 100
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


def probe():
    """All facts; the names are what stages/lib/blender/blender-probe.ts expects."""
    return {
        "version": list(bpy.app.version),
        "buildHash": attempt(build_hash),
        "python": ".".join(str(part) for part in sys.version_info[:3]),
        "engines": attempt(engines) or [],
        "cyclesDevices": attempt(cycles_devices) or [],
        "openImageDenoise": attempt(open_image_denoise),
        "numpy": attempt(numpy_version),
        "viewerNodesInBackground": attempt(viewer_nodes_in_background),
    }


print(MARKER + json.dumps(probe(), sort_keys=True), flush=True)
