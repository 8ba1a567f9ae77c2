// Decides which directives of a format are read for the fields that were asked for.
#ifndef SOCKLOG_FORMAT_BIND_H_
#define SOCKLOG_FORMAT_BIND_H_

#include <cstdint>
#include <vector>

#include "format/field_rule.h"
#include "format/format.h"
#include "format/template.h"

namespace socklog {

// What each element becomes; most have no rule, a header may have several.
using Bindings = std::vector<std::vector<FieldRule>>;

// Errors (kUsage): no complete time stamp, no status, or none of what the request names explicitly (duration, headers).
Result<Bindings> BindFields(const Template& format, const FormatRequest& request);

// The error of a format that lacks `field`, one of those that must be there when they are asked for; ok if it `has` it
// or need not.
Status NeedField(bool has, std::uint32_t field, const FormatRequest& request);

// Whether the request asks for `field`; time and status always are.
bool IsWanted(Field field, const FormatRequest& request);

}  // namespace socklog

#endif  // SOCKLOG_FORMAT_BIND_H_
