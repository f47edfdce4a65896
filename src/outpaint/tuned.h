#ifndef SPX_OUTPAINT_TUNED_H
#define SPX_OUTPAINT_TUNED_H

#include "base/tuned.h"

/*
 * The numbers of this room that were chosen by looking at results (base/tuned.h).
 *
 * The curves below are of seven of the bundled photos, 480 pixels of each, borders of 20 % (`tune
 * NAME --photos boats cups dune_grass flower_garden pagoda pier forest_path`): features, the
 * distance to the truth in colour, detail and directions; seam, its excess where photo and border
 * meet; repetition and sharpness, less the truth's. As they were: features 19.52, seam 0.42,
 * repetition +0.04, sharpness -0.33; since what is seen near by costs more (echo_scale), 19.31,
 * 0.39, +0.05 and -0.50. A search takes other turns with every change: values whose
 * features differ by 0.2, seams by 0.06 or sharpness by 0.3 are called level. Numbers without a
 * curve have not been swept: most decide over walls, rhythms and wide margins, of which these
 * photos have few; those of skies (sky_...) were chosen at full size, at 20 % and 9:16, by eye.
 */
/* clang-format off */
#define SPX_OUTPAINT_TUNED(X) \
    /* Searches and votes on the coarsest level, which decides what goes where. 12 19.5, 24 19.5, 48 \
     * 20.3 (sharper, by 0.25) at twice the time. */ \
    X(int, iterations_top, 24, "rounds") \
    /* The same on the finest; between them the share of the way up counts squared. Level from 0 to 6. */ \
    X(int, iterations_fine, 3, "rounds") \
    /* Searches from random sources before their first vote. Level from 3 to 12. */ \
    X(int, smooth_passes, 6, "passes") \
    /* At least, for each ring that a wide margin grows by. */ \
    X(int, ring_iterations, 10, "rounds") \
    /* After sides of two layouts were put together. Level from 2 to 8. */ \
    X(int, join_iterations, 4, "rounds") \
    /* After a band was repeated by its rhythm. */ \
    X(int, repeat_iterations, 8, "rounds") \
    /* On the level of this size layouts are compared. 100 20.7, 300 19.5, 1000 19.5. */ \
    X(int, compare_long_side_px, 300, "pixels of the photo") \
    /* Levels finer than this only touch up. */ \
    X(int, local_long_side_px, 1200, "pixels of the photo") \
    /* On the level of this size rhythm and horizon are looked for. */ \
    X(int, overview_long_side_px, 500, "pixels of the photo") \
    /* How far touching up looks. */ \
    X(int, local_radius, 2, "pixels") \
    /* How far the levels below the three coarsest look. Level from 2 to 64, and alike by eye at 80 % at 4 \
     * and 16: neighbours hand on what is found. */ \
    X(int, fine_radius, 16, "pixels") \
    /* How many of the coarsest are guided by the colours beside each piece, each half as firmly as the \
     * one before. 1 19.2 with repetition of 0.09, 2 19.5, 16 19.5. */ \
    X(int, guided_levels, 3, "levels") \
    /* Below so many costs lies the spread of the first votes on a level. 0.4 20.1, 0.75 19.5, 0.95 \
     * 20.5. */ \
    X(float, spread_first, 0.75F, "share of the costs") \
    /* The same of all later votes. 0.25 19.6, 0.5 19.5, 0.75 20.5. */ \
    X(float, spread_middle, 0.5F, "share of the costs") \
    /* Where there is a horizon, sources keep to it so much closer. Level from 0.25 to 1. */ \
    X(float, horizon_slack, 0.5F, "share of the free way") \
    /* What a ring grows the canvas by. */ \
    X(double, ring_growth, 1.5, "times") \
    /* So much of one more ring does not make one; margins of 30 % need one. */ \
    X(double, ring_tolerance, 0.2, "rings") \
    /* Repeating a side wins below so much of the difference of searching it anew. 0 and 1.2 level here. By \
     * eye, since smears cost (detail_scale): at 0.8 a second face looks over the cat's in 9:16 and \
     * forest_path's path breaks off; at 0.65 astronaut is less sharp by 0.3. */ \
    X(double, copy_wins, 0.7, "times") \
    /* ... if where it meets the photo it differs by no more than this. */ \
    X(double, copy_joint_wins, 1.1, "times") \
    /* Or if the product of both differences is below so much of the other. 0 19.5, 0.6 19.5, 1 19.9. */ \
    X(double, clear_win, 0.6, "times") \
    /* ... and the joint no worse than this. */ \
    X(double, clear_joint_wins, 1.3, "times") \
    /* A wall is repeated on one side as on the other one, if that costs no more than this. */ \
    X(double, wall_tolerance, 2.0, "times") \
    /* ... or no more than this: about half a pixel off. */ \
    X(double, wall_difference, 300.0, "cost of both together") \
    /* How deep the strip is in which lines are looked for (lines.c). The numbers of lines.c are by eye, at 20 % \
     * of astronaut, coffee, cups, flower_garden, ladybird and pier. 0.06 and 0.1 take rims of cups for \
     * lines. */ \
    X(float, lines_depth, 0.13F, "share of the photo's short side") \
    /* What is compared on each side of a line. With two pixels, single blades of dune_grass bend the sea. */ \
    X(float, lines_across, 0.02F, "share of the photo's short side") \
    /* Lines that lean more do not count. coffee's table leaves at 0.6 and 1.0. */ \
    X(float, lines_angle_most, 1.1F, "radians from the straight way") \
    /* The change across a line; less is none. coffee's table has 104 and 84, astronaut's flag 59, its shelf 172. */ \
    X(float, lines_least, 12.0F, "levels") \
    /* The square of the mean change along a line against the mean of their squares: less is no line, ... */ \
    X(float, lines_alike_least, 0.85F, "share") \
    /* ... and more is one. */ \
    X(float, lines_alike_most, 0.97F, "share") \
    /* What is left of a line's strength where thrice as much is compared: less is a blade, ... */ \
    X(float, lines_broad_least, 0.2F, "share") \
    /* ... and more an edge. */ \
    X(float, lines_broad_most, 0.7F, "share") \
    /* The straight way counts as a line of such a change. At 25 teeth are left at the sides of pier. */ \
    X(float, lines_quiet, 12.0F, "levels") \
    /* How far off an edge that does not lean is heard: much, and at all to twice as far. */ \
    X(float, lines_reach, 0.04F, "share of the photo's short side") \
    /* ... and so much farther. */ \
    X(float, lines_spread, 0.7F, "times the way it leans") \
    /* What counts the context, which stays, beside what is painted: pixels of it count once and so many \
     * times more. 0 20.1 with a seam of 0.51, 2 19.5, 6 19.4 with smears (sharpness -0.88). */ \
    X(int, known_extra, 2, "times") \
    /* How far from its height a source may be for nothing. 0.02 19.6 with smears (-0.88), 0.06 19.5, \
     * 0.2 19.7. */ \
    X(float, rows_free, 0.06F, "share of the height") \
    /* ... and so much more above and below the photo. Level from 0 to 4 at 20 %; by eye at 80 %: at 0 the \
     * floor of motorcycle has ripples, each a copy of the same few rows. */ \
    X(float, rows_free_overshoot, 0.3F, "share of the way outside") \
    /* How far from its column a source may be for nothing. 0.1 19.9, 0.35 19.5, 1 19.4. */ \
    X(float, columns_free, 0.35F, "share of the width") \
    /* ... and so much more beside the photo. 0 19.9, 1 19.5, 4 19.6. */ \
    X(float, columns_free_overshoot, 1.0F, "share of the way outside") \
    /* So often a block of the photo may be used for nothing. 1 19.7, 2 19.5, 4 19.6. */ \
    X(float, usage_fair, 2.0F, "times the even share") \
    /* More than so much above it does not cost more. 1 19.9, 8 19.5, 1000 19.5. */ \
    X(float, usage_most, 8.0F, "times the even share") \
    /* What each time above it costs. Level from 0 to 100. */ \
    X(float, usage_scale, 25.0F, "squared levels") \
    /* Side of the cells in which repetition is counted; three by three are one neighbourhood. By eye, \
     * of a beach grown by 92 %: 0.1 and 0.17 break rows up, 0.17 with smears. */ \
    X(float, echo_cell, 0.1F, "share of the photo's short side") \
    /* So often a block of the photo may be seen in one neighbourhood for nothing. 1.25 and 2 level. */ \
    X(float, echo_free, 1.5F, "times") \
    /* More than so much above it does not cost more. */ \
    X(float, echo_most, 2.0F, "times") \
    /* What each time above it costs. In borders of 20 % level from 0 to 30, 60 smears (sharpness \
     * -0.67); at 92 % (by eye) 0 repeats a stone in a row of six, 15 of four, 20 and 30 do not. */ \
    X(float, echo_scale, 30.0F, "squared levels") \
    /* How firmly the colours beside the border are held to, against a patch of them. 0 20.0 with smears \
     * (-0.79) and repetition of 0.11, 0.5 19.5, 2 19.5. */ \
    X(float, guide_colour, 0.5F, "share") \
    /* The same for contrast, each power of two. 0 19.9 with smears (-0.87), 100 19.5, 400 20.0. */ \
    X(float, guide_contrast, 100.0F, "squared levels") \
    /* What a colour costs that the photo does not have beside this piece of border. Level from 0 to 8. */ \
    X(float, palette_scale, 2.0F, "times") \
    /* What a source costs that has less detail than what is about its colour in this piece of border, or \
     * more, each power of two. At 20 % (bench/outpaint --local) of astronaut, coffee, motorcycle, base, \
     * cups and boats: 0 34.0 (sharpness of the worst of them -2.6), 300 32.5 (-1.1). While more detail was \
     * free: 300 32.2 (-1.1), 1000 32.4 (-1.1), by eye with more things repeated; of the first three 50 \
     * 35.5 (-2.5), 100 33.8 (-2.1), 300 33.0 (-0.7). Since lines lead (lines.c), astronaut: 300 33.1 \
     * (-2.2), 1000 32.1 (-0.95). */ \
    X(float, detail_scale, 1000.0F, "squared levels") \
    /* So much more than the border a source may have for nothing. 0 32.5 with astronaut at -1.6, 1 32.5, 20 \
     * 32.2; by eye 1 has neither a hole in the cat's fur nor hair on the rocket, 20 still a hair. */ \
    X(float, detail_free, 1.0F, "powers of two") \
    /* More than so much does not cost more: what is quite smooth is another thing, not a smear. While more \
     * detail was free: 1.5 32.2, 4 32.3 with coffee less sharp by 0.2. */ \
    X(float, detail_off_most, 1.5F, "powers of two") \
    /* So much less like the rest of the photo than the way to its edge a thing may be for nothing (islands.c). \
     * The three numbers by eye at 20 % of astronaut and by sharpness of the worst side of astronaut and coffee \
     * while layouts that are moved bands were priced too: 4 -1.13 and -1.65, 6 -1.40 and -1.58, 8 -1.55 and \
     * -1.66, 12 -1.28 and -1.07; now 4 -0.91 and -0.62. */ \
    X(float, islands_free, 4.0F, "levels") \
    /* More than so much above it does not cost more. 10, 15 and 40 level. */ \
    X(float, islands_most, 40.0F, "levels") \
    /* What a source costs that shows a part of it. 0 repeats astronaut's badge; sharpness of her worst side 1 \
     * -0.91, 2 -1.51, 3 -1.36, 4 -1.51. */ \
    X(float, islands_scale, 1.0F, "squared levels per squared level") \
    /* The same in photos with wide margins (palette_wide), which go on finding what there is once. By eye, of \
     * astronaut at 9:16: with 1 her name comes three times, with 2 once, with 3 and 4 not. */ \
    X(float, islands_wide_scale, 4.0F, "squared levels per squared level") \
    /* So much nearer than the edge beside it a source may stand. 0.02 19.3, 0.08 19.5, 0.3 20.5: people \
     * and posts are doubled. */ \
    X(float, nearness_free, 0.08F, "share of the depth") \
    /* Above it: 0.1 costs as much as a mean difference of 40. 0 20.6, as it is 19.5, six times 19.5. */ \
    X(float, nearness_scale, 1600.0F / (0.1F * 0.1F), "squared levels per squared depth") \
    /* What is no sky where only sky should be: as much as a mean difference of 40. 0 20.4, 1600 19.5, \
     * 10000 19.9. */ \
    X(float, sky_scale, 1600.0F, "squared levels") \
    /* What a patch loses by each pixel from the photo: ln 1.1. 0 19.5 with smears (-0.89), ln 1.1 19.5, \
     * 0.3 19.5 with a quieter seam (0.28). */ \
    X(float, trust_per_px, 0.0953102F, "log weight per pixel") \
    /* The least spread: a difference of about 1. Level from 50 to 800. */ \
    X(float, least_spread, 200.0F, "cost") \
    /* The spread of the last vote: few patches that fit well decide. Level from 0.05 to 0.6. */ \
    X(float, final_share, 0.2F, "share of the costs") \
    /* What the last vote's mean gets back of its source's detail, in one pixel. Of ten photos, \
     * astronaut, coffee and motorcycle among them: 0 (none) 23.8 with smears (sharpness -0.37), 3 23.6 \
     * (-0.31), 6 23.5 (-0.24), 12 23.5 (-0.20, the quietest seam), 24 23.5 (-0.17), 60 23.5 with a \
     * louder seam (+0.04). */ \
    X(float, detail_most, 12.0F, "levels") \
    /* Length and depth of a piece of border with colours of its own. Each of the two is level from 7 to \
     * 100; both of boats, cups, flower_garden, motorcycle and pagoda: 12 23.7 (sharpness -0.56), 24 \
     * 24.1 (-0.43), 48 24.0 (-0.45). A beach grown by 50 % and to 9:16 looks alike with 28 and 24. */ \
    X(int, palette_step_share, 24, "parts of the height") \
    /* The border that counts for it, each way. 3 19.6, 8 19.5, 24 19.7; 24 smears the floor of \
     * motorcycle and the side of cups (sharpness of the worst side less by 0.4 and 3.4). */ \
    X(int, palette_window_share, 8, "parts of the height") \
    /* The same beside wide margins. By eye, of boats on a beach grown by 50 and 92 %: with 8 pieces \
     * of red hull lie on the gravel, and one dark mark comes ten times; with 24 none, and five \
     * times. */ \
    X(int, palette_window_wide_share, 24, "parts of the height") \
    /* Margins are wide above this: they grow in rings. */ \
    X(float, palette_wide, 0.3F, "share of the side") \
    /* How far off its colours may be for nothing. 5 19.0, 14 19.5, 40 19.6. */ \
    X(float, palette_allowed, 14.0F, "levels") \
    /* A rhythm is one if moving by it differs by less than so much of moving by any part of it. 0 (none) \
     * and 0.5 the same pictures here, 1 19.3. */ \
    X(double, rhythm_most, 0.5, "share of the difference") \
    /* A multiple of it is moved a little where that gains more than this. */ \
    X(double, settle_gain, 0.9, "share of the difference") \
    /* Rhythms that are no worse than this are candidates. */ \
    X(double, deep_tolerance, 1.5, "times the least difference") \
    /* Less contrast is no structure. */ \
    X(double, structure_least, 16.0, "squared levels") \
    /* What each further copy of a band costs. */ \
    X(double, copy_cost, 0.15, "share of the difference") \
    /* The longest rhythm. */ \
    X(double, span_most, 0.8, "share of the side") \
    /* One pixel adds no more to the seam's error: more is an object's edge, not a tint. Level from 10 \
     * to 1000; with no bound here and none at guide_variance_floor the sides of motorcycle and of a beach \
     * smear (sharpness of the worst side less by 0.8 and 0.3). */ \
    X(float, seam_error_most, 60.0F, "levels") \
    /* A piece of border is corrected by no more. 0 and 60 level here. */ \
    X(float, seam_correction_most, 24.0F, "levels") \
    /* Standard deviation along the seam. 1.5 and 4.5 level. */ \
    X(float, seam_blur_px, 4.5F, "pixels") \
    /* Where the correction has faded out. 0.05 a louder seam (0.49), level from 0.3 to 1. */ \
    X(float, seam_fade, 0.3F, "share of the margin") \
    /* The smoothest so many blocks tell the grain. 0.05 19.5, 0.2 19.5, 0.8 21.0 with too much of it \
     * (sharpness +1.18). */ \
    X(double, grain_smooth_share, 0.2, "share of the blocks") \
    /* More than this is texture. */ \
    X(float, grain_most, 6.0F, "levels") \
    /* Less than this is not added. */ \
    X(float, grain_ignored, 0.15F, "levels") \
    /* Below the grain of a photo nothing is told apart. Level from 0.1 to 64. */ \
    X(double, guide_variance_floor, 4.0, "squared levels") \
    /* How firmly sources are held to their height in layouts that are searched anew. 0 19.5, 1 19.5, \
     * 4 20.2 with smears (-0.87). */ \
    X(float, smooth_rows, 1.0F, "times") \
    /* How firmly sources are held to their column in layouts that are searched anew. 0 19.7, 0.25 \
     * 19.5, 2 19.9. */ \
    X(float, smooth_columns, 0.25F, "times") \
    /* How firmly sources are held to their use in layouts that are searched anew. 0 20.0, 0.6 19.5, 4 \
     * 19.6. */ \
    X(float, smooth_usage, 0.6F, "times") \
    /* How firmly sources are held to their height in repeated bands. */ \
    X(float, repeat_rows, 0.25F, "times") \
    /* How firmly sources are held to their height in layouts that begin with the mirrored border's \
     * neighbourhood moved outwards. 0 19.8, 0.25 19.5, 2 19.4. */ \
    X(float, shift_rows, 0.25F, "times") \
    /* Bands are copied outwards up to such a margin. By eye: above it they show a second face and a \
     * second torso. */ \
    X(double, shift_most, 0.3, "share of the photo's side") \
    /* Skies that grow upwards by this are painted by soft_side.c. At 20 % (rounded) patches alone copy the \
     * evening clouds of boats three times. */ \
    X(double, sky_growth, 0.195, "share of the photo's height") \
    /* What is asked whether it is soft, and whose grain goes on. */ \
    X(double, sky_strip, 0.06, "share of the photo's height") \
    /* How high each of the two strips is whose difference tells how colours change towards the edge. */ \
    X(double, sky_rise_rows, 0.02, "share of the photo's height") \
    /* Where such a change has gone on as far as it goes; then it comes back. By eye: where it stays, a \
     * gap between clouds becomes a bright column. */ \
    X(float, sky_rise_height, 0.05F, "share of the photo's height") \
    /* ... and what it is at most, of which one e-th is seen. By eye: 0 leaves a fold at the edge of \
     * flower_garden, 40 bright wedges between the clouds of boats. */ \
    X(float, sky_rise_most, 25.0F, "levels") \
    /* Radius of the mean over the height above the photo. By eye: at 0.4 clouds of boats go on as beams. */ \
    X(double, sky_mix, 0.6, "times the height") \
    /* Radius by which a sky is mixed besides, soon above the photo. By eye, of boats and base.jpg at 20 %: 0 \
     * has rays from the tips of clouds, 0.04 and 0.05 none, at 0.1 a line is seen where the photo ends. */ \
    X(float, sky_tip, 0.05F, "share of the photo's height") \
    /* ... and how soon: there two thirds of it. 0.02 and 0.03 look alike. */ \
    X(float, sky_tip_height, 0.02F, "share of the photo's height") \
    /* Sideways drift over the height above the photo. */ \
    X(float, sky_drift, 0.8F, "times the height") \
    /* ... and up to which height it grows; there the grain is the usual one. */ \
    X(float, sky_drift_height, 0.3F, "share of the photo's height") \
    /* What is narrower ends in the sky. */ \
    X(double, sky_gap, 0.3, "share of the photo's width") \
    /* So much of the edge is soft at least. Skies have 0.69 (clouds of an evening) to 1; the wood of a \
     * table 0.66, a cat before a room 0.54. */ \
    X(double, sky_soft_least, 0.67, "share of the photo's width") \
    /* What one in twenty of a cell's neighbouring pixels differs by or more, of the photo at a short side \
     * of 128 pixels: less is soft, twice as much is texture. Half of the cells: evening clouds 13, \
     * out-of-focus gardens 3 to 6, clear skies 1 to 3; a cat's fur 21, boards 72, windows 90, cups 98. */ \
    X(float, sky_soft_change, 14.0F, "levels") \
    /* The same of a thing that stands against a soft edge; a lit cloud's outline has 30 to 50. */ \
    X(float, sky_thing_change, 28.0F, "levels") \
    /* Which difference of a cell counts: edges, not their number. */ \
    X(double, sky_edges_share, 0.95, "share of the differences") \
    /* Less grain does not hide the steps of 8 bits. */ \
    X(float, sky_grain_least, 0.5F, "levels") \
    /* More is texture. */ \
    X(float, sky_grain_most, 6.0F, "levels") \
    /* What is farther off is an outline. By eye, of base.jpg: with all that is finer, clouds leave scratches \
     * all over a sky of 9:16. */ \
    X(float, sky_grain_tail, 2.0F, "deviations") \
    /* A column has no more than this, of the usual grain: columns of clouds would have. By eye: at 1.5 \
     * the grain of boats' blue sky ends in a line. */ \
    X(float, sky_grain_beside, 3.0F, "times") \
    /* What is finer than this is grain. */ \
    X(double, sky_grain_sigma, 1.5, "pixels") \
    /* The slow changes of light are no stronger. */ \
    X(float, sky_light_most, 7.0F, "levels") \
    /* The other sides: out of focus, they go on as skies do from this growth on. Patches have no place of \
     * the photo whose colours go on from its edge so slowly, and leave a line there. */ \
    X(double, blur_growth, 0.02, "share of the photo's side") \
    /* So much of a side is out of focus at least. Gardens behind flowers have 0.69 to 0.97, a floor of \
     * concrete 0.61. */ \
    X(double, blur_soft_least, 0.67, "share of the side") \
    /* What sky_soft_change measures: less is out of focus and counts to blur_soft_least, twice as much \
     * does not. Cells of gardens behind flowers have 2 to 7, of concrete 6 to 10. */ \
    X(float, blur_change, 6.0F, "levels") \
    /* Up to 1.5 times this a cell of such a side goes on out of focus; patches go on with the others. By \
     * eye: at 6 a bud of flower_garden that is out of focus itself has a line where the photo ends. */ \
    X(float, blur_thing_change, 12.0F, "levels") \
    /* What is narrower ends there: one cell. By eye, of flower_garden: a petal's tip is not repeated below it. */ \
    X(double, blur_gap, 0.05, "share of the side") \
    /* So far in the photo is looked whether the left or right edge shows layers, ... */ \
    X(double, blur_inner, 0.1, "share of the photo's side") \
    /* ... which differ from there by less than this. A lake in haze 0.16, dunes 0.17 and 0.54, gardens \
     * behind flowers 1.2 to 8.8. */ \
    X(double, blur_layered, 0.6, "times the edge's variance") \
    /* Shapes go out of focus from here on (calm.c). The numbers of calm.c were chosen by eye, on the \
     * bundled photos at 9:16, 16:9, 1:1 and 20 %. At 0.1 borders of 20 % look like a vignette, at 0.15 \
     * astronaut's lower one is less sharp by 0.5. */ \
    X(float, calm_begin, 0.2F, "share of the photo's side") \
    /* ... and do so wholly from here on. */ \
    X(float, calm_full, 0.45F, "share of the photo's side") \
    /* Standard deviation of the blur there, over the distance. At 0.3 columns are still seen in orchid. */ \
    X(float, calm_reach, 0.4F, "times the distance") \
    /* Root mean square of the shapes from which on they count, ... */ \
    X(float, calm_least, 8.0F, "levels") \
    /* ... and count wholly. A beach has 5, wood 5, combs of a table's edge 11 to 27, cups 10 to 50. */ \
    X(float, calm_most, 16.0F, "levels") \
    /* So much of what is finer does not count as a shape. */ \
    X(float, calm_fine, 0.5F, "times") \
    /* Standard deviation of what is about a cell. */ \
    X(double, calm_area, 12.0, "128ths of the photo's short side") \
    /* Shapes of a side against what is finer: less is texture, ... Of 9:16: planks 0.3, beaches 0.4 and \
     * 0.5, grass 0.5, a thicket 0.6, a forest 0.8 and 0.9, a workshop's wall 1.1. */ \
    X(float, calm_side_least, 1.1F, "times") \
    /* ... and more is none. Cups 1.9 and 2.9, a saucer 2.2, leaves out of focus 3.8. */ \
    X(float, calm_side_most, 1.5F, "times") \
    /* Above so much of a row the rest of it goes soft too, ... */ \
    X(float, calm_row_least, 0.2F, "share of the row") \
    /* ... and wholly at this. */ \
    X(float, calm_row_most, 0.5F, "share of the row") \
    /* Standard deviation over which soft and sharp meet. At 0 curtains are seen. */ \
    X(double, calm_spread, 8.0, "128ths of the photo's short side")
/* clang-format on */

SPX_TUNED_ROOM(outpaint, SPX_OUTPAINT_TUNED)

#endif
