"""Claimed numbers keep what they count and the words that bound them."""

import pytest

from streams.mentions.values import ClaimedValue, claimed_values


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("238 Venezuelans were flown out", [ClaimedValue(238, "venezuelans", "", False)]),
        ("261 people in all", [ClaimedValue(261, "people", "in all", False)]),
        (
            "137 people under the Alien Enemies Act",
            [ClaimedValue(137, "people", "under the Alien Enemies Act", False)],
        ),
        ("more than 1,200 migrants", [ClaimedValue(1200, "migrants", "", True)]),
        ("Three planes took 23 Salvadoran men", [
            ClaimedValue(3, "planes", "", False), ClaimedValue(23, "men", "Salvadoran", False),
        ]),
        ("eight deported men aboard", [ClaimedValue(8, "men", "deported aboard", False)]),
        ("at 7:25 p.m. on March 15, 2025, for $6 million", []),
    ],
)  # fmt: skip
def test_a_number_stays_with_its_scope(words: str, expected: list[ClaimedValue]) -> None:
    assert list(claimed_values(words)) == expected
