#include "spx/preview.h"

#include "base/file.h"
#include "codec/preview.h"
#include "pipeline/photo_input.h"

spx_status spx_preview_write(const spx_input *input, const spx_limits *limits, uint32_t side_px,
                             const char *path, spx_diag *diag)
{
    spx_limits own;
    spx_mapping mapped = { 0 };
    spx_bytes jpeg = { 0 };
    const void *data = input->data;
    size_t size = input->size;
    spx_limits_init(&own);
    if (limits != NULL)
        own = *limits;
    if (data == NULL && input->path == NULL) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "%s: neither a path nor bytes",
                        spx_input_name(input));
    }
    if (data == NULL) {
        SPX_TRY(spx_mapping_open(&mapped, input->path, diag));
        data = mapped.data;
        size = mapped.size;
    }
    spx_status status = SPX_OK;
    const spx_preview_request request = { .data = data,
                                          .size = size,
                                          .name = spx_input_name(input),
                                          .limits = &own,
                                          .side_px = side_px };
    SPX_TRY_OUT(spx_preview_make(&jpeg, &request, diag));
    SPX_TRY_OUT(spx_file_write(path, jpeg.data, jpeg.size, diag));

out:
    spx_bytes_clear(&jpeg);
    spx_mapping_close(&mapped);
    return status;
}
