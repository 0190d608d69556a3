"""The files that a scene reads: what a .blend links to, textures, imported Python modules."""

import functools
import glob
import os
import sys
import sysconfig

import bpy

"""Ours, Blender's own and Python's are named by the versions of the tools, not one by one."""
_OWN = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

"""Where Python's packages are installed."""
_PACKAGES = {"site-packages", "dist-packages"}


class UndeclaredFile(RuntimeError):
    """A frame has read a file that is no part of its key: with another content it would be taken for the same."""


def files_in_use():
    """Absolute paths, there or not, of all that the open scene links to and of the modules that it has imported."""
    return sorted(set(_blend_files()) | set(_modules()))


def _blend_files():
    for path in bpy.utils.blend_paths(absolute=True, packed=False, local=False):
        path = os.path.normpath(bpy.path.abspath(path))
        if "<UDIM>" in path or "<UVTILE>" in path:
            pattern = glob.escape(path).replace("<UDIM>", "[0-9]" * 4).replace("<UVTILE>", "u*_v*")
            yield from glob.glob(pattern)
        elif not os.path.isdir(path) and not _is_of_tools(path):
            yield path


def _modules():
    for module in list(sys.modules.values()):
        path = getattr(module, "__file__", None)
        if path and path.endswith(".py") and not _is_of_tools(path):
            yield os.path.abspath(path)


@functools.lru_cache(maxsize=None)
def _is_of_tools(path):
    if not _PACKAGES.isdisjoint(path.split(os.sep)):
        return True
    return any(path.startswith(folder + os.sep) for folder in _tool_folders()) or (
        os.path.realpath(path) != path and _is_of_tools(os.path.realpath(path))
    )


@functools.lru_cache(maxsize=1)
def _tool_folders():
    paths = sysconfig.get_paths()
    folders = {_OWN, sys.prefix, sys.base_prefix, os.path.dirname(os.__file__), paths["stdlib"], paths["platstdlib"]}
    folders |= {bpy.utils.resource_path(kind) for kind in ("LOCAL", "SYSTEM")}
    folders |= {bpy.utils.system_resource(kind) for kind in ("SCRIPTS", "DATAFILES")}
    # The prefix of a distribution's Python is /usr, below which anything may lie.
    return {os.path.normpath(folder) for folder in folders if folder} - {"/", "/usr", "/usr/local"}


def expect_known_files(known):
    """@raises UndeclaredFile naming what the frame has read beside these"""
    expected = {os.path.realpath(path) for path in known}
    unknown = [
        path for path in files_in_use() if os.path.exists(path) and os.path.realpath(path) not in expected
    ]
    if unknown:
        more = f" and {len(unknown) - 1} more" if len(unknown) > 1 else ""
        raise UndeclaredFile(
            f"the frame reads {unknown[0]}{more}, which is not declared: name it under `files` of the stage "
            "(a path or a glob), so that frames are rendered again when it changes"
        )
