#!/usr/bin/python3
"""Remote outpainting through the program, against a server that replays how Gradio of every version,
the hub and /sdapi/v1 answer, well and badly."""
import os
import re
import signal
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(1, HERE + "/../cli")
from remote_server import PAINT, Server, read_png  # noqa: E402
import support  # noqa: E402
from support import spx  # noqa: E402
from serving import Server as Serving  # noqa: E402

SECRET = "hf_verysecret"
WIDTH, HEIGHT = 120, 80
FEATHER = 6

for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
    os.environ.pop(name, None)
for name in ("SPX_OUTPAINT_URL", "SPX_OUTPAINT_TOKEN", "SPX_OUTPAINT_PROMPT", "HF_TOKEN"):
    os.environ.pop(name, None)
support.enter("outpaint_remote")
os.environ["XDG_CONFIG_HOME"] = os.getcwd() + "/config"
support.write("photo.png", support.png(WIDTH, HEIGHT))
PHOTO = read_png(support.read("photo.png"))[2]


def outpaint(*arguments, engine="gradio", **more):
    """Exit code, stdout, stderr; the token must be in neither."""
    if os.path.exists("out.png"):
        os.remove("out.png")
    code, out, err = spx("outpaint", "--engine", engine, "-o", "out.png", *arguments, "photo.png",
                         **more)
    assert SECRET not in out + err, (out, err)
    assert not [one for one in os.listdir(".") if one.startswith(".spx")]
    return code, out, err


def grows(*arguments, left=24, top=16, right=24, bottom=16, painted=True, **more):
    """The photo's pixels are where they belong, and the border is the server's."""
    code, out, err = outpaint(*arguments, **more)
    assert code == 0 and "photo.png" in out, (code, out, err)
    width, height, rows = read_png(support.read("out.png"))
    assert (width, height) == (WIDTH + left + right, HEIGHT + top + bottom), (width, height)
    x0, x1 = FEATHER if left else 0, WIDTH - (FEATHER if right else 0)
    for y in range(FEATHER if top else 0, HEIGHT - (FEATHER if bottom else 0)):
        assert rows[top + y][3 * (left + x0):3 * (left + x1)] == PHOTO[y][3 * x0:3 * x1], y
    corners = [(2, 2)] * bool(left and top) + [(width - 3, height - 3)] * bool(right and bottom)
    for x, y in corners:
        near = all(abs(rows[y][3 * x + c] - PAINT[c]) <= 12 for c in range(3))
        assert near == painted, (x, y, rows[y][3 * x:3 * x + 3])
    return err


def fails(reason, *arguments, **more):
    code, out, err = outpaint(*arguments, **more)
    assert code == 1 and out == "", (code, out, err)
    assert err.count("\n") == 1 and re.search(reason, err), err
    assert not os.path.exists("out.png")


def at(server):
    return ["--url", server.url]


# ---- what works ----

def speaks_every_protocol():
    for protocol, prefix in (("sse", ""), ("sse_v1", ""), ("sse_v2", ""), ("sse_v2.1", ""),
                             ("sse_v3", ""), ("sse_v3", "/gradio_api")):
        server = Server(protocol, prefix)
        grows(*at(server))
        values = server.values
        assert values["prompt_input"] == "blend seamlessly", values
        assert values["num_inference_steps"] == 10 and values["alignment"] == "Middle", values
        assert [values["overlap_" + side] for side in ("left", "right", "top", "bottom")] == \
            [True] * 4, values
        assert not server.secrets()


def speaks_with_functions_without_queue():
    grows(*at(Server(queue=False)))
    grows(*at(Server(protocol=None, prefix="", queue=False)))
    fails("Gradio 3", *at(Server(protocol=None, prefix="")))


def takes_the_simple_route_where_there_is_no_queue():
    server = Server(fault="only call")
    grows(*at(server))
    assert "/gradio_api/call/infer" in server.paths()
    fails("failed and does not say why", *at(Server(fault="only call", call_error=None)))
    fails("out of paint", *at(Server(fault="only call", call_error={"error": "out of paint"})))
    fails("out of paint", *at(Server(fault="only call", call_error="out of paint")))


def places_photos_that_grow_on_one_side():
    for side in ("left", "top", "right", "bottom"):
        server = Server()
        margins = dict.fromkeys(("left", "top", "right", "bottom"), 0)
        margins[side] = 40
        grows("--" + side, "40", *at(server), **margins)
        opposite = {"left": "Right", "top": "Bottom", "right": "Left", "bottom": "Top"}[side]
        assert server.values["alignment"] in (opposite, "Middle"), server.values
        assert [one for one in margins if server.values["overlap_" + one]] == [side]


def knows_the_inputs_of_a_server_that_hides_them():
    server = Server(fault="no info")
    grows("--prompt", "a meadow", *at(server))
    assert server.values["prompt_input"] == "a meadow"


def maps_parameters_by_name():
    server = Server()
    grows("--param", "num_inference_steps=6", "--param", "overlap_top=false", *at(server))
    assert server.values["num_inference_steps"] == 6
    assert server.values["overlap_top"] is False and server.values["overlap_left"] is True
    fails("no input \"colour\"", "--param", "colour=red", *at(Server()))
    fails("width follows from the frame", "--param", "width=800", *at(Server()))
    fails("no function /paint; it has: /infer", "--param", "api_name=/paint", *at(Server()))
    grows(*at(Server(api_name="other", fault="no info")))  # the only one from image to image
    grows("--param", "result=0/1", *at(Server()))
    fails("does not show the photo|holds no picture", "--param", "result=0/7", *at(Server()))


def fetches_results_from_the_server_it_speaks_to():
    grows(*at(Server(fault="wrong host")))
    other = Server()
    fails("address that is not safe", *at(Server(fault="foreign url", target=other.url)))
    assert not other.requests
    fails("holds no picture", *at(Server(fault="no picture")))


def reads_url_token_and_prompt_from_the_environment():
    server = Server()
    env = dict(os.environ, SPX_OUTPAINT_URL=server.url, SPX_OUTPAINT_TOKEN=SECRET,
               SPX_OUTPAINT_PROMPT="a lake")
    grows(env=env)
    assert server.values["prompt_input"] == "a lake"
    assert set(server.secrets()) == {"Bearer " + SECRET}


def reads_the_config_file():
    server = Server()
    os.makedirs("config/spx", exist_ok=True)
    support.write("config/spx/config", ("# remote\noutpaint-url = %s\noutpaint-token=%s\n\n"
                                        "outpaint-prompt = a hill \n" %
                                        (server.url, SECRET)).encode())
    try:
        grows()
        assert server.values["prompt_input"] == "a hill"
        assert set(server.secrets()) == {"Bearer " + SECRET}
        grows("--prompt", "a sea")
        assert server.values["prompt_input"] == "a sea"
        count = len(server.requests)
        grows(engine="local", painted=False)  # a file names no engine: nothing is sent
        assert len(server.requests) == count
        support.write("config/spx/config", b"outpaint-url=x\ncolour=red\n")
        code, _, err = outpaint()
        assert code == 2 and "config:2" in err and "colour" in err, (code, err)
    finally:
        os.remove("config/spx/config")


def logs_in_with_user_and_password():
    server = Server(fault="login")
    grows("--token", "ann:a&b:c", *at(server))
    assert "/login" in server.paths()
    fails("400.*Incorrect credentials", "--token", "ann:other", *at(Server(fault="login")))


# ---- the hub ----

def space(server, hub_more, **env):
    hub = Server(host=server.url, **hub_more)
    env = dict(os.environ, SPX_HF_API_URL=hub.url, **env)
    return hub, {"env": env}


def wakes_a_sleeping_space():
    server = Server(asleep=1)
    hub, more = space(server, {"stages": ["SLEEPING", "APP_STARTING", "RUNNING"]})
    grows("--url", "some/space", **more)
    assert server.paths()[0] == "/" and server.paths().count("/config") == 2, server.paths()
    assert hub.paths()[0] == "/api/spaces/some/space/host"


def asks_the_hub_for_the_default_space():
    server = Server()
    hub, more = space(server, {"stages": ["RUNNING"]}, HF_TOKEN=SECRET)
    grows(**more)
    assert hub.paths()[0] == "/api/spaces/fffiloni/diffusers-image-outpaint/host"
    # The hub may see the token; the host that it names is no host of the hub.
    assert "Bearer " + SECRET in hub.secrets()
    assert not server.secrets()


def says_what_ails_a_space():
    for stage, reason in (("PAUSED", "paused: only its owner"),
                          ("RUNTIME_ERROR", r"broken \(RUNTIME_ERROR\)")):
        _, more = space(Server(), {"stages": [stage]})
        fails(reason, "--url", "some/space", **more)
    _, more = space(Server(), {"stages": ["RUNNING"], "fault": "no such space"})
    fails("none of that name, or it is private", "--url", "some/space", **more)


# ---- what goes wrong ----

def tells_the_errors_of_the_function():
    for fault, reason in (("null error", "failed and does not say why"),
                          ("error", "failed: CUDA out of memory & more$"),
                          ("quota", r"GPU quota is used up: .*\(60s requested vs. 56s left\). Sign"),
                          ("unexpected", "Server stopped unexpectedly"),
                          ("closed", "closed the stream without a result"),
                          ("garbled", "no JSON"),
                          ("cut", "broke off before the result")):
        fails(reason, *at(Server(fault=fault)))
    fails(r"bad token \*\*\*\*", "--token", SECRET, *at(Server(fault="echo")))


def tells_the_errors_of_the_server():
    fails("503: Queue is full. Max size is 12", *at(Server(fault="queue full")))
    fails("413.*exceeds the maximum", *at(Server(fault="upload")))
    fails("no Gradio server", *at(Server(fault="html")))
    fails("over 67108864 bytes", *at(Server(fault="huge")))
    fails(r"401 .*token.*You said Bearer \*\*\*", "--token", SECRET,
          *at(Server(fault="unauthorized")))
    fails("Could(n't| not) connect", "--url", "http://127.0.0.1:1")
    fails("neither a URL nor", "--url", "nonsense")


def keeps_the_token_from_other_servers():
    target = Server()
    server = Server(fault="redirect", target=target.url)
    fails("redirects to .*not followed, because of the token", "--token", SECRET, *at(server))
    assert set(server.secrets()) == {"Bearer " + SECRET} and not target.requests
    hub_token = dict(os.environ, HF_TOKEN=SECRET)
    own = Server()
    grows(*at(own), env=hub_token)  # the hub's token is for the hub
    assert not own.secrets()
    code, out, err = outpaint("--token", SECRET + "\r\nX: y", *at(own))
    assert code == 1 and "blanks or control" in err, err


def stops_in_time():
    server = Server(fault="hang")
    fails("no answer in time", "--timeout", "2", *at(server))
    assert not server.freed.is_set(), "it waited for the server"


def cancel(server, engine):
    """Stops the program while the server is at work; returns what the server was asked."""
    running = subprocess.Popen([support.PROGRAM, "outpaint", "--engine", engine, "-o",
                                "out.png", *at(server), "photo.png"],
                               stderr=subprocess.PIPE)
    assert server.hanging.wait(600), server.paths()
    running.send_signal(signal.SIGINT)
    assert running.wait(600) == 130 and not server.freed.is_set()
    running.stderr.close()
    assert not os.path.exists("out.png")
    return server.paths()


def tells_the_server_of_a_cancel():
    for fault, engine, goodbye in (("hang", "gradio", "/gradio_api/cancel"), ("sd hang", "sdapi", "/sdapi/v1/interrupt")):
        # Who cancels waits a tenth of a second for the goodbye: on a busy machine it may not get through.
        asked = []
        for _ in range(8):
            asked.append(cancel(Server(fault=fault), engine))
            if goodbye in asked[-1]:
                break
        assert goodbye in asked[-1], asked


def falls_back_to_the_local_engine_when_allowed():
    err = grows("--fallback", "local", *at(Server(fault="error")), painted=False)
    assert "painted locally" in err and "CUDA out of memory" in err, err


# ---- through the server ----

def the_server_s_painter_paints():
    """The reference's outpainting is a remote engine's; a client may ask for the local one, and say what to paint."""
    painter = Server()
    with Serving("painter", "--engine", "gradio", "--engine-url", painter.url, environment={"SPX_PAINTER_TOKEN": SECRET}) as server:
        photo = ("file", "photo.png", support.read("photo.png"))
        assert server.get("/api/v1/server").json()["painters"] == ["local", "remote"]
        for path in ("/outpaint/", "/outpaint"):
            painter.values = None
            reply = server.post_form(path, [photo, ("expand", "32"), ("prompt", "a meadow of " + path)])
            assert reply.status == 200, reply.body
            assert painter.values["prompt_input"] == "a meadow of " + path, painter.values
            made = read_png(server.get("/download/" + reply.json()["outpaint_path"]).body)
            assert (made[0], made[1]) == (WIDTH + 64, HEIGHT + 64) and all(abs(made[2][2][6 + c] - PAINT[c]) <= 12 for c in range(3))
        painter.values = None
        reply = server.post_form("/outpaint/", [photo, ("expand", "32"), ("painter", "local")])
        assert reply.status == 200 and painter.values is None
        reply = server.post_form("/api/v1/jobs", [photo, ("kind", "outpaint"), ("painter", "remote"), ("expand", "32")])
        job = server.wait(reply.json()["id"])
        assert job["options"]["prompt"] == "" and painter.values["prompt_input"] == "blend seamlessly"
        again = server.request("POST", f"/api/v1/jobs/{job['id']}/render", b'{"prompt": "snow"}', {"Content-Type": "application/json"})
        assert again.status == 202 and server.wait(job["id"])["options"]["prompt"] == "snow"
        assert painter.values["prompt_input"] == "snow"  # another picture, not the one of before
        for bad in ("x" * 512, "two\nlines"):
            reply = server.post_form("/outpaint/", [photo, ("prompt", bad)])
            assert reply.status == 422, (bad, reply.body)


def failures_do_not_say_where_it_is():
    painter = Server(fault="sd error")
    with Serving("painter_fails", "--engine", "sdapi", "--engine-url", painter.url + "/") as server:
        photo = ("file", "photo.png", support.read("photo.png"))
        texts = []
        for _ in range(2):
            reply = server.post_form("/outpaint/", [photo, ("expand", "32")])
            assert reply.status == 500, reply.body
            texts.append(reply.body.decode())
            painter.shutdown()
            painter.server_close()  # and then nobody is there
        for text in texts:
            assert "painter" in text and "127.0.0.1" not in text and str(painter.server_address[1]) not in text, text


# ---- /sdapi/v1 ----

def repaints_through_sdapi():
    server = Server()
    grows("--prompt", "a meadow", "--param", "steps=12", "--param", "sampler_name=Euler a",
          *at(server), engine="sdapi")
    values = server.values
    assert values["steps"] == 12 and values["sampler_name"] == "Euler a", values
    assert values["inpainting_fill"] == 1 and values["prompt"] == "a meadow"
    assert values["width"] % 8 == 0 and values["height"] % 8 == 0
    # The mask is white around the photo; the border is filled before the server sees it.
    assert server.mask[0] == b"\xff" * len(server.mask[0])
    middle = server.mask[len(server.mask) // 2]
    assert middle[:3] == b"\xff\xff\xff" and middle[len(middle) // 2] == 0
    assert len(set(server.rows[0][i:i + 3] for i in range(0, len(server.rows[0]), 3))) > 5


def tells_the_errors_of_sdapi():
    fails("500: CUDA out of memory|500: OutOfMemoryError", *at(Server(fault="sd error")),
          engine="sdapi")
    fails("holds no picture", *at(Server(fault="sd empty")), engine="sdapi")
    grows("--token", "ann:a b", *at(Server(fault="basic")), engine="sdapi")
    fails("401", "--token", "ann:x", *at(Server(fault="basic")), engine="sdapi")
    fails("wants a URL", "--url", "some/space", engine="sdapi")
    fails("width follows from the photo", "--param", "width=8", *at(Server()), engine="sdapi")
    fails("size: \"1\" is not", "--param", "size=1", *at(Server()), engine="sdapi")


support.run(speaks_every_protocol, speaks_with_functions_without_queue,
            takes_the_simple_route_where_there_is_no_queue, places_photos_that_grow_on_one_side,
            knows_the_inputs_of_a_server_that_hides_them, maps_parameters_by_name,
            fetches_results_from_the_server_it_speaks_to,
            reads_url_token_and_prompt_from_the_environment, reads_the_config_file,
            logs_in_with_user_and_password, wakes_a_sleeping_space,
            asks_the_hub_for_the_default_space, says_what_ails_a_space,
            tells_the_errors_of_the_function, tells_the_errors_of_the_server,
            keeps_the_token_from_other_servers, stops_in_time, tells_the_server_of_a_cancel,
            falls_back_to_the_local_engine_when_allowed, the_server_s_painter_paints,
            failures_do_not_say_where_it_is, repaints_through_sdapi,
            tells_the_errors_of_sdapi)
