"""People out of MakeHuman's base assets, for users who have them; nothing of theirs is part of Darkroom."""
