#include "container/stereo_camera.h"

#include "container/tiff.h"

#include <string.h>
#include <strings.h>

enum {
    TAG_MODEL = 0x0110,
    TAG_USER_COMMENT = 0x9286,
    COMMENT_CODE_BYTES = 8, /* "ASCII", zeros */
};

/* The W3 and the QooCam EGO (65 mm, 66 degrees) as programs that read them have them; the W1 and
 * the 3DS as they are commonly told: no file of theirs was at hand. */
static const struct {
    const char *model; /* begins so */
    spx_stereo_camera camera;
} cameras[] = {
    { "FinePix REAL 3D W3", { .baseline_mm = 75, .hfov_deg = 48 } },
    { "FinePix REAL 3D W1", { .baseline_mm = 77 } },
    { "Nintendo 3DS", { .baseline_mm = 35 } },
};

static const char qoocam[] = "QooCam+EGO";

/* Bytes of a tag, wherever they stand; *size: 0 = none. */
static const char *find_text(const spx_tiff *tiff, uint32_t ifd, unsigned tag, size_t *size)
{
    spx_tiff_entry entry;
    *size = 0;
    if (spx_tiff_find(tiff, ifd, tag, 0, &entry) == 0)
        return NULL;
    const size_t at =
        entry.count > SPX_TIFF_VALUE_BYTES ? spx_tiff_u32(tiff, entry.value_at) : entry.value_at;
    if (!spx_tiff_has(tiff, at, entry.count))
        return NULL;
    *size = entry.count;
    return (const char *)tiff->bytes + at;
}

static int begins_with(const char *text, size_t size, const char *begin)
{
    const size_t length = strlen(begin);
    return size >= length && strncasecmp(text, begin, length) == 0;
}

static int is_qoocam(const spx_tiff *tiff)
{
    spx_tiff_entry entry;
    size_t size = 0;
    if (spx_tiff_find(tiff, tiff->first_ifd, SPX_TIFF_TAG_EXIF_IFD, 0, &entry) == 0)
        return 0;
    const char *text = find_text(tiff, spx_tiff_number(tiff, &entry), TAG_USER_COMMENT, &size);
    if (text == NULL)
        return 0;
    if (size > COMMENT_CODE_BYTES && memcmp(text, "ASCII\0\0", COMMENT_CODE_BYTES) == 0) {
        text += COMMENT_CODE_BYTES;
        size -= COMMENT_CODE_BYTES;
    }
    return begins_with(text, size, qoocam);
}

void spx_stereo_camera_read(spx_stereo_camera *out, const void *exif, size_t size)
{
    spx_tiff tiff;
    size_t length = 0;
    *out = (spx_stereo_camera){ 0 };
    if (!spx_tiff_open(&tiff, exif, size))
        return;
    const char *const model = find_text(&tiff, tiff.first_ifd, TAG_MODEL, &length);
    for (size_t i = 0; model != NULL && i < sizeof(cameras) / sizeof(*cameras); i++) {
        if (begins_with(model, length, cameras[i].model))
            *out = cameras[i].camera;
    }
    if (is_qoocam(&tiff))
        *out = (spx_stereo_camera){ .baseline_mm = 65, .hfov_deg = 66, .beside = 1 };
}
