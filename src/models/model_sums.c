#include "models/model_sums.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DIGITS = SPX_SHA256_HEX - 1, FILE_AT = DIGITS + 2, MOST_BYTES = 1 << 20, STEP = 1 << 20 };

static const char list_name[] = "SHA256SUMS";

int spx_model_sum_is_valid(const char *text)
{
    for (size_t i = 0; i < DIGITS; i++) {
        if (!(text[i] >= '0' && text[i] <= '9') && !(text[i] >= 'a' && text[i] <= 'f'))
            return 0; /* the end of a shorter text is no digit either */
    }
    return 1;
}

static spx_status read_list(const char *folder, char **path, spx_bytes *list, spx_diag *diag)
{
    *path = spx_path_join(folder, list_name);
    if (*path == NULL)
        return spx_fail_memory(diag, list_name);
    spx_diag ignored = { 0 };
    const spx_status status = spx_file_read(*path, MOST_BYTES, list, &ignored);
    if (status == SPX_ERR_NOT_FOUND)
        return SPX_OK;
    if (status != SPX_OK)
        return spx_fail(diag, status, "%s", ignored.text);
    spx_bytes_u8(list, 0); /* lines are looked at as text */
    SPX_TRY(spx_bytes_check(list, list_name, diag));
    list->size--;
    return SPX_OK;
}

/* The line that begins at `at`: its length without the end, and whether it is about `file`. */
static size_t line_at(const spx_bytes *list, size_t at, const char *file, int *matches)
{
    const char *const line = (const char *)list->data + at;
    const char *const end = memchr(line, '\n', list->size - at);
    const size_t size = end == NULL ? list->size - at : (size_t)(end - line);
    const size_t file_size = strlen(file);
    *matches = size == FILE_AT + file_size && memcmp(line + FILE_AT, file, file_size) == 0;
    return size;
}

spx_status spx_model_sums_find(const char *folder, const char *file, char hex[SPX_SHA256_HEX],
                               spx_diag *diag)
{
    hex[0] = '\0';
    char *path = NULL;
    spx_bytes list = { 0 };
    const spx_status status = read_list(folder, &path, &list, diag);
    for (size_t at = 0; status == SPX_OK && at < list.size;) {
        int matches = 0;
        const size_t size = line_at(&list, at, file, &matches);
        const char *const line = (const char *)list.data + at;
        if (matches && spx_model_sum_is_valid(line)) {
            memcpy(hex, line, DIGITS);
            hex[DIGITS] = '\0';
        }
        at += size + 1;
    }
    spx_bytes_clear(&list);
    free(path);
    return status;
}

spx_status spx_model_sums_set(const char *folder, const char *file, const char *hex, spx_diag *diag)
{
    char *path = NULL;
    spx_bytes list = { 0 };
    spx_bytes changed = { 0 };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(read_list(folder, &path, &list, diag));
    for (size_t at = 0; at < list.size;) {
        int matches = 0;
        const size_t size = line_at(&list, at, file, &matches);
        if (!matches && size != 0) {
            spx_bytes_append(&changed, list.data + at, size);
            spx_bytes_text(&changed, "\n");
        }
        at += size + 1;
    }
    if (hex != NULL) {
        spx_bytes_text(&changed, hex);
        spx_bytes_text(&changed, "  ");
        spx_bytes_text(&changed, file);
        spx_bytes_text(&changed, "\n");
    }
    SPX_TRY_OUT(spx_bytes_check(&changed, list_name, diag));
    if (hex != NULL || list.size != 0)
        SPX_TRY_OUT(spx_file_write(path, changed.data, changed.size, diag));

out:
    spx_bytes_clear(&list);
    spx_bytes_clear(&changed);
    free(path);
    return status;
}

spx_status spx_model_sum_file(const char *path, char hex[SPX_SHA256_HEX], uint64_t *size,
                              spx_diag *diag)
{
    hex[0] = '\0';
    *size = 0;
    spx_status status = SPX_OK;
    spx_sha256 hash;
    uint8_t *const buffer = malloc(STEP);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (buffer == NULL || fd < 0) {
        status =
            buffer == NULL ? spx_fail_memory(diag, path) : spx_file_fail(errno, path, "open", diag);
        goto out;
    }
    spx_sha256_init(&hash);
    for (;;) {
        const ssize_t got = read(fd, buffer, STEP);
        if (got < 0) {
            status = spx_file_fail(errno, path, "read", diag);
            goto out;
        }
        if (got == 0)
            break;
        spx_sha256_update(&hash, buffer, (size_t)got);
        *size += (uint64_t)got;
    }
    spx_sha256_finish(&hash, hex);

out:
    if (fd >= 0)
        (void)close(fd);
    free(buffer);
    return status;
}
