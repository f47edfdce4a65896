/* Three nets with a picture each, one behind the other, in glTF 2.0: what Blender, browsers and
 * headsets open. */
#include "container/glb.h"

#include "base/number_text.h"
#include "codec/image_write.h"
#include "formats/diorama.h"
#include "formats/writers.h"
#include "image/image.h"
#include "scene/mesh.h"

#include <math.h>
#include <string.h>

enum {
    LONG_SIDE = 2048, /* of the pictures: 512 cells of the net */
    GROUND_QUALITY = 90,
    MOST_SHAPES = 3,
    SHAPE_PARTS = 3, /* vertices, places in the picture, triangles */
    MOST_VIEWS = MOST_SHAPES * (SHAPE_PARTS + 1),
    TARGET_NONE = 0,
    TARGET_VERTICES = 34962,
    TARGET_INDICES = 34963,
};

/* A part of the data. */
typedef struct part {
    size_t offset;
    size_t size;
    int target;
} part;

typedef struct box {
    spx_place low;
    spx_place high;
} box;

/* A net with its picture. */
typedef struct shape {
    const char *name;
    const char *alpha; /* glTF's alphaMode */
    const char *type;  /* of the picture */
    size_t vertex_count;
    size_t index_count;
    box around;
    size_t first_part;
    size_t picture_part;
} shape;

typedef struct file {
    const spx_diorama *diorama;
    spx_bytes data;
    spx_bytes json;
    part parts[MOST_VIEWS];
    size_t part_count;
    shape shapes[MOST_SHAPES];
    size_t shape_count;
} file;

static void end_part(file *self, size_t offset, int target)
{
    self->parts[self->part_count++] =
        (part){ .offset = offset, .size = self->data.size - offset, .target = target };
    spx_glb_align(&self->data);
}

static void grow(box *around, const spx_place *place)
{
    around->low.right = fminf(around->low.right, place->right);
    around->low.up = fminf(around->low.up, place->up);
    around->low.ahead = fminf(around->low.ahead, -place->ahead);
    around->high.right = fmaxf(around->high.right, place->right);
    around->high.up = fmaxf(around->high.up, place->up);
    around->high.ahead = fmaxf(around->high.ahead, -place->ahead);
}

static shape *begin_shape(file *self, const char *name, const char *alpha, const char *type)
{
    shape *const made = &self->shapes[self->shape_count++];
    *made = (shape){ .name = name,
                     .alpha = alpha,
                     .type = type,
                     .around = { { INFINITY, INFINITY, INFINITY },
                                 { -INFINITY, -INFINITY, -INFINITY } },
                     .first_part = self->part_count };
    return made;
}

static void put_place(file *self, shape *to, spx_place place)
{
    grow(&to->around, &place);
    spx_glb_f32(&self->data, place.right);
    spx_glb_f32(&self->data, place.up);
    spx_glb_f32(&self->data, -place.ahead);
    to->vertex_count++;
}

static void put_corner(file *self, shape *to, uint32_t vertex)
{
    spx_glb_u32(&self->data, vertex);
    to->index_count++;
}

/* cloth: whose net it is; NULL = a sheet's. */
static void put_mesh(file *self, shape *to, const spx_mesh *mesh, const spx_backcloth *cloth)
{
    const spx_sheets *const sheets = &self->diorama->sheets;
    const uint32_t width = cloth == NULL ? sheets->width : cloth->columns * cloth->cell_px;
    const uint32_t height = cloth == NULL ? sheets->height : cloth->rows * cloth->cell_px;
    size_t begin = self->data.size;
    for (size_t i = 0; i < mesh->vertex_count; i++) {
        const spx_mesh_vertex *const at = &mesh->vertices[i];
        put_place(self, to,
                  cloth == NULL
                      ? spx_diorama_place(self->diorama, at->x, at->y, at->depth)
                      : spx_diorama_behind(self->diorama, cloth, at->x, at->y, at->depth));
    }
    end_part(self, begin, TARGET_VERTICES);
    begin = self->data.size;
    for (size_t i = 0; i < mesh->vertex_count; i++) {
        spx_glb_f32(&self->data, ((float)mesh->vertices[i].x + 0.5F) / (float)width);
        spx_glb_f32(&self->data, ((float)mesh->vertices[i].y + 0.5F) / (float)height);
    }
    end_part(self, begin, TARGET_VERTICES);
    begin = self->data.size;
    for (size_t i = 0; i < mesh->index_count; i++)
        put_corner(self, to, mesh->indices[i]);
    end_part(self, begin, TARGET_INDICES);
}

/* ---- pictures ---- */

static void put_picture(file *self, shape *to, const spx_bytes *picture)
{
    const size_t begin = self->data.size;
    to->picture_part = self->part_count;
    spx_bytes_append(&self->data, picture->data, picture->size);
    end_part(self, begin, TARGET_NONE);
}

static spx_status put_jpeg(file *self, shape *to, const spx_image *image, const spx_task *task,
                           spx_diag *diag)
{
    const spx_rows rows = spx_rows_of(image);
    const spx_write_form form = { .type = SPX_IMAGE_TYPE_JPEG, .quality = GROUND_QUALITY };
    spx_bytes picture = { 0 };
    const spx_status status = spx_rows_write(&picture, &rows, &form, task, diag);
    if (status == SPX_OK)
        put_picture(self, to, &picture);
    spx_bytes_clear(&picture);
    return status;
}

static spx_status put_png(file *self, shape *to, const spx_task *task, spx_diag *diag)
{
    const spx_sheets *const sheets = &self->diorama->sheets;
    const spx_rgba fore = { .width = sheets->width,
                            .height = sheets->height,
                            .pixels = sheets->fore };
    spx_bytes picture = { 0 };
    const spx_status status = spx_rgba_write_png(&picture, &fore, task, diag);
    if (status == SPX_OK)
        put_picture(self, to, &picture);
    spx_bytes_clear(&picture);
    return status;
}

/* ---- JSON ---- */

static void tell_views(file *self)
{
    spx_bytes_print(&self->json, "\"buffers\":[{\"byteLength\":%zu}],\"bufferViews\":[",
                    self->data.size);
    for (size_t i = 0; i < self->part_count; i++) {
        const part *const one = &self->parts[i];
        spx_bytes_print(&self->json, "%s{\"buffer\":0,\"byteOffset\":%zu,\"byteLength\":%zu",
                        i == 0 ? "" : ",", one->offset, one->size);
        if (one->target != TARGET_NONE)
            spx_bytes_print(&self->json, ",\"target\":%d", one->target);
        spx_bytes_print(&self->json, "}");
    }
    spx_bytes_print(&self->json, "],");
}

static void tell_accessors(file *self, const shape *one)
{
    const box *const around = &one->around;
    spx_bytes_print(&self->json,
                    "%s{\"bufferView\":%zu,\"componentType\":5126,\"count\":%zu,\"type\":\"VEC3\","
                    "\"min\":[%.9g,%.9g,%.9g],\"max\":[%.9g,%.9g,%.9g]},",
                    one == self->shapes ? "" : ",", one->first_part, one->vertex_count,
                    (double)around->low.right, (double)around->low.up, (double)around->low.ahead,
                    (double)around->high.right, (double)around->high.up,
                    (double)around->high.ahead);
    spx_bytes_print(&self->json,
                    "{\"bufferView\":%zu,\"componentType\":5126,\"count\":%zu,\"type\":\"VEC2\"},"
                    "{\"bufferView\":%zu,\"componentType\":5125,\"count\":%zu,\"type\":\"SCALAR\"}",
                    one->first_part + 1, one->vertex_count, one->first_part + 2, one->index_count);
}

/* Shape, material, picture and mesh have one number. */
static void tell_materials(file *self)
{
    for (size_t i = 0; i < self->shape_count; i++) {
        spx_bytes_print(
            &self->json,
            "%s{\"name\":\"%s\",\"pbrMetallicRoughness\":{\"baseColorTexture\":{\"index\":%zu},"
            "\"metallicFactor\":0,\"roughnessFactor\":1},\"alphaMode\":\"%s\","
            "\"doubleSided\":true,\"extensions\":{\"KHR_materials_unlit\":{}}}",
            i == 0 ? "" : ",", self->shapes[i].name, i, self->shapes[i].alpha);
    }
}

static void tell_meshes(file *self)
{
    for (size_t i = 0; i < self->shape_count; i++) {
        spx_bytes_print(&self->json,
                        "%s{\"name\":\"%s\",\"primitives\":[{\"attributes\":{\"POSITION\":%zu,"
                        "\"TEXCOORD_0\":%zu},\"indices\":%zu,\"material\":%zu}]}",
                        i == 0 ? "" : ",", self->shapes[i].name, SHAPE_PARTS * i,
                        SHAPE_PARTS * i + 1, SHAPE_PARTS * i + 2, i);
    }
}

static void tell_pictures(file *self)
{
    enum { REPEAT_NOT = 33071, LINEAR = 9729, LINEAR_MIPMAP = 9987 };
    spx_bytes_print(&self->json, "\"images\":[");
    for (size_t i = 0; i < self->shape_count; i++) {
        spx_bytes_print(&self->json, "%s{\"mimeType\":\"%s\",\"bufferView\":%zu}",
                        i == 0 ? "" : ",", self->shapes[i].type, self->shapes[i].picture_part);
    }
    spx_bytes_print(&self->json,
                    "],\"samplers\":[{\"magFilter\":%d,\"minFilter\":%d,\"wrapS\":%d,"
                    "\"wrapT\":%d}],\"textures\":[",
                    LINEAR, LINEAR_MIPMAP, REPEAT_NOT, REPEAT_NOT);
    for (size_t i = 0; i < self->shape_count; i++) {
        spx_bytes_print(&self->json, "%s{\"source\":%zu,\"sampler\":0}", i == 0 ? "" : ",", i);
    }
    spx_bytes_print(&self->json, "],");
}

static void tell_scene(file *self)
{
    const spx_image *const photo = self->diorama->photo.photo;
    const double aspect = (double)photo->width / photo->height;
    const double yfov = 2.0 * atan(0.5 / (aspect * self->diorama->focal));
    const double nearest =
        self->diorama->focal * self->diorama->baseline_m / self->diorama->strength;
    spx_bytes_print(&self->json,
                    "\"cameras\":[{\"type\":\"perspective\",\"perspective\":{\"yfov\":%.9g,"
                    "\"aspectRatio\":%.9g,\"znear\":%.9g,\"zfar\":%.9g}}],"
                    "\"nodes\":[{\"name\":\"camera of the photo\",\"camera\":0}",
                    yfov, aspect, nearest / 100.0, nearest * 100.0);
    for (size_t i = 0; i < self->shape_count; i++)
        spx_bytes_print(&self->json, ",{\"name\":\"%s\",\"mesh\":%zu}", self->shapes[i].name, i);
    spx_bytes_print(&self->json, "],\"scenes\":[{\"nodes\":[0");
    for (size_t i = 0; i < self->shape_count; i++)
        spx_bytes_print(&self->json, ",%zu", i + 1);
    spx_bytes_print(&self->json, "]}],\"scene\":0}");
}

static void tell(file *self)
{
    spx_bytes_print(&self->json,
                    "{\"asset\":{\"version\":\"2.0\",\"generator\":\"spx %s\"},"
                    "\"extensionsUsed\":[\"KHR_materials_unlit\"],",
                    spx_version());
    tell_views(self);
    spx_bytes_print(&self->json, "\"accessors\":[");
    for (size_t i = 0; i < self->shape_count; i++)
        tell_accessors(self, &self->shapes[i]);
    spx_bytes_print(&self->json, "],\"materials\":[");
    tell_materials(self);
    spx_bytes_print(&self->json, "],\"meshes\":[");
    tell_meshes(self);
    spx_bytes_print(&self->json, "],");
    tell_pictures(self);
    tell_scene(self);
}

/* ---- all of it ---- */

static spx_status put_cloth_shape(file *self, const spx_task *task, spx_diag *diag)
{
    spx_backcloth cloth = { 0 };
    spx_mesh mesh = { 0 };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_diorama_backcloth(&cloth, self->diorama, diag));
    SPX_TRY_OUT(spx_backcloth_mesh(&mesh, &cloth, diag));
    shape *const made = begin_shape(self, "backcloth", "OPAQUE", "image/jpeg");
    put_mesh(self, made, &mesh, &cloth);
    SPX_TRY_OUT(put_jpeg(self, made, cloth.colour, task, diag));
out:
    spx_mesh_clear(&mesh);
    spx_backcloth_clear(&cloth);
    return status;
}

static spx_status put_ground(file *self, const spx_task *task, spx_diag *diag)
{
    spx_mesh mesh = { 0 };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_mesh_ground(&mesh, &self->diorama->sheets, diag));
    shape *const made = begin_shape(self, "ground", "OPAQUE", "image/jpeg");
    put_mesh(self, made, &mesh, NULL);
    SPX_TRY_OUT(put_jpeg(self, made, self->diorama->sheets.ground, task, diag));
out:
    spx_mesh_clear(&mesh);
    return status;
}

/* A flat scene has none. */
static spx_status put_fore(file *self, const spx_task *task, spx_diag *diag)
{
    spx_mesh mesh = { 0 };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_mesh_fore(&mesh, &self->diorama->sheets, diag));
    if (mesh.index_count != 0) {
        shape *const made = begin_shape(self, "fore", "BLEND", "image/png");
        put_mesh(self, made, &mesh, NULL);
        SPX_TRY_OUT(put_png(self, made, task, diag));
    }
out:
    spx_mesh_clear(&mesh);
    return status;
}

spx_status spx_write_glb(spx_bytes *out, const spx_master *master, const spx_task *task,
                         spx_diag *diag)
{
    spx_status status = SPX_OK;
    spx_diorama diorama = { 0 };
    file self = { .diorama = &diorama };
    SPX_TRY_OUT(spx_diorama_init(&diorama, master, LONG_SIDE, task, diag));
    SPX_TRY_OUT(put_cloth_shape(&self, task, diag));
    SPX_TRY_OUT(put_ground(&self, task, diag));
    SPX_TRY_OUT(put_fore(&self, task, diag));
    tell(&self);
    status = spx_glb_write(out, &self.json, &self.data, diag);
out:
    spx_diorama_clear(&diorama);
    spx_bytes_clear(&self.data);
    spx_bytes_clear(&self.json);
    return status;
}
