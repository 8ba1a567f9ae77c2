// The rules that only a file can give: [[keys.url]] and [[ignore]].
#ifndef SOCKLOG_CONFIG_RULES_H_
#define SOCKLOG_CONFIG_RULES_H_

#include <vector>

#include "config/diagnostics.h"
#include "config/toml_document.h"
#include "socklog/options.h"

namespace socklog {

// Both replace *out; `node` is the array of tables. Rules with a mistake are left out. Expressions are compiled, and
// groups that a rewrite names are looked for, so what comes out can be used.
void ReadUrlRules(const ConfigNode& node, std::vector<UrlRule>* out, Diagnostics* diagnostics);
void ReadIgnoreRules(const ConfigNode& node, std::vector<IgnoreRule>* out, Diagnostics* diagnostics);

// An IPv4 or IPv6 address, a network such as 192.0.2.0/24, or the name of a host, which some servers log in place of
// its address. Error: what is wrong with it.
Status CheckClient(std::string_view text);

}  // namespace socklog

#endif  // SOCKLOG_CONFIG_RULES_H_
