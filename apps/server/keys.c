/*
 * The file is read as a whole into a new list, which takes the place of the old one only when every
 * line made sense. Counts of requests stay with a client's name when the list is read again. Keys
 * are compared by their hashes, all of them each time, in time that does not depend on where they
 * differ.
 */
#include "server/keys.h"

#include "base/file.h"
#include "base/sha256.h"
#include "server/http_text.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS_MOST = 1000, FILE_MOST = 1 << 20, MOST_NUMBER = 1000000000 };
static const double minute_s = 60.0;

/* A client and its requests, which grow back as water in a bucket. */
typedef struct entry {
    spx_key key;
    double left;
    double at_s; /* when there were so many */
} entry;

struct spx_keys {
    const char *path;
    pthread_mutex_t lock; /* guards the rest */
    entry *entries;
    char (*hashes)[SPX_SHA256_HEX];
    size_t count;
};

/* One line, cut into words in place. */
typedef struct line {
    char *at;
    unsigned number;
} line;

static const char *next_word(line *self)
{
    static const char blanks[] = " \t\r";
    self->at += strspn(self->at, blanks);
    if (*self->at == '\0')
        return NULL;
    const char *const word = self->at;
    self->at += strcspn(self->at, blanks);
    if (*self->at != '\0')
        *self->at++ = '\0';
    return word;
}

static spx_status fail_line(const line *self, const char *what, spx_diag *diag)
{
    return spx_fail(diag, SPX_ERR_ARGUMENT, "keys, line %u: %s", self->number, what);
}

static spx_status read_limit(const line *self, const char *word, spx_key *key, spx_diag *diag)
{
    const struct {
        const char *name;
        uint32_t *field;
    } known[] = {
        { "jobs-a-day=", &key->jobs_a_day },
        { "at-once=", &key->at_once },
        { "rate=", &key->rate },
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        const size_t size = strlen(known[i].name);
        if (strncmp(word, known[i].name, size) != 0)
            continue;
        const char *const digits = word + size;
        const size_t count = strspn(digits, "0123456789");
        const unsigned long number = strtoul(digits, NULL, 10);
        if (count == 0 || count > 10 || digits[count] != '\0' || number == 0 ||
            number > MOST_NUMBER)
            return fail_line(self, "a limit is a number from 1 to 1000000000", diag);
        *known[i].field = (uint32_t)number;
        return SPX_OK;
    }
    return fail_line(self, "there are jobs-a-day=N, at-once=N and rate=N", diag);
}

static spx_status read_line(line *self, const char *name, spx_key *key, char hash[SPX_SHA256_HEX],
                            spx_diag *diag)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    *key = (spx_key){ .jobs_a_day = 0 };
    if (strlen(name) >= sizeof(key->name) || strspn(name, allowed) != strlen(name))
        return fail_line(self, "a name has 1 to 24 letters, digits, - _ .", diag);
    memcpy(key->name, name, strlen(name) + 1);
    const char *const sum = next_word(self);
    if (sum == NULL || strlen(sum) != SPX_SHA256_HEX - 1 ||
        strspn(sum, "0123456789abcdef") != SPX_SHA256_HEX - 1) {
        return fail_line(self, "behind the name stands the key's SHA-256 in 64 small hex digits",
                         diag);
    }
    memcpy(hash, sum, SPX_SHA256_HEX);
    for (const char *word = next_word(self); word != NULL; word = next_word(self))
        SPX_TRY(read_limit(self, word, key, diag));
    return SPX_OK;
}

static int is_named(const spx_key *list, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(list[i].name, name) == 0)
            return 1;
    }
    return 0;
}

spx_status spx_keys_parse(const char *text, spx_key *list, char (*hashes)[SPX_SHA256_HEX],
                          size_t most, size_t *count, spx_diag *diag)
{
    spx_status status = SPX_OK;
    *count = 0;
    char *const copy = strdup(text);
    if (copy == NULL)
        return spx_fail_memory(diag, "keys");
    unsigned number = 0;
    for (char *at = copy; at != NULL && *at != '\0';) {
        char *const end = strchr(at, '\n');
        if (end != NULL)
            *end = '\0';
        line self = { at, ++number };
        at = end == NULL ? NULL : end + 1;
        const char *const name = next_word(&self);
        if (name == NULL || name[0] == '#')
            continue;
        if (*count == most || is_named(list, *count, name)) {
            status =
                fail_line(&self, *count == most ? "there are too many" : "the name is taken", diag);
            goto out;
        }
        SPX_TRY_OUT(read_line(&self, name, &list[*count], hashes[*count], diag));
        ++*count;
    }

out:
    free(copy);
    return status;
}

static spx_status read_file(const char *path, spx_key *list, char (*hashes)[SPX_SHA256_HEX],
                            size_t *count, spx_diag *diag)
{
    spx_bytes bytes = { 0 };
    SPX_TRY(spx_file_read(path, FILE_MOST, &bytes, diag));
    spx_bytes_u8(&bytes, 0);
    spx_status status = spx_bytes_check(&bytes, path, diag);
    if (status == SPX_OK)
        status = spx_keys_parse((const char *)bytes.data, list, hashes, KEYS_MOST, count, diag);
    spx_bytes_clear(&bytes);
    return status;
}

static size_t find_name(const spx_keys *keys, const char *name)
{
    size_t at = 0;
    while (at < keys->count && strcmp(keys->entries[at].key.name, name) != 0)
        at++;
    return at;
}

/* Who was there keeps what is left of its requests. The lock is held. */
static void take_list(spx_keys *keys, entry *entries, const spx_key *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const size_t before = find_name(keys, list[i].name);
        entries[i] = (entry){ .key = list[i], .left = (double)list[i].rate };
        if (before < keys->count && keys->entries[before].left < entries[i].left) {
            entries[i].left = keys->entries[before].left;
            entries[i].at_s = keys->entries[before].at_s;
        }
    }
}

spx_status spx_keys_reload(spx_keys *keys, spx_diag *diag)
{
    size_t count = 0;
    spx_key *const list = calloc(KEYS_MOST, sizeof(*list));
    char(*hashes)[SPX_SHA256_HEX] = calloc(KEYS_MOST, sizeof(*hashes));
    entry *entries = calloc(KEYS_MOST, sizeof(*entries));
    spx_status status = list == NULL || hashes == NULL || entries == NULL
                            ? spx_fail_memory(diag, "keys")
                            : read_file(keys->path, list, hashes, &count, diag);
    if (status == SPX_OK) {
        (void)pthread_mutex_lock(&keys->lock);
        take_list(keys, entries, list, count);
        entry *const old_entries = keys->entries;
        char(*const old_hashes)[SPX_SHA256_HEX] = keys->hashes;
        keys->entries = entries;
        keys->hashes = hashes;
        keys->count = count;
        entries = old_entries;
        hashes = old_hashes;
        (void)pthread_mutex_unlock(&keys->lock);
    }
    free(entries);
    free(hashes);
    free(list);
    return status;
}

spx_status spx_keys_create(spx_keys **out, const char *path, spx_diag *diag)
{
    *out = NULL;
    spx_keys *const keys = calloc(1, sizeof(*keys));
    if (keys == NULL)
        return spx_fail_memory(diag, "keys");
    keys->path = path;
    (void)pthread_mutex_init(&keys->lock, NULL);
    const spx_status status = spx_keys_reload(keys, diag);
    if (status == SPX_OK) {
        *out = keys;
    } else {
        spx_keys_destroy(keys);
    }
    return status;
}

void spx_keys_destroy(spx_keys *keys)
{
    if (keys == NULL)
        return;
    (void)pthread_mutex_destroy(&keys->lock);
    free(keys->entries);
    free(keys->hashes);
    free(keys);
}

int spx_keys_find(spx_keys *keys, const char *key, spx_key *out)
{
    spx_sha256 hash;
    char hex[SPX_SHA256_HEX];
    int found = 0;
    spx_sha256_init(&hash);
    spx_sha256_update(&hash, key, strlen(key));
    spx_sha256_finish(&hash, hex);
    (void)pthread_mutex_lock(&keys->lock);
    for (size_t i = 0; i < keys->count; i++) {
        if (spx_secret_equal(keys->hashes[i], hex)) {
            *out = keys->entries[i].key;
            found = 1;
        }
    }
    (void)pthread_mutex_unlock(&keys->lock);
    return found;
}

int spx_keys_named(spx_keys *keys, const char *name, spx_key *out)
{
    (void)pthread_mutex_lock(&keys->lock);
    const size_t at = find_name(keys, name);
    const int found = at < keys->count;
    if (found)
        *out = keys->entries[at].key;
    (void)pthread_mutex_unlock(&keys->lock);
    return found;
}

void spx_keys_spend(spx_keys *keys, const char *name, double now_s, spx_key_rate *out)
{
    *out = (spx_key_rate){ .limit = 0 };
    (void)pthread_mutex_lock(&keys->lock);
    const size_t at = find_name(keys, name);
    if (at < keys->count && keys->entries[at].key.rate != 0) {
        entry *const self = &keys->entries[at];
        const double most = (double)self->key.rate;
        const double a_second = most / minute_s;
        const double grown = self->left + (now_s - self->at_s) * a_second;
        self->left = grown < most ? grown : most;
        self->at_s = now_s;
        out->limit = self->key.rate;
        if (self->left >= 1.0) {
            self->left -= 1.0;
        } else {
            out->wait_s = (uint32_t)ceil((1.0 - self->left) / a_second);
        }
        out->remaining = (uint32_t)self->left;
        out->reset_s = (uint32_t)ceil((most - self->left) / a_second);
    }
    (void)pthread_mutex_unlock(&keys->lock);
}
