"""Questions with known answers, and the runners that ask them through the agents."""
