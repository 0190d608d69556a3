"""Scenes: a Python file with PARAMETERS and build(scene, parameters), or a .blend."""

import os
import sys
import types

import bpy

from .scene_parameters import Parameters, fill_in


class SceneError(RuntimeError):
    """The scene file is not what a scene must be."""


class ScriptScene:
    """The script runs anew for every frame, so that no frame finds what another one left in its globals."""

    def __init__(self, path):
        self.path = path
        folder = os.path.dirname(path)
        if folder not in sys.path:
            sys.path.insert(0, folder)
        with open(path, encoding="utf-8") as file:
            self._code = compile(file.read(), path, "exec")
        module = self._execute()
        if not callable(getattr(module, "build", None)):
            raise SceneError(f"{path} has no function build(scene, parameters)")
        self.described = getattr(module, "PARAMETERS", {})

    def check(self, values):
        """@raises ParameterError"""
        fill_in(self.described, values, os.path.basename(self.path))

    def make(self, frame):
        """An empty Blender with the scene built. @returns (scene, what build() returned, the module)"""
        scene, module = self.empty()
        filled = fill_in(self.described, frame.parameters, os.path.basename(self.path))
        parameters = Parameters(filled, frame.seed)
        return scene, parameters, module

    def empty(self):
        """An empty Blender and the script, run. @returns (scene, module)"""
        bpy.ops.wm.read_factory_settings(use_empty=True)
        module = self._execute()
        return bpy.context.scene, module

    def _execute(self):
        module = types.ModuleType("scene_script")
        module.__file__ = self.path
        exec(self._code, module.__dict__)
        return module


class BlendScene:
    """A .blend file, opened anew for every frame. It has no parameters of its own."""

    described = {}

    def __init__(self, path):
        self.path = path

    def check(self, values):
        fill_in({}, values, os.path.basename(self.path))

    def make(self, frame):
        return self.open(), Parameters({}, frame.seed), None

    def open(self):
        """@returns its scene @raises SceneError when Blender cannot read it"""
        try:
            bpy.ops.wm.open_mainfile(filepath=self.path, load_ui=False, use_scripts=False)
        except RuntimeError as error:
            raise SceneError(f"{self.path} cannot be opened: {str(error).strip()}") from None
        return bpy.context.scene


def load_scene(path):
    """@raises SceneError, or whatever the script raises"""
    if not os.path.exists(path):
        raise SceneError(f"there is no scene {path}")
    return BlendScene(path) if path.endswith(".blend") else ScriptScene(path)
