"""The staff app's own widgets; each shows the view it was last given and nothing else."""
