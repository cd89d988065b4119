"""Setups: what a batch of runs needs to know of its games, one kind of game a file."""
