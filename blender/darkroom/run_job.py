"""One job: many frames of one scene. A frame that raises is reported and the next one goes on."""

import os

import bpy

from .contract import read_job
from .output_capture import OutputCapture
from .place_of_error import place_of
from .results import Results
from .vital_signs import Heartbeat, is_abandoned, resident_mb

"""A file of this name beside the results asks for an end after the frame in hand."""
STOP_SUFFIX = ".stop"
BEAT_SECONDS = 2.0


def run(job_path):
    parent = os.getppid()
    job = read_job(job_path)
    results = Results(job.results_file)
    try:
        import numpy  # noqa: F401
    except ImportError as error:
        results.fatal(
            f"Blender's Python cannot import numpy, which Darkroom needs: {error}",
            ["Debian and Ubuntu: apt-get install python3-numpy. Blenders from blender.org bring their own."],
        )
        return
    with OutputCapture(job.output_file) as output, Heartbeat(lambda: results.alive(resident_mb()), BEAT_SECONDS):
        _run_frames(job, results, output, parent)


def _run_frames(job, results, output, parent):
    from .frame_maker import FrameMaker

    scene = _load(job, results)
    if scene is None:
        return
    maker = FrameMaker(job, scene, output)
    results.ready({"blender": bpy.app.version_string})
    for number, frame in enumerate(job.frames, start=1):
        if is_abandoned(parent, job.results_file) or os.path.exists(job.results_file + STOP_SUFFIX):
            return
        results.started(frame.id)
        try:
            made = maker.make(frame)
        except Exception as error:  # the scene's own code may raise anything
            maker.forget()
            results.failed(frame.id, f"{type(error).__name__}: {error}", *place_of(error, job.scene))
        else:
            results.finished(frame.id, made.record, made.notes, made.seconds, resident_mb())
        output.lines()
        resident = resident_mb()
        if resident > job.resident_limit_mb and number < len(job.frames):
            results.recycled(resident)
            return


def _load(job, results):
    """The scene with all frames' parameters checked, or None after a fatal line."""
    from . import engine
    from .scene_loader import SceneError, load_scene
    from .scene_parameters import ParameterError

    try:
        for device in sorted({frame.engine.device for frame in job.frames} - {"cpu"}):
            engine.enable_gpu(device)
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
