// Arbitrary lines in text formats; the first byte of the input picks the format.
#include <cstdint>

#include "fuzz_helper.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<socklog::FormatPair> formats = [] {
    std::vector<socklog::FormatPair> made;
    for (
        const char* format :
        {"auto", "combined", R"(%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %D)",
         R"(%v:%p %a %u %{%Y-%m-%d %T}t.%{msec_frac}t %{%z}t "%m %U%q %H" %>s %B %{ms}T)",
         R"($remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_x_forwarded_for" $upstream_response_time)",
         R"(log_format j escape=json '{"t":"$time_iso8601","c":"$remote_addr","r":"$request","s":$status,"ua":"$http_user_agent"}';)",
         R"(escape=none $remote_addr|$remote_user|$msec|$request|$status|$http_user_agent)",
         R"(goaccess:%v %h %e [%d:%t %^] "%r" %s %b "%R" "%u" %L)",
         R"re(regex:^(?P<client>\S+) .*\[(?P<time>[^]]+)\] "(?P<request>.*)" (?P<status>\d+))re"}) {
      made.push_back(socklog::MakePair(format));
    }
    return made;
  }();
  socklog::CheckPicked(formats, data, size, true);
  return 0;
}
