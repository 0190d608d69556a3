"""Where points of a posed body lie on the body at rest: patterns and folds stay on the cloth, whatever the pose.
The inverse of linear blend skinning (Magnenat-Thalmann et al. 1988), with weights out of the distance to bones."""

import numpy as np

from .skeleton import SIDES

"""Bones by their ends, and about how thick the body is around them (metres): a sleeve beside the trunk belongs to the
arm, the trunk beside an arm to the trunk."""
_ENDS = [("pelvis", "pelvis", "waist", 0.14), ("waist", "waist", "chest", 0.13), ("chest", "chest", "neck", 0.14)]
for _side, _ in SIDES:
    _ENDS += [
        (f"thigh_{_side}", f"hip_{_side}", f"knee_{_side}", 0.085),
        (f"shin_{_side}", f"knee_{_side}", f"ankle_{_side}", 0.055),
        (f"upper_arm_{_side}", f"shoulder_{_side}", f"elbow_{_side}", 0.05),
        (f"forearm_{_side}", f"elbow_{_side}", f"wrist_{_side}", 0.04),
    ]


def rest_places(points, joints, rest):
    """points [N, 3] around the posed `joints` → [N, 3] around the joints `rest`"""
    points = np.asarray(points, dtype=np.float32)
    total = np.zeros((len(points), 3), dtype=np.float32)
    weights = np.zeros(len(points), dtype=np.float32)
    for bone, start, end, thickness in _ENDS:
        a, b = joints.places[start].astype(np.float32), joints.places[end].astype(np.float32)
        axis = b - a
        from_start = points - a
        along = np.clip(from_start @ axis / max(float(axis @ axis), 1e-9), 0, 1)
        away = from_start - along[:, None] * axis
        squared = np.einsum("ij,ij->i", away, away) / thickness**2 + 0.05
        weight = 1.0 / (squared * squared * squared)
        turn = (joints.frames[bone] @ rest.frames[bone].T).astype(np.float32)
        total += weight[:, None] * (from_start @ turn + rest.places[start].astype(np.float32))
        weights += weight
    return total / weights[:, None]
