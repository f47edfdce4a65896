/* The tables in a file of one process, and what is said to it. */
#include "jobs/store_internal.h"
#include "jobs/store_texts.h"
#include "sqlite/sqlite.h"

/* One worker has a job at a time, and a stop begins no folder anew: a run is a revision. */
#define COLUMNS SPX_COMMON_COLUMNS ", revision, '', 0, 0, 0"
#define ACTIVE_JOBS "jobs INDEXED BY jobs_active WHERE state < 2"
#define MAY_BE_LOST "1" /* no commit waits for the disk here */

enum { LAYOUT = 4 };

static const char schema[] =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = NORMAL;"
    "CREATE TABLE IF NOT EXISTS jobs ("
    " seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, owner TEXT NOT NULL,"
    " client TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, size INTEGER NOT NULL,"
    " kind INTEGER NOT NULL, state INTEGER NOT NULL, options TEXT NOT NULL,"
    " revision INTEGER NOT NULL DEFAULT 1, attempts INTEGER NOT NULL DEFAULT 0,"
    " preview INTEGER NOT NULL DEFAULT 0, created_ms INTEGER NOT NULL,"
    " started_ms INTEGER NOT NULL DEFAULT 0, finished_ms INTEGER NOT NULL DEFAULT 0,"
    " failure INTEGER NOT NULL DEFAULT 0, error TEXT NOT NULL DEFAULT '',"
    " summary TEXT NOT NULL DEFAULT '', files TEXT NOT NULL DEFAULT '[]') STRICT;";

/* What came with layout 2. */
static const char second_layout[] = "BEGIN IMMEDIATE;"
                                    "ALTER TABLE jobs ADD COLUMN wanted INTEGER NOT NULL DEFAULT 0;"
                                    "ALTER TABLE jobs ADD COLUMN second TEXT NOT NULL DEFAULT '';"
                                    "ALTER TABLE jobs ADD COLUMN share TEXT NOT NULL DEFAULT '';"
                                    "ALTER TABLE jobs ADD COLUMN tag TEXT NOT NULL DEFAULT '';"
                                    "ALTER TABLE jobs ADD COLUMN key TEXT NOT NULL DEFAULT '';"
                                    "ALTER TABLE jobs ADD COLUMN hook TEXT NOT NULL DEFAULT '';"
                                    "PRAGMA user_version = 2;"
                                    "COMMIT;";

/* What came with layout 3. */
static const char third_layout[] =
    "BEGIN IMMEDIATE;"
    "ALTER TABLE jobs ADD COLUMN source TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE jobs ADD COLUMN arrival INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE jobs ADD COLUMN hooked INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE jobs ADD COLUMN hook_attempts INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE jobs ADD COLUMN hook_due_ms INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE jobs ADD COLUMN hook_answer TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE jobs ADD COLUMN cost REAL NOT NULL DEFAULT 0;"
    "ALTER TABLE jobs ADD COLUMN finished_up_ms INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE facts (name TEXT PRIMARY KEY, value REAL NOT NULL) STRICT;"
    "CREATE TABLE quota (client TEXT NOT NULL, day INTEGER NOT NULL, jobs INTEGER NOT NULL,"
    " PRIMARY KEY (client, day)) STRICT;"
    "PRAGMA user_version = 3;"
    "COMMIT;";

/* What came with layout 4: which run is seen. Until then it was the one whose files there are. */
static const char fourth_layout[] =
    "BEGIN IMMEDIATE;"
    "ALTER TABLE jobs ADD COLUMN seen_run INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE jobs ADD COLUMN seen_views INTEGER NOT NULL DEFAULT 0;"
    "UPDATE jobs SET seen_run = COALESCE((SELECT CAST(substr(json_extract(f.value, '$.disk'), 8) AS"
    " INTEGER) FROM json_each(CASE WHEN json_valid(files) THEN files ELSE '[]' END) AS f"
    " WHERE json_extract(f.value, '$.disk') LIKE 'output-%' LIMIT 1), CASE state WHEN 2 THEN"
    " revision ELSE 0 END) WHERE state = 2 OR files <> '[]';"
    "PRAGMA user_version = 4;"
    "COMMIT;";

static const char indices[] =
    "CREATE INDEX IF NOT EXISTS jobs_of_state ON jobs (state, seq);"
    "CREATE INDEX IF NOT EXISTS jobs_waiting ON jobs (client, seq) WHERE state = 0 AND arrival = 0;"
    "CREATE INDEX IF NOT EXISTS jobs_active ON jobs (client) WHERE state < 2;"
    "CREATE INDEX IF NOT EXISTS jobs_running ON jobs (client) WHERE state = 1;"
    "CREATE INDEX IF NOT EXISTS jobs_of_owner ON jobs (owner, seq);"
    "CREATE INDEX IF NOT EXISTS jobs_of_client ON jobs (client, started_ms);"
    "DROP INDEX IF EXISTS jobs_without_preview;"
    "CREATE INDEX IF NOT EXISTS jobs_wanting_preview ON jobs (seq) WHERE preview <= 0;"
    "CREATE INDEX IF NOT EXISTS jobs_wanting_files ON jobs (seq) WHERE wanted <> 0;"
    "CREATE INDEX IF NOT EXISTS jobs_awaited ON jobs (seq) WHERE arrival <> 0;"
    "CREATE INDEX IF NOT EXISTS jobs_with_hook ON jobs (hook_due_ms) WHERE hook <> '';"
    "CREATE INDEX IF NOT EXISTS jobs_shared ON jobs (share) WHERE share <> '';"
    "CREATE INDEX IF NOT EXISTS jobs_with_key ON jobs (key) WHERE key <> '';";

static const char *const texts[SQL_COUNT] = {
    SPX_COMMON_TEXTS,
    [SQL_ADD] = "INSERT INTO jobs (id, owner, client, name, type, size, kind, state, options, "
                "created_ms, second, tag, key, hook, source, arrival, cost) VALUES (?1, ?2, ?3, "
                "?4, ?5, ?6, ?7, 0, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
    [SQL_COUNT_DAY] = "INSERT INTO quota (client, day, jobs) VALUES (?1, ?2, 1) ON CONFLICT "
                      "(client, day) DO UPDATE SET jobs = quota.jobs + 1",
    [SQL_FORGET_DAYS] = "DELETE FROM quota WHERE client = ?1 AND day < ?2",
    /* Clients take turns; their names are read from the index by leaps. What was begun before and
       did not end may be what ends the process: it runs alone. Indexes are named, since without
       statistics the one of all that a client ever sent seems as good. */
    [SQL_NEXT] =
        "WITH RECURSIVE who (client) AS (SELECT MIN(client) FROM jobs INDEXED BY jobs_waiting "
        "WHERE state = 0 AND arrival = 0 UNION ALL SELECT (SELECT MIN(j.client) FROM jobs j "
        "INDEXED BY jobs_waiting WHERE j.state = 0 AND j.arrival = 0 AND j.client > who.client) "
        "FROM who WHERE who.client IS NOT NULL) SELECT " COLUMNS
        " FROM jobs WHERE seq = (SELECT (SELECT MIN(f.seq) FROM jobs f WHERE f.state = 0 AND "
        "f.arrival = 0 AND f.client = who.client) AS first FROM who WHERE who.client IS NOT NULL "
        "ORDER BY (SELECT COUNT(*) FROM jobs o INDEXED BY jobs_running WHERE o.state = 1 AND "
        "o.client = who.client), (SELECT COALESCE(MAX(o.started_ms), 0) FROM jobs o INDEXED BY "
        "jobs_of_client WHERE o.client = who.client), first LIMIT 1) AND NOT EXISTS (SELECT 1 FROM "
        "jobs r INDEXED BY jobs_running WHERE r.state = 1 AND (r.attempts > 1 OR jobs.attempts > "
        "0))",
    /* Clocks are set back now and then; a job's times are in order all the same. */
    [SQL_START] = "UPDATE jobs SET state = 1, attempts = attempts + 1, started_ms = MAX(?2, "
                  "created_ms) WHERE id = ?1",
    [SQL_REQUEUE] =
        "UPDATE jobs SET state = 0, attempts = attempts - 1 WHERE id = ?1 AND state = 1",
    [SQL_FINISH] =
        "UPDATE jobs SET state = ?2, finished_ms = ?3, failure = ?4, error = ?5, summary = "
        "?6, files = ?7, finished_up_ms = ?8, wanted = ?10, attempts = CASE ?10 WHEN 0 THEN "
        "attempts ELSE 0 END, seen_run = CASE ?2 WHEN 2 THEN revision ELSE seen_run END, "
        "seen_views = CASE ?2 WHEN 2 THEN ?11 ELSE seen_views END WHERE id = ?1",
    [SQL_RENDER] =
        "UPDATE jobs SET state = 0, options = ?2, kind = ?3, cost = ?4, revision = revision "
        "+ 1, attempts = 0, wanted = 0, started_ms = 0, finished_ms = 0, failure = 0, error "
        "= '', arrival = arrival <> 0, hook_attempts = 0, hook_due_ms = 0, hook_answer = '' "
        "WHERE id = ?1 AND state > 1",
    [SQL_RECOVER_FAIL] = "UPDATE jobs SET state = 3, finished_ms = ?2, failure = ?3, error = ?4, "
                         "finished_up_ms = ?5 WHERE state = 1 AND attempts >= ?1",
    [SQL_RECOVER] =
        "UPDATE jobs SET state = state * (state <> 1), arrival = arrival <> 0 WHERE state = "
        "1 OR arrival = 2",
    [SQL_RECORD] = "SELECT * FROM jobs WHERE id = ?1",
    [SQL_PREVIEW_WANTED] =
        "SELECT " COLUMNS
        " FROM jobs WHERE preview <= 0 AND preview > ?1 AND arrival = 0 ORDER BY seq LIMIT 1",
    [SQL_PREVIEW_BEGUN] = "UPDATE jobs SET preview = preview - 1 WHERE id = ?1",
    /* A person waits for these: the fewest attempts, then the oldest. */
    [SQL_NEXT_WANTED] = "SELECT " COLUMNS
                        " FROM jobs WHERE wanted <> 0 AND state = 2 ORDER BY attempts, seq LIMIT 1",
    [SQL_BEGIN_WANTED] = "UPDATE jobs SET attempts = attempts + 1 WHERE id = ?1",
    [SQL_FINISH_WANTED] =
        "UPDATE jobs SET wanted = wanted & ~?2, files = ?3, summary = ?4, error = ?5 WHERE "
        "id = ?1 AND state = 2 AND revision = ?6",
    [SQL_NEXT_AWAITED] =
        "SELECT " COLUMNS
        " FROM jobs WHERE arrival = 1 AND state = 0 ORDER BY (SELECT COUNT(*) FROM jobs o "
        "WHERE o.arrival = 2 AND o.client = jobs.client), seq LIMIT 1",
    [SQL_BEGIN_AWAITED] = "UPDATE jobs SET arrival = 2 WHERE id = ?1",
    [SQL_NEXT_HOOK] =
        "SELECT " COLUMNS
        " FROM jobs WHERE hook <> '' AND state > 1 AND hooked < revision AND hook_due_ms <= "
        "?1 ORDER BY hook_due_ms LIMIT 1",
};

static spx_status prepare_in(spx_database *database, spx_session *session, const char *name,
                             spx_diag *diag)
{
    static const char *const newer[] = { second_layout, third_layout, fourth_layout };
    const spx_database_functions *const functions = database->functions;
    int64_t version = 0;
    SPX_TRY(spx_database_number(database, session, "PRAGMA user_version", &version, diag));
    if (version > LAYOUT) {
        return spx_fail(diag, SPX_ERR_UNSUPPORTED,
                        "%s: made by a newer spx (layout %lld, this one knows %d)", name,
                        (long long)version, LAYOUT);
    }
    SPX_TRY(functions->script(session, schema, diag));
    for (int64_t next = version < 2 ? 2 : version + 1; next <= LAYOUT; next++)
        SPX_TRY(functions->script(session, newer[next - 2], diag));
    return functions->script(session, indices, diag);
}

static spx_status prepare(spx_database *database, const char *name, spx_diag *diag)
{
    spx_session *session = NULL;
    SPX_TRY(spx_database_enter(database, &session, diag));
    const spx_status status = prepare_in(database, session, name, diag);
    spx_database_leave(database, session);
    return status;
}

const spx_dialect spx_dialect_sqlite = { .texts = texts, .prepare = prepare };

spx_status spx_store_open(spx_store **out, const char *path, spx_diag *diag)
{
    spx_database *database = NULL;
    *out = NULL;
    SPX_TRY(spx_sqlite_open(&database, path, diag));
    SPX_TRY(spx_store_create(out, database, &spx_dialect_sqlite, path, diag));
    return spx_store_get_fact(*out, "up_ms", &(*out)->up_ms, diag);
}
