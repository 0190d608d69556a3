"""The bare body below the head as tubes and balls, by part. Each part in the frame of its bone."""

import numpy as np

from .implicit_surface import Ball, Tube
from .skeleton import SIDES


def trunk(body, joints):
    """From the hips to the slope of the shoulders."""
    chest, places, g = joints.frames["chest"], joints.places, body.girth
    spine = body.spine
    at = lambda name, bone, x, y, z: places[name] + joints.frames[bone] @ np.array([x, y, z])  # noqa: E731
    sections = (
        (at("pelvis", "pelvis", 0, -0.012, -0.01), g("hips_width"), g("hips"), "pelvis"),
        (at("pelvis", "pelvis", 0, -0.004, 0.16 * spine), g("hips_width") * 0.94, g("hips") * 0.96, "pelvis"),
        (at("waist", "waist", 0, 0.002, 0.12 * spine), g("waist_width"), g("waist"), "waist"),
        (at("chest", "chest", 0, 0.0, 0.08 * spine), g("chest_width") * 0.96, g("chest") * 0.96, "chest"),
        (at("chest", "chest", 0, 0.0, 0.26 * spine), g("chest_width"), g("chest"), "chest"),
        (at("neck", "chest", 0, -0.008, -0.115 * spine), g("shoulders_width"), g("chest") * 0.76, "chest"),
    )
    parts = []
    for (low, low_width, low_depth, _), (high, high_width, high_depth, bone) in zip(sections, sections[1:]):
        # The domes at the ends are as flat as the trunk is deep.
        parts.append(Tube(_t(low), _t(high), low_width, high_width, low_depth, high_depth, _t(joints.frames[bone][:, 0])))
    parts += seat(body, joints)
    belly = at("waist", "waist", 0, 0.028 + 0.035 * body.build, 0.01)
    parts.append(Ball(_t(belly), (g("belly") * 1.15, g("belly"), g("belly") * 1.2), _f(joints.frames["waist"])))
    for side, sign in SIDES:
        bust = at("chest", "chest", sign * 0.07 * body.height / 1.72, 0.05 * body.height / 1.72, 0.20 * spine)
        size = g("bust") * (0.75 + 0.25 * min(1.0, body.shape * 1.4))
        parts.append(Ball(_t(bust), (size * 1.1, size, size), _f(chest)))
        slope = at("neck", "chest", sign * 0.028, -0.012, 0.03 * spine)
        shoulder = places[f"shoulder_{side}"] + chest @ np.array([0, -0.004, 0.008])
        parts.append(Tube(_t(slope), _t(shoulder), g("neck") * 0.82, g("shoulder") * 0.86))
        blade = at("chest", "chest", sign * 0.075, -0.045, 0.25 * spine)
        parts.append(Ball(_t(blade), (0.07, 0.055, 0.09), _f(chest)))
    return parts


def hips(body, joints):
    """What trousers cover of the trunk."""
    return trunk(body, joints)[:2] + seat(body, joints)


def seat(body, joints):
    pelvis, place, g = joints.frames["pelvis"], joints.places["pelvis"], body.girth
    parts = []
    for _, sign in SIDES:
        cheek = place + pelvis @ np.array([sign * 0.074 * body.height / 1.72, -0.045, -0.012])
        size = g("hips")
        parts.append(Ball(_t(cheek), (size * 0.80, size * 0.78, size * 0.92), _f(pelvis)))
    return parts


def neck(body, joints):
    places, head, chest = joints.places, joints.frames["head"], joints.frames["chest"]
    s = body.head / 0.2236
    top = places["skull"] + head @ np.array([0, -0.022, 0.045]) * s
    base = places["neck"] + chest @ np.array([0, -0.008, -0.02])
    g = body.girth("neck")
    return [Tube(_t(base), _t(top), g * 1.06, g * 0.96)]


def arm(body, joints, side):
    """Shoulder to wrist: deltoid, upper arm in two tubes, forearm in two."""
    places, g = joints.places, body.girth
    shoulder, elbow, wrist = (places[f"{name}_{side}"] for name in ("shoulder", "elbow", "wrist"))
    upper, fore = joints.frames[f"upper_arm_{side}"], joints.frames[f"forearm_{side}"]
    middle = shoulder + 0.48 * (elbow - shoulder) + upper @ np.array([0, 0.004, 0])
    bulge = elbow + 0.26 * (wrist - elbow)
    wide = _t(fore[:, 1])
    return [
        Tube(_t(shoulder), _t(middle), g("shoulder"), g("upper_arm")),
        Tube(_t(middle), _t(elbow), g("upper_arm"), g("elbow")),
        Tube(_t(elbow), _t(bulge), g("elbow"), g("forearm")),
        Tube(_t(bulge), _t(wrist), g("forearm"), g("wrist") * 1.12, g("forearm") * 0.94, g("wrist") * 0.86, wide),
    ]


def leg(body, joints, side):
    places, g = joints.places, body.girth
    hip, knee, ankle = (places[f"{name}_{side}"] for name in ("hip", "knee", "ankle"))
    thigh, shin = joints.frames[f"thigh_{side}"], joints.frames[f"shin_{side}"]
    middle = hip + 0.4 * (knee - hip) + thigh @ np.array([0, 0.006, 0])
    calf = knee + 0.3 * (ankle - knee) + shin @ np.array([0, -0.014, 0])
    return [
        Tube(_t(hip), _t(middle), g("thigh"), g("thigh") * 0.93),
        Tube(_t(middle), _t(knee), g("thigh") * 0.93, g("knee")),
        Tube(_t(knee), _t(calf), g("knee"), g("calf")),
        Tube(_t(calf), _t(ankle), g("calf"), g("ankle")),
    ]


def foot(body, joints, side):
    """Heel, instep and toes; the first is the ankle's."""
    places = joints.places
    size = body.height / 1.72
    heel, toe, ankle = (places[f"{name}_{side}"] for name in ("heel", "toe", "ankle"))
    frame = joints.frames[f"foot_{side}"]
    right, up = _t(frame[:, 0]), frame[:, 2]
    ball = heel + 0.74 * (toe - heel)
    instep = heel + 0.42 * (toe - heel) + 0.012 * size * up
    return [
        Tube(_t(ankle), _t(instep), 0.036 * size, 0.036 * size, 0.038 * size, 0.030 * size, right),
        Tube(_t(heel), _t(ball), 0.033 * size, 0.045 * size, 0.034 * size, 0.026 * size, right),
        Tube(_t(ball), _t(toe), 0.045 * size, 0.034 * size, 0.026 * size, 0.019 * size, right),
    ]


def _t(vector):
    return tuple(float(value) for value in vector)


def _f(frame):
    return tuple(_t(row) for row in frame)
