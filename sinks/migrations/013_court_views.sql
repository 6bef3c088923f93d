-- What stood, which appeal belongs to which case, what was filed together: worked out on reading.

-- The orders of each case with the stretches of their lives: what was in force at a moment is
-- WHERE in_force AND from_earliest <= t AND (to_latest IS NULL OR t < to_latest). It reports what was
-- docketed; a stretch whose ends are intervals is certain only between from_latest and to_earliest.
CREATE VIEW IF NOT EXISTS orders_in_force AS
SELECT
    case_family, court_id, docket_number, case_name, order_id, document_number, kind, form,
    status, in_force, from_earliest, from_latest, to_earliest, to_latest, clock,
    description, restrains, scope, term_earliest, term_latest, term_words, disputes,
    began_by, began_words, ended_by, confidence, sources, reconstructed, known_at
FROM court_order_states_current;

-- The stretches that a moment (UTC) falls into, stayed, vacated and lapsed ones too: definite, or
-- possible where it lies within the interval of a beginning or an end.
CREATE VIEW IF NOT EXISTS orders_in_force_at AS
SELECT
    if(
        from_latest <= {at:DateTime64(3, 'UTC')}
        AND (to_earliest IS NULL OR {at:DateTime64(3, 'UTC')} < to_earliest),
        'definite',
        'possible'
    ) AS certainty,
    *
FROM orders_in_force
WHERE
    from_earliest <= {at:DateTime64(3, 'UTC')}
    AND (to_latest IS NULL OR {at:DateTime64(3, 'UTC')} <= to_latest);

-- Appeals and the cases they come from, both ways: said by the appeal's docket (its fields or words)
-- or by the district's ('USCA Case Number 25-5067').
CREATE VIEW IF NOT EXISTS case_appeals AS
SELECT
    appeal,
    below AS appeal_of,
    arraySort(groupUniqArray(said_by)) AS said_by,
    arraySort(groupUniqArray(entry_id)) AS entries,
    min(known_at) AS known_since
FROM
    (
        SELECT
            concat(court_id, '/', docket_number) AS appeal,
            assumeNotNull(appeal_of) AS below,
            'appeal' AS said_by,
            entry_id,
            known_at
        FROM court_entries_current
        WHERE appeal_of IS NOT NULL
        UNION ALL
        SELECT
            arrayJoin(appeals) AS appeal,
            concat(court_id, '/', docket_number) AS below,
            'case' AS said_by,
            entry_id,
            known_at
        FROM court_entries_current
    )
GROUP BY appeal, below;

-- One filing under several dockets of a court: each of its entries, and the others that it names.
CREATE VIEW IF NOT EXISTS entries_filed_together AS
SELECT
    entry_id,
    court_id,
    docket_number,
    assumeNotNull(pacer_doc_id) AS pacer_doc_id,
    arrayFilter(other -> other.2 != entry_id, filed) AS others
FROM court_entries_current
INNER JOIN
    (
        SELECT
            court_id,
            pacer_doc_id,
            arraySort(groupUniqArray((docket_number, entry_id))) AS filed
        FROM court_entries_current
        WHERE pacer_doc_id IS NOT NULL
        GROUP BY court_id, pacer_doc_id
        HAVING uniqExact(docket_number) > 1
    ) AS filings
    USING (court_id, pacer_doc_id);

ALTER TABLE orders_in_force
COMMENT COLUMN case_family 'court/docket of the district case, shared by its appeals.',
COMMENT COLUMN court_id 'Court id as CourtListener writes it: dcd, cadc.',
COMMENT COLUMN docket_number 'Normalised, without judges'' initials: 1:25-cv-00766.',
COMMENT COLUMN case_name 'Caption of the case.',
COMMENT COLUMN order_id 'The order whose life it is.',
COMMENT COLUMN document_number 'Number of the document on the docket.',
COMMENT COLUMN kind 'Kind of the order, as tro.',
COMMENT COLUMN form 'One of: written, oral, unknown.',
COMMENT COLUMN status 'One of: issued, extended, stayed, vacated, lapsed.',
COMMENT COLUMN in_force 'It stands: issued or extended, neither stayed nor vacated nor lapsed.',
COMMENT COLUMN from_earliest 'Earliest instant at which the stretch may have begun, UTC.',
COMMENT COLUMN from_latest 'Latest instant at which it may have begun, UTC.',
COMMENT COLUMN to_earliest 'Earliest instant at which it may have ended, UTC; null while it is open.',
COMMENT COLUMN to_latest 'Latest instant at which it may have ended, UTC; null while it is open.',
COMMENT COLUMN clock 'The clock that the beginning was read from.',
COMMENT COLUMN description 'The docketed words.',
COMMENT COLUMN restrains 'Its words restrain someone.',
COMMENT COLUMN scope 'Whom and what it covers, in its own words; empty where they do not say.',
COMMENT COLUMN term_earliest 'The end that it, or its extension, states for itself, UTC: earliest; null where none.',
COMMENT COLUMN term_latest 'The same: latest instant, UTC.',
COMMENT COLUMN term_words 'The words that state it.',
COMMENT COLUMN disputes 'What is on record against it, or beside it; see the table court_order_states.',
COMMENT COLUMN began_by 'The order that began the stretch: itself, or one that acts on it.',
COMMENT COLUMN began_words 'The words by which it began.',
COMMENT COLUMN ended_by 'The order that ended it; null while it is open or where its stated term was over.',
COMMENT COLUMN confidence '0 to 1.',
COMMENT COLUMN sources 'Feeds that it rests on.',
COMMENT COLUMN reconstructed 'Written or interpolated from reports, never received as such.',
COMMENT COLUMN known_at 'Arrival of the last evidence that it rests on, UTC.';

ALTER TABLE case_appeals
COMMENT COLUMN appeal 'court/docket of the appeal.',
COMMENT COLUMN appeal_of 'court/docket of the case that it comes from.',
COMMENT COLUMN said_by 'Which docket says so: appeal, case, or both.',
COMMENT COLUMN entries 'Entries that say so.',
COMMENT COLUMN known_since 'Arrival of the first of them, UTC.';

ALTER TABLE entries_filed_together
COMMENT COLUMN entry_id 'Identity of the entry.',
COMMENT COLUMN court_id 'Court id as CourtListener writes it: dcd, cadc.',
COMMENT COLUMN docket_number 'Normalised, without judges'' initials: 1:25-cv-00766.',
COMMENT COLUMN pacer_doc_id 'PACER document id with its volatile fourth digit set to 0.',
COMMENT COLUMN others 'The other entries of the filing: docket number and entry_id.';
