#include "transport/tls.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <atomic>
#include <csignal>
#include <thread>

#include "certificates.h"
#include "support/catch.h"
#include "testing.h"
#include "transport/connector.h"
#include "transport/sink_stop.h"

namespace socklog {
namespace {

using testing::Authority;
using testing::CapturedStderr;
using testing::ConnectTo;
using testing::FreePort;
using testing::Has;
using testing::Lines;
using testing::Reader;
using testing::TempDir;

// A listening server with a certificate of `authority`, and the options of a client that trusts it.
struct Place {
  TempDir dir;
  Authority authority;
  std::string port = FreePort();
  SourceOptions server;
  SinkOptions client;

  explicit Place(const std::string& names = "DNS:localhost,IP:127.0.0.1", int valid_days = 10) {
    signal(SIGPIPE, SIG_IGN);  // as the program does
    authority.WriteTo(dir / "ca.pem");
    authority.Issue(dir / "server", names, valid_days);
    server.connection.tls = {"", dir / "server.crt", dir / "server.key"};
    client.connection.tls.ca = dir / "ca.pem";
    client.connection.connect_timeout = 10 * kSecond;
  }
};

// Sends a text and says goodbye.
Status Send(const std::string& endpoint, const SinkOptions& options, const std::string& text) {
  Result<std::unique_ptr<Sink>> sink = OpenSink(testing::At(endpoint), options, testing::TestClock());
  if (!sink.ok()) return sink.status();
  if (Status status = (*sink)->Write(text); !status.ok()) return status;
  return (*sink)->Flush(false);
}

// Sends a text through a TLS sink while `reader` reads, and returns how the sink fared.
Status SendWhileReading(const Place& place, const std::string& host, const std::string& text, Reader* reader) {
  Status status;
  std::atomic<bool> done{false};
  std::thread client([&] {
    status = Send("tls://" + host + ":" + place.port, place.client, text);
    done = true;
  });
  reader->ReadUntil([&] { return done.load(); });
  client.join();
  return status;
}

TEST_CASE("TLS: a client sends, a listening source reads") {
  for (const char* host : {"localhost", "127.0.0.1"}) {
    INFO(host);
    Place place;
    Reader reader({"tls-listen://:" + place.port}, place.server);
    const std::string text = Lines(1, 20000);
    const Status status = SendWhileReading(place, host, text, &reader);
    CHECK(status.message().empty());
    CHECK(reader.ReadUntilText(text));
    CHECK(reader.ReadUntil([&] { return reader.ended(); }));
    CHECK(Has(reader.source().partition_name(0), "tls client 127.0.0.1:"));
  }
}

TEST_CASE("TLS: a listening sink sends, a client source reads") {
  Place place;
  const std::string text = Lines(1, 20000);
  SinkOptions listening;
  listening.connection = place.server.connection;
  Status status;
  std::thread server([&] { status = Send("tls-listen://:" + place.port, listening, text); });
  SourceOptions options;
  options.connection = place.client.connection;
  Reader reader({"tls://localhost:" + place.port}, options);
  const bool ended = reader.ReadAll();
  server.join();
  CHECK(ended);
  CHECK(status.message().empty());
  CHECK(reader.text() == text);
}

TEST_CASE("TLS: a server that is not what it should be is refused, and said why") {
  struct Case {
    const char* name;
    std::string names;
    int valid_days;
    const char* other_authority;
    std::string message;
  };
  const Case cases[] = {
      {"wrong authority", "DNS:localhost", 10, "another authority",
       "certificate is not accepted: unable to get local issuer"},
      {"wrong authority of the same name", "DNS:localhost", 10, "test authority", "certificate is not accepted"},
      {"wrong host", "DNS:other.example.org", 10, "", "hostname mismatch"},
      {"wrong address in place of a name", "IP:127.0.0.1", 10, "", "hostname mismatch"},
      {"expired", "DNS:localhost", -2, "", "certificate has expired"},
  };
  for (const Case& c : cases) {
    INFO(c.name);
    Place place(c.names, c.valid_days);
    if (*c.other_authority != '\0') Authority(c.other_authority).WriteTo(place.dir / "ca.pem");
    const CapturedStderr messages;
    Reader reader({"tls-listen://:" + place.port}, place.server);
    const Status status = SendWhileReading(place, "localhost", "1\n", &reader);
    CHECK(status.code() == StatusCode::kFailed);
    CHECK(Has(status.message(), c.message));
    CHECK(Has(status.message(), "tls://localhost:" + place.port));
    CHECK(reader.ReadUntil([&] { return Has(messages.text(), "was turned away"); }));
    CHECK(reader.source().partition_count() == 0);  // never a partition
  }
}

TEST_CASE("TLS: a source refuses a server that is not what it should be") {
  Place place("DNS:other.example.org");
  SinkOptions listening;
  listening.connection = place.server.connection;
  std::thread server([&] {
    Result<std::unique_ptr<Sink>> sink =
        OpenSink(testing::At("tls-listen://:" + place.port), listening, testing::TestClock());
  });
  SourceOptions options;
  options.connection = place.client.connection;
  Reader reader({"tls://localhost:" + place.port}, options);
  CHECK(!reader.ReadAll());
  CHECK(reader.error().code() == StatusCode::kFailed);
  CHECK(Has(reader.error().message(), "hostname mismatch"));
  StopSinks();
  server.join();
  ResetSinkStopForTest();
}

TEST_CASE("TLS: mutual") {
  Place place;
  place.server.connection.tls.ca = place.dir / "ca.pem";
  const CapturedStderr messages;
  Reader reader({"tls-listen://:" + place.port}, place.server);
  SECTION("with a certificate of the authority") {
    place.authority.Issue(place.dir / "client", "DNS:client");
    place.client.connection.tls.cert = place.dir / "client.crt";
    place.client.connection.tls.key = place.dir / "client.key";
    CHECK(SendWhileReading(place, "localhost", "1\n", &reader).ok());
    CHECK(reader.ReadUntilText("1\n"));
  }
  SECTION("without one") {
    (void)SendWhileReading(place, "localhost", "1\n", &reader);  // TLS 1.3 tells a client only later
    CHECK(reader.ReadUntil(
        [&] { return messages.text().find("the client showed no certificate") != std::string::npos; }));
    CHECK(reader.source().partition_count() == 0);
  }
  SECTION("with one of somebody else") {
    Authority().Issue(place.dir / "client", "DNS:client");
    place.client.connection.tls.cert = place.dir / "client.crt";
    place.client.connection.tls.key = place.dir / "client.key";
    (void)SendWhileReading(place, "localhost", "1\n", &reader);  // TLS 1.3 tells a client only later
    CHECK(reader.ReadUntil([&] { return messages.text().find("certificate is not accepted") != std::string::npos; }));
    CHECK(reader.source().partition_count() == 0);
  }
}

TEST_CASE("TLS: a client that never shakes hands does not keep others waiting") {
  Place place;
  Reader reader({"tls-listen://:" + place.port}, place.server);
  const UniqueFd silent = ConnectTo(place.port);
  CHECK(SendWhileReading(place, "localhost", "1\n", &reader).ok());
  CHECK(reader.ReadUntilText("1\n"));
  CHECK(reader.source().partition_count() == 1);
}

TEST_CASE("TLS: a plain client is turned away") {
  Place place;
  const CapturedStderr messages;
  Reader reader({"tls-listen://:" + place.port}, place.server);
  const UniqueFd plain = ConnectTo(place.port);
  testing::SendAll(plain, "192.0.2.7 - - [01/Jan/2026:00:00:00 +0000] \"GET / HTTP/1.1\" 200 1\n");
  CHECK(reader.ReadUntil([&] { return messages.text().find("does not speak TLS") != std::string::npos; }));
  CHECK(reader.source().partition_count() == 0);
}

TEST_CASE("TLS: a plain server is refused") {
  Place place;
  const UniqueFd listener = testing::ListenAt(place.port);
  std::thread server([&] {
    const UniqueFd client = testing::AcceptOne(listener);
    testing::SendAll(client, "220 hello there, this is no TLS\r\n");
    testing::Receive(client);
  });
  Result<std::unique_ptr<Sink>> sink =
      OpenSink(testing::At("tls://localhost:" + place.port), place.client, testing::TestClock());
  server.join();
  REQUIRE(!sink.ok());
  CHECK(Has(sink.status().message(), "does not speak TLS"));
}

TEST_CASE("TLS: a connection cut off without TLS's own end is a warning") {
  Place place;
  const CapturedStderr messages;
  Reader reader({"tls-listen://:" + place.port}, place.server);
  // A relay between client and server, that drops the connection.
  const std::string relay_port = FreePort();
  const UniqueFd relay = testing::ListenAt(relay_port);
  const std::string text = Lines(1, 1);
  Status sent;
  std::thread client([&] { sent = Send("tls://localhost:" + relay_port, place.client, text); });
  std::thread relaying([&] {
    const UniqueFd from = testing::AcceptOne(relay);
    const UniqueFd to = ConnectTo(place.port);
    std::thread back([&] {
      char byte;
      while (recv(to.get(), &byte, 1, 0) == 1 && send(from.get(), &byte, 1, MSG_NOSIGNAL) == 1) {
      }
    });
    // The client's last record is its goodbye; all but that gets through.
    std::string all, chunk;
    char byte;
    while (recv(from.get(), &byte, 1, 0) == 1) {
      all.push_back(byte);
      if (all.size() < 5) continue;
      const std::size_t length = 5 + static_cast<unsigned char>(all[3]) * 256u + static_cast<unsigned char>(all[4]);
      if (all.size() < length) continue;
      const bool goodbye = all[0] == 23 && length < 5 + 2 + 1 + 16 + 1;
      if (goodbye) break;
      testing::SendAll(to, all);
      all.clear();
    }
    shutdown(to.get(), SHUT_RDWR);
    shutdown(from.get(), SHUT_RDWR);
    back.join();
  });
  const bool ended = reader.ReadUntil([&] { return reader.ended(); });
  client.join();
  relaying.join();
  CHECK(sent.ok());
  CHECK(ended);
  CHECK(reader.text() == text);
  CHECK(Has(messages.text(), "without the end that TLS asks for"));
}

// Connects while `reader` accepts. nullptr: it did not work.
std::unique_ptr<Channel> ConnectWhileReading(const Place& place, Reader* reader) {
  Result<std::unique_ptr<Connector>> connector =
      Connector::Create(testing::At("tls://localhost:" + place.port), place.client.connection, testing::TestClock());
  if (!connector.ok()) return nullptr;
  std::unique_ptr<Channel> channel;
  const std::size_t before = reader->source().partition_count();
  reader->ReadUntil([&] {
    if (channel == nullptr) {
      Result<std::unique_ptr<Channel>> step = (*connector)->Step();
      if (!step.ok()) return true;
      channel = std::move(step).value();
    }
    return channel != nullptr && reader->source().partition_count() > before;
  });
  return channel;
}

TEST_CASE("TLS: a client that breaks the protocol ends itself alone") {
  Place place;
  const CapturedStderr messages;
  Reader reader({"tls-listen://:" + place.port}, place.server);
  const std::unique_ptr<Channel> other = ConnectWhileReading(place, &reader);
  REQUIRE(other != nullptr);
  const auto breaks = [&](std::string_view record, PartitionId id) {
    const std::unique_ptr<Channel> channel = ConnectWhileReading(place, &reader);
    REQUIRE(channel != nullptr);
    CHECK(channel->Write("1\nunfin").state == IoState::kDone);
    CHECK(send(channel->fd(), record.data(), record.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(record.size()));
    CHECK(reader.ReadUntil([&] { return reader.ended(id); }));
    CHECK(reader.text(id) == "1\nunfin\n");
    CHECK(Has(messages.text(), "warning: " + reader.source().partition_name(id) + ": TLS: "));
  };
  breaks("this is no record of TLS, and long enough for one", 1);
  breaks(std::string("\x17\x03\x03\x00\x20", 5) + std::string(32, 'x'), 2);  // a record that was tampered with
  breaks(std::string("\x15\x03\x03\x00\x02\x02\x28", 7), 3);                 // an alert
  CHECK(messages.text().find("does not speak TLS") == std::string::npos);
  CHECK(other->Write("2\n").state == IoState::kDone);
  CHECK(reader.ReadUntilText("2\n"));
  CHECK(reader.error().ok());
}

TEST_CASE("TLS: files that do not do") {
  Place place;
  Place other;
  const auto error = [&](const TlsOptions& tls) {
    SourceOptions options;
    options.connection.tls = tls;
    const Status status = testing::OpenError({"tls-listen://:" + place.port}, options);
    CHECK(status.code() == StatusCode::kUsage);
    return status.message();
  };
  const std::string cert = place.dir / "server.crt";
  const std::string key = place.dir / "server.key";
  CHECK(Has(error({}), "needs a certificate and its private key"));
  CHECK(Has(error({"", cert, ""}), "without its key"));
  CHECK(Has(error({"", "", key}), "without its certificate"));
  CHECK(Has(error({"", place.dir / "none", key}), "No such file"));
  CHECK(Has(error({"", cert, place.dir / "none"}), "No such file"));
  CHECK(Has(error({"", cert, other.dir / "server.key"}), "key values mismatch"));
  CHECK(Has(error({place.dir / "none", cert, key}), "No such file"));
  CHECK(Has(error({key, cert, key}), "authorities"));
  testing::WriteFile(place.dir / "rubbish", "rubbish\n");
  CHECK(Has(error({"", place.dir / "rubbish", key}), "cannot use it as the TLS certificate"));
  for (const mode_t mode : {0640, 0604, 0660}) {
    chmod(key.c_str(), mode);
    CHECK(Has(error({"", cert, key}), "chmod 600"));
  }
}

TEST_CASE("TLS: who has a private key leaves no core dump, who has none may") {
  const Place place;
  const auto leaves_dump = [](const TlsOptions& options) {
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    CHECK(NewTlsClientContext(options).ok());
    const bool leaves = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 1;
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    return leaves;
  };
  CHECK(leaves_dump(place.client.connection.tls));
  CHECK(!leaves_dump(place.server.connection.tls));
}

}  // namespace
}  // namespace socklog
