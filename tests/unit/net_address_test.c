#include "test_support.h"

#include "net/address.h"
#include "net/fetch.h"

#include <arpa/inet.h>
#include <string.h>

static int is_public(const char *text)
{
    struct sockaddr_in ipv4 = { .sin_family = AF_INET };
    struct sockaddr_in6 ipv6 = { .sin6_family = AF_INET6 };
    if (inet_pton(AF_INET, text, &ipv4.sin_addr) == 1)
        return spx_address_is_public((const struct sockaddr *)(const void *)&ipv4);
    assert_int_equal(inet_pton(AF_INET6, text, &ipv6.sin6_addr), 1);
    return spx_address_is_public((const struct sockaddr *)(const void *)&ipv6);
}

static void knows_the_open_internet(void **state)
{
    (void)state;
    static const char *const open[] = {
        "1.1.1.1",        "9.255.255.255",        "11.0.0.0",        "100.63.255.255",
        "100.128.0.0",    "126.255.255.255",      "128.0.0.1",       "169.253.255.255",
        "169.255.0.0",    "172.15.255.255",       "172.32.0.0",      "192.167.255.255",
        "192.169.0.0",    "198.17.255.255",       "198.20.0.0",      "223.255.255.255",
        "2001:200::1",    "2606:4700:4700::1111", "2a00:1450::1",    "2003::1",
        "::ffff:1.1.1.1", "64:ff9b::1.1.1.1",     "2001:4860::8888",
    };
    for (size_t i = 0; i < sizeof(open) / sizeof(open[0]); i++) {
        if (!is_public(open[i]))
            fail_msg("%s is public", open[i]);
    }
}

static void refuses_all_others_in_every_form(void **state)
{
    (void)state;
    static const char *const closed[] = {
        "0.0.0.0",
        "10.0.0.0",
        "10.255.255.255",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.255",
        "169.254.169.254",
        "172.16.0.0",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.1.2.3",
        "::ffff:169.254.169.254",
        "64:ff9b::10.0.0.1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:1ff::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "3fff::1",
        "fc00::1",
        "fdff::1",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "ff02::1",
        "4000::1",
    };
    for (size_t i = 0; i < sizeof(closed) / sizeof(closed[0]); i++) {
        if (is_public(closed[i]))
            fail_msg("%s is not public", closed[i]);
    }
}

static void takes_nothing_but_addresses(void **state)
{
    (void)state;
    struct sockaddr other = { .sa_family = AF_UNIX };
    assert_false(spx_address_is_public(&other));
    assert_int_equal(spx_address_port(&other), 0);
}

static void assert_url(const char *url, const char *fault)
{
    spx_diag diag = { 0 };
    const spx_status status = spx_fetch_check(url, &diag);
    if (fault == NULL) {
        assert_int_equal(status, SPX_OK);
    } else {
        assert_int_equal(status, SPX_ERR_ARGUMENT);
        assert_non_null(strstr(diag.text, fault));
    }
}

static void takes_urls_of_web_servers_alone(void **state)
{
    (void)state;
    char longest[SPX_FETCH_URL_SIZE + 1] = "http://example.com/";
    memset(longest + strlen(longest), 'a', sizeof(longest) - strlen(longest) - 1);
    assert_url("http://example.com", NULL);
    assert_url("HTTPS://example.com:8443/a%20b.jpg?token=x#y", NULL);
    assert_url("http://[2606:4700::1111]/a.jpg", NULL);
    assert_url("ftp://example.com/a.jpg", "only http and https");
    assert_url("file:///etc/passwd", "only http and https");
    assert_url("//example.com/a.jpg", "only http and https");
    assert_url("", "only http and https");
    assert_url("http://", "no URL");
    assert_url("http://a b/", "no URL");
    assert_url("http://example.com/\r\nX: y", "no URL");
    assert_url("http://me@example.com/", "user or password");
    assert_url("http://me:secret@example.com/", "user or password");
    assert_url("http://example.com:25/", "port");
    assert_url("http://example.com:0/", "port");
    assert_url(longest, "longer than 2047");
    longest[SPX_FETCH_URL_SIZE - 1] = '\0';
    assert_url(longest, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_the_open_internet),
        cmocka_unit_test(refuses_all_others_in_every_form),
        cmocka_unit_test(takes_nothing_but_addresses),
        cmocka_unit_test(takes_urls_of_web_servers_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
