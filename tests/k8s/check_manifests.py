#!/usr/bin/env python3
"""Checks the Kubernetes manifests against the programs and against one another, without a cluster.

usage: check_manifests.py [ROOT]    exit status 1 and a list of what does not fit

Where kubectl is there it is asked to render them too. Looked at: every file is listed in its kustomization; every setting is a flag of the program that gets it; every file a
flag names lies in a mounted secret; pods keep to the "restricted" Pod Security Standard; probes, ports, selectors and
network rules meet.
"""
import os
import re
import shutil
import subprocess
import sys

import yaml

FOLDERS = ("shared", "base", "migrate")
SERVICES = ("account-svc", "contract-svc", "aftersales-svc")
PROGRAMS = SERVICES + ("gateway",)
# Sources whose flags a program has.
FLAG_SOURCES = {name: ("common/server", "common/service", name) for name in SERVICES}
FLAG_SOURCES["gateway"] = ("common/server", "gateway")
# Who may call whom at the gRPC port.
CALLS = {("gateway", "account-svc"), ("gateway", "contract-svc"), ("gateway", "aftersales-svc"),
         ("contract-svc", "account-svc"), ("aftersales-svc", "account-svc"),
         ("account-svc", "contract-svc"), ("account-svc", "aftersales-svc"),
         ("aftersales-svc", "contract-svc")}
PORTS = {"grpc": 50051, "admin": 9090, "https": 8443}
ADMIN_PATHS = {"/livez", "/readyz"}
SECRET_WORDS = re.compile(r"password|secret|token|key", re.I)
WATCHDOG_SECONDS = 5
NAME_LABEL = "app.kubernetes.io/name"


class Check:
    def __init__(self, root):
        self.root = root
        self.problems = []

    def expect(self, holds, what):
        if not holds:
            self.problems.append(what)
        return holds

    def flags(self, program):
        found = set()
        for folder in FLAG_SOURCES[program]:
            for path, folders, files in os.walk(os.path.join(self.root, folder)):
                folders[:] = [f for f in folders if f not in ("testing", "kamctl", "openapi")]
                for name in files:
                    if name.endswith(".cc") and not name.endswith("_test.cc"):
                        with open(os.path.join(path, name), encoding="utf-8") as stream:
                            found.update(re.findall(r"^ABSL_FLAG\([^,]*(?:<[^>]*>)?, (\w+),", stream.read(), re.M))
        return found

    def read_env(self, path):
        values = {}
        with open(path, encoding="utf-8") as stream:
            for number, line in enumerate(stream, 1):
                line = line.strip()
                if not line or line.startswith("#"):
                    continue
                key, equals, value = line.partition("=")
                self.expect(equals and key not in values, f"{path}:{number}: not KEY=VALUE, or given twice")
                values[key] = value
        return values

    def load(self):
        """Objects of all folders, and the generated config maps by name."""
        objects, config = [], {}
        for folder in FOLDERS:
            base = os.path.join(self.root, "k8s", folder)
            with open(os.path.join(base, "kustomization.yaml"), encoding="utf-8") as stream:
                kustomization = yaml.safe_load(stream)
            self.expect(kustomization.get("namespace") == "kam", f"{folder}: namespace is not kam")
            listed = {"kustomization.yaml"}
            for resource in kustomization["resources"]:
                listed.add(resource)
                path = os.path.join(base, resource)
                if not self.expect(os.path.exists(path), f"{folder}: {resource} is listed but not there"):
                    continue
                if os.path.isdir(path):
                    continue
                with open(path, encoding="utf-8") as stream:
                    objects += [(f"{folder}/{resource}", o) for o in yaml.safe_load_all(stream)]
            for generator in kustomization.get("configMapGenerator", []):
                for env in generator["envs"]:
                    listed.add(env)
                    config.setdefault(generator["name"], {}).update(self.read_env(os.path.join(base, env)))
            for name in sorted(os.listdir(base)):
                self.expect(name in listed, f"{folder}: {name} is not listed in kustomization.yaml")
            images = {image["name"] for image in kustomization.get("images", [])}
            for place, o in objects:
                if place.startswith(folder + "/") and o["kind"] in ("Deployment", "Job"):
                    for container in o["spec"]["template"]["spec"]["containers"]:
                        self.expect(container["image"] in images, f"{place}: no image rule for {container['image']}")
        return objects, config

    def check_pod(self, place, program, template, config, accounts):
        """A pod template of a Deployment or a Job. Returns its settings."""
        spec = template["spec"]
        where = f"{place} {program}"
        security = spec.get("securityContext", {})
        self.expect(security.get("runAsNonRoot") is True, f"{where}: may run as root")
        self.expect(security.get("seccompProfile", {}).get("type") == "RuntimeDefault", f"{where}: no seccomp profile")
        self.expect("fsGroup" in security, f"{where}: no fsGroup, so that it could not read its secrets")
        for word in ("hostNetwork", "hostPID", "hostIPC"):
            self.expect(word not in spec, f"{where}: {word}")
        self.expect(spec.get("automountServiceAccountToken") is False, f"{where}: gets a service account token")
        self.expect(spec.get("enableServiceLinks") is False, f"{where}: gets variables of every Service")
        self.expect(spec.get("serviceAccountName") in accounts, f"{where}: service account is not declared")
        volumes = {}
        for volume in spec.get("volumes", []):
            kind = next(k for k in volume if k != "name")
            volumes[volume["name"]] = kind
            self.expect(kind in ("emptyDir", "secret"), f"{where}: volume of kind {kind}")
            if kind == "secret":
                self.expect(volume["secret"].get("defaultMode") == 0o440, f"{where}: {volume['name']} is not 0440")
        self.expect(len(spec["containers"]) == 1, f"{where}: not one container")
        container = spec["containers"][0]
        own = container.get("securityContext", {})
        self.expect(own.get("allowPrivilegeEscalation") is False, f"{where}: may gain privileges")
        self.expect(own.get("readOnlyRootFilesystem") is True, f"{where}: root file system is writable")
        self.expect(own.get("capabilities") == {"drop": ["ALL"]}, f"{where}: keeps capabilities")
        resources = container.get("resources", {})
        self.expect({"cpu", "memory"} <= set(resources.get("requests", {})), f"{where}: no requests")
        self.expect("memory" in resources.get("limits", {}), f"{where}: no memory limit")
        mounts = {}
        for mount in container.get("volumeMounts", []):
            kind = volumes.get(mount["name"])
            mounts[mount["mountPath"]] = kind
            if self.expect(kind is not None, f"{where}: mounts {mount['name']}, which is not there") and kind == "secret":
                self.expect(mount.get("readOnly") is True, f"{where}: {mount['name']} is writable")
        self.expect(mounts.get("/tmp") == "emptyDir", f"{where}: no emptyDir at /tmp")
        self.expect(len(volumes) == len(mounts), f"{where}: a volume is not mounted")

        settings = {}
        for source in container.get("envFrom", []):
            name = source["configMapRef"]["name"]
            if self.expect(name in config, f"{where}: config map {name} is not generated"):
                settings.update(config[name])
        settings.update({e["name"]: e.get("value") for e in container.get("env", [])})
        flags = self.flags(program)
        for key, value in settings.items():
            flag = key[4:].lower()
            self.expect(key == f"KAM_{flag.upper()}" and flag in flags, f"{where}: {key} is not a flag of {program}")
            if flag.endswith("_file"):
                self.expect(mounts.get(os.path.dirname(value)) == "secret", f"{where}: {key} is not in a mounted secret")
            else:
                self.expect(not SECRET_WORDS.search(flag), f"{where}: {key} looks like a secret")
        for argument in container.get("args", []):
            self.expect(argument.lstrip("-").split("=")[0] in flags, f"{where}: {argument} is not a flag of {program}")
        return settings, container

    def check_deployment(self, place, o, config, accounts):
        name = o["metadata"]["name"]
        spec = o["spec"]
        template = spec["template"]
        labels = template["metadata"]["labels"]
        self.expect(spec["replicas"] >= 2, f"{name}: one replica only")
        self.expect(spec["strategy"]["rollingUpdate"]["maxUnavailable"] == 0, f"{name}: a rollout takes pods away first")
        self.expect(spec["selector"]["matchLabels"].items() <= labels.items(), f"{name}: selects other pods")
        self.expect(labels.get(NAME_LABEL) == name, f"{name}: pods are not labelled with its name")
        for constraint in template["spec"].get("topologySpreadConstraints", []):
            self.expect(constraint["labelSelector"]["matchLabels"] == {NAME_LABEL: name}, f"{name}: spreads other pods")
        self.expect(template["spec"].get("topologySpreadConstraints"), f"{name}: pods are not spread")
        settings, container = self.check_pod(place, name, template, config, accounts)
        ports = {p["name"]: p["containerPort"] for p in container["ports"]}
        for port, number in ports.items():
            self.expect(PORTS.get(port) == number, f"{name}: port {port} is not {PORTS.get(port)}")
        listens = {"admin": "KAM_ADMIN_LISTEN", "grpc": "KAM_LISTEN", "https": "KAM_HTTP_LISTEN"}
        for port in ports:
            self.expect(settings.get(listens[port], "").endswith(f":{ports[port]}"), f"{name}: does not listen on {port}")
        for probe in ("livenessProbe", "readinessProbe"):
            get = container.get(probe, {}).get("httpGet", {})
            self.expect(get.get("path") in ADMIN_PATHS and get.get("port") == "admin", f"{name}: {probe} asks elsewhere")
        self.expect(container["livenessProbe"]["httpGet"]["path"] == "/livez", f"{name}: liveness depends on others")
        sleep = container["lifecycle"]["preStop"]["sleep"]["seconds"]
        seconds = sum(int(settings[key].rstrip("s")) for key in ("KAM_DRAIN_DELAY", "KAM_SHUTDOWN_GRACE"))
        self.expect(template["spec"]["terminationGracePeriodSeconds"] > sleep + seconds + WATCHDOG_SECONDS,
                    f"{name}: is killed before it has ended in order")
        return ports

    def check_network(self, policies):
        def selected(selector):
            names = set(PROGRAMS) | {"migration"}
            if "matchLabels" in selector:
                names &= {selector["matchLabels"].get(NAME_LABEL)}
            for expression in selector.get("matchExpressions", []):
                self.expect(expression["key"] == NAME_LABEL and expression["operator"] == "In", "a selector goes unread")
                self.expect(set(expression["values"]) <= names, f"a selector names unknown {expression['values']}")
                names &= set(expression["values"])
            return names

        deny = [p for p in policies if p["spec"]["podSelector"] == {} and "ingress" not in p["spec"]
                and "egress" not in p["spec"] and set(p["spec"]["policyTypes"]) == {"Ingress", "Egress"}]
        self.expect(len(deny) == 1, "network: nothing denies by default")
        into, outof = set(), set()
        reached = {53: set(), 3306: set(), 9090: set(), 8443: set(), 443: set()}
        for policy in policies:
            subjects = selected(policy["spec"]["podSelector"])
            for rule in policy["spec"].get("ingress", []):
                for port in rule.get("ports", []):
                    if port["port"] in reached:
                        reached[port["port"]] |= subjects
                    for peer in rule.get("from", []):
                        if port["port"] == PORTS["grpc"]:
                            into |= {(caller, s) for caller in selected(peer["podSelector"]) for s in subjects}
                self.expect(rule.get("ports"), f"network: {policy['metadata']['name']} opens every port")
            for rule in policy["spec"].get("egress", []):
                for port in rule.get("ports", []):
                    if port["port"] in reached:
                        reached[port["port"]] |= subjects
                    for peer in rule.get("to", []):
                        if port["port"] == PORTS["grpc"]:
                            outof |= {(s, callee) for callee in selected(peer["podSelector"]) for s in subjects}
                self.expect(rule.get("ports"), f"network: {policy['metadata']['name']} opens every port")
        self.expect(into == CALLS, f"network: calls let in are {sorted(into ^ CALLS)} off")
        self.expect(outof == CALLS, f"network: calls let out are {sorted(outof ^ CALLS)} off")
        everyone = set(PROGRAMS) | {"migration"}
        for port, names in ((53, everyone), (3306, set(SERVICES) | {"migration"}), (9090, set(PROGRAMS)),
                            (8443, {"gateway"}), (443, {"gateway"})):
            self.expect(reached[port] == names, f"network: port {port} is open for {sorted(reached[port])}")

    def run(self):
        objects, config = self.load()
        by_kind = {}
        for place, o in objects:
            by_kind.setdefault(o["kind"], []).append((place, o))
        self.expect(set(by_kind) == {"Namespace", "NetworkPolicy", "ServiceAccount", "Service", "PodDisruptionBudget",
                                     "Deployment", "Job"}, f"kinds are {sorted(by_kind)}")
        (_, namespace), = by_kind["Namespace"]
        self.expect(namespace["metadata"]["labels"].get("pod-security.kubernetes.io/enforce") == "restricted",
                    "namespace: the restricted standard is not enforced")
        accounts = set()
        for place, o in by_kind["ServiceAccount"]:
            accounts.add(o["metadata"]["name"])
            self.expect(o.get("automountServiceAccountToken") is False, f"{place}: service account gives its token away")
        ports = {}
        for place, o in by_kind["Deployment"]:
            ports[o["metadata"]["name"]] = self.check_deployment(place, o, config, accounts)
        self.expect(set(ports) == set(PROGRAMS), f"deployments are {sorted(ports)}")
        for _, o in by_kind["Service"]:
            name = o["metadata"]["name"]
            self.expect(o["spec"]["selector"] == {NAME_LABEL: name}, f"Service {name}: selects other pods")
            for port in o["spec"]["ports"]:
                self.expect(port["targetPort"] in ports.get(name, {}), f"Service {name}: no port {port['targetPort']}")
            if name != "gateway":
                self.expect(o["spec"].get("clusterIP") == "None", f"Service {name} is not headless")
        self.expect({o["metadata"]["name"] for _, o in by_kind["Service"]} == set(PROGRAMS), "a Service is missing")
        for _, o in by_kind["PodDisruptionBudget"]:
            name = o["metadata"]["name"]
            self.expect(o["spec"]["selector"]["matchLabels"] == {NAME_LABEL: name}, f"budget {name}: other pods")
        self.expect(len(by_kind["PodDisruptionBudget"]) == len(PROGRAMS), "a disruption budget is missing")
        migrated = set()
        for place, o in by_kind["Job"]:
            template = o["spec"]["template"]
            self.expect(template["metadata"]["labels"].get(NAME_LABEL) == "migration", f"{place}: label is not migration")
            program = template["spec"]["containers"][0]["name"]
            settings, container = self.check_pod(place, program, template, config, accounts)
            self.expect(container.get("args") == ["--migrate"], f"{place} {program}: does not migrate")
            schema = config.get(program, {}).get("KAM_MYSQL_SCHEMA")
            self.expect(settings.get("KAM_MYSQL_SCHEMA") == schema, f"{place}: another schema than {program} runs on")
            user = config.get(program, {}).get("KAM_MYSQL_USER")
            self.expect(user and settings.get("KAM_GRANT_TO") == f"{user}@%",
                        f"{place} {program}: its user gets no rights on new tables")
            migrated.add(program)
        self.expect(migrated == set(SERVICES), f"migrations are {sorted(migrated)}")
        self.check_network([o for _, o in by_kind["NetworkPolicy"]])
        for name, settings in config.items():
            for key, value in settings.items():
                for host, port in re.findall(r"dns:///([\w.-]+):(\d+)", value):
                    known = re.fullmatch(r"([\w-]+)\.kam\.svc\.cluster\.local\.", host)
                    self.expect(known and known.group(1) in SERVICES and int(port) == PORTS["grpc"],
                                f"{name}: {key} names {host}:{port}, which no Service serves")
        return self.problems


def render_problems(root):
    """What kubectl says of the folders that are applied; nothing, and a line about it, where there is no kubectl."""
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        print("rendering not asked: there is no kubectl")
        return []
    problems = []
    for folder in ("base", "migrate"):
        rendered = subprocess.run([kubectl, "kustomize", os.path.join(root, "k8s", folder)], capture_output=True, text=True,
                                  check=False)
        if rendered.returncode != 0:
            problems.append(f"{folder}: kubectl kustomize: {rendered.stderr.strip()}")
            continue
        kinds = [o["kind"] for o in yaml.safe_load_all(rendered.stdout)]
        expected = {"base": ("Deployment", len(PROGRAMS)), "migrate": ("Job", len(SERVICES))}[folder]
        if kinds.count(expected[0]) != expected[1]:
            problems.append(f"{folder}: {kinds.count(expected[0])} objects of kind {expected[0]} are rendered")
        else:
            print(f"{folder}: kubectl renders {len(kinds)} objects")
    return problems


def main(arguments):
    default_root = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
    root = arguments[0] if arguments else default_root
    problems = Check(root).run() + render_problems(root)
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
