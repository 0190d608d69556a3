"""What the pipeline file randomizes in a scene that was built or opened. Every choice is in the frame's description,
or follows from its seed by streams with names."""
