#ifndef SPX_BASE_FLOATOPS_H
#define SPX_BASE_FLOATOPS_H

/* Numbers held in a range: not a number stays that. */
static inline float spx_clamp_f32(float value, float least, float most)
{
    return value < least ? least : value > most ? most : value;
}

static inline float spx_clamp01(float value)
{
    return spx_clamp_f32(value, 0.0f, 1.0f);
}

/** From 0 to 1 for a part from 0 to 1, level at both ends. */
static inline float spx_ease(float part)
{
    return part * part * (3.0f - 2.0f * part);
}

/** From 0 at `least` to 1 at `most`, level at both ends and beyond them. */
static inline float spx_ease_between(float value, float least, float most)
{
    return spx_ease(spx_clamp01((value - least) / (most - least)));
}

#endif
