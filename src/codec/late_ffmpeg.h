#ifndef SPX_CODEC_LATE_FFMPEG_H
#define SPX_CODEC_LATE_FFMPEG_H

/* FFmpeg's libraries, opened late (base/late.h). */
#include "base/late.h"

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/opt.h>
#include <libswscale/swscale.h>

/* clang-format off */
#define SPX_LATE_FFMPEG(X) \
    X(av_dict_free) \
    X(av_dict_set) \
    X(av_frame_alloc) \
    X(av_frame_free) \
    X(av_frame_get_buffer) \
    X(av_interleaved_write_frame) \
    X(av_log_set_level) \
    X(av_opt_set) \
    X(av_packet_alloc) \
    X(av_packet_free) \
    X(av_packet_rescale_ts) \
    X(av_strerror) \
    X(av_write_trailer) \
    X(avcodec_alloc_context3) \
    X(avcodec_find_encoder_by_name) \
    X(avcodec_free_context) \
    X(avcodec_open2) \
    X(avcodec_parameters_from_context) \
    X(avcodec_receive_packet) \
    X(avcodec_send_frame) \
    X(avformat_alloc_output_context2) \
    X(avformat_free_context) \
    X(avformat_new_stream) \
    X(avformat_write_header) \
    X(avio_closep) \
    X(avio_open) \
    X(sws_freeContext) \
    X(sws_getCoefficients) \
    X(sws_getContext) \
    X(sws_scale) \
    X(sws_setColorspaceDetails)

SPX_LATE_DECLARE(ffmpeg, SPX_LATE_FFMPEG);

/* NOLINTBEGIN(readability-identifier-naming): the libraries' own names */
#define av_dict_free (*spx_late_ffmpeg.av_dict_free_)
#define av_dict_set (*spx_late_ffmpeg.av_dict_set_)
#define av_frame_alloc (*spx_late_ffmpeg.av_frame_alloc_)
#define av_frame_free (*spx_late_ffmpeg.av_frame_free_)
#define av_frame_get_buffer (*spx_late_ffmpeg.av_frame_get_buffer_)
#define av_interleaved_write_frame (*spx_late_ffmpeg.av_interleaved_write_frame_)
#define av_log_set_level (*spx_late_ffmpeg.av_log_set_level_)
#define av_opt_set (*spx_late_ffmpeg.av_opt_set_)
#define av_packet_alloc (*spx_late_ffmpeg.av_packet_alloc_)
#define av_packet_free (*spx_late_ffmpeg.av_packet_free_)
#define av_packet_rescale_ts (*spx_late_ffmpeg.av_packet_rescale_ts_)
#define av_strerror (*spx_late_ffmpeg.av_strerror_)
#define av_write_trailer (*spx_late_ffmpeg.av_write_trailer_)
#define avcodec_alloc_context3 (*spx_late_ffmpeg.avcodec_alloc_context3_)
#define avcodec_find_encoder_by_name (*spx_late_ffmpeg.avcodec_find_encoder_by_name_)
#define avcodec_free_context (*spx_late_ffmpeg.avcodec_free_context_)
#define avcodec_open2 (*spx_late_ffmpeg.avcodec_open2_)
#define avcodec_parameters_from_context (*spx_late_ffmpeg.avcodec_parameters_from_context_)
#define avcodec_receive_packet (*spx_late_ffmpeg.avcodec_receive_packet_)
#define avcodec_send_frame (*spx_late_ffmpeg.avcodec_send_frame_)
#define avformat_alloc_output_context2 (*spx_late_ffmpeg.avformat_alloc_output_context2_)
#define avformat_free_context (*spx_late_ffmpeg.avformat_free_context_)
#define avformat_new_stream (*spx_late_ffmpeg.avformat_new_stream_)
#define avformat_write_header (*spx_late_ffmpeg.avformat_write_header_)
#define avio_closep (*spx_late_ffmpeg.avio_closep_)
#define avio_open (*spx_late_ffmpeg.avio_open_)
#define sws_freeContext (*spx_late_ffmpeg.sws_freeContext_)
#define sws_getCoefficients (*spx_late_ffmpeg.sws_getCoefficients_)
#define sws_getContext (*spx_late_ffmpeg.sws_getContext_)
#define sws_scale (*spx_late_ffmpeg.sws_scale_)
#define sws_setColorspaceDetails (*spx_late_ffmpeg.sws_setColorspaceDetails_)
/* NOLINTEND(readability-identifier-naming) */
/* clang-format on */

#endif
