/*
 * What a file is and whether Apple's readers take it for spatial. First everything that the file
 * says is read into the report, pair or no pair; then it is judged rule by rule, and each rule that
 * does not hold adds its sentence. Files without HEIF boxes are asked for eyes and depth only.
 */
#include "spx/info.h"

#include "base/byte_order.h"
#include "base/file.h"
#include "base/task.h"
#include "codec/damage.h"
#include "codec/own_depth.h"
#include "codec/photo_type.h"
#include "container/exif.h"
#include "container/heif_check.h"
#include "container/heif_excerpt.h"
#include "container/heif_properties.h"
#include "container/image_header.h"
#include "container/png_color.h"
#include "pipeline/photo_input.h"
#include "pipeline/stereo_input.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/*
 * The verdict follows what Apple documents as needed (stereo pair group, intrinsics, extrinsics and
 * disparity adjustment for both pictures, equal sizes and fields of view, a rectilinear pair), and
 * names all that is missing, not the first only.
 */
enum { QUARTER_TURN_DEG = 90 };

static const double um_per_mm = 1000;
static const double degrees_per_radian = 57.29577951308232;
static const double hfov_slack_deg = 0.01;
static const size_t metadata_max_bytes = 256u << 20;

static void add_reason(spx_info *info, const char *format, ...) SPX_PRINTF(2, 3);

static void add_reason(spx_info *info, const char *format, ...)
{
    if (info->reason_count == SPX_INFO_REASONS)
        return;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(info->reasons[info->reason_count], SPX_INFO_REASON_BYTES, format, args);
    va_end(args);
    info->reason_count++;
}

static const spx_heif_property *find(const spx_heif *heif, uint32_t item, const char *type)
{
    return spx_heif_find_property(heif, item, spx_fourcc(type), NULL, NULL);
}

static spx_status read_size_and_turn(spx_info_picture *out, const spx_heif *heif, spx_diag *diag)
{
    const spx_heif_property *property = find(heif, out->item, "ispe");
    if (property != NULL) {
        spx_ispe size;
        SPX_TRY(spx_ispe_read(&size, property, diag));
        out->width = size.width;
        out->height = size.height;
    }
    property = find(heif, out->item, "pixi");
    if (property != NULL) {
        spx_pixi bits;
        SPX_TRY(spx_pixi_read(&bits, property, diag));
        out->bits = bits.bits[0];
    }
    property = find(heif, out->item, "irot");
    if (property != NULL) {
        unsigned turns = 0;
        SPX_TRY(spx_irot_read(&turns, property, diag));
        out->rotation_deg = turns * QUARTER_TURN_DEG;
    }
    property = find(heif, out->item, "imir");
    if (property != NULL) {
        unsigned axis = 0;
        SPX_TRY(spx_imir_read(&axis, property, diag));
        out->mirrored = axis == 0 ? 1 : 2;
    }
    return SPX_OK;
}

/* An item may have one 'colr' with code points and one with a profile. */
static spx_status read_color(spx_info_picture *out, const spx_heif *heif, spx_diag *diag)
{
    for (size_t i = 0; i < heif->association_count; i++) {
        const spx_heif_association *const link = &heif->associations[i];
        if (link->item != out->item || link->property >= heif->property_count ||
            heif->properties[link->property].type != spx_fourcc("colr")) {
            continue;
        }
        spx_colr color;
        SPX_TRY(spx_colr_read(&color, &heif->properties[link->property], diag));
        if (color.icc_size != 0)
            out->icc_bytes = color.icc_size;
        if (color.has_nclx) {
            out->has_nclx = 1;
            out->primaries = color.nclx.primaries;
            out->transfer = color.nclx.transfer;
            out->matrix = color.nclx.matrix;
            out->full_range = color.nclx.full_range;
        }
    }
    return SPX_OK;
}

static spx_status read_camera(spx_info_picture *out, const spx_heif *heif, spx_diag *diag)
{
    const spx_heif_property *property = spx_heif_find_cmin(heif, out->item, NULL);
    if (property != NULL) {
        spx_cmin cmin;
        SPX_TRY(spx_cmin_read(&cmin, property, diag));
        out->has_intrinsics = 1;
        out->focal_x_norm = cmin.focal_x;
        out->principal_x_norm = cmin.principal_x;
        out->principal_y_norm = cmin.principal_y;
        out->skew_norm = cmin.skew;
        out->focal_x_px = cmin.focal_x * out->width;
        out->focal_y_px = cmin.anisotropic ? cmin.focal_y * out->height : out->focal_x_px;
        out->principal_x_px = cmin.principal_x * out->width;
        out->principal_y_px = cmin.principal_y * out->height;
    }
    if (out->focal_x_px > 0 && out->focal_y_px > 0) {
        out->hfov_deg = 2 * degrees_per_radian * atan(out->width / (2 * out->focal_x_px));
        out->vfov_deg = 2 * degrees_per_radian * atan(out->height / (2 * out->focal_y_px));
    }
    property = spx_heif_find_cmex(heif, out->item, NULL);
    if (property != NULL) {
        spx_cmex cmex;
        SPX_TRY(spx_cmex_read(&cmex, property, diag));
        out->has_extrinsics = 1;
        for (size_t i = 0; i < 3; i++)
            out->position_mm[i] = cmex.position_um[i] / um_per_mm;
        out->has_orientation = cmex.has_orientation;
        memcpy(out->orientation, cmex.orientation, sizeof(out->orientation));
    }
    property = spx_heif_find_disparity(heif, out->item, NULL);
    if (property != NULL) {
        SPX_TRY(spx_disparity_adjustment_read(&out->disparity_adjustment, property, diag));
        out->has_disparity_adjustment = 1;
    }
    return SPX_OK;
}

static const spx_heif_item *first_tile(const spx_heif *heif, uint32_t grid)
{
    for (size_t i = 0; i < heif->reference_count; i++) {
        const spx_heif_reference *const tile = &heif->references[i];
        if (tile->from == grid && tile->type == spx_fourcc("dimg"))
            return spx_heif_find_item(heif, tile->to);
    }
    return NULL;
}

static spx_status read_coding(spx_info_picture *out, const spx_heif *heif, spx_diag *diag)
{
    const spx_heif_item *coded = spx_heif_find_item(heif, out->item);
    if (coded != NULL && coded->type == spx_fourcc("grid")) {
        spx_grid grid;
        SPX_TRY(spx_grid_read(&grid, heif, out->item, diag));
        out->tile_columns = grid.columns;
        out->tile_rows = grid.rows;
        coded = first_tile(heif, out->item);
    }
    if (coded != NULL)
        spx_fourcc_text(coded->type, out->coding);
    return SPX_OK;
}

/* Bytes of the items that describe a picture; *exif_item: 0 = none. */
static spx_status read_metadata(spx_info_picture *out, const spx_heif *heif, uint32_t *exif_item,
                                spx_diag *diag)
{
    enum { MOST_DESCRIPTIONS = 64 }; /* each costs a walk over the items */
    int descriptions = 0;
    *exif_item = 0;
    for (size_t i = 0; i < heif->reference_count && descriptions < MOST_DESCRIPTIONS; i++) {
        const spx_heif_reference *const link = &heif->references[i];
        if (link->to != out->item || link->type != spx_fourcc("cdsc"))
            continue;
        descriptions++;
        const spx_heif_item *const item = spx_heif_find_item(heif, link->from);
        const int is_exif = item != NULL && item->type == spx_fourcc("Exif");
        const int is_xmp = item != NULL && strcmp(item->content_type, "application/rdf+xml") == 0;
        const int seen = is_exif ? out->exif_bytes != 0 : out->xmp_bytes != 0;
        if ((!is_exif && !is_xmp) || seen)
            continue;
        spx_bytes data = { 0 };
        SPX_TRY(spx_heif_item_data(heif, item->id, metadata_max_bytes, &data, diag));
        if (is_exif) {
            out->exif_bytes = data.size;
            *exif_item = item->id;
        } else {
            out->xmp_bytes = data.size;
        }
        spx_bytes_clear(&data);
    }
    out->thumbnail = spx_heif_find_reference_to(heif, spx_fourcc("thmb"), out->item);
    return SPX_OK;
}

static spx_status read_picture(spx_info_picture *out, const spx_heif *heif, uint32_t item,
                               uint32_t *exif_item, spx_diag *diag)
{
    *out = (spx_info_picture){ .item = item };
    SPX_TRY(read_coding(out, heif, diag));
    SPX_TRY(read_size_and_turn(out, heif, diag));
    SPX_TRY(read_color(out, heif, diag));
    SPX_TRY(read_camera(out, heif, diag));
    return read_metadata(out, heif, exif_item, diag);
}

/* The item's first 4 bytes tell how far behind them the TIFF header begins. */
static spx_status read_exif_item(spx_info *info, const spx_heif *heif, uint32_t item,
                                 spx_diag *diag)
{
    enum { OFFSET_BYTES = 4 };
    spx_bytes data = { 0 };
    SPX_TRY(spx_heif_item_data(heif, item, metadata_max_bytes, &data, diag));
    if (data.size > OFFSET_BYTES) {
        const uint32_t offset = spx_u32_big(data.data);
        const size_t left = data.size - OFFSET_BYTES;
        spx_exif exif = { 0 };
        if (offset < left)
            spx_exif_read(&exif, data.data + OFFSET_BYTES + offset, left - offset);
        info->exif_orientation = exif.orientation;
        info->focal_length_35mm = exif.focal_length_35mm;
    }
    spx_bytes_clear(&data);
    return SPX_OK;
}

static void judge_picture(spx_info *info, const spx_heif *heif, const spx_info_picture *eye,
                          const char *name)
{
    if (spx_heif_find_item(heif, eye->item) == NULL) {
        add_reason(info, "%s eye: the file has no item %u", name, (unsigned)eye->item);
        return;
    }
    if (strcmp(eye->coding, "hvc1") != 0)
        add_reason(info, "%s eye is coded as '%s', not as HEVC ('hvc1')", name, eye->coding);
    if (eye->width == 0 || eye->height == 0)
        add_reason(info, "%s eye has no size", name);
    const size_t tiles = (size_t)eye->tile_columns * eye->tile_rows;
    const size_t have = spx_heif_count_references_from(heif, spx_fourcc("dimg"), eye->item);
    if (tiles != 0 && tiles != have) {
        add_reason(info, "%s eye is a grid of %u x %u tiles, but has %zu", name,
                   (unsigned)eye->tile_columns, (unsigned)eye->tile_rows, have);
    }
    if (!eye->has_intrinsics) {
        add_reason(info, "%s eye has no camera intrinsics", name);
    } else if (eye->hfov_deg <= 0) {
        add_reason(info, "%s eye: a focal length of %g widths", name, eye->focal_x_norm);
    }
    if (!eye->has_extrinsics)
        add_reason(info, "%s eye has no camera extrinsics", name);
    if (!eye->has_disparity_adjustment)
        add_reason(info, "%s eye has no disparity adjustment", name);
    int essential[3] = { 0 };
    (void)spx_heif_find_cmin(heif, eye->item, &essential[0]);
    (void)spx_heif_find_cmex(heif, eye->item, &essential[1]);
    (void)spx_heif_find_disparity(heif, eye->item, &essential[2]);
    if (essential[0] || essential[1] || essential[2]) {
        add_reason(info, "%s eye marks a camera property essential, which other readers refuse",
                   name);
    }
}

static void judge_pair(spx_info *info)
{
    const spx_info_picture *const left = &info->left;
    const spx_info_picture *const right = &info->right;
    if (left->width != right->width || left->height != right->height) {
        add_reason(info, "the eyes have different sizes: %u x %u and %u x %u",
                   (unsigned)left->width, (unsigned)left->height, (unsigned)right->width,
                   (unsigned)right->height);
    }
    if (left->has_intrinsics && right->has_intrinsics &&
        fabs(left->hfov_deg - right->hfov_deg) > hfov_slack_deg) {
        add_reason(info, "the eyes have different fields of view: %g and %g degrees",
                   left->hfov_deg, right->hfov_deg);
    }
    if (left->has_disparity_adjustment && right->has_disparity_adjustment &&
        left->disparity_adjustment != right->disparity_adjustment) {
        add_reason(info, "the eyes have different disparity adjustments: %g and %g",
                   left->disparity_adjustment, right->disparity_adjustment);
    }
    if (left->has_extrinsics && right->has_extrinsics) {
        double square = 0;
        for (size_t i = 0; i < 3; i++)
            square += pow(right->position_mm[i] - left->position_mm[i], 2);
        info->has_baseline = 1;
        info->baseline_mm = sqrt(square);
        if (info->baseline_mm == 0) {
            add_reason(info, "both cameras stand at one place: the baseline is 0");
        } else if (right->position_mm[0] <= left->position_mm[0]) {
            add_reason(info, "the right eye's camera does not stand right of the left eye's");
        }
    }
    if (info->primary != left->item && info->primary != right->item)
        add_reason(info, "the primary item, %u, is none of the eyes", (unsigned)info->primary);
}

/* Every extent must lie in the file; a cut file is found here when its boxes are whole. */
static void judge_locations(spx_info *info, const spx_heif *heif)
{
    const spx_task doubts = { .warnings = &info->warnings };
    for (size_t i = 0; i < heif->location_count; i++) {
        const spx_heif_location *const where = &heif->locations[i];
        const uint64_t end = where->method == 0 ? heif->size : heif->inline_size;
        const uint64_t size = where->size == UINT64_MAX ? 0 : where->size;
        if (where->method > 1 || (where->offset <= end && size <= end - where->offset))
            continue;
        add_reason(info, "the data of item %u lies behind the end of the file",
                   (unsigned)where->item);
        spx_task_warn(&doubts, SPX_WARNING_DAMAGED,
                      "the file is cut: the data of item %u lies behind its end",
                      (unsigned)where->item);
        return;
    }
}

static void judge_stereo_group(spx_info *info, const spx_heif_stereo *stereo)
{
    char type[5];
    spx_fourcc_text(stereo->type, type);
    (void)snprintf(info->stereo_type, sizeof(info->stereo_type), "%s", type);
    if (stereo->left == 0 && stereo->right == 0) {
        add_reason(info, "the stereo pair group has %u members, not 2", (unsigned)stereo->members);
    }
}

static spx_status read_pair_disparity(spx_info_picture *eye, const spx_heif *heif,
                                      const spx_heif_stereo *stereo, spx_diag *diag)
{
    const spx_heif_property *const property =
        spx_heif_stereo_disparity(heif, stereo, eye->item, NULL);
    if (property == NULL || eye->has_disparity_adjustment)
        return SPX_OK;
    SPX_TRY(spx_disparity_adjustment_read(&eye->disparity_adjustment, property, diag));
    eye->has_disparity_adjustment = 1;
    return SPX_OK;
}

static spx_status read_stereo_group(spx_info *info, const spx_heif *heif, spx_diag *diag)
{
    spx_heif_stereo stereo;
    if (!spx_heif_find_stereo(&stereo, heif)) {
        add_reason(info, "no stereo pair group (grpl/ster)");
        return SPX_OK;
    }
    info->stereo_groups = spx_heif_count_stereo(heif);
    info->stereo_group = stereo.group;
    info->stereo_members = stereo.members;
    info->mono = stereo.mono;
    judge_stereo_group(info, &stereo);
    if (stereo.left == 0 && stereo.right == 0)
        return SPX_OK;
    if (spx_heif_find_item(heif, stereo.group) != NULL)
        add_reason(info, "the stereo pair group has the id of an item, %u", (unsigned)stereo.group);
    uint32_t ignored = 0;
    SPX_TRY(read_picture(&info->left, heif, stereo.left, &ignored, diag));
    SPX_TRY(read_picture(&info->right, heif, stereo.right, &ignored, diag));
    SPX_TRY(read_pair_disparity(&info->left, heif, &stereo, diag));
    SPX_TRY(read_pair_disparity(&info->right, heif, &stereo, diag));
    judge_picture(info, heif, &info->left, "left");
    judge_picture(info, heif, &info->right, "right");
    judge_pair(info);
    return SPX_OK;
}

/* What an auxiliary picture is for, by the last part of its type. */
static int aux_ends_in(const spx_heif *heif, uint32_t item, const char *const ends[], size_t count)
{
    const spx_heif_property *const property = find(heif, item, "auxC");
    if (property == NULL || property->size <= 4)
        return 0;
    const char *const text = (const char *)property->payload + 4; /* behind version and flags */
    const size_t length = strnlen(text, property->size - 4);
    for (size_t i = 0; i < count; i++) {
        const size_t end = strlen(ends[i]);
        if (length >= end && memcmp(text + length - end, ends[i], end) == 0)
            return 1;
    }
    return 0;
}

static void add_group_name(spx_info *info, const spx_heif_group *group)
{
    char name[8];
    const size_t used = strlen(info->other_groups);
    spx_fourcc_text(group->type, name);
    if (strstr(info->other_groups, name) == NULL) {
        (void)snprintf(info->other_groups + used, sizeof(info->other_groups) - used, "%s%s",
                       used == 0 ? "" : " ", name);
    }
}

/* Gain maps, depth, and groups that have nothing to do with stereo. */
static void read_company(spx_info *info, const spx_heif *heif)
{
    static const char *const gain[] = { "hdrgainmap" };
    static const char *const depth[] = { "auxid:2", "auxiliary:depth" };
    for (size_t i = 0; i < heif->item_count; i++) {
        const spx_heif_item *const item = &heif->items[i];
        info->tone_map |= item->type == spx_fourcc("tmap");
        info->gain_map |= aux_ends_in(heif, item->id, gain, sizeof(gain) / sizeof(*gain));
        info->depth_map |= aux_ends_in(heif, item->id, depth, sizeof(depth) / sizeof(*depth));
    }
    info->gain_map |= info->tone_map; /* that derives from one */
    for (size_t i = 0; i < heif->group_count; i++) {
        if (!spx_heif_is_stereo(&heif->groups[i]))
            add_group_name(info, &heif->groups[i]);
    }
}

static spx_status check_clauses(spx_info *info, const spx_heif *heif, spx_diag *diag)
{
    spx_heif_findings found;
    SPX_TRY(spx_heif_check(&found, heif, diag));
    info->violations_found = found.total;
    for (size_t i = 0; i < found.count && i < SPX_INFO_VIOLATIONS; i++) {
        spx_info_violation *const one = &info->violations[info->violation_count++];
        (void)snprintf(one->clause, sizeof(one->clause), "%s", found.list[i].clause);
        (void)snprintf(one->text, sizeof(one->text), "%s", found.list[i].text);
    }
    return SPX_OK;
}

static spx_status read_heif(spx_info *info, const void *data, size_t size, const char *name,
                            spx_diag *diag)
{
    spx_heif *heif = NULL;
    spx_status status = SPX_OK;
    uint32_t exif_item = 0;
    SPX_TRY(spx_heif_read(&heif, data, size, name, NULL, diag));
    info->item_count = heif->item_count;
    info->primary = heif->primary;
    SPX_TRY_OUT(read_picture(&info->picture, heif, spx_heif_photo_item(heif), &exif_item, diag));
    info->width = info->picture.width;
    info->height = info->picture.height;
    const int is_av1 = strcmp(info->picture.coding, "av01") == 0;
    (void)snprintf(info->format, sizeof(info->format), "%s", is_av1 ? "AVIF" : "HEIC");
    if (exif_item != 0)
        SPX_TRY_OUT(read_exif_item(info, heif, exif_item, diag));
    SPX_TRY_OUT(read_stereo_group(info, heif, diag));
    read_company(info, heif);
    judge_locations(info, heif);
    SPX_TRY_OUT(check_clauses(info, heif, diag));

out:
    spx_heif_destroy(heif);
    return status;
}

static void read_other(spx_info *info, const void *data, size_t size)
{
    spx_image_header header;
    spx_image_header_read(&header, data, size);
    const spx_photo_type type = spx_photo_type_of(data, size);
    if (strcmp(header.format, "unknown") == 0 || type == SPX_PHOTO_TYPE_RAW)
        header.format = spx_photo_type_name(type);
    (void)snprintf(info->format, sizeof(info->format), "%s", header.format);
    info->width = header.width;
    info->height = header.height;
    if (header.exif != NULL) {
        spx_exif exif;
        spx_exif_read(&exif, header.exif, header.exif_size);
        info->exif_orientation = exif.orientation;
        info->focal_length_35mm = exif.focal_length_35mm;
    }
    if (strcmp(header.format, "unknown") == 0) {
        add_reason(info, "it is not a HEIC file, nor of any other picture format known here");
    } else {
        add_reason(info, "it is a %s file, not HEIC", header.format);
    }
}

static spx_status look_for_depth(spx_info *info, const void *data, size_t size, const char *name,
                                 spx_diag *diag)
{
    spx_own_depth depth;
    SPX_TRY(spx_own_depth_probe(&depth, data, size, name, diag));
    (void)snprintf(info->depth_source, sizeof(info->depth_source), "%s", depth.what);
    info->depth_map |= depth.what[0] != '\0';
    info->depth_width = depth.width;
    info->depth_height = depth.height;
    return SPX_OK;
}

/* The size of each eye as it comes out. */
static void eye_size(const spx_info *info, const spx_stereo_found *found, uint32_t *width,
                     uint32_t *height)
{
    *width = info->left.item != 0 ? info->left.width : info->width;
    *height = info->left.item != 0 ? info->left.height : info->height;
    if (found->layout.place == SPX_EYES_BESIDE && found->layout.squeeze != SPX_EYES_HALF)
        *width /= 2;
    if (found->layout.place == SPX_EYES_ABOVE && found->layout.squeeze != SPX_EYES_HALF)
        *height /= 2;
}

static spx_status read_eyes(spx_info *info, const spx_stereo_file *file, spx_diag *diag)
{
    enum { KIND_BYTES = 64, BASELINE_BYTES = 32 };
    char kind[KIND_BYTES];
    char baseline[BASELINE_BYTES] = "";
    spx_stereo_found found;
    uint32_t width = 0;
    uint32_t height = 0;
    SPX_TRY(spx_stereo_find(&found, file, diag));
    if (found.kind == SPX_STEREO_KIND_NONE)
        return SPX_OK;
    spx_stereo_found_describe(&found, kind, sizeof(kind));
    eye_size(info, &found, &width, &height);
    if (found.kind == SPX_STEREO_KIND_VR180) {
        (void)snprintf(baseline, sizeof(baseline), ", %.0f x %.0f degrees", found.part.width_deg,
                       found.part.height_deg);
    } else if (found.baseline_mm > 0.0) {
        (void)snprintf(baseline, sizeof(baseline), ", baseline %.4g mm", found.baseline_mm);
    }
    (void)snprintf(info->eyes, sizeof(info->eyes), "%s, 2 x %ux%u%s", kind, width, height,
                   baseline);
    return SPX_OK;
}

/* Code points of PQ and HLG (ISO/IEC 23091-2, TransferCharacteristics). */
static int is_hdr(unsigned transfer)
{
    enum { PQ = 16, HLG = 18 };
    return transfer == PQ || transfer == HLG;
}

/* What a conversion would warn of, as far as it shows without decoding. */
static void look_for_doubts(spx_info *info, const void *data, size_t size, const char *name)
{
    const spx_photo_type type = spx_photo_type_of(data, size);
    const spx_task doubts = { .warnings = &info->warnings };
    spx_png_color png = { 0 };
    if (info->width != 0 && info->height != 0 && type != SPX_PHOTO_TYPE_RAW)
        spx_input_look_at_size(info->width, info->height, &doubts);
    const spx_damage damage = spx_damage_find(type, data, size);
    (void)!spx_damage_judge(&damage, type, name, 1, &doubts, NULL);
    if (type == SPX_PHOTO_TYPE_PNG)
        spx_png_color_read(&png, data, size);
    if ((info->picture.has_nclx && is_hdr(info->picture.transfer)) ||
        (png.has_cicp && is_hdr(png.transfer)))
        spx_task_warn(&doubts, SPX_WARNING_HDR_AS_SDR, "HDR photo: it will be shown as SDR");
}

void spx_info_size(const void *data, size_t size, uint32_t *width, uint32_t *height)
{
    spx_info info = { 0 };
    if (!spx_heif_recognises(data, size)) {
        read_other(&info, data, size);
    } else if (read_heif(&info, data, size, "photo", NULL) != SPX_OK) {
        info = (spx_info){ 0 };
    }
    *width = info.width;
    *height = info.height;
}

spx_status spx_info_read(spx_info *out, const spx_input *input, const spx_limits *limits,
                         spx_diag *diag)
{
    *out = (spx_info){ 0 };
    spx_limits defaults;
    spx_limits_init(&defaults);
    const uint64_t max_bytes = limits != NULL ? limits->file_bytes : defaults.file_bytes;
    const char *name = input->name != NULL ? input->name : input->path;
    name = name != NULL ? name : "photo";
    if (input->data == NULL && input->path == NULL)
        return spx_fail(diag, SPX_ERR_ARGUMENT, "%s: neither a path nor data", name);
    spx_bytes file = { 0 };
    spx_status status = SPX_OK;
    if (input->data == NULL)
        SPX_TRY(spx_file_read(input->path, max_bytes, &file, diag));
    const void *const data = input->data != NULL ? input->data : file.data;
    const size_t size = input->data != NULL ? input->size : file.size;
    if (size > max_bytes) {
        status = spx_fail(diag, SPX_ERR_LIMIT, "%s: %zu bytes are over the limit of %llu", name,
                          size, (unsigned long long)max_bytes);
        goto out;
    }
    if (size == 0) {
        status = spx_fail(diag, SPX_ERR_TRUNCATED, "%s: the file is empty", name);
        goto out;
    }
    out->file_bytes = size;
    if (spx_heif_recognises(data, size)) {
        SPX_TRY_OUT(read_heif(out, data, size, name, diag));
    } else {
        read_other(out, data, size);
    }
    look_for_doubts(out, data, size, name);
    SPX_TRY_OUT(look_for_depth(out, data, size, name, diag));
    const spx_stereo_file eyes = {
        .data = data, .size = size, .name = name, .limits = limits != NULL ? limits : &defaults
    };
    SPX_TRY_OUT(read_eyes(out, &eyes, diag));
    out->spatial = out->reason_count == 0;

out:
    spx_bytes_clear(&file);
    if (status != SPX_OK)
        *out = (spx_info){ 0 };
    return status;
}
