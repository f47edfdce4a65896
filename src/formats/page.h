#ifndef SPX_FORMATS_PAGE_H
#define SPX_FORMATS_PAGE_H

/** The page that shows a scene, from page.html, with SPX_PAGE_TITLE and SPX_PAGE_SCENE where its
 * own name and its scene (JSON) belong. Zero-terminated. */
extern const char spx_page[];

#endif
