// Formats around other formats: an envelope, and auto-detection.
#include <algorithm>
#include <utility>

#include "format/bind.h"
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
      decoded_.clear();
      AppendUnescaped(inner, Escape::kJson, &decoded_);
      inner = batch->decoded.Add(decoded_);
    }
    inner = TrimLine(inner);
    return inner.empty() ? "the line in the envelope is empty" : inner_->Parse(inner, entry, batch);
  }

  std::string_view chosen() const override { return inner_->chosen(); }
  Status Restore(std::string_view chosen) override { return inner_->Restore(chosen); }

 private:
  JsonReader reader_;
  std::unique_ptr<LineParser> inner_;
  std::string decoded_;
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
  std::string suffix;           // of what chosen() gives: " in message"
  bool json = false;            // its lines begin with a brace
  const char* lacks = nullptr;  // why its lines cannot be used although they are well-formed
};

// A field that was asked for by name, and what to say of lines that cannot have it.
struct Demand {
  std::uint32_t field;
  const char* lacks;
};
constexpr Demand kDemands[] = {
    {kFieldDuration, "the line's format does not log how long a request took, which --event-time end needs"},
    {kFieldUserHeader, "the line's format does not log the header that --user-key names"},
    {kFieldClientHeader, "the line's format does not log the header that --client-key names"}};

class AutoParser : public LineParser {
 public:
  explicit AutoParser(const std::vector<Candidate>& candidates)
      : candidates_(candidates), parsers_(candidates.size()) {}

  const char* Parse(std::string_view line, LogEntry* entry, LogBatch* batch) override {
    if (chosen_parser_ != nullptr) return chosen_parser_->Parse(line, entry, batch);
    const bool json = line[line.find_first_not_of(" \t")] == '{';
    bool fits = false;  // but for its duration
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      if (candidates_[i].json != json) continue;
      *entry = LogEntry();
      if (const char* reason = ParserOf(i).Parse(line, entry, batch); reason != nullptr) {
        fits |= reason == EntryBuilder::kNoDuration;
        continue;
      }
      if (candidates_[i].lacks != nullptr) return candidates_[i].lacks;
      Choose(i);
      return nullptr;
    }
    if (fits) return EntryBuilder::kNoDuration;
    return json ? "a JSON line with the members of no known preset (caddy, traefik, ecs, nginx-json)"
                : "the line fits no named format (combined, common, with or without a virtual host)";
  }

  // The line that decides is read again as all lines after it are.
  void ParseLines(const Block& block, BlockCursor* cursor, LogBatch* batch) override {
    while (chosen_parser_ == nullptr && HasNextLine(block, *cursor, *batch)) {
      const BlockCursor start = *cursor;
      LogEntry entry;
      if (ParseNextLine(block, cursor, &entry, batch)) *cursor = start;
    }
    if (chosen_parser_ != nullptr) chosen_parser_->ParseLines(block, cursor, batch);
  }

  std::string_view chosen() const override { return chosen_; }

  Status Restore(std::string_view chosen) override {
    if (chosen.empty()) return {};
    if (chosen_parser_ != nullptr) return LineParser::Restore(chosen);
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      const std::string& suffix = candidates_[i].suffix;
      if (candidates_[i].lacks != nullptr) continue;
      if (chosen.size() <= suffix.size() || chosen.substr(chosen.size() - suffix.size()) != suffix) continue;
      if (!ParserOf(i).Restore(chosen.substr(0, chosen.size() - suffix.size())).ok()) continue;
      Choose(i);
      return {};
    }
    return LineParser::Restore(chosen);
  }

 private:
  LineParser& ParserOf(std::size_t i) {
    if (parsers_[i] == nullptr) parsers_[i] = candidates_[i].format->NewParser();
    return *parsers_[i];
  }

  void Choose(std::size_t i) {
    chosen_parser_ = std::move(parsers_[i]);
    parsers_.clear();
    chosen_ = std::string(chosen_parser_->chosen()) + candidates_[i].suffix;
  }

  const std::vector<Candidate>& candidates_;
  // Each is made when a line is to be tried with it, and all but the chosen one are then gone: there may be thousands
  // of inputs.
  std::vector<std::unique_ptr<LineParser>> parsers_;
  std::unique_ptr<LineParser> chosen_parser_;
  std::string chosen_;
};

class AutoFormat : public LineFormat {
 public:
  explicit AutoFormat(std::vector<Candidate> candidates) : candidates_(std::move(candidates)) {}
  std::unique_ptr<LineParser> NewParser() const override { return std::make_unique<AutoParser>(candidates_); }

 private:
  const std::vector<Candidate> candidates_;
};

// A JSON preset, or the Apache family where `name` is empty.
LineFormatResult MakeNamed(const FormatContext& context, const char* name) {
  return *name == '\0' ? MakeFamilyFormat(context, name) : MakeJsonFormat(context, name, *JsonPreset(name), true);
}

// A format that lacks what was asked for is tried without it, to tell its lines from malformed ones; *why_not says so.
Candidate MakeCandidate(const FormatContext& context, const char* name, Status* why_not) {
  Candidate candidate;
  candidate.json = *name != '\0';
  LineFormatResult format = MakeNamed(context, name);
  if (!format.ok()) {
    *why_not = format.status();
    FormatContext relaxed = context;
    for (const Demand& demand : kDemands) {
      relaxed.request.fields &= ~demand.field;
      if (NeedField(false, demand.field, context.request).message() == why_not->message())
        candidate.lacks = demand.lacks;
    }
    format = MakeNamed(relaxed, name);
  }
  if (format.ok()) candidate.format = std::move(format).value();
  return candidate;
}

// Every named format, in that member of a JSON object unless it is null.
void AddBasicCandidates(const FormatContext& context, const char* envelope, std::vector<Candidate>* candidates,
                        Status* why_not) {
  for (const char* name : {"caddy", "traefik", "ecs", "nginx-json", ""}) {
    Candidate candidate = MakeCandidate(context, name, why_not);
    if (candidate.format == nullptr) continue;
    if (envelope != nullptr) {
      candidate.format = MakeEnvelopeFormat(envelope, std::move(candidate.format));
      candidate.suffix = std::string(" in ") + envelope;
      candidate.json = true;
    }
    candidates->push_back(std::move(candidate));
  }
}

}  // namespace

std::unique_ptr<LineFormat> MakeEnvelopeFormat(std::string path, std::unique_ptr<LineFormat> inner) {
  return std::make_unique<EnvelopeFormat>(std::move(path), std::move(inner));
}

LineFormatResult MakeAutoFormat(const FormatContext& context) {
  Status why_not;
  std::vector<Candidate> candidates;
  for (const char* envelope : {static_cast<const char*>(nullptr), "message", "log"}) {
    AddBasicCandidates(context, envelope, &candidates, &why_not);
  }
  const auto lacking = std::stable_partition(candidates.begin(), candidates.end(),
                                             [](const Candidate& candidate) { return candidate.lacks == nullptr; });
  if (lacking == candidates.begin()) return why_not;
  return std::unique_ptr<LineFormat>(std::make_unique<AutoFormat>(std::move(candidates)));
}

}  // namespace socklog
