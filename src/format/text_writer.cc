// Lines of text formats, written.
#include <utility>

#include "format/log_writer.h"

namespace socklog {
namespace {

class TextWriter : public LogWriter {
 public:
  explicit TextWriter(Template format) : format_(std::move(format)), is_apache_(format_.escape == Escape::kApache) {}

  void Write(const WrittenRequest& request, std::string* out) override {
    for (const Element& element : format_.elements) WriteElement(element, request, out);
    out->push_back('\n');
  }

 private:
  void WriteElement(const Element& element, const WrittenRequest& request, std::string* out) const {
    switch (element.content) {
      case Content::kLiteral:
        out->append(element.text);
        return;
      case Content::kOther:
      case Content::kNumber:
        out->append(element.sample);
        return;
      case Content::kTime:
        AppendTime(element.time, request.time + (element.at_end ? request.duration : 0), out);
        return;
      case Content::kStatus:
        AppendNumber(request.status, out);
        return;
      case Content::kRequest:
        WriteRequest(request, out);
        return;
      case Content::kMethod:
        Text(request.method, out);
        return;
      case Content::kTarget:
        Text(request.target, out);
        return;
      case Content::kPath:
        Text(request.target.substr(0, request.target.find('?')), out);
        return;
      case Content::kQuery:
        WriteQuery(request.target, out);
        return;
      case Content::kProtocol:
        Text(request.protocol, out);
        return;
      case Content::kHost:
        Text(request.host, out);
        return;
      case Content::kClient:
        Text(request.client, out);
        return;
      case Content::kUser:
        Text(request.user, out);
        return;
      case Content::kHeader:
        Text(Header(element.name, request), out);
        return;
      case Content::kBytes:
        WriteBytes(element, request.bytes, out);
        return;
      case Content::kDuration:
        AppendScaled(request.duration, element.exponent, element.decimals, out);
        return;
    }
  }

  // Servers write "-" for what is missing; nginx with escape=json or none writes nothing.
  void Text(std::string_view text, std::string* out) const {
    const bool dash = format_.escape == Escape::kApache || format_.escape == Escape::kNginx;
    if (text.empty() && dash) {
      out->push_back('-');
    } else {
      AppendEscaped(text, format_.escape, out);
    }
  }

  void WriteRequest(const WrittenRequest& request, std::string* out) const {
    if (request.method.empty() && request.target.empty()) return Text({}, out);
    AppendEscaped(request.method, format_.escape, out);
    out->push_back(' ');
    AppendEscaped(request.target, format_.escape, out);
    if (request.protocol.empty()) return;
    out->push_back(' ');
    AppendEscaped(request.protocol, format_.escape, out);
  }

  // Apache's %q has its question mark, and is empty without a query.
  void WriteQuery(std::string_view target, std::string* out) const {
    const std::size_t mark = target.find('?');
    if (is_apache_) {
      if (mark != std::string_view::npos) AppendEscaped(target.substr(mark), format_.escape, out);
    } else {
      Text(mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1), out);
    }
  }

  static std::string_view Header(std::string_view name, const WrittenRequest& request) {
    if (name == "user-agent") return request.agent;
    if (name == "referer") return request.referer;
    if (name == "host") return request.host;
    return name == "x-forwarded-for" || name == "x-real-ip" ? request.client : std::string_view();
  }

  static void WriteBytes(const Element& element, std::int64_t bytes, std::string* out) {
    if (bytes < 0 || (bytes == 0 && element.dash_for_zero)) {
      out->push_back('-');
    } else {
      AppendNumber(bytes, out);
    }
  }

  const Template format_;
  const bool is_apache_;
};

}  // namespace

std::unique_ptr<LogWriter> MakeTextWriter(Template format) { return std::make_unique<TextWriter>(std::move(format)); }

}  // namespace socklog
