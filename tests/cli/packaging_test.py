#!/usr/bin/env python3
"""What packaging/ starts is what the program takes: every command line in units, compose files, manifests and batch scripts has
verbs and options that there are, and every container is as shut in as the pages say."""
import json
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.environ["SPX_PROGRAM"]
VERBS = {"serve", "work", "convert"}


def options_of(verb):
    text = subprocess.run([PROGRAM, "help", verb], stdout=subprocess.PIPE, text=True, check=True).stdout
    return set(re.findall(r"--[a-z0-9-]+", text))


def command_lines(path, text):
    """(verb, options) of each."""
    if path.endswith(".service"):
        for line in re.findall(r"^ExecStart=\S*/spx (.*)$", text, re.M):
            yield line.split()
        return
    for found in re.findall(r"(?:command|args|CMD)\"?:? *(\[[^\]]*\])", text):
        words = json.loads(found)
        if words and words[0] in VERBS:
            yield words


def read(path):
    with open(os.path.join(ROOT, path)) as source:
        return source.read()


FILES = ["Containerfile", "packaging/spx.service", "packaging/nodes/spx-work.service", "packaging/nodes/compose.yaml",
         "packaging/nodes/kubernetes.yaml"]
known = {verb: options_of(verb) for verb in VERBS}
for path in FILES:
    lines = list(command_lines(path, read(path)))
    assert lines, f"{path}: no command line was found"
    for words in lines:
        unknown = [word for word in words[1:] if word.startswith("--") and word not in known[words[0]]]
        assert not unknown, f"{path}: spx {words[0]} has no {unknown}"
manifest = read("packaging/nodes/kubernetes.yaml")
containers = manifest.count("image: spx\n")
assert containers == 2
for locked in ("readOnlyRootFilesystem: true", "allowPrivilegeEscalation: false", "runAsNonRoot: true", 'drop: ["ALL"]'):
    assert manifest.count(locked) == containers, locked
# Each is asked whether a new start would help, and whether it takes work, on a port that it has.
assert manifest.count("readinessProbe:") == manifest.count("livenessProbe:") == containers
for port in re.findall(r"(?:httpGet|tcpSocket): \{.*port: (\w+)\}", manifest):
    assert f"{{name: {port}, containerPort: " in manifest, port
# Selectors find their pods, and the autoscaler its deployment.
for name in ("spx-serve", "spx-work"):
    assert manifest.count(f"matchLabels: {{app: {name}}}") >= 1 and f"labels: {{app: {name}}}" in manifest, name
assert re.search(r"kind: Deployment, name: spx-work\b", manifest)
assert 'spx_jobs{state=\\"%s\\"} %u' in read("apps/server/metrics.c"), "the autoscaler's metric is gone"
try:
    import kubernetes_validate
    import yaml
except ImportError:
    sys.exit(0)  # the API's own schema is looked at where it is installed
for each in yaml.safe_load_all(manifest):
    kubernetes_validate.validate(each, "1.29", strict=True)
