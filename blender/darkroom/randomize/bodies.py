"""Things that are no targets: primitives, and models out of a pool."""

import os

import bpy
import numpy as np
from mathutils import Matrix

from .. import mesh_objects, shapes
from . import placement
from .materials import apply_look, assign, surface_material
from .scene_objects import roots, update, world_box

SEGMENTS = 32


class ModelError(ValueError):
    """A file is not a model that Blender reads."""


def make_body(scene, name, body):
    """A primitive or a model, its largest side as long as `size`, turned, around the origin. @returns its root"""
    if body.get("model"):
        thing = _model(scene, name, body["model"])
        look = {key: value for key, value in body.items() if key != "colour"}
        for part in thing.children_recursive:
            for slot in part.material_slots:
                if slot.material:
                    apply_look(slot.material, look)
    else:
        thing = mesh_objects.mesh_object(scene, name, *_primitive(body["shape"]), smooth=body["shape"] != "cube")
        assign(thing, surface_material(name, body))
    update()
    low, high = world_box([thing, *thing.children_recursive])
    middle, side = (low + high) / 2, float(max(high - low))
    scale = body["size"] / side if side > 0 else 1.0
    thing.matrix_world = Matrix(
        (
            placement.rotation(body["turn"])
            @ placement.scaling(scale)
            @ placement.translation(-middle)
            @ np.array(thing.matrix_world)
        ).tolist()
    )
    update()
    return thing


def place_body(thing, position):
    thing.matrix_world = Matrix.Translation(position) @ thing.matrix_world
    update()


def _primitive(shape):
    if shape == "cube":
        return shapes.box((1, 1, 1))
    if shape == "board":
        return shapes.box((1, 0.7, 0.03))
    if shape == "cylinder":
        return shapes.cylinder(0.3, -0.5, 0.5, segments=SEGMENTS)
    if shape == "cone":
        return shapes.cylinder(0.4, -0.5, 0.5, top_radius=0.01, segments=SEGMENTS)
    if shape == "torus":
        return _torus()
    angles = np.linspace(-np.pi / 2, np.pi / 2, SEGMENTS // 2 + 1)
    return shapes.lathe([(max(1e-4, 0.5 * np.cos(a)), 0.5 * np.sin(a)) for a in angles], segments=SEGMENTS)


def _torus():
    angles = np.linspace(0, 2 * np.pi, SEGMENTS // 2 + 1)
    return shapes.lathe([(0.37 + 0.13 * np.cos(a), 0.13 * np.sin(a)) for a in angles], segments=SEGMENTS)


def _model(scene, name, path):
    """All objects of a file below one empty. @raises ModelError"""
    before = set(bpy.data.objects)
    suffix = os.path.splitext(path)[1].lower()
    try:
        if suffix == ".blend":
            _append(scene, path)
        elif suffix in (".glb", ".gltf"):
            _mend_numpy()
            bpy.ops.import_scene.gltf(filepath=path)
        elif suffix == ".obj":
            # The reader in C took over from the one in Python.
            reader = bpy.ops.wm.obj_import if "obj_import" in dir(bpy.ops.wm) else bpy.ops.import_scene.obj
            reader(filepath=path)
        else:
            raise ModelError(f"{path}: models are .blend, .glb, .gltf or .obj files")
    except (RuntimeError, OSError, AttributeError) as error:
        raise ModelError(f"{path} is not a model that Blender reads: {str(error).strip()}") from None
    added = [thing for thing in bpy.data.objects if thing not in before]
    for thing in [thing for thing in added if thing.type in {"CAMERA", "LIGHT"}]:
        added.remove(thing)
        bpy.data.objects.remove(thing)
    if world_box(added) is None:
        raise ModelError(f"{path} holds no form to be seen")
    root = bpy.data.objects.new(name, None)
    scene.collection.objects.link(root)
    for thing in added:
        # What distracts is no target, whatever it is in its own file.
        if "class" in thing:
            del thing["class"]
    for thing in roots(added):
        matrix = thing.matrix_world.copy()
        thing.parent = root
        thing.matrix_world = matrix
    return root


def _mend_numpy():
    """Distributions ship readers of glTF that name a type which their own numpy no longer has."""
    if not hasattr(np, "bool"):
        np.bool = np.bool_


def _append(scene, path):
    with bpy.data.libraries.load(path, link=False) as (source, wanted):
        wanted.objects = list(source.objects)
    for thing in wanted.objects:
        if thing is not None and not thing.users_collection:
            scene.collection.objects.link(thing)
