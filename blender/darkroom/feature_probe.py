"""Blender's versions differ in names; ask what is there instead of which version it is."""


def set_first(owner, name, *values):
    """Sets an enum to the first of the values that this build has. @returns it, or None when it has none of them"""
    for value in values:
        try:
            setattr(owner, name, value)
            return value
        except (TypeError, AttributeError):
            continue
    return None


def set_if_present(owner, name, value):
    """Sets a property that only some versions have. @returns whether it is there"""
    if not hasattr(owner, name):
        return False
    setattr(owner, name, value)
    return True


def socket_out(node, *names):
    """The first output of a node that exists under one of these names."""
    for name in names:
        found = node.outputs.get(name)
        if found is not None:
            return found
    raise KeyError(f"{node.bl_idname} has none of the outputs {', '.join(names)}")


def socket(node, *names):
    """The first input of a node that exists under one of these names: "Specular IOR Level" was "Specular"."""
    for name in names:
        found = node.inputs.get(name)
        if found is not None:
            return found
    raise KeyError(f"{node.bl_idname} has none of the inputs {', '.join(names)}")
