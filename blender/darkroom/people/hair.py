"""Hair as a shell over the skull, by style; caps and headscarves are cut as hair is."""

import numpy as np

STYLES = ("short", "parted", "cropped", "receding", "bob", "long", "bun", "ponytail", "curls", "bald", "cap")
"""Linear RGB."""
COLOURS = (
    (0.008, 0.007, 0.006), (0.014, 0.010, 0.008), (0.030, 0.018, 0.011), (0.055, 0.030, 0.017),
    (0.10, 0.055, 0.026), (0.24, 0.155, 0.07), (0.15, 0.05, 0.022),
)
GREYS = ((0.20, 0.20, 0.20), (0.42, 0.41, 0.40), (0.58, 0.57, 0.55))


def style_of(random, shape, age):
    if shape > 0.5:
        return random.choice(("bob", "long", "long", "bun", "ponytail", "curls", "short"))
    if age > 45 and random.chance(0.45):
        return random.choice(("receding", "bald", "cropped"))
    return random.choice(("short", "short", "parted", "cropped", "curls", "parted"))


def colour_of(random, age):
    grey = max(0.0, min(0.95, (age - 38) / 35))
    return random.choice(GREYS) if random.next() < grey else random.choice(COLOURS)


THICKNESS = {"cropped": 0.0045, "receding": 0.006, "bun": 0.008, "ponytail": 0.008, "parted": 0.014, "curls": 0.024,
             "cap": 0.013}


def hair_layer(at, style):
    """@param at the HeadPlace"""
    if style == "bald":
        return []
    grown = THICKNESS.get(style, 0.013)
    layer = [
        at.ball((0, -0.020, 0.119), (0.0745 + grown, 0.095 + grown, 0.0795 + grown)),
        at.ball((0, 0.018, 0.126), (0.064 + grown, 0.068 + grown * 0.8, 0.062 + grown)),
        at.tube((0, -0.040, 0.100), (0, -0.038, 0.052), 0.062 + grown, 0.050 + grown),
    ]
    if style == "parted":
        layer.append(at.tube((-0.022, 0.045, 0.180), (0.040, 0.052, 0.172), 0.020, 0.024))
    if style == "curls":
        for number in range(26):
            # A spiral over the skull's upper half.
            height = 1 - 0.95 * number / 26
            angle, reach = number * 2.4, np.sqrt(1 - height * height)
            place = (0.085 * reach * np.cos(angle), -0.020 + 0.104 * reach * np.sin(angle), 0.125 + 0.088 * height)
            layer.append(at.ball(place, (0.022, 0.022, 0.022)))
    if style in ("bob", "long"):
        bottom = -0.005 if style == "bob" else -0.13
        for x in (-1, 1):
            layer.append(at.tube((x * 0.052, -0.015, 0.11), (x * 0.066, -0.012, bottom), 0.040, 0.024, 0.046, 0.034))
        layer.append(at.tube((0, -0.048, 0.10), (0, -0.060, bottom - 0.01), 0.072, 0.066, 0.055, 0.034))
    if style == "bun":
        layer.append(at.ball((0, -0.122, 0.150), (0.036, 0.032, 0.034)))
    if style == "ponytail":
        layer.append(at.tube((0, -0.112, 0.135), (0, -0.138, 0.085), 0.022, 0.028))
        layer.append(at.tube((0, -0.138, 0.085), (0, -0.120, -0.05), 0.028, 0.012))
    return layer


def bare_region(at, style):
    """(x, y, z) → distance to what hair leaves free, the face and the neck; negative inside."""
    base, frame, s = at.base, at.frame, at.scale
    hairline = {"receding": 0.178, "cap": 0.140}.get(style, 0.153)
    loose = style in ("bob", "long")
    half = 0.068 if loose else 0.2

    def inside(x, y, z):
        px, py, pz = x - base[0], y - base[1], z - base[2]
        own = [(px * frame[0, i] + py * frame[1, i] + pz * frame[2, i]) / s for i in range(3)]
        if style == "cap":
            return (own[2] - 0.122 - 0.12 * own[1]) * s
        # Before a plane that leans back upwards, below a hairline that is higher at the temples.
        line = hairline + 0.006 * np.cos(own[0] * 60) - 0.2 * np.maximum(np.abs(own[0]) - 0.05, 0)
        front = 0.026 + 0.30 * (own[2] - 0.10) - own[1]
        face = np.maximum(np.maximum(front, own[2] - line), np.abs(own[0]) - half)
        if style == "receding":
            crown = 0.055 - np.hypot(own[0], own[1] - 0.02) + 0.6 * (0.20 - own[2])
            face = np.minimum(face, np.maximum(-crown, 0.14 - own[2]))
        if loose:
            return face * s
        # Around the ear, and down to a line on the neck.
        ear = np.hypot((own[1] - 0.004) / 1.0, (own[2] - 0.070) / 1.25) - 0.031
        ear = np.maximum(ear, 0.055 - np.abs(own[0]))
        nape = own[2] - (0.030 if style not in ("bun", "ponytail") else 0.045)
        tail = own[1] + 0.105 if style == "ponytail" else np.float32(-1.0)
        return np.minimum(np.minimum(face, ear), np.maximum(nape, -tail)) * s

    return inside
