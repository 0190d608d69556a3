"""What of Darkroom runs inside Blender. Modules that never import bpy: contract, geometry, mask, random_stream,
scene_parameters, visibility_sampling and people's forms; the others are the thin rooms around bpy."""
