"""Hands: a palm, four fingers and a thumb, closed as far as the grip says."""

import numpy as np

from .implicit_surface import Tube
from .skeleton import turn_y

"""From the index to the little finger, at a height of 1.72 m: place across the palm, length, radius (metres)."""
FINGERS = ((0.031, 0.072, 0.0090), (0.010, 0.080, 0.0093), (-0.011, 0.074, 0.0088), (-0.030, 0.058, 0.0078))
PALM_M = 0.092


def hand(body, joints, side, grip):
    """Tubes of a hand: the palm's first, then the fingers'. The palm faces the body, the thumb points forward.
    @param grip 0 = flat, 1 = a fist"""
    size = body.height / 1.72
    sign = -1 if side == "left" else 1
    frame, wrist = joints.frames[f"hand_{side}"], joints.places[f"wrist_{side}"]

    def at(x, y, z):
        """x: from the back of the hand to the palm"""
        return tuple(float(v) for v in wrist + frame @ np.array([-sign * x, y, z]) * size)

    wide = tuple(float(v) for v in frame[:, 1])
    parts = [
        Tube(at(0, 0, 0.012), at(0.002, 0.002, -0.04), *_scaled(size, 0.027, 0.040, 0.023, 0.018), wide),
        Tube(at(0.002, 0.002, -0.04), at(0.003, 0.001, -PALM_M + 0.008), *_scaled(size, 0.040, 0.041, 0.018, 0.0135), wide),
    ]
    for across, length, radius in FINGERS:
        place = np.array([0.003, across, -PALM_M])
        start = at(*place)
        bend = 0.0
        for share, least, most, slim in ((0.42, 8, 68, 1.0), (0.32, 12, 92, 0.92), (0.26, 8, 58, 0.82)):
            bend += least + (most - least) * grip
            place = place + _pointing(across * 3, bend) * length * share
            end = at(*place)
            parts.append(Tube(start, end, radius * slim * size, radius * slim * 0.93 * size))
            start = end
    tip = (0.022 + 0.02 * grip, 0.052 - 0.022 * grip, -0.095)
    parts.append(Tube(at(0.008, 0.024, -0.022), at(0.016, 0.045, -0.062), 0.0155 * size, 0.0115 * size))
    parts.append(Tube(at(0.016, 0.045, -0.062), at(*tip), 0.0112 * size, 0.0088 * size))
    return parts


def _pointing(spread, bend_degrees):
    """[3] the direction of a finger that points down, bent towards the palm (+x)."""
    return turn_y(-min(bend_degrees, 170)) @ np.array([0.0, spread, -1.0])


def _scaled(size, *values):
    return tuple(value * size for value in values)
