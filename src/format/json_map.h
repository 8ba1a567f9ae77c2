// Which members of a JSON line hold which fields: presets of known servers, and maps that users write.
#ifndef SOCKLOG_FORMAT_JSON_MAP_H_
#define SOCKLOG_FORMAT_JSON_MAP_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "format/field_rule.h"
#include "socklog/status.h"

namespace socklog {

struct JsonMember {
  FieldRule rule;
  std::string header;  // rule.field kUserHeader: any request header of this name (lower case), not only the user's
  std::vector<std::string> paths;  // dotted ("request.uri"); of those that a line has, the first counts
  bool required = false;           // by this the preset is recognised
  bool number = false;             // written without quotes
  bool array = false;              // written as an array of one
};

struct JsonMap {
  std::vector<JsonMember> members;
  std::string
      header_prefix;  // other request headers are at this path and their name ("request.headers."); empty: unknown
  bool header_underscores = false;                             // their name is in lower case with _ for -
  std::vector<std::pair<std::string, std::string>> constants;  // members that are written as they are, path and text
  // Lines with a member `logger` that begins otherwise than `access_logger` tell of no request, though they may look
  // like it. Empty: every line is one.
  std::string logger;
  std::string access_logger;
};

// caddy, traefik, ecs, nginx-json; nullptr if `name` is no preset.
const JsonMap* JsonPreset(std::string_view name);

// "time=ts:ms,status=response.status,target=request.uri|uri": FIELD=PATH[|PATH...][:UNIT],... Fields are time, status,
// request, method, target, path, query, protocol, host, client, user, agent, referer, bytes, duration, header:NAME.
// Units of time are s, ms, us, ns, rfc3339, clf or a strftime format (any of these but the last is found out without a
// unit), of durations s (the default), ms, us, ns. Errors (kUsage): unknown field or unit, no time, no status.
Result<JsonMap> ParseJsonMap(std::string_view text);

// Names of fields that JSON maps and regular expressions share, and the rule of each; false if `name` is none.
bool FieldRuleByName(std::string_view name, FieldRule* rule);
const std::vector<std::string_view>& FieldNames();

}  // namespace socklog

#endif  // SOCKLOG_FORMAT_JSON_MAP_H_
