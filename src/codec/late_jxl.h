#ifndef SPX_CODEC_LATE_JXL_H
#define SPX_CODEC_LATE_JXL_H

/* libjxl, opened late (base/late.h). */
#include "base/late.h"

#include <jxl/decode.h>
#include <jxl/thread_parallel_runner.h>
#include <jxl/version.h>

/* clang-format off */
#define SPX_LATE_JXL(X) \
    X(JxlDecoderCreate) \
    X(JxlDecoderDestroy) \
    X(JxlDecoderFlushImage) \
    X(JxlDecoderGetBasicInfo) \
    X(JxlDecoderGetBoxType) \
    X(JxlDecoderGetColorAsEncodedProfile) \
    X(JxlDecoderGetColorAsICCProfile) \
    X(JxlDecoderGetICCProfileSize) \
    X(JxlDecoderProcessInput) \
    X(JxlDecoderReleaseBoxBuffer) \
    X(JxlDecoderSetBoxBuffer) \
    X(JxlDecoderSetDecompressBoxes) \
    X(JxlDecoderSetImageOutCallback) \
    X(JxlDecoderSetInput) \
    X(JxlDecoderSetParallelRunner) \
    X(JxlDecoderSetPreferredColorProfile) \
    X(JxlDecoderSubscribeEvents) \
    X(JxlThreadParallelRunner) \
    X(JxlThreadParallelRunnerCreate) \
    X(JxlThreadParallelRunnerDestroy)

SPX_LATE_DECLARE(jxl, SPX_LATE_JXL);

/* NOLINTBEGIN(readability-identifier-naming): the libraries' own names */
#define JxlDecoderCreate (*spx_late_jxl.JxlDecoderCreate_)
#define JxlDecoderDestroy (*spx_late_jxl.JxlDecoderDestroy_)
#define JxlDecoderFlushImage (*spx_late_jxl.JxlDecoderFlushImage_)
#define JxlDecoderGetBasicInfo (*spx_late_jxl.JxlDecoderGetBasicInfo_)
#define JxlDecoderGetBoxType (*spx_late_jxl.JxlDecoderGetBoxType_)
#define JxlDecoderGetColorAsEncodedProfile (*spx_late_jxl.JxlDecoderGetColorAsEncodedProfile_)
#define JxlDecoderGetColorAsICCProfile (*spx_late_jxl.JxlDecoderGetColorAsICCProfile_)
#define JxlDecoderGetICCProfileSize (*spx_late_jxl.JxlDecoderGetICCProfileSize_)
#define JxlDecoderProcessInput (*spx_late_jxl.JxlDecoderProcessInput_)
#define JxlDecoderReleaseBoxBuffer (*spx_late_jxl.JxlDecoderReleaseBoxBuffer_)
#define JxlDecoderSetBoxBuffer (*spx_late_jxl.JxlDecoderSetBoxBuffer_)
#define JxlDecoderSetDecompressBoxes (*spx_late_jxl.JxlDecoderSetDecompressBoxes_)
#define JxlDecoderSetImageOutCallback (*spx_late_jxl.JxlDecoderSetImageOutCallback_)
#define JxlDecoderSetInput (*spx_late_jxl.JxlDecoderSetInput_)
#define JxlDecoderSetParallelRunner (*spx_late_jxl.JxlDecoderSetParallelRunner_)
#define JxlDecoderSetPreferredColorProfile (*spx_late_jxl.JxlDecoderSetPreferredColorProfile_)
#define JxlDecoderSubscribeEvents (*spx_late_jxl.JxlDecoderSubscribeEvents_)
#define JxlThreadParallelRunner (*spx_late_jxl.JxlThreadParallelRunner_)
#define JxlThreadParallelRunnerCreate (*spx_late_jxl.JxlThreadParallelRunnerCreate_)
#define JxlThreadParallelRunnerDestroy (*spx_late_jxl.JxlThreadParallelRunnerDestroy_)
/* NOLINTEND(readability-identifier-naming) */
/* clang-format on */

#endif
