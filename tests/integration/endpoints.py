#!/usr/bin/env python3
"""Endpoints that cannot be had, and trying them before a run."""
import socket
import ssl
import sys
import unittest

import harness
from harness import read


class Endpoints(harness.ShopCase):

    def test_a_port_in_use(self):
        with harness.listening(socket.AF_INET, ("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            self.assert_fails(2, "in use", "analyze", f"tcp-listen://:{port}")
            self.assert_fails(2, "in use", "generate", "--to", f"tcp-listen://:{port}")
            self.assert_fails(2, "in use", "generate", "--host", "127.0.0.1", "--port", port)
        with harness.listening(socket.AF_UNIX, self.path("s")):
            self.assert_fails(2, "in use", "analyze", f"unix-listen:{self.path('s')}")
        self.assertTrue(self.path("s").exists())
        # Nobody listens there any more: it is taken over.
        process = self.start("analyze", "-v", f"unix-listen:{self.path('s')}", "--once")
        self.wait_for(lambda: b"listening" in process.err(), "listening", process=process)
        harness.connect(socket.AF_UNIX, self.path("s"), process).close()
        self.assertEqual(0, process.wait().code)
        self.assert_fails(2, "good.log", "analyze", f"unix-listen:{self.log}")
        self.assertGreater(len(read(self.log)), 1000, "a file is no socket to take over")

    def test_nobody_answers(self):
        port = harness.free_port()
        self.assert_fails(1, str(port), "analyze", f"tcp://127.0.0.1:{port}", "--connect-timeout", "200ms")
        self.assert_fails(1, "nowhere", "analyze", f"unix:{self.path('nowhere')}", "--connect-timeout", "200ms")
        self.assert_fails(1, str(port), "generate", "--to", f"tcp://127.0.0.1:{port}", "--connect-timeout", "200ms")
        result = self.run_any("analyze", "tcp://host.invalid:1", "--connect-timeout", "200ms")
        self.assertIn(result.code, (1, 2), str(result))
        self.assertIn("host.invalid", result.message)

    def test_two_streams_on_one_endpoint(self):
        a = self.path("a")
        for args in (("--alerts-to", a, "--windows-to", a), ("--windows-to", "-"), ("--alerts-to", "-", "--windows-to", "-"), ("--summary", "-"),
                     ("--alerts-to", a, "--alerts-to", a), ("--windows-to", a, "--summary", a), ("--invalid-requests", a, "--late-to", a),
                     ("--alerts-to", self.log), ("--summary", self.log), ("--alerts-to", a, "--windows-to", self.dir / "." / "a")):
            with self.subTest(args=args):
                before = read(self.log)
                result = self.run_any("analyze", self.log, *args)
                self.assertEqual(2, result.code, str(result))
                self.assertEqual(b"", result.out)
                self.assertEqual(before, read(self.log))
        self.assert_fails(2, "--summary", "thresholds", self.log, "--summary", "-")
        result = self.run_any("generate", "--count", 1, "--to", a, "--to", a)
        self.assertEqual(2, result.code, str(result))

    def test_bad_endpoints(self):
        for endpoint, word in (("ftp://x", "ftp"), ("tcp://x", "port"), ("tcp://:99999", "99999"), ("tcp-listn://:1", "tcp-listen"), ("unix:", "path"),
                               ("kafka://b/", "topic"), ("kafka://b:x/t", "port"), ("", "")):
            with self.subTest(endpoint=endpoint):
                result = self.run_any("analyze", "--from", endpoint)
                self.assertEqual(2, result.code, str(result))
                self.assertIn(word.lower(), result.message.lower())

    def test_tls_without_its_files(self):
        certificate, key = harness.make_certificate(self.dir)
        self.assert_fails(2, "--tls-cert", "analyze", "tls-listen://:1")
        self.assert_fails(2, "nokey", "analyze", "tls-listen://:1", "--tls-cert", certificate, "--tls-key", self.path("nokey"))
        key.chmod(0o644)
        self.assert_fails(2, "key.pem", "analyze", "tls-listen://:1", "--tls-cert", certificate, "--tls-key", key)

    # Trying what a configuration names.

    def probe(self, code, text):
        """The text is the section of analyze. Returns what is said of each endpoint, by the endpoint."""
        config = self.write("probe.toml", "connect_timeout = \"300ms\"\n[analyze]\n" + text)
        result = self.run_any("check-config", "--probe", config)
        self.assertEqual(code, result.code, str(result))
        lines = [line.split(": ", 1)[1] for line in (result.out.decode() + result.message).splitlines() if "warning" not in line]
        return dict(line.removeprefix("error: ").split(": ", 1) for line in lines if not line.startswith("ok, a configuration"))

    def test_probe_files(self):
        good, new, state = self.log, self.path("new"), self.path("state")
        said = self.probe(0, f'from = "{good}"\nalerts_to = "{new}"\nsummary = "{new}.json"\nstate = "{state}"\nlate_to = "-"')
        self.assertEqual({str(good): "ok, can be read", str(new): "ok, can be made", f"{new}.json": "ok, can be made", str(state): "ok, can be made"}, said)
        self.assertEqual("ok, can be made", self.probe(0, f'from = "{good}"\nstate = "{state}//"\nalerts_to = "{new}"')[f"{state}//"])
        self.assertEqual("ok, can be written", self.probe(0, f'from = "{good}"\nstate = "{self.dir}/"\nalerts_to = "{new}"')[f"{self.dir}/"])
        self.assertEqual({"good.log", "probe.toml"}, {path.name for path in self.dir.iterdir()}, "nothing is written")
        said = self.probe(2, f'from = "{new}"\nalerts_to = ["{good}/x", "{self.dir}"]\nstate = "{good}"')
        self.assertIn("is no directory", said[str(good)])
        self.assertIn("No such file", said[str(new)])
        self.assertIn("Not a directory", said[f"{good}/x"])
        self.assertIn("is a directory", said[str(self.dir)])

    def test_probe_sockets(self):
        there, nobody = self.path("there"), self.path("nobody")
        closed, free = harness.free_port(), harness.free_port()
        local = ("127.0.0.1", 0)
        with harness.listening(socket.AF_UNIX, there) as unix, harness.listening(socket.AF_INET, local) as tcp, \
                harness.listening(socket.AF_INET, local) as other:
            port, taken = tcp.getsockname()[1], other.getsockname()[1]
            said = self.probe(2, f'from = ["tcp://127.0.0.1:{port}", "tcp://127.0.0.1:{closed}", "tcp-listen://:{free}", "unix-listen:{nobody}"]\n'
                              f'alerts_to = ["unix:{there}", "unix:{nobody}x", "tcp-listen://:{taken}"]\n')
            for server in (unix, tcp):
                with server.accept()[0] as peer:
                    self.assertEqual(b"", peer.recv(1))
        for good, what in ((f"tcp://127.0.0.1:{port}", "connected"), (f"unix:{there}", "connected"), (f"tcp-listen://:{free}", "can listen"),
                           (f"unix-listen:{nobody}", "can listen")):
            self.assertEqual(f"ok, {what}", said[good])
        for bad, why in ((f"tcp://127.0.0.1:{closed}", "refused; start it"), (f"unix:{nobody}x", "No such file or directory; start it"),
                         (f"tcp-listen://:{taken}", "in use by another program; stop it")):
            self.assertIn(why, said[bad])
        self.assertFalse(nobody.exists())

    def test_probe_tls(self):
        certificate, key = harness.make_certificate(self.dir)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        listening = f"tls-listen://:{harness.free_port()}"
        with harness.listening(socket.AF_INET, ("127.0.0.1", 0)) as plain, context.wrap_socket(plain, server_side=True) as server:
            name = f"tls://localhost:{server.getsockname()[1]}"

            def serve():
                with server.accept()[0] as peer:
                    self.assertEqual(b"", peer.recv(1), "a goodbye, not a cut")

            join = harness.in_thread(serve)
            said = self.probe(0, f'alerts_to = "{name}"\nfrom = "{listening}"\ntls_ca = "{certificate}"\ntls_cert = "{certificate}"\ntls_key = "{key}"')
            join()
            self.assertEqual({name: "ok, connected; its certificate ends in 1 day", listening: "ok, can listen; its certificate ends in 1 day"}, said)
            # The system's authorities do not know it.
            join = harness.in_thread(lambda: self.assertRaises(ssl.SSLError, server.accept))
            said = self.probe(2, f'alerts_to = "{name}"')
            join()
            self.assertIn("the peer's certificate is not accepted", said[name])
            self.assertIn("--tls-ca", said[name])
        # A server that wants a certificate, and says only after the handshake that it does not accept what it got.
        other = self.path("other")
        other.mkdir()
        wrong, wrong_key = harness.make_certificate(other)
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(certificate)
        with harness.listening(socket.AF_INET, ("127.0.0.1", 0)) as plain, context.wrap_socket(plain, server_side=True) as server:
            name = f"tls://localhost:{server.getsockname()[1]}"
            trust = f'alerts_to = "{name}"\ntls_ca = "{certificate}"\n'
            join = harness.in_thread(serve)
            said = self.probe(0, f'{trust}tls_cert = "{certificate}"\ntls_key = "{key}"')
            join()
            self.assertEqual("ok, connected; its certificate ends in 1 day", said[name])
            for given in ("", f'tls_cert = "{wrong}"\ntls_key = "{wrong_key}"'):
                join = harness.in_thread(lambda: self.assertRaises(ssl.SSLError, server.accept))
                said = self.probe(2, trust + given)
                join()
                self.assertIn("was ended right after the handshake: ", said[name])
                self.assertIn("give a certificate that the peer accepts with --tls-cert", said[name])
        with harness.listening(socket.AF_INET, ("127.0.0.1", 0)) as silent:
            name = f"tls://localhost:{silent.getsockname()[1]}"
            self.assertIn("cannot connect: no answer (tried for 300ms)", self.probe(2, f'alerts_to = "{name}"')[name])


if __name__ == "__main__":
    sys.exit(harness.main())
