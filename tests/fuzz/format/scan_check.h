// Holds what the scanner reads against what the format's expressions read, for the fuzzer and the tests.
#ifndef SOCKLOG_TESTS_FUZZ_FORMAT_SCAN_CHECK_H_
#define SOCKLOG_TESTS_FUZZ_FORMAT_SCAN_CHECK_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/byte_scan.h"
#include "format/format.h"
#include "format/log_parser.h"
#include "format/scan/kernel.h"
#include "support/parse_all.h"

namespace socklog {

inline constexpr std::uint32_t kScannedFields = kFieldTime | kFieldStatus | kFieldTarget | kFieldHost | kFieldClient |
                                                kFieldUser | kFieldAgent | kFieldReferer | kFieldBytes | kFieldProtocol;

// All dialects, and all ways in which a value can end. `fields` besides the usual ones.
struct ScannedFormat {
  const char* format;
  std::uint32_t fields = 0;
  const char* header = "";
  const char* tz = "UTC";
};

inline constexpr ScannedFormat kScannedFormats[] = {
    {"combined"},
    {"auto"},
    {"combined", kFieldUserHeader, "Referer", "Europe/Paris"},
    {"vhost_common"},
    {R"(%v %h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %D)", kFieldDuration},
    {R"(%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" "%{X-Forwarded-For}i")", kFieldClientHeader,
     "X-Forwarded-For"},
    {R"(%v:%p %a %u %{%Y-%m-%d %T}t.%{msec_frac}t %{%z}t "%m %U%q %H" %>s %B %{ms}T)", kFieldDuration},
    {R"("%{X-Forwarded-For}i" %t "%r" %>s %I %O)"},
    {R"(%{sec}t.%{usec_frac}t|%h|%u|%m|%U|%q|%H|%>s|%b)", 0, "", "-03:30"},
    {R"([%{%d/%b/%Y:%H:%M:%S %z}t] %h %V "%r" %s "%{User-Agent}i")"},
    {R"(%h;%u;%{end:%e %B %Y %I:%M:%S %p}t;%>s;%r)"},
    {R"($remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_x_forwarded_for" $upstream_response_time)",
     kFieldDuration},
    {R"($remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" rt=$request_time uct="$upstream_connect_time" host=$host)",
     kFieldDuration, "", "America/New_York"},
    {R"(log_format j escape=json '{"t":"$time_iso8601","c":"$remote_addr","r":"$request","s":$status,"ua":"$http_user_agent","u":"$remote_user"}';)"},
    {R"(escape=none $remote_addr|$remote_user|$msec|"$request"|$status|$http_user_agent)"},
    {R"($time_iso8601 $scheme $host $remote_addr "$request" $status $bytes_sent)"},
    {R"($time_local|$remote_addr|"$request"|$status|$http_user_agent)"},
    {R"([$time_local] $msec $remote_addr:$remote_port $server_name $request_method $uri$is_args$args $status)"},
    {R"(goaccess:%v %h %e [%d:%t %^] "%r" %s %b "%R" "%u" %L)", kFieldDuration},
    {R"(goaccess:%h %^[%x] "%m %U %H" %s %b "%R" "%u")"},
    {"nginx-json"},
    {"caddy", kFieldDuration | kFieldUserHeader, "X-User"},
    {"json:time=ts|t.x:ms,status=s,method=m,target=p,user=u.name,duration=d:us"},
    {"traefik", kFieldDuration},
    {"ecs", kFieldClientHeader, "X-Client"},
    {"json:time=time:clf,status=status|s,request=r,host=h,client=c|client.ip,bytes=b,agent=a.b,header:X-User=x",
     kFieldUserHeader, "X-User", "Europe/Paris"},
    {"json:time=time:rfc3339,status=s,method=method,path=uri,query=q,user=user|a,user=x,protocol=v,duration=d",
     kFieldDuration},
    {"json:time=t:%d.%m.%Y %H:%M:%S %z,status=s,target=uri,request=r,referer=ref,method=method"},
};

inline Block ScanBlock(std::string_view text) {
  Block block;
  block.text.Append(text);
  if (!text.empty() && text.back() != '\n') block.text.Append("\n");
  return block;
}

// The formats of the list, made once without a scanner and once for each kernel.
class ScanCheck {
 public:
  ScanCheck() {
    for (const ScannedFormat& scanned : kScannedFormats) {
      for (const std::uint32_t fields : {kScannedFields | scanned.fields, kScannedFields & ~(kFieldHost | kFieldBytes),
                                         kFieldTime | kFieldStatus | kFieldTarget | kFieldClient}) {
        Add(scanned, fields);
      }
    }
  }

  // How many there are, each with several choices of fields.
  std::size_t size() const { return formats_.size(); }
  const ScannedFormat& format(std::size_t i) const { return *formats_[i].scanned; }

  // Reads `text` in every way; empty, or what was read differently. `i` < size()
  std::string Compare(std::size_t i, std::string_view text) const {
    const Block block = ScanBlock(text);
    const Formats& formats = formats_[i];
    std::string slow, first_slow;
    const bool json = IsJson(*formats.scanned);  // what is learnt the first time is known the second time
    const std::string wanted = Read(*formats.reference, block, json, &first_slow);
    for (std::size_t k = 0; k < formats.scanning.size(); ++k) {
      const std::string got = Read(*formats.scanning[k], block, json, &slow);
      const char* kernel = ScanKernels()[k]->name;
      if (got != wanted) return std::string(kernel) + ": " + formats.scanned->format + Difference(wanted, got);
      if (k == 0 && !json) first_slow = slow;
      if (slow != first_slow) return std::string(kernel) + ": other lines than elsewhere took the slow path";
    }
    return {};
  }

  // How many lines of `text` the scanner left to the reference, and how many even the format's first expressions did
  // not fit.
  struct SlowLines {
    std::size_t scanner = 0, expressions = 0;
  };
  SlowLines CountSlow(std::size_t i, std::string_view text) const {
    std::string scanner, expressions;
    Read(*formats_[i].scanning[0], ScanBlock(text), false, &scanner);
    Read(*formats_[i].reference, ScanBlock(text), false, &expressions);
    const auto count = [](const std::string& slow) {
      return static_cast<std::size_t>(std::count(slow.begin(), slow.end(), '1'));
    };
    return {count(scanner), count(expressions)};
  }

  // Of JSON only lines that are not quite JSON are slow, whoever reads them.
  static bool IsJson(const ScannedFormat& scanned) {
    const std::string_view format = scanned.format;
    return format == "nginx-json" || format == "caddy" || format == "traefik" || format == "ecs" ||
           format.substr(0, 5) == "json:";
  }

  // How many lines of a JSON format the scanner reads; only it says what is plain.
  std::size_t CountScanned(std::size_t i, std::string_view text) const {
    const Block block = ScanBlock(text);
    const LogBatch batch = ParseAll(*formats_[i].scanning[0]->NewParser(), block);
    return static_cast<std::size_t>(
        std::count_if(batch.entries.begin(), batch.entries.end(), [](const LogEntry& e) { return e.plain_user; }));
  }

 private:
  struct Formats {
    const ScannedFormat* scanned;
    std::unique_ptr<LogFormat> reference;
    std::vector<std::unique_ptr<LogFormat>> scanning;
  };

  void Add(const ScannedFormat& scanned, std::uint32_t fields) {
    FormatRequest request;
    request.options.log_format = scanned.format;
    request.options.tz = scanned.tz;
    request.fields = fields;
    request.user_header = request.client_header = scanned.header;
    Formats formats{&scanned, nullptr, {}};
    Result<std::unique_ptr<LogFormat>> reference = MakeLogFormat(request, nullptr);
    if (!reference.ok()) std::abort();
    formats.reference = std::move(reference).value();
    for (const ScanKernel* kernel : ScanKernels()) {
      formats.scanning.push_back(std::move(MakeLogFormat(request, kernel)).value());
    }
    formats_.push_back(std::move(formats));
  }

  // All that a parser tells of a block but which lines took the slow path; that goes to *slow, a digit for each entry.
  static std::string Read(const LogFormat& format, const Block& block, bool twice, std::string* slow) {
    const std::unique_ptr<LogParser> parser = format.NewParser();
    slow->clear();
    std::string all = ReadBlock(parser.get(), block, slow);
    if (twice) all += ReadBlock(parser.get(), block, slow);
    return all;
  }

  static std::string ReadBlock(LogParser* parser, const Block& block, std::string* slow) {
    LogBatch batch;
    std::string all;
    std::string malformed;
    for (BlockCursor cursor; cursor.offset < block.text.size();) {
      parser->Parse(block, &cursor, &batch);
      for (const LogEntry& entry : batch.entries) {
        all += ToText(entry);
        if (!HintsHold(entry)) all += "a hint is wrong\n";
        *slow += entry.slow_path ? '1' : '0';
      }
      for (const MalformedLine& line : batch.malformed) {
        malformed += std::to_string(line.line) + " " + std::to_string(line.offset) + " " + std::to_string(line.size) +
                     ": " + line.reason + "\n";
      }
    }
    return all + malformed;
  }

  // What LogEntry says of path_size, plain_client and plain_user.
  static bool HintsHold(const LogEntry& e) {
    const auto plain = [](std::string_view text) { return std::all_of(text.begin(), text.end(), IsPlainByte); };
    if (e.plain_user && !plain(e.user)) return false;
    if (e.plain_client && (!plain(e.client) || e.client.find(':') != std::string_view::npos)) return false;
    if (e.path_size == 0) return true;
    const std::string_view path = e.target.substr(0, e.path_size);
    const bool ends =
        e.target.size() == e.path_size || (e.target.size() > e.path_size && EndsPath(e.target[e.path_size]));
    return ends && path[0] == '/' && plain(path) && path.find_first_of("?#;") == std::string_view::npos;
  }

  static std::string ToText(const LogEntry& e) {
    std::string text;
    for (const std::int64_t number :
         {std::int64_t{e.line}, std::int64_t{e.offset}, std::int64_t{e.size}, e.time, e.duration, e.bytes,
          std::int64_t{e.status}, std::int64_t{e.request_valid}, std::int64_t{e.time_is_end}}) {
      text += std::to_string(number) + " ";
    }
    for (const std::string_view field : {e.method, e.target, e.protocol, e.host, e.client, e.user, e.agent, e.referer,
                                         e.user_header, e.client_header}) {
      text += std::to_string(field.size()) + "=" + std::string(field) + " ";
    }
    return text + "\n";
  }

  static std::string Difference(const std::string& wanted, const std::string& got) {
    std::size_t at = 0;
    while (at < wanted.size() && at < got.size() && wanted[at] == got[at]) ++at;
    const std::size_t from = wanted.rfind('\n', at) == std::string::npos ? 0 : wanted.rfind('\n', at);
    return "\nreference: " + wanted.substr(from, 500) + "\nscanner: " + got.substr(from, 500);
  }

  std::vector<Formats> formats_;
};

}  // namespace socklog

#endif  // SOCKLOG_TESTS_FUZZ_FORMAT_SCAN_CHECK_H_
