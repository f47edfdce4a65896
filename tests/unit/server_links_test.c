#include "test_support.h"

#include "base/clock.h"
#include "server/links.h"

#include <netinet/in.h>
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

/* A connection over loopback: [0] is the server's end, [1] the client's, with small buffers. */
static void connect_pair(int pair[2])
{
    const int small = 4096;
    struct sockaddr_in address = { .sin_family = AF_INET };
    socklen_t size = sizeof(address);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(listener >= 0);
    assert_int_equal(setsockopt(listener, SOL_SOCKET, SO_SNDBUF, &small, sizeof(small)), 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    pair[1] = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(pair[1] >= 0);
    assert_int_equal(setsockopt(pair[1], SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)), 0);
    assert_int_equal(connect(pair[1], (struct sockaddr *)&address, sizeof(address)), 0);
    pair[0] = accept(listener, NULL, NULL);
    assert_true(pair[0] >= 0);
    (void)close(listener);
}

/* Sends until no more fits. */
static void fill(int fd)
{
    static const char block[4096];
    while (send(fd, block, sizeof(block), MSG_DONTWAIT | MSG_NOSIGNAL) > 0)
        continue;
}

static void drain(int fd)
{
    char block[4096];
    while (recv(fd, block, sizeof(block), MSG_DONTWAIT) > 0)
        continue;
}

/* Silence counts from the last byte that came, and what has come and lies unread is the server's
 * slowness: neither a request nor the rest of one is closed unheard. */
static void cuts_who_is_silent_and_not_who_is_unread(void **state)
{
    (void)state;
    enum { SILENT, SILENT_BODY, UNREAD, UNREAD_BODY, WAITING, COUNT };
    int pairs[COUNT][2];
    char byte = 0;
    spx_links *links = NULL;
    spx_link *each[COUNT];
    assert_int_equal(spx_links_create(&links, NULL), SPX_OK);
    for (size_t i = 0; i < COUNT; i++) {
        connect_pair(pairs[i]);
        each[i] = spx_links_add(links, pairs[i][0]);
        if (i == UNREAD || i == UNREAD_BODY)
            assert_int_equal(send(pairs[i][1], "x", 1, 0), 1);
        spx_link_enter(each[i],
                       i == WAITING                           ? SPX_LINK_REPLY
                       : i == SILENT_BODY || i == UNREAD_BODY ? SPX_LINK_BODY
                                                              : SPX_LINK_IDLE,
                       spx_clock_s());
    }
    const double now_s = spx_clock_s();

    assert_int_equal(spx_links_cut(links, now_s + 29.0), 0);
    assert_int_equal(spx_links_cut(links, now_s + 31.0), 2);
    assert_true(is_cut(pairs[SILENT][1]));
    assert_true(is_cut(pairs[SILENT_BODY][1]));
    assert_int_equal(spx_links_cut(links, now_s + 1000.0), 0);
    for (int i = UNREAD; i <= UNREAD_BODY; i++)
        assert_int_equal(recv(pairs[i][0], &byte, 1, MSG_DONTWAIT), 1);
    assert_int_equal(spx_links_cut(links, now_s + 1001.0), 2);
    assert_false(is_cut(pairs[WAITING][1]));
    for (size_t i = 0; i < COUNT; i++) {
        spx_links_remove(links, each[i]);
        (void)close(pairs[i][0]);
        (void)close(pairs[i][1]);
    }
    spx_links_destroy(links);
}

static void cuts_who_does_not_read_its_answer(void **state)
{
    (void)state;
    enum { STUCK, READING, STREAM, COUNT };
    enum { SECONDS = 100 };
    int pairs[COUNT][2];
    spx_links *links = NULL;
    spx_link *each[COUNT];
    const double now_s = spx_clock_s();
    uint32_t cut = 0;
    assert_int_equal(spx_links_create(&links, NULL), SPX_OK);
    for (size_t i = 0; i < COUNT; i++) {
        connect_pair(pairs[i]);
        each[i] = spx_links_add(links, pairs[i][0]);
        spx_link_enter(each[i], SPX_LINK_REPLY, now_s);
    }

    for (int second = 0; second < SECONDS; second++) {
        fill(pairs[STUCK][0]);
        fill(pairs[READING][0]);
        cut += spx_links_cut(links, now_s + second);
        drain(pairs[READING][1]);
    }

    assert_int_equal(cut, 1);
    assert_int_equal(send(pairs[STUCK][0], "x", 1, MSG_NOSIGNAL), -1);
    assert_int_equal(send(pairs[READING][0], "x", 1, MSG_NOSIGNAL | MSG_DONTWAIT), 1);
    assert_false(is_cut(pairs[STREAM][1]));
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
        cmocka_unit_test(cuts_who_is_silent_and_not_who_is_unread),
        cmocka_unit_test(cuts_who_does_not_read_its_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
