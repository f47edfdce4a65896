#ifndef SPX_CODEC_PHOTO_FILE_H
#define SPX_CODEC_PHOTO_FILE_H

#include "base/task.h"
#include "image/photo.h"
#include "spx/limits.h"

/** Encoded bytes, and which picture of them. All borrowed. */
typedef struct spx_photo_file {
    const void *data;
    size_t size;
    const char *name;   /* for messages */
    uint32_t item;      /* of a HEIF file: which picture; 0 = the primary one */
    int accept_damaged; /* what there is is enough: codec/damage.h */
} spx_photo_file;

/** SPX_ERR_LIMIT with the numbers when a picture is too large. */
SPX_NODISCARD spx_status spx_photo_check_size(uint32_t width, uint32_t height, const char *name,
                                              const spx_limits *limits, spx_diag *diag);

/** Says that of an animation one picture was used. pictures: 1 = no animation, 0 = not known. */
void spx_photo_tell_animation(unsigned pictures, const spx_task *task);

/** spx_photo_read() for any picture of a file, also for one that lies in another (raw files). */
SPX_NODISCARD spx_status spx_photo_read_item(spx_photo *out, const spx_photo_file *file,
                                             const spx_limits *limits, const spx_task *task,
                                             spx_diag *diag);

#endif
