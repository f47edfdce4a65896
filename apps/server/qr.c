/* The address of a shared photo as a code for cameras: headsets have no keyboard at hand. */
#include "server/late_qrencode.h"
#include "server/route.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    QUIET_MODULES = 4, /* white around the code (ISO/IEC 18004, 9.1) */
    ADDRESS_SIZE = 512,
};

/* The page of the share as this client reaches the server; 0 when it did not say how. */
static int address_of(spx_exchange *exchange, const char *share, char out[ADDRESS_SIZE])
{
    const char *const forwarded = exchange->context->options.trust_proxy
                                      ? spx_exchange_header(exchange, "X-Forwarded-Host")
                                      : NULL;
    const char *const host =
        forwarded != NULL ? forwarded : spx_exchange_header(exchange, MHD_HTTP_HEADER_HOST);
    if (host == NULL)
        return 0;
    const int size = snprintf(out, ADDRESS_SIZE, "%s://%s/s/%s", exchange->https ? "https" : "http",
                              host, share);
    return size > 0 && size < ADDRESS_SIZE;
}

/* Dark modules as squares of one path. */
static void draw(spx_bytes *svg, const QRcode *code)
{
    char text[200];
    const int side = code->width + 2 * QUIET_MODULES;
    (void)snprintf(text, sizeof(text),
                   "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
                   "shape-rendering=\"crispEdges\"><rect width=\"%d\" height=\"%d\" "
                   "fill=\"#fff\"/><path d=\"",
                   side, side, side, side);
    spx_bytes_text(svg, text);
    for (int y = 0; y < code->width; y++) {
        for (int x = 0; x < code->width; x++) {
            if ((code->data[y * code->width + x] & 1) == 0)
                continue;
            (void)snprintf(text, sizeof(text), "M%d %dh1v1h-1z", x + QUIET_MODULES,
                           y + QUIET_MODULES);
            spx_bytes_text(svg, text);
        }
    }
    spx_bytes_text(svg, "\"/></svg>\n");
}

static spx_answer reply_svg(spx_exchange *exchange, spx_bytes *svg)
{
    struct MHD_Response *const response =
        svg->failed ? NULL
                    : MHD_create_response_from_buffer(svg->size, svg->data, MHD_RESPMEM_MUST_COPY);
    if (response == NULL)
        return MHD_NO;
    spx_reply_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "image/svg+xml");
    return spx_reply_send(exchange, MHD_HTTP_OK, response);
}

spx_answer spx_reply_code(spx_exchange *exchange, const char *share)
{
    char address[ADDRESS_SIZE];
    spx_bytes svg = { 0 };
    spx_diag diag = { 0 };
    if (!address_of(exchange, share, address)) {
        return spx_reply_error(exchange, MHD_HTTP_BAD_REQUEST, "bad_request",
                               "the request does not say under which name it reached this server");
    }
    const spx_status status = spx_late_qrencode_open(&diag);
    if (status != SPX_OK)
        return spx_reply_failure(exchange, status, &diag);
    QRcode *const code = QRcode_encodeString(address, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    if (code == NULL)
        return MHD_NO;
    draw(&svg, code);
    QRcode_free(code);
    const spx_answer answer = reply_svg(exchange, &svg);
    spx_bytes_clear(&svg);
    return answer;
}
