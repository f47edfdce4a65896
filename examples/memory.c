/* Bytes in, bytes out, as a server does it: memory PHOTO OUT.heic */
#include <spx/spx.h>
#include <stdio.h>

static unsigned char photo[32 << 20];

int main(int argc, char **argv)
{
    spx_engine *engine = NULL;
    spx_result *result = NULL;
    spx_diag diag = { 0 };
    spx_convert_options options;
    spx_convert_options_init(&options); /* no output_dir: the result keeps the bytes */
    options.formats = SPX_FORMAT_SPATIAL;
    FILE *const in = argc == 3 ? fopen(argv[1], "rb") : NULL;
    if (in == NULL)
        return fprintf(stderr, "usage: memory PHOTO OUT.heic\n"), 2;
    const size_t size = fread(photo, 1, sizeof(photo), in);
    fclose(in);

    const spx_input input = { .data = photo, .size = size, .name = argv[1] };
    int failed = spx_engine_create(&engine, NULL, &diag) != SPX_OK ||
                 spx_convert(engine, &input, &options, NULL, &result, &diag) != SPX_OK;
    if (failed) {
        fprintf(stderr, "%s\n", diag.text);
    } else {
        const spx_file *const heic = spx_result_file(result, 0);
        FILE *const out = fopen(argv[2], "wb");
        failed = out == NULL || fwrite(heic->data, 1, heic->size, out) != heic->size;
        failed |= out != NULL && fclose(out) != 0;
    }
    spx_result_destroy(result);
    spx_engine_destroy(engine);
    return failed;
}
