"""The segmenter's constants, read from ``policy.yaml``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml


@dataclass(frozen=True, slots=True)
class Policy:
    """Each is explained in ``policy.yaml``, with its unit in its name."""

    impossible_speed_mps: float
    impossible_climb_mps: float
    future_s: float
    gap_s: float
    hiding_gap_s: float
    slow_gap_mps: float
    slow_gap_at_least_s: float
    near_runway_m: float
    low_m: float
    clearly_up_m: float
    extrapolate_s: float
    unseen_move_m: float
    airport_within_m: float
    candidates_within_m: float
    track_step_s: float
    open_mark_s: float
    horizon_s: float
    longest_stop_s: float


POLICY = Policy(**yaml.safe_load((Path(__file__).parent / "policy.yaml").read_text()))
