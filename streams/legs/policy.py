"""The segmenter's constants, read from ``policy.yaml``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml


@dataclass(frozen=True, slots=True)
class Policy:
    """Each is explained in ``policy.yaml``, with its unit in its name."""

    impossible_speed_mps: float
    jump_m: float
    impossible_climb_mps: float
    altitude_jump_m: float
    repeat_s: float
    future_s: float
    received_near_s: float
    ground_flag_too_fast_mps: float
    flicker_s: float
    low_m: float
    near_runway_m: float
    clearly_up_m: float
    rolling_mps: float
    aeroplane_mps: float
    hop_m: float
    gap_s: float
    hiding_gap_s: float
    one_sided_gap_s: float
    stop_s: float
    stop_share: float
    jet_mps: float
    propeller_mps: float
    unseen_move_m: float
    parked_s: float
    extrapolate_base_s: float
    extrapolate_mps: float
    approach_slope: float
    descent_m: float
    airport_within_m: float
    candidates_within_m: float
    track_error_m: float
    open_mark_s: float
    approach_mark_s: float
    longest_stop_s: float
    horizon_s: float
    lone_s: float
    lone_spell_s: float
    blink_s: float
    pass_by_m: float
    creeping_mps: float
    level_mps: float
    hover_m: float
    low_gap_s: float
    low_gap_m: float
    too_high_m: float


POLICY = Policy(**yaml.safe_load((Path(__file__).parent / "policy.yaml").read_text()))
