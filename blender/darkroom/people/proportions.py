"""Bodies as lengths and radii in metres. Segment lengths as shares of the height: Drillis & Contini 1966."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Proportions:
    height: float
    """0 = slight, 1 = heavy"""
    build: float
    """0 = broad shoulders, 1 = broad hips"""
    shape: float
    """Years"""
    age: float = 35.0

    def _share(self, value):
        return value * self.height

    def _girth(self, value, growth=0.35):
        """A radius of a body of 1.72 m, scaled with the height and grown with the build."""
        return value * (self.height / 1.72) * (1 + growth * (self.build - 0.35))

    @property
    def childhood(self):
        """1 for small children, 0 from sixteen on."""
        return max(0.0, min(1.0, (16.0 - self.age) / 11.0))

    @property
    def thigh(self):
        return self._share(0.242 - 0.012 * self.childhood)

    @property
    def shin(self):
        return self._share(0.243 - 0.012 * self.childhood)

    @property
    def ankle(self):
        return self._share(0.045)

    @property
    def leg(self):
        return self.thigh + self.shin + self.ankle

    @property
    def spine(self):
        """From the hip joints to the base of the neck."""
        return self._share(0.293 - 0.012 * self.childhood)

    @property
    def neck(self):
        return self._share(0.055 - 0.012 * self.childhood)

    @property
    def head(self):
        """Height of the head, chin to crown: it grows least of all."""
        return self._share(0.130) * (1.72 / self.height) ** (0.4 + 0.3 * self.childhood)

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
        return self._share(0.110 - 0.014 * self.shape) * (1 + 0.06 * (self.build - 0.35))

    @property
    def hip(self):
        """Half the distance between the hip joints."""
        return self._share(0.050 + 0.005 * self.shape)

    def girth(self, name):
        """The radius of a part; see GIRTHS."""
        at_zero, at_one, growth = GIRTHS[name]
        # Children have neither busts nor hips.
        shape = self.shape * (1 - 0.8 * self.childhood)
        return self._girth(at_zero + (at_one - at_zero) * shape, growth)


"""Radius for shape 0 and 1 at 1.72 m and a usual build, and how much a heavy build adds. Of the trunk: half the
depth; the names with _width: half the breadth."""
GIRTHS = {
    "chest": (0.112, 0.100, 0.45),
    "chest_width": (0.160, 0.138, 0.35),
    "shoulders_width": (0.142, 0.122, 0.25),
    "waist": (0.098, 0.086, 0.90),
    "waist_width": (0.140, 0.116, 0.65),
    "hips": (0.108, 0.112, 0.50),
    "hips_width": (0.158, 0.166, 0.40),
    "belly": (0.086, 0.074, 1.10),
    "bust": (0.050, 0.064, 0.50),
    "neck": (0.056, 0.047, 0.25),
    "shoulder": (0.054, 0.044, 0.30),
    "upper_arm": (0.046, 0.038, 0.50),
    "elbow": (0.037, 0.032, 0.30),
    "forearm": (0.041, 0.034, 0.30),
    "wrist": (0.026, 0.022, 0.15),
    "thigh": (0.080, 0.083, 0.50),
    "knee": (0.053, 0.050, 0.30),
    "calf": (0.055, 0.052, 0.35),
    "ankle": (0.034, 0.031, 0.15),
}
