r"""Claims of the paper as executable statements.

A claim is one function in a file of :mod:`proofs_checks.claims`; it is found by walking that
package, so that adding one edits no other file::

    @claim(
        "thm-4",
        source="Appendix A.3, Theorem 4, lines 328 to 386",
        expected="false",
        paper_proof="invalid",
        broken_step='"By its definition, regret is always non-negative"',
        replacement="r-limsup",
    )
    def theorem_4() -> Iterator[Check]:
        r\"\"\"No regret means that average regret tends to 0.

        For every game and every play, the follower has no regret if and only if
        $\lim_{T \to \infty} Reg_F / T = 0$.
        \"\"\"
        yield Witness(stored=..., facts=..., says=..., refutes=STATEMENT)
        yield Search(statement=STATEMENT)

The docstring's first line is the statement in short, the rest the whole of it with its quantifiers;
formulas are light LaTeX between dollar signs (:mod:`proofs_checks.mathematics`). The checks that
the function yields decide it, strongest first; making them computes nothing, running them does:

======================  ==========  ==============================================================
check                   kind        what it is for
======================  ==========  ==============================================================
``Smt``                 proof       all games of a size, by z3
``Identity``            proof       equations between sympy expressions
``Calculation``         proof       exact facts that decide: LP duality, closed forms
``Enumeration``         proof       every member of a finite family
``Witness``             witness     one stored exact input that refutes, with its arithmetic
``Search``              search      hypothesis looks for a counterexample and makes it small
``Simulation``          simulation  a finite run of a learning dynamic, held to its exact band
``Citation``            citation    what is taken from the literature: decides nothing
======================  ==========  ==============================================================

- The verdict is computed from what the checks show (:func:`proofs_checks.evidence.decide`). A check
  that fails, a search without power, a hypothesis that no input met: all leave it ``undecided``.
- A false claim has a ``Witness`` and a ``replacement`` (the id of the nearest true claim), and,
  where inputs can be drawn, a ``Search`` that finds a counterexample again.
- A claim that holds by search names a ``Neighbour``, a false statement that it must refute.
- A check that needs an optional extra says so (``needs="torch"``) and is left out where that is
  not installed: the verdict then rests on the others.
- State a claim's test once, as a :class:`~proofs_checks.statement.ForAll`: its ``holds`` returns
  True, False, or None for an input that does not meet the hypotheses, and judges stored, searched
  and enumerated inputs alike.
- Facts are exact (:mod:`proofs_checks.fact`): ``equal``, ``at_most``, ``below``, ``fact``; a float
  in one is an error. Each fact is a line that a reader can redo by hand.
- ``true-with-assumptions``: list them in ``assumptions=``; checks that need them repeat them in
  ``assuming=``; a check without shows that the bare statement fails.
- A step of the paper's proof is checked with ``about="proof"``; such a check decides no verdict.
- Say what a concept is by its definition (:mod:`proofs_checks.definitions`), not only by the solver
  that computes it. Import solvers and other heavy modules inside the functions that use them.
"""
