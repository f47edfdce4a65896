/*
 * MP4 through libavformat, whose writer wants to go back in the file, and to read it again when it
 * moves the index to the front: it works on a file that lies in memory only.
 */
#include "codec/animation.h"

#include "codec/late_ffmpeg.h"
#include "image/image.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 64, ERROR_SIZE = 128, OPTION_SIZE = 16 };

typedef struct movie {
    const spx_animation *animation;
    int file; /* in memory; -1 = none */
    char path[PATH_SIZE];
    AVFormatContext *format;
    AVStream *stream;
    AVCodecContext *codec;
    struct SwsContext *scale;
    AVFrame **frames; /* [pictures]: those that were shown already, NULL before */
    size_t frame_count;
    AVPacket *packet;
} movie;

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void be_quiet(void)
{
    av_log_set_level(AV_LOG_QUIET);
}

static spx_status fail(spx_diag *diag, const char *what, int code)
{
    char text[ERROR_SIZE];
    if (code == AVERROR(ENOMEM))
        return spx_fail_memory(diag, "MP4");
    if (av_strerror(code, text, sizeof(text)) != 0)
        (void)snprintf(text, sizeof(text), "error %d", code);
    return spx_fail(diag, SPX_ERR_UNSUPPORTED, "MP4: %s (%s)", what, text);
}

static spx_status open_codec(movie *self, int rate_factor, const spx_task *task, spx_diag *diag)
{
    const AVCodec *const encoder = avcodec_find_encoder_by_name("libx264");
    char factor[OPTION_SIZE];
    if (encoder == NULL)
        return spx_fail(diag, SPX_ERR_UNSUPPORTED, "MP4: libavcodec has no libx264 here");
    self->codec = avcodec_alloc_context3(encoder);
    if (self->codec == NULL)
        return spx_fail_memory(diag, "MP4");
    AVCodecContext *const codec = self->codec;
    const spx_image *const first = self->animation->pictures[0];
    codec->width = (int)first->width;
    codec->height = (int)first->height;
    codec->time_base = (AVRational){ 1, (int)self->animation->per_second };
    codec->framerate = (AVRational){ (int)self->animation->per_second, 1 };
    codec->pix_fmt = AV_PIX_FMT_YUV420P;
    codec->color_range = AVCOL_RANGE_MPEG;
    codec->colorspace = AVCOL_SPC_BT709;
    codec->color_primaries = AVCOL_PRI_BT709;
    codec->color_trc = AVCOL_TRC_BT709;
    codec->thread_count = (int)spx_pool_threads(task == NULL ? NULL : task->pool);
    codec->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    (void)snprintf(factor, sizeof(factor), "%d", rate_factor);
    (void)av_opt_set(codec->priv_data, "preset", "veryfast", 0);
    (void)av_opt_set(codec->priv_data, "profile", "high", 0);
    (void)av_opt_set(codec->priv_data, "crf", factor, 0);
    const int code = avcodec_open2(codec, encoder, NULL);
    return code < 0 ? fail(diag, "the encoder does not start", code) : SPX_OK;
}

static spx_status open_file(movie *self, spx_diag *diag)
{
    self->file = memfd_create("spx-mp4", MFD_CLOEXEC);
    if (self->file < 0)
        return spx_fail(diag, SPX_ERR_IO, "MP4: no file in memory (error %d)", errno);
    (void)snprintf(self->path, sizeof(self->path), "file:/proc/self/fd/%d", self->file);
    int code = avformat_alloc_output_context2(&self->format, NULL, "mp4", self->path);
    if (code < 0)
        return fail(diag, "no writer", code);
    self->stream = avformat_new_stream(self->format, NULL);
    if (self->stream == NULL)
        return spx_fail_memory(diag, "MP4");
    self->stream->time_base = self->codec->time_base;
    self->stream->avg_frame_rate = self->codec->framerate;
    code = avcodec_parameters_from_context(self->stream->codecpar, self->codec);
    if (code >= 0)
        code = avio_open(&self->format->pb, self->path, AVIO_FLAG_WRITE);
    AVDictionary *options = NULL;
    (void)av_dict_set(&options, "movflags", "+faststart", 0);
    if (code >= 0)
        code = avformat_write_header(self->format, &options);
    av_dict_free(&options);
    return code < 0 ? fail(diag, "the file cannot be begun", code) : SPX_OK;
}

static spx_status open_scale(movie *self, spx_diag *diag)
{
    const int width = (int)self->animation->pictures[0]->width;
    const int height = (int)self->animation->pictures[0]->height;
    self->scale = sws_getContext(width, height, AV_PIX_FMT_RGB24, width, height, AV_PIX_FMT_YUV420P,
                                 SWS_BICUBIC | SWS_ACCURATE_RND, NULL, NULL, NULL);
    if (self->scale == NULL)
        return spx_fail_memory(diag, "MP4");
    const int *const matrix = sws_getCoefficients(SWS_CS_ITU709);
    (void)sws_setColorspaceDetails(self->scale, matrix, 1, matrix, 0, 0, 1 << 16, 1 << 16);
    return SPX_OK;
}

/* A picture as the encoder takes it; NULL without memory. */
static AVFrame *create_frame(const movie *self, const spx_image *from)
{
    AVFrame *frame = av_frame_alloc();
    if (frame == NULL)
        return NULL;
    frame->format = AV_PIX_FMT_YUV420P;
    frame->width = (int)from->width;
    frame->height = (int)from->height;
    frame->color_range = AVCOL_RANGE_MPEG;
    frame->colorspace = AVCOL_SPC_BT709;
    if (av_frame_get_buffer(frame, 0) < 0) {
        av_frame_free(&frame);
        return NULL;
    }
    const uint8_t *const planes[] = { from->pixels };
    const int strides[] = { (int)from->stride_bytes };
    (void)sws_scale(self->scale, planes, strides, 0, frame->height, frame->data, frame->linesize);
    return frame;
}

/* Takes what the encoder has ready to the file. */
static spx_status drain(movie *self, spx_diag *diag)
{
    for (;;) {
        int code = avcodec_receive_packet(self->codec, self->packet);
        if (code == AVERROR(EAGAIN) || code == AVERROR_EOF)
            return SPX_OK;
        if (code < 0)
            return fail(diag, "a picture cannot be coded", code);
        self->packet->duration = 1;
        av_packet_rescale_ts(self->packet, self->codec->time_base, self->stream->time_base);
        code = av_interleaved_write_frame(self->format, self->packet);
        if (code < 0)
            return fail(diag, "a picture cannot be written", code);
    }
}

static spx_status show(movie *self, size_t at, spx_diag *diag)
{
    const size_t picture = self->animation->order[at];
    AVFrame *frame = self->frames[picture];
    if (frame == NULL)
        frame = create_frame(self, self->animation->pictures[picture]);
    if (frame == NULL)
        return spx_fail_memory(diag, "MP4");
    self->frames[picture] = frame;
    frame->pts = (int64_t)at;
    const int code = avcodec_send_frame(self->codec, frame);
    if (code < 0)
        return fail(diag, "a picture cannot be coded", code);
    return drain(self, diag);
}

static spx_status show_all(movie *self, const spx_task *task, spx_diag *diag)
{
    for (size_t i = 0; i < self->animation->length; i++) {
        SPX_TRY(spx_task_check(task, diag));
        SPX_TRY(show(self, i, diag));
        spx_task_progress(task, (double)(i + 1) / (double)self->animation->length);
    }
    int code = avcodec_send_frame(self->codec, NULL);
    if (code < 0)
        return fail(diag, "the last pictures cannot be coded", code);
    SPX_TRY(drain(self, diag));
    code = av_write_trailer(self->format);
    return code < 0 ? fail(diag, "the file cannot be ended", code) : SPX_OK;
}

static spx_status take_file(spx_bytes *out, movie *self, spx_diag *diag)
{
    struct stat info;
    (void)avio_closep(&self->format->pb);
    if (fstat(self->file, &info) != 0)
        return spx_fail(diag, SPX_ERR_IO, "MP4: error %d", errno);
    const size_t size = (size_t)info.st_size;
    void *const data = mmap(NULL, size, PROT_READ, MAP_SHARED, self->file, 0);
    if (data == MAP_FAILED)
        return spx_fail_memory(diag, "MP4");
    const spx_status status = spx_bytes_copy(out, data, size, "MP4", diag);
    (void)munmap(data, size);
    return status;
}

static void clear(movie *self)
{
    for (size_t i = 0; self->frames != NULL && i < self->frame_count; i++)
        av_frame_free(&self->frames[i]);
    free(self->frames);
    av_packet_free(&self->packet);
    sws_freeContext(self->scale);
    avcodec_free_context(&self->codec);
    if (self->format != NULL)
        (void)avio_closep(&self->format->pb);
    avformat_free_context(self->format);
    if (self->file >= 0)
        (void)close(self->file);
}

static size_t count_pictures(const spx_animation *animation)
{
    size_t last = 0;
    for (size_t i = 0; i < animation->length; i++)
        last = animation->order[i] > last ? animation->order[i] : last;
    return last + 1;
}

spx_status spx_animation_write_mp4(spx_bytes *out, const spx_animation *animation, int rate_factor,
                                   const spx_task *task, spx_diag *diag)
{
    SPX_TRY(spx_late_ffmpeg_open(diag));
    spx_status status = SPX_OK;
    movie self = { .animation = animation, .file = -1 };
    (void)pthread_once(&once, be_quiet);
    self.frame_count = count_pictures(animation);
    self.frames = calloc(self.frame_count, sizeof(AVFrame *));
    self.packet = av_packet_alloc();
    if (self.frames == NULL || self.packet == NULL) {
        status = spx_fail_memory(diag, "MP4");
        goto out;
    }
    SPX_TRY_OUT(open_codec(&self, rate_factor, task, diag));
    SPX_TRY_OUT(open_file(&self, diag));
    SPX_TRY_OUT(open_scale(&self, diag));
    SPX_TRY_OUT(show_all(&self, task, diag));
    SPX_TRY_OUT(take_file(out, &self, diag));
out:
    clear(&self);
    return status;
}
