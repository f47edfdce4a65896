/* Says of each file whether viewers show it as spatial, and why not: is_spatial FILE... */
#include <spx/info.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    int failed = argc < 2;
    for (int i = 1; i < argc; i++) {
        spx_info info;
        spx_diag diag = { 0 };
        if (spx_info_read(&info, &(spx_input){ .path = argv[i] }, NULL, &diag) != SPX_OK) {
            fprintf(stderr, "%s\n", diag.text);
            failed = 1;
            continue;
        }
        if (info.spatial)
            printf("%s is spatial, %.1f mm between the eyes\n", argv[i], info.baseline_mm);
        else
            printf("%s is not spatial: %s\n", argv[i],
                   info.reason_count > 0 ? info.reasons[0] : info.format);
    }
    return failed;
}
