"""A street with people on it, near and far: pavement, fronts of buildings, cars, trees, lamps and other upright things
that are no people. It runs along +y; the camera stands on the pavement and looks along it. All that no parameter decides
comes from the frame's own streams."""

import math

from cars import car
from darkroom import geometry, lights, mesh_objects, shapes
from darkroom.camera import CameraError
from darkroom.people.person_object import add_person
from facades import building
from mathutils import Matrix
from street_furniture import AT_WALLS, KERBSIDE, tree
from street_palette import Palette

PARAMETERS = {
    "people": {"default": 5, "description": "How many people, 0 to 24"},
    "place": {"default": "shops", "description": "What stands along the street", "choices": ["shops", "offices", "houses", "park"]},
    "weather": {"default": "sunny", "description": "The light", "choices": ["sunny", "overcast", "dusk"]},
    "cars": {"default": 3, "description": "How many cars, 0 to 12"},
    "clutter": {"default": 0.6, "description": "How many lamps, signs, trees and bins, 0 to 1"},
    "distance": {
        "near": {"default": 3.0, "description": "Metres from the origin to the nearest people"},
        "far": {"default": 45.0, "description": "Metres to the farthest"},
    },
    "leaves": {"default": True, "description": "Whether trees have leaves"},
    "exposure": {"default": 0.0, "description": "Of the camera, in stops"},
    "bodies": {"default": "", "description": "A folder with MakeHuman's base assets, or a file in it; empty: people of our own"},
    "motion": {"default": "", "description": "A .bvh file: who walks takes a random frame of it"},
}
LENGTH_M, BEHIND_M = 75.0, 12.0
"""Across the street: the fronts, the pavement's edge, the far pavement and its fronts."""
WALL_X, KERB_X, FAR_KERB_X, FAR_WALL_X = -3.2, 2.3, 9.3, 12.6
KERB_M = 0.12
"""People farther away are modelled more coarsely."""
COARSE_FROM_M = 14.0
POSES = (("walking", 7), ("standing", 4), ("running", 0.5), ("bending", 0.3), ("crouching", 0.3), ("reaching", 0.4))
CAMERA = {"height": 1.6, "along": 0.0, "across": 0.0, "yaw": 0.0, "pitch": 0.0, "focal": 32.0, "roll": 0.0}


def build(scene, parameters):
    random = parameters.random
    dusk = parameters["weather"] == "dusk"
    material = Palette(random("palette"), dusk)
    _ground(scene, parameters["place"], material)
    _fronts(scene, random("fronts"), parameters["place"], material)
    taken = _cars(scene, random("cars"), int(parameters["cars"]), material)
    _clutter(scene, random("clutter"), parameters, material, taken)
    people = _people(scene, parameters, taken)
    _light(scene, random("light"), parameters["weather"])
    scene.view_settings.exposure = parameters["exposure"]
    return {"place_camera": place_camera, "attributes": {"people": len(people)}}


def place_camera(camera, draw):
    """Draws have `height`, `along` and `across` (metres; 0, 0 is the middle of the pavement), `yaw` and `pitch` (degrees,
    to the right and up), `focal` (mm) and `roll`."""
    unknown = sorted(set(draw) - set(CAMERA))
    if unknown:
        raise CameraError(f"the street's camera has no {unknown[0]}; it has: {', '.join(CAMERA)}")
    values = {**CAMERA, **draw}
    position = (values["across"], values["along"], values["height"] + KERB_M)
    yaw, pitch = math.radians(values["yaw"]), math.radians(values["pitch"])
    ahead = (math.sin(yaw) * math.cos(pitch), math.cos(yaw) * math.cos(pitch), math.sin(pitch))
    target = [start + step for start, step in zip(position, ahead)]
    camera.matrix_world = Matrix(geometry.look_at(position, target, math.radians(values["roll"])).tolist())
    camera.data.lens = values["focal"]


def _ground(scene, place, material):
    near = -40.0 if place == "park" else WALL_X - 0.5
    far = 45.0 if place == "park" else FAR_WALL_X + 0.5
    start, along = -BEHIND_M, (0, LENGTH_M + BEHIND_M, 0)
    parts = [
        (shapes.plane((-60, start, -0.02), (140, 0, 0), along), material("asphalt")),
        (shapes.plane((WALL_X - 0.5, start, KERB_M), (KERB_X - WALL_X + 0.5, 0, 0), along), material("pavement")),
        (shapes.plane((FAR_KERB_X, start, KERB_M), (FAR_WALL_X - FAR_KERB_X + 0.5, 0, 0), along), material("pavement")),
    ]
    for x in (KERB_X, FAR_KERB_X):
        parts.append((shapes.box((0.16, along[1], KERB_M + 0.02), (x, start + along[1] / 2, KERB_M / 2)), material("kerb")))
    for index in range(int(along[1] / 6)):
        parts.append((shapes.plane(((KERB_X + FAR_KERB_X) / 2 - 0.06, start + 6 * index, -0.012), (0.12, 0, 0), (0, 3, 0)), material("marking")))
    if place == "park":
        for low, high in ((near, WALL_X - 0.5), (FAR_WALL_X + 0.5, far)):
            parts.append((shapes.plane((low, start, KERB_M), (high - low, 0, 0), along), material("grass")))
    mesh_objects.compound(scene, "ground", parts)


def _fronts(scene, random, place, material):
    """Both sides, and what closes the view at the end."""
    for side, x in (("left", WALL_X), ("right", FAR_WALL_X)):
        y, number = -BEHIND_M, 0
        while y < LENGTH_M:
            own = random.child(side, number)
            number += 1
            if place == "park" or (place == "houses" and own.chance(0.25)):
                material.fresh()
                offset = own.uniform(1.0, 14.0) * (-1 if side == "left" else 1)
                _put(scene, "tree", tree(own.child("tree"), own.chance(0.85)), material, (x + offset, y, KERB_M), own.uniform(0, 360))
                y += own.uniform(2.5, 7.0)
                continue
            parts, width = building(own, place)
            material.fresh()
            heading = 0.0 if side == "left" else 180.0
            _put(scene, "front", parts, material, (x, y if side == "left" else y + width, KERB_M), heading)
            y += width + (own.uniform(0, 2.5) if place == "houses" else 0.0)
    x = -20.0
    while x < 30.0:
        own = random.child("end", round(x * 10))
        parts, width = building(own, "houses" if place == "park" else place)
        material.fresh()
        _put(scene, "front", parts, material, (x + width, LENGTH_M + own.uniform(0, 6), 0), -90.0)
        x += width


def _cars(scene, random, count, material):
    """Parked at both kerbs and driving between. @returns taken circles (x, y, radius)"""
    taken = []
    for number in range(count):
        own = random.child(number)
        parked = own.chance(0.7)
        right = own.chance(0.5)
        lane = (FAR_KERB_X - 1.1 if right else KERB_X + 1.15) if parked else (FAR_KERB_X - 2.6 if right else KERB_X + 2.6)
        y = 4.0 + 52.0 * own.next()
        if any(abs(lane - x) < 2.0 and abs(y - other) < 6.0 for x, other, _ in taken):
            continue
        parts, length, _ = car(own.child("car"))
        material.fresh()
        _put(scene, "car", parts, material, (lane, y, 0), (0.0 if right else 180.0) + own.uniform(-2, 2))
        taken += [(lane, y + share * length, 1.15) for share in (-0.35, 0.0, 0.35)]
    return taken


def _clutter(scene, random, parameters, material, taken):
    share = max(0.0, min(1.0, parameters["clutter"]))
    for side, kerb, wall in (("left", KERB_X - 0.5, WALL_X + 0.5), ("right", FAR_KERB_X + 0.5, FAR_WALL_X - 0.5)):
        y, number = 1.5, 0
        while y < LENGTH_M - 10:
            own = random.child(side, number)
            number += 1
            y += own.uniform(1.8, 6.5)
            if not own.chance(0.25 + 0.75 * share):
                continue
            at_wall = own.chance(0.35) and parameters["place"] != "park"
            make = own.choice(AT_WALLS) if at_wall else own.choice((*KERBSIDE, "tree", "tree"))
            material.fresh()
            parts = tree(own.child("tree"), parameters["leaves"]) if make == "tree" else make(own.child("form"))
            name = "tree" if make == "tree" else make.__name__
            x = wall if at_wall else kerb
            heading = own.choice((0.0, 90.0, 180.0, 270.0)) + own.uniform(-8, 8)
            _put(scene, name, parts, material, (x, y, KERB_M), heading)
            taken.append((x, y, 0.5))


def _people(scene, parameters, taken):
    """Alone and in groups, evenly over the logarithm of the distance: as many small ones as large ones."""
    people = []
    near, far = parameters["distance"]["near"], parameters["distance"]["far"]
    far = max(near + 1.0, min(LENGTH_M - 8.0, far))
    count = max(0, min(24, int(parameters["people"])))
    number = 0
    while len(people) < count and number < 8 * count + 4:
        own = parameters.random("group", number)
        number += 1
        y = near * (far / near) ** own.next()
        zone = own.next()
        low, high, level = (
            (WALL_X + 0.6, KERB_X - 0.5, KERB_M) if zone < 0.66
            else (FAR_KERB_X + 0.4, FAR_WALL_X - 0.6, KERB_M) if zone < 0.88 else (KERB_X + 0.3, FAR_KERB_X - 0.3, 0.0)
        )
        # Mostly where the camera looks: it sees about half as far to each side as ahead.
        reach = 0.5 * y + 0.3
        low, high = max(low, -reach), min(high, reach * 1.6)
        if low >= high:
            continue
        x = own.uniform(low, high)
        size = own.choice((1, 1, 1, 2, 2, 3))
        heading = own.choice((0.0, 180.0)) + own.normal(0, 18) if own.chance(0.8) else own.uniform(0, 360)
        together = own.chance(0.7)
        pose = own.weighted(POSES)
        for member in range(size):
            if len(people) >= count:
                break
            one = own.child("member", member)
            place = (x + 0.62 * member * (1 if x < (low + high) / 2 else -1), y + one.uniform(-0.3, 0.3))
            if not _free(place, taken):
                continue
            taken.append((*place, 0.28))
            facing = heading + one.normal(0, 10) if together or size == 1 else one.uniform(0, 360)
            own_pose = pose if together else one.weighted(POSES)
            people.append(add_person(
                scene, one.child("body"), own_pose, (*place, level), facing, 0.0, "street", "all",
                detail=1.0 if y < COARSE_FROM_M else 0.62, bodies=parameters["bodies"],
                motion=parameters["motion"] if own_pose == "walking" else "",
            ))
    return people


def _free(place, taken):
    return all(math.hypot(place[0] - x, place[1] - y) > radius + 0.26 for x, y, radius in taken)


def _put(scene, name, parts, material, place, heading):
    thing = mesh_objects.compound(scene, name, [(shape, material(own)) for shape, own in parts])
    thing.location = place
    thing.rotation_euler = (0, 0, math.radians(heading))
    return thing


def _light(scene, random, weather):
    if weather == "sunny":
        lights.sun(scene, random.uniform(22, 62), random.uniform(0, 360), random.uniform(2.6, 4.2), (1.0, random.uniform(0.88, 0.96), random.uniform(0.72, 0.88)), 1.5)
        lights.cloudy_sky(scene, (0.16, 0.33, 0.68), (0.55, 0.68, 0.82), (0.85, 0.87, 0.90), random.uniform(0.0, 0.6), random.uniform(0.7, 0.95))
    elif weather == "overcast":
        lights.sun(scene, random.uniform(40, 75), random.uniform(0, 360), random.uniform(0.2, 0.6), (1.0, 0.98, 0.95), 25.0)
        lights.cloudy_sky(scene, (0.55, 0.58, 0.62), (0.70, 0.72, 0.74), (0.78, 0.79, 0.80), 1.0, random.uniform(0.9, 1.25))
    else:
        lights.sun(scene, random.uniform(3, 10), random.uniform(0, 360), random.uniform(0.8, 1.8), (1.0, 0.52, 0.26), 3.0)
        lights.cloudy_sky(scene, (0.10, 0.14, 0.28), (0.62, 0.40, 0.30), (0.40, 0.33, 0.35), random.uniform(0.2, 0.9), random.uniform(1.0, 1.5))
    lights.cheap_light_paths(scene, 4.0)
