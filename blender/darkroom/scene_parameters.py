"""What a scene says about the parameters of its build(), and the check of a frame's values against it.

    PARAMETERS = {
        "look": {"default": "home", "description": "Which room", "choices": ["home", "ward"]},
        "light": {"warmth": {"default": 0.5, "description": "0 = cold, 1 = warm"}},
    }

A dict with "default" describes a parameter; any other dict is a group of them.
"""

import difflib

from .random_stream import RandomStream


class ParameterError(ValueError):
    """The pipeline file gives the scene something that it does not know."""


class Parameters(dict):
    """A frame's values with defaults filled in; and the streams for the details that no one asked for."""

    def __init__(self, values, seed):
        super().__init__(values)
        self.seed = seed

    def random(self, *path):
        """The stream of this name: the same in every run of this frame, whatever else draws."""
        return RandomStream(self.seed, "scene", *path)


def fill_in(described, values, scene, where=""):
    """The values with defaults for those that are not given.
    @raises ParameterError for a name the scene does not describe, or a value that is not among its choices"""
    for name in values:
        if name not in described:
            near = difflib.get_close_matches(name, list(described), n=1, cutoff=0.5)
            hint = f" Did you mean {where}{near[0]}?" if near else ""
            known = ", ".join(f"{where}{key}" for key in described) or "none"
            raise ParameterError(f"{scene} has no parameter {where}{name}.{hint} It has: {known}.")
    filled = {}
    for name, description in described.items():
        given = name in values
        if not is_description(description):
            group = values.get(name, {})
            if not isinstance(group, dict):
                raise ParameterError(f"{scene}: {where}{name} is a group of parameters, not {group!r}.")
            filled[name] = fill_in(description, group, scene, f"{where}{name}.")
            continue
        filled[name] = values[name] if given else description["default"]
        choices = description.get("choices")
        if choices is not None and filled[name] not in choices:
            shown = ", ".join(str(choice) for choice in choices)
            raise ParameterError(f"{scene}: {where}{name} must be one of {shown}, not {filled[name]!r}.")
    return filled


def is_description(value):
    return not isinstance(value, dict) or "default" in value
