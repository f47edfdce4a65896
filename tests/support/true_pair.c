#include "true_pair.h"

#include "image/image.h"
#include "test_files.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <vips/vips.h>

enum { PATH_BYTES = 4096, DISPARITY_SCALE = 256 };

spx_image *true_pair_read_picture(const char *path)
{
    VipsImage *file = vips_image_new_from_file(path, NULL);
    VipsImage *colour = NULL;
    spx_image *image = NULL;
    size_t size = 0;
    if (file == NULL || vips_colourspace(file, &colour, VIPS_INTERPRETATION_sRGB, NULL) != 0)
        return NULL;
    uint8_t *const bytes = vips_image_write_to_memory(colour, &size);
    const uint32_t width = (uint32_t)vips_image_get_width(colour);
    const uint32_t height = (uint32_t)vips_image_get_height(colour);
    const size_t bands = (size_t)vips_image_get_bands(colour);
    if (bytes != NULL && bands >= SPX_IMAGE_CHANNELS &&
        spx_image_create(&image, width, height, 8, NULL) == SPX_OK) {
        for (uint32_t y = 0; y < height; y++) {
            for (uint32_t x = 0; x < width; x++)
                memcpy(spx_image_row8(image, y) + (size_t)SPX_IMAGE_CHANNELS * x,
                       bytes + ((size_t)y * width + x) * bands, SPX_IMAGE_CHANNELS);
        }
    }
    g_free(bytes);
    g_object_unref(colour);
    g_object_unref(file);
    return image;
}

spx_plane *true_pair_read_disparity(const char *path, double scale)
{
    VipsImage *const file = vips_image_new_from_file(path, NULL);
    VipsImage *number = NULL;
    spx_plane *plane = NULL;
    size_t size = 0;
    if (file == NULL || vips_cast(file, &number, VIPS_FORMAT_FLOAT, NULL) != 0)
        return NULL;
    float *const values = vips_image_write_to_memory(number, &size);
    const size_t bands = (size_t)vips_image_get_bands(number);
    if (values != NULL &&
        spx_plane_create(&plane, (uint32_t)vips_image_get_width(number),
                         (uint32_t)vips_image_get_height(number), NULL) == SPX_OK) {
        for (uint32_t y = 0; y < plane->height; y++) {
            for (uint32_t x = 0; x < plane->width; x++) {
                const float value = values[((size_t)y * plane->width + x) * bands];
                spx_plane_row(plane, y)[x] =
                    value > 0.0F && isfinite(value) ? value / (float)scale : NAN;
            }
        }
    }
    g_free(values);
    g_object_unref(number);
    g_object_unref(file);
    return plane;
}

static int same_size(const true_pair *pair)
{
    return pair->left->width == pair->right->width && pair->left->height == pair->right->height &&
           pair->left->width == pair->disparity->width &&
           pair->left->height == pair->disparity->height;
}

int true_pair_read(true_pair *out, const char *left, const char *right, const char *disparity,
                   double scale)
{
    *out = (true_pair){ .left = true_pair_read_picture(left),
                        .right = true_pair_read_picture(right),
                        .disparity = true_pair_read_disparity(disparity, scale) };
    const char *const slash = strrchr(left, '/');
    (void)snprintf(out->name, sizeof(out->name), "%s", slash == NULL ? left : slash + 1);
    if (out->left != NULL && out->right != NULL && out->disparity != NULL && same_size(out))
        return 1;
    (void)fprintf(stderr, "%s, %s, %s: not two pictures and a disparity of one size\n", left, right,
                  disparity);
    true_pair_clear(out);
    return 0;
}

void true_pair_bundled(true_pair *out)
{
    char left[PATH_BYTES];
    char right[PATH_BYTES];
    (void)snprintf(left, sizeof(left), "%s", test_data_path("photos/motorcycle_left.png"));
    (void)snprintf(right, sizeof(right), "%s", test_data_path("photos/motorcycle_right.png"));
    if (!true_pair_read(out, left, right, test_data_path("photos/motorcycle_disparity.png"),
                        DISPARITY_SCALE))
        exit(1);
    (void)snprintf(out->name, sizeof(out->name), "motorcycle");
}

static int read_named(true_pair *out, const char *folder, const char *const names[3], double scale)
{
    char paths[3][PATH_BYTES];
    for (int i = 0; i < 3; i++) {
        (void)snprintf(paths[i], sizeof(paths[i]), "%s/%s", folder, names[i]);
        if (access(paths[i], R_OK) != 0)
            return 0;
    }
    return true_pair_read(out, paths[0], paths[1], paths[2], scale);
}

int true_pair_read_folder(true_pair *out, const char *folder)
{
    static const char *const newer[3] = { "im0.png", "im1.png", "disp0.pfm" };
    static const char *const older[3] = { "view1.png", "view5.png", "disp1.png" };
    const double third = strstr(folder, "ThirdSize") != NULL ? 3.0 : 1.0;
    const double scale = strstr(folder, "HalfSize") != NULL ? 2.0 : third;
    if (!read_named(out, folder, newer, 1.0) && !read_named(out, folder, older, scale))
        return 0;
    const char *const slash = strrchr(folder, '/');
    (void)snprintf(out->name, sizeof(out->name), "%s",
                   slash == NULL || slash[1] == '\0' ? folder : slash + 1);
    return 1;
}

void true_pair_clear(true_pair *pair)
{
    spx_image_unref(pair->left);
    spx_image_unref(pair->right);
    spx_plane_destroy(pair->disparity);
    *pair = (true_pair){ .name = "" };
}
