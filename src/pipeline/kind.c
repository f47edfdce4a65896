#include "spx/info.h"

#include "codec/file_kind.h"
#include "codec/photo_type.h"

spx_kind spx_kind_of(const void *head, size_t size)
{
    spx_kind kind = { NULL, 0 };
    kind.name = spx_file_kind_of(head, size, &kind.is_photo);
    return kind;
}

int spx_kind_has_name(const char *name)
{
    return spx_photo_type_has_name(name);
}
