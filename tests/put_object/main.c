/*
 * spx_put_object FILE URL PART_BYTES: writes a file to s3:// in requests of so many bytes at most,
 * as the product does in larger ones. SIGTERM cancels it. Exit status 0, 1 with the reason on
 * stderr, 3 = cancelled.
 */
#include "base/file.h"
#include "base/task.h"
#include "net/s3.h"
#include "spx/cancel.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

enum { CANCELLED = 3 };

static spx_cancel *cancel;

static void on_signal(int number)
{
    (void)number;
    spx_cancel_request(cancel);
}

static spx_status put(const char *path, const char *url, size_t part_bytes, spx_diag *diag)
{
    const spx_task task = { .cancel = cancel };
    spx_mapping file = { 0 };
    spx_s3 *s3 = NULL;
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_mapping_open(&file, path, diag));
    SPX_TRY_OUT(spx_s3_open(&s3, NULL, SPX_S3_STYLE_AUTO, &task, diag));
    const spx_s3_object object = { .data = file.data,
                                   .size = file.size,
                                   .content_type = "image/x-test",
                                   .part_bytes = part_bytes };
    status = spx_s3_put(s3, url, &object, diag);
out:
    spx_s3_close(s3);
    spx_mapping_close(&file);
    return status;
}

int main(int argc, char **argv)
{
    spx_diag diag = { 0 };
    if (argc != 4 || spx_cancel_create(&cancel) != SPX_OK)
        return 2;
    const struct sigaction action = { .sa_handler = on_signal };
    (void)sigaction(SIGTERM, &action, NULL);
    const spx_status status = put(argv[1], argv[2], strtoul(argv[3], NULL, 10), &diag);
    if (status != SPX_OK)
        (void)fprintf(stderr, "%s\n", diag.text);
    spx_cancel_destroy(cancel);
    return status == SPX_OK ? 0 : status == SPX_ERR_CANCELLED ? CANCELLED : 1;
}
