"""Who wears what: garments, cloth and shoes by style. Colours are muted, as those of real clothes; linear RGB."""

from dataclasses import dataclass

CLOTH = {
    "navy": (0.018, 0.027, 0.065), "black": (0.012, 0.012, 0.013), "charcoal": (0.04, 0.042, 0.046),
    "grey": (0.16, 0.165, 0.17), "light grey": (0.36, 0.37, 0.38), "denim": (0.050, 0.085, 0.155),
    "light denim": (0.15, 0.21, 0.30), "white": (0.66, 0.66, 0.65), "cream": (0.52, 0.46, 0.36),
    "beige": (0.34, 0.27, 0.19), "khaki": (0.20, 0.16, 0.10), "brown": (0.085, 0.05, 0.028),
    "olive": (0.075, 0.085, 0.035), "forest": (0.02, 0.055, 0.033), "wine": (0.10, 0.016, 0.024),
    "brick": (0.23, 0.075, 0.045), "mustard": (0.38, 0.23, 0.05), "sky": (0.25, 0.38, 0.52),
    "blue": (0.035, 0.08, 0.22), "teal": (0.03, 0.15, 0.17), "rose": (0.42, 0.21, 0.21),
    "lilac": (0.29, 0.23, 0.36), "mint": (0.30, 0.45, 0.39), "scrub green": (0.06, 0.19, 0.16),
    "scrub blue": (0.055, 0.14, 0.28), "red": (0.28, 0.025, 0.022),
}
TOPS = ("navy", "black", "charcoal", "grey", "light grey", "white", "white", "cream", "olive", "forest", "wine", "brick",
        "mustard", "sky", "blue", "teal", "rose", "lilac", "mint", "light denim", "red", "khaki")
BOTTOMS = ("navy", "black", "charcoal", "grey", "denim", "denim", "light denim", "beige", "khaki", "brown", "olive", "black")
COATS = ("navy", "black", "charcoal", "grey", "beige", "brown", "olive", "wine", "forest", "khaki")
SHOES = ("black", "black", "brown", "white", "charcoal", "beige", "navy")
PATTERNS = (("plain", 9), ("heather", 4), ("stripes", 2), ("pinstripes", 1), ("checks", 2), ("dots", 1), ("block", 1))


@dataclass(frozen=True)
class Cloth:
    """A pattern of two colours [3], repeated every `scale` metres."""

    colour: tuple
    second: tuple
    pattern: str = "plain"
    scale: float = 0.08


@dataclass(frozen=True)
class Outfit:
    """top: t-shirt, shirt, jumper, vest, scrubs, gown, pyjamas; bottom: trousers, shorts, skirt, dress (the top goes
    on down), none; over: none, coat, jacket, lab coat; shoes: shoes, trainers, boots, clogs, socks, barefoot"""

    role: str
    top: str
    bottom: str
    over: str
    shoes: str
    tucked: bool
    """0 = to mid-thigh, 1 = to the shins: skirts and dresses"""
    length: float
    """Cloth by slot: top, bottom, over, shoes."""
    cloths: dict
    mask: bool = False
    cap: bool = False


STYLES = ("home", "street", "ward", "patient", "nurse", "doctor")


def outfit_of(random, shape, age, style="home"):
    """@param shape of the body, 0–1: skirts go with the one end
    @param style one of STYLES; ward: staff, patients and visitors @raises ValueError for another style"""
    if style == "ward":
        style = random.weighted((("nurse", 3), ("doctor", 2), ("patient", 3), ("home", 1)))
    makers = {"home": _casual, "street": _street, "patient": _patient, "nurse": _nurse, "doctor": _doctor}
    if style not in makers:
        raise ValueError(f"there is no style {style!r} of clothes; there are {', '.join(STYLES)}")
    return makers[style](random, shape, age)


def _casual(random, shape, age):
    skirted = shape > 0.5 and random.next() < 0.28
    top = random.weighted((("t-shirt", 4), ("shirt", 3), ("jumper", 3), ("vest", 0.5)))
    bottom = random.choice(("skirt", "dress")) if skirted else random.weighted((("trousers", 7), ("shorts", 1)))
    top_cloth = _cloth(random.child("top"), TOPS)
    bottom_cloth = top_cloth if bottom == "dress" else _cloth(random.child("bottom"), BOTTOMS, 0.15)
    return Outfit(
        "visitor", top, bottom, "none", random.weighted((("trainers", 3), ("shoes", 3), ("boots", 1))),
        top == "shirt" and random.chance(0.5), random.uniform(0.1, 0.9),
        {"top": top_cloth, "bottom": bottom_cloth, "shoes": _plain(random.choice(SHOES))},
    )


def _street(random, shape, age):
    outfit = _casual(random.child("under"), shape, age)
    over = random.weighted((("none", 4), ("jacket", 4), ("coat", 2)))
    cloths = {**outfit.cloths, "over": _cloth(random.child("over"), COATS, 0.12)}
    return Outfit("pedestrian", outfit.top, outfit.bottom, over, outfit.shoes, outfit.tucked, outfit.length, cloths)


def _patient(random, shape, age):
    shade = random.choice(("sky", "mint", "white", "lilac", "light grey", "white"))
    second = random.choice([name for name in ("sky", "teal", "grey", "blue", "lilac") if name != shade])
    cloth = Cloth(_worn(random, shade), CLOTH[second], random.choice(("dots", "checks", "plain", "dots")), random.uniform(0.016, 0.032))
    if random.chance(0.3):
        cloth = Cloth(cloth.colour, cloth.second, random.choice(("pinstripes", "checks", "plain")), cloth.scale)
        return Outfit("patient", "pyjamas", "trousers", "none", random.choice(("socks", "barefoot", "clogs")), False, 0.5,
                      {"top": cloth, "bottom": cloth, "shoes": _plain(random.choice(("white", "grey", "beige")))})
    return Outfit("patient", "gown", "dress", "none", random.choice(("socks", "barefoot", "barefoot", "clogs")), False,
                  random.uniform(0.35, 0.6), {"top": cloth, "bottom": cloth, "shoes": _plain(random.choice(("white", "light grey", "beige")))})


def _nurse(random, shape, age):
    cloth = Cloth(_worn(random, random.choice(("scrub green", "scrub blue", "teal", "navy", "sky", "wine", "white", "mint"))), CLOTH["white"])
    bottom = cloth if random.chance(0.8) else _plain("white")
    return Outfit("nurse", "scrubs", "trousers", "none", random.choice(("clogs", "trainers", "clogs")), False, 0.5,
                  {"top": cloth, "bottom": bottom, "shoes": _plain(random.choice(("white", "white", "grey", "navy")))},
                  mask=random.chance(0.35), cap=random.chance(0.25))


def _doctor(random, shape, age):
    scrubs = random.chance(0.4)
    top = Cloth(_worn(random, random.choice(("scrub green", "scrub blue"))), CLOTH["white"]) if scrubs else _cloth(random.child("top"), ("sky", "white", "light grey", "rose", "navy"))
    bottom = top if scrubs else _plain(random.choice(("navy", "black", "charcoal", "beige", "grey")))
    return Outfit("doctor", "scrubs" if scrubs else "shirt", "trousers", "lab coat", random.choice(("shoes", "clogs", "shoes")), not scrubs, 0.5,
                  {"top": top, "bottom": bottom, "over": Cloth(_worn(random, "white"), CLOTH["white"]), "shoes": _plain(random.choice(("black", "brown", "white")))},
                  mask=random.chance(0.2))


def _cloth(random, names, patterned=0.6):
    """A cloth of one of the colours; trousers and coats are `patterned` less often, and never striped."""
    name = random.choice(names)
    pattern = random.weighted(PATTERNS) if random.next() < patterned else random.choice(("plain", "plain", "heather"))
    if patterned < 0.5 and pattern not in ("plain", "heather", "checks"):
        pattern = "plain"
    second = random.choice([other for other in TOPS if other != name])
    if pattern == "heather":
        base = CLOTH[name]
        return Cloth(_worn(random, name), tuple(0.55 * c + 0.02 for c in base), pattern, 0.05)
    return Cloth(_worn(random, name), CLOTH[second], pattern, random.uniform(0.015, 0.03) if pattern in ("dots", "pinstripes") else random.uniform(0.03, 0.10))


def _plain(name):
    return Cloth(CLOTH[name], CLOTH[name])


def _worn(random, name):
    """The colour as dye and washing left it."""
    factor, tilt = random.uniform(0.8, 1.2), random.uniform(-0.08, 0.08)
    r, g, b = CLOTH[name]
    return (min(0.8, r * factor * (1 + tilt)), min(0.8, g * factor), min(0.8, b * factor * (1 - tilt)))
