"""The differential campaign: every method of stackel and every peer on the same random games."""
