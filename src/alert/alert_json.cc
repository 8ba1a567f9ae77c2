#include "alert/alert_json.h"

#include "base/json_writer.h"
#include "base/text.h"

namespace socklog {

void AppendAlertJson(const Alert& alert, std::string* out) {
  JsonWriter json(out);
  json.BeginObject();
  json.Key("type").String(kAlertType);
  json.Key("id").String(alert.id);
  json.Key("fingerprint").String(alert.fingerprint);
  json.Key("status").String(alert.status == AlertStatus::kFiring ? "firing" : "resolved");
  json.Key("severity").String(alert.severity);
  json.Key("metric").String(alert.metric->name);
  json.Key("key").String(alert.key);
  json.Key("labels").BeginObject();
  for (const auto& [name, value] : alert.labels) json.Key(name).String(value);
  json.EndObject();
  json.Key("value").Double(alert.value);
  json.Key("score").Double(alert.score);
  json.Key("threshold").Double(alert.threshold);
  json.Key("threshold_source").String(alert.threshold_source);
  json.Key("samples").Unsigned(alert.samples);
  json.Key("count_error").Unsigned(alert.count_error);
  json.Key("reason").String(alert.reason);
  json.Key("window_start").String(FormatTime(alert.window_start));
  json.Key("window_end").String(FormatTime(alert.window_end));
  json.Key("starts_at").String(FormatTime(alert.starts_at));
  json.Key("ends_at").String(FormatTime(alert.ends_at));
  json.Key("summary").String(alert.summary);
  json.EndObject();
  out->push_back('\n');
}

}  // namespace socklog
