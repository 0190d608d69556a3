"""The room itself: floor, ceiling, walls with a dado and a bumper rail, window, door, what hangs on the walls."""

import math

from darkroom import mesh_objects, shapes
from darkroom.materials import glowing_material

HEIGHT_M = 2.7
RAIL_M = 2.25


def build_shell(scene, plan, random, material, night):
    w, d, h = plan.width, plan.depth, HEIGHT_M
    dado = random.uniform(0.85, 1.1) if random.chance(0.75) else 0.0
    corners = [(-w / 2, -d / 2), (w / 2, -d / 2), (w / 2, d / 2), (-w / 2, d / 2)]
    parts = [
        (shapes.plane((-w / 2, -d / 2, 0), (w, 0, 0), (0, d, 0)), material("floor")),
        (shapes.plane((-w / 2, -d / 2, h), (0, d, 0), (w, 0, 0)), material("ceiling")),
    ]
    for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1]):
        along = (x0 - x1, y0 - y1, 0)
        parts.append((shapes.plane((x1, y1, 0), along, (0, 0, h)), material("wall")))
        inner = [(x1 * k, y1 * k, [k * v for v in along]) for k in (0.9985, 0.997, 0.994)]
        if dado:
            parts.append((shapes.plane((*inner[0][:2], 0), inner[0][2], (0, 0, dado)), material("dado")))
            parts.append((shapes.plane((*inner[2][:2], dado - 0.07), inner[2][2], (0, 0, 0.14)), material("bumper")))
        parts.append((shapes.plane((*inner[1][:2], 0), inner[1][2], (0, 0, 0.1)), material("bumper")))
    shell = mesh_objects.compound(scene, "shell", parts)
    shell["encloses"] = True
    _ceiling(scene, w, d, material)
    _bed_head(scene, w, d, random.child("bed head"), material)
    _window(scene, plan, random.child("window"), material, night)
    _door(scene, w, d, random.child("door"), material)
    _pictures(scene, w, d, random.child("pictures"), material)
    if random.chance(0.7):
        _privacy_curtain(scene, w, d, random.child("privacy"), material)


def _ceiling(scene, w, d, material):
    """Lines between the tiles, and the panels of the lamps."""
    panel = glowing_material("panel", (1.0, 0.98, 0.95), 1.6)
    panel["infrared"] = "diodes"
    parts = []
    for x in (-0.22, 0.22):
        parts.append((shapes.box((1.22, 0.62, 0.02), (x * w, 0, HEIGHT_M - 0.008)), panel))
    for index in range(1, int(w / 0.6)):
        parts.append((shapes.box((0.012, d, 0.006), (-w / 2 + 0.6 * index, 0, HEIGHT_M - 0.002)), material("bumper")))
    for index in range(1, int(d / 0.6)):
        parts.append((shapes.box((w, 0.012, 0.006), (0, -d / 2 + 0.6 * index, HEIGHT_M - 0.002)), material("bumper")))
    mesh_objects.compound(scene, "ceiling", parts)


def _bed_head(scene, w, d, random, material):
    """The channel over the beds with lamps, sockets and gas outlets."""
    y, z = -d / 2 + 0.05, random.uniform(1.45, 1.65)
    parts = [(shapes.box((w * 0.86, 0.1, 0.18), (0, y, z), 0.02), material("white"))]
    x = -w * 0.38
    while x < w * 0.38:
        kind = random.choice(("board inlay", "accent 2", "accent", "white", "device"))
        parts.append((shapes.box((0.07, 0.02, 0.07), (x, y + 0.055, z), 0.01), material(kind)))
        x += random.uniform(0.12, 0.45)
    mesh_objects.compound(scene, "bed head channel", parts)


def _window(scene, plan, random, material, night):
    """In the wall at −x: a pane with a view, a frame, curtains or blinds."""
    wide, tall, sill = random.uniform(1.4, 2.4), random.uniform(1.2, 1.5), random.uniform(0.8, 1.0)
    y, x = random.uniform(-0.15, 0.15) * plan.depth, -plan.width / 2 + 0.014
    if night:
        sky, ground = glowing_material("night", (0.02, 0.03, 0.06), 0.5), glowing_material("roofs", (0.008, 0.008, 0.012), 0.5)
    else:
        bright = random.uniform(1.1, 2.6)
        sky = glowing_material("day", (0.72, 0.85, 1.0), bright)
        ground = glowing_material("trees", (0.14, 0.20, 0.12), bright)
        ground["infrared"] = "leaf"
    horizon = random.uniform(0.2, 0.5) * tall
    parts = [
        (shapes.plane((x, y - wide / 2, sill + horizon), (0, wide, 0), (0, 0, tall - horizon)), sky),
        (shapes.plane((x, y - wide / 2, sill), (0, wide, 0), (0, 0, horizon)), ground),
    ]
    for offset in (-0.5, 0.0, 0.5):
        parts.append((shapes.box((0.05, 0.07, tall), (x + 0.02, y + offset * wide, sill + tall / 2), 0.01), material("white")))
    for z in (sill, sill + tall):
        parts.append((shapes.box((0.14 if z == sill else 0.06, wide + 0.1, 0.06), (x + 0.04, y, z), 0.01), material("white")))
    # A radiator below.
    for index in range(int(wide * 0.7 / 0.07)):
        parts.append((shapes.box((0.07, 0.05, 0.5), (x + 0.06, y - wide * 0.35 + 0.07 * index, 0.42), 0.015), material("white")))
    covered = random.next()
    if covered < 0.3:
        down = random.uniform(0.15, 0.9) * tall
        for index in range(int(down / 0.035)):
            parts.append((shapes.box((0.03, wide, 0.004), (x + 0.06, y, sill + tall - 0.035 * index)), material("white")))
    mesh_objects.compound(scene, "window", parts)
    if covered >= 0.3 and random.chance(0.85):
        for side in (-1, 1):
            span = random.uniform(0.35, 0.8)
            cloth = shapes.curtain(span, sill + tall + 0.12, max(3, int(span * 9)), 0.035)
            curtain = mesh_objects.compound(scene, "window curtain", [(cloth, material("window curtain"))])
            curtain.rotation_euler = (0, 0, math.pi / 2)
            curtain.location = (x + 0.14, y + (wide / 2 + 0.1 - span if side > 0 else -wide / 2 - 0.1), 0.04)


def _door(scene, w, d, random, material):
    x = random.uniform(-0.3, 0.3) * w
    parts = [
        (shapes.box((1.16, 0.05, 2.12), (x, d / 2 - 0.02, 1.06), 0.01), material("white")),
        (shapes.box((1.04, 0.06, 2.05), (x, d / 2 - 0.035, 1.025), 0.008), material("door")),
        (shapes.box((0.03, 0.06, 0.14), (x + 0.42, d / 2 - 0.09, 1.02), 0.01), material("metal")),
        (shapes.box((1.0, 0.012, 0.24), (x, d / 2 - 0.068, 0.16)), material("metal")),
    ]
    if random.chance(0.5):
        parts.append((shapes.box((0.18, 0.07, 0.9), (x + 0.25, d / 2 - 0.035, 1.45), 0.01), material("mirror")))
    mesh_objects.compound(scene, "door", parts)


def _pictures(scene, w, d, random, material):
    """A clock, a picture, a television, a board."""
    parts = []
    if random.chance(0.7):
        clock = shapes.cylinder(0.15, -0.02, 0.02, segments=24)
        x, z = random.uniform(-0.3, 0.3) * w, 2.15
        parts.append(((clock[0][:, [0, 2, 1]] * (1, -1, 1) + (x, d / 2 - 0.05, z), clock[1][:, ::-1]), material("white")))
        parts.append((shapes.box((0.012, 0.01, 0.10), (x, d / 2 - 0.08, z + 0.05)), material("rubber")))
        parts.append((shapes.box((0.08, 0.01, 0.012), (x + 0.035, d / 2 - 0.08, z)), material("rubber")))
    if random.chance(0.6):
        y, z = random.uniform(-0.25, 0.25) * d, random.uniform(1.45, 1.65)
        wide, tall = random.uniform(0.4, 0.9), random.uniform(0.4, 0.6)
        parts.append((shapes.box((0.03, wide, tall), (w / 2 - 0.03, y, z), 0.004), material("board")))
        parts.append((shapes.box((0.03, wide - 0.08, tall - 0.08), (w / 2 - 0.036, y, z)), material("picture")))
    if random.chance(0.5):
        x = random.uniform(-0.3, 0.3) * w
        parts.append((shapes.box((0.95, 0.06, 0.56), (x, d / 2 - 0.14, 1.95), 0.01), material("rubber")))
    if parts:
        mesh_objects.compound(scene, "wall things", parts)


def _privacy_curtain(scene, w, d, random, material):
    """On a rail under the ceiling, drawn aside or half closed: hides a part of whoever is behind it."""
    rail = random.choice((-1, 1)) * random.uniform(0.24, 0.36) * w
    span = random.choice((0.4, 0.5, 0.7, 1.3))
    cloth = shapes.curtain(span, RAIL_M - 0.35, max(5, int(span * 8) + 3), 0.045)
    parts = [((cloth[0] + (0, 0, 0.35), cloth[1]), material("curtain"))]
    curtain = mesh_objects.compound(scene, "privacy curtain", parts)
    curtain.rotation_euler = (0, 0, math.pi / 2)
    curtain.location = (rail, -d / 2 + 0.15 + random.uniform(0.0, 0.6), 0)
    bar = [(shapes.rod((rail, -d / 2, RAIL_M), (rail, d * 0.1, RAIL_M), 0.014), material("metal")),
           (shapes.rod((rail, d * 0.1, RAIL_M), (rail, d * 0.1, HEIGHT_M), 0.012), material("metal"))]
    mesh_objects.compound(scene, "curtain rail", bar)
