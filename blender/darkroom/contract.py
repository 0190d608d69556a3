"""The job that TypeScript hands over (stages/render/job.ts owns it; blender/job.schema.json is made from there),
checked as far as Blender relies on it."""

import json
from dataclasses import dataclass

VERSION = 1
ENGINES = ("cycles", "eevee", "workbench")
DEVICES = ("cpu", "cuda", "optix", "hip", "oneapi", "metal")


class ContractError(ValueError):
    """The job is not what this version reads: the two halves of the program do not belong together."""


@dataclass(frozen=True)
class Engine:
    name: str
    samples: int
    bounces: int
    device: str
    denoise: bool
    """Noise at which a pixel is done; 0: every pixel gets all samples."""
    adaptive_threshold: float
    """Keeps the scene between frames of one variation."""
    persistent_data: bool


@dataclass(frozen=True)
class Passes:
    depth: bool
    normals: bool


@dataclass(frozen=True)
class Frame:
    id: str
    """Names the streams of all procedural detail of the frame."""
    seed: int
    group: str
    width: int
    height: int
    engine: Engine
    passes: Passes
    """Arguments of the scene's build()."""
    parameters: dict
    """Candidate draws of the camera; the first that holds is taken."""
    cameras: list
    attributes: dict


@dataclass(frozen=True)
class Job:
    scene: str
    output_directory: str
    results_file: str
    """Gets what Blender prints."""
    output_file: str
    """Whether this build runs Viewer nodes in the background."""
    viewer_nodes: bool
    """MiB; a process that has more after a frame ends, for a fresh one to go on."""
    resident_limit_mb: float
    frames: list


def read_job(path):
    """@raises ContractError that names the property that is wrong"""
    with open(path, encoding="utf-8") as file:
        try:
            data = json.load(file)
        except json.JSONDecodeError as error:
            raise ContractError(f"{path} is not JSON: {error}") from None
    return job_of(data)


def job_of(data):
    """The job of its parsed JSON. @raises ContractError"""
    _expect(isinstance(data, dict), "the job must be an object")
    version = data.get("version")
    _expect(version == VERSION, f"version must be {VERSION}, not {version!r}")
    frames = _property(data, "frames", list, "")
    return Job(
        scene=_property(data, "scene", str, ""),
        output_directory=_property(data, "outputDirectory", str, ""),
        results_file=_property(data, "resultsFile", str, ""),
        output_file=_property(data, "outputFile", str, ""),
        viewer_nodes=_property(data, "viewerNodes", bool, ""),
        resident_limit_mb=_property(data, "residentLimitMb", (int, float), ""),
        frames=[_frame_of(frame, f"frames[{index}]") for index, frame in enumerate(frames)],
    )


def _frame_of(data, where):
    _expect(isinstance(data, dict), f"{where} must be an object")
    width, height = (_property(data, name, int, where) for name in ("width", "height"))
    _expect(width >= 1 and height >= 1, f"{where}: width and height must be at least 1")
    cameras = _property(data, "cameras", list, where)
    _expect(len(cameras) >= 1, f"{where}.cameras must hold at least one draw")
    return Frame(
        id=_property(data, "id", str, where),
        seed=_property(data, "seed", int, where),
        group=_property(data, "group", str, where),
        width=width,
        height=height,
        engine=_engine_of(_property(data, "engine", dict, where), f"{where}.engine"),
        passes=_passes_of(_property(data, "passes", dict, where), f"{where}.passes"),
        parameters=_property(data, "parameters", dict, where),
        cameras=cameras,
        attributes=_property(data, "attributes", dict, where),
    )


def _engine_of(data, where):
    name = _property(data, "name", str, where)
    _expect(name in ENGINES, f"{where}.name must be one of {', '.join(ENGINES)}, not {name!r}")
    device = _property(data, "device", str, where)
    _expect(device in DEVICES, f"{where}.device must be one of {', '.join(DEVICES)}, not {device!r}")
    samples, bounces = (_property(data, key, int, where) for key in ("samples", "bounces"))
    _expect(samples >= 1, f"{where}.samples must be at least 1")
    return Engine(
        name=name,
        samples=samples,
        bounces=bounces,
        device=device,
        denoise=_property(data, "denoise", bool, where),
        adaptive_threshold=_property(data, "adaptiveThreshold", (int, float), where),
        persistent_data=_property(data, "persistentData", bool, where),
    )


def _passes_of(data, where):
    return Passes(depth=_property(data, "depth", bool, where), normals=_property(data, "normals", bool, where))


def _property(data, name, kind, where):
    place = f"{where}.{name}" if where else name
    _expect(name in data, f"{place} is missing")
    value = data[name]
    good = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
    wanted = "a number" if isinstance(kind, tuple) else kind.__name__
    _expect(good, f"{place} must be {wanted}, not {type(value).__name__}")
    return value


def _expect(condition, message):
    if not condition:
        raise ContractError(f"Darkroom's job for Blender: {message}")
