"""The materials of a look. Colours are linear RGB."""

from darkroom import materials

WALLS = {
    "home": ((0.70, 0.66, 0.58), (0.62, 0.62, 0.60), (0.42, 0.48, 0.44), (0.50, 0.42, 0.34), (0.36, 0.42, 0.50)),
    "ward": ((0.72, 0.75, 0.74), (0.60, 0.68, 0.66), (0.66, 0.70, 0.62), (0.58, 0.64, 0.70)),
}
WOODS = ((0.30, 0.17, 0.08), (0.14, 0.07, 0.035), (0.45, 0.31, 0.18), (0.62, 0.58, 0.52), (0.05, 0.045, 0.04))
FABRICS = (
    (0.10, 0.11, 0.12), (0.30, 0.28, 0.25), (0.05, 0.09, 0.14), (0.20, 0.07, 0.05), (0.12, 0.15, 0.09),
    (0.40, 0.33, 0.22), (0.16, 0.10, 0.13),
)
ACCENTS = ((0.35, 0.08, 0.06), (0.08, 0.20, 0.30), (0.45, 0.33, 0.08), (0.09, 0.20, 0.12), (0.03, 0.03, 0.035))


def palette(random, look):
    """A function from the names that furniture uses to materials, made when they are first asked for."""
    draw = random.child("colours")
    wood, second_wood = draw.choice(WOODS), draw.choice(WOODS)
    fabric, accent = draw.choice(FABRICS), draw.choice(ACCENTS)
    books = [draw.choice(ACCENTS + FABRICS) for _ in range(3)]
    coats = [draw.choice(FABRICS) for _ in range(2)]
    wall = _varied(draw, draw.choice(WALLS[look]))
    if look == "ward":
        wood, second_wood = (0.62, 0.60, 0.56), (0.50, 0.55, 0.58)
        fabric = draw.choice(((0.10, 0.22, 0.26), (0.16, 0.20, 0.30), (0.30, 0.32, 0.33)))
    makers = {
        "wood": lambda name: materials.plain_material(name, wood, 0.45),
        "front": lambda name: materials.plain_material(name, second_wood, 0.4),
        "seat": lambda name: materials.matte_material(name, fabric),
        "fabric": lambda name: materials.matte_material(name, fabric),
        "linen": lambda name: materials.matte_material(name, (0.66, 0.68, 0.70)),
        "pillow": lambda name: materials.matte_material(name, (0.75, 0.75, 0.73)),
        "metal": lambda name: materials.plain_material(name, (0.5, 0.5, 0.52), 0.35, metallic=0.8),
        "white": lambda name: materials.plain_material(name, (0.72, 0.72, 0.70), 0.4),
        "accent": lambda name: materials.matte_material(name, accent),
        "book 1": lambda name: materials.matte_material(name, books[0]),
        "book 2": lambda name: materials.matte_material(name, books[1]),
        "book 3": lambda name: materials.matte_material(name, books[2]),
        "coat 1": lambda name: materials.matte_material(name, coats[0]),
        "coat 2": lambda name: materials.matte_material(name, coats[1]),
        "pot": lambda name: materials.matte_material(name, accent if look == "home" else (0.6, 0.6, 0.6)),
        "bark": lambda name: materials.matte_material(name, (0.09, 0.06, 0.035)),
        "leaf": lambda name: materials.plain_material(name, (0.035, 0.11, 0.03), 0.5),
        "cloth": lambda name: materials.matte_material(name, (0.30, 0.44, 0.46)),
        "shade": lambda name: materials.glowing_material(name, (1.0, 0.85, 0.62), 2.5),
        "wall": lambda name: materials.matte_material(name, wall),
        "ceiling": lambda name: materials.matte_material(name, (0.78, 0.78, 0.76)),
        "skirting": lambda name: materials.plain_material(name, (0.7, 0.7, 0.68), 0.5),
        "door": lambda name: materials.plain_material(name, second_wood, 0.5),
        "curtain": lambda name: materials.matte_material(name, draw.choice(FABRICS)),
        "rug": lambda name: _rug(name, draw),
        "floor": lambda name: _floor(name, draw, look),
    }
    made = {}

    def material(name):
        if name not in made:
            made[name] = makers[name](name)
        return made[name]

    return material


def _floor(name, random, look):
    if look == "ward":
        base = random.choice(((0.36, 0.40, 0.42), (0.42, 0.44, 0.36), (0.30, 0.36, 0.40)))
        return materials.patterned_material(name, base, tuple(1.25 * c for c in base), 30.0, "noise")
    base = random.choice(WOODS[:4])
    return materials.planks_material(name, base, tuple(random.uniform(0.6, 0.85) * c for c in base))


def _rug(name, random):
    first, second = random.choice(FABRICS), random.choice(ACCENTS)
    return materials.patterned_material(name, first, second, random.uniform(2.0, 6.0), random.choice(("checks", "noise", "waves")))


def _varied(random, colour):
    return tuple(max(0.02, c * random.uniform(0.9, 1.1)) for c in colour)
