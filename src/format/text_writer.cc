// Lines of text formats, written.
#include <algorithm>
#include <utility>
#include <vector>

#include "format/log_writer.h"
#include "socklog/text_buffer.h"

namespace socklog {
namespace {

bool IsConstant(Content content) {
  return content == Content::kLiteral || content == Content::kOther || content == Content::kNumber;
}

std::string_view Header(std::string_view name, const WrittenRequest& request) {
  if (name == "user-agent") return request.agent;
  if (name == "referer") return request.referer;
  if (name == "host") return request.host;
  return name == "x-forwarded-for" || name == "x-real-ip" ? request.client : std::string_view();
}

class TextWriter : public LogWriter {
 public:
  explicit TextWriter(const Template& format)
      : escape_(format.escape), dash_(format.escape == Escape::kApache || format.escape == Escape::kNginx) {
    std::string constant;
    for (const Element& element : format.elements) {
      if (IsConstant(element.content)) {
        constant += element.content == Content::kLiteral ? element.text : element.sample;
      } else {
        steps_.push_back({std::exchange(constant, {}), element, TimeText(element.time)});
      }
    }
    tail_ = std::move(constant) + '\n';
  }

  void Write(const WrittenRequest& request, std::string* out) override {
    line_.clear();
    for (Step& step : steps_) {
      line_.Append(step.before);
      WriteValue(&step, request);
    }
    line_.Append(tail_);
    out->append(line_.view());
  }

 private:
  // A value and the constant text before it.
  struct Step {
    std::string before;
    Element element;
    TimeText time;
  };

  void WriteValue(Step* step, const WrittenRequest& request) {
    const Element& element = step->element;
    switch (element.content) {
      case Content::kTime:
        return line_.Append(step->time.At(request.time + (element.at_end ? request.duration : 0)));
      case Content::kStatus:
        return AppendNumber(request.status, &line_);
      case Content::kBytes:
        return WriteBytes(element, request.bytes);
      case Content::kDuration:
        return AppendScaled(request.duration, element.exponent, element.decimals, &line_);
      case Content::kRequest:
        return WriteRequest(request);
      case Content::kQuery:
        return WriteQuery(request);
      default:
        return WriteOrDash(Text(element, request), request.plain);
    }
  }

  static std::string_view Text(const Element& element, const WrittenRequest& request) {
    switch (element.content) {
      case Content::kMethod:
        return request.method;
      case Content::kTarget:
        return request.target;
      case Content::kPath:
        return request.target.substr(0, request.target.find('?'));
      case Content::kProtocol:
        return request.protocol;
      case Content::kHost:
        return request.host;
      case Content::kClient:
        return request.client;
      case Content::kUser:
        return request.user;
      case Content::kHeader:
        return Header(element.name, request);
      default:
        return {};
    }
  }

  void WriteText(std::string_view text, bool plain) {
    if (plain) {
      line_.Append(text);
    } else {
      AppendEscaped(text, escape_, &line_);
    }
  }

  // Servers write "-" for what is missing; nginx with escape=json or none writes nothing.
  void WriteOrDash(std::string_view text, bool plain) {
    if (text.empty() && dash_) return line_.Append("-");
    WriteText(text, plain);
  }

  void WriteRequest(const WrittenRequest& request) {
    if (request.method.empty() && request.target.empty()) return WriteOrDash({}, request.plain);
    WriteText(request.method, request.plain);
    line_.Append(" ");
    WriteText(request.target, request.plain);
    if (request.protocol.empty()) return;
    line_.Append(" ");
    WriteText(request.protocol, request.plain);
  }

  // Apache's %q has its question mark, and is empty without a query.
  void WriteQuery(const WrittenRequest& request) {
    std::string_view query = request.target.substr(std::min(request.target.find('?'), request.target.size()));
    if (escape_ == Escape::kApache) return WriteText(query, request.plain);
    query.remove_prefix(query.empty() ? 0 : 1);
    WriteOrDash(query, request.plain);
  }

  void WriteBytes(const Element& element, std::int64_t bytes) {
    if (bytes < 0 || (bytes == 0 && element.dash_for_zero)) return line_.Append("-");
    AppendNumber(bytes, &line_);
  }

  const Escape escape_;
  const bool dash_;
  std::vector<Step> steps_;
  std::string tail_;  // after the last value, with the newline
  TextBuffer line_;   // reused
};

}  // namespace

std::unique_ptr<LogWriter> MakeTextWriter(const Template& format) { return std::make_unique<TextWriter>(format); }

}  // namespace socklog
