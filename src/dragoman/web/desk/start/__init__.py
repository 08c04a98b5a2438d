"""The first steps of a new workspace, each checked against what is there."""
