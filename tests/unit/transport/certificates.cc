#include "certificates.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <cstdio>
#include <stdexcept>

namespace socklog::testing {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using File =
    std::unique_ptr<std::FILE, int (*)(std::FILE*)>;  // decltype(&std::fclose) has attributes that are ignored here

constexpr long kDay = 24 * 3600;

Key NewKey() { return Key(EVP_EC_gen("P-256"), EVP_PKEY_free); }

File Open(const std::string& path) { return File(std::fopen(path.c_str(), "w"), std::fclose); }

void AddExtension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  if (extension == nullptr) throw std::runtime_error("bad extension " + value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

// `issuer`: nullptr for a certificate that signs itself.
Certificate NewCertificate(const std::string& name, EVP_PKEY* key, X509* issuer, int valid_days) {
  static long serial = 1;
  Certificate certificate(X509_new(), X509_free);
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial++);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kDay + (valid_days < 0 ? (valid_days - 1) * kDay : 0));
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), valid_days * kDay);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1,
                             0);
  X509_set_issuer_name(certificate.get(), issuer == nullptr ? subject : X509_get_subject_name(issuer));
  AddExtension(certificate.get(), issuer == nullptr ? certificate.get() : issuer, NID_basic_constraints,
               issuer == nullptr ? "critical,CA:TRUE" : "critical,CA:FALSE");
  return certificate;
}

}  // namespace

struct Authority::Impl {
  Key key = NewKey();
  Certificate certificate{nullptr, X509_free};
};

Authority::Authority(const std::string& name) : impl_(std::make_unique<Impl>()) {
  impl_->certificate = NewCertificate(name, impl_->key.get(), nullptr, 10);
  X509_sign(impl_->certificate.get(), impl_->key.get(), EVP_sha256());
}

Authority::~Authority() = default;

void Authority::WriteTo(const std::string& path) const { PEM_write_X509(Open(path).get(), impl_->certificate.get()); }

void Authority::Issue(const std::string& prefix, const std::string& names, int valid_days) const {
  const Key key = NewKey();
  const Certificate certificate = NewCertificate("test", key.get(), impl_->certificate.get(), valid_days);
  AddExtension(certificate.get(), impl_->certificate.get(), NID_subject_alt_name, names);
  X509_sign(certificate.get(), impl_->key.get(), EVP_sha256());
  PEM_write_X509(Open(prefix + ".crt").get(), certificate.get());
  PEM_write_PrivateKey(Open(prefix + ".key").get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  chmod((prefix + ".key").c_str(), 0600);
}

}  // namespace socklog::testing
