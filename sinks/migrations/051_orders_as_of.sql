-- What stood at a moment, also as it was published at another; appeals, also those not sure.

CREATE OR REPLACE VIEW orders_in_force AS
SELECT
    case_family, court_id, docket_number, case_name, order_id, document_number, kind, form,
    status, in_force, from_earliest, from_latest, to_earliest, to_latest, clock,
    description, restrains, scope, term_earliest, term_latest, term_words, disputes,
    began_by, began_words, ended_by, confidence, sources, reconstructed, known_at, began_in
FROM court_order_states_current;

-- The stretches that a moment (UTC) falls into, stayed, vacated and lapsed ones too: definite, or
-- possible where it lies within the interval of a beginning or an end, or where a higher court acted
-- and does not say on which of several orders.
CREATE OR REPLACE VIEW orders_in_force_at AS
SELECT
    if(
        from_latest <= {at:DateTime64(3, 'UTC')}
        AND (to_earliest IS NULL OR {at:DateTime64(3, 'UTC')} < to_earliest)
        AND NOT arrayExists(one -> startsWith(one.what, 'possibly_'), disputes),
        'definite',
        'possible'
    ) AS certainty,
    *
FROM orders_in_force
WHERE
    from_earliest <= {at:DateTime64(3, 'UTC')}
    AND (to_latest IS NULL OR {at:DateTime64(3, 'UTC')} <= to_latest);

-- The same as it was published by a moment, as_of: the newest revision of each stretch up to then, in
-- the generation that was live then.
CREATE VIEW IF NOT EXISTS orders_in_force_as_of AS
SELECT
    if(
        from_latest <= {at:DateTime64(3, 'UTC')}
        AND (to_earliest IS NULL OR {at:DateTime64(3, 'UTC')} < to_earliest)
        AND NOT arrayExists(one -> startsWith(one.what, 'possibly_'), disputes),
        'definite',
        'possible'
    ) AS certainty,
    case_family, court_id, docket_number, case_name, order_id, document_number, kind, form,
    status, in_force, from_earliest, from_latest, to_earliest, to_latest, clock,
    description, restrains, scope, term_earliest, term_latest, term_words, disputes,
    began_by, began_words, ended_by, confidence, sources, reconstructed, known_at, began_in,
    _timestamp AS published_at
FROM (
    SELECT *
    FROM court_order_states_history
    WHERE
        _timestamp <= {as_of:DateTime64(3, 'UTC')}
        AND generation = (
            SELECT max(generation)
            FROM generations
            WHERE opened_at <= {as_of:DateTime64(3, 'UTC')}
        )
    ORDER BY revision DESC
    LIMIT 1 BY state_id
)
WHERE
    is_deleted = 0
    AND from_earliest <= {at:DateTime64(3, 'UTC')}
    AND (to_latest IS NULL OR {at:DateTime64(3, 'UTC')} <= to_latest);

-- Appeals and the cases they come from, both ways: said by the appeal's docket (its fields, words or
-- caption) or by the case's ('USCA Case Number 25-5067'). possible: the number leaves out the office
-- where the court has several (then all such dockets on record are candidates), or several cases
-- are named and the appeal's docket is placed with another, or with none.
CREATE OR REPLACE VIEW case_appeals AS
SELECT
    said.appeal AS appeal,
    said.named AS appeal_of,
    said.said_by AS said_by,
    said.entries AS entries,
    said.known_since AS known_since,
    if(
        NOT said.vague AND (placed.below = said.named OR (placed.below = '' AND said.names = 1)),
        'definite',
        'possible'
    ) AS certainty,
    if(said.vague, known.dockets, []) AS candidates
FROM
    (
        SELECT
            appeal,
            named,
            match(named, '/\\d{2}-[a-z]+-\\d+$') AS vague,
            arraySort(groupUniqArray(by)) AS said_by,
            arraySort(groupUniqArray(entry_id)) AS entries,
            min(known_at) AS known_since,
            count() OVER (PARTITION BY appeal) AS names
        FROM
            (
                SELECT
                    concat(court_id, '/', docket_number) AS appeal,
                    assumeNotNull(says_appeal_of) AS named,
                    'appeal' AS by,
                    entry_id,
                    known_at
                FROM court_entries_current
                WHERE says_appeal_of IS NOT NULL
                UNION ALL
                SELECT
                    arrayJoin(appeals) AS appeal,
                    concat(court_id, '/', docket_number) AS named,
                    'case' AS by,
                    entry_id,
                    known_at
                FROM court_entries_current
            )
        GROUP BY appeal, named
    ) AS said
LEFT JOIN
    (
        SELECT
            concat(court_id, '/', docket_number) AS docket,
            max(ifNull(appeal_of, '')) AS below
        FROM court_entries_current
        GROUP BY docket
    ) AS placed
    ON placed.docket = said.appeal
LEFT JOIN
    (
        SELECT
            replaceRegexpOne(concat(court_id, '/', docket_number), '/\\d{1,2}:', '/') AS vaguely,
            arraySort(groupUniqArray(concat(court_id, '/', docket_number))) AS dockets
        FROM court_entries_current
        GROUP BY vaguely
    ) AS known
    ON known.vaguely = said.named;
