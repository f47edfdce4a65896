/*
 * A scene as one page that needs nothing else: three pictures, three nets (deflated) and the
 * program that draws them (page.html), from behind to the front. The nets are lists of numbers,
 * each as its difference from the one before, which deflates to a fraction.
 */
#include "formats/page.h"

#include "base/file.h"
#include "base/number_text.h"
#include "codec/image_write.h"
#include "container/glb.h"
#include "formats/diorama.h"
#include "formats/writers.h"
#include "image/image.h"
#include "scene/mesh.h"

#include <ctype.h>
#include <string.h>
#include <zlib.h>

enum {
    LONG_SIDE = 2048,
    MOST_BYTES = 4000000,
    QUALITY = 86,
    LEAST_QUALITY = 26,
    QUALITY_STEP = 12,
    NAME_SIZE = 80,
};

/* What is drawn, from behind to the front. */
enum { CLOTH, GROUND, FORE, LAYERS };
static const char *const names[LAYERS] = { "cloth", "ground", "fore" };

/* A page in the making. */
typedef struct page {
    spx_diorama diorama;
    spx_backcloth cloth;
    spx_mesh meshes[LAYERS];
} page;

static void put_base64(spx_bytes *out, const uint8_t *data, size_t size)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < size; i += 3) {
        const size_t left = size - i;
        const uint32_t three = (uint32_t)data[i] << 16 |
                               (left > 1 ? (uint32_t)data[i + 1] << 8 : 0) |
                               (left > 2 ? data[i + 2] : 0);
        const char third = digits[three >> 6 & 63];
        const char fourth = digits[three & 63];
        char four[] = { digits[three >> 18], digits[three >> 12 & 63], '=', '=' };
        if (left > 1)
            four[2] = third;
        if (left > 2)
            four[3] = fourth;
        spx_bytes_append(out, four, sizeof(four));
    }
}

static void put_u16(spx_bytes *out, uint32_t value)
{
    const uint8_t parts[] = { (uint8_t)value, (uint8_t)(value >> 8) };
    spx_bytes_append(out, parts, sizeof(parts));
}

/* Columns, rows, depths, corners of triangles, one list behind the other. */
static void put_mesh(spx_bytes *out, const spx_mesh *mesh)
{
    uint32_t before = 0;
    for (size_t i = 0; i < mesh->vertex_count; before = mesh->vertices[i++].x)
        put_u16(out, mesh->vertices[i].x - before);
    before = 0;
    for (size_t i = 0; i < mesh->vertex_count; before = mesh->vertices[i++].y)
        put_u16(out, mesh->vertices[i].y - before);
    before = 0;
    for (size_t i = 0; i < mesh->vertex_count; before = mesh->vertices[i++].depth)
        put_u16(out, mesh->vertices[i].depth - before);
    before = 0;
    for (size_t i = 0; i < mesh->index_count; before = mesh->indices[i++])
        spx_glb_u32(out, mesh->indices[i] - before);
}

static spx_status deflate_meshes(spx_bytes *out, const spx_mesh meshes[LAYERS], spx_diag *diag)
{
    spx_bytes plain = { 0 };
    for (int i = 0; i < LAYERS; i++)
        put_mesh(&plain, &meshes[i]);
    spx_status status = spx_bytes_check(&plain, "page", diag);
    uLongf size = compressBound(plain.size);
    spx_bytes_append_zeros(out, size);
    if (status == SPX_OK)
        status = spx_bytes_check(out, "page", diag);
    if (status == SPX_OK &&
        compress2(out->data, &size, plain.data, plain.size, Z_DEFAULT_COMPRESSION) != Z_OK)
        status = spx_fail_memory(diag, "page");
    out->size = status == SPX_OK ? size : 0;
    spx_bytes_clear(&plain);
    return status;
}

/* ---- the scene's JSON ---- */

static void put_data(spx_bytes *out, const char *key, const char *type, const spx_bytes *data)
{
    spx_bytes_print(out, "\"%s\":\"data:%s;base64,", key, type);
    put_base64(out, data->data, data->size);
    spx_bytes_print(out, "\",");
}

static void put_numbers(spx_bytes *out, const page *self)
{
    const spx_diorama *const diorama = &self->diorama;
    const spx_image *const photo = diorama->photo.photo;
    const spx_sheets *const sheets = &diorama->sheets;
    const spx_backcloth *const cloth = &self->cloth;
    const uint32_t rim = cloth->rim * cloth->cell_px;
    spx_bytes_print(out,
                    "\"width\":%u,\"height\":%u,\"strength\":%.6g,\"window\":%.6g,"
                    "\"reach\":%.6g,\"focal\":%.6g,\"baseline\":%.6g,\"least\":%.6g,",
                    photo->width, photo->height, diorama->strength, diorama->window, diorama->reach,
                    diorama->focal, diorama->baseline_m, diorama->least);
    spx_bytes_print(out, "\"layers\":[");
    for (int i = 0; i < LAYERS; i++) {
        const int behind = i == CLOTH;
        spx_bytes_print(out,
                        "%s{\"name\":\"%s\",\"canvas\":[%u,%u],\"origin\":[%u,%u],"
                        "\"vertices\":%zu,\"corners\":%zu}",
                        i == 0 ? "" : ",", names[i],
                        behind ? cloth->columns * cloth->cell_px : sheets->width,
                        behind ? cloth->rows * cloth->cell_px : sheets->height,
                        sheets->margin + (behind ? rim : 0), behind ? rim : 0,
                        self->meshes[i].vertex_count, self->meshes[i].index_count);
    }
    spx_bytes_print(out, "]");
}

static spx_status encode_pictures(spx_bytes pictures[LAYERS], const page *self, int quality,
                                  const spx_task *task, spx_diag *diag)
{
    const spx_sheets *const sheets = &self->diorama.sheets;
    const spx_rows cloth = spx_rows_of(self->cloth.colour);
    const spx_rows ground = spx_rows_of(sheets->ground);
    const spx_write_form form = { .type = SPX_IMAGE_TYPE_JPEG, .quality = quality };
    const spx_rgba fore = { .width = sheets->width,
                            .height = sheets->height,
                            .pixels = sheets->fore };
    SPX_TRY(spx_rows_write(&pictures[CLOTH], &cloth, &form, task, diag));
    SPX_TRY(spx_rows_write(&pictures[GROUND], &ground, &form, task, diag));
    return spx_rgba_write_webp(&pictures[FORE], &fore, quality, task, diag);
}

static spx_status put_scene(spx_bytes *out, const page *self, int quality, const spx_task *task,
                            spx_diag *diag)
{
    spx_bytes pictures[LAYERS] = { { 0 } };
    spx_bytes nets = { 0 };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(encode_pictures(pictures, self, quality, task, diag));
    SPX_TRY_OUT(deflate_meshes(&nets, self->meshes, diag));
    spx_bytes_print(out, "{");
    for (int i = 0; i < LAYERS; i++)
        put_data(out, names[i], i == FORE ? "image/webp" : "image/jpeg", &pictures[i]);
    put_data(out, "nets", "application/octet-stream", &nets);
    put_numbers(out, self);
    spx_bytes_print(out, "}");
out:
    for (int i = 0; i < LAYERS; i++)
        spx_bytes_clear(&pictures[i]);
    spx_bytes_clear(&nets);
    return status;
}

/* ---- the page ---- */

/* The photo's name with only what means nothing in HTML. */
static void name_of(char name[NAME_SIZE], const char *path)
{
    const char *const base = spx_path_name(path);
    const char *const dot = strrchr(base, '.');
    const size_t length = dot == NULL || dot == base ? strlen(base) : (size_t)(dot - base);
    size_t size = 0;
    for (size_t i = 0; i < length && size + 1 < NAME_SIZE; i++) {
        const unsigned char c = (unsigned char)base[i];
        name[size++] = (char)(isalnum(c) || c == '-' || c == '_' || c == ' ' || c >= 128 ? c : '_');
    }
    name[size] = '\0';
}

/* Everything up to `mark`, which is left out; returns what follows. */
static const char *put_until(spx_bytes *out, const char *from, const char *mark)
{
    const char *const at = strstr(from, mark);
    const size_t size = at == NULL ? strlen(from) : (size_t)(at - from);
    spx_bytes_append(out, from, size);
    return from + size + (at == NULL ? 0 : strlen(mark));
}

static spx_status put_page(spx_bytes *out, const spx_bytes *scene, const char *path, spx_diag *diag)
{
    char name[NAME_SIZE];
    name_of(name, path);
    const char *rest = put_until(out, spx_page, "SPX_PAGE_TITLE");
    spx_bytes_text(out, name);
    rest = put_until(out, rest, "SPX_PAGE_SCENE");
    spx_bytes_append(out, scene->data, scene->size);
    spx_bytes_text(out, rest);
    return spx_bytes_check(out, "page", diag);
}

static spx_status init_page(page *self, const spx_master *master, const spx_task *task,
                            spx_diag *diag)
{
    SPX_TRY(spx_diorama_init(&self->diorama, master, LONG_SIDE, task, diag));
    SPX_TRY(spx_diorama_backcloth(&self->cloth, &self->diorama, diag));
    SPX_TRY(spx_backcloth_mesh(&self->meshes[CLOTH], &self->cloth, diag));
    SPX_TRY(spx_mesh_ground(&self->meshes[GROUND], &self->diorama.sheets, diag));
    return spx_mesh_fore(&self->meshes[FORE], &self->diorama.sheets, diag);
}

spx_status spx_write_page(spx_bytes *out, const spx_master *master, const spx_task *task,
                          spx_diag *diag)
{
    spx_status status = SPX_OK;
    page self = { .meshes = { { 0 } } };
    spx_bytes scene = { 0 };
    SPX_TRY_OUT(init_page(&self, master, task, diag));
    for (int quality = QUALITY;; quality -= QUALITY_STEP) {
        spx_bytes_clear(&scene);
        SPX_TRY_OUT(put_scene(&scene, &self, quality, task, diag));
        if (scene.size + strlen(spx_page) < MOST_BYTES || quality <= LEAST_QUALITY)
            break;
    }
    SPX_TRY_OUT(put_page(out, &scene, master->name, diag));
out:
    spx_bytes_clear(&scene);
    for (int i = 0; i < LAYERS; i++)
        spx_mesh_clear(&self.meshes[i]);
    spx_backcloth_clear(&self.cloth);
    spx_diorama_clear(&self.diorama);
    return status;
}
