"""Arenas: the games as batches of runs meet them, one kind of play a file.

An arena holds the payoffs of R runs and turns the two players' mixes into an iteration of play:
what it pays, and what each side gets to see. It knows the game, and nothing of how they learn.
"""

from importlib.util import find_spec

from stackel.errors import MissingExtraError

if find_spec("torch") is None:
    raise MissingExtraError("training runs", "dynamics", "torch")
