"""The Kubernetes manifests: rendered by kustomize, compared with the schemas of Kubernetes and with each other."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import kubernetes_validate
import yaml

from deployment import configurations
from deployment.commands import DEPLOY, output
from testbed.checks import Checks, Wrong, require

FOLDER = DEPLOY / "kubernetes"
OVERLAYS = ("statefulset", "keda", "sidecar")
# Kinds that KEDA defines: Kubernetes has no schema of them.
FOREIGN_KINDS = ("ScaledObject", "TriggerAuthentication")
# What Fieldseal listens on.
PORT = 9402

Resource = dict[str, Any]


def run(checks: Checks, program: Path, folder: Path) -> None:
    rendered: dict[str, list[Resource]] = {}

    def render(overlay: str) -> None:
        rendered[overlay] = _rendered(overlay, folder)

    for overlay in OVERLAYS:
        checks.run(f"kustomize renders {overlay}", lambda overlay=overlay: render(overlay))
        resources = rendered.get(overlay, [])
        for check, name in (
            (_schemas, "follows the schemas of Kubernetes"),
            (_confined, "runs with the least rights"),
            (_probed, "is probed where Fieldseal answers, and has resources set"),
            (_references, "names only what is there or is said to be needed"),
        ):
            checks.run(f"{overlay} {name}", lambda check=check, resources=resources: check(resources))
        checks.run(
            f"fieldseal check accepts the configuration of {overlay}",
            lambda resources=resources, overlay=overlay: _configuration(resources, program, folder / overlay),
        )
    checks.run("the instances of the StatefulSet have a name each", lambda: _instances(rendered.get("statefulset", [])))
    checks.run(
        "KEDA scales what is there, to as many as can have partitions", lambda: _scaling(rendered.get("keda", []))
    )


def _rendered(overlay: str, folder: Path) -> list[Resource]:
    source = FOLDER
    if _kustomize_is_old():
        source = folder / "kubernetes"
        if not source.exists():
            _translate(source)
    text = output(["kubectl", "kustomize", source / overlay])
    resources = [resource for resource in yaml.safe_load_all(text) if resource]
    require(resources, "nothing is rendered")
    return resources


def _kustomize_is_old() -> bool:
    """Whether this kubectl, as that of Debian 12, has the kustomize of before 2021."""
    version = json.loads(output(["kubectl", "version", "--client", "-o", "json"]))["clientVersion"]
    return (int(version["major"]), int(re.match(r"\d+", version["minor"])[0])) < (1, 21)  # type: ignore[index]


def _translate(target: Path) -> None:
    """Writes the kustomizations as an old kustomize wants them; the resources and patches stay as they are."""
    shutil.copytree(FOLDER, target)
    for path in target.glob("*/kustomization.yaml"):
        content = yaml.safe_load(path.read_text())
        resources = content.pop("resources", [])
        content["resources"] = [name for name in resources if (path.parent / name).is_file()]
        content["bases"] = [name for name in resources if (path.parent / name).is_dir()]
        content["patchesJson6902"] = content.pop("patches", [])
        for patch in content["patchesJson6902"]:
            patch.pop("options", None)
        path.write_text(yaml.safe_dump(content))


def _schemas(resources: list[Resource]) -> None:
    require(resources, "nothing was rendered")
    # Also an old one: the manifests should not ask for the newest Kubernetes.
    for version in (kubernetes_validate.latest_version(), "1.29.0"):
        for resource in resources:
            if resource["kind"] in FOREIGN_KINDS:
                continue
            try:
                kubernetes_validate.validate(resource, version, strict=True)
            except (kubernetes_validate.ValidationError, kubernetes_validate.SchemaNotFoundError) as error:
                raise Wrong(f"{resource['kind']} in Kubernetes {version}: {error}") from None


def _pods(resources: list[Resource]) -> list[Resource]:
    found = [r["spec"]["template"] for r in resources if r["kind"] in ("Deployment", "StatefulSet")]
    require(len(found) == 1, f"there are {len(found)} workloads")
    return found


def _containers(resources: list[Resource]) -> list[Resource]:
    specs = [pod["spec"] for pod in _pods(resources)]
    return [c for spec in specs for c in spec.get("initContainers", []) + spec["containers"]]


def _fieldseal(resources: list[Resource]) -> Resource:
    found = [container for container in _containers(resources) if container["name"] == "fieldseal"]
    require(len(found) == 1, "there is not one container of Fieldseal")
    return found[0]


def _confined(resources: list[Resource]) -> None:
    for pod in _pods(resources):
        context = pod["spec"]["securityContext"]
        require(context.get("runAsNonRoot") is True and context.get("runAsUser", 0) > 0, "the pod may run as root")
        require(context.get("seccompProfile") == {"type": "RuntimeDefault"}, "there is no seccomp profile")
        require(pod["spec"].get("automountServiceAccountToken") is False, "Kubernetes' own token is mounted")
        for volume in pod["spec"]["volumes"]:
            require("hostPath" not in volume, f"volume {volume['name']} is of the host")
    for container in _containers(resources):
        context = container["securityContext"]
        require(context.get("readOnlyRootFilesystem") is True, f"{container['name']} can write to its root folder")
        require(context.get("allowPrivilegeEscalation") is False, f"{container['name']} may gain privileges")
        require(context.get("capabilities") == {"drop": ["ALL"]}, f"{container['name']} keeps capabilities")
        for mount in container.get("volumeMounts", []):
            require(mount.get("readOnly") is True, f"{container['name']} can write to {mount['mountPath']}")


def _probed(resources: list[Resource]) -> None:
    container = _fieldseal(resources)
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    for probe, path in (("startupProbe", "/livez"), ("livenessProbe", "/livez"), ("readinessProbe", "/readyz")):
        asked = container[probe]["httpGet"]
        require(asked["path"] == path and ports.get(asked["port"]) == PORT, f"{probe} asks {asked}")
    resources_of_pod = container["resources"]
    require({"cpu", "memory"} <= resources_of_pod["requests"].keys(), "requests are missing")
    require("memory" in resources_of_pod["limits"], "memory has no limit")


def _references(resources: list[Resource]) -> None:
    names = {(resource["kind"], resource["metadata"]["name"]) for resource in resources}
    readme = (DEPLOY / "README.md").read_text()
    for pod in _pods(resources):
        spec, labels = pod["spec"], pod["metadata"]["labels"]
        require(("ServiceAccount", spec["serviceAccountName"]) in names, "there is no such service account")
        volumes = {volume["name"] for volume in spec["volumes"]}
        for container in _containers(resources):
            for mount in container.get("volumeMounts", []):
                require(mount["name"] in volumes, f"{mount['name']} is mounted but not there")
        for volume in spec["volumes"]:
            if "configMap" in volume:
                name = volume["configMap"]["name"]
                require(("ConfigMap", name) in names or f"`{name}`" in readme, f"README.md names no ConfigMap {name}")
            if "secret" in volume:
                name = volume["secret"]["secretName"]
                require(f"`{name}`" in readme, f"README.md names no Secret {name}")
        for resource in resources:
            selector = {
                "Service": lambda r: r["spec"]["selector"],
                "PodDisruptionBudget": lambda r: r["spec"]["selector"]["matchLabels"],
                "NetworkPolicy": lambda r: r["spec"]["podSelector"]["matchLabels"],
            }.get(resource["kind"])
            if selector:
                require(selector(resource).items() <= labels.items(), f"{resource['kind']} selects other pods")


def _configuration(resources: list[Resource], program: Path, folder: Path) -> None:
    maps = [resource for resource in resources if resource["kind"] == "ConfigMap"]
    require(len(maps) == 1, f"there are {len(maps)} ConfigMaps")
    ((name, text),) = maps[0]["data"].items()
    configurations.check(program, text, folder)
    container = _fieldseal(resources)
    mounted = {mount["mountPath"]: mount["name"] for mount in container["volumeMounts"]}
    path = container["args"][container["args"].index("-c") + 1]
    config_volume = mounted.get(str(Path(path).parent))
    require(Path(path).name == name and config_volume, f"-c {path} is not where the configuration is mounted")
    # Every file that it names is mounted.
    for named in re.findall(r"(?:/etc/fieldseal|/var/run/secrets)/[\w./-]+", text):
        require(any(named.startswith(f"{folder}/") for folder in mounted), f"{named} is not mounted")
    listen = yaml.safe_load(text)["admin"]["listen"]
    require(listen == f"0.0.0.0:{PORT}", f"it listens on {listen}")


def _instances(resources: list[Resource]) -> None:
    stateful = next((resource for resource in resources if resource["kind"] == "StatefulSet"), None)
    require(stateful, "there is no StatefulSet")
    services = {resource["metadata"]["name"] for resource in resources if resource["kind"] == "Service"}
    require(stateful["spec"]["serviceName"] in services, "its service is not there")  # type: ignore[index]
    name = {"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}
    require(name in _fieldseal(resources).get("env", []), "POD_NAME is not the pod's name")
    text = next(iter(next(r for r in resources if r["kind"] == "ConfigMap")["data"].values()))
    require(yaml.safe_load(text)["instance"] == "${POD_NAME}", "`instance` is not the pod's name")


def _scaling(resources: list[Resource]) -> None:
    by_kind = {resource["kind"]: resource for resource in resources}
    require({"ScaledObject", "TriggerAuthentication", "Deployment"} <= by_kind.keys(), "something is missing")
    scaled, deployment = by_kind["ScaledObject"], by_kind["Deployment"]
    target = scaled["spec"]["scaleTargetRef"]
    require((target["kind"], target["name"]) == ("Deployment", deployment["metadata"]["name"]), f"it scales {target}")
    require("replicas" not in deployment["spec"], "the Deployment sets a number of replicas of its own")
    configuration = yaml.safe_load(next(iter(by_kind["ConfigMap"]["data"].values())))
    require("instance" not in configuration, "pods that come and go must not have an `instance`")
    (pair,) = configuration["pairs"]
    annotations = scaled["metadata"]["annotations"]
    partitions, workers = (int(annotations[f"fieldseal/{name}"]) for name in ("partitions", "workers"))
    require(
        workers == pair.get("workers", 1), f"the annotation says {workers} workers, the configuration another number"
    )
    most = scaled["spec"]["maxReplicaCount"]
    require(
        most == partitions // workers, f"maxReplicaCount is {most} for {partitions} partitions and {workers} workers"
    )
    (trigger,) = scaled["spec"]["triggers"]
    metadata = trigger["metadata"]
    require(
        trigger["type"] == "kafka" and all(isinstance(value, str) for value in metadata.values()), "no kafka trigger"
    )
    require(metadata["topic"] == pair["source"], "it looks at another topic than the pair's source")
    require(metadata["consumerGroup"] == f"fieldseal.{pair['name']}", "it looks at another group than the pair's")
    require(metadata["bootstrapServers"] == configuration["kafka"]["bootstrap.servers"], "it looks at other brokers")
    require(int(metadata["activationLagThreshold"]) > partitions, "a marker on each partition would keep it awake")
    require(
        trigger["authenticationRef"]["name"] == by_kind["TriggerAuthentication"]["metadata"]["name"], "no such login"
    )
