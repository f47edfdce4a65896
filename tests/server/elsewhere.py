"""A web server for the tests beside this file: photos that are fetched, and hooks that are told."""
import http.server
import threading
import time


class Elsewhere:
    """answers: path -> (status, headers, body) or a function of the handler; asked: what came, in order."""

    def __init__(self, answers, host="127.0.0.1"):
        self.asked = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                size = int(self.headers.get("Content-Length", 0))
                body = self.rfile.read(size)
                outer.asked.append((self.command, self.path, dict(self.headers), body, time.time()))
                answer = outer.answers.get(self.path.split("?")[0], (404, {}, b"nothing"))
                if callable(answer):
                    answer = answer(self)
                    if answer is None:
                        return
                status, headers, body = answer
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET

            def log_message(self, *_):
                pass

        class Threaded(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass  # a client that goes away is what some tests want

        self.answers = answers
        self.server = Threaded((host, 0), Handler)
        self.port = self.server.server_address[1]
        self.url = f"http://{host}:{self.port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
