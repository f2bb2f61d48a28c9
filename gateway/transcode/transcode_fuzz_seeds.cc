#include "common/testing/fuzz_main.h"

namespace kam::testing {

std::vector<std::string> FuzzSeeds() {
  return {
      "GET\n/v1/clients/1\n\n\n",
      "GET\n/v1/{name=clients/*/orders/**}:verb\n\n\n",
      "HEAD\n/v1/heads/a/b%2Fc:peek\n\n\n",
      "GET\n/v1/clients\npageSize=10&colours=COLOUR_RED&colours=7&address.city=%E5%8C%97&since=2026-01-01T00:00:00Z"
      "&within=1.5s&readMask=legalName,address.city&active=false&tags=a&cursor=_-8\n\n",
      "POST\n/v1/clients\nvalidateOnly=true&requestId=r\n{\"legalName\":\"x\",\"address\":{\"city\":\"y\"}}\n\"k-1\"",
      "PATCH\n/v1/clients/1\nallowMissing=true\n{\"name\":\"clients/1\",\"score\":null}\n\"v3\"",
      "POST\n/v1/clients/1:archive\n\n{\"reason\":\"x\"}\n*",
      "PUT\n/v1/clients/1/tags\n\n[\"a\",\"b\"]\n",
      "GET\n/v1/orders/a%2Fb/of/%E5%AE%A2\n\n\n",
  };
}

}  // namespace kam::testing
