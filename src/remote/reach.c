#include "remote/reach.h"

#include "remote/gradio.h"
#include "remote/sdapi.h"
#include "remote/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int is_web(const char *url)
{
    return strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0; // NOLINT
}

static spx_status init_space(spx_reach *out, const char *wanted, spx_diag *diag)
{
    char space[SPX_GRADIO_SPACE_SIZE];
    if (!spx_gradio_space_name(space, wanted)) {
        char shown[SPX_HTTP_SHOWN_SIZE];
        spx_http_show(shown, wanted);
        return spx_fail(diag, SPX_ERR_ARGUMENT,
                        "\"%s\" is neither a URL nor the OWNER/NAME of a Space", shown);
    }
    out->own = strdup(spx_gradio_hub());
    if (asprintf(&out->asks_host, "%s/api/spaces/%s/host", spx_gradio_hub(), space) < 0)
        out->asks_host = NULL;
    out->hugging_face = 1;
    return out->own == NULL || out->asks_host == NULL ? spx_fail_memory(diag, "network") : SPX_OK;
}

spx_status spx_reach_init(spx_reach *out, spx_outpaint_engine engine, const char *url,
                          spx_diag *diag)
{
    *out = (spx_reach){ 0 };
    const char *const wanted = engine == SPX_OUTPAINT_GRADIO   ? spx_gradio_wanted(url)
                               : url == NULL || url[0] == '\0' ? spx_sdapi_default_url
                                                               : url;
    if (engine == SPX_OUTPAINT_GRADIO && !is_web(wanted)) {
        const spx_status status = init_space(out, wanted, diag);
        if (status != SPX_OK)
            spx_reach_clear(out);
        return status;
    }
    out->own = strdup(wanted);
    if (out->own == NULL)
        return spx_fail_memory(diag, "network");
    out->hugging_face = engine == SPX_OUTPAINT_GRADIO && spx_http_at_hugging_face(wanted);
    return SPX_OK;
}

void spx_reach_clear(spx_reach *reach)
{
    free(reach->own);
    free(reach->host);
    free(reach->asks_host);
    *reach = (spx_reach){ 0 };
}

int spx_reach_holds(const spx_reach *reach, const char *url)
{
    if (spx_http_same_origin(reach->own, url))
        return 1;
    if (reach->host != NULL && spx_http_same_origin(reach->host, url))
        return 1;
    return reach->hugging_face && spx_http_at_hugging_face(url);
}

void spx_reach_learn(spx_reach *reach, const char *url, const spx_http_answer *answer)
{
    if (reach->asks_host == NULL || reach->host != NULL || strcmp(url, reach->asks_host) != 0 ||
        !spx_remote_is_success(answer))
        return;
    json_t *const json = json_loadb((const char *)answer->body.data, answer->body.size, 0, NULL);
    const char *const host = json_string_value(json_object_get(json, "host"));
    if (host != NULL && is_web(host))
        reach->host = strdup(host);
    json_decref(json);
}

spx_http_scope spx_reach_scope(const spx_reach *reach)
{
    return (spx_http_scope){ .origins = { reach->own }, .hugging_face = reach->hugging_face };
}
