#include "test_stills.h"

#include "test_files.h"
#include "test_support.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_PICTURES = 64, VPS = 32, SPS = 33, PPS = 34 };

static const uint8_t start_code[] = { 0, 0, 1 };

/* The bytes behind the next start code at or after `at`; NULL = no more. */
static const uint8_t *next_nal(const uint8_t *at, const uint8_t *end)
{
    const uint8_t *const code = memmem(at, (size_t)(end - at), start_code, sizeof(start_code));
    return code == NULL ? NULL : code + sizeof(start_code);
}

static void keep_set(spx_bytes *set, const uint8_t *nal, size_t size)
{
    if (set->size == 0)
        spx_bytes_append(set, nal, size);
    assert_int_equal(set->size, size); /* all pictures share their parameter sets */
    assert_memory_equal(set->data, nal, size);
}

static void keep_nal(spx_hevc_stills *stills, const uint8_t *nal, size_t size)
{
    switch (nal[0] >> 1) {
    case VPS:
        keep_set(&stills->vps, nal, size);
        break;
    case SPS:
        keep_set(&stills->sps, nal, size);
        break;
    case PPS:
        keep_set(&stills->pps, nal, size);
        break;
    default:
        assert_true(stills->count < MOST_PICTURES);
        spx_bytes_u32(&stills->pictures[stills->count], (uint32_t)size);
        spx_bytes_append(&stills->pictures[stills->count], nal, size);
        stills->count++;
    }
}

spx_hevc_stills test_stills_read(const char *name, uint32_t width, uint32_t height)
{
    spx_bytes file = test_data_read(name);
    spx_hevc_stills stills = { .width = width, .height = height };
    stills.pictures = calloc(MOST_PICTURES, sizeof(*stills.pictures));
    assert_non_null(stills.pictures);
    const uint8_t *const end = file.data + file.size;
    const uint8_t *nal = next_nal(file.data, end);
    while (nal != NULL) {
        const uint8_t *const next = next_nal(nal, end);
        size_t size = (size_t)((next == NULL ? end : next - sizeof(start_code)) - nal);
        while (size != 0 && nal[size - 1] == 0)
            size--; /* a fourth byte of the next start code */
        keep_nal(&stills, nal, size);
        nal = next;
    }
    assert_true(stills.count != 0);
    spx_bytes_clear(&file);
    return stills;
}

spx_hevc_stills test_stills_repeat(const char *name, uint32_t width, uint32_t height, size_t count)
{
    spx_hevc_stills stills = test_stills_read(name, width, height);
    spx_bytes *const pictures = calloc(count, sizeof(*pictures));
    assert_non_null(pictures);
    size_t next = 0;
    for (size_t i = 0; i < count; i++) {
        const spx_bytes *const from = &stills.pictures[next];
        spx_bytes_append(&pictures[i], from->data, from->size);
        next = next + 1 < stills.count ? next + 1 : 0;
    }
    for (size_t i = 0; i < stills.count; i++)
        spx_bytes_clear(&stills.pictures[i]);
    free(stills.pictures);
    stills.pictures = pictures;
    stills.count = count;
    return stills;
}
