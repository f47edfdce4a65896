#ifndef SPX_JOBS_STORE_TEXTS_H
#define SPX_JOBS_STORE_TEXTS_H

/*
 * Statements that all kinds of databases understand, for the table of one kind. Before it stands
 * what COLUMNS are: SPX_COMMON_COLUMNS, and run, stage, percent, views and refused_by behind them;
 * and what MAY_BE_LOST is: a condition that always holds, and says that nobody waits for the disk,
 * since a change that a crash forgets is made again; and ACTIVE_JOBS: those that wait or run, with
 * the way to a client's.
 */
#define SPX_ROW_COLUMNS                                                                            \
    "id, owner, client, name, type, size, kind, state, options, revision, attempts, "              \
    "preview, created_ms, started_ms, finished_ms, failure, error, summary, files, "               \
    "wanted, second, share, tag, key, hook, source, arrival, hooked, hook_attempts, "              \
    "hook_due_ms, hook_answer, cost, seen_run, seen_views, "
#define SPX_COMMON_COLUMNS                                                                         \
    SPX_ROW_COLUMNS                                                                                \
    "CASE state WHEN 0 THEN (SELECT COUNT(*) FROM jobs q WHERE q.state = 0 AND q.seq <= "          \
    "jobs.seq) ELSE 0 END, CASE state WHEN 0 THEN (SELECT COALESCE(SUM(q.cost), 0) FROM jobs q "   \
    "WHERE q.state = 0 AND q.seq < jobs.seq) ELSE 0 END"

/* clang-format off */
#define SPX_COMMON_TEXTS \
    [SQL_GET] = \
        "SELECT " \
        COLUMNS \
        " FROM jobs WHERE id = ?1", \
    [SQL_LIST] = \
        "SELECT " \
        COLUMNS \
        " FROM jobs WHERE owner = ?1 AND seq < COALESCE((SELECT b.seq FROM jobs b WHERE " \
        "b.id = ?2), 9223372036854775807) AND (?4 = 0 OR ((1 << CAST(state AS INTEGER)) & " \
        "?4) <> 0) AND (?5 = '' OR tag = ?5) ORDER BY seq DESC LIMIT ?3", \
    [SQL_CANCEL] = \
        "UPDATE jobs SET state = 4, finished_ms = ?2, finished_up_ms = ?3 WHERE id = ?1 AND " \
        "state = 0", \
    [SQL_REMOVE] = \
        "DELETE FROM jobs WHERE id = ?1 AND state > 1", \
    [SQL_EXPIRED] = \
        "SELECT id FROM jobs WHERE state > 1 AND finished_up_ms < ?1 ORDER BY " \
        "finished_up_ms LIMIT 1", \
    [SQL_OLDEST] = \
        "SELECT COALESCE(MIN(finished_up_ms), -1) FROM jobs WHERE state > 1", \
    [SQL_NEWEST] = \
        "SELECT COALESCE(MAX(finished_up_ms), 0) FROM jobs", \
    [SQL_SET_PREVIEW] = \
        "UPDATE jobs SET preview = ?2 WHERE id = ?1 AND " MAY_BE_LOST, \
    [SQL_COUNTS] = \
        "SELECT state, COUNT(*) FROM jobs GROUP BY state", \
    /* No more is counted than makes a difference. */ \
    [SQL_ROOM] = \
        "SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM jobs WHERE state = 0 LIMIT ?3) AS w), " \
        "(SELECT COUNT(*) FROM (SELECT 1 FROM " ACTIVE_JOBS " AND client = ?1 LIMIT ?4) AS c), " \
        "(SELECT SUM(jobs) FROM quota WHERE client = ?1 AND day = ?2)", \
    [SQL_SWEEP_DAYS] = \
        "DELETE FROM quota WHERE day < ?1 AND " MAY_BE_LOST, \
    [SQL_QUEUED_COST] = \
        "SELECT COALESCE(SUM(cost), 0) FROM jobs WHERE state = 0", \
    [SQL_GET_FACT] = \
        "SELECT value FROM facts WHERE name = ?1", \
    [SQL_SET_FACT] = \
        "INSERT INTO facts (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET " \
        "value = ?2 WHERE " MAY_BE_LOST, \
    [SQL_WANT] = \
        "UPDATE jobs SET wanted = wanted | ?2, attempts = CASE wanted WHEN 0 THEN 0 ELSE " \
        "attempts END WHERE id = ?1 AND state = 2", \
    [SQL_SHARE] = \
        "UPDATE jobs SET share = ?2 WHERE id = ?1", \
    [SQL_SHARED] = \
        "SELECT " \
        COLUMNS \
        " FROM jobs WHERE share = ?1 AND share <> ''", \
    [SQL_ARRIVED] = \
        "UPDATE jobs SET arrival = 0, type = ?2, size = ?3, cost = ?4 WHERE id = ?1 AND " \
        "arrival = 2 AND state = 0", \
    [SQL_IS_AWAITED] = \
        "SELECT 1 FROM jobs WHERE id = ?1 AND state = 0 AND arrival <> 0", \
    [SQL_LOST] = \
        "UPDATE jobs SET state = 3, finished_ms = ?2, failure = ?3, error = ?4, " \
        "finished_up_ms = ?5 WHERE id = ?1 AND arrival = 2 AND state = 0", \
    [SQL_SET_HOOK] = \
        "UPDATE jobs SET hooked = ?2, hook_attempts = ?3, hook_due_ms = ?4, hook_answer = " \
        "?5 WHERE id = ?1 AND revision = ?6", \
    [SQL_KEYED] = \
        "SELECT " \
        COLUMNS \
        " FROM jobs WHERE key = ?1 AND key <> '' AND (owner = ?2 OR client = ?3) LIMIT 1"
/* clang-format on */

#endif
