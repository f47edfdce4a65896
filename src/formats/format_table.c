/*
 * The table of formats. A new format is one row here and its function (writers.h), or a row alone
 * where it is another picture of both eyes, film or quilt; every surface reads the rest from the
 * row: library, command line, help, API, page, completions.
 *
 * A program may add rows of its own when it is built with SPX_FORMAT_ROWS_FILE, the name of a file
 * that is included at the end of the table: the tests prove with it that a row is all it takes.
 */
#include "formats/format_table.h"

#include "base/file.h"
#include "base/suggest.h"
#include "formats/writers.h"

#include <stdio.h>
#include <string.h>

static const spx_format_row rows[] = {
    { { .flag = SPX_FORMAT_SPATIAL,
        .word = "spatial",
        .file = "%s_spatial.heic",
        .media_type = "image/heic",
        .needs = SPX_NEEDS_EYES,
        .groups = "headsets",
        .shelf = "apple",
        .label = "Spatial photo",
        .help = "stereo HEIC that Vision Pro and iPhone show as spatial; elsewhere an ordinary "
                "photo" },
      .write = spx_write_spatial },
    { { .flag = SPX_FORMAT_SBS,
        .word = "sbs",
        .file = "%s_sbs.hevc",
        .media_type = "video/hevc",
        .needs = SPX_NEEDS_EYES,
        .shelf = "headsets",
        .label = "Side by side, HEVC",
        .help = "left and right eye side by side as an HEVC stream, for video players; shrunk "
                "where both are over 35.6 megapixels together" },
      .write = spx_write_side_by_side },
    { { .flag = SPX_FORMAT_DEPTH,
        .word = "depth",
        .file = "depth_image.jpg",
        .media_type = "image/jpeg",
        .needs = SPX_NEEDS_DEPTH,
        .shelf = "parts",
        .label = "Depth image",
        .help = "the depth as a grey picture, white = near" },
      .write = spx_write_depth },
    { { .flag = SPX_FORMAT_LEFT,
        .word = "left",
        .file = "stereo_left.png",
        .media_type = "image/png",
        .needs = SPX_NEEDS_EYES,
        .shelf = "parts",
        .label = "Left eye",
        .help = "the left eye without loss; 16 bits when the photo has them" },
      .write = spx_write_left },
    { { .flag = SPX_FORMAT_RIGHT,
        .word = "right",
        .file = "stereo_right.png",
        .media_type = "image/png",
        .needs = SPX_NEEDS_EYES,
        .shelf = "parts",
        .label = "Right eye",
        .help = "the right eye without loss; 16 bits when the photo has them" },
      .write = spx_write_right },
    { { .flag = SPX_FORMAT_DEPTH16,
        .word = "depth16",
        .file = "depth16.png",
        .media_type = "image/png",
        .needs = SPX_NEEDS_DEPTH,
        .shelf = "parts",
        .label = "Depth, 16 bit",
        .help = "the depth in 16 bits, white = near" },
      .write = spx_write_depth16 },
    { { .flag = SPX_FORMAT_DEPTH_RAW,
        .word = "depth-raw",
        .old_words = "depth_raw",
        .file = "depth_raw.pfm",
        .media_type = "image/x-portable-floatmap",
        .needs = SPX_NEEDS_RAW,
        .shelf = "parts",
        .label = "Depth, raw numbers",
        .help = "the network's own numbers at its own size, larger = nearer" },
      .write = spx_write_depth_raw },
    { { .flag = (spx_format)1 << 7,
        .word = "sbs-jpg",
        .file = "%s_LRF_Full_SBS.jpg",
        .media_type = "image/jpeg",
        .needs = SPX_NEEDS_EYES,
        .groups = "headsets",
        .shelf = "headsets",
        .label = "Side by side",
        .help =
            "left and right eye side by side at full size, for players on headsets and glasses" },
      .flat = &(const spx_flat_form){ .layout = SPX_FLAT_BESIDE,
                                      .type = SPX_IMAGE_TYPE_JPEG,
                                      .instead = "use hsbs, or sbs-png" } },
    { { .flag = (spx_format)1 << 8,
        .word = "sbs-png",
        .file = "%s_LRF_Full_SBS.png",
        .media_type = "image/png",
        .needs = SPX_NEEDS_EYES,
        .shelf = "headsets",
        .label = "Side by side, no loss",
        .help = "the same without loss; 16 bits when the photo has them" },
      .flat = &(const spx_flat_form){ .layout = SPX_FLAT_BESIDE, .type = SPX_IMAGE_TYPE_PNG } },
    { { .flag = (spx_format)1 << 9,
        .word = "hsbs",
        .file = "%s_LR.jpg",
        .media_type = "image/jpeg",
        .needs = SPX_NEEDS_EYES,
        .groups = "headsets",
        .shelf = "screens",
        .label = "Side by side, half",
        .help = "left and right eye side by side, each squeezed to half its width, for 3D "
                "televisions" },
      .flat = &(const spx_flat_form){ .layout = SPX_FLAT_HALF_BESIDE,
                                      .type = SPX_IMAGE_TYPE_JPEG,
                                      .instead = "use a smaller photo" } },
    { { .flag = (spx_format)1 << 10,
        .word = "ou",
        .file = "%s_TBF_fulltb.jpg",
        .media_type = "image/jpeg",
        .needs = SPX_NEEDS_EYES,
        .shelf = "headsets",
        .label = "Over-under",
        .help = "the left eye above the right one at full size" },
      .flat = &(const spx_flat_form){ .layout = SPX_FLAT_ABOVE,
                                      .type = SPX_IMAGE_TYPE_JPEG,
                                      .instead = "use hou" } },
    { { .flag = (spx_format)1 << 11,
        .word = "hou",
        .file = "%s_TB.jpg",
        .media_type = "image/jpeg",
        .needs = SPX_NEEDS_EYES,
        .shelf = "screens",
        .label = "Over-under, half",
        .help = "the left eye above the right one, each squeezed to half its height, for 3D "
                "televisions" },
      .flat = &(const spx_flat_form){ .layout = SPX_FLAT_HALF_ABOVE,
                                      .type = SPX_IMAGE_TYPE_JPEG,
                                      .instead = "use a smaller photo" } },
    { { .flag = (spx_format)1 << 12,
        .word = "rows",
        .file = "%s_rows.png",
        .media_type = "image/png",
        .needs = SPX_NEEDS_EYES,
        .shelf = "screens",
        .label = "Row by row",
        .help = "rows of both eyes in turn, the left one first, for passive 3D monitors" },
      .flat = &(const spx_flat_form){ .layout = SPX_FLAT_ROWS, .type = SPX_IMAGE_TYPE_PNG } },
    { { .flag = (spx_format)1 << 13,
        .word = "leia",
        .file = "%s_2x1.jpg",
        .media_type = "image/jpeg",
        .needs = SPX_NEEDS_EYES,
        .groups = "displays",
        .shelf = "screens",
        .label = "Leia, Lume Pad, Nubia Pad",
        .help = "left and right eye side by side under the name that these tablets look for" },
      .flat = &(const spx_flat_form){ .layout = SPX_FLAT_BESIDE,
                                      .type = SPX_IMAGE_TYPE_JPEG,
                                      .instead = "use a smaller photo" } },
    { { .flag = (spx_format)1 << 14,
        .word = "rgbd",
        .file = "%s_RGBD.jpg",
        .media_type = "image/jpeg",
        .needs = SPX_NEEDS_PHOTO | SPX_NEEDS_DEPTH,
        .groups = "displays",
        .shelf = "screens",
        .label = "Picture and depth",
        .help = "the photo with its depth at its right, white = near, for Looking Glass and other "
                "screens" },
      .write = spx_write_rgbd },
    { { .flag = (spx_format)1 << 15,
        .word = "anaglyph",
        .file = "%s_redcyan_dubois.jpg",
        .media_type = "image/jpeg",
        .needs = SPX_NEEDS_EYES,
        .groups = "phones",
        .shelf = "send",
        .label = "Anaglyph",
        .help = "one picture for red-cyan glasses" },
      .write = spx_write_anaglyph,
      .file_of = spx_anaglyph_file },
    { { .flag = (spx_format)1 << 16,
        .word = "cross",
        .file = "%s_RLF_cross.jpg",
        .media_type = "image/jpeg",
        .needs = SPX_NEEDS_EYES,
        .shelf = "send",
        .label = "Cross-eyed pair",
        .help = "right and left eye side by side, to look at with crossed eyes" },
      .flat = &(const spx_flat_form){ .layout = SPX_FLAT_BESIDE,
                                      .right_first = 1,
                                      .type = SPX_IMAGE_TYPE_JPEG,
                                      .instead = "use a smaller photo, or hsbs" } },
    { { .flag = (spx_format)1 << 17,
        .word = "mpo",
        .file = "%s.mpo",
        .media_type = "image/mpo",
        .needs = SPX_NEEDS_EYES,
        .shelf = "cameras",
        .label = "MPO",
        .help = "both eyes in one file as 3D cameras write it, for 3D televisions and viewers" },
      .write = spx_write_mpo },
    { { .flag = (spx_format)1 << 18,
        .word = "mpo-3ds",
        .file = "HNI_0001.MPO",
        .media_type = "image/mpo",
        .needs = SPX_NEEDS_EYES,
        .shelf = "cameras",
        .label = "Nintendo 3DS",
        .help = "both eyes in 640x480 as the console reads them, for its folder DCIM/100NIN03" },
      .write = spx_write_mpo_3ds },
    { { .flag = (spx_format)1 << 19,
        .word = "jps",
        .file = "%s.jps",
        .media_type = "image/x-jps",
        .needs = SPX_NEEDS_EYES,
        .shelf = "cameras",
        .label = "JPS",
        .help = "right and left eye in a JPEG that says so, for stereo viewers on computers" },
      .flat = &(const spx_flat_form){ .layout = SPX_FLAT_BESIDE,
                                      .right_first = 1,
                                      .type = SPX_IMAGE_TYPE_JPEG,
                                      .jps_mark = 1,
                                      .instead = "use pns" } },
    { { .flag = (spx_format)1 << 20,
        .word = "pns",
        .file = "%s.pns",
        .media_type = "image/png",
        .needs = SPX_NEEDS_EYES,
        .shelf = "cameras",
        .label = "PNS",
        .help = "left and right eye in a PNG that says so, without loss" },
      .flat = &(const spx_flat_form){ .layout = SPX_FLAT_BESIDE,
                                      .type = SPX_IMAGE_TYPE_PNG,
                                      .stereo = SPX_PNG_STEREO_PARALLEL } },
    { { .flag = (spx_format)1 << 21,
        .word = "portrait",
        .file = "%s_portrait.heic",
        .media_type = "image/heic",
        .needs = SPX_NEEDS_PHOTO | SPX_NEEDS_DEPTH,
        .shelf = "apple",
        .label = "Portrait",
        .help = "HEIC of the photo with its depth, as iPhones keep it beside portraits" },
      .write = spx_write_portrait },
    { { .flag = (spx_format)1 << 22,
        .word = "dynamic-depth",
        .old_words = "gdepth",
        .file = "%s_depth.jpg",
        .media_type = "image/jpeg",
        .needs = SPX_NEEDS_PHOTO | SPX_NEEDS_DEPTH,
        .shelf = "parts",
        .label = "Photo with depth, JPEG",
        .help = "JPEG of the photo with its depth, as Android phones keep it (Dynamic Depth and "
                "GDepth)" },
      .write = spx_write_dynamic_depth },
    { { .flag = (spx_format)1 << 23,
        .word = "vr180",
        .file = "%s.vr.jpg",
        .media_type = "image/jpeg",
        .needs = SPX_NEEDS_EYES,
        .shelf = "headsets",
        .label = "VR180 photo",
        .help = "both eyes on a sphere, which shows the photo at its true size in a headset, with "
                "nothing around it; elsewhere an ordinary JPEG" },
      .write = spx_write_vr180 },
    { { .flag = (spx_format)1 << 24,
        .word = "vr180-sbs",
        .file = "%s_180x180_LR.jpg",
        .media_type = "image/jpeg",
        .needs = SPX_NEEDS_EYES,
        .shelf = "headsets",
        .label = "VR180, side by side",
        .help = "half spheres of both eyes side by side, black around the photo, for players on "
                "headsets" },
      .write = spx_write_vr180_sbs },
    { { .flag = (spx_format)1 << 30,
        .word = "wiggle",
        .old_words = "wiggle-gif",
        .file = "%s_wiggle.gif",
        .media_type = "image/gif",
        .needs = SPX_NEEDS_PHOTO | SPX_NEEDS_DEPTH,
        .groups = "phones",
        .shelf = "send",
        .label = "Wiggle, GIF",
        .help =
            "the photo sways between both eyes, for ever and everywhere; 640 pixels, 255 colours" },
      .film = &(const spx_film_form){ .type = SPX_FILM_GIF, .long_side = 640, .times = 1 } },
    { { .flag = (spx_format)1 << 31,
        .word = "wiggle-webp",
        .file = "%s_wiggle.webp",
        .media_type = "image/webp",
        .needs = SPX_NEEDS_PHOTO | SPX_NEEDS_DEPTH,
        .groups = "phones",
        .shelf = "send",
        .label = "Wiggle, WebP",
        .help = "the photo sways between both eyes, in all its colours; 800 pixels" },
      .film = &(const spx_film_form){ .type = SPX_FILM_WEBP, .long_side = 800, .times = 1 } },
    { { .flag = (spx_format)1 << 32,
        .word = "wiggle-mp4",
        .file = "%s_wiggle.mp4",
        .media_type = "video/mp4",
        .needs = SPX_NEEDS_PHOTO | SPX_NEEDS_DEPTH,
        .groups = "phones",
        .shelf = "send",
        .label = "Wiggle, MP4",
        .help = "the photo sways between both eyes, as a film that messengers play" },
      .film = &(const spx_film_form){ .type = SPX_FILM_MP4, .long_side = 800, .times = 4 } },
    { { .flag = (spx_format)1 << 33,
        .word = "parallax",
        .old_words = "parallax-mp4",
        .file = "%s_parallax.mp4",
        .media_type = "video/mp4",
        .needs = SPX_NEEDS_PHOTO | SPX_NEEDS_DEPTH,
        .groups = "phones",
        .shelf = "send",
        .label = "Moving photo, MP4",
        .help = "a slow move around the photo's subject, 3 s, for messengers and social networks" },
      .film = &(const spx_film_form){ .type = SPX_FILM_MP4,
                                      .long_side = 1080,
                                      .around_per_second = 24,
                                      .swing_per_second = 30 } },
    { { .flag = (spx_format)1 << 34,
        .word = "parallax-webp",
        .file = "%s_parallax.webp",
        .media_type = "image/webp",
        .needs = SPX_NEEDS_PHOTO | SPX_NEEDS_DEPTH,
        .groups = "phones",
        .shelf = "send",
        .label = "Moving photo, WebP",
        .help = "a slow move around the photo's subject, as a picture for web pages" },
      .film = &(const spx_film_form){ .type = SPX_FILM_WEBP,
                                      .long_side = 720,
                                      .around_per_second = 20,
                                      .swing_per_second = 20 } },
    { { .flag = (spx_format)1 << 35,
        .word = "quilt",
        .file = "%s_qs8x6a0.75.jpg",
        .media_type = "image/jpeg",
        .needs = SPX_NEEDS_PHOTO | SPX_NEEDS_DEPTH,
        .groups = "displays",
        .shelf = "screens",
        .label = "Quilt, Looking Glass Portrait",
        .help =
            "48 views for a Looking Glass Portrait, cut to its upright shape around the subject" },
      .quilt = &(const spx_display){ 8, 6, 3360, 3360, 0.75 } },
    { { .flag = (spx_format)1 << 36,
        .word = "quilt-go",
        .file = "%s_qs11x6a0.5625.jpg",
        .media_type = "image/jpeg",
        .needs = SPX_NEEDS_PHOTO | SPX_NEEDS_DEPTH,
        .shelf = "screens",
        .label = "Quilt, Looking Glass Go",
        .help = "66 views for a Looking Glass Go, cut to its upright shape around the subject" },
      .quilt = &(const spx_display){ 11, 6, 4092, 4092, 0.5625 } },
    { { .flag = (spx_format)1 << 37,
        .word = "quilt-landscape",
        .file = "%s_qs7x7a1.77778.jpg",
        .media_type = "image/jpeg",
        .needs = SPX_NEEDS_PHOTO | SPX_NEEDS_DEPTH,
        .shelf = "screens",
        .label = "Quilt, Looking Glass 16\"",
        .help = "49 views for a Looking Glass 16\" in landscape" },
      .quilt = &(const spx_display){ 7, 7, 5999, 5999, 1.77778 } },
    { { .flag = (spx_format)1 << 38,
        .word = "lenticular",
        .file = "%s_lenticular.png",
        .media_type = "image/png",
        .needs = SPX_NEEDS_PHOTO | SPX_NEEDS_DEPTH,
        .shelf = "cameras",
        .label = "Lenticular print",
        .help = "ten views in stripes, to print at 600 dots per inch behind a sheet of 60 lenses "
                "per inch, 6 inches long" },
      .write = spx_write_lenticular },
    { { .flag = (spx_format)1 << 39,
        .word = "pitch-sheet",
        .file = "%s_pitch_sheet.png",
        .media_type = "image/png",
        .needs = SPX_NEEDS_PHOTO | SPX_NEEDS_DEPTH,
        .shelf = "cameras",
        .label = "Lens sheet test",
        .help = "bands of 59.4 to 60.6 lenses per inch: the one that looks even through a lens "
                "sheet is the sheet's pitch" },
      .write = spx_write_pitch_sheet },
    { { .flag = (spx_format)1 << 40,
        .word = "glb",
        .file = "%s_scene.glb",
        .media_type = "model/gltf-binary",
        .needs = SPX_NEEDS_PHOTO | SPX_NEEDS_DEPTH,
        .groups = "scene",
        .shelf = "scene",
        .label = "Scene, glTF",
        .help =
            "three nets with pictures, in metres, for Blender, three.js, headset browsers and 3D "
            "viewers" },
      .write = spx_write_glb },
    { { .flag = (spx_format)1 << 41,
        .word = "splat",
        .file = "%s_splat.ply",
        .media_type = "application/octet-stream",
        .needs = SPX_NEEDS_PHOTO | SPX_NEEDS_DEPTH,
        .groups = "scene",
        .shelf = "scene",
        .label = "Gaussian splats, PLY",
        .help = "the scene as soft discs in metres, for splat viewers and editors" },
      .write = spx_write_splat },
    { { .flag = (spx_format)1 << 42,
        .word = "splat-glb",
        .file = "%s_splat.glb",
        .media_type = "model/gltf-binary",
        .needs = SPX_NEEDS_PHOTO | SPX_NEEDS_DEPTH,
        .shelf = "scene",
        .label = "Gaussian splats, glTF",
        .help = "the same in glTF with KHR_gaussian_splatting; elsewhere a cloud of points" },
      .write = spx_write_splat_glb },
    { { .flag = (spx_format)1 << 43,
        .word = "html",
        .old_words = "scene-html",
        .file = "%s_scene.html",
        .media_type = "text/html",
        .needs = SPX_NEEDS_PHOTO | SPX_NEEDS_DEPTH,
        .groups = "scene",
        .shelf = "scene",
        .label = "Web page to look around in",
        .help = "one page of at most 4 MB that needs nothing else: it follows mouse, finger and "
                "tilt, and has a button for headsets" },
      .write = spx_write_page },
#ifdef SPX_FORMAT_ROWS_FILE
#include SPX_FORMAT_ROWS_FILE
#endif
};
enum { ROW_COUNT = sizeof(rows) / sizeof(rows[0]) };

static const spx_format_group groups[] = {
    { .word = "default", .help = "what is made when nothing is asked for" },
    { .word = "headsets", .help = "for headsets" },
    { .word = "phones", .help = "to look at and send with a phone" },
    { .word = "displays", .help = "for screens that show depth by themselves" },
    { .word = "scene", .help = "for programs and pages that show scenes" },
    { .word = "all", .help = "every format" },
};
enum { GROUP_COUNT = sizeof(groups) / sizeof(groups[0]) };

static const spx_format_group shelves[] = {
    { .word = "apple", .label = "For Vision Pro, iPhone and iPad" },
    { .word = "headsets", .label = "For other headsets and glasses" },
    { .word = "screens", .label = "For a 3D TV or 3D screen" },
    { .word = "send", .label = "To send" },
    { .word = "cameras", .label = "For 3D cameras, viewers and prints" },
    { .word = "scene", .label = "As a scene" },
    { .word = "parts", .label = "Depth and single eyes" },
};
enum { SHELF_COUNT = sizeof(shelves) / sizeof(shelves[0]) };

/* Whether `word` (of that size) is one of `list`, words joined by commas. */
static int is_listed(const char *list, const char *word, size_t size)
{
    for (const char *at = list; at != NULL && *at != '\0';) {
        const size_t length = strcspn(at, ",");
        if (length == size && memcmp(at, word, size) == 0)
            return 1;
        at += length + (at[length] == ',');
    }
    return 0;
}

size_t spx_format_count(void)
{
    return ROW_COUNT;
}

const spx_format_info *spx_format_at(size_t index)
{
    return &rows[index].info;
}

const spx_format_row *spx_format_row_of(spx_format flag)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (rows[i].info.flag == flag)
            return &rows[i];
    }
    return NULL;
}

const spx_format_info *spx_format_of(spx_format flag)
{
    const spx_format_row *const row = spx_format_row_of(flag);
    return row == NULL ? NULL : &row->info;
}

static spx_format named(const char *word, size_t size)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        const spx_format_info *const info = &rows[i].info;
        if (is_listed(info->word, word, size) || is_listed(info->old_words, word, size))
            return info->flag;
    }
    return 0;
}

spx_format spx_format_named(const char *word)
{
    return named(word, strlen(word));
}

spx_format spx_formats_all(void)
{
    spx_format all = 0;
    for (size_t i = 0; i < ROW_COUNT; i++)
        all |= rows[i].info.flag;
    return all;
}

/* A name's last part without extension and without the end that outpainted photos have. */
static size_t stem_size(const char *name)
{
    static const char expanded[] = "_outpainted";
    const size_t tail = sizeof(expanded) - 1;
    const char *const dot = strrchr(name, '.');
    const size_t size = dot == NULL || dot == name ? strlen(name) : (size_t)(dot - name);
    const int is_expanded = size > tail && memcmp(name + size - tail, expanded, tail) == 0;
    return is_expanded ? size - tail : size;
}

size_t spx_format_file_name(char *out, size_t size, spx_format format, const char *photo,
                            const spx_convert_options *options)
{
    const spx_format_row *const row = spx_format_row_of(format);
    const char *const name = spx_path_name(photo);
    if (size > 0)
        out[0] = '\0';
    if (row == NULL)
        return 0;
    const char *const form = row->file_of != NULL ? row->file_of(options) : row->info.file;
    const char *const place = strstr(form, "%s");
    const int length = place == NULL ? snprintf(out, size, "%s", form)
                                     : snprintf(out, size, "%.*s%.*s%s", (int)(place - form), form,
                                                (int)stem_size(name), name, place + 2);
    return length < 0 ? 0 : (size_t)length;
}

spx_status spx_format_write(spx_bytes *out, const spx_format_row *row, const spx_master *master,
                            const spx_task *task, spx_diag *diag)
{
    if (row->flat != NULL)
        return spx_write_flat(out, master, &row->info, row->flat, task, diag);
    if (row->film != NULL)
        return spx_write_film(out, master, row->film, task, diag);
    if (row->quilt != NULL)
        return spx_write_quilt(out, master, row->quilt, task, diag);
    return row->write(out, master, task, diag);
}

unsigned spx_formats_needs(spx_format formats)
{
    unsigned needs = 0;
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if ((rows[i].info.flag & formats) != 0)
            needs |= rows[i].info.needs;
    }
    return needs;
}

size_t spx_format_group_count(void)
{
    return GROUP_COUNT;
}

const spx_format_group *spx_format_group_at(size_t index)
{
    return &groups[index];
}

static spx_format group_flags(const char *word, size_t size)
{
    if (is_listed("default", word, size))
        return SPX_FORMATS_DEFAULT;
    if (is_listed("all", word, size))
        return spx_formats_all();
    spx_format flags = 0;
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (is_listed(rows[i].info.groups, word, size))
            flags |= rows[i].info.flag;
    }
    return flags;
}

spx_format spx_format_group_flags(const char *word)
{
    return group_flags(word, strlen(word));
}

size_t spx_format_shelf_count(void)
{
    return SHELF_COUNT;
}

const spx_format_group *spx_format_shelf_at(size_t index)
{
    return &shelves[index];
}

/* For "did you mean ...?". */
static const char *most_similar(const char *word)
{
    spx_suggestion suggestion = { 0 };
    for (size_t i = 0; i < ROW_COUNT; i++)
        spx_suggestion_offer(&suggestion, word, rows[i].info.word);
    for (size_t i = 0; i < GROUP_COUNT; i++)
        spx_suggestion_offer(&suggestion, word, groups[i].word);
    return suggestion.best;
}

static spx_status fail_unknown(const char *word, size_t size, spx_diag *diag)
{
    enum { SHOWN = 32, LIST_SIZE = 400 };
    char shown[SHOWN + 1];
    char list[LIST_SIZE] = "";
    size_t used = 0;
    (void)snprintf(shown, sizeof(shown), "%.*s", (int)(size < SHOWN ? size : SHOWN), word);
    const char *const similar = most_similar(shown);
    if (similar != NULL) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "no format '%s' (did you mean %s?)", shown,
                        similar);
    }
    for (size_t i = 0; i < ROW_COUNT && used < sizeof(list); i++) {
        used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s", i == 0 ? "" : ", ",
                                 rows[i].info.word);
    }
    return spx_fail(diag, SPX_ERR_ARGUMENT, "'%s' is none of %s", shown, list);
}

spx_status spx_formats_read_both(spx_format *out, spx_format *optional, const char *words,
                                 spx_diag *diag)
{
    spx_format alone = 0;
    spx_format grouped = 0;
    *out = 0;
    *optional = 0;
    for (const char *at = words;;) {
        const size_t size = strcspn(at, ",");
        const spx_format one = named(at, size);
        const spx_format many = group_flags(at, size);
        if ((one | many) == 0)
            return fail_unknown(at, size, diag);
        alone |= one;
        grouped |= many;
        if (at[size] == '\0')
            break;
        at += size + 1;
    }
    *out = alone | grouped;
    *optional = grouped & ~alone;
    return SPX_OK;
}

spx_status spx_formats_read(spx_format *out, const char *words, spx_diag *diag)
{
    spx_format optional = 0;
    return spx_formats_read_both(out, &optional, words, diag);
}
