"""What a sentence leaves to later ones: who 'she', 'the judge' and 'the department' will be."""

from __future__ import annotations

from streams.mentions import geography
from streams.mentions.context import Context, Subject, named_subject
from streams.mentions.lexicon import VERBS
from streams.mentions.persons import Name
from streams.mentions.reading import Reading


def note_in_order(mine: list[Name], context: Context) -> None:
    """'The department' of a sentence can be the one named earlier in it; 'the judge' too."""
    for name in mine:
        if name.kind == "agency" and name.name not in ("White House",):
            context.agency = name
        elif name.kind == "company":
            context.company = name
        elif name.kind == "place" and name.name in geography.states():
            context.state = name
        elif name.kind == "person":
            context.seen.append(name)
            if name.is_judge and context.judge is None:
                context.judge = name
        elif name.kind == "court" and context.court is None:
            context.court = name


def remember(mine: list[Name], context: Context, speaker: Subject | None) -> None:
    """Keep who a later 'she' or 'the judge' is."""
    if not mine:
        context.organisation = None
        if speaker is not None and speaker.role != "none":
            context.speaker = speaker
        return
    context.spoken = context.spoken or any(one.kind == "person" for one in mine)
    note_in_order(mine, context)
    bodies = [one for one in mine if one.kind in ("agency", "company", "court")]
    alone = speaker is None and len(bodies) == 1 and not any(o.kind == "person" for o in mine)
    context.organisation = bodies[0] if alone else None
    judges = [one for one in mine if one.kind == "person" and one.is_judge]
    if judges:
        context.judge = judges[0]
    courts = [one for one in mine if one.kind == "court"]
    if courts:
        context.court = courts[0]
    if speaker is None:
        persons = [one for one in mine if one.kind == "person"]
        if persons:
            context.speaker = named_subject(persons[0], 0)
    elif speaker.role != "none":
        context.speaker = speaker


def remember_reading(mine: list[Name], context: Context, reading: Reading) -> None:
    """Keep who a sentence that was read told of: the subject of its main clause."""
    speaker: Subject | None = None
    for clause in reading.clauses:
        if clause.kind != "main" or speaker is not None:
            continue
        for place, index in enumerate(clause.words):
            word = reading.words[index]
            if word.kind == "word" and (word.low in VERBS.finite or word.low.endswith("ed")):
                one = reading.subject(clause, place)
                if one.role in (
                    "person",
                    "judge",
                    "stranger",
                    "court",
                    "agency",
                    "plane",
                    "government",
                    "company",
                ):
                    speaker = speaker or one
                break
    remember(mine, context, speaker)
