"""Clothes: the capsules they cover, grown by the cloth's looseness. Colours are muted, as those of real clothes."""

from dataclasses import dataclass

import numpy as np

from . import body as parts
from .implicit_surface import Capsule

"""Linear RGB of everyday cloth, dark to light."""
CLOTH = {
    "navy": (0.018, 0.027, 0.065), "black": (0.012, 0.012, 0.013), "charcoal": (0.04, 0.042, 0.046),
    "grey": (0.16, 0.165, 0.17), "denim": (0.055, 0.095, 0.18), "light denim": (0.17, 0.25, 0.36),
    "white": (0.68, 0.68, 0.66), "cream": (0.56, 0.49, 0.37), "beige": (0.36, 0.28, 0.19),
    "brown": (0.085, 0.05, 0.028), "olive": (0.075, 0.085, 0.035), "forest": (0.02, 0.06, 0.035),
    "wine": (0.11, 0.016, 0.024), "brick": (0.26, 0.075, 0.045), "mustard": (0.42, 0.24, 0.04),
    "sky": (0.24, 0.38, 0.55), "teal": (0.03, 0.15, 0.17), "rose": (0.45, 0.2, 0.2),
    "lilac": (0.29, 0.22, 0.38), "mint": (0.3, 0.46, 0.38),
}
TOPS = ("navy", "black", "charcoal", "grey", "white", "cream", "olive", "forest", "wine", "brick", "mustard", "sky",
        "teal", "rose", "lilac", "mint", "light denim")
BOTTOMS = ("navy", "black", "charcoal", "grey", "denim", "light denim", "beige", "brown", "olive", "denim", "black")
SHOES = ("black", "brown", "white", "charcoal", "beige", "navy")
PATTERNS = ("plain", "plain", "plain", "stripes", "checks", "block", "buttons")


@dataclass(frozen=True)
class Outfit:
    """top: t-shirt, shirt, jumper, coat, gown; bottom: trousers, shorts, skirt, dress (the top goes on down)"""

    top: str
    bottom: str
    top_colour: str
    second_colour: str
    bottom_colour: str
    shoe_colour: str
    pattern: str


def outfit_of(random, shape, style="home"):
    """@param shape of the body, 0–1: skirts go with the one end @param style: home, or ward (gowns and tunics)"""
    if style == "ward":
        return _ward_outfit(random)
    skirted = shape > 0.5 and random.next() < 0.4
    top = _pick(random, (("t-shirt", 3), ("shirt", 3), ("jumper", 3), ("coat", 1)))
    bottom = _pick(random, (("skirt", 1), ("dress", 1))) if skirted else _pick(random, (("trousers", 7), ("shorts", 1)))
    top_colour = random.choice(TOPS)
    return Outfit(
        top, bottom, top_colour, random.choice([name for name in TOPS if name != top_colour]),
        top_colour if bottom == "dress" else random.choice(BOTTOMS), random.choice(SHOES), random.choice(PATTERNS),
    )


def _ward_outfit(random):
    if random.next() < 0.5:
        colour = random.choice(("teal", "sky", "mint", "navy", "white"))
        return Outfit("t-shirt", "trousers", colour, "white", colour, "white", "plain")
    colour = random.choice(("sky", "mint", "white", "lilac"))
    return Outfit("gown", "dress", colour, "grey", colour, random.choice(("beige", "grey", "white")), "checks")


def _pick(random, weighted):
    left = random.next() * sum(weight for _, weight in weighted)
    for name, weight in weighted:
        left -= weight
        if left < 0:
            return name
    return weighted[-1][0]


LOOSENESS = {"t-shirt": 0.014, "shirt": 0.016, "jumper": 0.020, "coat": 0.028, "gown": 0.026}


def hem_height(outfit):
    """Where the top ends above the hip joints, in the pelvis' own metres: tucked in, or over the hips; None: it
    goes on as a skirt."""
    if outfit.top in ("coat", "gown") or outfit.bottom == "dress":
        return None
    return 0.1 if outfit.top == "shirt" else -0.055


def trunk_layer(body, joints, outfit):
    loose = LOOSENESS[outfit.top]
    layer = [part.inflated(loose) for part in parts.trunk(body, joints)]
    if outfit.top == "coat":
        layer += _skirt(body, joints, 0.72, loose + 0.012, 0.03)
    elif outfit.bottom == "dress":
        layer += _skirt(body, joints, 0.92, loose + 0.004, 0.05)
    return layer


def sleeve_layer(body, joints, outfit):
    loose = LOOSENESS[outfit.top]
    layer = []
    for side in ("left", "right"):
        arm = parts.arm(body, joints, side)
        if outfit.top in ("t-shirt", "gown"):
            layer += [arm[0].inflated(loose * 0.8, loose), _shortened(arm[1], 0.45).inflated(loose, loose * 1.3)]
        else:
            layer += [part.inflated(loose * 0.75) for part in arm[:3]]
            layer.append(_shortened(arm[3], 0.93).inflated(loose * 0.75, loose * 0.9))
    return layer


def bottom_layer(body, joints, outfit):
    hips = [part.inflated(0.010) for part in parts.hips(body, joints)]
    if outfit.bottom == "dress":
        return []
    if outfit.bottom == "skirt":
        return hips + _skirt(body, joints, 0.95, 0.016, 0.06)
    layer = hips
    for side in ("left", "right"):
        leg = parts.leg(body, joints, side)
        if outfit.bottom == "shorts":
            layer += [_shortened(leg[0], 0.75).inflated(0.016, 0.026)]
        else:
            layer += [leg[0].inflated(0.012, 0.016), leg[1].inflated(0.016, 0.014)]
            layer.append(_shortened(leg[2], 0.9).inflated(0.014, 0.026))
    return layer


def shoe_layer(body, joints):
    layer = []
    for side in ("left", "right"):
        layer += [part.inflated(0.009) for part in parts.foot(body, joints, side)[:2]]
        layer.append(parts.foot(body, joints, side)[2].inflated(0.003))
    return layer


def _shortened(part, share):
    a, b = np.array(part.a), np.array(part.b)
    end = tuple(float(value) for value in a + share * (b - a))
    return Capsule(part.a, end, part.radius_a, part.radius_a + share * (part.radius_b - part.radius_a), part.normal, part.flat)


def _skirt(body, joints, length, loose, flare):
    """Cloth from the hips along both thighs to a share of the way to the knees and beyond, filled between."""
    places, g = joints.places, body.girth
    layer, middles = [], []
    for side in ("left", "right"):
        hip, knee = places[f"hip_{side}"], places[f"knee_{side}"]
        end = hip + min(length * 1.05, 1.05) * (knee - hip)
        layer.append(Capsule(tuple(hip), tuple(end), g("thigh") + loose, g("knee") + loose + flare))
        middles.append((hip, end))
    (left_hip, left_end), (right_hip, right_end) = middles
    for share in (0.35, 0.7, 1.0):
        left = left_hip + share * (left_end - left_hip)
        right = right_hip + share * (right_end - right_hip)
        radius = g("thigh") + loose + share * (g("knee") + flare - g("thigh"))
        layer.append(Capsule(tuple(left), tuple(right), radius * 0.93, radius * 0.93))
    return layer
