/*
 * A spatial photo as bytes: everything is checked first, then the meta box is built in the order in
 * which its parts refer to each other (items, references, groups, properties, associations), and
 * spx_heif_writer puts the coded pictures behind it. doc/spatial-heic.md says where each property
 * comes from.
 */
#include "container/spatial_heif.h"

#include "base/intops.h"
#include "container/camera_properties.h"
#include "container/heif_writer.h"
#include "container/hevc_sps.h"

#include <math.h>

/*
 * The form of Apple's own spatial photos (read in Vision Pro files): each eye is a grid of hidden
 * 512 x 512 tiles, both grids stand in a 'ster' group, left first, and carry intrinsics, extrinsics
 * and the disparity adjustment as properties that readers may ignore.
 *
 *     ids   1..n left tiles, n+1 left grid (primary), then the right eye the same way, the stereo
 *           group, Exif left, Exif right, XMP left, XMP right, thumbnail, then each auxiliary
 *           picture and its XMP
 *
 * Odd sizes: HEVC 4:2:0 has even pictures only, so the grid's output size cuts the last column or
 * row. That is what macOS and iOS write for odd photos ('clap' they do not read); MIAF asks for
 * even output sizes, hence the file does not claim the brand 'miaf'. A single coded item larger
 * than the photo goes into a grid of one tile for the same reason.
 */
enum {
    EYES = 2,
    MOST_GRID_SIDE = 256, /* rows and columns are stored less one in 8 bits */
    GRID_WIDE_SIZES = 1,  /* flag: 32-bit output size */
    PIXI_BITS = 8,
    PIXI_CHANNELS = 3,
    PARAMETER_SET_MAX = UINT16_MAX,
    CHROMA_420 = 1,
    CHROMA_GREY = 0,
    PROFILE_MAIN = 1,
    PROFILE_MAIN_STILL = 3,
    PROFILE_RANGE_EXTENSIONS = 4,
    CMIN_LARGEST_SHIFT = 30, /* 1.0 in a signed 32-bit number */
    UM_PER_MM = 1000,
};

static const double hfov_min_deg = 1.0;
static const double hfov_max_deg = 170.0;
static const double pi = 3.14159265358979323846;

/* Indices of the properties in 'ipco'; 0 = absent. */
typedef struct property_indices {
    uint8_t size;       /* ispe of an eye */
    uint8_t coded_size; /* ispe of tiles */
    uint8_t thumbnail_size;
    uint8_t bits;
    uint8_t grey_bits;
    uint8_t icc;
    uint8_t nclx;
    uint8_t coding; /* hvcC */
    uint8_t thumbnail_coding;
    uint8_t intrinsics;
    uint8_t extrinsics[EYES];
    uint8_t disparity;
} property_indices;

/* What an auxiliary picture has of its own. */
typedef struct aux_item {
    uint32_t picture;
    spx_hevc_sps sps;
    uint8_t coding;
    uint8_t size;
    uint8_t type;
} aux_item;

static const spx_heif_item_kind xmp_kind = { .type = "mime",
                                             .content_type = "application/rdf+xml",
                                             .hidden = 1 };

typedef struct eye_items {
    uint32_t first_tile; /* 0 = the picture is one coded item */
    uint32_t picture;
} eye_items;

typedef struct spatial_writer {
    const spx_spatial_heif *photo;
    spx_heif_writer heif;
    uint32_t columns; /* 0 = no grid */
    uint32_t rows;
    spx_hevc_sps sps;
    spx_hevc_sps thumbnail_sps;
    property_indices properties;
    size_t views; /* 1 or 2 */
    eye_items eyes[EYES];
    uint32_t group;
    aux_item aux[SPX_HEIF_AUX_MOST];
    spx_bytes exif_item;
} spatial_writer;

static int present(const spx_bytes *bytes)
{
    return bytes != NULL && bytes->size != 0;
}

/* Under the brand 'heic' pictures are 4:2:0, 8 bits, Main or Main Still Picture; what goes with
 * them may be grey. */
static int is_fit(const spx_hevc_sps *sps, int grey)
{
    if (sps->luma_bits != PIXI_BITS)
        return 0;
    if (grey)
        return sps->chroma_format == CHROMA_GREY && sps->profile_idc == PROFILE_RANGE_EXTENSIONS;
    return sps->chroma_format == CHROMA_420 && sps->chroma_bits == PIXI_BITS &&
           (sps->profile_idc == PROFILE_MAIN || sps->profile_idc == PROFILE_MAIN_STILL);
}

static spx_status check_stills(const spx_hevc_stills *stills, const char *what, int grey,
                               spx_hevc_sps *sps, spx_diag *diag)
{
    SPX_TRY(spx_hevc_sps_read(sps, stills->sps.data, stills->sps.size, diag));
    const spx_bytes *const sets[] = { &stills->vps, &stills->sps, &stills->pps };
    for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
        if (sets[i]->size == 0 || sets[i]->size > PARAMETER_SET_MAX) {
            return spx_fail(diag, SPX_ERR_ARGUMENT, "HEIF: a parameter set of the %s has %zu bytes",
                            what, sets[i]->size);
        }
    }
    if (sps->width != stills->width || sps->height != stills->height) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "HEIF: the %s is %u x %u, its SPS says %u x %u",
                        what, (unsigned)stills->width, (unsigned)stills->height,
                        (unsigned)sps->width, (unsigned)sps->height);
    }
    if (!is_fit(sps, grey)) {
        return spx_fail(diag, SPX_ERR_UNSUPPORTED,
                        "HEIF: the %s has chroma format %u, %u bits, HEVC profile %u; wanted %s, 8 "
                        "bits, %s",
                        what, sps->chroma_format, sps->luma_bits, sps->profile_idc,
                        grey ? "grey" : "4:2:0", grey ? "range extensions" : "Main");
    }
    for (size_t i = 0; i < stills->count; i++) {
        if (stills->pictures[i].size == 0) {
            return spx_fail(diag, SPX_ERR_ARGUMENT, "HEIF: picture %zu of the %s is empty", i,
                            what);
        }
    }
    return SPX_OK;
}

static spx_status check_geometry(const spx_spatial_heif *photo, spx_diag *diag)
{
    if (!(photo->hfov_deg >= hfov_min_deg && photo->hfov_deg <= hfov_max_deg)) {
        return spx_fail(diag, SPX_ERR_ARGUMENT,
                        "field of view: %g degrees is not between %g and %g", photo->hfov_deg,
                        hfov_min_deg, hfov_max_deg);
    }
    const double baseline_max_mm = (double)INT32_MAX / UM_PER_MM;
    if (!(photo->baseline_mm > 0 && photo->baseline_mm <= baseline_max_mm)) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "baseline: %g mm is not between 0 and %g",
                        photo->baseline_mm, baseline_max_mm);
    }
    if (!(photo->disparity_adjustment >= -1 && photo->disparity_adjustment <= 1)) {
        return spx_fail(diag, SPX_ERR_ARGUMENT,
                        "disparity adjustment: %g of the width is not between -1 and 1",
                        photo->disparity_adjustment);
    }
    return SPX_OK;
}

/* Sets the grid; leaves it 0 x 0 where each eye is one coded item of the photo's size. */
static spx_status plan_grid(spatial_writer *writer, spx_diag *diag)
{
    const spx_spatial_heif *const photo = writer->photo;
    const spx_hevc_stills *const coded = photo->coded;
    if (photo->width == 0 || photo->height == 0) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "HEIF: a photo of %u x %u", (unsigned)photo->width,
                        (unsigned)photo->height);
    }
    const uint32_t columns = spx_divide_up_u32(photo->width, coded->width);
    const uint32_t rows = spx_divide_up_u32(photo->height, coded->height);
    if (photo->single_item && (columns != 1 || rows != 1)) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "HEIF: a coded picture of %u x %u for %u x %u",
                        (unsigned)coded->width, (unsigned)coded->height, (unsigned)photo->width,
                        (unsigned)photo->height);
    }
    if (columns > MOST_GRID_SIDE || rows > MOST_GRID_SIDE) {
        return spx_fail(diag, SPX_ERR_LIMIT, "HEIF: a grid of %u x %u tiles is over %d x %d",
                        (unsigned)columns, (unsigned)rows, MOST_GRID_SIDE, MOST_GRID_SIDE);
    }
    if (coded->count != writer->views * columns * rows) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "HEIF: %zu coded pictures for %zu x %u x %u tiles",
                        coded->count, writer->views, (unsigned)columns, (unsigned)rows);
    }
    const int whole =
        photo->single_item && coded->width == photo->width && coded->height == photo->height;
    writer->columns = whole ? 0 : columns;
    writer->rows = whole ? 0 : rows;
    return SPX_OK;
}

static spx_status check_aux(spatial_writer *writer, spx_diag *diag)
{
    const spx_spatial_heif *const photo = writer->photo;
    if (photo->aux_count > SPX_HEIF_AUX_MOST)
        return spx_fail(diag, SPX_ERR_LIMIT, "HEIF: %zu auxiliary pictures", photo->aux_count);
    for (size_t i = 0; i < photo->aux_count; i++) {
        const spx_heif_aux *const aux = &photo->aux[i];
        SPX_TRY(check_stills(aux->coded, "auxiliary picture", 1, &writer->aux[i].sps, diag));
        if (aux->coded->count != 1 || aux->view >= writer->views) {
            return spx_fail(diag, SPX_ERR_ARGUMENT, "HEIF: %zu auxiliary pictures of view %u",
                            aux->coded->count, aux->view);
        }
    }
    return SPX_OK;
}

static spx_status check_photo(spatial_writer *writer, spx_diag *diag)
{
    const spx_spatial_heif *const photo = writer->photo;
    if (!photo->single_view)
        SPX_TRY(check_geometry(photo, diag));
    SPX_TRY(check_stills(photo->coded, "coded picture", 0, &writer->sps, diag));
    SPX_TRY(check_aux(writer, diag));
    if (photo->thumbnail != NULL) {
        SPX_TRY(check_stills(photo->thumbnail, "thumbnail", 0, &writer->thumbnail_sps, diag));
        if (photo->thumbnail->count != 1) {
            return spx_fail(diag, SPX_ERR_ARGUMENT, "HEIF: %zu thumbnails",
                            photo->thumbnail->count);
        }
    }
    return plan_grid(writer, diag);
}

static uint32_t add_grid_item(spatial_writer *writer)
{
    static const spx_heif_item_kind grid = { .type = "grid" };
    const spx_spatial_heif *const photo = writer->photo;
    const int wide = photo->width > UINT16_MAX || photo->height > UINT16_MAX;
    spx_bytes payload = { 0 };
    spx_bytes_u8(&payload, 0); /* version */
    spx_bytes_u8(&payload, wide ? GRID_WIDE_SIZES : 0);
    spx_bytes_u8(&payload, writer->rows - 1);
    spx_bytes_u8(&payload, writer->columns - 1);
    if (wide) {
        spx_bytes_u32(&payload, photo->width);
        spx_bytes_u32(&payload, photo->height);
    } else {
        spx_bytes_u16(&payload, photo->width);
        spx_bytes_u16(&payload, photo->height);
    }
    writer->heif.inline_data.failed |= payload.failed;
    const uint32_t id =
        spx_heif_writer_add_inline_item(&writer->heif, &grid, payload.data, payload.size);
    spx_bytes_clear(&payload);
    return id;
}

static void add_eye(spatial_writer *writer, size_t eye)
{
    static const spx_heif_item_kind tile = { .type = "hvc1", .hidden = 1 };
    static const spx_heif_item_kind whole = { .type = "hvc1" };
    const spx_hevc_stills *const coded = writer->photo->coded;
    eye_items *const items = &writer->eyes[eye];
    if (writer->columns == 0) {
        const spx_bytes *const picture = &coded->pictures[eye];
        items->picture =
            spx_heif_writer_add_item(&writer->heif, &whole, picture->data, picture->size);
        return;
    }
    const uint32_t count = writer->columns * writer->rows;
    for (uint32_t i = 0; i < count; i++) {
        const spx_bytes *const picture = &coded->pictures[eye * count + i];
        const uint32_t id =
            spx_heif_writer_add_item(&writer->heif, &tile, picture->data, picture->size);
        if (i == 0)
            items->first_tile = id;
    }
    items->picture = add_grid_item(writer);
    spx_heif_writer_refer(&writer->heif, "dimg", items->picture, items->first_tile, count);
}

static void add_group(spatial_writer *writer)
{
    const uint32_t members[EYES] = { writer->eyes[0].picture, writer->eyes[1].picture };
    writer->group = spx_heif_writer_take_id(&writer->heif);
    spx_heif_writer_group(&writer->heif, "ster", writer->group, members, EYES);
}

/* One item for each eye, which describes it. */
static void add_metadata(spatial_writer *writer, const spx_heif_item_kind *kind,
                         const spx_bytes *content)
{
    for (size_t eye = 0; eye < writer->views; eye++) {
        const uint32_t id =
            spx_heif_writer_add_item(&writer->heif, kind, content->data, content->size);
        spx_heif_writer_refer(&writer->heif, "cdsc", id, writer->eyes[eye].picture, 1);
    }
}

static uint32_t add_thumbnail(spatial_writer *writer)
{
    static const spx_heif_item_kind kind = { .type = "hvc1" };
    const spx_bytes *const picture = &writer->photo->thumbnail->pictures[0];
    const uint32_t id =
        spx_heif_writer_add_item(&writer->heif, &kind, picture->data, picture->size);
    spx_heif_writer_refer(&writer->heif, "thmb", id, writer->eyes[0].picture, 1);
    return id;
}

/* Auxiliary pictures are hidden: readers find them through the view that they refer to. */
static void add_aux(spatial_writer *writer, size_t index)
{
    static const spx_heif_item_kind kind = { .type = "hvc1", .hidden = 1 };
    const spx_heif_aux *const aux = &writer->photo->aux[index];
    const spx_bytes *const picture = &aux->coded->pictures[0];
    const uint32_t id =
        spx_heif_writer_add_item(&writer->heif, &kind, picture->data, picture->size);
    spx_heif_writer_refer(&writer->heif, "auxl", id, writer->eyes[aux->view].picture, 1);
    writer->aux[index].picture = id;
    if (!present(aux->xmp))
        return;
    const uint32_t xmp =
        spx_heif_writer_add_item(&writer->heif, &xmp_kind, aux->xmp->data, aux->xmp->size);
    spx_heif_writer_refer(&writer->heif, "cdsc", xmp, id, 1);
}

static spx_status build_exif_item(spatial_writer *writer, spx_diag *diag)
{
    static const char mark[6] = "Exif\0"; /* two zeros with the literal's own */
    spx_bytes *const item = &writer->exif_item;
    spx_bytes_u32(item, sizeof(mark)); /* from behind this field to the TIFF header */
    spx_bytes_append(item, mark, sizeof(mark));
    spx_bytes_append(item, writer->photo->exif->data, writer->photo->exif->size);
    return spx_bytes_check(item, "Exif item", diag);
}

static uint8_t add_ispe(spx_heif_writer *heif, uint32_t width, uint32_t height)
{
    const size_t begun = spx_heif_writer_begin_property(heif, "ispe", NULL);
    spx_bytes_u32(&heif->properties, 0); /* version, flags */
    spx_bytes_u32(&heif->properties, width);
    spx_bytes_u32(&heif->properties, height);
    return spx_heif_writer_end_property(heif, begun);
}

static uint8_t add_pixi(spx_heif_writer *heif, unsigned channels)
{
    const size_t begun = spx_heif_writer_begin_property(heif, "pixi", NULL);
    spx_bytes_u32(&heif->properties, 0); /* version, flags */
    spx_bytes_u8(&heif->properties, channels);
    for (unsigned i = 0; i < channels; i++)
        spx_bytes_u8(&heif->properties, PIXI_BITS);
    return spx_heif_writer_end_property(heif, begun);
}

static uint8_t add_icc(spx_heif_writer *heif, const spx_bytes *icc)
{
    if (!present(icc))
        return 0;
    const size_t begun = spx_heif_writer_begin_property(heif, "colr", NULL);
    spx_bytes_text(&heif->properties, "prof");
    spx_bytes_append(&heif->properties, icc->data, icc->size);
    return spx_heif_writer_end_property(heif, begun);
}

static uint8_t add_nclx(spx_heif_writer *heif, const spx_nclx *nclx)
{
    const size_t begun = spx_heif_writer_begin_property(heif, "colr", NULL);
    spx_bytes_text(&heif->properties, "nclx");
    spx_bytes_u16(&heif->properties, nclx->primaries);
    spx_bytes_u16(&heif->properties, nclx->transfer);
    spx_bytes_u16(&heif->properties, nclx->matrix);
    spx_bytes_u8(&heif->properties, nclx->full_range ? 0x80 : 0);
    return spx_heif_writer_end_property(heif, begun);
}

static void put_parameter_set(spx_bytes *out, unsigned nal_type, const spx_bytes *set)
{
    static const unsigned array_completeness = 0x80;
    spx_bytes_u8(out, array_completeness | nal_type);
    spx_bytes_u16(out, 1);
    spx_bytes_u16(out, (unsigned)set->size);
    spx_bytes_append(out, set->data, set->size);
}

/* HEVCDecoderConfigurationRecord, ISO/IEC 14496-15, 8.3.3.1.2; ones are its reserved bits. */
static uint8_t add_hvcc(spx_heif_writer *heif, const spx_hevc_stills *stills,
                        const spx_hevc_sps *sps)
{
    const size_t begun = spx_heif_writer_begin_property(heif, "hvcC", NULL);
    spx_bytes *const out = &heif->properties;
    spx_bytes_u8(out, 1); /* version */
    spx_bytes_append(out, sps->profile_tier_level, sizeof(sps->profile_tier_level));
    spx_bytes_u16(out, 0xf000); /* min_spatial_segmentation_idc 0: nothing promised */
    spx_bytes_u8(out, 0xfc);    /* parallelism type 0: unknown */
    spx_bytes_u8(out, 0xfc | sps->chroma_format);
    spx_bytes_u8(out, 0xf8 | (sps->luma_bits - 8));
    spx_bytes_u8(out, 0xf8 | (sps->chroma_bits - 8));
    spx_bytes_u16(out, 0); /* no frame rate */
    const unsigned length_size_minus_one = 3;
    spx_bytes_u8(out,
                 sps->temporal_layers << 3 | sps->temporal_nesting << 2 | length_size_minus_one);
    spx_bytes_u8(out, 3); /* arrays */
    put_parameter_set(out, SPX_HEVC_NAL_VPS, &stills->vps);
    put_parameter_set(out, SPX_HEVC_NAL_SPS, &stills->sps);
    put_parameter_set(out, SPX_HEVC_NAL_PPS, &stills->pps);
    return spx_heif_writer_end_property(heif, begun);
}

static size_t begin_camera_property(spx_heif_writer *heif, int fourcc, const char *type,
                                    const uint8_t *user_type)
{
    return fourcc ? spx_heif_writer_begin_property(heif, type, NULL)
                  : spx_heif_writer_begin_property(heif, "uuid", user_type);
}

static uint8_t add_intrinsics(spx_heif_writer *heif, const spx_spatial_heif *photo)
{
    const double half_fov = photo->hfov_deg * pi / 360;
    const double focal = 0.5 / tan(half_fov); /* in image widths */
    unsigned shift = CMIN_LARGEST_SHIFT;
    while (ldexp(focal, (int)shift) > INT32_MAX - 1.0) /* at 1 degree: 57.3, shift 25 */
        shift--;
    const uint32_t half = (uint32_t)1 << (shift - 1); /* the principal point is the centre */
    const size_t begun =
        begin_camera_property(heif, photo->fourcc_properties, "cmin", spx_uuid_cmin);
    spx_bytes_u32(&heif->properties, (uint32_t)shift << SPX_CMIN_SHIFT_AT);
    spx_bytes_u32(&heif->properties, (uint32_t)llround(ldexp(focal, (int)shift)));
    spx_bytes_u32(&heif->properties, half);
    spx_bytes_u32(&heif->properties, half);
    return spx_heif_writer_end_property(heif, begun);
}

/* The left eye is the origin; the right one stands a baseline to its right. */
static uint8_t add_extrinsics(spx_heif_writer *heif, const spx_spatial_heif *photo, size_t eye)
{
    const size_t begun =
        begin_camera_property(heif, photo->fourcc_properties, "cmex", spx_uuid_cmex);
    spx_bytes_u32(&heif->properties, eye == 0 ? 0 : SPX_CMEX_POS_X);
    if (eye != 0)
        spx_bytes_u32(&heif->properties, (uint32_t)llround(photo->baseline_mm * UM_PER_MM));
    return spx_heif_writer_end_property(heif, begun);
}

static uint8_t add_disparity(spx_heif_writer *heif, double adjustment)
{
    const size_t begun = spx_heif_writer_begin_property(heif, "uuid", spx_uuid_disparity);
    spx_bytes_u32(&heif->properties, (uint32_t)llround(adjustment * SPX_DISPARITY_UNITS));
    return spx_heif_writer_end_property(heif, begun);
}

/* ISO/IEC 23008-12, 6.5.8. */
static uint8_t add_auxc(spx_heif_writer *heif, const spx_heif_aux *aux)
{
    const size_t begun = spx_heif_writer_begin_property(heif, "auxC", NULL);
    spx_bytes_u32(&heif->properties, 0); /* version, flags */
    spx_bytes_text(&heif->properties, aux->type);
    spx_bytes_u8(&heif->properties, 0);
    if (present(aux->subtype))
        spx_bytes_append(&heif->properties, aux->subtype->data, aux->subtype->size);
    return spx_heif_writer_end_property(heif, begun);
}

static void add_aux_properties(spatial_writer *writer)
{
    spx_heif_writer *const heif = &writer->heif;
    for (size_t i = 0; i < writer->photo->aux_count; i++) {
        const spx_heif_aux *const aux = &writer->photo->aux[i];
        aux_item *const item = &writer->aux[i];
        if (i == 0)
            writer->properties.grey_bits = add_pixi(heif, 1);
        item->coding = add_hvcc(heif, aux->coded, &item->sps);
        item->size = add_ispe(heif, aux->coded->width, aux->coded->height);
        item->type = add_auxc(heif, aux);
    }
}

static void add_camera_properties(spatial_writer *writer)
{
    const spx_spatial_heif *const photo = writer->photo;
    property_indices *const at = &writer->properties;
    at->intrinsics = add_intrinsics(&writer->heif, photo);
    at->disparity = add_disparity(&writer->heif, photo->disparity_adjustment);
    for (size_t eye = 0; eye < EYES; eye++)
        at->extrinsics[eye] = add_extrinsics(&writer->heif, photo, eye);
}

static void add_properties(spatial_writer *writer)
{
    const spx_spatial_heif *const photo = writer->photo;
    spx_heif_writer *const heif = &writer->heif;
    property_indices *const at = &writer->properties;
    at->icc = add_icc(heif, photo->icc);
    at->nclx = add_nclx(heif, &photo->nclx);
    at->coding = add_hvcc(heif, photo->coded, &writer->sps);
    if (writer->columns != 0)
        at->coded_size = add_ispe(heif, photo->coded->width, photo->coded->height);
    at->size = add_ispe(heif, photo->width, photo->height);
    at->bits = add_pixi(heif, PIXI_CHANNELS);
    if (!photo->single_view)
        add_camera_properties(writer);
    if (photo->thumbnail != NULL) {
        at->thumbnail_coding = add_hvcc(heif, photo->thumbnail, &writer->thumbnail_sps);
        at->thumbnail_size = add_ispe(heif, photo->thumbnail->width, photo->thumbnail->height);
    }
    add_aux_properties(writer);
}

/* A list of property indices, for one or more items. */
typedef struct association {
    uint8_t indices[12];
    size_t count;
} association;

static void want(association *list, uint8_t index, int essential)
{
    if (index != 0)
        list->indices[list->count++] = (uint8_t)(index | (essential ? SPX_HEIF_ESSENTIAL : 0));
}

static void associate_coded(spatial_writer *writer, uint32_t first, uint32_t count)
{
    const property_indices *const at = &writer->properties;
    association list = { .count = 0 };
    want(&list, at->coded_size, 1);
    want(&list, at->icc, 1);
    want(&list, at->nclx, 1);
    want(&list, at->coding, 1);
    for (uint32_t i = 0; i < count; i++)
        spx_heif_writer_associate(&writer->heif, first + i, list.indices, list.count);
}

static void associate_eye(spatial_writer *writer, size_t eye)
{
    const property_indices *const at = &writer->properties;
    const eye_items *const items = &writer->eyes[eye];
    association list = { .count = 0 };
    if (items->first_tile != 0)
        associate_coded(writer, items->first_tile, writer->columns * writer->rows);
    want(&list, items->first_tile != 0 ? 0 : at->coding, 1);
    want(&list, at->icc, 1);
    want(&list, at->nclx, 1);
    want(&list, at->size, 0);
    want(&list, at->bits, 0);
    want(&list, at->extrinsics[eye], 0);
    want(&list, at->intrinsics, 0);
    want(&list, at->disparity, 0);
    spx_heif_writer_associate(&writer->heif, items->picture, list.indices, list.count);
}

/* ImageIO of 2026 writes the adjustment for the pair as a whole, too. */
static void associate_group(spatial_writer *writer)
{
    association list = { .count = 0 };
    want(&list, writer->properties.disparity, 0);
    spx_heif_writer_associate(&writer->heif, writer->group, list.indices, list.count);
}

static void associate_thumbnail(spatial_writer *writer, uint32_t thumbnail)
{
    const property_indices *const at = &writer->properties;
    association list = { .count = 0 };
    want(&list, at->thumbnail_coding, 1);
    want(&list, at->icc, 1);
    want(&list, at->nclx, 1);
    want(&list, at->thumbnail_size, 0);
    want(&list, at->bits, 0);
    spx_heif_writer_associate(&writer->heif, thumbnail, list.indices, list.count);
}

static void associate_aux(spatial_writer *writer, const aux_item *item)
{
    association list = { .count = 0 };
    want(&list, item->coding, 1);
    want(&list, item->size, 0);
    want(&list, writer->properties.grey_bits, 0);
    want(&list, item->type, 1);
    spx_heif_writer_associate(&writer->heif, item->picture, list.indices, list.count);
}

spx_status spx_spatial_heif_write(spx_bytes *out, const spx_spatial_heif *photo, spx_diag *diag)
{
    static const spx_heif_item_kind exif_kind = { .type = "Exif", .hidden = 1 };
    *out = (spx_bytes){ 0 };
    spatial_writer writer = { .photo = photo, .views = photo->single_view ? 1 : EYES };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(check_photo(&writer, diag));

    for (size_t eye = 0; eye < writer.views; eye++)
        add_eye(&writer, eye);
    writer.heif.primary = writer.eyes[0].picture;
    if (!photo->single_view)
        add_group(&writer);
    if (present(photo->exif)) {
        SPX_TRY_OUT(build_exif_item(&writer, diag));
        add_metadata(&writer, &exif_kind, &writer.exif_item);
    }
    if (present(photo->xmp))
        add_metadata(&writer, &xmp_kind, photo->xmp);
    const uint32_t thumbnail = photo->thumbnail != NULL ? add_thumbnail(&writer) : 0;
    for (size_t i = 0; i < photo->aux_count; i++)
        add_aux(&writer, i);

    add_properties(&writer);
    for (size_t eye = 0; eye < writer.views; eye++)
        associate_eye(&writer, eye);
    if (writer.group != 0)
        associate_group(&writer);
    if (thumbnail != 0)
        associate_thumbnail(&writer, thumbnail);
    for (size_t i = 0; i < photo->aux_count; i++)
        associate_aux(&writer, &writer.aux[i]);
    status = spx_heif_writer_finish(&writer.heif, out, diag);

out:
    spx_heif_writer_clear(&writer.heif);
    spx_bytes_clear(&writer.exif_item);
    return status;
}
