"""An S3 server of a test's own: what Amazon's documents say of GET, PUT, DELETE, ListObjectsV2, uploads in parts and signatures."""
import base64
import email.utils
import hashlib
import hmac
import re
import threading
import time
import urllib.parse
import xml.etree.ElementTree
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY, SECRET, REGION = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG", "eu-test-1"


class Upload:
    """What is there of an object that comes in parts."""

    def __init__(self, path, kind):
        self.path, self.kind, self.parts = path, kind, {}  # number: (ETag, SHA-256 in base64, bytes)


class Store(BaseHTTPRequestHandler):
    """Checks signatures (AWS Signature Version 4) and payload sums; /web/ is a plain server. Addresses have the path style."""
    objects = {}        # path: bytes
    written = {}        # path: when, since 1970
    buckets = {"out"}   # that can be written to
    kinds = {}          # path: content type of what came in parts
    uploads = {}        # id: Upload, of those that are open
    least_part = 5 << 20  # bytes of any part but the last
    on_part = None      # called with the number of a part before it is taken
    lost = 0            # uploads that are completed without an answer
    seen = []
    faults = []         # answers of the next requests: (code, S3's word); None = as usual; code 0 = none, the connection ends
    outage = None       # what every request gets: (code, S3's word)
    slow_s = 0          # before each answer
    cut = 0             # GET requests whose body breaks off
    page = 1000         # keys in an answer
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, code, body=b"", headers=()):
        self.send_response(code)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def error(self, code, word):
        self.answer(code, f"<?xml version='1.0'?><Error><Code>{word}</Code><Message>said {word}</Message></Error>".encode())

    def signature_is_right(self):
        found = re.match(r"AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=(\w+)",
                         self.headers.get("Authorization", ""))
        if not found:
            return False
        scope, names, given = found.groups()
        who, day, region, service, end = scope.split("/")
        names = names.split(";")
        sum_of_body = self.headers.get("x-amz-content-sha256")
        path, _, query = self.path.partition("?")
        request = "\n".join([self.command, path, query,
                             *(f"{name}:{' '.join(self.headers.get(name, '?').split())}" for name in names), "", ";".join(names),
                             sum_of_body])
        text = "\n".join(["AWS4-HMAC-SHA256", self.headers["x-amz-date"], "/".join((day, region, service, end)),
                          hashlib.sha256(request.encode()).hexdigest()])
        key = b"AWS4" + SECRET.encode()
        for part in (day, region, service, end):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        return (who == KEY and region == REGION and service == "s3" and "x-amz-content-sha256" in names and
                hmac.compare_digest(hmac.new(key, text.encode(), hashlib.sha256).hexdigest(), given))

    def refused(self):
        if Store.slow_s:
            time.sleep(Store.slow_s)
        if Store.outage:
            self.error(*Store.outage)
            return True
        fault = Store.faults.pop(0) if Store.faults else None
        if fault and fault[0] == 0:
            self.close_connection = True
            return True
        if fault:
            self.error(*fault)
            return True
        if not self.path.startswith("/web/") and not self.signature_is_right():
            self.error(403, "SignatureDoesNotMatch")
            return True
        return False

    def do_GET(self):
        Store.seen.append(("GET", self.path))
        if self.refused():
            return
        path, _, query = self.path.partition("?")
        path = urllib.parse.unquote(path)
        if query.startswith("list-type=2"):
            self.list(path.strip("/"), dict(urllib.parse.parse_qsl(query, keep_blank_values=True)))
            return
        body = Store.objects.get(path)
        if body is None:
            self.error(404, "NoSuchKey")
        elif Store.cut:
            Store.cut -= 1
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[:len(body) // 2])
            self.close_connection = True
        else:
            when = email.utils.formatdate(Store.written.get(path, 0), usegmt=True)
            self.answer(200, body, [("Last-Modified", when)])

    def list(self, bucket, query):
        if bucket not in Store.buckets:
            self.error(404, "NoSuchBucket")
            return
        start = f"/{bucket}/"
        keys = sorted(path[len(start):] for path in list(Store.objects) if path.startswith(start + query["prefix"]))
        keys = [key for key in keys if key > query.get("start-after", "")]
        rows = "".join("<Contents><Key>%s</Key><LastModified>%s</LastModified></Contents>" %
                       (key, time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(Store.written.get(start + key, 0))))
                       for key in keys[:Store.page])
        more = "true" if len(keys) > Store.page else "false"
        self.answer(200, f"<?xml version='1.0'?><ListBucketResult><IsTruncated>{more}</IsTruncated>{rows}"
                         "</ListBucketResult>".encode())

    def asked(self):
        """The path and the query's names."""
        path, _, query = self.path.partition("?")
        return urllib.parse.unquote(path), dict(urllib.parse.parse_qsl(query, keep_blank_values=True))

    def upload(self):
        """The open upload that a request names, or None, and the request is refused."""
        path, query = self.asked()
        found = Store.uploads.get(query["uploadId"])
        if found is None or found.path != path:
            self.error(404, "NoSuchUpload")
            return None
        return found

    def do_DELETE(self):
        Store.seen.append(("DELETE", self.path))
        if self.refused():
            return
        path, query = self.asked()
        if "uploadId" not in query:
            Store.objects.pop(path, None)
        elif self.upload() is None:
            return
        else:
            del Store.uploads[query["uploadId"]]
        self.answer(204)

    def body(self):
        """The request's body, or None, and the request is refused."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Store.seen.append((self.command, self.path))
        if self.refused():
            return None
        if self.headers["x-amz-content-sha256"] != hashlib.sha256(body).hexdigest():
            self.error(400, "XAmzContentSHA256Mismatch")
        elif self.path.split("/")[1] not in Store.buckets:
            self.error(404, "NoSuchBucket")
        else:
            return body
        return None

    def keep(self, path, body):
        Store.written[path] = time.time()
        Store.objects[path] = body

    def do_PUT(self):
        body = self.body()
        if body is None:
            return
        path, query = self.asked()
        if "partNumber" in query:
            self.take_part(int(query["partNumber"]), body)
        else:
            self.keep(path, body)
            self.answer(200, headers=[("ETag", '"x"')])

    def take_part(self, number, body):
        if Store.on_part:
            Store.on_part(number)
        upload = self.upload()
        if upload is None:
            return
        found = base64.b64encode(hashlib.sha256(body).digest()).decode()
        if self.headers["x-amz-checksum-sha256"] != found:
            self.error(400, "BadDigest")
        elif not 1 <= number <= 10000:
            self.error(400, "InvalidArgument")
        else:
            etag = '"' + hashlib.md5(body).hexdigest() + '&<"'
            upload.parts[number] = (etag, found, body)
            self.answer(200, headers=[("ETag", etag)])

    def do_POST(self):
        body = self.body()
        if body is None:
            return
        path, query = self.asked()
        if "uploads" in query:
            if self.headers.get("x-amz-checksum-algorithm") != "SHA256":
                self.error(400, "InvalidRequest")
                return
            name = f"upload+{len(Store.seen)}/="
            Store.uploads[name] = Upload(path, self.headers["content-type"])
            self.answer(200, f"<?xml version='1.0'?><InitiateMultipartUploadResult><UploadId>{name}</UploadId>"
                             "</InitiateMultipartUploadResult>".encode())
        elif "uploadId" in query:
            self.complete(query["uploadId"], body)
        else:
            self.error(400, "InvalidRequest")

    def complete(self, name, body):
        upload = self.upload()
        if upload is None:
            return
        space = "{http://s3.amazonaws.com/doc/2006-03-01/}"
        named = [tuple(part.findtext(space + each) for each in ("PartNumber", "ETag", "ChecksumSHA256"))
                 for part in xml.etree.ElementTree.fromstring(body).iter(space + "Part")]
        numbers = [int(part[0]) for part in named]
        if numbers != sorted(set(numbers)):
            self.error(400, "InvalidPartOrder")
        elif not named or any(upload.parts.get(int(number), ())[:2] != (etag, found) for number, etag, found in named):
            self.error(400, "InvalidPart")
        elif any(len(upload.parts[number][2]) < Store.least_part for number in numbers[:-1]):
            self.error(400, "EntityTooSmall")
        else:
            self.keep(upload.path, b"".join(upload.parts[number][2] for number in numbers))
            Store.kinds[upload.path] = upload.kind
            del Store.uploads[name]
            if Store.lost:
                Store.lost -= 1
                self.close_connection = True
                return
            self.answer(200, b"<?xml version='1.0'?>\n\n  <CompleteMultipartUploadResult><ETag>x</ETag>"
                             b"</CompleteMultipartUploadResult>")


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def start():
    """Returns the server's URL."""
    server = Server(("127.0.0.1", 0), Store)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def environment(url):
    """What tells a program to ask it."""
    return {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_REGION": REGION, "AWS_ENDPOINT_URL": url,
            "no_proxy": "127.0.0.1"}
