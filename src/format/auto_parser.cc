// Formats around other formats: an envelope, and auto-detection.
#include <utility>

#include "format/json_reader.h"
#include "format/line_parser.h"

namespace socklog {
namespace {

class EnvelopeParser : public LineParser {
 public:
  EnvelopeParser(const std::string& path, std::unique_ptr<LineParser> inner)
      : reader_({{path}}), inner_(std::move(inner)) {}

  const char* Parse(std::string_view line, LogEntry* entry, LogBatch* batch) override {
    if (const char* reason = reader_.Read(line); reason != nullptr) return reason;
    const JsonReader::Value& value = reader_.value(0);
    if (!value.present || !value.is_string) return "the envelope has no string of that name";
    std::string_view inner = value.raw;
    if (inner.find('\\') != std::string_view::npos) {
      std::string& decoded = batch->decoded.emplace_back();
      AppendUnescaped(inner, Escape::kJson, &decoded);
      inner = decoded;
    }
    inner = inner.substr(0, inner.find_last_not_of(" \t\r\n") + 1);
    return inner.empty() ? "the line in the envelope is empty" : inner_->Parse(inner, entry, batch);
  }

  std::string_view chosen() const override { return inner_->chosen(); }
  Status Restore(std::string_view chosen) override { return inner_->Restore(chosen); }

 private:
  JsonReader reader_;
  std::unique_ptr<LineParser> inner_;
};

class EnvelopeFormat : public LineFormat {
 public:
  EnvelopeFormat(std::string path, std::unique_ptr<LineFormat> inner)
      : path_(std::move(path)), inner_(std::move(inner)) {}
  std::unique_ptr<LineParser> NewParser() const override {
    return std::make_unique<EnvelopeParser>(path_, inner_->NewParser());
  }

 private:
  const std::string path_;
  const std::unique_ptr<LineFormat> inner_;
};

// One of the formats that detection tries.
struct Candidate {
  std::unique_ptr<LineFormat> format;
  std::string suffix;  // of what chosen() gives: " in message"
  bool json = false;   // its lines begin with a brace
};

class AutoParser : public LineParser {
 public:
  explicit AutoParser(const std::vector<Candidate>& candidates) : candidates_(candidates) {
    for (const Candidate& candidate : candidates) parsers_.push_back(candidate.format->NewParser());
  }

  const char* Parse(std::string_view line, LogEntry* entry, LogBatch* batch) override {
    if (chosen_parser_ != nullptr) return chosen_parser_->Parse(line, entry, batch);
    const bool json = line[line.find_first_not_of(" \t")] == '{';
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      if (candidates_[i].json != json) continue;
      *entry = LogEntry();
      if (parsers_[i]->Parse(line, entry, batch) != nullptr) continue;
      Choose(i);
      return nullptr;
    }
    return json ? "a JSON line with the members of no known preset (caddy, traefik, ecs, nginx-json)"
                : "the line fits no named format (combined, common, with or without a virtual host)";
  }

  std::string_view chosen() const override { return chosen_; }

  Status Restore(std::string_view chosen) override {
    if (chosen.empty()) return {};
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      const std::string& suffix = candidates_[i].suffix;
      if (chosen.size() <= suffix.size() || chosen.substr(chosen.size() - suffix.size()) != suffix) continue;
      if (!parsers_[i]->Restore(chosen.substr(0, chosen.size() - suffix.size())).ok()) continue;
      Choose(i);
      return {};
    }
    return LineParser::Restore(chosen);
  }

 private:
  void Choose(std::size_t i) {
    chosen_parser_ = parsers_[i].get();
    chosen_ = std::string(chosen_parser_->chosen()) + candidates_[i].suffix;
  }

  const std::vector<Candidate>& candidates_;
  std::vector<std::unique_ptr<LineParser>> parsers_;
  LineParser* chosen_parser_ = nullptr;
  std::string chosen_;
};

class AutoFormat : public LineFormat {
 public:
  explicit AutoFormat(std::vector<Candidate> candidates) : candidates_(std::move(candidates)) {}
  std::unique_ptr<LineParser> NewParser() const override { return std::make_unique<AutoParser>(candidates_); }

 private:
  const std::vector<Candidate> candidates_;
};

// The formats that have the fields asked for; no error if there are others.
std::vector<Candidate> BasicCandidates(const FormatContext& context, Status* why_not) {
  std::vector<Candidate> candidates;
  const auto add = [&](LineFormatResult format, bool json) {
    if (format.ok()) {
      candidates.push_back({std::move(format).value(), "", json});
    } else {
      *why_not = format.status();
    }
  };
  for (const char* preset : {"caddy", "traefik", "ecs", "nginx-json"}) {
    add(MakeJsonFormat(context, preset, *JsonPreset(preset), true), true);
  }
  add(MakeFamilyFormat(context, ""), false);
  return candidates;
}

}  // namespace

Status LineParser::Restore(std::string_view chosen) {
  if (chosen.empty() || chosen == this->chosen()) return {};
  return Status::Usage("the saved log format '" + std::string(chosen) + "' is not the one that was asked for");
}

std::unique_ptr<LineFormat> MakeEnvelopeFormat(std::string path, std::unique_ptr<LineFormat> inner) {
  return std::make_unique<EnvelopeFormat>(std::move(path), std::move(inner));
}

LineFormatResult MakeAutoFormat(const FormatContext& context) {
  Status why_not;
  std::vector<Candidate> candidates = BasicCandidates(context, &why_not);
  if (candidates.empty()) return why_not;
  for (const char* envelope : {"message", "log"}) {
    for (Candidate& inner : BasicCandidates(context, &why_not)) {
      Candidate wrapped;
      wrapped.format = MakeEnvelopeFormat(envelope, std::move(inner.format));
      wrapped.suffix = std::string(" in ") + envelope;
      wrapped.json = true;
      candidates.push_back(std::move(wrapped));
    }
  }
  return std::unique_ptr<LineFormat>(std::make_unique<AutoFormat>(std::move(candidates)));
}

}  // namespace socklog
