"""The materials of open ground, muted. Colours are linear RGB."""

from darkroom import materials
from street_palette import Palette

"""Two colours, the scale of their pattern, and its kind."""
GROUNDS = {
    "grass": ((0.045, 0.075, 0.018), (0.12, 0.16, 0.045), 3.0, "noise"),
    "lawn": ((0.07, 0.14, 0.025), (0.09, 0.19, 0.04), 0.35, "waves"),
    "dry grass": ((0.17, 0.14, 0.06), (0.28, 0.23, 0.11), 4.0, "noise"),
    "sand": ((0.36, 0.28, 0.18), (0.50, 0.42, 0.30), 1.5, "noise"),
    "snow": ((0.46, 0.49, 0.54), (0.60, 0.62, 0.65), 0.8, "noise"),
    "clay": ((0.28, 0.10, 0.05), (0.36, 0.15, 0.08), 1.2, "noise"),
    "court": ((0.03, 0.09, 0.12), (0.035, 0.11, 0.14), 0.5, "noise"),
    "asphalt": ((0.05, 0.05, 0.053), (0.10, 0.10, 0.10), 6.0, "noise"),
    "tiles": ((0.32, 0.30, 0.27), (0.22, 0.21, 0.20), 2.2, "checks"),
    "boards": ((0.20, 0.11, 0.055), (0.27, 0.16, 0.08), 1.1, "planks"),
    "carpet": ((0.10, 0.03, 0.03), (0.14, 0.05, 0.045), 5.0, "noise"),
    "dirt": ((0.11, 0.075, 0.045), (0.19, 0.14, 0.09), 2.0, "noise"),
}
TONES = ((0.50, 0.47, 0.41), (0.30, 0.32, 0.33), (0.55, 0.55, 0.54), (0.22, 0.12, 0.08), (0.10, 0.16, 0.22), (0.36, 0.12, 0.09),
         (0.14, 0.20, 0.15), (0.42, 0.36, 0.22), (0.05, 0.05, 0.055), (0.40, 0.34, 0.36))


class FieldPalette(Palette):
    """The materials of a street, and `ground`, `backdrop`, `backdrop 2`, `crowd 0` to `crowd 9`, `top`."""

    def __init__(self, random, ground, weather):
        super().__init__(random, weather in ("dusk", "flash"))
        self.kind = ground

    def _make(self, name, label, draw):
        if name == "ground":
            first, second, scale, kind = GROUNDS[self.kind]
            shade = draw.uniform(0.75, 1.25)
            first, second = (tuple(min(0.92, shade * part) for part in colour) for colour in (first, second))
            if kind == "planks":
                return materials.planks_material(label, first, second, scale)
            return materials.patterned_material(label, first, second, scale * draw.uniform(0.7, 1.4), kind)
        if name.startswith("backdrop"):
            base = draw.choice(TONES)
            other = tuple(part * draw.uniform(0.6, 1.3) for part in (base if draw.chance(0.7) else draw.choice(TONES)))
            kind = draw.choice(("noise", "noise", "noise", "planks", "checks", "waves", "plain", "plain"))
            if kind == "plain":
                return materials.matte_material(label, base)
            if kind == "planks":
                return materials.planks_material(label, base, tuple(0.85 * part for part in base), draw.choice((0.25, 1.2, 3.0)), draw.choice((0.08, 0.2, 0.6)))
            return materials.patterned_material(label, base, other, draw.uniform(0.4, 6.0), kind)
        if name.startswith("crowd") or name == "top":
            return materials.matte_material(label, tuple(part * draw.uniform(0.5, 1.3) for part in draw.choice(TONES)))
        return super()._make(name, label, draw)
