"""Games with follower types: one method, one file; :mod:`solvers.bayesian.solve` runs them all."""
