/* The tables in a database that many nodes share, and what is said to it. */
#include "jobs/store_internal.h"
#include "jobs/store_texts.h"
#include "postgres/postgres.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS SPX_COMMON_COLUMNS ", run, stage, percent, views, refused_by"
#define RUNNING_COLUMNS                                                                            \
    SPX_ROW_COLUMNS "0, 0.0, run, stage, percent, views, refused_by" /* nothing is ahead */
#define ACTIVE_JOBS "jobs WHERE state IN (0, 1) AND arrival IN (0, 1, 2)"
#define MAY_BE_LOST "set_config('synchronous_commit', 'off', true) <> ''"

/*
 * The first layout. A row's `node`, `run` and `lease_until` say who has the job, for the how
 * many-th time somebody has it, and until when he may be silent; `run` makes sure that who lost a
 * job cannot end it. Pages have room for the next version of a row: what changes while a job runs
 * is in no index.
 */
static const char first_layout[] =
    "CREATE TABLE jobs (seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id TEXT COLLATE "
    "\"C\" NOT NULL UNIQUE, owner TEXT COLLATE \"C\" NOT NULL, client TEXT COLLATE \"C\" NOT "
    "NULL, name TEXT NOT NULL, type TEXT NOT NULL, size BIGINT NOT NULL, kind BIGINT NOT "
    "NULL, state BIGINT NOT NULL, options TEXT NOT NULL, revision BIGINT NOT NULL DEFAULT 1, "
    "attempts BIGINT NOT NULL DEFAULT 0, preview BIGINT NOT NULL DEFAULT 0, created_ms BIGINT "
    "NOT NULL, started_ms BIGINT NOT NULL DEFAULT 0, finished_ms BIGINT NOT NULL DEFAULT 0, "
    "failure BIGINT NOT NULL DEFAULT 0, error TEXT NOT NULL DEFAULT '', summary TEXT NOT NULL "
    "DEFAULT '', files TEXT NOT NULL DEFAULT '[]', wanted BIGINT NOT NULL DEFAULT 0, second "
    "TEXT NOT NULL DEFAULT '', share TEXT COLLATE \"C\" NOT NULL DEFAULT '', tag TEXT NOT "
    "NULL DEFAULT '', key TEXT COLLATE \"C\" NOT NULL DEFAULT '', hook TEXT NOT NULL DEFAULT "
    "'', source TEXT NOT NULL DEFAULT '', arrival BIGINT NOT NULL DEFAULT 0, hooked BIGINT "
    "NOT NULL DEFAULT 0, hook_attempts BIGINT NOT NULL DEFAULT 0, hook_due_ms BIGINT NOT NULL "
    "DEFAULT 0, hook_answer TEXT NOT NULL DEFAULT '', cost DOUBLE PRECISION NOT NULL DEFAULT "
    "0, finished_up_ms BIGINT NOT NULL DEFAULT 0, run BIGINT NOT NULL DEFAULT 0, node TEXT "
    "COLLATE \"C\" NOT NULL DEFAULT '', lease_until TIMESTAMPTZ NOT NULL DEFAULT '-infinity', "
    "cancel BIGINT NOT NULL DEFAULT 0, stage TEXT NOT NULL DEFAULT '', percent DOUBLE "
    "PRECISION NOT NULL DEFAULT 0, views BIGINT NOT NULL DEFAULT 0, preview_until TIMESTAMPTZ "
    "NOT NULL DEFAULT '-infinity') WITH (fillfactor = 70);\n"
    "CREATE INDEX jobs_ended ON jobs (finished_up_ms) WHERE state > 1;\n"
    "CREATE INDEX jobs_of_owner ON jobs (owner, seq);\n"
    "CREATE INDEX jobs_wanting_preview ON jobs (seq) WHERE preview <= 0;\n"
    "CREATE INDEX jobs_wanting_files ON jobs (seq) WHERE wanted <> 0;\n"
    "CREATE INDEX jobs_awaited ON jobs (seq) WHERE arrival <> 0;\n"
    "CREATE INDEX jobs_with_hook ON jobs (hook_due_ms) WHERE hook <> '' AND state > 1;\n"
    "CREATE INDEX jobs_shared ON jobs (share) WHERE share <> '';\n"
    "CREATE TABLE facts (name TEXT PRIMARY KEY, value DOUBLE PRECISION NOT NULL);\n"
    "CREATE TABLE quota (client TEXT COLLATE \"C\" NOT NULL, day BIGINT NOT NULL, jobs BIGINT "
    "NOT NULL, PRIMARY KEY (client, day));\n";

/* The second layout: who is there, for estimates. */
static const char second_layout[] =
    "CREATE TABLE nodes (node TEXT COLLATE \"C\" PRIMARY KEY, workers BIGINT NOT NULL, seen "
    "TIMESTAMPTZ NOT NULL);\n";

/*
 * The third layout: a job costs less. One index of what waits or runs stands for four, since each
 * change of a job's state writes to all indexes; who had a turn last is in a table of turns, and
 * not looked for among all jobs that ever were. A key is one job's, whichever nodes are asked at
 * the same moment: of those that were made with one key by an older spx, the first keeps it.
 */
static const char third_layout[] =
    "ALTER TABLE jobs DROP CONSTRAINT jobs_pkey, DROP CONSTRAINT jobs_id_key, ADD PRIMARY KEY "
    "(id);\n"
    "DROP INDEX IF EXISTS jobs_waiting, jobs_running, jobs_active, jobs_active_of_client, "
    "jobs_of_client, "
    "jobs_with_key;\n"
    "CREATE INDEX jobs_in_turn ON jobs (state, arrival, client, seq) WHERE state < 2;\n"
    "CREATE INDEX jobs_begun_again ON jobs (node) WHERE state = 1 AND attempts > 1;\n"
    "CREATE TABLE turns (client TEXT COLLATE \"C\" PRIMARY KEY, last_ms BIGINT NOT NULL) WITH "
    "(fillfactor = 50);\n"
    "INSERT INTO turns SELECT client, MAX(started_ms) FROM jobs WHERE started_ms > 0 GROUP BY "
    "client;\n"
    "UPDATE jobs SET key = '' WHERE key <> '' AND EXISTS (SELECT 1 FROM jobs b WHERE b.key = "
    "jobs.key AND b.seq < jobs.seq AND (b.owner = jobs.owner OR b.client = jobs.client));\n"
    "CREATE UNIQUE INDEX jobs_with_key_of_owner ON jobs (owner, key) WHERE key <> '';\n"
    "CREATE UNIQUE INDEX jobs_with_key_of_client ON jobs (client, key) WHERE key <> '';\n"
    "DROP FUNCTION IF EXISTS spx_claim(TEXT, BIGINT, DOUBLE PRECISION);\n"
    "DROP FUNCTION IF EXISTS spx_claim_preview(BIGINT);\n";

/*
 * The fourth layout: which run is seen; until then it was the one whose files there are. And what
 * the most knowing worker knows who did not know an option of the job, and when that was.
 */
static const char fourth_layout[] =
    "ALTER TABLE jobs ADD COLUMN seen_run BIGINT NOT NULL DEFAULT 0, ADD COLUMN seen_views BIGINT "
    "NOT NULL DEFAULT 0, ADD COLUMN refused_by BIGINT NOT NULL DEFAULT 0, ADD COLUMN refused_ms "
    "BIGINT NOT NULL DEFAULT 0;\n"
    "CREATE INDEX jobs_refused ON jobs (refused_ms) WHERE refused_by > 0;\n"
    "UPDATE jobs SET seen_run = COALESCE(CAST(substring(files FROM "
    "'\"disk\":\"output-([0-9]{1,9})/') AS BIGINT), CASE state WHEN 2 THEN run ELSE 0 END), "
    "seen_views = views WHERE state = 2 OR files <> '[]';\n";

/*
 * The fifth layout: adding costs less. Days that are over are swept, and not looked for with each
 * job; only a key is worth the longer way of a row that may be there already.
 */
static const char fifth_layout[] =
    "DROP FUNCTION IF EXISTS spx_add(TEXT, TEXT, TEXT, TEXT, TEXT, BIGINT, BIGINT, TEXT, BIGINT, "
    "TEXT, TEXT, TEXT, TEXT, TEXT, BIGINT, DOUBLE PRECISION, BIGINT, BIGINT, BIGINT, BIGINT);\n";

/*
 * Adds a job if it fits, and says whether it did (spx_store_room). Who counts a client's jobs and
 * adds one is alone at it. Another client of the same owner may add with the same key meanwhile:
 * the index of keys has him wait, and tells him. most_queued: below 0, what waits is not counted;
 * else the answer for a job that was added is 16 and how many waited before it.
 */
static const char add_function[] =
    "CREATE FUNCTION spx_add(job_id TEXT, its_owner TEXT, its_client TEXT, its_name TEXT, its_type "
    "TEXT, its_size BIGINT, its_kind BIGINT, its_options TEXT, created BIGINT, its_second TEXT, "
    "its_tag TEXT, its_key TEXT, its_hook TEXT, its_source TEXT, its_arrival BIGINT, its_cost "
    "DOUBLE PRECISION, most_queued BIGINT, most_of_client BIGINT, most_a_day BIGINT, today BIGINT) "
    "RETURNS BIGINT LANGUAGE plpgsql AS $spx$\n"
    "DECLARE waiting BIGINT := -16;\n"
    "BEGIN\n"
    "PERFORM pg_advisory_xact_lock(hashtextextended(its_client, 0));\n"
    "IF its_key <> '' AND EXISTS (SELECT 1 FROM jobs j WHERE j.key = its_key AND j.key <> '' AND "
    "(j.owner = its_owner OR j.client = its_client)) THEN RETURN 4; END IF;\n"
    "IF most_queued >= 0 THEN\n"
    "waiting := (SELECT COUNT(*) FROM (SELECT 1 FROM jobs j WHERE j.state = 0 LIMIT most_queued) "
    "AS w);\n"
    "IF waiting >= most_queued THEN RETURN 1; END IF;\n"
    "END IF;\n"
    "IF (SELECT COUNT(*) FROM (SELECT 1 FROM jobs j WHERE j.state IN (0, 1) AND j.arrival IN (0, "
    "1, 2) AND j.client = its_client LIMIT most_of_client) AS c) >= most_of_client THEN RETURN 2; "
    "END IF;\n"
    "IF most_a_day > 0 AND (SELECT SUM(q.jobs) FROM quota q WHERE q.client = its_client AND q.day "
    "= today) >= most_a_day THEN RETURN 3; END IF;\n"
    "IF its_key = '' THEN\n"
    "INSERT INTO jobs (id, owner, client, name, type, size, kind, state, options, created_ms, "
    "second, tag, hook, source, arrival, cost) VALUES (job_id, its_owner, its_client, its_name, "
    "its_type, its_size, its_kind, 0, its_options, created, its_second, its_tag, its_hook, "
    "its_source, its_arrival, its_cost);\n"
    "ELSE\n"
    "INSERT INTO jobs (id, owner, client, name, type, size, kind, state, options, created_ms, "
    "second, tag, key, hook, source, arrival, cost) VALUES (job_id, its_owner, its_client, "
    "its_name, its_type, its_size, its_kind, 0, its_options, created, its_second, its_tag, "
    "its_key, its_hook, its_source, its_arrival, its_cost) ON CONFLICT DO NOTHING;\n"
    "IF NOT FOUND THEN RETURN 4; END IF;\n"
    "END IF;\n"
    "IF most_a_day > 0 THEN\n"
    "INSERT INTO quota AS q (client, day, jobs) VALUES (its_client, today, 1) ON CONFLICT (client, "
    "day) DO UPDATE SET jobs = q.jobs + 1;\n"
    "END IF;\n"
    "RETURN 16 + waiting;\n"
    "END $spx$;\n";

/*
 * The next job for a worker. Clients take turns: the one with the fewest running jobs comes first,
 * then the one whose last job began longest ago. Their names are read from the index by leaps, so
 * that a long queue of one costs nothing. Rows that others are about to take are passed over. What
 * was begun before and did not end may be what ends the worker: there it runs alone. One statement,
 * since every further one costs the database as much as the search.
 */
static const char claim_text[] =
    "WITH RECURSIVE who AS ((SELECT j.client, j.seq FROM jobs j WHERE j.state = 0 AND "
    "j.arrival = 0 ORDER BY j.client, j.seq LIMIT 1) UNION ALL SELECT n.client, n.seq FROM "
    "who CROSS JOIN LATERAL (SELECT j.client, j.seq FROM jobs j WHERE j.state = 0 AND "
    "j.arrival = 0 AND j.client > who.client ORDER BY j.client, j.seq LIMIT 1) AS n), turn "
    "AS (SELECT who.client FROM who WHERE NOT EXISTS (SELECT 1 FROM jobs r WHERE r.state = 1 "
    "AND r.attempts > 1 AND r.node = ?2) ORDER BY (SELECT COUNT(*) FROM jobs r WHERE r.state "
    "= 1 AND r.arrival = 0 AND r.client = who.client), COALESCE((SELECT t.last_ms FROM turns "
    "t WHERE t.client = who.client), 0), who.seq), next AS (SELECT first.id AS job_id, "
    "turn.client AS its_client, GREATEST(CAST(?1 AS BIGINT), first.created_ms) AS begun_ms "
    "FROM turn CROSS JOIN LATERAL (SELECT j.id, j.created_ms FROM jobs j WHERE j.state = 0 "
    "AND j.arrival = 0 AND j.client = turn.client AND (j.attempts = 0 OR NOT EXISTS (SELECT "
    "1 FROM jobs r WHERE r.state = 1 AND r.node = ?2)) AND j.refused_by < ?4 ORDER BY j.seq "
    "LIMIT 1 FOR UPDATE SKIP LOCKED) AS first LIMIT 1), noted AS (INSERT INTO turns SELECT "
    "its_client, begun_ms FROM next ON CONFLICT (client) DO UPDATE SET last_ms = "
    "GREATEST(turns.last_ms, excluded.last_ms)) UPDATE jobs SET state = 1, attempts = "
    "attempts + 1, run = run + 1, node = ?2, cancel = 0, stage = '', percent = 0, started_ms "
    "= next.begun_ms, lease_until = now() + ?3 * interval '1 millisecond', views = 0, "
    "refused_by = 0 FROM next WHERE id = next.job_id AND " MAY_BE_LOST
    " RETURNING " RUNNING_COLUMNS;

static const char *const texts[SQL_COUNT] = {
    SPX_COMMON_TEXTS,
    [SQL_ADD_IF_ROOM] = "SELECT spx_add(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, "
                        "?14, ?15, ?16, ?17, ?18, ?19, ?20)",
    [SQL_NEXT] = claim_text,
    [SQL_REQUEUE] =
        "UPDATE jobs SET state = 0, attempts = attempts - 1, node = '', lease_until = "
        "'-infinity', cancel = 0, stage = '', percent = 0 WHERE id = ?1 AND state = 1 AND "
        "run = ?2 AND " MAY_BE_LOST,
    [SQL_FINISH] =
        "UPDATE jobs SET state = ?2, finished_ms = ?3, failure = ?4, error = ?5, summary = "
        "?6, files = ?7, finished_up_ms = ?8, wanted = CAST(?10 AS BIGINT), attempts = CASE "
        "CAST(?10 AS BIGINT) WHEN 0 THEN attempts ELSE 0 END, seen_run = CASE CAST(?2 AS BIGINT) "
        "WHEN 2 THEN run ELSE seen_run END, seen_views = CASE CAST(?2 AS BIGINT) WHEN 2 THEN "
        "CAST(?11 AS BIGINT) ELSE seen_views END, node = '', lease_until = "
        "'-infinity', cancel = 0, stage = '', percent = 0 WHERE id = ?1 AND state = 1 AND run = ?9",
    [SQL_RENDER] =
        "UPDATE jobs SET state = 0, options = ?2, kind = ?3, cost = ?4, revision = revision "
        "+ 1, attempts = 0, wanted = 0, started_ms = 0, finished_ms = 0, failure = 0, error "
        "= '', arrival = CASE arrival WHEN 0 THEN 0 ELSE 1 END, hook_attempts = 0, "
        "hook_due_ms = 0, hook_answer = '', node = '', lease_until = '-infinity', cancel = "
        "0, stage = '', percent = 0, refused_by = 0 WHERE id = ?1 AND state > 1",
    [SQL_RECOVER_FAIL] =
        "UPDATE jobs SET state = 3, finished_ms = ?2, failure = ?3, error = ?4, "
        "finished_up_ms = ?5, node = '', lease_until = '-infinity', cancel = 0, stage = '', "
        "percent = 0 WHERE state = 1 AND attempts >= ?1 AND lease_until < now() RETURNING " COLUMNS,
    /* What was to be cancelled is. A lease may end between the statement above and this one. */
    [SQL_RECOVER] =
        "UPDATE jobs SET state = CASE WHEN state <> 1 THEN state WHEN cancel = 1 THEN 4 ELSE 0 "
        "END, finished_ms = CASE WHEN state = 1 AND cancel = 1 THEN ?1 ELSE finished_ms END, "
        "finished_up_ms = CASE WHEN state = 1 AND cancel = 1 THEN ?2 ELSE finished_up_ms END, "
        "arrival = CASE arrival WHEN 0 THEN 0 ELSE 1 END, node = '', lease_until = '-infinity', "
        "cancel = 0, stage = '', percent = 0 WHERE ((state = 1 AND attempts < ?3) OR arrival = 2) "
        "AND lease_until < now() RETURNING " COLUMNS,
    /* The row is held for a moment only: a claim of the job passes over rows that are held. */
    [SQL_PREVIEW_WANTED] =
        "UPDATE jobs SET preview = preview - 1, preview_until = now() + interval '2 minutes' WHERE "
        "id = (SELECT p.id FROM jobs p WHERE p.preview <= 0 AND p.preview > ?1 AND p.arrival = 0 "
        "AND p.preview_until < now() ORDER BY p.seq LIMIT 1 FOR UPDATE SKIP LOCKED) "
        "AND " MAY_BE_LOST " RETURNING " COLUMNS,
    [SQL_NEXT_WANTED] =
        "UPDATE jobs SET attempts = attempts + 1, run = run + 1, node = ?1, lease_until = "
        "now() + ?2 * interval '1 millisecond', refused_by = 0 WHERE id = (SELECT p.id FROM jobs p "
        "WHERE p.wanted <> 0 AND p.state = 2 AND p.lease_until < now() AND p.refused_by < ?3 ORDER "
        "BY p.attempts, p.seq LIMIT 1 FOR UPDATE SKIP LOCKED) AND " MAY_BE_LOST
        " RETURNING " COLUMNS,
    [SQL_FINISH_WANTED] =
        "UPDATE jobs SET wanted = wanted & ~CAST(?2 AS BIGINT), files = ?3, summary = ?4, "
        "error = ?5, node = '', lease_until = '-infinity', cancel = 0, stage = '', percent "
        "= 0 WHERE id = ?1 AND state = 2 AND revision = ?6 AND run = ?7",
    [SQL_NEXT_AWAITED] =
        "UPDATE jobs SET arrival = 2, lease_until = now() + interval '15 minutes' WHERE id "
        "= (SELECT p.id FROM jobs p WHERE p.arrival = 1 AND p.state = 0 ORDER BY (SELECT "
        "COUNT(*) FROM jobs o WHERE o.arrival = 2 AND o.client = p.client), p.seq LIMIT 1 "
        "FOR UPDATE SKIP LOCKED) AND " MAY_BE_LOST " RETURNING " COLUMNS,
    [SQL_NEXT_HOOK] =
        "UPDATE jobs SET hook_due_ms = ?1 + 120000 WHERE id = (SELECT p.id FROM jobs p "
        "WHERE p.hook <> '' AND p.state > 1 AND p.hooked < p.revision AND p.hook_due_ms <= "
        "?1 ORDER BY p.hook_due_ms LIMIT 1 FOR UPDATE SKIP LOCKED) AND " MAY_BE_LOST
        " RETURNING " COLUMNS,
    [SQL_BEAT] = "UPDATE jobs SET lease_until = now() + ?4 * interval '1 millisecond', stage = ?5, "
                 "percent = ?6, views = views | ?7 WHERE id = ?1 AND run = ?2 AND node = ?3 AND "
                 "(state = 1 OR (state = 2 AND wanted <> 0)) AND " MAY_BE_LOST " RETURNING cancel",
    [SQL_REFUSE] =
        "UPDATE jobs SET state = CASE state WHEN 1 THEN 0 ELSE state END, attempts = attempts - 1, "
        "refused_by = GREATEST(refused_by, CAST(?3 AS BIGINT)), refused_ms = ?4, error = ?5, node "
        "= '', lease_until = '-infinity', cancel = 0, stage = '', percent = 0 WHERE id = ?1 AND "
        "run = ?2 AND (state = 1 OR (state = 2 AND wanted <> 0))",
    [SQL_GIVE_UP] =
        "UPDATE jobs SET state = CASE state WHEN 0 THEN 3 ELSE state END, failure = CASE state "
        "WHEN 0 THEN CAST(?2 AS BIGINT) ELSE failure END, finished_ms = CASE state WHEN 0 THEN "
        "CAST(?3 AS BIGINT) ELSE finished_ms END, finished_up_ms = CASE state WHEN 0 THEN CAST(?4 "
        "AS "
        "BIGINT) ELSE finished_up_ms END, wanted = 0, refused_by = 0, error = error || ?5 WHERE "
        "refused_by > 0 AND refused_ms < ?1 AND (state = 0 OR (state = 2 AND wanted <> 0)) "
        "RETURNING " COLUMNS,
    [SQL_SWEEP_TURNS] = "DELETE FROM turns WHERE last_ms < ?1 AND " MAY_BE_LOST,
    [SQL_SWEEP_NODES] = "DELETE FROM nodes WHERE seen < now() - interval '1 hour' AND " MAY_BE_LOST,
    [SQL_ASK_CANCEL] = "UPDATE jobs SET cancel = 1 WHERE id = ?1 AND state = 1",
    [SQL_NODE] =
        "INSERT INTO nodes (node, workers, seen) VALUES (?1, ?2, now()) ON CONFLICT (node) "
        "DO UPDATE SET workers = ?2, seen = now() WHERE " MAY_BE_LOST,
    [SQL_WORKERS] = "SELECT COALESCE(SUM(workers), 0) FROM nodes WHERE seen > now() - interval '1 "
                    "minute'",
};

/* ---- layouts ---- */

static const char *const *const layouts[] = {
    (const char *const[]){ first_layout, NULL },
    (const char *const[]){ second_layout, NULL },
    (const char *const[]){ third_layout, NULL },
    (const char *const[]){ fourth_layout, NULL },
    (const char *const[]){ fifth_layout, add_function, NULL },
};
enum { LAYOUT = sizeof(layouts) / sizeof(layouts[0]) };

/* Brings the tables from `version` to this one's. */
static spx_status migrate(spx_database *database, spx_session *session, int64_t version,
                          spx_diag *diag)
{
    const spx_database_functions *const functions = database->functions;
    char text[64];
    for (int64_t at = version; at < LAYOUT; at++) {
        for (const char *const *part = layouts[at]; *part != NULL; part++)
            SPX_TRY(functions->script(session, *part, diag));
    }
    (void)snprintf(text, sizeof(text), "UPDATE spx_schema SET version = %d", LAYOUT);
    return version == LAYOUT ? SPX_OK : functions->script(session, text, diag);
}

/* Nodes that start together take turns here: one makes the tables, the others find them. */
static spx_status prepare_in(void *user, spx_session *session, spx_diag *diag)
{
    int64_t version = 0;
    int64_t rows = 0;
    spx_database *const database = user;
    const spx_database_functions *const functions = database->functions;
    SPX_TRY(functions->script(session,
                              "SELECT pg_advisory_xact_lock(7565432);"
                              "CREATE TABLE IF NOT EXISTS spx_schema (version BIGINT NOT NULL)",
                              diag));
    SPX_TRY(spx_database_number(database, session, "SELECT COUNT(*) FROM spx_schema", &rows, diag));
    if (rows == 0)
        SPX_TRY(functions->script(session, "INSERT INTO spx_schema VALUES (0)", diag));
    SPX_TRY(
        spx_database_number(database, session, "SELECT version FROM spx_schema", &version, diag));
    if (version > LAYOUT) {
        return spx_fail(diag, SPX_ERR_UNSUPPORTED,
                        "job database: made by a newer spx (layout %lld, this one knows %d)",
                        (long long)version, LAYOUT);
    }
    return migrate(database, session, version, diag);
}

static spx_status prepare(spx_database *database, const char *name, spx_diag *diag)
{
    (void)name;
    return spx_database_transact(database, prepare_in, database, diag);
}

const spx_dialect spx_dialect_postgres = { .texts = texts, .prepare = prepare };

/* ---- the store ---- */

/* The server's clock, which is everybody's. */
static spx_status read_clock(spx_store *store, spx_diag *diag)
{
    int64_t now_ms = 0;
    SPX_TRY(spx_database_number(
        store->database, NULL,
        "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)", &now_ms, diag));
    store->up_ms = (double)now_ms;
    return SPX_OK;
}

spx_status spx_store_open_shared(spx_store **out, const char *url, uint32_t lease_ms,
                                 spx_diag *diag)
{
    spx_database *database = NULL;
    *out = NULL;
    if (!spx_postgres_is_url(url)) {
        return spx_fail(diag, SPX_ERR_ARGUMENT,
                        "job database: its address is not like postgres://HOST/DATABASE");
    }
    SPX_TRY(spx_postgres_open(&database, url, diag));
    SPX_TRY(spx_store_create(out, database, &spx_dialect_postgres, "job database", diag));
    spx_store *const store = *out;
    store->lease_ms = lease_ms;
    spx_status status = spx_id_make(store->node, diag);
    if (status == SPX_OK)
        status = read_clock(store, diag);
    if (status == SPX_OK)
        return SPX_OK;
    spx_store_close(store);
    *out = NULL;
    return status;
}

static spx_status take_beat(void *user, const spx_row *row)
{
    spx_beat *const beat = user;
    beat->is_ours = 1;
    beat->is_cancelled = spx_row_number(row, 0) != 0;
    return SPX_OK;
}

spx_status spx_store_beat(spx_store *store, spx_beat *beat, spx_diag *diag)
{
    const spx_value values[] = { SPX_TEXT(beat->id),     SPX_NUMBER(beat->run),
                                 SPX_TEXT(store->node),  SPX_NUMBER(store->lease_ms),
                                 SPX_TEXT(beat->stage),  SPX_REAL(beat->percent),
                                 SPX_NUMBER(beat->views) };
    spx_call call = spx_store_call(store, SQL_BEAT, SPX_VALUES(values), "keep a lease");
    call.row = take_beat;
    call.user = beat;
    beat->is_ours = 0;
    beat->is_cancelled = 0;
    return spx_database_run(store->database, &call, diag);
}

spx_status spx_store_ask_cancel(spx_store *store, const char *id, int *done, spx_diag *diag)
{
    const spx_value values[] = { SPX_TEXT(id) };
    return spx_store_change(store, SQL_ASK_CANCEL, SPX_VALUES(values), done, diag);
}

spx_status spx_store_keep_node(spx_store *store, unsigned workers, spx_diag *diag)
{
    const spx_value values[] = { SPX_TEXT(store->node), SPX_NUMBER(workers) };
    return spx_store_change(store, SQL_NODE, SPX_VALUES(values), NULL, diag);
}

spx_status spx_store_workers(spx_store *store, unsigned *out, spx_diag *diag)
{
    double number = 0.0;
    const spx_status status = spx_store_read_number(store, SQL_WORKERS, NULL, 0, &number, diag);
    *out = (unsigned)number;
    return status;
}

void spx_store_set_news(spx_store *store, void (*heard)(void *user, const char *line), void *user)
{
    store->database->heard = heard;
    store->database->heard_user = user;
}

// NOLINTNEXTLINE(readability-function-size): five and where the failure is told
spx_status spx_store_exchange(spx_store *store, const char *const *lines, size_t count,
                              uint32_t wait_ms, spx_diag *diag)
{
    return store->database->functions->exchange(store->database, lines, count, wait_ms, diag);
}

void spx_store_wake(spx_store *store)
{
    store->database->functions->wake(store->database);
}
