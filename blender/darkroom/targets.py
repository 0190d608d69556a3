"""What is to be detected: objects that carry the custom property `class`, or that a rule of the pipeline file gives
one. Objects with the same `instance_group` are one instance; properties `attr_<name>` become its attributes."""

from dataclasses import dataclass, field

import bpy
import numpy as np
from mathutils import Matrix, Vector

from .selection import property_text, selected

"""What sixteen bits hold."""
MAX_INSTANCE = 65535


@dataclass
class Target:
    instance: int
    class_name: str
    objects: list
    attributes: dict = field(default_factory=dict)


def mark_targets(scene, rules):
    """Gives the objects that rules are about their class, attributes and instance group, the first rule that fits
    counting. Instances of collections become objects of their own first, for a mask tells objects apart.
    @param rules [{select, class, attributes, instance: object | parent | collection}]"""
    collections = _collections_of(scene)
    for thing in sorted(scene.objects, key=lambda thing: thing.name):
        names = collections.get(thing.name, ())
        rule = _rule_for(thing, names, rules)
        if thing.instance_type == "COLLECTION" and thing.instance_collection is not None:
            if rule is not None or "class" in thing:
                _realize(scene, thing, rule)
            continue
        if rule is not None and thing.type == "MESH":
            _mark(thing, rule, _group(thing, names, rule))


def _rule_for(thing, collections, rules):
    if not rules:
        return None
    properties = {key: property_text(thing[key]) for key in thing.keys() if not key.startswith("_")}
    for rule in rules:
        if selected(thing.name, collections, properties, rule["select"]):
            return rule
    return None


def _mark(thing, rule, group):
    if thing.library is not None:
        thing = thing.make_local()
    thing["class"] = rule["class"]
    if group is not None:
        thing["instance_group"] = group
    for name, value in rule["attributes"].items():
        thing[f"attr_{name}"] = value


def _group(thing, collections, rule):
    if rule["instance"] == "parent":
        while thing.parent is not None:
            thing = thing.parent
        return thing.name
    if rule["instance"] == "collection" and collections:
        # The innermost one is listed last.
        return f"collection {collections[-1]}"
    return None


def _realize(scene, empty, rule):
    """Copies of the collection's objects in place of the instance; they are one target, named by the empty."""
    to_world = empty.matrix_world @ Matrix.Translation(-empty.instance_collection.instance_offset)
    for thing in sorted(empty.instance_collection.all_objects, key=lambda thing: thing.name):
        if thing.type not in {"MESH", "CURVE", "SURFACE", "FONT"}:
            continue
        twin = thing.copy()
        scene.collection.objects.link(twin)
        twin.parent = None
        twin.matrix_world = to_world @ thing.matrix_world
        if twin.type != "MESH":
            continue
        if rule is not None:
            _mark(twin, rule, empty.name)
        else:
            twin["instance_group"] = empty.name
            for key in empty.keys():
                if key == "class" or key.startswith("attr_"):
                    twin[key] = empty[key]
    empty.instance_type = "NONE"


def _collections_of(scene):
    """object name → names of the collections that it lies in, the innermost last."""
    found = {}

    def walk(collection, above):
        names = [*above, collection.name]
        for thing in collection.objects:
            found[thing.name] = names
        for child in collection.children:
            walk(child, names)

    for collection in scene.collection.children:
        walk(collection, [])
    return found


def target_centres(scene):
    """The middles of the boxes of all that carries a class: [[3]], in the order of the objects' names."""
    centres = []
    for thing in sorted(scene.objects, key=lambda thing: thing.name):
        if thing.get("class") is not None and thing.type == "MESH" and not thing.hide_render:
            corners = [thing.matrix_world @ Vector(corner) for corner in thing.bound_box]
            centres.append(np.mean([tuple(corner) for corner in corners], axis=0))
    return centres


def find_targets(scene):
    """The targets in the order of their objects' names, and every object's pass index set to match.
    Objects that no render shows are left out."""
    targets, by_group = [], {}
    for thing in sorted(scene.objects, key=lambda thing: thing.name):
        thing.pass_index = 0
        class_name = thing.get("class")
        if class_name is None or thing.type != "MESH" or thing.hide_render:
            continue
        group = thing.get("instance_group", thing.name)
        target = by_group.get(group)
        if target is None:
            target = Target(len(targets) + 1, str(class_name), [])
            by_group[group] = target
            targets.append(target)
        thing.pass_index = target.instance
        target.objects.append(thing)
        for key in thing.keys():
            if key.startswith("attr_"):
                target.attributes[key[5:]] = _plain(thing[key])
    if len(targets) > MAX_INSTANCE:
        raise ValueError(f"{len(targets)} targets are more than the {MAX_INSTANCE} that a mask can tell apart")
    return targets


def world_mesh(thing, depsgraph):
    """The evaluated mesh, modifiers applied: vertices [N, 3] in the world, edges [E, 2]."""
    evaluated = thing.evaluated_get(depsgraph)
    mesh = evaluated.to_mesh()
    try:
        vertices = np.empty(len(mesh.vertices) * 3, dtype=np.float32)
        mesh.vertices.foreach_get("co", vertices)
        edges = np.empty(len(mesh.edges) * 2, dtype=np.int32)
        mesh.edges.foreach_get("vertices", edges)
    finally:
        evaluated.to_mesh_clear()
    matrix = np.array(evaluated.matrix_world, dtype=float)
    points = vertices.reshape(-1, 3).astype(float) @ matrix[:3, :3].T + matrix[:3, 3]
    return points, edges.reshape(-1, 2)


def _plain(value):
    if isinstance(value, (bool, int, float, str)):
        return value
    return str(value)


def depsgraph():
    return bpy.context.evaluated_depsgraph_get()
