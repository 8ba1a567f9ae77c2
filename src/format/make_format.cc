// From the user's choice to a parser.
#include <utility>

#include "format/format.h"
#include "format/format_spec.h"
#include "format/line_parser.h"
#include "format/log_parser.h"
#include "format/scan/kernel.h"

namespace socklog {
namespace {

// Makes the LineFormat of whichever kind of specification it is called with.
struct LineFormatMaker {
  const FormatContext& context;
  const std::string& name;

  LineFormatResult operator()(const AutoSpec&) const { return MakeAutoFormat(context); }
  LineFormatResult operator()(const FamilySpec&) const { return MakeFamilyFormat(context, name); }
  LineFormatResult operator()(const PresetSpec& preset) const {
    return MakeJsonFormat(context, name, *preset.map, false);
  }
  LineFormatResult operator()(const JsonMap& map) const { return MakeJsonFormat(context, name, map, false); }
  LineFormatResult operator()(const Template& format) const { return MakeTextFormat(context, name, format); }
  LineFormatResult operator()(const RegexSpec& regex) const { return MakeRegexFormat(context, name, regex.expression); }
};

}  // namespace

Result<std::unique_ptr<LogFormat>> MakeLogFormat(const FormatRequest& request) {
  return MakeLogFormat(request, &BestScanKernel());
}

Result<std::unique_ptr<LogFormat>> MakeLogFormat(const FormatRequest& request, const ScanKernel* kernel) {
  Result<FormatSpec> spec = ParseFormatSpec(request.options.log_format);
  if (!spec.ok()) return spec.status();
  Result<std::shared_ptr<const TimeZone>> zone = TimeZone::Make(request.options.tz);
  if (!zone.ok()) return zone.status();
  const FormatContext context{request, std::move(zone).value(), kernel};
  LineFormatResult format = std::visit(LineFormatMaker{context, spec->name}, spec->kind);
  if (!format.ok()) return Status::Usage("log format '" + spec->name + "': " + format.status().message());
  std::unique_ptr<LineFormat> line_format = std::move(format).value();
  if (!request.options.envelope.empty())
    line_format = MakeEnvelopeFormat(request.options.envelope, std::move(line_format));
  return MakeBlockFormat(std::move(line_format));
}

}  // namespace socklog
