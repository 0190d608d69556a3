"""A furnished room with one to three people in it, in two looks: `home`, and `ward` as the stand-in for another
domain. All that no parameter decides comes from the frame's own streams."""

import math

from darkroom import floor_plan, furniture, lights, mesh_objects, shapes
from darkroom.feature_probe import set_first
from darkroom.people.person_object import add_person
from palette import palette

PARAMETERS = {
    "look": {"default": "home", "description": "Furniture, colours, light", "choices": ["home", "ward"]},
    "people": {"default": 2, "description": "How many people are in the room"},
    "clutter": {"default": 0.5, "description": "How much furniture there is, 0 to 1"},
    "light": {
        "strength": {"default": 1.0, "description": "Factor of all lights"},
        "warmth": {"default": 0.5, "description": "0 = cold, 1 = warm"},
    },
    "exposure": {"default": 0.0, "description": "Of the camera, in stops"},
}

HEIGHT_M = 2.6


def build(scene, parameters):
    look = parameters["look"]
    random = parameters.random
    material = palette(random("palette"), look)
    size = random("size")
    plan = floor_plan.FloorPlan(size.uniform(4.2, 6.0), size.uniform(3.8, 5.2))
    _shell(scene, plan, random("shell"), material)
    _furnish(scene, plan, random("furniture"), material, look, parameters["clutter"])
    people = _people(scene, plan, parameters)
    _lights(scene, plan, random("lights"), look, parameters["light"])
    _develop(scene, look, parameters["exposure"])
    chosen = random("aim").choice(people) if people else None
    aim = (chosen.location.x, chosen.location.y, 0.85) if chosen else (0.0, 0.0, 0.8)
    return {"aim": aim, "attributes": {"look": look}}


def _shell(scene, plan, random, material):
    """Floor, ceiling, walls with a window and a door."""
    w, d, h = plan.width, plan.depth, HEIGHT_M
    corners = [(-w / 2, -d / 2), (w / 2, -d / 2), (w / 2, d / 2), (-w / 2, d / 2)]
    parts = [
        (shapes.plane((-w / 2, -d / 2, 0), (w, 0, 0), (0, d, 0)), material("floor")),
        (shapes.plane((-w / 2, -d / 2, h), (0, d, 0), (w, 0, 0)), material("ceiling")),
    ]
    for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1]):
        along = (x0 - x1, y0 - y1, 0)
        parts.append((shapes.plane((x1, y1, 0), along, (0, 0, h)), material("wall")))
        parts.append((shapes.plane((x1 * 0.998, y1 * 0.998, 0), [0.998 * v for v in along], (0, 0, 0.09)), material("skirting")))
    shell = mesh_objects.compound(scene, "shell", parts)
    shell["encloses"] = True
    _window(scene, plan, random.child("window"), material)
    x = random.uniform(-0.3, 0.3) * w
    door = [
        (shapes.box((0.95, 0.05, 2.05), (x, d / 2 - 0.03, 1.025), 0.01), material("door")),
        (shapes.box((0.03, 0.06, 0.14), (x + 0.36, d / 2 - 0.08, 1.0), 0.01), material("metal")),
    ]
    for number in range(random.integer(0, 3)):
        place, height = random.uniform(-0.4, 0.4) * w, random.uniform(1.4, 1.7)
        wide, tall = random.uniform(0.4, 0.9), random.uniform(0.35, 0.7)
        # Each a little before the last: faces in one plane would fight where pictures overlap.
        front = -d / 2 + 0.03 + 0.02 * number
        door.append((shapes.box((wide, 0.03, tall), (place, front, height), 0.004), material("wood")))
        door.append((shapes.box((wide - 0.08, 0.03, tall - 0.08), (place, front + 0.006, height)), material("accent")))
    mesh_objects.compound(scene, "wall things", door)
    if random.chance(0.6):
        wide, deep = random.uniform(1.4, 2.4), random.uniform(1.0, 1.7)
        rug = mesh_objects.compound(scene, "rug", [(shapes.box((wide, deep, 0.012), (0, 0, 0.007)), material("rug"))])
        rug.location = (random.uniform(-0.2, 0.2) * w, random.uniform(-0.2, 0.2) * d, 0)
        rug.rotation_euler = (0, 0, random.choice((0.0, math.pi / 2)))


def _window(scene, plan, random, material):
    """In the wall at −x: a bright pane, a frame, curtains."""
    from darkroom.materials import glowing_material

    wide, tall, sill = random.uniform(1.2, 2.2), random.uniform(1.1, 1.5), random.uniform(0.8, 1.0)
    y = random.uniform(-0.2, 0.2) * plan.depth
    x = -plan.width / 2 + 0.01
    day = glowing_material("day", (0.75, 0.88, 1.0), random.uniform(1.2, 3.0))
    parts = [(shapes.plane((x, y - wide / 2, sill), (0, wide, 0), (0, 0, tall)), day)]
    for offset in (-0.5, 0.0, 0.5):
        parts.append((shapes.box((0.04, 0.06, tall), (x + 0.02, y + offset * wide, sill + tall / 2)), material("white")))
    for z in (sill, sill + tall):
        parts.append((shapes.box((0.06, wide + 0.06, 0.06), (x + 0.02, y, z)), material("white")))
    mesh_objects.compound(scene, "window", parts)
    if random.chance(0.7):
        for side in (-1, 1):
            cloth = shapes.curtain(0.5, sill + tall + 0.1, 4, 0.04)
            curtain = mesh_objects.compound(scene, "curtain", [(cloth, material("curtain"))])
            curtain.rotation_euler = (0, 0, math.pi / 2)
            curtain.location = (x + 0.12, y + (wide / 2 - 0.05 if side > 0 else -wide / 2 - 0.45), 0.02)


def _furnish(scene, plan, random, material, look, clutter):
    if look == "ward":
        walls = [furniture.hospital_bed, furniture.hospital_bed, furniture.cupboard, furniture.chair, furniture.cupboard]
        free = [furniture.drip_stand, furniture.screen, furniture.armchair, furniture.drip_stand, furniture.table]
    else:
        walls = [
            furniture.bed if random.chance(0.3) else furniture.sofa, furniture.shelf, furniture.cupboard,
            furniture.plant, furniture.armchair, furniture.floor_lamp, furniture.shelf,
        ]
        free = [furniture.coat_stand, furniture.coffee_table, furniture.armchair, furniture.plant]
        _dining_group(plan, random.child("dining"))
    for group, put in ((walls, plan.along_wall), (free, plan.free_standing)):
        count = max(1, round(len(group) * (0.4 + 0.6 * clutter)))
        for index, make in enumerate(group[:count]):
            own = random.child(make.__name__, index)
            put(make(own.child("form")), own.child("place"))
    for placed in plan.placed:
        parts = [(shape, material(name)) for shape, name in placed.piece.parts]
        thing = mesh_objects.compound(scene, placed.piece.name, parts)
        thing.location = (placed.x, placed.y, 0)
        thing.rotation_euler = (0, 0, math.radians(placed.heading))


def _dining_group(plan, random):
    table = furniture.table(random.child("table"))
    x, y = random.uniform(-0.2, 0.2) * plan.width, random.uniform(-0.15, 0.15) * plan.depth
    placed = plan.put(table, x, y - table.depth / 2, 0)
    if placed is None:
        return
    for index in range(random.integer(1, 4)):
        chair = furniture.chair(random.child("chair", index))
        side = 1 if index % 2 == 0 else -1
        own_x = random.uniform(-0.3, 0.3) * table.width
        back = table.depth / 2 + side * (table.depth / 2 + random.uniform(0.28, 0.5))
        px, py = placed.at(own_x, back)
        # Its front towards the table.
        plan.put(chair, px, py, 180 if side > 0 else 0)


def _people(scene, plan, parameters):
    """Some on seats and beds, the others on free spots of the floor."""
    style = parameters["look"]
    random = parameters.random
    seats = [(placed, seat) for placed in plan.placed for seat in placed.piece.seats]
    beds = [(placed, bed) for placed in plan.placed for bed in placed.piece.beds]
    used, people = set(), []
    for number in range(parameters["people"]):
        own = random("person", number)
        wish = own.next()
        if wish < 0.12 and _take(beds, own, used):
            placed, (x, y, heading, height) = _take(beds, own.child("bed"), used, keep=True)
            place, pose = placed.at(x, y), "lying"
        elif wish < 0.42 and _take(seats, own, used):
            placed, (x, y, heading, height) = _take(seats, own.child("seat"), used, keep=True)
            place, pose = placed.at(x, y), "sitting"
        else:
            place, heading, height, placed = plan.spot(own.child("spot"), 0.34), own.uniform(0, 360), 0.0, None
            pose = own.choice(("standing", "standing", "standing", "walking", "walking", "reaching", "bending"))
        if place is None:
            continue
        heading += placed.heading if placed else 0
        people.append(add_person(scene, own.child("body"), pose, (*place, 0), heading, height, style))
    return people


def _take(places, random, used, keep=False):
    """A place on a piece that no one uses yet, or None."""
    free = [entry for entry in places if id(entry[0]) not in used]
    if not free:
        return None
    entry = random.choice(free)
    if keep:
        used.add(id(entry[0]))
    return entry


def _lights(scene, plan, random, look, light):
    strength, warmth = light["strength"], light["warmth"]
    if look == "ward":
        warmth *= 0.25
    colour = (1.0, 0.97 - 0.22 * warmth, 0.98 - 0.50 * warmth)
    area = plan.width * plan.depth
    for index in range(2 if look == "ward" else 1):
        x = (index - 0.5) * plan.width * 0.5 if look == "ward" else random.uniform(-0.2, 0.2) * plan.width
        lights.area_light(scene, "ceiling light", (x, random.uniform(-0.2, 0.2) * plan.depth, HEIGHT_M - 0.03), (0, 0, 0),
                          1.2, 0.4 if look == "ward" else 1.0, colour, strength * area * (1.3 if look == "ward" else 3.0))
    lights.area_light(scene, "daylight", (-plan.width / 2 + 0.15, 0, 1.5), (0, -math.pi / 2, 0), 1.2, 1.8,
                      (0.8, 0.9, 1.0), strength * area * random.uniform(0.8, 3.5))
    lights.plain_world(scene, tuple(0.5 + 0.5 * part for part in colour), 0.35 * strength)
    lights.cheap_light_paths(scene)


def _develop(scene, look, exposure):
    """The other domain's camera: flatter, colder."""
    view = scene.view_settings
    if look == "ward":
        set_first(view, "view_transform", "Filmic", "AgX")
        view.gamma = 0.95
    view.exposure = exposure + (0.2 if look == "ward" else 0.0)
