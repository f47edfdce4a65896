#ifndef SPX_SERVER_KEYS_H
#define SPX_SERVER_KEYS_H

/*
 * Several clients with a key each. A file says who may do how much, one client a line; the key
 * itself is not in it:
 *
 *     # NAME   SHA-256 of the key     jobs-a-day=N  at-once=N  rate=N (requests a minute)
 *     acme     9f86d081884c7d65...    jobs-a-day=500 at-once=4 rate=120
 */
#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

typedef struct spx_keys spx_keys;

enum { SPX_KEY_NAME_SIZE = 25 };

/** What a client may do; 0 = as the server's own limits say. */
typedef struct spx_key {
    char name[SPX_KEY_NAME_SIZE];
    uint32_t jobs_a_day;
    uint32_t at_once; /* jobs that wait or run */
    uint32_t rate;    /* requests a minute */
} spx_key;

/** What is left of a client's requests. */
typedef struct spx_key_rate {
    uint32_t limit; /* a minute; 0 = none */
    uint32_t remaining;
    uint32_t reset_s; /* until all are there again */
    uint32_t wait_s;  /* until the next one is; 0 = this one was */
} spx_key_rate;

/** Reads the file, whose path is borrowed. SPX_ERR_ARGUMENT names the line that is wrong. Owned by
 * the caller: spx_keys_destroy(). */
SPX_NODISCARD spx_status spx_keys_create(spx_keys **out, const char *path, spx_diag *diag);
void spx_keys_destroy(spx_keys *keys); /* NULL is fine */
/** Reads it again; on failure all stays as it was. */
SPX_NODISCARD spx_status spx_keys_reload(spx_keys *keys, spx_diag *diag);
/** The client whose key this is; 0 = nobody's. Takes as long for each key of one length. */
int spx_keys_find(spx_keys *keys, const char *key, spx_key *out);
/** The client of that name; 0 = there is none (any more). */
int spx_keys_named(spx_keys *keys, const char *name, spx_key *out);
/** Takes one request of that client's. */
void spx_keys_spend(spx_keys *keys, const char *name, double now_s, spx_key_rate *out);

/** Reads the text of such a file into list[0..most); *count: how many. For tests and fuzzers too.
 * hashes[i] is the hash of list[i]. */
SPX_NODISCARD spx_status spx_keys_parse(const char *text, spx_key *list, char (*hashes)[65],
                                        size_t most, size_t *count, spx_diag *diag);

#endif
