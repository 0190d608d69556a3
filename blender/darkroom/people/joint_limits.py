"""How far joints go: the usual active ranges of healthy adults (AAOS 1965), in the angles of skeleton.Pose."""

from dataclasses import replace

"""Degrees, lowest and highest."""
LIMITS = {
    "hip_flexion": (-25, 120), "hip_abduction": (-20, 45), "knee": (0, 140), "ankle": (-48, 28),
    "spine_bend": (-28, 78), "spine_turn": (-44, 44), "spine_lean": (-34, 34),
    "head_nod": (-48, 44), "head_turn": (-72, 72), "head_tilt": (-40, 40),
    "shoulder_flexion": (-52, 172), "shoulder_abduction": (-8, 165), "shoulder_rotation": (-70, 70),
    "elbow": (0, 148),
}


def within_limits(pose):
    """The pose with every angle brought into its range."""
    changed = {}
    for name, (low, high) in LIMITS.items():
        value = getattr(pose, name)
        if value is None:
            continue
        clip = lambda angle: max(low, min(high, angle))  # noqa: E731
        changed[name] = tuple(clip(angle) for angle in value) if isinstance(value, tuple) else clip(value)
    return replace(pose, **changed)
