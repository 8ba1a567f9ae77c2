// Says why a line does not fit a text format.
#ifndef SOCKLOG_FORMAT_DIAGNOSE_H_
#define SOCKLOG_FORMAT_DIAGNOSE_H_

#include <memory>
#include <string_view>

#include "format/template.h"
#include "format/time_zone.h"

namespace socklog {

// The first directive that does not fit, as a short sentence with static storage. nullptr if they all do. With
// `open_end`, text after the last one is no fault.
const char* Diagnose(const Template& format, std::string_view line, const std::shared_ptr<const TimeZone>& zone,
                     bool open_end);

}  // namespace socklog

#endif  // SOCKLOG_FORMAT_DIAGNOSE_H_
