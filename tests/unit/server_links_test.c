#include "test_support.h"

#include "base/clock.h"
#include "server/links.h"

#include <sys/socket.h>
#include <unistd.h>

/* 1 when the other end of the pair has been told that it is over. */
static int is_cut(int fd)
{
    char byte = 0;
    return recv(fd, &byte, 1, MSG_DONTWAIT) == 0;
}

static void cuts_slow_headers_and_slow_bodies_only(void **state)
{
    (void)state;
    enum { IDLE, SLOW_BODY, GOOD_BODY, REPLY, COUNT };
    int pairs[COUNT][2];
    spx_links *links = NULL;
    spx_link *each[COUNT];
    const double now_s = spx_clock_s();
    assert_int_equal(spx_links_create(&links, NULL), SPX_OK);
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pairs[i]), 0);
        each[i] = spx_links_add(links, pairs[i][0]);
        assert_non_null(each[i]);
    }
    spx_link_enter(each[IDLE], SPX_LINK_IDLE, now_s);
    spx_link_enter(each[SLOW_BODY], SPX_LINK_BODY, now_s);
    spx_link_enter(each[GOOD_BODY], SPX_LINK_BODY, now_s);
    spx_link_enter(each[REPLY], SPX_LINK_REPLY, now_s);
    spx_link_received(each[SLOW_BODY], 1000);
    spx_link_received(each[GOOD_BODY], 1000000);

    assert_int_equal(spx_links_cut(links, now_s + 59.0), 0);
    assert_int_equal(spx_links_cut(links, now_s + 70.0), 2);
    assert_int_equal(spx_links_cut(links, now_s + 71.0), 0);

    assert_true(is_cut(pairs[IDLE][1]));
    assert_true(is_cut(pairs[SLOW_BODY][1]));
    assert_false(is_cut(pairs[GOOD_BODY][1]));
    assert_false(is_cut(pairs[REPLY][1]));
    for (size_t i = 0; i < COUNT; i++) {
        spx_links_remove(links, each[i]);
        (void)close(pairs[i][0]);
        (void)close(pairs[i][1]);
    }
    spx_links_destroy(links);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts_slow_headers_and_slow_bodies_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
