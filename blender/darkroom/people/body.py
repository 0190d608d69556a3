"""The bare body as capsules, by part: trunk, arms, legs, head."""

import numpy as np

from .implicit_surface import Capsule


def trunk(body, joints):
    waist, chest = (joints.frames[name] for name in ("waist", "chest"))
    places = joints.places
    g = body.girth
    parts = [
        *hips(body, joints),
        _across(places["waist"] + waist @ np.array([0, 0.0, 0.03]), waist, g("waist_width"), g("waist")),
        _across(
            places["chest"] + chest @ np.array([0, 0.0, 0.13 * body.spine]), chest, g("chest_width"), g("chest")
        ),
        _across(places["neck"] + chest @ np.array([0, 0.0, -0.085]), chest, g("chest_width") * 0.93, g("chest") * 0.8),
    ]
    belly = places["waist"] + waist @ np.array([0, 0.035 + 0.03 * body.build, 0.01])
    parts.append(Capsule(_t(belly), _t(belly), g("belly"), g("belly")))
    for side in (-1, 1):
        bust = places["chest"] + chest @ np.array([side * 0.068, 0.045 + 0.022 * body.shape, 0.17 * body.spine])
        parts.append(Capsule(_t(bust), _t(bust), g("bust"), g("bust")))
        slope = places["neck"] + chest @ np.array([side * 0.03, -0.01, 0.0])
        shoulder = places["shoulder_left" if side < 0 else "shoulder_right"] + chest @ np.array([0, 0, 0.012])
        parts.append(Capsule(_t(slope), _t(shoulder), g("neck") * 0.95, g("shoulder") * 0.86))
    return parts


def hips(body, joints):
    pelvis, place = joints.frames["pelvis"], joints.places["pelvis"]
    g = body.girth
    parts = [_across(place + pelvis @ np.array([0, -0.012, 0.02]), pelvis, g("hips_width"), g("hips"))]
    for side in (-1, 1):
        seat = place + pelvis @ np.array([side * 0.07, -0.055, -0.02])
        parts.append(Capsule(_t(seat), _t(seat), g("hips") * 0.8, g("hips") * 0.8))
    return parts


def neck(body, joints):
    places = joints.places
    top = places["skull"] + joints.frames["head"] @ np.array([0, 0.0, 0.04])
    return [Capsule(_t(places["neck"] - np.array([0, 0, 0.03])), _t(top), body.girth("neck"), body.girth("neck") * 0.93)]


def arm(body, joints, side):
    """Shoulder to wrist: upper arm in two capsules (a muscle's bulge), then the forearm."""
    places, g = joints.places, body.girth
    shoulder, elbow, wrist = (places[f"{name}_{side}"] for name in ("shoulder", "elbow", "wrist"))
    belly = shoulder + 0.45 * (elbow - shoulder)
    bulge = elbow + 0.28 * (wrist - elbow)
    return [
        Capsule(_t(shoulder), _t(belly), g("shoulder"), g("upper_arm")),
        Capsule(_t(belly), _t(elbow), g("upper_arm"), g("elbow")),
        Capsule(_t(elbow), _t(bulge), g("elbow"), g("forearm")),
        Capsule(_t(bulge), _t(wrist), g("forearm"), g("wrist")),
    ]


def hand(body, joints, side):
    places = joints.places
    frame = joints.frames[f"hand_{side}"]
    sign = 1 if side == "left" else -1
    wrist, tip = places[f"wrist_{side}"], places[f"hand_{side}"]
    palm = wrist + 0.45 * (tip - wrist)
    size = body.height / 1.72
    # The palm faces the body: thin along the body's x.
    normal = _t(frame @ np.array([1.0, 0, 0]))
    thumb = wrist + 0.3 * (tip - wrist) + frame @ np.array([0.2 * sign, 1, 0]) * 0.042 * size
    thumb_root = wrist + 0.15 * (tip - wrist)
    return [
        Capsule(_t(wrist), _t(palm), 0.030 * size, 0.043 * size, normal, 0.55),
        Capsule(_t(palm), _t(wrist + 0.85 * (tip - wrist)), 0.043 * size, 0.033 * size, normal, 0.5),
        Capsule(_t(thumb_root), _t(thumb), 0.018 * size, 0.014 * size),
    ]


def leg(body, joints, side):
    places, g = joints.places, body.girth
    hip, knee, ankle = (places[f"{name}_{side}"] for name in ("hip", "knee", "ankle"))
    calf = knee + 0.3 * (ankle - knee)
    behind = joints.frames[f"foot_{side}"] @ np.array([0, -0.012, 0])
    return [
        Capsule(_t(hip), _t(knee), g("thigh"), g("knee")),
        Capsule(_t(knee), _t(calf + behind), g("knee"), g("calf")),
        Capsule(_t(calf + behind), _t(ankle), g("calf"), g("ankle")),
    ]


def foot(body, joints, side):
    places = joints.places
    size = body.height / 1.72
    heel, toe, ankle = (places[f"{name}_{side}"] for name in ("heel", "toe", "ankle"))
    up = joints.frames[f"foot_{side}"] @ np.array([0, 0, 1.0])
    ball = heel + 0.72 * (toe - heel)
    return [
        Capsule(_t(heel + 0.012 * up), _t(ball), 0.040 * size, 0.046 * size, _t(up), 0.75),
        Capsule(_t(ball), _t(toe), 0.046 * size, 0.036 * size, _t(up), 0.62),
        Capsule(_t(ankle), _t(heel + 0.45 * (toe - heel)), 0.040 * size, 0.036 * size),
    ]


def head(body, joints):
    """Skull, jaw, cheeks, nose and ears, in the frame of the head."""
    at = head_point(body, joints)
    s = body.head / 0.2236
    ears = [
        Capsule(at(x, -0.006, 0.058), at(x * 1.06, -0.012, 0.088), 0.015 * s, 0.020 * s, at.direction(1, 0, 0), 0.5)
        for x in (-0.079, 0.079)
    ]
    return [
        Capsule(at(0, -0.028, 0.112), at(0, 0.022, 0.112), 0.080 * s, 0.078 * s),
        Capsule(at(0, 0.026, 0.075), at(0, 0.034, 0.03), 0.066 * s, 0.052 * s),
        Capsule(at(-0.02, 0.055, 0.006), at(0.02, 0.055, 0.006), 0.033 * s, 0.033 * s),
        Capsule(at(0, 0.099, 0.078), at(0, 0.110, 0.056), 0.009 * s, 0.014 * s),
        *ears,
    ]


def head_point(body, joints):
    """A function from the head's own coordinates (metres at a head of 22.4 cm) to places, with `.direction`."""
    base, frame = joints.places["skull"], joints.frames["head"]
    scale = body.head / 0.2236

    def at(x, y, z):
        return _t(base + frame @ np.array([x, y, z]) * scale)

    at.direction = lambda x, y, z: _t(frame @ np.array([x, y, z], dtype=float))
    return at


def _across(centre, frame, width, radius):
    """A capsule from side to side."""
    reach = frame @ np.array([max(0.0, width - radius), 0, 0])
    return Capsule(_t(centre - reach), _t(centre + reach), radius, radius)


def _t(vector):
    return tuple(float(value) for value in vector)
