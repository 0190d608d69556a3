"""Who someone is: body, face, clothes, skin, hair. All of it out of one stream; no bpy."""

from dataclasses import dataclass

from . import hair
from .head import Face, face_of
from .outfits import Outfit, outfit_of
from .proportions import Proportions

"""Linear RGB, light to dark."""
SKIN = (
    (0.60, 0.37, 0.275), (0.56, 0.34, 0.24), (0.50, 0.29, 0.195), (0.42, 0.235, 0.150), (0.33, 0.175, 0.105),
    (0.22, 0.115, 0.067), (0.135, 0.067, 0.039), (0.080, 0.040, 0.025),
)
IRIS = ((0.045, 0.022, 0.010), (0.030, 0.016, 0.009), (0.09, 0.06, 0.025), (0.06, 0.10, 0.13), (0.05, 0.08, 0.05))
AGES = ("adults", "all", "children", "elderly")


@dataclass(frozen=True)
class Person:
    body: Proportions
    face: Face
    outfit: Outfit
    skin: tuple
    hair_style: str
    hair_colour: tuple
    iris: tuple
    """0 = shaved, 1 = full"""
    beard: float

    @property
    def age_group(self):
        return "child" if self.body.age < 14 else "elderly" if self.body.age >= 66 else "adult"


def person_of(random, style="home", ages="adults"):
    """A person out of a stream. @param style of the clothes (outfits.STYLES) @param ages one of AGES
    @raises ValueError for another style or other ages"""
    shape = 0.15 + random.next() * 0.25 if random.next() < 0.5 else 0.7 + random.next() * 0.3
    age = _age(random.child("age"), ages)
    body = Proportions(_height(random, shape, age), max(0.0, min(1.0, random.normal(0.38, 0.24))), shape, age)
    outfit = outfit_of(random.child("outfit"), shape, age, style)
    hair_style = "cap" if outfit.cap else hair.style_of(random.child("hair"), shape, age)
    skin = _between(random.child("skin"), SKIN)
    dark = sum(skin) < 0.55
    hair_colour = hair.colour_of(random.child("hair colour"), age)
    if dark and age < 50:
        hair_colour = hair.COLOURS[random.integer(0, 1)]
    beard = random.choice((0.0, 0.0, 0.0, 0.25, 0.4, 0.9)) if shape < 0.5 and age > 17 else 0.0
    return Person(
        body, face_of(random.child("face"), shape, body.childhood), outfit, skin, hair_style, hair_colour,
        IRIS[0] if dark else random.choice(IRIS), beard,
    )


def _age(random, ages):
    if ages not in AGES:
        raise ValueError(f"there are no ages {ages!r}; there are {', '.join(AGES)}")
    if ages == "children" or (ages == "all" and random.chance(0.14)):
        return random.uniform(4, 14)
    if ages == "elderly":
        return random.uniform(66, 90)
    return 18 + 65 * random.next() ** 1.35


def _height(random, shape, age):
    grown = 1.775 - 0.135 * shape - 0.0009 * max(0.0, age - 55)
    usual = grown if age >= 17 else min(grown, 0.80 + 0.061 * age)
    return usual * max(0.91, min(1.1, random.normal(1.0, 0.036)))


def _between(random, tones):
    """A tone between two neighbours."""
    index, share = random.integer(0, len(tones) - 2), random.next()
    return tuple(a + share * (b - a) for a, b in zip(tones[index], tones[index + 1]))
