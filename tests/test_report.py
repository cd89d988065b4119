"""The HTML report: complete, self-contained, and whole in a real browser."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from browser import chromium, console, needs_chromium

import stackel
from proofs_checks.registry import claims
from proofs_checks.report import Report
from stackel.cli import main
from stackel.errors import InvalidGameError
from stackel.report import page
from stackel.report.mathematics import typeset

IDS = ("thm-1", "thm-8-term-b", "thm-4", "def-3", "r7-criterion", "thm-2")


@pytest.fixture(scope="module")
def report() -> Report:
    return stackel.verify(IDS, budget="quick", seed=3, processes=1)


@pytest.fixture(scope="module")
def html(report: Report) -> str:
    return page(report)


class _Outline(HTMLParser):
    """Ids, links and unclosed elements of a page."""

    VOID = ("meta", "link", "img", "br", "hr", "input")

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.sources: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids += [value for key, value in attrs if key == "id" and value]
        self.links += [given["href"] or ""] if tag == "a" and "href" in given else []
        self.sources += [given["src"] or ""] if "src" in given else []
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def _outline(html: str) -> _Outline:
    outline = _Outline()
    outline.feed(html)
    assert outline.open == []
    return outline


def test_every_claim_has_its_card_and_every_link_its_end(report: Report, html: str) -> None:
    outline = _outline(html)
    assert len(outline.ids) == len(set(outline.ids))
    assert {each.id for each in report} <= set(outline.ids)
    assert {link for link in outline.links if not link.startswith("#")} == set()
    assert {link[1:] for link in outline.links} <= set(outline.ids)


def test_nothing_is_fetched(html: str) -> None:
    assert all(source.startswith("data:") for source in _outline(html).sources)
    addresses = set(re.findall(r"https?://[^\s\"'<)]+", html))
    assert addresses == {"http://www.w3.org/1998/Math/MathML"}  # a name, not a place
    assert "<script" not in html
    assert "@import" not in html
    assert "url(" not in html


def test_every_step_and_verdict_is_on_the_page(report: Report, html: str) -> None:
    text = re.sub(r"<[^>]+>", "", html)
    for each in report:
        assert f'<article id="{each.id}" class="{each.verdict}">' in html
        for found in each.evidence:
            for line in found.lines:
                if "$" not in line:
                    assert (
                        line.replace("&", "&amp;")
                        .replace("<", "&lt;")
                        .replace(">", "&gt;")
                        .replace('"', "&#34;")
                        .replace("'", "&#39;")
                        in text
                    )


@pytest.mark.parametrize("id", claims())
def test_no_formula_is_left_as_source(id: str) -> None:
    declared = claims()[id]
    for text in (declared.short, declared.statement, declared.broken_step, *declared.assumptions):
        assert not re.search(r"\\[a-z]+|\$", typeset(text))


def test_the_command_writes_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "report.html"
    assert main(["verify", "thm-2", "--budget", "quick", "--report", str(target)]) == 0
    assert '<article id="thm-2"' in target.read_text()
    assert list(tmp_path.iterdir()) == [target]
    capsys.readouterr()
    for wrong in ("report.pdf", "nowhere/report.html"):
        assert main(["verify", "thm-2", "--report", str(tmp_path / wrong)]) == 2
        assert capsys.readouterr().err.count("\n") == 1


def test_what_is_no_report_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidGameError, match="report of verify"):
        stackel.save_report([], tmp_path / "report.html")  # type: ignore[arg-type]


@needs_chromium
@pytest.mark.parametrize("width", [1200, 390], ids=["desktop", "phone"])
def test_a_browser_shows_it(html: str, tmp_path: Path, width: int) -> None:
    from selenium.webdriver.common.by import By

    target = tmp_path / "report.html"
    target.write_text(html)
    with chromium(tmp_path / "profile", width=width) as driver:
        driver.get(target.as_uri())
        assert console(driver) == []
        formulas = driver.find_elements(By.TAG_NAME, "math")
        sizes = [
            (each.rect["width"], each.rect["height"]) for each in formulas if each.is_displayed()
        ]
        assert len(sizes) > 10
        assert all(w > 3 and h > 5 for w, h in sizes)
        raised = driver.find_element(By.CSS_SELECTOR, "article math msup")  # is set, not in a row
        base, power = raised.find_elements(By.XPATH, "./*")[:2]
        assert power.rect["y"] < base.rect["y"] + base.rect["height"] / 2
        wide = driver.execute_script(
            "return [document.documentElement.scrollWidth, window.innerWidth]"
        )
        assert wide[0] <= wide[1]
        driver.find_element(By.CSS_SELECTOR, "nav a[href='#def-3']").click()
        place = driver.find_element(By.ID, "def-3").rect["y"]
        assert abs(driver.execute_script("return window.scrollY") - place) < 2000
        folded = driver.find_element(By.CSS_SELECTOR, "details.drawn")
        image = folded.find_element(By.TAG_NAME, "img")
        assert not image.is_displayed()
        folded.find_element(By.TAG_NAME, "summary").click()
        assert image.is_displayed()
        driver.execute_script("arguments[0].scrollIntoView()", image)
        assert driver.execute_async_script(
            "const [image, done] = arguments; image.decode().then(() => done(image.naturalWidth))",
            image,
        )
        assert console(driver) == []
