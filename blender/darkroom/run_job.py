"""One job: many frames of one scene. A frame that raises is reported and the next one goes on."""

import os
import time

import bpy

from .contract import read_job
from .place_of_error import place_of
from .png_chunks import without_volatile_chunks
from .results import Results

"""A file of this name beside the results asks for an end after the frame in hand."""
STOP_SUFFIX = ".stop"


def run(job_path):
    job = read_job(job_path)
    results = Results(job.results_file)
    try:
        import numpy  # noqa: F401
    except ImportError:
        results.fatal(
            "Blender's Python has no numpy, which Darkroom needs.",
            ["Debian and Ubuntu: apt-get install python3-numpy. Blenders from blender.org bring their own."],
        )
        return
    scene = _load(job, results)
    if scene is None:
        return
    results.ready({"blender": bpy.app.version_string})
    parent = os.getppid()
    for frame in job.frames:
        # Whoever started this was killed: nobody will take the frames.
        if os.getppid() != parent or os.path.exists(job.results_file + STOP_SUFFIX):
            return
        results.started(frame.id)
        try:
            record, notes, seconds = _make(job, scene, frame)
        except Exception as error:  # the scene's own code may raise anything
            results.failed(frame.id, f"{type(error).__name__}: {error}", *place_of(error, job.scene))
        else:
            results.finished(frame.id, record, notes, seconds)


def _load(job, results):
    """The scene with all frames' parameters checked, or None after a fatal line."""
    from . import engine
    from .scene_loader import SceneError, load_scene
    from .scene_parameters import ParameterError

    try:
        if any(frame.engine.device == "gpu" for frame in job.frames):
            engine.enable_gpu()
        scene = load_scene(job.scene)
        for frame in job.frames:
            scene.check(frame.parameters)
        return scene
    except (SceneError, ParameterError, engine.DeviceError) as error:
        results.fatal(str(error))
    except Exception as error:
        place, lines = place_of(error, job.scene)
        results.fatal(f"{place or job.scene}: {type(error).__name__}: {error}", lines)
    return None


def _make(job, source, frame):
    """Builds, renders and describes one frame. @returns (frame record, notes for people, seconds it took)"""
    import numpy as np

    from . import camera, engine, passes
    from .frame_record import frame_record
    from .randomize.frame import prepare_scene, prepare_view
    from .scene_files import expect_known_files
    from .targets import find_targets

    started = time.perf_counter()
    scene, parameters, module = source.make(frame)
    engine.set_up(scene, frame.engine, frame.seed)
    if frame.engine.device == "gpu":
        engine.enable_gpu()
    # Before the build, so that a scene finds the frame's size and may set its camera up itself.
    engine.settle(scene, frame)
    if scene.camera is None or (module is None and frame.cameras):
        if module is None and not frame.cameras:
            raise camera.CameraError("the scene has no camera, and the pipeline file places none")
        camera.make_camera(scene)
    built = (module.build(scene, parameters) if module else None) or {}
    engine.settle(scene, frame)
    notes = prepare_scene(scene, frame, built.get("aim"))
    _expect_images()
    bpy.context.view_layer.update()
    targets = find_targets(scene)
    own_camera = not frame.cameras or built.get("camera") == "own"
    holds = True
    if own_camera:
        camera.settle_own(scene)
    else:
        settings = frame.randomize.get("camera")
        _, holds = camera.place(
            scene, frame.cameras, targets, built.get("aim"), built.get("place_camera"), settings
        )
    notes += prepare_view(scene, frame, targets)
    expect_known_files(frame.files)
    image_path, mask_path = passes.render(scene, frame, job.output_directory)
    mask = passes.read_mask(mask_path)
    if mask.shape != (frame.height, frame.width):
        raise RuntimeError(f"the mask is {mask.shape[1]} × {mask.shape[0]}, not {frame.width} × {frame.height}")
    if int(np.max(mask)) > len(targets):
        raise RuntimeError(f"the mask holds number {int(np.max(mask))}, but there are {len(targets)} targets")
    record = frame_record(scene, frame, targets, mask, built.get("attributes", {}))
    _publish(image_path, os.path.join(job.output_directory, f"{frame.id}.png"))
    _publish(mask_path, os.path.join(job.output_directory, f"{frame.id}.mask.png"))
    if not holds:
        notes.append(f"none of {len(frame.cameras)} camera draws holds")
    return record, notes, time.perf_counter() - started


def _publish(part, path):
    """Gives a complete picture its name; what is there under this name is whole and never changes."""
    with open(part, "rb") as file:
        data = without_volatile_chunks(file.read())
    with open(part, "wb") as file:
        file.write(data)
    os.replace(part, path)


def _expect_images():
    """Cycles renders a missing texture in pink and goes on; a person would rather know."""
    for image in bpy.data.images:
        if image.source == "FILE" and image.users > 0 and image.packed_file is None:
            path = bpy.path.abspath(image.filepath)
            if not os.path.exists(path):
                raise FileNotFoundError(f"the texture {image.name} is missing: {path}")

