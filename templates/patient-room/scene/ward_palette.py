"""The materials of a patient's room. Colours are linear RGB."""

from darkroom import materials

"""Walls by the parameter `walls`: upper part, lower part."""
WALLS = {
    "white": ((0.72, 0.72, 0.70), (0.62, 0.64, 0.63)), "cream": ((0.70, 0.64, 0.52), (0.58, 0.50, 0.38)),
    "mint": ((0.62, 0.70, 0.64), (0.36, 0.50, 0.44)), "blue": ((0.62, 0.68, 0.72), (0.30, 0.42, 0.52)),
    "sand": ((0.62, 0.57, 0.50), (0.42, 0.35, 0.28)), "grey": ((0.55, 0.56, 0.57), (0.36, 0.38, 0.40)),
}
FLOORS = {
    "grey": (0.36, 0.38, 0.39), "green": (0.30, 0.36, 0.30), "blue": (0.26, 0.33, 0.40), "sand": (0.44, 0.38, 0.29),
    "wood": (0.30, 0.19, 0.10), "terracotta": (0.33, 0.19, 0.13),
}
CURTAINS = ((0.24, 0.40, 0.44), (0.45, 0.38, 0.28), (0.30, 0.42, 0.32), (0.40, 0.44, 0.52), (0.50, 0.34, 0.30), (0.55, 0.55, 0.50))
BOARDS = ((0.42, 0.30, 0.18), (0.55, 0.45, 0.32), (0.62, 0.62, 0.60), (0.34, 0.22, 0.13), (0.48, 0.52, 0.54))
FABRICS = ((0.10, 0.22, 0.26), (0.16, 0.20, 0.30), (0.30, 0.32, 0.33), (0.25, 0.12, 0.10), (0.14, 0.20, 0.13), (0.07, 0.08, 0.09))
BLANKETS = ((0.62, 0.62, 0.60), (0.30, 0.40, 0.52), (0.46, 0.40, 0.30), (0.40, 0.50, 0.44), (0.55, 0.45, 0.42), (0.28, 0.33, 0.36))
ACCENTS = ((0.35, 0.08, 0.06), (0.08, 0.20, 0.30), (0.45, 0.33, 0.08), (0.09, 0.20, 0.12), (0.30, 0.14, 0.24))


def ward_palette(random, walls, floor):
    """A function from names to materials, made when they are first asked for.
    @param walls a key of WALLS @param floor a key of FLOORS"""
    draw = random.child("colours")
    upper, lower = (_varied(draw, colour) for colour in WALLS[walls])
    board, fabric, curtain = draw.choice(BOARDS), draw.choice(FABRICS), draw.choice(CURTAINS)
    inlay = tuple(0.5 * c + 0.3 for c in board)
    accents = draw.shuffled(ACCENTS)
    coat, gown = draw.choice(FABRICS), draw.choice(BLANKETS)
    matte, plain, glowing = materials.matte_material, materials.plain_material, materials.glowing_material
    cloths = {
        "sheet": (0.66, 0.67, 0.68), "pillow": (0.70, 0.70, 0.69), "fabric": fabric, "seat": fabric, "cloth": curtain,
        "curtain": curtain, "coat on hook": coat, "gown on hook": gown, "window curtain": draw.choice(CURTAINS),
    }
    mattes = {
        "wall": upper, "dado": lower, "ceiling": (0.74, 0.74, 0.72), "accent": accents[0], "accent 2": accents[1],
        "rubber": (0.02, 0.02, 0.022), "bin": draw.choice(((0.5, 0.5, 0.5), (0.08, 0.09, 0.1), (0.4, 0.35, 0.1))),
        "picture": draw.choice(BLANKETS), "pot": (0.4, 0.36, 0.32), "bark": (0.09, 0.06, 0.035),
    }
    glossy = {
        "frame": ((0.52, 0.53, 0.53), 0.5), "board": (board, 0.5), "board inlay": (inlay, 0.5), "rail": ((0.55, 0.57, 0.58), 0.4),
        "white": ((0.68, 0.68, 0.66), 0.45), "ceramic": ((0.74, 0.74, 0.73), 0.2), "shade of basin": ((0.42, 0.42, 0.42), 0.3),
        "device": (draw.choice(((0.55, 0.56, 0.54), (0.16, 0.17, 0.18))), 0.5), "bumper": (tuple(0.6 * c for c in lower), 0.5),
        "wood": (board, 0.5), "front": (inlay, 0.5), "door": (board, 0.5), "bottle": ((0.45, 0.55, 0.58), 0.15),
        "leaf": ((0.035, 0.11, 0.03), 0.5), "tiles": ((0.62, 0.66, 0.66), 0.25),
    }
    made = {}

    def make(name):
        if name in cloths:
            material = matte(name, cloths[name])
            material["infrared"] = "cloth"
            return material
        if name in mattes:
            return matte(name, mattes[name])
        if name in glossy:
            colour, roughness = glossy[name]
            material = plain(name, colour, roughness)
            material["infrared"] = "leaf" if name == "leaf" else "other"
            return material
        if name == "blanket":
            material = _blanket(name, draw.child("blanket"))
            material["infrared"] = "cloth"
            return material
        if name == "floor":
            base = _varied(draw.child("floor"), FLOORS[floor])
            if floor == "wood":
                return materials.planks_material(name, base, tuple(0.75 * c for c in base))
            return materials.patterned_material(name, base, tuple(1.18 * c for c in base), 45.0, "noise")
        metals = {"metal": (0.5, 0.35), "mirror": (0.75, 0.03)}
        if name in metals:
            shade, roughness = metals[name]
            return plain(name, (shade, shade, shade * 1.02), roughness, metallic=1.0 if name == "mirror" else 0.8)
        glows = {
            "screen": ((0.02, 0.035, 0.05), 1.0), "trace 1": ((0.1, 0.9, 0.2), 2.0), "trace 2": ((0.2, 0.6, 1.0), 2.0),
            "trace 3": ((1.0, 0.85, 0.15), 2.0), "shade": ((1.0, 0.85, 0.62), 2.5),
        }
        colour, strength = glows[name]
        material = glowing(name, colour, strength)
        material["infrared"] = "diodes"
        return material

    def material(name):
        if name not in made:
            made[name] = make(name)
        return made[name]

    return material


def _blanket(name, random):
    first = _varied(random, random.choice(BLANKETS))
    if random.chance(0.55):
        return materials.matte_material(name, first)
    second = random.choice(BLANKETS)
    return materials.patterned_material(name, first, second, random.uniform(6.0, 14.0), random.choice(("checks", "waves")))


def _varied(random, colour):
    return tuple(max(0.02, c * random.uniform(0.9, 1.1)) for c in colour)
