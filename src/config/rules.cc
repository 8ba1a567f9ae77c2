#include "config/rules.h"

#include "base/address.h"
#include "base/regex.h"
#include "base/text.h"
#include "config/values.h"

namespace socklog {
namespace {

using Kind = ConfigNode::Kind;

// The tables of [[name]]; a single [name] counts as one.
std::vector<const ConfigNode*> Tables(const ConfigNode& node, const std::string& name, Diagnostics* diagnostics) {
  std::vector<const ConfigNode*> tables;
  if (node.kind == Kind::kTable) tables.push_back(&node);
  if (node.kind != Kind::kTable && node.kind != Kind::kArray) {
    diagnostics->Error(node.place, "expected tables, [[" + name + "]], found " + std::string(KindName(node.kind)));
  }
  if (node.kind == Kind::kArray) {
    for (const ConfigNode& element : node.children) {
      if (element.kind == Kind::kTable) {
        tables.push_back(&element);
      } else {
        diagnostics->Error(element.place,
                           "expected a table, [[" + name + "]], found " + std::string(KindName(element.kind)));
      }
    }
  }
  return tables;
}

// False with a diagnostic if the key is none of `known`.
bool CheckKey(const ConfigNode& node, const std::string& name, const std::vector<std::string_view>& known,
              Diagnostics* diagnostics) {
  for (const std::string_view key : known) {
    if (key == node.key) return true;
  }
  diagnostics->Error(node.key_place,
                     "unknown key '" + node.key + "' in [[" + name + "]]" + DidYouMean(node.key, known));
  return false;
}

bool ReadString(const ConfigNode& node, std::string* out, Diagnostics* diagnostics) {
  if (node.kind != Kind::kString) {
    diagnostics->Error(node.place, "expected a string, found " + std::string(KindName(node.kind)));
    return false;
  }
  const Status status = ReadText(node.text, out);
  if (!status.ok()) diagnostics->Error(node.place, status.message());
  return status.ok();
}

bool ReadExpression(const ConfigNode& node, std::string* out, Diagnostics* diagnostics) {
  if (!ReadString(node, out, diagnostics)) return false;
  const Result<Regex> regex = Regex::Compile(*out);
  if (!regex.ok()) diagnostics->Error(node.place, regex.status().message());
  return regex.ok();
}

bool ReadStatuses(const ConfigNode& node, std::vector<StatusRange>* out, Diagnostics* diagnostics) {
  if (node.kind == Kind::kArray) {
    bool ok = true;
    for (const ConfigNode& element : node.children) ok = ReadStatuses(element, out, diagnostics) && ok;
    return ok;
  }
  std::vector<StatusRange> ranges;
  Status status = Status::Usage("expected statuses such as \"400-499\", found " + std::string(KindName(node.kind)));
  if (node.kind == Kind::kString || node.kind == Kind::kInteger) status = ReadStatusRanges(node.text, &ranges);
  if (!status.ok()) diagnostics->Error(node.place, status.message());
  out->insert(out->end(), ranges.begin(), ranges.end());
  return status.ok();
}

bool ReadClient(const ConfigNode& node, std::string* out, Diagnostics* diagnostics) {
  if (!ReadString(node, out, diagnostics)) return false;
  const Status status = CheckClient(*out);
  if (!status.ok()) diagnostics->Error(node.place, status.message());
  return status.ok();
}

void CheckRewriteOf(const UrlRule& rule, const ConfigNode& to, Diagnostics* diagnostics) {
  const Result<Regex> regex = Regex::Compile(rule.match);
  const Status status = regex.ok() ? regex.value().CheckRewrite(rule.to) : Status();
  if (!status.ok()) diagnostics->Error(to.place, "'to' does not go with 'match': " + status.message());
}

}  // namespace

Status CheckClient(std::string_view text) {
  if (AddressRange::Parse(text) || IsHostName(text)) return {};
  const std::size_t slash = text.find('/');
  const std::optional<Address> address = ParseAddress(text.substr(0, slash));
  if (address && slash != std::string_view::npos)
    return NotA(text, std::string("a network: the prefix must be from 0 to ") + (address->is_v4 ? "32" : "128"));
  return NotA(text, "an address, a network such as 192.0.2.0/24 or 2001:db8::/32, or the name of a host");
}

void ReadUrlRules(const ConfigNode& node, std::vector<UrlRule>* out, Diagnostics* diagnostics) {
  out->clear();
  for (const ConfigNode* table : Tables(node, "keys.url", diagnostics)) {
    UrlRule rule;
    bool ok = true;
    for (const ConfigNode& child : table->children) {
      if (!CheckKey(child, "keys.url", {"match", "to"}, diagnostics)) {
        ok = false;
      } else if (child.key == "match") {
        ok = ReadExpression(child, &rule.match, diagnostics) && ok;
      } else {
        ok = ReadString(child, &rule.to, diagnostics) && ok;
      }
    }
    for (const char* key : {"match", "to"}) {
      if (table->Find(key) != nullptr) continue;
      diagnostics->Error(table->place, std::string("[[keys.url]] has no '") + key + "'");
      ok = false;
    }
    if (!ok) continue;
    CheckRewriteOf(rule, *table->Find("to"), diagnostics);
    out->push_back(std::move(rule));
  }
}

void ReadIgnoreRules(const ConfigNode& node, std::vector<IgnoreRule>* out, Diagnostics* diagnostics) {
  out->clear();
  for (const ConfigNode* table : Tables(node, "ignore", diagnostics)) {
    IgnoreRule rule;
    bool ok = true;
    for (const ConfigNode& child : table->children) {
      if (!CheckKey(child, "ignore", {"url", "client", "status", "agent"}, diagnostics)) {
        ok = false;
      } else if (child.key == "status") {
        ok = ReadStatuses(child, &rule.status, diagnostics) && ok;
      } else if (child.key == "client") {
        ok = ReadClient(child, &rule.client, diagnostics) && ok;
      } else {
        ok = ReadExpression(child, child.key == "url" ? &rule.url : &rule.agent, diagnostics) && ok;
      }
    }
    if (table->children.empty()) {
      diagnostics->Error(
          table->place, "[[ignore]] has no part, so every request would be ignored: give url, client, status or agent");
      ok = false;
    }
    if (ok) out->push_back(std::move(rule));
  }
}

}  // namespace socklog
