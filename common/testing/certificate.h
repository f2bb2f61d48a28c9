// Certificates made for a test: an authority of their own, and one leaf.
#ifndef KAM_COMMON_TESTING_CERTIFICATE_H_
#define KAM_COMMON_TESTING_CERTIFICATE_H_

#include <string>

namespace kam::testing {

struct CertificateFiles {
  std::string certificate, key, authority;  // PEM.
};

// Writes {name}.crt, {name}.key and {name}.ca into the folder, good for an hour. `address`: whose the leaf is, as in
// "IP:127.0.0.1" or "DNS:db.example".
CertificateFiles MakeCertificate(const std::string& folder, const std::string& name,
                                 const std::string& address = "IP:127.0.0.1");

}  // namespace kam::testing

#endif  // KAM_COMMON_TESTING_CERTIFICATE_H_
