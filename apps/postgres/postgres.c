/*
 * A few connections, made when they are first wanted; each thread that enters has one to itself.
 * No call waits longer than QUIET_MS for a server that says nothing: the connection is given up,
 * and whoever enters next makes a new one. A statement whose connection broke may have been run or
 * not; who calls looks which.
 *
 * One more connection listens: lines of news travel as PostgreSQL's notifications, many in one. It
 * sends them itself, apart from the transactions that they tell of: transactions that notify are
 * committed one after the other, and would wait for the disk one after the other.
 */
#include "postgres/postgres.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "postgres/late_pq.h"

#include <assert.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
    SESSIONS_MOST = 8, /* of a process: more than that one computer's threads want at once */
    STATEMENTS_MOST = 128,
    QUIET_MS = 10000, /* a server that works answers within milliseconds */
    NUMBER_BYTES = 32,
    NAME_BYTES = 16,
    TEXT_BYTES = 8192, /* a statement's text */
    NEWS_BYTES = 7000, /* of one notification, which may have 8000 */
    SAID = 480,        /* of a failed connection, as much as a message takes */
};

static const char channel[] = "spx_news";

typedef struct postgres postgres;

struct spx_session {
    postgres *owner;
    PGconn *connection; /* NULL = there is none */
    int is_taken;       /* guarded by the owner's lock */
    int is_patient;     /* it may run a script that takes long */
    char prepared[STATEMENTS_MOST];
};

struct postgres {
    spx_database common; /* first */
    char *url;           /* with its secrets */
    pthread_mutex_t lock;
    pthread_cond_t left; /* a session was left */
    spx_session sessions[SESSIONS_MOST];
    spx_session listener; /* of the thread that exchanges news */
    int wake;             /* eventfd */
};

static postgres *postgres_of(spx_database *database)
{
    return (postgres *)(void *)database;
}

/* ---- connections ---- */

static void say_nothing(void *user, const char *message)
{
    (void)user;
    (void)message;
}

static void disconnect(spx_session *session)
{
    if (session->connection != NULL)
        PQfinish(session->connection);
    session->connection = NULL;
    memset(session->prepared, 0, sizeof(session->prepared));
}

/* The first line of what libpq says, which names host, port, user and database, and no password. */
static spx_status fail_text(spx_status status, const char *doing, const char *text, spx_diag *diag)
{
    const size_t size = strcspn(text, "\n");
    return spx_fail(diag, status, "job database: cannot %s: %.*s", doing, (int)size,
                    size == 0 ? "no answer" : text);
}

/* A name may have several addresses: what each of them said. Lines after a tab are general hints.
 */
static spx_status fail_connect(const spx_session *session, spx_diag *diag)
{
    const char *const text = PQerrorMessage(session->connection);
    char said[SAID] = "";
    size_t size = 0;
    for (const char *line = text; *line != '\0';) {
        const size_t length = strcspn(line, "\n");
        if (length != 0 && line[0] != '\t' && size < sizeof(said)) {
            size += (size_t)snprintf(said + size, sizeof(said) - size, "%s%.*s",
                                     size == 0 ? "" : "; ", (int)length, line);
        }
        line += length + (line[length] == '\n');
    }
    return fail_text(SPX_ERR_NETWORK, "connect", said, diag);
}

static spx_status connect_session(spx_session *session, spx_diag *diag)
{
    static const char *const keys[] = { "connect_timeout",
                                        "keepalives_idle",
                                        "tcp_user_timeout",
                                        "client_encoding",
                                        "fallback_application_name",
                                        "dbname",
                                        NULL };
    const char *const values[] = { "5", "10", "10000", "UTF8", "spx", session->owner->url, NULL };
    disconnect(session);
    session->connection = PQconnectdbParams(keys, values, 1);
    if (session->connection == NULL)
        return spx_fail_memory(diag, "job database");
    (void)PQsetNoticeProcessor(session->connection, say_nothing, NULL);
    if (PQstatus(session->connection) != CONNECTION_OK) {
        const spx_status status = fail_connect(session, diag);
        disconnect(session);
        return status;
    }
    const char *const encoding = PQparameterStatus(session->connection, "server_encoding");
    if (encoding == NULL || strcmp(encoding, "UTF8") != 0) {
        const spx_status status =
            spx_fail(diag, SPX_ERR_UNSUPPORTED,
                     "job database: its encoding is %s; names of photos want UTF8",
                     encoding == NULL ? "not known" : encoding);
        disconnect(session);
        return status;
    }
    return PQsetnonblocking(session->connection, 1) == 0 ? SPX_OK : fail_connect(session, diag);
}

/* ---- answers ---- */

/* Waits until the connection can be read, or written where that is wanted. 0 = the time is over. */
static int wait_for(const spx_session *session, int writing, double until_s)
{
    const double left_s = until_s - spx_clock_s();
    struct pollfd one = { .fd = PQsocket(session->connection),
                          .events = (short)(POLLIN | (writing ? POLLOUT : 0)) };
    const int wait_ms = session->is_patient ? -1 : left_s <= 0.0 ? 0 : (int)(left_s * 1000.0) + 1;
    return poll(&one, 1, wait_ms) != 0;
}

/* Sends what is to be sent and waits until an answer, or the end of all, can be taken. */
static int await(const spx_session *session)
{
    const double until_s = spx_clock_s() + QUIET_MS / 1000.0;
    int unsent = PQflush(session->connection);
    while (unsent == 1 || (unsent == 0 && PQisBusy(session->connection))) {
        if (!wait_for(session, unsent == 1, until_s) || PQconsumeInput(session->connection) == 0)
            return 0;
        if (unsent == 1)
            unsent = PQflush(session->connection);
    }
    return unsent == 0;
}

/* All answers to what was sent; *out: the last one, or the first failure. NULL = the connection
 * broke. */
static PGresult *take_answers(spx_session *session)
{
    PGresult *kept = NULL;
    for (;;) {
        if (!await(session)) {
            if (kept != NULL)
                PQclear(kept);
            return NULL;
        }
        PGresult *const next = PQgetResult(session->connection);
        if (next == NULL)
            return kept;
        const int failed = kept != NULL && PQresultStatus(kept) == PGRES_FATAL_ERROR;
        if (failed) {
            PQclear(next);
        } else {
            if (kept != NULL)
                PQclear(kept);
            kept = next;
        }
    }
}

static spx_status lost(spx_session *session, const char *doing, spx_diag *diag)
{
    const char *const text = session->connection == NULL ? "" : PQerrorMessage(session->connection);
    const spx_status status = fail_text(SPX_ERR_NETWORK, doing, text, diag);
    disconnect(session);
    return status;
}

/* What PostgreSQL refuses; classes of SQLSTATE: 08 connections, 53 resources, 57 the server stops,
 * 40 another transaction was in the way. */
static spx_status refused(spx_session *session, const PGresult *answer, const char *doing,
                          spx_diag *diag)
{
    const char *const state = PQresultErrorField(answer, PG_DIAG_SQLSTATE);
    const char *const text = PQresultErrorField(answer, PG_DIAG_MESSAGE_PRIMARY);
    const int passes =
        state != NULL && (strncmp(state, "08", 2) == 0 || strncmp(state, "53", 2) == 0 ||
                          strncmp(state, "57", 2) == 0 || strncmp(state, "40", 2) == 0);
    const spx_status status =
        fail_text(passes ? SPX_ERR_NETWORK : SPX_ERR_IO, doing, text == NULL ? "" : text, diag);
    if (PQstatus(session->connection) != CONNECTION_OK)
        disconnect(session);
    return status;
}

/* The answer to what `sent` says was sent, owned by the caller: PQclear(). */
static spx_status finish(spx_session *session, int sent, const char *doing, PGresult **out,
                         spx_diag *diag)
{
    *out = sent ? take_answers(session) : NULL;
    if (*out == NULL)
        return lost(session, doing, diag);
    const ExecStatusType how = PQresultStatus(*out);
    if (how == PGRES_COMMAND_OK || how == PGRES_TUPLES_OK)
        return SPX_OK;
    const spx_status status = refused(session, *out, doing, diag);
    PQclear(*out);
    *out = NULL;
    return status;
}

static spx_status run_plain(spx_session *session, const char *text, const char *doing,
                            spx_diag *diag)
{
    PGresult *answer = NULL;
    if (session->connection == NULL)
        return lost(session, doing, diag);
    SPX_TRY(finish(session, PQsendQuery(session->connection, text), doing, &answer, diag));
    PQclear(answer);
    return SPX_OK;
}

/* ---- rows ---- */

static const PGresult *answer_of(const spx_row *row)
{
    return row->answer;
}

static const char *text_at(const spx_row *row, int column)
{
    return PQgetisnull(answer_of(row), row->at, column)
               ? NULL
               : PQgetvalue(answer_of(row), row->at, column);
}

static int64_t number_at(const spx_row *row, int column)
{
    const char *const text = text_at(row, column);
    return text == NULL ? 0 : strtoll(text, NULL, 10);
}

static double real_at(const spx_row *row, int column)
{
    const char *const text = text_at(row, column);
    return text == NULL ? 0.0 : strtod(text, NULL);
}

/* ---- statements ---- */

/* "?1" is "$1" here. */
static spx_status translate(const char *text, char out[TEXT_BYTES], spx_diag *diag)
{
    const size_t size = strlen(text);
    if (size >= TEXT_BYTES)
        return spx_fail(diag, SPX_ERR_INTERNAL, "job database: a statement is too long");
    for (size_t i = 0; i <= size; i++)
        out[i] = (char)(text[i] == '?' ? '$' : text[i]);
    return SPX_OK;
}

/* Values as text. */
typedef struct parameters {
    const char *texts[SPX_VALUES_MOST];
    char numbers[SPX_VALUES_MOST][NUMBER_BYTES];
} parameters;

static void fill(parameters *out, const spx_call *call)
{
    for (size_t i = 0; i < call->count; i++) {
        const spx_value *const value = &call->values[i];
        out->texts[i] = value->type == SPX_VALUE_TEXT   ? value->text
                        : value->type == SPX_VALUE_NULL ? NULL
                                                        : out->numbers[i];
        if (value->type == SPX_VALUE_NUMBER) {
            (void)snprintf(out->numbers[i], NUMBER_BYTES, "%lld", (long long)value->number);
        } else if (value->type == SPX_VALUE_REAL) {
            (void)snprintf(out->numbers[i], NUMBER_BYTES, "%.17g", value->real);
        }
    }
}

static spx_status prepare(spx_session *session, const spx_call *call, const char *name,
                          spx_diag *diag)
{
    char text[TEXT_BYTES];
    PGresult *answer = NULL;
    if (session->prepared[call->statement])
        return SPX_OK;
    SPX_TRY(translate(call->text, text, diag));
    SPX_TRY(finish(session, PQsendPrepare(session->connection, name, text, 0, NULL), call->doing,
                   &answer, diag));
    PQclear(answer);
    session->prepared[call->statement] = 1;
    return SPX_OK;
}

static spx_status send_call(spx_session *session, const spx_call *call, PGresult **out,
                            spx_diag *diag)
{
    parameters with = { .texts = { NULL } };
    char name[NAME_BYTES];
    char text[TEXT_BYTES];
    const int count = (int)call->count;
    assert(call->count <= SPX_VALUES_MOST);
    fill(&with, call);
    if (call->statement >= 0 && call->statement < STATEMENTS_MOST) {
        (void)snprintf(name, sizeof(name), "s%d", call->statement);
        SPX_TRY(prepare(session, call, name, diag));
        const int sent =
            PQsendQueryPrepared(session->connection, name, count, with.texts, NULL, NULL, 0);
        return finish(session, sent, call->doing, out, diag);
    }
    SPX_TRY(translate(call->text, text, diag));
    const int sent =
        PQsendQueryParams(session->connection, text, count, NULL, with.texts, NULL, NULL, 0);
    return finish(session, sent, call->doing, out, diag);
}

static spx_status run(spx_session *session, const spx_call *call, spx_diag *diag)
{
    PGresult *answer = NULL;
    spx_status status = SPX_OK;
    if (call->changed != NULL)
        *call->changed = 0;
    if (session->connection == NULL)
        return lost(session, call->doing, diag);
    SPX_TRY(send_call(session, call, &answer, diag));
    spx_row row = { .database = &session->owner->common,
                    .answer = answer,
                    .columns = PQnfields(answer) };
    for (; call->row != NULL && row.at < PQntuples(answer) && status == SPX_OK; row.at++)
        status = call->row(call->user, &row);
    if (call->changed != NULL)
        *call->changed = (int)strtol(PQcmdTuples(answer), NULL, 10);
    PQclear(answer);
    return status;
}

static spx_status begin(spx_session *session, spx_diag *diag)
{
    return run_plain(session, "BEGIN", "begin", diag);
}

static spx_status end(spx_session *session, spx_status status, spx_diag *diag)
{
    if (status == SPX_OK)
        status = run_plain(session, "COMMIT", "commit", diag);
    if (status != SPX_OK && session->connection != NULL &&
        run_plain(session, "ROLLBACK", "take back", NULL) != SPX_OK)
        disconnect(session);
    return status;
}

static spx_status script(spx_session *session, const char *statements, spx_diag *diag)
{
    session->is_patient = 1;
    const spx_status status = run_plain(session, statements, "run its statements", diag);
    session->is_patient = 0;
    return status;
}

/* ---- sessions ---- */

/* One that is connected comes first. The lock is held. */
static spx_session *find_idle(postgres *self)
{
    spx_session *idle = NULL;
    for (size_t i = 0; i < SESSIONS_MOST; i++) {
        spx_session *const at = &self->sessions[i];
        if (!at->is_taken && (idle == NULL || (idle->connection == NULL && at->connection != NULL)))
            idle = at;
    }
    return idle;
}

static void leave(spx_database *database, spx_session *session)
{
    postgres *const self = postgres_of(database);
    (void)pthread_mutex_lock(&self->lock);
    session->is_taken = 0;
    (void)pthread_cond_signal(&self->left);
    (void)pthread_mutex_unlock(&self->lock);
}

/* A connection that was broken while it lay idle is found here, and not by a statement. */
static int is_closed(const spx_session *session)
{
    struct pollfd one = { .fd = PQsocket(session->connection), .events = POLLIN };
    return poll(&one, 1, 0) > 0 && PQconsumeInput(session->connection) == 0;
}

/* Statements are planned once a connection: those of a queue are wide, and planning one costs more
 * than running it ten times. A plan may be made while a table is empty and be used when it is long:
 * where there is an index, it is taken. */
static spx_status connect_for_statements(spx_session *session, spx_diag *diag)
{
    if (session->connection != NULL && is_closed(session))
        disconnect(session);
    if (session->connection != NULL && PQstatus(session->connection) == CONNECTION_OK)
        return SPX_OK;
    SPX_TRY(connect_session(session, diag));
    return run_plain(session,
                     "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; "
                     "SET jit = off",
                     "connect", diag);
}

static spx_status enter(spx_database *database, spx_session **out, spx_diag *diag)
{
    postgres *const self = postgres_of(database);
    spx_session *found = NULL;
    (void)pthread_mutex_lock(&self->lock);
    while ((found = find_idle(self)) == NULL)
        (void)pthread_cond_wait(&self->left, &self->lock);
    found->is_taken = 1;
    (void)pthread_mutex_unlock(&self->lock);
    const spx_status status = connect_for_statements(found, diag);
    *out = status == SPX_OK ? found : NULL;
    if (status != SPX_OK)
        leave(database, found);
    return status;
}

/* ---- news ---- */

static spx_status listen_again(postgres *self, spx_diag *diag)
{
    spx_session *const session = &self->listener;
    if (session->connection != NULL && PQstatus(session->connection) == CONNECTION_OK)
        return SPX_OK;
    SPX_TRY(connect_session(session, diag));
    SPX_TRY(run_plain(session, "SET synchronous_commit = off; LISTEN spx_news", "listen", diag));
    if (self->common.heard != NULL)
        self->common.heard(self->common.heard_user, "*"); /* nobody knows what was missed */
    return SPX_OK;
}

static spx_status tell(spx_session *session, spx_bytes *lines, spx_diag *diag)
{
    const spx_value values[] = { SPX_TEXT(channel), SPX_TEXT(NULL) };
    spx_value filled[] = { values[0], values[1] };
    if (lines->size == 0)
        return SPX_OK;
    spx_bytes_u8(lines, 0);
    filled[1].text = (const char *)lines->data;
    const spx_call call = { .statement = 0,
                            .text = "SELECT pg_notify(?1, ?2)",
                            .values = filled,
                            .count = 2,
                            .doing = "tell news" };
    const spx_status status =
        lines->failed ? spx_fail_memory(diag, "news") : run(session, &call, diag);
    lines->size = 0;
    return status;
}

static spx_status tell_all(spx_session *session, const char *const *lines, size_t count,
                           spx_diag *diag)
{
    spx_bytes packed = { 0 };
    spx_status status = SPX_OK;
    for (size_t i = 0; i < count && status == SPX_OK; i++) {
        if (packed.size + strlen(lines[i]) + 2 > NEWS_BYTES)
            status = tell(session, &packed, diag);
        if (packed.size != 0)
            spx_bytes_text(&packed, "\n");
        spx_bytes_text(&packed, lines[i]);
    }
    if (status == SPX_OK)
        status = tell(session, &packed, diag);
    spx_bytes_clear(&packed);
    return status;
}

/* Hands on what has come from others. */
static void hear_all(postgres *self)
{
    PGconn *const connection = self->listener.connection;
    PGnotify *note = NULL;
    while ((note = PQnotifies(connection)) != NULL) {
        char *rest = NULL;
        for (char *line = strtok_r(note->extra, "\n", &rest); line != NULL;
             line = strtok_r(NULL, "\n", &rest)) {
            if (note->be_pid != PQbackendPID(connection) && self->common.heard != NULL)
                self->common.heard(self->common.heard_user, line);
        }
        PQfreemem(note);
    }
}

static void wait_for_news(const postgres *self, uint32_t wait_ms)
{
    uint64_t count = 0;
    struct pollfd both[] = { { .fd = self->wake, .events = POLLIN },
                             { .fd = PQsocket(self->listener.connection), .events = POLLIN } };
    (void)poll(both, 2, (int)wait_ms);
    (void)!read(self->wake, &count, sizeof(count));
}

// NOLINTNEXTLINE(readability-function-size): six
static spx_status exchange(spx_database *database, const char *const *lines, size_t count,
                           uint32_t wait_ms, spx_diag *diag)
{
    postgres *const self = postgres_of(database);
    spx_session *const session = &self->listener;
    SPX_TRY(listen_again(self, diag));
    SPX_TRY(tell_all(session, lines, count, diag));
    hear_all(self);
    wait_for_news(self, wait_ms);
    if (PQconsumeInput(session->connection) == 0)
        return lost(session, "listen", diag);
    hear_all(self);
    return SPX_OK;
}

static void wake(spx_database *database)
{
    const uint64_t one = 1;
    (void)!write(postgres_of(database)->wake, &one, sizeof(one));
}

/* ---- the whole ---- */

static void close_database(spx_database *database)
{
    postgres *const self = postgres_of(database);
    for (size_t i = 0; i < SESSIONS_MOST; i++)
        disconnect(&self->sessions[i]);
    disconnect(&self->listener);
    if (self->wake >= 0)
        (void)close(self->wake);
    if (self->url != NULL)
        explicit_bzero(self->url, strlen(self->url));
    free(self->url);
    (void)pthread_cond_destroy(&self->left);
    (void)pthread_mutex_destroy(&self->lock);
    free(self);
}

static const spx_database_functions functions = {
    .close = close_database,
    .enter = enter,
    .leave = leave,
    .run = run,
    .begin = begin,
    .end = end,
    .script = script,
    .number = number_at,
    .real = real_at,
    .text = text_at,
    .exchange = exchange,
    .wake = wake,
};

/* libpq's own words about an address that it cannot read have the address, and its password. */
static spx_status check_url(const char *url, spx_diag *diag)
{
    PQconninfoOption *const parts = PQconninfoParse(url, NULL);
    if (parts == NULL) {
        return spx_fail(diag, SPX_ERR_ARGUMENT,
                        "job database: its address is not like postgres://USER@HOST:PORT/DATABASE");
    }
    PQconninfoFree(parts);
    return SPX_OK;
}

static spx_status try_once(spx_database *database, spx_diag *diag)
{
    spx_session *session = NULL;
    SPX_TRY(enter(database, &session, diag));
    leave(database, session);
    return SPX_OK;
}

spx_status spx_postgres_open(spx_database **out, const char *url, spx_diag *diag)
{
    *out = NULL;
    SPX_TRY(spx_late_pq_open(diag));
    SPX_TRY(check_url(url, diag));
    postgres *const self = calloc(1, sizeof(*self));
    if (self == NULL)
        return spx_fail_memory(diag, "job database");
    self->common.functions = &functions;
    (void)pthread_mutex_init(&self->lock, NULL);
    (void)pthread_cond_init(&self->left, NULL);
    self->listener.owner = self;
    for (size_t i = 0; i < SESSIONS_MOST; i++)
        self->sessions[i].owner = self;
    self->url = strdup(url);
    self->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    const spx_status status = self->url == NULL || self->wake < 0
                                  ? spx_fail_memory(diag, "job database")
                                  : try_once(&self->common, diag);
    if (status == SPX_OK) {
        *out = &self->common;
    } else {
        close_database(&self->common);
    }
    return status;
}
