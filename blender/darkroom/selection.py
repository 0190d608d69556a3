"""Which objects a rule of the pipeline file is about. No bpy. The same answers as
stages/render/randomize/selector.ts gives, which looks at rules before the first frame."""

import functools
import re


@functools.lru_cache(maxsize=1024)
def _expression(pattern):
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


def fits(name, pattern):
    """Whether a name fits a pattern of * (any letters) and ? (one letter)."""
    return _expression(pattern).fullmatch(name) is not None


def selected(name, collections, properties, selector):
    """@param selector any of `objects`, `collection`, `property`; everything that is given must hold
    @param properties name → text, as property_text() makes it"""
    if "objects" in selector and not fits(name, selector["objects"]):
        return False
    if "collection" in selector and not any(fits(own, selector["collection"]) for own in collections):
        return False
    if "property" in selector:
        key, equals, wanted = selector["property"].partition("=")
        if key not in properties or (equals and properties[key] != wanted):
            return False
    return True


def property_text(value):
    """A custom property as a rule names its value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def in_words(selector):
    """For messages."""
    return ", ".join(f"{key} {value}" for key, value in selector.items())
