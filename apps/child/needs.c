/*
 * Measured with 1 to 24 megapixels on x86-64, peak memory and processor time of whole runs, and
 * rounded up: they decide who waits for whom, and, with room on top, what the kernel enforces.
 */
#include "child/needs.h"

#include "base/cpu.h"
#include "base/file.h"
#include "spx/info.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

/* Of a header that nobody here can read, and most for each byte: raw files have one or two. */
enum { UNKNOWN_PIXELS = 30000000, UNKNOWN_PIXELS_BYTE = 16 };
enum { SOI_BYTES = 2, MARKER_BYTES = 2 };

static const double base_bytes = 200e6;        /* libraries, the embedded network and its work */
static const double network_bytes = 1600e6;    /* a larger network's weights and work */
static const double read_bytes_px = 12;        /* decoding: pixels and a strip in each thread */
static const double progressive_bytes_px = 12; /* all coefficients at once, to three times */
static const double convert_bytes_px = 40;     /* eyes, map, layers, one file's bytes */
static const double many_views_bytes_px = 60;  /* loops, scenes, meshes besides */
static const double grow_bytes_px = 60;        /* per pixel of the larger photo */
static const double thread_bytes = 30e6;       /* stacks and what each allocator keeps */
static const double base_cpu_s = 2;
static const double convert_cpu_s_mpx = 1.5;
static const double detail_cpu_s[] = { 4, 10, 40 }; /* of a network, by SPX_DETAIL_... */
static const double network_cpu_factor = 20;
static const double grow_cpu_s_mpx = 12;
static const double mega = 1e6;
static const double beyond_any = 9007199254740992.0; /* 2^53: what the parent counts up to */

/* Whether a JPEG's pixels come in several passes: its frame header says so (ITU-T T.81, table B.1).
 */
static int is_progressive(const uint8_t *data, size_t size)
{
    enum { SOF2 = 0xc2, SOF0 = 0xc0, SOF15 = 0xcf, DHT = 0xc4, JPG = 0xc8, DAC = 0xcc };
    size_t at = SOI_BYTES;
    if (size < SOI_BYTES || data[0] != 0xff || data[1] != 0xd8)
        return 0;
    while (at + MARKER_BYTES + 2 <= size && data[at] == 0xff) {
        const int marker = data[at + 1];
        if (marker == 0xff) { /* a fill byte */
            at++;
            continue;
        }
        if (marker >= SOF0 && marker <= SOF15 && marker != DHT && marker != JPG && marker != DAC)
            return marker == SOF2;
        at += MARKER_BYTES + (size_t)(data[at + 2] << 8 | data[at + 3]);
    }
    return 0;
}

/* Pixels of the larger photo for each of the photo's. */
static double growth_of(const spx_outpaint_options *outpaint, uint32_t width, uint32_t height)
{
    static const double unknown = 2.0;
    spx_frame frame;
    if (outpaint == NULL)
        return 1.0;
    if (width == 0 || height == 0)
        return unknown;
    /* One that is refused for its options takes no memory. */
    if (spx_outpaint_frame(&frame, outpaint, width, height, NULL, NULL) != SPX_OK)
        return 1.0;
    return (double)frame.width * frame.height / ((double)width * height);
}

int spx_child_own_network(const char *weights)
{
    static const char small[] = "spx-lite";
    return weights != NULL && strncmp(spx_path_name(weights), small, sizeof(small) - 1) != 0;
}

unsigned spx_child_threads(const spx_engine_options *engine)
{
    return engine->threads != 0 ? engine->threads : spx_cpu_count();
}

void spx_child_needs_of(spx_child_needs *out, const spx_input *input, const spx_child_work *work)
{
    uint32_t width = 0;
    uint32_t height = 0;
    spx_info_size(input->data, input->size, &width, &height);
    const uint64_t known = (uint64_t)width * height;
    const uint64_t most = UNKNOWN_PIXELS_BYTE * ((uint64_t)input->size + 1);
    const uint64_t guessed = most < UNKNOWN_PIXELS ? most : UNKNOWN_PIXELS;
    const uint64_t found = known != 0 ? known : guessed;
    const double grow = growth_of(work->outpaint, width, height);
    const uint64_t pixels = work->most_pixels != 0 && found > work->most_pixels ? 1 : found;
    const double px = (double)pixels;
    const double grown = px * grow;
    const double passes = is_progressive(input->data, input->size) ? progressive_bytes_px : 0.0;
    const double read = (read_bytes_px + passes) * px;
    double memory = base_bytes + thread_bytes * work->threads + (double)input->size;
    double cpu_s = base_cpu_s + 0.1 * px / mega;
    double work_bytes = 0.0;
    if (work->outpaint != NULL) {
        work_bytes = grow_bytes_px * grown;
        cpu_s += grow_cpu_s_mpx * grown / mega;
    }
    if (work->formats != 0) {
        const int many = (work->formats & ~(SPX_FORMATS_DEFAULT | SPX_FORMAT_DEPTH16)) != 0;
        const double bytes = (convert_bytes_px + (many ? many_views_bytes_px : 0.0)) * grown;
        work_bytes = bytes > work_bytes ? bytes : work_bytes;
        memory += work->own_network ? network_bytes : 0.0;
        cpu_s += convert_cpu_s_mpx * grown / mega * (many ? 4 : 1) +
                 detail_cpu_s[work->detail] * (work->own_network ? network_cpu_factor : 1.0);
    }
    memory += read + work_bytes;
    /* A header may claim 4 thousand million pixels a side: more than a whole number holds. */
    *out = (spx_child_needs){ .memory_bytes = (uint64_t)fmin(memory, beyond_any),
                              .cpu_s = cpu_s,
                              .pixels = (uint64_t)fmin(px, beyond_any) };
}

spx_status spx_child_map(spx_input *input, int fd, const char *name, const spx_limits *limits,
                         spx_diag *diag)
{
    static const uint8_t nothing[1] = { 0 };
    struct stat about;
    *input = (spx_input){ .data = nothing, .path = name };
    if (fstat(fd, &about) != 0)
        return spx_file_fail(errno, name, "read", diag);
    const uint64_t size = (uint64_t)about.st_size;
    if (size > limits->file_bytes) {
        return spx_fail(diag, SPX_ERR_LIMIT, "%s: %llu bytes are over the limit of %llu", name,
                        (unsigned long long)size, (unsigned long long)limits->file_bytes);
    }
    if (size == 0)
        return SPX_OK;
    const void *const data = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (data == MAP_FAILED)
        return spx_file_fail(errno, name, "map", diag);
    input->data = data;
    input->size = (size_t)size;
    return SPX_OK;
}
