"""A server that replays how Gradio of one version, the hub and /sdapi/v1 answer, with the faults
that a test asks for. Nothing here runs a model: the border it "paints" is one colour."""
import base64
import http.server
import json
import re
import struct
import threading
import zlib

NAMES = ["image", "width", "height", "overlap_percentage", "num_inference_steps", "resize_option",
         "custom_resize_percentage", "prompt_input", "alignment", "overlap_left", "overlap_right",
         "overlap_top", "overlap_bottom"]
TYPES = ["image", "slider", "slider", "slider", "slider", "radio", "slider", "textbox", "dropdown",
         "checkbox", "checkbox", "checkbox", "checkbox"]
PAINT = (60, 120, 180)


# ---- pictures: 8-bit RGB PNG, all filters ----

def read_png(data):
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, body = 8, b""
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        chunk = data[at + 8:at + 8 + size]
        if kind == b"IHDR":
            width, height, bits, colour = struct.unpack(">IIBB", chunk[:10])
            assert (bits, colour) == (8, 2), (bits, colour)
        elif kind == b"IDAT":
            body += chunk
        at += size + 12
    raw, rows, before = zlib.decompress(body), [], bytearray(3 * width)
    for y in range(height):
        line = raw[y * (3 * width + 1):(y + 1) * (3 * width + 1)]
        row, how = bytearray(line[1:]), line[0]
        for i in range(len(row)) if how else ():
            left = row[i - 3] if i >= 3 else 0
            up, corner = before[i], before[i - 3] if i >= 3 else 0
            guess = left + up - corner
            paeth = min((abs(guess - left), 0, left), (abs(guess - up), 1, up),
                        (abs(guess - corner), 2, corner))[2]
            row[i] = row[i] + (0, left, up, (left + up) // 2, paeth)[how] & 255
        rows.append(bytes(row))
        before = row
    return width, height, rows


def write_png(width, height, rows):
    def chunk(kind, content):
        return (struct.pack(">I", len(content)) + kind + content +
                struct.pack(">I", zlib.crc32(kind + content)))
    return (b"\x89PNG\r\n\x1a\n" +
            chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows), 1)) +
            chunk(b"IEND", b""))


def scaled(rows, width, height):
    """Nearest neighbours."""
    old = len(rows[0]) // 3
    columns = [x * old // width for x in range(width)]
    out, last, line = [], -1, b""
    for y in range(height):
        source = y * len(rows) // height
        if source != last:
            row, last = rows[source], source
            line = row if old == width else b"".join(row[3 * x:3 * x + 3] for x in columns)
        out.append(line)
    return out


def paint(photo, values):
    """What the Space does, without its model."""
    width, height, rows = read_png(photo)
    wide, high = values["width"], values["height"]
    assert values["resize_option"] == "Custom", values
    fit = min(wide / width, high / height)
    share = values["custom_resize_percentage"] / 100
    size = (max(int(int(width * fit) * share), 64), max(int(int(height * fit) * share), 64))
    left = {"Left": 0, "Right": wide - size[0]}.get(values["alignment"], (wide - size[0]) // 2)
    top = {"Top": 0, "Bottom": high - size[1]}.get(values["alignment"], (high - size[1]) // 2)
    small, blank = scaled(rows, *size), bytes(PAINT) * wide
    return write_png(wide, high, [
        blank[:3 * left] + small[y - top] + blank[3 * (left + size[0]):]
        if top <= y < top + size[1] else blank for y in range(high)])


# ---- the server ----

class Server(http.server.ThreadingHTTPServer):
    """protocol: None (3.x), "sse", "sse_v1" ... "sse_v3"; prefix: of 5.x and later; fault: a word
    that the handlers look for."""
    daemon_threads = True

    def __init__(self, protocol="sse_v3", prefix="/gradio_api", fault="", **more):
        super().__init__(("127.0.0.1", 0), Handler)
        self.protocol, self.prefix, self.fault, self.more = protocol, prefix, fault, more
        self.url = "http://127.0.0.1:%d" % self.server_address[1]
        self.requests, self.files, self.jobs, self.values = [], {}, {}, None
        self.waiting = {}
        self.hanging, self.go_on, self.freed = threading.Event(), threading.Event(), threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        pass  # a client that breaks off is part of the tests

    def hang(self):
        """Answers no more, until the test lets it go on or would fail for that."""
        self.hanging.set()
        self.go_on.wait(600)
        self.freed.set()

    def paths(self):
        return [one["path"] for one in self.requests]

    def secrets(self):
        """What requests brought as tokens."""
        return [value for one in self.requests for name, value in one["headers"].items()
                if name.lower() in ("authorization", "x-hf-authorization")]

    def config(self):
        ids = list(range(10, 10 + len(NAMES)))
        props = {"width": {"minimum": 64, "maximum": 256, "step": 8},
                 "height": {"minimum": 64, "maximum": 256, "step": 8}}
        out = {"version": "0", "app_id": 12305281121554547412, "enable_queue": True,
               "components": [{"id": 1, "type": "button", "props": {}},
                              {"id": 2, "type": "imageslider", "props": {}}] +
               [{"id": one, "type": TYPES[i], "props": props.get(NAMES[i], {"value": None})}
                for i, one in enumerate(ids)],
               "dependencies": [
                   {"id": 3, "api_name": False, "inputs": [1], "outputs": []},
                   {"id": 7, "api_name": self.more.get("api_name", "infer"), "inputs": ids,
                    "outputs": [2], "queue": self.more.get("queue", True)}]}
        if self.protocol is not None:
            out["protocol"] = self.protocol
        if self.prefix:
            out["api_prefix"] = self.prefix
        return out

    def info(self):
        return {"named_endpoints": {"/infer": {"parameters": [
            {"parameter_name": name, "component": kind.title(), "parameter_has_default": False,
             "type": {"type": {"slider": "number", "checkbox": "boolean"}.get(kind, "string")}}
            for name, kind in zip(NAMES, TYPES)], "returns": []}}, "unnamed_endpoints": {}}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, code, data, kind="application/json", **headers):
        body = data if isinstance(data, bytes) else json.dumps(data).encode()
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def note(self, body):
        path = self.path.split("?")[0]
        self.server.requests.append({"method": self.command, "path": path, "query": self.path,
                                     "headers": dict(self.headers), "body": body})
        return path

    def do_GET(self):
        self.answer(self.note(b""), b"")

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.answer(self.note(body), body)

    def answer(self, path, body):
        server = self.server
        if path.startswith("/api/spaces/"):
            return self.hub(path)
        if path.startswith("/sdapi/"):
            return self.sdapi(path, body)
        if server.fault == "redirect":
            return self.reply(302, b"", Location=server.more["target"] + path)
        if server.fault == "unauthorized":
            said = self.headers.get("Authorization", "none")
            return self.reply(401, {"detail": {"auth_message": "who are you? You said " + said}})
        if path == "/config":
            return self.get_config()
        if path == "/login":
            return self.log_in(body)
        if not path.startswith(server.prefix + "/"):
            return self.reply(404, {"detail": "Not Found"})
        route = path[len(server.prefix) + 1:]
        for begin, handler in ROUTES:
            if route.startswith(begin):
                return handler(self, route, body)
        return self.reply(404, {"detail": "Not Found"})

    # ---- the hub ----

    def hub(self, path):
        server = self.server
        if path.endswith("/host"):
            if server.fault == "no such space":
                return self.reply(401, {"error": "Invalid username or password."})
            return self.reply(200, {"host": server.more["host"]})
        stages = server.more["stages"]
        return self.reply(200, {"runtime": {"stage": stages.pop(0) if len(stages) > 1
                                            else stages[0]}})

    # ---- Gradio ----

    def get_config(self):
        server = self.server
        if server.fault == "html":
            return self.reply(200, b"<html>hello</html>", "text/html")
        if server.more.get("asleep", 0) > 0:
            server.more["asleep"] -= 1
            return self.reply(503, b"<html>Space is <b>starting</b></html>", "text/html")
        if server.fault == "huge":
            self.send_response(200)
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b" " * 1048576)
            except OSError:
                return None
        if server.fault == "login" and "session=yes" not in self.headers.get("Cookie", ""):
            return self.reply(401, {"detail": {"auth_message": None}})
        return self.reply(200, server.config())

    def log_in(self, body):
        if body != b"username=ann&password=a%26b%3Ac":
            return self.reply(400, {"detail": "Incorrect credentials."})
        return self.reply(200, {"success": True}, Set_Cookie="session=yes; Path=/")

    def get_info(self, *_):
        if self.server.fault == "no info":
            return self.reply(404, {"detail": "Not Found"})
        return self.reply(200, self.server.info())

    def upload(self, _, body):
        if self.server.fault == "upload":
            return self.reply(413, b"File size exceeds the maximum allowed size", "text/plain")
        boundary = re.search("boundary=(.+)", self.headers["Content-Type"]).group(1).encode()
        head, data = body.split(b"--" + boundary)[1].split(b"\r\n\r\n", 1)
        assert b'name="files"' in head and b'filename="photo.png"' in head, head
        path = "/tmp/gradio/ab c/\u00e4%d.png" % len(self.server.files)
        self.server.files[path] = data[:-2]
        return self.reply(200, [path])

    def photo_of(self, value):
        if isinstance(value, str):
            return base64.b64decode(value.split(",", 1)[1])
        assert value["meta"] == {"_type": "gradio.FileData"}, value
        return self.server.files[value["path"]]

    def make(self, data):
        """The function's outputs."""
        server = self.server
        server.values = dict(zip(NAMES, data))
        server.values["photo"] = read_png(self.photo_of(data[0]))[:2]
        picture = paint(self.photo_of(data[0]), server.values)
        if server.protocol is None:
            return [["data:image/png;base64," + base64.b64encode(one).decode()
                     for one in (self.photo_of(data[0]), picture)]]
        path = "/tmp/gradio/out put/imag\u00e9.webp"
        server.files[path] = picture
        if server.fault == "wrong host":
            link = "http://internal.invalid:1/x" + server.prefix + "/file=" + path
            return [[{"path": "", "url": link}, {"path": "", "url": link}]]
        if server.fault == "foreign url":
            return [{"path": "", "url": server.more["target"] + "/secret"}]
        if server.fault == "no picture":
            return ["done", 3]
        return [[data[0], {"path": path, "url": None, "meta": {"_type": "gradio.FileData"}}]]

    def get_file(self, route, _):
        from urllib.parse import unquote
        name = unquote(route[len("file="):])
        if name not in self.server.files:
            return self.reply(404, {"detail": "File not found"})
        return self.reply(200, self.server.files[name], "image/webp")

    def run(self, _, body):
        return self.reply(200, {"data": self.make(json.loads(body)["data"])})

    def join(self, _, body):
        server = self.server
        if server.protocol == "sse" or server.fault == "only call":
            return self.events_first() if self.command == "GET" else \
                self.reply(404, {"detail": "Not Found"})
        if server.fault == "queue full":
            return self.reply(503, {"detail": "Queue is full. Max size is 12 and size is 12."})
        ask = json.loads(body)
        assert ask["fn_index"] == 7, ask
        server.jobs[ask["session_hash"]] = ask["data"]
        return self.reply(200, {"event_id": "0123456789abcdef"})

    def begin_events(self):
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()

    def event(self, message, name=None):
        """In pieces of few bytes, which end anywhere."""
        text = ("event: %s\n" % name if name else "") + "data: " + json.dumps(
            message, ensure_ascii=False) + "\n\n"
        raw = text.encode()
        step = 1 if len(raw) < 100 else 37
        for at in range(0, len(raw), step):
            self.wfile.write(raw[at:at + step])
            self.wfile.flush()

    def data(self, _, body):
        server = self.server
        if self.command == "POST":  # 4.0 to 4.8
            ask = json.loads(body)
            server.jobs[ask["session_hash"]] = ask["data"]
            server.waiting[ask["session_hash"]].set()
            return self.reply(200, {"success": True})
        session = re.search("session_hash=([a-z0-9]+)", self.path).group(1)
        self.begin_events()
        return self.play(server.jobs[session])

    def events_first(self):
        session = re.search("session_hash=([a-z0-9]+)", self.path).group(1)
        ready = self.server.waiting[session] = threading.Event()
        self.begin_events()
        self.event({"msg": "estimation", "rank": 0, "queue_size": 1})
        self.event({"msg": "send_data", "event_id": "abc"})
        ready.wait(600)
        return self.play(self.server.jobs[session])

    def play(self, data):
        server, fault = self.server, self.server.fault
        self.event({"msg": "estimation", "rank": 2, "queue_size": 3, "rank_eta": 41.5})
        self.event({"msg": "heartbeat"})
        if fault == "cut":
            return None
        if fault == "hang":
            server.hang()
        if fault == "garbled":
            self.wfile.write(b"data: {\"msg\": \n\n")
            return None
        self.event({"msg": "process_starts", "eta": 3})
        self.event({"msg": "log", "log": "f\u00fcr dich", "level": "info"})
        self.event({"msg": "progress", "progress_data": [
            {"index": 3, "length": 10, "unit": "steps", "progress": None, "desc": None}]})
        if fault in ("null error", "error", "quota", "echo"):
            text = {"null error": None, "error": "CUDA <b>out of memory</b> &amp; more",
                    "quota": "You have exceeded your GPU quota (60s requested vs. 56s left). "
                             "<a href='x'>Sign up</a>",
                    "echo": "bad token hf_verysecret"}[fault]
            self.event({"msg": "process_completed", "success": False, "title": "Error",
                        "output": {"error": text}})
        elif fault == "unexpected":
            self.event({"msg": "unexpected_error", "message": "Server stopped unexpectedly."})
        elif fault == "closed":
            self.event({"msg": "close_stream"})
        else:
            outputs = self.make(data)
            self.event({"msg": "process_generating", "success": True, "output": {"data": []}})
            self.event({"msg": "process_completed", "success": True, "output": {"data": outputs}})
        if server.protocol == "sse_v3":
            self.event({"msg": "close_stream"})
        return None

    def call(self, route, body):
        server = self.server
        if self.command == "POST":
            server.jobs["call"] = json.loads(body)["data"]
            return self.reply(200, {"event_id": "00ff"})
        assert route == "call/infer/00ff", route
        self.begin_events()
        self.event(None, "heartbeat")
        self.event([], "generating")
        if server.more.get("call_error", "no") != "no":
            return self.event(server.more["call_error"], "error")
        return self.event(self.make(server.jobs["call"]), "complete")

    def farewell(self, *_):
        return self.reply(200, {"success": True})

    # ---- /sdapi/v1 ----

    def sdapi(self, path, body):
        server = self.server
        if server.fault == "basic":
            if self.headers.get("Authorization") != "Basic " + base64.b64encode(
                    b"ann:a b").decode():
                return self.reply(401, {"detail": "Incorrect username or password"})
        if path == "/sdapi/v1/progress":
            return self.reply(200, {"progress": 0.4, "eta_relative": 1.0, "state": {}})
        if path == "/sdapi/v1/interrupt":
            return self.reply(200, {})
        if path != "/sdapi/v1/img2img":
            return self.reply(404, {"detail": "Not Found"})
        if server.fault == "sd error":
            return self.reply(500, {"error": "OutOfMemoryError", "detail": "",
                                    "errors": "CUDA out of memory", "body": ""})
        if server.fault == "sd hang":
            server.hang()
        ask = server.values = json.loads(body)
        if server.fault == "sd empty":
            return self.reply(200, {"images": []})
        width, height, rows = read_png(base64.b64decode(ask["init_images"][0].split(",")[-1]))
        mask = read_png(base64.b64decode(ask["mask"].split(",")[-1]))[2]
        assert (width, height) == (ask["width"], ask["height"]), ask
        blank = bytes(PAINT) * width
        out = [b"".join(blank[:3] if line[3 * x] > 127 else row[3 * x:3 * x + 3]
                        for x in range(width)) for row, line in zip(rows, mask)]
        server.rows, server.mask = rows, mask
        image = base64.b64encode(write_png(width, height, out)).decode()
        return self.reply(200, {"images": [image], "parameters": {}, "info": "{}"})


ROUTES = [("info", Handler.get_info), ("upload", Handler.upload), ("queue/join", Handler.join),
          ("queue/data", Handler.data), ("run/infer", Handler.run), ("call/infer", Handler.call),
          ("file=", Handler.get_file), ("cancel", Handler.farewell), ("reset", Handler.farewell)]
