#include "format/log_writer.h"

#include <charconv>
#include <utility>

#include "base/json_writer.h"
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
  return MakeTextWriter(std::move(format).value());
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

void AppendNumber(std::int64_t value, std::string* out) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out->append(digits, end);
}

void AppendScaled(Micros value, int exponent, int decimals, std::string* out) {
  if (value < 0) {
    out->push_back('-');  // also the sign of "unknown"
    return;
  }
  std::int64_t unit = 1;
  for (int i = 0; i < exponent; ++i) unit *= 10;
  AppendNumber(value / unit, out);
  for (int i = exponent; i < 0; ++i) out->push_back('0');
  if (decimals == 0) return;
  out->push_back('.');
  std::int64_t rest = value % unit;
  for (int i = 0; i < decimals; ++i) {
    unit /= 10;
    out->push_back(static_cast<char>('0' + rest / unit));
    rest %= unit;
  }
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
