#!/usr/bin/env python3
"""A real Kafka broker for tests: one node on free loopback ports, in a temporary directory, with TLS, SASL, ACLs.

    kafka_broker.py [--version V]     fetches (once) and starts it, prints where everything is as a line of JSON, and ends it when
                                      stdin is closed or a signal comes
    kafka_broker.py --fetch           only fetches

The broker comes from Maven and is kept in $XDG_CACHE_HOME/socklog-test (~/.cache/socklog-test). Where java, mvn or the artifacts cannot be
had, it says so and exits with 77. SOCKLOG_KAFKA chooses the version, as --version does.

Listeners: `internal` (plaintext, everything allowed), `client` (SASL_SSL: SCRAM-SHA-512 and PLAIN), `mtls` (client certificates, whose CN is
the user), `misnamed` (as client, at an address that the broker's certificate is not for), `expired` (as client, with a certificate whose
time is over). Nothing is allowed to a user without an ACL.
"""
import argparse
import ctypes
import fcntl
import json
import os
import pathlib
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

SKIPPED = 77
DEFAULT_VERSION = "3.9.2"
USERS = ("generator", "analyzer", "reader", "nobody")
READY = 120  # seconds: a watchdog, on a busy machine
LOGGING = {
    "3": [("org.slf4j", "slf4j-reload4j", "1.7.36")],
    "4": [("org.apache.logging.log4j", artifact, "2.25.3") for artifact in ("log4j-slf4j-impl", "log4j-core", "log4j-1.2-api")],
}

PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
controller.listener.names=CONTROLLER
inter.broker.listener.name=INTERNAL
listeners=INTERNAL://127.0.0.1:{internal},CLIENT://127.0.0.1:{client},MTLS://127.0.0.1:{mtls},MISNAMED://127.0.0.2:{misnamed},\
EXPIRED://127.0.0.1:{expired},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=INTERNAL://127.0.0.1:{internal},CLIENT://localhost:{client},MTLS://localhost:{mtls},MISNAMED://127.0.0.2:{misnamed},\
EXPIRED://localhost:{expired}
listener.security.protocol.map=INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT,CLIENT:SASL_SSL,MTLS:SSL,MISNAMED:SASL_SSL,EXPIRED:SASL_SSL
log.dirs={directory}/logs
ssl.keystore.type=PEM
ssl.keystore.location={directory}/server-keystore.pem
ssl.truststore.type=PEM
ssl.truststore.location={directory}/ca.pem
ssl.enabled.protocols=TLSv1.3,TLSv1.2
listener.name.mtls.ssl.client.auth=required
listener.name.mtls.ssl.principal.mapping.rules=RULE:^CN=([A-Za-z0-9._-]+)$/$1/,DEFAULT
listener.name.client.sasl.enabled.mechanisms=SCRAM-SHA-512,PLAIN
listener.name.client.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.client.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required{plain_users};
listener.name.misnamed.sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.misnamed.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.expired.ssl.keystore.type=PEM
listener.name.expired.ssl.keystore.location={directory}/expired-keystore.pem
listener.name.expired.sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.expired.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
allow.everyone.if.no.acl.found=false
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=5
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=5
default.replication.factor=1
min.insync.replicas=1
group.initial.rebalance.delay.ms=0
log.retention.check.interval.ms=1000
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
"""

LOG4J = """\
log4j.rootLogger=INFO, out
log4j.appender.out=org.apache.log4j.ConsoleAppender
log4j.appender.out.layout=org.apache.log4j.PatternLayout
log4j.appender.out.layout.ConversionPattern=[%d] %p %m (%c)%n
"""

LOG4J2 = """\
rootLogger.level=info
rootLogger.appenderRefs=out
rootLogger.appenderRef.out.ref=out
appenders=out
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=[%d] %p %m (%c)%n
"""


class Unavailable(Exception):
    """There can be no broker here; the text says why."""


def cache_directory():
    return pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "socklog-test"


def pom(version):
    artifacts = [("org.apache.kafka", "kafka_2.13", version), ("org.apache.kafka", "kafka-tools", version), *LOGGING[version.split(".")[0]]]
    dependencies = "".join(f"<dependency><groupId>{group}</groupId><artifactId>{name}</artifactId><version>{number}</version></dependency>"
                           for group, name, number in artifacts)
    return ('<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>local</groupId>'
            "<artifactId>broker</artifactId><version>1</version><packaging>pom</packaging>"
            f"<dependencies>{dependencies}</dependencies></project>\n")


def fetch(version):
    """The directory of the broker's archives. Raises Unavailable."""
    for program in ("java", "mvn", "openssl"):
        if shutil.which(program) is None:
            raise Unavailable(f"{program} is not installed")
    target = cache_directory() / f"kafka-{version}"
    target.parent.mkdir(parents=True, exist_ok=True)
    with open(target.parent / f"kafka-{version}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several tests may begin at the same time
        if target.is_dir():
            return target
        with tempfile.TemporaryDirectory(dir=target.parent, prefix="fetching-") as work:
            (pathlib.Path(work) / "pom.xml").write_text(pom(version), encoding="utf-8")
            command = ["mvn", "-q", "-B", "-f", f"{work}/pom.xml", "dependency:copy-dependencies", "-DincludeScope=runtime",
                       f"-DoutputDirectory={work}/lib"]
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
            if done.returncode != 0:
                raise Unavailable(f"Maven could not fetch Kafka {version}: {done.stdout.decode(errors='replace').strip()[-500:]}")
            os.rename(f"{work}/lib", target)
    return target


def free_ports(addresses):
    """A port for each address, all different, that were free just now."""
    sockets = []
    for address in addresses:
        probe = socket.socket()
        probe.bind((address, 0))
        sockets.append(probe)
    ports = [probe.getsockname()[1] for probe in sockets]
    for probe in sockets:
        probe.close()
    return ports


class Certificates:
    """An authority, the broker's and the users' certificates, and an authority that nobody knows, in a directory."""

    def __init__(self, directory):
        self.directory = directory
        for name in ("ca", "other-ca"):
            self._openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj",
                          f"/CN=test {name}", "-addext", "basicConstraints=critical,CA:TRUE", "-addext",
                          "keyUsage=critical,keyCertSign,cRLSign", "-keyout", f"{name}.key", "-out", f"{name}.pem")
        usage = "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth"
        self.issue("server", "localhost", usage)
        self.issue("expired", "localhost", usage, validity=("-days", "0"))  # over before the broker has started
        for name in ("server", "expired"):
            self.join(name)
        for user in USERS:
            self.issue(user, user, "extendedKeyUsage=clientAuth")
        self.issue("stranger", "analyzer", "extendedKeyUsage=clientAuth", authority="other-ca")

    def _openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.directory, check=True, capture_output=True)

    def issue(self, name, common_name, extensions, authority="ca", validity=("-days", "30")):
        self._openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={common_name}", "-keyout",
                      f"{name}.ec", "-out", f"{name}.csr")
        (self.directory / f"{name}.ext").write_text(extensions + "\n", encoding="utf-8")
        self._openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{authority}.pem", "-CAkey", f"{authority}.key", "-CAcreateserial",
                      *validity, "-out", f"{name}.pem", "-extfile", f"{name}.ext")
        self._openssl("pkcs8", "-topk8", "-nocrypt", "-in", f"{name}.ec", "-out", f"{name}.key")  # the only form the broker reads
        for ending in ("ec", "csr", "ext"):
            (self.directory / f"{name}.{ending}").unlink()

    def join(self, name):
        """The key, then its chain: a PEM key store."""
        parts = [(self.directory / f"{name}.{ending}").read_text(encoding="utf-8") for ending in ("key", "pem")]
        (self.directory / f"{name}-keystore.pem").write_text("".join(parts), encoding="utf-8")


def end_with_parent():
    """In the child: a test that is killed leaves no broker behind."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


class Broker:
    """One broker and its directory. `with Broker() as broker`, or start() and close()."""

    def __init__(self, version=None, extra=""):
        os.umask(0o077)
        self.version = version or os.environ.get("SOCKLOG_KAFKA") or DEFAULT_VERSION
        self.jars = fetch(self.version)
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="socklog-kafka-"))
        self.extra = extra
        self.process = None
        self.ports = {}
        self.passwords = {user: secrets.token_hex(16) for user in USERS}
        try:
            self.certificates = Certificates(self.directory)
            for user, password in self.passwords.items():
                (self.directory / f"{user}.password").write_text(password, encoding="utf-8")
            (self.directory / "log4j.properties").write_text(LOG4J, encoding="utf-8")
            (self.directory / "log4j2.properties").write_text(LOG4J2, encoding="utf-8")
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *unused):
        self.close()

    def _java(self, heap, *arguments):
        return ["java", f"-Xmx{heap}", "-Xms64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true",
                f"-Djava.io.tmpdir={self.directory}",  # a broker that is killed leaves its libraries there
                f"-Dlog4j.configuration=file:{self.directory}/log4j.properties",
                f"-Dlog4j2.configurationFile={self.directory}/log4j2.properties", "-cp", f"{self.jars}/*", *arguments]

    def _choose_ports(self):
        names = ("internal", "client", "mtls", "expired", "controller", "misnamed")
        self.ports = dict(zip(names, free_ports(["127.0.0.1"] * 5 + ["127.0.0.2"])))
        plain = "".join(f' user_{user}="{password}"' for user, password in self.passwords.items())
        text = PROPERTIES.format(directory=self.directory, plain_users=plain, **self.ports) + self.extra
        (self.directory / "server.properties").write_text(text, encoding="utf-8")

    def _format(self):
        lines = ["format", "-t", secrets.token_hex(11), "-c", f"{self.directory}/server.properties"]
        for user, password in self.passwords.items():
            lines += ["--add-scram", f"SCRAM-SHA-512=[name={user},password={password}]"]
        arguments = self.directory / "format.arguments"  # a file, so that no password is on a command line
        arguments.write_text("\n".join(lines) + "\n", encoding="utf-8")
        done = subprocess.run(self._java("256m", "kafka.tools.StorageTool", f"@{arguments}"), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        arguments.unlink()
        if done.returncode != 0:
            raise RuntimeError(f"cannot format the broker's storage: {done.stdout.decode(errors='replace')[-2000:]}")

    def start(self):
        """Returns once the broker serves. A second start goes on with the same ports and data."""
        if self.ports:
            self._launch()
            return
        for attempt in range(3):  # another process may take a port meanwhile
            self._choose_ports()
            shutil.rmtree(self.directory / "logs", ignore_errors=True)
            self._format()
            try:
                self._launch()
                return
            except RuntimeError as error:
                if attempt == 2 or "in use" not in str(error):
                    raise

    def _launch(self):
        log = self.directory / "broker.log"
        with open(log, "wb") as output:
            self.process = subprocess.Popen(self._java("384m", "kafka.Kafka", f"{self.directory}/server.properties"), stdout=output,
                                            stderr=output, stdin=subprocess.DEVNULL, preexec_fn=end_with_parent)
        deadline = time.monotonic() + READY
        while b"Kafka Server started" not in log.read_bytes():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"the broker did not start: {log.read_text(encoding='utf-8', errors='replace')[-2000:]}")
            time.sleep(0.05)

    def allow_transactional_ids(self, user, prefix):
        """Those that begin so. By Kafka's tool: librdkafka knows this resource from 2.2 on only."""
        tool = "kafka.admin.AclCommand" if self.version.startswith("3") else "org.apache.kafka.tools.AclCommand"
        subprocess.run(self._java("128m", tool, "--bootstrap-server", self.address(), "--add", "--allow-principal", f"User:{user}",
                                  "--operation", "Write", "--transactional-id", prefix, "--resource-pattern-type", "prefixed"), check=True, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL)

    def stop(self):
        self._end(signal.SIGTERM)

    def kill(self):
        self._end(signal.SIGKILL)

    def pause(self):
        """The broker neither answers nor closes its connections."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)

    def _end(self, number):
        if self.process is None:
            return
        self.process.send_signal(number)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def close(self):
        self.kill()
        shutil.rmtree(self.directory, ignore_errors=True)

    def address(self, listener="internal"):
        host = {"internal": "127.0.0.1", "misnamed": "127.0.0.2"}.get(listener, "localhost")
        return f"{host}:{self.ports[listener]}"

    def describe(self):
        users = {user: {"password": str(self.directory / f"{user}.password"), "certificate": str(self.directory / f"{user}.pem"),
                        "key": str(self.directory / f"{user}.key")} for user in USERS}
        return {"version": self.version, "pid": self.process.pid, "directory": str(self.directory), "ca": str(self.directory / "ca.pem"),
                "other_ca": str(self.directory / "other-ca.pem"), "users": users,
                **{listener: self.address(listener) for listener in ("internal", "client", "mtls", "misnamed", "expired")}}


def skip(why):
    print(f"SKIPPED: no Kafka broker for the tests: {why}", file=sys.stderr, flush=True)
    sys.exit(SKIPPED)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--version")
    parser.add_argument("--fetch", action="store_true")
    arguments = parser.parse_args()
    try:
        if arguments.fetch:
            print(fetch(arguments.version or os.environ.get("SOCKLOG_KAFKA") or DEFAULT_VERSION))
            return
        broker = Broker(arguments.version)
    except Unavailable as why:
        skip(why)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(0))
    with broker:
        print(json.dumps(broker.describe()), flush=True)
        while sys.stdin.buffer.read1(4096):
            pass


if __name__ == "__main__":
    main()
