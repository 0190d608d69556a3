"""Blender's versions differ in names; ask what is there instead of which version it is."""


def enum_items(owner, name):
    """The identifiers that an enum property has in this build; empty when the property is missing."""
    prop = owner.bl_rna.properties.get(name)
    if prop is None:
        return _annotated_items(owner, name)
    return [item.identifier for item in prop.enum_items] or _annotated_items(owner, name)


def _annotated_items(owner, name):
    """Enums whose items are computed show none to bl_rna: an invalid value's error message lists them."""
    if not hasattr(owner, name):
        return []
    try:
        setattr(owner, name, "?")
    except TypeError as error:
        listed = str(error).partition("not found in (")[2]
        return [part.strip(" '\")") for part in listed.split(",") if part.strip(" '\")")]
    return []


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
