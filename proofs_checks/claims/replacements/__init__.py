"""True statements that stand where the paper's do not."""
