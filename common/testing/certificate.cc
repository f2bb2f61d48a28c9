#include "common/testing/certificate.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>

#include "absl/strings/str_cat.h"

namespace kam::testing {
namespace {

struct Deleter {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter>;
using Certificate = std::unique_ptr<X509, Deleter>;

// An authority (issuer == nullptr) or a leaf for `address`.
Certificate Issue(EVP_PKEY* key, const std::string& name, X509* issuer, EVP_PKEY* issuer_key,
                  const std::string& address) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), issuer == nullptr ? 1 : 2);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1,
                             0);
  X509_set_issuer_name(certificate.get(), issuer == nullptr ? subject : X509_get_subject_name(issuer));
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer == nullptr ? certificate.get() : issuer, certificate.get(), nullptr, nullptr, 0);
  const auto extend = [&](int nid, const char* value) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
    X509_add_ext(certificate.get(), extension, -1);
    X509_EXTENSION_free(extension);
  };
  extend(NID_basic_constraints, issuer == nullptr ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (issuer != nullptr) extend(NID_subject_alt_name, address.c_str());
  X509_sign(certificate.get(), issuer == nullptr ? key : issuer_key, EVP_sha256());
  return certificate;
}

template <typename Write>
void WriteFile(const std::string& path, Write write) {
  FILE* out = std::fopen(path.c_str(), "w");
  write(out);
  std::fclose(out);
}

}  // namespace

CertificateFiles MakeCertificate(const std::string& folder, const std::string& name, const std::string& address) {
  const Key root_key(EVP_EC_gen("P-256")), key(EVP_EC_gen("P-256"));
  const Certificate root = Issue(root_key.get(), absl::StrCat("authority of ", name), nullptr, nullptr, address);
  const Certificate leaf = Issue(key.get(), name, root.get(), root_key.get(), address);
  const std::string path = absl::StrCat(folder, "/", name);
  CertificateFiles files{path + ".crt", path + ".key", path + ".ca"};
  WriteFile(files.certificate, [&](FILE* out) { PEM_write_X509(out, leaf.get()); });
  WriteFile(files.key, [&](FILE* out) { PEM_write_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr); });
  WriteFile(files.authority, [&](FILE* out) { PEM_write_X509(out, root.get()); });
  return files;
}

}  // namespace kam::testing
