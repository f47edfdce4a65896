#include "base/number_text.h"
#include "codec/hevc.h"
#include "container/spatial_heif.h"
#include "formats/depth_parts.h"
#include "formats/extras.h"
#include "formats/heic_parts.h"
#include "formats/parallel.h"
#include "formats/writers.h"

/* Apple's form: a grey auxiliary picture of each eye, described by an XMP packet of its own. */
typedef struct gain_parts {
    spx_hevc_stills coded[2];
    spx_bytes xmp;
    spx_heif_aux aux[3]; /* and the depth, where it is wanted */
    size_t count;
} gain_parts;

static void describe_gain(spx_bytes *xmp, double headroom)
{
    spx_bytes_text(xmp, "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF "
                        "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">"
                        "<rdf:Description rdf:about=\"\" "
                        "xmlns:HDRGainMap=\"http://ns.apple.com/HDRGainMap/1.0/\">"
                        "<HDRGainMap:HDRGainMapVersion>65536</HDRGainMap:HDRGainMapVersion>");
    if (headroom > 1.0) {
        spx_bytes_print(xmp, "<HDRGainMap:HDRGainMapHeadroom>%.6f</HDRGainMap:HDRGainMapHeadroom>",
                        headroom);
    }
    spx_bytes_text(xmp, "</rdf:Description></rdf:RDF></x:xmpmeta>");
}

static spx_status encode_gain(gain_parts *out, const spx_master *master, const spx_task *task,
                              spx_diag *diag)
{
    if (master->gain[0] == NULL || master->gain[1] == NULL)
        return SPX_OK;
    describe_gain(&out->xmp, master->gain_headroom);
    SPX_TRY(spx_bytes_check(&out->xmp, "gain map", diag));
    for (unsigned eye = 0; eye < 2; eye++) {
        SPX_TRY(spx_hevc_encode_grey(&out->coded[eye], master->gain[eye], master->options->quality,
                                     task, diag));
        out->aux[out->count++] = (spx_heif_aux){
            .coded = &out->coded[eye], .view = eye, .type = SPX_HEIF_AUX_GAIN_MAP, .xmp = &out->xmp
        };
    }
    return SPX_OK;
}

static void clear_gain(gain_parts *parts)
{
    spx_hevc_stills_clear(&parts->coded[0]);
    spx_hevc_stills_clear(&parts->coded[1]);
    spx_bytes_clear(&parts->xmp);
}

static spx_status code_depth(spx_depth_aux *out, const spx_master *master, const spx_task *task,
                             spx_diag *diag)
{
    spx_plane *depth = NULL;
    SPX_TRY(spx_depth_of_left(&depth, master, diag));
    const spx_status status = spx_depth_aux_init(out, master, depth, task, diag);
    spx_plane_destroy(depth);
    return status;
}

/* Says what to do before the codec says what cannot be done. */
static spx_status check_single(const spx_image *eye, spx_diag *diag)
{
    if (spx_hevc_fits(eye->width, eye->height))
        return SPX_OK;
    return spx_fail(diag, SPX_ERR_UNSUPPORTED,
                    "spatial: an eye of %u x %u pixels as one picture is over what HEVC allows (%d "
                    "a side, %d in all): leave out --single-item",
                    eye->width, eye->height, SPX_HEVC_MOST_SIDE_PX, SPX_HEVC_MOST_PX);
}

typedef struct eye_parts {
    spx_hevc_stills coded;
    spx_hevc_stills thumbnail;
    spx_sized_extras sized;
} eye_parts;

static void clear_parts(eye_parts *parts)
{
    spx_hevc_stills_clear(&parts->coded);
    spx_hevc_stills_clear(&parts->thumbnail);
    spx_sized_extras_clear(&parts->sized);
}

/* Both eyes and their thumbnail, which is made while they are coded. */
typedef struct eye_coding {
    eye_parts *out;
    const spx_image *const *eyes;
    const spx_hevc_options *hevc;
    const spx_task *task;
    int single_item;
    spx_status status;
    spx_diag *diag;
    spx_status thumbnail_status;
    spx_diag thumbnail_diag;
} eye_coding;

static void code_eyes(void *context)
{
    eye_coding *const self = context;
    self->status = self->single_item
                       ? spx_hevc_encode_whole(&self->out->coded, self->eyes, 2, self->hevc,
                                               self->task, self->diag)
                       : spx_hevc_encode_tiles(&self->out->coded, self->eyes, 2, SPX_HEIF_TILE_PX,
                                               self->hevc, self->task, self->diag);
}

static void code_thumbnail(void *context)
{
    eye_coding *const self = context;
    const spx_task quiet = spx_task_quiet(self->task);
    self->thumbnail_status = spx_heic_thumbnail(&self->out->thumbnail, self->eyes[0], self->hevc,
                                                &quiet, &self->thumbnail_diag);
}

static spx_status encode_eyes(eye_parts *out, const spx_master *master,
                              const spx_image *const eyes[2], const spx_hevc_options *hevc,
                              const spx_task *task, spx_diag *diag)
{
    eye_coding self = { .out = out,
                        .eyes = eyes,
                        .hevc = hevc,
                        .task = task,
                        .single_item = master->options->single_item,
                        .diag = diag };
    if (self.single_item)
        SPX_TRY(check_single(eyes[0], diag));
    spx_task_beside(task, code_eyes, code_thumbnail, &self);
    SPX_TRY(self.status);
    if (self.thumbnail_status != SPX_OK)
        return spx_fail(diag, self.thumbnail_status, "%s", self.thumbnail_diag.text);
    return spx_sized_extras_init(&out->sized, master, eyes[0]->width, eyes[0]->height, diag);
}

static spx_status write_eyes(spx_bytes *out, const spx_master *master,
                             const spx_image *const eyes[2], const spx_task *task, spx_diag *diag)
{
    const spx_task quiet = spx_task_quiet(task);
    spx_hevc_options hevc = { .quality = master->options->quality };
    eye_parts parts = { 0 };
    gain_parts gain = { 0 };
    spx_depth_aux depth = { 0 };
    spx_status status = SPX_OK;
    spx_nclx_from_icc(&hevc.color, &master->photo->icc);
    SPX_TRY_OUT(encode_eyes(&parts, master, eyes, &hevc, task, diag));
    SPX_TRY_OUT(encode_gain(&gain, master, &quiet, diag));
    if (master->options->embed_depth) {
        SPX_TRY_OUT(code_depth(&depth, master, &quiet, diag));
        gain.aux[gain.count++] = depth.aux;
    }

    const spx_spatial_heif heif = {
        .width = eyes[0]->width,
        .height = eyes[0]->height,
        .coded = &parts.coded,
        .single_item = master->options->single_item,
        .thumbnail = &parts.thumbnail,
        .nclx = hevc.color,
        .icc = &master->photo->icc,
        .exif = &parts.sized.exif,
        .xmp = &master->photo->xmp,
        .hfov_deg = master->camera.hfov_deg,
        .baseline_mm = master->camera.baseline_mm,
        .disparity_adjustment = master->camera.disparity_adjustment,
        .aux = gain.aux,
        .aux_count = gain.count,
        .fourcc_properties = master->options->fourcc_properties,
    };
    SPX_TRY_OUT(spx_spatial_heif_write(out, &heif, diag));

out:
    clear_parts(&parts);
    clear_gain(&gain);
    spx_depth_aux_clear(&depth);
    return status;
}

/* The file's camera data describe parallel cameras; the window goes into the adjustment. */
spx_status spx_write_spatial(spx_bytes *out, const spx_master *master, const spx_task *task,
                             spx_diag *diag)
{
    spx_image *parallel[2] = { NULL, NULL };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_parallel_eyes(parallel, master, diag));
    SPX_TRY_OUT(spx_heic_fit(parallel, 2, "spatial", task, diag));
    SPX_TRY_OUT(write_eyes(out, master, (const spx_image *const[]){ parallel[0], parallel[1] },
                           task, diag));
out:
    spx_image_unref(parallel[0]);
    spx_image_unref(parallel[1]);
    return status;
}
