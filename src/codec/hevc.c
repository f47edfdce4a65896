/*
 * Pictures to HEVC with libx265: intra only, 8 bits, 4:2:0, constant quantiser; preset ultrafast
 * with blocks of one size, see set_blocks().
 *
 * All pictures of a call go through one encoder as consecutive frames, so that they share their
 * parameter sets and that its frame threads keep every core busy. Every frame is an IDR picture, so
 * each is complete on its own. A constant quantiser without adaptive quantisation, lookahead or
 * rate control gives every tile the same quality; with rate control, tiles early in the sequence
 * would come out better than late ones and the seams would show.
 *
 * Frames are converted to YCbCr one at a time, right before the encoder copies them. libx265 starts
 * its own threads, as many as the task's pool has; its calls come from the caller's thread. It does
 * not look whether a thread could be made and waits for it for ever: so the same number of threads
 * is tried first, and where the system refuses them that is an error.
 */
#include "codec/hevc.h"

#include "base/intops.h"
#include "base/thread_trial.h"
#include "codec/hevc_frames.h"
#include "codec/late_x265.h"
#include "codec/sps_window.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define POINTER_POOLS_BUILD 199 /* 3.5, the last one known whose names of pools are a pointer */

enum {
    BIT_DEPTH = 8,
    CODED_MULTIPLE_PX = 32,   /* the coding unit, see set_blocks(); libx265 takes no smaller side */
    TRANSFORM_DEPTH = 3,      /* 32, 16 and 8 pixels */
    RD_LEVEL = 1,             /* libx265's own scale: the least that looks at rate and distortion */
    LENGTH_BYTES = 4,         /* in front of a NAL unit */
    CHROMA_IN_THE_MIDDLE = 1, /* of four luma samples: chroma_sample_loc_type */
    MOST_FRAME_THREADS = 16,  /* libx265's limit */
    SMALLEST_TILE_PX = 64,    /* of a grid, ISO/IEC 23000-22 (MIAF) 7.3.11.4.2 */
    THIN_TIMES = 16,          /* sides of a thin picture */
    SPARE_THREADS = 1,        /* tried beyond those that libx265 makes */
    FRAMES_TO_KEY_FRAME = 250,
};

/* One encoder and what belongs to it. */
typedef struct encoder {
    const x265_api *api; /* static storage of libx265 */
    x265_param *param;
    x265_encoder *handle;
    x265_picture *picture;
    spx_yuv_frame frame;
} encoder;

/*
 * The first opening of a process fills libx265's tables of kernels, without a lock of its own. One
 * that is refused for its size fills them too and starts no thread: after it, real openings need no
 * lock, and one that waits for a thread holds up nobody.
 */
static pthread_once_t tables_once = PTHREAD_ONCE_INIT;

static void fill_tables(void)
{
    const x265_api *const api = x265_api_get(BIT_DEPTH);
    x265_param *const param = api == NULL ? NULL : api->param_alloc();
    if (param == NULL)
        return;
    api->param_default(param);
    param->logLevel = X265_LOG_NONE;
    param->sourceWidth = 0;
    param->sourceHeight = 0;
    x265_encoder *const none = api->encoder_open(param);
    if (none != NULL)
        api->encoder_close(none);
    api->param_free(param);
}

/*
 * 100 -> 4, 85 -> 19, 50 -> 33, 1 -> 51: at 85 photos keep 41 dB and more; from there on three
 * quality steps cost a QP step upwards and about 2.5 downwards.
 */
static int quantiser(int quality)
{
    static const double at_best = 4;
    static const double at_knee = 19;
    static const double at_worst = 51;
    static const double knee = 85;
    if (quality >= knee)
        return (int)lrint(at_knee - (quality - knee) * (at_knee - at_best) / (100 - knee));
    return (int)lrint(at_knee + (knee - quality) * (at_worst - at_knee) / (knee - 1));
}

static void set_quality(x265_param *param, int quality)
{
    param->bOpenGOP = 0;
    param->bframes = 0;
    param->scenecutThreshold = 0;
    param->lookaheadDepth = 0;
    param->maxNumReferences = 1;
    param->rc.rateControlMode = X265_RC_CQP;
    param->rc.qp = quantiser(quality);
    param->rc.ipFactor = 1.0; /* or intra frames would get a lower QP than asked for */
    param->rc.aqMode = X265_AQ_NONE;
    param->rc.cuTree = 0;
    /* Not for the picture, which hardly changes, and at some 5 % of the time: libx265 3.5 always
     * makes the buffers of this filter, but gives them back only when the last picture used it.
     * They have 3/32 of a byte a pixel for each frame thread: megabytes a photo. */
    param->bEnableSAO = 1;
}

/*
 * The preset codes every block of 32 pixels twice, whole and as four coding units, and takes the
 * cheaper one. Here a coding unit is always 32 pixels, with one direction of prediction, and its
 * transforms go down to 8; one candidate of directions fewer is coded in full. Against the preset
 * on crops of 9 photos at QP 19 (command line, libx265 3.5, also without SAO):
 *
 *     coding units  transforms  rd   time   size at the same PSNR
 *     32, 16        1 level     2    1.00    0
 *     32, 16        1 level     1    0.91   -0.6 %
 *     32            3 levels    1    0.64    0.0 %      <- this
 *     32            2 levels    1    0.56   +2.0 %
 *     32            4 levels    1    0.78   -2.1 %
 *
 * Coding tree units of 16 pixels would be as good, but levels from 5 on do not allow them.
 */
static void set_blocks(x265_param *param, const spx_hevc_frames *frames)
{
    param->rdLevel = RD_LEVEL;
    if (frames->grey != NULL)
        return; /* small, and of any multiple of SPX_HEVC_GREY_UNIT_PX */
    param->minCUSize = CODED_MULTIPLE_PX;
    param->tuQTMaxIntraDepth = TRANSFORM_DEPTH;
}

static void set_color(x265_param *param, const spx_nclx *color)
{
    param->vui.bEnableVideoSignalTypePresentFlag = 1;
    param->vui.bEnableVideoFullRangeFlag = color->full_range != 0;
    param->vui.bEnableColorDescriptionPresentFlag = 1;
    param->vui.colorPrimaries = color->primaries;
    param->vui.transferCharacteristics = color->transfer;
    param->vui.matrixCoeffs = color->matrix;
    param->vui.bEnableChromaLocInfoPresentFlag = 1;
    param->vui.chromaSampleLocTypeTopField = CHROMA_IN_THE_MIDDLE;
    param->vui.chromaSampleLocTypeBottomField = CHROMA_IN_THE_MIDDLE;
}

/* Wavefronts always: they change the bytes, which must not depend on the number of threads. */
static void set_threads(x265_param *param, unsigned threads, size_t frames)
{
    unsigned at_once = threads < MOST_FRAME_THREADS ? threads : MOST_FRAME_THREADS;
    if (at_once > frames)
        at_once = (unsigned)frames;
    param->frameNumThreads = (int)at_once;
    param->bEnableWavefront = 1;
}

static int color_space(const spx_hevc_frames *frames)
{
    return frames->grey != NULL ? X265_CSP_I400 : X265_CSP_I420;
}

/* Of grey pictures libx265 itself finds the profile. 1 = refused. */
static int apply_profile(const encoder *self, const spx_hevc_frames *frames)
{
    if (frames->grey != NULL)
        return 0;
    return self->api->param_apply_profile(self->param,
                                          frames->side_by_side ? "main" : "mainstillpicture");
}

static void set_stream(x265_param *param, const spx_hevc_frames *frames)
{
    param->sourceWidth = (int)frames->width;
    param->sourceHeight = (int)frames->height;
    param->fpsNum = 1;
    param->fpsDenom = 1;
    param->internalCsp = color_space(frames);
    /* Main Still Picture is libx265's choice for one frame that is a key frame, Main for the rest.
     * It takes further frames all the same. */
    param->totalFrames = frames->side_by_side ? 0 : 1;
    param->keyframeMax = frames->side_by_side ? FRAMES_TO_KEY_FRAME : 1;
    param->bAnnexB = 0;
    param->bEmitInfoSEI = 0;
    param->bEnableAccessUnitDelimiters = 0;
    param->vui.aspectRatioIdc = 0;
    param->bEmitVUITimingInfo = 0;
    param->bEmitVUIHRDInfo = 0;
    param->logLevel = X265_LOG_NONE;
}

static void encoder_close(encoder *self)
{
    if (self->handle != NULL)
        self->api->encoder_close(self->handle);
    if (self->picture != NULL)
        self->api->picture_free(self->picture);
    if (self->param != NULL)
        self->api->param_free(self->param);
    spx_yuv_frame_clear(&self->frame);
    *self = (encoder){ 0 };
}

/* What it is made of, but for the encoder itself. */
static spx_status allocate(encoder *self, const spx_hevc_frames *frames, spx_diag *diag)
{
    SPX_TRY(spx_late_x265_open(diag));
    self->api = x265_api_get(BIT_DEPTH);
    if (self->api == NULL)
        return spx_fail(diag, SPX_ERR_INTERNAL, "HEVC: libx265 has no 8-bit encoder");
    (void)pthread_once(&tables_once, fill_tables);
    self->param = self->api->param_alloc();
    if (self->param == NULL)
        return spx_fail_memory(diag, "HEVC encoder");
    self->api->param_default(self->param); /* what param_free() reads is garbage until then */
    self->picture = self->api->picture_alloc();
    if (self->picture == NULL)
        return spx_fail_memory(diag, "HEVC encoder");
    return spx_yuv_frame_init(&self->frame, frames, diag);
}

/* On failure the caller still closes it. */
static spx_status encoder_open(encoder *self, const spx_hevc_frames *frames,
                               const spx_hevc_options *options, unsigned threads, spx_diag *diag)
{
    SPX_TRY(allocate(self, frames, diag));

    char pools[16];
    int bad = self->api->param_default_preset(self->param, "ultrafast", NULL);
    set_stream(self->param, frames);
    set_quality(self->param, options->quality);
    set_blocks(self->param, frames);
    set_color(self->param, &options->color);
    set_threads(self->param, threads, frames->count);
    (void)snprintf(pools, sizeof(pools), "%u", threads);
#if X265_BUILD > POINTER_POOLS_BUILD
    bad |= self->api->param_parse(self->param, "pools", pools);
#else
    self->param->numaPools = pools; /* copied by encoder_open() */
#endif
    bad |= apply_profile(self, frames);
    self->param->bRepeatHeaders = 0; /* the still picture profile switches them on */
    SPX_TRY(spx_threads_try(threads + (unsigned)self->param->frameNumThreads + SPARE_THREADS,
                            "HEVC encoder", diag));
    if (bad) {
        return spx_fail(diag, SPX_ERR_INTERNAL, "HEVC: libx265 refuses pictures of %ux%u",
                        frames->width, frames->height);
    }
    self->handle = self->api->encoder_open(self->param);
    if (self->handle == NULL) { /* what it does not like of options it has said above */
        return spx_fail(diag, SPX_ERR_NO_MEMORY,
                        "HEVC: no memory or no thread for pictures of %ux%u", frames->width,
                        frames->height);
    }
    self->api->picture_init(self->param, self->picture);
    for (int i = 0; i < 3; i++) {
        self->picture->planes[i] = self->frame.planes[i];
        self->picture->stride[i] = (int)(i == 0 ? frames->width : frames->width / 2);
    }
    self->picture->bitDepth = BIT_DEPTH;
    self->picture->colorSpace = color_space(frames);
    return SPX_OK;
}

/* Appends the slices of one picture to *out. */
static spx_status take_picture(spx_bytes *out, const x265_nal *nals, uint32_t nal_count,
                               spx_diag *diag)
{
    for (uint32_t i = 0; i < nal_count; i++) {
        if (nals[i].type < NAL_UNIT_VPS) /* the numbers below are slices */
            spx_bytes_append(out, nals[i].payload, nals[i].sizeBytes);
    }
    return spx_bytes_check(out, "HEVC picture", diag);
}

static spx_status code_frames(encoder *self, const spx_hevc_frames *frames, const spx_nclx *color,
                              spx_bytes *pictures, const spx_task *task, spx_diag *diag)
{
    spx_ycc ycc;
    spx_ycc_init(&ycc, color);
    size_t sent = 0;
    size_t done = 0;
    while (done < frames->count) {
        SPX_TRY(spx_task_check(task, diag));
        x265_picture *in = NULL;
        if (sent < frames->count) {
            spx_hevc_frames_convert(frames, sent, &ycc, &self->frame);
            self->picture->pts = (int64_t)sent;
            in = self->picture;
            sent++;
        }
        x265_nal *nals = NULL;
        uint32_t nal_count = 0;
        const int got = self->api->encoder_encode(self->handle, &nals, &nal_count, in, NULL);
        if (got < 0 || (got == 0 && in == NULL)) {
            return spx_fail(diag, SPX_ERR_INTERNAL, "HEVC: libx265 failed at picture %zu of %zu",
                            done + 1, frames->count);
        }
        if (got > 0)
            SPX_TRY(take_picture(&pictures[done++], nals, nal_count, diag));
        spx_task_progress(task, (double)done / (double)frames->count);
    }
    return SPX_OK;
}

static spx_status copy_parameter_sets(encoder *self, spx_hevc_stills *out, spx_diag *diag)
{
    x265_nal *nals = NULL;
    uint32_t nal_count = 0;
    if (self->api->encoder_headers(self->handle, &nals, &nal_count) < 0)
        return spx_fail(diag, SPX_ERR_INTERNAL, "HEVC: libx265 gives no parameter sets");
    for (uint32_t i = 0; i < nal_count; i++) {
        spx_bytes *to = NULL;
        if (nals[i].type == NAL_UNIT_VPS) {
            to = &out->vps;
        } else if (nals[i].type == NAL_UNIT_SPS) {
            to = &out->sps;
        } else if (nals[i].type == NAL_UNIT_PPS) {
            to = &out->pps;
        }
        if (to != NULL && to->size == 0) {
            SPX_TRY(spx_bytes_copy(to, nals[i].payload + LENGTH_BYTES,
                                   nals[i].sizeBytes - LENGTH_BYTES, "HEVC parameter set", diag));
        }
    }
    if (out->vps.size == 0 || out->sps.size == 0 || out->pps.size == 0)
        return spx_fail(diag, SPX_ERR_INTERNAL, "HEVC: libx265 left a parameter set out");
    return SPX_OK;
}

static spx_status check_quality(int quality, spx_diag *diag)
{
    if (quality < 1 || quality > 100)
        return spx_fail(diag, SPX_ERR_ARGUMENT, "HEVC: quality %d is not 1..100", quality);
    return SPX_OK;
}

static spx_status check_images(const spx_image *const *images, size_t image_count,
                               const spx_hevc_options *options, spx_diag *diag)
{
    if (image_count == 0)
        return spx_fail(diag, SPX_ERR_ARGUMENT, "HEVC: no picture");
    SPX_TRY(check_quality(options->quality, diag));
    for (size_t i = 1; i < image_count; i++) {
        if (images[i]->width != images[0]->width || images[i]->height != images[0]->height) {
            return spx_fail(diag, SPX_ERR_ARGUMENT, "HEVC: pictures of %ux%u and %ux%u",
                            images[0]->width, images[0]->height, images[i]->width,
                            images[i]->height);
        }
    }
    return SPX_OK;
}

static spx_status encode_stills(spx_hevc_stills *out, const spx_hevc_frames *frames,
                                const spx_hevc_options *options, const spx_task *task,
                                spx_diag *diag)
{
    encoder self = { 0 };
    spx_hevc_stills made = { .width = frames->visible_width,
                             .height = frames->visible_height,
                             .count = frames->count };
    const unsigned threads = spx_pool_threads(task == NULL ? NULL : task->pool);
    spx_status status = SPX_OK;
    made.pictures = calloc(frames->count, sizeof(*made.pictures));
    if (made.pictures == NULL) {
        made.count = 0;
        status = spx_fail_memory(diag, "HEVC pictures");
        goto out;
    }
    SPX_TRY_OUT(encoder_open(&self, frames, options, threads, diag));
    SPX_TRY_OUT(copy_parameter_sets(&self, &made, diag));
    if (frames->width != frames->visible_width || frames->height != frames->visible_height) {
        SPX_TRY_OUT(spx_sps_window_cut(&made.sps, frames->width - frames->visible_width,
                                       frames->height - frames->visible_height, diag));
    }
    SPX_TRY_OUT(code_frames(&self, frames, &options->color, made.pictures, task, diag));
    *out = made;
    made = (spx_hevc_stills){ 0 }; /* moved to the caller */
out:
    encoder_close(&self);
    spx_hevc_stills_clear(&made);
    return status;
}

/* A picture of 60000 x 1 pixels would be made of tiles that are nearly all padding: along the short
 * side of a thin picture they are as small as HEIF lets them be. */
static uint32_t thin_tile(uint32_t side, uint32_t other, uint32_t tile_px)
{
    uint32_t size = tile_px;
    while (other / THIN_TIMES > side && size / 2 >= SMALLEST_TILE_PX && size / 2 >= side &&
           size % (2 * CODED_MULTIPLE_PX) == 0)
        size /= 2;
    return size;
}

// NOLINTNEXTLINE(readability-function-size): seven parameters
spx_status spx_hevc_encode_tiles(spx_hevc_stills *out, const spx_image *const *images,
                                 size_t image_count, uint32_t tile_px,
                                 const spx_hevc_options *options, const spx_task *task,
                                 spx_diag *diag)
{
    SPX_TRY(check_images(images, image_count, options, diag));
    if (tile_px == 0 || tile_px % CODED_MULTIPLE_PX != 0) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "HEVC: tiles of %u px, wanted a multiple of %d",
                        tile_px, CODED_MULTIPLE_PX);
    }
    const uint32_t tile_width = thin_tile(images[0]->width, images[0]->height, tile_px);
    const uint32_t tile_height = thin_tile(images[0]->height, images[0]->width, tile_px);
    const uint32_t columns = (images[0]->width - 1) / tile_width + 1;
    const uint32_t rows = (images[0]->height - 1) / tile_height + 1;
    const spx_hevc_frames frames = {
        .images = images,
        .count = image_count * columns * rows,
        .tile_px = tile_width,
        .tile_height = tile_height,
        .columns = columns,
        .rows = rows,
        .visible_width = tile_width,
        .visible_height = tile_height,
        .width = tile_width,
        .height = tile_height,
    };
    return encode_stills(out, &frames, options, task, diag);
}

static uint32_t coded_side(uint32_t side)
{
    return spx_align_up_u32(side, CODED_MULTIPLE_PX);
}

/* Rounds up to even for 4:2:0. */
static void set_frame_size(spx_hevc_frames *frames, uint32_t width, uint32_t height)
{
    frames->visible_width = width + width % 2;
    frames->visible_height = height + height % 2;
    /* The window is spx_sps_window_cut()'s. libx265 3.5 pads other sides by itself, but where
     * coding units have 32 pixels it leaves part of the padding as the memory was. */
    frames->width = coded_side(frames->visible_width);
    frames->height = coded_side(frames->visible_height);
}

int spx_hevc_fits(uint32_t width, uint32_t height)
{
    if (width > SPX_HEVC_MOST_SIDE_PX || height > SPX_HEVC_MOST_SIDE_PX)
        return 0;
    const uint32_t coded_width = coded_side(width);
    const uint32_t coded_height = coded_side(height);
    return coded_width <= SPX_HEVC_MOST_SIDE_PX && coded_height <= SPX_HEVC_MOST_SIDE_PX &&
           (uint64_t)coded_width * coded_height <= SPX_HEVC_MOST_PX;
}

static spx_status check_level(const spx_hevc_frames *frames, spx_diag *diag)
{
    if (spx_hevc_fits(frames->visible_width, frames->visible_height))
        return SPX_OK;
    return spx_fail(diag, SPX_ERR_UNSUPPORTED,
                    "HEVC: one picture of %ux%u is over what the format allows (%d px a side, %d "
                    "px in all)",
                    frames->visible_width, frames->visible_height, SPX_HEVC_MOST_SIDE_PX,
                    SPX_HEVC_MOST_PX);
}

spx_status spx_hevc_encode_whole(spx_hevc_stills *out, const spx_image *const *images,
                                 size_t image_count, const spx_hevc_options *options,
                                 const spx_task *task, spx_diag *diag)
{
    SPX_TRY(check_images(images, image_count, options, diag));
    spx_hevc_frames frames = { .images = images, .count = image_count, .columns = 1, .rows = 1 };
    set_frame_size(&frames, images[0]->width, images[0]->height);
    SPX_TRY(check_level(&frames, diag));
    return encode_stills(out, &frames, options, task, diag);
}

spx_status spx_hevc_encode_grey(spx_hevc_stills *out, const spx_plane *plane, int quality,
                                const spx_task *task, spx_diag *diag)
{
    static const uint16_t unspecified = 2;
    const spx_hevc_options options = {
        .quality = quality, .color = { unspecified, unspecified, unspecified, .full_range = 1 }
    };
    const spx_hevc_frames frames = { .grey = plane,
                                     .count = 1,
                                     .columns = 1,
                                     .rows = 1,
                                     .visible_width = plane->width,
                                     .visible_height = plane->height,
                                     .width = plane->width,
                                     .height = plane->height };
    SPX_TRY(check_quality(quality, diag));
    if (plane->width % SPX_HEVC_GREY_UNIT_PX != 0 || plane->width < SPX_HEVC_GREY_LEAST_PX ||
        plane->height % SPX_HEVC_GREY_UNIT_PX != 0 || plane->height < SPX_HEVC_GREY_LEAST_PX) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "HEVC: a grey picture of %ux%u", plane->width,
                        plane->height);
    }
    SPX_TRY(check_level(&frames, diag));
    return encode_stills(out, &frames, &options, task, diag);
}

spx_status spx_hevc_encode_side_by_side(spx_bytes *out, const spx_image *left,
                                        const spx_image *right, const spx_hevc_options *options,
                                        const spx_task *task, spx_diag *diag)
{
    static const uint8_t start_code[] = { 0, 0, 0, 1 };
    const spx_image *const images[2] = { left, right };
    SPX_TRY(check_images(images, 2, options, diag));
    spx_hevc_frames frames = { .images = images, .count = 1, .side_by_side = 1 };
    set_frame_size(&frames, 2 * left->width, left->height);
    SPX_TRY(check_level(&frames, diag));

    spx_hevc_stills coded = { 0 };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(encode_stills(&coded, &frames, options, task, diag));
    if (coded.count != 1) {
        status = spx_fail(diag, SPX_ERR_INTERNAL, "HEVC: %zu pictures of one", coded.count);
        goto out;
    }
    const spx_bytes *const sets[] = { &coded.vps, &coded.sps, &coded.pps };
    for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
        spx_bytes_append(out, start_code, sizeof(start_code));
        spx_bytes_append(out, sets[i]->data, sets[i]->size);
    }
    spx_bytes_append(out, start_code, sizeof(start_code));
    spx_bytes_append(out, coded.pictures[0].data + LENGTH_BYTES,
                     coded.pictures[0].size - LENGTH_BYTES);
    SPX_TRY_OUT(spx_bytes_check(out, "HEVC stream", diag));

out:
    spx_hevc_stills_clear(&coded);
    if (status != SPX_OK)
        spx_bytes_clear(out);
    return status;
}
