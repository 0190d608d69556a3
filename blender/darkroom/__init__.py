"""What of Darkroom runs inside Blender. Modules that never import bpy: contract, geometry, png_chunks, random_stream,
scene_parameters, shapes and the forms of people; the others are the thin rooms around bpy."""
