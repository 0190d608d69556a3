"""Finding, copying, hiding and freezing the objects of a scene."""

import bpy
import numpy as np
from mathutils import Matrix, Vector

from ..selection import property_text, selected
from .placement import box_of


def collections_of(scene):
    """object name → names of the collections that it lies in, however deep."""
    found = {}
    for collection in scene.collection.children_recursive:
        for thing in collection.all_objects:
            found.setdefault(thing.name, []).append(collection.name)
    return found


def properties_of(thing):
    """Custom properties as text."""
    return {key: property_text(thing[key]) for key in thing.keys() if not key.startswith("_")}


def select(scene, selector):
    """The objects that a selector is about, in the order of their names; cameras and what is hidden are none."""
    collections = collections_of(scene) if "collection" in selector else {}
    return [
        thing
        for thing in sorted(scene.objects, key=lambda thing: thing.name)
        if thing.type != "CAMERA"
        and not thing.hide_render
        and selected(thing.name, collections.get(thing.name, ()), properties_of(thing), selector)
    ]


def roots(things):
    """Those that are not below another one of them."""
    chosen = set(things)
    return [thing for thing in things if not any(parent in chosen for parent in _ancestors(thing))]


def tree_of(thing):
    """An object with all that is parented to it."""
    return [thing, *thing.children_recursive]


def hide(thing):
    """From pictures, and from the rays by which cameras are judged."""
    for part in tree_of(thing):
        part = own(part)
        part.hide_render = True
        part.hide_viewport = True


def own(thing):
    """The object, to be changed: one that belongs to a library is made the scene's own first."""
    if thing.library is not None or thing.override_library is not None:
        return thing.make_local()
    return thing


def move(thing, matrix):
    """Puts an object where this matrix [4, 4] says; animations and constraints no longer move it away."""
    thing = own(thing)
    if thing.type != "ARMATURE":
        thing.animation_data_clear()
    for constraint in list(thing.constraints):
        thing.constraints.remove(constraint)
    thing.matrix_world = Matrix(np.asarray(matrix).tolist())


def copy_tree(scene, thing):
    """A second object with copies of all that is parented to it; meshes and materials are shared."""
    copies = {}
    for part in tree_of(thing):
        twin = part.copy()
        for collection in part.users_collection or (scene.collection,):
            if collection.library is None:
                collection.objects.link(twin)
                break
        else:
            scene.collection.objects.link(twin)
        copies[part] = twin
    for part, twin in copies.items():
        if part.parent in copies:
            inverse = part.matrix_parent_inverse.copy()
            twin.parent = copies[part.parent]
            twin.matrix_parent_inverse = inverse
    # What counted as one instance with its like counts as one with its own copies.
    for twin in copies.values():
        if "instance_group" in twin:
            twin["instance_group"] = f"{twin['instance_group']} {copies[thing].name}"
    return copies[thing]


def world_box(things):
    """The box of objects in the world, or None when none of them has a form."""
    corners = [
        np.array([thing.matrix_world @ Vector(corner) for corner in thing.bound_box])
        for thing in things
        if thing.type in {"MESH", "CURVE", "SURFACE", "FONT", "META", "CURVES", "VOLUME"}
    ]
    return box_of(np.concatenate(corners)) if corners else None


def update():
    bpy.context.view_layer.update()


def _ancestors(thing):
    while thing.parent is not None:
        thing = thing.parent
        yield thing

