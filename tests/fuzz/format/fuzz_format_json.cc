// Arbitrary lines in JSON formats; the first byte of the input picks the format.
#include <cstdint>

#include "fuzz_helper.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<socklog::FormatPair> formats = [] {
    std::vector<socklog::FormatPair> made;
    for (const char* format : {"auto", "caddy", "traefik", "ecs", "nginx-json",
                               "json:time=ts|t.x:ms,status=s,request=r,user=u.name,duration=d:us",
                               "json:time=t:%d/%b/%Y %T,status=s,path=p,query=q,method=m"}) {
      made.push_back(socklog::MakePair(format));
    }
    return made;
  }();
  socklog::CheckPicked(formats, data, size, false);
  return 0;
}
