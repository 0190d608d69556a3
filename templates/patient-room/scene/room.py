"""A patient's room in a hospital: beds, blankets, curtains, devices; patients, staff, visitors; by day and by night, in
colour or as an infrared camera sees it. All that no parameter decides comes from the frame's own streams."""

import math

from blankets import lay_blanket
from darkroom import floor_plan, furniture, lights, mesh_objects, spectrum
from darkroom.people.person_object import add_person
from ward_furniture import coat_hooks, locker, monitor_stand, overbed_table, ward_bed, wash_basin, wheelchair
from ward_palette import FLOORS, WALLS, ward_palette
from ward_shell import build_shell

PARAMETERS = {
    "beds": {"default": 1, "description": "How many beds: 1 or 2", "choices": [1, 2]},
    "patient": {
        "default": "lying", "description": "What the patient does",
        "choices": ["lying", "sitting", "standing", "absent"],
    },
    "recline": {"default": 20, "description": "Degrees by which the back of the bed is raised"},
    "blanket": {"default": 0.6, "description": "How much of someone in bed it covers: 0 = nothing, 1 = up to the neck"},
    "staff": {"default": 1, "description": "How many nurses and doctors"},
    "visitors": {"default": 0, "description": "How many visitors"},
    "clutter": {"default": 0.6, "description": "How much furniture there is, 0 to 1"},
    "walls": {"default": "white", "description": "Colours of the walls", "choices": list(WALLS)},
    "floor": {"default": "grey", "description": "The floor", "choices": list(FLOORS)},
    "spectrum": {
        "default": "rgb", "description": "In colour, or as a camera for the near infrared sees it: grey, lit by its own lamp",
        "choices": ["rgb", "infrared"],
    },
    "daytime": {"default": "day", "description": "Daylight, or a lamp at the bed and what comes in", "choices": ["day", "night"]},
    "light": {
        "strength": {"default": 1.0, "description": "Factor of all lights"},
        "warmth": {"default": 0.3, "description": "0 = cold, 1 = warm"},
    },
    "exposure": {"default": 0.0, "description": "Of the camera, in stops"},
    "bodies": {
        "default": "", "description": "A folder with MakeHuman's base assets, or a file in it; empty: people of our own",
    },
    "motion": {"default": "", "description": "A .bvh file: who walks takes a random frame of it"},
}


def build(scene, parameters):
    random = parameters.random
    material = ward_palette(random("palette"), parameters["walls"], parameters["floor"])
    size = random("size")
    beds = int(parameters["beds"])
    plan = floor_plan.FloorPlan(size.uniform(3.9, 4.8) + 1.5 * (beds - 1), size.uniform(4.0, 5.0))
    night = parameters["daytime"] == "night"
    build_shell(scene, plan, random("shell"), material, night)
    bunks = _beds(plan, parameters, beds)
    _furnish(plan, random("furniture"), parameters["clutter"])
    _stand(scene, plan, material)
    people = _people(scene, plan, parameters, bunks, material)
    _lights(scene, plan, bunks, parameters, night)
    _develop(scene, parameters, night)
    # At the patient more often than at whoever else is there.
    aim = random("aim").choice(people[:1] + people) if people else None
    height = 0.8 if aim is None else aim["aim_height"]
    place = (0.0, 0.0) if aim is None else aim.location
    return {"aim": (place[0], place[1], height), "attributes": {"people": len(people)}}


def _beds(plan, parameters, count):
    """Beds with their heads at the back wall, each with how far its back is raised. @returns [(placed, recline)]"""
    bunks = []
    for number in range(count):
        own = parameters.random("bed", number)
        recline = max(0.0, min(65.0, float(parameters["recline"]))) if number == 0 else own.choice((0.0, 20.0, 35.0))
        piece = ward_bed(own, recline)
        side = 0 if count == 1 else number * 2 - 1
        x = side * plan.width * 0.22 + own.uniform(-0.25, 0.25)
        placed = plan.put(piece, x, -plan.depth / 2 + own.uniform(0.06, 0.2), own.uniform(-2, 2))
        if placed is not None:
            bunks.append((placed, recline))
            _beside(plan, placed, locker(own.child("locker")), own.choice((-1, 1)))
    return bunks


def _beside(plan, bed, piece, side):
    x = side * (bed.piece.width / 2 + piece.width / 2 + 0.08)
    for own_side in (1, -1):
        place = bed.at(own_side * x, 0.02)
        if plan.put(piece, *place, bed.heading):
            return


def _furnish(plan, random, clutter):
    walls = [wash_basin, furniture.cupboard, furniture.chair, coat_hooks, furniture.cupboard]
    free = [furniture.drip_stand, furniture.armchair, monitor_stand, overbed_table, furniture.drip_stand, wheelchair,
            furniture.chair, furniture.screen]
    for group, put in ((walls, plan.along_wall), (free, plan.free_standing)):
        order = random.child(len(group)).shuffled(list(enumerate(group)))
        for index, make in order[: max(1, round(len(group) * (0.25 + 0.65 * clutter)))]:
            own = random.child(make.__name__, index)
            put(make(own.child("form")), own.child("place"))


def _stand(scene, plan, material):
    for placed in plan.placed:
        parts = [(shape, material(name)) for shape, name in placed.piece.parts]
        thing = mesh_objects.compound(scene, placed.piece.name, parts)
        thing.location = (placed.x, placed.y, 0)
        thing.rotation_euler = (0, 0, math.radians(placed.heading))


def _people(scene, plan, parameters, bunks, material):
    people = []
    for number, (bed, recline) in enumerate(bunks):
        wish = parameters["patient"] if number == 0 else parameters.random("other patient").choice(
            ("lying", "lying", "sitting", "absent"))
        people += _patient(scene, plan, parameters, parameters.random("patient", number), bed, recline, wish, material)
    for number in range(int(parameters["staff"])):
        own = parameters.random("staff", number)
        at_bed = _at_bed(plan, own, bunks) if own.chance(0.6) else None
        people += _upright(scene, plan, parameters, own, own.choice(("nurse", "nurse", "doctor")), at_bed)
    for number in range(int(parameters["visitors"])):
        own = parameters.random("visitor", number)
        seat = _free_seat(plan, own, people)
        people += _seated(scene, parameters, own, seat, "home") if seat else _upright(scene, plan, parameters, own, "home", None)
    return people


def _patient(scene, plan, parameters, random, bed, recline, wish, material):
    """In bed under a blanket, on its edge or on a chair, on their feet, or not there: then the bed is made."""
    if wish == "standing":
        return _upright(scene, plan, parameters, random, "patient", None)
    if wish == "sitting":
        chair = _free_seat(plan, random, []) if random.chance(0.4) else None
        people = _seated(scene, parameters, random, chair or (bed, random.choice(bed.piece.seats)), "patient")
        if not people:
            return people
        lay_blanket(scene, random.child("blanket"), material("blanket"), bed, None, random.uniform(0.2, 0.5))
        return people
    if wish == "absent":
        lay_blanket(scene, random.child("blanket"), material("blanket"), bed, None, random.uniform(0.3, 0.95))
        return []
    x, y, heading, height = bed.piece.beds[0]
    person = _add(scene, parameters, random, "lying", bed.at(x, y), bed.heading + heading, height, "patient", recline)
    person["aim_height"] = height + 0.2
    if parameters["blanket"] > 0:
        cover = max(0.0, min(1.0, parameters["blanket"] + random.uniform(-0.12, 0.12)))
        lay_blanket(scene, random.child("blanket"), material("blanket"), bed, person, cover)
    return [person]


def _at_bed(plan, random, bunks):
    """A spot at a bed's side, facing it: (x, y, heading), or None where it is taken."""
    if not bunks:
        return None
    bed, _ = random.choice(bunks)
    for side in random.shuffled((-1, 1)):
        x, y = bed.at(side * (bed.piece.width / 2 + 0.36), random.uniform(0.7, 1.5))
        if plan.take(x, y, 0.24):
            return x, y, bed.heading + 90 * side
    return None


def _upright(scene, plan, parameters, random, style, at_bed):
    """Someone on their feet: at a bed, or on a free spot of the floor."""
    if at_bed:
        x, y, heading = at_bed
        pose = random.choice(("tending", "tending", "standing", "reaching", "bending"))
        return [_add(scene, parameters, random, pose, (x, y), heading + random.uniform(-25, 25), 0.0, style)]
    spot = plan.spot(random.child("spot"), 0.32)
    if spot is None:
        return []
    pose = random.choice(("standing", "standing", "standing", "walking", "walking", "reaching", "bending"))
    return [_add(scene, parameters, random, pose, spot, random.uniform(0, 360), 0.0, style)]


def _free_seat(plan, random, people):
    """(piece, seat) of a chair, an armchair or a wheelchair on which no one sits, or None."""
    taken = [(person.location.x, person.location.y) for person in people]
    seats = []
    for placed in plan.placed:
        if placed.piece.name == "bed":
            continue
        for seat in placed.piece.seats:
            x, y = placed.at(seat[0], seat[1])
            if all(math.hypot(x - tx, y - ty) > 0.6 for tx, ty in taken):
                seats.append((placed, seat))
    return random.choice(seats) if seats else None


def _seated(scene, parameters, random, seat, style):
    placed, (x, y, heading, height) = seat
    return [_add(scene, parameters, random, "sitting", placed.at(x, y), placed.heading + heading, height, style)]


def _add(scene, parameters, random, pose, place, heading, height, style, recline=0.0):
    ages = random.choice(("adults", "elderly", "elderly")) if style == "patient" else "all" if style == "home" else "adults"
    person = add_person(
        scene, random.child("body"), pose, (*place, 0), heading, height, style, ages, recline=recline,
        bodies=parameters["bodies"], motion=parameters["motion"] if pose == "walking" else "",
    )
    person["aim_height"] = 0.65 if pose == "sitting" else 0.95
    return person


def _lights(scene, plan, bunks, parameters, night):
    random = parameters.random("lights")
    warmth, strength = parameters["light"]["warmth"], parameters["light"]["strength"]
    colour = (1.0, 0.97 - 0.22 * warmth, 0.98 - 0.50 * warmth)
    area = plan.width * plan.depth
    infrared = parameters["spectrum"] == "infrared"
    # Lamps of diodes give hardly any near infrared: what there is comes in by the window, or from the camera's own lamp.
    dim = 0.03 if infrared else 0.16 if night else 1.0
    for x in (-0.22, 0.22):
        lights.area_light(
            scene, "ceiling light", (x * plan.width, random.uniform(-0.1, 0.1) * plan.depth, 2.67), (0, 0, 0), 1.2, 0.5,
            colour, strength * area * dim * random.uniform(1.1, 1.6),
        )
    lights.area_light(
        scene, "daylight", (-plan.width / 2 + 0.2, 0, 1.55), (0, -math.pi / 2, 0), 1.2, 1.8,
        (0.12, 0.16, 0.3) if night else (0.82, 0.91, 1.0), strength * area * (0.04 if night and infrared else 0.4 if night else random.uniform(0.8, 3.6)) * (0.5 if infrared else 1.0),
    )
    if night and not infrared:
        for bed, _ in bunks:
            x, y = bed.at(0.0, 0.12)
            lights.area_light(scene, "reading lamp", (x, y, 1.7), (math.radians(-35), 0, 0), 0.6, 0.1, (1.0, 0.72, 0.42), 7.0 * strength)
    lights.plain_world(scene, tuple(0.5 + 0.5 * part for part in colour), (0.03 if infrared and night else 0.06 if night or infrared else 0.36) * strength)
    lights.cheap_light_paths(scene)


def _develop(scene, parameters, night):
    scene.view_settings.exposure = parameters["exposure"] + (0.9 if night and parameters["spectrum"] == "rgb" else 0.0)
    if parameters["spectrum"] == "infrared":
        spectrum.see_in_infrared(scene, 150.0 * parameters["light"]["strength"])
        # Cameras for the night are less fine: no deep blacks.
        scene.view_settings.gamma = 1.06
