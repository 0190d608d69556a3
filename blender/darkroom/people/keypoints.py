"""COCO's 17 points of a body. No bpy."""

from .head import FACE_POINTS

LIMBS = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
"""In COCO's order. Left and right are the person's own."""
NAMES = (
    "nose", "left_eye", "right_eye", "left_ear", "right_ear",
    *(f"{side}_{limb}" for limb in LIMBS for side in ("left", "right")),
)
"""How deep below skin and cloth each lies, metres, at a height of 1.72 m."""
DEPTHS_M = {
    "nose": 0.03, "eye": 0.025, "ear": 0.035,
    "shoulder": 0.14, "elbow": 0.10, "wrist": 0.08, "hip": 0.22, "knee": 0.12, "ankle": 0.11,
}


def with_depth(points, height):
    """[4] by name: each point and how deep below the surface it lies. @param height of the body in metres"""
    return {
        name: (*point, DEPTHS_M[name.split("_")[-1]] * height / 1.72) for name, point in points.items()
    }


def keypoints_of(joints, head_place):
    """@param joints of the posed body @param head_place head.HeadPlace @returns [3] by name"""
    points = {name: tuple(head_place(*own)) for name, own in FACE_POINTS.items()}
    for limb in LIMBS:
        for side in ("left", "right"):
            points[f"{side}_{limb}"] = tuple(float(v) for v in joints.places[f"{limb}_{side}"])
    return {name: points[name] for name in NAMES}
