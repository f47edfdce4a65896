/*
 * Two 12-megapixel eyes of tiles: spx beside the x265 command line (if it is installed) with the
 * same preset and quantiser on the same pixels, by turns; then how much quality differs from tile
 * to tile. Run in a folder where it may leave a file of 36 MB.
 */
#include "base/clock.h"
#include "codec/hevc.h"
#include "codec/hevc_frames.h"
#include "codec/image_write.h"
#include "codec/photo_read.h"
#include "image/image.h"
#include "test_files.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 4032, HEIGHT = 3024, ROUNDS = 3, QUALITY = 85, QP = 19 };

static const spx_nclx color = { .primaries = 1, .transfer = 13, .matrix = 1, .full_range = 1 };

static spx_photo read_photo(const void *data, size_t size)
{
    spx_photo photo = { 0 };
    spx_limits limits;
    spx_limits_init(&limits);
    if (spx_photo_read(&photo, data, size, "photo", &limits, NULL, NULL) != SPX_OK)
        exit(1);
    return photo;
}

/* boats.jpg enlarged, with fine noise in its brightness. */
static spx_image *make_photo(void)
{
    spx_bytes bytes = test_data_read("photos/boats.jpg");
    spx_photo photo = read_photo(bytes.data, bytes.size);
    spx_image *out = NULL;
    if (spx_image_create(&out, WIDTH, HEIGHT, 8, NULL) != SPX_OK)
        exit(1);
    uint32_t seed = 1;
    for (uint32_t y = 0; y < HEIGHT; y++) {
        const double at_y = (double)y * (photo.image->height - 2) / HEIGHT;
        const uint8_t *const rows[2] = { spx_image_row8(photo.image, (uint32_t)at_y),
                                         spx_image_row8(photo.image, (uint32_t)at_y + 1) };
        const double fy = at_y - floor(at_y);
        for (uint32_t x = 0; x < WIDTH; x++) {
            const double at_x = (double)x * (photo.image->width - 2) / WIDTH;
            const size_t i = 3 * (size_t)at_x;
            const double fx = at_x - floor(at_x);
            seed = seed * 1664525u + 1013904223u;
            const double noise = (double)(seed >> 24) / 255 * 6 - 3;
            for (size_t c = 0; c < 3; c++) {
                const double top = rows[0][i + c] * (1 - fx) + rows[0][i + 3 + c] * fx;
                const double low = rows[1][i + c] * (1 - fx) + rows[1][i + 3 + c] * fx;
                const double value = top * (1 - fy) + low * fy + noise;
                spx_image_row8(out, y)[3 * (size_t)x + c] = (uint8_t)(value < 0     ? 0
                                                                      : value > 255 ? 255
                                                                                    : value);
            }
        }
    }
    spx_photo_clear(&photo);
    spx_bytes_clear(&bytes);
    return out;
}

static int write_y4m(const spx_image *image, const char *path)
{
    const spx_image *const images = image;
    const spx_hevc_frames frames = { .images = &images,
                                     .count = 1,
                                     .columns = 1,
                                     .rows = 1,
                                     .visible_width = WIDTH,
                                     .visible_height = HEIGHT,
                                     .width = WIDTH,
                                     .height = HEIGHT };
    spx_yuv_frame frame;
    spx_ycc ycc;
    FILE *const file = fopen(path, "wb");
    if (file == NULL || spx_yuv_frame_init(&frame, &frames, NULL) != SPX_OK)
        return 0;
    spx_ycc_init(&ycc, &color);
    const double start = spx_clock_s();
    spx_hevc_frames_convert(&frames, 0, &ycc, &frame);
    (void)printf("RGB to YCbCr, one eye, one thread: %.1f ms\n", (spx_clock_s() - start) * 1e3);
    (void)fprintf(file, "YUV4MPEG2 W%d H%d F1:1 Ip C420jpeg\n", WIDTH, HEIGHT);
    for (int eye = 0; eye < 2; eye++) {
        (void)fputs("FRAME\n", file);
        (void)fwrite(frame.planes[0], 1, (size_t)WIDTH * HEIGHT * 3 / 2, file);
    }
    spx_yuv_frame_clear(&frame);
    return fclose(file) == 0;
}

static double run_x265(const char *path)
{
    char command[512];
    (void)snprintf(command, sizeof(command),
                   "x265 --y4m '%s' -o /dev/null --preset ultrafast --qp %d --ipratio 1 --keyint 1 "
                   "--no-info --log-level none >/dev/null 2>&1",
                   path, QP);
    const double start = spx_clock_s();
    if (system(command) != 0) // NOLINT(concurrency-mt-unsafe,cert-env33-c)
        return 0;
    return spx_clock_s() - start;
}

static double run_spx(const spx_image *image, const spx_task *task, spx_hevc_stills *coded)
{
    const spx_image *const eyes[2] = { image, image };
    const spx_hevc_options options = { .quality = QUALITY, .color = color };
    spx_hevc_stills_clear(coded);
    const double start = spx_clock_s();
    if (spx_hevc_encode_tiles(coded, eyes, 2, SPX_HEIF_TILE_PX, &options, task, NULL) != SPX_OK)
        exit(1);
    return spx_clock_s() - start;
}

static double tile_psnr(const spx_image *a, const spx_image *b, uint32_t x0, uint32_t y0)
{
    double sum = 0;
    size_t count = 0;
    for (uint32_t y = y0; y < HEIGHT && y < y0 + SPX_HEIF_TILE_PX; y++) {
        for (size_t i = 3 * (size_t)x0; i < 3 * (size_t)WIDTH && i < 3 * ((size_t)x0 + 512); i++) {
            const double difference = spx_image_row8(a, y)[i] - spx_image_row8(b, y)[i];
            sum += difference * difference;
            count++;
        }
    }
    return 10 * log10(255.0 * 255.0 / (sum / (double)count));
}

static void print_tiles(const spx_image *image, const spx_hevc_stills *coded)
{
    spx_bytes file = { 0 };
    const spx_spatial_heif photo = { .width = WIDTH,
                                     .height = HEIGHT,
                                     .coded = coded,
                                     .nclx = color,
                                     .hfov_deg = 60,
                                     .baseline_mm = 20 };
    if (spx_spatial_heif_write(&file, &photo, NULL) != SPX_OK)
        exit(1);
    spx_photo back = read_photo(file.data, file.size);
    double least = INFINITY;
    double most = 0;
    double sum = 0;
    size_t count = 0;
    for (uint32_t y = 0; y < HEIGHT; y += SPX_HEIF_TILE_PX) {
        for (uint32_t x = 0; x < WIDTH; x += SPX_HEIF_TILE_PX) {
            const double db = tile_psnr(image, back.image, x, y);
            least = fmin(least, db);
            most = fmax(most, db);
            sum += db;
            count++;
        }
    }
    (void)printf("PSNR of the left eye's %zu tiles: mean %.2f, %.2f .. %.2f dB; file %.2f MB\n",
                 count, sum / (double)count, least, most, (double)file.size / 1e6);
    spx_photo_clear(&back);
    spx_bytes_clear(&file);
}

int main(void)
{
    const char *const path = "hevc_bench.y4m";
    spx_pool *pool = NULL;
    spx_hevc_stills coded = { 0 };
    spx_image *const image = make_photo();
    if (spx_pool_create(&pool, 0, NULL) != SPX_OK || !write_y4m(image, path))
        return 1;
    const spx_task task = { .pool = pool };
    for (int round = 0; round < ROUNDS; round++) {
        const double ours = run_spx(image, &task, &coded);
        const double theirs = run_x265(path);
        if (theirs > 0)
            (void)printf("2 x 12 MP: spx %.2f s, x265 %.2f s, ratio %.2f\n", ours, theirs,
                         ours / theirs);
        else
            (void)printf("2 x 12 MP: spx %.2f s, no x265 command here\n", ours);
    }
    print_tiles(image, &coded);
    (void)remove(path);
    spx_hevc_stills_clear(&coded);
    spx_image_unref(image);
    spx_pool_destroy(pool);
    return 0;
}
