"""The Kubernetes manifests: each fits Kubernetes' own schema; they fit each other, and what front and engine are."""

from __future__ import annotations

import copy
import os
import re
import shutil
import subprocess
import textwrap
from typing import Any

import kubernetes_validate
import pytest
import yaml

from core.contract.turns import READY_PATH, TURNS_PATH
from core.settings import PROJECT_ROOT, Settings, unknown_settings
from core.settings_list import settings_table
from core.version import version
from tests.front import containerfiles
from tests.front.test_deploy import DEPLOY

BASE = DEPLOY / "kubernetes"
KUSTOMIZATION = yaml.safe_load((BASE / "kustomization.yaml").read_text(encoding="utf-8"))
OLDEST, NEWEST = "1.29", "1.34"  # of the clusters that the manifests are for
PARTS = ("engine", "front")
LABEL = "app.kubernetes.io/name"


def _manifests() -> list[dict[str, Any]]:
    """Return what kustomize is told to take, in order."""
    return [
        manifest
        for name in KUSTOMIZATION["resources"]
        for manifest in yaml.safe_load_all((BASE / name).read_text(encoding="utf-8"))
    ]


MANIFESTS = _manifests()
NAMES = [f"{each['kind']} {each['metadata']['name']}" for each in MANIFESTS]


def _one(kind: str, name: str) -> dict[str, Any]:
    return MANIFESTS[NAMES.index(f"{kind} {name}")]


def _pod(part: str) -> dict[str, Any]:
    return _one("Deployment", f"advisor-{part}")["spec"]["template"]["spec"]


def _container(part: str) -> dict[str, Any]:
    [container] = _pod(part)["containers"]
    return container


@pytest.mark.parametrize("release", [OLDEST, NEWEST])
@pytest.mark.parametrize("manifest", MANIFESTS, ids=NAMES)
def test_manifest_fits_the_schema(manifest, release) -> None:
    kubernetes_validate.validate(manifest, release, strict=True)


def test_every_file_is_taken() -> None:
    assert {*KUSTOMIZATION["resources"], "kustomization.yaml", "pack"} == {path.name for path in BASE.iterdir()}
    assert len(NAMES) == len(set(NAMES))


@pytest.mark.parametrize("release", [OLDEST, NEWEST])
def test_engine_of_a_guide_pack_runs_as_the_first_one(release) -> None:
    """Its manifest says the same, but for its name, the pack, its number, and that fronts may reach it."""
    text = (BASE / "pack/engine.yaml").read_text(encoding="utf-8")
    of_pack = {(each["kind"], each["metadata"]["name"]): each for each in yaml.safe_load_all(text)}
    for manifest in of_pack.values():
        kubernetes_validate.validate(manifest, release, strict=True)
    fronts = of_pack.pop(("NetworkPolicy", "advisor-front-to-engine-pack"))["spec"]
    assert fronts["egress"][0]["to"][0] == {"podSelector": {"matchLabels": {LABEL: "advisor-engine-pack"}}}
    deployment = of_pack["Deployment", "advisor-engine-pack"]["spec"]
    [container] = deployment["template"]["spec"]["containers"]
    assert container.pop("env") == [{"name": "ADVISOR_PACK", "value": "NAME"}] and deployment.pop("replicas") == 2
    for (kind, name), manifest in of_pack.items():
        first = yaml.safe_dump(_one(kind, name.removesuffix("-pack")))
        same = yaml.safe_dump(manifest).replace("advisor-engine-pack", "advisor-engine")
        assert same == first, name


@pytest.mark.parametrize("release", [OLDEST, NEWEST])
def test_overlay_of_the_docs_names_the_pack(release) -> None:
    """Do what kustomize would with the patches of docs/guide-packs.md: a path that leads nowhere fails."""
    text = (PROJECT_ROOT / "docs/guide-packs.md").read_text(encoding="utf-8")
    [shown] = [part for part in re.findall(r"```yaml\n(.*?)```", text, re.S) if "patches:" in part]
    overlay = yaml.safe_load(textwrap.dedent(shown))
    folders = [path.partition("deploy/kubernetes")[2].strip("/") for path in overlay["resources"]]
    assert folders == ["", "pack"]
    found = {(each["kind"], each["metadata"]["name"]): each for each in copy.deepcopy(MANIFESTS)}
    for each in yaml.safe_load_all((BASE / "pack/engine.yaml").read_text(encoding="utf-8")):
        found[each["kind"], each["metadata"]["name"]] = each
    for patch in overlay["patches"]:
        target = found[patch["target"]["kind"], patch["target"]["name"]]
        for step in yaml.safe_load(patch["patch"]):
            _step(target, **step)
        kubernetes_validate.validate(target, release, strict=True)
    [container] = found["Deployment", "advisor-engine-pack"]["spec"]["template"]["spec"]["containers"]
    held = found["ConfigMap", "advisor-settings"]["data"]
    assert container["env"] == [{"name": "ADVISOR_PACK", "value": "language-school"}]
    assert held["ADVISOR_PACKS_FILE"] == "packs/packs.ini" and unknown_settings(held) == []


def _step(target: Any, op: str, path: str, value: Any) -> None:
    """Do a step of a JSON patch (RFC 6902): set a field, which must be there to be replaced."""
    *above, last = [int(part) if part.isdigit() else part for part in path.strip("/").split("/")]
    for part in above:
        target = target[part]
    assert op == "add" or op == "replace" and target[last] is not None
    target[last] = value


@pytest.mark.skipif(not shutil.which("kubectl"), reason="this machine has no kubectl")
def test_kustomize_can_put_it_together() -> None:
    done = subprocess.run(["kubectl", "kustomize", BASE], capture_output=True, text=True, env=dict(os.environ))
    assert done.returncode == 0, done.stderr
    made = list(yaml.safe_load_all(done.stdout))
    assert len(made) == len(MANIFESTS)
    images = {
        each["spec"]["template"]["spec"]["containers"][0]["image"] for each in made if each["kind"] == "Deployment"
    }
    assert images == {f"advisor-{part}:{version()}" for part in PARTS}


@pytest.mark.parametrize("part", PARTS)
def test_pod_runs_as_its_image_does(part) -> None:
    pod, container = _pod(part), _container(part)
    final = containerfiles.read(part).final
    user, _, group = final.last("USER").words[0].partition(":")
    security = pod["securityContext"]
    assert (str(security["runAsUser"]), str(security["runAsGroup"])) == (user, group) and security["runAsNonRoot"]
    assert container["securityContext"]["readOnlyRootFilesystem"] and not pod["automountServiceAccountToken"]
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert {mount["mountPath"] for mount in container["volumeMounts"]} == {containerfiles.MADE, "/tmp"}
    exposed = {port["containerPort"] for port in container["ports"]}
    assert {str(port) for port in exposed} == set(final.last("EXPOSE").words)
    assert {image["name"]: image["newTag"] for image in KUSTOMIZATION["images"]}[container["image"]] == version()


def test_probes_ask_what_is_there() -> None:
    front, engine = _container("front"), _container("engine")
    assert front["readinessProbe"]["httpGet"]["path"] == "/ready"
    assert front["livenessProbe"]["httpGet"]["path"] == front["startupProbe"]["httpGet"]["path"] == "/health"
    assert engine["readinessProbe"]["httpGet"]["path"] == engine["startupProbe"]["httpGet"]["path"] == READY_PATH
    assert f"'{TURNS_PATH}'" in engine["livenessProbe"]["exec"]["command"][-1]
    for container in (front, engine):
        names = {port["name"] for port in container["ports"]}
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            assert container[probe].get("httpGet", {}).get("port") in {None, *names}
    finishing = _pod("front")["terminationGracePeriodSeconds"]
    assert finishing > 30, "the front finishes for up to 20 s, after five in which it is taken out of the balancer"


def test_probes_of_front_pass_whatever_hosts_are_allowed(engine, new_front) -> None:
    """They come by the address of the pod, so they name this machine."""
    front = new_front(engine, allowed_hosts="advisor.example.org")
    for name in ("startupProbe", "readinessProbe", "livenessProbe"):
        probe = _container("front")[name]["httpGet"]
        headers = {header["name"]: header["value"] for header in probe["httpHeaders"]}
        assert front.client.get(probe["path"], headers=headers).status_code == 200
        assert front.client.get(probe["path"], headers={"Host": "10.1.2.3:8080"}).status_code == 400


@pytest.mark.parametrize("part", PARTS)
def test_settings_of_pod_are_read(part) -> None:
    given = {each["name"]: each["value"] for each in _container(part).get("env", [])}
    held = _one("ConfigMap", "advisor-settings")["data"]
    assert unknown_settings({**given, **held}) == []
    secrets = {name for name, _, _ in settings_table() if name.endswith(("_KEY", "_PASSWORD", "_TOKEN"))}
    assert not secrets & {*given, *held}, "secrets come from outside"
    everything = {**containerfiles.read(part).final.environment, **given, **held, "ADVISOR_ENGINE_KEY": "key"}
    settings = Settings.from_environment(everything)
    if part == "front":
        assert settings.engine_url == "http://advisor-engine:5005"
        ports = _one("Service", "advisor-engine")["spec"]["ports"]
        assert [port["port"] for port in ports] == [settings.engine_port]


@pytest.mark.parametrize("part", PARTS)
def test_others_mean_the_pods(part) -> None:
    labels = _one("Deployment", f"advisor-{part}")["spec"]["template"]["metadata"]["labels"]
    selectors = [
        _one("Deployment", f"advisor-{part}")["spec"]["selector"]["matchLabels"],
        _one("Service", f"advisor-{part}")["spec"]["selector"],
        _one("PodDisruptionBudget", f"advisor-{part}")["spec"]["selector"]["matchLabels"],
        _one("NetworkPolicy", f"advisor-{part}")["spec"]["podSelector"]["matchLabels"],
    ]
    assert all(selector == labels for selector in selectors)
    scaler = _one("HorizontalPodAutoscaler", f"advisor-{part}")["spec"]
    assert scaler["scaleTargetRef"]["name"] == f"advisor-{part}" and scaler["minReplicas"] >= 2
    assert "replicas" not in _one("Deployment", f"advisor-{part}")["spec"], "the autoscaler's number would be undone"
    ports = {port["name"] for port in _container(part)["ports"]}
    assert {port["targetPort"] for port in _one("Service", f"advisor-{part}")["spec"]["ports"]} <= ports


def test_engine_hears_the_front_alone() -> None:
    assert _one("NetworkPolicy", "nobody")["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    [rule] = _one("NetworkPolicy", "advisor-engine")["spec"]["ingress"]
    labels = _one("Deployment", "advisor-front")["spec"]["template"]["metadata"]["labels"]
    assert rule["from"] == [{"podSelector": {"matchLabels": labels}}] and rule["ports"] == [{"port": "turns"}]
    assert "type" not in _one("Service", "advisor-engine")["spec"], "inside the cluster alone"


def test_public_paths_are_those_of_the_site() -> None:
    site = (DEPLOY / "nginx-site.conf").read_text(encoding="utf-8")
    paths = {
        path["path"]
        for each in MANIFESTS
        if each["kind"] == "Ingress"
        for rule in each["spec"]["rules"]
        for path in rule["http"]["paths"]
    }
    locations = set(re.findall(r"^ +location (?:= )?(/\S+)", site, re.MULTILINE))
    assert paths - {"/programs.jsonld"} <= locations
    assert {path.rstrip("/") for path in locations} <= {path.rstrip("/") for path in paths}
    assert "/webhooks/rest/webhook" not in paths and "/metrics" not in paths
    staff = _one("Ingress", "advisor-staff")["metadata"]["annotations"]
    assert staff["nginx.ingress.kubernetes.io/whitelist-source-range"] == "127.0.0.1/32"


def test_autoscaler_and_adapter_name_the_same_metric() -> None:
    adapter = yaml.safe_load((DEPLOY / "monitoring/prometheus-adapter.yml").read_text(encoding="utf-8"))
    made = {rule["name"]["as"] for rule in adapter["rules"]["external"]}
    asked = {
        metric["external"]["metric"]["name"]
        for each in MANIFESTS
        if each["kind"] == "HorizontalPodAutoscaler"
        for metric in each["spec"]["metrics"]
        if metric["type"] == "External"
    }
    assert asked == made
