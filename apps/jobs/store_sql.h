#ifndef SPX_JOBS_STORE_SQL_H
#define SPX_JOBS_STORE_SQL_H

/* What store.c says to SQLite. */

enum { SCHEMA_VERSION = 3 };

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

static const char indices[] =
    "CREATE INDEX IF NOT EXISTS jobs_of_state ON jobs (state, seq);"
    "CREATE INDEX IF NOT EXISTS jobs_of_owner ON jobs (owner, seq);"
    "CREATE INDEX IF NOT EXISTS jobs_of_client ON jobs (client, started_ms);"
    "DROP INDEX IF EXISTS jobs_without_preview;"
    "CREATE INDEX IF NOT EXISTS jobs_wanting_preview ON jobs (seq) WHERE preview <= 0;"
    "CREATE INDEX IF NOT EXISTS jobs_wanting_files ON jobs (seq) WHERE wanted <> 0;"
    "CREATE INDEX IF NOT EXISTS jobs_awaited ON jobs (seq) WHERE arrival <> 0;"
    "CREATE INDEX IF NOT EXISTS jobs_with_hook ON jobs (hook_due_ms) WHERE hook <> '';"
    "CREATE INDEX IF NOT EXISTS jobs_shared ON jobs (share) WHERE share <> '';"
    "CREATE INDEX IF NOT EXISTS jobs_with_key ON jobs (key) WHERE key <> '';";

#define COLUMNS                                                                                    \
    "id, owner, client, name, type, size, kind, state, options, revision, attempts, preview, "     \
    "created_ms, started_ms, finished_ms, failure, error, summary, files, "                        \
    "wanted, second, share, tag, key, hook, source, arrival, hooked, hook_attempts, hook_due_ms, " \
    "hook_answer, cost, "                                                                          \
    "CASE state WHEN 0 THEN (SELECT COUNT(*) FROM jobs q WHERE q.state = 0 AND q.seq <= jobs.seq)" \
    " ELSE 0 END, "                                                                                \
    "CASE state WHEN 0 THEN (SELECT COALESCE(SUM(q.cost), 0) FROM jobs q WHERE q.state = 0 AND "   \
    "q.seq < jobs.seq) ELSE 0 END"

enum column {
    AT_ID,
    AT_OWNER,
    AT_CLIENT,
    AT_NAME,
    AT_TYPE,
    AT_SIZE,
    AT_KIND,
    AT_STATE,
    AT_OPTIONS,
    AT_REVISION,
    AT_ATTEMPTS,
    AT_PREVIEW,
    AT_CREATED,
    AT_STARTED,
    AT_FINISHED,
    AT_FAILURE,
    AT_ERROR,
    AT_SUMMARY,
    AT_FILES,
    AT_WANTED,
    AT_SECOND,
    AT_SHARE,
    AT_TAG,
    AT_KEY,
    AT_HOOK,
    AT_SOURCE,
    AT_ARRIVAL,
    AT_HOOKED,
    AT_HOOK_ATTEMPTS,
    AT_HOOK_DUE,
    AT_HOOK_ANSWER,
    AT_COST,
    AT_POSITION,
    AT_AHEAD,
};

enum statement {
    SQL_BEGIN,
    SQL_COMMIT,
    SQL_ROLLBACK,
    SQL_ADD,
    SQL_GET,
    SQL_LIST,
    SQL_NEXT,
    SQL_START,
    SQL_REQUEUE,
    SQL_FINISH,
    SQL_CANCEL,
    SQL_RENDER,
    SQL_REMOVE,
    SQL_RECOVER_FAIL,
    SQL_RECOVER,
    SQL_EXPIRED,
    SQL_PREVIEW_WANTED,
    SQL_PREVIEW_BEGUN,
    SQL_SET_PREVIEW,
    SQL_COUNTS,
    SQL_ROOM,
    SQL_COUNT_DAY,
    SQL_FORGET_DAYS,
    SQL_QUEUED_COST,
    SQL_GET_FACT,
    SQL_SET_FACT,
    SQL_OLDEST,
    SQL_NEWEST,
    SQL_RECORD,
    SQL_WANT,
    SQL_NEXT_WANTED,
    SQL_BEGIN_WANTED,
    SQL_FINISH_WANTED,
    SQL_SHARE,
    SQL_SHARED,
    SQL_KEYED,
    SQL_NEXT_AWAITED,
    SQL_BEGIN_AWAITED,
    SQL_ARRIVED,
    SQL_LOST,
    SQL_NEXT_HOOK,
    SQL_SET_HOOK,
    SQL_COUNT,
};

static const char *const texts[SQL_COUNT] = {
    [SQL_BEGIN] = "BEGIN IMMEDIATE",
    [SQL_COMMIT] = "COMMIT",
    [SQL_ROLLBACK] = "ROLLBACK",
    [SQL_ADD] =
        "INSERT INTO jobs (id, owner, client, name, type, size, kind, state, options, "
        "created_ms, second, tag, key, hook, source, arrival, cost) VALUES (?1, ?2, ?3, ?4, "
        "?5, ?6, ?7, 0, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
    [SQL_GET] = "SELECT " COLUMNS " FROM jobs WHERE id = ?1",
    [SQL_LIST] = "SELECT " COLUMNS " FROM jobs WHERE owner = ?1 AND seq < "
                 "COALESCE((SELECT b.seq FROM jobs b WHERE b.id = ?2), 9223372036854775807) AND "
                 "(?4 = 0 OR (?4 >> state) & 1) AND (?5 = '' OR tag = ?5) "
                 "ORDER BY seq DESC LIMIT ?3",
    /* What was begun before and did not end may be what ends the process: it runs alone. */
    [SQL_NEXT] = "SELECT " COLUMNS
                 " FROM (SELECT * FROM jobs WHERE state = 0 AND arrival = 0 ORDER BY (SELECT "
                 "COALESCE(MAX(o.started_ms), 0) FROM jobs o WHERE o.client = jobs.client), seq "
                 "LIMIT 1) AS jobs WHERE NOT EXISTS (SELECT 1 FROM jobs r WHERE r.state = 1 AND "
                 "(r.attempts > 1 OR jobs.attempts > 0))",
    /* Clocks are set back now and then; a job's times are in order all the same. */
    [SQL_START] = "UPDATE jobs SET state = 1, attempts = attempts + 1, started_ms = MAX(?2, "
                  "created_ms) WHERE id = ?1",
    [SQL_REQUEUE] = "UPDATE jobs SET state = 0, attempts = attempts - 1 WHERE id = ?1 AND state = "
                    "1",
    [SQL_FINISH] = "UPDATE jobs SET state = ?2, finished_ms = ?3, failure = ?4, error = ?5, "
                   "summary = ?6, files = ?7, finished_up_ms = ?8 WHERE id = ?1",
    [SQL_CANCEL] = "UPDATE jobs SET state = 4, finished_ms = ?2, finished_up_ms = ?3 WHERE id = ?1 "
                   "AND state = 0",
    [SQL_RENDER] =
        "UPDATE jobs SET state = 0, options = ?2, kind = ?3, cost = ?4, revision = revision + 1, "
        "attempts = "
        "0, wanted = 0, started_ms = 0, finished_ms = 0, failure = 0, error = '', arrival "
        "= arrival <> 0, hook_attempts = 0, hook_due_ms = 0, hook_answer = '' WHERE "
        "id = ?1 AND state > 1",
    [SQL_REMOVE] = "DELETE FROM jobs WHERE id = ?1 AND state > 1",
    [SQL_RECOVER_FAIL] = "UPDATE jobs SET state = 3, finished_ms = ?2, failure = ?3, error = ?4 "
                         ", finished_up_ms = ?5 WHERE state = 1 AND attempts >= ?1",
    [SQL_RECOVER] = "UPDATE jobs SET state = state * (state <> 1), arrival = arrival <> 0 "
                    "WHERE state = 1 OR arrival = 2",
    [SQL_EXPIRED] = "SELECT id FROM jobs WHERE state > 1 AND finished_up_ms < ?1 ORDER BY "
                    "finished_up_ms LIMIT 1",
    [SQL_OLDEST] = "SELECT COALESCE(MIN(finished_up_ms), -1) FROM jobs WHERE state > 1",
    [SQL_NEWEST] = "SELECT COALESCE(MAX(finished_up_ms), 0) FROM jobs",
    [SQL_RECORD] = "SELECT * FROM jobs WHERE id = ?1",
    [SQL_PREVIEW_WANTED] = "SELECT " COLUMNS " FROM jobs WHERE preview <= 0 AND preview > ?1 AND "
                           "arrival = 0 "
                           "ORDER BY seq LIMIT 1",
    [SQL_PREVIEW_BEGUN] = "UPDATE jobs SET preview = preview - 1 WHERE id = ?1",
    [SQL_SET_PREVIEW] = "UPDATE jobs SET preview = ?2 WHERE id = ?1",
    [SQL_COUNTS] = "SELECT state, COUNT(*) FROM jobs GROUP BY state",
    [SQL_ROOM] = "SELECT (SELECT COUNT(*) FROM jobs WHERE state = 0), "
                 "(SELECT COUNT(*) FROM jobs WHERE state < 2 AND client = ?1), "
                 "(SELECT SUM(jobs) FROM quota WHERE client = ?1 AND day = ?2)",
    [SQL_COUNT_DAY] = "INSERT INTO quota (client, day, jobs) VALUES (?1, ?2, 1) "
                      "ON CONFLICT (client, day) DO UPDATE SET jobs = jobs + 1",
    [SQL_FORGET_DAYS] = "DELETE FROM quota WHERE client = ?1 AND day < ?2",
    [SQL_QUEUED_COST] = "SELECT COALESCE(SUM(cost), 0) FROM jobs WHERE state = 0",
    [SQL_GET_FACT] = "SELECT value FROM facts WHERE name = ?1",
    [SQL_SET_FACT] = "INSERT INTO facts (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE "
                     "SET value = ?2",
    [SQL_WANT] = "UPDATE jobs SET wanted = wanted | ?2, attempts = CASE wanted WHEN 0 THEN 0 ELSE "
                 "attempts END WHERE id = ?1 AND state = 2",
    /* A person waits for these: the fewest attempts, then the oldest. */
    [SQL_NEXT_WANTED] = "SELECT " COLUMNS " FROM jobs WHERE wanted <> 0 AND state = 2 "
                        "ORDER BY attempts, seq LIMIT 1",
    [SQL_BEGIN_WANTED] = "UPDATE jobs SET attempts = attempts + 1 WHERE id = ?1",
    [SQL_FINISH_WANTED] = "UPDATE jobs SET wanted = wanted & ~?2, files = ?3, summary = ?4, "
                          "error = ?5 WHERE id = ?1 AND state = 2 AND revision = ?6",
    [SQL_SHARE] = "UPDATE jobs SET share = ?2 WHERE id = ?1",
    [SQL_SHARED] = "SELECT " COLUMNS " FROM jobs WHERE share = ?1 AND share <> ''",
    [SQL_NEXT_AWAITED] = "SELECT " COLUMNS " FROM jobs WHERE arrival = 1 AND state = 0 ORDER BY "
                         "(SELECT COUNT(*) FROM jobs o WHERE o.arrival = 2 AND o.client = "
                         "jobs.client), seq LIMIT 1",
    [SQL_BEGIN_AWAITED] = "UPDATE jobs SET arrival = 2 WHERE id = ?1",
    [SQL_ARRIVED] =
        "UPDATE jobs SET arrival = 0, type = ?2, size = ?3, cost = ?4 WHERE id = ?1 AND "
        "arrival = 2 AND state = 0",
    [SQL_LOST] = "UPDATE jobs SET state = 3, finished_ms = ?2, failure = ?3, error = ?4, "
                 "finished_up_ms = ?5 WHERE id = ?1 AND arrival = 2 AND state = 0",
    [SQL_NEXT_HOOK] = "SELECT " COLUMNS " FROM jobs WHERE hook <> '' AND state > 1 AND hooked < "
                      "revision AND hook_due_ms <= ?1 ORDER BY hook_due_ms LIMIT 1",
    [SQL_SET_HOOK] = "UPDATE jobs SET hooked = ?2, hook_attempts = ?3, hook_due_ms = ?4, "
                     "hook_answer = ?5 WHERE id = ?1 AND revision = ?6",
    [SQL_KEYED] = "SELECT " COLUMNS " FROM jobs WHERE key = ?1 AND key <> '' AND (owner = ?2 OR "
                  "client = ?3) LIMIT 1",
};

#endif
