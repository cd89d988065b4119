"""A local page on which a person edits a small game and sees at once what it is worth.

Bokeh serves it on 127.0.0.1 alone, with its own scripts: no network is needed. One file each for
reading what was typed (:mod:`~stackel.explorer.payoffs`), the table of values, the pictures, the
runs of learners, the page that ties them together, and the server.
"""
