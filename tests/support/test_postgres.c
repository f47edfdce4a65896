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
    const char *const given = getenv("SPX_TEST_POSTGRES");
    if (given != NULL) {
        (void)snprintf(url, sizeof(url), "%s", given);
        return url;
    }
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
    if (url[0] == '\0' || folder[0] == '\0')
        return;
    (void)snprintf(command, sizeof(command), "python3 '%s/../support/postgres.py' stop %s",
                   getenv("SPX_TEST_DATA"), folder);
    (void)!system(command);
    url[0] = '\0';
}

double test_postgres_spent_s(void)
{
    char path[200];
    char stat[1024] = "";
    int pid = 0;
    unsigned long user = 0;
    unsigned long system_time = 0;
    (void)snprintf(path, sizeof(path), "%s/data/postmaster.pid", folder);
    FILE *file = fopen(path, "re");
    if (file == NULL || fscanf(file, "%d", &pid) != 1)
        pid = 0;
    if (file != NULL)
        (void)fclose(file);
    (void)snprintf(path, sizeof(path), "/proc/%d/stat", pid);
    file = fopen(path, "re");
    if (file == NULL)
        return 0.0;
    const char *const line = fgets(stat, sizeof(stat), file);
    (void)fclose(file);
    /* Behind the name: state and 12 more, then those of children that were waited for. */
    const char *const behind = line == NULL ? NULL : strrchr(line, ')');
    if (behind == NULL ||
        sscanf(behind + 1, " %*c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %lu %lu", &user,
               &system_time) != 2)
        return 0.0;
    return (double)(user + system_time) / (double)sysconf(_SC_CLK_TCK);
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
