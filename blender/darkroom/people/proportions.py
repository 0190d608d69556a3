"""Bodies as lengths and radii in metres. Segment lengths as shares of the height: Drillis & Contini 1966."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Proportions:
    height: float
    """0 = slight, 1 = heavy"""
    build: float
    """0 = broad shoulders, 1 = broad hips"""
    shape: float

    def _share(self, value):
        return value * self.height

    def _girth(self, value, growth=0.35):
        """A radius of a body of 1.72 m, scaled with the height and grown with the build."""
        return value * (self.height / 1.72) * (1 + growth * (self.build - 0.35))

    @property
    def thigh(self):
        return self._share(0.242)

    @property
    def shin(self):
        return self._share(0.243)

    @property
    def ankle(self):
        return self._share(0.045)

    @property
    def leg(self):
        return self.thigh + self.shin + self.ankle

    @property
    def spine(self):
        """From the hip joints to the base of the neck."""
        return self._share(0.293)

    @property
    def neck(self):
        return self._share(0.055)

    @property
    def head(self):
        """Height of the head, chin to crown."""
        return self._share(0.130) * (1.72 / self.height) ** 0.4

    @property
    def upper_arm(self):
        return self._share(0.172)

    @property
    def forearm(self):
        return self._share(0.148)

    @property
    def hand(self):
        return self._share(0.1)

    @property
    def foot(self):
        return self._share(0.148)

    @property
    def shoulder(self):
        """Half the distance between the shoulder joints."""
        return self._share(0.112 - 0.014 * self.shape) * (1 + 0.06 * (self.build - 0.35))

    @property
    def hip(self):
        """Half the distance between the hip joints."""
        return self._share(0.050 + 0.006 * self.shape)

    def girth(self, name):
        """The radius of a part; see GIRTHS."""
        at_zero, at_one, growth = GIRTHS[name]
        return self._girth(at_zero + (at_one - at_zero) * self.shape, growth)


"""Radius for shape 0 and 1 at 1.72 m and a usual build, and how much a heavy build adds. Of the trunk: half the
depth; the names with _width: half the breadth."""
GIRTHS = {
    "chest": (0.108, 0.100, 0.45),
    "chest_width": (0.168, 0.146, 0.35),
    "waist": (0.096, 0.084, 0.85),
    "waist_width": (0.142, 0.120, 0.60),
    "hips": (0.106, 0.112, 0.50),
    "hips_width": (0.158, 0.170, 0.40),
    "belly": (0.086, 0.076, 1.10),
    "bust": (0.050, 0.066, 0.50),
    "neck": (0.057, 0.048, 0.25),
    "shoulder": (0.062, 0.050, 0.30),
    "upper_arm": (0.050, 0.042, 0.50),
    "elbow": (0.039, 0.034, 0.30),
    "forearm": (0.043, 0.037, 0.30),
    "wrist": (0.028, 0.024, 0.15),
    "thigh": (0.082, 0.086, 0.50),
    "knee": (0.056, 0.053, 0.30),
    "calf": (0.058, 0.055, 0.35),
    "ankle": (0.037, 0.033, 0.15),
}
