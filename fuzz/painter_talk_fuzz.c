/* A whole talk with a remote painter: the first byte chooses who (sdapi, gradio, gradio with a
 * login), the rest is what it answers, one answer after the other: a byte for its status, two for
 * its length, its bytes. */
#include "image/image.h"
#include "net/http.h"
#include "remote/gradio.h"
#include "remote/sdapi.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 16, HEIGHT = 12, MARGIN = 4, ANSWERS_MOST = 24 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is left of the answers. */
static const uint8_t *answers;
static size_t answers_size;
static unsigned answered;

static spx_status send(void *user, const spx_http_request *request, const spx_http_terms *terms,
                       spx_http_answer *answer, spx_diag *diag)
{
    static const long codes[] = { 200, 200, 200, 200, 201, 401, 404, 500 };
    (void)user;
    (void)terms;
    if (answers_size < 3 || ++answered > ANSWERS_MOST)
        return spx_fail(diag, SPX_ERR_NETWORK, "the server went away");
    answer->code = codes[answers[0] % (sizeof(codes) / sizeof(codes[0]))];
    const size_t wanted = (size_t)answers[1] << 8 | answers[2];
    const size_t length = wanted < answers_size - 3 ? wanted : answers_size - 3;
    const uint8_t *const body = answers + 3;
    answers += 3 + length;
    answers_size -= 3 + length;
    answer->is_reached = 1;
    if (request->receive != NULL && answer->code < 300) {
        SPX_TRY(request->receive(request->user, body, length / 2));
        if (request->tick != NULL)
            request->tick(request->user);
        return request->receive(request->user, body + length / 2, length - length / 2);
    }
    if (request->tick != NULL)
        request->tick(request->user);
    answer->body.size = 0;
    spx_bytes_append(&answer->body, body, length);
    spx_bytes_u8(&answer->body, 0);
    SPX_TRY(spx_bytes_check(&answer->body, "answer", diag));
    answer->body.size--;
    return SPX_OK;
}

static spx_status encode(void *user, const spx_image *image, spx_bytes *out, spx_diag *diag)
{
    (void)user;
    (void)image;
    spx_bytes_text(out, "a picture");
    return spx_bytes_check(out, "picture", diag);
}

/* Two bytes for its sides. */
static spx_status decode(void *user, const void *data, size_t size, spx_image **out, spx_diag *diag)
{
    const uint8_t *const bytes = data;
    (void)user;
    *out = NULL;
    if (size < 2)
        return spx_fail(diag, SPX_ERR_CORRUPT, "no picture");
    SPX_TRY(spx_image_create(out, 1 + bytes[0] % 64U, 1 + bytes[1] % 64U, 8, diag));
    for (uint32_t y = 0; y < (*out)->height; y++)
        memset(spx_image_row8(*out, y), (int)y, 3 * (size_t)(*out)->width);
    return SPX_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static spx_http_carrier carrier = { .send = send };
    static const spx_frame frame = {
        WIDTH + 2 * MARGIN, HEIGHT + 2 * MARGIN, MARGIN, MARGIN, WIDTH, HEIGHT
    };
    static const spx_outpaint_codec codec = { .encode_png = encode, .decode = decode };
    spx_image *photo = NULL;
    spx_image *larger = NULL;
    spx_outpaint_options options;
    if (size == 0 || spx_image_create(&photo, WIDTH, HEIGHT, 8, NULL) != SPX_OK)
        return 0;
    for (uint32_t y = 0; y < HEIGHT; y++)
        memset(spx_image_row8(photo, y), (int)(7 * y), 3 * (size_t)WIDTH);
    answers = data + 1;
    answers_size = size - 1;
    answered = 0;
    carrier.has_login = data[0] % 3 == 2;
    spx_http_use_carrier(&carrier);
    spx_outpaint_options_init(&options);
    options.url = "http://painter.example";
    options.timeout_s = 5.0;
    const spx_outpaint_request request = {
        .photo = photo, .frame = frame, .options = &options, .codec = &codec
    };
    const spx_status status = data[0] % 3 == 0 ? spx_outpaint_sdapi(&request, NULL, &larger, NULL)
                                               : spx_outpaint_gradio(&request, NULL, &larger, NULL);
    if ((status == SPX_OK) != (larger != NULL) ||
        (larger != NULL && (larger->width != frame.width || larger->height != frame.height)))
        abort();
    spx_image_unref(larger);
    spx_image_unref(photo);
    return 0;
}
