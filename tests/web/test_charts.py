"""Charts: what they draw, and that hostile names stay text."""

from __future__ import annotations

from xml.etree import ElementTree

from reward_service.runs.curves import Chart, Line
from reward_service.runs.summary import Distribution, LengthBin
from reward_service.web import charts

HOSTILE = '"><script>alert(1)</script>'


def distribution(name: str = "coverage", counts: tuple[int, ...] = (0, 4, 2)) -> Distribution:
    return Distribution(name, sum(counts), 0.5, 0.1, 0.0, 1.0, counts)


def test_a_bar_is_as_tall_as_its_count() -> None:
    drawn = ElementTree.fromstring(charts.histogram(distribution()))
    bars = drawn.findall("rect")
    heights = [float(bar.attrib["height"]) for bar in bars]
    assert len(heights) == 2  # nothing is drawn for no rows
    assert heights[0] == 2 * heights[1]
    titles = [bar.findtext("title") for bar in bars]
    assert titles == ["0.3333 to 0.6667: 4 rows", "0.6667 to 1: 2 rows"]


def test_charts_of_nothing_and_of_one_value() -> None:
    empty = charts.histogram(Distribution("reward", 0, None, None, 0.0, 1.0, (0, 0)))
    assert "<rect" not in empty
    one = LengthBin(5, 5, 1, 2.0, 2.0, 2.0)
    assert ElementTree.fromstring(charts.lengths([one], "words")).find("rect") is not None
    point = Chart("reward", (Line("reward", ((3.0, 1.0),)),), None)
    assert ElementTree.fromstring(charts.curves(point)).find("circle") is not None


def test_lines_differ_by_more_than_their_colour() -> None:
    lines = tuple(Line(f"l{i}", ((0.0, i), (1.0, i + 1.0))) for i in range(4))
    drawn = ElementTree.fromstring(charts.curves(Chart("many", lines, None)))
    dashes = [line.get("stroke-dasharray") for line in drawn.findall("polyline")]
    assert len(set(dashes)) == 4


def test_hostile_names_are_escaped_and_no_style_attribute_is_used() -> None:
    chart = Chart(HOSTILE, (Line(HOSTILE, ((0.0, 0.0), (1.0, 1.0))),), (0.0, 1.0))
    for drawn in (
        charts.histogram(distribution(HOSTILE)),
        charts.curves(chart),
        charts.lengths([LengthBin(1, 2, 3, 1.0, 0.0, 2.0)], HOSTILE),
    ):
        assert "<script" not in drawn
        assert "style=" not in drawn
        ElementTree.fromstring(drawn)
        alone = charts.standalone(drawn, HOSTILE, [HOSTILE])
        assert "<script" not in alone
        assert ElementTree.fromstring(alone).tag == "{http://www.w3.org/2000/svg}svg"


def test_an_axis_goes_below_0_only_where_values_do_and_its_labels_fit() -> None:
    def labels(values: tuple[float, float]) -> list[str | None]:
        line = Line("kl", tuple(enumerate(values)))
        drawn = ElementTree.fromstring(charts.curves(Chart("kl", (line,), None)))
        return [text.text for text in drawn.findall("text")][2:]

    assert labels((0.0, 1.0)) == ["1.05", "0"]
    assert labels((-0.5, 0.5)) == ["0.55", "-0.55"]
    assert labels((-0.000123, 0.00123)) == ["0.0013", "-0.00019"]
