#include "format/log_writer.h"

#include <charconv>
#include <utility>

#include "base/json_writer.h"
#include "base/text.h"
#include "format/format_spec.h"
#include "format/line_parser.h"

namespace socklog {
namespace {

class EnvelopeWriter : public LogWriter {
 public:
  EnvelopeWriter(std::string name, std::unique_ptr<LogWriter> inner)
      : name_(std::move(name)), inner_(std::move(inner)) {}

  void Write(const WrittenRequest& request, std::string* out) override {
    line_.clear();
    inner_->Write(request, &line_);
    line_.pop_back();
    JsonWriter json(out);
    json.BeginObject().Key(name_).String(line_).EndObject();
    out->push_back('\n');
  }

 private:
  const std::string name_;
  const std::unique_ptr<LogWriter> inner_;
  std::string line_;  // reused
};

Result<std::unique_ptr<LogWriter>> MakeFamilyWriter(std::string_view name) {
  Result<Template> format = ParseApacheTemplate(FamilyString(name));
  if (!format.ok()) return format.status();
  return MakeTextWriter(*format);
}

// Makes the writer of whichever kind of specification it is called with.
struct WriterMaker {
  using Made = Result<std::unique_ptr<LogWriter>>;
  const std::string& name;

  Made operator()(const AutoSpec&) const { return MakeFamilyWriter("combined"); }
  Made operator()(const FamilySpec&) const { return MakeFamilyWriter(name); }
  Made operator()(const PresetSpec& preset) const { return MakeJsonMapWriter(*preset.map); }
  Made operator()(const JsonMap& map) const { return MakeJsonMapWriter(map); }
  Made operator()(const Template& format) const { return MakeTextWriter(format); }
  Made operator()(const RegexSpec&) const {
    return Status::Usage(
        "log format: lines cannot be written by a regular expression, only read; give a name or a format string");
  }
};

}  // namespace

void AppendNumber(std::int64_t value, TextBuffer* out) {
  constexpr std::size_t kLongest = 20;
  char* const begin = out->Room(kLongest);
  out->Grow(static_cast<std::size_t>(std::to_chars(begin, begin + kLongest, value).ptr - begin));
}

void AppendScaled(Micros value, int exponent, int decimals, TextBuffer* out) {
  if (value < 0) return out->Append("-");  // also the sign of "unknown"
  std::int64_t unit = 1;
  for (int i = 0; i < exponent; ++i) unit *= 10;
  AppendNumber(value / unit, out);
  for (int i = exponent; i < 0; ++i) out->Append("0");
  if (decimals == 0) return;
  out->Append(".");
  std::int64_t rest = value % unit;
  for (int i = 0; i < decimals; ++i) {
    unit /= 10;
    const char digit = static_cast<char>('0' + rest / unit);
    out->Append({&digit, 1});
    rest %= unit;
  }
}

TimeText::TimeText(TimeSpelling spelling) : spelling_(std::move(spelling)) {
  const auto spelled = [this](Micros time) {
    std::string text;
    AppendTime(spelling_, time, &text);
    return text;
  };
  constexpr Micros kLast = kSecond - 1;
  whole_seconds_ = spelled(0) == spelled(kLast);
  fraction_last_ = spelled(0) == FormatTime(0) && spelled(kLast) == FormatTime(kLast);
}

std::string_view TimeText::At(Micros time) {
  // Before 1970 some forms round up, some down.
  if (time < 0 || !(whole_seconds_ || fraction_last_)) {
    second_ = kNoTime;
    text_.clear();
    AppendTime(spelling_, time, &text_);
    return text_;
  }
  if (const Micros second = time / kSecond; second != second_) {
    second_ = second;
    text_.clear();
    AppendTime(spelling_, second * kSecond, &text_);
    whole_size_ = text_.size() - 1;
  }
  if (fraction_last_) {
    text_.resize(whole_size_);
    AppendFraction(time % kSecond);
  }
  return text_;
}

// As FormatTime: as many digits as are not 0, and the zone.
void TimeText::AppendFraction(Micros fraction) {
  if (fraction != 0) text_ += '.';
  for (Micros unit = kSecond / 10; fraction != 0; unit /= 10) {
    text_ += static_cast<char>('0' + fraction / unit);
    fraction %= unit;
  }
  text_ += 'Z';
}

std::unique_ptr<LogWriter> MakeEnvelopeWriter(std::string name, std::unique_ptr<LogWriter> inner) {
  return std::make_unique<EnvelopeWriter>(std::move(name), std::move(inner));
}

Result<std::unique_ptr<LogWriter>> MakeLogWriter(const FormatOptions& options) {
  Result<FormatSpec> spec = ParseFormatSpec(options.log_format);
  if (!spec.ok()) return spec.status();
  Result<std::unique_ptr<LogWriter>> writer = std::visit(WriterMaker{spec->name}, spec->kind);
  if (!writer.ok() || options.envelope.empty()) return writer;
  return MakeEnvelopeWriter(options.envelope, std::move(writer).value());
}

}  // namespace socklog
