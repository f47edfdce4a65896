#include "image/pfm.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAGIC_SIZE = 2, WORD_SIZE = 32, HEADER_SIZE = 64, SAMPLE_BYTES = 4, COLOURED = 'F' };

/* The text before the pixels; `at` moves forward. */
typedef struct header {
    const char *text;
    size_t size;
    size_t at;
} header;

/* The next word, and exactly one white space behind it. 0 when there is none or it is too long. */
static int next_word(header *self, char word[WORD_SIZE])
{
    size_t length = 0;
    while (self->at < self->size && isspace((unsigned char)self->text[self->at]))
        self->at++;
    while (self->at < self->size && !isspace((unsigned char)self->text[self->at])) {
        if (length + 1 == WORD_SIZE)
            return 0;
        word[length++] = self->text[self->at++];
    }
    word[length] = '\0';
    if (length == 0 || self->at == self->size)
        return 0;
    self->at++;
    return 1;
}

static int next_side(header *self, uint32_t *out)
{
    enum { MOST_DIGITS = 9, TEN = 10 };
    char word[WORD_SIZE];
    *out = 0;
    if (!next_word(self, word) || strlen(word) > MOST_DIGITS)
        return 0;
    for (const char *at = word; *at != '\0'; at++) {
        if (!isdigit((unsigned char)*at))
            return 0;
        *out = *out * TEN + (uint32_t)(*at - '0');
    }
    return *out != 0;
}

/* Only the sign of the scale says something: negative = little-endian. No strtod(): what it takes
 * depends on the program's locale. */
static int next_scale(header *self, int *little)
{
    char word[WORD_SIZE];
    if (!next_word(self, word) || strspn(word, "+-.0123456789eE") != strlen(word))
        return 0;
    *little = word[0] == '-';
    return 1;
}

int spx_pfm_probe(const void *data, size_t size)
{
    const char *const text = data;
    return size > MAGIC_SIZE && text[0] == 'P' && (text[1] == 'f' || text[1] == COLOURED) &&
           isspace((unsigned char)text[2]);
}

static float read_sample(const uint8_t *at, int little)
{
    uint32_t bits = 0;
    for (unsigned i = 0; i < SAMPLE_BYTES; i++)
        bits |= (uint32_t)at[i] << (8 * (little ? i : SAMPLE_BYTES - 1 - i));
    float value = 0.0f;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

spx_status spx_pfm_read(spx_plane **out, const void *data, size_t size, uint64_t max_pixels,
                        const char *name, spx_diag *diag)
{
    *out = NULL;
    header head = { .text = data, .size = size, .at = MAGIC_SIZE };
    uint32_t width = 0;
    uint32_t height = 0;
    int little = 0;
    if (spx_pfm_probe(data, size) && head.text[1] == COLOURED) {
        return spx_fail(diag, SPX_ERR_UNSUPPORTED, "%s: a PFM in colours: a grey one is wanted",
                        name);
    }
    if (!spx_pfm_probe(data, size) || !next_side(&head, &width) || !next_side(&head, &height) ||
        !next_scale(&head, &little))
        return spx_fail(diag, SPX_ERR_CORRUPT, "%s: not a grey PFM file", name);
    if ((uint64_t)width * height > max_pixels) {
        return spx_fail(diag, SPX_ERR_LIMIT, "%s: %ux%u pixels are over the limit of %llu", name,
                        width, height, (unsigned long long)max_pixels);
    }
    const size_t wanted = (size_t)width * height * SAMPLE_BYTES;
    if (size - head.at < wanted) {
        return spx_fail(diag, SPX_ERR_TRUNCATED, "%s: wanted %zu bytes of pixels, %zu there", name,
                        wanted, size - head.at);
    }

    SPX_TRY(spx_plane_create(out, width, height, diag));
    const uint8_t *at = (const uint8_t *)data + head.at;
    for (uint32_t y = (*out)->height; y-- > 0;) {
        float *const row = spx_plane_row(*out, y);
        for (uint32_t x = 0; x < (*out)->width; x++, at += SAMPLE_BYTES)
            row[x] = read_sample(at, little);
    }
    return SPX_OK;
}

spx_status spx_pfm_write(spx_bytes *out, const spx_plane *plane, spx_diag *diag)
{
    *out = (spx_bytes){ 0 };
    char head[HEADER_SIZE];
    (void)snprintf(head, sizeof(head), "Pf\n%u %u\n-1.0\n", plane->width, plane->height);
    spx_bytes_text(out, head);
    for (uint32_t y = plane->height; y-- > 0;) {
        const float *const row = spx_plane_row(plane, y);
        for (uint32_t x = 0; x < plane->width; x++) {
            uint32_t bits = 0;
            memcpy(&bits, &row[x], sizeof(bits));
            const uint8_t bytes[SAMPLE_BYTES] = { (uint8_t)bits, (uint8_t)(bits >> 8),
                                                  (uint8_t)(bits >> 16), (uint8_t)(bits >> 24) };
            spx_bytes_append(out, bytes, sizeof(bytes));
        }
    }
    const spx_status status = spx_bytes_check(out, "depth map", diag);
    if (status != SPX_OK)
        spx_bytes_clear(out);
    return status;
}
