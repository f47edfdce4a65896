#include "container/jps.h"

#include "container/jpeg_layout.h"

spx_status spx_jps_mark(spx_bytes *jpeg, unsigned flags, spx_diag *diag)
{
    enum { BLOCK_BYTES = 4 };
    size_t at = 0;
    SPX_TRY(spx_jpeg_behind_app1(&at, jpeg->data, jpeg->size, diag));
    spx_bytes body = { 0 };
    spx_bytes_text(&body, SPX_JPS_NAME);
    spx_bytes_u16(&body, BLOCK_BYTES);
    spx_bytes_u8(&body, 0); /* no separation */
    spx_bytes_u8(&body, flags);
    spx_bytes_u8(&body, SPX_JPS_LAYOUT_BESIDE);
    spx_bytes_u8(&body, SPX_JPS_STEREO);
    spx_bytes_u16(&body, 0); /* no comment */
    spx_jpeg_insert_segment(jpeg, at, SPX_JPEG_APP3, &body);
    spx_bytes_clear(&body);
    return spx_bytes_check(jpeg, "JPS", diag);
}
