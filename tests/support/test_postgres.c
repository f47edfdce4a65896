#include "test_postgres.h"

#include "postgres/postgres.h"
#include "test_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char url[256];
static char folder[64];
static int is_tried;

static void stop_at_exit(void)
{
    test_postgres_stop();
}

const char *test_postgres_url(void)
{
    char command[1200];
    if (is_tried)
        return url[0] == '\0' ? NULL : url;
    is_tried = 1;
    const char *const given = getenv("SPX_TEST_POSTGRES"); // NOLINT(concurrency-mt-unsafe)
    if (given != NULL) {
        (void)snprintf(url, sizeof(url), "%s", given);
        return url;
    }
    (void)snprintf(folder, sizeof(folder), "/tmp/spx_postgres_%d", (int)getpid());
    const char *const data = getenv("SPX_TEST_DATA"); // NOLINT(concurrency-mt-unsafe)
    (void)snprintf(command, sizeof(command), "python3 '%s/../support/postgres.py' start %s", data,
                   folder);
    (void)atexit(stop_at_exit);
    FILE *const out = popen(command, "r"); // NOLINT(cert-env33-c)
    assert_non_null(out);
    const int some = fgets(url, sizeof(url), out) != NULL;
    const int code = pclose(out);
    url[some ? strcspn(url, "\n") : 0] = '\0';
    if (WIFEXITED(code) && WEXITSTATUS(code) == 77)
        return NULL;
    assert_int_equal(code, 0);
    return url;
}

void test_postgres_stop(void)
{
    char command[1200];
    if (url[0] == '\0' || folder[0] == '\0')
        return;
    const char *const data = getenv("SPX_TEST_DATA"); // NOLINT(concurrency-mt-unsafe)
    (void)snprintf(command, sizeof(command), "python3 '%s/../support/postgres.py' stop %s", data,
                   folder);
    (void)!system(command); // NOLINT(concurrency-mt-unsafe,cert-env33-c)
    url[0] = '\0';
}

/* The first line of a file; empty when there is none. */
static void read_line(const char *path, char *out, size_t size)
{
    FILE *const file = fopen(path, "re");
    out[0] = '\0';
    if (file == NULL)
        return;
    if (fgets(out, (int)size, file) == NULL)
        out[0] = '\0';
    (void)fclose(file);
}

double test_postgres_spent_s(void)
{
    enum { FIELDS_BEFORE = 13 }; /* behind the name: state ... stime (proc(5)) */
    char path[200];
    char line[1024];
    (void)snprintf(path, sizeof(path), "%s/data/postmaster.pid", folder);
    read_line(path, line, sizeof(line));
    (void)snprintf(path, sizeof(path), "/proc/%ld/stat", strtol(line, NULL, 10));
    read_line(path, line, sizeof(line));
    const char *at = strrchr(line, ')');
    for (int i = 0; at != NULL && i <= FIELDS_BEFORE; i++)
        at = strchr(at + 1, ' ');
    if (at == NULL)
        return 0.0;
    char *rest = NULL;
    const long user = strtol(at, &rest, 10); /* of children that were waited for */
    return (double)(user + strtol(rest, NULL, 10)) / (double)sysconf(_SC_CLK_TCK);
}

void test_postgres_run(const char *statements)
{
    spx_database *database = NULL;
    spx_session *session = NULL;
    spx_diag diag = { 0 };
    if (spx_postgres_open(&database, url, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    assert_int_equal(spx_database_enter(database, &session, &diag), SPX_OK);
    if (database->functions->script(session, statements, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    spx_database_leave(database, session);
    spx_database_close(database);
}

void test_postgres_empty(void)
{
    test_postgres_run("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
}
