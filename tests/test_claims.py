"""Every claim is decided as expected, and a claim that breaks a rule is refused by name."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import stackel
from proofs_checks.budget import Budget
from proofs_checks.checks import (
    Calculation,
    Check,
    Citation,
    Enumeration,
    Identity,
    Neighbour,
    Problem,
    Search,
    Smt,
    Witness,
)
from proofs_checks.checks.search import find
from proofs_checks.evidence import Evidence
from proofs_checks.fact import Fact, at_least, at_most, below, equal
from proofs_checks.registry import Claim, claim, claims, collect
from proofs_checks.report import Report
from proofs_checks.statement import ForAll
from proofs_checks.verify import decide_claim
from stackel.cli import main
from stackel.errors import ClaimError, InvalidGameError

QUICK = Budget.named("quick", seed=7)


@pytest.mark.parametrize("id", claims())
def test_claim_is_decided_as_expected(id: str) -> None:
    decided = decide_claim(claims()[id], QUICK)
    failed = [found.says for found in decided.evidence if found.shows is None]
    assert (decided.verdict, failed) == (decided.expected, [])
    assert all(found.cases != 0 for found in decided.evidence)


@pytest.mark.slow
def test_all_claims_at_the_default_budget() -> None:
    assert stackel.verify(seed=11).agrees


@pytest.mark.slow
@pytest.mark.parametrize("id", claims())
def test_searches_find_what_is_there_from_every_seed(id: str) -> None:
    for check in claims()[id].checks:
        if isinstance(check, Search):
            wrong = check.statement if check.neighbour is None else check.neighbour
            beside = ForAll(inputs=check.statement.inputs, holds=wrong.holds)
            examples = int(QUICK.examples * check.share)
            for seed in range(20):
                spent = Budget(name="quick", seed=seed, claim=id)
                assert find(beside, spent, examples, shrink=False)[0] is not None


def integers() -> Any:
    from hypothesis import strategies as st

    return st.integers(-50, 50)


ALL_SMALL = ForAll(inputs=integers, holds=lambda x: x < 20)
SQUARES = ForAll(inputs=integers, holds=lambda x: x * x >= x)
SMALL_SQUARES = Neighbour(says="x * x >= 2 x", holds=lambda x: x * x >= 2 * x)
NOT_SMALL = Witness(stored=20, facts=lambda x: [at_least("x", x, 20)], says="20", refutes=ALL_SMALL)


def run(check: Check) -> Evidence:
    return check.run(QUICK)


def test_a_search_returns_the_smallest_counterexample() -> None:
    found = run(Search(statement=ALL_SMALL))
    assert (found.shows, found.says) == ("false", "counterexample found: 20")


def test_a_search_that_finds_nothing_counts_its_cases_and_shows_its_power() -> None:
    found = run(Search(statement=SQUARES, neighbour=SMALL_SQUARES))
    assert found.shows == "true"
    assert found.cases is not None
    assert found.cases > 50
    assert found.lines == ("power: the same search does refute that x * x >= 2 x",)


@pytest.mark.parametrize(
    ("check", "why"),
    [
        (Search(statement=SQUARES), "has no power check"),
        (
            Search(
                statement=ForAll(inputs=integers, holds=lambda x: None), neighbour=SMALL_SQUARES
            ),
            "no input met the hypotheses",
        ),
        (
            Search(statement=SQUARES, neighbour=Neighbour(says="1 > 0", holds=lambda x: True)),
            "no power: the same search does not refute that 1 > 0",
        ),
    ],
)
def test_a_search_without_power_or_cases_shows_nothing(check: Check, why: str) -> None:
    found = run(check)
    assert found.shows is None
    assert why in found.says


def test_a_witness_is_judged_by_the_statement_and_by_its_facts() -> None:
    assert run(NOT_SMALL).shows == "false"
    met = Witness(stored=3, facts=NOT_SMALL.facts, says="3", refutes=ALL_SMALL)
    assert run(met).says == "the stored input meets the conclusion"
    wrong = Witness(stored=21, facts=lambda x: [equal("x", x, 20)], says="", refutes=ALL_SMALL)
    assert run(wrong).says == "NOT SO: x = 20 (it is 21)"
    assert run(Witness(stored=21, facts=lambda x: [], says="")).shows is None


@pytest.mark.parametrize("compare", [equal, at_most, below])
def test_facts_refuse_floats(compare: Callable[[str, Any, Any], Fact]) -> None:
    with pytest.raises(ClaimError, match=r"got the float 0\.5"):
        compare("x", Fraction(1, 2), 0.5)


def squares(limit: int) -> Iterator[Problem]:
    import z3

    x = z3.Real("x")
    yield Problem(name="reals", hypotheses=[x > limit], conclusion=x * x >= 1)


def test_smt_proves_refutes_and_rejects_what_is_empty() -> None:
    import z3

    assert run(Smt(problems=lambda: squares(1), says="")).shows == "true"
    refuted = run(Smt(problems=lambda: squares(0), says=""))
    assert refuted.shows == "false"
    assert "x = " in refuted.says
    x = z3.Real("x")
    empty = Problem(name="none", hypotheses=[x > 1, x < 1], conclusion=x == 5)
    assert run(Smt(problems=lambda: [empty], says="")).shows is None
    hard = [z3.Real(f"x{i}") for i in range(9)]
    unknown = Problem(
        name="hard",
        hypotheses=[z3.Sum(*(v**5 for v in hard)) == 7, *(v * hard[0] > 1 for v in hard)],
        conclusion=z3.Product(*hard) > 1,
        example=dict.fromkeys(hard, 0),
    )
    assert run(Smt(problems=lambda: [unknown], says="", seconds=1)).shows is None


def test_identities_and_enumerations() -> None:
    import sympy

    x = sympy.Symbol("x")
    right = [("square", (x + 1) ** 2, x**2 + 2 * x + 1)]
    assert run(Identity(sides=lambda: right, says="")).shows == "true"
    assert run(Identity(sides=lambda: [("no", x, x + 1)], says="")).shows is None
    assert run(Identity(sides=lambda: [], says="")).shows is None
    five = Enumeration(family="numbers", members=lambda: range(5), holds=SQUARES.holds)
    assert (run(five).shows, run(five).cases) == ("true", 5)
    larger = Enumeration(family="numbers", members=lambda: range(30), holds=ALL_SMALL.holds)
    assert (run(larger).shows, run(larger).says) == ("false", "fails for 20")
    none = Enumeration(family="numbers", members=lambda: range(5), holds=lambda x: None)
    assert run(none).shows is None


def test_a_broken_check_leaves_its_claim_undecided() -> None:
    broken = Calculation(method="", facts=lambda: [equal("", 1 // 0, 0)], says="")
    decided = decide_claim(declare(checks=[broken], expected="true"), QUICK)
    assert (decided.verdict, decided.agrees) == ("undecided", False)
    assert decided.evidence[0].says.startswith("the check broke: ZeroDivisionError")


def test_citations_decide_nothing() -> None:
    with_citation = [Citation(source="", says=""), Search(statement=ALL_SMALL)]
    assert (
        decide_claim(declare(checks=with_citation, expected="ill-posed"), QUICK).verdict == "false"
    )


PROVED = Calculation(method="", facts=lambda: [equal("1", 1, 1)], says="")


def declare(checks: list[Check], **fields: Any) -> Claim:
    def body() -> list[Check]:
        return checks

    body.__doc__ = fields.pop("doc", "Short.\n\nThe whole statement.")
    fields = {"source": "here", "expected": "true", "paper_proof": "none", **fields}
    declared: Claim = claim(fields.pop("id", "an-id"), **fields)(body).claim  # type: ignore[attr-defined]
    return declared


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"checks": [PROVED], "source": " "}, "a claim has a source"),
        ({"checks": [PROVED], "id": "An_id"}, "lower-case words joined by hyphens"),
        ({"checks": [PROVED], "doc": "Short."}, "the docstring states the claim"),
        ({"checks": []}, "at least one check"),
        ({"checks": [PROVED], "expected": "maybe"}, "expected must be one of"),
        ({"checks": [PROVED], "expected": "false", "replacement": "r"}, "a stored witness"),
        ({"checks": [NOT_SMALL], "expected": "false"}, "names its replacement"),
        ({"checks": [Search(statement=SQUARES)]}, "a false neighbour"),
        ({"checks": [PROVED], "assumptions": ["more"]}, "assumptions are listed exactly where"),
        ({"checks": [PROVED], "paper_proof": "circular"}, "has a broken_step"),
        ({"checks": [PROVED], "paper_proof": "wrong"}, "paper_proof must be one of"),
        (
            {"checks": [PROVED], "paper_proof": "invalid", "broken_step": "x"},
            "a check with about='proof'",
        ),
    ],
)
def test_a_claim_that_breaks_a_rule_is_refused(fields: dict[str, Any], rule: str) -> None:
    with pytest.raises(ClaimError, match=rule):
        declare(**fields)


def test_ids_are_used_once_and_replacements_exist() -> None:
    def module(**fields: Any) -> ModuleType:
        made = ModuleType(__name__)
        body: Any = lambda: None  # noqa: E731
        body.claim = declare(checks=[PROVED], **fields)
        made.body = body  # type: ignore[attr-defined]
        return made

    assert list(collect([module(id="a"), module(id="b")])) == ["a", "b"]
    with pytest.raises(ClaimError, match="an id is used once"):
        collect([module(id="a"), module(id="a")])
    with pytest.raises(ClaimError, match="a replacement is the id of a claim, got 'c'"):
        collect([module(id="a", replacement="c")])


def test_the_same_seed_finds_the_same() -> None:
    first, second = (
        [e.to_dict() | {"seconds": 0} for e in decide_claim(claims()["thm-1"], QUICK).evidence]
        for _ in range(2)
    )
    assert first == second


def test_verify_prints_a_table_json_and_one_claim(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "thm-1", "intro-se-nash", "--budget", "quick", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [each["id"] for each in listed] == ["thm-1", "intro-se-nash"]
    assert listed[0]["verdict"] == listed[0]["expected"] == "false"
    assert listed[0]["evidence"][0]["kind"] == "witness"
    assert main(["verify", "thm-1", "--budget", "quick"]) == 0
    shown = capsys.readouterr().out
    assert "What is true instead: r7-criterion" in shown
    assert main(["verify", "thm-0"]) == 2
    assert "unknown claim 'thm-0'; nearest" in capsys.readouterr().err


def test_an_unexpected_verdict_exits_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = decide_claim(declare(checks=[PROVED], expected="ill-posed"), QUICK)
    report = Report(decided=(wrong,), budget="quick", seed=0, seconds=0)
    monkeypatch.setattr("stackel.api.verify", lambda *_, **__: report)
    assert main(["verify", "--json"]) == 1


def test_a_report_is_written_as_a_page(tmp_path: Path) -> None:
    page = tmp_path / "claims.md"
    report = stackel.verify(["thm-4", "limsup-regret"], budget="quick", processes=1)
    stackel.save_report(report, page)
    text = page.read_text()
    assert "| [thm-4](#thm-4) |" in text
    assert "Verdict: **false**" in text
    assert "True instead: [limsup-regret](#limsup-regret)" in text
    assert list(tmp_path.iterdir()) == [page]
    for bad in (tmp_path / "claims.txt", tmp_path / "no" / "claims.md"):
        with pytest.raises(InvalidGameError, match=r"must (end in|exist)"):
            stackel.save_report(report, bad)


PAGE = Path(__file__).parent.parent / "docs" / "claims.md"
ROW = re.compile(r"^\| \[([\w-]+)\]\(#\1\) \| .* \| ([\w-]+) \| ([\w]*) \| (\w+) \|$", re.MULTILINE)


def test_what_the_page_says_is_so() -> None:
    rows = ROW.findall(PAGE.read_text())
    assert rows
    for id, verdict, proof, _ in rows:
        assert (verdict, proof or "none") == (claims()[id].expected, claims()[id].paper_proof)


@pytest.mark.slow
def test_the_page_has_every_claim() -> None:
    assert [row[0] for row in ROW.findall(PAGE.read_text())] == list(claims())


def test_what_is_decided_before_a_stop_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def stops_at_the_second(claim: Claim, budget: Budget) -> Any:
        if claim.id == "def-5":
            raise KeyboardInterrupt
        return decide_claim(claim, budget)

    monkeypatch.setattr("proofs_checks.verify.decide_claim", stops_at_the_second)
    report = stackel.verify(["def-4", "def-5", "thm-3"], budget="quick", processes=1)
    assert [each.id for each in report] == ["def-4"]
    assert report.missing == ("def-5", "thm-3")
    assert not report.agrees


def test_a_search_draws_alike_whatever_modules_are_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hypothesis would put the constants of a caller's own modules into its inputs."""
    from hypothesis import strategies as st

    rare = 941_083_774_125_607

    def tried() -> list[int]:
        drawn: list[int] = []

        def holds(x: int) -> bool:
            drawn.append(x)
            return True

        find(ForAll(inputs=lambda: st.integers(0, 10**15), holds=holds), QUICK, 300)
        return drawn

    before = tried()
    (tmp_path / "own_module.py").write_text(f"RARE = {rare}\n")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.import_module("own_module")
    assert tried() == before
    assert rare not in before
