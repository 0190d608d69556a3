"""Meshes out of arrays, without operators: a scene of a hundred pieces costs milliseconds."""

import bpy
import numpy as np


def mesh_object(scene, name, vertices, quads, smooth=True):
    """An object of quads. vertices [N, 3]; quads [M, 4], the last index equal to the first for a triangle."""
    vertices = np.ascontiguousarray(vertices, dtype=np.float32)
    quads = np.asarray(quads, dtype=np.int32)
    mesh = bpy.data.meshes.new(name)
    mesh.vertices.add(len(vertices))
    mesh.vertices.foreach_set("co", vertices.ravel())
    triangle = quads[:, 3] == quads[:, 0]
    counts = np.where(triangle, 3, 4).astype(np.int32)
    loops = quads.ravel() if not triangle.any() else quads[np.arange(4)[None, :] < counts[:, None]]
    mesh.loops.add(len(loops))
    mesh.loops.foreach_set("vertex_index", np.ascontiguousarray(loops, dtype=np.int32))
    mesh.polygons.add(len(quads))
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int32)
    mesh.polygons.foreach_set("loop_start", starts)
    # Blender 4 derives the counts from the starts and lets no one write them.
    if not bpy.types.MeshPolygon.bl_rna.properties["loop_total"].is_readonly:
        mesh.polygons.foreach_set("loop_total", counts)
    mesh.polygons.foreach_set("use_smooth", np.full(len(quads), smooth, dtype=bool))
    mesh.update(calc_edges=True)
    thing = bpy.data.objects.new(name, mesh)
    scene.collection.objects.link(thing)
    return thing


def set_colours(mesh, name, colours):
    """Colours [N, 3] or [N, 4], linear, one a vertex, for an Attribute node of that name."""
    if colours.shape[1] == 3:
        colours = np.column_stack([colours, np.ones(len(colours), dtype=np.float32)])
    attribute = mesh.attributes.new(name, "FLOAT_COLOR", "POINT")
    attribute.data.foreach_set("color", np.ascontiguousarray(colours, dtype=np.float32).ravel())


def set_vectors(mesh, name, vectors):
    """Vectors [N, 3], one a vertex, for an Attribute node of that name."""
    attribute = mesh.attributes.new(name, "FLOAT_VECTOR", "POINT")
    attribute.data.foreach_set("vector", np.ascontiguousarray(vectors, dtype=np.float32).ravel())


def compound(scene, name, parts):
    """One object of several shapes. parts: [(shape, material)], a shape being (vertices, quads)"""
    materials = []
    vertices, quads, slots = [], [], []
    offset = 0
    for (points, faces), material in parts:
        if material not in materials:
            materials.append(material)
        vertices.append(points)
        quads.append(faces + offset)
        slots.append(np.full(len(faces), materials.index(material), dtype=np.int32))
        offset += len(points)
    thing = mesh_object(scene, name, np.concatenate(vertices), np.concatenate(quads))
    for material in materials:
        thing.data.materials.append(material)
    thing.data.polygons.foreach_set("material_index", np.concatenate(slots))
    return thing
