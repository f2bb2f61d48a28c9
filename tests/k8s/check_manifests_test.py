"""The check of the manifests finds what it is there to find."""
import contextlib
import io
import os
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import check_manifests  # noqa: E402

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))


class CheckManifestsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        shutil.copytree(os.path.join(ROOT, "k8s"), os.path.join(self.root, "k8s"))
        for name in ("common", "gateway", "account-svc", "contract-svc", "aftersales-svc"):
            os.symlink(os.path.join(ROOT, name), os.path.join(self.root, name))

    def problems_after(self, file, old, new):
        path = os.path.join(self.root, "k8s", file)
        with open(path, encoding="utf-8") as stream:
            text = stream.read()
        self.assertIn(old, text)
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(text.replace(old, new, 1))
        return check_manifests.Check(self.root).run()

    def assert_found(self, file, old, new, expected):
        problems = self.problems_after(file, old, new)
        self.assertTrue(any(expected in problem for problem in problems), problems)

    def test_setting_that_is_no_flag(self):
        self.assert_found("base/account-svc.env", "KAM_THREADS", "KAM_THREAD", "KAM_THREAD is not a flag")

    def test_flag_of_another_program(self):
        self.assert_found("base/gateway.env", "KAM_NATIVE=false", "KAM_MYSQL_USER=x", "KAM_MYSQL_USER is not a flag")

    def test_file_outside_of_the_mounts(self):
        self.assert_found("base/gateway.env", "/etc/kam/key/key.jwk", "/etc/key.jwk", "not in a mounted secret")

    def test_file_that_nobody_lists(self):
        self.assert_found("base/kustomization.yaml", "  - contract-svc.yaml\n", "", "contract-svc.yaml is not listed")

    def test_pod_that_may_write_its_root(self):
        self.assert_found("base/contract-svc.yaml", "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false",
                          "root file system is writable")

    def test_secret_that_everyone_may_read(self):
        self.assert_found("migrate/jobs.yaml", "defaultMode: 0440", "defaultMode: 0444", "is not 0440")

    def test_migration_that_gives_no_rights(self):
        self.assert_found("migrate/jobs.yaml", "kam_contract@%", "kam_account@%", "gets no rights on new tables")

    def test_grace_that_is_too_short(self):
        self.assert_found("base/gateway.env", "KAM_SHUTDOWN_GRACE=15s", "KAM_SHUTDOWN_GRACE=60s", "killed before")

    def test_call_that_is_let_in_but_not_meant(self):
        self.assert_found("shared/network-policy.yaml", "values: [gateway, contract-svc, aftersales-svc]",
                          "values: [gateway, contract-svc, aftersales-svc, account-svc]", "calls let in")

    def test_namespace_open_by_default(self):
        self.assert_found("shared/network-policy.yaml", "policyTypes: [Ingress, Egress]", "policyTypes: [Ingress]",
                          "nothing denies by default")

    def test_probe_that_restarts_on_a_database_failure(self):
        self.assert_found("base/account-svc.yaml", "path: /livez", "path: /readyz", "liveness depends on others")

    @unittest.skipUnless(shutil.which("kubectl"), "there is no kubectl")
    def test_manifests_that_do_not_render(self):
        self.assertEqual(check_manifests.render_problems(self.root), [])
        self.problems_after("base/kustomization.yaml", "  - ../shared\n", "  - ../nowhere\n")
        self.assertIn("nowhere", check_manifests.render_problems(self.root)[0])

    def test_without_kubectl_it_says_so(self):
        os.environ["PATH"], path = self.root, os.environ["PATH"]
        self.addCleanup(os.environ.__setitem__, "PATH", path)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            self.assertEqual(check_manifests.render_problems(self.root), [])
        self.assertEqual(printed.getvalue(), "rendering not asked: there is no kubectl\n")


if __name__ == "__main__":
    unittest.main()
