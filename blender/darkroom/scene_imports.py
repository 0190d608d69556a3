"""Which of the Python files around a scene it may import, also in branches that have not run yet. No bpy."""

import ast
import os


def imported_files(script, folder=None):
    """Absolute paths of the modules below the script's folder that it imports, and that these import."""
    folder = folder or os.path.dirname(os.path.abspath(script))
    found, waiting = set(), [os.path.abspath(script)]
    while waiting:
        path = waiting.pop()
        for name in _imports(path, folder):
            for file in _files_of(name, folder):
                if file not in found:
                    found.add(file)
                    waiting.append(file)
    found.discard(os.path.abspath(script))
    return sorted(found)


def _imports(path, folder):
    """Dotted names, seen from the folder. A file that is no Python imports nothing: whoever runs it will say so."""
    try:
        with open(path, encoding="utf-8") as file:
            tree = ast.parse(file.read(), path)
    except (SyntaxError, UnicodeDecodeError):
        return
    package = os.path.relpath(os.path.dirname(path), folder).split(os.sep)
    package = [] if package == ["."] else package
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            parts = [*base, *(node.module.split(".") if node.module else [])]
            if parts:
                yield ".".join(parts)
            yield from (".".join([*parts, alias.name]) for alias in node.names)


def _files_of(name, folder):
    """The files that are run when a dotted name is imported: every package on the way, then the module."""
    path = folder
    for part in name.split("."):
        path = os.path.join(path, part)
        init = os.path.join(path, "__init__.py")
        if os.path.isfile(init):
            yield init
        elif os.path.isfile(f"{path}.py"):
            yield f"{path}.py"
            return
        elif not os.path.isdir(path):
            return
