"""The governed layer: metrics, dimensions, and queries over them."""
