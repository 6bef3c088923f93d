"""How right the legs are on the labelled days: what the README says, kept."""

from tests.benchmarks.legs_quality import run


def test_legs_airports_and_ends_are_as_right_as_we_say() -> None:
    found = run(quick=True)
    assert found["precision"] >= 0.95
    assert found["recall"] >= 0.95
    assert found["airports_right_of_named"] >= 0.98
    assert found["airports_named_of_all"] >= 0.85
    assert found["ends_holding_the_truth"] >= 0.99
    assert found["largest_error_s"] <= 60
    assert found["median_width_of_narrow_s"] <= 60
