/*
 * A JPEG of 2, 12 and 48 megapixels to a spatial photo: seconds of each stage, MB, peak memory, the
 * seconds of both eyes at a strength of 2.5 % (the first figures are at the automatic one), and how
 * long the x265 command line (if it is installed) takes for the same two eyes at preset
 * ultrafast and the same quantiser. Photos are boats.jpg resized, with fine noise, so that every
 * coder has work at any size. Every step is a process of its own, so that peaks do not add up.
 *
 * Then the conversion and x265 take PAIRS turns: of each the clock's and the processor's seconds,
 * and the medians of their ratios. A busy machine disturbs the former.
 *
 *     SPX_TEST_DATA=tests/data SPX_MODEL_DIR=models SPX_TEST_OUT=/tmp build/release/bench/convert
 *
 * further arguments: megapixels to use instead. `formats`, or `formats` and words of formats: what
 * each costs beyond the eyes at 12 megapixels, in seconds of the processor and by the clock, and
 * the former as a share of a spatial conversion.
 */
#include "base/clock.h"
#include "base/file.h"
#include "base/order.h"
#include "bench_parts.h"
#include "codec/image_write.h"
#include "codec/photo_read.h"
#include "image/image.h"
#include "spx/spx.h"
#include "test_files.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATH_SIZE = 4096, JPEG_QUALITY = 95, PAIRS = 5 };

static const double mega = 1e6;

/* Files of one size, in the folder for test output. */
typedef struct bench_case {
    double megapixels;
    char photo[PATH_SIZE];
    char folder[PATH_SIZE];
    char video[PATH_SIZE];
    spx_format formats; /* whose cost is measured */
} bench_case;

/* The process ends with the message when something failed. */
static void must(spx_status status, const spx_diag *diag)
{
    if (status == SPX_OK)
        return;
    (void)fprintf(stderr, "%s\n", diag->text[0] == '\0' ? spx_status_name(status) : diag->text);
    exit(1); // NOLINT(concurrency-mt-unsafe)
}

static spx_photo read_photo(const char *path)
{
    spx_bytes bytes = { 0 };
    spx_photo photo = { 0 };
    spx_diag diag = { 0 };
    spx_limits limits;
    spx_limits_init(&limits);
    must(spx_file_read(path, limits.file_bytes, &bytes, &diag), &diag);
    must(spx_photo_read(&photo, bytes.data, bytes.size, path, &limits, NULL, &diag), &diag);
    spx_bytes_clear(&bytes);
    return photo;
}

static void fill_row(const spx_image *from, spx_image *to, uint32_t y, uint32_t *seed)
{
    static const uint32_t noise_range = 7;
    const uint8_t *const source =
        spx_image_row8(from, (uint32_t)((uint64_t)y * from->height / to->height));
    uint8_t *const row = spx_image_row8(to, y);
    for (uint32_t x = 0; x < to->width; x++) {
        const size_t at = 3 * (size_t)((uint64_t)x * from->width / to->width);
        *seed = *seed * 1664525u + 1013904223u;
        const int noise = (int)((*seed >> 24) % noise_range) - (int)noise_range / 2;
        for (size_t c = 0; c < 3; c++) {
            const int value = source[at + c] + noise;
            row[3 * (size_t)x + c] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
        }
    }
}

static void make_photo(const bench_case *self)
{
    spx_photo photo = read_photo(test_data_path("photos/boats.jpg"));
    const double scale = sqrt(self->megapixels * mega / photo.image->width / photo.image->height);
    spx_image *image = NULL;
    spx_bytes jpeg = { 0 };
    spx_diag diag = { 0 };
    uint32_t seed = 1;
    must(spx_image_create(&image, (uint32_t)(photo.image->width * scale),
                          (uint32_t)(photo.image->height * scale), 8, &diag),
         &diag);
    for (uint32_t y = 0; y < image->height; y++)
        fill_row(photo.image, image, y, &seed);
    must(spx_image_write(&jpeg, image, SPX_IMAGE_TYPE_JPEG, JPEG_QUALITY, &(spx_image_extras){ 0 },
                         NULL, &diag),
         &diag);
    must(spx_file_write(self->photo, jpeg.data, jpeg.size, &diag), &diag);
}

static void tell(const bench_case *self, const spx_result *result, double wall_s)
{
    const spx_summary *const summary = spx_result_summary(result);
    (void)printf("%6.1f MP %5u x %-5u", self->megapixels, summary->width, summary->height);
    for (int stage = 0; stage < SPX_STAGE_COUNT; stage++)
        (void)printf(" %s %.2f s", spx_stage_name((spx_stage)stage), summary->stage_s[stage]);
    (void)printf("  all %.2f s  %.2f MB", wall_s, (double)spx_result_file(result, 0)->size / mega);
}

static void tell_stereo(const spx_result *result)
{
    const spx_summary *const summary = spx_result_summary(result);
    (void)printf("  stereo at %.1f %% %.2f s", summary->strength_pct,
                 summary->stage_s[SPX_STAGE_STEREO]);
}

typedef enum telling { TELL_NOTHING, TELL_STEREO, TELL_ALL } telling;

static void convert(const bench_case *self, spx_format formats, double strength_pct, telling what)
{
    spx_engine *engine = NULL;
    spx_result *result = NULL;
    spx_diag diag = { 0 };
    spx_convert_options options;
    spx_convert_options_init(&options);
    options.formats = formats;
    options.strength_pct = strength_pct;
    options.output_dir = self->folder;
    const double begin_s = spx_clock_s();
    must(spx_engine_create(&engine, NULL, &diag), &diag);
    must(spx_convert(engine, &(spx_input){ .path = self->photo }, &options, NULL, &result, &diag),
         &diag);
    const double wall_s = spx_clock_s() - begin_s;
    if (what == TELL_ALL)
        tell(self, result, wall_s);
    if (what == TELL_STEREO)
        tell_stereo(result);
    spx_result_destroy(result);
    spx_engine_destroy(engine);
}

/* Full-range BT.709 luma and quartered chroma of one eye: the work that x265 gets to do. */
static void write_frame(FILE *to, const spx_image *image)
{
    const uint32_t width = image->width & ~1u;
    const uint32_t height = image->height & ~1u;
    uint8_t *const out = malloc(width);
    if (out == NULL)
        exit(1); // NOLINT(concurrency-mt-unsafe)
    (void)fputs("FRAME\n", to);
    for (int plane = 0; plane < 3; plane++) {
        const uint32_t step = plane == 0 ? 1 : 2;
        for (uint32_t y = 0; y < height; y += step) {
            const uint8_t *const row = spx_image_row8(image, y);
            for (uint32_t x = 0; x < width; x += step) {
                const uint8_t *const rgb = row + 3 * (size_t)x;
                const double luma = 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2];
                const double value = plane == 0   ? luma
                                     : plane == 1 ? 127.5 + (rgb[2] - luma) / 1.8556
                                                  : 127.5 + (rgb[0] - luma) / 1.5748;
                out[x / step] = (uint8_t)(value + 0.5);
            }
            (void)fwrite(out, 1, width / step, to);
        }
    }
    free(out);
}

static void make_video(const bench_case *self)
{
    static const char *const eyes[] = { "stereo_left.png", "stereo_right.png" };
    convert(self, SPX_FORMAT_LEFT | SPX_FORMAT_RIGHT, SPX_AUTO, TELL_NOTHING);
    FILE *const to = fopen(self->video, "wb");
    if (to == NULL)
        exit(1); // NOLINT(concurrency-mt-unsafe)
    for (size_t i = 0; i < 2; i++) {
        char *const path = spx_path_join(self->folder, eyes[i]);
        spx_photo photo = read_photo(path);
        if (i == 0) {
            (void)fprintf(to, "YUV4MPEG2 W%u H%u F1:1 Ip C420jpeg\n", photo.image->width & ~1u,
                          photo.image->height & ~1u);
        }
        write_frame(to, photo.image);
        spx_photo_clear(&photo);
        free(path);
    }
    (void)fclose(to);
}

static void run_x265(const bench_case *self)
{
    enum { COMMAND_SIZE = PATH_SIZE + 128 };
    char command[COMMAND_SIZE];
    (void)snprintf(command, sizeof(command),
                   "x265 --preset ultrafast --keyint 1 --qp 19 --ipratio 1 --y4m '%s' -o /dev/null "
                   "2>/dev/null",
                   self->video);
    const int code = system(command); // NOLINT
    _exit(code == 0 ? 0 : 1);
}

/* ---- what each format costs ---- */

/* A conversion to these formats in this process: the processor's seconds of all, and of making the
 * files, and those by the clock. */
typedef struct cost {
    double all_s;
    double files_s;
    double files_clock_s;
    double megabytes;
} cost;

/* When each stage began, by the processor. */
static void note_stage(void *user, spx_stage stage, double fraction)
{
    double *const begin_s = user;
    (void)fraction;
    if (begin_s[stage] == 0.0)
        begin_s[stage] = bench_processor_s();
}

static cost measure(const bench_case *self, spx_format formats, const char *depth_map)
{
    spx_engine *engine = NULL;
    spx_result *result = NULL;
    spx_diag diag = { 0 };
    spx_convert_options options;
    spx_convert_options_init(&options);
    options.formats = formats;
    options.depth_map = depth_map;
    options.output_dir = self->folder;
    must(spx_engine_create(&engine, NULL, &diag), &diag);
    double stages_s[SPX_STAGE_COUNT] = { 0 };
    const spx_watch watch = { .progress = note_stage, .user = stages_s };
    const double begin_s = bench_processor_s();
    must(spx_convert(engine, &(spx_input){ .path = self->photo }, &options, &watch, &result, &diag),
         &diag);
    const cost found = { .all_s = bench_processor_s() - begin_s,
                         .files_s = stages_s[SPX_STAGE_WRITE] - stages_s[SPX_STAGE_ENCODE],
                         .files_clock_s = spx_result_summary(result)->stage_s[SPX_STAGE_ENCODE],
                         .megabytes = (double)spx_result_file(result, 0)->size / mega };
    spx_result_destroy(result);
    spx_engine_destroy(engine);
    return found;
}

static void measure_formats(const bench_case *self)
{
    char *const depth_map = spx_path_join(self->folder, "depth16.png");
    (void)measure(self, SPX_FORMAT_DEPTH16, NULL);
    const cost spatial = measure(self, SPX_FORMAT_SPATIAL, NULL);
    (void)printf("%-16s %6.2f s in all\n", "spatial", spatial.all_s);
    for (size_t i = 0; i < spx_format_count(); i++) {
        const spx_format_info *const row = spx_format_at(i);
        if ((row->needs & SPX_NEEDS_RAW) || (row->flag & self->formats) == 0)
            continue;
        const cost one = measure(self, row->flag, depth_map);
        (void)printf("%-16s %6.2f s  %5.2f of that  %6.2f s by the clock  %7.2f MB\n", row->word,
                     one.files_s, one.files_s / spatial.all_s, one.files_clock_s, one.megabytes);
        (void)fflush(stdout);
    }
    free(depth_map);
}

static void convert_spatial(const bench_case *self)
{
    convert(self, SPX_FORMAT_SPATIAL, SPX_AUTO, TELL_ALL);
}

static void convert_strong(const bench_case *self)
{
    static const double strength_pct = 2.5;
    convert(self, SPX_FORMAT_LEFT, strength_pct, TELL_STEREO);
}

static void convert_quietly(const bench_case *self)
{
    convert(self, SPX_FORMAT_SPATIAL, SPX_AUTO, TELL_NOTHING);
}

/* What a step took. */
typedef struct usage {
    double clock_s;
    double processor_s; /* its own and its children's */
    double peak_mb;
} usage;

/* Runs a step in a process of its own. Returns 0 when it failed. */
static int run_step(void (*step)(const bench_case *), const bench_case *self, usage *used)
{
    struct rusage spent;
    int code = 0;
    const double begin_s = spx_clock_s();
    (void)fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        step(self);
        (void)fflush(stdout);
        _exit(0);
    }
    if (child < 0 || wait4(child, &code, 0, &spent) < 0 || code != 0)
        return 0;
    used->clock_s = spx_clock_s() - begin_s;
    used->peak_mb = (double)spent.ru_maxrss * 1024 / mega;
    used->processor_s = (double)(spent.ru_utime.tv_sec + spent.ru_stime.tv_sec) +
                        (double)(spent.ru_utime.tv_usec + spent.ru_stime.tv_usec) / mega;
    return 1;
}

/* The conversion and x265 by turns. */
static int compare_with_x265(const bench_case *self)
{
    double by_clock[PAIRS];
    double by_processor[PAIRS];
    for (int i = 0; i < PAIRS; i++) {
        usage ours;
        usage theirs;
        if (!run_step(convert_quietly, self, &ours))
            return 0;
        if (!run_step(run_x265, self, &theirs)) {
            (void)printf("        (x265 did not run)\n");
            return 1;
        }
        (void)printf("        all %.2f s, processor %.2f s; x265 command line %.2f s, %.2f s\n",
                     ours.clock_s, ours.processor_s, theirs.clock_s, theirs.processor_s);
        by_clock[i] = ours.clock_s / theirs.clock_s;
        by_processor[i] = ours.processor_s / theirs.processor_s;
    }
    qsort(by_clock, PAIRS, sizeof(by_clock[0]), spx_order_double);
    qsort(by_processor, PAIRS, sizeof(by_processor[0]), spx_order_double);
    (void)printf("        ratio by the clock %.2f, by the processor %.2f\n", by_clock[PAIRS / 2],
                 by_processor[PAIRS / 2]);
    return 1;
}

static int run_case(double megapixels)
{
    bench_case self = { .megapixels = megapixels };
    usage used;
    (void)snprintf(self.photo, sizeof(self.photo), "%s", test_out_path("convert_bench.jpg"));
    (void)snprintf(self.folder, sizeof(self.folder), "%s", test_out_path("convert_bench"));
    (void)snprintf(self.video, sizeof(self.video), "%s", test_out_path("convert_bench.y4m"));
    if (!run_step(make_photo, &self, &used) || !run_step(convert_spatial, &self, &used))
        return 0;
    (void)printf("  processor %.2f s  peak %.0f MB", used.processor_s, used.peak_mb);
    if (!run_step(convert_strong, &self, &used) || !run_step(make_video, &self, &used))
        return 0;
    (void)printf("\n");
    const int done = compare_with_x265(&self);
    (void)unlink(self.video);
    return done;
}

/* words: NULL = all formats. */
static int run_formats(double megapixels, const char *words)
{
    bench_case self = { .megapixels = megapixels, .formats = spx_formats_all() };
    spx_diag diag = { 0 };
    if (words != NULL)
        must(spx_formats_read(&self.formats, words, &diag), &diag);
    (void)snprintf(self.photo, sizeof(self.photo), "%s", test_out_path("convert_bench.jpg"));
    (void)snprintf(self.folder, sizeof(self.folder), "%s", test_out_path("convert_bench"));
    usage used;
    return run_step(make_photo, &self, &used) && run_step(measure_formats, &self, &used);
}

int main(int argc, char **argv)
{
    static const double usual[] = { 2, 12, 48 };
    int done = 1;
    if (argc >= 2 && strcmp(argv[1], "formats") == 0)
        return run_formats(usual[1], argc > 2 ? argv[2] : NULL) ? 0 : 1;
    if (argc == 1) {
        for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
            done &= run_case(usual[i]);
    }
    for (int i = 1; i < argc; i++)
        done &= run_case(strtod(argv[i], NULL));
    return done ? 0 : 1;
}
