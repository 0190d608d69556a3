"""Thirty shapes on a floor, one texture of a pool on all of them: what the bench renders."""

import bpy

PARAMETERS = {
    "strength": {"default": 1.0, "description": "Strength of the world's light"},
    "texture": {"default": "", "description": "A picture"},
}


def build(scene, parameters):
    stream = parameters.random("places")
    world = scene.world
    world.use_nodes = True
    world.node_tree.nodes["Background"].inputs["Strength"].default_value = parameters["strength"]
    material = bpy.data.materials.new("painted")
    material.use_nodes = True
    if parameters["texture"]:
        node = material.node_tree.nodes.new("ShaderNodeTexImage")
        node.image = bpy.data.images.load(parameters["texture"])
        shader = next(node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
        material.node_tree.links.new(node.outputs["Color"], shader.inputs["Base Color"])
    bpy.ops.mesh.primitive_plane_add(size=30)
    for number in range(30):
        place = (stream.uniform(-3, 3), stream.uniform(-3, 3), 0.4)
        if number % 2:
            bpy.ops.mesh.primitive_uv_sphere_add(radius=0.4, location=place)
        else:
            bpy.ops.mesh.primitive_cube_add(size=0.7, location=place)
        thing = bpy.context.object
        thing.data.materials.append(material)
        thing["class"] = "sphere" if number % 2 else "cube"
    camera = scene.camera
    camera.location = (0, -9, 5)
    camera.data.lens = 35
    camera.rotation_euler = (1.1, 0, 0)
    return {"camera": "own"}
