"""Garments: the parts of the body that they cover, grown by the cloth's looseness, with hems and necklines cut."""

import numpy as np

from . import body as parts
from .implicit_surface import Tube, carve, cut_away, melt
from .skeleton import SIDES

"""How far cloth stands off the skin, metres."""
LOOSENESS = {"t-shirt": 0.015, "shirt": 0.017, "jumper": 0.020, "vest": 0.011, "scrubs": 0.021, "gown": 0.025,
             "pyjamas": 0.021, "coat": 0.034, "jacket": 0.030, "lab coat": 0.030}
"""Share of the arm that sleeves cover: 1 = to the elbow, 2 = to the wrist."""
SLEEVES = {"t-shirt": 0.55, "shirt": 1.96, "jumper": 1.97, "vest": 0.0, "scrubs": 0.6, "gown": 0.75, "pyjamas": 1.9,
           "coat": 1.97, "jacket": 1.97, "lab coat": 1.95}
"""Where the top ends over the hip joints, as a share of the spine."""
HEMS = {"t-shirt": -0.09, "shirt": -0.12, "jumper": -0.10, "vest": -0.05, "scrubs": -0.17, "pyjamas": -0.17,
        "jacket": -0.10}
SOFTNESS_M = 0.022


def top_field(grid, field, body, joints, outfit):
    loose, over_waistband = LOOSENESS[outfit.top], 0.012
    worn_below = outfit.over != "none"
    if worn_below:
        # Or it would come out through the coat.
        loose, over_waistband = min(loose, 0.5 * LOOSENESS[outfit.over]), 0.004
    melt(grid, field, [part.inflated(loose) for part in parts.trunk(body, joints)], 0.035)
    long = outfit.bottom == "dress"
    if long:
        melt(grid, field, skirt(body, joints, outfit.length, loose, 0.05), 0.03)
    else:
        if not outfit.tucked:
            # Over the waistband.
            melt(grid, field, [part.inflated(loose + over_waistband) for part in parts.hips(body, joints)], 0.03)
        share = 0.10 if outfit.tucked else HEMS[outfit.top]
        cut_below(grid, field, joints, share * body.spine)
    neckline(grid, field, body, joints, {"t-shirt": 0.075, "vest": 0.10, "gown": 0.085}.get(outfit.top, 0.062))
    if outfit.top in ("scrubs", "pyjamas"):
        v_neck(grid, field, body, joints, 0.085, 0.16)
    if not worn_below:
        melt(grid, field, sleeves(body, joints, SLEEVES[outfit.top], loose), 0.02)
    if outfit.top == "shirt":
        melt(grid, field, collar(body, joints), 0.004)


def over_field(grid, field, body, joints, outfit):
    """Coats and jackets, open at the front."""
    loose = LOOSENESS[outfit.over]
    melt(grid, field, [part.inflated(loose) for part in parts.trunk(body, joints)], 0.04)
    if outfit.over == "jacket":
        cut_below(grid, field, joints, HEMS["jacket"] * body.spine)
    else:
        melt(grid, field, skirt(body, joints, 0.35 if outfit.over == "coat" else 0.5, loose, 0.03), 0.03)
    neckline(grid, field, body, joints, 0.080)
    front_opening(grid, field, body, joints, 0.014 if outfit.over == "coat" else 0.035)
    melt(grid, field, sleeves(body, joints, SLEEVES[outfit.over], loose * 0.85), 0.02)


def bottom_field(grid, field, body, joints, outfit):
    loose = 0.013
    if outfit.bottom == "skirt":
        layer = [part.inflated(loose) for part in parts.hips(body, joints)] + skirt(body, joints, outfit.length, loose, 0.05)
        melt(grid, field, layer, 0.03)
    else:
        melt(grid, field, [part.inflated(loose) for part in parts.hips(body, joints)], 0.03)
        wide = 0.012 if outfit.top in ("scrubs", "pyjamas") else 0.004
        for side, _ in SIDES:
            upper, lower, shin, calf = parts.leg(body, joints, side)
            if outfit.bottom == "shorts":
                melt(grid, field, [upper.inflated(loose, 0.02), lower.shortened(0.55).inflated(0.02, 0.034)], SOFTNESS_M)
                continue
            legs = [upper.inflated(loose, 0.012), lower.inflated(0.012, 0.014 + wide), shin.inflated(0.014 + wide, 0.008 + wide)]
            melt(grid, field, [*legs, calf.shortened(0.96).inflated(0.008 + wide, 0.026 + wide)], SOFTNESS_M)
    frame, place = joints.frames["pelvis"], joints.places["pelvis"]
    waistband = place + frame[:, 2] * 0.235 * body.spine
    _cut(grid, field, frame[:, 2], waistband, above=True)


def shoe_field(grid, field, body, joints, outfit):
    size = body.height / 1.72
    for side, _ in SIDES:
        ankle, heel, toe = parts.foot(body, joints, side)
        frame = joints.frames[f"foot_{side}"]
        if outfit.shoes == "socks":
            shin = parts.leg(body, joints, side)[3]
            sock = Tube(shin.b, tuple(np.array(shin.b) + 0.32 * (np.array(shin.a) - shin.b)), shin.width_b + 0.003, shin.width_b + 0.013, cut=True)
            melt(grid, field, [part.inflated(0.004) for part in (ankle, heel, toe)] + [sock], 0.015)
            continue
        layer = [heel.inflated(0.008), toe.inflated(0.009, 0.007)]
        if outfit.shoes != "clogs":
            layer.append(ankle.inflated(0.007))
        if outfit.shoes == "boots":
            top = joints.places[f"ankle_{side}"] + joints.frames[f"shin_{side}"] @ np.array([0, 0, 0.13 * size])
            layer.append(Tube(ankle.a, tuple(top), 0.045 * size, 0.052 * size, cut=True))
        melt(grid, field, layer, 0.018)
        # Soles are flat.
        sole = joints.places[f"heel_{side}"] + frame @ np.array([0, 0, -0.45 * body.ankle])
        up, place = frame[:, 2], joints.places[f"ankle_{side}"]
        window = grid.window(place - 0.3 * size, place + 0.3 * size)
        if window is not None:
            x, y, z = grid.coordinates(window)
            below = float(up @ sole) - (x * up[0] + y * up[1] + z * up[2])
            reach = np.sqrt((x - place[0]) ** 2 + (y - place[1]) ** 2 + (z - place[2]) ** 2) - 0.3 * size
            np.maximum(field[window], np.where(reach < 0, below, field[window]).astype(np.float32), out=field[window])


def sleeves(body, joints, cover, loose):
    """@param cover 0 = none, 1 = to the elbow, 2 = to the wrist"""
    layer = []
    for side, _ in SIDES:
        if cover <= 0:
            continue
        upper, middle, fore, lower = parts.arm(body, joints, side)
        if cover <= 1:
            layer += [upper.inflated(loose * 0.7, loose), middle.shortened(max(0.05, cover * 2 - 0.96)).inflated(loose, loose * 1.3)]
            continue
        layer += [upper.inflated(loose * 0.7), middle.inflated(loose * 0.7, loose * 0.8), fore.inflated(loose * 0.8)]
        layer.append(lower.shortened(cover - 1).inflated(loose * 0.75, loose * 0.6))
    return layer


def skirt(body, joints, length, loose, flare):
    """Cloth from the hips along both thighs, filled between. @param length 0 = mid-thigh, 1 = shins"""
    places, g = joints.places, body.girth
    reach = 0.6 + 0.9 * length
    left_cheek, right_cheek = parts.seat(body, joints)
    # Cloth hangs over the seat; it does not follow it.
    around = left_cheek.radii[1] + 0.6 * loose
    layer, paths = [Tube(left_cheek.centre, right_cheek.centre, around, around)], {}
    for side, _ in SIDES:
        hip, knee, ankle = (places[f"{name}_{side}"] for name in ("hip", "knee", "ankle"))
        end = hip + min(reach, 1.0) * (knee - hip)
        paths[side] = [hip, end]
        thick = g("thigh") + loose
        wide = g("knee") + loose + flare * min(reach, 1.0) + (g("thigh") - g("knee")) * max(0.0, 1 - reach)
        thigh = Tube(tuple(hip), tuple(end), thick, wide, cut=reach <= 1)
        layer.append(thigh)
        if reach > 1:
            below = knee + (reach - 1) * (ankle - knee)
            layer.append(Tube(tuple(knee), tuple(below), wide, wide + 0.012, cut=True))
            paths[side].append(below)
    left, right = paths["left"], paths["right"]
    for index in range(len(left) - 1):
        down = left[index + 1] - left[index]
        for share in (0.15, 0.4, 0.65, 0.86):
            a = left[index] + share * (left[index + 1] - left[index])
            b = right[index] + share * (right[index + 1] - right[index])
            radius = thigh.width_a + (thigh.width_b - thigh.width_a) * (share if index == 0 else 1)
            near = float(np.linalg.norm(down)) * (1 - share)
            radius = min(radius * 0.95, near + 0.012) if index == len(left) - 2 else radius * 0.95
            layer.append(Tube(tuple(a), tuple(b), radius, radius))
    return layer


def collar(body, joints):
    """A ring around the neck, open at the front."""
    chest, place = joints.frames["chest"], joints.places["neck"]
    g = body.girth("neck")
    layer = []
    for start, end in zip(np.linspace(-155, 135, 9), np.linspace(-135, 155, 9)):
        points = []
        for angle in np.radians((start, end)):
            height = 0.020 - 0.022 * np.cos(angle - np.pi) ** 2 * (np.cos(angle) < 0)
            own = np.array([np.sin(angle) * (g + 0.016), -np.cos(angle) * (g + 0.018) + 0.004, height])
            points.append(tuple(float(v) for v in place + chest @ own))
        layer.append(Tube(points[0], points[1], 0.013, 0.013))
    return layer


def neckline(grid, field, body, joints, radius):
    chest = joints.frames["chest"]
    size = body.height / 1.72
    low = joints.places["neck"] + chest @ np.array([0, 0.018, 0.004]) * size
    top = joints.places["neck"] + chest @ np.array([0, 0.03, 0.16]) * size
    carve(grid, field, [Tube(tuple(low), tuple(top), radius * size, radius * 1.5 * size)], 0.006)


def v_neck(grid, field, body, joints, half_width, depth):
    """A wedge at the front, its tip `depth` below the neck."""
    _wedge(grid, field, body, joints, lambda z: half_width * (1 + z / depth), depth, 0.03)


def front_opening(grid, field, body, joints, half_width):
    """From the neck all the way down, wider at the chest and at the hem."""
    opening = lambda z: half_width + 0.045 * np.clip(1 + z / 0.22, 0, 1) + 0.05 * np.clip((-0.35 - z) / 0.5, 0, 1)  # noqa: E731
    _wedge(grid, field, body, joints, opening, 2.0, 0.02)


def _wedge(grid, field, body, joints, half_width, depth, front):
    chest, place, s = joints.frames["chest"], joints.places["neck"], body.height / 1.72

    def inside(x, y, z):
        px, py, pz = x - place[0], y - place[1], z - place[2]
        own = [(px * chest[0, i] + py * chest[1, i] + pz * chest[2, i]) / s for i in range(3)]
        region = np.maximum(np.abs(own[0]) - half_width(own[2]), front - own[1])
        return np.maximum(np.maximum(region, -depth - own[2]), own[2] - 0.12) * s

    cut_away(grid, field, inside)


def cut_below(grid, field, joints, height):
    """Ends a top at a height over the hip joints, before the sleeves are added: they may hang lower."""
    up = joints.frames["pelvis"][:, 2]
    _cut(grid, field, up, joints.places["pelvis"] + up * height, above=False)


def _cut(grid, field, up, place, above):
    """Takes away what lies above or below a plane. The wave in it keeps the hem from being ruled with a ruler."""
    sign = 1.0 if above else -1.0
    level = float(up @ place)

    def inside(x, y, z):
        wave = 0.004 * np.sin(x * 31) * np.cos(y * 27)
        return sign * (level - (x * up[0] + y * up[1] + z * up[2])) + wave

    cut_away(grid, field, inside)
