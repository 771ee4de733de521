"""The agents who answer, and what they share: runner, model choice, toolset."""
