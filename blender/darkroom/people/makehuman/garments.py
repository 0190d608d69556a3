"""Clothes and hair out of the base mesh's own helpers: tights, skirt and hair, lifted off the skin. No bpy."""

import numpy as np

from ..clothing import HEMS, LOOSENESS, SLEEVES
from ..hair import THICKNESS
from ..looks import Look, cloth_look

NECKS_M = {"t-shirt": 0.080, "vest": 0.10, "gown": 0.09, "scrubs": 0.095, "pyjamas": 0.085}
"""The helper already stands off the skin: garments need less than on bodies of our own."""
TIGHT = 0.45


class Garment:
    """quads into the base mesh, how far each vertex [N] is lifted along its normal, and the look"""

    def __init__(self, quads, lift, look):
        self.quads, self.lift, self.look = quads, lift, look


def garments_of(person, regions, random):
    """@returns (garments, [N] which vertices of the body's skin they hide)"""
    outfit, groups = person.outfit, regions.library.mesh.groups
    tights, vertices = groups["helper-tights"], regions.vertices
    hidden = np.zeros(len(vertices), dtype=bool)
    made = []

    def add(slot, chosen, inner, loose, quads=tights, kind="cloth"):
        faces = quads[chosen[quads].all(axis=1)]
        if len(faces):
            made.append(Garment(faces, _wavy(vertices, loose, random.child(slot)), cloth_look(outfit.cloths[slot], kind)))
        nonlocal hidden
        hidden |= inner

    hem = 0.06 if outfit.tucked else HEMS.get(outfit.top, -0.1)
    neck = NECKS_M.get(outfit.top, 0.072)
    if outfit.bottom not in ("dress", "none", "skirt"):
        reach = 0.62 if outfit.bottom == "shorts" else 1.97
        add("bottom", regions.bottom(reach), regions.bottom(reach, 0.015), 0.007)
    worn = lambda margin: regions.top(outfit, SLEEVES[outfit.top], hem, neck, margin)  # noqa: E731
    add("top", worn(0.0), worn(0.015), LOOSENESS[outfit.top] * TIGHT + (0.0 if outfit.tucked else 0.006))
    if outfit.bottom in ("dress", "skirt"):
        slot = "top" if outfit.bottom == "dress" else "bottom"
        _skirt(add, slot, regions, 0.35 + 0.75 * outfit.length, 0.008)
    if outfit.over != "none":
        _over(add, regions, outfit)
    if outfit.shoes not in ("barefoot",):
        top = {"boots": 1.72, "socks": 1.75}.get(outfit.shoes, 1.985)
        shoes = regions.feet | ((regions.leg > top) & (regions.leg < 9))
        kind = "cloth" if outfit.shoes == "socks" else "leather"
        add("shoes", shoes, regions.feet & (regions.leg > 9), 0.004 if outfit.shoes == "socks" else 0.010, kind=kind)
        hidden |= regions.feet
    return made, hidden


def _skirt(add, slot, regions, length, loose):
    """The helper's skirt down to a share of the way to the ankles."""
    skirt = regions.library.mesh.groups["helper-skirt"]
    low = regions.vertices[np.unique(skirt), 2].min()
    level = regions.hip_z - length * (regions.hip_z - low)
    z = regions.vertices[:, 2]
    add(slot, z > level, (regions.thighs & (z > max(level + 0.05, regions.hip_z - 0.12))) | regions.of("pelvis"), loose, skirt)


def _over(add, regions, outfit):
    """Coats and jackets over it, open at the front."""
    loose = LOOSENESS[outfit.over] * 0.75
    x, y = np.abs(regions.vertices[:, 0]), regions.vertices[:, 1]
    below = np.clip((regions.neck[2] - regions.vertices[:, 2]) / 0.6, 0, 1)
    gap = (0.012 if outfit.over == "coat" else 0.030) + 0.04 * (1 - below)
    open_front = (x < gap) & (y > 0.02)
    chosen = regions.top(outfit, SLEEVES[outfit.over], -0.12, 0.085) & ~open_front
    nothing = np.zeros(len(x), dtype=bool)
    add("over", chosen, nothing, loose)
    if outfit.over != "jacket":
        skirt = regions.library.mesh.groups["helper-skirt"]
        level = regions.hip_z - 0.42
        add("over", (regions.vertices[:, 2] > level) & ~open_front, nothing, loose, skirt)


def _wavy(vertices, loose, random):
    """[N] the lift, with folds in it"""
    phases = [random.uniform(0, 6.28) for _ in range(6)]
    x, y, z = vertices.T
    wave = np.sin(x * 34 + phases[0] + 2 * np.sin(z * 9 + phases[3])) * np.sin(z * 21 + phases[1] + 1.5 * np.sin(x * 12)) * np.sin(y * 30 + phases[2])
    return (loose * (1 + 0.35 * wave) + 0.002 * wave).astype(np.float32)


def hair_of(person, regions):
    """@returns (garments of hair, [N] the scalp, to be painted)"""
    style = person.hair_style
    vertices, groups = regions.vertices, regions.library.mesh.groups
    body = groups["body"]
    on_head = np.zeros(len(vertices), dtype=bool)
    on_head[np.unique(body)] = True
    on_head &= regions.head
    own = vertices[on_head]
    eyes = vertices[np.unique(groups["helper-l-eye"])]
    eye_z, top_z = float(eyes[:, 2].mean()), float(own[:, 2].max())
    back, front = float(own[:, 1].min()), float(own[:, 1].max())
    forward = (vertices[:, 1] - back) / (front - back)
    up = (vertices[:, 2] - eye_z) / (top_z - eye_z)
    line = np.interp(forward, (0.0, 0.35, 0.50, 0.60, 0.72, 1.0), (-0.62, -0.35, 0.02, 0.30, 0.62, 0.66))
    if style == "receding":
        line = np.where(forward > 0.5, 1.05, line + 0.1)
    widest = np.abs(own[:, 0]).max()
    ear = (np.abs(vertices[:, 0]) > 0.86 * widest) & (up < 0.25)
    scalp = on_head & (up > line) & ~ear
    if style == "bald":
        return [], np.zeros(len(vertices), dtype=bool)
    if style == "cap":
        cap = on_head & (up > 0.30) & ~ear
        return [Garment(body[cap[body].all(axis=1)], np.full(len(vertices), 0.012, dtype=np.float32), cloth_look(person.outfit.cloths["top"]))], cap
    look = Look("hair", person.hair_colour)
    edge = np.clip((up - line) / 0.22, 0.12, 1)
    lift = THICKNESS.get(style, 0.014) * edge * (1 + 0.25 * np.sin(vertices[:, 0] * 160) * np.sin(vertices[:, 1] * 140))
    made = [Garment(body[scalp[body].all(axis=1)], lift.astype(np.float32), look)]
    if style in ("bob", "long", "ponytail"):
        hair = groups["helper-hair"]
        level = eye_z - {"bob": 0.10, "long": 0.27, "ponytail": 0.06}[style]
        made.append(Garment(hair[(vertices[hair][:, :, 2].mean(axis=1) > level)], np.zeros(len(vertices), dtype=np.float32), look))
    return made, scalp
