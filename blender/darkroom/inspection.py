"""What can be told of a scene before its first frame: its parameters, the files that it reads, its objects."""

import json
import os

import bpy

from .place_of_error import place_of
from .randomize.scene_objects import collections_of, properties_of
from .scene_files import files_in_use
from .scene_imports import imported_files
from .scene_loader import SceneError, load_scene
from .scene_parameters import Parameters, fill_in, is_description

MARKER = "DARKROOM-SCENE "
MAX_OBJECTS = 20_000
DETAIL_SEED = 0


def run(scene_path):
    """Prints one line of JSON behind the marker."""
    found = inspect(scene_path)
    print(MARKER + json.dumps(found, ensure_ascii=False, allow_nan=False), flush=True)


def inspect(path):
    try:
        source = load_scene(path)
        if path.endswith(".blend"):
            return _inspect_blend(source, path)
        return _inspect_script(source, path)
    except Exception as error:  # the scene's own code may raise anything
        # A syntax error deep inside of what it imports has its place, too.
        place, lines = place_of(error, path)
        text = str(error) if isinstance(error, SceneError) else f"{type(error).__name__}: {error}"
        modules = imported_files(path) if path.endswith(".py") else []
        return {"error": {"message": text, "place": place, "lines": lines[-12:]}, "files": _files(modules)}


def _inspect_blend(source, path):
    scene = source.open()
    newer = tuple(bpy.data.version[:2]) > tuple(bpy.app.version[:2])
    return {
        "error": None,
        "newerThanBlender": f"{bpy.data.version[0]}.{bpy.data.version[1]}" if newer else None,
        "parameters": None,
        "files": _files([file for file in files_in_use() if file != os.path.abspath(path)]),
        "camera": _camera(scene),
        **_contents(scene),
    }


def _inspect_script(source, path):
    """The script is run; its build(), too, with its defaults, for the sake of the files that only then are read."""
    modules = imported_files(path)
    found = {
        "error": None,
        "newerThanBlender": None,
        "parameters": _described(source.described),
        "camera": None,
        "objects": None,
        "materials": None,
        "ownCamera": None,
        "buildError": None,
    }
    try:
        scene, module = source.empty()
        built = module.build(scene, Parameters(fill_in(source.described, {}, os.path.basename(path)), DETAIL_SEED)) or {}
        found["ownCamera"] = "place_camera" in built or built.get("camera") == "own"
        bpy.context.view_layer.update()
        found.update(_contents(scene))
    except Exception as error:
        place, _ = place_of(error, path)
        found["buildError"] = f"{place + ': ' if place else ''}{type(error).__name__}: {error}"
    used = [file for file in files_in_use() if file != os.path.abspath(path)]
    found["files"] = _files({*modules, *used})
    return found


def _files(paths):
    used = {os.path.normpath(bpy.path.abspath(image.filepath)) for image in bpy.data.images if image.users > 0}
    libraries = {os.path.normpath(bpy.path.abspath(library.filepath)) for library in bpy.data.libraries}
    return [
        {
            "path": path,
            "missing": not os.path.exists(path),
            "kind": "library" if path in libraries else "module" if path.endswith(".py") else "image" if path in used else "other",
        }
        for path in sorted(paths)
    ]


def _camera(scene):
    camera = scene.camera
    if camera is None or camera.type != "CAMERA":
        return None
    shifted = bool(camera.data.shift_x or camera.data.shift_y)
    return {"name": camera.name, "type": camera.data.type, "shifted": shifted}


def _contents(scene):
    collections = collections_of(scene)
    things = sorted(scene.objects, key=lambda thing: thing.name)
    if len(things) > MAX_OBJECTS:
        return {"objects": None, "materials": None, "collections": None}
    return {
        "objects": [
            {
                "name": thing.name,
                "type": thing.type,
                "instances": thing.instance_type == "COLLECTION" and thing.instance_collection is not None,
                "collections": collections.get(thing.name, []),
                "properties": properties_of(thing),
            }
            for thing in things
        ],
        "materials": sorted(material.name for material in bpy.data.materials),
        "collections": sorted(collection.name for collection in scene.collection.children_recursive),
    }


def _described(parameters):
    """name → {default, choices}, or a group of such; what is no JSON is shown as text."""
    described = {}
    for name, value in parameters.items():
        if is_description(value):
            own = value if isinstance(value, dict) else {"default": value}
            described[name] = {"parameter": True, "choices": _plain(own.get("choices"))}
        else:
            described[name] = {"parameter": False, "members": _described(value)}
    return described


def _plain(value):
    try:
        return json.loads(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError):
        return None
