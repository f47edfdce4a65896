#include "container/eyes_layout.h"

#include "base/byte_order.h"
#include "base/file.h"
#include "container/jpeg_layout.h"
#include "container/jps.h"

#include <string.h>
#include <strings.h>

/* ---- names ---- */

typedef struct name_end {
    const char *end;
    spx_eyes_layout layout;
} name_end;

#define BESIDE(squeeze, right_first)                                                               \
    {                                                                                              \
        SPX_EYES_BESIDE, squeeze, right_first                                                      \
    }
#define ABOVE(squeeze, right_first)                                                                \
    {                                                                                              \
        SPX_EYES_ABOVE, squeeze, right_first                                                       \
    }

/* Before the extension; longer ones first where one ends like another. Players that read them:
 * DeoVR, Skybox, Pigasus (_LR, _TB, _LRF, ...), TriDef (-lr, -ab, ...q = half), Leia (_2x1). */
static const name_end ends[] = {
    { "_lrf_full_sbs", BESIDE(SPX_EYES_FULL, 0) }, { "_full_sbs", BESIDE(SPX_EYES_FULL, 0) },
    { "_half_sbs", BESIDE(SPX_EYES_HALF, 0) },     { "_hsbs", BESIDE(SPX_EYES_HALF, 0) },
    { "-hsbs", BESIDE(SPX_EYES_HALF, 0) },         { "_sbs", BESIDE(SPX_EYES_FULL, 0) },
    { "-sbs", BESIDE(SPX_EYES_FULL, 0) },          { "_lrf", BESIDE(SPX_EYES_FULL, 0) },
    { "_rlf_cross", BESIDE(SPX_EYES_FULL, 1) },    { "_rlf", BESIDE(SPX_EYES_FULL, 1) },
    { "_cross", BESIDE(SPX_EYES_FULL, 1) },        { "-cross", BESIDE(SPX_EYES_FULL, 1) },
    { "_lr", BESIDE(SPX_EYES_UNKNOWN, 0) },        { "_rl", BESIDE(SPX_EYES_UNKNOWN, 1) },
    { "_2x1", BESIDE(SPX_EYES_FULL, 0) },          { ".left-right", BESIDE(SPX_EYES_FULL, 0) },
    { "-left-right", BESIDE(SPX_EYES_FULL, 0) },   { ".right-left", BESIDE(SPX_EYES_FULL, 1) },
    { "-lrq", BESIDE(SPX_EYES_HALF, 0) },          { "-lr", BESIDE(SPX_EYES_FULL, 0) },
    { "-rlq", BESIDE(SPX_EYES_HALF, 1) },          { "-rl", BESIDE(SPX_EYES_FULL, 1) },
    { "_tbf_fulltb", ABOVE(SPX_EYES_FULL, 0) },    { "_fulltb", ABOVE(SPX_EYES_FULL, 0) },
    { "_tbf", ABOVE(SPX_EYES_FULL, 0) },           { "_tb", ABOVE(SPX_EYES_UNKNOWN, 0) },
    { "_hou", ABOVE(SPX_EYES_HALF, 0) },           { "_ou", ABOVE(SPX_EYES_UNKNOWN, 0) },
    { ".top-bottom", ABOVE(SPX_EYES_FULL, 0) },    { ".bottom-top", ABOVE(SPX_EYES_FULL, 1) },
    { "-abq", ABOVE(SPX_EYES_HALF, 0) },           { "-ab", ABOVE(SPX_EYES_FULL, 0) },
};

/* Without the extension. */
static size_t stem_length(const char *last)
{
    const char *const dot = strrchr(last, '.');
    return dot == NULL || dot == last ? strlen(last) : (size_t)(dot - last);
}

static int ends_in(const char *text, size_t length, const char *end)
{
    const size_t size = strlen(end);
    return length > size && strncasecmp(text + length - size, end, size) == 0;
}

spx_eyes_layout spx_eyes_layout_of_name(const char *name)
{
    const char *const last = spx_path_name(name);
    const size_t whole = strlen(last);
    const size_t length = stem_length(last);
    for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
        if (ends_in(last, length, ends[i].end))
            return ends[i].layout;
    }
    /* NVIDIA, VRex and StereoPhoto Maker: cross-eyed unless the file says otherwise. */
    if (ends_in(last, whole, ".jps") || ends_in(last, whole, ".pns"))
        return (spx_eyes_layout)BESIDE(SPX_EYES_FULL, 1);
    return (spx_eyes_layout){ .place = SPX_EYES_NONE };
}

/* ---- chunks and segments ---- */

spx_eyes_layout spx_eyes_layout_of_png(const void *png, size_t size)
{
    enum { SIGNATURE_BYTES = 8, HEAD_BYTES = 8, CRC_BYTES = 4, MODE_CROSS = 0, MODE_DIVERGING = 1 };
    static const unsigned char signature[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };
    const unsigned char *const bytes = png;
    spx_eyes_layout none = { .place = SPX_EYES_NONE };
    if (size < SIGNATURE_BYTES || memcmp(bytes, signature, SIGNATURE_BYTES) != 0)
        return none;
    size_t at = SIGNATURE_BYTES;
    while (size - at > HEAD_BYTES) {
        const size_t length = spx_u32_big(bytes + at);
        if (length > size - at - HEAD_BYTES || memcmp(bytes + at + 4, "IDAT", 4) == 0)
            return none;
        const unsigned mode = length == 1 ? bytes[at + HEAD_BYTES] : MODE_DIVERGING + 1U;
        if (memcmp(bytes + at + 4, "sTER", 4) == 0) {
            if (mode > MODE_DIVERGING)
                return none;
            return (spx_eyes_layout)BESIDE(SPX_EYES_FULL, mode == MODE_CROSS);
        }
        at += HEAD_BYTES + length;
        if (size - at < CRC_BYTES)
            return none;
        at += CRC_BYTES;
    }
    return none;
}

spx_eyes_layout spx_eyes_layout_of_jps(const void *jpeg, size_t size, int *mono)
{
    enum { NAME_BYTES = 8, FLAGS_AT = NAME_BYTES + 3, LAYOUT_AT, MEDIA_AT, LEAST_BYTES };
    spx_eyes_layout found = { .place = SPX_EYES_NONE };
    spx_jpeg_segment segment;
    size_t at = 0;
    *mono = 0;
    while (spx_jpeg_next_segment(&segment, jpeg, size, &at)) {
        if (segment.marker != SPX_JPEG_APP3 || segment.size < LEAST_BYTES ||
            memcmp(segment.body, SPX_JPS_NAME, NAME_BYTES) != 0)
            continue;
        const unsigned flags = segment.body[FLAGS_AT];
        const unsigned layout = segment.body[LAYOUT_AT];
        *mono = segment.body[MEDIA_AT] != SPX_JPS_STEREO;
        if (*mono || (layout != SPX_JPS_LAYOUT_BESIDE && layout != SPX_JPS_LAYOUT_ABOVE))
            return found;
        const int beside = layout == SPX_JPS_LAYOUT_BESIDE;
        const unsigned half = beside ? SPX_JPS_FLAG_HALF_WIDTH : SPX_JPS_FLAG_HALF_HEIGHT;
        found.place = beside ? SPX_EYES_BESIDE : SPX_EYES_ABOVE;
        found.squeeze = (flags & half) != 0 ? SPX_EYES_HALF : SPX_EYES_FULL;
        found.right_first = (flags & SPX_JPS_FLAG_LEFT_FIRST) == 0;
        return found;
    }
    return found;
}
