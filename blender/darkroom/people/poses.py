"""Poses with natural variation. Every one is a function of its stream."""

from .skeleton import Pose

NAMES = ("standing", "walking", "reaching", "bending", "sitting", "lying")


def pose_of(name, random, support_height=0.0):
    """@param support_height of the seat or the bed above the floor
    @raises KeyError for a name that is not in NAMES"""
    return MAKERS[name](random, support_height)


def _around(random, value, spread):
    return value + random.uniform(-spread, spread)


def _pair(random, value, spread):
    return (_around(random, value, spread), _around(random, value, spread))


def _standing(random, _height):
    flexion, elbow = _pair(random, 4, 10), _pair(random, 18, 14)
    abduction = _pair(random, 11, 4)
    habit = random.next()
    if habit < 0.2:  # hands on the hips
        abduction, elbow, flexion = (42, 42), (82, 82), (-22, -22)
    elif habit < 0.4:  # one hand up: a phone, a cup
        flexion, elbow = (_around(random, 25, 15), flexion[1]), (_around(random, 105, 25), elbow[1])
    elif habit < 0.55:  # both hands before the body
        flexion, elbow, abduction = _pair(random, 22, 6), _pair(random, 70, 15), (4, 4)
    weight = random.uniform(-1, 1)
    return Pose(
        "standing",
        hip_flexion=_pair(random, 3, 5), hip_abduction=_pair(random, 6, 3), knee=_pair(random, 6, 5),
        spine_bend=_around(random, 4, 5), spine_turn=_around(random, 0, 12), spine_lean=3 * weight,
        head_nod=_around(random, 8, 12), head_turn=_around(random, 0, 35),
        shoulder_flexion=flexion, shoulder_abduction=abduction, elbow=elbow,
    )


def _walking(random, _height):
    stride = random.uniform(16, 28)
    lead = 1 if random.next() < 0.5 else -1
    hip, arm = (stride * lead, -stride * 0.8 * lead), (-stride * lead, stride * lead)
    knee = (12, 30) if lead > 0 else (30, 12)
    return Pose(
        "walking",
        hip_flexion=hip, hip_abduction=(2, 2), knee=knee, ankle=(2, 18) if lead > 0 else (18, 2),
        spine_bend=_around(random, 6, 4), spine_turn=-8 * lead, head_nod=_around(random, 6, 8),
        head_turn=_around(random, 0, 20),
        shoulder_flexion=arm, shoulder_abduction=_pair(random, 11, 3), elbow=_pair(random, 32, 14),
    )


def _reaching(random, _height):
    high = random.uniform(70, 150)
    other = _around(random, 5, 8)
    left = random.next() < 0.5
    return Pose(
        "reaching",
        hip_flexion=_pair(random, 4, 4), knee=_pair(random, 5, 4),
        spine_bend=_around(random, 6, 8), spine_turn=_around(random, 0, 15),
        head_nod=_around(random, 0, 12), head_turn=_around(random, 0, 20),
        shoulder_flexion=(high, other) if left else (other, high), shoulder_abduction=_pair(random, 12, 4),
        elbow=(random.uniform(5, 45), 20) if left else (20, random.uniform(5, 45)),
    )


def _bending(random, _height):
    bend = random.uniform(35, 75)
    return Pose(
        "bending",
        hip_flexion=_pair(random, bend * 0.75, 4), knee=_pair(random, bend * 0.55, 6),
        root_pitch=-bend * 0.5, spine_bend=bend * 0.65,
        head_nod=_around(random, -5, 10), head_turn=_around(random, 0, 20),
        shoulder_flexion=_pair(random, 60, 20), shoulder_abduction=_pair(random, 8, 5), elbow=_pair(random, 25, 15),
    )


def _sitting(random, height):
    on_lap = random.next() < 0.7
    arms = _pair(random, 28, 8) if on_lap else _pair(random, 45, 15)
    return Pose(
        "sitting",
        hip_flexion=_pair(random, 86, 5), hip_abduction=_pair(random, 7, 5), knee=_pair(random, 84, 12),
        spine_bend=_around(random, 6, 10), spine_turn=_around(random, 0, 10),
        head_nod=_around(random, 10, 14), head_turn=_around(random, 0, 35),
        shoulder_flexion=arms, shoulder_abduction=_pair(random, 8, 4), elbow=_pair(random, 58, 16),
        support="seat", support_height=height,
    )


def _lying(random, height):
    raised = random.next() < 0.35
    return Pose(
        "lying",
        hip_flexion=(random.uniform(30, 50), 4) if raised else _pair(random, 4, 4),
        hip_abduction=_pair(random, 7, 4), knee=(random.uniform(60, 85), 4) if raised else _pair(random, 6, 5),
        ankle=(-25, -25), spine_bend=_around(random, 4, 4), head_nod=_around(random, 12, 10),
        head_turn=_around(random, 0, 30), shoulder_flexion=_pair(random, 8, 8),
        shoulder_abduction=_pair(random, 14, 6), elbow=_pair(random, 25, 20),
        root_pitch=90, support="back", support_height=height,
    )


MAKERS = {
    "standing": _standing, "walking": _walking, "reaching": _reaching, "bending": _bending,
    "sitting": _sitting, "lying": _lying,
}
