"""One file a section or theorem of the paper; found by walking this package."""
