#include "codec/photo_source.h"

#include "codec/vips_start.h"

#include <stdio.h>
#include <string.h>

static gint64 read_bytes(VipsSourceCustom *vips, void *out, gint64 wanted, void *user)
{
    (void)vips;
    spx_photo_source *const self = user;
    if (wanted < 0 || spx_task_cancelled(self->task))
        return -1;
    const size_t left = self->size - self->at;
    const size_t count = (size_t)wanted < left ? (size_t)wanted : left;
    if (left == 0 && wanted > 0)
        atomic_store(&self->past_end, 1);
    if (count != 0)
        memcpy(out, self->data + self->at, count);
    self->at += count;
    return (gint64)count;
}

static gint64 seek_bytes(VipsSourceCustom *vips, gint64 offset, int whence, void *user)
{
    (void)vips;
    spx_photo_source *const self = user;
    gint64 base = 0;
    if (whence == SEEK_CUR) {
        base = (gint64)self->at;
    } else if (whence == SEEK_END) {
        base = (gint64)self->size;
    }
    const gint64 size = (gint64)self->size;
    if (offset < -base || offset > size - base) {
        atomic_store(&self->past_end, 1);
        return -1;
    }
    self->at = (size_t)(base + offset);
    return (gint64)self->at;
}

spx_status spx_photo_source_init(spx_photo_source *source, const void *data, size_t size,
                                 const spx_task *task, spx_diag *diag)
{
    *source = (spx_photo_source){ .data = data, .size = size, .task = task };
    VipsSourceCustom *const vips = vips_source_custom_new();
    if (vips == NULL)
        return spx_fail_memory(diag, "photo source");
    (void)g_signal_connect(vips, "read", G_CALLBACK(read_bytes), source);
    (void)g_signal_connect(vips, "seek", G_CALLBACK(seek_bytes), source);
    source->vips = VIPS_SOURCE(vips);
    return SPX_OK;
}

void spx_photo_source_clear(spx_photo_source *source)
{
    if (source->vips != NULL)
        g_object_unref(source->vips);
    *source = (spx_photo_source){ 0 };
}

VipsImage *spx_photo_source_open(spx_photo_source *source, spx_photo_type type,
                                 const spx_photo_picture *picture)
{
    static const spx_photo_picture first = { .subifd = -1 };
    const spx_photo_picture *const which = picture == NULL ? &first : picture;
    const VipsFailOn fail_on = which->lenient ? VIPS_FAIL_ON_NONE : VIPS_FAIL_ON_ERROR;
    VipsImage *out = NULL;
    int bad = 1;
    switch (type) {
    case SPX_PHOTO_TYPE_JPEG:
        bad = vips_jpegload_source(source->vips, &out, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                                   fail_on, NULL);
        break;
    case SPX_PHOTO_TYPE_PNG:
        bad = vips_pngload_source(source->vips, &out, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                                  fail_on, NULL);
        break;
    case SPX_PHOTO_TYPE_WEBP:
        bad = vips_webpload_source(source->vips, &out, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                                   fail_on, NULL);
        break;
    case SPX_PHOTO_TYPE_TIFF:
        bad = vips_tiffload_source(source->vips, &out, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                                   fail_on, "page", which->page, "subifd", which->subifd, NULL);
        break;
    case SPX_PHOTO_TYPE_GIF:
        bad = vips_gifload_source(source->vips, &out, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                                  fail_on, NULL);
        break;
    case SPX_PHOTO_TYPE_HEIF: /* codec/heif_image.h */
    case SPX_PHOTO_TYPE_BMP:  /* codec/bmp_read.h, and so on */
    case SPX_PHOTO_TYPE_JXL:
    case SPX_PHOTO_TYPE_RAW:
    case SPX_PHOTO_TYPE_UNKNOWN:
        break;
    }
    if (bad && out != NULL) {
        g_object_unref(out);
        out = NULL;
    }
    return out;
}

spx_status spx_photo_source_fail(const spx_photo_source *source, spx_photo_type type,
                                 const char *name, spx_diag *diag)
{
    if (spx_task_cancelled(source->task)) {
        vips_error_clear();
        return spx_task_check(source->task, diag);
    }
    char what[80];
    const int truncated = atomic_load(&source->past_end);
    /* TIFF allows more than any reader takes. */
    const char *const damaged = type == SPX_PHOTO_TYPE_TIFF ? "damaged or unusual" : "damaged";
    (void)snprintf(what, sizeof(what), "%s %s file of %zu bytes", truncated ? "truncated" : damaged,
                   spx_photo_type_name(type), source->size);
    return spx_vips_fail(diag, truncated ? SPX_ERR_TRUNCATED : SPX_ERR_CORRUPT, name, what);
}
