#include "test_maker.h"

#include "base/file.h"

// NOLINTNEXTLINE(readability-function-size): six, as the interface has it
spx_status test_maker_preview(void *user, const char *photo_path, uint32_t side_px,
                              const char *out_path, const spx_cancel *cancel, spx_diag *diag)
{
    (void)user;
    (void)photo_path;
    (void)side_px;
    (void)cancel;
    return spx_file_write(out_path, "small", 5, diag);
}
