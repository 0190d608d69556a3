"""Open ground with people at any size, from head and shoulders to a dozen pixels: sport, parks, beaches, parties, and
pictures of somebody before a wall. The camera stands on the −y side and looks along +y, where a backdrop closes the
view. All that no parameter decides comes from the frame's own streams."""

import math

from darkroom import furniture, geometry, lights, materials, mesh_objects, shapes
from darkroom.camera import CameraError
from darkroom.people.person_object import add_person
from field_backdrops import BACKDROPS, backdrop
from field_palette import GROUNDS, FieldPalette
from mathutils import Matrix
from street_furniture import AT_WALLS, KERBSIDE, tree

PARAMETERS = {
    "people": {"default": 3, "description": "How many people, 0 to 16; the first is the one that the camera is set up for"},
    "ground": {"default": "grass", "description": "What they stand on", "choices": list(GROUNDS)},
    "backdrop": {"default": "trees", "description": "What is behind them", "choices": list(BACKDROPS)},
    "weather": {"default": "sunny", "description": "The light", "choices": ["sunny", "overcast", "dusk", "indoors", "flash"]},
    "clutter": {"default": 0.4, "description": "How many upright and other things, 0 to 1"},
    "foreground": {"default": 0.2, "description": "How often a table hides somebody's legs, 0 to 1"},
    "spread": {"default": 12.0, "description": "Metres over which the others are scattered"},
    "exposure": {"default": 0.0, "description": "Of the camera, in stops"},
    "bodies": {"default": "", "description": "A folder with MakeHuman's base assets, or a file in it; empty: people of our own"},
}
CAMERA = {"distance": 4.0, "azimuth": 0.0, "elevation": 5.0, "aimX": 0.0, "aimY": 0.0, "focal": 35.0, "roll": 0.0}
POSES = (("standing", 5), ("walking", 2), ("running", 2), ("reaching", 2), ("free", 2), ("sitting", 2), ("bending", 0.7), ("crouching", 0.7), ("tending", 0.6))
STYLES = (("street", 5), ("home", 3), ("ward", 1))
"""Nearer than this a camera is aimed at the face, farther than the second at the middle of the body."""
PORTRAIT_M, FIGURE_M = 1.0, 3.2
FACE_SHARE, MIDDLE_SHARE = 0.86, 0.52
"""People farther from the middle than this are modelled more coarsely."""
COARSE_FROM_M = 8.0


def build(scene, parameters):
    random = parameters.random
    material = FieldPalette(random("palette"), parameters["ground"], parameters["weather"])
    mesh_objects.compound(scene, "ground", [(shapes.plane((-80, -40, 0), (160, 0, 0), (0, 200, 0)), material("ground"))])
    depth = backdrop(scene, random("backdrop"), parameters["backdrop"], material)
    taken = [(0.0, 0.0, 0.3)]
    people = _people(scene, parameters, depth, taken)
    _clutter(scene, random("clutter"), parameters["clutter"], depth, material, taken)
    if people and random("foreground").chance(parameters["foreground"]):
        _table(scene, random("table"), material)
    _light(scene, random("light"), parameters["weather"])
    scene.view_settings.exposure = parameters["exposure"]
    height = people[0].dimensions.z if people else 1.7

    def place_camera(camera, draw):
        """Draws as of a camera that goes around the first of the people: nearer ones look at the face."""
        unknown = sorted(set(draw) - set(CAMERA))
        if unknown:
            raise CameraError(f"the field's camera has no {unknown[0]}; it has: {', '.join(CAMERA)}")
        values = {**CAMERA, **draw}
        distance = values["distance"]
        near = min(1.0, max(0.0, (FIGURE_M - distance) / (FIGURE_M - PORTRAIT_M)))
        aim = (0.0, 0.0, height * (MIDDLE_SHARE + near * (FACE_SHARE - MIDDLE_SHARE)))
        position = list(geometry.orbit(aim, distance, values["elevation"], values["azimuth"]))
        position[2] = max(0.25, position[2])
        target = (aim[0] + values["aimX"] * distance, 0.0, aim[2] + values["aimY"] * distance)
        camera.matrix_world = Matrix(geometry.look_at(position, target, math.radians(values["roll"])).tolist())
        camera.data.lens = values["focal"]

    return {"place_camera": place_camera, "attributes": {"people": len(people), "ground": parameters["ground"], "backdrop": parameters["backdrop"]}}


def _people(scene, parameters, depth, taken):
    """The first at the origin, mostly turned to the camera; others at its side or anywhere before the backdrop."""
    people = []
    count = max(0, min(16, int(parameters["people"])))
    shared = parameters.random("group").weighted(POSES)
    far = max(2.0, min(parameters["spread"], depth - 1.0))
    for number in range(6 * count):
        if len(people) == count:
            break
        own = parameters.random("person", number)
        place = (0.0, 0.0)
        if people:
            beside = own.chance(0.45)
            x = own.uniform(0.5, 1.6) * own.choice((-1, 1)) if beside else own.uniform(-0.7, 0.7) * far
            place = (x, own.uniform(-0.2, 0.9) if beside else own.uniform(0.6, far))
            if any(math.hypot(place[0] - x, place[1] - y) < radius + 0.22 for x, y, radius in taken):
                continue
            taken.append((*place, 0.26))
        pose = shared if own.chance(0.5) else own.weighted(POSES)
        facing = 180 + own.normal(0, 40) if own.chance(0.7) else own.uniform(0, 360)
        seat = 0.0
        if pose == "sitting":
            seat = _seat(scene, own.child("seat"), place, facing)
        people.append(add_person(
            scene, own.child("body"), pose, (*place, 0.0), facing, seat, own.weighted(STYLES), "all",
            detail=1.0 if math.hypot(*place) < COARSE_FROM_M else 0.62, bodies=parameters["bodies"],
        ))
    return people


def _seat(scene, random, place, facing):
    """A chair under someone. @returns its height"""
    piece = furniture.chair(random)
    x, y, heading, height = piece.seats[0]
    turn = math.radians(facing - heading)
    colour = random.choice(((0.10, 0.06, 0.035), (0.30, 0.30, 0.29), (0.04, 0.04, 0.045), (0.42, 0.26, 0.12)))
    matte = materials.matte_material("chair", colour)
    chair = mesh_objects.compound(scene, "chair", [(shape, matte) for shape, _ in piece.parts])
    chair.rotation_euler = (0, 0, turn)
    chair.location = (place[0] - x * math.cos(turn) + y * math.sin(turn), place[1] - x * math.sin(turn) - y * math.cos(turn), 0)
    return height


def _table(scene, random, material):
    """Between the camera and the first of the people."""
    height, wide = random.uniform(0.7, 1.05), random.uniform(0.8, 2.4)
    y = -random.uniform(0.42, 0.6)
    parts = [(shapes.box((wide, 0.5, 0.04), (0, y, height), 0.01), material("top"))]
    if random.chance(0.5):
        parts.append((shapes.box((wide - 0.08, 0.42, height - 0.04), (0, y, height / 2)), material("cloth 1")))
    else:
        parts += [(shapes.cylinder(0.03, 0, height, (x, y)), material("wood")) for x in (-wide * 0.45, wide * 0.45)]
    for _ in range(random.integer(0, 4)):
        x, tall = random.uniform(-0.4, 0.4) * wide, random.uniform(0.06, 0.3)
        parts.append((shapes.cylinder(random.uniform(0.03, 0.12), height, height + tall, (x, y)), material(random.choice(("white", "red", "blue", "green", "yellow")))))
    mesh_objects.compound(scene, "table", parts)


def _clutter(scene, random, share, depth, material, taken):
    """Things that stand as upright as people do, and cost a detector that knows only people its false alarms."""
    for number in range(round(10 * max(0.0, min(1.0, share)))):
        own = random.child(number)
        make = own.choice((*KERBSIDE, *AT_WALLS, tree))
        place = (own.uniform(-0.6, 0.6) * depth, own.uniform(0.8, max(1.2, depth - 0.5)))
        if any(math.hypot(place[0] - x, place[1] - y) < radius + 0.5 for x, y, radius in taken):
            continue
        if make is tree and depth < 9:
            continue
        taken.append((*place, 0.5))
        material.fresh()
        thing = mesh_objects.compound(scene, make.__name__, [(shape, material(name)) for shape, name in make(own.child("form"))])
        thing.location = (*place, 0)
        thing.rotation_euler = (0, 0, math.radians(own.uniform(0, 360)))


def _light(scene, random, weather):
    turn = random.uniform(-110, 110)
    if weather == "sunny":
        lights.sun(scene, random.uniform(20, 65), turn, random.uniform(2.4, 4.2), (1.0, random.uniform(0.9, 0.97), random.uniform(0.75, 0.9)), 1.5)
        lights.cloudy_sky(scene, (0.16, 0.33, 0.68), (0.55, 0.68, 0.82), (0.85, 0.87, 0.90), random.uniform(0.0, 0.7), random.uniform(0.7, 1.0))
    elif weather == "overcast":
        lights.sun(scene, random.uniform(40, 75), turn, random.uniform(0.2, 0.7), (1.0, 0.98, 0.95), 25.0)
        lights.cloudy_sky(scene, (0.55, 0.58, 0.62), (0.70, 0.72, 0.74), (0.78, 0.79, 0.80), 1.0, random.uniform(0.8, 1.25))
    elif weather == "dusk":
        lights.sun(scene, random.uniform(3, 12), turn, random.uniform(0.6, 1.6), (1.0, 0.55, 0.3), 3.0)
        lights.cloudy_sky(scene, (0.10, 0.14, 0.28), (0.62, 0.42, 0.32), (0.42, 0.35, 0.36), random.uniform(0.2, 0.9), random.uniform(0.6, 1.2))
    else:
        # A lamp above, or at the camera; all around is dim.
        warm = random.next()
        colour = (1.0, 0.98 - 0.2 * warm, 0.96 - 0.45 * warm)
        flash = weather == "flash"
        place = (random.uniform(-0.6, 0.6), -2.6, random.uniform(1.7, 2.3)) if flash else (random.uniform(-1.5, 1.5), random.uniform(-1.8, 0.5), 2.9)
        turned = (math.radians(80), 0, 0) if flash else (math.radians(random.uniform(0, 35)), 0, 0)
        size = 0.3 if flash else random.uniform(0.8, 2.5)
        lights.area_light(scene, "lamp", place, turned, size, size, colour, random.uniform(90, 220))
        lights.plain_world(scene, tuple(0.4 + 0.6 * part for part in colour), 0.04 if flash else random.uniform(0.25, 0.7))
    lights.cheap_light_paths(scene, 3.0)
