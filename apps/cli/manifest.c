/*
 * A line goes through four hands: next() gives it a key, asks the results whether it is done and
 * whether its shard is ours; prepare() fetches a far photo into a temporary file; a worker converts
 * it; finish() delivers far files, appends the result and makes sure that it is on the disk.
 * release() forgets it. Only keys and places of lines that were seen stay in memory.
 */
#include "cli/manifest.h"

#include "base/file.h"
#include "cli/standard_input.h"
#include "cli/text.h"
#include "jobs/utf8.h"
#include "net/http.h"
#include "spx/format.h"

#include <dirent.h>
#include <errno.h>
#include <search.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_SHARDS = 100000 };

static const char output_suffix[] = "_output";
static const char results_suffix[] = ".results.jsonl";
static const char near_name[] = "spx-manifest-"; /* folders of photos that were brought here */

typedef struct listed_line {
    spx_listed_photo photo; /* first: what the batch knows */
    char key[SPX_SHA256_HEX];
    size_t line;
    char *from;     /* its place; an address with all its secrets */
    char *folder;   /* for its files, as it is told */
    char *near;     /* a folder of its own here; NULL = none */
    spx_diag wrong; /* what is wrong with the line; empty = nothing */
} listed_line;

struct spx_manifest {
    const spx_manifest_options *options;
    FILE *file;
    char *text; /* getline()'s */
    size_t room;
    size_t line;
    size_t count; /* lines that name a photo */
    size_t done_before;
    void *keys;    /* tsearch() trees: keys of lines, and */
    void *folders; /* where files go */
    spx_result_log log;
    spx_status status; /* of reading the list */
    spx_diag diag;
};

int spx_manifest_read_shard(const char *text, unsigned *shard, unsigned *shards)
{
    char *end = NULL;
    const unsigned long one = strtoul(text, &end, 10);
    if (end == text || *end != '/')
        return 0;
    const char *const second = end + 1;
    const unsigned long all = strtoul(second, &end, 10);
    if (end == second || *end != '\0' || one == 0 || one > all || all > MOST_SHARDS)
        return 0;
    *shard = (unsigned)one;
    *shards = (unsigned)all;
    return 1;
}

/* 1: it was there; -1: no memory. */
static int remember(void **tree, const char *text)
{
    char *const copy = strdup(text);
    char *const *const found = copy == NULL ? NULL : tsearch(copy, tree, spx_text_order);
    const int was_there = found != NULL && *found != copy;
    if (found == NULL || was_there)
        free(copy);
    return found == NULL ? -1 : was_there;
}

/* ---- places ---- */

static const char *base_of_temporary_files(void)
{
    const char *const named = getenv("TMPDIR"); // NOLINT(concurrency-mt-unsafe)
    return named == NULL || named[0] == '\0' ? "/tmp" : named;
}

/* Folders of processes that were killed. */
static void sweep(void)
{
    const char *const base = base_of_temporary_files();
    DIR *const entries = opendir(base);
    const struct dirent *each = NULL;
    while (entries != NULL && (each = readdir(entries)) != NULL) { // NOLINT(concurrency-mt-unsafe)
        struct stat about;
        if (strncmp(each->d_name, near_name, sizeof(near_name) - 1) != 0)
            continue;
        const long process = strtol(each->d_name + sizeof(near_name) - 1, NULL, 10);
        char *const path = spx_path_join(base, each->d_name);
        if (path != NULL && process > 0 && kill((pid_t)process, 0) != 0 && errno == ESRCH &&
            lstat(path, &about) == 0 && S_ISDIR(about.st_mode) && about.st_uid == geteuid())
            spx_folder_remove(path);
        free(path);
    }
    if (entries != NULL)
        (void)closedir(entries);
}

/* The part of a place that names its folders and file: behind the scheme of an address, and before
 * its query. */
static size_t path_of(const char *place, const char **out)
{
    const char *const scheme = strstr(place, "://");
    if (!spx_far_is(place) || scheme == NULL) {
        *out = place;
        return strlen(place);
    }
    const char *const path = scheme + 3 + strcspn(scheme + 3, "/?#");
    *out = path;
    return strcspn(path, "?#");
}

/* Of a name without its extension. */
static size_t stem_of(const char *name, size_t size)
{
    for (size_t i = size; i > 1; i--) {
        if (name[i - 1] == '.')
            return i - 1;
    }
    return size;
}

static int is_dots(const char *part, size_t size)
{
    return (size == 1 && part[0] == '.') || (size == 2 && part[0] == '.' && part[1] == '.');
}

/* DIR/FOLDERS/STEM_output; "." and ".." and empty parts of the place are left out. */
static char *place_below(const char *folder, const char *place)
{
    const char *path = NULL;
    size_t left = path_of(place, &path);
    spx_bytes out = { 0 };
    spx_bytes_text(&out, folder);
    if (folder[0] != '\0' && folder[strlen(folder) - 1] != '/')
        spx_bytes_u8(&out, '/');
    while (left != 0) {
        const char *const slash = memchr(path, '/', left);
        const size_t size = slash == NULL ? left : (size_t)(slash - path);
        if (slash == NULL) {
            spx_bytes_append(&out, path, stem_of(path, size));
        } else if (size != 0 && !is_dots(path, size)) {
            spx_bytes_append(&out, path, size + 1);
        }
        left -= slash == NULL ? left : size + 1;
        path += size + 1;
    }
    spx_bytes_text(&out, output_suffix);
    spx_bytes_u8(&out, 0);
    if (out.failed)
        spx_bytes_clear(&out);
    return (char *)out.data;
}

static char *place_beside(const char *path)
{
    const char *const name = spx_path_name(path);
    const size_t size = (size_t)(name - path) + stem_of(name, strlen(name));
    char *place = NULL;
    return asprintf(&place, "%.*s%s", (int)size, path, output_suffix) < 0 ? NULL : place;
}

/* ---- lines ---- */

static void line_free(listed_line *each)
{
    if (each == NULL)
        return;
    if (each->near != NULL)
        spx_folder_remove(each->near);
    if (each->photo.output != each->folder)
        free(each->photo.output);
    free(each->photo.path);
    free(each->photo.file);
    free(each->from);
    free(each->folder);
    free(each->near);
    free(each);
}

/* What is told of a place: of an address neither password nor query. */
static char *shown_of(const char *place)
{
    char shown[SPX_HTTP_SHOWN_SIZE];
    if (!spx_far_is(place) || spx_s3_is_url(place))
        return strdup(place);
    spx_http_show(shown, place);
    return strdup(shown);
}

static void make_key(const spx_manifest *self, const char *line, char key[SPX_SHA256_HEX])
{
    const char *const parts[] = { self->options->salt, line, self->options->output };
    spx_sha256 hash;
    spx_sha256_init(&hash);
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (parts[i] != NULL)
            spx_sha256_update(&hash, parts[i], strlen(parts[i]));
        spx_sha256_update(&hash, "", 1);
    }
    spx_sha256_finish(&hash, key);
}

static spx_status check(const listed_line *each, spx_diag *diag)
{
    if (each->from[0] == '\0')
        return spx_fail(diag, SPX_ERR_ARGUMENT, "line %zu: names no photo", each->line);
    if (spx_is_standard_input(each->from)) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "line %zu: a photo on standard input has no place",
                        each->line);
    }
    if (spx_far_is(each->from))
        SPX_TRY(spx_far_check(each->from, 0, diag));
    if (each->folder == NULL) {
        return spx_fail(diag, SPX_ERR_ARGUMENT,
                        "line %zu: names no folder for the files of an address: put one behind a "
                        "tab, or give -o",
                        each->line);
    }
    return spx_far_is(each->folder) ? spx_far_check(each->folder, 1, diag) : SPX_OK;
}

/* Where files go; NULL where nobody said it, or without memory. */
static char *folder_of(const spx_manifest *self, const char *from, const char *second)
{
    if (second != NULL && second[0] != '\0')
        return strdup(second);
    if (self->options->output != NULL)
        return place_below(self->options->output, from);
    return spx_far_is(from) ? NULL : place_beside(from);
}

static listed_line *line_new(spx_manifest *self, char *text, const char *key)
{
    listed_line *const each = calloc(1, sizeof(*each));
    char *const tab = strchr(text, '\t');
    if (each == NULL)
        return NULL;
    if (tab != NULL)
        *tab = '\0';
    each->line = self->line;
    memcpy(each->key, key, sizeof(each->key));
    each->from = strdup(text);
    each->photo.path = shown_of(text);
    each->folder = folder_of(self, text, tab == NULL ? NULL : tab + 1);
    if (each->from == NULL || each->photo.path == NULL) {
        line_free(each);
        return NULL;
    }
    spx_status status = check(each, &each->wrong);
    const int claimed = status == SPX_OK ? remember(&self->folders, each->folder) : 0;
    if (claimed < 0)
        (void)spx_fail_memory(&each->wrong, each->folder);
    if (claimed > 0) {
        (void)spx_fail(
            &each->wrong, SPX_ERR_ARGUMENT,
            "line %zu: another line has the same folder for its files, %s: put one of its "
            "own behind a tab",
            each->line, each->folder);
    }
    return each;
}

/* The line as text: without its end, and without the mark that some editors begin a file with. 0 =
 * it is no text. */
static int trim(spx_manifest *self, size_t size)
{
    static const char mark[] = "\xef\xbb\xbf"; /* U+FEFF */
    if (memchr(self->text, '\0', size) != NULL) {
        self->status =
            spx_fail(&self->diag, SPX_ERR_ARGUMENT,
                     "%s: line %zu holds a zero byte: no list of photos in UTF-8 or ASCII",
                     self->options->path, self->line);
        return 0;
    }
    if (self->line == 1 && strncmp(self->text, mark, sizeof(mark) - 1) == 0)
        memmove(self->text, self->text + sizeof(mark) - 1, size - sizeof(mark) + 2);
    self->text[strcspn(self->text, "\r\n")] = '\0';
    return 1;
}

/* The next line that names a photo of this shard and is not done; NULL at the end. */
static spx_listed_photo *next(void *user)
{
    spx_manifest *const self = user;
    const spx_manifest_options *const options = self->options;
    for (;;) {
        char key[SPX_SHA256_HEX];
        const ssize_t got = getline(&self->text, &self->room, self->file);
        if (got < 0)
            break;
        self->line++;
        if (!trim(self, (size_t)got))
            return NULL;
        if (self->text[0] == '\0' || self->text[0] == '#')
            continue;
        make_key(self, self->text, key);
        const int again = remember(&self->keys, key);
        listed_line *const each = again == 0 ? line_new(self, self->text, key) : NULL;
        if (again < 0 || (again == 0 && each == NULL)) {
            self->status = spx_fail_memory(&self->diag, options->path);
            return NULL;
        }
        if (again != 0)
            continue;
        const int is_ours = self->count++ % options->shards + 1 == options->shard;
        if (is_ours && !(options->resume && spx_result_log_has(&self->log, key)))
            return &each->photo;
        self->done_before += is_ours ? 1 : 0;
        line_free(each);
    }
    if (ferror(self->file))
        self->status = spx_file_fail(errno, options->path, "read", &self->diag);
    return NULL;
}

static listed_line *line_of(spx_listed_photo *photo)
{
    return (listed_line *)(void *)((char *)photo - offsetof(listed_line, photo));
}

static spx_status make_near(listed_line *each, spx_diag *diag)
{
    if (each->near != NULL)
        return SPX_OK;
    if (asprintf(&each->near, "%s/%s%ld-XXXXXX", base_of_temporary_files(), near_name,
                 (long)getpid()) < 0) {
        each->near = NULL;
        return spx_fail_memory(diag, each->photo.path);
    }
    if (mkdtemp(each->near) != NULL)
        return SPX_OK;
    const spx_status status = spx_file_fail(errno, each->near, "create", diag);
    free(each->near);
    each->near = NULL;
    return status;
}

static spx_status prepare(void *user, spx_listed_photo *photo, spx_diag *diag)
{
    const spx_manifest *const self = user;
    listed_line *const each = line_of(photo);
    if (each->wrong.text[0] != '\0')
        return spx_fail(diag, SPX_ERR_ARGUMENT, "%s", each->wrong.text);
    if (spx_far_is(each->from)) {
        SPX_TRY(make_near(each, diag));
        photo->file = spx_path_join(each->near, "photo");
        if (photo->file == NULL)
            return spx_fail_memory(diag, photo->path);
        SPX_TRY(spx_far_get(&self->options->far, each->from, photo->file, diag));
    }
    if (!spx_far_is(each->folder)) {
        photo->output = each->folder;
        return SPX_OK;
    }
    SPX_TRY(make_near(each, diag));
    photo->output = spx_path_join(each->near, "files");
    return photo->output == NULL ? spx_fail_memory(diag, photo->path) : SPX_OK;
}

/* Takes the files where they belong, and tells so. */
static spx_status deliver(const spx_manifest *self, const listed_line *each, json_t *told,
                          spx_diag *diag)
{
    json_t *const files = json_object_get(told, "files");
    if (!spx_far_is(each->folder))
        return SPX_OK;
    for (size_t i = 0; i < json_array_size(files); i++) {
        json_t *const file = json_array_get(files, i);
        const char *const path = json_string_value(json_object_get(file, "path"));
        const char *const word = json_string_value(json_object_get(file, "format"));
        const spx_format_info *const format =
            word == NULL ? NULL : spx_format_of(spx_format_named(word));
        if (path == NULL)
            return spx_fail_memory(diag, each->photo.path);
        SPX_TRY(spx_far_put(&self->options->far, each->folder, spx_path_name(path),
                            format == NULL ? "application/octet-stream" : format->media_type, path,
                            diag));
        const size_t size = strlen(each->folder);
        char *address = NULL;
        if (asprintf(&address, "%s%s%s", each->folder, each->folder[size - 1] == '/' ? "" : "/",
                     spx_path_name(path)) >= 0) {
            (void)json_object_set_new(file, "path", spx_utf8_json(address));
            free(address);
        }
    }
    (void)json_object_set_new(told, "output", spx_utf8_json(each->folder));
    return SPX_OK;
}

static json_t *failure(const listed_line *each, spx_status status, const char *text)
{
    return json_pack("{s:o*, s:s, s:s, s:o*}", "photo", spx_utf8_json(each->photo.path), "status",
                     spx_status_name(status), "fault", spx_fault_name(spx_status_fault(status)),
                     "error", spx_utf8_json(text == NULL ? "" : text));
}

static spx_status finish(void *user, spx_listed_photo *photo, spx_status status, const char *text,
                         json_t *told, spx_diag *diag)
{
    spx_manifest *const self = user;
    const listed_line *const each = line_of(photo);
    spx_diag own = { 0 };
    if (status == SPX_ERR_CANCELLED)
        return SPX_OK; /* it will be done next time */
    spx_status result = status == SPX_OK ? deliver(self, each, told, &own) : status;
    if (result == SPX_ERR_CANCELLED)
        return spx_fail(diag, result, "%s", own.text);
    json_t *const line = result == SPX_OK
                             ? json_deep_copy(told)
                             : failure(each, result, status == SPX_OK ? own.text : text);
    if (line != NULL) {
        (void)json_object_set_new(line, "key", json_string(each->key));
        (void)json_object_set_new(line, "line", json_integer((json_int_t)each->line));
    }
    SPX_TRY(spx_result_log_add(&self->log, line, diag));
    return status == SPX_OK && result != SPX_OK ? spx_fail(diag, result, "%s", own.text) : SPX_OK;
}

static void release(void *user, spx_listed_photo *photo)
{
    (void)user;
    line_free(line_of(photo));
}

/* ---- the whole ---- */

static spx_status open_results(spx_manifest *self, spx_diag *diag)
{
    const spx_manifest_options *const options = self->options;
    char *path = NULL;
    if (options->results != NULL)
        return spx_result_log_open(&self->log, options->results, options->resume, diag);
    if (spx_is_standard_input(options->path)) {
        return spx_fail(diag, SPX_ERR_ARGUMENT,
                        "a list on standard input needs --results FILE for what becomes of it");
    }
    if (asprintf(&path, "%s%s", options->path, results_suffix) < 0)
        return spx_fail_memory(diag, options->path);
    const spx_status status = spx_result_log_open(&self->log, path, options->resume, diag);
    free(path);
    return status;
}

spx_status spx_manifest_open(spx_manifest **out, const spx_manifest_options *options,
                             spx_diag *diag)
{
    *out = NULL;
    spx_manifest *const self = calloc(1, sizeof(*self));
    spx_status status = SPX_OK;
    if (self == NULL)
        return spx_fail_memory(diag, options->path);
    self->options = options;
    self->file = spx_is_standard_input(options->path) ? stdin : fopen(options->path, "re");
    if (self->file == NULL) {
        status = spx_file_fail(errno, options->path, "read", diag);
    } else {
        status = open_results(self, diag);
    }
    if (status != SPX_OK) {
        spx_manifest_close(self);
        return status;
    }
    sweep();
    *out = self;
    return SPX_OK;
}

spx_batch_source spx_manifest_source(spx_manifest *manifest)
{
    return (spx_batch_source){
        .next = next, .prepare = prepare, .finish = finish, .release = release, .user = manifest
    };
}

spx_status spx_manifest_end(const spx_manifest *manifest, size_t *done_before, spx_diag *diag)
{
    *done_before = manifest->done_before;
    if (manifest->status != SPX_OK)
        return spx_fail(diag, manifest->status, "%s", manifest->diag.text);
    return SPX_OK;
}

void spx_manifest_close(spx_manifest *manifest)
{
    if (manifest == NULL)
        return;
    if (manifest->file != NULL && manifest->file != stdin)
        (void)fclose(manifest->file);
    spx_result_log_close(&manifest->log);
    tdestroy(manifest->keys, free);
    tdestroy(manifest->folders, free);
    free(manifest->text);
    free(manifest);
}
