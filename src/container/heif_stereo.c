#include "container/camera_properties.h"
#include "container/heif_properties.h"

#include <string.h>

enum { EYES = 2, WITH_MONO = 3 };

int spx_heif_is_stereo(const spx_heif_group *group)
{
    if (group->type == spx_fourcc("ster") || group->type == spx_fourcc("stem"))
        return 1;
    return group->type == spx_fourcc("uuid") && group->user_type != NULL &&
           memcmp(group->user_type, spx_uuid_stereo_group, SPX_USER_TYPE_BYTES) == 0;
}

/* 'ster' has two pictures and no more; the others may have a third one. */
static int has_eyes(const spx_heif_group *group)
{
    return group->type == spx_fourcc("ster") ? group->member_count == EYES
                                             : group->member_count >= EYES;
}

static int holds_primary(const spx_heif *heif, const spx_heif_group *group)
{
    for (uint32_t i = 0; i < group->member_count; i++) {
        if (heif->group_members[group->first_member + i] == heif->primary)
            return 1;
    }
    return 0;
}

size_t spx_heif_count_stereo(const spx_heif *heif)
{
    size_t count = 0;
    for (size_t i = 0; i < heif->group_count; i++)
        count += spx_heif_is_stereo(&heif->groups[i]) ? 1 : 0;
    return count;
}

int spx_heif_find_stereo(spx_heif_stereo *out, const spx_heif *heif)
{
    const spx_heif_group *best = NULL;
    int best_rank = -1;
    for (size_t i = 0; i < heif->group_count; i++) {
        const spx_heif_group *const group = &heif->groups[i];
        if (!spx_heif_is_stereo(group))
            continue;
        const int rank = has_eyes(group) ? 1 + holds_primary(heif, group) : 0;
        if (rank > best_rank) {
            best = group;
            best_rank = rank;
        }
    }
    *out = (spx_heif_stereo){ 0 };
    if (best == NULL)
        return 0;
    *out =
        (spx_heif_stereo){ .type = best->type, .group = best->id, .members = best->member_count };
    if (best_rank == 0)
        return 1;
    const uint32_t *const members = heif->group_members + best->first_member;
    out->left = members[0];
    out->right = members[1];
    out->mono = best->member_count >= WITH_MONO ? members[2] : 0;
    return 1;
}

const spx_heif_property *spx_heif_stereo_disparity(const spx_heif *heif,
                                                   const spx_heif_stereo *stereo, uint32_t eye,
                                                   int *essential)
{
    const spx_heif_property *const own = spx_heif_find_disparity(heif, eye, essential);
    return own != NULL ? own : spx_heif_find_disparity(heif, stereo->group, essential);
}
