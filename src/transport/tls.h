// TLS over sockets. The only user of OpenSSL.
#ifndef SOCKLOG_TRANSPORT_TLS_H_
#define SOCKLOG_TRANSPORT_TLS_H_

#include <memory>
#include <string>

#include "socklog/options.h"
#include "socklog/status.h"
#include "transport/channel.h"

namespace socklog {

// Keys, certificates and rules of one endpoint: at least TLS 1.2. Immutable once made.
class TlsContext;

// Connecting: the server's chain (against options.ca, else the system's authorities) and its name are always checked;
// cert and key are shown to a server that asks. Errors (kUsage): a file that cannot be read or does not fit, a key that
// others may read.
Result<std::shared_ptr<const TlsContext>> NewTlsClientContext(const TlsOptions& options);

// Listening: cert and key are needed. With options.ca every client must show a certificate of that authority. Errors:
// as above.
Result<std::shared_ptr<const TlsContext>> NewTlsServerContext(const TlsOptions& options);

// A channel whose Handshake is still to be done. `host`: for clients, the name or address that the certificate must be
// for. Errors: kUsage (no certificate can be for that host), kFailed (no memory).
Result<std::unique_ptr<Channel>> NewTlsChannel(std::shared_ptr<const TlsContext> context, UniqueFd socket,
                                               const std::string& host);

// When the certificate that `context` shows ends; kNoTime without one.
Micros CertificateEnd(const TlsContext& context);

// When the certificate that the peer showed in the handshake ends; kNoTime without one, or without TLS.
Micros PeerCertificateEnd(const Channel& channel);

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_TLS_H_
