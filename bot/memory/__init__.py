"""How many bytes a model takes on each device, and the plan that follows."""
