// Writing the head of an HTTP/1.1 answer. Reading that of a request is in head.h.
#ifndef KAM_GATEWAY_HTTP_RESPONSE_HEAD_H_
#define KAM_GATEWAY_HTTP_RESPONSE_HEAD_H_

#include <string>

#include "gateway/http/message.h"

namespace kam::http {

// Status line and header section with the empty line at its end: the headers of `response`, and what every answer
// carries. A header that could start another header or a body, and those that frame the message, are left out.
// `close`: the connection ends with this answer; `tls`: it is encrypted.
std::string ResponseHead(const HttpResponse& response, bool close, bool tls);

}  // namespace kam::http

#endif  // KAM_GATEWAY_HTTP_RESPONSE_HEAD_H_
