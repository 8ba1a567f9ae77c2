// From lines to blocks of lines.
#ifndef SOCKLOG_FORMAT_LOG_PARSER_H_
#define SOCKLOG_FORMAT_LOG_PARSER_H_

#include <memory>

#include "format/format.h"
#include "format/line_parser.h"

namespace socklog {

// A LogFormat whose parsers read every line of a Block with `format`.
std::unique_ptr<LogFormat> MakeBlockFormat(std::unique_ptr<LineFormat> format);

// MakeLogFormat with the scanner's code for one kind of processor (scan/kernel.h), or without a scanner.
Result<std::unique_ptr<LogFormat>> MakeLogFormat(const FormatRequest& request, const ScanKernel* kernel);

}  // namespace socklog

#endif  // SOCKLOG_FORMAT_LOG_PARSER_H_
