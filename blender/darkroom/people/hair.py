"""Hair as a shell over the skull, by style."""

import numpy as np

from . import body as parts
from .implicit_surface import Capsule

STYLES = ("short", "short", "cropped", "bob", "long", "bun", "bald")
"""Linear RGB."""
COLOURS = (
    (0.010, 0.008, 0.007), (0.022, 0.013, 0.009), (0.05, 0.026, 0.014), (0.11, 0.055, 0.025),
    (0.30, 0.19, 0.08), (0.20, 0.065, 0.025), (0.33, 0.32, 0.31), (0.58, 0.57, 0.55),
)


def style_of(random, shape):
    if shape > 0.5:
        return random.choice(("bob", "long", "long", "bun", "short"))
    return random.choice(("short", "short", "cropped", "short", "bald"))


def hair_layer(body, joints, style):
    if style == "bald":
        return []
    at = parts.head_point(body, joints)
    s = body.head / 0.2236
    grown = {"cropped": 0.005, "short": 0.012, "bun": 0.009}.get(style, 0.015)
    layer = [
        Capsule(at(0, -0.030, 0.116), at(0, 0.014, 0.118), (0.080 + grown) * s, (0.077 + grown) * s),
        Capsule(at(0, -0.035, 0.10), at(0, -0.032, 0.055), (0.068 + grown) * s, (0.055 + grown) * s),
    ]
    if style in ("bob", "long"):
        bottom = 0.0 if style == "bob" else -0.13
        for x in (-1, 1):
            layer.append(
                Capsule(at(x * 0.045, -0.02, 0.10), at(x * 0.062, -0.025, bottom), 0.048 * s, 0.034 * s)
            )
        layer.append(Capsule(at(0, -0.045, 0.10), at(0, -0.065, bottom - 0.01), 0.060 * s, 0.042 * s))
    if style == "bun":
        layer.append(Capsule(at(0, -0.118, 0.135), at(0, -0.128, 0.14), 0.036 * s, 0.034 * s))
    return layer


def face_region(body, joints, style):
    """(x, y, z) → distance to the region before the face that hair leaves free, negative inside."""
    base, frame = joints.places["skull"], joints.frames["head"]
    s = body.head / 0.2236
    hairline = 0.152 if style in ("cropped", "short") else 0.145
    half = 0.2 if style in ("cropped", "short", "bun") else 0.066

    def inside(x, y, z):
        px, py, pz = x - base[0], y - base[1], z - base[2]
        own = [px * frame[0, i] + py * frame[1, i] + pz * frame[2, i] for i in range(3)]
        # Before a plane that leans back towards the top, below the hairline, between the strands.
        front = 0.012 * s + 0.25 * (own[2] - 0.08 * s) - own[1]
        below = own[2] - hairline * s
        return np.maximum(np.maximum(front, below), np.abs(own[0]) - half * s)

    return inside
