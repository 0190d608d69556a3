"""Poses with natural variation, inside the limits of joints. Every one is a function of its stream."""

from .joint_limits import LIMITS, within_limits
from .skeleton import Pose

NAMES = ("standing", "walking", "reaching", "bending", "sitting", "lying", "running", "crouching", "tending", "free")


def pose_of(name, random, support_height=0.0, recline=0.0):
    """@param support_height of the seat or the bed above the floor
    @param recline degrees by which the back of a bed is raised, for lying
    @raises ValueError for a name that is not in NAMES"""
    if name not in MAKERS:
        raise ValueError(f"there is no pose {name!r}; there are {', '.join(NAMES)}")
    pose = _lying(random, support_height, recline) if name == "lying" else MAKERS[name](random, support_height)
    return within_limits(pose)


def _around(random, value, spread):
    return value + random.uniform(-spread, spread)


def _pair(random, value, spread):
    return (_around(random, value, spread), _around(random, value, spread))


def _either(random, one, other):
    """The two in random order: (left, right)."""
    return (one, other) if random.next() < 0.5 else (other, one)


"""What an arm does while the rest of the body stands: flexion, abduction, rotation, elbow, grip; with spreads."""
ARMS = {
    "hanging": ((3, 8), (9, 4), (10, 12), (14, 10), (0.25, 0.15)),
    "before the belly": ((22, 8), (10, 5), (48, 10), (85, 14), (0.4, 0.2)),
    "on the hip": ((-12, 6), (40, 6), (35, 10), (88, 8), (0.4, 0.1)),
    "holding": ((28, 10), (8, 4), (15, 12), (82, 14), (0.75, 0.15)),
    "at the ear": ((48, 10), (28, 8), (50, 10), (135, 8), (0.7, 0.1)),
    "behind": ((-22, 6), (12, 4), (40, 10), (42, 14), (0.4, 0.1)),
    "pointing": ((62, 20), (14, 8), (5, 12), (18, 14), (0.4, 0.3)),
}


def _arms(random, wishes):
    """Both arms by weighted wishes. @returns arguments of Pose"""
    sides = []
    for _ in range(2):
        sides.append([_around(random, value, spread) for value, spread in ARMS[random.weighted(wishes)]])
    if random.next() < 0.25:
        sides[1] = [value + random.uniform(-3, 3) * (value > 1) for value in sides[0]]
    flexion, abduction, rotation, elbow, grip = zip(*sides)
    return {"shoulder_flexion": flexion, "shoulder_abduction": abduction, "shoulder_rotation": rotation,
            "elbow": elbow, "grip": tuple(max(0.0, min(1.0, value)) for value in grip)}


EVERYDAY = (("hanging", 6), ("before the belly", 1.5), ("on the hip", 0.8), ("holding", 1.2), ("at the ear", 0.5),
            ("behind", 0.7), ("pointing", 0.5))


def _standing(random, _height):
    # The weight on one leg: the other knee is bent a little.
    free = random.uniform(0, 16)
    left, right = _either(random, (free * 0.55, free), (0.0, 2.0))
    stride = random.uniform(2, 9)
    return Pose(
        "standing",
        hip_flexion=(left[0], right[0]), knee=(left[1], right[1]), hip_abduction=(stride, _around(random, stride, 2)),
        spine_bend=_around(random, 3, 6), spine_turn=_around(random, 0, 14), spine_lean=_around(random, 0, 3),
        head_nod=_around(random, 6, 14), head_turn=_around(random, 0, 38), head_tilt=_around(random, 0, 6),
        **_arms(random, EVERYDAY),
    )


def _walking(random, _height):
    lead = random.uniform(0.35, 1.0)
    forward, back = random.uniform(20, 32) * lead, -random.uniform(14, 24) * lead
    sides = random.next() < 0.5
    swing = random.uniform(14, 30) * lead
    order = lambda leading, trailing: (leading, trailing) if sides else (trailing, leading)  # noqa: E731
    arms = {}
    if random.chance(0.25):
        arms = _arms(random, (("holding", 2), ("hanging", 2), ("at the ear", 1)))
    else:
        arms = {"shoulder_flexion": order(-swing, swing), "shoulder_abduction": _pair(random, 8, 3),
                "elbow": order(random.uniform(10, 28), random.uniform(18, 42)), "grip": _pair(random, 0.4, 0.15)}
    return Pose(
        "walking",
        hip_flexion=order(forward, back), hip_abduction=(2, 2),
        knee=order(random.uniform(4, 14), random.uniform(8, 58) * lead), ankle=order(2, random.uniform(-20, 6)),
        spine_bend=_around(random, 5, 4), spine_turn=order(8, -8)[0] * lead, head_nod=_around(random, 6, 10),
        head_turn=_around(random, 0, 24), **arms,
    )


def _running(random, _height):
    sides = random.next() < 0.5
    order = lambda leading, trailing: (leading, trailing) if sides else (trailing, leading)  # noqa: E731
    return Pose(
        "running",
        hip_flexion=order(random.uniform(35, 60), -random.uniform(10, 28)), hip_abduction=(2, 2),
        knee=order(random.uniform(40, 85), random.uniform(20, 75)), ankle=(5, 5),
        spine_bend=_around(random, 12, 6), spine_turn=order(12, -12)[0], head_nod=_around(random, 0, 8),
        head_turn=_around(random, 0, 15), shoulder_flexion=order(-random.uniform(25, 50), random.uniform(20, 45)),
        shoulder_abduction=_pair(random, 12, 4), elbow=_pair(random, 88, 12), grip=_pair(random, 0.7, 0.2),
    )


def _reaching(random, _height):
    high, low = random.uniform(70, 155), _around(random, 5, 8)
    bent = random.uniform(5, 45)
    left, right = _either(random, (high, bent), (low, 20))
    return Pose(
        "reaching",
        hip_flexion=_pair(random, 4, 4), knee=_pair(random, 5, 4),
        spine_bend=_around(random, 4, 8), spine_turn=_around(random, 0, 15), spine_lean=_around(random, 0, 6),
        head_nod=_around(random, -5, 14), head_turn=_around(random, 0, 20),
        shoulder_flexion=(left[0], right[0]), shoulder_abduction=_pair(random, 12, 4),
        elbow=(left[1], right[1]), grip=_pair(random, 0.3, 0.2),
    )


def _bending(random, _height):
    bend = random.uniform(35, 75)
    return Pose(
        "bending",
        hip_flexion=_pair(random, bend * 0.75, 4), knee=_pair(random, bend * 0.55, 6),
        root_pitch=-bend * 0.5, spine_bend=bend * 0.65,
        head_nod=_around(random, -5, 10), head_turn=_around(random, 0, 20),
        shoulder_flexion=_pair(random, 60, 20), shoulder_abduction=_pair(random, 8, 5), elbow=_pair(random, 25, 15),
        grip=_pair(random, 0.4, 0.2),
    )


def _tending(random, _height):
    """At a bed or a table: leaning forward a little, both hands busy."""
    bend = random.uniform(8, 38)
    return Pose(
        "tending",
        hip_flexion=_pair(random, bend * 0.4, 3), knee=_pair(random, 6, 5), root_pitch=-bend * 0.35, spine_bend=bend * 0.6,
        spine_turn=_around(random, 0, 12), head_nod=_around(random, 16, 10), head_turn=_around(random, 0, 18),
        shoulder_flexion=_pair(random, 42 + bend * 0.3, 14), shoulder_abduction=_pair(random, 10, 6),
        shoulder_rotation=_pair(random, 14, 10), elbow=_pair(random, 48, 24), grip=_pair(random, 0.4, 0.2),
    )


def _crouching(random, _height):
    return Pose(
        "crouching",
        hip_flexion=_pair(random, 112, 8), hip_abduction=_pair(random, 14, 6), knee=_pair(random, 128, 8),
        root_pitch=-random.uniform(8, 20), ankle=_pair(random, 26, 4), spine_bend=_around(random, 26, 10),
        head_nod=_around(random, -6, 12), head_turn=_around(random, 0, 25), shoulder_flexion=_pair(random, 55, 16),
        shoulder_abduction=_pair(random, 10, 5), elbow=_pair(random, 45, 25), grip=_pair(random, 0.4, 0.2),
    )


def _sitting(random, height):
    lap = random.next() < 0.65
    arms = (
        {"shoulder_flexion": _pair(random, 24, 8), "shoulder_abduction": _pair(random, 8, 4),
         "shoulder_rotation": _pair(random, 22, 12), "elbow": _pair(random, 60, 14), "grip": _pair(random, 0.35, 0.15)}
        if lap else _arms(random, (("holding", 2), ("before the belly", 2), ("hanging", 1), ("at the ear", 0.6)))
    )
    return Pose(
        "sitting",
        hip_flexion=_pair(random, 86, 5), hip_abduction=_pair(random, 7, 5), knee=_pair(random, 84, 12),
        root_pitch=_around(random, 6, 6), spine_bend=_around(random, 8, 10), spine_turn=_around(random, 0, 10),
        head_nod=_around(random, 12, 14), head_turn=_around(random, 0, 35), head_tilt=_around(random, 0, 6),
        support="seat", support_height=height, **arms,
    )


def _lying(random, height, recline=0.0):
    on_side = recline < 15 and random.next() < 0.2
    raised = random.next() < 0.3
    legs = (
        {"hip_flexion": (random.uniform(30, 50), 4), "knee": (random.uniform(60, 85), 6)}
        if raised else {"hip_flexion": _pair(random, 4, 4), "knee": _pair(random, 6, 5)}
    )
    if on_side:
        legs = {"hip_flexion": _pair(random, 38, 16), "knee": _pair(random, 58, 18)}
    folded = random.next() < 0.45
    arms = (
        {"shoulder_flexion": _pair(random, 14, 5), "shoulder_abduction": _pair(random, 16, 4),
         "shoulder_rotation": _pair(random, 52, 8), "elbow": _pair(random, 80, 14)}
        if folded else
        {"shoulder_flexion": _pair(random, 5, 5), "shoulder_abduction": _pair(random, 17, 6),
         "shoulder_rotation": _pair(random, 12, 8), "elbow": _pair(random, 16, 12)}
    )
    tipped = 0.62 * recline
    hips = tuple(value + tipped for value in legs["hip_flexion"])
    return Pose(
        "lying",
        hip_flexion=hips, hip_abduction=_pair(random, 7, 4), knee=legs["knee"],
        ankle=(-25, -25), spine_bend=_around(random, 4, 4) + 0.38 * recline, head_nod=_around(random, 12, 8),
        head_turn=_around(random, 0, 30), grip=_pair(random, 0.3, 0.15), root_pitch=90 - tipped,
        root_roll=random.choice((-1, 1)) * random.uniform(60, 85) if on_side else 0.0,
        support="back", support_height=height, **arms,
    )


def _free(random, _height):
    """Any angles that the joints allow, the middle of their ranges more often than the ends."""
    def draw(name):
        low, high = LIMITS[name]
        return low + (high - low) * (random.next() + random.next()) / 2

    sided = ("hip_flexion", "hip_abduction", "knee", "shoulder_flexion", "shoulder_abduction", "shoulder_rotation", "elbow")
    single = ("spine_bend", "spine_turn", "spine_lean", "head_nod", "head_turn", "head_tilt")
    values = {name: (draw(name), draw(name)) for name in sided}
    # On its feet at least: legs near to standing.
    values["hip_flexion"] = tuple(value * 0.5 for value in values["hip_flexion"])
    values["knee"] = tuple(value * 0.35 for value in values["knee"])
    return Pose("free", **values, **{name: draw(name) * 0.7 for name in single}, grip=(random.next(), random.next()))


MAKERS = {
    "standing": _standing, "walking": _walking, "reaching": _reaching, "bending": _bending, "sitting": _sitting,
    "lying": _lying, "running": _running, "crouching": _crouching, "tending": _tending, "free": _free,
}
