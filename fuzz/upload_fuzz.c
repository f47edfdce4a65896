/* What spx does with the pieces of a form, in any order and cut: each piece is a byte for its field
 * (and whether it has a file name or begins a part), a byte for its size, and its bytes. */
#include "server/upload_internal.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_BYTES = 300, KEYS = 16, HAS_NAME = 0x10, CONTINUES = 0x20, NAMED_BY_DATA = 0x40 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const keys[KEYS] = {
    "file",
    "left",
    "right",
    "kind",
    "tag",
    "name",
    "stereo",
    "source_url",
    "webhook_url",
    "painter",
    "strength",
    "formats",
    "",
    NULL,
    "no_such_option",
    "an_option_whose_name_is_longer_than_any_that_there_could_be_here"
};

static char *path_of(const char *name)
{
    char text[64];
    (void)snprintf(text, sizeof(text), "/tmp/spx-fuzz-upload-%ld-%s", (long)getpid(), name);
    (void)unlink(text);
    return strdup(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *const paths[] = { path_of("left"), path_of("right") };
    spx_upload *upload = NULL;
    uint64_t offset = 0;
    if (spx_upload_create_at(&upload, paths, MOST_BYTES, NULL) != SPX_OK)
        abort();
    while (size >= 2) {
        const size_t wanted = data[1];
        const size_t length = wanted < size - 2 ? wanted : size - 2;
        char name[256];
        memcpy(name, data + 2, length < sizeof(name) ? length : 0);
        name[length < sizeof(name) ? length : 0] = '\0';
        offset = (data[0] & CONTINUES) != 0 ? offset : 0;
        const spx_upload_piece piece = {
            .key = keys[data[0] % KEYS],
            .file_name = (data[0] & HAS_NAME) == 0        ? NULL
                         : (data[0] & NAMED_BY_DATA) != 0 ? name
                                                          : "photo.jpg",
            .data = (const char *)data + 2,
            .offset = offset,
            .size = length,
        };
        (void)spx_upload_take_piece(upload, &piece);
        offset += length;
        data += 2 + length;
        size -= 2 + length;
    }
    spx_upload_finish(upload);
    const spx_job *const job = spx_upload_job(upload);
    if (spx_upload_refused(upload)->status == 0 &&
        (job->name[0] == '\0' || strpbrk(job->name, "/\\\r\n\"") != NULL ||
         job->size > MOST_BYTES || (job->source[0] == '\0' && job->size == 0)))
        abort();
    spx_upload_destroy(upload);
    return 0;
}
