"""The materials of a street: muted, as streets are. Colours are linear RGB."""

from darkroom import materials

WALLS = ((0.42, 0.36, 0.28), (0.30, 0.14, 0.09), (0.50, 0.48, 0.44), (0.36, 0.30, 0.22), (0.24, 0.22, 0.20), (0.46, 0.40, 0.34),
         (0.34, 0.19, 0.13), (0.55, 0.53, 0.50), (0.38, 0.36, 0.30), (0.20, 0.18, 0.16), (0.44, 0.33, 0.24))
PAINTS = ((0.02, 0.02, 0.022), (0.50, 0.50, 0.50), (0.30, 0.31, 0.32), (0.10, 0.105, 0.11), (0.60, 0.60, 0.58), (0.02, 0.04, 0.11),
          (0.20, 0.02, 0.02), (0.03, 0.06, 0.05), (0.14, 0.11, 0.08), (0.05, 0.10, 0.18))
PAVING = ((0.26, 0.25, 0.235), (0.20, 0.195, 0.19), (0.31, 0.28, 0.245), (0.23, 0.19, 0.165))
CLOTHS = ((0.10, 0.016, 0.024), (0.018, 0.027, 0.065), (0.34, 0.27, 0.19), (0.16, 0.165, 0.17), (0.03, 0.15, 0.17), (0.38, 0.23, 0.05))
SIGNS = ((0.02, 0.06, 0.05), (0.10, 0.02, 0.02), (0.02, 0.03, 0.09), (0.35, 0.30, 0.2), (0.03, 0.03, 0.03), (0.30, 0.10, 0.03))


class Palette:
    """Materials by name; `fresh` starts another building or car with colours of its own."""

    def __init__(self, random, dusk):
        self.random, self.dusk, self.number = random, dusk, 0
        self.shared, self.own = {}, {}

    def fresh(self):
        self.number += 1
        self.own = {}

    def __call__(self, name):
        if name in OWN:
            if name not in self.own:
                label = f"{name} {self.number}"
                self.own[name] = self._make(name, label, self.random.child(name, self.number))
            return self.own[name]
        if name not in self.shared:
            self.shared[name] = self._make(name, name, self.random.child(name))
        return self.shared[name]

    def _make(self, name, label, draw):
        matte, plain = materials.matte_material, materials.plain_material
        if name == "wall":
            base = _varied(draw, draw.choice(WALLS))
            kind = draw.next()
            if kind < 0.3:
                return materials.planks_material(label, base, tuple(0.8 * c for c in base), 0.5, 0.14)
            return materials.patterned_material(label, base, tuple(0.78 * c for c in base), draw.uniform(0.3, 2.5), "noise")
        if name == "glass":
            return plain(label, (0.03, 0.035, 0.04), 0.08, specular=0.7)
        if name in ("lit window", "lamp head", "lamp", "red lamp"):
            colours = {"lit window": (1.0, 0.72, 0.40), "lamp head": (1.0, 0.85, 0.6), "lamp": (0.8, 0.8, 0.75), "red lamp": (0.9, 0.05, 0.03)}
            strength = 1.6 if self.dusk or name == "red lamp" else 0.5
            return materials.glowing_material(label, colours[name], strength)
        if name in ("pavement", "asphalt", "grass"):
            return self._ground(name, label, draw)
        if name == "leaves":
            base = draw.choice(((0.045, 0.10, 0.022), (0.07, 0.12, 0.03), (0.03, 0.075, 0.02), (0.16, 0.10, 0.025)))
            material = materials.patterned_material(label, base, tuple(1.9 * c for c in base), 2.5, "noise")
            material["infrared"] = "leaf"
            return material
        pools = {
            "paint": PAINTS, "sign": SIGNS, "awning": SIGNS + CLOTHS, "door": SIGNS, "cloth 1": CLOTHS, "cloth 2": CLOTHS,
            "cloth 3": CLOTHS, "paint of bicycle": PAINTS + CLOTHS, "lettering": ((0.6, 0.58, 0.5), (0.5, 0.36, 0.1), (0.55, 0.55, 0.55)),
            "trim": ((0.55, 0.53, 0.49), (0.40, 0.37, 0.32), (0.30, 0.29, 0.28)), "frame": ((0.6, 0.6, 0.58), (0.05, 0.05, 0.055), (0.16, 0.10, 0.06)),
            "roof": ((0.16, 0.06, 0.04), (0.06, 0.06, 0.065)),
        }
        if name in pools:
            colour = _varied(draw, draw.choice(pools[name]))
            return plain(label, colour, 0.25, specular=0.5) if name == "paint" else matte(label, colour)
        if name in ("rim", "post", "pipe"):
            return plain(label, (0.30, 0.30, 0.31) if name != "post" else draw.choice(((0.20, 0.21, 0.21), (0.05, 0.06, 0.055))), 0.45)
        return matte(label, FIXED[name])

    def _ground(self, name, label, draw):
        if name == "pavement":
            base = _varied(draw, draw.choice(PAVING))
            return materials.planks_material(label, base, tuple(0.88 * c for c in base), draw.choice((0.4, 0.6, 1.0)), draw.choice((0.3, 0.4, 0.6)))
        base = (0.055, 0.055, 0.058) if name == "asphalt" else (0.06, 0.09, 0.028)
        return materials.patterned_material(label, base, tuple(1.7 * c for c in base), 6.0 if name == "asphalt" else 3.0, "noise")


"""What every building or car has in its own colour."""
OWN = ("wall", "trim", "frame", "sign", "awning", "door", "roof", "lettering", "paint")
FIXED = {
    "plinth": (0.14, 0.135, 0.13), "net curtain": (0.4, 0.4, 0.38), "tyre": (0.012, 0.012, 0.012), "plate": (0.5, 0.5, 0.42),
    "tail lamp": (0.18, 0.012, 0.01), "black": (0.015, 0.015, 0.016), "concrete": (0.28, 0.27, 0.26), "red": (0.26, 0.02, 0.02),
    "blue": (0.02, 0.06, 0.22), "white": (0.6, 0.6, 0.58), "yellow": (0.46, 0.30, 0.03), "green": (0.02, 0.08, 0.04),
    "bark": (0.075, 0.055, 0.038), "wood": (0.16, 0.09, 0.045), "kerb": (0.30, 0.29, 0.28), "marking": (0.5, 0.5, 0.48),
}


def _varied(random, colour):
    return tuple(max(0.01, c * random.uniform(0.88, 1.12)) for c in colour)
