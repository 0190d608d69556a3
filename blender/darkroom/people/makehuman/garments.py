"""Clothes and hair out of the base mesh's own helpers: tights, skirt and hair, lifted off the skin. No bpy."""

import numpy as np

from ..clothing import HEMS, LOOSENESS, SLEEVES
from ..hair import THICKNESS
from ..looks import Look, cloth_look
from .clipping import Clipped

NECKS_M = {"t-shirt": 0.080, "vest": 0.10, "gown": 0.09, "scrubs": 0.095, "pyjamas": 0.085}
"""The helper already stands off the skin: garments need less than on bodies of our own."""
TIGHT = 0.45
"""How far inside of a garment's edge the skin below is left out."""
MARGIN_M = 0.016


class Garment:
    """A clipped part of the base mesh, how far each vertex [N] is lifted along its normal, and the look."""

    def __init__(self, quads, field, lift, look):
        self.clipped = Clipped(quads, field)
        self.lift = np.broadcast_to(np.asarray(lift, dtype=np.float32), field.shape)
        self.look = look


def garments_of(person, regions, random):
    """@returns (garments, [N] which vertices of the body's skin they hide)"""
    outfit, groups = person.outfit, regions.library.mesh.groups
    z = regions.vertices[:, 2]
    hidden = np.zeros(len(z), dtype=bool)
    made = []

    def add(slot, field, loose, quads=groups["helper-tights"], kind="cloth", hides=True):
        nonlocal hidden
        lift = loose if kind == "leather" else _wavy(regions.vertices, loose, random.child(slot))
        made.append(Garment(quads, field, lift, cloth_look(outfit.cloths[slot], kind)))
        if hides:
            hidden |= field < -MARGIN_M

    hem = 0.06 if outfit.tucked else HEMS.get(outfit.top, -0.1)
    if outfit.bottom not in ("dress", "none", "skirt"):
        add("bottom", regions.bottom(0.62 if outfit.bottom == "shorts" else 1.97), 0.007)
    loose = LOOSENESS[outfit.top] * TIGHT + (0.0 if outfit.tucked else 0.006)
    add("top", regions.top(SLEEVES[outfit.top], hem, NECKS_M.get(outfit.top, 0.072)), loose)
    skirt = groups["helper-skirt"]
    if outfit.bottom in ("dress", "skirt"):
        low = regions.vertices[np.unique(skirt), 2].min()
        level = regions.hip_z - (0.35 + 0.75 * outfit.length) * (regions.hip_z - low)
        add("top" if outfit.bottom == "dress" else "bottom", level - z, 0.008, skirt, hides=False)
        hidden |= regions.of("pelvis") | (regions.of("thigh") & (z > level + 0.05))
    if outfit.over != "none":
        _over(add, regions, outfit, skirt)
    if outfit.shoes != "barefoot":
        above = {"boots": 0.13, "socks": 0.12, "clogs": -0.02}.get(outfit.shoes, 0.01)
        field = regions.shoes(above)
        if outfit.shoes == "socks":
            add("shoes", field, 0.004)
        else:
            add("shoes", field, 0.003 + 0.006 * np.clip(-field / 0.03, 0, 1), kind="leather")
    return made, hidden


def _over(add, regions, outfit, skirt):
    """Coats and jackets over it, open at the front."""
    loose = LOOSENESS[outfit.over] + 0.004
    x, y, z = regions.vertices.T
    below = np.clip((regions.neck[2] - z) / 0.6, 0, 1)
    gap = (0.012 if outfit.over == "coat" else 0.030) + 0.04 * (1 - below)
    opening = np.minimum(gap - np.abs(x), y - 0.02)
    add("over", np.maximum(regions.top(SLEEVES[outfit.over], -0.12, 0.085), opening), loose, hides=False)
    if outfit.over != "jacket":
        add("over", np.maximum(regions.hip_z - 0.42 - z, opening), loose, skirt, hides=False)


def _wavy(vertices, loose, random):
    """[N] the lift, with folds in it"""
    phases = [random.uniform(0, 6.28) for _ in range(4)]
    x, y, z = vertices.T
    wave = (
        np.sin(x * 34 + phases[0] + 2 * np.sin(z * 9 + phases[3]))
        * np.sin(z * 21 + phases[1] + 1.5 * np.sin(x * 12)) * np.sin(y * 30 + phases[2])
    )
    return (loose * (1 + 0.35 * wave) + 0.002 * wave).astype(np.float32)


def hair_of(person, regions):
    """@returns (garments of hair, [N] the scalp, to be painted)"""
    style = person.hair_style
    vertices, groups = regions.vertices, regions.library.mesh.groups
    body = groups["body"]
    on_head = np.zeros(len(vertices), dtype=bool)
    on_head[np.unique(body)] = True
    on_head &= regions.head
    if style == "bald":
        return [], np.zeros(len(vertices), dtype=bool)
    own = vertices[on_head]
    eye_z, top_z = float(vertices[np.unique(groups["helper-l-eye"]), 2].mean()), float(own[:, 2].max())
    back, front = float(own[:, 1].min()), float(own[:, 1].max())
    forward, up = (vertices[:, 1] - back) / (front - back), (vertices[:, 2] - eye_z) / (top_z - eye_z)
    line = np.interp(forward, (0.0, 0.35, 0.50, 0.60, 0.72, 1.0), (-0.62, -0.35, 0.02, 0.30, 0.62, 0.66))
    if style == "receding":
        line = np.where(forward > 0.5, 1.05, line + 0.1)
    if style == "cap":
        line = np.full(len(line), 0.42)
    ear = (np.abs(vertices[:, 0]) > 0.86 * np.abs(own[:, 0]).max()) & (up < 0.25)
    field = np.where(on_head & ~ear, (line - up) * 0.12, 0.02)
    scalp = field < 0
    if style == "cap":
        return [Garment(body, field, 0.012, cloth_look(person.outfit.cloths["top"]))], scalp
    look = Look("hair", person.hair_colour)
    edge = np.clip(-field / 0.026, 0.0, 1)
    lift = 0.001 + THICKNESS.get(style, 0.014) * edge * (1 + 0.25 * np.sin(vertices[:, 0] * 160) * np.sin(vertices[:, 1] * 140))
    made = [Garment(body, field, lift, look)]
    if style in ("bob", "long", "ponytail"):
        level = eye_z - {"bob": 0.10, "long": 0.27, "ponytail": 0.06}[style]
        # Not before the face.
        face = np.where(up < 0.70, (0.60 - forward) * -0.2, -0.05)
        made.append(Garment(groups["helper-hair"], np.maximum(level - vertices[:, 2], face), 0.0, look))
    return made, scalp
