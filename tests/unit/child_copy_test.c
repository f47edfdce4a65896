#include "test_support.h"

#include "child/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static spx_status look(void *user, json_t *told, spx_diag *diag)
{
    (void)diag;
    (void)json_object_set_new(told, "text", json_string(user));
    return SPX_OK;
}

static spx_status say_damaged(void *user, json_t *told, spx_diag *diag)
{
    (void)told;
    return spx_fail(diag, SPX_ERR_CORRUPT, "%s: damaged", (const char *)user);
}

static spx_status crash(void *user, json_t *told, spx_diag *diag)
{
    (void)user;
    (void)told;
    (void)diag;
    (void)signal(SIGSEGV, SIG_DFL); /* a sanitizer has its own */
    (void)raise(SIGSEGV);
    return SPX_OK;
}

/* What it could do that it must not; "" = nothing. */
static spx_status break_out(void *user, json_t *told, spx_diag *diag)
{
    const char *way = "";
    char text[64];
    (void)user;
    (void)diag;
    if (socket(AF_INET, SOCK_STREAM, 0) >= 0 || errno != EPERM)
        way = "network";
    if (fork() >= 0)
        way = "a process of its own";
    if (spx_sandbox_missing(text, sizeof(text))[0] == '\0' &&
        (open("/etc/passwd", O_RDONLY) >= 0 || open("/tmp/spx-way", O_WRONLY | O_CREAT, 0600) >= 0))
        way = "files of others";
    (void)json_object_set_new(told, "text", json_string(way));
    return SPX_OK;
}

static const char *text_of(const json_t *told)
{
    return json_string_value(json_object_get(told, "text"));
}

static void tells_what_was_found(void **state)
{
    (void)state;
    char word[] = "found";
    json_t *told = NULL;
    assert_int_equal(spx_copy_run(&(spx_sandbox){ 0 }, look, word, &told, NULL), SPX_OK);
    assert_string_equal(text_of(told), "found");
    json_decref(told);
}

static void a_failure_comes_with_its_words(void **state)
{
    (void)state;
    char word[] = "photo";
    json_t *told = NULL;
    spx_diag diag = { 0 };
    assert_int_equal(spx_copy_run(&(spx_sandbox){ 0 }, say_damaged, word, &told, &diag),
                     SPX_ERR_CORRUPT);
    assert_string_equal(diag.text, "photo: damaged");
    json_decref(told);
}

static void a_crash_ends_the_copy_alone(void **state)
{
    (void)state;
    json_t *told = NULL;
    spx_diag diag = { 0 };
    assert_int_equal(spx_copy_run(&(spx_sandbox){ 0 }, crash, NULL, &told, &diag), SPX_ERR_CRASH);
    assert_non_null(strstr(diag.text, "crashed"));
    json_decref(told);
}

static void there_is_no_way_out(void **state)
{
    (void)state;
    json_t *told = NULL;
    assert_int_equal(spx_copy_run(&(spx_sandbox){ 0 }, break_out, NULL, &told, NULL), SPX_OK);
    assert_string_equal(text_of(told), "");
    json_decref(told);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_what_was_found),
        cmocka_unit_test(a_failure_comes_with_its_words),
        cmocka_unit_test(a_crash_ends_the_copy_alone),
        cmocka_unit_test(there_is_no_way_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
