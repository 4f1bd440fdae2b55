"""Reading the tables next to the modules."""

from reward_service.text.tables import table_lines, table_rows


def test_comments_and_the_heading_are_no_rows() -> None:
    lines = table_lines("reward_service.grounding", "kinds.tsv")
    assert lines[0] == "fever\tlow-grade fever"
    assert all(line and not line.startswith("#") for line in lines)


def test_every_row_has_the_cells_of_its_columns() -> None:
    rows = table_rows("reward_service.analysis", "sites.tsv")
    assert ["pain", "chest|breastbone|sternum|rib cage", "chest pain"] in rows
    assert {len(row) for row in rows} == {3}
