"""Which objects there are and where they are: choose, scatter, jitter."""

import json

import numpy as np
from mathutils import Vector

from ..random_stream import RandomStream
from ..selection import fits, in_words
from ..targets import depsgraph
from . import placement
from .distributions import draw_all, in_drawn_order
from .free_space import FreeSpace
from .scene_objects import copy_tree, hide, move, own, roots, select, tree_of, update, world_box

PLACES_TRIED = 60


class SelectionError(ValueError):
    """A rule is about nothing that the scene has."""


def randomize_objects(scene, rules, seed):
    """@returns notes for people"""
    notes = []
    for rule in rules.get("choose", ()):
        notes += _choose(scene, rule, seed)
    update()
    for rule in rules.get("scatter", ()):
        notes += _scatter(scene, rule, seed)
    for rule in rules.get("jitter", ()):
        notes += _jitter(scene, rule, seed)
    update()
    return notes


def _choose(scene, rule, seed):
    pattern, count = rule["collection"], rule["count"]
    collections = [own for own in scene.collection.children_recursive if fits(own.name, pattern)]
    if not collections:
        raise SelectionError(f"objects.choose: the scene has no collection {pattern}")
    members = {thing.name: thing for own in collections for thing in own.all_objects if not thing.hide_render}
    chosen = roots(list(members.values()))
    by_name = {thing.name: thing for thing in chosen}
    for name in in_drawn_order(by_name, seed, "choose", pattern)[count:]:
        hide(by_name[name])
    if count > len(by_name):
        return [f"objects.choose: {pattern} has {len(by_name)} objects, not {count}"]
    return []


def _jitter(scene, rule, seed):
    things = roots(select(scene, rule["select"]))
    if not things:
        return [f"objects.jitter: no object is selected by {in_words(rule['select'])}"]
    for thing in things:
        drawn = draw_all(rule["values"], seed, "jitter", thing.name)
        step = [drawn.get(axis, 0.0) for axis in "xyz"]
        turn = [drawn.get(f"turn{axis}", 0.0) for axis in "XYZ"]
        matrix = np.array(thing.matrix_world, dtype=float)
        scale = placement.scaling(max(1e-3, drawn.get("scale", 1.0)))
        move(thing, placement.translation(step) @ matrix @ placement.rotation(turn) @ scale)
    return []


def _scatter(scene, rule, seed):
    things = roots(select(scene, rule["select"]))
    if not things:
        return [f"objects.scatter: no object is selected by {in_words(rule['select'])}"]
    ground = _ground(scene, rule["place"])
    moving = [part for thing in things for part in tree_of(thing)]
    free = FreeSpace(scene, [*moving, *ground.surfaces])
    homeless = 0
    for thing in things:
        if rule["copies"] == 0:
            hide(thing)
        for number in range(rule["copies"]):
            twin = own(thing) if number == 0 else copy_tree(scene, thing)
            name = json.dumps([thing.name, number])
            if not _settle(twin, rule, ground, free, seed, name):
                hide(twin)
                homeless += 1
    update()
    if homeless:
        total = len(things) * rule["copies"]
        return [f"objects.scatter: {homeless} of {total} found no free place and are hidden"]
    return []


def _settle(thing, rule, ground, free, seed, name):
    """Puts a thing at the first drawn place where it touches nothing. @returns whether there is one"""
    update()
    matrix = np.array(thing.matrix_world, dtype=float)
    matrix[:3, 3] = 0
    parts = world_box(tree_of(thing))
    if parts is None:
        return True
    corners = placement.box_corners(parts) - np.array(thing.matrix_world.translation)
    for attempt in range(PLACES_TRIED):
        path = ("scatter", name, attempt)
        drawn = draw_all({"turnZ": {"uniform": [0, 360]}, "scale": 1.0, **rule["values"]}, seed, *path)
        turn = placement.rotation_z(drawn["turnZ"]) @ placement.scaling(max(1e-3, drawn["scale"]))
        footprint = placement.box_of(corners @ turn[:3, :3].T)
        area = placement.shrink_area(ground.area, footprint)
        if area is None:
            continue
        stream = RandomStream(seed, *path, "place")
        x, y = (stream.uniform(area[0][axis], area[1][axis]) for axis in (0, 1))
        height = ground.height(x, y)
        if height is None:
            continue
        origin = np.array([x, y, height - footprint[0][2]])
        box = (footprint[0] + origin, footprint[1] + origin)
        if free.is_free(box, rule["gap"]):
            free.take(placement.grown(box, rule["gap"]))
            move(thing, placement.translation(origin) @ turn @ matrix)
            return True
    return False


class _Level:
    """A level rectangle."""

    surfaces = ()

    def __init__(self, x, y, z):
        self.area = ((x[0], y[0]), (x[1], y[1]))
        self._z = z

    def height(self, _x, _y):
        return self._z


class _Surface:
    """The top of objects, whatever its form."""

    def __init__(self, things):
        self.surfaces = things
        low, high = world_box(things)
        self.area = (low[:2], high[:2])
        self._top, self._depth = high[2], high[2] - low[2]

    def height(self, x, y):
        graph = depsgraph()
        heights = []
        for thing in self.surfaces:
            to_local = thing.matrix_world.inverted_safe()
            start = to_local @ Vector((x, y, self._top + 1.0))
            end = to_local @ Vector((x, y, self._top - self._depth - 1.0))
            way = end - start
            hit, place, _, _ = thing.evaluated_get(graph).ray_cast(start, way.normalized(), distance=way.length)
            if hit:
                heights.append((thing.matrix_world @ place).z)
        return max(heights) if heights else None


def _ground(scene, place):
    if "on" not in place:
        return _Level(place["x"], place["y"], place["z"])
    things = [thing for thing in select(scene, {"objects": place["on"]}) if thing.type == "MESH"]
    if not things:
        raise SelectionError(f"objects.scatter: the scene has no mesh {place['on']} to put things on")
    return _Surface(things)
