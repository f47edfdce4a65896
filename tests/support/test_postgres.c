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
    (void)snprintf(folder, sizeof(folder), "/tmp/spx_postgres_%d", (int)getpid());
    (void)snprintf(command, sizeof(command), "python3 '%s/../support/postgres.py' start %s",
                   getenv("SPX_TEST_DATA"), folder);
    (void)atexit(stop_at_exit);
    FILE *const out = popen(command, "r");
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
    if (url[0] == '\0')
        return;
    (void)snprintf(command, sizeof(command), "python3 '%s/../support/postgres.py' stop %s",
                   getenv("SPX_TEST_DATA"), folder);
    (void)!system(command);
    url[0] = '\0';
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
