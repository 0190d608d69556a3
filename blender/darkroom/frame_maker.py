"""Builds, renders and describes frames, one after the other."""

import os
import time
from dataclasses import dataclass

import bpy
import numpy as np

from . import camera, engine, passes
from .complaints import complaints_in
from .frame_record import frame_record
from .image_files import expect_images
from .png_chunks import without_volatile_chunks
from .png_writer import png_of
from .targets import find_targets

SHOWN_COMPLAINTS = 5


class RenderError(RuntimeError):
    """Blender made a picture, and said itself that something is wrong with it."""


@dataclass(frozen=True)
class Made:
    record: dict
    """For people."""
    notes: list
    seconds: float


@dataclass(frozen=True)
class _Built:
    """A scene that stands, and what its build() returned."""

    scene: object
    answer: dict
    places_itself: bool


class FrameMaker:
    def __init__(self, job, source, output):
        self._job = job
        self._source = source
        self._output = output
        self._standing = None

    def make(self, frame):
        """@returns Made; the frame's files are complete under their names
        @raises whatever the scene raises, and RuntimeError when the picture is not what it should be"""
        started = time.perf_counter()
        built = self._build(frame)
        scene, answer = built.scene, built.answer
        engine.settle(scene, frame)
        expect_images()
        bpy.context.view_layer.update()
        targets = find_targets(scene)
        index, holds = 0, True
        if not built.places_itself:
            index, holds = camera.place(
                scene, frame.cameras, targets, answer.get("aim"), answer.get("place_camera")
            )
        self._output.lines()
        pictures = passes.render(scene, frame, self._job.output_directory, self._job.viewer_nodes)
        complaints = complaints_in(self._output.lines())
        if complaints:
            raise RenderError(f"Blender printed while it rendered: {' | '.join(complaints[:SHOWN_COMPLAINTS])}")
        highest = int(np.max(pictures.mask))
        if highest > len(targets):
            raise RenderError(f"the mask holds number {highest}, but there are {len(targets)} targets")
        record = frame_record(scene, frame, targets, pictures.mask, answer.get("attributes", {}))
        self._publish(frame, pictures)
        notes = [] if holds else [f"none of {len(frame.cameras)} camera draws holds"]
        return Made(record, notes, time.perf_counter() - started)

    def forget(self):
        """After a failure, nobody knows in what state the scene is."""
        self._standing = None

    def _build(self, frame):
        """The scene of a frame; one that stands is taken again for another view of the same variation."""
        identity = (frame.seed, frame.group, frame.parameters)
        if frame.engine.persistent_data and self._standing is not None and self._standing[0] == identity:
            return self._standing[1]
        self._standing = None
        scene, parameters, module = self._source.make(frame)
        engine.set_up(scene, frame.engine)
        if frame.engine.device != "cpu":
            engine.enable_gpu(frame.engine.device)
        # Before the build, so that a scene finds the frame's size and may set its camera up itself.
        engine.settle(scene, frame)
        if scene.camera is None:
            camera.make_camera(scene)
        answer = (module.build(scene, parameters) if module else None) or {}
        built = _Built(scene, answer, module is None or answer.get("camera") == "own")
        self._standing = (identity, built)
        return built

    def _publish(self, frame, pictures):
        """Gives complete pictures their names; what is there under its name is whole and never changes."""

        def path(ending):
            return os.path.join(self._job.output_directory, f"{frame.id}.{ending}")

        _replace(path("mask.png"), png_of(pictures.mask))
        for ending, part in {**pictures.extras, "png": pictures.image}.items():
            with open(part, "rb") as file:
                data = without_volatile_chunks(file.read())
            os.remove(part)
            _replace(path(ending), data)


def _replace(path, data):
    part = f"{path}.part"
    with open(part, "wb") as file:
        file.write(data)
    os.replace(part, path)
