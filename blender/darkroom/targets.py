"""What is to be detected: objects that carry the custom property `class`. Objects with the same `instance_group`
are one instance; properties `attr_<name>` become its attributes."""

from dataclasses import dataclass, field

import bpy
import numpy as np

"""What sixteen bits hold."""
MAX_INSTANCE = 65535


@dataclass
class Target:
    instance: int
    class_name: str
    objects: list
    attributes: dict = field(default_factory=dict)


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
