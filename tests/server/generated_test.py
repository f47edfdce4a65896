#!/usr/bin/env python3
"""Clients that generators make of the OpenAPI document are used on a real server: a job is made, waited for, its file fetched, and it
is deleted. The generators come from their registries; without a network this is skipped."""
import json
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from serving import OUT, PATIENCE_S, Server, png, run

PYTHON = os.path.join(OUT, "generated_python")
NODE = os.path.join(OUT, "generated_node")
INSTALL_S = 400

PYTHON_CLIENT = '''
import sys, time
from io import BytesIO
from spx_client import Client
from spx_client.api.default import create_job, delete_job, file, get_job, list_jobs, server
from spx_client.models import CreateJobFilesBody, CreateJobFilesBodyDetail, CreateJobFilesBodyKind, Job, JobKind, JobState
from spx_client.types import File

client = Client(base_url=sys.argv[1], raise_on_unexpected_status=True)
offer = server.sync(client=client)
assert offer.limits.upload_bytes > 0 and "spatial" in offer.formats, offer
body = CreateJobFilesBody(file=File(payload=BytesIO(open(sys.argv[2], "rb").read()), file_name="boat.png", mime_type="image/png"),
                          kind=CreateJobFilesBodyKind.CONVERT, strength=2.5, format_="depth", detail=CreateJobFilesBodyDetail.FAST, tag="generated")
job = create_job.sync(client=client, body=body, prefer="wait=1")
assert isinstance(job, Job) and job.kind is JobKind.CONVERT and job.options.strength == 2.5 and job.tag == "generated", job
while job.state in (JobState.QUEUED, JobState.RUNNING):
    time.sleep(0.1)
    job = get_job.sync(job.id, client=client)
assert job.state is JobState.DONE and job.name == "boat.png" and len(job.files) == 1, job
made = file.sync(job.id, job.files[0].name, client=client).payload.read()
assert len(made) == job.files[0].size and made[:2] == b"\\xff\\xd8"
delete_job.sync_detailed(job.id, client=client)
gone = get_job.sync_detailed(job.id, client=client)
assert gone.status_code == 404 and gone.parsed.error.code == "not_found", gone
print("done")
'''

NODE_CLIENT = '''
import type { components, paths } from "./api";
import { readFileSync } from "node:fs";

type Job = components["schemas"]["Job"];
type Made = paths["/api/v1/jobs"]["post"]["responses"][201]["content"]["application/json"];
const [base, photo] = process.argv.slice(2);

async function main(): Promise<void> {
    const form = new FormData();
    form.append("file", new Blob([readFileSync(photo)]), "boat.png");
    form.append("format", "depth");
    form.append("depth-size", "64");
    const answer = await fetch(base + "/api/v1/jobs", { method: "POST", body: form });
    if (answer.status !== 201)
        throw new Error(await answer.text());
    let job: Job = (await answer.json()) as Made;
    const ended: Job["state"][] = ["done", "failed", "cancelled"];
    while (!ended.includes(job.state)) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        job = (await (await fetch(`${base}/api/v1/jobs/${job.id}`)).json()) as Job;
    }
    if (job.state !== "done" || job.files[0].role !== "depth")
        throw new Error(JSON.stringify(job));
    const file = await (await fetch(base + job.files[0].url)).arrayBuffer();
    if (file.byteLength !== job.files[0].size)
        throw new Error(`${file.byteLength} bytes`);
    const gone = await fetch(`${base}/api/v1/jobs/${job.id}`, { method: "DELETE" });
    if (gone.status !== 204)
        throw new Error(await gone.text());
    console.log("done");
}
main().catch((error) => { console.error(error); process.exit(1); });
'''


def can(command, **more):
    """Whether a command works within the time that an installation may take."""
    try:
        return subprocess.run(command, capture_output=True, timeout=INSTALL_S, **more).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def have_python():
    python = os.path.join(PYTHON, "bin", "python")
    return can([python, "-c", "import openapi_python_client"]) or (
        can([sys.executable, "-m", "venv", PYTHON]) and can([python, "-m", "pip", "install", "-q", "openapi-python-client"]))


def have_node():
    os.makedirs(NODE, exist_ok=True)
    with open(os.path.join(NODE, "package.json"), "w") as file:
        json.dump({"private": True, "type": "module"}, file)
    there = all(os.path.exists(os.path.join(NODE, "node_modules", ".bin", name)) for name in ("openapi-typescript", "tsc"))
    return there or can(["npm", "install", "--silent", "--no-audit", "--no-fund", "openapi-typescript", "typescript", "@types/node"], cwd=NODE)


def done(command, **more):
    result = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=PATIENCE_S, **more)
    assert result.returncode == 0, f"{command[:2]}: {result.stdout[-1000:]!r} {result.stderr[-1000:]!r}"
    return result.stdout + result.stderr


def files_for(server, folder):
    document = os.path.join(folder, "openapi.json")
    photo = os.path.join(folder, "boat.png")
    with open(document, "wb") as file:
        file.write(server.get("/api/openapi.json").body)
    with open(photo, "wb") as file:
        file.write(png(160, 100))
    return document, photo, f"http://127.0.0.1:{server.port}"


def python_speaks_to_it():
    with Server("generated_python") as server:
        document, photo, url = files_for(server, PYTHON)
        package = os.path.join(PYTHON, "spx_client")
        shutil.rmtree(package, ignore_errors=True)
        said = done([os.path.join(PYTHON, "bin", "python"), "-m", "openapi_python_client", "generate", "--meta", "none", "--path", document,
                     "--output-path", package])
        assert "ERROR" not in said, said
        assert "done" in done([os.path.join(PYTHON, "bin", "python"), "-c", PYTHON_CLIENT, url, photo], cwd=PYTHON)


def typescript_speaks_to_it():
    with Server("generated_node") as server:
        document, photo, url = files_for(server, NODE)
        tools = os.path.join(NODE, "node_modules", ".bin")
        done([os.path.join(tools, "openapi-typescript"), document, "-o", os.path.join(NODE, "api.d.ts")])
        with open(os.path.join(NODE, "client.ts"), "w") as file:
            file.write(NODE_CLIENT)
        done([os.path.join(tools, "tsc"), "--strict", "--target", "es2022", "--module", "es2022", "--moduleResolution", "bundler",
              "--lib", "es2022,dom", "--types", "node", "--skipLibCheck", "client.ts"], cwd=NODE)
        assert "done" in done(["node", "client.js", url, photo], cwd=NODE)


tests = [test for test, there in ((python_speaks_to_it, have_python()), (typescript_speaks_to_it, have_node())) if there]
if not tests:
    print("skipped: neither openapi-python-client nor openapi-typescript can be installed here")
    sys.exit(77)
run(tests)
