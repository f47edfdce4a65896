/* The tables of the libraries that this room opens late (base/late.h). The build names the files.
 */
#include "codec/late_ffmpeg.h"
#include "codec/late_heif.h"
#include "codec/late_jxl.h"
#include "codec/late_raw.h"
#include "codec/late_vips.h"
#include "codec/late_webp.h"
#include "codec/late_x265.h"

SPX_LATE_DEFINE(vips, SPX_LATE_VIPS, "pictures", SPX_SONAME_VIPS);
SPX_LATE_DEFINE(heif, SPX_LATE_HEIF, "HEIC and AVIF", SPX_SONAME_HEIF);
SPX_LATE_DEFINE(jxl, SPX_LATE_JXL, "JPEG XL", SPX_SONAME_JXL, SPX_SONAME_JXL_THREADS);
SPX_LATE_DEFINE(raw, SPX_LATE_RAW, "raw files", SPX_SONAME_RAW_R);
SPX_LATE_DEFINE(webp, SPX_LATE_WEBP, "truncated WebP", SPX_SONAME_WEBP);
SPX_LATE_DEFINE(x265, SPX_LATE_X265, "HEVC", SPX_SONAME_X265);
SPX_LATE_DEFINE(ffmpeg, SPX_LATE_FFMPEG, "MP4", SPX_SONAME_AVFORMAT, SPX_SONAME_AVCODEC,
                SPX_SONAME_AVUTIL, SPX_SONAME_SWSCALE);

SPX_LATE_NOTE(vips, SPX_SONAME_VIPS, "reads and writes pictures", "required");
SPX_LATE_NOTE(heif, SPX_SONAME_HEIF, "reads HEIC and AVIF", "required");
SPX_LATE_NOTE(x265, SPX_SONAME_X265, "writes HEIC", "required");
SPX_LATE_NOTE(jxl, SPX_SONAME_JXL, "reads JPEG XL", "recommended");
SPX_LATE_NOTE(jxl_threads, SPX_SONAME_JXL_THREADS, "reads JPEG XL", "recommended");
SPX_LATE_NOTE(raw, SPX_SONAME_RAW_R, "reads cameras' raw files", "recommended");
SPX_LATE_NOTE(webp, SPX_SONAME_WEBP, "reads truncated WebP", "recommended");
SPX_LATE_NOTE(avformat, SPX_SONAME_AVFORMAT, "writes MP4", "recommended");
SPX_LATE_NOTE(avcodec, SPX_SONAME_AVCODEC, "writes MP4", "recommended");
SPX_LATE_NOTE(avutil, SPX_SONAME_AVUTIL, "writes MP4", "recommended");
SPX_LATE_NOTE(swscale, SPX_SONAME_SWSCALE, "writes MP4", "recommended");
