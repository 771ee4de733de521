"""From a result to facts, from facts to sentences."""
