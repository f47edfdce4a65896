/*
 * A scene as soft discs (3D Gaussian splats), one for each pixel of both sheets and some for the
 * cloth behind them: as a PLY in the layout that viewers read, and in glTF
 * (KHR_gaussian_splatting).
 *
 * The sheets' discs face the photo's camera. The cloth's lie in it and reach from neighbour to
 * neighbour, since it rises steeply behind the edges of things, and is seen there from the side.
 */
#include "base/number_text.h"
#include "container/glb.h"
#include "formats/diorama.h"
#include "formats/writers.h"
#include "image/image.h"

#include <math.h>

enum { LONG_SIDE = 960, RGBA = 4, PLY_FLOATS = 14, CLOTH_CELLS = 2 };

static const float harmonic = 0.28209479F; /* the constant one: 1 / (2 sqrt(pi)) */
/* Of a disc's spread to the distance of its neighbours: together they look even, alone not blurred.
 */
static const float spread = 0.6F;
static const float flatness = 0.1F;
static const float least_opacity = 1.0F / 255.0F;
static const float most_opacity = 0.99F; /* of 1 the logit is infinite */

typedef struct splat {
    spx_place place;
    float colour[SPX_IMAGE_CHANNELS]; /* 0..1, as coded in sRGB */
    float opacity;
    float radii_m[SPX_IMAGE_CHANNELS]; /* along its own three axes */
    float turn[4];                     /* of these from right, up, behind: quaternion x, y, z, w */
} splat;

typedef struct splats {
    const spx_diorama *diorama;
    const spx_backcloth *cloth; /* whose every second cell has one, twice as wide */
    size_t pixels;              /* of a sheet */
    size_t count;
} splats;

static int is_fore(const spx_sheets *sheets, size_t at)
{
    return sheets->fore[RGBA * at + SPX_IMAGE_CHANNELS] != 0;
}

static size_t cloth_count(const spx_backcloth *cloth)
{
    return ((size_t)cloth->columns + 1) / CLOTH_CELLS * ((cloth->rows + 1) / CLOTH_CELLS);
}

static splats count_splats(const spx_diorama *diorama, const spx_backcloth *cloth)
{
    const spx_sheets *const sheets = &diorama->sheets;
    const size_t pixels = (size_t)sheets->width * sheets->height;
    splats self = { .diorama = diorama, .cloth = cloth, .pixels = pixels, .count = pixels };
    for (size_t i = 0; i < pixels; i++)
        self.count += (size_t)is_fore(sheets, i);
    self.count += cloth_count(cloth);
    return self;
}

static float pixel_m(const spx_diorama *diorama, const spx_place *place)
{
    return place->ahead / (float)(diorama->focal * diorama->photo.photo->width);
}

/* distance_m: of its neighbours. */
static void face_camera(splat *one, float distance_m)
{
    one->radii_m[0] = spread * distance_m;
    one->radii_m[1] = spread * distance_m;
    one->radii_m[2] = spread * distance_m * flatness;
    one->turn[3] = 1.0F;
}

/* ---- discs of the cloth ---- */

/* A vector in metres: right, up, behind. */
typedef struct vector {
    double x;
    double y;
    double z;
} vector;

static double dot(vector a, vector b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}

static vector cross(vector a, vector b)
{
    return (vector){ a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x };
}

static vector mix(double s, vector a, double t, vector b)
{
    return (vector){ s * a.x + t * b.x, s * a.y + t * b.y, s * a.z + t * b.z };
}

/* The rotation that takes right, up, behind to three unit vectors at right angles, a right-handed
 * set. Shepperd's method: the largest of the four is found first, so that nothing is divided by a
 * small number. */
static void turn_to(float turn[4], vector a, vector b, vector c)
{
    const double trace = a.x + b.y + c.z;
    const double squares[4] = { 1 + a.x - b.y - c.z, 1 - a.x + b.y - c.z, 1 - a.x - b.y + c.z,
                                1 + trace };
    const double pairs[4][4] = { { 0, a.y + b.x, a.z + c.x, b.z - c.y },
                                 { a.y + b.x, 0, b.z + c.y, c.x - a.z },
                                 { a.z + c.x, b.z + c.y, 0, a.y - b.x },
                                 { b.z - c.y, c.x - a.z, a.y - b.x, 0 } };
    int largest = 0;
    for (int i = 1; i < 4; i++)
        largest = squares[i] > squares[largest] ? i : largest;
    const double root = sqrt(squares[largest]);
    for (int i = 0; i < 4; i++)
        turn[i] = (float)(i == largest ? root / 2 : pairs[largest][i] / root / 2);
}

/* Lays a disc into the plane of two ways to its neighbours, as the Gaussian with the covariance
 * spread^2 (u u' + v v'): its axes are those of the 2 x 2 matrix of the ways' products. Both ways
 * have a length, and are not one. */
static void lay_disc(splat *one, vector u, vector v)
{
    const double uu = dot(u, u);
    const double vv = dot(v, v);
    const double uv = dot(u, v);
    const double half = hypot((uu - vv) / 2, uv);
    const double angle = 0.5 * atan2(2 * uv, uu - vv);
    const double large = sqrt((uu + vv) / 2 + half);
    const double small = sqrt(fmax((uu + vv) / 2 - half, 0.0));
    const vector along = mix(cos(angle) / large, u, sin(angle) / large, v);
    const vector normal = cross(u, v);
    const vector out = mix(1 / sqrt(dot(normal, normal)), normal, 0, normal);
    turn_to(one->turn, along, cross(out, along), out);
    one->radii_m[0] = spread * (float)large;
    one->radii_m[1] = spread * (float)small;
    one->radii_m[2] = spread * flatness * (float)small;
}

static vector cloth_place(const splats *self, uint32_t column, uint32_t row, spx_place *place)
{
    const spx_backcloth *const cloth = self->cloth;
    const double cell = cloth->cell_px;
    *place = spx_diorama_behind(self->diorama, cloth, (column + 0.5) * cell - 0.5,
                                (row + 0.5) * cell - 0.5,
                                cloth->depth[(size_t)row * cloth->columns + column]);
    return (vector){ place->right, place->up, -place->ahead };
}

/* From the neighbour before to the one behind, by the discs between them. */
static vector cloth_way(const splats *self, uint32_t column, uint32_t row, int down)
{
    const uint32_t at = down ? row : column;
    const uint32_t end = down ? self->cloth->rows : self->cloth->columns;
    const uint32_t from = at < CLOTH_CELLS ? at : at - CLOTH_CELLS;
    const uint32_t to = at + CLOTH_CELLS < end ? at + CLOTH_CELLS : at;
    const double share = (double)CLOTH_CELLS / (to > from ? to - from : 1);
    spx_place unused;
    const vector begin = cloth_place(self, down ? column : from, down ? from : row, &unused);
    const vector there = cloth_place(self, down ? column : to, down ? to : row, &unused);
    return mix(share, there, -share, begin);
}

static splat cloth_splat(const splats *self, size_t number)
{
    const spx_backcloth *const cloth = self->cloth;
    const size_t columns = ((size_t)cloth->columns + 1) / CLOTH_CELLS;
    const uint32_t column = (uint32_t)(number % columns * CLOTH_CELLS);
    const uint32_t row = (uint32_t)(number / columns * CLOTH_CELLS);
    const uint8_t *const colour =
        spx_image_row8(cloth->colour, row) + (size_t)SPX_IMAGE_CHANNELS * column;
    splat made = { .opacity = most_opacity };
    (void)cloth_place(self, column, row, &made.place);
    for (int c = 0; c < SPX_IMAGE_CHANNELS; c++)
        made.colour[c] = (float)colour[c] / (float)UINT8_MAX;
    face_camera(&made, CLOTH_CELLS * (float)cloth->cell_px * pixel_m(self->diorama, &made.place));
    if (cloth->columns > CLOTH_CELLS && cloth->rows > CLOTH_CELLS) {
        lay_disc(&made, cloth_way(self, column, row, 0),
                 mix(-1, cloth_way(self, column, row, 1), 0, (vector){ 0 }));
    }
    return made;
}

/* ---- all discs ---- */

static splat splat_of(const spx_diorama *diorama, size_t at, int fore)
{
    const spx_sheets *const sheets = &diorama->sheets;
    const uint32_t x = (uint32_t)(at % sheets->width);
    const uint32_t y = (uint32_t)(at / sheets->width);
    const uint8_t *const colour =
        fore ? sheets->fore + RGBA * at
             : spx_image_row8(sheets->ground, y) + (size_t)SPX_IMAGE_CHANNELS * x;
    splat made = { .place = spx_diorama_place(
                       diorama, x, y, fore ? sheets->fore_depth[at] : sheets->ground_depth[at]),
                   .opacity = fore ? (float)colour[SPX_IMAGE_CHANNELS] / (float)UINT8_MAX : 1.0F };
    made.opacity = fminf(fmaxf(made.opacity, least_opacity), most_opacity);
    for (int c = 0; c < SPX_IMAGE_CHANNELS; c++)
        made.colour[c] = (float)colour[c] / (float)UINT8_MAX;
    face_camera(&made, pixel_m(diorama, &made.place));
    return made;
}

/* Calls `use` for every splat: the ground's, the fore's, the cloth's. */
static void for_each(const splats *self, void *user, void (*use)(void *, const splat *))
{
    for (int fore = 0; fore < 2; fore++) {
        for (size_t i = 0; i < self->pixels; i++) {
            if (fore && !is_fore(&self->diorama->sheets, i))
                continue;
            const splat one = splat_of(self->diorama, i, fore);
            use(user, &one);
        }
    }
    for (size_t i = 0; i < cloth_count(self->cloth); i++) {
        const splat one = cloth_splat(self, i);
        use(user, &one);
    }
}

/* ---- PLY ---- */

/* The axes of computer vision: right, down, ahead. */
static void put_ply(void *user, const splat *one)
{
    spx_bytes *const out = user;
    spx_glb_f32(out, one->place.right);
    spx_glb_f32(out, -one->place.up);
    spx_glb_f32(out, one->place.ahead);
    for (int c = 0; c < SPX_IMAGE_CHANNELS; c++)
        spx_glb_f32(out, (one->colour[c] - 0.5F) / harmonic);
    spx_glb_f32(out, logf(one->opacity / (1.0F - one->opacity)));
    for (int i = 0; i < SPX_IMAGE_CHANNELS; i++)
        spx_glb_f32(out, logf(one->radii_m[i]));
    /* w, x, y, z; down is minus up, and ahead minus behind */
    spx_glb_f32(out, one->turn[3]);
    spx_glb_f32(out, one->turn[0]);
    spx_glb_f32(out, -one->turn[1]);
    spx_glb_f32(out, -one->turn[2]);
}

static spx_status write_ply(spx_bytes *out, const splats *self, spx_diag *diag)
{
    static const char *const names[PLY_FLOATS] = { "x",       "y",       "z",       "f_dc_0",
                                                   "f_dc_1",  "f_dc_2",  "opacity", "scale_0",
                                                   "scale_1", "scale_2", "rot_0",   "rot_1",
                                                   "rot_2",   "rot_3" };
    spx_bytes_print(out,
                    "ply\nformat binary_little_endian 1.0\ncomment metres, made by spx %s\n"
                    "element vertex %zu\n",
                    spx_version(), self->count);
    for (int i = 0; i < PLY_FLOATS; i++)
        spx_bytes_print(out, "property float %s\n", names[i]);
    spx_bytes_print(out, "end_header\n");
    for_each(self, out, put_ply);
    return spx_bytes_check(out, "splats", diag);
}

/* ---- glTF ---- */

static void put_position(void *user, const splat *one)
{
    spx_bytes *const out = user;
    spx_glb_f32(out, one->place.right);
    spx_glb_f32(out, one->place.up);
    spx_glb_f32(out, -one->place.ahead);
}

static void put_rotation(void *user, const splat *one)
{
    spx_bytes *const out = user;
    for (int i = 0; i < 4; i++) /* x, y, z, w; 127 = 1 */
        spx_bytes_u8(out, (uint8_t)(int8_t)lrintf(one->turn[i] * INT8_MAX));
}

static void put_scale(void *user, const splat *one)
{
    spx_bytes *const out = user;
    for (int i = 0; i < SPX_IMAGE_CHANNELS; i++)
        spx_glb_f32(out, one->radii_m[i]);
}

static void put_opacity(void *user, const splat *one)
{
    spx_bytes *const out = user;
    spx_glb_f32(out, one->opacity);
}

static void put_harmonic(void *user, const splat *one)
{
    spx_bytes *const out = user;
    for (int c = 0; c < SPX_IMAGE_CHANNELS; c++)
        spx_glb_f32(out, (one->colour[c] - 0.5F) / harmonic);
}

static void put_colour(void *user, const splat *one)
{
    spx_bytes *const out = user;
    uint8_t colour[RGBA];
    for (int c = 0; c < SPX_IMAGE_CHANNELS; c++) {
        /* glTF's colours are linear. */
        const float coded = one->colour[c];
        const float linear =
            coded <= 0.04045F ? coded / 12.92F : powf((coded + 0.055F) / 1.055F, 2.4F);
        colour[c] = (uint8_t)(linear * (float)UINT8_MAX + 0.5F);
    }
    colour[SPX_IMAGE_CHANNELS] = (uint8_t)(one->opacity * (float)UINT8_MAX + 0.5F);
    spx_bytes_append(out, colour, sizeof(colour));
}

/* An attribute of all splats. */
typedef struct attribute {
    const char *name;
    const char *type;
    int component; /* glTF's number of its type */
    int normalized;
    void (*put)(void *, const splat *);
} attribute;

static const attribute attributes[] = {
    { "POSITION", "VEC3", 5126, 0, put_position },
    { "COLOR_0", "VEC4", 5121, 1, put_colour },
    { "KHR_gaussian_splatting:ROTATION", "VEC4", 5120, 1, put_rotation },
    { "KHR_gaussian_splatting:SCALE", "VEC3", 5126, 0, put_scale },
    { "KHR_gaussian_splatting:OPACITY", "SCALAR", 5126, 0, put_opacity },
    { "KHR_gaussian_splatting:SH_DEGREE_0_COEF_0", "VEC3", 5126, 0, put_harmonic },
};
enum { ATTRIBUTES = sizeof(attributes) / sizeof(attributes[0]) };

typedef struct bounds {
    float low[SPX_IMAGE_CHANNELS];
    float high[SPX_IMAGE_CHANNELS];
} bounds;

static void widen(void *user, const splat *one)
{
    bounds *const found = user;
    const float place[] = { one->place.right, one->place.up, -one->place.ahead };
    for (int c = 0; c < SPX_IMAGE_CHANNELS; c++) {
        found->low[c] = fminf(found->low[c], place[c]);
        found->high[c] = fmaxf(found->high[c], place[c]);
    }
}

static bounds find_bounds(const splats *self)
{
    bounds found = { { INFINITY, INFINITY, INFINITY }, { -INFINITY, -INFINITY, -INFINITY } };
    for_each(self, &found, widen);
    return found;
}

static void tell_accessor(spx_bytes *json, int number, const splats *self)
{
    const attribute *const one = &attributes[number];
    spx_bytes_print(json,
                    "%s{\"bufferView\":%d,\"componentType\":%d,\"count\":%zu,\"type\":\"%s\"%s",
                    number == 0 ? "" : ",", number, one->component, self->count, one->type,
                    one->normalized ? ",\"normalized\":true" : "");
    if (number == 0) {
        const bounds around = find_bounds(self);
        spx_bytes_print(json, ",\"min\":[%.9g,%.9g,%.9g],\"max\":[%.9g,%.9g,%.9g]",
                        (double)around.low[0], (double)around.low[1], (double)around.low[2],
                        (double)around.high[0], (double)around.high[1], (double)around.high[2]);
    }
    spx_bytes_print(json, "}");
}

static void tell(spx_bytes *json, const splats *self, const size_t ends[ATTRIBUTES])
{
    spx_bytes_print(json,
                    "{\"asset\":{\"version\":\"2.0\",\"generator\":\"spx %s\"},"
                    "\"extensionsUsed\":[\"KHR_gaussian_splatting\"],"
                    "\"buffers\":[{\"byteLength\":%zu}],\"bufferViews\":[",
                    spx_version(), ends[ATTRIBUTES - 1]);
    for (int i = 0; i < ATTRIBUTES; i++) {
        const size_t begin = i == 0 ? 0 : ends[i - 1];
        spx_bytes_print(json,
                        "%s{\"buffer\":0,\"byteOffset\":%zu,\"byteLength\":%zu,\"target\":34962}",
                        i == 0 ? "" : ",", begin, ends[i] - begin);
    }
    spx_bytes_print(json, "],\"accessors\":[");
    for (int i = 0; i < ATTRIBUTES; i++)
        tell_accessor(json, i, self);
    spx_bytes_print(json, "],\"meshes\":[{\"primitives\":[{\"mode\":0,\"attributes\":{");
    for (int i = 0; i < ATTRIBUTES; i++)
        spx_bytes_print(json, "%s\"%s\":%d", i == 0 ? "" : ",", attributes[i].name, i);
    spx_bytes_print(json, "},\"extensions\":{\"KHR_gaussian_splatting\":{\"kernel\":\"ellipse\","
                          "\"colorSpace\":\"srgb_rec709_display\",\"projection\":\"perspective\","
                          "\"sortingMethod\":\"cameraDistance\"}}}]}],"
                          "\"nodes\":[{\"mesh\":0}],\"scenes\":[{\"nodes\":[0]}],\"scene\":0}");
}

static spx_status write_gltf(spx_bytes *out, const splats *self, spx_diag *diag)
{
    spx_bytes data = { 0 };
    spx_bytes json = { 0 };
    size_t ends[ATTRIBUTES];
    for (int i = 0; i < ATTRIBUTES; i++) {
        for_each(self, &data, attributes[i].put);
        ends[i] = data.size;
    }
    tell(&json, self, ends);
    const spx_status status = spx_glb_write(out, &json, &data, diag);
    spx_bytes_clear(&data);
    spx_bytes_clear(&json);
    return status;
}

/* ---- both ---- */

static spx_status show(spx_bytes *out, const spx_master *master,
                       spx_status (*write)(spx_bytes *, const splats *, spx_diag *),
                       const spx_task *task, spx_diag *diag)
{
    spx_diorama diorama = { 0 };
    spx_backcloth cloth = { 0 };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_diorama_init(&diorama, master, LONG_SIDE, task, diag));
    SPX_TRY_OUT(spx_diorama_backcloth(&cloth, &diorama, diag));
    const splats self = count_splats(&diorama, &cloth);
    status = write(out, &self, diag);
out:
    spx_backcloth_clear(&cloth);
    spx_diorama_clear(&diorama);
    return status;
}

spx_status spx_write_splat(spx_bytes *out, const spx_master *master, const spx_task *task,
                           spx_diag *diag)
{
    return show(out, master, write_ply, task, diag);
}

spx_status spx_write_splat_glb(spx_bytes *out, const spx_master *master, const spx_task *task,
                               spx_diag *diag)
{
    return show(out, master, write_gltf, task, diag);
}
