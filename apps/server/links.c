#include "server/links.h"

#include "base/clock.h"

#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

enum { BODY_BYTES_PER_S = 8192, REPLY_BYTES_PER_S = 1024 };
static const double silence_s = 30.0;
static const double headers_s = 60.0; /* also the longest rest between two requests */
static const double body_start_s = 60.0;
static const double reply_start_s = 60.0;

struct spx_link {
    spx_link *next;
    spx_link *previous;
    int fd;
    _Atomic int phase;
    _Atomic double since_s;
    _Atomic uint64_t received; /* bytes of the body */
    /* Of spx_links_cut() alone. */
    double drained_s; /* when the client had read all that was sent */
    uint64_t drained; /* bytes that it had read then */
    int cut;
};

struct spx_links {
    pthread_mutex_t lock; /* guards the list and the sockets' lives */
    spx_link *first;
};

spx_status spx_links_create(spx_links **out, spx_diag *diag)
{
    *out = calloc(1, sizeof(**out));
    if (*out == NULL)
        return spx_fail_memory(diag, "connections");
    (void)pthread_mutex_init(&(*out)->lock, NULL);
    return SPX_OK;
}

void spx_links_destroy(spx_links *links)
{
    if (links == NULL)
        return;
    (void)pthread_mutex_destroy(&links->lock);
    free(links);
}

spx_link *spx_links_add(spx_links *links, int fd)
{
    spx_link *const link = calloc(1, sizeof(*link));
    if (link == NULL)
        return NULL;
    link->fd = fd;
    link->since_s = spx_clock_s();
    (void)pthread_mutex_lock(&links->lock);
    link->next = links->first;
    if (links->first != NULL)
        links->first->previous = link;
    links->first = link;
    (void)pthread_mutex_unlock(&links->lock);
    return link;
}

void spx_links_remove(spx_links *links, spx_link *link)
{
    if (link == NULL)
        return;
    (void)pthread_mutex_lock(&links->lock);
    if (link->previous != NULL) {
        link->previous->next = link->next;
    } else {
        links->first = link->next;
    }
    if (link->next != NULL)
        link->next->previous = link->previous;
    (void)pthread_mutex_unlock(&links->lock);
    free(link);
}

void spx_link_enter(spx_link *link, spx_link_phase phase, double now_s)
{
    if (link == NULL)
        return;
    atomic_store(&link->since_s, now_s);
    atomic_store(&link->received, 0);
    atomic_store(&link->phase, (int)phase);
}

void spx_link_received(spx_link *link, uint64_t bytes)
{
    if (link != NULL)
        (void)atomic_fetch_add(&link->received, bytes);
}

/* Event streams and waiting requests may last, with nothing on its way; what is on its way must get
 * on. The kernel knows how far it is. */
static int reads_too_slowly(spx_link *link, double now_s)
{
    int on_its_way = 0;
    struct tcp_info info = { 0 };
    socklen_t size = sizeof(info);
    if (ioctl(link->fd, SIOCOUTQ, &on_its_way) != 0 ||
        getsockopt(link->fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
        return 0;
    if (on_its_way == 0 || link->drained_s < atomic_load(&link->since_s)) {
        link->drained_s = now_s;
        link->drained = info.tcpi_bytes_acked;
    }
    const double read = (double)(info.tcpi_bytes_acked - link->drained);
    return now_s - link->drained_s > reply_start_s + read / REPLY_BYTES_PER_S;
}

/* What the client has sent and nobody here has read: then it is this server that is slow. */
static int is_unread(const spx_link *link)
{
    int bytes = 0;
    return ioctl(link->fd, SIOCINQ, &bytes) == 0 && bytes > 0;
}

/* Nothing came for too long. The kernel knows when the last byte did, however late it is read. */
static int is_silent(const spx_link *link, double now_s)
{
    static const double ms_per_s = 1000.0;
    struct tcp_info info = { 0 };
    socklen_t size = sizeof(info);
    if (getsockopt(link->fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
        return 0;
    const double heard_s = spx_clock_s() - info.tcpi_last_data_recv / ms_per_s;
    return now_s - heard_s > silence_s;
}

static int is_too_slow(spx_link *link, double now_s)
{
    const double age_s = now_s - atomic_load(&link->since_s);
    switch ((spx_link_phase)atomic_load(&link->phase)) {
    case SPX_LINK_IDLE:
        return (age_s > headers_s || (age_s > silence_s && is_silent(link, now_s))) &&
               !is_unread(link);
    case SPX_LINK_BODY:
        return (age_s > body_start_s + (double)atomic_load(&link->received) / BODY_BYTES_PER_S ||
                (age_s > silence_s && is_silent(link, now_s))) &&
               !is_unread(link);
    case SPX_LINK_REPLY:
        return reads_too_slowly(link, now_s);
    }
    return 0;
}

uint32_t spx_links_cut(spx_links *links, double now_s)
{
    uint32_t count = 0;
    (void)pthread_mutex_lock(&links->lock);
    for (spx_link *link = links->first; link != NULL; link = link->next) {
        if (link->cut || !is_too_slow(link, now_s))
            continue;
        (void)shutdown(link->fd, SHUT_RDWR);
        link->cut = 1;
        count++;
    }
    (void)pthread_mutex_unlock(&links->lock);
    return count;
}
