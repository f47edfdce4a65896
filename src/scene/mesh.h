#ifndef SPX_SCENE_MESH_H
#define SPX_SCENE_MESH_H

#include "scene/sheets.h"

/** A corner of a mesh: where it is on the sheets' canvas, and how near. */
typedef struct spx_mesh_vertex {
    uint16_t x;
    uint16_t y;
    uint16_t depth; /* 0..65535, larger = nearer */
} spx_mesh_vertex;

/** Triangles over one of two sheets. */
typedef struct spx_mesh {
    spx_mesh_vertex *vertices;
    size_t vertex_count;
    uint32_t *indices; /* three for each triangle, anticlockwise as the photo shows it */
    size_t index_count;
    size_t vertex_room;
    size_t index_room;
} spx_mesh;

/**
 * The ground as a net that is fine where depth bends and coarse where it is even, without cracks
 * between both. Where the ground is cut, the near side and the far one each go on for a cell, and
 * nothing lies between them. Cleared by the caller.
 */
SPX_NODISCARD spx_status spx_mesh_ground(spx_mesh *mesh, const spx_sheets *sheets, spx_diag *diag);

/** The fore: each thing carries its own surface a cell beyond its edge, where alpha ends it. From
 * far to near, as blending wants it. */
SPX_NODISCARD spx_status spx_mesh_fore(spx_mesh *mesh, const spx_sheets *sheets, spx_diag *diag);
void spx_mesh_clear(spx_mesh *mesh); /* an empty one is fine */

#endif
