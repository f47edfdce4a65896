#include "codec/icc_profile.h"

#include "base/byte_order.h"

#include <string.h>

/* ICC.1:2010 clause 7.2, header, and 7.3, tag table. All numbers are big-endian. */
enum {
    CLASS_AT = 12,
    CONNECTION_SPACE_AT = 20,
    MAGIC_AT = 36,
    INTENT_AT = 64,
    MOST_INTENT = 3,
    COUNT_AT = 128,
    TAGS_AT = 132,
    TAG_BYTES = 12,
    SIGNATURE_BYTES = 4,
};

static int is_one_of(const uint8_t *signature, const char *signatures)
{
    for (const char *at = signatures; *at != '\0'; at += SIGNATURE_BYTES) {
        if (memcmp(signature, at, SIGNATURE_BYTES) == 0)
            return 1;
    }
    return 0;
}

static int tags_lie_within(const uint8_t *profile, uint32_t size)
{
    const uint32_t count = spx_u32_big(profile + COUNT_AT);
    if (count == 0 || count > (size - TAGS_AT) / TAG_BYTES)
        return 0;
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *const tag = profile + TAGS_AT + (size_t)i * TAG_BYTES;
        const uint32_t at = spx_u32_big(tag + SIGNATURE_BYTES);
        const uint32_t bytes = spx_u32_big(tag + 2 * (size_t)SIGNATURE_BYTES);
        if (at < TAGS_AT || at > size || bytes > size - at)
            return 0;
    }
    return 1;
}

/* A writer with the wrong byte order left the number backwards; anything else becomes 0,
 * perceptual. */
static void put_intent_right(uint8_t *intent)
{
    if (spx_u32_big(intent) <= MOST_INTENT)
        return;
    const int backwards = intent[0] <= MOST_INTENT && intent[1] == 0 && intent[2] == 0;
    const uint8_t value = backwards && intent[3] == 0 ? intent[0] : 0;
    memset(intent, 0, SIGNATURE_BYTES);
    intent[SIGNATURE_BYTES - 1] = value;
}

int spx_icc_make_sound(spx_bytes *icc)
{
    if (icc->size < TAGS_AT)
        return 0;
    const uint32_t size = spx_u32_big(icc->data);
    if (size < TAGS_AT || size > icc->size ||
        memcmp(icc->data + MAGIC_AT, "acsp", SIGNATURE_BYTES) != 0 ||
        !is_one_of(icc->data + CLASS_AT, "scnrmntrprtrspac") ||
        !is_one_of(icc->data + CONNECTION_SPACE_AT, "XYZ Lab ") ||
        !tags_lie_within(icc->data, size))
        return 0;
    icc->size = size;
    put_intent_right(icc->data + INTENT_AT);
    return 1;
}
