#include "transport/tls.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <limits>

#include "transport/core_dump.h"
#include "transport/file_io.h"

namespace socklog {

class TlsContext {
 public:
  TlsContext(SSL_CTX* context, bool server) : context_(context), server_(server) {}
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;
  ~TlsContext() { SSL_CTX_free(context_); }

  SSL_CTX* get() const { return context_; }
  bool server() const { return server_; }

 private:
  SSL_CTX* context_;
  bool server_;
};

namespace {

constexpr Micros kCloseWait = kSecond;

// The oldest entry of the error queue is the cause; the queue is emptied.
std::string TakeErrors() {
  const unsigned long code = ERR_get_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  std::string text = reason != nullptr ? reason : (code == 0 ? "no reason given" : "error " + std::to_string(code));
  if (code != 0 && ERR_SYSTEM_ERROR(code)) text = ErrnoText(ERR_GET_REASON(code));
  ERR_clear_error();
  return text;
}

Status FileError(const std::string& what, const std::string& path) {
  return Status::Usage(path + ": cannot use it as the TLS " + what + ": " + TakeErrors());
}

Status CheckReadable(const std::string& what, const std::string& path) {
  const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!fd.valid()) return Status::Usage(path + ": cannot open the TLS " + what + ": " + ErrnoText(errno));
  return Status();
}

Status CheckKeyIsPrivate(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return Status::Usage(path + ": cannot open the TLS key: " + ErrnoText(errno));
  if (IsPrivate(path, info.st_mode)) return Status();
  return Status::Usage(path + ": this private key can be read or changed by other users; run chmod 600 on it");
}

// A key that is encrypted must not make the program ask at the terminal.
int NoPassphrase(char*, int, int, void*) { return 0; }

Status LoadCertificate(SSL_CTX* context, const TlsOptions& options) {
  if (options.cert.empty() != options.key.empty()) {
    return Status::Usage(options.cert.empty() ? "a TLS key without its certificate was given"
                                              : "a TLS certificate without its key was given");
  }
  if (options.cert.empty()) return Status();
  if (Status status = CheckReadable("certificate", options.cert); !status.ok()) return status;
  if (Status status = CheckKeyIsPrivate(options.key); !status.ok()) return status;
  if (Status status = CheckReadable("key", options.key); !status.ok()) return status;
  ForbidCoreDumps();
  if (SSL_CTX_use_certificate_chain_file(context, options.cert.c_str()) != 1)
    return FileError("certificate", options.cert);
  if (SSL_CTX_use_PrivateKey_file(context, options.key.c_str(), SSL_FILETYPE_PEM) != 1)
    return FileError("key", options.key);
  if (SSL_CTX_check_private_key(context) != 1) return FileError("key of " + options.cert, options.key);
  return Status();
}

Status LoadAuthorities(SSL_CTX* context, const TlsOptions& options) {
  if (options.ca.empty()) {
    return SSL_CTX_set_default_verify_paths(context) == 1
               ? Status()
               : Status::Usage("cannot load the system's authorities: " + TakeErrors());
  }
  if (Status status = CheckReadable("authorities", options.ca); !status.ok()) return status;
  return SSL_CTX_load_verify_file(context, options.ca.c_str()) == 1 ? Status() : FileError("authorities", options.ca);
}

Result<std::shared_ptr<TlsContext>> NewContext(const SSL_METHOD* method, const TlsOptions& options, bool server) {
  ERR_clear_error();
  SSL_CTX* context = SSL_CTX_new(method);
  if (context == nullptr) return Status::Failed("cannot start TLS: " + TakeErrors());
  auto owner = std::make_shared<TlsContext>(context, server);
  SSL_CTX_set_default_passwd_cb(context, NoPassphrase);
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  if (Status status = LoadCertificate(context, options); !status.ok()) return status;
  return owner;
}

class TlsChannel : public Channel {
 public:
  TlsChannel(std::shared_ptr<const TlsContext> context, UniqueFd socket, SSL* ssl)
      : Channel(std::move(socket)), context_(std::move(context)), ssl_(ssl) {}
  TlsChannel(const TlsChannel&) = delete;
  TlsChannel& operator=(const TlsChannel&) = delete;
  ~TlsChannel() override { SSL_free(ssl_); }

  IoResult Handshake() override {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_);
    IoResult io = Outcome(result, 0, &read_events_);
    handshake_done_ = io.state == IoState::kDone;
    if (io.state == IoState::kEnd) {
      return {IoState::kCut, 0,
              Status(StatusCode::kUnavailable, "the peer closed the connection during the TLS handshake")};
    }
    return io;
  }

  IoResult Read(char* buffer, std::size_t size) override {
    ERR_clear_error();
    std::size_t got = 0;
    const int result = SSL_read_ex(ssl_, buffer, size, &got);
    IoResult io = Outcome(result, got, &read_events_);
    if (io.state == IoState::kEnd) AnswerGoodbye();
    return io;
  }

  IoResult Write(std::string_view bytes) override {
    // A server may send tickets and key updates at any time; nobody else reads them.
    char discarded[1024];
    std::size_t got = 0;
    ERR_clear_error();
    if (!SSL_read_ex(ssl_, discarded, sizeof(discarded), &got)) {
      short ignored = 0;
      IoResult io = Outcome(0, 0, &ignored);
      if (io.state == IoState::kError) return io;
      if (io.state == IoState::kCut) return {IoState::kEnd, 0, {}};
    }
    ERR_clear_error();
    std::size_t sent = 0;
    const int result = SSL_write_ex(ssl_, bytes.data(), bytes.size(), &sent);
    IoResult io = Outcome(result, sent, &write_events_);
    if (io.state == IoState::kCut) io = {IoState::kEnd, 0, {}};
    return io;
  }

  void CloseWriting() override {
    ERR_clear_error();
    SSL_shutdown(ssl_);
    ERR_clear_error();
    LingeringClose(fd(), kCloseWait);
  }

  const SSL* ssl() const { return ssl_; }
  short read_events() const override { return read_events_; }
  short write_events() const override { return write_events_; }

 private:
  // A peer that waits for it would take its absence for a cut. Tried once: a socket that takes no more bytes has a peer
  // that does not read them.
  void AnswerGoodbye() {
    SSL_shutdown(ssl_);
    ERR_clear_error();
  }

  IoResult Outcome(int result, std::size_t bytes, short* events) {
    if (result > 0) return {IoState::kDone, bytes, {}};
    const int system_error = errno;
    switch (SSL_get_error(ssl_, result)) {
      case SSL_ERROR_WANT_READ:
        *events = POLLIN;
        return {IoState::kWouldBlock, 0, {}};
      case SSL_ERROR_WANT_WRITE:
        *events = POLLOUT;
        return {IoState::kWouldBlock, 0, {}};
      case SSL_ERROR_ZERO_RETURN:
        return {IoState::kEnd, 0, {}};
      case SSL_ERROR_SYSCALL:
        ERR_clear_error();
        return {IoState::kCut, 0,
                Status(StatusCode::kUnavailable, ErrnoText(system_error == 0 ? ECONNRESET : system_error))};
      default:
        return ProtocolError();
    }
  }

  IoResult ProtocolError() {
    const unsigned long code = ERR_peek_error();
    const int reason = ERR_GET_REASON(code);
    if (reason == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
      ERR_clear_error();
      const char* text =
          handshake_done_ ? "closed without the end that TLS asks for" : "closed during the TLS handshake";
      return {IoState::kCut, 0, Status(StatusCode::kUnavailable, text)};
    }
    std::string text = TakeErrors();
    const long verified = SSL_get_verify_result(ssl_);
    if (!handshake_done_ && verified != X509_V_OK) {
      text = std::string("the peer's certificate is not accepted: ") + X509_verify_cert_error_string(verified);
    } else if (!handshake_done_ && (reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST)) {
      text = "the peer does not speak TLS (" + text + ")";
    } else if (reason == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE) {
      text = "the client showed no certificate";
    } else if (reason > SSL_AD_REASON_OFFSET) {
      text = std::string("the peer refused with: ") + SSL_alert_desc_string_long(reason - SSL_AD_REASON_OFFSET);
    }
    return {IoState::kError, 0, Status::Failed("TLS: " + text)};
  }

  std::shared_ptr<const TlsContext> context_;
  SSL* ssl_;
  bool handshake_done_ = false;
  short read_events_ = POLLIN;
  short write_events_ = POLLOUT;
};

bool IsAddress(const std::string& host) {
  unsigned char bytes[sizeof(in6_addr)];
  return inet_pton(AF_INET, host.c_str(), bytes) == 1 || inet_pton(AF_INET6, host.c_str(), bytes) == 1;
}

Status ExpectHost(SSL* ssl, const std::string& host) {
  X509_VERIFY_PARAM* parameters = SSL_get0_param(ssl);
  bool ok;
  if (IsAddress(host)) {
    ok = X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str()) == 1;
  } else {
    X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    ok = X509_VERIFY_PARAM_set1_host(parameters, host.c_str(), host.size()) == 1 &&
         SSL_set_tlsext_host_name(ssl, host.c_str()) == 1;
  }
  return ok ? Status() : Status::Usage("'" + host + "' is no name that a TLS certificate can be for");
}

Micros EndOf(const X509* certificate) {
  std::tm time = {};
  if (certificate == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &time) != 1) return kNoTime;
  return timegm(&time) * kSecond;
}

}  // namespace

Result<std::shared_ptr<const TlsContext>> NewTlsClientContext(const TlsOptions& options) {
  Result<std::shared_ptr<TlsContext>> context = NewContext(TLS_client_method(), options, false);
  if (!context.ok()) return context.status();
  SSL_CTX_set_verify((*context)->get(), SSL_VERIFY_PEER, nullptr);
  if (Status status = LoadAuthorities((*context)->get(), options); !status.ok()) return status;
  return std::shared_ptr<const TlsContext>(*context);
}

Result<std::shared_ptr<const TlsContext>> NewTlsServerContext(const TlsOptions& options) {
  if (options.cert.empty() && options.key.empty()) {
    return Status::Usage("listening with TLS needs a certificate and its private key (--tls-cert, --tls-key)");
  }
  Result<std::shared_ptr<TlsContext>> context = NewContext(TLS_server_method(), options, true);
  if (!context.ok()) return context.status();
  SSL_CTX* raw = (*context)->get();
  // Connections are long: nothing is gained by resuming one, and a ticket that the peer never reads could reset it at
  // the end.
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(raw, SSL_OP_NO_TICKET | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_num_tickets(raw, 0);
  if (options.ca.empty()) return std::shared_ptr<const TlsContext>(*context);
  SSL_CTX_set_verify(raw, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  if (Status status = LoadAuthorities(raw, options); !status.ok()) return status;
  SSL_CTX_set_client_CA_list(raw, SSL_load_client_CA_file(options.ca.c_str()));
  return std::shared_ptr<const TlsContext>(*context);
}

Result<std::unique_ptr<Channel>> NewTlsChannel(std::shared_ptr<const TlsContext> context, UniqueFd socket,
                                               const std::string& host) {
  ERR_clear_error();
  SSL* ssl = SSL_new(context->get());
  if (ssl == nullptr || SSL_set_fd(ssl, socket.get()) != 1) {
    SSL_free(ssl);
    return Status::Failed("cannot start TLS: " + TakeErrors());
  }
  const bool server = context->server();
  auto channel = std::make_unique<TlsChannel>(std::move(context), std::move(socket), ssl);
  if (server) {
    SSL_set_accept_state(ssl);
  } else {
    SSL_set_connect_state(ssl);
    if (Status status = ExpectHost(ssl, host); !status.ok()) return status;
  }
  return std::unique_ptr<Channel>(std::move(channel));
}

Micros CertificateEnd(const TlsContext& context) { return EndOf(SSL_CTX_get0_certificate(context.get())); }

Micros PeerCertificateEnd(const Channel& channel) {
  const auto* tls = dynamic_cast<const TlsChannel*>(&channel);
  return tls == nullptr ? kNoTime : EndOf(SSL_get0_peer_certificate(tls->ssl()));
}

}  // namespace socklog
