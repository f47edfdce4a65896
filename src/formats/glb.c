/* Two nets with a picture each, in glTF 2.0: what Blender, browsers and headsets open. */
#include "container/glb.h"

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
    MOST_VIEWS = 8,
    FLOAT_BYTES = 4,
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

typedef struct file {
    const spx_diorama *diorama;
    spx_bytes data;
    spx_bytes json;
    part parts[MOST_VIEWS];
    size_t part_count;
} file;

static void end_part(file *self, size_t offset, int target)
{
    self->parts[self->part_count++] =
        (part){ .offset = offset, .size = self->data.size - offset, .target = target };
    spx_glb_align(&self->data);
}

typedef struct box {
    spx_place low;
    spx_place high;
} box;

static void grow(box *around, const spx_place *place)
{
    around->low.right = fminf(around->low.right, place->right);
    around->low.up = fminf(around->low.up, place->up);
    around->low.ahead = fminf(around->low.ahead, -place->ahead);
    around->high.right = fmaxf(around->high.right, place->right);
    around->high.up = fmaxf(around->high.up, place->up);
    around->high.ahead = fmaxf(around->high.ahead, -place->ahead);
}

/* Vertices, their places in the picture, triangles: three parts. */
static box put_mesh(file *self, const spx_mesh *mesh)
{
    const spx_sheets *const sheets = &self->diorama->sheets;
    box around = { { INFINITY, INFINITY, INFINITY }, { -INFINITY, -INFINITY, -INFINITY } };
    size_t begin = self->data.size;
    for (size_t i = 0; i < mesh->vertex_count; i++) {
        const spx_mesh_vertex *const from = &mesh->vertices[i];
        const spx_place place = spx_diorama_place(self->diorama, from->x, from->y, from->depth);
        grow(&around, &place);
        spx_glb_f32(&self->data, place.right);
        spx_glb_f32(&self->data, place.up);
        spx_glb_f32(&self->data, -place.ahead);
    }
    end_part(self, begin, TARGET_VERTICES);
    begin = self->data.size;
    for (size_t i = 0; i < mesh->vertex_count; i++) {
        spx_glb_f32(&self->data, ((float)mesh->vertices[i].x + 0.5F) / (float)sheets->width);
        spx_glb_f32(&self->data, ((float)mesh->vertices[i].y + 0.5F) / (float)sheets->height);
    }
    end_part(self, begin, TARGET_VERTICES);
    begin = self->data.size;
    for (size_t i = 0; i < mesh->index_count; i++)
        spx_glb_u32(&self->data, mesh->indices[i]);
    end_part(self, begin, TARGET_INDICES);
    return around;
}

static spx_status put_pictures(file *self, int with_fore, const spx_task *task, spx_diag *diag)
{
    const spx_sheets *const sheets = &self->diorama->sheets;
    const spx_rows ground = spx_rows_of(sheets->ground);
    const spx_write_form form = { .type = SPX_IMAGE_TYPE_JPEG, .quality = GROUND_QUALITY };
    const spx_rgba fore = { .width = sheets->width,
                            .height = sheets->height,
                            .pixels = sheets->fore };
    spx_bytes picture = { 0 };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_rows_write(&picture, &ground, &form, task, diag));
    size_t begin = self->data.size;
    spx_bytes_append(&self->data, picture.data, picture.size);
    end_part(self, begin, TARGET_NONE);
    spx_bytes_clear(&picture);
    if (!with_fore)
        return SPX_OK;
    SPX_TRY_OUT(spx_rgba_write_png(&picture, &fore, task, diag));
    begin = self->data.size;
    spx_bytes_append(&self->data, picture.data, picture.size);
    end_part(self, begin, TARGET_NONE);
out:
    spx_bytes_clear(&picture);
    return status;
}

static void tell_views(file *self)
{
    spx_glb_print(&self->json, "\"buffers\":[{\"byteLength\":%zu}],\"bufferViews\":[",
                  self->data.size);
    for (size_t i = 0; i < self->part_count; i++) {
        const part *const one = &self->parts[i];
        spx_glb_print(&self->json, "%s{\"buffer\":0,\"byteOffset\":%zu,\"byteLength\":%zu",
                      i == 0 ? "" : ",", one->offset, one->size);
        if (one->target != TARGET_NONE)
            spx_glb_print(&self->json, ",\"target\":%d", one->target);
        spx_glb_print(&self->json, "}");
    }
    spx_glb_print(&self->json, "],");
}

static void tell_accessors(file *self, const spx_mesh *mesh, const box *around, int first)
{
    spx_glb_print(&self->json,
                  "%s{\"bufferView\":%d,\"componentType\":5126,\"count\":%zu,\"type\":\"VEC3\","
                  "\"min\":[%.9g,%.9g,%.9g],\"max\":[%.9g,%.9g,%.9g]},",
                  first == 0 ? "" : ",", first, mesh->vertex_count, (double)around->low.right,
                  (double)around->low.up, (double)around->low.ahead, (double)around->high.right,
                  (double)around->high.up, (double)around->high.ahead);
    spx_glb_print(&self->json,
                  "{\"bufferView\":%d,\"componentType\":5126,\"count\":%zu,\"type\":\"VEC2\"},"
                  "{\"bufferView\":%d,\"componentType\":5125,\"count\":%zu,\"type\":\"SCALAR\"}",
                  first + 1, mesh->vertex_count, first + 2, mesh->index_count);
}

static void tell_material(file *self, int number, const char *name, const char *alpha)
{
    spx_glb_print(
        &self->json,
        "%s{\"name\":\"%s\",\"pbrMetallicRoughness\":{\"baseColorTexture\":{\"index\":%d},"
        "\"metallicFactor\":0,\"roughnessFactor\":1},\"alphaMode\":\"%s\","
        "\"doubleSided\":true,\"extensions\":{\"KHR_materials_unlit\":{}}}",
        number == 0 ? "" : ",", name, number, alpha);
}

static void tell_mesh(file *self, int number, const char *name)
{
    enum { ACCESSORS = 3 };
    spx_glb_print(&self->json,
                  "%s{\"name\":\"%s\",\"primitives\":[{\"attributes\":{\"POSITION\":%d,"
                  "\"TEXCOORD_0\":%d},\"indices\":%d,\"material\":%d}]}",
                  number == 0 ? "" : ",", name, ACCESSORS * number, ACCESSORS * number + 1,
                  ACCESSORS * number + 2, number);
}

static void tell_scene(file *self, int with_fore)
{
    enum { REPEAT_NOT = 33071, LINEAR = 9729, LINEAR_MIPMAP = 9987 };
    const spx_image *const photo = self->diorama->photo.photo;
    const double aspect = (double)photo->width / photo->height;
    const double yfov = 2.0 * atan(0.5 / (aspect * self->diorama->focal));
    const double nearest =
        self->diorama->focal * self->diorama->baseline_m / self->diorama->strength;
    spx_glb_print(&self->json, "\"images\":[{\"mimeType\":\"image/jpeg\",\"bufferView\":%d}",
                  with_fore ? 6 : 3);
    if (with_fore)
        spx_glb_print(&self->json, ",{\"mimeType\":\"image/png\",\"bufferView\":7}");
    spx_glb_print(&self->json,
                  "],\"samplers\":[{\"magFilter\":%d,\"minFilter\":%d,\"wrapS\":%d,"
                  "\"wrapT\":%d}],\"textures\":[{\"source\":0,\"sampler\":0}%s],",
                  LINEAR, LINEAR_MIPMAP, REPEAT_NOT, REPEAT_NOT,
                  with_fore ? ",{\"source\":1,\"sampler\":0}" : "");
    spx_glb_print(&self->json,
                  "\"cameras\":[{\"type\":\"perspective\",\"perspective\":{\"yfov\":%.9g,"
                  "\"aspectRatio\":%.9g,\"znear\":%.9g,\"zfar\":%.9g}}],",
                  yfov, aspect, nearest / 100.0, nearest * 100.0);
    spx_glb_print(&self->json,
                  "\"nodes\":[{\"name\":\"camera of the photo\",\"camera\":0},"
                  "{\"name\":\"ground\",\"mesh\":0}%s],",
                  with_fore ? ",{\"name\":\"fore\",\"mesh\":1}" : "");
    spx_glb_print(&self->json, "\"scenes\":[{\"nodes\":[0,1%s]}],\"scene\":0}",
                  with_fore ? ",2" : "");
}

static spx_status put_scene(spx_bytes *out, file *self, const spx_mesh meshes[2],
                            const spx_task *task, spx_diag *diag)
{
    const int with_fore = meshes[1].index_count != 0;
    box around[2];
    for (int i = 0; i <= with_fore; i++)
        around[i] = put_mesh(self, &meshes[i]);
    SPX_TRY(put_pictures(self, with_fore, task, diag));
    spx_glb_print(&self->json,
                  "{\"asset\":{\"version\":\"2.0\",\"generator\":\"spx %s\"},"
                  "\"extensionsUsed\":[\"KHR_materials_unlit\"],",
                  spx_version());
    tell_views(self);
    spx_glb_print(&self->json, "\"accessors\":[");
    for (int i = 0; i <= with_fore; i++)
        tell_accessors(self, &meshes[i], &around[i], 3 * i);
    spx_glb_print(&self->json, "],\"materials\":[");
    tell_material(self, 0, "ground", "OPAQUE");
    if (with_fore)
        tell_material(self, 1, "fore", "BLEND");
    spx_glb_print(&self->json, "],\"meshes\":[");
    tell_mesh(self, 0, "ground");
    if (with_fore)
        tell_mesh(self, 1, "fore");
    spx_glb_print(&self->json, "],");
    tell_scene(self, with_fore);
    return spx_glb_write(out, &self->json, &self->data, diag);
}

spx_status spx_write_glb(spx_bytes *out, const spx_master *master, const spx_task *task,
                         spx_diag *diag)
{
    spx_status status = SPX_OK;
    spx_diorama diorama = { 0 };
    spx_mesh meshes[2] = { { 0 } };
    file self = { .diorama = &diorama };
    SPX_TRY_OUT(spx_diorama_init(&diorama, master, LONG_SIDE, task, diag));
    SPX_TRY_OUT(spx_mesh_ground(&meshes[0], &diorama.sheets, diag));
    SPX_TRY_OUT(spx_mesh_fore(&meshes[1], &diorama.sheets, diag));
    SPX_TRY_OUT(put_scene(out, &self, meshes, task, diag));
out:
    spx_mesh_clear(&meshes[0]);
    spx_mesh_clear(&meshes[1]);
    spx_diorama_clear(&diorama);
    spx_bytes_clear(&self.data);
    spx_bytes_clear(&self.json);
    return status;
}
