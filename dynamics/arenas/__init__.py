"""Arenas: the games as batches of runs meet them, one kind of play a file.

An arena holds the payoffs of R runs and turns the two players' mixes into an iteration of play:
what it pays, and what each side gets to see. It knows the game, and nothing of how they learn.
"""
